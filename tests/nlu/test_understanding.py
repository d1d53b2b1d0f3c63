"""The last word on a message: one intent, whatever stands in it and came before it."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from legwork.nlu.classifier import TOPICS
from legwork.nlu.novelty import CONFIDENCE, Confidence, Novelty
from legwork.nlu.splitter import PARTS
from legwork.nlu.understanding import READING, Understanding, decide, several
from tests.nlu.conftest import Bench, Run, Trained

SURE, UNSURE, UNKNOWN = Confidence(0.9, True), Confidence(0.2, True), Confidence(0.2, False)


def ranked(*ranking: tuple[str, float], confidence: Confidence = SURE, text: str = "how much is it?") -> Message:
    """A message as the classifier and the novelty leave it."""
    return Message({TEXT: text, TOPICS: list(ranking), CONFIDENCE: confidence})


@pytest.mark.parametrize(
    ("message", "verdict"),
    [
        (ranked(("faq/price", 0.9), ("faq/hours", 0.05)), ("answer", ["faq/price"])),
        (ranked(("faq/price", 0.4), ("faq/tipping", 0.35), confidence=UNSURE), ("clarify", ["faq/price", "faq/tipping"])),
        (ranked(("faq/price", 0.4), ("faq/tipping", 0.35), confidence=UNKNOWN), ("out_of_scope", [])),
        (ranked(("out_of_scope", 0.9), ("faq/price", 0.05)), ("out_of_scope", [])),
        (
            ranked(("out_of_scope", 0.4), ("faq/price", 0.35), ("faq/tipping", 0.2), confidence=UNSURE),
            ("clarify", ["faq/price", "faq/tipping"]),
        ),
        (
            ranked(("smalltalk/greet", 0.4), ("faq/price", 0.35), confidence=Confidence(0.3, True)),
            ("answer", ["smalltalk/greet"]),
        ),
        (ranked(("faq/hours", 0.5), ("out_of_scope", 0.2), ("faq/price", 0.1)), ("answer", ["faq/hours"])),
        (
            ranked(("smalltalk/asks_for_help", 0.6), ("faq/recovery", 0.4), text="can you help?"),
            ("answer", ["smalltalk/asks_for_help"]),
        ),
        (
            ranked(("smalltalk/asks_for_help", 0.5), ("faq/recovery", 0.4), text="is there scientific evidence that this works?"),
            ("answer", ["faq/recovery"]),
        ),
        (ranked(("faq/hours", 0.5), ("out_of_scope", 0.35), ("faq/price", 0.1)), ("clarify", ["faq/hours", "faq/price"])),
        (Message({TEXT: "?"}), ("out_of_scope", [])),
    ],
)
def test_decision(message: Message, verdict: tuple[str, list[str]]) -> None:
    """Sure is answered, two close are asked about, the rest is declined; small talk is never asked about.

    Where it may as well be nothing for this desk, even what is sure is asked about.
    """
    assert decide(message) == verdict


def test_at_most_three_are_asked_about() -> None:
    """A fourth topic is no help, and neither is small talk or what is out of scope."""
    close = [
        ("faq/price", 0.2),
        ("smalltalk/greet", 0.19),
        ("faq/tipping", 0.18),
        ("out_of_scope", 0.17),
        ("faq/hours", 0.16),
        ("faq/payment", 0.15),
    ]

    assert decide(ranked(*close, confidence=UNSURE)) == ("clarify", ["faq/price", "faq/tipping", "faq/hours"])


def of_parts(*parts: tuple[str, str, float]) -> Message:
    """A message of (text, topic, probability)."""
    each = [ranked((topic, p), text=text) for text, topic, p in parts]
    return Message({TEXT: " ".join(text for text, _, _ in parts), PARTS: each})


@pytest.mark.parametrize(
    ("parts", "topics"),
    [
        ([("how much is it", "faq/price", 0.9), ("what do i wear?", "faq/what_to_wear", 0.9)], ["faq/price", "faq/what_to_wear"]),
        ([("how much is it", "faq/price", 0.9), ("what does an hour cost?", "faq/price", 0.9)], ["faq/price"]),
        ([("hi there", "smalltalk/greet", 0.9), ("how much is it", "faq/price", 0.9)], ["faq/price"]),
        ([("my calves are tight", "complaint/calves", 0.9), ("my hips hurt", "complaint/hips", 0.9)], ["complaint/calves"]),
        (
            [("my calves are tight", "complaint/calves", 0.9), ("how much is it", "faq/price", 0.9)],
            ["complaint/calves", "faq/price"],
        ),
        ([("how much is it", "faq/price", 0.9), ("does it rain", "faq/hours", 0.3)], ["faq/price"]),
        (
            [("do people tip", "faq/tipping", 0.9), ("how much", "faq/price", 0.9), ("for how long", "faq/session_length", 0.9)],
            ["faq/tipping", "faq/session_length"],
        ),
        (
            [("what do you charge", "faq/price", 0.9), ("and how long?", "faq/session_length", 0.9)],
            ["faq/price", "faq/session_length"],
        ),
        (
            [
                ("I would rather hear it from Jessica than from a machine, to be honest with you", "person", 0.9),
                ("do you work on men who run a lot?", "faq/who_its_for", 0.9),
            ],
            ["person", "faq/who_its_for"],
        ),
        (
            [
                ("how does it go once I am on the table in that room of yours", "faq/first_visit", 0.9),
                ("underwear on", "faq/what_to_wear", 0.9),
            ],
            ["faq/first_visit", "faq/what_to_wear"],
        ),
        (
            [
                ("my legs are always sore", "complaint/general_soreness", 0.9),
                ("can i run the day after?", "faq/running_after_massage", 0.9),
            ],
            ["faq/running_after_massage"],
        ),
        (
            [
                ("what would you do for sore legs?", "complaint/general_soreness", 0.9),
                ("can i run the day after?", "faq/running_after_massage", 0.9),
            ],
            ["complaint/general_soreness", "faq/running_after_massage"],
        ),
        (
            [("cupping sounds odd", "faq/cupping", 0.9), ("what is mfr", "faq/myofascial_release", 0.9)],
            ["faq/cupping", "faq/myofascial_release"],
        ),
        (
            [
                ("I have a gift card that my whole family gave me at last year's party", "faq/gift_cards", 0.95),
                ("is it still good?", "out_of_scope", 0.3),
                ("how much is it", "faq/price", 0.9),
            ],
            ["faq/gift_cards", "faq/price"],
        ),
    ],
)
def test_several_things(parts: list[tuple[str, str, float]], topics: list[str]) -> None:
    """Each question once and in order; greetings and second complaints are no questions of their own."""
    assert several(of_parts(*parts)) == topics


def test_a_part_that_could_be_much_is_what_the_whole_is() -> None:
    """A question that is unclear by itself is answered with the topic of the whole message, where that is among its own."""
    message = of_parts(("what if I come late", "faq/arriving", 0.4), ("when do I pay?", "faq/payment", 0.9))
    message.get(PARTS)[0].set(TOPICS, [("faq/arriving", 0.4), ("faq/cancellation_policy", 0.3)])

    assert several(message, "faq/cancellation_policy") == ["faq/cancellation_policy", "faq/payment"]
    assert several(message, "faq/tipping") == ["faq/payment"]


def test_a_complaint_in_passing() -> None:
    """In a long message it is answered beside a question where the message is about it, opens with it, or asks for help with it."""
    asked = ("How often do people like me come in to get worked on?", "faq/frequency", 0.9)
    passing = (
        "Marathon bib in hand and a bit of everything by now: tight calves, tight back, tight budget.",
        "complaint/calves",
        0.9,
    )
    message = of_parts(("Sixteen weeks to go.", "faq/marathon_training", 0.3), passing, asked)

    assert several(message) == ["faq/frequency"]
    message.set(TOPICS, [("complaint/calves", 0.6), ("faq/frequency", 0.3)])
    assert several(message) == ["complaint/calves", "faq/frequency"]
    assert several(of_parts(passing, asked)) == ["complaint/calves", "faq/frequency"]
    helped = ("What would you do with me?", "smalltalk/asks_for_help", 0.9)
    message = of_parts(("Sixteen weeks to go.", "faq/marathon_training", 0.3), passing, helped, asked)
    message.set(TOPICS, [("complaint/calves", 0.2), ("faq/frequency", 0.6)])
    assert several(message) == ["complaint/calves", "faq/frequency"]


def test_what_one_part_of_a_story_seems_to_ask() -> None:
    """It is no question of a message of many parts where the whole has nothing of it, unless that part is all but sure."""
    story = [("I streak, every day since 2019.", "faq/frequency", 0.3), ("New shoes, old shoes.", "faq/shoes", 0.95)]
    asked = ("should i get my mile in before i come?", "faq/arriving", 0.6)
    after = ("is it ok to run afterwards?", "faq/running_after_massage", 0.9)
    message = of_parts(*story, asked, after)
    message.set(TOPICS, [("faq/running_after_massage", 0.7), ("faq/arriving", 0.01), ("faq/shoes", 0.01)])

    assert several(message) == ["faq/running_after_massage"]
    message.set(TOPICS, [("faq/running_after_massage", 0.7), ("faq/arriving", 0.1)])
    assert several(message) == ["faq/arriving", "faq/running_after_massage"]
    sure = of_parts(*story, (asked[0], "faq/arriving", 0.95), after)
    sure.set(TOPICS, [("faq/running_after_massage", 0.7)])
    assert several(sure) == ["faq/arriving", "faq/running_after_massage"]


def test_help_is_asked_for_with_what_hurts() -> None:
    """What closes a complaint ("can you treat him?") asks what its other words ask where nothing hurts."""
    closing = ("could he be treated at your practice?", "smalltalk/asks_for_help", 0.6)
    message = of_parts(("My son is fifteen", "faq/minors", 0.4), closing, ("do you take cards?", "faq/payment", 0.9))
    message.get(PARTS)[1].set(TOPICS, [("smalltalk/asks_for_help", 0.6), ("faq/minors", 0.4)])

    assert several(message) == ["faq/minors", "faq/payment"]
    message.get(PARTS)[0].set(TOPICS, [("complaint/shin_splints", 0.9)])
    assert several(message) == ["complaint/shin_splints", "faq/payment"]


def test_what_jessica_is_told_is_no_question() -> None:
    """A note beside a wish stays one, unless the message is about it."""
    message = of_parts(("i'm 16", "faq/minors", 0.95), ("can i book an hour", "appointment_book", 0.9))
    message.set("safety", {"level": "tell_jessica"})

    assert several(message, "appointment_book") == ["appointment_book"]
    assert several(message, "faq/minors") == ["faq/minors", "appointment_book"]


def test_how_to_reach_who_books_is_no_request() -> None:
    """A number beside a wish for a time belongs to the booking; beside a question it is a wish to be called."""
    call = ("call me at 508-555-0142", "person", 0.9)

    assert several(of_parts(("an hour on tuesday for my hips", "appointment_book", 0.9), call)) == ["appointment_book"]
    assert several(of_parts(("how much is it", "faq/price", 0.9), call)) == ["faq/price", "person"]


def test_three_answers_at_most() -> None:
    """Nobody reads a fourth."""
    four = [("how much is it", f"faq/{name}", 0.9) for name in ("price", "hours", "location", "tipping")]

    assert len(several(of_parts(*four))) == 3


def intent(message: Message) -> str:
    """The intent's name."""
    return message.get(INTENT)["name"]


