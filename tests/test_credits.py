"""What a story says of itself: each form of credit and dateline, in the languages of the wire, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyclust import read_credits
from storyclust.text.credit_rows import Phrases, bare, credit_rows, name_line, names, rows_of
from storyclust.text.rules import own_rules

TOLD = "The ferry Anselm ran aground off Marrek at dawn and was towed free on the evening tide."

DATELINES = [
    (f"MARREK, Jan 5 (Reuters) - {TOLD}", ("Reuters",), "MARREK"),
    (f"Marrek (AFP) – {TOLD}", ("AFP",), "Marrek"),
    (f"MARREK, Corvane (AP) — {TOLD}", ("AP",), "MARREK, Corvane"),
    (f"(Reuters) - {TOLD}", ("Reuters",), None),
    (f"(CNN) {TOLD}", (), None),
    (f"MARREK/PORT ANSELM (Reuters) - {TOLD}", ("Reuters",), "MARREK/PORT ANSELM"),
    (f"New Marrek, Jan 5 (PTI) {TOLD}", ("PTI",), "New Marrek"),
    (f"MARREK, Jan. 5 (Xinhua) -- {TOLD}", ("Xinhua",), "MARREK"),
    (f"AFP, Marrek – {TOLD}", ("AFP",), "Marrek"),
    (f"Marrek/Berlin (dpa) - {TOLD}", ("dpa",), "Marrek/Berlin"),
    (f"MARREK, AFP – {TOLD}", ("AFP",), "MARREK"),
    ("Marrek (dpa/AFP) – Die Fähre lief im Morgengrauen auf Grund.", ("dpa", "AFP"), "Marrek"),
    ("Marrek, 5 ene (EFE).- El transbordador encalló al amanecer.", ("EFE",), "Marrek"),
    ("(ANSA) - MARREK, 05 GEN - Il traghetto si è arenato all'alba.", ("ANSA",), "MARREK"),
    ("МАРРЕК, 5 января. /ТАСС/. Паром сел на мель на рассвете.", ("TASS",), "МАРРЕК"),
    ("МАРРЕК, 5 янв — РИА Новости. Паром сел на мель на рассвете.", ("RIA Novosti",), "МАРРЕК"),
    ("مارك (أ ف ب) - جنحت العبارة عند الفجر.", ("AFP",), "مارك"),
    ("مارك (د.ب.أ)- جنحت العبارة عند الفجر.", ("dpa",), "مارك"),
    ("واس - مارك: جنحت العبارة عند الفجر.", ("SPA",), "مارك"),
    ("مارك 26 شوال 1436 هـ الموافق 11 اغسطس 2015 م واس\nجنحت العبارة عند الفجر.", ("SPA",), "مارك"),
    ("新华社马雷克1月5日电 渡轮黎明时分搁浅。", ("Xinhua",), "马雷克"),
    ("（马雷克中央社5日电）渡轮黎明时分搁浅。", ("CNA Taiwan",), "马雷克"),
    ("【マレク共同】渡船が夜明けに座礁した。", ("Kyodo",), "マレク"),
    ("【マレク時事】渡船が夜明けに座礁した。", ("Jiji",), "マレク"),
    ("(마렉=연합뉴스) 여객선이 새벽에 좌초했다.", ("Yonhap",), "마렉"),
    ("मारेक (भाषा) - नौका भोर में फंस गई।", ("Bhasha",), "मारेक"),
    ("MAREK (AA) - Feribot şafakta karaya oturdu.", ("Anadolu",), "MAREK"),
    ("MARREK (Agência Lusa) — O barco encalhou ao amanhecer.", ("Lusa",), "MARREK"),
    (f"MARREK — {TOLD}", (), "MARREK"),
    (f"MARREK, Corvane — {TOLD}", (), "MARREK, Corvane"),
    (f"Menu\nSign in\n{TOLD}\nMARREK (AP) — {TOLD}", ("AP",), "MARREK"),
]

CREDITS = [
    (f"By Ada Quill and Tom Reed, Associated Press\n{TOLD}", ("AP",)),
    (f"By ADA QUILL - Associated Press - Saturday, July 14, 2018\n{TOLD}", ("AP",)),
    (f"By The Associated Press\n{TOLD}", ("AP",)),
    (f"Ada Quill, Associated Press\n{TOLD}", ("AP",)),
    (f"The Associated Press | Tuesday, March 10, 2026, 8:15 a.m.\n{TOLD}", ("AP",)),
    (f"Posted 6:20 am, March 9, 2026, by Associated Press, Updated at 7:15\n{TOLD}", ("AP",)),
    (f"Reuters\n{TOLD}", ("Reuters",)),
    (f"By Ada Quill, PA\n{TOLD}", ("PA",)),
    (f"{TOLD}\n© 2026 AFP", ("AFP",)),
    (f"{TOLD}\n(c) dpa-infocom GmbH", ("dpa",)),
    (f"{TOLD}\nCopyright 2026 The Associated Press. All rights reserved.", ("AP",)),
    (f"{TOLD} (AFP)", ("AFP",)),
    (f"{TOLD} (The Marrek Courier with AFP)", ("AFP",)),
    (f"{TOLD} --BTB", ("BTB",)),
    (f"{TOLD} — AFP", ("AFP",)),
    (f"{TOLD}\n(With inputs from PTI)", ("PTI",)),
    (f"{TOLD}\nwith newswires", ("agencies",)),
    (f"{TOLD}\n(With agencies)", ("agencies",)),
    (f"{TOLD}\nSource: UPI", ("UPI",)),
    (f"{TOLD}\nCourier wire services contributed to this report.", ("agencies",)),
    (f"{TOLD}\nAssociated Press writer Tom Reed in Corvane contributed to this report.", ("AP",)),
    ("Die Fähre lief auf Grund.\n(Mit Material von dpa)", ("dpa",)),
    ("Die Fähre lief auf Grund.\nQuelle: dpa", ("dpa",)),
    ("Le ferry s'est échoué.\n(Le Courrier avec AFP)", ("AFP",)),
    ("Le ferry s'est échoué.\navec AFP", ("AFP",)),
    ("El transbordador encalló.\nCon información de EFE", ("EFE",)),
    ("El transbordador encalló. (El Correo y EFE)", ("EFE",)),
    ("Il traghetto si è arenato. (ANSA).", ("ANSA",)),
    ("Il traghetto si è arenato.\nFonte: ANSA", ("ANSA",)),
    ("O barco encalhou.\nCom informações da Agência Lusa", ("Lusa",)),
    ("Паром сел на мель.\nИсточник: ТАСС", ("TASS",)),
    ("Feribot karaya oturdu.\nKaynak: AA", ("Anadolu",)),
    ("جنحت العبارة.\nالمصدر: رويترز", ("Reuters",)),
    ("جنحت العبارة. (أ. ف. ب)", ("AFP",)),
    ("جنحت العبارة.«واس»", ("SPA",)),
    ("جنحت العبارة.\n* بالاتفاق مع «بلومبيرغ»", ("Bloomberg",)),
    ("渡轮搁浅。\n来源：新华社", ("Xinhua",)),
    ("渡船が座礁した。（共同）", ("Kyodo",)),
    ("नौका फंस गई।\nस्रोत: पीटीआई", ("PTI",)),
]

NO_CREDITS = [
    "The harbour master told AFP that no one was hurt.",
    "No one was hurt, the harbour master told AFP.",
    "Reuters will close its office in Marrek, the company said.",
    "Reuters: the quiet history of a news agency",
    "The Associated Press (AP) was founded by five newspapers.",
    "AMARAVATI, AP – The chief minister opened a bridge in the new capital of the state on Monday.",
    "PITTSBURGH, PA – The mayor opened a bridge across the river on Monday, and a band played.",
    "The hotel has a pool and a SPA.",
    "A SPA - day for two costs ninety crowns in the hotel at the harbour of Marrek.",
    "Sansanding – a town on the river with a market that has stood for nine hundred years.",
    "Photo: Ada Quill/AFP",
    "The ferry off Marrek. (Ada Quill/AP)",
    "Ada Quill / Reuters",
    "FILE - In this Jan. 5, 2026 file photo, the ferry lies aground. (AP Photo/Ada Quill)",
    "Credit: Associated Press",
    "Image: Getty/AFP",
    "Ada Quill, PA",
    "© Ada Quill, Reuters",
    "Copyright AP Photo/Ada Quill",
    "The bonds are rated AA.",
    "The trend – down – goes on.",
    "قال متحدث لوكالة فرانس برس إن أحدا لم يصب.",
    'ووفقا لـ "رويترز" لم يصب أحد.',
    "Sagte der Hafenmeister der dpa.",
]


@pytest.mark.parametrize(("text", "agencies", "place"), DATELINES)
def test_datelines(text: str, agencies: tuple[str, ...], place: str | None) -> None:
    found = read_credits(text)
    assert (found.agencies, found.place) == (agencies, place)


@pytest.mark.parametrize(("text", "agencies"), CREDITS)
def test_credits(text: str, agencies: tuple[str, ...]) -> None:
    assert read_credits(text).agencies == agencies


@pytest.mark.parametrize("text", NO_CREDITS)
@pytest.mark.parametrize("around", ["{}", "{}\n" + TOLD, TOLD + "\n{}", TOLD + "\n{}\n" + TOLD])
def test_what_is_no_credit(text: str, around: str) -> None:
    found = read_credits(around.format(text), title=text)
    assert found.agencies == ()


def test_an_outlet_is_told_from_the_agency_beside_it() -> None:
    found = read_credits(f"Washington (CNN) – {TOLD}\n© 2026 AFP")
    assert (found.outlet, found.agencies, found.place) == ("CNN", ("AFP",), "Washington")


def test_a_name_deep_in_a_story_is_not_asked() -> None:
    deep = "\n".join([TOLD] * 60)
    assert read_credits(f"{deep}\nMARREK (AFP) – {TOLD}\n{deep}") == read_credits(deep)


# The table


def test_every_row_is_of_a_kind_and_place_that_is_read() -> None:
    places = {
        "agency": {"anywhere", "set off"}, "outlet": {"set off"}, "credit": {"start"}, "joint": {"between"},
        "thanks": {"behind"}, "dated": {"behind"}, "stamp": {"behind"}, "picture": {"anywhere"},
        "mark": {"title", "end", "note"},
        "withdrawn": {"title", "note"},
    }  # fmt: skip
    for row in credit_rows():
        assert row.place in places[row.kind], row
        assert row.case in ("any", "exact")
        assert row.name
        assert any(character.isalnum() for character in row.phrase)


def test_every_agency_is_credited_in_brackets_and_as_a_source() -> None:
    for row in rows_of("agency"):
        for text in (f"Marrek ({row.phrase}) – {TOLD}", f"{TOLD}\nSource: {row.phrase}"):
            assert read_credits(text).agencies == (row.name,), row


def test_no_phrase_names_two() -> None:
    named: dict[str, str] = {}
    for row in rows_of("agency", "outlet"):
        assert named.setdefault(bare(row.phrase), row.name) == row.name, row


def test_whom_the_rules_know_in_a_dateline_is_known_here() -> None:
    known = {bare(row.phrase) for row in rows_of("agency", "outlet")}
    assert {rule.phrase for rule in own_rules() if rule.place == "dateline" and bare(rule.phrase) not in known} == set()


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["AFP", "dpa", "(", ")", " – ", ", ", "Marrek", "by ", "\n", "©", "/", "5", "新华社", "أ ف ب"])
    )
)
def test_names_are_found_as_a_plain_search_finds_them(parts: list[str]) -> None:
    line = "".join(parts).replace("\n", " ")
    found = name_line(line)
    assert [row.name for row in found.rows] == [row.name for _, _, row in names().find(line)]
    assert Phrases(rows_of("agency", "outlet")).may_be_in(line) or not found.rows


@settings(deadline=None)
@given(st.text(max_size=400), st.one_of(st.none(), st.text(max_size=80)))
def test_any_text_is_read(text: str, title: str | None) -> None:
    found = read_credits(text, title=title)
    assert len(set(found.agencies)) == len(found.agencies)
    assert found == read_credits(text, title=title)
