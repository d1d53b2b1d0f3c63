"""What the double of the web channel says: one conversation from greeting to booked appointment, and every kind of message.

Nothing is worded here but what no server should say: sentences come from data/, cards and quick replies from the actions that
make them, so that the window is tested, and pictured, with what clients really get.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import advice, times
from actions.appointments import AskConfirm
from actions.turn import Turn, choice
from legwork.answers import answers
from legwork.channels import web
from legwork.channels.rendering import body_of

Body = dict[str, Any]

DAYS = tuple(dt.date(2026, 11, 30) + dt.timedelta(days) for days in range(6))
CLOCK = tuple(dt.time(*each) for each in ((9, 0), (10, 30), (12, 0), (14, 30), (17, 15)))
EASTERN = dt.timezone(dt.timedelta(hours=-5))
CODE = "2f46e351"
TO_KEEP = {"title": "Add to your calendar", "url": "/desk/appointment.ics"}
KNOWN = {"session": "60 minutes of myofascial release for your calves", "when": "Tuesday, December 1 at 5:15 pm"}


def greeting() -> Body:
    """The first message of a conversation."""
    return web.welcome()


def answer(state: dict[str, Any], text: str, payload: str | None) -> list[Body]:
    """The answers to what the client said; `state` is kept for the conversation."""
    asked = state.pop("asked", None)
    said = text.lower()
    if asked == "screen" and "none of that" in said:
        return [uttered("utter_screen/lower_leg_2", topic="complaint/calves", buttons=advice.SCREEN)]
    if asked == "name":
        return _ask(state, "contact", name=text)
    if asked == "contact":
        return _read_back(state | {"contact": text})
    if payload and times.SLOT in payload:
        return _ask(state, "name", when=text)
    if payload and "change_" in payload:
        return _ask(state, "name")
    for word, answered in ANSWERS.items():
        if word in said:
            return answered(state)
    return [odd(f"You wrote: {text}")]


def uttered(response: str, *, topic: str, buttons: Any = (), level: str | None = None, **parts: Any) -> Body:
    """A response of data/ as the channel shows it; `parts` fill its placeholders, or stand beside it."""
    variants = answers()[response].variants
    [variant, *_] = [*(v for v in variants if v.get("channel") == "web"), *(v for v in variants if "channel" not in v)]
    return body_of(
        {
            **parts,
            "text": variant["text"].format(**parts),
            "buttons": [*variant.get("buttons", ()), *buttons],
            "metadata": {"topic": topic, "level": level},
        }
    )


def odd(text: str, **parts: Any) -> Body:
    """A message that no action makes."""
    return {"topic": "fallback", "text": text, "quick_replies": [], **parts}


def acted(act: Any, **slots: Any) -> list[Body]:
    """What an action says when it runs with these slots."""
    dispatcher = CollectingDispatcher()
    act(Turn(dispatcher, Tracker("double", slots, {}, [], False, None, {}, None)))
    bodies = []
    for message in dispatcher.messages:
        given = {name: value for name, value in message.items() if value and name not in ("response", "metadata", "text")}
        bodies.append(uttered(message["response"], topic=message["metadata"]["topic"], **given))
    return bodies


def _ask(state: dict[str, Any], what: str, **known: str) -> list[Body]:
    state |= {"asked": what, **known}
    return [uttered(f"utter_ask_booking_{what}", topic="booking")]


def _calves(state: dict[str, Any]) -> list[Body]:
    state["asked"] = "screen"
    return [
        uttered("utter_complaint/calves", topic="complaint/calves"),
        uttered("utter_screen/lower_leg", topic="complaint/calves", buttons=advice.SCREEN),
    ]


def _recommendation(_: dict[str, Any]) -> list[Body]:
    return acted(advice.recommend, circumstances={"areas": ["calves"]})


def _times(_: dict[str, Any]) -> list[Body]:
    found = [dt.datetime.combine(day, at, EASTERN) for number, day in enumerate(DAYS) for at in CLOCK[number % 3 :]]
    offer = {"times": [at.isoformat() for at in found], "fits": True, "age": None}
    return acted(lambda turn: times.ask(turn, {"offer": offer}))


def _read_back(known: dict[str, str]) -> list[Body]:
    return acted(
        AskConfirm().act,
        booking={"name": known["name"], "start": "taken"},
        booking_session=KNOWN["session"],
        booking_when=known.get("when", KNOWN["when"]),
        booking_contact=known["contact"],
    )


def _booked(state: dict[str, Any]) -> list[Body]:
    state["booked"] = True
    wish = state.get("when", KNOWN["when"])
    return [uttered("utter_booked/confirmed", topic="booking", wish=wish, code=CODE, attachment=TO_KEEP)]


def _requested(state: dict[str, Any]) -> list[Body]:
    state["booked"] = True
    link = {"title": "Book online", "url": "https://example.com/book"}
    said = uttered("utter_booked", topic="booking", wish=KNOWN["when"], code=CODE)
    return [said, uttered("utter_booked/link", topic="booking", link=link)]


def _clarify(_: dict[str, Any]) -> list[Body]:
    topics = {
        "Does it hurt": "faq/pressure_and_pain",
        "Running with pain": "faq/running_through_pain",
        "Foot or heel": "complaint/plantar_fasciitis",
    }
    return [uttered("utter_clarify", topic="clarify", buttons=[choice(title, topic) for title, topic in topics.items()])]


def confirmed(when: str = KNOWN["when"]) -> Body:
    """What comes later, when Jessica has confirmed."""
    return uttered("utter_desk/confirmed", topic="booking", when=when, minutes=60, code=CODE, attachment=TO_KEEP)


ANSWERS = {
    "calves": _calves,
    "none of that": _recommendation,
    "book it": _booked,
    "book": _times,
    "send it": _requested,
    "chest": lambda _: [uttered("utter_safety/heart_or_lung", topic="safety", level="emergency")],
    "swollen": lambda _: [uttered("utter_safety/dvt", topic="safety", level="doctor")],
    "what about pain": _clarify,
    "first visit": lambda _: [uttered("utter_faq/first_visit", topic="faq/first_visit")],
    "long": lambda _: [odd("Runningthroughthehills" * 227 + "end!!")],
    "markup": lambda _: [odd('<img src=x onerror="window.hacked=1"><b>bold</b> & <script>window.hacked=1</script>')],
    "bidi": lambda _: [
        odd(
            "Open \u202egpj.exe\u202c now, שלום עולם",
            quick_replies=[{"title": "Yes\u202eon", "payload": '/choose{"topic": "faq/price"}'}],
        )
    ],
    "links": lambda _: [
        odd(
            "See https://example.com/a_(b), then write. javascript:alert(1)",
            link={"title": "Bad", "url": "javascript:window.hacked=1"},
            attachment={"title": "Bad too", "url": "data:text/html,x"},
        )
    ],
}
"""The first word found in what was said decides."""
