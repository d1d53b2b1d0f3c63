"""A warning sign is heard in every state of the dialogue: each state × one sign of each level."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.conftest import Server, Talk

pytestmark = pytest.mark.model

BOOKING = ("i want to book", "my calves", "saturday morning", "Dana Price", "508-555-0142")
RECOMMENDED = ("my calves are so tight", "nope", "no")

STATES: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "booking_session": BOOKING[:1],
    "booking_when": BOOKING[:2],
    "booking_name": BOOKING[:3],
    "booking_contact": BOOKING[:4],
    "booking_confirm": BOOKING,
    "offer_booking": RECOMMENDED,
    "screen": RECOMMENDED[:1],
    "pass_on": ("how much does a session cost",),
    "pass_on_contact": ("how much does a session cost", "yes"),
    "person_message": ("can i talk to jessica",),
    "clarify": ("session", "the day of", "how many", "time", "before", "race"),
}
"""What is being asked (the slot `asked`), and what a client says to get there; of what is too short to be clear, the first that is."""

STOPS = {
    "emergency": "I have chest pain and I can't breathe",
    "doctor": "my calf is hot and swollen since the flight",
    "refuse": "do you do happy endings",
}
"""A message of each level that comes alone and ends what was going on."""

WOULD_GO_ON = {
    "booking_session": "my calves",
    "booking_when": "saturday morning",
    "booking_name": "Dana Price",
    "booking_contact": "508-555-0142",
}
"""What would have answered the question; `yes` would have answered the others."""

TOLD: dict[str, tuple[str, str | None, str]] = {
    "nothing": ("what should i wear? i'm on blood thinners", None, "faq/what_to_wear"),
    "booking_session": ("my calves, and i'm on blood thinners", "booking_when", "booking"),
    "booking_when": ("saturday morning, and i'm on blood thinners", "booking_name", "booking"),
    "booking_name": ("Dana Price and I take warfarin", "booking_contact", "booking"),
    "booking_contact": ("508-555-0142, and i take warfarin", "booking_confirm", "booking"),
    "booking_confirm": ("no, thursday, and i'm on blood thinners", "booking_confirm", "booking"),
    "offer_booking": ("yes, book it, but i'm on blood thinners", "booking_when", "booking"),
    "screen": ("no, none of that, and i take blood thinners", "screen", "complaint/calves"),
    "pass_on": ("yes please, and i'm on blood thinners", "pass_on_contact", "faq/price"),
    "pass_on_contact": ("dana@example.com, and i'm on warfarin", None, "faq/price"),
    "person_message": ("tell her my hip feels great, and that i take warfarin", "pass_on_contact", "person"),
    "clarify": ("what should i wear? i'm on blood thinners", None, "faq/what_to_wear"),
}
"""For each state an answer with something that Jessica must know in it: what is asked next, and the answer's topic."""


def remembered(server: Server, talk: Talk) -> dict[str, Any]:
    """The conversation's slots, and the open form as `form`."""
    query = "SELECT type_name, data FROM events WHERE sender_id = ? AND type_name IN ('slot', 'active_loop') ORDER BY id"
    slots: dict[str, Any] = {}
    with closing(sqlite3.connect(f"file:{server.var / 'legwork.sqlite3'}?mode=ro", uri=True)) as connection:
        for kind, data in connection.execute(query, (talk.id,)):
            event = json.loads(data)
            if kind == "active_loop":
                slots["form"] = event["name"]
            else:
                slots[event["name"]] = event["value"]
    return slots


def booked(server: Server, talk: Talk) -> list[list[str]]:
    """Notes of each booking made in this conversation."""
    with closing(sqlite3.connect(f"file:{server.var / 'legwork.sqlite3'}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT notes FROM bookings WHERE conversation = ?", (talk.id,))
        return [json.loads(notes) for (notes,) in rows]


def walk(server: Server, talk: Talk, state: str) -> None:
    """Brings the conversation into this state; fails when it doesn't get there."""
    for text in STATES[state]:
        answer = talk.say(text)
        if state == answer[0]["topic"] == "clarify":
            break
    slots = remembered(server, talk)
    assert slots.get("asked") == (None if state == "nothing" else state)
    assert slots.get("form") == ("booking_form" if state.startswith("booking_") else None)


@pytest.mark.parametrize("level", STOPS)
@pytest.mark.parametrize("state", STATES)
def test_a_sign_stops_everything(server: Server, talk: Talk, state: str, level: str) -> None:
    """Advice of its level comes alone, the form and its question are over, and the answer that was due books nothing any more."""
    walk(server, talk, state)
    answer = talk.say(STOPS[level])

    assert [(message["topic"], message.get("level")) for message in answer] == [("safety", level)]
    slots = remembered(server, talk)
    assert (slots.get("form"), slots.get("asked"), slots.get("requested_slot")) == (None, None, None)
    assert slots["stopped"]["level"] == level
    talk.say(WOULD_GO_ON.get(state, "yes"))
    after = talk.say("yes, book it")
    assert remembered(server, talk).get("form") is None
    assert "booking" not in [message["topic"] for message in after]
    assert booked(server, talk) == []


@pytest.mark.parametrize("state", TOLD)
def test_what_jessica_must_know_holds_nothing_up(server: Server, talk: Talk, state: str) -> None:
    """The note is said and kept, what was asked is answered in the same message, and the dialogue goes on where it should."""
    text, asked, topic = TOLD[state]
    walk(server, talk, state)
    answer = talk.say(text)

    shown = [(message["topic"], message.get("level"), message["text"]) for message in answer]
    assert [message.get("level") for message in answer].count("tell_jessica") == 1, shown
    assert {message.get("level") for message in answer} <= {"tell_jessica", None}, shown
    assert topic in [message["topic"] for message in answer if not message.get("level")], shown
    slots = remembered(server, talk)
    assert slots["notes"] == ["blood_thinners"]
    assert slots.get("asked") == asked
    assert slots.get("stopped") is None
    assert booked(server, talk) == []


@pytest.mark.parametrize("answer", ["yes, and i take blood thinners", "yes but i'm on warfarin"])
def test_a_yes_with_a_note_books_with_the_note(server: Server, talk: Talk, answer: str) -> None:
    """What is told with the last yes reaches Jessica with the booking."""
    walk(server, talk, "booking_confirm")
    talk.say(answer)

    assert booked(server, talk) == [["blood_thinners", "screen_unasked"]]


@pytest.mark.parametrize("level", STOPS)
def test_an_old_button_books_nothing_after_a_sign(server: Server, talk: Talk, level: str) -> None:
    """The read-back's "Yes, send it", tapped after the advice, books nothing."""
    walk(server, talk, "booking_confirm")
    talk.say(STOPS[level])
    talk.tap("Yes, send it")

    assert booked(server, talk) == []
    assert remembered(server, talk).get("form") is None
