"""Messages that nobody asked for just now, such as a confirmation or Jessica's answer, brought to where the client is."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa

from legwork import questions
from legwork.channels import events, recipients
from legwork.errors import NotFound
from legwork.storage import conversations, outbox, reach
from legwork.storage.engine import engine
from legwork.storage.replies import Row
from legwork.storage.schema import bookings


async def on_message(conversation: str, message: dict[str, Any]) -> None:
    """Brings a message into a conversation: shown in the chat window, or put on its way to the phone or Messenger.

    Args:
        conversation: its id.
        message: the protocol's message with `from` (legwork or jessica), without `id` and `at`.
    """
    sender, body = message["from"], {name: value for name, value in message.items() if name != "from"}
    channel = reach.of(conversation).channel
    if channel == "web":
        events.deliver(conversation, body, sender)
        return
    with engine().begin() as connection:
        [shown] = conversations.write(connection, conversation, sender, [body])
        said = {**body, "text": f"From Jessica: {body['text']}"} if sender == "jessica" else body
        # SQLite gives the ids of forgotten messages again; the key must be new for ever.
        outbox.put(
            connection, f"later:{shown['id']}:{secrets.token_hex(4)}", channel, {"bodies": [said]}, conversation=conversation
        )


def elsewhere(row: Row, code: str) -> None:
    """One that can't be delivered where it belongs goes by text message where the client has texted us, else Jessica is told.

    Mail needs no detour: whoever left an address gets every change by mail as well.
    """
    texting = _texts_too(row.conversation) if row.channel == "messenger" else None
    if texting:
        with engine().begin() as connection:
            outbox.put(connection, f"{row.key}:sms", "sms", row.content, conversation=texting)
        return
    said = " ".join(body["text"] for body in row.content.get("bodies", ()))
    text = f"This couldn't be delivered by {row.channel} ({code}), so please reach the client another way: {said}"
    questions.ask(row.conversation or "", row.channel, "person", text, None)


def _texts_too(conversation: str | None) -> str | None:
    """The SMS conversation of the number that this client gave for a booking; texting us first is the consent."""
    query = sa.select(bookings.c.phone).where((bookings.c.conversation == conversation) & bookings.c.phone.is_not(None))
    with engine().connect() as connection:
        phone = connection.execute(query.order_by(bookings.c.created.desc()).limit(1)).scalar()
    try:
        found = conversations.find(key=recipients.key_of("sms", phone)) if phone else None
    except NotFound:
        return None
    return found.id if found and not found.deleted and not reach.of(found.id).opted_out else None
