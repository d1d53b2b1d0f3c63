"""`data/` is read once a training, and to the same phrasings as Rasa reads it to."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from legwork.nlu import importer
from legwork.nlu.importer import OneReading, Phrasing

ROOT = Path(__file__).parents[2]

TOPIC = """
nlu:
- intent: faq/price
  examples: |
    - how much is it
    - how much is it
    - a [massage](service) please
responses:
  utter_faq/price:
  - text: "It depends."
  - text: "Ask Jessica."
"""
RULES = """
nlu:
- intent: person
  examples: |
    - i want to talk to somebody
rules:
- rule: a person
  steps:
  - intent: person
  - action: action_person
"""
DOMAIN = "intents: [faq, person]\nactions: [action_person]\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two files of phrasings, and what belongs to them."""
    (tmp_path / "data").mkdir()
    for name, text in {"data/price.yml": TOPIC, "data/person.yml": RULES, "domain.yml": DOMAIN, "config.yml": ""}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def reading(folder: Path, config: str = "") -> TrainingDataImporter:
    """All that `rasa train` would ask."""
    (folder / "config.yml").write_text(config, encoding="utf-8")
    return TrainingDataImporter.load_from_config(str(folder / "config.yml"), str(folder / "domain.yml"), [str(folder / "data")])


OURS = f"importers:\n- name: {OneReading.__module__}.{OneReading.__name__}\n"


def told(data: TrainingData) -> list[dict]:
    """All messages, in their order."""
    return [message.as_dict() for message in data.training_examples]


def test_the_config_names_it() -> None:
    """A training reads with it."""
    assert f"  - name: {OneReading.__module__}.{OneReading.__name__} " in (ROOT / "config.yml").read_text(encoding="utf-8")


def test_reads_what_rasa_reads(data: Path) -> None:
    """The same messages, answers, domain and rules, whichever way they are asked for."""
    ours, theirs = reading(data, OURS), reading(data)

    for ask in (lambda it: it.get_nlu_data(), lambda it: it.get_nlu_data(language="en")):
        assert told(ask(ours)) == told(ask(theirs))
        assert ask(ours).responses == ask(theirs).responses
    assert ours.get_domain().fingerprint() == theirs.get_domain().fingerprint()
    assert ours.get_stories().fingerprint() == theirs.get_stories().fingerprint()


def test_reads_each_file_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often the phrasings are asked for."""
    read, load = [], importer.load_data
    monkeypatch.setattr(importer, "load_data", lambda file: read.append(file) or load(file))
    ours = reading(data, OURS)
    for _ in range(2):
        ours.get_nlu_data(), ours.get_domain(), ours.get_nlu_data(language="en")

    assert sorted(read) == sorted(str(data / "data" / name) for name in ("person.yml", "price.yml"))


def test_the_next_training_sees_what_was_edited(data: Path) -> None:
    """Nothing is kept from one reading to the next."""
    before = len(reading(data, OURS).get_nlu_data().training_examples)
    (data / "data" / "price.yml").write_text(TOPIC.replace("- a [", "- another one\n    - a ["), encoding="utf-8")

    assert len(reading(data, OURS).get_nlu_data().training_examples) == before + 1


def test_a_copy_is_its_own() -> None:
    """What is set on a copy isn't on the first one; both are known by what they hold."""
    first = Phrasing.of(Message({TEXT: "hi", INTENT: "greet", "entities": [{"value": "x"}]}))
    copied = deepcopy(first)
    assert isinstance(copied, Phrasing) and copied == first and hash(copied) == hash(first)

    copied.set(INTENT, "goodbye")
    copied.data["entities"][0]["value"] = "y"

    assert first.get(INTENT) == "greet" and first.get("entities") == [{"value": "x"}]
    assert copied != first


def test_what_is_set_again_changes_nothing_and_what_changed_is_hashed_anew() -> None:
    """Also features and what isn't text, and what shall be told outside."""
    phrasing = Phrasing.of(Message({TEXT: "hi", INTENT: "greet"}))
    first = phrasing.fingerprint()
    phrasing.set(INTENT, "greet")
    assert phrasing.fingerprint() == first

    phrasing.set("number", {1, 2})
    assert phrasing.fingerprint() != first
    phrasing.set(INTENT, "greet", add_to_output=True)
    assert INTENT in phrasing.output_properties
