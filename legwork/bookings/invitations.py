"""Invitations and the calendar feed, as RFC 5545 and 5546 have them. Nothing about health stands in any of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from legwork.bookings.model import Booking
from legwork.practice import Practice

PRODUCT = "-//Legwork//front desk//EN"
REMIND = dt.timedelta(hours=24)
HOST = "legwork.invalid"
"""The part of a UID after the @; the name of the server may change, and a UID never does."""


def request(booking: Booking, owner: Practice, organizer: str, now: dt.datetime) -> str:
    """The invitation to an appointment, or its update: same UID, and the booking's own SEQUENCE.

    Args:
        booking: with a time and the client's mail address.
        owner: whose appointment it is.
        organizer: her mail address.
        now: aware.
    """
    return _message("REQUEST", booking, owner, organizer, now)


def cancel(booking: Booking, owner: Practice, organizer: str, now: dt.datetime) -> str:
    """Takes an invitation back. See `request` for arguments."""
    return _message("CANCEL", booking, owner, organizer, now)


def download(booking: Booking, owner: Practice, now: dt.datetime) -> str:
    """The appointment as a file to keep: nobody is invited, and nobody has to answer."""
    calendar = _calendar("PUBLISH")
    calendar.add_component(_event(booking, owner, now, f"Appointment with {owner.name}"))
    return _written(calendar)


def feed(bookings: Sequence[Booking], owner: Practice, now: dt.datetime) -> str:
    """All these appointments for Jessica's own phone, by the clients' names.

    Args:
        bookings: each with a time.
        owner: whose they are.
        now: aware.
    """
    calendar = _calendar("PUBLISH")
    calendar.add("NAME", f"{owner.name}: appointments")
    calendar.add("X-WR-CALNAME", f"{owner.name}: appointments")
    calendar.add("REFRESH-INTERVAL", dt.timedelta(minutes=30), parameters={"VALUE": "DURATION"})
    for booking in bookings:
        calendar.add_component(_event(booking, owner, now, f"{booking.name}, {booking.minutes} minutes", alarm=False))
    return _written(calendar)


def _message(method: Literal["REQUEST", "CANCEL"], booking: Booking, owner: Practice, organizer: str, now: dt.datetime) -> str:
    calendar = _calendar(method)
    event = _event(booking, owner, now, f"Appointment with {owner.name}", alarm=method == "REQUEST")
    event["STATUS"] = vText("CONFIRMED" if method == "REQUEST" else "CANCELLED")
    host = vCalAddress(f"mailto:{organizer}")
    host.params["CN"] = vText(owner.name)
    event["ORGANIZER"] = host
    guest = vCalAddress(f"mailto:{booking.email}")
    guest.params.update({"CN": vText(booking.name), "CUTYPE": vText("INDIVIDUAL"), "ROLE": vText("REQ-PARTICIPANT")})
    guest.params.update({"PARTSTAT": vText("NEEDS-ACTION"), "RSVP": vText("TRUE")})
    event.add("ATTENDEE", guest)
    calendar.add_component(event)
    return _written(calendar)


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", method)
    return calendar


def _event(booking: Booking, owner: Practice, now: dt.datetime, title: str, *, alarm: bool = True) -> Event:
    zone = ZoneInfo(booking.timezone)
    event = Event()
    event.add("UID", f"{booking.id}@{HOST}")
    event.add("DTSTAMP", now.astimezone(dt.timezone.utc))
    event.add("SEQUENCE", booking.sequence)
    start, end = booking.slot
    event.add("DTSTART", start.astimezone(zone))
    event.add("DTEND", end.astimezone(zone))
    event.add("SUMMARY", title)
    event.add("STATUS", "CONFIRMED")
    if owner.address:
        event.add("LOCATION", owner.address)
    if alarm:
        reminder = Alarm()
        reminder.add("ACTION", "DISPLAY")
        reminder.add("DESCRIPTION", title)
        reminder.add("TRIGGER", -REMIND)
        event.add_component(reminder)
    return event


def _written(calendar: Calendar) -> str:
    days = [dt.date(event.start.year, event.start.month, event.start.day) for event in calendar.events]
    if days:
        # A zone's rules for the year around; from 1970 to 2038 they would be most of the mail.
        year = dt.timedelta(days=366)
        calendar.add_missing_timezones(first_date=min(days) - year, last_date=max(days) + year)
    return calendar.to_ical().decode()
