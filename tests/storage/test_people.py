"""A person is found, shown and removed: proven by a search of every table and every file."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker

from legwork import questions
from legwork.errors import NotFound
from legwork.settings import settings
from legwork.storage import conversations, erasing, outbox, people, reach, safety, schema
from legwork.storage.engine import engine
from legwork.storage.people import Contact
from legwork.storage.tracker import TrackerStore

DANA = Contact(email="dana@example.org", phone="+15085550142", keys=("key-of-dana",))
HERS = ("dana@example.org", "5085550142", "508-555-0142", "(508) 555", "Dana Quill", "peroneal", "zephyr")
"""Everything by which she can be told, in any table or file."""


async def live(both: Path) -> dict[str, str]:
    """Dana on the web, by text message and in Messenger, with all that can follow; and Kim, who stays."""
    web = conversations.open_conversation("web", "web-1").id
    texting = conversations.open_conversation("sms", "key-of-dana", "sealed").id
    other = conversations.open_conversation("web", "web-2").id
    abandoned = conversations.open_conversation("web", "web-3").id
    for conversation, text in (
        (web, "I'm Dana Quill, my peroneal tendon hurts, zephyr"),
        (texting, "zephyr again"),
        (other, "Kim here, kim@example.org"),
        (abandoned, "call me at (508) 555-0142 zephyr"),
    ):
        number, _, _ = conversations.receive("web", f"{conversation}:1", conversation, {"text": text, "payload": None})
        conversations.add(conversation, "client", [{"topic": None, "text": text, "quick_replies": []}], number)
        offer = {"title": f"Yes, {text}", "payload": '/choose{"reply": "yes", "to": "x"}'}
        conversations.add(
            conversation, "legwork", [{"topic": "faq/price", "text": f"You said {text}", "quick_replies": [offer]}], number
        )
        safety.record(conversation, "doctor", "nerve")
        tracker = DialogueStateTracker(conversation, [TextSlot("client_name", [{}])])
        tracker.update(UserUttered(text, {"name": "faq"}))
        tracker.update(SlotSet("client_name", text))
        await TrackerStore().save(tracker)
    questions.ask(web, "web", "faq/price", "zephyr? asks Dana Quill", "dana@example.org")
    questions.ask("a shell", "web", None, "who is zephyr", "(508) 555-0142")
    with engine().begin() as connection:
        mail = {"to": "dana@example.org", "text": "Dear Dana Quill"}
        outbox.put(connection, "booking:1:client", "mail", mail)
        outbox.put(connection, "question:1:jessica", "mail", {"to": "j@example.org", "text": "zephyr"}, conversation=web)
        outbox.put(connection, "reply:1:0:aa", "sms", {"bodies": ["zephyr"]}, conversation=texting)
        outbox.put(connection, "booking:2:client", "mail", {"to": "kim@example.org"}, conversation=other)
    wanted = {"areas": ["calves"], "windows": [], "channel": "web", "session": "sports", "minutes": 60}
    with engine().begin() as connection:
        for code, conversation, name, email, phone in (
            ("b1", web, "Dana Quill", "Dana@example.org", None),
            ("b2", None, "Dana Quill", None, "+15085550142"),
            ("b3", other, "Kim", "kim@example.org", None),
        ):
            row = {
                **wanted,
                "id": code,
                "key": code,
                "conversation": conversation,
                "status": "confirmed",
                "start": settings().now() + dt.timedelta(days=2),
                "end": settings().now() + dt.timedelta(days=2, hours=1),
                "timezone": "America/New_York",
                "name": name,
                "email": email,
                "phone": phone,
                "notes": ["nerve"],
                "created": settings().now(),
            }
            connection.execute(schema.bookings.insert().values(row))
            change = {"booking": code, "at": settings().now(), "who": "jessica", "status": "confirmed"}
            connection.execute(schema.booking_changes.insert().values(change))
    return {"web": web, "texting": texting, "other": other, "abandoned": abandoned}


async def test_forgetting_a_person_leaves_no_trace(both: Path) -> None:
    """No table holds a word of hers, nor does any file beside the database; somebody else's is all there."""
    ids = await live(both)
    assert erasing.traces(HERS)

    done = people.forget(DANA, settings().now())

    assert set(done.person.conversations) == {ids["web"], ids["texting"], ids["abandoned"]}
    assert len(done.live) == 2 and done.person.bookings == ("b1", "b2")
    assert erasing.traces(HERS) == []
    for file in (path for path in both.rglob("*") if path.is_file()):
        assert [text for text in HERS if text.encode() in file.read_bytes()] == [], file
    assert conversations.history(ids["other"])[0]["text"] == "Kim here, kim@example.org"
    assert [row.id for row in engine().connect().execute(sa.select(schema.bookings))] == ["b3"]
    assert (await TrackerStore().retrieve(ids["other"])) is not None
    assert people.find(Contact(email="kim@example.org")).outbox != ()
    with pytest.raises(NotFound):
        people.forget(DANA, settings().now())


