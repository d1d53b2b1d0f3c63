"""Both nets together, the component, and the bars on the sets."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from rasa.shared.nlu.training_data.message import Message

from bench import safety as bench
from legwork.nlu.encoder import VECTOR
from legwork.nlu.heads import Heads
from legwork.nlu.ngrams import Ngrams
from legwork.nlu.safety import status
from legwork.nlu.safety.component import SAFETY, SafetyScreen
from legwork.nlu.safety.examples import BENIGN
from legwork.nlu.safety.net import Net
from legwork.nlu.safety.screen import Screen

SETS = Path(__file__).resolve().parents[2] / "safety"
X, Y, Z = np.eye(3, 384, dtype=np.float32)


def net() -> Net:
    """A net that hears dvt along X and in the word "blub", blood thinners along Y, and nothing along Z or in "cow"."""
    signs = (BENIGN, "blood_thinners", "dvt")
    arrays = {
        "dense_weights": 20 * np.stack([Z, Y, X], axis=1),
        "dense_bias": np.zeros(3, np.float32),
        "sparse_weights": np.array([[-20, -20, 20], [20, -20, -20]], np.float32),
        "sparse_bias": np.zeros(3, np.float32),
        "axes": np.stack([X, Y, Z], axis=1),
        "phrasings": np.eye(3, dtype=np.float32)[::-1],
        "starts": np.arange(3),
    }
    heads = Heads(list(signs), Ngrams([["blub", "cow"], []], [np.ones(2, np.float32), np.zeros(0, np.float32)]), arrays)
    return Net(heads, {"doctor": 0.5, "tell_jessica": 0.5}, {})


def component(with_net: Net | None = None) -> SafetyScreen:
    """A component outside of Rasa's graph."""
    return SafetyScreen(None, None, with_net)


def screened(
    text: str, vector: np.ndarray | None = None, metadata: dict | None = None, intent: str = "faq", with_net: Net | None = None
) -> Message:
    """A message after the component."""
    message = Message({"text": text, VECTOR: vector, "metadata": metadata, "intent": {"name": intent, "confidence": 0.9}})
    return component(with_net).process([message])[0]


def test_either_net_may_raise() -> None:
    """What the patterns miss the net hears, and the other way around."""
    screen = Screen(net())

    unheard = "blub blub blub blub blub"
    assert (screen(unheard, [(unheard, X)]).sign, screen(unheard, [(unheard, X)]).net) == ("dvt", True)
    assert (screen("my calf is swollen", [("my calf is swollen", Z)]).sign, screen("my calf is swollen", []).net) == (
        "dvt",
        False,
    )


def test_what_the_net_is_all_but_sure_is_harmless_is_no_stop() -> None:
    """A pattern's words in a sentence about something else; not in a short one, not self-harm, not without a net, not split in two.

    Nor where the clause alone, without what stands around it, tells of a sign.
    """
    screen, doubt = Screen(net()), 0.05 * Z
    heard = "the calf is swollen says the vet about our young cow"
    amid = "how much is an hour for a cow if my blub calf is swollen"
    quiet = "if the race goes badly i want to end my life on the course"

    assert not screen(heard, [(heard, doubt)]).findings
    assert screen(amid, [(amid, doubt)]).sign == "dvt"
    assert screen(heard, [(heard, Z), ("my calf is swollen", X)]).sign == "dvt"
    assert screen("my calf is swollen", [("my calf is swollen", Z)]).sign == "dvt"
    assert Screen(None)(heard, [(heard, Z)]).sign == "dvt"
    assert screen(quiet, [(quiet, Z)]).sign == "self_harm"
    assert screen("and it is hot too since this very morning", [("and it is hot too", Z)], "my calf is swollen").sign == "dvt"


