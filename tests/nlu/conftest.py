"""A small pipeline for the component tests: trained on five topics, kept in a folder of its own, loaded again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from legwork.nlu.classifier import TopicClassifier
from legwork.nlu.encoder import SentenceEncoder
from legwork.nlu.followup import FollowUp
from legwork.nlu.normaliser import Normaliser
from legwork.nlu.novelty import Novelty
from legwork.nlu.splitter import Splitter
from legwork.nlu.understanding import Understanding

TOPICS = {
    "faq/price": "how much is it|what do you charge|price of an hour|cost of a session|how much does a massage cost|what are your rates|is it expensive|"
    "what is the price for 90 minutes|how much for 60 min|your prices please|what would a session cost me|do you have a price list",
    "faq/what_to_wear": "what do i wear|do i have to undress|should i bring shorts|what clothes are best|can i keep my clothes on|do i need a sports bra|"
    "what to wear for myofascial release|is it ok to come in running tights|do i get undressed completely|which shorts should i wear|clothes for a massage|do i wear underwear",
    "complaint/calves": "my calves are tight|calf pain after running|my calf hurts|both calves are sore|tight calves uphill|my calves cramp at night|calves feel like rocks|"
    "sore calf muscles since sunday|left calf is killing me|calf tightness won't go away|calves are so stiff|my lower legs are tight in the calves",
    "smalltalk/greet": "hi|hello|hey there|good morning|hey|hi there|good afternoon|hello there|morning|good evening|hiya|hey hey",
    "appointment_cancel": "cancel my appointment|i need to cancel|please cancel my massage|i have to cancel tomorrow|cancel my session|can i cancel for thursday|"
    "i want to call off my appointment|cancel it please|need to cancel friday|sorry i must cancel|i can't come, please cancel|cancel my booking",
    "out_of_scope": "what's the weather|who won the game|pizza near me|tell me a joke|fix my laptop|what is the capital of france|sell my car|translate this to german|"
    "best movie this year|stock tips|how do i cook rice|my dog is limping",
}  # fmt: skip


def examples() -> TrainingData:
    """The phrasings as Rasa hands them to a component."""
    return TrainingData([Message.build(text, intent) for intent, texts in TOPICS.items() for text in texts.split("|")])


def messages(*texts: str) -> list[Message]:
    """Incoming messages."""
    return [Message({TEXT: text}) for text in texts]


@dataclass
class Bench:
    """Where components are made: real model storage in a folder, a resource for each."""

    storage: LocalModelStorage
    context: ExecutionContext = field(default_factory=lambda: ExecutionContext(GraphSchema({})))

    def make(self, component: type[GraphComponent]) -> Any:
        """An untrained component."""
        return component.create({**component.get_default_config()}, self.storage, Resource(component.__name__), self.context)

    def load(self, component: type[GraphComponent]) -> Any:
        """The component as it was kept."""
        return component.load({**component.get_default_config()}, self.storage, Resource(component.__name__), self.context)

    def kept(self, component: type[GraphComponent]) -> list[str]:
        """Names of the files that the component keeps."""
        with self.storage.read_from(Resource(component.__name__)) as folder:
            return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """An empty one."""
    return Bench(LocalModelStorage.create(tmp_path))


PIPELINE = (Normaliser, Splitter, FollowUp, SentenceEncoder, TopicClassifier, Novelty, Understanding)


@dataclass
class Trained:
    """The pipeline before it was kept and after it was loaded."""

    bench: Bench
    trained: list[Any]
    loaded: list[Any]

    def run(self, text: str, up_to: type[GraphComponent] = Understanding, *, fresh: bool = False, **said: Any) -> Message:
        """One message through the loaded components, the one named included; `fresh` takes those that were trained."""
        message = Message({TEXT: text, "metadata": said})
        for component in self.trained if fresh else self.loaded:
            component.process([message])
            if isinstance(component, up_to):
                break
        return message


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Trained once for all tests, as Rasa trains: each component on what those before it made of the examples."""
    bench, data, trained = Bench(LocalModelStorage.create(tmp_path_factory.mktemp("pipeline"))), examples(), []
    for component in PIPELINE:
        made = bench.make(component)
        if hasattr(made, "train"):
            made.train(data)
        if hasattr(made, "process_training_data"):
            made.process_training_data(data)
        trained.append(made)
    return Trained(
        bench, trained, [made if isinstance(made, (Splitter, FollowUp)) else bench.load(type(made)) for made in trained]
    )


Run = Callable[..., Message]


@pytest.fixture
def run(pipeline: Trained) -> Run:
    """`run(text, up_to=Component, asked=…, topic=…)`."""
    return pipeline.run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What trains, if only a small pipeline, is slow."""
    for item in items:
        if "pipeline" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
