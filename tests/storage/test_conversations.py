"""Conversations: one for each key, messages in order, offers that stay, and nothing left when forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from legwork.errors import NotFound
from legwork.settings import settings
from legwork.storage import backlog, schema
from legwork.storage import conversations as c
from legwork.storage.engine import engine
from legwork.storage.erasing import BOOKING_IS_OVER

PRICE = '/choose{"topic": "faq/price"}'


@pytest.fixture
def mine(home: Path) -> str:
    """A conversation's id."""
    return c.open_conversation("web", "mine").id


def body(text: str, **more: object) -> dict:
    """A message as an action makes it."""
    return {"topic": None, "text": text, "quick_replies": [], **more}


def rows(table: sa.Table) -> list[sa.engine.Row]:
    """Everything in a table."""
    with engine().connect() as connection:
        return connection.execute(sa.select(table)).all()


def booking(conversation: str, status: str) -> None:
    """Puts a booking into the conversation."""
    row = {
        "id": status,
        "key": status,
        "conversation": conversation,
        "channel": "web",
        "status": status,
        "areas": [],
        "windows": [],
    }
    more = {"timezone": "America/New_York", "name": "Dana Price", "notes": [], "created": settings().now()}
    with engine().begin() as connection:
        connection.execute(schema.bookings.insert().values(**row, **more))


def test_one_key_is_one_conversation(home: Path) -> None:
    """Opened again, it is the same; another key is another."""
    first = c.open_conversation("web", "a")

    assert c.open_conversation("web", "a") == first == c.find(key="a") == c.find(id=first.id)
    assert c.open_conversation("web", "b").id != first.id


def test_unknown_conversation_is_not_found(home: Path) -> None:
    """Neither by key nor by id."""
    for where in ({"key": "x"}, {"id": "x"}):
        with pytest.raises(NotFound):
            c.find(**where)


def test_tokens_are_stored_hashed() -> None:
    """What is stored can't be spoken with, and tells one token from another."""
    assert "secret" not in c.hashed("secret") and len(c.hashed("secret")) == 64
    assert c.hashed("secret") != c.hashed("Secret")


def test_history_is_in_order(mine: str) -> None:
    """Each message with its sender, its time and an id that grows; `after` cuts it."""
    c.add(mine, "client", [body("hi")])
    c.add(mine, "legwork", [body("hello"), body("what hurts?")])
    told = c.history(mine)

    assert [(m["from"], m["text"]) for m in told] == [("client", "hi"), ("legwork", "hello"), ("legwork", "what hurts?")]
    assert c.history(mine, after=told[0]["id"]) == told[1:]
    assert c.history(mine, after=told[-1]["id"]) == []
    assert c.newest(mine) == told[-1]["id"]
    assert {m["at"] for m in told} == {settings().now().isoformat()}


@pytest.mark.parametrize("after", ["m0", "m999", "x", "", "m", "m-1", "m1; DROP TABLE messages", "m" + "9" * 40])
def test_history_after_an_unknown_message_is_not_found(mine: str, after: str) -> None:
    """An id that isn't one of this conversation's names nothing."""
    c.add(mine, "legwork", [body("hi")])

    with pytest.raises(NotFound):
        c.history(mine, after=after)


def test_strangers_message_names_nothing(mine: str) -> None:
    """An id of another conversation is as unknown as any."""
    [theirs] = c.add(c.open_conversation("web", "other").id, "legwork", [body("hi")])

    with pytest.raises(NotFound):
        c.history(mine, after=theirs["id"])


def test_clients_message_keeps_its_own_id(mine: str) -> None:
    """On the web a message is shown with the id that the client gave it, and `after` takes it."""
    number, _, _ = c.receive("web", f"{mine}:abc", mine, {"text": "hi"})
    c.add(mine, "client", [{"id": "abc", **body("hi")}], number)
    c.add(mine, "legwork", [body("hello")], number)

    assert c.history(mine)[0]["id"] == "abc"
    assert [m["text"] for m in c.history(mine, after="abc")] == ["hello"]


def test_message_is_received_once(mine: str) -> None:
    """The same id again is the same message; its answer is found by it."""
    first = c.receive("web", "id1", mine, {"text": "hi"})
    with engine().begin() as connection:
        c.write(connection, mine, "client", [body("hi")], first[0])
        c.write(connection, mine, "legwork", [body("hello")], first[0])
        backlog.finish(connection, [first[0]])

    assert first[1:] == (True, False)
    assert c.receive("web", "id1", mine, {"text": "other words"}) == (first[0], False, True)
    assert c.receive("sms", "id1", mine, {"text": "hi"})[1], "another channel has ids of its own"
    assert [m["text"] for m in c.answer_to(first[0])] == ["hello"]


