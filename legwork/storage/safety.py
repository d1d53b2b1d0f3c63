"""Safety events: a level, a sign's code, a time and the conversation; never what was written."""

from __future__ import annotations

import sqlalchemy as sa

from legwork import metrics
from legwork.settings import settings
from legwork.storage.engine import engine
from legwork.storage.schema import safety_events


def record(conversation: str, level: str, sign: str) -> None:
    """Stores that this sign was heard now."""
    metrics.SAFETY.labels(level, sign).inc()
    row = {"conversation": conversation, "level": level, "sign": sign, "at": settings().now()}
    with engine().begin() as connection:
        # A shell or a test talks without a stored conversation; the event counts all the same.
        known = connection.execute(sa.text("SELECT 1 FROM conversations WHERE id = :id"), {"id": conversation}).first()
        connection.execute(safety_events.insert().values({**row, "conversation": conversation if known else None}))


def count_by_sign() -> list[tuple[str, str, int]]:
    """(level, sign, how often), the most frequent first."""
    s = safety_events.c
    query = sa.select(s.level, s.sign, sa.func.count()).group_by(s.level, s.sign).order_by(sa.func.count().desc())
    with engine().connect() as connection:
        return [tuple(row) for row in connection.execute(query)]
