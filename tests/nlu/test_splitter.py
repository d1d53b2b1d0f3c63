"""Where a message is cut, and where not."""

from __future__ import annotations

import pytest

from legwork.nlu.normaliser import NORMALISED
from legwork.nlu.splitter import MAX_PARTS, PARTS, Splitter, asks_within, pieces, split, with_parts
from tests.nlu.conftest import Bench, examples, messages


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("How much is it and what do I wear?", ["How much is it", "what do I wear?"]),
        ("my calves are tight. do you do cupping?", ["my calves are tight.", "do you do cupping?"]),
        ("where are you, how do I pay?", ["where are you", "how do I pay?"]),
        ("what are the prices\nwhat do i wear", ["what are the prices", "what do i wear"]),
        ("do you take cards, also is there parking", ["do you take cards", "is there parking"]),
        ("do you also sell gift cards", ["do you also sell gift cards"]),
        ("Hi! Are you open sunday? Do you tip?", ["Hi!", "Are you open sunday?", "Do you tip?"]),
        ("can i run after or will i be too sore", ["can i run after", "will i be too sore"]),
        ("do you take cards, and roughly how many visits is it", ["do you take cards", "roughly how many visits is it"]),
        ("do I pay ahead and if I get sick do I still owe it", ["do I pay ahead", "if I get sick do I still owe it"]),
        ("where are you? I'd also like to know your hours.", ["where are you?", "I'd also like to know your hours."]),
    ],
)
def test_two_things_are_cut(text: str, parts: list[str]) -> None:
    """Each question of its own becomes a part, in order."""
    assert split(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "Before or after a race?",
        "my glutes and hips are sore",
        "quads, hamstrings and calves",
        "deep tissue or cupping",
        "how much is an hour",
        "Dana and Pat",
        "3:30 p.m.",
        "what",
    ],
)
def test_one_thing_stays_whole(text: str) -> None:
    """Lists of body parts, choices and names are not cut."""
    assert split(text) == [text]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("location, hours and rates please", ["location", "hours", "rates please"]),
        ("what are your prices do you take cash", ["what are your prices", "do you take cash"]),
        ("what kinds of massage do you have", []),
        (
            "never been before can you tell me what it costs do i tip on top of that or is it all in",
            [
                "never been before",
                "can you tell me what it costs",
                "do i tip on top of that or is it all in",
            ],
        ),
        ("i have a cold is that a problem where do i park", ["i have a cold is that a problem", "where do i park"]),
        ("how much is 60 and 90 minutes", []),
        ("can I run after the session and before the race", []),
        ("how are you " * 10, []),
    ],
)
def test_lists_and_run_on_questions_have_pieces(text: str, found: list[str]) -> None:
    """A list is cut, and two questions without a word between them; one question with two objects or in two halves is not."""
    assert pieces(text) == found


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("marathon in 3 weeks when should i come", True),
        ("mine is on rolling terrain so does she do that", True),
        ("i know how much it is", False),
        ("my calves are tight", False),
    ],
)
def test_questions_begin_in_the_middle(text: str, asks: bool) -> None:
    """A question that follows a statement without a pause, but not what hangs on "know"."""
    assert asks_within(text) is asks


def test_what_leans_on_a_statement_stays_with_it() -> None:
    """A question such as "is that a problem?" asks nothing alone."""
    assert split("I have a cold, is that a problem? what do you charge") == [
        "I have a cold, is that a problem?",
        "what do you charge",
    ]


def test_an_excuse_is_no_question() -> None:
    """What is added out of shyness is left out."""
    assert split("my glutes are tight. can you help with that, or is it weird?") == [
        "my glutes are tight, can you help with that?"
    ]
    assert split("is a tip expected or am i being silly? what do i wear") == ["is a tip expected?", "what do i wear"]


@pytest.mark.parametrize("text", ["", "?", "...", "😀 😀", "\n\n"])
def test_nothing_gives_nothing(text: str) -> None:
    """A text without a letter has no part."""
    assert split(text) == []


def test_parts_are_few() -> None:
    """What comes after the most parts that are worth it is joined to the last."""
    parts = split("do you tip? " * 20)

    assert len(parts) == MAX_PARTS
    assert parts[-1].count("do you tip?") == 20 - (MAX_PARTS - 1)


def test_component_puts_parts_beside_the_message(bench: Bench) -> None:
    """Parts are made from the mended text; a message of one thing has none."""
    [two, one] = messages("hwo much is it and what do i wear?", "how much is it")
    two.set(NORMALISED, "how much is it and what do i wear?")
    bench.make(Splitter).process([two, one])

    assert [part.get(NORMALISED) for part in two.get(PARTS)] == ["how much is it", "what do i wear?"]
    assert one.get(PARTS) is None
    assert with_parts([two, one]) == [two, *two.get(PARTS), one]


def test_examples_are_taken_whole(bench: Bench) -> None:
    """A phrasing stands for one topic, however many sentences it has."""
    data = examples()

    assert bench.make(Splitter).process_training_data(data) is data
    assert not any(example.get(PARTS) for example in data.training_examples)
