"""Mail: one message of the outbox as text, HTML and, where there is one, an invitation, handed to the SMTP server."""

from __future__ import annotations

import hashlib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from legwork.errors import SettingsError
from legwork.settings import practice, settings
from legwork.storage.outbox import Message, Undeliverable

TIMEOUT = 20.0
"""Seconds for each step of the conversation with the server."""


def content(
    to: str,
    subject: str,
    text: str,
    html: str,
    *,
    name: str = "",
    reply_to: str | None = None,
    method: str | None = None,
    ics: str | None = None,
) -> dict[str, Any]:
    """A mail as the outbox keeps it.

    Args:
        to: the receiver's address.
        subject: one line.
        text: the mail for those who read no HTML.
        html: the same as a whole HTML page.
        name: the receiver's.
        reply_to: where an answer goes, when not to the sender.
        method: REQUEST, CANCEL or PUBLISH, with `ics`.
        ics: an iCalendar object.
    """
    return {
        "to": to,
        "name": name,
        "subject": subject,
        "text": text,
        "html": html,
        "reply_to": reply_to,
        "method": method,
        "ics": ics,
    }


def is_on() -> bool:
    """Whether mail can be sent at all."""
    return settings().smtp_url is not None


def sender() -> str:
    """The address that mail comes from: the owner's, else the account's at the SMTP server.

    Raises:
        SettingsError: neither is known.
    """
    if practice().email:
        return practice().email
    user = unquote(urlsplit(_url()).username or "")
    if "@" not in user:
        raise SettingsError("Mail needs an address to come from: set `email` in practice.yml.")
    return user


async def send(message: Message) -> None:
    """Hands one mail to the server; the sender of channel `mail`.

    Raises:
        Undeliverable: the server refuses this mail for good.
        aiosmtplib.SMTPException, OSError: it didn't take it now.
    """
    url = urlsplit(_url())
    secure = url.scheme == "smtps"
    # A server on this machine has no certificate and needs none; to any other a password travels encrypted only.
    local = url.hostname in ("localhost", "127.0.0.1", "::1")
    try:
        mail = compose(message)
    except (ValueError, IndexError) as error:
        raise Undeliverable(f"malformed: {type(error).__name__}") from None
    try:
        await aiosmtplib.send(
            mail,
            hostname=url.hostname,
            port=url.port or (465 if secure else 587),
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            use_tls=secure,
            start_tls=False if secure or local else True if url.username else None,
            tls_context=None if local else ssl.create_default_context(),
            timeout=TIMEOUT,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        codes = [refused.code for refused in error.recipients]
        if all(500 <= code < 600 for code in codes):
            raise Undeliverable(f"refused {codes[0]}") from None
        raise
    except aiosmtplib.SMTPDataError as error:
        if 500 <= error.code < 600:
            raise Undeliverable(f"refused {error.code}") from None
        raise


def compose(message: Message) -> EmailMessage:
    """The mail as it goes over the wire. Its Message-ID comes from the outbox's key, so that a doubled one is known as such."""
    from_, mail = sender(), message.content
    made = EmailMessage()
    made["From"] = _address(practice().name, from_)
    made["To"] = _address(mail["name"], mail["to"])
    if mail["reply_to"]:
        made["Reply-To"] = _address("", mail["reply_to"])
    made["Subject"] = " ".join(mail["subject"].split())
    made["Date"] = format_datetime(message.created)
    made["Message-ID"] = f"<{hashlib.sha256(message.key.encode()).hexdigest()[:32]}@{from_.partition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(mail["text"])
    made.add_alternative(mail["html"], subtype="html")
    if mail["ics"]:
        # Inside, calendars see it (RFC 6047); beside, everybody else can save it.
        made.add_alternative(mail["ics"].encode(), "text", "calendar", params={"method": mail["method"], "charset": "utf-8"})
        made.add_attachment(mail["ics"].encode(), "application", "ics", filename="appointment.ics")
    return made


def _address(name: str, address: str) -> Address:
    user, _, domain = address.strip().rpartition("@")
    return Address(" ".join(name.split()), user, domain)


def _url() -> str:
    url = settings().smtp_url
    if url is None:
        raise SettingsError("SMTP_URL is not set; write it like smtp://user:password@mail.example.com:587.")
    return url.get_secret_value()
