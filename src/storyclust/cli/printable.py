"""Text of stories, made fit to be shown: a hostile headline must not drive the terminal.

In: any text. Out: the same to the eye, without what a terminal would obey or an output could not hold. Files get texts
as they are; this is for what people read.
"""

from __future__ import annotations

import re

# Controls are shown by their pictures (ESC as ␛), line ends and tabs stay; those of the second set have no pictures,
# and lone surrogates stand for nothing. What turns the direction of text round has no looks of its own: it is left out.
_PICTURES = 0x2400
_UNKNOWN = "\ufffd"
_SHOWN: dict[int, int | str] = {
    **{code: _PICTURES + code for code in range(0x20) if chr(code) not in "\n\t"},
    0x7F: "\u2421",
    **dict.fromkeys(range(0x80, 0xA0), _UNKNOWN),
    **dict.fromkeys(range(0xD800, 0xE000), _UNKNOWN),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), ""),
}


def printable(text: str) -> str:
    """The text without what a terminal would obey, line ends and tabs apart.

    >>> printable("Ferry \\x1b[31maground\\x07"), printable("a\\u202eb"), printable("one\\ntwo")
    ('Ferry ␛[31maground␇', 'ab', 'one\\ntwo')
    """
    return text if text.isascii() and text.isprintable() else text.translate(_SHOWN)


def one_line(text: str) -> str:
    """The same in one line, with a space for every run of white space.

    >>> one_line("  Ferry\\r\\n\\taground ")
    'Ferry aground'
    """
    return " ".join(printable(" ".join(text.split())).split())


# The same characters in the UTF-8 of a JSON text, which has none below a space.
_IN_JSON = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")


def printable_json(line: bytes) -> bytes:
    """The same JSON, with escapes for what a terminal would obey.

    >>> printable_json('["\x9b31m", "Ähre"]'.encode()).decode()
    '["\\\\u009b31m", "Ähre"]'
    """
    return _IN_JSON.sub(lambda found: b"\\u%04x" % ord(found[0].decode()), line)
