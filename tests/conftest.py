"""What the tests share: the trained model, a real server, and a client that talks to it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest

# The same examples on every run of CI: a new find belongs to whoever works on it, not to an unrelated change.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")

ROOT = Path(__file__).resolve().parent.parent
MONDAY = "2026-11-23T10:00:00-05:00"
"""The instant at which the test server's clock stands: a Monday morning in the practice's zone."""

READY_SECONDS = 90
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")


def missing(reason: str) -> None:
    """Skips where something from outside is missing; under CI that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason} Under CI this must be there.")
    pytest.skip(reason)


def shared(name: str) -> Path:
    """A file of the reference material beside the project; skips where it is missing."""
    path = ROOT.parent / "shared" / name
    if not path.exists():
        pytest.skip(f"The reference material ../shared/{name} is not beside the project.")
    return path


@pytest.fixture(scope="session")
def model() -> Path:
    """The newest trained model."""
    models = sorted((ROOT / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        missing("There is no trained model; run `make train`.")
    return models[-1]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A database and settings of the test's own."""
    from legwork import settings
    from legwork.storage import engine

    for name in list(os.environ):
        ours = name.startswith(("LEGWORK_", "TWILIO_", "MESSENGER_")) or name in ("PORT", "SMTP_URL")
        if ours and not name.startswith("LEGWORK_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LEGWORK_VAR", str(tmp_path))
    monkeypatch.setenv("LEGWORK_CLOCK", MONDAY)
    settings.forget()
    engine.engine.cache_clear()
    yield tmp_path
    engine.engine.cache_clear()
    settings.forget()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A real server in a process of its own."""

    module = "legwork"
    """What runs."""

    def __init__(self, var: Path, **environment: str) -> None:
        """Starts it with its data in `var`, and waits until it is ready."""
        self.var, self.port = var, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = var / "server.log"
        self.environment = {
            **{
                k: v for k, v in os.environ.items() if not k.startswith(("LEGWORK_", "TWILIO_", "MESSENGER_")) and k != "SMTP_URL"
            },
            "LEGWORK_VAR": str(var),
            "PORT": str(self.port),
            "LEGWORK_CLOCK": MONDAY,
            "LEGWORK_LIMITS": "off",
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        self.start()

    def start(self) -> None:
        """Starts the process, again after a stop."""
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", self.module, "run"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/health/ready", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        self.process.kill()
        raise RuntimeError(f"The server did not get ready:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        """Stops it as Ctrl-C does."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def run(self, *arguments: str) -> str:
        """The output of `python -m legwork …` on this server's data."""
        command = [sys.executable, "-m", "legwork", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="session")
def server(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that only talk."""
    started = Server(tmp_path_factory.mktemp("server"))
    yield started
    started.stop()


class Talk:
    """A client in one conversation over the web channel."""

    def __init__(self, url: str) -> None:
        """Starts a conversation."""
        self.http = httpx.Client(base_url=url, timeout=30, verify=False)  # without TLS; reading the CAs takes 40 ms
        made = self.http.post("/chat/conversations")
        made.raise_for_status()
        self.id, self.token = made.json()["conversation"], made.json()["token"]
        self.messages: list[dict[str, Any]] = made.json()["messages"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def post(self, **body: Any) -> httpx.Response:
        """The raw answer to a posted message."""
        return self.http.post("/chat/messages", json={"id": uuid.uuid4().hex, **body})

    def say(self, text: str) -> list[dict[str, Any]]:
        """The answer to a text."""
        return self._took(self.post(text=text))

    def tap(self, title: str) -> list[dict[str, Any]]:
        """The answer to the newest quick reply (or card row) with this title."""
        for message in reversed(self.messages):
            rows = (message.get("card") or {}).get("rows", [])
            for offer in [*message["quick_replies"], *({"title": r["label"], **r} for r in rows if r.get("payload"))]:
                if offer["title"] == title:
                    return self._took(self.post(payload=offer["payload"]))
        raise AssertionError(f"{title!r} was not offered")

    def _took(self, response: httpx.Response) -> list[dict[str, Any]]:
        assert response.status_code == 200, response.text
        answer = response.json()["messages"]
        self.messages += answer
        return answer


@pytest.fixture
def talk(server: Server) -> Iterator[Talk]:
    """A new conversation with the shared server."""
    client = Talk(server.url)
    yield client
    client.http.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Debian's browser."""
    path = shutil.which("chromium")
    if not path:
        missing("Chromium is not installed: apt-get install chromium.")
    return path
