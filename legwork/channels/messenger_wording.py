"""The same answer for Messenger: quick replies, buttons for links, and Meta's limits.

Source: Meta, "Send API": text 2,000 characters; at most 13 quick replies, titles of 20 and payloads of 1,000 characters;
a button template has 1 to 3 buttons and 640 characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from legwork.channels.wording import Part, cut_title, parts_of, split

MOST_CHARACTERS = 2000
MOST_TEMPLATE_CHARACTERS = 640
MOST_QUICK_REPLIES = 13
MOST_BUTTONS = 3
MOST_TITLE = 20
MOST_PAYLOAD = 1000

OURS = "legwork"
"""Rides on every message we send, so that its echo is known as ours."""


def messages(bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The Send API's `message` objects for an answer, in order; only the last has quick replies, since they vanish."""
    parts = parts_of(bodies, links_in_text=False)
    out = [message for part in parts for message in _of_part(part)]
    replies = quick_replies(parts[-1]) if parts else []
    if out and replies:
        out[-1]["quick_replies"] = replies
    return [{**message, "metadata": OURS} for message in out]


def quick_replies(part: Part) -> list[dict[str, str]]:
    """At most 13 choices; a payload that is too long for Meta can't be offered."""
    fitting = [(title, payload) for title, payload in part.choices if title and len(payload) <= MOST_PAYLOAD]
    return [
        {"content_type": "text", "title": cut_title(title, MOST_TITLE), "payload": payload}
        for title, payload in fitting[:MOST_QUICK_REPLIES]
    ]


def _of_part(part: Part) -> list[dict[str, Any]]:
    links = [(title, url) for title, url in part.links if url.startswith(("http://", "https://"))]
    if not links:
        return [{"text": piece} for piece in split(part.text, MOST_CHARACTERS)]
    # The buttons stand under the last words.
    *before, last = split(part.text, MOST_TEMPLATE_CHARACTERS) or [links[0][0]]
    texts = [{"text": piece} for piece in split("\n".join(before), MOST_CHARACTERS)]
    return [*texts, _template(last, links[:MOST_BUTTONS])]


def _template(text: str, links: Sequence[tuple[str, str]]) -> dict[str, Any]:
    buttons = [{"type": "web_url", "title": cut_title(title, MOST_TITLE), "url": url} for title, url in links]
    return {"attachment": {"type": "template", "payload": {"template_type": "button", "text": text, "buttons": buttons}}}