def test_the_net_must_be_sure_of_a_stop_and_in_a_few_words_of_a_note_too() -> None:
    """A stop is heard from 0.6 on; too little is said in a few words for a net that hesitates about a note."""
    screen, hesitant, leaning = Screen(net()), -0.05 * X, 0.08 * Y

    assert not screen("blub blub blub blub blub", [("blub blub blub blub blub", hesitant)]).findings
    assert screen("blub blub", [("blub blub", X)]).sign == "dvt"
    assert screen("la la la la la", [("la la la la la", leaning)]).sign == "blood_thinners"
    assert not screen("la la", [("la la", leaning)]).findings


def test_the_net_does_not_overrule_what_the_patterns_understood() -> None:
    """Denied, over, or a figure of speech: the net's word doesn't count."""
    screen = Screen(net())
    for text in (
        "no swelling in my calf",
        "i had a dvt ten years ago, all clear",
        "this hill is killing me",
    ):
        assert not screen(text, [(text, X)]).stops, text


def test_a_sign_that_is_asked_about_is_one_only_if_the_net_is_sure() -> None:
    """What is asked ("is it normal to have …") may be told of oneself."""
    screen, asked = Screen(net()), "how do i know if it's a DVT"

    assert screen(asked, [(asked, X)]).sign == "dvt"
    assert not screen(asked, [(asked, 0.1 * X)]).stops


def test_a_quieted_sign_is_one_only_if_the_net_is_certain() -> None:
    """The patterns take it for somebody else's; the net, which hears everything, may know better."""
    screen = Screen(net())
    told, retold = "my neighbor's calf is swollen", "my neighbor's calf is swollen and blub"

    assert not screen(told, [(told, X)]).stops
    assert screen(retold, [(retold, X)]).sign == "dvt"


def test_the_net_is_heard_beside_another_denial_only_if_it_is_sure() -> None:
    """A denial of something else leaves a sure net its word, and takes it from an unsure one."""
    screen, unsure = Screen(net()), 0.06 * X
    elsewhere = "no numbness, but blub and blub"

    assert screen("blub blub blub blub blub", [("blub blub blub blub blub", unsure)]).sign == "dvt"
    assert screen(elsewhere, [(elsewhere, X)]).sign == "dvt"
    assert not screen(elsewhere, [(elsewhere, unsure)]).stops


def test_the_topic_has_its_say_in_the_net_s_word() -> None:
    """What is surely an ordinary question isn't stopped on an unsure word of the net."""
    screen, text, unsure = Screen(net()), "blub blub blub blub blub", 0.06 * X

    assert screen(text, [(text, unsure)], topic=("complaint/calves", 0.9)).stops
    assert not screen(text, [(text, unsure)], topic=("faq/price", 0.9)).stops
    assert screen(text, [(text, X)], topic=("faq/price", 0.9)).stops


def test_a_story_is_read_part_by_part() -> None:
    """Of many parts one sounds like a sign by chance, so the net must be surer; and what is denied in one says nothing about another."""
    screen, unsure, text = Screen(net()), 0.06 * X, "blub blub blub blub blub"
    parts = ["my cousin laughed", "the hill is killing me", "no numbness", "see you tuesday"]

    def said(vector: np.ndarray) -> bool:
        story = [(" ".join([*parts, text]), Z), *((part, Z) for part in parts), (text, vector)]
        return screen(story[0][0], story).stops

    assert screen(text, [(text, unsure)]).stops and not said(unsure)
    assert said(X)


def test_a_stop_takes_the_intent_over() -> None:
    """A doctor sign becomes the intent `safety`, with level and sign as entities."""
    message = screened("my calf is swollen and hot, can i book")

    assert message.get("intent") == {"name": "safety", "confidence": 1.0}
    assert {e["entity"]: e["value"] for e in message.get("entities")} == {"safety_level": "doctor", "safety_sign": "dvt"}
    assert {k: message.get(SAFETY)[k] for k in ("level", "sign", "net")} == {"level": "doctor", "sign": "dvt", "net": False}


