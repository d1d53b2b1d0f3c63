"""What a long life costs: memory and disk after many messages in many conversations, and whether the answers are still as fast.

    python bench/growth.py [--quick] [--full] [--json FILE]

20,000 messages in 400 conversations; with --quick 2,000 in 40, with --full 100,000 in 2,000 (about half an hour).
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from client import Process, Talk, legwork, timed
from common import arguments, finish, machine, newest_model, table
from serving import QUESTIONS

MESSAGES_A_CONVERSATION = 50
AT_ONCE = 8
FULL = "--full" in sys.argv


async def talk(server: Process, conversations: int) -> list[float]:
    """Has so many conversations of fifty messages, eight at a time."""
    left, times = iter(range(conversations)), []

    async def client() -> None:
        for _ in left:
            times.extend(await timed(Talk(server.port), islice(cycle(QUESTIONS), MESSAGES_A_CONVERSATION)))

    await asyncio.gather(*(client() for _ in range(AT_ONCE)))
    return times


def measure(conversations: int) -> list[dict[str, float]]:
    """A row at the start, when everything was used once, and after each quarter of the messages."""
    rows = []
    with tempfile.TemporaryDirectory() as var:
        server = legwork(Path(var))
        try:

            def note(messages: int, seconds: float) -> None:
                alone = asyncio.run(timed(Talk(server.port), QUESTIONS * 5))
                disk = sum(file.stat().st_size for file in Path(var).rglob("*")) / 1e6
                figures = {
                    "messages": messages,
                    "resident MB": server.resident(),
                    "disk MB": disk,
                    "answer ms": statistics.median(alone),
                }
                rows.append({**figures, "answers/s": messages and conversations // 4 * MESSAGES_A_CONVERSATION / seconds})

            asyncio.run(talk(server, AT_ONCE))
            note(0, 1)
            for quarter in range(1, 5):
                began = time.perf_counter()
                asyncio.run(talk(server, conversations // 4))
                note(quarter * (conversations // 4) * MESSAGES_A_CONVERSATION, time.perf_counter() - began)
        finally:
            server.stop()
    return rows


def main() -> None:
    """Prints the rows."""
    if FULL:
        sys.argv.remove("--full")
    args = arguments(__doc__)
    newest_model()
    print(machine())
    rows = measure(40 if args.quick else 2000 if FULL else 400)
    table("Growth", tuple(rows[0]), [tuple(row.values()) for row in rows])
    more = rows[-1]["resident MB"] / rows[0]["resident MB"]
    print(f"\nMemory at the end: {more:.2f} times that of the start (bar 1.10).")
    finish({"rows": rows, "memory ratio": more}, args.json)


if __name__ == "__main__":
    main()