@pytest.mark.parametrize(
    ("text", "name", "topics"),
    [
        ("how much is a massage", "faq", ["faq/price"]),
        ("hwo much is it", "faq", ["faq/price"]),
        ("my calves are tight", "complaint", ["complaint/calves"]),
        ("hello", "smalltalk", ["smalltalk/greet"]),
        ("please cancel my appointment", "appointment_cancel", []),
        ("How much is it and what do I wear?", "several", ["faq/price", "faq/what_to_wear"]),
        ("Hi! How much is it?", "faq", ["faq/price"]),
        ("who won the game", "out_of_scope", []),
        ("👍", "inbox", []),
        ("ok", "smalltalk", ["smalltalk/acknowledge"]),
        ("please delete this conversation", "faq", ["faq/privacy"]),
        ("forget me", "faq", ["faq/privacy"]),
        ("how much?", "faq", ["faq/price"]),
        ("when is Jessica free?", "faq", ["faq/hours"]),
        ("ok, which days do you have openings", "faq", ["faq/hours"]),
    ],
)
def test_intent_and_topics(run: Run, text: str, name: str, topics: list[str]) -> None:
    """The intent that Rasa's rules see, and the topics that the actions answer."""
    message = run(text)

    assert intent(message) == name
    assert not topics or message.get(READING)["topics"] == topics


