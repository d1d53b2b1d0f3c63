"""Jessica proposes another time on her page; the client answers it in the conversation, in words."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.conftest import Server, Talk
from tests.conversations.test_conversations import listed

pytestmark = pytest.mark.model


def propose(server: Server, talk: Talk, hour: int) -> dict[str, Any]:
    """Makes a request, and proposes Thursday, December 10 at that hour for it."""
    talk.say("60 min for tight calves next tues after 5, Dana Price, 508-555-0142")
    talk.say("yes")
    rows = [json.loads(line) for line in server.run("waiting", "--json").splitlines()]
    row = [row for row in rows if row["kind"] == "request"][-1]
    form = {"do": "propose", "day": "2026-12-10", "time": f"{hour:02}:00", "minutes": "60"}
    assert "proposed" in httpx.post(row["link"], data=form, timeout=30).text
    return row


def stored(server: Server, row: dict[str, Any]) -> dict[str, Any]:
    """What became of the request."""
    return next(booking for booking in listed(server, "bookings") if booking["id"] == row["id"])


@pytest.mark.parametrize(("text", "hour"), [("yes", 8), ("that works, thanks", 10), ("Yes please!", 12)])
def test_a_typed_yes_takes_it(server: Server, talk: Talk, text: str, hour: int) -> None:
    """A nod after the proposal is an appointment, as the tap on the quick reply would be."""
    row = propose(server, talk, hour)

    answer = talk.say(text)

    assert "settled" in answer[0]["text"]
    assert stored(server, row)["status"] == "confirmed"


def test_a_no_with_another_time_stays_the_same_request(server: Server, talk: Talk) -> None:
    """Who refuses and names a time is read back that time, and one request stands in the end."""
    row = propose(server, talk, 14)

    answer = talk.say("no, friday dec 11 at 3")
    assert "December 11 at 3 pm" in answer[-1]["text"]
    talk.say("yes")

    assert stored(server, row)["status"] == "requested"
    assert stored(server, row)["windows"][0]["start"].startswith("2026-12-11T15:00")


def test_other_messages_are_no_answer(server: Server, talk: Talk) -> None:
    """A question after the proposal is answered, and the proposal stands."""
    row = propose(server, talk, 16)

    talk.say("what should I wear?")

    assert stored(server, row)["status"] == "proposed"


def test_another_time_after_a_refusal_keeps_everything_else(server: Server, talk: Talk) -> None:
    """Whose request was declined names another time, and is asked nothing again."""
    talk.say("60 min for tight calves next tues after 5, Dana Price, 508-555-0142")
    talk.say("yes")
    rows = [json.loads(line) for line in server.run("waiting", "--json").splitlines()]
    link = [row for row in rows if row["kind"] == "request"][-1]["link"]
    assert "declined" in httpx.post(link, data={"do": "decline"}, timeout=30).text

    answer = talk.say("ok how about wednesday dec 16 at 10")

    shown = {row["label"]: row["value"] for row in answer[-1]["card"]["rows"]}
    assert shown == {
        "Session": "60 minutes for your calves",
        "When": "Wednesday, December 16 at 10 am",
        "Name": "Dana Price",
        "Contact": "(508) 555-0142",
    }
