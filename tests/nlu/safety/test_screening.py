"""Screening questions and how their answers are read."""

from __future__ import annotations

import pytest
import yaml

from legwork.nlu.safety.screening import asks_back, corrects, questions, read_answer
from legwork.nlu.safety.signs import HERE

RESPONSES = yaml.safe_load((HERE.parents[2] / "data" / "safety.yml").read_text("utf-8"))["responses"]


@pytest.mark.parametrize("area", ["calves", "achilles", "shin_splints", "hips", "plantar_fasciitis", "back"])
def test_an_area_owes_at_most_two_questions_that_exist(area: str) -> None:
    """Each named response stands in data/safety.yml."""
    owed = questions(area)

    assert 1 <= len(owed) <= 2
    assert all(name in RESPONSES for name in owed)


@pytest.mark.parametrize("area", ["quads", "glutes", "it_band", "", "nonsense"])
def test_other_areas_owe_none(area: str) -> None:
    """Nobody is questioned without a reason."""
    assert questions(area) == []


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "nope none of that",
        "nah",
        "n",
        "neither",
        "no, just tight",
        "not really",
        "no swelling or anything",
        "nope just the right one",
        "nothing like that",
    ],
)
def test_a_plain_no_goes_on(text: str) -> None:
    """No is no, whatever it is dressed in."""
    assert read_answer(text) == "no"


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "yeah at night",
        "y",
        "mhm",
        "uh huh",
        "it did pop",
        "hot and swollen",
        "my calf is swollen",
        "both of those",
        "yes both",
        "both are true",
        "that's right",
        "the first one",
        "the first and the second",
        "right, it's warm",
        "the right one is warm",
        "both hurt at night",
    ],
)
def test_yes_and_named_signs_are_yes(text: str) -> None:
    """A sign named in the answer is a yes."""
    assert read_answer(text) == "yes"


@pytest.mark.parametrize(
    "text",
    [
        "idk",
        "not sure",
        "a bit swollen maybe",
        "no but it hurts at night",
        "sometimes",
        "only when i press it",
        "i think so",
        "kinda",
        "nope just the right one is swollen",
        "no only the right leg when i press it",
    ],
)
def test_doubt_goes_up(text: str) -> None:
    """Not sure, and a no with something left open, is never read as no."""
    assert read_answer(text) in ("unsure", "yes")


@pytest.mark.parametrize(
    "text", ["what time do you open", "how much is it", "it hurts more downhill", "hurts more going down stairs", "", "?"]
)
def test_something_else_is_no_answer(text: str) -> None:
    """A question of the client's isn't read as yes or no."""
    assert read_answer(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "both sides honestly but more the left",
        "right side",
        "mostly the right one",
        "it's the right one",
        "left more than right",
        "both",
        "both of them equally",
        "along the inside, both legs",
        "it hurts on the right side",
        "hurts in both",
        "it gets better when i warm up",
        "it's stiff with the first steps in the morning and then it warms up",
    ],
)
def test_where_it_is_and_when_it_eases_is_no_answer(text: str) -> None:
    """The side, and what it is like in the first steps, tell of none of the signs."""
    assert read_answer(text) is None


@pytest.mark.parametrize(
    ("text", "takes_back"),
    [
        ("oh no i meant both hips hurt, none of what you said", True),
        ("sorry i misread, none of that", True),
        ("wrong button, i meant no", True),
        ("i meant none of them except at night", False),
        ("oh no i meant it is swollen", False),
        ("none of that", False),
        ("i meant the left", False),
    ],
)
def test_a_yes_is_taken_back_in_plain_words(text: str, takes_back: bool) -> None:
    """Only who says that it was meant otherwise, and that none of it is so, takes a yes back."""
    assert corrects(text) is takes_back


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("no but what are your rates", "no"),
        ("no, are you closed on sundays?", "no"),
        ("nope where do i park", "no"),
        ("no, but anything free tonight?", "no"),
        ("none of that, when could you see me", "no"),
        ("not sure, what do you charge", "unsure"),
        ("maybe?", "unsure"),
        ("no but is it bad that it gets numb", "unsure"),
        ("what if it is red and warm", "yes"),
        ("my leg is numb, what do you charge", "yes"),
    ],
)
def test_a_question_beside_the_answer_takes_nothing_from_it(text: str, answer: str) -> None:
    """What is asked beside a no leaves it a no, unless it names a sign."""
    assert read_answer(text) == answer


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("how am i supposed to do that", "meaning"),
        ("how can i find that out", "meaning"),
        ("could it be both", "meaning"),
        ("what does that mean", "meaning"),
        ("which bone", "meaning"),
        ("how swollen", "meaning"),
        ("no idea what you mean", "meaning"),
        ("sorry, what?", "meaning"),
        ("why do you want to know", "why"),
        ("is that necessary?", "why"),
        ("no, why?", "why"),
        ("how much does it cost", None),
        ("are you open late", None),
        ("no", None),
        ("it is swollen", None),
    ],
)
def test_a_question_about_the_question_is_no_answer(text: str, what: str | None) -> None:
    """Who asks what is meant or why has told of nothing yet; only a plain no beside a "why" counts."""
    assert asks_back(text) == what
    assert what != "meaning" or read_answer(text) is None
