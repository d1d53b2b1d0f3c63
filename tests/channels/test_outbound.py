"""Calls to providers: errors by code, the circuit, and nobody else waiting."""

from __future__ import annotations

import asyncio

import httpx
import pytest
import sqlalchemy as sa

from legwork.channels import outbound
from legwork.channels.graph_api import error_of
from legwork.channels.outbound import Provider, SendError
from legwork.settings import settings
from legwork.storage.engine import engine
from tests.channels.conftest import House, until
from tests.doubles import meta

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("code", "sub", "again", "name"),
    [
        (10, 2018278, False, "window"),
        (10, 1893063, False, "10/1893063"),
        (100, 2018001, False, "100/2018001"),
        (200, 1545041, False, "200/1545041"),
        (368, None, False, "368"),
        (551, 1545041, False, "551/1545041"),
        (190, None, True, "190"),
        (4, None, True, "4"),
        (613, None, True, "613"),
        (2, None, True, "2"),
        (1200, None, True, "1200"),
        (-1, None, True, "-1"),
        (99999, None, False, "99999"),
    ],
)
def test_graphs_codes(code: int, sub: int | None, again: bool, name: str) -> None:
    """What may go away is tried again; what can't isn't."""
    error = error_of({"code": code, "error_subcode": sub}, 400)
    assert (error.again, error.code) == (again, name)


@pytest.mark.parametrize("broken", [None, [], "x", {}, {"code": "10"}])
def test_an_error_of_any_shape_is_read(broken: object) -> None:
    """Whatever Meta answers, the status counts then."""
    assert error_of(broken, 400).code == "400"
    assert error_of(broken, 429).again


@pytest.fixture
def hurry(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Further attempts come at once."""
    monkeypatch.setattr("legwork.channels.delivery.SWEEP_SECONDS", 0.05)
    monkeypatch.setattr("legwork.channels.delivery.BACKOFF", (0,))


async def test_a_passing_error_delays_and_keeps_the_order(hurry: None, house: House) -> None:
    """The first message of an answer fails once: it still comes before the second, and each comes once."""
    house.meta.failures.append(meta.Failure(2, status=503))
    await house.person().say("hi")
    texts = await until(lambda: found if len(found := house.meta.texts("900100")) == 2 else None)
    assert "automated assistant" in texts[0] and texts[1] == "You said: hi"
    with engine().connect() as connection:
        contents = connection.execute(sa.text("SELECT content FROM outbox WHERE sent IS NOT NULL")).scalars().all()
    assert set(contents) == {"{}"}, "what was sent is not kept in the outbox"


async def test_the_circuit_opens_and_closes(house: House, monkeypatch) -> None:
    """After five failures nobody is sent anywhere for a rest; then one call tries, and when it works all go again."""
    monkeypatch.setattr(outbound, "REST_SECONDS", 0.2)
    provider = Provider("nobody", "http://127.0.0.1:9")
    for _ in range(outbound.FAILURES_UNTIL_OPEN):
        with pytest.raises(SendError, match="reached"):
            await provider.post("/x")
    with pytest.raises(SendError) as caught:
        await provider.post("/x")
    assert caught.value.code == "down" and caught.value.again
    await asyncio.sleep(0.25)
    with pytest.raises(SendError, match="reached"):
        await provider.post("/x")
    with pytest.raises(SendError) as caught:
        await provider.post("/x")
    assert caught.value.code == "down"
    await provider.close()


async def test_a_call_has_an_end_and_few_are_made_at_once(house: House, monkeypatch) -> None:
    """A call that takes too long is given up, to be made again; no more than sixteen wait for a provider at a time."""
    assert outbound.TIMEOUT.read == 15
    at_once, most = 0, 0

    async def post(self: httpx.AsyncClient, path: str) -> httpx.Response:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.02)
        at_once -= 1
        return httpx.Response(200)

    with monkeypatch.context() as counted:
        counted.setattr(httpx.AsyncClient, "post", post)
        provider = Provider("counted", "http://127.0.0.1:9")
        await asyncio.gather(*(provider.post("/x") for _ in range(50)))
    assert most == outbound.MOST_AT_ONCE == 16

    monkeypatch.setattr(outbound, "TIMEOUT", httpx.Timeout(0.1))
    house.meta.delay = 1.0
    slow = Provider("slow", settings().messenger_api_base)
    with pytest.raises(SendError) as caught:
        await slow.post("/v25.0/me/messages", json={})
    assert caught.value.code == "timeout" and caught.value.again
    await slow.close()


async def test_a_slow_provider_holds_up_nobody_else(house: House, quick: None) -> None:
    """While Meta takes seconds for each call, texts and web clients are answered as ever."""
    house.meta.delay = 3.0
    await asyncio.gather(*(house.person(str(number)).say("hi") for number in range(1, 31)))
    started = asyncio.get_running_loop().time()
    assert "You said: hello" in " ".join(await house.phone().text("hello"))
    made = (await house.client.post("/chat/conversations")).json()
    headers = {"Authorization": f"Bearer {made['token']}"}
    answer = await house.client.post("/chat/messages", json={"id": "1", "text": "hello"}, headers=headers)
    assert answer.json()["messages"][0]["text"] == "You said: hello"
    assert asyncio.get_running_loop().time() - started < 2.5
    house.meta.delay = 0.0  # the server says what it has left to say before it closes
