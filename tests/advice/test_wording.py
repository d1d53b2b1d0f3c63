"""A recommendation as sentences."""

from __future__ import annotations

import pytest

from legwork.advice import Circumstances, recommend, say
from legwork.advice.wording import area_names, either, time_span


@pytest.mark.parametrize(
    ("areas", "side", "words"),
    [
        (("calves",), "left", "your left calf"),
        (("calves",), "both", "both calves"),
        (("it_band",), None, "your IT band"),
        (("hips", "glutes"), None, "your hips and your glutes"),
        (("calves", "knees", "hips"), "right", "your right calf, your right knee and your right hip"),
        (("feet", "plantar_fasciitis"), None, "your feet"),
        (("general_soreness",), None, "your whole body"),
    ],
)
def test_area_names(areas: tuple[str, ...], side: str | None, words: str) -> None:
    """Body parts are said as the client has them: one side, both, or unsaid."""
    assert words == area_names(areas, side)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (1, "a day"),
        (5, "5 days"),
        (14, "about 2 weeks"),
        (21, "a while"),
        (42, "about 6 weeks"),
        (90, "about 3 months"),
        (800, "about 2 years"),
    ],
)
def test_time_span(days: int, words: str) -> None:
    """A number of days is said in the largest unit of which there are two."""
    assert words == time_span(days)


def test_either() -> None:
    """Lists are joined as one says them."""
    assert either(["a"]) == "a"
    assert either(["a", "b", "c"]) == "a, b or c"


def test_parts_of_a_recommendation() -> None:
    """Each part stands alone, and a part with nothing to say is missing."""
    c = Circumstances(areas=("calves",), side="both", hills=True, notes=("blood_thinners",))

    parts = say(recommend(c), c)

    assert list(parts) == ["suggestion", "because", "notes", "left_out", "spacing", "wear"]
    assert parts["suggestion"] == "I'd suggest myofascial release, about 60 minutes."
    assert "both calves" in parts["because"]
    assert "blood thinner" not in parts["because"]


def test_unset_length_is_said_to_be_jessicas() -> None:
    """Where nothing gives a length, a part of its own says who sets it: a card shows it already."""
    c = Circumstances(areas=("general_soreness",))

    assert say(recommend(c), c)["length"] == "Jessica sets the length with you."
