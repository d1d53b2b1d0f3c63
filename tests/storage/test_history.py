"""A long conversation goes on from a short tracker as it would from the whole one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, LoopInterrupted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from legwork.storage import conversations, history

DOMAIN = Domain.from_yaml("""
version: "3.1"
intents: [faq]
slots:
  topic: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  count: {type: any, mappings: [{type: custom}]}
actions: [action_answer]
forms: {booking_form: {required_slots: [topic]}}
""")


def talk(turns: int, chance: random.Random) -> DialogueStateTracker:
    """A conversation in which slots change and the form opens, is interrupted and closes."""
    tracker = DialogueStateTracker("a", DOMAIN.slots)
    for event in (ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")):
        tracker.update(event, DOMAIN)
    for number in range(turns):
        more = [
            UserUttered(f"text {number}", {"name": "faq", "confidence": 1.0}),
            ActionExecuted("action_answer"),
            BotUttered("so"),
        ]
        if chance.random() < 0.5:
            more.append(SlotSet(chance.choice(["topic", "count"]), chance.choice([None, "x", str(number)])))
        if chance.random() < 0.2:
            more += [ActionExecuted("booking_form"), ActiveLoop(None if tracker.active_loop_name else "booking_form")]
        elif tracker.active_loop_name and chance.random() < 0.5:
            more.append(LoopInterrupted(True))
        for event in [*more, ActionExecuted("action_listen")]:
            tracker.update(event, DOMAIN)
    return tracker


@pytest.mark.parametrize("seed", range(40))
def test_a_short_tracker_remembers_what_the_long_one_does(seed: int) -> None:
    """The same slots, form and last message; the last turns as they were; and never more than the bound."""
    long = talk(history.MOST_TURNS + 1 + seed, random.Random(seed))
    short = history.shorten(long, DOMAIN)

    assert short.current_slot_values() == long.current_slot_values()
    assert (short.active_loop_name, short.is_active_loop_interrupted, short.is_active_loop_rejected) == (
        long.active_loop_name,
        long.is_active_loop_interrupted,
        long.is_active_loop_rejected,
    )
    assert short.latest_message.text == long.latest_message.text and short.latest_action == long.latest_action
    assert sum(isinstance(event, UserUttered) for event in short.events) == history.KEPT_TURNS
    assert list(short.events)[-9:] == list(long.events)[-9:]
    assert short.past_states(DOMAIN)[-6:] == long.past_states(DOMAIN)[-6:]


def test_a_short_tracker_stays_itself() -> None:
    """Nothing is made anew while there is nothing to gain."""
    tracker = talk(history.MOST_TURNS, random.Random(1))

    assert history.shorten(tracker, DOMAIN) is tracker


SAID = (
    "hi", "what does it cost", "do you do cupping", "my calves are tight for two weeks", "no race", "book a session", "what should i wear",
    "friday at 5pm", "do i tip", "Dana Price", "is there parking", "dana@example.org", "how long is a session", "yes", "can i move it",
    "what about hills", "my chest hurts when i breathe", "thanks", "how often should i come", "what is deep tissue", "book a session",
    "tomorrow morning", "stop", "what is your address", "qwerty zxcvb", "yes", "and the price", "no",
)  # fmt: skip


@pytest.mark.model
async def test_the_same_conversation_with_and_without(model: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long conversation with booking, digressions and a warning sign gets word for word the same answers from both."""
    from legwork import server
    from legwork.channels.turns import Heard, Turns

    turns = Turns(server.load_agent())

    async def answers(key: str) -> list[tuple]:
        mine, found = conversations.open_conversation("web", key).id, []
        for number, text in enumerate(SAID * 2):
            row, _, _ = conversations.receive("web", f"{mine}:{number}", mine, {"text": text, "payload": None})
            for shown in await turns.answer(Heard("web", mine, row, text)):
                found.append(
                    (text, shown["topic"], shown["text"].split("Your code is")[0], [r["title"] for r in shown["quick_replies"]])
                )
        return found

    short = await answers("short")
    monkeypatch.setattr(history, "MOST_TURNS", 10_000)

    assert await answers("long") == short and len(short) > len(SAID)
