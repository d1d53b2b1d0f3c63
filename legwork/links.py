"""Signed links: what a mail leads to, for seven days and one use.

A link names one thing and carries its own signature; nothing is stored until it is used. Opening it changes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from legwork.bookings.model import Booking
from legwork.errors import LegworkError, SettingsError
from legwork.settings import settings
from legwork.storage.engine import engine
from legwork.storage.schema import used_links

DAYS = 7
Kind = Literal["booking", "question", "proposal", "conversation", "appointment"]
_FORM = re.compile(
    r"(booking|question|proposal|conversation|appointment)\.([0-9a-f]{1,32})\.([0-9a-f]{16})\.([0-9]{10})\.([0-9a-f]{40})"
)


class LinkError(LegworkError):
    """Raised when a link does not open (any more).

    Attributes:
        reason: unknown, expired or used.
    """

    def __init__(self, reason: Literal["unknown", "expired", "used"]) -> None:
        """Keeps the reason."""
        super().__init__(f"The link is {reason}.")
        self.reason = reason


@dataclass(frozen=True)
class Link:
    """What a link stands for."""

    kind: Kind
    """booking, question and conversation are Jessica's; proposal is the client's, and so is appointment: a file to keep."""
    id: str
    """The booking's code, the question's number, or the conversation."""
    nonce: str


def make(kind: Kind, number: str | int) -> str:
    """The address of a new link.

    Args:
        kind: what it is about.
        number: the booking's code, the question's number, or the conversation's id.
    """
    until = int((settings().now() + dt.timedelta(days=DAYS)).timestamp())
    said = f"{kind}.{number}.{secrets.token_hex(8)}.{until:010}"
    return f"{settings().url}/desk/{said}.{_sign(said)}"


def to_keep(booking: Booking) -> dict[str, Any]:
    """The appointment as a file for the client's calendar; nothing while no time is agreed, or where an address is long to read."""
    if not booking.agreed or not booking.start or booking.channel != "web":
        return {}
    return {"attachment": {"title": "Add to your calendar", "url": make("appointment", booking.id)}}


def read(token: str) -> Link:
    """What the last part of a link's address stands for.

    Raises:
        LinkError: it was not made here, is too old, or was used.
    """
    match = _FORM.fullmatch(token)
    if match is None or not hmac.compare_digest(match.group(5), _sign(token.rpartition(".")[0])):
        raise LinkError("unknown")
    kind, number, nonce, until, _ = match.groups()
    if int(until) < settings().now().timestamp():
        raise LinkError("expired")
    with engine().connect() as connection:
        if connection.execute(sa.select(used_links.c.nonce).where(used_links.c.nonce == nonce)).first():
            raise LinkError("used")
    return Link(kind, number, nonce)  # type: ignore[arg-type]  # the pattern allows these kinds only


def use(connection: Connection, link: Link) -> None:
    """Uses a link up, inside the transaction of what it is used for.

    Raises:
        LinkError: somebody else used it just now.
    """
    try:
        connection.execute(used_links.insert().values(nonce=link.nonce, at=settings().now()))
    except IntegrityError:
        raise LinkError("used") from None


def _sign(said: str) -> str:
    root = settings().secret
    if root is None:
        raise SettingsError("LEGWORK_SECRET is empty; unset it, and one is made.")
    key = hmac.new(root.get_secret_value().encode(), b"legwork desk link", hashlib.sha256).digest()
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()[:40]
