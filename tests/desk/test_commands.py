"""What the owner runs to see what waits, and to subscribe to the appointments."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys

import pytest

from legwork import __main__ as commands
from legwork import questions
from legwork.bookings import store
from legwork.desk import feed, wording
from legwork.nlu.safety.patterns import shipped
from legwork.storage import safety
from tests.desk.conftest import TUESDAY


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The lines that a command prints."""
    monkeypatch.setattr(sys, "argv", ["legwork", *arguments])
    commands.main()
    return capsys.readouterr().out.splitlines()


def test_waiting_lists_requests_with_links(home, ask, monkeypatch, capsys):
    """Each open request is a line with a link of its own."""
    made = ask()

    [row] = map(json.loads, run(monkeypatch, capsys, "waiting", "--json"))

    assert (row["kind"], row["id"], row["name"]) == ("request", made.id, "Dana Price")
    assert "/desk/" in row["link"]


def test_feed_prints_its_address_and_renews_it(home, monkeypatch, capsys):
    """The address stays until it is renewed; then the old one is no secret any more."""
    [first] = run(monkeypatch, capsys, "feed")
    [again] = run(monkeypatch, capsys, "feed")
    [renewed] = run(monkeypatch, capsys, "feed", "--renew")

    assert first == again != renewed
    assert not feed.is_secret(first.rpartition("/")[2].removesuffix(".ics"))
    assert feed.is_secret(renewed.rpartition("/")[2].removesuffix(".ics"))


def test_bookings_are_said_as_a_therapist_reads_them(home, ask, monkeypatch, capsys):
    """The time, the session and the notes are words; codes and ISO times stand under --json, for scripts."""
    made = ask(notes=["pregnancy_told", "dvt", "cleared"], phone="+15085550100")

    text = "\n".join(run(monkeypatch, capsys, "bookings"))
    [row] = map(json.loads, run(monkeypatch, capsys, "bookings", "--json"))

    assert text.startswith("Dana Price: Tuesday, December 1, after 5 pm (waits for you)")
    for piece in (
        "60 minutes, myofascial release",
        "Is pregnant",
        "swollen, warm",
        "doctor has cleared it",
        "(508) 555-0100",
        made.id,
    ):
        assert piece in text
    assert not re.search(r"\d{4}-\d{2}-\d{2}T|pregnancy_told|dvt|myofascial_release|\[|\{", text)
    assert row["windows"] == [{"start": "2026-12-01T17:00:00-05:00", "end": "2026-12-01T21:00:00-05:00"}]
    assert row["notes"] == ["pregnancy_told", "dvt", "cleared"]


def test_questions_and_signs_are_said_in_words_too(home, monkeypatch, capsys):
    """As are the questions that were passed on and the warning signs; with none, that is said."""
    assert run(monkeypatch, capsys, "questions") == run(monkeypatch, capsys, "safety") == ["Nothing yet."]
    questions.ask("c", "web", "faq/first_visit", "Do I tip?", "dana@client.example")
    safety.record("c", "doctor", "dvt")

    text = "\n".join([*run(monkeypatch, capsys, "questions"), *run(monkeypatch, capsys, "safety")])
    assert "(first visit): “Do I tip?”" in text and "Monday, November 23" in text and "dana@client.example" in text
    assert "1  Sent to a doctor: Wrote of a swollen, warm, red or throbbing leg." in text
    assert not re.search(r"T\d\d:|faq/|dvt", text)
    [row] = map(json.loads, run(monkeypatch, capsys, "safety", "--json"))
    assert row == {"level": "doctor", "sign": "dvt", "times": 1}


@pytest.mark.parametrize("days", ["99999999999", "-5", "0", "1.5", "a month", ""])
def test_days_that_are_none_are_refused_in_a_sentence(home, monkeypatch, capsys, days):
    """With what was found and what is allowed; the longest time that is allowed is shown."""
    with pytest.raises(SystemExit):
        run(monkeypatch, capsys, "stats", "--days", days)

    assert f"'{days}' is no number of days; write a whole number from 1 to 3650" in capsys.readouterr().err
    assert run(monkeypatch, capsys, "stats", "--days", "3650")[0] == "The last 3650 days"


@pytest.mark.parametrize("code", [*shipped().signs, "cleared", "stopped", "screen_unasked", "screen_lower_leg"])
def test_every_note_has_words(code):
    """No sign that can go with a booking, an emergency's of the day before included, leaves Jessica without a sentence."""
    assert wording.note_in_words(code).endswith((".", ":"))


def test_what_was_forgotten_is_said_as_elsewhere(home, ask, monkeypatch, capsys):
    """One conversation is no "1 conversations", and an appointment's time is the practice's and in words."""
    made = ask(start=TUESDAY)

    said = run(monkeypatch, capsys, "forget", "dana@client.example")

    assert said[0] == "Removed: 1 conversation, 1 appointment, 0 questions, and what was on its way."
    assert f"Tuesday, December 1 at 5 pm (code {made.id})" in said[1]


def test_a_wish_that_was_answered_is_listed_no_more(home, ask, monkeypatch, capsys):
    """Who moved to Thursday no longer wishes for the Tuesday of before, nor who took a time that Jessica proposed."""
    thursday = TUESDAY + dt.timedelta(days=2)
    moved, proposed = ask(start=TUESDAY), ask(name="Kim Lee")
    store.move(moved.id, thursday, who="client")
    store.propose(proposed.id, thursday + dt.timedelta(hours=2), 60, thursday)
    store.confirm(proposed.id, who="client")

    assert "Wished now" not in "\n".join(run(monkeypatch, capsys, "bookings"))
    store.wish(moved.id, [(TUESDAY, TUESDAY)], "Tuesday, December 1 at 5 pm")
    assert "  Wished now: Tuesday, December 1 at 5 pm" in run(monkeypatch, capsys, "bookings")
