"""What must be said at a first contact, after a long gap, and when Legwork takes over from Jessica; HELP and START.

Sources: CTIA Messaging Principles 5.1 (who writes, HELP, STOP, rates); Meta, "Disclosure of automated experiences": at the
start, after a significant lapse of time, and when a chat moves from a person to automation.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from legwork.answers import answers
from legwork.channels.rendering import quick_reply
from legwork.channels.wording import say
from legwork.settings import practice, settings
from legwork.storage import reach

GAPS = {"messenger": dt.timedelta(days=1), "sms": dt.timedelta(days=30), "whatsapp": dt.timedelta(days=30)}
"""A silence after which it is said again."""


def with_intro(channel: str, conversation: str, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answer, with who is speaking where that must be said; nothing stands before the advice in an emergency."""
    if any(body.get("intro") for body in bodies) or not _owed(channel, conversation):
        return bodies
    return [*bodies, intro(channel)] if bodies[0].get("level") == "emergency" else [intro(channel), *bodies]


def intro(channel: str) -> dict[str, Any]:
    """Who is speaking."""
    name = "utter_door/messenger_intro" if channel == "messenger" else "utter_door/sms_intro"
    return say(name, "faq/about_bot", intro=True)


def about_texting(channel: str, wish: str) -> dict[str, Any]:
    """The answer to HELP or START; rates and what carriers listen for belong on the phone only."""
    if wish == "help":
        reachable = practice().facts()["phone"] is not None
        return say("utter_door/help_contact" if reachable else "utter_door/help", "faq/about_bot", intro=True)
    return say("utter_door/messenger_start" if channel == "messenger" else "utter_door/start", "smalltalk/greet", intro=True)


def welcome() -> dict[str, Any]:
    """The welcome that the chat window shows too."""
    variant = answers()["utter_welcome"].variants[0]
    replies = [quick_reply(button) for button in variant.get("buttons", [])]
    return say("utter_welcome", "smalltalk/greet", intro=True) | {"quick_replies": replies}


def _owed(channel: str, conversation: str) -> bool:
    last = reach.last_said(conversation)
    return last is None or last[0] == "jessica" or settings().now() - last[1] > GAPS[channel]
