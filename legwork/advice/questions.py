"""What is still worth asking before a recommendation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from legwork.advice.decide import recommend
from legwork.advice.model import A_WHILE, Circumstances

MOST = 2
"""Questions that a complaint may cost a client, screening included."""

# Each question, in the order asked, with the two answers between which it decides.
_ANSWERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "training": ({"training": True}, {"training": False}),
    "duration": ({"duration": 1}, {"duration": A_WHILE}),
}


def next_question(c: Circumstances, used: int = 0) -> str | None:
    """The next question that would change the recommendation and wasn't answered already.

    Args:
        c: what was told so far; a named race answers whether the client is training for one.
        used: how many of the `MOST` questions are spent, screening questions included.

    Returns:
        `training` (a race, and when), `duration` (how long it has hurt), or None when it's time to recommend.
    """
    if used >= MOST:
        return None
    return next((question for question in _ANSWERS if not _answered(c, question) and _matters(c, question)), None)


def _answered(c: Circumstances, question: str) -> bool:
    told = {"training": (c.training, c.race, c.race_date), "duration": (c.duration,)}[question]
    return any(fact is not None for fact in told)


def _matters(c: Circumstances, question: str) -> bool:
    one, other = (recommend(replace(c, **answer)) for answer in _ANSWERS[question])
    return one != other
