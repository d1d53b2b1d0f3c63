"""Health, metrics and logs: what the operator sees, and what nobody may see."""

from __future__ import annotations

import asyncio
import json
import logging
from types import SimpleNamespace

import pytest
from aiohttp import web

from legwork import metrics, operations
from legwork.logs import Lines
from legwork.settings import forget
from legwork.storage import conversations, outbox, safety
from legwork.storage.engine import engine
from tests.channels.conftest import serving
from tests.conftest import free_port
from tests.doubles.agent import Agent


def request(ip: str = "127.0.0.1", **headers: str) -> SimpleNamespace:
    """A request from somewhere."""
    return SimpleNamespace(ip=ip, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("asks", "token", "may"),
    [
        (request(), "", True),
        (request("::1"), "", True),
        (request("10.0.0.7"), "", False),
        (request(x_forwarded_for="203.0.113.9"), "", False),
        (request(), "s3cret", False),
        (request("10.0.0.7", authorization="Bearer s3cret"), "s3cret", True),
        (request("10.0.0.7", authorization="Bearer other"), "s3cret", False),
        (request("10.0.0.7", authorization="Bearer é"), "s3cret", False),
    ],
)
def test_metrics_are_not_public(home, monkeypatch, asks, token, may) -> None:
    """They are for this machine only, or for who has the token; a proxy on this machine speaks for strangers."""
    monkeypatch.setenv("LEGWORK_METRICS_TOKEN", token)
    forget()

    assert operations.may_read_metrics(asks) is may


def test_metrics_count_and_say_nothing(home) -> None:
    """A sign heard and a mail that waits are counted; no text and no name is in them."""
    mine = conversations.open_conversation("web", "mine").id
    safety.record(mine, "doctor", "nerve")
    with engine().begin() as connection:
        outbox.put(connection, "k", "mail", {"to": "dana@example.org"})
    text = metrics.exposition().decode()

    assert 'legwork_safety_total{level="doctor",sign="nerve"}' in text
    assert 'legwork_outbox_waiting{channel="mail"} 1.0' in text and "legwork_outbox_age_seconds" in text
    assert "legwork_database_up 1.0" in text and "dana" not in text and mine not in text


def test_metrics_survive_the_database(home, monkeypatch) -> None:
    """They say that it is gone instead of failing."""
    import sqlalchemy as sa

    def gone() -> None:
        raise sa.exc.OperationalError("", {}, Exception())

    monkeypatch.setattr(outbox, "waiting", gone)

    assert b"legwork_database_up 0.0" in metrics.exposition()


async def test_action_server_elsewhere_is_a_part_of_health(home, monkeypatch) -> None:
    """Gone, it is said to be so within seconds; it is asked now and then only, and nobody waits long for it."""
    asked, healthy = [], {"status": 200}

    async def health(_: web.Request) -> web.Response:
        asked.append(1)
        return web.json_response({}, status=healthy["status"])

    monkeypatch.setattr(operations.ActionServer, "KNOWN_SECONDS", 0.2)
    monkeypatch.setattr(operations.ActionServer, "WAIT_SECONDS", 0.2)
    port = free_port()
    monkeypatch.setenv("LEGWORK_ACTIONS_URL", f"http://127.0.0.1:{port}/webhook")
    forget()
    app = web.Application()
    app.router.add_get("/health", health)
    runner = web.AppRunner(app)
    await runner.setup()
    async with serving(Agent()) as client:

        async def ready() -> tuple[int, bool]:
            await asyncio.sleep(0.25)
            answer = await client.get("/health/ready")
            return answer.status_code, answer.json()["actions"]

        assert await ready() == (503, False)
        await web.TCPSite(runner, "127.0.0.1", port).start()
        assert await ready() == (200, True)
        assert (await client.get("/health/ready")).status_code == 200 and len(asked) == 1
        healthy["status"] = 500
        assert await ready() == (503, False)
        await runner.cleanup()
        assert await ready() == (503, False)


def test_a_log_line_is_one_json_object() -> None:
    """An event's values are fields of their own."""
    record = logging.LogRecord("legwork.x", logging.INFO, "", 1, "turn.done channel=%s ms=%s", ("web", 7), None)
    line = json.loads(Lines().format(record))

    assert (line["event"], line["channel"], line["ms"], line["level"]) == ("turn.done", "web", "7", "info")
