"""Messages that come later: who listens to a conversation, and how it is told, in whichever process the client is held."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import contextmanager
from typing import Any

from legwork.storage import conversations
from legwork.storage.hub import hub

LOOK_SECONDS = 5.0
"""How often a listener looks into the database, where another process may have put a message."""

LOOK_RARELY_SECONDS = 25.0
"""The same while other processes tell us at once; it is the sign of life for the client too."""

_bells: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
_closing = False


@contextmanager
def _bell(conversation: str):  # a generator behind contextmanager
    bell = asyncio.Event()
    _bells[conversation].add(bell)
    try:
        yield bell
    finally:
        _bells[conversation].discard(bell)
        if not _bells[conversation]:
            del _bells[conversation]


def ring(conversation: str) -> None:
    """Wakes the listeners of the conversation in this process."""
    for bell in _bells.get(conversation, ()):
        bell.set()


def deliver(conversation: str, body: dict[str, Any], sender: str = "legwork") -> dict[str, Any]:
    """Stores a message that no client asked for just now, and wakes whoever listens, here and in other processes."""
    [shown] = conversations.add(conversation, sender, [body])
    ring(conversation)
    others = hub()
    if others is not None:
        others.tell(conversation)
    return shown


async def listen(conversation: str) -> AsyncIterator[dict[str, Any] | None]:
    """Each message that comes later than now, as it comes; None as a sign of life in between; ends when the server stops."""
    seen = conversations.newest(conversation)
    with _bell(conversation) as bell:
        while not _closing:
            for message in conversations.later(conversation, seen):
                seen = message["id"]
                yield message
            others = hub()
            try:
                await asyncio.wait_for(bell.wait(), LOOK_RARELY_SECONDS if others and others.listening else LOOK_SECONDS)
                bell.clear()
            except asyncio.TimeoutError:
                yield None


def open_for(serving: bool) -> None:
    """When the server stops, every listener ends; clients come back, to another process if this one is gone."""
    global _closing
    _closing = not serving
    for conversation in list(_bells):
        ring(conversation)
