"""A dialogue engine that stands in for the trained model: `Turns` runs it like Rasa's agent."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker


class Store:
    """A tracker store that knows nobody, and keeps only what is saved besides the turns."""

    domain = Domain.empty()

    def __init__(self) -> None:
        """Nothing was saved."""
        self.saved: dict[str, DialogueStateTracker] = {}

    async def get_or_create_tracker(self, sender_id: str) -> DialogueStateTracker:
        """One of a conversation that nothing stopped yet."""
        return DialogueStateTracker(sender_id, [AnySlot("stopped", [])])

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Kept for the test to look at."""
        self.saved[tracker.sender_id] = tracker

    async def retrieve(self, sender_id: str) -> None:
        """Nothing is known of anybody."""

    def uttered(self, sender_id: str, message_id: str) -> list[dict[str, Any]]:
        """Nothing was said."""
        return []

    def drop(self, sender_id: str) -> None:
        """Nothing is kept."""

    async def delete(self, sender_id: str) -> None:
        """Nothing is kept."""


class Agent:
    """Answers each message with what `script` says for it, else with what was said.

    A script's value is what to utter (texts or whole messages), an exception to raise, or seconds to hang.
    """

    def __init__(self) -> None:
        """Nothing heard yet."""
        self.script: dict[str, Any] = {}
        self.heard: list[tuple[str, str, str]] = []
        self.times: Counter[str] = Counter()
        self.tracker_store = Store()
        self.seconds = 0.0

    def is_ready(self) -> bool:
        """As Rasa's agent."""
        return True

    @property
    def texts(self) -> list[str]:
        """What was heard, in order."""
        return [text for _, text, _ in self.heard]

    async def handle_message(self, message: UserMessage) -> None:
        """As Rasa's agent."""
        self.heard.append((message.sender_id, message.text, message.input_channel))
        self.times[message.text] += 1
        await asyncio.sleep(self.seconds)
        said = self.script.get(message.text, [f"You said: {message.text}"])
        if isinstance(said, (int, float)):
            await asyncio.sleep(said)
            return
        if isinstance(said, Exception):
            raise said
        for each in said:
            uttered = {"text": each} if isinstance(each, str) else each
            await message.output_channel.send_response(message.sender_id, {"metadata": {"topic": "faq/about_bot"}, **uttered})
