"""The safety screen as a component of Rasa's pipeline."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RESPONSE_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from legwork.nlu import inbox
from legwork.nlu.classifier import TOPICS
from legwork.nlu.context import says_cleared
from legwork.nlu.encoder import VECTOR, Encoder
from legwork.nlu.normaliser import NORMALISED
from legwork.nlu.safety import asking, report_net
from legwork.nlu.safety.examples import fingerprint
from legwork.nlu.safety.net import Net, lessons
from legwork.nlu.safety.screen import LEVELS, Screen, Verdict
from legwork.nlu.splitter import PARTS

logger = logging.getLogger(__name__)

SAFETY = "safety"
"""Message property and intent: what the screen found."""
PREVIOUS = "previous"
"""Key of the message's metadata: what the client wrote in the last minute."""
TOLD_TOO = ("faq/health_conditions", "faq/pregnancy", "faq/minors")
"""Topics whose phrasings tell of conditions as well as ask about them, so they are no examples of what is benign."""
CLOSE = ("complaint/", "smalltalk/", "out_of_scope")
"""What sounds most like signs: "the sole of my foot is so tight", "that's all, goodbye", "my cat is limping"."""
MOST_TOPICS = 4_800
"""So many of the topics' phrases are enough: more only take longer to fit."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SafetyScreen(GraphComponent, IntentClassifier):
    """Reads every message before anything is decided, and takes the intent over where a sign stops it."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, net: Net | None = None) -> None:
        """Creates the screen; without a net the patterns work alone."""
        self._storage = model_storage
        self._resource = resource
        self._use(net)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config (see parent class for full docstring)."""
        return {}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SafetyScreen:
        """Creates an untrained component (see parent class for full docstring)."""
        return cls(model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The net learns from a file that Rasa doesn't know of (see parent class for full docstring)."""
        return fingerprint()

    def train(self, training_data: TrainingData) -> Resource:
        """Trains the net on examples.yml, with the topics' own phrasings as more of what is benign."""
        benign = _thinned([m for m in training_data.intent_examples if m.get(VECTOR) is not None and _is_benign(m)])
        everyday = [_text(m) for m in benign]
        texts, signs = lessons(everyday)
        with tempfile.TemporaryDirectory() as folder:
            vectors = Encoder.build(Path(folder)).encode_all(texts)
        plain = np.reshape([m.get(VECTOR) for m in benign], (-1, vectors.shape[1]))
        net = Net.train(texts, vectors, signs, everyday, plain)
        with self._storage.write_to(self._resource) as folder:
            net.save(folder)
        self._use(net)
        return self._resource

    def _use(self, net: Net | None) -> None:
        self.net = net
        self._screen = Screen(net)
        self.net_ready = net is not None
        report_net(self.net_ready)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SafetyScreen:
        """Loads the net; a missing or broken one is logged, and the patterns work on."""
        net = None
        try:
            with model_storage.read_from(resource) as folder:
                net = Net.load(folder)
        except Exception as error:  # whatever is wrong with the net must never switch the patterns off
            logger.warning("safety.net.unavailable: %s", type(error).__name__)
        return cls(model_storage, resource, net)

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `safety` on each message, and the intent where a sign stops it."""
        for message in messages:
            said = message.get(METADATA) or {}
            verdict = self._verdict(message.get(TEXT) or "", message, said)
            if verdict.findings:
                self._mark(message, verdict)
        return messages

    def _verdict(self, text: str, message: Message, said: dict[str, Any]) -> Verdict:
        """The patterns read everything; the net only what a person wrote in English, which is all that it has seen.

        Nor does it read that a doctor has cleared a stop, or that nothing was the matter ("i overreacted"): it hears what that is
        about and not that it is over. What was stopped a minute ago is no part of it either, nor of what is asked about it ("it's
        probably just a cramp"), unless it makes it graver.
        """
        stopped = said.get("stopped")
        cleared = stopped and says_cleared(text)
        previous = None if cleared else said.get(PREVIOUS)
        try:
            taken_back = stopped and asking.only_takes_back(text, said.get("topic"))
            parts = [] if inbox.read(text) or cleared or taken_back else parts_of(message)
            verdict = self._screen(text, parts, previous, topic_of(message))
            if previous and stopped and asking.read(text, said.get("topic")) and not _is_graver(verdict.level, stopped["level"]):
                return self._screen(text, parts, None, topic_of(message))
            return verdict
        except Exception as error:  # a broken vector or net: the patterns are asked again without it
            logger.warning("safety.net.unavailable: %s", type(error).__name__)
            return Screen(None)(text, [], previous)

    def _mark(self, message: Message, verdict: Verdict) -> None:
        """Write the verdict onto the message."""
        found = {
            "level": verdict.level,
            "sign": verdict.sign,
            "findings": [{"sign": finding.sign, "level": finding.level} for finding in verdict.findings],
            "net": verdict.net,
        }
        message.set(SAFETY, found, add_to_output=True)
        entities = [
            {"entity": "safety_level", "value": verdict.level, "extractor": type(self).__name__},
            {"entity": "safety_sign", "value": verdict.sign, "extractor": type(self).__name__},
        ]
        message.set(ENTITIES, (message.get(ENTITIES) or []) + entities, add_to_output=True)
        if verdict.stops:
            message.set(INTENT, {"name": SAFETY, "confidence": 1.0}, add_to_output=True)


def _is_graver(level: str | None, than: str) -> bool:
    return level is not None and LEVELS.index(level) > LEVELS.index(than)


def parts_of(message: Message) -> list[tuple[str, np.ndarray]]:
    """The message and its parts as the net reads them."""
    parts = [(_text(each), each.get(VECTOR)) for each in (message, *(message.get(PARTS) or []))]
    return [part for part in parts if part[1] is not None]


def topic_of(message: Message) -> tuple[str, float] | None:
    """The likeliest topic and its probability, where the message was ranked."""
    return (message.get(TOPICS) or [None])[0]


def _text(message: Message) -> str:
    return message.get(NORMALISED) or message.get(TEXT) or ""


def _is_benign(example: Message) -> bool:
    """Whether a training phrase is a plain question, complaint or wish."""
    return _topic(example) not in TOLD_TOO


def _topic(example: Message) -> str:
    return example.get(INTENT_RESPONSE_KEY) or example.get(INTENT)


def _thinned(benign: list[Message]) -> list[Message]:
    """At most MOST_TOPICS of them, evenly chosen: half of what sounds like signs, half of the rest."""
    close = [m for m in benign if _topic(m).startswith(CLOSE)]
    rest = [m for m in benign if not _topic(m).startswith(CLOSE)]
    return [m for kind in (close, rest) for m in kind[:: -(-2 * len(kind) // MOST_TOPICS) or 1]]
