"""Forged, replayed, truncated and mutated webhooks, and how fast genuine ones are acknowledged while Meta takes five seconds a call.

`python bench/webhooks.py [--quick] [--json FILE]`. The model is a stand-in: what is measured are the doors.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import common
from tests.channels.conftest import _serve, environment, forget, serving
from tests.doubles.agent import Agent
from tests.doubles.forgery import forged
from tests.doubles.meta import Meta, Person
from tests.doubles.twilio import Twilio


async def forgeries(client: httpx.AsyncClient, agent: Agent, count: int) -> dict[str, int]:
    """How many forged webhooks were accepted or answered 5xx."""
    statuses: dict[int, int] = {}
    for post in forged(count):
        status = (await post(client)).status_code
        statuses[status] = statuses.get(status, 0) + 1
    accepted = sum(count for status, count in statuses.items() if status < 400)
    broken = sum(count for status, count in statuses.items() if status >= 500)
    return {"forged": count, "accepted": accepted, "answered_5xx": broken, "turns": len(agent.heard)}


async def web_median(client: httpx.AsyncClient, count: int) -> float:
    """Median milliseconds of a web message."""
    made = (await client.post("/chat/conversations")).json()
    headers, times = {"Authorization": f"Bearer {made['token']}"}, []
    for number in range(count):
        started = time.perf_counter()
        answer = await client.post(
            "/chat/messages", json={"id": str(number) + made["conversation"], "text": "hello"}, headers=headers
        )
        times.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200
        await asyncio.sleep(0.02)
    return statistics.median(times)


async def slow_provider(client: httpx.AsyncClient, meta: Meta, count: int) -> dict[str, float]:
    """Acknowledgement of Messenger events, and the web's median, while each call to Meta takes five seconds."""
    usual = await web_median(client, count)
    meta.delay = 5.0
    acknowledged: list[float] = []

    async def write() -> None:
        for number in range(count * 2):
            started = time.perf_counter()
            await Person(client, str(700000 + number)).say(f"hello {number}")
            acknowledged.append((time.perf_counter() - started) * 1000)
            await asyncio.sleep(0.04)

    writing = asyncio.create_task(write())
    meanwhile = await web_median(client, count)
    await writing
    return {
        "acknowledged_p99_ms": round(statistics.quantiles(acknowledged, n=100)[98], 1),
        "acknowledged_median_ms": round(statistics.median(acknowledged), 1),
        "web_median_ms": round(usual, 1),
        "web_median_meanwhile_ms": round(meanwhile, 1),
    }


async def measure(quick: bool) -> dict[str, float]:
    """Both, on a database of its own."""
    phones, people = Twilio(), Meta()
    runners = [await _serve(phones.app()), await _serve(people.app())]
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(environment(Path(folder), runners[0][1], runners[1][1]))
        forget()
        agent = Agent()
        async with serving(agent) as client:
            figures: dict[str, float] = dict(await forgeries(client, agent, 1000 if quick else 10_000))
            figures |= await slow_provider(client, people, 50 if quick else 200)
    for runner, _ in runners:
        await runner.cleanup()
    return figures


def main() -> None:
    """Prints the table."""
    options = common.arguments(__doc__)
    figures = asyncio.run(measure(options.quick))
    common.table("Webhooks", ("what", "figure"), list(figures.items()))
    common.finish(figures, options.json)


if __name__ == "__main__":
    main()
