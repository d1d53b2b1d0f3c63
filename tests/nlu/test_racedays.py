"""When a race is or was."""

from __future__ import annotations

import datetime as dt

import pytest

from legwork.nlu import racedays

MONDAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("my legs are gone after the half yesterday", (2026, 11, 22)),
        ("the marathon last sunday wrecked me", (2026, 11, 22)),
        ("sore since the relay on saturday", (2026, 11, 21)),
        ("ran a 10k two weeks ago", (2026, 11, 9)),
        ("raced a half this past weekend", (2026, 11, 22)),
        ("half in 3 weeks", (2026, 12, 14)),
        ("my race is 10 days out", (2026, 12, 3)),
        ("5k this saturday", (2026, 11, 28)),
        ("5k next saturday", (2026, 12, 5)),
        ("the race is tomorrow", (2026, 11, 24)),
        ("marathon on Dec 12th", (2026, 12, 12)),
        ("ultra on 1/16", (2027, 1, 16)),
        ("after the marathon on october 11", (2026, 10, 11)),
        ("boston in april", None),
        ("half on 2/30", None),
        ("a marathon", None),
    ],
)
def test_day_of_a_race(text: str, day: tuple[int, int, int] | None) -> None:
    """Ahead or behind, counted or by its date; none where no day is said or it doesn't exist."""
    assert racedays.read(text, MONDAY) == (dt.date(*day) if day else None)


@pytest.mark.parametrize(("text", "named"), [("my race", True), ("halfs", True), ("behalf of my mom", False), ("race-day", True)])
def test_race_is_named(text: str, named: bool) -> None:
    """By a whole word."""
    assert racedays.names_race(text) is named
