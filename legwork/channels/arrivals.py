"""What a door took in: a message, its place in the line of its conversation, and what is answered with it as one."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from legwork.channels import listening
from legwork.storage.replies import Row

QUIET_SECONDS = 2.0
"""A burst is over after so long without a further message."""

MOST_QUIET_SECONDS = 8.0
"""Somebody who never stops typing is answered after this."""


@dataclass(frozen=True)
class Arrival:
    """A provider's message, as its door read it.

    Attributes:
        channel: sms, whatsapp or messenger.
        provider_id: the provider's own id.
        sender: phone number or page-scoped id, in clear; it is not kept so.
        text: what was written, or the title of what was tapped.
        payload: what was tapped, or None.
        kind: text; picture or place (what can't be read); welcome (Get Started); back (handed back from a person);
            overheard (not for us to answer).
        wish: stop, start or help where the provider read it, else None.
        answered: whether the provider has answered the wish itself.
    """

    channel: str
    provider_id: str
    sender: str
    text: str = ""
    payload: str | None = None
    kind: str = "text"
    wish: str | None = None
    answered: bool = False


@dataclass
class Item:
    """A stored message that waits for its answer. `held` is a request that still waits, if any; `again` one found unanswered."""

    inbox_id: int
    channel: str
    conversation: str
    content: dict[str, Any]
    at: float = 0.0
    held: asyncio.Future[list[Row]] | None = None
    urgent: bool = False
    again: bool = False

    def release(self, rows: list[Row]) -> bool:
        """Gives the rows to the request that waits for them; False when none does any more."""
        if self.held is None or self.held.done():
            return False
        self.held.set_result(rows)
        return True

    @property
    def alone(self) -> bool:
        """Whether it is complete in itself, so that nothing is merged with it."""
        content = self.content
        return bool(content["payload"] or content["kind"] != "text" or content["wish"] or listening.is_digit(content["text"]))


@dataclass
class Line:
    """The messages of one conversation that wait."""

    items: deque[Item] = field(default_factory=deque)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def burst(self) -> list[Item]:
        """The messages at the head of the line that are answered as one; they stay in it until they are."""
        burst: list[Item] = []
        for item in self.items:
            if burst and (item.alone or item.at - burst[-1].at > QUIET_SECONDS):
                break
            burst.append(item)
            if item.alone:
                break
        return burst
