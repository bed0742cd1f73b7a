"""Which version of itself a story says it is: marks at either end of a title, notes to editors, withdrawals."""

from __future__ import annotations

import pytest

from storyclust.text.credit_rows import rows_of
from storyclust.text.marks import Version, read_version

TOLD = "The ferry Anselm ran aground off Marrek at dawn and was towed free on the evening tide."

TITLES = [
    ("UPDATE 2-Ferry aground", "update", 2),
    ("UPDATE: Ferry aground", "update", 0),
    ("CORRECTED-Ferry aground", "correction", 0),
    ("CORRECTED-UPDATE 3-Ferry aground", "correction", 3),
    ("REFILE-Ferry aground", "correction", 0),
    ("RPT-Ferry aground", "repeat", 0),
    ("RPT-UPDATE 1-Ferry aground", "update", 1),
    ("URGENT - Ferry aground", "urgent", 0),
    ("2nd LEAD: Ferry aground", "lead", 2),
    ("Ferry aground (Lead 2)", "lead", 2),
    ("Ferry aground (UPDATE)", "update", 0),
    ("WRITETHRU: Ferry aground", "update", 0),
    ("Ferry aground, 1st Ld-Writethru", None, 0),
    ("Correction: Ferry aground", "correction", 0),
    ("ACTUALIZA 2-Encalla un transbordador", "update", 2),
    ("CORREGIDO-Encalla un transbordador", "correction", 0),
    ("URGENTE: Encalla un transbordador", "urgent", 0),
    ("MISE À JOUR 1-Un ferry s'échoue", "update", 1),
    ("RECTIFICATIF - Un ferry s'échoue", "correction", 0),
    ("EILMELDUNG: Fähre auf Grund", "urgent", 0),
    ("Korrektur: Fähre auf Grund", "correction", 0),
    ("AGGIORNAMENTO 1-Traghetto arenato", "update", 1),
    ("ATUALIZA 1-Barco encalha", "update", 1),
    ("СРОЧНО: Паром сел на мель", "urgent", 0),
    ("ИСПРАВЛЕНИЕ: Паром сел на мель", "correction", 0),
    ("عاجل: جنوح عبارة", "urgent", 0),
    ("تصحيح - جنوح عبارة", "correction", 0),
    ("更正：渡轮搁浅", "correction", 0),
    ("渡轮搁浅（更新）", "update", 0),
    ("訂正：渡船が座礁", "correction", 0),
    ("SON DAKİKA: Feribot karaya oturdu", "urgent", 0),
]

NOTES = [
    ("(Adds details, quote from harbour master)", "update"),
    ("(Recasts with rescue)", "update"),
    ("Adds details", "update"),
    ("(Corrects name of ferry in paragraph 2)", "correction"),
    ("(This story corrects the name of the ferry in paragraph 2)", "correction"),
    ("This story has been corrected to show that the ferry is the Anselm.", "correction"),
    ("Eds: Updates with rescue.", "update"),
    ("(Actualiza con rescate)", "update"),
    ("(Actualisé avec sauvetage)", "update"),
    ("(Berichtigt: Name der Fähre)", "correction"),
]

NO_MARKS = [
    "Update on the ferry Anselm", "Urgent call for volunteers", "LEAD in water pipes of Marrek",
    "Lead: the metal in our pipes",
    "Corrected figures show growth", "Flash floods hit Marrek", "Kill Bill returns to the harbour cinema",
    "WITHDRAWN troops return",
    "Ferry aground (in pictures)", "The Latest: Ferry aground", "Updated 8:58 AM", "A NEW ferry - the Anselm",
]  # fmt: skip

WITHDRAWN = [
    ("STORY WITHDRAWN: Ferry aground", ""), ("KILL: Ferry aground", ""), ("WITHDRAWN-Ferry aground", ""),
    ("Ferry aground", "This story has been withdrawn."),
    ("Ferry aground", "(Editors: please kill the story on the ferry.)"),
    ("Advisory", "Please kill MARREK-FERRY of Monday."), ("MANDATORY KILL - Ferry aground", ""),
    ("ANULADA: Encalla un transbordador", ""), ("ANNULATION - Un ferry s'échoue", ""),
    ("ZURÜCKGEZOGEN: Fähre auf Grund", ""),
    ("ANNULLATA - Traghetto arenato", ""), ("АННУЛИРОВАНО: Паром сел на мель", ""),
    ("İPTAL: Feribot karaya oturdu", ""),
    ("渡轮搁浅", "此稿撤回"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "mark", "number"), TITLES)
def test_marks_in_titles(title: str, mark: str | None, number: int) -> None:
    assert read_version(title, TOLD) == Version(mark, number)  # type: ignore[arg-type]
    assert read_version(None, f"{title}\n{TOLD}") == Version(mark, number)  # type: ignore[arg-type]


@pytest.mark.parametrize(("note", "mark"), NOTES)
def test_notes_to_editors_at_either_end(note: str, mark: str) -> None:
    assert read_version("Ferry aground", f"{note}\n{TOLD}").mark == mark
    assert read_version("Ferry aground", "\n".join([TOLD] * 9) + f"\n{note}").mark == mark
    assert read_version("Ferry aground", "\n".join([TOLD] * 9 + [note] + [TOLD] * 9)) == Version()


@pytest.mark.parametrize("title", NO_MARKS)
def test_what_is_no_mark(title: str) -> None:
    assert read_version(title, f"{title}\n{TOLD}") == Version()


@pytest.mark.parametrize(("title", "note"), WITHDRAWN)
def test_withdrawals(title: str, note: str) -> None:
    assert read_version(title, f"{note}\n{TOLD}").withdrawn


def test_a_story_about_a_withdrawal_is_not_withdrawn() -> None:
    for text in ("The minister said the bill has been withdrawn.", "He asked them to please kill the lights."):
        assert not read_version("Bill withdrawn", f"{text}\n{TOLD}").withdrawn


def test_every_mark_of_a_title_is_read() -> None:
    for row in rows_of("mark", "withdrawn", place="title"):
        found = read_version(f"{row.phrase}: Anselm", TOLD)
        expected = (None, True) if row.kind == "withdrawn" else (row.name, False)
        assert (found.mark, found.withdrawn) == expected, row


def test_later_versions_stand_above_earlier_ones() -> None:
    order = [
        "URGENT-",
        "",
        "RPT-",
        "LEAD 1-",
        "UPDATE 1-",
        "UPDATE 2-",
        "UPDATE 12-",
        "CORRECTED-",
        "CORRECTED-UPDATE 2-",
    ]
    revisions = [read_version(f"{mark}Ferry aground", TOLD).revision for mark in order]
    assert revisions == sorted(set(revisions))
    assert revisions[1] == 0
