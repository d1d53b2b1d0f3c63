"""The tracker store beside Rasa's own: the same rows, the same conversation, only faster."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from legwork.storage import history
from legwork.storage import tracker as module
from legwork.storage.engine import open_engine
from legwork.storage.tracker import TrackerStore, in_hand

DOMAIN = Domain.from_yaml("""
version: "3.1"
intents: [faq]
slots:
  topic: {type: text, influence_conversation: false, mappings: [{type: custom}]}
actions: [action_answer]
""")
START = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]


def turn(text: str) -> list:
    """What one message adds to a conversation."""
    return [
        UserUttered(text, {"name": "faq", "confidence": 0.9}, parse_data={"intent": {"name": "faq"}, "text": text}),
        ActionExecuted("action_answer"),
        BotUttered(f"about {text} 😀", {"buttons": None}),
        SlotSet("topic", text),
        ActionExecuted("action_listen"),
    ]


@pytest.fixture
def ours(home: Path) -> TrackerStore:
    """Our store on the test's database."""
    return TrackerStore(DOMAIN)


@pytest.fixture
def theirs(home: Path) -> SQLTrackerStore:
    """Rasa's own on another one."""
    return SQLTrackerStore(DOMAIN, dialect="sqlite", db=str(home / "theirs.sqlite3"))


async def say(store: SQLTrackerStore, sender: str, *texts: str) -> DialogueStateTracker:
    """Lets the conversation go on, saving after each message as Rasa does."""
    for text in texts:
        tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
        for event in ([] if tracker.events else START) + turn(text):
            tracker.update(event, DOMAIN)
        await store.save(tracker)
    return tracker


def rows(store: SQLTrackerStore) -> list[tuple]:
    """All stored events, without their times, which differ."""
    e = store.SQLEvent.__table__.c
    with store.engine.connect() as connection:
        found = connection.execute(sa.select(e.sender_id, e.type_name, e.intent_name, e.action_name, e.data).order_by(e.id)).all()
    unlike = ("timestamp", "message_id", "model_id")
    return [(*row[:4], {k: v for k, v in json.loads(row.data).items() if k not in unlike}) for row in found]


def events(tracker: DialogueStateTracker) -> list[dict]:
    """The tracker's events from the session's start, where Rasa begins to read too; without their times."""
    found = [{k: v for k, v in event.as_dict().items() if k not in ("timestamp", "message_id")} for event in tracker.events]
    return found[next(at for at, event in enumerate(found) if event["event"] == "session_started") :]


async def test_same_rows_as_rasas_own(ours: TrackerStore, theirs: SQLTrackerStore) -> None:
    """After the same messages both hold the same events, in the same columns."""
    for store in (ours, theirs):
        await say(store, "a", "price", "hours")
        await say(store, "b", "cupping")
        await say(store, "a", "tipping")

    assert rows(ours) == rows(theirs) and len(rows(ours)) == 2 * len(START) + 4 * len(turn("x"))


async def test_same_conversation_after_a_restart(ours: TrackerStore, theirs: SQLTrackerStore) -> None:
    """A new process reads the same tracker from our rows as from Rasa's."""
    for store in (ours, theirs):
        await say(store, "a", "price", "hours")
    after, other = await TrackerStore(DOMAIN).retrieve("a"), await theirs.retrieve("a")

    assert events(after) == events(other)
    assert after.get_slot("topic") == other.get_slot("topic") == "hours"
    assert after.latest_message.text == "hours"


async def test_rasas_own_store_reads_our_rows(ours: TrackerStore, home: Path) -> None:
    """Who goes back to Rasa's store loses nothing."""
    tracker = await say(ours, "a", "price", "hours")
    stock = SQLTrackerStore(DOMAIN, dialect="sqlite", db=str(home / "legwork.sqlite3"))

    assert events(await stock.retrieve("a")) == events(tracker)
    assert set(await stock.keys()) == set(await ours.keys()) == {"a"}


async def test_unknown_conversation_is_none(ours: TrackerStore) -> None:
    """And is made where one is wanted."""
    assert await ours.retrieve("nobody") is None
    assert (await ours.get_or_create_tracker("nobody")).sender_id == "nobody"


async def test_live_tracker_is_not_read_again(ours: TrackerStore) -> None:
    """The conversation in progress is the same object, message after message."""
    tracker = await say(ours, "a", "price")

    assert await ours.retrieve("a") is tracker


async def test_what_another_process_appended_is_noticed(ours: TrackerStore) -> None:
    """Two processes take turns in one conversation, and neither loses or repeats an event."""
    other = TrackerStore(DOMAIN)
    await say(ours, "a", "price")
    await say(other, "a", "hours")
    tracker = await say(ours, "a", "tipping")

    said = [event.text for event in tracker.events if isinstance(event, UserUttered)]
    stored = [event.text for event in (await TrackerStore(DOMAIN).retrieve("a")).events if isinstance(event, UserUttered)]
    assert said == stored == ["price", "hours", "tipping"]
    assert len(rows(ours)) == len(START) + 3 * len(turn("x"))


