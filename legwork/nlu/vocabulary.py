"""Rasa's component around `phrases.py`: body parts, sides, sessions, lengths, races and the like become entities."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from legwork.nlu.phrases import Phrases, Tables, find

__all__ = ["Vocabulary", "find"]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class Vocabulary(GraphComponent, EntityExtractorMixin):
    """Extracts entities by the lookup tables of the training data that are named `<entity>/<value>`."""

    FILE = "vocabulary.json"

    def __init__(self, model_storage: ModelStorage, resource: Resource, tables: Tables | None = None) -> None:
        """Compiles the tables, if there are any yet."""
        self._model_storage = model_storage
        self._resource = resource
        self._phrases = Phrases(tables or {})

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> Vocabulary:
        """Creates an untrained component (see parent class for full docstring)."""
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Takes over the lookup tables and keeps them."""
        tables = {
            table["name"]: list(table["elements"])
            for table in training_data.lookup_tables
            if "/" in table["name"] and isinstance(table["elements"], list)
        }
        self._phrases = Phrases(tables)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / self.FILE).write_text(json.dumps(tables), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds what is found to each message's entities."""
        for message in messages:
            found = self.add_extractor_name(self._phrases.find(message.get(TEXT) or ""))
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Vocabulary:
        """Loads a trained component (see parent class for full docstring)."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, json.loads((folder / cls.FILE).read_text(encoding="utf-8")))
