"""Deletes what is older than the owner wants it kept; any process may do it, and one does."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging

import sqlalchemy as sa

from legwork.settings import practice, settings
from legwork.storage import erasing, leases
from legwork.storage.engine import engine
from legwork.storage.schema import bookings, conversations, outbox, questions, safety_events, used_links

logger = logging.getLogger(__name__)

EVERY = dt.timedelta(hours=6)
AT_ONCE = 500
"""Conversations in one transaction, so that no turn waits long for it."""


def expire(days: int) -> int:
    """Deletes conversations that were quiet for so many days, and health codes of that age; returns how many conversations."""
    before = settings().now() - dt.timedelta(days=days)
    c, count = conversations.c, 0
    old = sa.select(c.id).where((c.active < before) & c.deleted.is_(None)).limit(AT_ONCE)
    while True:
        with engine().begin() as connection:
            ids = connection.execute(old).scalars().all()
            if not ids:
                break
            erasing.erase(connection, ids)
            count += len(ids)
    with engine().begin() as connection:
        connection.execute(safety_events.delete().where(safety_events.c.at < before))
        connection.execute(questions.delete().where(questions.c.created < before))
        connection.execute(
            outbox.delete().where((outbox.c.created < before) & (outbox.c.sent.is_not(None) | outbox.c.failed.is_not(None)))
        )
        connection.execute(used_links.delete().where(used_links.c.at < before))
        # What hurt is of no use once the session is long over; that there was one stays in her books.
        over = (bookings.c.end < before) | (bookings.c.status.in_(erasing.BOOKING_IS_OVER) & (bookings.c.created < before))
        connection.execute(bookings.update().where(over).values(areas=[], notes=[], reasons=[]))
        # A token is told for as long again that its conversation is gone; an opt-out holds for ever.
        gone = (
            (c.deleted < before)
            & c.opted_out.is_(None)
            & c.id.not_in(sa.select(bookings.c.conversation).where(bookings.c.conversation.is_not(None)))
        )
        connection.execute(conversations.delete().where(gone))
    if count:
        erasing.clean_files()
    return count


async def run() -> None:
    """Does it every few hours for ever, in one process of all."""
    while True:
        try:
            if leases.take("retention", EVERY):
                count = await asyncio.to_thread(expire, practice().retention_days)
                if count:
                    logger.warning("retention.done conversations=%s", count)
        except sa.exc.SQLAlchemyError as error:
            logger.error("retention.failed error=%s", type(error).__name__)
        await asyncio.sleep(EVERY.total_seconds() / 4)
