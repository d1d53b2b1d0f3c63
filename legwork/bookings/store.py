"""Requests and appointments in the database."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from legwork.errors import NotFound
from legwork.settings import practice, settings
from legwork.storage.engine import engine
from legwork.storage.schema import booking_changes, bookings, conversations

LIVE = ("requested", "held", "confirmed", "moved")
"""Statuses of a booking that still counts."""


@dataclass(frozen=True)
class Booking:
    """One request or appointment."""

    id: str
    """Its code, as the client gets it."""
    status: str
    session: str | None
    minutes: int | None
    wish: str | None
    """When, as it was read back."""
    start: dt.datetime | None


def _key(conversation: str, details: dict[str, Any]) -> str:
    """The same wish of the same conversation has the same key, whatever number of times it is sent."""
    parts = [conversation, *(details[name] for name in ("session", "minutes", "areas", "windows", "name"))]
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def request(
    *,
    conversation: str,
    channel: str,
    session: str | None,
    minutes: int | None,
    areas: list[str],
    windows: list[tuple[dt.datetime, dt.datetime]],
    wish: str,
    name: str,
    phone: str | None,
    email: str | None,
    notes: list[str],
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
    """
    now = settings().now()
    details = {
        "channel": channel,
        "session": session,
        "minutes": minutes,
        "areas": areas,
        "windows": [[start.isoformat(), end.isoformat()] for start, end in windows],
        "wish": wish,
        "name": name,
        "phone": phone,
        "email": email,
        "notes": notes,
    }
    key = _key(conversation, details)
    with engine().begin() as connection:
        known = connection.execute(sa.select(conversations.c.id).where(conversations.c.id == conversation)).scalar()
        same = connection.execute(sa.select(bookings.c.id).where((bookings.c.key == key) & bookings.c.status.in_(LIVE))).scalar()
        if same:
            return _read(connection, bookings.c.id == same)[0]
        number = secrets.token_hex(4)
        # A cancelled wish may be made anew.
        connection.execute(bookings.update().where(bookings.c.key == key).values(key=bookings.c.key + ":" + bookings.c.id))
        row = {"id": number, "key": key, "conversation": known, "status": "requested", "timezone": practice().timezone, "created": now}
        connection.execute(bookings.insert().values({**row, **details}))
        _record(connection, number, "client", "requested")
        return _read(connection, bookings.c.id == number)[0]


def cancel(number: str, who: str) -> Booking:
    """Cancels a live booking.

    Args:
        number: its code.
        who: client, jessica or legwork.

    Raises:
        NotFound: there is no live booking with this code.
    """
    with engine().begin() as connection:
        live = (bookings.c.id == number) & bookings.c.status.in_(LIVE)
        if not connection.execute(bookings.update().where(live).values(status="cancelled")).rowcount:
            raise NotFound(f"There is no live booking {number}.")
        _record(connection, number, who, "cancelled")
        return _read(connection, bookings.c.id == number)[0]


def open_for(conversation: str) -> list[Booking]:
    """The conversation's live bookings, the oldest first."""
    with engine().connect() as connection:
        return _read(connection, (bookings.c.conversation == conversation) & bookings.c.status.in_(LIVE))


def listing() -> Iterator[dict[str, Any]]:
    """All bookings, the oldest first, as `python -m legwork bookings --json` prints them."""
    with engine().connect() as connection:
        for row in connection.execute(sa.select(bookings).order_by(bookings.c.created)).mappings():
            shown = {name: row[name] for name in ("id", "status", "session", "minutes", "areas")}
            shown["windows"] = [{"start": start, "end": end} for start, end in row["windows"]]
            shown |= {name: row[name] for name in ("name", "phone", "email", "channel", "notes")}
            yield {**shown, "created": row["created"].isoformat()}


def _record(connection: Connection, number: str, who: str, status: str) -> None:
    row = {"booking": number, "at": settings().now(), "who": who, "status": status}
    connection.execute(booking_changes.insert().values(row))


def _read(connection: Connection, where: Any) -> list[Booking]:
    b = bookings.c
    query = sa.select(b.id, b.status, b.session, b.minutes, b.wish, b.start).where(where).order_by(b.created)
    return [Booking(*row) for row in connection.execute(query)]
