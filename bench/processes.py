"""Several processes on one PostgreSQL and Redis: what they carry together, and what is lost when they are killed (nothing).

    scripts/with-services .venv/bin/python bench/processes.py [--quick] [--json FILE]

`scripts/with-services` starts both for it; it makes a database of its own. Clients go to another process with each message. In the second part a process is
killed (kill -9) every few seconds and started again; a client whose connection breaks repeats its message elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
import uuid
from itertools import cycle, islice
from pathlib import Path

import sqlalchemy as sa
from client import Process, Talk, legwork, share
from common import arguments, finish, machine, newest_model, table
from serving import CLIENTS, QUESTIONS

from tests.doubles import databases

COUNT = 3
MESSAGES_A_CONVERSATION = 10


class Outcome:
    """What clients saw."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.times: list[float] = []
        self.repeated = 0
        self.sent: dict[str, str] = {}


async def clients(servers: list[Process], seconds: float, patient: bool = False) -> Outcome:
    """Sixteen clients that talk for so long, each message to the next process."""
    outcome, until = Outcome(), time.perf_counter() + seconds

    async def ask(first: int) -> None:
        ports = cycle([server.port for server in servers[first % len(servers) :] + servers[: first % len(servers)]])
        while time.perf_counter() < until:
            talk = Talk(next(ports))
            await _persist(talk, ports, talk.open, outcome, patient)
            for text in islice(cycle(QUESTIONS), MESSAGES_A_CONVERSATION):
                talk.go_to(next(ports))
                number, began = uuid.uuid4().hex, time.perf_counter()
                outcome.sent[number] = text
                await _persist(talk, ports, lambda: talk.answer(text, number), outcome, patient)  # noqa: B023  # called at once
                outcome.times.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(ask(number) for number in range(CLIENTS)))
    return outcome


async def _persist(talk: Talk, ports: cycle, call: object, outcome: Outcome, patient: bool) -> None:
    while True:
        try:
            await call()
            return
        except (OSError, asyncio.IncompleteReadError, IndexError, RuntimeError):
            if not patient:
                raise
            outcome.repeated += 1
            talk.go_to(next(ports))
            await asyncio.sleep(0.1)


async def chaos(servers: list[Process], seconds: float, every: float) -> tuple[Outcome, int]:
    """The same while a process is killed every few seconds."""
    talking, kills = asyncio.create_task(clients(servers, seconds, patient=True)), 0
    while not talking.done():
        await asyncio.wait([talking], timeout=every)
        if not talking.done():
            victim = servers[kills % len(servers)]
            os.kill(victim.process.pid, signal.SIGKILL)
            victim.process.wait()
            kills += 1
            await asyncio.to_thread(victim.start)
    return talking.result(), kills


def count(database: str, sent: dict[str, str]) -> dict[str, int]:
    """Of the messages sent: those without an answer, those said twice, those that had two turns."""
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT split_part(i.provider_id, ':', 2), i.answered IS NOT NULL,"
                " (SELECT count(*) FROM messages m WHERE m.inbox = i.id AND m.sender = 'client'),"
                " (SELECT count(*) FROM events e WHERE e.sender_id = i.conversation AND e.type_name = 'user'"
                "   AND e.data LIKE '%\"message_id\": \"inbox-' || i.id || '\"%')"
                " FROM inbox i"
            )
        ).all()
    engine.dispose()
    mine = {number: (answered, said, turns) for number, answered, said, turns in rows if number in sent}
    return {
        "messages": len(sent),
        "lost": sum(number not in mine or not mine[number][0] for number in sent),
        "stored twice": sum(said > 1 for _, said, _ in mine.values()),
        "had two turns": sum(turns > 1 for *_, turns in mine.values()),
    }


def measure(database: str, redis: str, quick: bool) -> tuple[list[tuple[float, ...]], dict[str, float]]:
    """Rows of the throughput table, and what came of the kills."""
    shared = {"LEGWORK_DATABASE_URL": database, "LEGWORK_REDIS_URL": redis, "LEGWORK_SECRET": uuid.uuid4().hex}
    seconds, throughput = 8.0 if quick else 20.0, []
    with tempfile.TemporaryDirectory() as var:
        servers = [legwork(Path(var), **shared) for _ in range(COUNT)]
        try:
            for number in range(1, COUNT + 1):
                asyncio.run(clients(servers[:number], 2.0))
                before, began = sum(server.cpu() for server in servers), time.perf_counter()
                found = asyncio.run(clients(servers[:number], seconds))
                spent = time.perf_counter() - began
                cores = (sum(server.cpu() for server in servers) - before) / spent
                throughput.append((number, len(found.times) / spent, share(found.times, 0.5), share(found.times, 0.99), cores))
            outcome, kills = asyncio.run(chaos(servers, 40.0 if quick else 180.0, 10.0))
            figures = {"kills": kills, **count(database, outcome.sent), "repeated by clients": outcome.repeated}
            return throughput, {**figures, "p99 ms": round(share(outcome.times, 0.99))}
        finally:
            for server in servers:
                server.stop()


def main() -> None:
    """Prints both tables."""
    args = arguments(__doc__)
    newest_model()
    redis = os.environ.get("LEGWORK_TEST_REDIS")
    if not os.environ.get("LEGWORK_TEST_POSTGRES") or not redis:
        sys.exit("This needs PostgreSQL and Redis: scripts/with-services .venv/bin/python bench/processes.py")
    print(machine())
    with databases.postgres() as database:
        throughput, figures = measure(database, redis, args.quick)
    table("Throughput", ("processes", "answers/s", "median ms", "p99 ms", "cores used"), throughput)
    print(f"\n{COUNT} processes carry {throughput[-1][1] / throughput[0][1]:.2f} times what one does, on {os.cpu_count()} cores.")
    table("A process killed every ten seconds", ("what", "figure"), list(figures.items()))
    names = ("processes", "answers/s", "median ms", "p99 ms", "cores used")
    finish({"throughput": [dict(zip(names, row)) for row in throughput], "chaos": figures}, args.json)


if __name__ == "__main__":
    main()
