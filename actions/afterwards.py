"""What clients ask about appointments they have: when it is, moving, canceling, running late."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from actions import appointments, moves, person, safety
from actions.advice import HURTS
from actions.turn import Turn, TurnAction, reply
from legwork import questions
from legwork.advice.wording import area_names
from legwork.bookings import store
from legwork.bookings.model import LIVE, Booking, Taken, TooLate
from legwork.errors import NotFound
from legwork.nlu.context import CODE, asks, booked_beside, yes_or_no
from legwork.settings import practice, settings


class ActionAppointment(TurnAction):
    """Moving, canceling, running late, or asking when."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_appointment"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        about(turn, turn.intent.removeprefix("appointment_"))


def mine(turn: Turn) -> list[Booking]:
    """The live bookings of this conversation, and the one whose code the client has written."""
    found = store.open_for(turn.conversation)
    if code := CODE.search(turn.text):
        with suppress(NotFound):
            turn.set(known_booking=store.find(code[0]).id)
    known = turn.get("known_booking")
    if known and known not in [booking.id for booking in found]:
        with suppress(NotFound):
            found += [booking for booking in [store.find(known)] if booking.status in LIVE]
    return found


def about(turn: Turn, what: str) -> None:
    """Answers from the client's own booking; without one its code is asked for, or Jessica is told what the client wants."""
    topic = f"appointment/{what}"
    turn.set(topic=topic)
    bookings = mine(turn)
    if not bookings and what == "check" and wishes(turn):
        appointments.start(turn)
        return
    if what == "cancel" and not turn.in_form and (wish := booked_beside(turn.text)):
        appointments.take_later(turn, wish)
    if not bookings:
        ask_code(turn, what, turn.text)
        return
    latest = bookings[-1]
    if what == "reschedule":
        moves.start(turn, latest)
        return
    if what == "late" and not is_today(latest):
        turn.say("utter_late_which", topic=topic, wish=latest.said)
        turn.offer_pass_on(topic, turn.text, tell=True)
        return
    if what == "late":
        # It is of no use later: it goes to Jessica at once.
        questions.ask(turn.conversation, turn.channel, topic, turn.text, latest.phone or latest.email)
    settled = latest.agreed and what != "late"
    response = f"utter_my_appointment/{what}" if settled else f"utter_my_booking/{what}"
    turn.say(response, topic=topic, wish=latest.said, code=latest.id)
    if what == "check":
        safety.remind(turn, latest.areas)
    if what == "late" and practice().late_policy:
        turn.say("utter_my_booking/late_policy", topic=topic)
    if what == "cancel":
        if latest.agreed and practice().cancellation_policy:
            turn.say("utter_my_appointment/cancel_policy", topic=topic)
        turn.say(
            "utter_cancel_sure",
            topic=topic,
            buttons=[reply("Yes, cancel it", "yes", "cancel_booking"), reply("Keep it", "no", "cancel_booking")],
        )
        turn.ask("cancel_booking", booking=latest.id)


def is_today(booking: Booking) -> bool:
    """Whether it is, or may be, on this day."""
    times = [booking.slot] if booking.start else booking.windows
    today = settings().now().astimezone(practice().zone).date()
    return any(start.astimezone(practice().zone).date() == today for start, _ in times)


def wishes(turn: Turn) -> bool:
    """Whether who has no booking here names a time, maybe what for, and asks nothing ("sunday at 10 for my back", "tomorrow")."""
    if appointments.is_bare_time(turn):
        return True
    what_for = turn.values("area") or turn.values("session") or turn.values("minutes")
    return bool(what_for) and not asks(turn.text) and appointments.reads_time(turn.text)


MOST_CODES = 3
"""Codes that may be wrong in a row before Jessica is told instead."""


def ask_code(turn: Turn, what: str, question: str, tried: int = 0) -> None:
    """Asks for the code of a booking made elsewhere; who has none can have Jessica told."""
    topic = f"appointment/{what}"
    turn.say("utter_code_unknown" if CODE.search(turn.text) else f"utter_no_booking/{what}", topic=topic)
    if tried >= MOST_CODES or what == "late":
        turn.offer_pass_on(topic, question, tell=what != "check")
        return
    turn.say(
        "utter_ask_code",
        topic=topic,
        buttons=[
            reply("Ask Jessica" if what == "check" else "Tell Jessica", "yes", "booking_code"),
            reply("No thanks", "no", "booking_code"),
        ],
    )
    turn.ask("booking_code", what=what, question=question, tried=tried + 1)


