"""What the double of the web channel says: one conversation from greeting to booked appointment, and every kind of message.

Nothing is worded here but what no server should say: sentences come from data/, cards and quick replies from the actions that
make them, so that the window is tested, and pictured, with what clients really get.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import advice
from actions.appointments import AskConfirm
from actions.turn import Turn, choice, reply
from legwork.answers import answers
from legwork.channels import web
from legwork.channels.rendering import body_of

Body = dict[str, Any]

DAYS = tuple(dt.date(2026, 11, 30) + dt.timedelta(days) for days in range(6))
CLOCK = ("9 am", "10:30 am", "noon", "2:30 pm", "5:15 pm")
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
    if payload and "booking_time" in payload:
        return _ask(state, "name", when=text)
    if payload and "change_" in payload:
        return _ask(state, "name")
    for word, answered in ANSWERS.items():
        if word in said:
            return answered(state)
    return [odd(f"You wrote: {text}")]


def uttered(response: str, *, topic: str, buttons: Any = (), level: str | None = None, **parts: Any) -> Body:
    """A response of data/ as the channel shows it; `parts` fill its placeholders, or stand beside it."""
    [variant, *_] = [each for each in answers()[response].variants if each.get("channel") in (None, "web")]
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
    rows = [
        {
            "label": f"{day:%A, %B} {day.day}",
            "value": clock,
            "payload": reply("", f"{day} {clock}", "booking_time")["payload"],
        }
        for number, day in enumerate(DAYS)
        for clock in CLOCK[number % 3 :]
    ]
    card = {"kind": "times", "rows": rows}
    another = reply("Another time", "no", "booking_when")
    return [odd("These times are open. Which one suits you?", topic="booking", quick_replies=[another], card=card)]


def _read_back(known: dict[str, str]) -> list[Body]:
    return acted(
        AskConfirm().act,
        booking={"name": known["name"]},
        booking_session=KNOWN["session"],
        booking_when=known.get("when", KNOWN["when"]),
        booking_contact=known["contact"],
    )


def _booked(state: dict[str, Any]) -> list[Body]:
    state["booked"] = True
    body = uttered("utter_booked", topic="booking", wish=state.get("when", KNOWN["when"]), code="2f46e351")
    # What a confirmation and the owner's own pages may bring along.
    body["attachment"] = {"title": "Add to your calendar", "url": "/appointments/invitation.ics"}
    body["link"] = {"title": "How to find us", "url": "https://example.com/directions"}
    return [body]


def _clarify(_: dict[str, Any]) -> list[Body]:
    topics = {
        "Does it hurt": "faq/pressure_and_pain",
        "Running with pain": "faq/running_through_pain",
        "Foot or heel": "complaint/plantar_fasciitis",
    }
    return [uttered("utter_clarify", topic="clarify", buttons=[choice(title, topic) for title, topic in topics.items()])]


def confirmed(when: str = KNOWN["when"]) -> Body:
    """What comes later, when Jessica has confirmed."""
    return uttered("utter_desk/confirmed", topic="booking", when=when, minutes=60, code="2f46e351")


ANSWERS = {
    "calves": _calves,
    "none of that": _recommendation,
    "book": _times,
    "send it": _booked,
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
