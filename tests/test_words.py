from __future__ import annotations

import numpy as np
import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from storyclust.newsroom.strategies import BREAKS, IGNORABLE, odd_characters, texts, words
from storyclust.text.words import Words, analyse
from strategies import stands_for, twin_word_hash, twin_words


def flat(analysed: Words) -> list[tuple[int, int, int, bool, bool]]:
    columns = (analysed.hashes, analysed.starts, analysed.stops, analysed.narrated, analysed.numerals)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def quoted_words(text: str) -> list[str]:
    return [text[start:stop] for _, start, stop, narrated, _ in flat(analyse([text])) if not narrated]


def hashes(text: str) -> list[int]:
    return analyse([text]).hashes.tolist()


# Words, offsets, hashes


@given(texts())
@example("co\u00adoperative\u200b“quay”\u200dside\ufeff")
@example("\ud83d\ude00 212\ud800tonnes")
@example("港でフェリーが2隻")
def test_words_and_offsets_are_those_of_regular_expressions(text: str) -> None:
    twins = twin_words(text)
    analysed = analyse([text])
    assert list(zip(analysed.starts, analysed.stops, strict=True)) == [(twin.start, twin.stop) for twin in twins]
    assert analysed.hashes.tolist() == [twin_word_hash(twin.folded) for twin in twins]


@given(texts())
@example("On the 2nd, H5N1 was found at n5n and pier 4B; 1,450 birds, none of them ½ or Ⅻ")
def test_numerals_are_the_words_with_a_decimal_digit(text: str) -> None:
    assert analyse([text]).numerals.tolist() == [
        regex.search("[0-9]", twin.folded) is not None for twin in twin_words(text)
    ]


@given(st.lists(texts(20), max_size=6))
def test_a_batch_gives_what_its_texts_give_one_by_one(batch: list[str]) -> None:
    together = analyse(batch)
    alone = [flat(analyse([text])) for text in batch]
    assert flat(together) == [word for one in alone for word in one]
    assert np.diff(together.first_word).tolist() == [len(one) for one in alone]
    assert len(together) == len(batch)


@given(st.text(odd_characters()))
@example("㌖㍿½ﷺ กำ ㎏℅")
def test_words_overlap_in_a_character_that_stands_for_several_and_nowhere_else(text: str) -> None:
    analysed = analyse([text])
    starts, stops = analysed.starts.tolist(), analysed.stops.tolist()
    assert starts == sorted(starts)
    assert stops == sorted(stops)
    assert all(start < stop <= len(text) for start, stop in zip(starts, stops, strict=True))
    shared = [start for start, stop in zip(starts[1:], stops, strict=False) if start < stop]
    assert all(len(stands_for(text[place])) > 1 for place in shared)
    assert all(start >= stop - 1 for start, stop in zip(starts[1:], stops, strict=False))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mayor Tarn’s plan", ["Mayor", "Tarn", "s", "plan"]),
        ("e-mail/fax: 1,450", ["e", "mail", "fax", "1", "450"]),
        ("渡船沈没。", ["渡", "船", "沈", "没"]),
        ("港でフェリー", ["港", "で", "フ", "ェ", "リ", "ー"]),
        ("EU대표단은 부두에", ["EU대표단은", "부두에"]),
        ("Windows版", ["Windows", "版"]),
        ("nai\u0308ve", ["nai\u0308ve"]),
        ("𠀋𪚥", ["𠀋", "𪚥"]),
        ("quay\u200bside", ["quay", "side"]),
        ("quay\x00side\ud800dock", ["quay", "side", "dock"]),
        ("", []),
        (" \u2028 \u00ad–“”", []),
    ],
)
def test_what_is_a_word(text: str, expected: list[str]) -> None:
    analysed = analyse([text])
    assert [text[start:stop] for start, stop in zip(analysed.starts, analysed.stops, strict=True)] == expected


@pytest.mark.parametrize("name", ["harbour", "ميناء", "порт", "부둣가"])
def test_ignorable_characters_are_invisible_inside_a_word_but_part_of_the_text(name: str) -> None:
    for character in IGNORABLE:
        broken = f"at {name[:2]}{character}{name[2:]}{character} now"
        assert hashes(broken) == hashes(f"at {name} now")
        second = flat(analyse([broken]))[1]
        assert broken[second[1] : second[2]] == f"{name[:2]}{character}{name[2:]}"


