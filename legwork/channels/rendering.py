"""What Rasa utters, as the protocol's messages."""

from __future__ import annotations

import re
from typing import Any

from rasa.core.channels.channel import OutputChannel

SHOWN = ("link", "card", "attachment")
"""Keys that an action may put beside a text and that reach the client as they are."""


def topic_of(uttered: dict[str, Any]) -> str | None:
    """The topic a message carries: what its response or action says, else its response's name."""
    named = (uttered.get("metadata") or {}).get("topic")
    name = (uttered.get("utter_action") or "").removeprefix("utter_")
    return named or (name if "/" in name else None)


def quick_reply(button: dict[str, Any]) -> dict[str, Any]:
    """A button as the protocol shows it; one that stands for a topic carries it."""
    topic = re.search(r'"topic": *"([^"]+)"', button["payload"])
    return {"title": button["title"], "payload": button["payload"], **({"topic": topic.group(1)} if topic else {})}


def body_of(uttered: dict[str, Any]) -> dict[str, Any]:
    """One uttered response as a message's body, without id, sender and time."""
    body = {
        "topic": topic_of(uttered),
        "text": (uttered.get("text") or "").strip(),
        "quick_replies": [quick_reply(button) for button in uttered.get("buttons") or []],
    }
    custom = uttered.get("custom") or {}
    for key in SHOWN:
        value = uttered.get(key) or custom.get(key)
        if value:
            body[key] = value
    level = (uttered.get("metadata") or {}).get("level")
    if level:
        body["level"] = level
    return body


class Collector(OutputChannel):
    """Gathers what one turn utters, instead of sending it piece by piece."""

    def __init__(self, channel: str) -> None:
        """`channel` decides which variant of a response Rasa picks."""
        self._channel = channel
        self.bodies: list[dict[str, Any]] = []
        self.silent = False
        """Whether something was answered with silence: what nobody wrote gets none on a phone."""

    def name(self) -> str:  # type: ignore[override]  # one name an instance: a class method would need a class a channel
        """(see parent class for full docstring)"""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """(see parent class for full docstring)"""
        self.silent = self.silent or (self._channel != "web" and bool((message.get("metadata") or {}).get("silent")))
        if self.silent:
            return  # what follows in the turn, such as a form's question once more, isn't said either
        body = body_of(message)
        if body["text"] or body.get("card"):
            self.bodies.append(body)
