"""A running Legwork that tests made for the double can be pointed at: the same pages, tag and later messages."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, Server
from tests.doubles.office import PRACTICE
from tests.doubles.web_server import WebServer

FACTS = {"phone": "508-555-0100", "privacy_url": "https://practice.example/privacy"}
DELIVER = """
import json, sys
import sqlalchemy as sa
from legwork.channels import events
from legwork.storage.engine import engine
from legwork.storage.schema import conversations

newest = sa.select(conversations.c.id).order_by(sa.text("rowid desc")).limit(1)
with engine().connect() as connection:
    conversation = connection.execute(newest).scalar_one()
for body in json.load(sys.stdin):
    events.deliver(conversation, body, body.pop("from", "legwork"))
"""
"""Stores messages as the desk does, in a process of its own."""


class Running(Server):
    """Legwork with its trained model, live times and the owner's facts, for pages on the double's website."""

    def __init__(self, var: Path, double: WebServer, **environment: str) -> None:
        """Starts it."""
        practice = var / "practice.yml"
        facts = "".join(f"{name}: {json.dumps(value)}\n" for name, value in FACTS.items())
        practice.write_text(facts + PRACTICE.replace("{provider}", "calendar"), encoding="utf-8")
        self._double = double
        settings = {"LEGWORK_PRACTICE": str(practice), "LEGWORK_ALLOWED_ORIGINS": double.site}
        super().__init__(var, **settings | environment)

    @property
    def chat(self) -> str:
        """Its address as it knows it itself, which its links begin with."""
        return f"http://localhost:{self.port}"

    @property
    def site(self) -> str:
        """Address of the website."""
        return self._double.site

    @property
    def tag(self) -> str:
        """The tag of the chat window."""
        return self.tag_with()

    def tag_with(self, attributes: str = "") -> str:
        """The tag with `data-` attributes."""
        return f"<script async src='{self.chat}/chat/widget.js' {attributes}></script>"

    def page(self, path: str = "/", *, body: str | None = None, **parts: Any) -> str:
        """Puts a page on the website; returns its address. By default it has the tag and nothing else."""
        return self._double.page(path, body=self.tag if body is None else body, **parts)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stopped, and back again whatever happens."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Takes calls and answers none."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def push(self, *bodies: dict[str, Any]) -> None:
        """Messages that come later, to the newest conversation."""
        whole = [{"topic": "person", "quick_replies": [], **body} for body in bodies]
        command = [sys.executable, "-c", DELIVER]
        subprocess.run(command, cwd=ROOT, env=self.environment, input=json.dumps(whole), text=True, check=True)