@given(texts(), st.sampled_from(IGNORABLE), st.data())
def test_an_ignorable_character_anywhere_changes_no_word(text: str, character: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    assert hashes(text[:place] + character + text[place:]) == hashes(text)


def folds_letter_by_letter(text: str) -> bool:
    forms = [(c, c.upper(), c.lower(), c.title(), c.casefold()) for c in text]
    return all(all(len(form) == 1 for form in own) and len({form.casefold() for form in own}) == 1 for own in forms)


@given(st.one_of(texts(), st.text(st.characters(categories=["Lu", "Ll", "Lt"])).filter(folds_letter_by_letter)))
def test_upper_lower_and_title_case_are_one(text: str) -> None:
    text = "".join(filter(folds_letter_by_letter, text))
    assert hashes(text.upper()) == hashes(text)
    assert hashes(text.lower()) == hashes(text)
    assert hashes(text.title()) == hashes(text)


@pytest.mark.parametrize(
    ("one", "other"), [("İZMİR", "izmir"), ("ΣΊΣΥΦΟΣ", "Σίσυφος"), ("STRAẞE", "straße"), ("ǅUNGLA", "ǆungla")]
)
def test_letters_that_fold_in_more_than_one_way(one: str, other: str) -> None:
    assert hashes(one) == hashes(other)


@given(words(), words())
def test_different_words_have_different_hashes(one: str, other: str) -> None:
    folded = [[twin.folded for twin in twin_words(word)] for word in (one, other)]
    assert (hashes(one) == hashes(other)) == (folded[0] == folded[1])


# Quotations

PAIRS = ["“”", '""', "„“", "„”", "‟”", "«»", "»«", "《》", "「」", "『』", "〝〞", "””", "＂＂"]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("The mayor said: “We will stay.” Then she left.", "We will stay"),
        ('The mayor said: "We will stay." Then she left.', "We will stay"),
        ('"We will stay," the mayor said, "whatever comes."', "We will stay whatever comes"),
        ("Le maire a dit : «\u00a0Nous restons.\u00a0» Puis il partit.", "Nous restons"),
        ("Le maire a dit : « Nous restons. » Puis il partit.", "Nous restons"),
        ("Der Rat sagte: „Wir bleiben.“ Dann ging er.", "Wir bleiben"),
        ("Rada powiedziała: „Zostajemy.” Potem wyszła.", "Zostajemy"),
        ("Der Rat sagte: »Wir bleiben.« Dann ging er.", "Wir bleiben"),
        ("Rådet sade: ”Vi stannar.” Sedan gick de.", "Vi stannar"),
        ("市長は「残る」と述べ", "残 る"),
        ("市长说：“我们留下。”随后", "我 们 留 下"),
        ("市長は『本』と「残る」の", "本 残 る"),
        ("It is Tarn's and the sailors' and the ’90s’ best o'clock.", ""),
        ("They ‘stay’ and 'stay' again.", ""),
        ("“He called it «a scandal» and left,” she said.", "He called it a scandal and left"),
        ("„Er sagte »nein« und ging“, hieß es.", "Er sagte nein und ging"),
        ('A 6" pipe burst and a 12" main held.', ""),
        ("She said “we stay.\n\nThe fog lifted at noon.”", "we stay"),
        ("She said “we stay.\nThe fog lifted at noon.", "we stay"),
        ("She said “we stay, “we shall.” Fog fell.", "we stay we shall"),
        ('“We stay," she said. “We shall,” he said.', "We stay We shall"),
        ('She said "we stay,” and left. "Good," he said.', "we stay Good"),
        ('Er sagte: „Wir bleiben." Dann ging er.', "Wir bleiben"),
        ("Il a dit : «Nous restons.” Puis il partit.", "Nous restons"),
        ('“He called it "a scandal" and left. Fog fell.', "He called it a scandal and left Fog fell"),
        ('“He called it "a scandal," and left," she said.', "He called it a scandal and left"),
        ('A 6" pipe, she said, “is no 12" pipe” at all.', "is no 12 pipe"),
        ("The mayor said: “\nFog fell at noon.", ""),
        ("The mayor said:\n“We stay.\nFog fell at noon.", "We stay"),
        ("The mayor said « we stay and left.", ""),
        ('She said "we stay and nobody answered.\n\nThe fog lifted. "Good," he said.', "Good"),
        ("She said “we\nstay” at noon.", "we stay"),
        ("“We stay.\n\n“We always have.\n\n“We shall.” She left.", "We stay We always have We shall"),
        ("“We stay.\n“We always have.\n“We shall.” She left.", "We stay We always have We shall"),
        ("“We stay.\n\nShe left.\n\n“We shall.” Fog fell.", "We stay We shall"),
        ('"We stay.\n\n"We shall." Fog fell.', "We stay We shall"),
        ("« Nous restons.\n\n« Toujours. » Il partit.", "Nous restons Toujours"),
        ("「残る。\n\n「必ず」と", "残 る 必 ず"),
        ("(“We stay”) and —“yes”.", "We stay yes"),
        ("”", ""),
        ("“", ""),
        ("", ""),
    ],
)
def test_which_words_stand_in_quotation_marks(text: str, quoted: str) -> None:
    assert quoted_words(text) == quoted.split()


