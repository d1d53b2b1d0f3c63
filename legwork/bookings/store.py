"""Requests and appointments in the database.

Each change is recorded with its time and who made it, and puts a message of channel `booking` into the outbox in the same
transaction, from which the desk tells whoever must hear of it: what is stored is told, and what is told is stored.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from legwork import metrics
from legwork.bookings import slots
from legwork.bookings.model import AGREED, LIVE, Booking, Taken, TooLate, require, spoken
from legwork.bookings.when import Window
from legwork.errors import NotFound
from legwork.settings import practice, settings
from legwork.storage import outbox
from legwork.storage.engine import engine
from legwork.storage.schema import booking_changes, bookings, conversations

__all__ = ["LIVE", "Booking", "Taken", "TooLate"]

_FIELDS = [bookings.c[name] for name in Booking.__dataclass_fields__]
USUAL_MINUTES = 60
"""A session whose length is nobody's wish takes so long until Jessica says otherwise."""


def request(
    *,
    conversation: str,
    channel: str,
    session: str | None,
    minutes: int | None,
    areas: Sequence[str],
    windows: Sequence[Window],
    wish: str,
    name: str,
    phone: str | None,
    email: str | None,
    notes: Sequence[str],
    reasons: Sequence[str] = (),
    start: dt.datetime | None = None,
    reference: str | None = None,
) -> Booking:
    """Stores a request for an appointment; the same request twice is one.

    Args:
        conversation: where it was made.
        channel: web, sms, whatsapp or messenger.
        session: type of session, or None when Jessica chooses.
        minutes: its length, or None.
        areas: what is to be worked on.
        windows: (start, end) pairs of aware datetimes that bound the permitted start.
        wish: the windows as they were read back.
        name: the client's.
        phone: in E.164, or None.
        email: or None; one of the two is set.
        notes: codes of what Jessica should know.
        reasons: why this session, in Legwork's words.
        start: an open time that the client chose; it is confirmed at once, and the conversation's hold is used up.
        reference: what another booking system calls it, when it was made there.

    Raises:
        Taken: `start` is no longer free.
    """
    details = {
        "channel": channel,
        "session": session,
        "minutes": minutes,
        "areas": list(areas),
        "windows": _written(windows),
        "wish": wish,
        "name": name,
        "phone": phone,
        "email": email,
        "notes": list(notes),
    }
    key = _key(conversation, {**details, "start": start} if start else details)
    b = bookings.c
    same = (b.key == key) & b.status.in_(LIVE)
    with engine().connect() as connection:
        if found := _read(connection, same):
            return found[0]
    if start is not None:
        slots.check(start, minutes or USUAL_MINUTES, but=conversation)
    with slots.writing() as connection:
        known = connection.execute(sa.select(conversations.c.id).where(conversations.c.id == conversation)).scalar()
        if found := _read(connection, same):
            return found[0]
        number = secrets.token_hex(4)
        # A canceled wish may be made anew.
        connection.execute(bookings.update().where(b.key == key).values(key="over:" + b.id))
        row = {
            "id": number,
            "key": key,
            "conversation": known,
            "status": "requested",
            "reasons": list(reasons),
            "reference": reference,
        }
        row |= {"timezone": practice().timezone, "created": settings().now()}
        if start is not None:
            row |= _appointment(start, minutes or USUAL_MINUTES)
        connection.execute(bookings.insert().values({**row, **details}))
        if start is not None:
            slots.release(connection, conversation=conversation)
            slots.occupy(connection, start, minutes or USUAL_MINUTES, booking=number)
        return _record(connection, number, "client", row["status"])


def hold_for(conversation: str, start: dt.datetime, minutes: int, until: dt.datetime) -> None:
    """Holds a time for a client who has not asked for it in full yet; another hold of the conversation ends.

    Args:
        conversation: whose time it is.
        start: aware.
        minutes: the session's length.
        until: when the hold ends by itself.

    Raises:
        Taken: it is not free.
    """
    with slots.writing() as connection:
        known = connection.execute(sa.select(conversations.c.id).where(conversations.c.id == conversation)).scalar()
        if known is None:
            return  # a shell talks without a stored conversation; its request is checked when it is made
        slots.release(connection, conversation=conversation)
        slots.occupy(connection, start, minutes, conversation=conversation, expires=until)


def hold(number: str, start: dt.datetime, minutes: int, until: dt.datetime, who: str = "client") -> Booking:
    """Holds a time for a request until then. See `confirm` for errors."""
    return _take(number, "hold", "held", who, start, minutes, until)