async def test_in_a_turn_the_conversation_is_looked_at_once(ours: TrackerStore) -> None:
    """Nobody else goes on with it meanwhile; another conversation, or the next turn, looks again."""
    tracker, other = await say(ours, "a", "price"), TrackerStore(DOMAIN)
    with in_hand("a"):
        await say(other, "a", "hours")
        inside = len((await ours.retrieve("a")).events)
        assert await ours.retrieve("nobody") is None
    with in_hand("b"):
        after = len((await ours.retrieve("a")).events)

    assert inside == len(START) + len(turn("x")) and after == inside + len(turn("x"))
    assert await ours.retrieve("a") is tracker


async def test_saving_without_news_stores_nothing(ours: TrackerStore) -> None:
    """A tracker saved twice is stored once, also by a store that has just read it."""
    tracker, other = await say(ours, "a", "price"), TrackerStore(DOMAIN)
    before = len(rows(ours))
    await ours.save(tracker)
    await other.save(await other.retrieve("a"))

    assert len(rows(ours)) == before


async def test_failed_turn_is_dropped(ours: TrackerStore) -> None:
    """What was not stored is forgotten with the live tracker."""
    tracker = await say(ours, "a", "price")
    tracker.update(SlotSet("topic", "half a turn"), DOMAIN)
    ours.drop("a")

    assert (await ours.retrieve("a")).get_slot("topic") == "price"


async def test_what_cant_be_stored_is_not_logged(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Rasa logs why a conversation couldn't be saved: the database is locked, not what the client wrote."""
    monkeypatch.setattr("legwork.storage.engine.BUSY_SECONDS", 0.1)
    ours = TrackerStore(DOMAIN)
    with closing(sqlite3.connect(ours.engine.url.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        await say(FailSafeTrackerStore(ours), "a", "lump in my groin")

    assert "database is locked" in caplog.text and "groin" not in caplog.text


def test_parameters_are_hidden_in_both_databases(home: Path) -> None:
    """An error's text, wherever it is shown, holds none of a statement's values."""
    for url in (f"sqlite:///{home / 'db.sqlite3'}", "postgresql://legwork@127.0.0.1:9/legwork"):
        assert open_engine(url).hide_parameters


async def test_deleting_removes_one_conversation(ours: TrackerStore) -> None:
    """Live and stored; others stay."""
    await say(ours, "a", "price")
    await say(ours, "b", "hours")
    await ours.delete("a")

    assert await ours.retrieve("a") is None and await TrackerStore(DOMAIN).retrieve("a") is None
    assert {row[0] for row in rows(ours)} == {"b"}


async def test_memory_is_bounded(ours: TrackerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The conversation that was quiet for longest leaves memory, and comes back whole."""
    monkeypatch.setattr(module, "LIVE", 2)
    first = await say(ours, "a", "price")
    await say(ours, "b", "hours")
    await say(ours, "c", "tipping")

    assert list(ours._live) == ["b", "c"]
    back = await ours.retrieve("a")
    assert back is not first and events(back) == events(first)


async def test_a_turn_that_runs_is_not_put_out_of_memory(ours: TrackerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many others have theirs meanwhile: what it adds to a conversation that is kept short is stored."""
    monkeypatch.setattr(module, "LIVE", 2)
    await say(ours, "a", *(f"question {number}" for number in range(history.MOST_TURNS + 2)))
    with in_hand("a"):
        tracker = await ours.retrieve("a")
        for other in "bcd":
            with in_hand(other):
                await say(ours, other, "hours")
        for event in turn("calf"):
            tracker.update(event, DOMAIN)
        await ours.save(tracker)
    await say(ours, "e", "tipping")

    assert (await TrackerStore(DOMAIN).retrieve("a")).latest_message.text == "calf"
    assert len(ours._live) == 2


async def test_the_process_has_one_engine(ours: TrackerStore) -> None:
    """The store opens no second database."""
    from legwork.storage.engine import engine

    assert ours.engine is engine()


async def test_what_a_message_was_answered_with_is_found(ours: TrackerStore) -> None:
    """By the message's id, also when others came after it; a message that had no turn has no answer."""
    for text, number in (("price", "inbox-1"), ("hours", "inbox-2")):
        tracker = await ours.get_or_create_tracker("a", append_action_listen=False)
        for event in turn(text):
            if isinstance(event, UserUttered):
                event.message_id = number
            tracker.update(event, DOMAIN)
        await ours.save(tracker)

    assert [said["text"] for said in ours.uttered("a", "inbox-1")] == ["about price 😀"]
    assert [said["text"] for said in ours.uttered("a", "inbox-2")] == ["about hours 😀"]
    assert ours.uttered("a", "inbox-3") == [] and ours.uttered("b", "inbox-1") == []
