"""The inbox behind both doors: once, in order, over restarts and beside other processes."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from legwork.channels import arrivals, recipients
from legwork.channels.delivery import Delivery
from legwork.settings import settings
from legwork.storage import backlog, conversations, replies
from legwork.storage.engine import engine
from tests.channels.conftest import House, serving, until
from tests.doubles.agent import Agent

pytestmark = pytest.mark.slow


def left_behind(channel: str, sender: str, *texts: str) -> str:
    """What a killed process leaves: stored, acknowledged, not answered. Returns the conversation."""
    made = conversations.open_conversation(channel, recipients.key_of(channel, sender), recipients.seal(sender))
    for number, text in enumerate(texts):
        content = {"text": text, "payload": None, "kind": "text", "wish": None, "answered": False}
        conversations.receive(channel, f"left-{channel}-{number}", made.id, content)
    return made.id


async def test_what_was_acknowledged_is_answered_after_a_restart(house: House) -> None:
    """A process that starts answers what the one before it took in, over the providers' APIs, and each message once."""
    left_behind("sms", "+15085550142", "my knee hurts", "can I come in")
    left_behind("messenger", "900100", "what is cupping")
    async with serving(Agent()):
        await until(lambda: house.twilio.sent and len(house.meta.sent) == 2)
    assert "You said: my knee hurts\ncan I come in" in " ".join(sent.text for sent in house.twilio.sent)
    assert house.meta.texts("900100")[-1] == "You said: what is cupping"
    assert backlog.unanswered(("sms", "messenger")) == []
    async with serving(Agent()):
        await asyncio.sleep(0.3)
    assert len(house.meta.sent) == 2


async def test_an_answer_that_was_stored_and_not_sent_is_sent_after_a_restart(house: House, quick: None, monkeypatch) -> None:
    """The answer leaves with the turn that made it: the next process sends it without another turn."""
    monkeypatch.setattr("legwork.channels.delivery.Delivery.send", _never)
    house.agent.seconds = 0.1
    await house.person().say("hi")
    with engine().connect() as connection:
        await until(lambda: connection.execute(sa.text("SELECT count(*) FROM outbox")).scalar() == 2)
    other = Agent()
    async with serving(other):
        await until(lambda: len(house.meta.sent) == 2)
    assert other.texts == []


async def test_a_burst_ends_where_its_turn_did(house: House, monkeypatch) -> None:
    """What a killed process ran a turn for is not heard once more because something newer waits behind it."""
    conversation = left_behind("messenger", "900100", "my knee hurts", "since sunday", "can I come in")
    second = backlog.unanswered(("messenger",))[1][0]

    def uttered(self: object, sender_id: str, message_id: str) -> list[dict]:
        return [{"text": "Kept", "metadata": {"topic": "fallback"}}] if message_id == f"inbox-{second}" else []

    monkeypatch.setattr("tests.doubles.agent.Store.uttered", uttered)
    other = Agent()
    async with serving(other):
        await until(lambda: len(house.meta.sent) == 3)
    assert house.meta.texts("900100")[1:] == ["Kept", "You said: can I come in"] and other.texts == ["can I come in"]
    assert backlog.unanswered(("messenger",)) == [] and conversations.history(conversation)


async def test_a_start_sends_nothing_of_its_own_twice(house: House, monkeypatch) -> None:
    """The first look at the outbox takes what the process before left, and not what is being answered just now."""
    conversation = left_behind("sms", "+15085550142")
    taken: list[str] = []

    async def send(self: Delivery, rows: list[replies.Row]) -> None:
        taken.extend(row.content["text"] for row in rows)

    monkeypatch.setattr(Delivery, "_together", send)
    with engine().begin() as connection:
        replies.put(connection, "sms", conversation, 1, [{"text": "left"}])
    delivery = Delivery(("sms",), _never)
    with engine().begin() as connection:
        replies.put(connection, "sms", conversation, 2, [{"text": "mine"}])
    looking = asyncio.create_task(delivery.run())
    await until(lambda: taken)
    looking.cancel()
    assert taken == ["left"]


async def _never(*_: object) -> None:
    """The process dies here."""


