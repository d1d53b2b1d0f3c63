"""What every action needs of a turn: what was understood, what is known, how to speak and what to remember."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from legwork import questions, withheld
from legwork.answers import answers, missing_facts
from legwork.bookings import store
from legwork.bookings.model import TooLate
from legwork.nlu.context import JUST_ME, NOT_ME, is_of_somebody
from legwork.settings import practice
from legwork.storage import safety

FORM = "booking_form"
TOLD_OF = {"faq/pregnancy": "pregnancy_told", "faq/minors": "minor_told", "faq/health_conditions": "contagious"}
"""Topics whose answer and note for Jessica say much the same, so that one message says both."""
OTHERS = {"pregnancy_told": "pregnancy_other"}
"""Notes that are no matter of the client's own session when somebody else is meant, and how they stand then."""
ALONE = ("safety", "safety_asked")
"""Intents whose answer comes alone: what else she should know is remembered and not said."""
RESUMED = "resumed"
"""Value of the slot `asked` while the form goes on after something else was answered."""


def reply(title: str, value: str, to: str) -> dict[str, str]:
    """A quick reply that answers the question `to`; it says so, since an old one may be tapped later."""
    return {"title": title, "payload": "/choose" + json.dumps({"reply": value, "to": to})}


def choice(title: str, topic: str) -> dict[str, str]:
    """A quick reply that stands for a topic."""
    return {"title": title, "payload": "/choose" + json.dumps({"topic": topic})}


def soon(response: str) -> str:
    """The response's variant that says how soon Jessica usually answers, where she has said so."""
    variant = f"{response}/soon"
    return response if missing_facts(variant, practice().facts()) else variant


