"""Cuts a message where it may ask two things at once, so that each part is understood like a message of its own."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from legwork.nlu.normaliser import NORMALISED

PARTS = "parts"
"""Message property: a list of messages, one a part; missing when there is nothing to cut."""

MAX_PARTS = 6
"""Each part costs an encoding; more are joined to the last one."""

QUESTION = re.compile(
    r"^(?:(?:and|also|but|so|oh|plus|then|hi|hello|hey|thanks|thank you|please|btw|by the way|if so|if not)[\s,]+)*"
    r"(?:what|when|where|which|who|whom|whose|why|how|is|are|am|was|do|does|did|can|could|will|would|should|shall|may|have|has"
    r"|must|any|tell me|i(?: would|'d)? (?:like|want|need) to (?:know|ask|book|schedule|make)|wondering|curious|let me know)\b"
    r"|\?\s*$",
    re.IGNORECASE,
)
"""How a part begins or ends that asks for something of its own."""

_ASKING = (
    r"(?:(?:if (?:so|not)|please|also|then),?\s+)?(?:what|when|where|which|who|why|how|is|are|am|do|does|did|can|could|will|would|should|may|any"
    r"|i(?: would|'d)? (?:like|want|need)|i was|i am wondering|wondering|tell me)\b"
)
_CUT = re.compile(
    r"(?<=[.?!;:])\s+|\n+"
    rf"|\s*,?\s+(?:and also|and then|oh and|as well as|and|also|plus|btw|by the way|but)\s+(?={_ASKING})"
    rf"|,\s+(?={_ASKING})"
    r"|\s+(?:btw|by the way|oh and|also)\s+",
    re.IGNORECASE,
)


def split(text: str) -> list[str]:
    """The parts of `text` in order; one part when there is nothing to cut."""
    parts = [part.strip(" ,;") for part in _CUT.split(text)]
    parts = [part for part in parts if any(c.isalpha() for c in part)]
    return parts if len(parts) <= MAX_PARTS else [*parts[: MAX_PARTS - 1], " ".join(parts[MAX_PARTS - 1 :])]


def with_parts(messages: list[Message]) -> list[Message]:
    """The messages and all their parts, for components that treat them alike."""
    return [each for message in messages for each in (message, *(message.get(PARTS) or []))]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class Splitter(GraphComponent):
    """Puts the parts beside each incoming message; training examples are taken whole."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> Splitter:
        """(see parent class for full docstring)"""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing: an example stands for one topic."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """(see parent class for full docstring)"""
        for message in messages:
            parts = split(message.get(NORMALISED) or message.get(TEXT) or "")
            if len(parts) > 1:
                message.set(PARTS, [Message({TEXT: part, NORMALISED: part}) for part in parts])
        return messages
