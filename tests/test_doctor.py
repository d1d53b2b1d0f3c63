"""`python -m legwork doctor`: what is set, what is not, and what that silences."""

from __future__ import annotations

from pathlib import Path

import pytest

from legwork import doctor, settings
from legwork.answers import Answer, answers, missing_facts
from legwork.practice import Practice
from legwork.settings import practice
from legwork.settings import settings as machine


def answer(topic: str, text: str) -> Answer:
    """An answer with this text."""
    return Answer(f"utter_{topic}", Path("x.yml"), "owner", [{"text": text}])


TEXTS = {
    a.name: a
    for a in (
        answer("faq/hours", "{hours}"),
        answer("faq/price", "{prices}, call {phone}"),
        answer("faq/location", "{address}, or call {phone}"),
        answer("unset/price", "call {phone}"),
        answer("faq/hills", "Hills."),
    )
}


def test_fact_that_silences_most_comes_first() -> None:
    """Topics count, other responses don't; of as many, what is asked more often; facts that silence nothing come last."""
    known = {"hours": None, "prices": None, "phone": None, "address": "1 Main Street", "tipping": None}

    assert doctor.silenced(known, TEXTS) == [
        ("phone", ["faq/location", "faq/price"]),
        ("prices", ["faq/price"]),
        ("hours", ["faq/hours"]),
        ("tipping", []),
    ]


def test_set_facts_silence_nothing() -> None:
    """With everything said, nothing is unset."""
    assert doctor.silenced(dict.fromkeys(("hours", "prices", "phone", "address"), "said"), TEXTS) == []


def test_any_variant_counts() -> None:
    """A fact that only the text message names silences the topic as well."""
    two = Answer("utter_faq/hours", Path("x.yml"), "owner", [{"text": "Ask her."}, {"channel": "sms", "text": "{hours}"}])

    assert two.facts == {"hours"}
    assert doctor.silenced({"hours": None}, {two.name: two}) == [("hours", ["faq/hours"])]


def test_what_is_no_fact_is_never_missing() -> None:
    """Slots fill placeholders too."""
    known = practice().facts()

    assert missing_facts("utter_ask_booking_confirm", known) == []
    assert missing_facts("utter_no_such_response", known) == []
    assert missing_facts("utter_faq/hours", {**known, "hours": None}) == ["hours"]


def test_shipped_report(home: Path) -> None:
    """On a fresh clone: what the article says is set, every other fact is listed with its topics, and channels are off."""
    lines = doctor.lines(practice(), machine(), answers())
    text = "\n".join(lines)

    assert "  shoe_shops: Marathon Sports or Sneakerama" in lines
    assert "  hours: faq/hours" in lines
    assert "  sessions (with a price each): faq/price, faq/session_length" in lines, "named as practice.yml names it"
    assert "  web: on, http://localhost:5005" in lines
    assert "sms: off; to switch it on, set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM in .env" in text
    assert "messenger: off" in text and "mail: off" in text
    assert "LEGWORK_PUBLIC_URL is not set" in text
    assert {"Appointments: requests", "Conversations are kept for 90 days."} <= set(lines)


def test_every_unset_fact_is_listed_once(home: Path) -> None:
    """With nothing set by the owner, no fact is left out, and none is said to be of no use."""
    owner = Practice(name="Jessica Weagle", area="West Boylston")
    lines = doctor.lines(owner, machine(), answers())
    start = next(at for at, line in enumerate(lines) if line.startswith("Not set"))
    listed = [line.split(":")[0].strip() for line in lines[start + 1 : lines.index("", start)]]

    unset = {name for name, value in owner.facts().items() if value is None}
    assert sorted(listed) == sorted({doctor._HINTS.get(fact, fact).split(":")[0] for fact in unset})
    assert not any("nothing depends" in line for line in lines)


def test_channels_that_are_on_are_said_to_be(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what was asked for is not asked for again; secrets are not shown."""
    for name in (
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_FROM",
        "MESSENGER_APP_SECRET",
        "MESSENGER_VERIFY_TOKEN",
        "MESSENGER_PAGE_TOKEN",
    ):
        monkeypatch.setenv(name, "hush")
    monkeypatch.setenv("SMTP_URL", "smtp://me:hush@mail.example.com")
    settings.forget()
    lines = doctor.lines(practice(), machine(), answers())

    assert {"  sms: on", "  messenger: on", "  mail: on"} <= set(lines)
    assert not any("hush" in line for line in lines)


def test_report_is_printed_and_is_no_failure(home: Path, capsys: pytest.CaptureFixture) -> None:
    """An unset fact is no fault; what was found of the doors comes last."""
    assert doctor.report(["a door"]) == 0
    assert capsys.readouterr().out.endswith("Conversations are kept for 90 days.\na door\n")
