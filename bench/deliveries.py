"""Ten thousand genuine deliveries to Messenger and SMS, a third of them twice, out of order, and the server killed every 300.

`python bench/deliveries.py [--quick] [--json FILE]`. The model is a stand-in: what is measured is that nothing is lost.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import common
from tests.channels.conftest import PUBLIC_URL, _serve, environment
from tests.channels.test_deliveries import free_port
from tests.doubles.deliveries import Outcome, Server, deliver
from tests.doubles.meta import Meta
from tests.doubles.twilio import Twilio


async def measure(count: int, kill_every: int) -> Outcome:
    """One run on a database of its own."""
    phones, people = Twilio(), Meta()
    runners = [await _serve(phones.app()), await _serve(people.app())]
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        settings = environment(Path(folder), runners[0][1], runners[1][1])
        server = await asyncio.to_thread(Server, port, settings, Path(folder) / "legwork.sqlite3")
        try:
            return await deliver(count, kill_every, port, server, PUBLIC_URL, phones, people)
        finally:
            server.stop()
            for runner, _ in runners:
                await runner.cleanup()


def main() -> None:
    """Prints the table."""
    options = common.arguments(__doc__)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # a killed client is no news here
    started = time.monotonic()
    outcome = asyncio.run(measure(1000 if options.quick else 10_000, 300))
    figures = {
        "messages": outcome.messages,
        "deliveries": outcome.posts,
        "kills": len(outcome.kills),
        "unanswered": outcome.unanswered,
        "answered_twice": outcome.doubled,
        "of_these_not_between_acceptance_and_commit": len(outcome.unexplained),
        "seconds": round(time.monotonic() - started),
    }
    common.table("Deliveries", ("what", "figure"), list(figures.items()))
    common.finish(figures, options.json)


if __name__ == "__main__":
    main()
