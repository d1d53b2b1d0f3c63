"""Removes what is kept of conversations and people, from every table and from the database's files."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from legwork.settings import settings
from legwork.storage.engine import engine
from legwork.storage.schema import bookings, conversations, inbox, messages, offers, outbox, questions, safety_events

BOOKING_IS_OVER = ("cancelled", "declined", "done", "no_show")

EVENTS = sa.table("events", sa.column("id"), sa.column("sender_id"), sa.column("type_name"), sa.column("data"))
"""Rasa's own table; it is there once a server has run."""


def erase(connection: Connection, ids: Collection[str], *, appointments: bool = False) -> bool:
    """Removes what was said in these conversations and what follows from it; True when a live appointment stays.

    The rows of the conversations stay without content: a token must be told that it is gone, and an opt-out holds.

    Args:
        connection: in a transaction.
        ids: of the conversations.
        appointments: whether those that are still to come go too.
    """
    mine = bookings.c.conversation.in_(ids)
    over = bookings.c.status.in_(BOOKING_IS_OVER) | (bookings.c.end < settings().now())
    connection.execute(bookings.delete().where(mine if appointments else mine & over))
    stay = {row[0] for row in connection.execute(sa.select(bookings.c.conversation).where(mine))}
    # What tells of an appointment that stays must still arrive by mail; there is no other way to its client any more.
    needed = (outbox.c.conversation.in_(stay)) & outbox.c.key.like("booking:%") & outbox.c.channel.in_(("booking", "mail"))
    connection.execute(outbox.delete().where(outbox.c.conversation.in_(ids) & ~needed))
    for table in (messages, offers, inbox, questions):
        connection.execute(table.delete().where(table.c.conversation.in_(ids)))
    connection.execute(safety_events.update().where(safety_events.c.conversation.in_(ids)).values(conversation=None))
    if sa.inspect(connection).has_table("events"):
        connection.execute(sa.delete(EVENTS).where(EVENTS.c.sender_id.in_(ids)))
    values = {"deleted": settings().now(), "recipient": None}
    connection.execute(conversations.update().where(conversations.c.id.in_(ids)).values(values))
    return bool(stay)


def clean_files() -> None:
    """Takes what was deleted out of SQLite's files too: with `secure_delete` it is overwritten once the log is written back.

    PostgreSQL does so by itself in its own time (autovacuum).
    """
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))


def traces(needles: Collection[str]) -> list[str]:
    """Every place of the database where one of these texts stands, `table.column: number of rows`; all tables are searched."""
    found = []
    with engine().connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            columns = sa.inspect(connection).get_columns(table)
            for name in (column["name"] for column in columns):
                text = sa.func.lower(sa.cast(sa.column(name), sa.Text))
                where = sa.or_(*(text.contains(needle.lower(), autoescape=True) for needle in needles))
                if count := connection.execute(sa.select(sa.func.count()).select_from(sa.table(table)).where(where)).scalar():
                    found.append(f"{table}.{name}: {count}")
    return found