NO_CODE = re.compile(
    r"\b(?:no|not|don['’]?t|haven['’]?t|didn['’]?t|never|lost|forgot|without|can['’]?t find)\b.*\b(?:code|one|it)\b",
    re.IGNORECASE,
)
"""Has no code, so that Jessica has to be told."""


def coded(turn: Turn, pending: dict[str, Any], value: str | None) -> None:
    """An answer to the question for a code."""
    if CODE.search(turn.text):
        if mine(turn):
            about(turn, pending["what"])
        else:
            ask_code(turn, pending["what"], pending["question"], pending["tried"])
        return
    if NO_CODE.search(turn.text):
        value = "yes"
    # Whoever has no code says whose it is, and when.
    question = pending["question"] if value else f"{pending['question']}; {turn.text}"
    person.pass_on(turn, "pass_on", {"topic": f"appointment/{pending['what']}", "question": question}, value)


def cancel(turn: Turn, pending: dict[str, Any], value: str | None) -> None:
    """Cancels the booking once the client said yes."""
    if value != "yes":
        turn.say("utter_kept", topic="appointment/cancel")
        return
    # Canceled meanwhile by Jessica is canceled all the same.
    with suppress(TooLate):
        store.cancel(pending["booking"], who="client")
    turn.say("utter_cancelled", topic="appointment/cancel")


_ADDS = re.compile(
    r"\b(?:add|include|also|too|as well|plus|throw in|on top)\b|^\W*(?:(?:oh|ok|actually)\W+)*and\b", re.IGNORECASE
)
_ANEW = re.compile(r"\b(?:book|schedule|another|appointment|session)\b", re.IGNORECASE)


def takes_addition(turn: Turn) -> bool:
    """Hands Jessica an area that is to be worked on besides those of a request ("can I add my calves?"), and says whether there was one.

    What hurts as well is a complaint, with its own questions.
    """
    booked = (turn.get("circumstances") or {}).get("booked") and not (turn.in_form or turn.get("asked") or turn.get("stopped"))
    if not booked or turn.intent == "safety" or not turn.values("area") or not _ADDS.search(turn.text):
        return False
    made = store.open_for(turn.conversation)
    if not made or _ANEW.search(turn.text) or HURTS.search(turn.text) or appointments.reads_time(turn.text):
        return False
    questions.ask(turn.conversation, turn.channel, "appointment/check", turn.text, made[-1].phone or made[-1].email)
    turn.say("utter_added_to_booking", topic="booking", areas=area_names(turn.values("area"), None), wish=made[-1].said)
    return True


SHORT = 8
"""Words of an answer to a proposal that nobody asked about in this turn; a longer message is read as what it says."""

UNASKED = (
    "smalltalk",
    "out_of_scope",
    "clarify",
    "answer",
    "appointment_book",
    "appointment_reschedule",
    "appointment_cancel",
    "appointment_check",
)
"""What a "yes", "that works" or "no, can't do that" may be taken for while nothing was asked in the dialogue."""


def takes_proposal(turn: Turn) -> bool:
    """Takes a typed yes or no to a time that Jessica proposed between two messages, and says whether it was one."""
    if turn.in_form or turn.get("asked") or turn.intent not in UNASKED or len(turn.text.split()) > SHORT:
        return False
    value = yes_or_no(turn.text)
    if value not in ("yes", "no") or not any(booking.status == "proposed" for booking in store.open_for(turn.conversation)):
        return False
    proposed(turn, value)
    return True


def proposed(turn: Turn, value: str | None) -> None:
    """Takes or refuses the time that Jessica proposed; one that lapsed meanwhile is said to be gone."""
    open_ones = [booking for booking in store.open_for(turn.conversation) if booking.status == "proposed"]
    said = "gone"
    with suppress(TooLate, Taken):
        if open_ones and value == "yes":
            store.confirm(open_ones[-1].id, who="client")
            said = "taken"
        elif open_ones:
            store.refuse(open_ones[-1].id)
            said = "refused"
    turn.say(f"utter_proposal/{said}", topic="booking")
    # Another time belongs to this request and is no new one.
    if said == "refused" and not (turn.intent != "choose" and moves.take(turn, open_ones[-1])):
        turn.ask("move_when", booking=open_ones[-1].id)
