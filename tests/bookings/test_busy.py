"""Busy times out of a calendar's feed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from legwork.bookings.busy import parse

PRACTICE = ZoneInfo("America/New_York")
START = datetime(2026, 10, 26, tzinfo=PRACTICE)
END = START + timedelta(days=14)


def feed(*events: str, head: str = "") -> str:
    """A calendar with these events, each given by its lines."""
    body = "".join(
        f"BEGIN:VEVENT\nUID:{n}@example.com\nDTSTAMP:20260101T000000Z\n{event}\nEND:VEVENT\n" for n, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{head}{body}END:VCALENDAR\n".replace("\n", "\r\n")


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of autumn 2026 on the practice's clock."""
    return datetime(2026, month, day, hour, minute, tzinfo=PRACTICE)


def test_a_weekly_event_keeps_its_hour_over_the_clock_change() -> None:
    """Yoga on Tuesdays at 10 is at 10 on both sides of November 1."""
    ics = feed("DTSTART;TZID=America/New_York:20260901T100000\nDTEND;TZID=America/New_York:20260901T110000\nRRULE:FREQ=WEEKLY")

    assert [(at(10, 27, 10), at(10, 27, 11)), (at(11, 3, 10), at(11, 3, 11))] == parse(ics, START, END)


def test_utc_floating_and_calendar_zones_are_told_apart() -> None:
    """A time in UTC is converted, one without a zone is the practice's, unless the calendar names its own."""
    utc = "DTSTART:20261027T140000Z\nDTEND:20261027T150000Z"
    floating = "DTSTART:20261028T140000\nDTEND:20261028T150000"

    assert [(at(10, 27, 10), at(10, 27, 11)), (at(10, 28, 14), at(10, 28, 15))] == parse(feed(utc, floating), START, END)
    assert [(at(10, 27, 10), at(10, 27, 11))] == parse(feed(utc, head="X-WR-TIMEZONE:America/Chicago\n"), START, END)


def test_whole_days_are_busy_from_midnight_to_midnight() -> None:
    """A vacation of two days, over which the clock changes, covers both whole days."""
    ics = feed("DTSTART;VALUE=DATE:20261031\nDTEND;VALUE=DATE:20261102\nSUMMARY:Vacation")

    assert [(at(10, 31, 0), at(11, 2, 0))] == parse(ics, START, END)


def test_overlapping_events_are_one_busy_time() -> None:
    """Events that overlap or touch are merged, in their order."""
    ics = feed(
        "DTSTART:20261027T150000\nDTEND:20261027T160000",
        "DTSTART:20261027T140000\nDTEND:20261027T153000",
        "DTSTART:20261027T160000\nDTEND:20261027T170000",
    )

    assert [(at(10, 27, 14), at(10, 27, 17))] == parse(ics, START, END)


@pytest.mark.parametrize("mark", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"])
def test_free_and_cancelled_events_take_no_time(mark: str) -> None:
    """A birthday shown as free does not close the practice."""
    assert parse(feed(f"DTSTART:20261027T140000\nDTEND:20261027T150000\n{mark}"), START, END) == []


def test_a_moved_occurrence_frees_its_old_time() -> None:
    """One occurrence of a series that was moved is busy at its new time only."""
    ics = feed("DTSTART:20261027T100000\nDTEND:20261027T110000\nRRULE:FREQ=DAILY;COUNT=2").replace(
        "END:VCALENDAR",
        "BEGIN:VEVENT\r\nUID:0@example.com\r\nDTSTAMP:20260101T000000Z\r\nRECURRENCE-ID:20261028T100000\r\n"
        "DTSTART:20261028T160000\r\nDTEND:20261028T170000\r\nEND:VEVENT\r\nEND:VCALENDAR",
    )

    assert [(at(10, 27, 10), at(10, 27, 11)), (at(10, 28, 16), at(10, 28, 17))] == parse(ics, START, END)


@pytest.mark.parametrize("text", ["", "<html>Please sign in</html>", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"])
def test_what_is_no_calendar_is_an_error_and_not_an_empty_diary(text: str) -> None:
    """A login page instead of the feed must not make every hour free."""
    with pytest.raises(ValueError, match="calendar's feed"):
        parse(text, START, END)


def test_an_empty_calendar_has_no_busy_times() -> None:
    """Nothing planned is nothing busy."""
    assert parse(feed(), START, END) == []
