"""Event streams: how many there may be, and when they end."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from legwork import settings
from legwork.channels import events
from legwork.storage import conversations
from tests.channels.conftest import serving, until
from tests.doubles.agent import Agent


async def begun(client: httpx.AsyncClient) -> dict[str, str]:
    """The headers that open a new conversation."""
    return {"Authorization": f"Bearer {(await client.post('/chat/conversations')).json()['token']}"}


class Tab:
    """A page that listens."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        """Opens the stream."""
        self.lines: list[str] = []
        self.ended = False
        self.task = asyncio.create_task(self._listen(client, headers))

    async def _listen(self, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        async with client.stream("GET", "/chat/events", headers=headers) as stream:
            self.status = stream.status_code
            async for line in stream.aiter_lines():
                self.lines.append(line)
        self.ended = True

    async def close(self) -> None:
        """The page goes."""
        self.task.cancel()
        await asyncio.wait([self.task])


async def opened(stack: AsyncExitStack, client: httpx.AsyncClient, headers: dict[str, str]) -> Tab:
    """A new tab that was greeted."""
    tab = Tab(client, headers)
    stack.push_async_callback(tab.close)
    await until(lambda: ": hello" in tab.lines or tab.ended)
    return tab


async def test_one_tab_too_many_ends_the_oldest(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversation has six streams at most; the others go on, and another conversation's too."""
    monkeypatch.setenv("LEGWORK_LIMITS", "off")
    settings.forget()
    async with serving(Agent()) as client, AsyncExitStack() as stack:
        headers, other = await begun(client), await opened(stack, client, await begun(client))
        tabs = [await opened(stack, client, headers) for _ in range(events.MOST_A_CONVERSATION + 2)]
        await until(lambda: tabs[0].ended and tabs[1].ended)
        conversation = conversations.find(key=conversations.hashed(headers["Authorization"].removeprefix("Bearer "))).id
        events.deliver(conversation, {"topic": "person", "text": "Hello.", "quick_replies": []}, "jessica")
        await until(lambda: all("event: message" in tab.lines for tab in tabs[2:]))

        assert not any(tab.ended for tab in (*tabs[2:], other))


async def test_an_address_has_so_many_streams(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is refused with 429 in the one error shape; when one ends, there is room again."""
    monkeypatch.setattr(events, "MOST_AN_ADDRESS", 2)
    async with serving(Agent()) as client, AsyncExitStack() as stack:
        first, _ = [await opened(stack, client, await begun(client)) for _ in range(2)]
        headers = await begun(client)
        refused = await client.get("/chat/events", headers=headers)
        await first.close()
        await until(lambda: sum(events._addresses.values()) == 1)
        third = await opened(stack, client, headers)

        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many")
        assert int(refused.headers["Retry-After"]) > 0
        assert third.status == 200 and not third.ended


async def test_a_forgotten_conversation_ends_its_streams(home: Path) -> None:
    """At once, for every tab; who listens again is told that it is gone."""
    async with serving(Agent()) as client, AsyncExitStack() as stack:
        headers = await begun(client)
        tabs = [await opened(stack, client, headers) for _ in range(2)]
        await client.delete("/chat/conversations", headers=headers)
        await until(lambda: all(tab.ended for tab in tabs), 2)

        assert (await client.get("/chat/events", headers=headers)).status_code == 410


async def test_a_conversation_forgotten_elsewhere_ends_its_streams(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the operator's command or in another process: at the listener's next look."""
    monkeypatch.setattr(events, "LOOK_SECONDS", 0.1)
    async with serving(Agent()) as client, AsyncExitStack() as stack:
        headers = await begun(client)
        tab = await opened(stack, client, headers)
        conversations.forget(conversations.find(key=conversations.hashed(headers["Authorization"].removeprefix("Bearer "))).id)
        await until(lambda: tab.ended, 2)