segments = st.tuples(
    st.sampled_from([None, *PAIRS]),
    st.lists(st.sampled_from(["fog", "ran", "ميناء", "порт", "9"]), min_size=1, max_size=4),
)


@given(st.lists(st.lists(segments, min_size=1, max_size=5), max_size=4), st.sampled_from(["\n", "\n\n", "\n \n"]))
def test_closed_quotations_of_any_marks_are_flagged_and_nothing_else(paragraphs: list, gap: str) -> None:
    expected = [pair is None for paragraph in paragraphs for pair, inner in paragraph for _ in inner]
    written = gap.join(
        " ".join(
            " ".join(inner) if pair is None else f"{pair[0]}{' '.join(inner)}.{pair[1]}" for pair, inner in paragraph
        )
        for paragraph in paragraphs
    )
    assert analyse([written]).narrated.tolist() == expected


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair[0] != pair[1]])
@given(count=st.integers(1, 5), gap=st.sampled_from(["\n", "\n\n", "\n \n", "\n\n\n\n"]))
def test_a_quotation_over_paragraphs_opens_anew_in_each(pair: str, count: int, gap: str) -> None:
    paragraphs = [f"{pair[0]}We stay on watch {number}." for number in range(count)]
    text = f"Tarn spoke.\n\n{gap.join(paragraphs)}{pair[1]}\n\nFog fell."
    assert quoted_words(text) == [word for number in range(count) for word in f"We stay on watch {number}".split()]


OPENING = "“‟〝„«《「『"  # these open, and nothing else


@pytest.mark.parametrize("mark", sorted({mark for pair in PAIRS for mark in pair}))
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_mark_without_a_partner_quotes_the_rest_of_its_line_if_it_can_only_open(mark: str, gap: str) -> None:
    opened = quoted_words(f"The mayor said {mark}we stay.{gap}Fog fell at noon and nobody came.")
    assert opened == (["we", "stay"] if mark in OPENING else [])
    if mark not in OPENING:
        assert quoted_words(f"The mayor said we stay{mark} and left.{gap}Fog fell at noon.") == []


@pytest.mark.parametrize("mark", OPENING)
def test_the_rest_of_a_long_line_is_no_quotation_for_want_of_a_mark(mark: str) -> None:
    assert len(quoted_words(f"Tarn: {mark}{'stay ' * 75}\nFog fell.")) == 75
    assert quoted_words(f"Tarn: {mark}{'stay ' * 76}\nFog fell.") == []


@pytest.mark.parametrize("opening", [*OPENING, '"'])
@pytest.mark.parametrize("standing_in", '"”»')
@given(st.lists(st.sampled_from(["fog", "ميناء", "порт", "9"]), min_size=1, max_size=6), st.sampled_from(",.!"))
def test_a_mark_of_another_kind_stands_in_for_the_one_that_is_missing(
    opening: str, standing_in: str, inner: list[str], stop: str
) -> None:
    text = f"Tarn: {opening}{' '.join(inner)}{stop}{standing_in} she said.\n\nThe rest is told."
    assert quoted_words(text) == inner


