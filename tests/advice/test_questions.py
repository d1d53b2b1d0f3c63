"""Which question is still worth a client's time."""

from __future__ import annotations

from typing import Any

import pytest

from legwork.advice import Circumstances, next_question


@pytest.mark.parametrize(
    ("told", "used", "question"),
    [
        ({"areas": ("calves",)}, 0, "training"),
        ({"areas": ("calves",)}, 1, "training"),
        ({"areas": ("calves",)}, 2, None),
        ({"areas": ("calves",), "training": True}, 0, "duration"),
        ({"areas": ("calves",), "training": False}, 1, "duration"),
        ({"areas": ("calves",), "race": "bq"}, 0, "duration"),
        ({"areas": ("calves",), "duration": 10}, 0, "training"),
        ({"areas": ("calves",), "training": False, "duration": 0}, 0, None),
        ({"areas": ("calves",), "training": True, "duration": 40}, 0, None),
        ({"training": True}, 0, None),
        ({}, 0, "training"),
    ],
)
def test_next_question(told: dict[str, Any], used: int, question: str | None) -> None:
    """A question is asked only while it is unanswered, would change something, and the two aren't spent."""
    assert question == next_question(Circumstances(**told), used)


def test_question_is_asked_once() -> None:
    """Whatever was said to it, it isn't asked again."""
    c = Circumstances(areas=("calves",))

    assert next_question(c, used=1, asked=["training"]) == "duration"
    assert next_question(c, used=0, asked=["training", "duration"]) is None