class Turn:
    """One action's view of the conversation."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        """Starts with nothing said and nothing changed."""
        self._dispatcher, self._tracker = dispatcher, tracker
        self._changed: dict[str, Any] = {}
        self._offers: list[dict[str, Any]] = []
        self._next: str | None = None
        self.events: list[dict[str, Any]] = []

    @property
    def conversation(self) -> str:
        """Its id."""
        return self._tracker.sender_id

    @property
    def channel(self) -> str:
        """web, sms, whatsapp or messenger."""
        return self._tracker.get_latest_input_channel() or "web"

    @cached_property
    def text(self) -> str:
        """What the client wrote, without a number that nobody should write into a chat."""
        return withheld.rest(self._tracker.latest_message.get("text") or "")

    @property
    def earlier(self) -> str | None:
        """What the client wrote in the message before; None where it was a tap or there was none."""
        told = [event.get("text") or "" for event in self._tracker.events if event.get("event") == "user"]
        return withheld.rest(told[-2]) or None if len(told) > 1 and not told[-2].startswith("/") else None

    @property
    def matter(self) -> str | None:
        """What was last offered to be passed on to Jessica and came to neither a yes nor a no."""
        matter = None
        for event in self._tracker.events:
            if event.get("event") == "slot" and event.get("name") == "pending" and "topic" in (event.get("value") or {}):
                matter = event["value"].get("question") or matter
            elif ((event.get("metadata") or {}).get("utter_action") or "").removeprefix("utter_").startswith("passed_"):
                matter = None
        return matter

    @property
    def repeats(self) -> bool:
        """Whether the client wrote the same words before."""
        told = [event.get("text") or "" for event in self._tracker.events if event.get("event") == "user"]
        *before, now = [re.findall(r"\w+", text.lower()) for text in told] or [[]]
        return now in before

    def has_said(self, response: str) -> bool:
        """Whether the response was uttered before in this conversation."""
        bot = (event for event in self._tracker.events if event.get("event") == "bot")
        return any((event.get("metadata") or {}).get("utter_action") == response for event in bot)

    @cached_property
    def withheld(self) -> str | None:
        """Which kind of such a number stood in it."""
        return withheld.kind(self._tracker.latest_message.get("text") or "")

    @property
    def intent(self) -> str:
        """What it was understood as."""
        return (self._tracker.latest_message.get("intent") or {}).get("name") or ""

    @property
    def reading(self) -> dict[str, Any]:
        """`topics`, `likely` and `answer`; see legwork/nlu/understanding.py."""
        return self._tracker.latest_message.get("reading") or {"topics": [], "likely": [], "answer": None}

    @property
    def entities(self) -> list[dict[str, Any]]:
        """Entities of this message."""
        return self._tracker.latest_message.get("entities") or []

    @property
    def safety(self) -> dict[str, Any]:
        """`level`, `sign` and `findings` of this message, or nothing."""
        return self._tracker.latest_message.get("safety") or {}

    @property
    def tells_jessica(self) -> bool:
        """Whether this message says something that she is to know."""
        return any(finding["level"] == "tell_jessica" for finding in self.safety.get("findings") or [])

    @property
    def passed_on(self) -> bool:
        """Whether Jessica was given this message already."""
        return bool((self._tracker.latest_message.get("metadata") or {}).get("passed_on"))

    @property
    def in_form(self) -> bool:
        """Whether the booking form is open."""
        return (self._tracker.active_loop or {}).get("name") == FORM

    def values(self, entity: str) -> list[Any]:
        """Values of this entity in the message, in order."""
        return [e["value"] for e in self.entities if e["entity"] == entity]

    def get(self, slot: str) -> Any:
        """The slot as this turn leaves it."""
        return self._changed[slot] if slot in self._changed else self._tracker.get_slot(slot)

    def set(self, **slots: Any) -> None:
        """Remembers values for the next turns."""
        self._changed.update(slots)

    def say(self, response: str, *, topic: str | None = None, buttons: Sequence[dict[str, str]] = (), **extra: Any) -> None:
        """Utters a response of data/, filled with the owner's facts.

        Args:
            response: its name, `utter_faq/price`.
            topic: the topic that the message carries; the response's own when None.
            buttons: quick replies beside those of the file.
            extra: placeholders of the response, or `card`, `link`, `metadata`.
        """
        answer = answers()[response]
        facts = {name: value for name, value in practice().facts().items() if name in answer.facts}
        if topic:
            extra["metadata"] = {**(answer.variants[0].get("metadata") or {}), **extra.get("metadata", {}), "topic": topic}
        self._dispatcher.utter_message(response=response, buttons=list(buttons), **{**facts, **extra})
        self._offers = [*(answer.variants[0].get("buttons") or []), *buttons]

    def answer(self, topic: str) -> bool:
        """Says the topic's answer; False when an unset fact silences it, and what can be said without it was said."""
        name, facts = f"utter_{topic}", practice().facts()
        known = not missing_facts(name, facts)
        if (sign := TOLD_OF.get(topic)) and sign in self._news():
            self._note(sign, f"utter_told/{topic.split('/')[1]}" if known else f"utter_note/{sign}", topic)
            return known
        if known:
            self.say(name)
            return True
        without = f"utter_unset/{topic.split('/')[1]}"
        if without in answers() and not missing_facts(without, facts):
            self.say(without, topic=topic)
        else:
            self.say("utter_unset_fact", topic=topic)
        return False

    def ask(self, asked: str, **pending: Any) -> None:
        """Remembers what the last message asked, and what the answer is for."""
        self.set(asked=asked, pending=pending or None)

    @property
    def has_asked(self) -> bool:
        """Whether this turn's answer asks something."""
        return bool(self._changed.get("asked"))

    @property
    def goes_on(self) -> bool:
        """Whether another action runs right after this one."""
        return self._next is not None

    def offer_pass_on(self, topic: str | None, question: str, *, tell: bool = False) -> None:
        """Offers to pass the question on to Jessica, or the news when it is to `tell`."""
        self.say(
            "utter_offer_tell" if tell else "utter_offer_pass_on",
            topic=topic or "fallback",
            buttons=[
                reply("Yes, tell Jessica" if tell else "Yes, ask Jessica", "yes", "pass_on"),
                reply("No thanks", "no", "pass_on"),
            ],
        )
        self.ask("pass_on", topic=topic, question=question)

    def keep_promise(self) -> None:
        """Passes a question on that was to be, though the client wrote something else where a contact was asked."""
        pending = self.get("pending") or {}
        answered = self.intent in ("answer", "stop") or self.values("to") == ["pass_on_contact"]
        if self.get("asked") == "pass_on_contact" and pending and not answered:
            questions.ask(self.conversation, self.channel, pending.get("topic"), pending["question"], None)
            if self.intent != "safety":
                self.say(soon("utter_passed_on_here"), topic=pending.get("topic") or "fallback")

    def then(self, action: str) -> None:
        """Runs another action right after this one."""
        self._next = action

    def note(self) -> None:
        """Says and remembers what Jessica should know, once a conversation; beside a stop, or what is asked about one, it is remembered only."""
        for sign in self._news():
            name = f"utter_note/{sign}"
            self._note(sign, (name if name in answers() else "utter_note") if self.intent not in ALONE else None)

    def leave_to_jessica(self, code: str, response: str, topic: str) -> None:
        """Says and remembers something that she has to ask about herself."""
        if code not in (self.get("notes") or []):
            self._note(code, response, topic)

    def _news(self) -> list[str]:
        """Signs in this message that are to be told to Jessica and aren't noted yet."""
        told = [finding["sign"] for finding in self.safety.get("findings") or [] if finding["level"] == "tell_jessica"]
        return [sign for sign in dict.fromkeys(told) if self._of_whom(sign) not in (self.get("notes") or [])]

    def _of_whom(self, sign: str) -> str:
        return OTHERS.get(sign, sign) if is_of_somebody(self.text) else sign

    def puts_right_who(self) -> bool:
        """Takes the word that a note is somebody else's, or the appointment not theirs; says whether that is all there is to answer."""
        notes = list(self.get("notes") or [])
        if not {*notes} & {*OTHERS, *OTHERS.values()}:
            return False
        if NOT_ME.search(self.text):
            self.set(notes=[OTHERS.get(note, note) for note in notes])
            answers_form = self.intent == "answer" and self.get("asked") in ("booking_session", "booking_when")
            if not self.entities and (answers_form or self.intent in ("out_of_scope", "clarify", "smalltalk")):
                self.say("utter_noted_who", topic="fallback")
                return True
        elif JUST_ME.search(self.text):
            self.set(notes=[note for note in notes if note not in OTHERS.values()])
        return False

    @property
    def conditions(self) -> tuple[str, ...]:
        """What is noted of whoever is to be treated, as the advice takes it."""
        own = {other: sign for sign, other in OTHERS.items()}
        return tuple(own.get(note, note) for note in self.get("notes") or ())

    def _note(self, code: str, response: str | None, topic: str = "safety") -> None:
        code = self._of_whom(code)
        if response:
            self.say(response, topic=topic, metadata={"level": "tell_jessica"})
        safety.record(self.conversation, "tell_jessica", code)
        self.set(notes=[*(self.get("notes") or []), code])

    def tell_of_booked(self) -> None:
        """Adds what this turn has noted, or was stopped for, to the bookings made before, and tells Jessica, who has read them already."""
        known, stopped = self._tracker.get_slot("notes") or [], self._tracker.get_slot("stopped") or {}
        codes = [note for note in self.get("notes") or [] if note not in known]
        if signs := [sign for sign in (self.get("stopped") or {}).get("signs", ()) if sign not in stopped.get("signs", ())]:
            codes += ["stopped", *signs]
        booked = store.open_for(self.conversation) if codes else []
        for booking in booked:
            with suppress(TooLate):  # over meanwhile
                store.note(booking.id, codes)
        if booked:
            told = ", ".join(code.replace("_", " ") for code in codes)
            text = f"Noted after it was booked ({booked[-1].name}, {booked[-1].said}): {told}."
            questions.ask(self.conversation, self.channel, "safety", text, booked[-1].phone or booked[-1].email)

    def finish(self) -> list[dict[str, Any]]:
        """What Rasa has to remember; the booking form goes on unless the action said otherwise."""
        offers, asked = self._offers, self.get("asked") if "asked" in self._changed else None
        self.note()
        self.tell_of_booked()
        if self._next is None and self.in_form:
            # Left alone, Rasa would ask the form's question on top of what was asked here.
            self._next = "action_listen" if asked else FORM
            asked = asked or RESUMED
        changed = {**self._changed, "offers": offers or None, "asked": asked}
        if asked in (None, RESUMED):
            changed["pending"] = None
        events = [SlotSet(name, value) for name, value in changed.items()] + self.events
        return [*events, FollowupAction(self._next)] if self._next else events


class TurnAction(Action, ABC):
    """An action written as what it does in a turn. Abstract, so that rasa_sdk doesn't register it."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """(see parent class for full docstring)"""
        from actions import advice, afterwards, appointments, person  # which build on this module

        turn = Turn(dispatcher, tracker)
        left, waiting = advice.left_open(turn), bool((turn.get("pending") or {}).get("then_book"))
        offered = (turn.get("pending") or {}) if turn.get("asked") == "person_message" else None
        turn.keep_promise()
        if turn.intent != "inbox":
            turn.set(language=None)
        if turn.withheld:
            turn.say(f"utter_never_kept/{turn.withheld}", topic="booking")
        if not (
            appointments.resumes(turn)
            or afterwards.takes_proposal(turn)
            or afterwards.takes_addition(turn)
            or advice.suggests_again(turn)
            or turn.puts_right_who()
            or person.takes_contact(turn)
        ):
            self.act(turn)
        advice.keep_open(turn, left)
        appointments.keep_waiting(turn, waiting)
        person.keep_offering(turn, offered)
        return turn.finish()

    @abstractmethod
    def act(self, turn: Turn) -> None:
        """Speaks and remembers."""