@pytest.mark.parametrize("pair", PAIRS)
def test_a_run_too_long_to_be_a_quotation_is_none(pair: str) -> None:
    assert len(quoted_words(f"Tarn: {pair[0]}{'stay ' * 399}stay{pair[1]} she said")) == 400
    assert quoted_words(f"Tarn: {pair[0]}{'stay ' * 400}stay{pair[1]} she said") == []


@given(texts())
def test_text_without_marks_is_all_narrated(text: str) -> None:
    unmarked = regex.sub(r'["＂“”„‟〟«»《》「」『』〝〞]', " ", text)
    assert analyse([unmarked]).narrated.all()


@given(texts(15), texts(15))
def test_what_follows_a_paragraph_changes_no_flag_before_it(before: str, after: str) -> None:
    # The word between keeps a quotation from running on into the next paragraph.
    alone = analyse([f"{before}\n\nharbour"])
    followed = analyse([f"{before}\n\nharbour\n\n{after}"])
    assert followed.narrated[: len(alone.narrated) - 1].tolist() == alone.narrated[:-1].tolist()


@given(texts(), st.sampled_from([line for line in BREAKS if line.strip(" ") in "\n\u2028\u2029\x85"]))
def test_line_separators_are_alike(text: str, separator: str) -> None:
    plain = text.replace("\x85", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    assert analyse([plain.replace("\n", separator)]).narrated.tolist() == analyse([plain]).narrated.tolist()


# Odd sizes


def test_one_word_three_hundred_thousand_times() -> None:
    analysed = analyse(["quay " * 300_000])
    assert analysed.hashes.tolist() == [twin_word_hash("quay")] * 300_000
    assert (analysed.starts == np.arange(300_000) * 5).all()
    assert analysed.narrated.all()


@pytest.mark.parametrize("mark", ['"', "“", "”", "„", "«", "「"])
def test_three_hundred_thousand_marks(mark: str) -> None:
    assert len(analyse([mark * 300_000]).hashes) == 0
    assert len(analyse([f" {mark}fog" * 100_000]).hashes) == 100_000


def test_many_marks_without_partners_take_time_in_proportion() -> None:
    kinds = " “fog „fog «fog »fog 「fog 『fog ”fog"
    assert len(analyse([kinds * 20_000]).hashes) == 140_000
    assert len(analyse([f" “fog{' »fog' * 200_000}"]).hashes) == 200_001


def test_a_mark_before_and_after_each_of_many_words() -> None:
    assert not analyse(["“fog” " * 100_000]).narrated.any()


def test_texts_without_words_and_one_endless_word() -> None:
    analysed = analyse(["… " * 150_000, "", "x" * 3_000_000, "\x00" * 300_000])
    assert analysed.first_word.tolist() == [0, 0, 0, 1, 1]
    assert (analysed.starts.tolist(), analysed.stops.tolist()) == ([0], [3_000_000])


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("「彼は『嫌』と」言う", "彼 は 嫌 と"),
        ('The mayor ("We stay") left.', "We stay"),
        ('The mayor said—"we stay" and left.', "we stay"),
        ("Pormestari sanoi: »Me jäämme.» Sitten hän lähti.", "Me jäämme"),
        ("He said: “We will\r\nstay here.” Then he left.", "We will stay here"),
        ('He said "\u200f stay here" now', ""),
    ],
)
def test_quotations_nested_in_brackets_and_over_line_ends(text: str, quoted: str) -> None:
    assert quoted_words(text) == quoted.split()


@given(texts())
def test_carriage_returns_change_no_flag(text: str) -> None:
    plain = text.replace("\r", "")
    assert analyse([plain.replace("\n", "\r\n")]).narrated.tolist() == analyse([plain]).narrated.tolist()


@pytest.mark.parametrize("word", ["๑๒", "၂", "១"])
def test_digits_of_scripts_without_spaces_are_numerals(word: str) -> None:
    assert analyse([word]).numerals.all()


def test_variation_selectors_beyond_the_first_planes_are_ignored() -> None:
    assert hashes("qu\U000e0100ay") == hashes("quay")
