"""What is asked about a stop."""

from __future__ import annotations

import pytest
import yaml

from legwork.nlu.safety import asking
from legwork.nlu.safety.signs import HERE

ASKED = {
    "whom": [
        "what doctor should i go to", "which kind of doctor", "who do I see for this", "can I go to urgent care", "should i go to the ER",
        "will a physical therapist do", "do you know a good podiatrist", "what should I do now", "urgent care or my own doctor?",
    ],
    "cleared": [
        "how do i tell you when im cleared", "how will you know", "what happens once I'm cleared", "do i need a note from my doctor",
        "what if the doctor clears me",
    ],
    "know": ["how do i know if it's a blood clot", "could it be broken", "what is it", "how serious is this", "what do i have"],
    "wait": ["how long do i have to wait", "when can I come in then", "how many days until I can book", "how long will it take"],
    "call": ["can my doctor call you", "can you call my doctor", "could you send my doctor a note", "can the doc talk to Jessica"],
    "checked": ["doc checked it, its just a strain", "I went to urgent care already", "the doctor said it's a pulled muscle", "I saw my doctor"],
    "meanwhile": ["is it ok to take ibuprofen", "can I still run Saturday", "can i foam roll it", "what about in the meantime"],
    "helped": ["ok thanks, i called 911", "the ambulance is here", "im at the er now", "ok i'll call my doctor"],
    "no_doctor": ["my PT cleared me", "my husband is a doctor and says fine", "my coach said it's fine"],
    "reassured": ["its probably just muscle", "it's only a cramp", "it's gone now", "could it be a pulled muscle", "can that just be heartburn",
        "it was a joke", "sorry that was a joke", "it doesnt hurt that much", "it went away after an hour", "its not that bad actually",
        "no its fine, its not really swollen, just a bit puffy", "no i feel great", "its nothing really", "i overreacted",
    ],
    "why": ["why", "why can't you book me", "do I really have to see a doctor", "is it serious"],
}  # fmt: skip

OTHER = [
    "how long is a session", "how much is it", "where are you located", "when do you open", "can i talk to jessica", "just book me",
    "doctor said no massage", "the doctor told me it's not a clot but wait", "my doctor cleared it", "ok thanks", "what should I wear", "do you take insurance",
    "who is Jessica", "could it be on friday",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in ASKED.items() for text in texts])
def test_question_about_the_stop_is_heard(kind: str, text: str) -> None:
    """Right after the stop each is known for what it asks."""
    assert asking.read(text, "safety") == kind


@pytest.mark.parametrize("text", OTHER)
def test_other_questions_are_left_to_their_topics(text: str) -> None:
    """A question of its own keeps its answer, also right after a stop."""
    assert asking.read(text, "safety") is None


@pytest.mark.parametrize("text", ["why", "how long do i have to wait", "can I run after", "how do I know what to book"])
def test_what_leans_on_the_stop_needs_it_nearby(text: str) -> None:
    """Once something else is talked about, such words belong to that."""
    assert asking.read(text, "faq/price") is None


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("i overreacted", True),
        ("no i feel great", True),
        ("it's just my left arm that feels heavy", False),
        ("it went away but now my arm is weak", False),
        ("its probably just a cramp", False),
    ],
)
def test_what_tells_more_does_not_only_take_back(text: str, only: bool) -> None:
    """The net hears whatever says something besides, or only hopes."""
    assert asking.only_takes_back(text, "safety") is only
    assert not asking.only_takes_back(text, "faq/price")


def test_every_kind_is_answered() -> None:
    """No kind of question is a dead end: each has its sentence."""
    responses = yaml.safe_load((HERE.parents[2] / "data" / "safety.yml").read_text("utf-8"))["responses"]

    assert {f"utter_asked/{kind}" for kind in (*asking.PLAIN, *asking.LEANING)} <= set(responses)
