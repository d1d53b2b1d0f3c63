"""What a warning sign keeps from being booked."""

from __future__ import annotations

import datetime as dt

import pytest

from legwork.advice import AREAS
from legwork.nlu.safety.patterns import shipped
from legwork.nlu.safety.stops import REGIONS, WHOLE_BODY, bars, may_be_cleared, screened_area, stop

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.timezone.utc)


@pytest.mark.parametrize(
    "sign",
    ["dvt", "rhabdo", "infection", "tumour", "heart_condition", "red_s", "fresh_surgery", "concussion", "stroke", "solicitation"],
)
def test_bars_any_massage(sign: str) -> None:
    """A sign of the whole body bars every area, whichever was named beside it."""
    stopped = stop({}, shipped().signs[sign].level, sign, ["calves"], NOW)
    assert all(bars(stopped, [area]) for area in AREAS)


def test_bars_what_is_worked_on_together() -> None:
    """A sign of one place bars the areas around it, under any of their names, and no others."""
    stopped = stop({}, "doctor", "stress_fracture", ["shin_splints"], NOW)
    assert all(bars(stopped, [area]) for area in ("shin_splints", "calves", "legs", "feet", "general_soreness"))
    assert bars(stopped, ["neck", "calves"]) and bars(stopped, [])
    assert not bars(stopped, ["neck"]) and not bars(stopped, ["hips", "glutes"])


def test_bars_all_where_no_place_was_named() -> None:
    """Without a place nothing is booked, also when a later sign names one."""
    stopped = stop(stop({}, "doctor", "nerve", [], NOW), "doctor", "stress_fracture", ["feet"], NOW)
    assert bars(stopped, ["neck"])


def test_only_an_answers_stop_is_one_of_a_screening_question() -> None:
    """Once a sign was told, or where nobody knows of which area, no answer can be taken back."""
    answered = stop({}, "doctor", "screen_hips", ["hips"], NOW)
    assert screened_area(answered) == "hips"
    assert screened_area(stop(answered, "doctor", "dvt", ["calves"], NOW)) is None
    assert screened_area(stop({}, "doctor", "dvt", ["calves"], NOW)) is None
    assert screened_area(stop({}, "doctor", "screen_unknown", [], NOW)) is None


def test_a_later_sign_takes_nothing_back() -> None:
    """Places and bars of all signs add up; a doctor's sign doesn't make an emergency milder."""
    stopped = stop(stop({}, "doctor", "heart_condition", ["back"], NOW), "doctor", "stress_fracture", ["feet"], NOW)
    assert bars(stopped, ["quads"]) and stopped["signs"] == ["heart_condition", "stress_fracture"]
    stopped = stop(stop({}, "emergency", "stroke", [], NOW), "doctor", "nerve", ["feet"], NOW)
    assert (stopped["level"], stopped["sign"]) == ("emergency", "stroke") and bars(stopped, ["neck"])


def test_an_emergency_is_not_cleared_within_a_day() -> None:
    """A doctor's sign is cleared by the client's word, an emergency only on a later day, a refusal never."""
    doctor = stop({}, "doctor", "dvt", ["calves"], NOW)
    emergency = stop(doctor, "emergency", "heart_or_lung", [], NOW)
    assert may_be_cleared(doctor, NOW)
    assert not may_be_cleared(emergency, NOW + dt.timedelta(hours=23))
    assert may_be_cleared(emergency, NOW + dt.timedelta(hours=24))
    assert not may_be_cleared(stop({}, "refuse", "solicitation", [], NOW), NOW + dt.timedelta(days=9))


def test_every_area_has_its_neighbours() -> None:
    """No area that Legwork knows is left out of the regions."""
    assert {area for region in REGIONS for area in region} | {WHOLE_BODY} == set(AREAS)
