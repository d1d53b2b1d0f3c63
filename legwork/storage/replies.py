"""Answers on their way to Messenger and the phone: rows of the outbox, put in with the turn that made them.

They use the outbox's table and not its worker: an answer is sent at once by the process that made it, many conversations
side by side and each in its order. What that process could not send, or died over, is found here.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from legwork.settings import settings
from legwork.storage import outbox
from legwork.storage.engine import engine
from legwork.storage.schema import outbox as table

LEASE_SECONDS = outbox.LEASE_SECONDS

PREFIX = "reply:"
"""Begins the key of an answer; every other message is one that we begin."""

_COLUMNS = (table.c.id, table.c.key, table.c.channel, table.c.conversation, table.c.content, table.c.attempts, table.c.due)
_WAITING = table.c.sent.is_(None) & table.c.failed.is_(None)


@dataclass(frozen=True)
class Row:
    """One message that waits to be sent. `content` is as it was put in, `due` when it may be tried."""

    id: int
    key: str
    channel: str
    conversation: str | None
    content: dict[str, Any]
    attempts: int
    due: dt.datetime

    @property
    def begun(self) -> bool:
        """Whether the client didn't just ask for it."""
        return not self.key.startswith(PREFIX)

    @property
    def place(self) -> tuple[int, int] | None:
        """(inbox id of what it answers, place in that answer); None for a message that we begin."""
        if self.begun:
            return None
        number, place, _ = self.key.removeprefix(PREFIX).split(":")
        return int(number), int(place)


# Built once: each answer runs them.
_PUT = sa.select(*_COLUMNS).where(table.c.key.in_(sa.bindparam("keys", expanding=True))).order_by(table.c.id)
_CLAIM = (
    table.update()
    .where((table.c.id == sa.bindparam("row")) & (table.c.due == sa.bindparam("before")) & _WAITING)
    .values(due=sa.bindparam("until"))
)
_BEFORE = (
    sa.select(table.c.id)
    .where((table.c.conversation == sa.bindparam("conversation")) & (table.c.channel == sa.bindparam("channel")))
    .where((table.c.id < sa.bindparam("row")) & table.c.key.like(f"{PREFIX}%") & _WAITING)
    .limit(1)
)


def put(connection: Connection, channel: str, conversation: str, inbox_id: int, contents: Sequence[dict[str, Any]]) -> list[Row]:
    """Stores the messages of an answer inside the caller's transaction, in order."""
    # SQLite gives the ids of forgotten messages again, and an old key would swallow a new answer.
    made = secrets.token_hex(4)
    keys = [f"{PREFIX}{inbox_id}:{number}:{made}" for number in range(len(contents))]
    for key, content in zip(keys, contents, strict=True):
        outbox.put(connection, key, channel, content, conversation=conversation, after=dt.timedelta(seconds=LEASE_SECONDS))
    return [Row(*row) for row in connection.execute(_PUT, {"keys": keys})]


def due(channels: Sequence[str], until: dt.datetime | None = None) -> list[Row]:
    """What is due, the oldest first: by now, or `until` then."""
    where = table.c.channel.in_(channels) & _WAITING & (table.c.due <= (until or settings().now()))
    with engine().connect() as connection:
        return [Row(*row) for row in connection.execute(sa.select(*_COLUMNS).where(where).order_by(table.c.id))]


def claim(row: Row) -> bool:
    """Takes the message for the time of a lease; False when another process has it."""
    until = settings().now() + dt.timedelta(seconds=LEASE_SECONDS)
    with engine().begin() as connection:
        return connection.execute(_CLAIM, {"row": row.id, "before": row.due, "until": until}).rowcount == 1


def waits_before(row: Row) -> bool:
    """Whether an earlier answer of the conversation is still unsent; this one must not overtake it."""
    mine = {"conversation": row.conversation, "channel": row.channel, "row": row.id}
    with engine().connect() as connection:
        return connection.execute(_BEFORE, mine).first() is not None


def sent(rows: Sequence[Row]) -> None:
    """The provider has taken these; what they say stands in the conversation and isn't kept here too."""
    _set(rows, sent=settings().now(), content={}, error=None)


def later(rows: Sequence[Row], error: str, seconds: float, tried: int = 0) -> None:
    """These are tried again after so many seconds; the first `tried` of them were tried now."""
    values = {"due": settings().now() + dt.timedelta(seconds=seconds), "error": error}
    _set(rows[:tried], **values, attempts=table.c.attempts + 1)
    _set(rows[tried:], **values)


def again(row: Row, content: dict[str, Any], error: str, seconds: float) -> None:
    """One that the provider took and couldn't deliver is sent once more."""
    _set([row], sent=None, content=content)
    later([row], error, seconds, tried=1)


def failed(rows: Sequence[Row], error: str) -> None:
    """These can't be delivered."""
    _set(rows, failed=settings().now(), error=error)


def read(number: int) -> Row | None:
    """The message with this id."""
    with engine().connect() as connection:
        row = connection.execute(sa.select(*_COLUMNS).where(table.c.id == number)).first()
    return Row(*row) if row else None


def _set(rows: Sequence[Row], **values: Any) -> None:
    if rows:
        with engine().begin() as connection:
            connection.execute(table.update().where(table.c.id.in_([row.id for row in rows])).values(**values))
