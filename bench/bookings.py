"""Booking under a crowd and under kill -9: how fast, how often twice, what was lost.

PostgreSQL is measured when LEGWORK_TEST_POSTGRES names a server.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from common import arguments, finish, table

ATTEMPTS, TIMES = 2000, 40
KILLS_A_RUN = 20


def crowd(folder: Path, url: str | None) -> dict[str, Any]:
    """2,000 attempts on 40 times at once, then a hundred plain requests one after the other.

    Args:
        folder: for the database and the settings.
        url: of the database; None for SQLite in `folder`.
    """
    import datetime as dt

    from legwork import settings
    from legwork.bookings import store
    from legwork.storage import conversations, engine

    os.environ["LEGWORK_VAR"] = str(folder)
    os.environ["LEGWORK_DATABASE_URL"] = url or ""
    settings.forget()
    engine.engine.cache_clear()
    conversation = conversations.open_conversation("web", "crowd").id
    first = dt.datetime(2030, 1, 1, 14, tzinfo=dt.timezone.utc)

    def details(name: str, start: dt.datetime) -> dict[str, Any]:
        usual = {"session": "cupping", "minutes": 60, "areas": ["calves"], "wish": "then", "phone": "+15085550142", "email": None}
        return {"conversation": conversation, "channel": "web", "windows": [(start, start)], "name": name, "notes": [], **usual}

    def attempt(number: int) -> tuple[str, float]:
        start = first + dt.timedelta(minutes=75 * (number % TIMES))
        began = time.perf_counter()
        try:
            answer = store.request(**details(f"Client {number}", start), start=start).status
        except store.Taken:
            answer = "taken"
        return answer, time.perf_counter() - began

    began = time.perf_counter()
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(attempt, range(ATTEMPTS)))
    seconds = time.perf_counter() - began
    plain = []
    for number in range(100):
        began = time.perf_counter()
        store.request(**details(f"Plain {number}", first))
        plain.append((time.perf_counter() - began) * 1000)
    counts = Counter(answer for answer, _ in answers)
    engine.engine().dispose()
    return {
        "confirmed": counts["confirmed"],
        "taken": counts["taken"],
        "unanswered": ATTEMPTS - counts["confirmed"] - counts["taken"],
        "seconds": seconds,
        "slowest_ms": max(taken for _, taken in answers) * 1000,
        "request_median_ms": statistics.median(plain),
    }


def over_the_web(folder: Path, requests: int = 60) -> dict[str, float]:
    """The client's yes to the read-back, by which a request is stored: the whole HTTP request, one after the other.

    Args:
        folder: for the server's data.
        requests: so many conversations.
    """
    from tests.conftest import Server, Talk

    server, taken, processor = Server(folder), [], 0.0
    try:
        for _ in range(requests):
            talk = Talk(server.url)
            talk.say("60 min MFR for my calves next tues after 5, Dana, 508-555-0142")
            before, began = processor_seconds(server.process.pid), time.perf_counter()
            talk.say("yes")
            taken.append((time.perf_counter() - began) * 1000)
            processor += processor_seconds(server.process.pid) - before
        stored = len(server.run("bookings", "--json").splitlines())
    finally:
        server.stop()
    return {
        "requests": requests,
        "stored": stored,
        "median_ms": statistics.median(taken),
        "p95_ms": sorted(taken)[-requests // 20],
        "fastest_ms": min(taken),
        "processor_ms": processor * 1000 / requests,
    }


def processor_seconds(pid: int) -> float:
    """What a process has used of the processors, which other work on the machine doesn't change."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def killed(kills: int) -> dict[str, int]:
    """`kill -9` at random moments, in runs of twenty."""
    from tests.doubles import killing
    from tests.doubles.smtp import Smtp

    smtp, total = Smtp(), Counter()
    for run in range(0, kills, KILLS_A_RUN):
        with tempfile.TemporaryDirectory() as folder:
            tally = killing.run(Path(folder), smtp, min(KILLS_A_RUN, kills - run), seed=run)
        total.update(kills=tally.kills, acknowledged=tally.acknowledged, standing=tally.standing)
        total.update(lost=len(tally.wrong), messages=tally.messages, doubled=tally.doubled)
        for line in tally.wrong:
            print(line)
    smtp.stop()
    return dict(total)


def main() -> None:
    """Prints both tables."""
    chosen = arguments(__doc__)
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        figures["sqlite"] = crowd(Path(folder), None)
    if os.environ.get("LEGWORK_TEST_POSTGRES"):
        from tests.doubles import databases

        with tempfile.TemporaryDirectory() as folder, databases.postgres() as url:
            figures["postgresql"] = crowd(Path(folder), url)
    head = ["confirmed", "taken", "unanswered", "seconds", "slowest_ms", "request_median_ms"]
    rows = [[name, *(each[key] for key in head)] for name, each in figures.items()]
    table(f"{ATTEMPTS} attempts on {TIMES} times, 64 at once", ["database", *head], rows)
    with tempfile.TemporaryDirectory() as folder:
        figures["web"] = over_the_web(Path(folder))
    table("a stored request over the web channel", list(figures["web"]), [list(figures["web"].values())])
    figures["killed"] = killed(10 if chosen.quick else 100)
    table("kill -9 during bookings", list(figures["killed"]), [list(figures["killed"].values())])
    finish(figures, chosen.json)


if __name__ == "__main__":
    main()
