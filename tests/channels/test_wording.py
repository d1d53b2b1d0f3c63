"""Every answer, for every channel: within the limits, and nothing shows that is not meant for people."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from legwork.answers import Answer, answers
from legwork.channels import consent, messenger_wording, segments, sms_wording, wording
from legwork.channels.rendering import body_of, quick_reply
from tests.doubles.meta import Meta

FACTS = {
    "name": "Jessica Weagle, LMT", "practice_area": "West Boylston, Massachusetts, near Worcester", "phone": "508-555-0100",
    "email": "jessica@example.com", "website": "https://example.com", "address": "1 Main Street, West Boylston",
    "parking": "There is free parking behind the house.", "hours": "Monday 9 am to 5 pm, Thursday 12 pm to 8 pm",
    "prices": "60 minutes of sports massage $90, 90 minutes of deep tissue $130", "session_lengths": "60 or 90 minutes",
    "shoe_shops": "Marathon Sports or Sneakerama", "privacy_url": "https://example.com/privacy", "booking_url": "https://example.com/book",
}  # fmt: skip
SLOTS = {
    "session": "60 minutes of myofascial release for your calves and Achilles tendons", "wish": "Thursday, December 3, 5 pm to 8 pm",
    "contact": "dana.price@example.com", "code": "1a2b3c4d",
    "recommendation": "For tight calves Jessica usually suggests an hour of myofascial release. You run hills, and those ask a lot of calves.",
}  # fmt: skip
HIDDEN = re.compile(r"/choose|utter_|\{\w*\}|\*\*|<\w+>|\]\(http")
ALL = sorted(answers().items())


def body(answer: Answer, variant: dict[str, Any]) -> dict[str, Any]:
    """The variant as Rasa hands it to a channel, placeholders filled."""
    filled = {**dict.fromkeys(answer.facts, "As Jessica says."), **FACTS, **SLOTS}
    replies = [quick_reply(button) for button in variant.get("buttons") or []]
    return {"text": (variant.get("text") or "").format(**filled), "topic": answer.topic, "quick_replies": replies}


def variants_for(answer: Answer, channel: str) -> list[dict[str, Any]]:
    """The variants that Rasa picks from for a channel."""
    own = [variant for variant in answer.variants if variant.get("channel") == channel]
    return own or [variant for variant in answer.variants if not variant.get("channel")]


every_answer = pytest.mark.parametrize("answer", [answer for _, answer in ALL], ids=[name for name, _ in ALL])


@every_answer
def test_every_answer_fits_a_phone(answer: Answer) -> None:
    """One text of at most two segments in GSM-7, whole; and one that is not whole has an `sms` variant missing."""
    for variant in variants_for(answer, "sms"):
        shown = body(answer, variant)
        [text] = sms_wording.texts([shown])
        assert segments.is_gsm(text)
        assert segments.count(text) <= (3 if wording.part_of(shown).read_back else 2)
        assert text.startswith(segments.fold(shown["text"])), "the answer was cut: give it an sms variant"
        assert not HIDDEN.search(text)


@every_answer
def test_every_answer_fits_whatsapp(answer: Answer) -> None:
    """One message, whole, and nothing hidden shows."""
    for variant in variants_for(answer, "whatsapp"):
        shown = body(answer, variant)
        [text] = sms_wording.texts([shown], whatsapp=True)
        assert text.startswith(wording.plain(shown["text"])) and len(text) <= sms_wording.WHATSAPP_CHARACTERS
        assert not HIDDEN.search(text)


@every_answer
def test_every_answer_fits_messenger(answer: Answer) -> None:
    """The strict double takes it: lengths, number of quick replies, titles; and nothing hidden shows."""
    double = Meta()
    for variant in variants_for(answer, "messenger"):
        for message in messenger_wording.messages([body(answer, variant)]):
            double._check(message)
            shown = message.get("text", "") + "".join(reply["title"] for reply in message.get("quick_replies", ()))
            assert not HIDDEN.search(shown)
    assert double.violations == []


@every_answer
def test_every_answer_fits_the_chat_window(answer: Answer) -> None:
    """Neither its words nor its quick replies show what is hidden, and a quick reply has a title and a payload."""
    for variant in variants_for(answer, "web"):
        shown = body(answer, variant)
        assert not HIDDEN.search(shown["text"].replace("**", ""))
        assert all(0 < len(each["title"]) <= 40 and each["payload"].startswith("/choose{") for each in shown["quick_replies"])


def test_no_choice_is_an_opt_out() -> None:
    """Nobody is asked to text a word that the carrier would take for an opt-out, nor YES, but to end the texts."""
    for _, answer in ALL:
        for variant in answer.variants:
            assert not [b["title"] for b in variant.get("buttons") or [] if consent.read(b["title"], opted_out=True)]
            assert not re.search(
                r"\b(?:text|reply|answer|send|say|type|write)\s+(?:with\s+)?\W?(?:CANCEL|YES|END|QUIT|STOP(?! (?:for|and) no more texts))\b",
                variant.get("text") or "",
                re.IGNORECASE,
            )


def reply(title: str, value: str = "") -> dict[str, str]:
    """A quick reply; with a value it answers what was asked."""
    return {"title": title, "payload": f'/choose{{"reply": "{value}"}}' if value else f'/choose{{"topic": "{title}"}}'}


def test_suggestions_go_before_words_and_what_is_asked_stays() -> None:
    """Where there is no room, suggestions are left out from the end; the choices of a question are always shown."""
    long = "Jessica usually plans an hour for that. " * 7
    [text] = sms_wording.texts([{"text": long, "quick_replies": [reply("Book a session"), reply("Which length?")]}])
    assert text.endswith("1 Book a session") and segments.count(text) == 2
    [text] = sms_wording.texts([{"text": long * 2, "quick_replies": [reply("No, none of that", "no"), reply("Not sure", "x")]}])
    assert text.endswith(".\n1 No, none of that\n2 Not sure") and segments.count(text) == 2


def test_only_the_last_choices_are_numbered() -> None:
    """Two answers with choices in one turn: a digit can mean one thing only."""
    texts = sms_wording.texts(
        [{"text": "First.", "quick_replies": [reply("A")]}, {"text": "Second?", "quick_replies": [reply("B", "b")]}]
    )
    assert texts == ["First.\nSecond?\n1 B"]


def test_a_blank_line_makes_no_second_message() -> None:
    """An answer of two paragraphs is one message everywhere."""
    said = body_of({"text": "First.\n\nSecond.", "metadata": {"topic": "faq/price"}})
    assert said["text"] == "First.\n\nSecond."
    assert len(sms_wording.texts([said])) == len(messenger_wording.messages([said])) == 1


def test_an_overlong_payload_is_not_offered() -> None:
    """Meta takes a payload of at most 1,000 characters: the choices beside a longer one are offered all the same."""
    said = {"text": "Which?", "quick_replies": [reply("Long", "x" * 1000), reply("Short", "x")]}
    [message] = messenger_wording.messages([said])
    assert [each["title"] for each in message["quick_replies"]] == ["Short"]


def test_what_asks_stands_last() -> None:
    """A note after a question would take its choices away: the question goes to the end, on both doors."""
    bodies = [
        {"text": "A practice answer.", "quick_replies": [reply("Prices")]},
        {"text": "Shall I pass it on?", "quick_replies": [reply("Yes, ask Jessica", "yes")]},
        {"text": "I'll note it for Jessica.", "quick_replies": [], "level": "tell_jessica"},
    ]
    assert sms_wording.texts(bodies) == ["A practice answer.\nI'll note it for Jessica.\nShall I pass it on?\n1 Yes, ask Jessica"]
    *_, last = messenger_wording.messages(bodies)
    assert last["text"] == "Shall I pass it on?" and [each["title"] for each in last["quick_replies"]] == ["Yes, ask Jessica"]


def test_who_is_speaking_is_never_shortened() -> None:
    """What carriers want in a first text stays whole, however much follows."""
    long = "Jessica usually plans an hour for that. " * 7
    said = "A practice: automated. Msg & data rates may apply. Text HELP for help. Text STOP for no more texts. " * 2
    texts = sms_wording.texts([{"text": said, "intro": True}, *[{"text": long, "quick_replies": []}] * 3])
    assert texts[0].startswith(segments.fold(said.strip())) and len(texts) == 3


def test_cards_and_links_are_words_on_a_phone() -> None:
    """A read-back may take three segments; its rows, a link and open times are lines."""
    rows = [
        {"label": label, "value": value * 4, "payload": "/choose{}"}
        for label, value in (("Session", SLOTS["session"]), ("When", SLOTS["wish"]))
    ]
    card = {"text": "Please check that this is right.", "quick_replies": [], "card": {"kind": "read_back", "rows": rows[:1]}}
    [text] = sms_wording.texts([card])
    assert "Session: 60 minutes" in text and segments.count(text) == 3
    times = {"kind": "times", "rows": [{"label": "Mon, Nov 30", "value": "9:00 am", "payload": "/time{1}"}]}
    link = {"title": "Directions", "url": "https://example.com/d"}
    assert sms_wording.texts([{"text": "These are open.", "quick_replies": [], "card": times, "link": link}]) == [
        "These are open.\nDirections: https://example.com/d\n1 Mon, Nov 30, 9:00 am"
    ]


def test_links_are_buttons_in_messenger() -> None:
    """A link is a button under the text, a long text goes before it."""
    said = {
        "text": "See below. " * 100,
        "quick_replies": [],
        "link": {"title": "How to find the practice", "url": "https://example.com/d"},
    }
    first, last = messenger_wording.messages([said])
    template = last["attachment"]["payload"]
    assert template["buttons"] == [{"type": "web_url", "title": "How to find the…", "url": "https://example.com/d"}]
    assert (first["text"] + " " + template["text"]) == said["text"].strip()


BODIES = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.text(min_size=1, max_size=2500).filter(str.strip),
            "topic": st.sampled_from(["faq/price", "booking", "safety"]),
            "quick_replies": st.lists(
                st.builds(reply, st.text(min_size=1, max_size=60).filter(str.strip), st.sampled_from(["", "x"])), max_size=20
            ),
        }
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(BODIES)
@example([{"text": "¸", "topic": "faq/price", "quick_replies": []}])  # nothing is left of it in GSM-7
def test_whatever_is_said_fits(bodies: list[dict[str, Any]]) -> None:
    """Any answer at all: two texts of two segments, three for a read-back; and Messenger's limits hold."""
    texts = sms_wording.texts(bodies)
    assert len(texts) <= 2
    assert all(
        text.strip()
        and segments.count(text) <= (3 if text == texts[-1] and any(body["topic"] == "booking" for body in bodies) else 2)
        for text in texts
    )
    double = Meta()
    for message in messenger_wording.messages(bodies):
        double._check(message)
    assert all(len(text) <= 1600 for text in sms_wording.texts(bodies, whatsapp=True))


@pytest.mark.parametrize(
    ("title", "cut"),
    [
        ("Book a session", "Book a session"),
        ("Massage before a race", "Massage before a…"),
        ("x" * 30, "x" * 19 + "…"),
        ("Twenty characters ok", "Twenty characters ok"),
    ],
)
def test_titles_are_cut_where_a_word_ends(title: str, cut: str) -> None:
    """Never in the middle of a word, unless it is the only one."""
    assert wording.cut_title(title, 20) == cut
