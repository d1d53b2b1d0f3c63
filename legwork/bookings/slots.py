"""Times of the diary that are taken. No two overlap: a constraint of the database refuses the second."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from legwork.bookings.model import Taken
from legwork.bookings.when import Window
from legwork.settings import practice, settings
from legwork.storage.engine import engine
from legwork.storage.schema import booking_cells, booking_slots

CALENDAR = 1
"""There is one therapist; the constraints name her calendar so that a second would need no new ones."""

CELL_SECONDS = 15 * 60
LOCK = 4173002
_turn = threading.Lock()
_open: ContextVar[Connection | None] = ContextVar("diary", default=None)


@contextmanager
def writing() -> Iterator[Connection]:
    """A transaction that changes the diary, or the one that is open around; one at a time, over all threads and processes.

    The order is for speed and plain errors, not for safety: writers that meet in the middle wait for each other in
    PostgreSQL's exclusion constraint until its deadlock detector ends one of them. SQLite has no queue of its own: who
    waits there looks again now and then, and may starve where many do; so threads queue up here.
    """
    around = _open.get()
    if around is not None:
        yield around
        return
    with _turn, engine().begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        token = _open.set(connection)
        try:
            yield connection
        finally:
            _open.reset(token)


def occupy(
    connection: Connection,
    start: dt.datetime,
    minutes: int,
    *,
    booking: str | None = None,
    conversation: str | None = None,
    expires: dt.datetime | None = None,
) -> None:
    """Takes a time and the pause after it, for a booking or for a conversation that has none yet.

    Raises:
        Taken: it overlaps another one. The caller's transaction must end.
    """
    until = start + dt.timedelta(minutes=minutes + practice().booking.buffer_minutes)
    connection.execute(booking_slots.delete().where(booking_slots.c.expires <= settings().now()))
    row = {
        "calendar": CALENDAR,
        "start": start,
        "until": until,
        "booking": booking,
        "conversation": conversation,
        "expires": expires,
    }
    try:
        number = connection.execute(booking_slots.insert().values(row)).inserted_primary_key[0]
        if connection.dialect.name == "sqlite":
            cells = [{"calendar": CALENDAR, "cell": cell, "slot": number} for cell in cells_of(start, until)]
            connection.execute(booking_cells.insert(), cells)
    except IntegrityError as error:
        if not _is_overlap(error):
            raise
        raise Taken(f"{start.isoformat()} is taken.") from None


def check(start: dt.datetime, minutes: int, *, but: str) -> None:
    """Raises Taken when a time is seen to be taken already, so that nobody queues up for it; `occupy` decides.

    Args:
        start: aware.
        minutes: the session's length.
        but: conversation whose own hold doesn't count.
    """
    if busy(start, start + dt.timedelta(minutes=minutes + practice().booking.buffer_minutes), but=but, pauses=True):
        raise Taken(f"{start.isoformat()} is taken.")


def cells_of(start: dt.datetime, until: dt.datetime) -> range:
    """The quarter hours since 1970 that a time touches."""
    return range(int(start.timestamp() // CELL_SECONDS), int(-(-until.timestamp() // CELL_SECONDS)))


def release(connection: Connection, *, booking: str | None = None, conversation: str | None = None) -> None:
    """Gives free what is taken for this booking, and what is held for this conversation."""
    s = booking_slots.c
    mine = [column == value for column, value in ((s.booking, booking), (s.conversation, conversation)) if value is not None]
    if mine:
        connection.execute(booking_slots.delete().where(sa.or_(*mine)))


def busy(start: dt.datetime, end: dt.datetime, *, but: str | None = None, pauses: bool = False) -> list[Window]:
    """(start, end) in UTC of what is taken between two moments, in order; ended holds don't count.

    Args:
        start: aware.
        end: aware.
        pauses: whether the pauses after sessions count as taken.
        but: conversation whose own holds don't count: they are in nobody's way but others'.
    """
    s = booking_slots.c
    where: Any = (s.calendar == CALENDAR) & (s.until > start) & (s.start < end)
    where &= s.expires.is_(None) | (s.expires > settings().now())
    if but is not None:
        where &= s.conversation.is_(None) | (s.conversation != but)
    pause = dt.timedelta(minutes=0 if pauses else practice().booking.buffer_minutes)
    with engine().connect() as connection:
        rows = connection.execute(sa.select(s.start, s.until).where(where).order_by(s.start))
        found = [(row.start, max(row.until - pause, row.start)) for row in rows]
    return [(since, until) for since, until in found if until > start]


def _is_overlap(error: IntegrityError) -> bool:
    text = str(error.orig)
    return "booking_cells" in text or "ex_booking_slots_time" in text
