"""Who hears of what: each change and each question becomes the mails and messages that it needs.

These are senders of the outbox. They put further messages in, under keys of their own, so that doing it twice is doing it
once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy.engine import Connection

from legwork import links, questions
from legwork.bookings import details, invitations, mail, store
from legwork.bookings.model import AGREED, Booking
from legwork.desk import wording
from legwork.desk.letters import Letter
from legwork.errors import NotFound
from legwork.settings import practice, settings
from legwork.storage import conversations, outbox
from legwork.storage.engine import engine
from legwork.storage.outbox import Message, Sender

OnMessage = Callable[[str, dict[str, Any]], Awaitable[None]]
"""Brings a message into a conversation: its id, and the protocol's message with `from`, without `id` and `at`."""


def senders(on_message: OnMessage) -> Mapping[str, Sender]:
    """Everything that `outbox.run` needs to tell Jessica and the clients."""

    async def chat(message: Message) -> None:
        if message.conversation is not None and not conversations.find(id=message.conversation).deleted:
            await on_message(message.conversation, message.content)

    return {"booking": booking_changed, "question": question_asked, "answer": question_answered, "chat": chat, "mail": mail.send}


async def booking_changed(message: Message) -> None:
    """Tells of a change of a booking: Jessica of what the client did, the client of what she did."""
    event = message.content
    what, who = event["what"], event["who"]
    try:
        booking = store.find(event["booking"])
    except NotFound:
        return
    if what in store.LIVE and booking.status != what:
        return  # something has happened since, and is told of by itself
    with engine().begin() as connection:
        if who != "jessica" or what in AGREED:  # what she agreed to herself comes with a link to change it
            letter = wording.to_jessica(booking, what, event["was"], event["before"])
            _mail_jessica(connection, f"{message.key}:jessica", letter, booking.email, booking.conversation)
        told = _for_client(what, who, event["was"])
        if told is None:
            return
        more = {}
        if booking.held_until is not None and what == "proposed":
            more["until"] = wording.until(booking.held_until, booking.timezone)
        body = wording.to_client(told, booking, event["before"], **more)
        if who == "jessica" and booking.conversation:
            content = {"from": "legwork", **body, **links.to_keep(booking)}
            outbox.put(connection, f"{message.key}:chat", "chat", content, conversation=booking.conversation)
        _mail_client(connection, f"{message.key}:client", booking, body, what, event["was"])


async def question_asked(message: Message) -> None:
    """Mails Jessica a question that was passed on."""
    try:
        question = questions.find(message.content["question"])
    except NotFound:
        return
    contact = details.read_contact(question.contact or "")
    with engine().begin() as connection:
        letter = wording.question_to_jessica(question)
        _mail_jessica(connection, f"{message.key}:jessica", letter, contact.email if contact else None, question.conversation)


async def question_answered(message: Message) -> None:
    """Brings Jessica's answer into the conversation as hers, and to the client's mail where one was left."""
    try:
        question = questions.find(message.content["question"])
    except NotFound:
        return
    contact = details.read_contact(question.contact or "")
    with engine().begin() as connection:
        if question.conversation:
            body: dict[str, Any] = {
                "from": "jessica",
                "topic": question.topic or "person",
                "text": question.answer,
                "quick_replies": [],
            }
            outbox.put(connection, f"{message.key}:chat", "chat", body, conversation=question.conversation)
        if contact and contact.email and mail.is_on():
            letter = wording.answer_to_client(question)
            put_mail(connection, f"{message.key}:client", contact.email, letter, question.conversation, reply_to=practice().email)


def jessicas_mail() -> str | None:
    """Where Jessica hears of anything by mail; None where she doesn't."""
    return practice().email if mail.is_on() else None


def put_mail(connection: Connection, key: str, to: str, letter: Letter, conversation: str | None, **more: Any) -> None:
    """Puts a mail in; it is forgotten with the `conversation` it speaks of. `more` goes to `mail.content`."""
    content = mail.content(to, letter.subject, letter.text(), letter.html(), **more)
    outbox.put(connection, key, "mail", content, conversation=conversation)


def _for_client(what: str, who: str, was: str | None) -> str | None:
    """The response `utter_desk/…` that tells the client; None for what they needn't hear or were told when they did it."""
    if what != "cancelled":
        return what if what in ("confirmed", "moved", "proposed", "declined") else None
    if who == "client":
        return "you_cancelled" if was in AGREED else None
    return "cancelled" if was in AGREED else "withdrawn"


def _mail_jessica(
    connection: Connection, key: str, letter: Letter | None, reply_to: str | None, conversation: str | None
) -> None:
    if letter is not None and (to := jessicas_mail()):
        put_mail(connection, key, to, letter, conversation, name=practice().name, reply_to=reply_to)


def _mail_client(connection: Connection, key: str, booking: Booking, body: dict[str, Any], what: str, was: str | None) -> None:
    if not booking.email or not mail.is_on():
        return
    owner, now, more = practice(), settings().now(), {}
    if booking.start and not booking.reference:  # Cal.com sends invitations of its own
        if booking.agreed:
            more = {"method": "REQUEST", "ics": invitations.request(booking, owner, mail.sender(), now)}
        elif was in AGREED:
            more = {"method": "CANCEL", "ics": invitations.cancel(booking, owner, mail.sender(), now)}
    subject = {
        "confirmed": f"Your appointment: {booking.said}",
        "moved": f"Your appointment is now {booking.said}",
        "proposed": f"Another time for your appointment: {booking.said}",
        "declined": "Your request for an appointment",
        "cancelled": f"Canceled: {booking.said}",
    }[what]
    letter = wording.letter_to_client(body, booking, subject, buttons=what == "proposed")
    put_mail(connection, key, booking.email, letter, booking.conversation, name=booking.name, reply_to=owner.email, **more)
