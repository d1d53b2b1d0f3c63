"""What was passed on to Jessica, and her answers on their way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from legwork.settings import settings
from legwork.storage.engine import engine
from legwork.storage.schema import conversations, questions


def ask(conversation: str, channel: str, topic: str | None, text: str, contact: str | None) -> int:
    """Stores a client's question for Jessica and returns its number.

    Args:
        conversation: where it was asked.
        channel: web, sms, whatsapp or messenger.
        topic: what it was understood to be about, or None.
        text: the question in the client's words.
        contact: mail address or phone number, or None when the answer goes into the conversation.
    """
    with engine().begin() as connection:
        # A shell talks without a stored conversation; its question counts all the same.
        known = connection.execute(sa.select(conversations.c.id).where(conversations.c.id == conversation)).scalar()
        row = {"conversation": known, "channel": channel, "topic": topic, "text": text, "contact": contact, "created": settings().now()}
        return connection.execute(questions.insert().values(row)).inserted_primary_key[0]


def listing() -> Iterator[dict[str, Any]]:
    """All questions, the oldest first, as `python -m legwork questions --json` prints them."""
    q = questions.c
    query = sa.select(q.id, q.text, q.topic, q.contact, q.channel, q.conversation, q.created, q.answered, q.answer).order_by(q.id)
    with engine().connect() as connection:
        for row in connection.execute(query).mappings():
            yield {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
