"""Phone numbers and page-scoped ids: kept as a keyed hash to be recognised and sealed to be reached, never in clear."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken

from legwork.channels.outbound import SendError
from legwork.errors import LegworkError, NotFound
from legwork.settings import settings
from legwork.storage import reach
from legwork.storage.reach import Reach


def _secret(purpose: str) -> bytes:
    """A key for one purpose, derived from LEGWORK_SECRET."""
    root = settings().secret
    assert root is not None, "read_settings makes one when none is set"
    return hmac.new(root.get_secret_value().encode(), f"legwork {purpose}".encode(), hashlib.sha256).digest()


def key_of(channel: str, sender: str) -> str:
    """The conversation key of a sender: the same for the same sender, and useless without the secret."""
    return hmac.new(_secret("sender"), f"{channel}:{sender}".encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()


def seal(sender: str) -> str:
    """The sender encrypted, for later messages."""
    return Fernet(base64.urlsafe_b64encode(_secret("recipient"))).encrypt(sender.encode()).decode()


def unseal(sealed: str) -> str:
    """The sender that `seal` encrypted.

    Raises:
        LegworkError: LEGWORK_SECRET is another than when it was sealed.
    """
    try:
        return Fernet(base64.urlsafe_b64encode(_secret("recipient"))).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise LegworkError(
            "A stored recipient can't be read with this LEGWORK_SECRET. Put back the secret that was used before; "
            "clients whom it sealed can't be written to until they write again."
        ) from None


def reachable(conversation: str | None) -> tuple[Reach, str]:
    """How the client is reached, and the recipient in clear.

    Raises:
        SendError: the client has opted out, or nothing is known of it any more.
    """
    try:
        found = reach.of(conversation or "")
    except NotFound:
        raise SendError("gone", "The conversation is gone.") from None
    if found.opted_out:
        raise SendError("opted_out", "The client wants no more messages.")
    if not found.recipient:
        raise SendError("forgotten", "The conversation was forgotten.")
    return found, unseal(found.recipient)