def propose(number: str, start: dt.datetime, minutes: int, until: dt.datetime, who: str = "jessica") -> Booking:
    """Proposes a time for a request, and keeps it free until then. See `confirm` for errors."""
    return _take(number, "propose", "proposed", who, start, minutes, until)


def confirm(number: str, start: dt.datetime | None = None, minutes: int | None = None, *, who: str) -> Booking:
    """Makes an appointment of a request; a confirmed one at the same time stays as it is.

    Args:
        number: its code.
        start: aware; None takes the time that is held or proposed.
        minutes: its length; None takes the one that was wished.
        who: client, jessica or legwork.

    Raises:
        NotFound: there is no booking with this code.
        TooLate: it is in no state for this.
        Taken: the time is not free.
    """
    with engine().connect() as connection:
        found = _one(connection, number)
    if found.agreed and start in (None, found.start):
        return found
    start = start or found.start
    if start is None:
        raise TooLate(number, "confirm", "without a time")
    return _take(number, "confirm", "confirmed", who, start, minutes, None)


def move(number: str, start: dt.datetime, *, who: str, minutes: int | None = None) -> Booking:
    """Moves an appointment to another time; the old one is free at once. See `confirm` for arguments and errors."""
    return _take(number, "move", "moved", who, start, minutes, None)


def wish(number: str, windows: Sequence[Window], said: str) -> Booking:
    """The client would like another time; an appointment stands until Jessica moved it.

    Args:
        number: the booking's code.
        windows: as for `request`.
        said: as they were read back.
    """
    return _change(number, "wish", "client", "wished", windows=_written(windows), wish=said)


def note(number: str, codes: Sequence[str]) -> Booking:
    """Adds codes of what Jessica should know that was told after the booking was made. See `cancel` for errors."""
    with slots.writing() as connection:
        found = _one(connection, number)
        require(found, "note")
        notes = list(dict.fromkeys([*found.notes, *codes]))
        connection.execute(bookings.update().where(bookings.c.id == number).values(notes=notes))
        return _record(connection, number, "client", "noted", was=found)


def refuse(number: str, who: str = "client") -> Booking:
    """The held or proposed time doesn't suit: it is a request again."""
    return _change(number, "refuse", who, "refused", status="requested", start=None, end=None, held_until=None)


def cancel(number: str, who: str) -> Booking:
    """Cancels a live booking; its time is free at once.

    Args:
        number: its code.
        who: client, jessica or legwork.

    Raises:
        NotFound: there is no booking with this code.
        TooLate: it is over.
    """
    return _change(number, "cancel", who, "cancelled", status="cancelled", sequence=bookings.c.sequence + 1)


def decline(number: str, who: str = "jessica") -> Booking:
    """Jessica can't take this request. See `cancel` for errors."""
    return _change(number, "decline", who, "declined", status="declined")


def done(number: str, who: str = "jessica") -> Booking:
    """The session has been. See `cancel` for errors."""
    return _change(number, "done", who, "done", status="done")


def no_show(number: str, who: str = "jessica") -> Booking:
    """The client didn't come. See `cancel` for errors."""
    return _change(number, "no_show", who, "no_show", status="no_show")


def find(number: str) -> Booking:
    """The booking with this code; letters' case and spaces around don't matter.

    Raises:
        NotFound: there is none.
    """
    with engine().connect() as connection:
        return _one(connection, number.strip().lower())


def open_for(conversation: str) -> list[Booking]:
    """The conversation's live bookings, the oldest first."""
    with engine().connect() as connection:
        return _read(connection, (bookings.c.conversation == conversation) & bookings.c.status.in_(LIVE))


def latest(conversation: str) -> Booking | None:
    """The conversation's newest booking, whatever became of it."""
    with engine().connect() as connection:
        return next(reversed(_read(connection, bookings.c.conversation == conversation)), None)


def appointments(since: dt.datetime) -> list[Booking]:
    """All appointments that stand and end after `since`, in the order of their times."""
    with engine().connect() as connection:
        found = _read(connection, bookings.c.status.in_(AGREED) & (bookings.c.end > since))
    return sorted(found, key=lambda booking: booking.slot)


def waiting() -> list[Booking]:
    """All requests that wait for Jessica or for the client's word, the oldest first."""
    with engine().connect() as connection:
        return _read(connection, bookings.c.status.in_(LIVE) & bookings.c.status.not_in(AGREED))