def test_a_note_leaves_the_intent() -> None:
    """Tell-Jessica stands beside the question's own answer."""
    message = screened("i take eliquis, how much is an hour")

    assert message.get("intent")["name"] == "faq"
    assert message.get(SAFETY)["level"] == "tell_jessica"


def test_nothing_found_adds_nothing() -> None:
    """An ordinary message passes unchanged."""
    message = screened("how much is an hour")

    assert message.get(SAFETY) is None
    assert not message.get("entities")


def test_the_last_minute_travels_in_the_metadata() -> None:
    """A sign split over two messages is found by the component."""
    assert screened("and hot", metadata={"previous": "my calf is swollen"}).get("intent")["name"] == "safety"


@pytest.mark.parametrize("vector", [np.full(384, np.nan, np.float32), np.zeros(3, np.float32)])
def test_a_broken_vector_leaves_the_patterns(vector: np.ndarray) -> None:
    """Whatever reaches the net, the patterns answer."""
    assert screened("my calf is swollen", vector, with_net=net()).get(SAFETY)["level"] == "doctor"


class _NoStorage:
    """A model storage whose resource is gone."""

    def read_from(self, resource: object) -> None:
        """Nothing is there."""
        raise ValueError("resource doesn't exist")


def test_a_missing_net_is_logged_and_the_patterns_work(caplog: pytest.LogCaptureFixture) -> None:
    """Loading without weights warns by name, reports not ready, and screens on."""
    with caplog.at_level(logging.WARNING):
        loaded = SafetyScreen.load({}, _NoStorage(), None, None)

    assert "safety.net.unavailable" in caplog.text
    assert not loaded.net_ready
    assert status() == {"patterns": True, "net": False}
    assert loaded.process([Message({"text": "my calf is swollen"})])[0].get(SAFETY)["level"] == "doctor"


def test_a_net_survives_saving(tmp_path: Path) -> None:
    """What is stored is what is loaded."""
    net().save(tmp_path)

    loaded = Net.load(tmp_path)

    assert [finding.sign for finding in loaded.findings("blub", X)] == ["dvt"]
    assert loaded.findings("blub", Z) == []


def test_a_net_learns_what_it_is_shown() -> None:
    """Three clouds of vectors are told apart, and the thresholds come from held-out phrases."""
    chance = np.random.default_rng(0)
    cloud = [x + chance.normal(0, 0.01, 384).astype(np.float32) for x in (X, Y, Z) for _ in range(20)]

    signs = ["dvt"] * 20 + ["blood_thinners"] * 20 + [BENIGN] * 20
    texts = [f"{word} {word}" for word in ("calf", "eliquis", "hello") for _ in range(20)]

    trained = Net.train(texts, np.stack(cloud), signs, [], np.zeros((0, 384), np.float32))

    assert [finding.sign for finding in trained.findings("calf calf", X)] == ["dvt"]
    assert trained.findings("hello hello", Z) == []
    assert trained.how["levels"]["doctor"]["caught_unseen"] == 1.0


def test_the_bars_hold_for_the_patterns_alone() -> None:
    """Recall by level and false stops on the sets; the trained net comes on top of this."""
    found = bench.score(bench.sets(SETS), bench.nets(None)["patterns"])

    assert found["levels"]["emergency"]["percent"] >= 99
    assert found["levels"]["doctor"]["percent"] >= 98
    assert found["levels"]["tell_jessica"]["percent"] >= 90
    assert found["levels"]["refuse"]["percent"] >= 98
    assert found["levels"]["benign"]["percent"] >= 97
    assert found["moved"]["doctor as emergency"]["percent"] <= 5
    assert found["moved"]["tell_jessica as doctor or above"]["percent"] <= 10


def test_the_screen_is_quick() -> None:
    """The patterns cost less than 1.5 ms median a message."""
    assert bench.latency(bench.sets(SETS), bench.nets(None)["patterns"]) < 1.5
