"""What comes later: to the phone and to Messenger, within quiet hours, windows and consent."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from legwork import questions
from legwork import settings as settings_module
from legwork.channels import later
from legwork.settings import settings
from legwork.storage import reach
from legwork.storage.engine import engine
from legwork.storage.schema import bookings, inbox, outbox
from tests.channels.conftest import House, until

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick")]

NOON, NIGHT = "2026-11-24T17:00:00+00:00", "2026-11-25T04:00:00+00:00"
CONFIRMED = {"from": "legwork", "topic": "booking", "text": "Jessica has confirmed Thursday at 5 pm.", "quick_replies": []}


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Noon in Massachusetts, and the outbox is looked at all the time."""
    monkeypatch.setattr("legwork.channels.delivery.SWEEP_SECONDS", 0.05)
    monkeypatch.setattr(settings_module.Settings, "now", lambda self: dt.datetime.fromisoformat(NOON))


def conversation_of(channel: str) -> str:
    """The only conversation of a channel."""
    with engine().connect() as connection:
        return connection.execute(sa.text("SELECT id FROM conversations WHERE channel = :c"), {"c": channel}).scalar()


async def test_a_confirmation_comes_by_text(house: House) -> None:
    """It goes out over the API; what Jessica writes herself is named as hers, and afterwards the assistant says again what it is."""
    phone = house.phone()
    await phone.text("hi")
    await later.on_message(conversation_of("sms"), CONFIRMED)
    await until(lambda: [sent.text for sent in house.twilio.sent] == [CONFIRMED["text"]])
    await later.on_message(conversation_of("sms"), {**CONFIRMED, "from": "jessica", "text": "See you then!"})
    await until(lambda: house.twilio.sent[-1].text == "From Jessica: See you then!")
    assert "automated assistant" in " ".join(await phone.text("thanks"))


async def test_a_text_reaches_jessica_while_she_answers_herself(house: House) -> None:
    """The assistant keeps quiet and passes it on: nobody reads along on a phone number."""
    phone = house.phone()
    await phone.text("hi")
    reach.leave_to_human(conversation_of("sms"), dt.datetime.fromisoformat(NOON) + dt.timedelta(hours=1))
    assert await phone.text("is saturday still ok?") == []
    assert [question["text"] for question in questions.listing()] == ["is saturday still ok?"]


async def test_nothing_is_begun_at_night_or_after_stop(house: House, monkeypatch) -> None:
    """After 9 pm it waits for 8 am; an answer doesn't. After STOP nothing comes, and Jessica hears that it didn't."""
    phone = house.phone()
    await phone.text("hi")
    monkeypatch.setattr(settings_module.Settings, "now", lambda self: dt.datetime.fromisoformat(NIGHT))
    assert await phone.text("still up?") == ["You said: still up?"]
    await later.on_message(conversation_of("sms"), CONFIRMED)
    with engine().connect() as connection:
        await until(lambda: connection.execute(sa.select(outbox.c.error).where(outbox.c.error == "quiet_hours")).first())
        due = connection.execute(sa.select(outbox.c.due).where(outbox.c.error == "quiet_hours")).scalar()
    assert due == dt.datetime.fromisoformat("2026-11-25T13:00:00+00:00") and house.twilio.sent == []
    await phone.text("STOP")
    monkeypatch.setattr(settings_module.Settings, "now", lambda self: due)
    await until(lambda: list(questions.listing()))
    assert house.twilio.sent == []
    assert "couldn't be delivered by sms (opted_out)" in next(questions.listing())["text"]


async def test_messenger_has_no_night(house: House, monkeypatch) -> None:
    """What Jessica writes at night is there at once: until the morning the 24-hour window might close."""
    await house.person().say("hi")
    await until(lambda: len(house.meta.sent) == 2)
    monkeypatch.setattr(settings_module.Settings, "now", lambda self: dt.datetime.fromisoformat(NIGHT))
    await later.on_message(conversation_of("messenger"), CONFIRMED)
    await until(lambda: house.meta.texts("900100")[-1] == CONFIRMED["text"])


async def test_messengers_window_is_kept(house: House) -> None:
    """Within 24 hours it comes in Messenger; later by text where the client has texted us, else Jessica is told."""
    await house.person().say("hi")
    conversation = await until(lambda: conversation_of("messenger"))
    await until(lambda: len(house.meta.sent) == 2)
    await later.on_message(conversation, CONFIRMED)
    await until(lambda: house.meta.texts("900100")[-1] == CONFIRMED["text"])
    with engine().begin() as connection:
        connection.execute(inbox.update().values(received=settings().now() - dt.timedelta(hours=25)))
    await later.on_message(conversation, CONFIRMED)
    await until(lambda: list(questions.listing()))
    assert "messenger (window)" in next(questions.listing())["text"] and len(house.meta.sent) == 3
    await house.phone("+15085550142").text("hello, it's me")
    with engine().begin() as connection:
        row = {
            "id": "b1",
            "key": "k",
            "conversation": conversation,
            "channel": "messenger",
            "status": "requested",
            "areas": [],
            "windows": [],
        }
        row |= {"timezone": "America/New_York", "name": "Dana", "phone": "+15085550142", "notes": [], "created": settings().now()}
        connection.execute(bookings.insert().values({**{"reasons": []}, **row} if "reasons" in bookings.c else row))
    await later.on_message(conversation, CONFIRMED)
    sent = await until(lambda: house.twilio.sent)
    assert sent[-1].text == CONFIRMED["text"]


async def test_jessicas_words_in_messenger_are_named_as_hers(house: House) -> None:
    """Her own answer begins with her name, since the page speaks with one voice; the next message hears what the assistant is."""
    await house.person().say("hi")
    await until(lambda: len(house.meta.sent) == 2)
    await later.on_message(conversation_of("messenger"), {**CONFIRMED, "from": "jessica", "text": "See you then!"})
    await until(lambda: house.meta.texts("900100")[-1] == "From Jessica: See you then!")
    await house.person().say("thanks")
    texts = await until(lambda: found if len(found := house.meta.texts("900100")) == 5 else None)
    assert "automated assistant" in texts[3]


async def test_a_closed_window_at_meta_is_believed(house: House) -> None:
    """Graph's own 10/2018278 is final."""
    house.meta.closed.add("900100")
    await house.person().say("hi")
    with engine().connect() as connection:
        await until(lambda: connection.execute(sa.select(outbox.c.id).where(outbox.c.error == "window")).first())
    assert house.meta.sent == []
