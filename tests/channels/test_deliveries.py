"""Nothing that was acknowledged is lost, and nothing is answered twice without need."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from pathlib import Path

import pytest

from tests.channels.conftest import PUBLIC_URL, _serve, environment
from tests.doubles.deliveries import Kill, Outcome, Server, deliver
from tests.doubles.meta import Meta
from tests.doubles.twilio import Twilio


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_double_without_need_is_seen() -> None:
    """A double needs a kill between the provider's acceptance and our commit; any other is counted as unexplained."""
    kills = [Kill(10.0, frozenset({"m1", "m2"}))]
    answers = {"m1": [9.0, 11.0], "m2": [10.5, 11.0], "m3": [9.0, 11.0], "m4": [9.0]}
    assert Outcome(4, kills=kills, answers=answers).unexplained == ["m2", "m3"]


@pytest.mark.slow
async def test_a_thousand_deliveries_survive_being_killed(tmp_path: Path) -> None:
    """With 30 % duplicates, out of order, killed every 260 deliveries: one turn each, none unanswered, few doubles."""
    phones, people = Twilio(), Meta()
    twilio_runner, twilio_url = await _serve(phones.app())
    meta_runner, meta_url = await _serve(people.app())
    port = free_port()
    settings = environment(tmp_path, twilio_url, meta_url)
    server = await asyncio.to_thread(Server, port, settings, tmp_path / "legwork.sqlite3")
    try:
        outcome = await deliver(1000, 260, port, server, PUBLIC_URL, phones, people)
    finally:
        server.stop()
        await twilio_runner.cleanup()
        await meta_runner.cleanup()
    assert len(outcome.kills) == 5
    assert outcome.unanswered == 0
    assert outcome.unexplained == []
    assert outcome.doubled <= len(outcome.kills) * 4
    assert phones.violations == people.violations == []
    with sqlite3.connect(tmp_path / "legwork.sqlite3") as database:
        [(taken,)] = database.execute("SELECT count(*) FROM inbox")
        [(waiting,)] = database.execute("SELECT count(*) FROM inbox WHERE answered IS NULL")
        [(most,)] = database.execute(
            "SELECT max(n) FROM (SELECT count(*) AS n FROM messages WHERE sender = 'client' GROUP BY inbox)"
        )
    assert (taken, waiting, most) == (1000, 0, 1)
