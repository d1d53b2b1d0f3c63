"""Messages that come later: who listens to a conversation, and how it is told, in whichever process the client is held."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from legwork import metrics
from legwork.errors import Refused
from legwork.settings import settings
from legwork.storage import conversations
from legwork.storage.hub import hub

LOOK_SECONDS = 5.0
"""How often a listener looks into the database, where another process may have put a message."""

LOOK_RARELY_SECONDS = 25.0
"""The same while other processes tell us at once; it is the sign of life for the client too."""

MOST_A_CONVERSATION, MOST_AN_ADDRESS = 6, 60
"""Listeners at a time in this process: the tabs of a browser, and the people behind one router."""

AGAIN_SECONDS = 30

_listeners: defaultdict[str, list[Listener]] = defaultdict(list)
_addresses: Counter[str] = Counter()
_closing = False


class Listener:
    """One event stream's ear at a conversation."""

    def __init__(self, conversation: str) -> None:
        """Hears what comes later than now."""
        self._conversation = conversation
        self._seen = conversations.newest(conversation)
        self._bell = asyncio.Event()
        self._over = False

    def ring(self) -> None:
        """There is news."""
        self._bell.set()

    def end(self) -> None:
        """Another listener has taken this one's place."""
        self._over = True
        self._bell.set()

    async def messages(self) -> AsyncIterator[dict[str, Any] | None]:
        """Each message as it comes; None as a sign of life in between; ends with the conversation, the place or the server."""
        while not (_closing or self._over or conversations.find(id=self._conversation).deleted):
            for message in conversations.later(self._conversation, self._seen):
                self._seen = message["id"]
                yield message
            others = hub()
            try:
                await asyncio.wait_for(self._bell.wait(), LOOK_RARELY_SECONDS if others and others.listening else LOOK_SECONDS)
                self._bell.clear()
            except asyncio.TimeoutError:
                yield None


@contextmanager
def listening(conversation: str, address: str) -> Iterator[Listener]:
    """A listener at the conversation, for whoever asks from `address`; where there are too many, the oldest one ends.

    Raises:
        Refused: 429, the address has too many already.
    """
    if settings().limits_on and _addresses[address] >= MOST_AN_ADDRESS:
        metrics.LIMITED.inc()
        raise Refused(429, "too_many", f"At most {MOST_AN_ADDRESS} event streams are open at a time.", AGAIN_SECONDS)
    listener, here = Listener(conversation), _listeners[conversation]
    here.append(listener)
    _addresses[address] += 1
    for oldest in here[:-MOST_A_CONVERSATION]:
        oldest.end()
    try:
        yield listener
    finally:
        here.remove(listener)
        if not here:
            del _listeners[conversation]
        _addresses[address] -= 1
        if not _addresses[address]:
            del _addresses[address]


def ring(conversation: str) -> None:
    """Wakes the listeners of the conversation in this process."""
    for listener in _listeners.get(conversation, ()):
        listener.ring()


def tell(conversation: str) -> None:
    """Wakes the listeners of the conversation, here and in other processes: there is a message, or it is over."""
    ring(conversation)
    others = hub()
    if others is not None:
        others.tell(conversation)


def deliver(conversation: str, body: dict[str, Any], sender: str = "legwork") -> dict[str, Any]:
    """Stores a message that no client asked for just now, and wakes whoever listens."""
    [shown] = conversations.add(conversation, sender, [body])
    tell(conversation)
    return shown


def open_for(serving: bool) -> None:
    """When the server stops, every listener ends; clients come back, to another process if this one is gone."""
    global _closing
    _closing = not serving
    for conversation in list(_listeners):
        ring(conversation)
