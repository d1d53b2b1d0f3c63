"""What was passed on to Jessica, and her answers on their way back.

Like a booking's changes, a question and its answer each put a message into the outbox in the same transaction (channels
`question` and `answer`); the desk mails the one to Jessica and brings the other to the client.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from legwork.errors import LegworkError, NotFound
from legwork.settings import settings
from legwork.storage import outbox
from legwork.storage.engine import engine
from legwork.storage.schema import conversations, questions

QUIET = dt.timedelta(hours=12)
"""After her answer the bot stays quiet in that conversation for so long, or until she hands back."""


class AlreadyAnswered(LegworkError):
    """Raised when a question was answered before; the first answer is the one that was sent."""


@dataclass(frozen=True)
class Question:
    """One question that was passed on."""

    id: int
    conversation: str | None
    """None when the client had everything forgotten, or talked in a shell."""
    channel: str
    topic: str | None
    """What it was understood to be about."""
    text: str
    """In the client's words."""
    contact: str | None
    """Mail address or phone number; None when the answer goes into the conversation."""
    created: dt.datetime
    answered: dt.datetime | None
    answer: str | None


_FIELDS = [questions.c[name] for name in Question.__dataclass_fields__]


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
        row = {
            "conversation": known,
            "channel": channel,
            "topic": topic,
            "text": text,
            "contact": contact,
            "created": settings().now(),
        }
        number = connection.execute(questions.insert().values(row)).inserted_primary_key[0]
        outbox.put(connection, outbox.new_key("question"), "question", {"question": number})
        return number


def answer(number: int, text: str, *, hand_back: bool = False, connection: Connection | None = None) -> Question:
    """Stores Jessica's answer and sends it on its way, to the client's channel as hers and by mail where one was left.

    Args:
        number: the question's.
        text: what she wrote.
        hand_back: whether the bot answers the client's next message again; otherwise it stays quiet for `QUIET`.
        connection: a transaction to join, or None for one of its own.

    Raises:
        NotFound: there is no such question (any more).
        AlreadyAnswered: it was answered before.
    """
    if connection is None:
        with engine().begin() as own:
            return answer(number, text, hand_back=hand_back, connection=own)
    now = settings().now()
    values = {"answered": now, "answer": text}
    unanswered = (questions.c.id == number) & questions.c.answered.is_(None)
    if not connection.execute(questions.update().where(unanswered).values(values)).rowcount:
        _one(connection, number)
        raise AlreadyAnswered("This question was answered before.")
    found = _one(connection, number)
    if found.conversation:
        until = None if hand_back else now + QUIET
        connection.execute(conversations.update().where(conversations.c.id == found.conversation).values(human_until=until))
    outbox.put(connection, outbox.new_key("answer"), "answer", {"question": number})
    return found


def reach_by(conversation: str, contact: str) -> bool:
    """Gives the conversation's newest question this contact if it waits for an answer, tells Jessica, and says whether it did."""
    q = questions.c
    with engine().begin() as connection:
        newest = sa.select(q.id, q.contact, q.answered).where(q.conversation == conversation).order_by(q.id.desc()).limit(1)
        found = connection.execute(newest).first()
        if found is None or found.contact == contact or found.answered:
            return False
        connection.execute(questions.update().where(q.id == found.id).values(contact=contact))
        outbox.put(connection, outbox.new_key("question"), "question", {"question": found.id})
        return True


def reached_by(conversation: str) -> str | None:
    """The contact of the conversation's newest question while that waits for an answer."""
    q = questions.c
    newest = sa.select(q.contact, q.answered).where(q.conversation == conversation).order_by(q.id.desc()).limit(1)
    with engine().connect() as connection:
        found = connection.execute(newest).first()
    return found.contact if found and not found.answered else None


def find(number: int) -> Question:
    """The question with this number.

    Raises:
        NotFound: there is none (any more): a client may have had it forgotten.
    """
    with engine().connect() as connection:
        return _one(connection, number)


def unanswered() -> list[Question]:
    """All questions that wait for Jessica, the oldest first."""
    with engine().connect() as connection:
        rows = connection.execute(sa.select(*_FIELDS).where(questions.c.answered.is_(None)).order_by(questions.c.id))
        return [Question(*row) for row in rows]


def every() -> list[Question]:
    """All questions, the oldest first."""
    with engine().connect() as connection:
        return [Question(*row) for row in connection.execute(sa.select(*_FIELDS).order_by(questions.c.id))]


def listing() -> Iterator[dict[str, Any]]:
    """All questions, the oldest first, as `python -m legwork questions --json` prints them."""
    q = questions.c
    query = sa.select(q.id, q.text, q.topic, q.contact, q.channel, q.conversation, q.created, q.answered, q.answer).order_by(q.id)
    with engine().connect() as connection:
        for row in connection.execute(query).mappings():
            yield {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


def _one(connection: Connection, number: int) -> Question:
    row = connection.execute(sa.select(*_FIELDS).where(questions.c.id == number)).first()
    if row is None:
        raise NotFound("This question doesn't exist any more; its client may have had it forgotten.")
    return Question(*row)
