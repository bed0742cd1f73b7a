from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyclust.errors import RecordError
from storyclust.io import parse_date

ODD_SPACES = "  16 \t Jul  2018 "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-05", "2026-01-05T00:00:00"),
        ("2026-01-05T14:02:11", "2026-01-05T14:02:11"),
        ("2026-01-05 14:02:11.25", "2026-01-05T14:02:11.250000"),
        ("2026-01-05T14:02:11.123456789Z", "2026-01-05T14:02:11.123456"),
        ("2026-01-05T14:02:11+05:30", "2026-01-05T08:32:11"),
        ("2026-01-05 14:02 UTC", "2026-01-05T14:02:00"),
        ("20260105T140211Z", "2026-01-05T14:02:11"),
        ("20260105", "2026-01-05T00:00:00"),
        ("20260105140211", "2026-01-05T14:02:11"),
        ("1767621731", "2026-01-05T14:02:11"),
        ("1767621731000", "2026-01-05T14:02:11"),
        ("Mon, 16 Jul 2018 08:37:26 -0400", "2018-07-16T12:37:26"),
        ("Mon, 16 Jul 2018 08:37:26 GMT", "2018-07-16T08:37:26"),
        ("16 Jul 2018 08:37:26 -0400 (EDT)", "2018-07-16T12:37:26"),
        ("26-FEB-1987 15:01:01.79", "1987-02-26T15:01:01.790000"),
        (" 6-FEB-1987 15:01:01.79RM", "1987-02-06T15:01:01.790000"),
        ("January 5, 2026", "2026-01-05T00:00:00"),
        ("Jan. 5, 2026 3:04 PM", "2026-01-05T15:04:00"),
        ("Jan 5 2026, 12:04 a.m. EST", "2026-01-05T05:04:00"),
        ("Sept. 5, 2026 at 12:04 pm MSK", "2026-09-05T09:04:00"),
        ("Monday, July 16, 2018", "2018-07-16T00:00:00"),
        ("5 January 2026", "2026-01-05T00:00:00"),
        ("5th May 2026", "2026-05-05T00:00:00"),
        ("5 Jan 2026 14:02", "2026-01-05T14:02:00"),
        ("2026/01/05", "2026-01-05T00:00:00"),
        ("2026-1-5", "2026-01-05T00:00:00"),
        ("05.01.2026", "2026-01-05T00:00:00"),
        ("05.01.2026, 14:02 CET", "2026-01-05T13:02:00"),
        ("16/07/2018", "2018-07-16T00:00:00"),
        ("07/16/2018 3:04 PM PDT", "2018-07-16T22:04:00"),
        ("07/07/2018", "2018-07-07T00:00:00"),
        ("Issued on: 05 Jan 2026 - wrong", None),
        ("Issued on: 05/13/2026", "2026-05-13T00:00:00"),
        ("Last updated: Monday, July 16, 2018 9:30 BST", "2018-07-16T08:30:00"),
        (ODD_SPACES, "2018-07-16T00:00:00"),
    ],
)
def test_the_written_forms(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(RecordError, match="cannot be read"):
            parse_date(text)
        return
    moment = parse_date(text)
    assert moment == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("05/01/2026", "day and month cannot be told apart"),
        ("11/12/2026", "day and month cannot be told apart"),
        ("12/11/2026", "day and month cannot be told apart"),
        ("05-01-2026", "day and month cannot be told apart"),
        ("31 February 2026", "not in the calendar"),
        ("13/13/2026", "not in the calendar"),
        ("5 January 2026 13:04 pm", "not in the calendar"),
        ("5 January 2026 10:04 +9900", "not in the calendar"),
        ("0001-01-01T00:00:00+05:00", "outside the years 1-9999"),
        ("9999-12-31T23:00:00-05:00", "outside the years 1-9999"),
        ("2026", "cannot be read"),
        ("January 2026", "cannot be read"),
        ("5 January 26", "cannot be read"),
        ("yesterday", "cannot be read"),
        ("", "cannot be read"),
        ("2026-01-05T14:02 ET", "cannot be read"),
        ("1" * 5000, "cannot be read"),
        ("9" * 11, "cannot be read"),
    ],
)
def test_what_is_not_a_date_is_refused_with_the_value_and_what_was_expected(text: str, reason: str) -> None:
    with pytest.raises(RecordError, match=reason) as caught:
        parse_date(text)
    assert text[:20] in str(caught.value)
    assert "2026-01-05" in str(caught.value) or "1-9999" in str(caught.value)


ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES))
def test_iso_forms_are_read_exactly(moment: datetime) -> None:
    assert parse_date(moment.isoformat()) == moment
    assert parse_date(moment.isoformat(" ")) == moment


@given(st.datetimes(datetime(1000, 1, 1), datetime(9998, 1, 1), timezones=ZONES))
def test_forms_with_month_names_are_read_exactly(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    for form in ("%a, %d %b %Y %H:%M:%S %z", "%A, %B %d, %Y %I:%M:%S %p %z", "Published: %d-%b-%Y %H:%M:%S %z"):
        assert parse_date(moment.strftime(form)) == moment


@given(st.text(max_size=120))
def test_any_text_is_a_date_or_a_record_error(text: str) -> None:
    with suppress(RecordError):
        assert parse_date(text).tzinfo is UTC
