"""Plain text from markup: bodies in HTML, XHTML or NITF, a line a paragraph; needs lxml.

In: markup as text, or an element that was parsed. Out: its text. What is no text, such as scripts, is left out;
spaces and line ends inside a paragraph are one space each.
"""

from __future__ import annotations

from typing import Any

from storyclust.io.news.extras import require

# Elements that begin and end a line, those of HTML and of NITF; and those whose content is no text.
_LINES = """
address article aside blockquote body br caption center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4
h5 h6 header hedline hl1 hl2 hr li main media nav ol p pre section table tbody td tfoot th thead tr ul
"""
_SILENT = "audio head iframe math noscript object script style svg template title video"
_BLOCKS, _NO_TEXT = frozenset(_LINES.split()), frozenset(_SILENT.split())


def text_of_markup(markup: str, *, what: str, extra: str) -> str:
    """The text of a page or a piece of one, however broken the markup is.

    Raises
    ------
    MissingDependencyError
        If lxml is not installed; ``what`` needs it, and ``extra`` brings it.

    Examples
    --------
    >>> text_of_markup("<h1>Ferry</h1><p>It ran <b>aground</b>.<br>All are safe &amp; dry.", what="", extra="")
    'Ferry\\nIt ran aground.\\nAll are safe & dry.'
    """
    html = require("lxml.html", what, extra)
    # As bytes: lxml takes no text that names its own encoding.
    content = markup.encode("utf-8", "replace")
    if not content.strip():
        return ""
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(content, parser=parser)
    except require("lxml.etree", what, extra).ParserError:  # nothing but comments
        return ""
    return text_of_element(root)


def text_of_element(root: Any) -> str:
    """The text of an element that lxml parsed, and of all in it; namespaces are left aside."""
    etree = require("lxml.etree", "text of markup needs", "formats")
    lines: list[list[str]] = [[]]
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        name = etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""
        if event == "start":
            if name in _BLOCKS:
                lines.append([])
            if name in _NO_TEXT:
                walk.skip_subtree()
            elif element.text:
                lines[-1].append(element.text)
            continue
        if name in _BLOCKS:
            lines.append([])
        if element.tail and element is not root:
            lines[-1].append(element.tail)
    joined = (" ".join("".join(pieces).split()) for pieces in lines)
    return "\n".join(line for line in joined if line)
