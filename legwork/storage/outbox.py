"""Messages that go out later and at least once: put in with the change that they tell of, sent by a worker.

`put` joins the caller's transaction, so a message exists exactly when its change does. `run` sends what is due. A process
takes a message by moving its due time on, so that no two send it at once; one that dies with a message in hand leaves it to
be taken again when that time has come. A message is doubled only when a process dies between the receiver's acceptance
and our commit; its key travels with it, so that a receiver may notice.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from legwork import metrics
from legwork.errors import LegworkError
from legwork.settings import settings
from legwork.storage.engine import engine
from legwork.storage.schema import outbox

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
LEASE_SECONDS = 60.0
"""A message that a process took and neither sent nor gave back within this time may be taken by another."""

SEND_SECONDS = 40.0
"""A send that takes longer has failed; less than the lease, so that a slow process never sends beside another."""

PAUSES = (5, 15, 60, 300, 900, 3600)
"""Seconds before each further attempt; the last one repeats."""

KEPT = dt.timedelta(days=7)
"""A message that could not be sent for so long is given up, and stays as failed."""


@dataclass(frozen=True)
class Message:
    """One message on its way."""

    id: int
    key: str
    """The same however often it is sent."""
    conversation: str | None
    content: dict[str, Any]
    """As it was put in; its channel's sender knows its shape."""
    attempts: int
    """Tries so far, this one included."""
    created: dt.datetime


Sender = Callable[[Message], Awaitable[None]]
"""Hands a message over, or raises. It must be safe to call twice with the same key."""


class Undeliverable(LegworkError):
    """Raised by a sender when trying again can't help; its text is kept, so it must hold nothing personal."""


def new_key(kind: str) -> str:
    """A key that no other message has or will have; for one that is put in with the row that makes it unique.

    Numbers of rows won't do: a database may give that of a forgotten row again.
    """
    return f"{kind}:{secrets.token_hex(8)}"


def put(
    connection: Connection,
    key: str,
    channel: str,
    content: dict[str, Any],
    *,
    conversation: str | None = None,
    after: dt.timedelta = dt.timedelta(0),
) -> None:
    """Puts a message in, inside the caller's transaction; the same key again changes nothing.

    Args:
        connection: in a transaction.
        key: names this message for ever, at most 128 characters.
        channel: whose sender gets it.
        content: what that sender needs, as JSON.
        conversation: whose client it is for, or None.
        after: how long it waits at least.
    """
    now = settings().now()
    row = {"key": key, "channel": channel, "content": content, "conversation": conversation}
    dialect = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name]
    query = dialect.insert(outbox).values(**row, created=now, due=now + after, attempts=0).on_conflict_do_nothing()
    connection.execute(query)


async def run(
    senders: Mapping[str, Sender], *, lease: float = LEASE_SECONDS, look: float = LOOK_SECONDS, pauses: tuple[float, ...] = PAUSES
) -> None:
    """Sends for ever; each channel in its own order, and none waits for another.

    Args:
        senders: channel → what sends its messages.
        lease: seconds after which another process may take what this one took.
        look: seconds between two looks when nothing is due.
        pauses: seconds before each further attempt.
    """
    await asyncio.gather(*(_serve(channel, send, lease, look, pauses) for channel, send in senders.items()))


async def _serve(channel: str, send: Sender, lease: float, look: float, pauses: tuple[float, ...]) -> None:
    while True:
        try:
            message = take(channel, lease)
            if message is not None:
                await _try(channel, message, send, min(SEND_SECONDS, lease * 2 / 3), pauses)
        except sa.exc.SQLAlchemyError as error:
            logger.error("outbox.failed channel=%s error=%s", channel, type(error).__name__)
            message = None
        if message is None:
            await asyncio.sleep(look)


async def _try(channel: str, message: Message, send: Sender, seconds: float, pauses: tuple[float, ...]) -> None:
    try:
        await asyncio.wait_for(send(message), seconds)
    except Undeliverable as error:
        metrics.PROVIDER_ERRORS.labels(channel, "undeliverable").inc()
        logger.error("outbox.undeliverable channel=%s id=%s error=%s", channel, message.id, error)
        _set(message, failed=settings().now(), error=str(error)[:200])
    except Exception as error:
        # Whatever the sender's trouble is, the message must stay; the text of an error may quote the message.
        name = type(error).__name__
        metrics.PROVIDER_ERRORS.labels(channel, name).inc()
        if settings().now() - message.created > KEPT:
            logger.error("outbox.given_up channel=%s id=%s error=%s", channel, message.id, name)
            _set(message, failed=settings().now(), error=name)
            return
        logger.warning("outbox.later channel=%s id=%s attempts=%s error=%s", channel, message.id, message.attempts, name)
        pause = pauses[min(message.attempts, len(pauses)) - 1]
        _set(message, due=settings().now() + dt.timedelta(seconds=pause), error=name)
    else:
        _set(message, sent=settings().now(), content={}, error=None)  # what has arrived is not kept here too


def take(channel: str, lease: float) -> Message | None:
    """Takes the oldest message of the channel that is due, for `lease` seconds; None when there is none."""
    o, now = outbox.c, settings().now()
    waiting = (o.channel == channel) & o.sent.is_(None) & o.failed.is_(None) & (o.due <= now)
    query = sa.select(o.id, o.key, o.conversation, o.content, o.attempts, o.created, o.due).where(waiting).order_by(o.id).limit(1)
    while True:
        with engine().connect() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        # Whoever moves the due time on has it; the others find it moved.
        mine = (o.id == row["id"]) & (o.due == row["due"]) & (o.attempts == row["attempts"]) & o.sent.is_(None)
        values = {"due": now + dt.timedelta(seconds=lease), "attempts": row["attempts"] + 1}
        with engine().begin() as connection:
            if connection.execute(outbox.update().where(mine).values(**values)).rowcount:
                found = {name: row[name] for name in ("id", "key", "conversation", "content", "created")}
                return Message(**found, attempts=row["attempts"] + 1)


def _set(message: Message, **values: Any) -> None:
    with engine().begin() as connection:
        connection.execute(outbox.update().where(outbox.c.id == message.id).values(**values))


def waiting() -> tuple[dict[str, int], float]:
    """How many messages wait in each channel, and for how many seconds the oldest has been late."""
    o, now = outbox.c, settings().now()
    open_ = o.sent.is_(None) & o.failed.is_(None)
    with engine().connect() as connection:
        counts = connection.execute(sa.select(o.channel, sa.func.count()).where(open_).group_by(o.channel)).all()
        oldest = connection.execute(sa.select(sa.func.min(o.created)).where(open_ & (o.due <= now))).scalar()
    return dict(tuple(row) for row in counts), max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
