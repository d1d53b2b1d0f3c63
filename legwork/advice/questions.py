"""What is still worth asking before a recommendation."""

from __future__ import annotations

from collections.abc import Collection
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


def next_question(c: Circumstances, used: int = 0, asked: Collection[str] = ()) -> str | None:
    """The next question that would change the recommendation and wasn't answered already.

    Args:
        c: what was told so far; a named race answers whether the client is training for one.
        used: how many of the `MOST` questions are spent, screening questions included.
        asked: those that were asked, whatever was said to them.

    Returns:
        `training` (a race, and when), `duration` (how long it has hurt), or None when it's time to recommend.
    """
    if used >= MOST:
        return None
    open_ones = (question for question in _ANSWERS if question not in asked and not _answered(c, question))
    return next((question for question in open_ones if _matters(c, question)), None)


def _answered(c: Circumstances, question: str) -> bool:
    told = {"training": (c.training, c.race, c.race_date), "duration": (c.duration,)}[question]
    return any(fact is not None for fact in told)


def _matters(c: Circumstances, question: str) -> bool:
    one, other = (recommend(replace(c, **answer)) for answer in _ANSWERS[question])
    return one != other
