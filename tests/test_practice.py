"""practice.yml: what may stand in it, what it becomes in answers, and how a mistake is said."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from legwork.answers import answers
from legwork.errors import SettingsError
from legwork.practice import Practice, load, say_clock
from legwork.settings import ROOT

BASE = "name: Jessica Weagle, LMT\narea: West Boylston\n"


def practice(tmp_path: Path, text: str) -> Practice:
    """The facts of a file with these lines."""
    path = tmp_path / "practice.yml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_shipped_file_states_what_the_article_says_and_nothing_else() -> None:
    """Name, area and the two shoe shops are set; everything that is the owner's to say is not."""
    facts = load(ROOT / "practice.yml").facts()

    assert {name for name, value in facts.items() if value is not None} == {"name", "practice_area", "shoe_shops"}
    assert facts["shoe_shops"] == "Marathon Sports or Sneakerama"
    assert facts["practice_area"] == "West Boylston, Massachusetts, near Worcester"


def test_shipped_examples_can_be_used(tmp_path: Path) -> None:
    """Every line that is commented out is right once its # is taken away, and then sets its fact."""
    lines = (ROOT / "practice.yml").read_text(encoding="utf-8").splitlines()
    head = next(at for at, line in enumerate(lines) if not line.startswith("#"))
    uncommented = [line.replace("# ", "", 1) if line.lstrip().startswith("# ") else line for line in lines[head:]]

    assert [name for name, value in practice(tmp_path, "\n".join(uncommented)).facts().items() if value is None] == []


def test_every_placeholder_of_the_answers_is_a_fact_of_the_brief() -> None:
    """The facts that answers may use are named alike in practice.yml and in data/."""
    used = set().union(*(answer.facts for answer in answers().values() if answer.topic.startswith(("faq/", "complaint/"))))

    assert used <= set(Practice(name="x", area="y").facts())


FULL = (
    BASE
    + """
shoe_shops: [A, B, C]
hours:
  monday: "9:00-17:00"
  tuesday: ["9:00-12:00", "13:30 - 19:00"]
  sunday: "12:00-12:30"
sessions:
  - {type: myofascial_release, minutes: 60, price: 90}
  - {type: cupping, minutes: 90, price: 130.5}
  - {type: cupping, minutes: 30}
payment_methods: [cash, Venmo]
booking: {provider: link, url: "https://example.com/book"}
"""
)


def test_facts_are_ready_phrases(tmp_path: Path) -> None:
    """Lists, hours and prices are said as people say them."""
    facts = practice(tmp_path, FULL).facts()

    assert facts["shoe_shops"] == "A, B or C"
    assert facts["payment_methods"] == "cash or Venmo"
    assert facts["hours"] == "Monday 9 am to 5 pm, Tuesday 9 am to 12 pm and 1:30 pm to 7 pm, Sunday 12 pm to 12:30 pm"
    assert facts["prices"] == "60 minutes of myofascial release $90, 90 minutes of cupping $130.50"
    assert facts["session_lengths"] == "30, 60 or 90 minutes"
    assert facts["booking_url"] == "https://example.com/book"


def test_what_is_unset_is_none(tmp_path: Path) -> None:
    """Nothing is guessed: not an empty text, not a default."""
    facts = practice(tmp_path, BASE).facts()

    assert {value for name, value in facts.items() if name not in ("name", "practice_area")} == {None}


def test_hours_by_weekday(tmp_path: Path) -> None:
    """Monday is 0, and a day that isn't named is closed."""
    weekly = practice(tmp_path, FULL).weekly_hours()

    assert sorted(weekly) == [0, 1, 6]
    assert weekly[1] == [(dt.time(9), dt.time(12)), (dt.time(13, 30), dt.time(19))]


def test_first_name_and_zone(tmp_path: Path) -> None:
    """As answers call her, and the zone that all times are said in."""
    found = practice(tmp_path, BASE)

    assert (found.first_name, str(found.zone), found.retention_days) == ("Jessica", "America/New_York", 90)


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        ((0, 0), "12 am"),
        ((9, 0), "9 am"),
        ((9, 5), "9:05 am"),
        ((12, 0), "12 pm"),
        ((12, 30), "12:30 pm"),
        ((23, 59), "11:59 pm"),
    ],
)
def test_clock_is_said_as_americans_do(clock: tuple[int, int], said: str) -> None:
    """Noon is 12 pm, midnight 12 am, and full hours have no minutes."""
    assert say_clock(dt.time(*clock)) == said


