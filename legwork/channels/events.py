"""Messages that come later: who listens to a conversation, and how it is told."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import contextmanager
from typing import Any

from legwork.storage import conversations

LOOK_SECONDS = 5.0
"""How often a listener looks into the database, where another process may have put a message."""

_bells: defaultdict[str, set[asyncio.Event]] = defaultdict(set)


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


def deliver(conversation: str, body: dict[str, Any], sender: str = "legwork") -> dict[str, Any]:
    """Stores a message that no client asked for just now, and rings whoever listens."""
    [shown] = conversations.add(conversation, sender, [body])
    for bell in _bells.get(conversation, ()):
        bell.set()
    return shown


async def listen(conversation: str) -> AsyncIterator[dict[str, Any] | None]:
    """Each message that comes later than now, as it comes; None as a sign of life in between."""
    seen = conversations.newest(conversation)
    with _bell(conversation) as bell:
        while True:
            for message in conversations.later(conversation, seen):
                seen = message["id"]
                yield message
            try:
                await asyncio.wait_for(bell.wait(), LOOK_SECONDS)
                bell.clear()
            except asyncio.TimeoutError:
                yield None
