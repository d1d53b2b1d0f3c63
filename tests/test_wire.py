"""The server's HTTP, byte by byte: heads that could be read in two ways, clients that never finish, and what of it is logged."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from legwork import links, wire
from legwork.desk import deeds
from tests.channels.conftest import serving, until
from tests.doubles.agent import Agent


@asynccontextmanager
async def connected(client: httpx.AsyncClient) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to the server that says only what the test writes."""
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    yield reader, writer
    writer.close()


async def answer_to(client: httpx.AsyncClient, request: bytes, seconds: float = 5.0) -> tuple[int, dict[str, str]]:
    """Status and error of the one answer to these bytes, after which the server ends the connection."""
    async with connected(client) as (reader, writer):
        writer.write(request)
        received = await asyncio.wait_for(reader.read(), seconds)
    head, _, body = received.partition(b"\r\n\r\n")
    assert received.count(b"HTTP/1.1 ") == 1, received
    return int(head.split()[1]), json.loads(body)["error"]


async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, drip: bytes) -> bytes:
    """What the server says while it gets this byte ten times a second; fails when that is nothing for eight seconds."""
    reading = asyncio.create_task(reader.read(4096))
    for _ in range(80):
        await asyncio.sleep(0.1)
        if reading.done():
            return reading.result()
        writer.write(drip)
    raise AssertionError("the connection is still held")


POST = b"POST /chat/messages HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.parametrize(
    "head",
    [
        "GET /café HTTP/1.1\r\nHost: a\r\n".encode(),
        b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n",
        POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        POST + b"Content-Length: 2\r\nContent-Length: 40\r\n",
        POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        POST + b"Content-Length : 2\r\n",
        POST + b"Content-Length: +2\r\n",
        POST + "Content-Length: \N{ARABIC-INDIC DIGIT TWO}\r\n".encode(),
        POST + b"X: a\nContent-Length: 2\r\n",
        POST + b"X: a\0b\r\n",
        POST + b" folded: 1\r\n",
    ],
)
async def test_a_head_that_could_be_read_in_two_ways(home: Path, head: bytes) -> None:
    """It is refused with 400 in the one error shape, and nothing behind it on the connection is taken for a request."""
    smuggled = b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
    async with serving(Agent()) as client:
        status, error = await answer_to(client, head + b"\r\n0\r\n\r\n" + smuggled)
        assert (await client.get("/health/live")).status_code == 200

    assert (status, error["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    ("sent", "drip"),
    [
        (POST + b"Content-Len", b""),
        (POST + b"Content-Length: 500\r\n\r\n{", b""),
        (POST + b"X: ", b"a"),
        (POST + b"Content-Length: 500\r\n\r\n", b" "),
    ],
    ids=["half a head", "half a body", "a head by the byte", "a body by the byte"],
)
async def test_a_client_that_never_finishes(home: Path, monkeypatch: pytest.MonkeyPatch, sent: bytes, drip: bytes) -> None:
    """A request that isn't whole in time is answered 408 and its connection closed; a byte now and then buys no time."""
    monkeypatch.setattr(wire, "SECONDS", 0.5)
    async with serving(Agent()) as client, connected(client) as (reader, writer):
        writer.write(sent)
        received = await dripping(reader, writer, drip)
        with suppress(ConnectionResetError):  # so it ends where a byte was still on its way
            assert await asyncio.wait_for(reader.read(), 1) == b""

    assert received.startswith(b"HTTP/1.1 408 ")
    assert json.loads(received.partition(b"\r\n\r\n")[2])["error"]["code"] == "timeout"


async def test_a_body_that_nobody_asked_for(home: Path) -> None:
    """The rest of a body that a GET came with is not waited for longer than an idle connection is kept."""
    async with serving(Agent()) as client, connected(client) as (reader, writer):
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n")
        assert (await reader.read(4096)).startswith(b"HTTP/1.1 200 ")
        with suppress(ConnectionResetError):
            assert await dripping(reader, writer, b" ") == b""


async def test_an_event_stream_outlives_both_timeouts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no unfinished request and no late answer, as long as it gives signs of life."""
    from legwork.channels import events

    monkeypatch.setattr(wire, "SECONDS", 0.3)
    monkeypatch.setattr(wire, "SILENT_SECONDS", 0.6)
    monkeypatch.setattr(events, "LOOK_SECONDS", 0.2)
    async with serving(Agent()) as client:
        token = (await client.post("/chat/conversations")).json()["token"]
        signs = 0
        async with client.stream("GET", "/chat/events", headers={"Authorization": f"Bearer {token}"}) as stream:
            async for line in stream.aiter_lines():
                signs += line == ": still here"
                if signs == 10:
                    break

    assert signs == 10


async def test_a_failing_deed_does_not_log_its_link(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What fails is logged by the route's name: a signed link's path would still open for whoever reads the log."""
    monkeypatch.setattr(deeds, "act", lambda link, form: 1 / 0)
    token = links.make("conversation", "abc").rpartition("/")[2]
    async with serving(Agent()) as client:
        answer = await client.post(f"/desk/{token}", data={"do": "hand_back"})

    assert answer.status_code == 503
    assert "request.failed route=legwork.desk.act error=ZeroDivisionError" in caplog.text
    assert token not in caplog.text


@pytest.mark.parametrize("path", ["desk", "nowhere"])
async def test_a_client_that_hangs_up_is_no_error(home: Path, caplog: pytest.LogCaptureFixture, path: str) -> None:
    """It is no fault of ours, and neither its address nor an unknown one is logged."""
    caplog.set_level(logging.INFO)
    secret = links.make("conversation", "abc").rpartition("/")[2]
    async with serving(Agent()) as client:
        async with connected(client) as (_, writer):
            writer.write(f"POST /{path}/{secret} HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n{{".encode())
            await asyncio.sleep(0.2)
        if path == "desk":
            await until(lambda: "request.hung_up route=legwork.desk.act" in caplog.text)
        assert (await client.get("/health/live")).status_code == 200

    assert secret not in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("path", ["/", "/embed", "/chat/widget.js", "/health/live", "/health/ready", "/desk/desk.css"])
async def test_a_page_answers_head(home: Path, path: str) -> None:
    """As it answers GET, without the body, and the connection goes on."""
    async with serving(Agent()) as client:
        whole, head = await client.get(path), await client.head(path)
        again = await client.get(path)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert again.content == whole.content
