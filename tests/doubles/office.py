"""Jessica's office: the desk served for real, a mail server, and what the clients' channels were given."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from sanic import Sanic

from legwork.desk import pages
from legwork.storage import conversations
from tests.doubles.smtp import Smtp

JESSICA = "jessica@practice.example"

PRACTICE = f"""
name: Jessica Weagle, LMT
area: West Boylston, Massachusetts, near Worcester
timezone: America/New_York
email: {JESSICA}
address: 1 Main Street, West Boylston
cancellation_policy: Please cancel at least 24 hours ahead.
hours:
  monday: "9:00-17:00"
  tuesday: "9:00-19:00"
  wednesday: "9:00-17:00"
  thursday: "9:00-17:00"
sessions:
  - {{type: myofascial_release, minutes: 60, price: 100}}
booking:
  provider: {{provider}}
"""


def write_practice(folder: Path, provider: str = "requests") -> Path:
    """A practice.yml with what the desk needs; `provider` may go on with further lines."""
    path = folder / "practice.yml"
    path.write_text(PRACTICE.replace("{provider}", provider), encoding="utf-8")
    return path


@dataclass
class Office:
    """All that a test of the desk needs."""

    http: httpx.AsyncClient
    smtp: Smtp
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """(conversation, message) of what reached clients' channels."""

    async def on_message(self, conversation: str, message: dict[str, Any]) -> None:
        """What the server does with a message: it is stored in the conversation."""
        body = {key: value for key, value in message.items() if key != "from"}
        conversations.add(conversation, message["from"], [body])
        self.heard.append((conversation, message))

    async def mail(self, to: str, subject: str = "", count: int = 1) -> EmailMessage:
        """The `count`-th mail to this receiver whose subject holds `subject`, once it has arrived."""
        found = await until(lambda: [m for m in self.smtp.to(to) if subject in str(m["Subject"])][count - 1 :])
        return found[0]

    async def message(self, count: int = 1) -> tuple[str, dict[str, Any]]:
        """The `count`-th message that reached a channel."""
        return (await until(lambda: self.heard[count - 1 :]))[0]


def text_of(mail: EmailMessage) -> str:
    """A mail's text part."""
    return mail.get_body(("plain",)).get_content()


def path_in(mail: EmailMessage) -> str:
    """Path of the first link of the desk in a mail."""
    return urlsplit(re.search(r"https?://\S+/desk/[^\s#]+", text_of(mail)).group()).path


def calendar_of(mail: EmailMessage) -> str:
    """The invitation in a mail."""
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return part.get_payload(decode=True).decode()


async def until(true: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Waits until something is true, and fails after so long."""
    end = asyncio.get_running_loop().time() + seconds
    while not (value := true()):
        assert asyncio.get_running_loop().time() < end, "it didn't happen in time"
        await asyncio.sleep(0.02)
    return value


@asynccontextmanager
async def opened(smtp: Smtp) -> AsyncIterator[Office]:
    """The desk's pages and its worker, served."""
    Sanic.test_mode = True  # allows one server after the other in a process
    app = Sanic("desk_for_tests", configure_logging=False)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with httpx.AsyncClient(base_url=base, timeout=20, trust_env=False) as http:
        office = Office(http, smtp)
        app.blueprint(pages.blueprint(office.on_message))
        server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.before_start()
        await server.after_start()
        yield office
        await server.before_stop()
        await server.close()
        await server.after_stop()
