"""Warning signs: the advice, what it stops, and what the client may still do."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk.events import ActiveLoop, SlotSet

from actions.turn import Turn, TurnAction
from legwork import questions
from legwork.answers import answers
from legwork.storage import safety as records

logger = logging.getLogger(__name__)

STOPS_ALL = ("emergency", "refuse")
"""Levels after which nothing is booked at all; `doctor` stops the areas it is about."""


class ActionSafety(TurnAction):
    """Says the advice for the most urgent sign of the message, and nothing else."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_safety"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        named = turn.values("area")
        stop(
            turn,
            turn.safety["level"],
            turn.safety["sign"],
            areas=named or list((turn.get("circumstances") or {}).get("areas") or ()),
        )


def stop(turn: Turn, level: str, sign: str, areas: list[str], *, unsure: bool = False) -> None:
    """Says the advice, records it as codes, ends the form, and remembers what may not be booked.

    `unsure` is a client who couldn't say yes or no to a screening question: nothing was described, so the advice doesn't say so.
    """
    before = turn.get("stopped") or {}
    if level == "refuse" and before.get("level") == "refuse":
        turn.say("utter_safety/refused_already", topic="safety", metadata={"level": "refuse"})
    elif unsure:
        turn.say("utter_safety_unsure", topic="safety", metadata={"level": level})
    else:
        name = f"utter_safety/{sign}" if f"utter_safety/{sign}" in answers() else f"utter_safety/{level}"
        turn.say(name, topic="safety", metadata={"level": level})
    records.record(turn.conversation, level, sign)
    logger.warning("safety.stopped level=%s sign=%s", level, sign)
    if level == "refuse":
        questions.ask(
            turn.conversation, turn.channel, "safety", "A message in this conversation was refused as a solicitation.", None
        )
    keep = before if before.get("level") in STOPS_ALL and level == "doctor" else {"level": level, "sign": sign}
    turn.set(stopped={**keep, "areas": sorted({*before.get("areas", ()), *areas})}, topic="safety", answered=None)
    turn.events += [ActiveLoop(None), SlotSet("requested_slot", None)]
    turn.then("action_listen")


def may_book(turn: Turn, areas: list[str]) -> bool:
    """Whether these areas may be booked; says why not and how to reach Jessica when they may not."""
    stopped: dict[str, Any] = turn.get("stopped") or {}
    if not stopped:
        return True
    other_area = stopped["level"] == "doctor" and areas and stopped["areas"] and not set(areas) & set(stopped["areas"])
    if other_area:
        return True
    name = "utter_safety/refused_already" if stopped["level"] == "refuse" else "utter_safety_insist"
    turn.say(name, topic="safety", metadata={"level": stopped["level"]})
    turn.set(topic="safety")
    return False


class ActionSafetyWhy(TurnAction):
    """Says why a session was stopped."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_safety_why"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        turn.say("utter_safety_why", topic="safety", metadata={"level": (turn.get("stopped") or {}).get("level", "doctor")})


class ActionSafetyCleared(TurnAction):
    """The client says that a doctor has cleared it: Jessica is told, and booking opens again."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_safety_cleared"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        stopped = turn.get("stopped") or {}
        if stopped.get("level") == "refuse":
            turn.say("utter_safety/refused_already", topic="safety", metadata={"level": "refuse"})
            return
        notes = list(turn.get("notes") or [])
        if "cleared" not in notes:
            notes.append("cleared")
        turn.say("utter_safety_cleared", topic="safety", metadata={"level": "tell_jessica"})
        turn.set(stopped=None, notes=notes)
