"""All tables. Nothing here is bound to SQLite; instants are stored in UTC."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator):
    """An aware datetime, kept as naive UTC so that SQLite and PostgreSQL hold the same value."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """(see parent class for full docstring)"""
        return value.astimezone(dt.timezone.utc).replace(tzinfo=None) if value is not None else None

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """(see parent class for full docstring)"""
        return value.replace(tzinfo=dt.timezone.utc) if value is not None else None


BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""SQLite counts up by itself only in INTEGER columns; `sqlite_autoincrement` keeps it from giving a forgotten row's id again."""


conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("key", sa.String(64), nullable=False, unique=True),  # hash of the web token, or keyed hash of the sender
    sa.Column("recipient", sa.Text),  # how later messages reach the client, sealed; None on the web
    sa.Column("created", Instant, nullable=False),
    sa.Column("active", Instant, nullable=False),
    sa.Column("deleted", Instant),
    sa.Column("human_until", Instant),  # Jessica speaks herself until then, and the bot is quiet
    sa.Column("opted_out", Instant),
    sa.Index("ix_conversations_active", "active"),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    sa.Column("sender", sa.String(8), nullable=False),  # client | legwork | jessica
    sa.Column("at", Instant, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),  # the message as the protocol shows it, less id, from and at
    sa.Column("inbox", sa.ForeignKey("inbox.id", ondelete="CASCADE")),  # what it says or answers
    sa.Index("ix_messages_conversation", "conversation", "id"),
    sa.Index("ix_messages_at", "at"),
    sqlite_autoincrement=True,
)

offers = sa.Table(
    "offers",
    metadata,
    sa.Column("conversation", sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("payload", sa.String(1000), primary_key=True),
    sa.Column("title", sa.String(200), nullable=False),
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("provider_id", sa.String(200), nullable=False),  # the web: conversation and the client's own id
    sa.Column("conversation", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("received", Instant, nullable=False),
    sa.Column("answered", Instant),
    sa.UniqueConstraint("channel", "provider_id", name="uq_inbox_channel_provider_id"),
    sa.Index("ix_inbox_answered", "answered"),
    sqlite_autoincrement=True,
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(128), nullable=False, unique=True),  # the same message is put in once
    sa.Column("channel", sa.String(16), nullable=False),  # mail | chat | booking | question | sms | whatsapp | messenger
    sa.Column("conversation", sa.ForeignKey("conversations.id", ondelete="SET NULL")),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("created", Instant, nullable=False),
    sa.Column("due", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("sent", Instant),
    sa.Column("failed", Instant),
    sa.Column("error", sa.String(200)),
    sa.Index("ix_outbox_due", "sent", "due"),
    sqlite_autoincrement=True,
)

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.ForeignKey("conversations.id", ondelete="SET NULL")),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("topic", sa.String(64)),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("contact", sa.String(320)),
    sa.Column("created", Instant, nullable=False),
    sa.Column("answered", Instant),
    sa.Column("answer", sa.Text),
    sqlite_autoincrement=True,
)

bookings = sa.Table(
    "bookings",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("key", sa.String(64), nullable=False, unique=True),  # the same request twice is one
    sa.Column("conversation", sa.ForeignKey("conversations.id", ondelete="SET NULL")),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("session", sa.String(32)),
    sa.Column("minutes", sa.Integer),
    sa.Column("areas", sa.JSON, nullable=False),
    sa.Column("windows", sa.JSON, nullable=False),  # [[start, end], …] as ISO instants with their offset
    sa.Column("wish", sa.String(200)),  # when, as it was read back
    sa.Column("start", Instant),
    sa.Column("end", Instant),
    sa.Column("timezone", sa.String(64), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("phone", sa.String(32)),
    sa.Column("email", sa.String(320)),
    sa.Column("notes", sa.JSON, nullable=False),  # codes only
    sa.Column("created", Instant, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False, server_default="[]"),  # why this session, in Legwork's words
    sa.Column("sequence", sa.Integer, nullable=False, server_default="0"),  # of the invitation: one more with each change
    sa.Column("held_until", Instant),  # a held or proposed time is free again after this
    sa.Column("reference", sa.String(128)),  # what another booking system calls it
    sa.Index("ix_bookings_status", "status"),
    sa.Index("ix_bookings_conversation", "conversation"),
)

booking_changes = sa.Table(
    "booking_changes",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("booking", sa.ForeignKey("bookings.id", ondelete="CASCADE"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("who", sa.String(16), nullable=False),  # client | jessica | legwork
    sa.Column("status", sa.String(16), nullable=False),  # what happened: a status, or wished, noted, refused, lapsed
)

# No two slots of a calendar overlap, by constraint: `ex_booking_slots_time` on PostgreSQL (it stands in the migration,
# SQLAlchemy's tables can't say it without an extension), the cells below on SQLite.
booking_slots = sa.Table(
    "booking_slots",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("calendar", sa.Integer, nullable=False),
    sa.Column("start", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),  # the session's end and the pause after it
    sa.Column("expires", Instant),  # a hold ends by itself; None is taken for good
    sa.Column("booking", sa.ForeignKey("bookings.id", ondelete="CASCADE")),
    sa.Column("conversation", sa.ForeignKey("conversations.id", ondelete="CASCADE")),  # a hold before there is a booking
    sa.Index("ix_booking_slots_booking", "booking"),
)

booking_cells = sa.Table(
    "booking_cells",
    metadata,
    sa.Column("calendar", sa.Integer, primary_key=True),
    sa.Column("cell", sa.Integer, primary_key=True),  # quarter hours since 1970
    sa.Column("slot", sa.ForeignKey("booking_slots.id", ondelete="CASCADE"), nullable=False),
    sa.Index("ix_booking_cells_slot", "slot"),
)

used_links = sa.Table(
    "used_links",
    metadata,
    sa.Column("nonce", sa.String(32), primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

secrets = sa.Table(
    "secrets",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.String(64), nullable=False),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("until", Instant, nullable=False),
)

safety_events = sa.Table(
    "safety_events",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.ForeignKey("conversations.id", ondelete="SET NULL")),
    sa.Column("level", sa.String(16), nullable=False),
    sa.Column("sign", sa.String(32), nullable=False),
    sa.Column("at", Instant, nullable=False),
)
