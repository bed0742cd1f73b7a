"""Datelines and credits within a line, code left on a page, and every row of the table on an invented line."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyclust import DataError
from storyclust.newsroom.strategies import odd_characters
from storyclust.rules import Rule
from storyclust.text.residue_kernels import is_code
from storyclust.text.rules import own_rules
from storyclust.text.words import analyse
from storyclust.text.words_kernels import CAPTION, CLUTTER, CREDIT, QUOTED, TOLD
from strategies import twin_words

LEAD = "The night ferry ran aground off Halmstrand on Tuesday."
NAMED = {"caption": CAPTION, "credit": CREDIT, "clutter": CLUTTER}


def kinds_of(line: str) -> list[int]:
    """The kinds of the words of a line that stands on a page between two others."""
    analysed = analyse([f"{LEAD}\n{line}\nDivers found a gash of four metres in the hull."])
    start = len(twin_words(LEAD))
    return analysed.kinds[start : start + len(twin_words(line))].tolist()


@pytest.mark.parametrize(
    ("dateline", "rest"),
    [
        ("HALMSTRAND (AFP) –", "The minister left."),
        ("LINDOR, Jan. 5 (Reuters) -", "The minister left."),
        ("ORREVIK, 5 ene (EFE).-", "La barca encalló."),
        ("Orrevik (dpa) -", "Das Schiff liegt fest."),
        ("ORREVIK (ANSA) -", "Il traghetto parte."),
        ("(ANSA) - ORREVIK, 5 GEN -", "Il traghetto parte."),
        ("ОРРЕВИК, 5 января. /ТАСС/.", "Паром сел на мель."),
        ("أوريفيك - أ ف ب:", "جنحت العبارة ليلا"),
        ("أوريفيك (رويترز) -", "جنحت العبارة ليلا"),
        ("أوريفيك - واس", ""),
        ("新华社北港1月5日电（记者林渡）", "渡船沉没。"),
        ("（北港 共同）", "渡船が沈んだ。"),
        ("【北港共同】", "渡船が沈んだ。"),
        ("(북항=연합뉴스) 강나루 기자 =", "배가 가라앉았다."),
        ("Orrevik, CNN Indonesia --", "Kapal kandas."),
        ("TEMPO.CO, Orrevik -", "Kapal kandas."),
        ("By Lena Fiorsk. ABOARD THE LINDORM (Reuters) -", "The minister left."),
        ("Orrevik (AP/dpa) -", "The minister left."),
    ],
)
def test_a_dateline_is_a_credit_and_the_rest_of_its_line_the_story(dateline: str, rest: str) -> None:
    words = [len(twin_words(part)) for part in (dateline, rest)]
    assert kinds_of(f"{dateline} {rest}") == [CREDIT] * words[0] + [TOLD] * words[1]
    if rest:
        alone = analyse([f"{dateline} {rest}"]).kinds.tolist()
        assert alone == [CREDIT] * words[0] + [TOLD] * words[1]


@pytest.mark.parametrize(
    "line",
    [
        "Reuters reported on Monday that the ferry had left.",
        "Halmstrand – the city of light – was dark, AFP wrote.",
        "He told the agency (AFP) that the hull was torn.",
        "The Halmstrand Broadcasting Company (BBC) — founded in 1922 — fell silent.",
        "AFP-reporters saw the lifeboats come in.",
        "The minister told AFP: the ferry will be towed away.",
        "وقبل ذلك بأيام قليلة وفي نهاية الشهر وبحسب (واس): زارت لجنة الميناء",
    ],
)
def test_narration_that_names_an_agency_is_told(line: str) -> None:
    assert set(kinds_of(line)) == {TOLD}


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("The ferry left at noon, the harbour office said. (Post with PAP)", 3),
        ("The ferry left at noon, the harbour office said. —PAP", 1),
        ("“We stay.” (Harbour Post with TASS)", 4),
        ("—AFP", 1),
        ("--BTB", 1),
        ("(AFP)", 1),
        ("— Lena Fiorsk", 2),
    ],
)
def test_a_credit_behind_the_last_sentence_is_told_apart(line: str, credit: int) -> None:
    kinds = kinds_of(line)
    assert kinds[-credit:] == [CREDIT] * credit
    assert CREDIT not in kinds[:-credit]


# Code


CODE = [
    "googletag.cmd.push(function() {",
    "var depth = 5;",
    "window.dataLayer = window.dataLayer || [];",
    '{"@context": "https://schema.example", "@type": "NewsArticle"}',
    '"headline": "Ferry runs aground off Halmstrand",',
    "</div>",
    ".tide { color: red; }",
    "} else {",
]


@pytest.mark.parametrize("line", CODE)
def test_lines_of_code_are_clutter(line: str) -> None:
    assert set(kinds_of(line)) == {CLUTTER}


@pytest.mark.parametrize(
    "line",
    [
        "The yard (at Orrevik) pays five crowns an hour (net of tax);",
        "The clerk typed <enter> and the list of passengers, all 212 of them, was gone for good.",
        "Shares of the ferry line <LNDM.H> fell by a tenth <after the storm>",
        "The formula is x = 5, the schoolmaster told the divers, and nobody on the quay understood him (then).",
    ],
)
def test_prose_with_signs_of_code_is_told(line: str) -> None:
    assert set(kinds_of(line)) == {TOLD}


def twin_is_code(line: str) -> bool:
    """The same by patterns over the whole line."""
    bare = re.sub(r"[\x00-\x20]", "", line)
    signs = len(re.findall(r"[{}=|]", line)) + len(re.findall(r"<(?=[a-z/!])", line))
    opened = re.search(r"<(?=[a-z/!])", line)
    signs += line[opened.end() :].count(">") if opened else 0
    signs += len(re.findall(r"\((?=[){])", line))
    signs += len(re.findall(r'":', line)) * (2 if bare[:1] in ('"', "{", "[") else 1)
    signs += bare[-1:] in ("{", "}")
    return signs >= 2 and signs * 24 >= len(bare.encode())


@given(st.text('{}=|<>()":a/! é日', max_size=40))
def test_code_is_what_its_signs_say(line: str) -> None:
    import numpy as np

    data = np.frombuffer(line.encode(), np.uint8)
    assert is_code(data, 0, len(data)) == twin_is_code(line)


# Any text, and every row


SIGNS = ["—", "–", "-", "--", " ", "(", ")", ":", "/", ".", ", ", "?", "\n", "=", "{", "}", "AFP", "Reuters", "رويترز"]


@given(
    st.lists(
        st.one_of(st.sampled_from([*SIGNS, "共同", "新华社", "日电", "dijo", "Fog", "fog", "5"]), st.text(max_size=3))
    )
)
def test_any_line_is_judged_and_words_stay_as_they_are(parts: list[str]) -> None:
    text = "".join(parts)
    analysed = analyse([text])
    twins = twin_words(text)
    assert analysed.starts.tolist() == [word.start for word in twins]
    assert set(analysed.kinds.tolist()) <= set(range(6))


@given(st.text(odd_characters()), st.text(odd_characters()))
def test_a_text_is_judged_alike_alone_and_behind_another(one: str, other: str) -> None:
    together = analyse([one, f"{other}\n— AFP"]).kinds.tolist()
    assert together == analyse([one]).kinds.tolist() + analyse([f"{other}\n— AFP"]).kinds.tolist()


# A sentence of narration in each language; agencies, verbs and furniture may not take it.
NARRATION = {
    "en": "The harbour master counted the boats twice before he went home.",
    "es": "El capitán contó los barcos dos veces antes de volver a casa.",
    "fr": "Le capitaine compta deux fois les bateaux avant de rentrer.",
    "de": "Der Hafenmeister zählte die Boote zweimal und ging nach Hause.",
    "it": "Il capitano contò due volte le barche prima di tornare a casa.",
    "pt": "O capitão contou os barcos duas vezes antes de voltar para casa.",
    "nl": "De havenmeester telde de boten twee keer en ging naar huis.",
    "pl": "Kapitan portu dwa razy policzył łodzie i wrócił do domu.",
    "ru": "Начальник порта дважды пересчитал лодки и ушёл домой.",
    "uk": "Начальник порту двічі перелічив човни й пішов додому.",
    "tr": "Liman başkanı tekneleri iki kez saydı ve evine döndü.",
    "el": "Ο λιμενάρχης μέτρησε δύο φορές τις βάρκες και γύρισε σπίτι.",
    "ar": "عد مدير الميناء القوارب مرتين قبل أن يعود إلى منزله.",
    "fa": "رئیس بندر قایق ها را دو بار شمرد و به خانه رفت.",
    "he": "מנהל הנמל ספר את הסירות פעמיים וחזר לביתו.",
    "hi": "बंदरगाह के प्रमुख ने नावें दो बार गिनीं और घर लौट गए।",
    "id": "Kepala pelabuhan menghitung perahu dua kali lalu pulang.",
    "vi": "Người quản lý cảng đếm thuyền hai lần rồi về nhà.",
    "zh": "港长数了两遍船，然后回家。",
    "ja": "港の長は船を二度数えて家に帰った。",
    "ko": "항구의 책임자는 배를 두 번 세고 집으로 돌아갔다.",
    "sv": "Hamnkaptenen räknade båtarna två gånger och gick hem.",
}


@pytest.mark.parametrize("rule", own_rules(), ids=lambda rule: rule.row.replace("\t", " "))
def test_every_row_fires_and_leaves_narration_alone(rule: Rule) -> None:
    phrase, filler = rule.phrase, "Tarn Orbeck"
    if rule.place == "dateline":
        assert kinds_of(f"({phrase}) - Tarn 9.") == [CREDIT] * len(twin_words(phrase)) + [TOLD] * 2
    elif rule.place == "dated":
        assert kinds_of(f"新华社北港9{phrase}渡") == [CREDIT] * (6 + len(twin_words(phrase))) + [TOLD]
    elif rule.place == "dialogue":
        assert set(kinds_of(f"– Tarn, {phrase} Orbeck")) == {QUOTED}
    else:
        before = f"{filler} " if rule.place in ("anywhere", "tail") else ""
        after = f" {filler}" if rule.place in ("anywhere", "start") else ""
        assert set(kinds_of(f"{before}{phrase}{after}")) == {NAMED[rule.kind]}
    assert set(kinds_of(NARRATION[rule.language])) == {TOLD}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("clutter\tdialogue\t60\tany\ten\tsaid", "kind is 'clutter' and place 'dialogue'"),
        ("quotation\tstart\t60\tany\ten\tsaid", "kind is 'quotation' and place 'start'"),
        ("credit\tdateline\t14\tno\ten\tafp", "ended is 'no'; expected any, since the place is dateline"),
    ],
)
def test_a_part_of_a_line_takes_its_own_kinds(row: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        Rule.read(row)
