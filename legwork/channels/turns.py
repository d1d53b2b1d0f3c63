"""One turn: an accepted message goes through Rasa, in its order, and its answer is stored.

Messages of one conversation wait in a queue of ours. Rasa's own lock polls once a second, and twenty messages at once would
take 19 s with it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from legwork import questions
from legwork.answers import answers
from legwork.channels.rendering import Collector
from legwork.storage import conversations
from legwork.storage.engine import engine
from legwork.storage.tracker import TrackerStore

logger = logging.getLogger(__name__)

TURN_SECONDS = 10.0
"""A turn that takes longer gets a sentence, and its question goes to Jessica."""

CARRIED = ("asked", "offers", "topic", "stopped", "circumstances")
"""Slots that travel with the next message, so that it is understood from what was said before."""


class Turns:
    """Runs turns, one at a time in each conversation."""

    def __init__(self, agent: Agent) -> None:
        """`agent` must be loaded, with Legwork's own tracker store."""
        self._agent = agent
        self._locks: dict[str, asyncio.Lock] = {}
        self._waiting: Counter[str] = Counter()

    @property
    def store(self) -> TrackerStore:
        """Where the trackers are kept."""
        return getattr(self._agent.tracker_store, "_tracker_store", self._agent.tracker_store)

    @asynccontextmanager
    async def in_order(self, conversation: str) -> AsyncIterator[None]:
        """Waits for the turns of this conversation that came before; asyncio's lock serves in order of arrival."""
        lock = self._locks.setdefault(conversation, asyncio.Lock())
        self._waiting[conversation] += 1
        try:
            async with lock:
                yield
        finally:
            self._waiting[conversation] -= 1
            if not self._waiting[conversation]:
                del self._waiting[conversation], self._locks[conversation]

    async def answer(
        self, channel: str, conversation: str, inbox_id: int, text: str, payload: str | None = None
    ) -> list[dict[str, Any]]:
        """Answers one message and returns the answer; the same message again gets the same answer.

        Args:
            channel: web, sms, whatsapp or messenger.
            conversation: its id.
            inbox_id: the message's row in the inbox.
            text: what the client wrote, or the title of what they tapped.
            payload: an offered payload, or None for text.
        """
        async with self.in_order(conversation):
            before = conversations.answer_to(inbox_id)
            if before:
                return before
            bodies = await self.run(channel, conversation, text, payload)
            with engine().begin() as connection:
                conversations.write(connection, conversation, "client", [{"topic": None, "text": text, "quick_replies": []}], inbox_id)
                shown = conversations.write(connection, conversation, "legwork", bodies, inbox_id)
                conversations.answered(connection, inbox_id)
            return shown

    async def run(self, channel: str, conversation: str, text: str, payload: str | None = None) -> list[dict[str, Any]]:
        """One turn's answer as bodies, not stored yet; empty where silence is right. Must be called `in_order`.

        A turn that fails or takes too long is answered with a sentence, and its message goes to Jessica.
        """
        collector = Collector(channel)
        try:
            message = UserMessage(
                # A leading slash is text here; only what we offered is a command.
                payload or text.lstrip("/ ") or "?",
                collector,
                conversation,
                input_channel=channel,
                metadata=await self._context(conversation),
            )
            await asyncio.wait_for(self._agent.handle_message(message), TURN_SECONDS)
        except Exception as error:
            # The client's words must not stand in a log, and an exception's text may hold them.
            logger.error("turn.failed conversation=%s error=%s", conversation, type(error).__name__, exc_info=logger.isEnabledFor(logging.DEBUG))
            self.store.drop(conversation)
        if collector.bodies or collector.silent:
            return collector.bodies
        questions.ask(conversation, channel, None, text, None)
        return [plain("utter_failed")]

    async def _context(self, conversation: str) -> dict[str, Any]:
        tracker = await self.store.retrieve(conversation)
        context: dict[str, Any] = {"previous": " ".join(conversations.said_lately(conversation))}
        if tracker is None:
            return context
        context |= {name: value for name in CARRIED if (value := tracker.get_slot(name))}
        return context


def plain(name: str, topic: str = "fallback") -> dict[str, Any]:
    """A response's first variant as a message's body, without a turn of Rasa's."""
    variant = answers()[name].variants[0]
    return {"topic": topic, "text": variant["text"].strip(), "quick_replies": []}
