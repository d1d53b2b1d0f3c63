"""A sign beside a wish with nothing between them, as people type who are in a hurry: the wish doesn't drown it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from rasa.core.agent import Agent

SIGNS = (
    "i have chest pain", "i cant breathe", "im having a stroke", "my husband is having a heart attack", "my wife collapsed",
    "my face is drooping", "i fainted twice today", "i broke my ankle yesterday", "i think i have a dvt", "i lost feeling in my groin",
)  # fmt: skip
WISHES = (
    "can you cancel my appt", "cancel friday", "can we move my appointment", "how much is 90 min with jessica", "are you open saturday",
    "where do i park", "do i owe you anything for canceling", "delete my data", "need to reschedule", "whats your address",
)  # fmt: skip


@pytest.mark.model
async def test_a_wish_drowns_no_sign(model: Path) -> None:
    """Whichever of the two stands first."""
    agent = Agent.load(str(model))
    missed = [
        text
        for pair in product(SIGNS, WISHES)
        for text in (" ".join(pair), " ".join(reversed(pair)))
        if (await agent.parse_message(text))["intent"]["name"] != "safety"
    ]

    assert not missed
