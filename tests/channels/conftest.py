"""A whole server around a stand-in for the model, with doubles of Twilio and Meta beside it, in the test's own loop."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from sanic import Sanic

from legwork import settings as settings_module
from legwork import wire
from legwork.channels import arrivals
from legwork.server import create_app
from legwork.storage import engine as engine_module
from tests.doubles import meta, twilio
from tests.doubles.agent import Agent

PUBLIC_URL = "https://legwork.localhost"
FIXTURES = Path(os.environ.get("LEGWORK_FIXTURES", Path(__file__).parents[3] / "shared" / "fixtures"))


def pytest_configure(config: pytest.Config) -> None:
    """Names the marker of the test that takes most of a minute."""
    config.addinivalue_line("markers", "slow: takes more than ten seconds")


def fixture(name: str) -> Path:
    """A webhook that others published; the test is skipped where it is missing."""
    path = FIXTURES / name
    if not path.exists():
        pytest.skip(f"{name} is not at {FIXTURES}; set LEGWORK_FIXTURES to the folder with the published webhooks")
    return path


def vectors() -> dict[str, Any]:
    """Twilio's own signature vectors."""
    return json.loads(fixture("twilio_signatures.json").read_text())


@dataclass
class House:
    """All that a test of a door needs."""

    agent: Agent
    twilio: twilio.Twilio
    meta: meta.Meta
    client: httpx.AsyncClient

    def phone(self, number: str = "+15085550142") -> twilio.Phone:
        """A client's phone."""
        return twilio.Phone(self.client, PUBLIC_URL, number)

    def person(self, number: str = "900100") -> meta.Person:
        """Somebody on Messenger."""
        return meta.Person(self.client, number)


async def until(true: Callable[[], Any], seconds: float = 5.0) -> Any:
    """Waits until something is true, and fails after so long."""
    end = asyncio.get_running_loop().time() + seconds
    while not (value := true()):
        assert asyncio.get_running_loop().time() < end, "it didn't happen in time"
        await asyncio.sleep(0.01)
    return value


async def _serve(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def serving(agent: Agent) -> AsyncIterator[httpx.AsyncClient]:
    """The server as it is, around the stand-in."""
    Sanic.test_mode = True  # allows one server after the other in a process
    app = create_app(agent)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = await app.create_server(sock=listening, protocol=wire.PatientProtocol, return_asyncio_server=True, access_log=False)
    await server.startup()
    await server.before_start()
    await server.after_start()
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with httpx.AsyncClient(base_url=base, timeout=20, trust_env=False) as client:
        yield client
    await server.before_stop()
    await server.close()
    await server.after_stop()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A burst is over after a fifth of a second instead of two."""
    monkeypatch.setattr(arrivals, "QUIET_SECONDS", 0.2)


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """The server with both doors open, on a database of its own."""
    phones, people = twilio.Twilio(), meta.Meta()
    twilio_runner, twilio_url = await _serve(phones.app())
    meta_runner, meta_url = await _serve(people.app())
    for name, value in environment(tmp_path, twilio_url, meta_url).items():
        monkeypatch.setenv(name, value)
    forget()
    agent = Agent()
    async with serving(agent) as client:
        yield House(agent, phones, people, client)
    for runner in (twilio_runner, meta_runner):
        await runner.cleanup()
    forget()


def environment(folder: Path, twilio_url: str, meta_url: str) -> dict[str, str]:
    """Settings with both doors open."""
    return {
        "LEGWORK_VAR": str(folder),
        "LEGWORK_DATABASE_URL": f"sqlite:///{folder / 'legwork.sqlite3'}",
        "LEGWORK_SECRET": "a secret for tests",
        "LEGWORK_PUBLIC_URL": PUBLIC_URL,
        "LEGWORK_LIMITS": "off",
        "LEGWORK_CLOCK": "",
        "TWILIO_ACCOUNT_SID": twilio.ACCOUNT,
        "TWILIO_AUTH_TOKEN": twilio.TOKEN,
        "TWILIO_FROM": twilio.NUMBER,
        "TWILIO_API_BASE": twilio_url,
        "MESSENGER_APP_SECRET": meta.APP_SECRET,
        "MESSENGER_VERIFY_TOKEN": meta.VERIFY_TOKEN,
        "MESSENGER_PAGE_TOKEN": meta.PAGE_TOKEN,
        "MESSENGER_API_BASE": meta_url,
    }


def forget() -> None:
    """Makes the next use read the settings and open the database again."""
    settings_module.forget()
    engine_module.engine.cache_clear()
