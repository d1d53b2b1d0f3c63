"""Moving a booking: the client's new wish is stored with it, and Jessica moves it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from actions.turn import Turn, reply
from legwork.bookings import store, when
from legwork.bookings.model import Booking
from legwork.settings import practice, settings

TOPIC = "appointment/reschedule"


def start(turn: Turn, booking: Booking) -> None:
    """Asks for the new time, or takes the one that the message names."""
    if not take(turn, booking):
        turn.say("utter_ask_move_when", topic=TOPIC, wish=booking.said)
        turn.ask("move_when", booking=booking.id)


def take(turn: Turn, booking: Booking) -> bool:
    """Reads the new time from the message and reads it back; False when there is none in it."""
    now = settings().now().astimezone(practice().zone)
    before = when.Reading("windows", tuple(booking.windows), said=booking.wish or "")
    reading = when.read(turn.text, now, before=before)
    if reading.kind != "windows":
        return False
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
