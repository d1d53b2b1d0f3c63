"""Warning signs: the advice, what it stops, and what the client may still do."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk.events import ActiveLoop, SlotSet

from actions import advice
from actions.turn import Turn, TurnAction
from legwork import questions
from legwork.answers import answers
from legwork.nlu.context import cleared_beside
from legwork.nlu.safety import asking, stops
from legwork.nlu.safety.patterns import language
from legwork.nlu.safety.responses import response_for
from legwork.settings import practice, settings
from legwork.storage import safety as records

logger = logging.getLogger(__name__)


class ActionSafety(TurnAction):
    """Says the advice for the most urgent sign of the message, and nothing else."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_safety"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        level, sign = turn.safety["level"], turn.safety["sign"]
        areas = turn.values("area") or list((turn.get("circumstances") or {}).get("areas") or ())
        before = turn.get("stopped") or {}
        if before.get("level") == "emergency" and asking.read(turn.text, "safety") == "helped":
            turn.say("utter_asked/helped_emergency", topic="safety", metadata={"level": level})  # "the ambulance is here"
            turn.set(topic="safety")
        elif level == "doctor" and not before and cleared_beside(turn.text):
            records.record(turn.conversation, level, sign)
            lift(turn, stops.stop({}, level, sign, areas, settings().now()))
        else:
            stop(turn, level, sign, areas=areas)


def stop(turn: Turn, level: str, sign: str, areas: list[str], *, unsure: bool = False) -> None:
    """Says the advice, records it as codes, ends the form, and remembers what may not be booked.

    `unsure` is a client who couldn't say yes or no to a screening question: nothing was described, so the advice doesn't say so.
    """
    before = turn.get("stopped") or {}
    spoken = language(turn.text) if level == "emergency" else None
    if level == "refuse" and before.get("level") == "refuse":
        turn.say("utter_safety/refused_already", topic="safety", metadata={"level": "refuse"})
    elif unsure:
        turn.say("utter_safety_unsure", topic="safety", metadata={"level": level})
    else:
        turn.say(response_for(level, sign, spoken), topic="safety", metadata={"level": level})
    records.record(turn.conversation, level, sign)
    logger.warning("safety.stopped level=%s sign=%s", level, sign)
    if level == "refuse":
        questions.ask(
            turn.conversation, turn.channel, "safety", "A message in this conversation was refused as a solicitation.", None
        )
    if spoken and not turn.passed_on:
        questions.ask(turn.conversation, turn.channel, "safety", turn.text, None)
    turn.set(stopped=stops.stop(before, level, sign, areas, settings().now()), topic="safety", answered=None)
    turn.events += [ActiveLoop(None), SlotSet("requested_slot", None)]
    turn.then("action_listen")


def may_book(turn: Turn, areas: list[str]) -> bool:
    """Whether these areas may be booked; says why not and how to reach Jessica when they may not."""
    stopped = turn.get("stopped") or {}
    if not stops.bars(stopped, areas):
        return True
    name = "utter_safety/refused_already" if stopped["level"] == "refuse" else "utter_safety_insist"
    if not stops.may_be_cleared(stopped, settings().now()) and stopped["level"] == "emergency":
        name = "utter_safety_not_here"
    turn.say(name, topic="safety", metadata={"level": stopped["level"]})
    turn.set(topic="safety")
    return False


def remind(turn: Turn, areas: list[str]) -> None:
    """Says beside an appointment for these areas that a stop made later stands."""
    stopped = turn.get("stopped") or {}
    if stops.bars(stopped, areas):
        names = {"emergency": "utter_safety_booked/emergency", "refuse": "utter_safety/refused_already"}
        name = names.get(stopped["level"], "utter_safety_booked")
        turn.say(name, topic="safety", metadata={"level": stopped["level"]})


def notes(turn: Turn, areas: list[str]) -> list[str]:
    """What Jessica is told with a booking of these areas: her notes, the signs that stop others, and what wasn't asked."""
    told = list(turn.get("notes") or [])
    if "screen_unanswered" not in told and not all(advice.asked_about(turn, area) for area in areas):
        told.append("screen_unasked")
    stopped = turn.get("stopped")
    return [*told, "stopped", *stopped["signs"]] if stopped else told


class ActionSafetyAsked(TurnAction):
    """Answers what is asked about a stop, which stands; after a refusal there is nothing to add."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_safety_asked"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        level, kind = (turn.get("stopped") or {}).get("level", "doctor"), turn.reading["answer"]
        if level == "refuse":
            may_book(turn, [])  # says so
            return
        if kind == "corrected":
            if advice.reopen(turn):
                return
            kind = "reassured"  # a sign was told, which no word of the client's takes away
        graver = f"utter_asked/{kind}_emergency"
        name = graver if level == "emergency" and graver in answers() else f"utter_asked/{kind}"
        turn.say(name, topic="safety", metadata={"level": level})
        if kind == "call" and practice().facts()["phone"]:
            turn.say("utter_reach/phone", topic="safety")
        turn.set(topic="safety")


class ActionSafetyCleared(TurnAction):
    """The client says that a doctor has cleared it: Jessica is told, and booking opens again."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_safety_cleared"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        stopped = turn.get("stopped") or {}
        if stops.may_be_cleared(stopped, settings().now()):
            lift(turn, stopped)
        else:
            may_book(turn, [])  # says why not


def lift(turn: Turn, stopped: dict[str, Any]) -> None:
    """Takes a stop away that a doctor has cleared, tells Jessica of it, and goes on to booking where that is wished for."""
    from actions import appointments  # which builds on this module

    kept = [note for note in turn.get("notes") or [] if note != "cleared"]
    turn.say("utter_safety_cleared", topic="safety", metadata={"level": "tell_jessica"})
    heard = turn.get("circumstances") or {}
    if not heard.get("areas"):  # what was to be treated when it was stopped
        turn.set(circumstances={**heard, "areas": stopped["areas"]})
    turn.set(stopped=None, notes=[*kept, *(sign for sign in stopped["signs"] if sign not in kept), "cleared"])
    if appointments.wishes_beside(turn.text):  # "the doctor cleared it, saturday at 10?"
        appointments.take_down(turn)
        appointments.start(turn)
