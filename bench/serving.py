"""How fast Legwork starts and answers, what it carries and holds, beside the `rasa init` default bot in the same run.

    python bench/serving.py [--quick] [--json FILE]

Both are real servers on loopback, each in a process of its own, one after the other: Legwork over its web channel with its whole
path (rate limits off), the default bot over Rasa's REST channel. The client shares the machine. About four minutes; the first run
trains the default bot as well.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from client import Process, RasaTalk, Talk, free_port, legwork, share, timed
from common import ROOT, arguments, finish, machine, newest_model, table

QUESTIONS = ("what do i wear", "do you do cupping", "how long is a session", "is there parking", "do i tip", "what about hills")
COMPLAINT = "my quads are sore for three weeks, no race"
SMALL_TALK = ("hi", "i am great", "bye", "are you a bot", "i am sad", "yes")
CLIENTS = 16
BARS = {
    "ready s": 2.5,
    "answer ms": 10,
    "answer p99 ms": 30,
    "custom action ms": 12,
    "turn 300 / turn 5": 1.2,
    "answers/s, 16 clients": 90,
    "p99 ms, 16 clients": 250,
    "resident MB": 400,
}


async def figures(new: Any, port: int, texts: tuple[str, ...], deep: int, seconds: float) -> dict[str, float]:
    """What is measured of both."""
    await timed(new(port), texts * 3)  # warm-up
    answers = [ms for _ in range(40) for ms in await timed(new(port), texts)]
    found = {"answer ms": statistics.median(answers), "answer p99 ms": share(answers, 0.99)}
    # Several conversations, so that turn 5 and the last are each the middle of many.
    early, late = [], []
    for _ in range(3):
        times = await timed(new(port), islice(cycle(texts), deep))
        early += times[3:9]
        late += times[-6:]
    found["turn 5 ms"], found[f"turn {deep} ms"] = statistics.median(early), statistics.median(late)
    found[f"turn {deep} / turn 5"] = found[f"turn {deep} ms"] / found["turn 5 ms"]
    found |= await load(new, port, texts, seconds)
    return found


async def load(new: Any, port: int, texts: tuple[str, ...], seconds: float) -> dict[str, float]:
    """Many clients at once, each asking on as soon as it is answered; a conversation has ten messages."""
    until, times = time.perf_counter() + seconds, []

    async def ask() -> None:
        while time.perf_counter() < until:
            times.extend(await timed(new(port), islice(cycle(texts), 10)))

    began = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(CLIENTS)))
    return {
        f"answers/s, {CLIENTS} clients": len(times) / (time.perf_counter() - began),
        f"p99 ms, {CLIENTS} clients": share(times, 0.99),
    }


def of_legwork(quick: bool, **environment: str) -> dict[str, float]:
    """Legwork's figures."""
    with tempfile.TemporaryDirectory() as var:
        server = legwork(Path(var), **environment)
        try:
            fresh = server.resident()
            found = {"ready s": server.ready, **asyncio.run(figures(Talk, server.port, QUESTIONS, *_size(quick)))}

            async def advised() -> list[float]:
                return [ms for _ in range(60) for ms in await timed(Talk(server.port), (COMPLAINT,))]

            found["custom action ms"] = statistics.median(asyncio.run(advised()))
            return {**found, "resident at start MB": fresh, "resident MB": server.resident()}
        finally:
            server.stop()


def of_default_bot(quick: bool) -> dict[str, float]:
    """The figures of what `rasa init` makes, trained once and kept under build/."""
    folder = ROOT / "build" / "default_bot"
    rasa = str(Path(sys.executable).with_name("rasa"))
    if not list(folder.glob("models/*.tar.gz")):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run([rasa, "init", "--no-prompt", "--init-dir", str(folder)], check=True, capture_output=True)
    port = free_port()
    server = Process([rasa, "run", "--port", str(port), "--enable-api"], port, "/status", cwd=folder)
    try:
        fresh = server.resident()
        deep, seconds = _size(quick)
        found = {"ready s": server.ready, **asyncio.run(figures(RasaTalk, port, SMALL_TALK, deep, min(seconds, 10)))}
        return {**found, "resident at start MB": fresh, "resident MB": server.resident()}
    finally:
        server.stop()


def _size(quick: bool) -> tuple[int, float]:
    """(turns of a long conversation, seconds of load)."""
    return (60, 5.0) if quick else (300, 20.0)


def main() -> None:
    """Measures both and prints them side by side."""
    args = arguments(__doc__)
    newest_model()
    print(machine())
    ours, beside = of_legwork(args.quick), of_legwork(True, LEGWORK_TENSORFLOW="on")
    theirs = of_default_bot(args.quick)
    rows = [
        (name, value, BARS.get(name, "–"), beside.get(name, "–"), theirs.get(name, "–"), _ratio(name, value, theirs))
        for name, value in ours.items()
    ]
    head = ("figure", "Legwork", "bar", "with TensorFlow", "rasa init", "times better")
    table("Legwork beside the default bot", head, rows)
    finish({"legwork": ours, "with tensorflow": beside, "rasa init": theirs, "bars": BARS}, args.json)


def _ratio(name: str, value: float, theirs: dict[str, float]) -> str:
    if name not in theirs:
        return "–"
    return f"{value / theirs[name] if name.startswith('answers/s') else theirs[name] / value:.1f}"


if __name__ == "__main__":
    main()
