"""The database or Redis gone, slow, read-only or full: a clear answer, service as far as possible, and recovery by itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from legwork.settings import ROOT
from tests.conftest import Server, Talk, missing
from tests.doubles import databases
from tests.doubles.proxy import Proxy


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A database of their own."""
    with databases.postgres() as url:
        yield url


@pytest.fixture(scope="module")
def ways(address: str) -> tuple[Proxy, Proxy]:
    """The ways to PostgreSQL and to Redis."""
    redis = os.environ.get("LEGWORK_TEST_REDIS")
    if not redis:
        missing("LEGWORK_TEST_REDIS names no Redis server (redis://host:port/0).")
    return Proxy(make_url(address).port), Proxy(make_url(redis).port)


@pytest.fixture(scope="module")
def served(model: Path, address: str, ways: tuple[Proxy, Proxy], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that reaches both through them."""
    database = make_url(address).set(port=ways[0].port).render_as_string(hide_password=False)
    urls = {"LEGWORK_DATABASE_URL": database, "LEGWORK_REDIS_URL": f"redis://127.0.0.1:{ways[1].port}/0"}
    server = Server(tmp_path_factory.mktemp("bad"), **urls, LEGWORK_LIMITS="on", LEGWORK_SECRET=uuid.uuid4().hex)
    yield server
    server.stop()


def ready(server: Server) -> httpx.Response:
    """What health says."""
    return httpx.get(f"{server.url}/health/ready", timeout=20)


def until(server: Server, status: int) -> None:
    """Waits until health has this status."""
    deadline = time.monotonic() + 20
    while ready(server).status_code != status:
        assert time.monotonic() < deadline, ready(server).text
        time.sleep(0.2)


def is_told_to_call(answer: httpx.Response) -> bool:
    """Whether a client gets a sentence instead of an error of ours."""
    error = answer.json()["error"]
    return answer.status_code == 503 and error["code"] == "unavailable" and "Jessica" in error["message"]


@pytest.mark.model
@pytest.mark.postgres
def test_database_gone_and_back(served: Server, ways: tuple[Proxy, Proxy]) -> None:
    """While it is gone clients are told to call, at once; after it is back the conversation goes on, without a restart."""
    talk, repeated = Talk(served.url), uuid.uuid4().hex
    before = talk.say("do you do cupping")
    ways[0].cut()
    until(served, 503)
    assert ready(served).json()["reason"] == "unreachable" and ready(served).json()["database"] is False
    assert httpx.get(f"{served.url}/health/live").status_code == 200
    began = time.monotonic()
    assert all(is_told_to_call(talk.http.post("/chat/messages", json={"id": repeated, "text": "price"})) for _ in range(5))
    assert time.monotonic() - began < 8

    ways[0].mend()
    until(served, 200)
    answer = talk.http.post("/chat/messages", json={"id": repeated, "text": "what does it cost"})
    history = talk.http.get("/chat/messages").json()["messages"]
    assert answer.status_code == 200 and [m for m in history if m["id"] == before[0]["id"]], "what was acknowledged is there"


@pytest.mark.model
@pytest.mark.postgres
def test_database_silent(served: Server, ways: tuple[Proxy, Proxy]) -> None:
    """One that takes a connection and says nothing is given up after some seconds, and is used again when it speaks."""
    talk = Talk(served.url)
    ways[0].silence()
    try:
        answer = talk.http.post("/chat/messages", json={"id": "1", "text": "hello"}, timeout=60)
    finally:
        ways[0].mend()
    until(served, 200)

    assert is_told_to_call(answer)
    assert talk.say("do you do cupping")[0]["topic"] == "faq/cupping"


@pytest.mark.model
@pytest.mark.postgres
def test_database_read_only(served: Server, address: str) -> None:
    """As after a failover: health says so, clients are told to call; and writing again all is well."""
    talk, engine = Talk(served.url), sa.create_engine(address, isolation_level="AUTOCOMMIT")

    def read_only(on: str) -> None:
        with engine.connect() as connection:
            name = make_url(address).database
            connection.execute(sa.text(f"ALTER DATABASE {name} SET default_transaction_read_only = {on}"))
            connection.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()"
                ),
                {"name": name},
            )

    read_only("on")
    until(served, 503)
    assert ready(served).json()["reason"] == "read-only"
    assert is_told_to_call(talk.http.post("/chat/messages", json={"id": "1", "text": "hello"}))
    with engine.connect() as connection:
        connection.execute(sa.text("SET default_transaction_read_only = off"))
    read_only("off")
    until(served, 200)

    assert talk.http.post("/chat/messages", json={"id": "1", "text": "do you do cupping"}).status_code == 200


@pytest.mark.model
@pytest.mark.postgres
def test_redis_gone_and_back(served: Server, ways: tuple[Proxy, Proxy]) -> None:
    """Answers go on, limits are counted by the process itself, health says that Redis is missing and stays ready."""
    ways[1].cut()
    talk = Talk(served.url)
    assert talk.say("do you do cupping")[0]["topic"] == "faq/cupping"
    assert ready(served).status_code == 200 and ready(served).json()["redis"] is False
    assert [talk.post(text="hi").status_code for _ in range(30)][-2:] == [200, 429]

    ways[1].mend()
    deadline = time.monotonic() + 20
    while not ready(served).json()["redis"]:
        assert time.monotonic() < deadline
        time.sleep(0.5)


@pytest.mark.model
def test_full_disk(model: Path, tmp_path: Path) -> None:
    """When nothing more fits, clients are told to call; what was answered is there; with room all goes on."""
    server = Server(tmp_path)
    try:
        talk = Talk(server.url)
        before = talk.say("do you do cupping")
        server.stop()
        # SQLite says the same of a full disk and of a database that may have no more pages.
        server.environment["PYTHONPATH"] = f"{tmp_path}:{ROOT}"
        (tmp_path / "sitecustomize.py").write_text(
            "import sqlite3, pathlib\n"
            "real = sqlite3.connect\n"
            "def connect(*args, **kwargs):\n"
            "    connection = real(*args, **kwargs)\n"
            f"    full = pathlib.Path({str(tmp_path / 'full')!r}).exists()\n"
            "    connection.execute(f'PRAGMA max_page_count={1 if full else 1073741823}')\n"
            "    return connection\n"
            "sqlite3.connect = connect\n"
            "sqlite3.dbapi2.connect = connect\n"
        )
        (tmp_path / "full").touch()
        subprocess.run(
            [sys.executable, "-m", "legwork", "doctor"], env=server.environment, cwd=ROOT, capture_output=True, check=True
        )
        server.start()
        answers = [talk.post(text="x" * 900 + str(n)) for n in range(30)]
        assert any(is_told_to_call(answer) for answer in answers if answer.status_code != 200)
        assert {answer.status_code for answer in answers} <= {200, 503}
        history = talk.http.get("/chat/messages").json()["messages"]
        assert [m for m in history if m["id"] == before[0]["id"]]
        server.stop()
        (tmp_path / "full").unlink()
        server.start()

        assert talk.say("what does it cost")
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("LEGWORK_DATABASE_URL", "mysql://x/y", "postgresql://"),
        ("LEGWORK_REDIS_URL", "http://x", "redis://"),
        ("LEGWORK_REDIS_URL", "redis://127.0.0.1/0", "need one PostgreSQL database"),
        ("LEGWORK_LOG", "loud", "'text' and 'json'"),
        ("LEGWORK_TENSORFLOW", "maybe", "'off' and 'on'"),
        ("LEGWORK_DATABASE_URL", "postgresql://x@127.0.0.1:1/none", "can't be opened"),
        ("LEGWORK_VAR", "/proc/nothing", "can't be made"),
    ],
)
def test_contradictions_are_one_line(home: Path, setting: str, value: str, says: str) -> None:
    """The server doesn't start, and says in a line what is wrong."""
    environment = {**os.environ, setting: value}
    run = subprocess.run([sys.executable, "-m", "legwork", "migrate"], cwd=ROOT, env=environment, capture_output=True, text=True)

    assert run.returncode != 0 and says in run.stderr and "Traceback" not in run.stderr
    assert setting in run.stderr
