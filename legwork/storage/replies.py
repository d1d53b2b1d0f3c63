"""Answers on their way to Messenger and the phone: rows of the outbox, put in with the turn that made them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from legwork.settings import settings
from legwork.storage.engine import engine
from legwork.storage.schema import outbox

LEASE_SECONDS = 60
"""An answer is sent at once by the process that made it; only when it didn't within this time may another try."""

PREFIX = "reply:"
"""Begins the key of an answer; every other message is one that we begin."""


@dataclass(frozen=True)
class Row:
    """One message that waits to be sent."""

    id: int
    key: str
    channel: str
    conversation: str | None
    content: dict[str, Any]
    attempts: int

    @property
    def begun(self) -> bool:
        """Whether the client didn't just ask for it."""
        return not self.key.startswith(PREFIX)


def put(connection: Connection, channel: str, conversation: str, inbox_id: int, contents: Sequence[dict[str, Any]]) -> list[Row]:
    """Stores the messages of an answer inside the caller's transaction, in order."""
    now = settings().now()
    rows = []
    for number, content in enumerate(contents):
        key = f"{PREFIX}{inbox_id}:{number}"
        values = {"key": key, "channel": channel, "conversation": conversation, "content": content, "attempts": 0}
        due = now + dt.timedelta(seconds=LEASE_SECONDS)
        made = connection.execute(outbox.insert().values(created=now, due=due, **values)).inserted_primary_key[0]
        rows.append(Row(made, key, channel, conversation, content, 0))
    return rows


def due(channels: Sequence[str], *, ahead: float = 0) -> list[Row]:
    """What is to be sent now, the oldest first; `ahead` seconds more for a process that knows it is alone."""
    o = outbox.c
    where = o.channel.in_(channels) & o.sent.is_(None) & o.failed.is_(None)
    where &= o.due <= settings().now() + dt.timedelta(seconds=ahead)
    with engine().connect() as connection:
        query = sa.select(o.id, o.key, o.channel, o.conversation, o.content, o.attempts).where(where).order_by(o.id)
        return [Row(*row) for row in connection.execute(query)]


def waits_before(row: Row) -> bool:
    """Whether an earlier answer of the conversation is still unsent; this one must not overtake it."""
    o = outbox.c
    where = (o.conversation == row.conversation) & (o.channel == row.channel) & (o.id < row.id) & o.key.like(f"{PREFIX}%")
    with engine().connect() as connection:
        return connection.execute(sa.select(o.id).where(where & o.sent.is_(None) & o.failed.is_(None)).limit(1)).first() is not None


def sent(rows: Sequence[Row]) -> None:
    """The provider has taken these."""
    _set(rows, sent=settings().now())


def later(rows: Sequence[Row], error: str, seconds: float, tried: int = 0) -> None:
    """These are tried again after so many seconds; the first `tried` of them were tried now."""
    values = {"due": settings().now() + dt.timedelta(seconds=seconds), "error": error, "sent": None}
    _set(rows[:tried], **values, attempts=outbox.c.attempts + 1)
    _set(rows[tried:], **values)


def failed(rows: Sequence[Row], error: str) -> None:
    """These can't be delivered."""
    _set(rows, failed=settings().now(), error=error)


def read(number: int) -> Row | None:
    """The row with this id."""
    o = outbox.c
    with engine().connect() as connection:
        query = sa.select(o.id, o.key, o.channel, o.conversation, o.content, o.attempts).where(o.id == number)
        row = connection.execute(query).first()
    return Row(*row) if row else None


def _set(rows: Sequence[Row], **values: Any) -> None:
    if rows:
        with engine().begin() as connection:
            connection.execute(outbox.update().where(outbox.c.id.in_([row.id for row in rows])).values(**values))