@pytest.mark.parametrize(
    ("text", "area", "name", "topics"),
    [
        ("and for my calves?", "calves", "complaint", ["complaint/calves"]),
        ("what about the elbow?", "elbow", None, []),
    ],
)
def test_the_same_question_for_another_area(pipeline: Trained, text: str, area: str, name: str | None, topics: list[str]) -> None:
    """An area with a topic of its own takes the question over; another one doesn't."""
    message = pipeline.run(text, up_to=Novelty, topic="faq/price")
    message.set(ENTITIES, [{"entity": "area", "value": area}])
    pipeline.loaded[-1].process([message])

    assert intent(message) == name if name else message.get(READING)["topics"] != [f"complaint/{area}"]
    assert not topics or message.get(READING)["topics"] == topics


@pytest.mark.parametrize(
    ("text", "last", "topic"),
    [
        ("even for deep tissue?", "faq/what_to_wear", "faq/what_to_wear"),
        ("what about deep tissue", "faq/what_to_wear", "faq/deep_tissue"),
        ("and for deep tissue?", "faq/location", "faq/deep_tissue"),
        ("what about the day after", "faq/race_timing", "faq/race_timing"),
    ],
)
def test_the_same_question_of_a_session(pipeline: Trained, text: str, last: str, topic: str) -> None:
    """A question goes over to a kind of session, or to the other side of the race, where it can be asked of it."""
    message = ranked(("faq/deep_tissue", 0.9), ("faq/price", 0.05), text=text)
    message.set("metadata", {"topic": last})
    if "deep" in text:
        message.set(ENTITIES, [{"entity": "session", "value": "deep_tissue"}])
    pipeline.loaded[-1].process([message])

    assert message.get(READING)["topics"] == [topic]


