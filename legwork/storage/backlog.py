"""What was acknowledged and not answered yet, over restarts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from legwork.settings import settings
from legwork.storage.engine import engine
from legwork.storage.schema import inbox, messages


def unanswered(channels: Sequence[str], before: dt.datetime | None = None) -> list[tuple[int, str, str, dict[str, Any]]]:
    """(inbox id, channel, conversation, content) of what waits for its answer, in the order it came.

    Args:
        channels: those to look at.
        before: only what was received until then; None for all.
    """
    i = inbox.c
    where = i.channel.in_(channels) & i.answered.is_(None)
    if before is not None:
        where &= i.received <= before
    with engine().connect() as connection:
        rows = connection.execute(sa.select(i.id, i.channel, i.conversation, i.content).where(where).order_by(i.id))
        return [tuple(row) for row in rows]


def contents(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What these messages say by now."""
    with engine().connect() as connection:
        rows = connection.execute(sa.select(inbox.c.id, inbox.c.content).where(inbox.c.id.in_(ids))).all()
        return {row.id: row.content for row in rows}


# Built once: each message runs it.
_FINISH = (
    inbox.update()
    .where(inbox.c.id.in_(sa.bindparam("ids", expanding=True)) & inbox.c.answered.is_(None))
    .values(answered=sa.bindparam("now"))
)


def finish(connection: Connection, ids: Sequence[int]) -> bool:
    """Marks these as answered, inside the caller's transaction; False when another process was there first."""
    return connection.execute(_FINISH, {"ids": list(ids), "now": settings().now()}).rowcount == len(ids)


def unsend(channel: str, provider_id: str) -> None:
    """The client took a message back: its words are removed, its answer stays."""
    where = (inbox.c.channel == channel) & (inbox.c.provider_id == provider_id)
    with engine().begin() as connection:
        number = connection.execute(sa.select(inbox.c.id).where(where)).scalar()
        if number is None:
            return
        content = {"text": "", "payload": None, "kind": "overheard", "wish": None, "answered": False}
        connection.execute(inbox.update().where(inbox.c.id == number).values(content=content))
        gone: dict[str, Any] = {"topic": None, "text": "", "quick_replies": []}
        connection.execute(
            messages.update().where((messages.c.inbox == number) & (messages.c.sender == "client")).values(body=gone)
        )


def settle(number: int) -> None:
    """Marks one message as needing no answer."""
    with engine().begin() as connection:
        finish(connection, [number])
