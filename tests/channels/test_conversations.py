"""Whole conversations through the trained bot, each by text message and in Messenger, over signed webhooks.

A file is a list of steps. A step has `client` (a message, or a list of them sent within a moment) or `tap` (a choice, by its
number on the phone) or `menu` (an item of Messenger's), and what must follow: `says` and `never` (pieces of the answer), `offers` (titles), `silent: true`.
`picture: true` sends one along. What holds on one door only stands under `sms` or `messenger`.
`booking: {…}` checks what the conversation has stored, `booking: null` that it is nothing; `question` a piece of what Jessica got.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from tests.channels.conftest import PUBLIC_URL, _serve, environment
from tests.conftest import MONDAY, Server
from tests.doubles.meta import Meta
from tests.doubles.talking import Answer, Messaging, Texting
from tests.doubles.twilio import Twilio

FILES = sorted((Path(__file__).parent / "conversations").glob("*.yml"))
DOORS = ("sms", "messenger")
NUMBERS = count(1)
pytestmark = pytest.mark.model


class Quick(Server):
    """Legwork as it is, with shorter bursts."""

    module = "tests.doubles.quick"


@dataclass
class Town:
    """A server with both doors open, and the doubles of its providers in a loop of their own."""

    server: Server
    meta: Meta
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs in the doubles' loop."""
        asyncio.run_coroutine_threadsafe(work, self.loop).result(120)

    def client(self, door: str, http: httpx.AsyncClient) -> Texting | Messaging:
        """Somebody who never wrote before."""
        number = next(NUMBERS)
        if door == "sms":
            return Texting(http, PUBLIC_URL, f"+1508555{number:04}")
        return Messaging(http, self.meta, self.server.var / "legwork.sqlite3", str(900000 + number))

    def stored(self, what: str) -> list[dict[str, Any]]:
        """Bookings or questions, the oldest first."""
        return [json.loads(line) for line in self.server.run(what, "--json").splitlines()]


@pytest.fixture(scope="module")
def town(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One for all conversations."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    phones, people, var = Twilio(), Meta(), tmp_path_factory.mktemp("town")
    served = [asyncio.run_coroutine_threadsafe(_serve(double.app()), loop).result(10) for double in (phones, people)]
    settings = environment(var, served[0][1], served[1][1]) | {"LEGWORK_CLOCK": MONDAY}
    server = Quick(**settings | {"var": var})
    yield Town(server, people, loop)
    server.stop()
    for runner, _ in served:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_conversation(file: Path, door: str, town: Town) -> None:
    """The conversation goes as its file says, on the phone and in Messenger."""
    steps = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    town.run(_talk(town, door, [{**step, **step.get(door, {})} for step in steps], file.stem))


async def _talk(town: Town, door: str, steps: list[dict[str, Any]], name: str) -> None:
    answer = Answer()
    booked = len(await asyncio.to_thread(town.stored, "bookings")) if any("booking" in step for step in steps) else 0
    async with httpx.AsyncClient(base_url=town.server.url, timeout=20, trust_env=False) as http:
        client = town.client(door, http)
        for number, step in enumerate(steps, 1):
            if "booking" in step:
                _check_booking(step["booking"], (await asyncio.to_thread(town.stored, "bookings"))[booked:])
            elif "question" in step:
                assert step["question"] in (await asyncio.to_thread(town.stored, "questions"))[-1]["text"]
            else:
                answer = await _step(client, step, answer)
                _check(answer, step, f"{name} on {door}, step {number}")


async def _step(client: Texting | Messaging, step: dict[str, Any], before: Answer) -> Answer:
    if "tap" in step:
        return await client.tap(step["tap"], before)
    if "menu" in step and isinstance(client, Messaging):
        return await client.menu(step["menu"])
    said = step["client"]
    return await client.say(*([said] if isinstance(said, str) else said), picture=step.get("picture", False))


def _check(answer: Answer, step: dict[str, Any], where: str) -> None:
    shown = f"{where}: {answer.texts} {list(answer.choices)}"
    assert bool(answer.texts) != step.get("silent", False), shown
    for piece in step.get("says", []):
        assert piece.lower() in answer.text.lower(), f"{shown}\nlacks {piece!r}"
    for piece in step.get("never", []):
        assert piece.lower() not in answer.text.lower(), f"{shown}\nholds {piece!r}"
    for title in step.get("offers", []):
        assert title in answer.choices, f"{shown}\ndoes not offer {title!r}"


def _check_booking(expected: dict[str, Any] | None, stored: list[dict[str, Any]]) -> None:
    if expected is None:
        assert stored == []
        return
    [row] = stored
    assert {name: row[name] for name in expected} == expected