def test_offers_stay_valid(mine: str) -> None:
    """A payload that was once offered is known by its title until the conversation ends, and to no other conversation."""
    c.add(mine, "legwork", [body("hi", quick_replies=[{"title": "Prices", "payload": PRICE}])])
    c.add(mine, "legwork", [body("later", quick_replies=[{"title": "How much", "payload": PRICE}])])
    c.add(mine, "legwork", [body("much later")])

    assert c.offered(mine, PRICE) == "Prices"
    assert c.offered(mine, '/choose{"topic": "faq/hours"}') is None
    assert c.offered(c.open_conversation("web", "other").id, PRICE) is None


def test_rows_of_a_card_are_offers(mine: str) -> None:
    """A row with a payload may be tapped, one without may not."""
    card = {
        "kind": "times",
        "rows": [{"label": "Tue", "value": "5 pm", "payload": "/choose{}"}, {"label": "Why", "value": "hills"}],
    }
    c.add(mine, "legwork", [body("when?", card=card)])

    assert c.offered(mine, "/choose{}") == "Tue, 5 pm"
    assert len(rows(schema.offers)) == 1


def test_later_messages_are_those_that_come_by_themselves(mine: str) -> None:
    """Answers and the client's own words are not sent a second time."""
    start = c.newest(mine)
    number, _, _ = c.receive("web", f"{mine}:1", mine, {"text": "hi"})
    c.add(mine, "client", [body("hi")], number)
    c.add(mine, "legwork", [body("hello")], number)
    c.add(mine, "jessica", [body("Jessica here")])

    assert [m["text"] for m in c.later(mine, start)] == ["Jessica here"]


def test_what_was_said_lately(mine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client's words of the last minute, oldest first; not ours, and not older ones."""
    from legwork.settings import forget

    c.add(mine, "client", [body("long ago")])
    monkeypatch.setenv("LEGWORK_CLOCK", "2026-11-23T10:05:00-05:00")
    forget()
    c.add(mine, "client", [body("my calf is swollen")])
    c.add(mine, "legwork", [body("hello")])
    c.add(mine, "client", [body("and hot")])

    assert c.said_lately(mine) == ["my calf is swollen", "and hot"]


@pytest.mark.parametrize("text", ["'; DROP TABLE messages; --", "<b>", "😀" * 5000, "\u202e", "a\nb", "\\u0000"])
def test_any_words_come_back_as_they_were(mine: str, text: str) -> None:
    """What a client writes is data."""
    c.add(mine, "client", [body(text)])

    assert c.history(mine)[0]["text"] == text


def test_forgetting_leaves_nothing_said(mine: str) -> None:
    """Messages, offers, inbox, questions and the way back to the client are gone, of this conversation only."""
    other = c.open_conversation("web", "other").id
    for conversation in (mine, other):
        c.receive("web", f"{conversation}:1", conversation, {"text": "my calf hurts"})
        c.add(conversation, "legwork", [body("hi", quick_replies=[{"title": "Prices", "payload": PRICE}])])
        with engine().begin() as connection:
            asked = {
                "conversation": conversation,
                "channel": "web",
                "text": "my calf?",
                "contact": "a@example.com",
                "created": settings().now(),
            }
            connection.execute(schema.questions.insert().values(**asked))
            sign = {"conversation": conversation, "level": "doctor", "sign": "dvt", "at": settings().now()}
            connection.execute(schema.safety_events.insert().values(**sign))

    assert c.forget(mine) is False

    for table in (schema.messages, schema.offers, schema.inbox, schema.questions):
        assert [row.conversation for row in rows(table)] == [other], table.name
    assert sorted(row.conversation or "" for row in rows(schema.safety_events)) == ["", other], (
        "the count stays, without the client"
    )
    assert c.find(key="mine").deleted is not None and c.find(key="other").deleted is None


@pytest.mark.parametrize(
    ("status", "stays"), [("requested", True), ("confirmed", True), *((status, False) for status in BOOKING_IS_OVER)]
)
def test_forgetting_keeps_a_live_appointment(mine: str, status: str, stays: bool) -> None:
    """Jessica still expects the client; what is over goes."""
    booking(mine, status)

    assert c.forget(mine) is stays
    assert bool(rows(schema.bookings)) is stays


def test_forgetting_twice_is_forgetting(mine: str) -> None:
    """The second time changes nothing."""
    c.forget(mine)
    first = c.find(key="mine")

    assert c.forget(mine) is False
    assert c.find(key="mine") == first
