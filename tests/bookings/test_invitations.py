"""Invitations, read by a second parser that knows nothing of how they were written."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
import x_wr_timezone
from dateutil import tz
from icalendar import Calendar

from legwork.bookings import invitations
from legwork.bookings.model import Booking
from legwork.practice import Practice

UTC = dt.timezone.utc
NOW = dt.datetime(2026, 11, 23, 15, tzinfo=UTC)
OWNER = Practice(name="Jessica Weagle, LMT", area="West Boylston", address="1 Main Street; rear, West Boylston")


def booking(**other: object) -> Booking:
    """An appointment with much in it that must not get out."""
    start = dt.datetime(2026, 12, 1, 22, tzinfo=UTC)
    usual = {
        "id": "ab12cd34",
        "conversation": "c",
        "channel": "web",
        "status": "confirmed",
        "session": "cupping",
        "minutes": 60,
        "areas": ["plantar_fasciitis"],
        "windows": [],
        "wish": "after work",
        "start": start,
        "end": start + dt.timedelta(hours=1),
        "timezone": "America/New_York",
        "name": 'Dana "D" Price, Jr',
        "phone": "+15085550142",
        "email": "dana@client.example",
        "notes": ["blood_thinners"],
        "reasons": ["Hills load the calves."],
        "sequence": 0,
        "held_until": None,
        "reference": None,
        "created": NOW,
    }
    return Booking(**{**usual, **other})


def lines(ics: str) -> dict[str, str]:
    """A second, small reader after RFC 5545 3.1: unfolds, splits name;parameters:value, takes the VEVENT only."""
    unfolded = re.sub(r"\r\n[ \t]", "", ics)
    event = unfolded.partition("BEGIN:VEVENT\r\n")[2].partition("BEGIN:VALARM")[0].partition("END:VEVENT")[0]
    found = {}
    for line in event.splitlines():
        name, value = re.fullmatch(r'([A-Z-]+(?:;[A-Z-]+=(?:"[^"]*"|[^";:,]*))*):(.*)', line).groups()
        found[name] = value
    return found


def test_request_says_who_when_and_where_and_nothing_else():
    """The invitation has both people, the time in its zone and the place; of health, phone and reasons it has nothing."""
    ics = invitations.request(booking(), OWNER, "jessica@practice.example", NOW)
    found = lines(ics)
    assert found["SUMMARY"] == r"Appointment with Jessica Weagle\, LMT"
    assert found["DTSTART;TZID=America/New_York"] == "20261201T170000"
    assert found["DTEND;TZID=America/New_York"] == "20261201T180000"
    assert found["LOCATION"] == r"1 Main Street\; rear\, West Boylston"
    assert found["SEQUENCE"] == "0" and found["STATUS"] == "CONFIRMED" and found["DTSTAMP"] == "20261123T150000Z"
    [attendee] = [name for name in found if name.startswith("ATTENDEE")]
    assert found[attendee] == "mailto:dana@client.example" and "RSVP=TRUE" in attendee and "PARTSTAT=NEEDS-ACTION" in attendee
    [organizer] = [name for name in found if name.startswith("ORGANIZER")]
    assert found[organizer] == "mailto:jessica@practice.example"
    for private in ("plantar", "thinner", "cupping", "Hills", "5085550142", "after work"):
        assert private not in ics


def test_lines_are_as_the_standard_wants_them():
    """Lines end in CR LF and have at most 75 octets, the calendar names its product, version and method, and a reminder is in it."""
    ics = invitations.request(booking(name="Ž" * 100), OWNER, "jessica@practice.example", NOW)
    assert all(len(line) <= 75 for line in ics.encode().split(b"\r\n"))
    assert "\n" not in ics.replace("\r\n", "")
    assert ics.startswith("BEGIN:VCALENDAR\r\n") and ics.endswith("END:VCALENDAR\r\n")
    for line in ("VERSION:2.0", "METHOD:REQUEST", "ACTION:DISPLAY", "TRIGGER:-P1D"):
        assert f"\r\n{line}\r\n" in ics


@pytest.mark.parametrize(
    "day", [dt.date(2026, 12, 1), dt.date(2027, 3, 13), dt.date(2027, 3, 14), dt.date(2027, 7, 1), dt.date(2026, 11, 1)]
)
def test_zone_in_the_invitation_gives_the_instant(day):
    """Read with the VTIMEZONE that is in it, by dateutil, the start is the same instant, around changes of clocks too."""
    start = dt.datetime.combine(day, dt.time(9, 30), ZoneInfo("America/New_York"))
    made = booking(start=start.astimezone(UTC), end=start.astimezone(UTC) + dt.timedelta(hours=1))
    ics = invitations.request(made, OWNER, "jessica@practice.example", NOW)
    zone_text = re.search(r"BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n", re.sub(r"\r\n[ \t]", "", ics), re.DOTALL).group()
    # dateutil's reader knows RRULE and single RDATEs only, which is what a year around needs.
    import io

    zone = tz.tzical(io.StringIO(zone_text)).get("America/New_York")
    local = dt.datetime.strptime(lines(ics)["DTSTART;TZID=America/New_York"], "%Y%m%dT%H%M%S")
    assert local.replace(tzinfo=zone).astimezone(UTC) == start.astimezone(UTC)


def test_cancel_takes_back_the_same_event():
    """CANCEL has the UID of the invitation, a higher SEQUENCE, STATUS:CANCELLED, and rings no alarm."""
    sent = invitations.request(booking(), OWNER, "jessica@practice.example", NOW)
    taken = invitations.cancel(booking(sequence=1, status="cancelled"), OWNER, "jessica@practice.example", NOW)
    assert lines(taken)["UID"] == lines(sent)["UID"]
    assert (lines(taken)["SEQUENCE"], lines(taken)["STATUS"]) == ("1", "CANCELLED")
    assert "METHOD:CANCEL" in taken and "VALARM" not in taken


def test_feed_is_read_by_calendars():
    """The feed's appointments come out of a calendar reader at their times, and an empty feed is a calendar too."""
    first, second = booking(), booking(id="ff", start=NOW, end=NOW + dt.timedelta(hours=1))
    calendar = x_wr_timezone.to_standard(Calendar.from_ical(invitations.feed([first, second], OWNER, NOW)))
    events = recurring_ical_events.of(calendar).between(NOW - dt.timedelta(days=1), NOW + dt.timedelta(days=30))
    assert sorted(event.start.astimezone(UTC) for event in events) == [NOW, first.start]
    assert Calendar.from_ical(invitations.feed([], OWNER, NOW))["METHOD"] == "PUBLISH"