async def test_two_processes_answer_once(house: House, quick: None) -> None:
    """The same message taken by two processes is answered by the one that is done first."""
    other = Agent()
    async with serving(other) as client:
        person = house.person()
        event = person.message("hello")
        there = type(person)(client, person.number)
        await asyncio.gather(person.send(event), there.send(event), person.send(event))
        await until(lambda: len(house.meta.sent) == 2)
        await asyncio.sleep(0.5)
    assert len(house.agent.texts) + len(other.texts) == 1 and len(house.meta.sent) == 2


async def test_who_is_second_gives_up(house: House) -> None:
    """Two processes that both run the turn: the second finds it answered, and stores and sends nothing."""
    conversation = left_behind("messenger", "900100", "hello")
    async with serving(Agent()), serving(Agent()):
        await until(lambda: len(house.meta.sent) >= 2)
        await asyncio.sleep(0.5)
    assert len(house.meta.sent) == 2
    assert [m["from"] for m in conversations.history(conversation)] == ["client", "legwork", "legwork"]


async def test_order_is_kept_within_a_conversation(house: House, quick: None, monkeypatch) -> None:
    """While a turn runs, what comes later waits; a pause of two seconds or more keeps messages apart."""
    monkeypatch.setattr(arrivals, "QUIET_SECONDS", 0.1)
    house.agent.seconds = 0.7
    person = house.person()
    for text in ("first", "second", "third"):
        await person.say(text)
        await asyncio.sleep(0.25)
    texts = await until(lambda: found if len(found := house.meta.texts(person.number)) == 4 else None, 8)
    assert texts[1:] == ["You said: first", "You said: second", "You said: third"]


async def test_a_forgotten_client_starts_anew_and_stays_opted_out(house: House, quick: None) -> None:
    """After a conversation was forgotten its number begins with an empty one; an opt-out outlives it."""
    phone = house.phone()
    await phone.text("hello")
    conversation = conversations.find(key=recipients.key_of("sms", phone.number)).id
    conversations.forget(conversation)
    assert "automated" in " ".join(await phone.text("hello again"))
    assert [m["text"] for m in conversations.history(conversation) if m["from"] == "client"] == ["hello again"]
    await phone.text("STOP")
    conversations.forget(conversation)
    assert await phone.text("hello?") == []


async def test_a_failing_database_stops_no_line(house: House, quick: None, monkeypatch) -> None:
    """A turn that can't be stored is left for the next start, and the next message is answered all the same."""
    real, failures = backlog.finish, [sa.exc.OperationalError("x", {}, Exception("locked"))]
    monkeypatch.setattr(backlog, "finish", lambda *a: real(*a) if not failures else (_ for _ in ()).throw(failures.pop()))
    phone = house.phone()
    assert await phone.text("one") == []
    assert "You said: two" in " ".join(await phone.text("two"))
    assert [content["text"] for _, _, _, content in backlog.unanswered(("sms",))] == ["one"]
    async with serving(Agent()):
        await until(lambda: any("You said: one" in sent.text for sent in house.twilio.sent))


async def test_numbers_and_words_are_not_logged(house: House, quick: None, caplog) -> None:
    """Above debug there is no text, no number and no sender id in any log, not even when things fail."""
    caplog.set_level("INFO")
    house.agent.script |= {"my secret pain": RuntimeError("my secret pain")}
    await house.phone().text("my secret pain")
    await house.person("987654321").say("my secret pain")
    await until(lambda: len(house.meta.sent) == 2)
    told = [record for record in caplog.records if record.name.startswith(("legwork", "sanic"))]
    shown = " ".join(record.getMessage() for record in told)
    assert told and not any(word in shown for word in ("secret pain", "5550142", "987654321"))
    assert settings().sms_on and settings().messenger_on


async def test_a_web_client_sets_neither_channel_nor_metadata(house: House) -> None:
    """What Rasa's REST connector takes from a client's body means nothing here."""
    made = (await house.client.post("/chat/conversations")).json()
    body = {"id": "1", "text": "hello", "input_channel": "sms", "sender": "another", "metadata": {"is_admin": True}}
    answer = await house.client.post("/chat/messages", json=body, headers={"Authorization": f"Bearer {made['token']}"})
    assert answer.status_code in (200, 400)
    assert all(heard == (made["conversation"], "hello", "web") for heard in house.agent.heard)
