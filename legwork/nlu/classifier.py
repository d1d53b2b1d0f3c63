"""Names a message's topic: the retrieval intent (`faq/price`) or the plain intent (`appointment_cancel`)."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any, cast

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from legwork.nlu.encoder import VECTOR
from legwork.nlu.heads import Heads, fingerprint
from legwork.nlu.ngrams import Counts
from legwork.nlu.normaliser import NORMALISED
from legwork.nlu.splitter import guesses, with_parts

TOPICS = "topic_ranking"
"""Message property: the most likely topics, best first, as [(name, probability)]."""

EVIDENCE = "topic_evidence"
"""Message property: what speaks for the ranking, as `Heads.rank` gives it."""

RANKED = 10


def topic_of(example: Message) -> str | None:
    """The full name of an example's intent."""
    return example.get(INTENT_RESPONSE_KEY) or example.get("intent")


def examples_of(training_data: TrainingData) -> tuple[list[str], np.ndarray, list[str]]:
    """Texts, vectors (texts, minilm.VECTOR_WIDTH) and topics of all examples that have them."""
    examples = [e for e in training_data.intent_examples if e.get(VECTOR) is not None and topic_of(e)]
    texts = [e.get(NORMALISED) or e.get(TEXT) for e in examples]
    return texts, np.array([e.get(VECTOR) for e in examples]), [str(topic_of(e)) for e in examples]


@lru_cache(maxsize=1)
def counted(texts: tuple[str, ...]) -> Counts:
    """Their n-grams, counted once a process: the ranking and the trust in it are learned from the same phrasings."""
    return Counts.of(texts)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent):
    """Ranks the topics of each message and each of its parts; what follows from the ranking is decided later."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, heads: Heads | None = None) -> None:
        """`heads` is None until trained."""
        self._storage, self._resource = model_storage, resource
        self._heads = cast(Heads, heads)  # None until it is trained; Rasa processes nothing before

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> TopicClassifier:
        """(see parent class for full docstring)"""
        return cls(model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """What the heads learn with (see parent class for full docstring)."""
        return fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        """Fits both heads on all phrasings."""
        texts, vectors, topics = examples_of(training_data)
        self._heads = Heads.fit(counted(tuple(texts)), vectors, topics)
        self.persist()
        return self._resource

    def persist(self) -> None:
        """Stores the heads as JSON and npz."""
        with self._storage.write_to(self._resource) as folder:
            self._heads.save(folder)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicClassifier:
        """(see parent class for full docstring)"""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Heads.load(folder))

    def process(self, messages: list[Message]) -> list[Message]:
        """(see parent class for full docstring)"""
        for message in with_parts(messages):
            self._rank(message)
        for guess in guesses(messages):
            guess.when_asked(TOPICS, partial(self._rank, guess))
        return messages

    def _rank(self, message: Message) -> list[tuple[str, float]] | None:
        """Puts the ranking and its evidence on a message that has a vector."""
        vector = message.get(VECTOR)
        if vector is None:
            return None
        likely, evidence = self._heads.rank(message.get(NORMALISED) or message.get(TEXT), vector)
        topics = [(self._heads.labels[i], float(likely[i])) for i in np.argsort(-likely)[:RANKED]]
        message.set(EVIDENCE, evidence)
        message.set(TOPICS, topics)
        return topics
