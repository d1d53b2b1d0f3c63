"""Busy times from the feed of the therapist's own calendar. Fetching it is somebody else's matter."""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo

import recurring_ical_events
import x_wr_timezone
from icalendar import Calendar, Event

from legwork.bookings.when import Window


def parse(ics: str, start: datetime, end: datetime) -> list[Window]:
    """Return when she is busy between two moments, in order, overlapping events merged.

    Events that are canceled or marked as free don't count. An event without a zone, or of whole days, is of the zone
    of `start`.

    Args:
        ics: the feed, RFC 5545.
        start: aware, in the practice's zone.
        end: aware.

    Raises:
        ValueError: it is no calendar (a login page, half a download), so that nobody takes it for an empty one.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise ValueError("`start` and `end` must be aware datetimes in the practice's zone.")
    if "BEGIN:VCALENDAR" not in ics or "END:VCALENDAR" not in ics:
        raise ValueError(f"The calendar's feed is no iCalendar text but begins with {ics[:40]!r}. Check its secret address.")
    try:
        calendar = x_wr_timezone.to_standard(Calendar.from_ical(ics))
        events = recurring_ical_events.of(calendar).between(start, end)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        raise ValueError(f"The calendar's feed can't be read: {error}") from error
    zone = start.tzinfo
    spans = sorted(_span(event, zone) for event in events if _counts(event))
    merged: list[Window] = []
    for begins, ends in spans:
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        elif ends > begins:
            merged.append((begins, ends))
    return merged


def _counts(event: Event) -> bool:
    """Whether an event takes her time."""
    free = (
        str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
        or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"
    )
    return not free and str(event.get("STATUS", "")).upper() != "CANCELLED"


def _span(event: Event, zone: tzinfo) -> Window:
    """Start and end as aware datetimes of the practice's zone."""
    return _aware(event.start, zone), _aware(event.end, zone)


def _aware(moment: date, zone: tzinfo) -> datetime:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), zone)
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
