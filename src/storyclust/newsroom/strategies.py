"""Strategies of hypothesis for tests about news: odd text, stories, and copies as outlets make them, with the truth.

Text comes from many scripts and from the newsroom's fiction; an edit is a value that says what it does, so that a
failing example can be read. Needs hypothesis: ``pip install "storyclust[strategies]"``. The library's first calls
compile its kernels or load their machine code, so tests that call it are given no deadline.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, timedelta
from functools import cache
from itertools import chain
from typing import TypeVar

from storyclust.errors import MissingDependencyError
from storyclust.model import Story
from storyclust.newsroom.edits import KINDS, Edit, EditKind
from storyclust.newsroom.newsroom import load_newsroom

try:
    from hypothesis import strategies as st
except ImportError as problem:
    raise MissingDependencyError(
        f"storyclust.newsroom.strategies needs hypothesis, which cannot be imported: {problem}. "
        'Install it with: pip install "storyclust[strategies]"'
    ) from problem

__all__ = [
    "Edit",
    "EditKind",
    "copied_pairs",
    "edits",
    "newsroom_slices",
    "newsroom_stories",
    "odd_characters",
    "stories",
    "strangers",
    "texts",
    "words",
]

Drawn = TypeVar("Drawn")

# Text

IGNORABLE = "\u00ad\u034f\u061c\u200c\u200d\u200e\u2060\ufe0f\ufeff\u0640"
SPACES = (" ", "  ", "\t", "\u00a0", "\u2003", "\u200b")
SEPARATORS = (*SPACES, ", ", ". ", "; ", " – ", "-", "/", "…", "'", "’", "&", "\x00")
BREAKS = ("\n", "\n\n", "\n \n", "\u2028", "\u2029", "\x85")
QUOTATION_MARKS = (*'"＂“”„‟«»《》「」『』〝〞〟', '""', " «", "» ", ' "', '" ', "”“")
LONE_SURROGATES = ("\ud800", "\udbff", "\udc00", "\udfff")
ODD = ("\x00", "\x7f", "\ufffd", "\uffff", "\u0301", "\U0001f5de", "\U0001f692", "\U0010ffff", "𠀋", "𪚥")

_WRITTEN = """
harbour ferry mayor Strand-side inquiry tonnes HALMSTRAND Ångström İzmir Straße ΣΊΣΥΦΟΣ Σίσυφος порт ПОРТ паром
ميناء الميناء נמל 부두 항구 बंदरगाह बंदर 港 渡船 フェリー みなと ท่าเรือ ဆိပ်ကမ်း 212 7 1,450 ３５ ٤٢ H5N1 2nd ½ Ⅻ naïve
nai\u0308ve co-operate o’clock ǅungla ßeta ﬁre x
"""
WORDS = tuple(_WRITTEN.split())

# What outlets write themselves, so that it is known to be nobody else's.
LOCAL_TEXT = (
    "Readers of this paper will recall that the parish council discussed much the same matter in spring, and put it "
    "off until the minutes of the previous meeting could be found. They have not been found.",
    "In our own district the news was received calmly. Of eleven people asked outside the chemist's, four had heard "
    "of it, two were in favour, and one asked this reporter to hold a dog while she thought about it.",
    "A spokeswoman for the county, reached on her way home, promised a statement before the weekend and asked that "
    "the bins on Cooper's Row not be mentioned again in this connection.",
)
OTHER_WORDS = ("reportedly", "local", "officials", "later", "remarked", "major", "announced", "around", "saying")


def words() -> st.SearchStrategy[str]:
    """Single words of many scripts, some with digits, some of several tokens.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(words())
    ... def no_word_holds_a_space(word):
    ...     assert word.split() == [word]
    >>> no_word_holds_a_space()
    """
    return st.sampled_from(WORDS)


def odd_characters() -> st.SearchStrategy[str]:
    """Any character of the first two planes, lone surrogates, NULs and astral Han among them.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(odd_characters())
    ... def each_is_one_code_point(character):
    ...     assert len(character) == 1
    >>> each_is_one_code_point()
    """
    anything = st.characters(max_codepoint=0x1FFFF, exclude_categories=())
    return st.one_of(anything, st.sampled_from(LONE_SURROGATES), st.sampled_from(ODD))


def texts(max_size: int = 40) -> st.SearchStrategy[str]:
    """Text of words, separators, line breaks, quotation marks, ignorable and odd characters in any order.

    It may be empty, and may hold lone surrogates, which UTF-8 cannot encode.

    Parameters
    ----------
    max_size : int, at least 0
        How many such pieces there are at most.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from storyclust import Story, cluster_stories
    >>> @settings(max_examples=10, deadline=None)
    ... @given(texts())
    ... def any_text_can_be_clustered(text):
    ...     assert len(cluster_stories([Story("a", text)])) == 1
    >>> any_text_can_be_clustered()
    """
    pieces = st.one_of(
        words(),
        st.sampled_from(SEPARATORS),
        words().map(" {} ".format),
        st.sampled_from(BREAKS),
        st.sampled_from(QUOTATION_MARKS),
        st.sampled_from(tuple(IGNORABLE)),
        odd_characters(),
    )
    return st.lists(pieces, max_size=max_size).map("".join)


# Stories


def _drawn_from(pool: Callable[[], Sequence[Drawn]]) -> st.SearchStrategy[Drawn]:
    """One of a pool of the newsroom's.

    Deferred, so that the newsroom is read neither at import nor while an example is being timed; by number, so that
    hypothesis does not print the whole pool where it names the strategy.
    """
    return st.deferred(lambda: st.integers(0, len(pool()) - 1).map(lambda number: pool()[number]))


def newsroom_stories() -> st.SearchStrategy[Story]:
    """A story of the newsroom; ``load_newsroom().truth`` has what is true of it.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(newsroom_stories())
    ... def what_is_true_of_it_is_known(story):
    ...     assert story.id in load_newsroom().truth
    >>> what_is_true_of_it_is_known()
    """
    return _drawn_from(lambda: load_newsroom().stories)


def newsroom_slices(min_size: int = 0, max_size: int = 10) -> st.SearchStrategy[list[Story]]:
    """Lists of distinct stories of the newsroom in any order; relatives come together, or most slices would have none.

    Parameters
    ----------
    min_size, max_size : int
        How many stories. There must be ``min_size`` of which no two are related.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(newsroom_slices(min_size=2))
    ... def no_story_comes_twice(stories):
    ...     assert len({story.id for story in stories}) == len(stories) >= 2
    >>> no_story_comes_twice()
    """
    several = st.lists(
        _drawn_from(_families), min_size=min_size, max_size=max_size, unique_by=lambda family: family[0].id
    )
    return several.map(lambda drawn: [*chain(*drawn)]).flatmap(st.permutations).map(lambda drawn: drawn[:max_size])


def stories(text: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Story]:
    """Stories of any id, with and without title, source and time.

    Two may have one id and different texts, which is an error in one job: draw lists of them with ``unique_by``.

    Parameters
    ----------
    text : strategy of str, optional
        What their texts are; odd ones (`texts`) and those of the newsroom unless given.

    Examples
    --------
    >>> from hypothesis import given, settings, strategies as st
    >>> from storyclust import cluster_stories
    >>> @settings(max_examples=10, deadline=None)
    ... @given(st.lists(stories(texts()), unique_by=lambda story: story.id))
    ... def every_story_is_in_a_cluster(stories):
    ...     assert sum(map(len, cluster_stories(stories))) == len(stories)
    >>> every_story_is_in_a_cluster()
    """
    realistic = newsroom_stories()
    return st.builds(
        Story,
        id=st.text(odd_characters(), min_size=1, max_size=20),
        text=st.one_of(texts(), realistic.map(lambda story: story.text)) if text is None else text,
        title=st.one_of(st.none(), texts(8), realistic.map(lambda story: story.title)),
        source=st.one_of(st.none(), texts(3), realistic.map(lambda story: story.source)),
        published=st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))),
    )


def strangers() -> st.SearchStrategy[tuple[Story, Story]]:
    """Two stories of the newsroom that share nothing: labelled NONE, neither written from a template.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from storyclust import compare_stories
    >>> @settings(max_examples=10, deadline=None)
    ... @given(strangers())
    ... def strangers_are_no_copies(pair):
    ...     assert compare_stories(*pair).relation is None
    >>> strangers_are_no_copies()
    """
    return _drawn_from(_strangers)


@cache
def _families() -> tuple[tuple[Story, ...], ...]:
    """The stories by cluster; one without relatives is a family of its own."""
    families: dict[str, list[Story]] = {}
    for story in load_newsroom().stories:
        families.setdefault(load_newsroom().truth[story.id].cluster, []).append(story)
    return tuple(map(tuple, families.values()))


@cache
def _strangers() -> tuple[tuple[Story, Story], ...]:
    newsroom = load_newsroom()
    # The copy of a report from a template is from the template too, whether or not the desk says so.
    formulas = {truth.cluster for truth in newsroom.truth.values() if "formula" in truth.traps}
    own = {story.id: story for story in newsroom.stories if newsroom.truth[story.id].cluster not in formulas}
    pairs = (pair for pair in newsroom.pairs if pair.label == "NONE")
    return tuple((own[pair.id_a], own[pair.id_b]) for pair in pairs if {pair.id_a, pair.id_b} <= own.keys())


# Copies, with the truth


def edits(*kinds: EditKind) -> st.SearchStrategy[Edit]:
    """What an outlet does to a text, of all kinds or of those given; `Edit` says what each does.

    Examples
    --------
    >>> from hypothesis import given
    >>> @given(newsroom_stories(), edits("cut", "brief"))
    ... def what_is_left_is_the_top(story, edit):
    ...     assert story.text.startswith(edit.apply(story.text))
    >>> what_is_left_is_the_top()
    """
    return st.one_of([_edits_of(kind) for kind in kinds or KINDS])


def copied_pairs(*kinds: EditKind) -> st.SearchStrategy[tuple[Story, Story, Edit]]:
    """A story of the newsroom, a later copy of it with an id of its own, and what was done to it.

    The copy holds half of the original's words or more, in their order, or it is a brief: the top. The originals are
    stories without lines of a site around them, as agencies file them.

    Parameters
    ----------
    *kinds : str
        Kinds of edit, all of them unless given.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from storyclust import compare_stories
    >>> @settings(max_examples=10, deadline=None)
    ... @given(copied_pairs("full"))
    ... def copies_are_found(pair):
    ...     original, copy, edit = pair
    ...     assert compare_stories(original, copy).relation == "copy"
    >>> copies_are_found()
    """
    originals = _drawn_from(_stories_as_filed)
    return st.builds(_copied_pair, originals, edits(*kinds), newsroom_stories(), st.integers(1, 48 * 60))


def _copied_pair(original: Story, edit: Edit, neighbour: Story, minutes: int) -> tuple[Story, Story, Edit]:
    """The copy appears later, wherever its neighbour does."""
    published = None if original.published is None else original.published + timedelta(minutes=minutes)
    copy = Story(f"{original.id}-copied", edit.apply(original.text), original.title, neighbour.source, published)
    return original, copy, edit


def _edits_of(kind: EditKind) -> st.SearchStrategy[Edit]:
    places = st.integers(0, 999)
    if kind == "furniture":
        return st.builds(Edit, st.just(kind), added=st.tuples(_drawn_from(_site_lines), _drawn_from(_site_lines)))
    if kind == "local text":
        return st.builds(Edit, st.just(kind), places, added=st.tuples(st.sampled_from(LOCAL_TEXT)))
    if kind == "words changed":
        changes = st.lists(st.tuples(places, st.sampled_from(OTHER_WORDS)), min_size=1, max_size=20)
        return st.builds(Edit, st.just(kind), changes=changes.map(tuple))
    return st.builds(Edit, st.just(kind), places)


@cache
def _stories_as_filed() -> tuple[Story, ...]:
    newsroom = load_newsroom()
    return tuple(
        story for story in newsroom.stories if all(span.kind != "clutter" for span in newsroom.truth[story.id].spans)
    )


@cache
def _site_lines() -> tuple[str, ...]:
    """What sites print around stories, each once."""
    newsroom = load_newsroom()
    lines = (
        story.text[span.start : span.stop]
        for story in newsroom.stories
        for span in newsroom.truth[story.id].spans
        if span.kind == "clutter"
    )
    return tuple(dict.fromkeys(lines))
