"""Thousands of genuine deliveries with duplicates, out of order, to a server that is killed again and again."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Coroutine
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx

from tests.doubles import twilio
from tests.doubles.meta import Meta, Person
from tests.doubles.twilio import Phone, Twilio

DUPLICATES = 0.3
SENDERS = 60
AT_ONCE = 40
STILL_SECONDS = 0.3
"""Between a kill and the next start: what was on its way then is taken, and nothing else is."""


@dataclass(frozen=True)
class Kill:
    """What was found between the death of one process and the start of the next."""

    at: float
    """When the next one was started; what was taken before that, a dead process had sent."""
    unsent: frozenset[str]
    """Messages whose answers the database didn't know as sent."""


@dataclass
class Outcome:
    """What became of the deliveries."""

    messages: int
    posts: int = 0
    kills: list[Kill] = field(default_factory=list)
    answers: dict[str, list[float]] = field(default_factory=dict)
    """When each message's answers were taken by the provider."""

    @property
    def unanswered(self) -> int:
        """Messages without an answer."""
        return self.messages - len(self.answers)

    @property
    def doubled(self) -> int:
        """Messages that were answered more than once."""
        return sum(len(times) > 1 for times in self.answers.values())

    @property
    def unexplained(self) -> list[str]:
        """Messages answered once more without need: not between a dead process's acceptance and its commit.

        Needed is an answer that was taken before a kill, that the database did not know as sent, and that was taken again after.
        """
        return [
            name
            for name, times in self.answers.items()
            for one, other in pairwise(sorted(times))
            if not any(name in kill.unsent and one < kill.at < other for kill in self.kills)
        ]


class Server:
    """The server in processes of its own."""

    def __init__(self, port: int, environment: dict[str, str], database: Path) -> None:
        """Starts it; `database` is where it keeps what it knows."""
        root = Path(__file__).parents[2]
        command = [sys.executable, "-W", "ignore", "-m", "tests.doubles.served", str(port)]
        self._process = subprocess.Popen(
            command, cwd=root, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._database = database
        self._child = self._next()

    def _next(self) -> int:
        return int(self._process.stdout.readline())

    async def kill(self) -> Kill:
        """Kills what serves, as a power cut would, looks at what it left, and lets another start."""
        self._process.send_signal(signal.SIGSTOP)  # so that none starts meanwhile
        os.kill(self._child, signal.SIGKILL)
        await asyncio.sleep(STILL_SECONDS)
        with closing(sqlite3.connect(self._database)) as database:
            rows = database.execute("SELECT content FROM outbox WHERE sent IS NULL AND failed IS NULL").fetchall()
        kill = Kill(
            time.monotonic(), frozenset(name for row in rows for name in re.findall(r"\bm\d+\b", row[0].replace("\\n", " ")))
        )
        self._process.send_signal(signal.SIGCONT)
        self._child = await asyncio.to_thread(self._next)
        return kill

    def stop(self) -> None:
        """Ends both."""
        self._process.kill()
        self._process.wait()
        os.kill(self._child, signal.SIGKILL)


async def deliver(
    count: int, kill_every: int, port: int, server: Server, public_url: str, phones: Twilio, people: Meta
) -> Outcome:
    """Delivers `count` messages, half of them texts, as their providers do: each until it is acknowledged.

    Args:
        count: messages; about a third as many duplicates come on top.
        kill_every: deliveries between two kills.
        port: where the server listens.
        server: to be killed.
        public_url: what Twilio was told to call.
        phones: the double of Twilio that the server sends through.
        people: the double of Meta that the server sends through.
    """
    chance = random.Random(8)
    outcome = Outcome(count)
    heard: dict[str, list[tuple[float, str]]] = defaultdict(list)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=15, trust_env=False) as client:
        senders = [Phone(client, public_url, f"+1508555{1000 + n}") for n in range(SENDERS // 2)]
        writers = [Person(client, str(900000 + n)) for n in range(SENDERS // 2)]
        orders = [_order(n, chance.choice(senders if n % 2 else writers)) for n in range(count)]
        posts = orders + [chance.choice(orders) for _ in range(int(count * DUPLICATES))]
        # A little out of order, as retries make it.
        posts.sort(key=lambda order: order["n"] + chance.uniform(0, 30))
        limit = asyncio.Semaphore(AT_ONCE)

        async def one(order: dict[str, Any]) -> None:
            async with limit:
                while True:
                    try:
                        answer = await _post(order)
                    except (httpx.HTTPError, AttributeError):  # anyio trips over a socket that is closed while it connects
                        await asyncio.sleep(0.05)
                        continue
                    assert answer.status_code == 200, answer.text
                    if isinstance(order["by"], Phone):
                        heard[order["by"].number] += [(time.monotonic(), text) for text in twilio.twiml(answer)]
                    return

        tasks = []
        for number, order in enumerate(posts, start=1):
            tasks.append(asyncio.create_task(one(order)))
            await asyncio.sleep(0.002)
            outcome.posts += 1
            if number % kill_every == 0:
                outcome.kills.append(await server.kill())
        await asyncio.gather(*tasks)
        await _until_all_said(orders, heard, phones, people)
    for order in orders:
        said = _said(order["by"], heard, phones, people)
        times = [at for at, text in said for _ in re.findall(rf"\bm{order['n']}\b", text)]
        if times:
            outcome.answers[f"m{order['n']}"] = times
    return outcome


def _order(n: int, by: Phone | Person) -> dict[str, Any]:
    number = f"SM{n:032x}" if isinstance(by, Phone) else f"m_{n}"
    return {
        "n": n,
        "by": by,
        "what": by.fields(f"m{n}", sid=number) if isinstance(by, Phone) else by.message(f"m{n}", mid=number),
    }


def _post(order: dict[str, Any]) -> Coroutine[Any, Any, httpx.Response]:
    by = order["by"]
    return by.post(order["what"]) if isinstance(by, Phone) else by.send(order["what"])


def _said(by: Phone | Person, heard: dict[str, list[tuple[float, str]]], phones: Twilio, people: Meta) -> list[tuple[float, str]]:
    if isinstance(by, Person):
        return people.taken(by.number)
    return heard[by.number] + [(sent.at, sent.text) for sent in phones.sent if sent.to == by.number]


async def _until_all_said(
    orders: list[dict[str, Any]], heard: dict[str, list[tuple[float, str]]], phones: Twilio, people: Meta
) -> None:
    """Waits until nothing has come for a while; what is not said then is unanswered."""
    before, still = -1, 0
    while still < 16:
        await asyncio.sleep(0.5)
        now = len(phones.sent) + len(people.sent)
        still = still + 1 if now == before else 0
        before = now
