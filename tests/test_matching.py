from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from storyclust import cluster_stories, compare_stories
from storyclust.fingerprint.fingerprints import fingerprint
from storyclust.match import candidates as candidates_module
from storyclust.match.candidates import find_candidates
from storyclust.match.candidates_kernels import HOT, LEADERS
from storyclust.match.contents import Contents
from storyclust.match.links import Links
from storyclust.match.passages import find_runs
from storyclust.match.relation import are_copies
from storyclust.match.story_pairs_kernels import count_pairs, list_pairs
from storyclust.match.verify import compare, verify
from storyclust.model import Link, Passage, Story
from storyclust.parallel import Workers
from storyclust.settings import Settings
from storyclust.text.words import analyse
from straits import STRAITS
from strategies import CHESS, FERRY, INVENTED, LIBRARY, dockside_texts, numerous_words, stories_of, twin_words

# Candidates


def candidate_pairs(keys: list[list[int]], threads: int = 1) -> dict[tuple[int, int], int]:
    """The pairs found among contents with these keys, (earlier, later), and how many keys each shares."""
    flat = np.array([key for own in keys for key in own], np.uint64)
    first = np.concatenate(([0], np.cumsum([len(own) for own in keys]))).astype(np.int64)
    with Workers(threads) as workers:
        found = find_candidates(flat, first, workers)
    pairs = list(zip(found.earlier.tolist(), found.later.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    assert all(earlier < later for earlier, later in pairs)
    assert found.later.tolist() == sorted(found.later.tolist())
    assert found.hot_keys == sum(count > HOT for count in Counter(flat.tolist()).values())
    return dict(zip(pairs, found.shared_keys.tolist(), strict=True))


def twin_pairs(keys: list[list[int]]) -> Counter[tuple[int, int]]:
    """Every bucket by itself: all its pairs, or in a large one the pairs with one of its leaders."""
    pairs: Counter[tuple[int, int]] = Counter()
    for key in {key for own in keys for key in own}:
        members = [content for content, own in enumerate(keys) if key in own]
        leaders = set(members if len(members) <= HOT else members[:LEADERS])
        pairs.update(pair for pair in itertools.combinations(members, 2) if leaders & set(pair))
    return pairs


@st.composite
def key_lists(draw: st.DrawFn) -> list[list[int]]:
    """Contents with a few keys each; some keys are borne by many contents, around the limit too."""
    contents = draw(st.integers(0, HOT + 30))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    shares = draw(st.lists(st.sampled_from([0.02, 0.1, 0.5, 0.9, 0.97, 1.0]), max_size=6))
    held = [random.permutation(contents) < share * contents for share in shares]
    large = [np.uint64(random.integers(0, 2**64, dtype=np.uint64)).item() for _ in shares]
    keys = [[key for key, bearers in zip(large, held, strict=True) if bearers[content]] for content in range(contents)]
    return [
        random.permutation(np.array([*own, 2**40 + content], np.uint64)).tolist() for content, own in enumerate(keys)
    ]


@given(key_lists(), st.integers(1, 3))
def test_candidates_are_the_pairs_of_every_bucket(keys: list[list[int]], threads: int) -> None:
    assert candidate_pairs(keys, threads) == twin_pairs(keys)


@pytest.mark.parametrize("bearers", [2, HOT - 1, HOT, HOT + 1, 3 * HOT])
def test_a_bucket_pairs_all_up_to_the_limit_and_with_its_leaders_above(bearers: int) -> None:
    pairs = candidate_pairs([[7]] * bearers)
    every = bearers * (bearers - 1) // 2
    assert len(pairs) == (every if bearers <= HOT else LEADERS * (LEADERS - 1) // 2 + LEADERS * (bearers - LEADERS))
    assert {content for pair in pairs for content in pair} == set(range(bearers))


@given(key_lists())
def test_no_content_of_a_shared_bucket_is_left_out(keys: list[list[int]]) -> None:
    borne = Counter(key for own in keys for key in own)
    shared = {content for content, own in enumerate(keys) if any(borne[key] > 1 for key in own)}
    assert {content for pair in candidate_pairs(keys) for content in pair} == shared


@given(st.lists(st.sets(st.integers(0, 12), max_size=4), max_size=HOT), st.randoms(use_true_random=False))
def test_below_the_limit_numbering_does_not_matter(keys: list[set[int]], random: object) -> None:
    order = list(range(len(keys)))
    random.shuffle(order)  # type: ignore[attr-defined]
    renumbered = candidate_pairs([list(keys[content]) for content in order])
    back = {tuple(sorted((order[a], order[b]))): count for (a, b), count in renumbered.items()}
    assert back == candidate_pairs([list(own) for own in keys])


@pytest.mark.parametrize("room", [1, 2, 100])
def test_batches_that_outgrow_their_room_are_done_again(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    keys = [[*random.choice(20, 5, replace=False).tolist()] for _ in range(150)]
    expected = twin_pairs(keys)
    monkeypatch.setattr(candidates_module, "ROOM", room)
    assert candidate_pairs(keys) == expected


@given(st.randoms(use_true_random=False))
@hypothesis_settings(max_examples=10)
def test_above_the_limit_the_order_of_the_stories_does_not_matter(random: object) -> None:
    notice = "the harbour office in Halmstrand reminds all skippers that moorings on the north quay must be renewed"
    texts = [f"{notice} {' '.join(INVENTED[6 * number : 6 * number + 6])}" for number in range(HOT + 20)]

    def found(order: list[str]) -> set[frozenset[str]]:
        fingerprints = fingerprint(analyse(order), Settings())
        distinct = fingerprints.distinct_contents(20)
        with Workers(1) as workers:
            pairs = find_candidates(*fingerprints.keys_of(distinct.story), workers)
        assert pairs.hot_keys > 0
        named = [order[story] for story in distinct.story.tolist()]
        return {
            frozenset((named[a], named[b])) for a, b in zip(pairs.earlier.tolist(), pairs.later.tolist(), strict=True)
        }

    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert found(shuffled) == found(texts)


# Figures of pairs of contents


def all_pairs(texts: list[str], size: int) -> tuple[Links, list[list[list[int]]]]:
    """All pairs of some texts compared, and the runs of each: word of the longer, of the shorter, words, narrated."""
    pairs = np.array(list(itertools.combinations(range(len(texts)), 2)), np.int32).reshape(-1, 2)
    contents = Contents.of_texts(texts, size)
    with Workers(1) as workers:
        links = compare(contents, pairs[:, 0], pairs[:, 1], size, 0.0, 0.0, workers)
        runs = find_runs(contents, links, size, workers)
    return links, [part.tolist() for part in np.split(runs.rows, runs.first_run[1:-1])]


def sides(links: Links, texts: list[str]) -> list[tuple[str, str]]:
    """The texts of each pair, the longer first."""
    pairs = zip(links.longer.tolist(), links.shorter.tolist(), strict=True)
    return [(texts[longer], texts[shorter]) for longer, shorter in pairs]


def tokens(text: str) -> list[str]:
    return [word.folded for word in twin_words(text)]


def shingle_set(text: str, size: int) -> set[tuple[str, ...]]:
    words = tokens(text)
    if len(words) < size:
        return {tuple(words)} if words else set()
    return {tuple(words[start : start + size]) for start in range(len(words) - size + 1)}


@given(st.lists(dockside_texts(6), min_size=2, max_size=6), st.integers(2, 6))
def test_shared_shingles_jaccard_and_containment_are_those_of_the_sets(texts: list[str], size: int) -> None:
    links, _ = all_pairs(texts, size)
    assert len(links) == len(texts) * (len(texts) - 1) // 2
    for place, (long, short) in enumerate(sides(links, texts)):
        one, other = shingle_set(long, size), shingle_set(short, size)
        shared = len(one & other)
        assert len(tokens(long)) >= len(tokens(short))
        assert links.shared_shingles[place] == shared
        assert links.jaccard[place] == pytest.approx(shared / len(one | other))
        assert links.containment[place] == pytest.approx(shared / min(len(one), len(other)))


def covered(text: str, other: str, size: int) -> list[int]:
    """The places of the words of a text that stand in shingles the other has too."""
    words, shared = tokens(text), shingle_set(text, size) & shingle_set(other, size)
    starts = [start for start in range(len(words) - size + 1) if tuple(words[start : start + size]) in shared]
    return sorted({place for start in starts for place in range(start, start + size)})


def longest_common_run(one: list[str], other: list[str]) -> int:
    lengths: dict[tuple[int, int], int] = {}
    for a, b in itertools.product(range(len(one)), range(len(other))):
        lengths[a, b] = lengths.get((a - 1, b - 1), 0) + 1 if one[a] == other[b] else 0
    return max(lengths.values(), default=0)


@given(st.lists(dockside_texts(6, 40), min_size=2, max_size=5), st.integers(2, 6))
def test_shared_words_are_those_of_the_shorter_in_shared_shingles(texts: list[str], size: int) -> None:
    links, _ = all_pairs(texts, size)
    for place, (long, short) in enumerate(sides(links, texts)):
        shared = covered(short, long, size)
        narrated = analyse([short]).narrated
        assert links.shared_words[place] + links.quoted_words[place] == len(shared)
        assert links.passage_share[place] == pytest.approx(len(shared) / len(tokens(short)))
        assert links.share[place] == pytest.approx(links.shared_words[place] / max(int(narrated.sum()), 1))
        if "“" not in long:
            assert links.shared_words[place] == narrated[shared].sum()
        assert links.shared_words[place] <= narrated[shared].sum()

        repeats = len(shingle_set(long, size)) < len(tokens(long)) - size + 1
        longest = longest_common_run(tokens(long), tokens(short))
        if not shared:
            assert links.longest_run[place] == 0
        elif repeats:
            assert size <= links.longest_run[place] <= longest
        else:
            assert links.longest_run[place] == longest


fractions = st.floats(0.05, 1)


@given(st.lists(dockside_texts(5, 30), min_size=2, max_size=6), fractions, fractions, fractions, st.integers(2, 6))
def test_verifying_finds_the_same_copies_as_comparing_every_pair_whole(
    texts: list[str], jaccard: float, passage_share: float, narrated_share: float, size: int
) -> None:
    settings = Settings(jaccard=jaccard, passage_share=passage_share, narrated_share=narrated_share, shingle_words=size)
    whole, _ = all_pairs(texts, size)
    expected = whole.take(are_copies(whole, settings))
    with Workers(2) as workers:
        links = verify(Contents.of_texts(texts, size), whole.longer[::-1], whole.shorter[::-1], settings, workers)
    for field in fields(Links):
        assert getattr(links, field.name).tolist() == getattr(expected, field.name).tolist()


def numerals(words: list[str]) -> set[str]:
    return {word for word in words if any(character.isdigit() for character in word)}


def twin_other_figures(long: str, short: str, size: int) -> float:
    """The smaller of the two shares of numerals about the shared words that the other text does not have."""
    shares = []
    for own, other in ((long, short), (short, long)):
        shared = covered(own, other, size)
        about = numerals(tokens(own)[shared[0] : shared[-1] + 1]) if shared else set()
        missing = about - numerals(tokens(other))
        if len(missing) < 2:
            return 0.0
        shares.append(len(missing) / len(about))
    return min(shares)


@st.composite
def refilled_templates(draw: st.DrawFn) -> list[str]:
    """Reports by one formula, with figures of their own between the phrases, and some at the end in common."""
    phrases = (
        "shares of the ferry line rose",
        "in early trading at Veldburg and",
        "closed the day near their best price",
    )
    figure = st.lists(st.sampled_from(["1", "2", "3", "17", "212", "9th", "H5N1", "crowns"]), max_size=3).map(" ".join)
    tail = draw(figure)
    bodies = [" ".join([draw(figure), *(f"{phrase} {draw(figure)}" for phrase in phrases[:-1])]) for _ in range(3)]
    return [f"{body} {phrases[-1]} {tail} {draw(figure)}" for body in bodies]


@given(refilled_templates())
def test_other_figures_are_the_numerals_about_the_shared_text_that_one_lacks(texts: list[str]) -> None:
    links, _ = all_pairs(texts, 4)
    expected = [twin_other_figures(long, short, 4) for long, short in sides(links, texts)]
    assert links.other_figures.tolist() == pytest.approx(expected)


def test_a_template_with_other_figures_and_the_same_with_one_correction() -> None:
    report = "Shares of the ferry line rose {} crowns to {} and then closed the day at {} crowns in Veldburg"
    texts = [report.format(4, 310, 322), report.format(6, 280, 291), report.format(4, 310, 321)]
    links, _ = all_pairs(texts, 2)
    pairs = map(frozenset, zip(links.longer.tolist(), links.shorter.tolist(), strict=True))
    figures = dict(zip(pairs, links.other_figures.tolist(), strict=True))
    assert figures == {frozenset({0, 1}): 1.0, frozenset({0, 2}): 0.0, frozenset({1, 2}): 1.0}


def test_figures_at_both_ends_of_the_shared_text_count() -> None:
    report = (
        "After 11 and 12 rises shares of the ferry line{}gained in early trading at Veldburg{}before they fell 7 and 9"
    )
    short, long = report.format(" 1 ", " 2 3 "), f"At noon: {report.format(' 4 ', ' 5 ')} said 80 brokers at the quay"
    links, _ = all_pairs([short, long], 4)
    # Two of the longer's six figures are its own, and three of the shorter's seven.
    assert links.other_figures.tolist() == [2 / 6]


# Passages


def assert_runs_are_maximal_and_apart(long: list[str], short: list[str], runs: list[list[int]], size: int) -> None:
    used_long = [word for start, _, count, *_ in runs for word in range(start, start + count)]
    used_short = [word for _, start, count, *_ in runs for word in range(start, start + count)]
    assert len(set(used_long)) == len(used_long)
    assert len(set(used_short)) == len(used_short)
    for at_long, at_short, count, *_ in runs:
        assert count >= size
        assert long[at_long : at_long + count] == short[at_short : at_short + count]
        after_long, after_short = at_long + count, at_short + count
        goes_on = after_long < len(long) and after_short < len(short) and long[after_long] == short[after_short]
        assert not goes_on or after_long in used_long


@given(st.lists(dockside_texts(0, 80), min_size=2, max_size=5), st.integers(2, 6))
def test_runs_hold_equal_words_do_not_overlap_and_end_where_the_texts_part(texts: list[str], size: int) -> None:
    links, runs_of_pairs = all_pairs(texts, size)
    for (longer, shorter), runs in zip(sides(links, texts), runs_of_pairs, strict=True):
        assert_runs_are_maximal_and_apart(tokens(longer), tokens(shorter), runs, size)
        narrated = [analyse([text]).narrated.tolist() for text in (longer, shorter)]
        for at_long, at_short, count, both, _ in runs:
            flags = zip(narrated[0][at_long : at_long + count], narrated[1][at_short : at_short + count], strict=True)
            assert both == sum(one and other for one, other in flags)


@given(st.lists(dockside_texts(6, 80), min_size=2, max_size=2), st.integers(2, 6))
def test_texts_that_share_a_shingle_have_a_passage(texts: list[str], size: int) -> None:
    _, (runs,) = all_pairs(texts, size)
    assert bool(runs) == bool(shingle_set(texts[0], size) & shingle_set(texts[1], size))


@st.composite
def rearrangements(draw: st.DrawFn) -> tuple[list[str], list[str], list[tuple[int, int, int]]]:
    """Words that are all different, the same in other blocks with words between, and the blocks shared."""
    count = draw(st.integers(5, 60))
    edges = sorted({0, count, *draw(st.lists(st.integers(0, count), max_size=6))})
    blocks = [(start, stop) for start, stop in itertools.pairwise(edges)]
    order = draw(st.permutations(blocks))
    original = list(INVENTED[:count])
    fresh = iter(INVENTED[count:])
    written: list[str] = []
    expected = []
    for start, stop in order:
        written += itertools.islice(fresh, draw(st.integers(1, 3)))
        expected.append((start, len(written), stop - start))
        written += original[start:stop]
    return original, written, expected


@given(rearrangements(), st.integers(2, 6))
def test_blocks_in_another_order_are_found_whole(
    case: tuple[list[str], list[str], list[tuple[int, int, int]]], size: int
) -> None:
    original, written, blocks = case
    link = compare_stories(Story("a", " ".join(original)), Story("b", " ".join(written)), Settings(shingle_words=size))
    text_a, text_b = " ".join(original), " ".join(written)
    found = [(p.words, text_a[p.a_start : p.a_stop], text_b[p.b_start : p.b_stop]) for p in link.passages]
    runs = [" ".join(original[start : start + count]) for start, _, count in sorted(blocks) if count >= size]
    assert found == [(len(run.split()), run, run) for run in runs]


def mirrored(link: Link) -> Link:
    passages = [Passage(p.b_start, p.b_stop, p.a_start, p.a_stop, p.words, p.kind) for p in link.passages]
    return replace(link, passages=tuple(sorted(passages, key=lambda passage: passage.a_start)))


@given(dockside_texts(1, 60), dockside_texts(1, 60), st.integers(2, 6))
def test_passages_cut_the_same_words_from_both_texts_whichever_comes_first(one: str, other: str, size: int) -> None:
    a, b = Story("a", one), Story("b", other)
    link = compare_stories(a, b, Settings(shingle_words=size))
    assert compare_stories(b, a, Settings(shingle_words=size)) == link
    assert list(link.passages) == sorted(link.passages, key=lambda passage: passage.a_start)
    for passage in link.passages:
        cut = [
            tokens(text) for text in (one[passage.a_start : passage.a_stop], other[passage.b_start : passage.b_stop])
        ]
        assert cut[0] == cut[1]
        assert len(cut[0]) == passage.words


@given(dockside_texts(1, 60), dockside_texts(1, 60), st.integers(2, 6))
def test_a_link_does_not_depend_on_the_names_of_the_stories(one: str, other: str, size: int) -> None:
    link = compare_stories(Story("a", one), Story("b", other), Settings(shingle_words=size))
    renamed = compare_stories(Story("b", one), Story("a", other), Settings(shingle_words=size))
    assert mirrored(renamed) == link


def test_passages_are_placed_in_texts_that_are_written_differently() -> None:
    one = f"“Ready?”\n\n{FERRY}"
    other = FERRY.upper().replace("SANDBANK", "SAND\u00adBANK").replace(" ", "\u00a0 ") + " (hk/it)"
    link = compare_stories(Story("one", one), Story("other", other))
    [passage] = link.passages
    assert one[passage.a_start : passage.a_stop] == FERRY.rstrip(".")
    assert other[passage.b_start : passage.b_stop] == other.removesuffix(". (hk/it)").removesuffix(" (hk/it)").rstrip(
        "."
    )
    assert passage.words == len(tokens(FERRY))


@given(dockside_texts(20, 60))
def test_a_text_and_itself_share_one_passage_over_everything(text: str) -> None:
    link = compare_stories(Story("a", text), Story("b", f"\n{text.upper()}!"))
    words, quoted = len(tokens(text)), int((~analyse([text]).narrated).sum())
    stop = int(analyse([text]).stops[-1])
    start = int(analyse([text]).starts[0])
    kind = "narrated" if 2 * (words - quoted) >= words else "quoted"
    assert link.passages == (Passage(start, stop, start + 1, stop + 1, words, kind),)
    assert (link.relation, link.shared_words, link.quoted_words) == ("copy", words - quoted, quoted)
    assert (link.jaccard, link.containment, link.share) == (1.0, 1.0, 1.0)


# Pairs of stories behind pairs of contents


@given(st.lists(st.sampled_from([0, 1, 2, 5, HOT, HOT + 1, HOT + 9]), min_size=1, max_size=4), st.data())
@hypothesis_settings(max_examples=60)
def test_story_pairs_are_all_pairs_of_bearers_or_those_with_the_first(counts: list[int], data: st.DataObject) -> None:
    every_link = list(itertools.combinations(range(len(counts)), 2))
    links = data.draw(st.lists(st.sampled_from(every_link), unique=True)) if every_link else []
    first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    bearers = np.random.default_rng(sum(counts)).permutation(int(first[-1])).astype(np.int64)
    of_content = [bearers[start:stop].tolist() for start, stop in itertools.pairwise(first.tolist())]
    leading = [set(own if len(own) <= HOT else own[:LEADERS]) for own in of_content]

    expected = {
        (*pair, -1)
        for own, lead in zip(of_content, leading, strict=True)
        for pair in itertools.combinations(own, 2)
        if lead & set(pair)
    }
    every = sum(count * (count - 1) // 2 for count in counts)
    for number, (a, b) in enumerate(links):
        pairs = itertools.product(of_content[a], of_content[b])
        expected |= {(*pair, number) for pair in pairs if pair[0] in leading[a] or pair[1] in leading[b]}
        every += counts[a] * counts[b]

    longer, shorter = (np.array([link[side] for link in links], np.int32) for side in (0, 1))
    listed, possible = count_pairs(longer, shorter, first)
    one, other, link = (np.empty(listed, np.int64) for _ in range(3))
    assert list_pairs(longer, shorter, bearers, first, one, other, link) == listed == len(expected)
    assert set(zip(one.tolist(), other.tolist(), link.tolist(), strict=True)) == expected
    assert possible == every


def test_a_content_of_very_many_stories_has_pairs_linear_in_their_number() -> None:
    def pairs_of(count: int) -> int:
        first, nothing = np.array([0, count], np.int64), np.empty(0, np.int32)
        return int(count_pairs(nothing, nothing, first)[0])

    assert pairs_of(100_001) - pairs_of(100_000) == LEADERS
    assert pairs_of(100_000) < LEADERS * 100_000


# Links of stories


def test_links_of_the_straits_are_what_comparing_every_two_stories_gives() -> None:
    result = cluster_stories(STRAITS)
    linked = {(link.id_a, link.id_b): link for link in result.links()}
    assert len(linked) > 10
    for one, other in itertools.combinations(sorted(STRAITS, key=lambda story: story.id), 2):
        compared = compare_stories(one, other, result.settings)
        expected = linked.get((one.id, other.id))
        assert compared == expected if expected is not None else compared.relation is None


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(30, 120)), min_size=2, max_size=6), st.booleans())
@hypothesis_settings(max_examples=25)
def test_links_of_cuts_are_what_comparing_them_gives(cuts: list[tuple[int, int]], lead: bool) -> None:
    words = f"{FERRY} {LIBRARY}".split()
    texts = {f"cut-{number}": " ".join(words[start : start + count]) for number, (start, count) in enumerate(cuts)}
    if lead:
        texts["lead"] = f"{CHESS} {' '.join(words[:50])}"
    stories = {story.id: story for story in stories_of(texts)}
    result = cluster_stories(stories.values())
    for link in result.links():
        assert link == compare_stories(stories[link.id_a], stories[link.id_b])
        assert link.relation == "copy"


@pytest.mark.parametrize("ids", ["ab", "ba"])
@given(st.integers(20, 40), st.integers(0, 2**32))
@hypothesis_settings(max_examples=15)
def test_stories_of_one_length_have_one_link_however_they_are_compared(ids: str, words: int, seed: int) -> None:
    shared, (own, other) = numerous_words(seed, words), numerous_words(seed + 1, 2)
    plain = " ".join([*shared, own])
    quoting = f"{' '.join(shared[:12])} “{' '.join(shared[12:])}” {other}"
    stories = [Story(ids[0], plain), Story(ids[1], quoting)]
    link = compare_stories(*stories)
    assert list(cluster_stories(stories).links()) == ([link] if link.relation else [])


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (FERRY, LIBRARY, "not linked: they share no run of 5 words"),
        (FERRY, "The ferry sank.", "not linked: one has 3 words, and stories of fewer than 20 stand alone"),
        (FERRY, FERRY.upper(), "copy: the same 69 words"),
    ],
)
def test_the_reason_says_why(one: str, other: str, reason: str) -> None:
    assert compare_stories(Story("a", one), Story("b", other)).reason == reason


def test_stories_that_share_a_quotation_only_are_not_linked_and_told_so() -> None:
    speech = " ".join(CHESS.split()[:40])
    leads = [" ".join(story.split()[:20]) for story in (FERRY, LIBRARY)]
    link = compare_stories(Story("a", f"{leads[0]} “{speech}”"), Story("b", f"{leads[1]} “{speech}” Fog fell."))
    assert (link.relation, link.shared_words, link.quoted_words) == (None, 0, len(tokens(speech)))
    assert [passage.kind for passage in link.passages] == ["quoted"]
    assert f"{len(tokens(speech))} words in quotations" in link.reason
