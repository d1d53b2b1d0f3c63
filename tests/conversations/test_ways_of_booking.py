"""Conversations with a practice that shows live times, or has a booking page of its own: one server for each way of booking.

The files are those of `test_conversations`, in a folder named for the provider.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.conftest import Server, Talk
from tests.conversations.test_conversations import bookings, check, check_booking
from tests.doubles.cal_com import CalCom
from tests.doubles.office import write_practice

HERE = Path(__file__).parent
EVENT_TYPE = 4711
WAYS = {
    "requests": "requests",
    "calendar": "calendar",
    "link": 'link\n  url: "https://jess.as.me/?appointmentType=12345"',
    "calcom": f"calcom\n  calcom_event_type: {EVENT_TYPE}",
}
"""Provider → what stands for it in practice.yml."""

FILES = {way: sorted((HERE / way).glob("*.yml")) for way in WAYS}
EASTERN = dt.timezone(dt.timedelta(hours=-5))

pytestmark = pytest.mark.model


class CalComInThread:
    """The double with a loop of its own, so that the server's process can reach it."""

    def __init__(self) -> None:
        """Starts it with three open times on Tuesday, December 1."""
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        starts = [dt.datetime(2026, 12, 1, hour, 0, tzinfo=EASTERN) for hour in (9, 13, 17)]
        self.double = CalCom(EVENT_TYPE, starts)
        self.url = asyncio.run_coroutine_threadsafe(self.double.start(), self.loop).result(10)

    def stop(self) -> None:
        """Ends it."""
        asyncio.run_coroutine_threadsafe(self.double.stop(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)


@pytest.fixture(scope="module")
def cal_com() -> Iterator[CalComInThread]:
    """A Cal.com of the tests' own."""
    running = CalComInThread()
    yield running
    running.stop()


@pytest.fixture(scope="module", params=WAYS)
def practice(
    request: pytest.FixtureRequest, model: Path, cal_com: CalComInThread, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Server]]:
    """A way of booking, and a server whose practice.yml says so."""
    folder = tmp_path_factory.mktemp(request.param)
    file = write_practice(folder, WAYS[request.param])
    server = Server(folder, LEGWORK_PRACTICE=str(file), CALCOM_API_BASE=cal_com.url)
    yield request.param, server
    server.stop()


def test_conversations_of_this_way(practice: tuple[str, Server], cal_com: CalComInThread) -> None:
    """Every conversation goes as its file says."""
    way, server = practice
    assert FILES[way]
    for file in FILES[way]:
        talk = Talk(server.url)
        for number, step in enumerate(YAML(typ="safe").load(file.read_text(encoding="utf-8")), 1):
            if "booking" in step:
                check_booking(step["booking"], bookings(server, talk.id))
                continue
            if "trouble" in step:
                cal_com.double.fail = step["trouble"]
                continue
            answer = talk.tap(step["tap"]) if "tap" in step else talk.say(step["client"])
            check(answer, step, f"{way}/{file.stem}, step {number} ({step.get('client') or step['tap']})")
        talk.http.close()
        cal_com.double.fail = None
