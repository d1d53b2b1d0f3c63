"""Opting out and in."""

from __future__ import annotations

import datetime as dt

import pytest

from legwork.channels import consent

STOPS = """STOP|stop|Stop.|STOP!!|stopall|Stop all|unsubscribe|CANCEL|cancel.|End|QUIT|revoke|opt out|OPT-OUT|optout|STOP 🙏|stop texting me
please stop texting me|Don’t text me again|don't text me|dont contact me anymore|quit messaging me!!|stop sending me texts|stop the messages
stop all the texts|no more texts please|remove me from your list|take me off this list|I don't want any more texts|please unsubscribe|I want to opt out
I do not want to receive your messages|please stop|leave me alone|take my number off your list|never text me again|opt me out
stop stop stop|Stop pls|pls stop|stop it!|ok stop now|please just stop|Stop. Thank you|remove me|Remove me please|stop txting me|dont txt me again
stop msging me|quit calling me|stop the reminders|no more msgs"""

TALK = """cancel my appointment|can i cancel|I need to stop running|it hurts when I stop|does massage stop knee pain|the end of my marathon|end of may works
stop the pain|I can't stop limping|stop 2|what is your cancellation policy|quit my job to run|please don't press hard|can you text me the address|yes|yes please
do you text me before the session|when does the session end|stopped running last week|my calf won't stop cramping|start of next week|help me choose|infos?|no more pain since
I want more info on cupping|don't text me before 9 please, call instead|cancel it
can you remove me from saturday|make it stop hurting|stop it from cramping|I stop and it hurts|stop hurting please|send me a reminder please|text me a reminder"""


@pytest.mark.parametrize("text", STOPS.replace("\n", "|").split("|"))
def test_who_wants_out_is_let_out(text: str) -> None:
    """The carriers' words alone, and the same wish in plain words."""
    assert consent.read(text) == "stop"


@pytest.mark.parametrize("text", TALK.replace("\n", "|").split("|"))
def test_talk_about_appointments_and_pain_is_no_opt_out(text: str) -> None:
    """The words inside a sentence are about the appointment or the body."""
    assert consent.read(text) is None


def test_yes_comes_back_only_after_stop() -> None:
    """YES is an answer, until the client has opted out: then carriers take it as START."""
    assert consent.read("YES") is None
    assert consent.read("YES", opted_out=True) == "start"
    assert consent.read("unstop") == consent.read("Start") == "start"


def test_how_to_get_out_is_answered_with_help() -> None:
    """Asking how to unsubscribe is answered with how."""
    assert consent.read("how do i unsubscribe") == consent.read("HELP") == consent.read("info") == "help"


def test_in_messenger_cancel_is_about_the_appointment() -> None:
    """No carrier listens there."""
    assert [consent.read(word, carrier=False) for word in ("cancel", "end", "stop this", "help", "stop", "unsubscribe")] == [
        None,
        None,
        None,
        None,
        "stop",
        "stop",
    ]


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-24T12:59:00+00:00", "2026-11-24T13:00:00+00:00"),  # 7:59 am in Massachusetts
        ("2026-11-24T13:00:00+00:00", None),
        ("2026-11-25T01:59:00+00:00", None),
        ("2026-11-25T02:00:00+00:00", "2026-11-25T13:00:00+00:00"),  # 9 pm
        ("2026-03-08T03:00:00+00:00", "2026-03-08T12:00:00+00:00"),  # the night that loses an hour
    ],
)
def test_quiet_hours(now: str, until: str | None) -> None:
    """What we begin is sent between 8 am and 9 pm local time."""
    found = consent.quiet_until(dt.datetime.fromisoformat(now))
    assert found == (dt.datetime.fromisoformat(until) if until else None)