def test_what_goes_out(run: Run) -> None:
    """Intent, ranking, reading and Rasa's own answer selector are part of the output."""
    out = run("how much is a massage").as_dict(only_output_properties=True)

    assert {INTENT, "intent_ranking", READING, "response_selector"} <= set(out)
    assert out["response_selector"]["faq"]["response"]["intent_response_key"] == "faq/price"
    assert out["response_selector"]["faq"]["response"]["utter_action"] == "utter_faq/price"
    assert out["intent_ranking"][0]["name"] == "faq/price"


@pytest.mark.parametrize(
    ("text", "said", "name"),
    [
        ("Dana Price", {"asked": "booking_name"}, "answer"),
        ("yes", {"asked": "offer_booking"}, "answer"),
        ("how much is a massage", {"asked": "booking_name"}, "faq"),
        ("how much is a massage", {"asked": "screen"}, "faq"),
        ("never mind", {"asked": "booking_when"}, "stop"),
        ("no never mind", {"asked": "person_message"}, "stop"),
        ("ok and how much is a massage", {"asked": "pass_on"}, "faq"),
        ("cancel my booking", {"asked": "booking_when"}, "stop"),
        ("why?", {"stopped": {"level": "doctor"}, "topic": "safety"}, "safety_asked"),
        ("my doctor said it's fine", {"stopped": {"level": "doctor"}}, "safety_cleared"),
        ("my doctor said it's fine", {}, None),
    ],
)
def test_what_was_asked_counts(run: Run, text: str, said: dict[str, Any], name: str | None) -> None:
    """An answer, a question in between, giving up, and what follows a stop."""
    assert intent(run(text, **said)) == name if name else intent(run(text, **said)) != "safety_cleared"


def test_yes_is_read_with_its_answer(run: Run) -> None:
    """The reading says yes, no or unsure."""
    said = {word: run(word, asked="offer_booking").get(READING)["answer"] for word in ("yes please", "no thanks", "not sure")}

    assert list(said.values()) == ["yes", "no", "unsure"]


@pytest.mark.parametrize("text", ["2", "the second one", "what to wear"])
def test_typed_choice_is_a_tap(run: Run, text: str) -> None:
    """A quick reply that was typed is understood as if it had been tapped."""
    offers = [
        {"title": "Prices", "payload": '/choose{"topic": "faq/price"}'},
        {"title": "What to wear", "payload": '/choose{"topic": "faq/what_to_wear"}'},
    ]
    message = run(text, offers=offers)

    assert intent(message) == "choose"
    assert [(e["entity"], e["value"]) for e in message.get(ENTITIES)] == [("topic", "faq/what_to_wear")]


def test_a_warning_sign_has_the_last_word(pipeline: Trained) -> None:
    """What the safety screen set is never overruled."""
    message = Message({TEXT: "how much is it", INTENT: {"name": "safety", "confidence": 1.0}})
    pipeline.loaded[-1].process([message])

    assert intent(message) == "safety"


@pytest.mark.parametrize(
    "text", ["", " ", "😀" * 500, "x" * 1000, "/restart", "1" * 1000, "' OR 1=1; --", "\u202eabc", "a b " * 250]
)
def test_odd_texts_are_understood_as_something(run: Run, text: str) -> None:
    """Every message has one intent and a reading, and no client can type a command."""
    message = run(text)

    assert intent(message) in {
        "inbox",
        "out_of_scope",
        "clarify",
        "faq",
        "complaint",
        "smalltalk",
        "several",
        "appointment_cancel",
    }
    assert set(message.get(READING)) == {"topics", "likely", "answer"}


def test_loaded_component_knows_the_topics(pipeline: Trained, bench: Bench) -> None:
    """The names of the retrieval intents are kept as JSON."""
    assert pipeline.bench.kept(Understanding) == ["topics.json"]
    assert pipeline.bench.load(Understanding)._families == {
        "faq": ["faq/price", "faq/what_to_wear"],
        "complaint": ["complaint/calves"],
        "smalltalk": ["smalltalk/greet"],
    }
