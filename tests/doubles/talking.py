"""Clients who talk to a running Legwork by text message and in Messenger, and what they must never see."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from legwork.channels import segments
from legwork.channels.messenger_setup import MENU
from tests.doubles.meta import Meta, Person
from tests.doubles.twilio import Phone

HIDDEN = re.compile(r"/choose|utter_|\{\w*\}|\*\*|</?\w+>|\]\(http")
"""Payloads, names, placeholders and markup."""

BETWEEN = 0.05
"""Seconds between the messages of a burst."""

PATIENCE = 15.0
MEDIA = "https://media.localhost/picture.jpg"


@dataclass
class Answer:
    """What came back for one step."""

    texts: list[str] = field(default_factory=list)
    choices: dict[str, str] = field(default_factory=dict)
    """Title → what is sent when it is tapped: a digit, or a payload."""

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.texts)


class Texting:
    """A client with a phone."""

    def __init__(self, client: httpx.AsyncClient, public_url: str, number: str) -> None:
        """`client` reaches the server."""
        self._phone = Phone(client, public_url, number)

    async def say(self, *texts: str, picture: bool = False) -> Answer:
        """Texts, several of them within a moment, and the answer."""
        more = {"NumMedia": 1, "MediaUrl0": MEDIA, "MediaContentType0": "image/jpeg"} if picture else {}
        waiting = []
        for text in texts:
            waiting.append(asyncio.create_task(self._phone.text(text, **more)))
            await asyncio.sleep(BETWEEN)
        *superseded, last = await asyncio.gather(*waiting)
        assert not any(superseded), f"a burst was answered more than once: {superseded}"
        for text in last:
            assert segments.is_gsm(text) and segments.count(text) <= (3 if "Is that right?" in text else 2), text
            assert not HIDDEN.search(text), text
        assert len(last) <= 3 if "Text HELP" in "".join(last) else len(last) <= 2, last
        lines = re.findall(r"^(\d) (.+)$", "\n".join(last), re.MULTILINE)
        return Answer(last, {title: digit for digit, title in lines})

    async def tap(self, title: str, before: Answer) -> Answer:
        """Picks a choice by its number."""
        return await self.say(before.choices[title])


class Messaging:
    """A client in Messenger."""

    def __init__(self, client: httpx.AsyncClient, meta: Meta, database: Path, number: str) -> None:
        """`client` reaches the server; `database` tells when it has nothing more to say."""
        self._person, self._meta, self._database = Person(client, number), meta, database

    async def say(self, *texts: str, picture: bool = False) -> Answer:
        """Messages, several of them within a moment, and the answer."""
        more = {"attachments": [{"type": "image", "payload": {"url": MEDIA}}]} if picture else {}
        return await self._sent([self._person.message(text or None, **more) for text in texts])

    async def tap(self, title: str, before: Answer) -> Answer:
        """Taps a quick reply."""
        return await self._sent([self._person.message(title, quick_reply={"payload": before.choices[title]})])

    async def menu(self, title: str) -> Answer:
        """Taps an item of the page's menu."""
        payload = next(payload for each, payload in MENU if each == title)
        return await self._sent(
            [self._person.event(postback={"mid": f"m_{time.monotonic_ns()}", "title": title, "payload": payload})]
        )

    async def _sent(self, events: Sequence[dict[str, Any]]) -> Answer:
        known = len(self._meta.sent)
        for event in events:
            assert (await self._person.send(event)).status_code == 200
            await asyncio.sleep(BETWEEN)
        await self._until_answered()
        answer = Answer()
        for _, message in self._meta.sent[known:]:
            answer.texts.append(message["text"] if "text" in message else message["attachment"]["payload"]["text"])
            answer.choices = {reply["title"]: reply["payload"] for reply in message.get("quick_replies", ())}
        shown = answer.text + "".join(answer.choices)
        assert not HIDDEN.search(shown), shown
        assert self._meta.violations == []
        return answer

    async def _until_answered(self) -> None:
        """Waits until every message has its answer and every answer is sent."""
        end = time.monotonic() + PATIENCE
        waiting = "SELECT (SELECT count(*) FROM inbox WHERE answered IS NULL) + (SELECT count(*) FROM outbox WHERE sent IS NULL AND failed IS NULL)"
        while True:
            with sqlite3.connect(self._database) as database:
                if not database.execute(waiting).fetchone()[0]:
                    return
            assert time.monotonic() < end, "no answer came"
            await asyncio.sleep(0.02)
