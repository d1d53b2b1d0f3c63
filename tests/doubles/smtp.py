"""A real SMTP server in a thread, which keeps what it accepts and can be told to refuse or to be slow."""

from __future__ import annotations

import email
import email.policy
import time
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Smtp:
    """Listens on this machine. Stopping and starting keeps the port and the mail."""

    def __init__(self, port: int = 0) -> None:
        """Starts on `port`, or on a free one."""
        self.mails: list[EmailMessage] = []
        self.answer = "250 taken"
        self.delay = 0.0
        self._controller: Controller | None = None
        self.port = port
        self.start()

    @property
    def url(self) -> str:
        """For SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        """What was accepted for this receiver, in order."""
        return [mail for mail in self.mails if address in str(mail["To"])]

    def start(self) -> None:
        """Listens, again after a stop."""
        from tests.conftest import free_port

        self.port = self.port or free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Refuses connections until it is started again."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Takes or refuses one mail."""
        if self.delay:
            time.sleep(self.delay)
        if self.answer.startswith("250"):
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return self.answer
