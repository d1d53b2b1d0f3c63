"""A short question that goes on from the last topic."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from legwork.nlu import followup
from legwork.nlu.classifier import TOPICS
from legwork.nlu.followup import FollowUp
from legwork.nlu.novelty import CONFIDENCE, Confidence
from legwork.nlu.splitter import JOINED
from legwork.nlu.understanding import READING, Understanding
from tests.nlu.conftest import Bench, Trained


@pytest.mark.parametrize(
    "text",
    [
        "for how long?", "and before?", "what about after", "does it expire", "is there a fee?", "why?", "which ones", "how late", "and for men?",
        "is that enough", "same for deep tissue?", "even if I'm old?", "since when", "do they hurt",
    ],
)  # fmt: skip
def test_may_go_on(text: str) -> None:
    """By its words alone it may be about what was talked of."""
    assert followup.may_go_on(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "my calves are tight", "do you take insurance for sports massage", "I would like to come on Friday at five", "tight hips and glutes",
        "what does myofascial release cost", "a gift card for my wife please",
    ],
)  # fmt: skip
def test_stands_alone(text: str) -> None:
    """What names two things, tells something or is long is understood by itself."""
    assert not followup.may_go_on(text)


@pytest.mark.parametrize(
    ("topic", "joined"),
    [
        ("faq/gift_cards", "gift cards. does it expire?"),
        ("complaint/it_band", "it band. does it expire?"),
        ("appointment/cancel", "my appointment, cancel. does it expire?"),
        ("faq/soreness_after", "sore after a massage. does it expire?"),
        ("safety", "book an appointment. does it expire?"),
    ],
)
def test_topic_stands_in_front(topic: str, joined: str) -> None:
    """In words, as it would be said."""
    assert followup.with_topic(topic, "does it expire?") == joined


def test_both_rankings_count() -> None:
    """What the joined one is sure of wins over a lone guess."""
    found = followup.in_both_lights(
        "and a card?", {"faq/price": 0.4, "faq/gift_cards": 0.1}, {"faq/gift_cards": 0.9, "faq/price": 0.02}
    )

    assert found[0] == "faq/gift_cards"
    assert found[1] > followup.SURE


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("does it hurt", {"faq/pressure_and_pain": 0.9}),
        ("what's your name", {"faq/about_bot": 0.7}),
        ("can I still come", {"appointment_book": 0.65}),
        ("hi there", {"smalltalk/greet": 0.7}),
    ],
)
def test_what_is_clear_alone_stays(text: str, alone: dict[str, float]) -> None:
    """A clear question of its own, and what is said to a person, is not drawn to the last topic."""
    assert followup.stands_alone(text, alone)


@pytest.mark.parametrize(
    ("topic", "joined"),
    [("faq/price", True), ("appointment/cancel", True), ("smalltalk/greet", False), ("fallback", False), (None, False)],
)
def test_only_a_topic_is_gone_on_from(topic: str | None, joined: bool) -> None:
    """After a greeting, or nothing, there is nothing to go on from."""
    message = Message({TEXT: "and for 90?", "metadata": {"topic": topic}})
    FollowUp().process([message])

    assert bool(message.get(JOINED)) is joined


def understood(text: str, last: str, alone: list[tuple[str, float]], joined: list[tuple[str, float]], bench: Bench) -> list[str]:
    """The topics of a message after `last`, when it was ranked like this."""
    message = Message({TEXT: text, TOPICS: alone, CONFIDENCE: Confidence(0.2, False), "metadata": {"topic": last}})
    message.set(JOINED, [Message({TEXT: text, TOPICS: joined})])
    understanding = bench.make(Understanding)
    understanding.process([message])
    return message.get(READING)["topics"]


@pytest.mark.parametrize("text", ["why?", "why so?", "for how many days?"])
def test_question_without_a_name_is_about_the_last_topic(text: str, bench: Bench) -> None:
    """Where neither light shows more, it is that topic: never rude, never unknown."""
    alone, joined = [("smalltalk/rude", 0.5), ("out_of_scope", 0.3)], [("out_of_scope", 0.6), ("faq/recovery", 0.2)]

    assert understood(text, "faq/recovery", alone, joined, bench) == ["faq/recovery"]


def test_unknown_thing_is_not_drawn_in(bench: Bench) -> None:
    """A thing that is named and unknown stays unknown."""
    ranked = [("out_of_scope", 0.9), ("faq/recovery", 0.05)]

    assert understood("and the weather?", "faq/recovery", ranked, ranked, bench) == []


def test_it_is_read_after_the_topic(pipeline: Trained) -> None:
    """The whole pipeline takes the same words for different things after different topics."""
    after = {last: pipeline.run("and for 90?", topic=last).get(READING)["topics"] for last in ("faq/price", "faq/what_to_wear")}

    assert after["faq/price"] == ["faq/price"]
    assert after["faq/what_to_wear"] != ["faq/price"]
