"""Moving a booking: with her own diary the client picks another open time; else the new wish is stored, and Jessica moves it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from actions import safety, times
from actions.draft import only_time, reads_time, say_session
from actions.turn import FORM, Turn, reply
from legwork.bookings import store, when
from legwork.bookings.model import Booking, TooLate, spoken
from legwork.settings import practice

TOPIC = "appointment/reschedule"

_PUTS_RIGHT = re.compile(
    r"^\W*(?:(?:oh|ok|okay|hmm|um|so|and|hey|hi)\W+)*(?:actually|wait|hold on|oops|whoops|sorry|no|scratch|on second thought|i meant|any chance|is there any chance)\b"
    r"|\b(?:instead|rather|better|after all)\b",
    re.IGNORECASE,
)
"""Puts another time in the place of the one that was just asked for."""

_ANOTHER = re.compile(
    r"\b(?:another|second|extra|additional|also|too|as well|both|plus|add|one more|book|schedule|reserve|new|(?:my|our) \w+|him|her|them|he|she|they)\b",
    re.IGNORECASE,
)
"""A wish beside the one that was asked for, or somebody else's."""


def meant(turn: Turn) -> Booking | None:
    """The booking that a wish for a time moves: who has just asked for one, and names another time and nothing else, wants no second."""
    heard = turn.get("circumstances") or {}
    if turn.in_form or turn.intent == "choose" or not heard.get("booked") or _ANOTHER.search(turn.text):
        return None
    names_time = reads_time(turn.text) if _PUTS_RIGHT.search(turn.text) else only_time(turn.text, {})
    return next(reversed(store.open_for(turn.conversation)), None) if names_time else None


def start(turn: Turn, booking: Booking) -> None:
    """Asks for the new time, or takes the one that the message names, unless a warning sign forbids it."""
    if not safety.may_book(turn, booking.areas):
        return
    if is_live(turn, booking):
        begin(turn, booking)
        return
    if not take(turn, booking):
        turn.say("utter_ask_move_when", topic=TOPIC, wish=booking.said)
        turn.ask("move_when", booking=booking.id)


def is_live(turn: Turn, booking: Booking) -> bool:
    """Whether the client can move it without Jessica: an appointment of this conversation in her own diary."""
    own = practice().booking.provider == "calendar" and practice().hours is not None
    return own and booking.agreed and not booking.reference and booking.conversation == turn.conversation


def begin(turn: Turn, booking: Booking) -> None:
    """Opens the booking form with all that is known but the time."""
    draft = {name: getattr(booking, name) for name in ("session", "minutes", "areas", "name", "email", "phone")}
    draft |= {"moving": booking.id, "was": booking.slot[0].astimezone(practice().zone).isoformat()}
    draft["here"] = not (booking.email or booking.phone)
    turn.set(booking={**draft, "session_said": say_session(draft)}, topic=TOPIC)
    turn.then(FORM)


def ask_sure(turn: Turn, draft: dict[str, Any]) -> None:
    """Reads the new time back."""
    turn.say(
        "utter_ask_move_sure/now" if draft.get("start") else "utter_ask_move_sure",
        topic=TOPIC,
        old=spoken(dt.datetime.fromisoformat(draft["was"]), practice().timezone),
        wish=draft["when_said"],
        buttons=[reply("Yes, move it", "yes", "booking_confirm"), reply("Keep it", "no", "booking_confirm")],
    )


def finish(turn: Turn, draft: dict[str, Any], start: dt.datetime | None) -> None:
    """Moves it to `start`, or stores the wish for Jessica.

    Raises:
        Taken: somebody else has that time by now.
    """
    if draft.get("keep"):
        turn.say("utter_kept", topic=TOPIC)
        return
    try:
        if start is None:
            booking = store.wish(draft["moving"], times.wished(draft), draft["when_said"])
            turn.say("utter_moved/appointment", topic=TOPIC, old=booking.said, wish=draft["when_said"])
        else:
            booking = store.move(draft["moving"], start, who="client")
            turn.say("utter_moved/now", topic=TOPIC, wish=booking.said, code=booking.id)
    except TooLate:
        turn.say("utter_moved/gone", topic=TOPIC)


def take(turn: Turn, booking: Booking) -> bool:
    """Reads the new time from the message and reads it back; False when there is none in it."""
    now = times.counted_from(turn.text, booking.start or booking.windows[0][0])
    before = when.Reading("windows", tuple(booking.windows), said=booking.wish or "")
    reading = when.read(turn.text, now, before=before)
    if reading.kind != "windows":
        return False
    stands = [(booking.start, booking.start)] if booking.start else booking.windows
    if not booking.moves_wished and all(span in stands for span in reading.windows):
        turn.say(
            "utter_my_appointment/check" if booking.agreed else "utter_my_booking/check",
            topic=TOPIC,
            wish=booking.said,
            code=booking.id,
        )
        return True
    turn.say(
        "utter_ask_move_sure",
        topic=TOPIC,
        old=booking.said,
        wish=reading.said,
        buttons=[reply("Yes, move it", "yes", "move_sure"), reply("Keep it", "no", "move_sure")],
    )
    windows = [[start.isoformat(), end.isoformat()] for start, end in reading.windows]
    turn.ask("move_sure", booking=booking.id, windows=windows, said=reading.said)
    return True


def heard(turn: Turn, asked: str, pending: dict[str, Any], value: str | None) -> None:
    """The new time, or the last word on it; a time that can't be read goes to Jessica as it was written."""
    booking = store.find(pending["booking"])
    if asked == "move_sure" and value == "yes":
        windows = [(dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end)) for start, end in pending["windows"]]
        store.wish(booking.id, windows, pending["said"])
        turn.say(
            "utter_moved/appointment" if booking.agreed else "utter_moved/request",
            topic=TOPIC,
            old=booking.said,
            wish=pending["said"],
        )
    elif value == "no" and not take(turn, booking):
        turn.say("utter_kept", topic=TOPIC)
    elif value != "no" and not take(turn, booking):
        turn.say("utter_move_unclear", topic=TOPIC)
        turn.offer_pass_on(TOPIC, turn.text, tell=True)