def every() -> list[Booking]:
    """All bookings, the oldest first."""
    with engine().connect() as connection:
        return _read(connection, sa.true())


def changes(number: str) -> list[tuple[dt.datetime, str, str]]:
    """(when, who, what) of each change of a booking, in order."""
    c = booking_changes.c
    with engine().connect() as connection:
        return [
            tuple(row) for row in connection.execute(sa.select(c.at, c.who, c.status).where(c.booking == number).order_by(c.id))
        ]


def listing() -> Iterator[dict[str, Any]]:
    """All bookings, the oldest first, as `python -m legwork bookings --json` prints them.

    What is agreed shows its one window, from its start to its start.
    """
    zone = practice().zone
    for booking in every():
        agreed = booking.slot[0].astimezone(zone) if booking.agreed else None
        windows = [(agreed, agreed)] if agreed else booking.windows
        shown = {name: getattr(booking, name) for name in ("id", "status", "session", "minutes", "areas")}
        shown["windows"] = [{"start": start.isoformat(), "end": end.isoformat()} for start, end in windows]
        shown |= {name: getattr(booking, name) for name in ("name", "phone", "email", "channel", "notes")}
        yield {**shown, "created": booking.created.isoformat()}


def _key(conversation: str, details: dict[str, Any]) -> str:
    """The same wish of the same conversation has the same key, whatever number of times it is sent."""
    names = ("session", "minutes", "areas", "windows", "name", "start")
    parts = [conversation, *(details[name] for name in names if name in details)]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def _written(windows: Sequence[Window]) -> list[list[str]]:
    return [[start.isoformat(), end.isoformat()] for start, end in windows]


def _appointment(start: dt.datetime, minutes: int) -> dict[str, Any]:
    return {"status": "confirmed", "start": start, "end": start + dt.timedelta(minutes=minutes)}


def _take(
    number: str, change: str, status: str, who: str, start: dt.datetime, minutes: int | None, until: dt.datetime | None
) -> Booking:
    """A change that gives the booking a time."""
    with slots.writing() as connection:
        found = _one(connection, number)
        require(found, change)
        minutes = minutes or found.minutes or USUAL_MINUTES
        slots.release(connection, booking=number, conversation=found.conversation)
        slots.occupy(connection, start, minutes, booking=number, expires=until)
        values: dict[str, Any] = {
            "status": status,
            "start": start,
            "end": start + dt.timedelta(minutes=minutes),
            "minutes": minutes,
        }
        if change == "move":
            values["sequence"] = found.sequence + 1
        if status in AGREED and not any(first <= start <= last for first, last in found.windows):
            # What was wished for before is settled: the client has this time instead.
            values |= {"windows": _written([(start, start)]), "wish": spoken(start, found.timezone)}
        connection.execute(bookings.update().where(bookings.c.id == number).values(**values, held_until=until))
        return _record(connection, number, who, status, was=found)


def _change(number: str, change: str, who: str, what: str, **values: Any) -> Booking:
    """A change that takes the booking's time away, or leaves it as it is when it isn't named."""
    with slots.writing() as connection:
        found = _one(connection, number)
        require(found, change)
        if "status" in values and what not in ("done", "no_show"):
            slots.release(connection, booking=number)
        connection.execute(bookings.update().where(bookings.c.id == number).values(**values))
        return _record(connection, number, who, what, was=found)


def _record(connection: Connection, number: str, who: str, what: str, was: Booking | None = None) -> Booking:
    metrics.BOOKINGS.labels(what, who).inc()
    row = {"booking": number, "at": settings().now(), "who": who, "status": what}
    connection.execute(booking_changes.insert().values(row))
    content = {"booking": number, "what": what, "who": who, "was": was.status if was else None}
    outbox.put(connection, outbox.new_key("booking"), "booking", {**content, "before": was.said if was else None})
    return _read(connection, bookings.c.id == number)[0]


def _one(connection: Connection, number: str) -> Booking:
    found = _read(connection, bookings.c.id == number)
    if not found:
        raise NotFound(f"There is no booking {number!r}.")
    return found[0]


def _read(connection: Connection, where: Any) -> list[Booking]:
    now = settings().now()
    query = sa.select(*_FIELDS).where(where).order_by(bookings.c.created)
    return [_booking(row).at(now) for row in connection.execute(query).mappings()]


def _booking(row: Any) -> Booking:
    windows = [(dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end)) for start, end in row["windows"]]
    return Booking(**{**{name: row[name] for name in Booking.__dataclass_fields__}, "windows": windows})