def test_who_wants_no_messages_is_still_known_by_that(both: Path) -> None:
    """An opt-out outlives the rest; without one not even the number's hash stays."""
    for key in ("key-of-dana", "key-of-kim"):
        conversations.open_conversation("sms", key, "sealed")
    reach.opt_out(conversations.find(key="key-of-dana").id)
    people.forget(DANA, settings().now())
    people.forget(Contact(keys=("key-of-kim",)), settings().now())

    found = reach.of(conversations.find(key="key-of-dana").id)
    assert found.opted_out is not None and found.recipient is None
    with pytest.raises(NotFound):
        conversations.find(key="key-of-kim")


async def test_forgetting_in_the_chat_takes_what_was_on_its_way(both: Path) -> None:
    """What was not sent yet goes with the conversation; the mail about an appointment that stays is still sent."""
    ids = await live(both)
    with engine().begin() as connection:
        outbox.put(connection, "booking:9:client", "mail", {"to": "x@example.org"}, conversation=ids["web"])
        outbox.put(connection, "booking:9:chat", "chat", {"text": "zephyr"}, conversation=ids["web"])

    assert conversations.forget(ids["web"]) is True

    with engine().connect() as connection:
        keys = set(connection.execute(sa.select(schema.outbox.c.key)).scalars())
    assert "booking:9:client" in keys and not keys & {"question:1:jessica", "booking:9:chat"}
    assert "reply:1:0:aa" in keys, "another conversation's"


async def test_export_shows_everything_and_nobody_else(both: Path) -> None:
    """What is known of her is there in full: words, answers, memory, appointments, questions, signs; nothing of Kim's."""
    await live(both)
    found = people.export(DANA)
    text = json.dumps(found, default=str)

    assert {name: len(rows) for name, rows in found.items()} == {
        "conversations": 3,
        "messages": 6,
        "remembered": 3,
        "appointments": 2,
        "changes": 2,
        "questions": 2,
        "warning_signs": 3,
        "on_their_way": 5,
    }
    assert "kim" not in text.lower() and "key-of-dana" not in text and "sealed" not in text
    with pytest.raises(NotFound):
        people.export(Contact(email="nobody@example.org"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("508.555.0142 please", True),
        ("+1 (508) 555-0142", True),
        ("write DANA@EXAMPLE.ORG", True),
        ("508-555-0143", False),
        ("5 pm, 0142 is my gate", False),
        ("", False),
    ],
)
def test_a_contact_is_known_however_it_is_written(text: str, found: bool) -> None:
    """Signs between the digits and capital letters don't matter; other numbers do."""
    assert DANA.stands_in(text) is found


def test_rasas_table_may_not_be_there_yet(both: Path) -> None:
    """A server that never ran has no trackers; forgetting works all the same."""
    mine = conversations.open_conversation("sms", "key-of-dana").id

    assert not sa.inspect(engine()).has_table(SQLTrackerStore.SQLEvent.__tablename__)
    assert people.forget(DANA, settings().now()).person.conversations == (mine,)
