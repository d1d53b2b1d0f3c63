"""How the client of a conversation is reached, and whether we may."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from legwork.errors import NotFound
from legwork.settings import settings
from legwork.storage.engine import engine
from legwork.storage.schema import conversations, inbox, messages


@dataclass(frozen=True)
class Reach:
    """One conversation, as a sender needs it.

    Attributes:
        channel: web, sms, whatsapp or messenger.
        recipient: sealed; None on the web and once forgotten.
        opted_out: when the client said that nothing more may come, or None.
        human_until: Jessica speaks herself until then, or None.
        heard: when the client last wrote, or None.
    """

    channel: str
    recipient: str | None
    opted_out: dt.datetime | None
    human_until: dt.datetime | None
    heard: dt.datetime | None

    @property
    def human(self) -> bool:
        """Whether Jessica speaks herself now."""
        return self.human_until is not None and settings().now() < self.human_until


# Built once: each message runs them several times.
_OF = sa.select(
    conversations.c.channel,
    conversations.c.recipient,
    conversations.c.opted_out,
    conversations.c.human_until,
    sa.select(sa.func.max(inbox.c.received)).where(inbox.c.conversation == conversations.c.id).scalar_subquery(),
).where(conversations.c.id == sa.bindparam("conversation"))
_LAST_SAID = (
    sa.select(messages.c.sender, messages.c.at)
    .where((messages.c.conversation == sa.bindparam("conversation")) & (messages.c.sender != "client"))
    .order_by(messages.c.id.desc())
    .limit(1)
)


def of(conversation: str) -> Reach:
    """How this conversation's client is reached.

    Raises:
        NotFound: there is no such conversation.
    """
    with engine().connect() as connection:
        row = connection.execute(_OF, {"conversation": conversation}).first()
    if row is None:
        raise NotFound("There is no such conversation.")
    return Reach(*row)


def opt_out(conversation: str) -> None:
    """Nothing is sent to this client any more, until `opt_in`."""
    _set(conversation, opted_out=settings().now())


def opt_in(conversation: str) -> None:
    """The client wants to hear from us again."""
    _set(conversation, opted_out=None)


def leave_to_human(conversation: str, until: dt.datetime | None) -> None:
    """Jessica speaks herself until then; None hands back."""
    _set(conversation, human_until=until)


def revive(conversation: str, recipient: str) -> None:
    """A client whose conversation was forgotten writes again: it starts empty, and an opt-out still holds."""
    _set(conversation, deleted=None, recipient=recipient)


def _set(conversation: str, **values: object) -> None:
    with engine().begin() as connection:
        connection.execute(conversations.update().where(conversations.c.id == conversation).values(**values))


def last_said(conversation: str) -> tuple[str, dt.datetime] | None:
    """(sender, when) of the last message that did not come from the client; None before the first."""
    with engine().connect() as connection:
        row = connection.execute(_LAST_SAID, {"conversation": conversation}).first()
    return tuple(row) if row else None