WRONG = {
    "area: here": ["line 1", "name", "found nothing"],
    BASE + "phnoe: 508": ["line 3", "'phnoe' is no fact that Legwork knows", "did you mean 'phone'"],
    BASE + "zzz: 1": ["line 3", "'zzz'", "allowed are name, area"],
    BASE + "hours:\n  monday: 9 to 5": ["line 4", "hours.monday", "'9 to 5'", 'write it like "9:00-17:00"'],
    BASE + 'phone: "508-555-0100\nemail: "a@example.com"': ["line 3", "508-555-0100", "a quote at its beginning and at its end"],
    BASE + ' phone: "508-555-0100"': ["line 3", "508-555-0100", "take away the space before its name"],
    BASE + 'phone "508-555-0100"': ["line 3", "name, colon, space and value"],
    BASE + "tipping: no, thanks: really": ["line 3", "no, thanks: really", "name, colon, space and value"],
    BASE + "hours:\n\tmonday: '9:00-17:00'": ["line 4", "there is a tab in it"],
    BASE + "hours:\n  monday: '17:00-9:00'": ["hours", "monday", "ends before it starts"],
    BASE + "hours:\n  monday: '25:00-26:00'": ["hours", "hour must be in 0..23"],
    BASE + "hours:\n  tuesday: '9:00-17:00'\n  moday: '9:00-17:00'": [
        "line 5",
        "hours: 'moday' is no day of the week; did you mean 'monday'?",
    ],
    BASE + "hours:\n  Wed: '9:00-17:00'": ["line 4", "hours: 'Wed' is no day of the week; did you mean 'wednesday'?"],
    BASE + "hours:\n  1: '9:00-17:00'": ["hours: '1' is no day of the week; allowed are monday, tuesday"],
    BASE + "hours: 9 to 5": ["line 3", "hours", "'9 to 5'", "on lines of their own"],
    BASE + "timezone: Boston": ["line 3", "timezone", "'Boston' is no time zone", "America/New_York"],
    BASE + "sessions:\n  - type: massage\n    minutes: 60": [
        "line 4",
        "sessions.0.type",
        "'massage'",
        "sports_massage",
        "cupping",
    ],
    BASE + "sessions:\n  - type: cupping\n    minutes: 5": ["line 5", "sessions.0.minutes", "found 5", "15"],
    BASE + "sessions:\n  - type: cupping\n    minutes: sixty": ["line 5", "'sixty'", "write a whole number, such as 60"],
    BASE + "sessions:\n  - type: cupping\n    minutes: 60\n    price: -1": ["line 6", "price", "found -1", "the least is 0"],
    BASE + "sessions:\n  - type: cupping\n    minutes: 60\n    price: $100": [
        "line 6",
        "sessions.0.price: found '$100'; write a number without a currency sign, such as 100",
    ],
    BASE + "sessions:\n  - type: cupping\n    minutes: 60\n    cost: 1": [
        "line 6",
        "sessions.0: 'cost' is no part of a session; allowed are type, minutes, price",
    ],
    BASE + "booking:\n  buffer: 5": ["line 4", "booking: 'buffer' is no part of booking; did you mean 'buffer_minutes'?"],
    BASE + "booking:\n  closed: [Christmas]": ["line 4", "booking.closed.0", "'Christmas'", "write a date like 2026-12-24"],
    BASE + "tipping: [no, yes]": ["line 3", "tipping", "write it as one text in quotes"],
    BASE + "website: example": ["line 3", "website", "'example'", "write the whole address"],
    BASE + "booking:\n  provider: phone": ["line 4", "booking.provider", "'phone'", "requests", "calcom"],
    BASE + "booking:\n  provider: link": ["booking", "needs the address of your booking page"],
    BASE + "retention_days: 0": ["line 3", "retention_days", "found 0"],
    BASE + "phone: ''": ["line 3", "phone", "found ''", "write it between the quotes"],
    BASE + "tipping: '" + "x" * 500 + "'": ["line 3", "tipping", "400"],
    BASE + "shoe_shops: Marathon Sports": ["line 3", "shoe_shops", "list"],
    "- a\n- b": ["must be lines of the form 'name: value'"],
    "": ["must be lines of the form 'name: value'"],
    "name: [": ["line 1", "found 'name: ['"],
    BASE + "name: twice": ["line 3", "'name: twice'", "keep one of the two lines"],
}
"""A wrong file → what its error says."""


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text.removeprefix(BASE)[:40])
def test_mistake_is_said_with_its_line(tmp_path: Path, text: str) -> None:
    """Where it stands, what was found, and what is allowed."""
    with pytest.raises(SettingsError) as raised:
        practice(tmp_path, text)

    assert str(raised.value).startswith("practice.yml")
    assert [part for part in WRONG[text] if part not in str(raised.value)] == []
    assert not re.search(r"__|ensure this|not a valid|expected|permitted|unexpected|enumeration", str(raised.value))


@pytest.mark.parametrize("hours", ["9am to 5pm", ["9:00-12:00", "1pm-5pm"], 9])
def test_wrong_hours_of_a_day_are_one_mistake(tmp_path: Path, hours: object) -> None:
    """However the schema takes it, one line says what is allowed."""
    with pytest.raises(SettingsError) as raised:
        practice(tmp_path, f"{BASE}hours:\n  tuesday: {json.dumps(hours)}\n")

    assert str(raised.value).count("hours.tuesday") == 1
    assert 'write it like "9:00-17:00", or ["9:00-12:00", "13:00-17:00"]' in str(raised.value)


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    """A line for each, so that the owner mends the file once."""
    with pytest.raises(SettingsError) as raised:
        practice(tmp_path, BASE + "phnoe: 508\nretention_days: 0\nwebsite: x\n")

    assert len(str(raised.value).splitlines()) == 3


def test_missing_file_is_named(tmp_path: Path) -> None:
    """And what to do."""
    with pytest.raises(SettingsError, match=r"practice\.yml is missing; .*Restore it"):
        load(tmp_path / "practice.yml")


def test_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """A file that isn't UTF-8 gives a sentence."""
    (tmp_path / "practice.yml").write_bytes("name: José".encode("latin-1"))

    with pytest.raises(SettingsError, match="can't be read"):
        load(tmp_path / "practice.yml")


@pytest.mark.parametrize("value", ["{phone}", "100% {of} it", "<b>bold</b>", '"quotes"', "It's 5 o'clock"])
def test_owners_words_stay_as_they_are(tmp_path: Path, value: str) -> None:
    """Braces and signs in a fact are text."""
    # A JSON string is a YAML string.
    assert practice(tmp_path, f"{BASE}tipping: {json.dumps(value)}\n").facts()["tipping"] == value
