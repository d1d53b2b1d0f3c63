"""What people asked, what was not understood, what was booked: counted for the owner."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from legwork.settings import settings
from legwork.storage.engine import engine
from legwork.storage.schema import booking_changes, bookings, conversations, messages, questions, safety_events

NOT_UNDERSTOOD = ("fallback", "clarify")
MOST_READ = 200


@dataclass(frozen=True)
class Stats:
    """The figures of the last days.

    Attributes:
        days: how many.
        conversations: begun, by channel.
        messages: the clients', by day.
        topics: answers by topic, the most frequent first.
        not_understood: what clients wrote that was answered with `fallback` or `clarify`, the newest first.
        unclear: how many of those there were in all.
        bookings: what happened to bookings, by status.
        sessions: sessions asked for.
        questions: passed on, and how many of them wait.
        safety: warning signs as (level, sign), the most frequent first.
    """

    days: int
    conversations: Counter[str]
    messages: Counter[dt.date]
    topics: Counter[str]
    not_understood: list[str]
    unclear: int
    bookings: Counter[str]
    sessions: Counter[str]
    questions: tuple[int, int]
    safety: Counter[tuple[str, str]]


def of_last(days: int, zone: str) -> Stats:
    """The figures of the last `days`, days being those of the practice's `zone`."""
    since = settings().now() - dt.timedelta(days=days)
    m, ours = messages.c, messages.alias()
    with engine().connect() as connection:

        def count(column: sa.Column, *where: sa.sql.ColumnElement) -> Counter:
            query = sa.select(column, sa.func.count()).where(*where).group_by(column)
            return Counter({key: number for key, number in connection.execute(query) if key is not None})

        topic = m.body["topic"].as_string()
        answers = connection.execute(
            sa.select(sa.distinct(m.inbox), topic).where((m.at >= since) & (m.sender == "legwork") & m.inbox.is_not(None))
        )
        unclear = (
            sa.select(m.inbox)
            .where((m.at >= since) & (m.sender == "legwork") & topic.in_(NOT_UNDERSTOOD))
            .group_by(m.inbox)
            .order_by(m.inbox.desc())
        )
        numbers = [number for (number,) in connection.execute(unclear) if number is not None]
        said = connection.execute(
            sa.select(ours.c.body)
            .where(ours.c.inbox.in_(numbers[:MOST_READ]) & (ours.c.sender == "client"))
            .order_by(ours.c.id.desc())
        ).scalars()
        times = connection.execute(sa.select(m.at).where((m.at >= since) & (m.sender == "client"))).scalars()
        asked = questions.c.created >= since
        signs = sa.select(safety_events.c.level, safety_events.c.sign).where(safety_events.c.at >= since)
        return Stats(
            days=days,
            conversations=count(conversations.c.channel, conversations.c.created >= since),
            messages=Counter(at.astimezone(ZoneInfo(zone)).date() for at in times),
            topics=Counter(name for _, name in answers if name),
            not_understood=[body["text"] for body in said],
            unclear=len(numbers),
            bookings=count(booking_changes.c.status, booking_changes.c.at >= since),
            sessions=count(bookings.c.session, bookings.c.created >= since),
            questions=(
                connection.execute(sa.select(sa.func.count()).where(asked)).scalar() or 0,
                connection.execute(sa.select(sa.func.count()).where(asked & questions.c.answered.is_(None))).scalar() or 0,
            ),
            safety=Counter(tuple(row) for row in connection.execute(signs)),
        )
