"""Several processes serve one practice on PostgreSQL and Redis: any of them takes any turn, and any may be killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, pairwise
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from tests.conftest import Server, missing
from tests.doubles import databases

pytestmark = [pytest.mark.model, pytest.mark.postgres]

COUNT = 3


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A database of their own."""
    with databases.postgres() as url:
        yield url


@pytest.fixture(scope="module")
def servers(model: Path, address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Three real processes, started at the same time on an empty database."""
    redis = os.environ.get("LEGWORK_TEST_REDIS")
    if not redis:
        missing("LEGWORK_TEST_REDIS names no Redis server (redis://host:port/0).")
    environment = {"LEGWORK_DATABASE_URL": address, "LEGWORK_REDIS_URL": redis, "LEGWORK_SECRET": uuid.uuid4().hex}
    environment["LEGWORK_LIMITS"] = "on"
    folders = [tmp_path_factory.mktemp(f"process{number}") for number in range(COUNT)]
    with ThreadPoolExecutor(COUNT) as pool:
        made = list(pool.map(lambda folder: Server(folder, **environment), folders))
    yield made
    for server in made:
        server.stop()


class Client:
    """A client in one conversation that asks another process each time."""

    def __init__(self, servers: list[Server]) -> None:
        """Starts a conversation with the first."""
        made = httpx.post(f"{servers[0].url}/chat/conversations", timeout=30).raise_for_status().json()
        self.conversation, self.headers = made["conversation"], {"Authorization": f"Bearer {made['token']}"}
        self._urls = cycle([server.url for server in servers[1:] + servers[:1]])

    def post(self, text: str, number: str | None = None, url: str | None = None) -> httpx.Response:
        """The raw answer of the next process."""
        body = {"id": number or uuid.uuid4().hex, "text": text}
        return httpx.post(f"{url or next(self._urls)}/chat/messages", headers=self.headers, json=body, timeout=60)

    def say(self, text: str) -> list[dict]:
        """The answer of the next process."""
        answer = self.post(text)
        assert answer.status_code == 200, answer.text
        return answer.json()["messages"]


def test_each_turn_goes_to_another_process(servers: list[Server]) -> None:
    """A booking with a digression in it: form, slots and offers are known wherever the next message arrives."""
    client = Client(servers)
    client.say("i want to book")
    client.say("next tues after 5")
    assert client.say("do you do cupping?")[0]["topic"] == "faq/cupping"
    for text in ("let Jessica choose", "Dana Price", "508-555-0142", "yes"):
        client.say(text)
    listing = [json.loads(line) for line in servers[1].run("bookings", "--json").splitlines()]

    assert [(row["name"], row["phone"]) for row in listing] == [("Dana Price", "+15085550142")]


def test_order_holds_over_processes(servers: list[Server]) -> None:
    """Messages of one conversation that reach all three at once have one turn each, one after the other."""
    client = Client(servers)
    texts = [f"do you do cupping {number}" for number in range(12)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(client.post, texts))
    history = httpx.get(f"{servers[0].url}/chat/messages", headers=client.headers, timeout=30).json()["messages"]

    assert [answer.status_code for answer in answers] == [200] * 12
    assert sorted(m["text"] for m in history if m["from"] == "client") == sorted(texts)
    # A turn's messages stand together: client, then the answers to it.
    senders = [m["from"] for m in history[1:]]
    assert all(not (a == b == "client") for a, b in pairwise(senders))


def test_the_same_message_in_all_processes_has_one_turn(servers: list[Server]) -> None:
    """A client that repeats itself everywhere at once gets the same answer everywhere."""
    client, number = Client(servers), uuid.uuid4().hex
    with ThreadPoolExecutor(9) as pool:
        answers = list(pool.map(lambda _: client.post("what does it cost", number).json()["messages"], range(9)))

    assert all(answer == answers[0] for answer in answers) and answers[0]


def test_news_reach_the_client_wherever_it_listens(servers: list[Server], address: str) -> None:
    """Jessica's answer is stored by whichever process sends it, and shown at once by the one that holds the client's stream."""
    client, heard = Client(servers), []
    listening = threading.Event()

    def listen() -> None:
        with httpx.stream("GET", f"{servers[2].url}/chat/events", headers=client.headers, timeout=40) as stream:
            listening.set()
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    heard.append((time.monotonic(), json.loads(line[6:])["text"]))
                    return

    thread = threading.Thread(target=listen)
    thread.start()
    assert listening.wait(20)
    time.sleep(0.5)
    row = {"key": uuid.uuid4().hex, "channel": "chat", "conversation": client.conversation, "attempts": 0}
    content = {"from": "jessica", "topic": "person", "text": "Jessica here", "quick_replies": []}
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO outbox (key, channel, conversation, attempts, content, created, due)"
                " VALUES (:key, :channel, :conversation, :attempts, :content, '2026-11-23', '2026-11-23')"
            ),
            {**row, "content": json.dumps(content)},
        )
    began = time.monotonic()
    thread.join(20)
    engine.dispose()

    assert [text for _, text in heard] == ["Jessica here"]
    assert heard[0][0] - began < 3, "told at once, not found by looking now and then"


def test_limits_are_shared(servers: list[Server]) -> None:
    """Thirty messages a minute a conversation, whichever processes they go to."""
    client = Client(servers)
    codes = [client.post("hello").status_code for _ in range(33)]

    assert codes == [200] * 30 + [429] * 3


def test_a_killed_process_loses_nothing_and_blocks_nobody(servers: list[Server]) -> None:
    """Killed in the middle of turns, its clients go on elsewhere at once; each message has one turn and one answer."""
    victim, others = servers[0], servers[1:]
    clients = [Client(servers) for _ in range(6)]
    numbers = [[uuid.uuid4().hex for _ in range(5)] for _ in clients]
    slowest: list[float] = []

    def talk(client: Client, mine: list[str]) -> None:
        for place, number in enumerate(mine):
            text = f"do you do cupping {place}"
            try:
                answer = client.post(text, number, victim.url)
            except httpx.HTTPError:
                began = time.monotonic()
                answer = client.post(text, number, others[place % 2].url)
                slowest.append(time.monotonic() - began)
            assert answer.status_code == 200, answer.text

    with ThreadPoolExecutor(6) as pool:
        talks = [pool.submit(talk, client, mine) for client, mine in zip(clients, numbers, strict=True)]
        time.sleep(0.4)
        os.kill(victim.process.pid, signal.SIGKILL)
        for each in talks:
            each.result(60)
    for client, mine in zip(clients, numbers, strict=True):
        history = httpx.get(f"{others[0].url}/chat/messages", headers=client.headers, timeout=30).json()["messages"]
        assert [m["id"] for m in history if m["from"] == "client"] == mine
    assert slowest and max(slowest) < 15

    victim.process.wait()
    victim.start()


def test_a_stopped_process_ends_its_turns(servers: list[Server]) -> None:
    """SIGTERM, as in a rolling update: what has reached it is answered, and new clients are sent elsewhere."""
    victim = servers[2]
    clients = [Client(servers) for _ in range(6)]
    knocked = socket.create_connection(("127.0.0.1", victim.port))
    with ThreadPoolExecutor(6) as pool:
        answers = [pool.submit(client.post, "what does it cost", None, victim.url) for client in clients]
        while not any(answer.done() for answer in answers):  # the others are under way by then
            time.sleep(0.002)
        victim.process.terminate()
        codes = [answer.exception() or answer.result().status_code for answer in answers]
    knocked.sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
    late = knocked.recv(4096)
    knocked.close()
    victim.process.wait(30)

    assert [code for code in codes if code != 200 and not isinstance(code, httpx.ConnectError)] == [] and 200 in codes
    assert late.startswith(b"HTTP/1.1 200 "), "who had connected was heard"
    assert victim.process.returncode == 0
    victim.start()


def test_health_names_what_is_there(servers: list[Server]) -> None:
    """Redis is a part of it where it is used."""
    assert httpx.get(f"{servers[0].url}/health/ready", timeout=30).json()["redis"] is True
