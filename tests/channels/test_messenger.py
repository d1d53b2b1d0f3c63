"""The Messenger door, as Meta and a person on Messenger meet it."""

from __future__ import annotations

import asyncio
import datetime as dt
import json

import pytest
import sqlalchemy as sa

from legwork import questions
from legwork.channels import messenger_setup
from legwork.channels.messenger_wording import OURS
from legwork.errors import LegworkError
from legwork.settings import Settings, settings
from legwork.storage.engine import engine
from tests.channels.conftest import House, fixture, until
from tests.doubles import meta

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick")]


async def said(house: House, number: str = "900100", count: int = 1) -> list[str]:
    """What the person was sent, once it is so many messages."""
    return await until(lambda: texts if len(texts := house.meta.texts(number)) >= count else None)


async def test_verification_wants_mode_and_token(house: House) -> None:
    """Meta's verification is echoed with the right token and mode only."""
    right = {"hub.mode": "subscribe", "hub.verify_token": meta.VERIFY_TOKEN, "hub.challenge": "1158201444"}
    answer = await house.client.get("/webhooks/messenger", params=right)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    for wrong, status in (({"hub.verify_token": "x"}, 403), ({"hub.mode": "unsubscribe"}, 403), ({"hub.challenge": ""}, 400)):
        assert (await house.client.get("/webhooks/messenger", params=right | wrong)).status_code == status
    assert (await house.client.get("/webhooks/messenger")).status_code == 403


async def test_the_first_answer_says_automated(house: House) -> None:
    """Who speaks is said at the start and not again at once."""
    person = house.person()
    await person.say("hi")
    first, second = await said(house, count=2)
    assert "automated assistant" in first and second == "You said: hi"
    await person.say("more")
    assert (await said(house, count=3))[2:] == ["You said: more"]
    assert house.meta.violations == []


async def test_after_a_day_it_says_automated_again(house: House, monkeypatch) -> None:
    """After a silence of more than a day who speaks is said once more, and not within it."""
    person, today = house.person(), settings().now()
    for hours, messages in ((0, 2), (23, 3), (48, 5)):
        monkeypatch.setattr(Settings, "now", lambda self, hours=hours: today + dt.timedelta(hours=hours))
        await person.say("hi")
        texts = await said(house, count=messages)
    assert ["automated assistant" in text for text in texts] == [True, False, False, True, False]


async def test_a_batch_is_read_whole(house: House) -> None:
    """Two people, three entries, one of them with two events: everybody is answered."""
    ann, bob = house.person("1"), house.person("2")
    entries = [
        {"id": meta.PAGE, "time": 1, "messaging": [ann.message("one")]},
        {"id": meta.PAGE, "time": 1, "changes": [{"field": "feed", "value": {}}]},
        {"id": meta.PAGE, "time": 1, "messaging": [bob.message("two"), bob.event(read={"watermark": 1})]},
    ]
    assert (await ann.post({"object": "page", "entry": entries})).status_code == 200
    assert (await said(house, "1", 2))[-1] == "You said: one"
    assert (await said(house, "2", 2))[-1] == "You said: two"


async def test_a_duplicate_mid_is_one_message(house: House) -> None:
    """Meta's redelivery is acknowledged and not answered again."""
    person = house.person()
    event = person.message("hello")
    await asyncio.gather(*(person.send(event) for _ in range(3)))
    await said(house, count=2)
    await person.send(event)
    await asyncio.sleep(0.5)
    assert house.agent.texts == ["hello"] and len(house.meta.sent) == 2


@pytest.mark.parametrize(
    "parts",
    [
        {"delivery": {"mids": ["m1"], "watermark": 1}},
        {"read": {"watermark": 1}},
        {"reaction": {"reaction": "love", "emoji": "❤", "action": "react", "mid": "m1"}},
        {"optin": {"type": "notification_messages", "payload": "x"}},
        {"account_linking": {"status": "linked"}},
        {"message": None},
        {"message": {"mid": None, "text": None}},
        {"message": {"mid": "m1", "attachments": None}},
        {"postback": None},
        {"message_edit": {"mid": "m1", "text": None, "num_edit": 1}},
        {"request_thread_control": {"requested_owner_app_id": "1"}},
        {"sender": None, "message": {"mid": "m1", "text": "x"}},
        {"sender": {"user_ref": "x"}, "message": {"mid": "m1", "text": "x"}},
    ],
)
async def test_what_needs_no_answer_gets_none(house: House, parts: dict) -> None:
    """Receipts, reactions, opt-ins and events with nothing in them are acknowledged, and nobody speaks."""
    person = house.person()
    assert (await person.send(person.event(**parts))).status_code == 200
    await asyncio.sleep(0.3)
    assert house.agent.texts == [] and house.meta.sent == []


@pytest.mark.parametrize(
    "body", [None, [], 1, "x", {}, {"entry": None}, {"entry": [None, 1, {"messaging": None}]}, {"object": "user"}]
)
async def test_a_signed_body_of_any_shape_is_acknowledged(house: House, body: object) -> None:
    """Nothing in a body is relied upon to be there."""
    assert (await house.person().post(body)).status_code == 200


async def test_get_started_and_referral_are_welcomed(house: House) -> None:
    """Get Started and an m.me link get the welcome with its quick replies, once each."""
    person = house.person()
    await person.send(person.event(postback={"title": "Get Started", "payload": messenger_setup.GET_STARTED, "mid": "m_start"}))
    [text] = await said(house)
    assert "automated assistant" in text
    assert len(house.meta.sent[0][1]["quick_replies"]) == 4
    event = person.event(referral={"ref": "flyer", "source": "SHORTLINK", "type": "OPEN_THREAD"})
    await person.send(event)
    await person.send(event)
    await said(house, count=2)
    await asyncio.sleep(0.3)
    assert len(house.meta.sent) == 2 and house.agent.texts == []


async def test_only_offered_payloads_count(house: House) -> None:
    """A quick reply, the menu and ice breakers are commands; any other payload is only its title."""
    person = house.person()
    offer = '/choose{"reply": "yes"}'
    house.agent.script["hi"] = [{"text": "Swollen?", "buttons": [{"title": "Yes", "payload": offer}]}]
    await person.say("hi")
    await said(house, count=2)
    for text, payload in (("Yes", offer), ("Sneaky", "/restart"), ("Book", messenger_setup.MENU[0][1])):
        before = len(house.agent.heard)
        await person.say(text, quick_reply={"payload": payload})
        await until(lambda before=before: len(house.agent.heard) > before)
    assert house.agent.texts == ["hi", offer, "Sneaky", messenger_setup.MENU[0][1]]


async def test_published_events_are_answered(house: House) -> None:
    """The text and the postback that others published go through."""
    for name, heard in (("messenger/text.json", "text"), ("messenger/postback.json", "title")):
        assert (await house.person().post_raw(fixture(name).read_bytes())).status_code == 200
        await until(lambda heard=heard: heard in house.agent.texts)


async def test_attachments_and_stickers(house: House) -> None:
    """Pictures, recordings and places get a line and go to Jessica; a thumbs-up is one; a link's preview is its text."""
    person = house.person()
    for number, kind in enumerate(("image", "audio", "video", "file", "template"), start=1):
        await person.send(person.message(attachments=[{"type": kind, "payload": {"url": "https://cdn.example/x"}}]))
        await until(lambda number=number: len(list(questions.listing())) == number)
    assert all("can't see pictures" in text for text in (await said(house, count=6))[1:])
    await person.send(person.message(attachments=[{"type": "location", "payload": {"coordinates": {"lat": 1, "long": 2}}}]))
    assert "location" in (await said(house, count=7))[-1]
    assert house.agent.texts == []
    like = {"type": "sticker", "payload": {"url": "https://cdn.example/x", "sticker_id": 369239263222822}}
    old = {"type": "image", "payload": {"url": "https://cdn.example/x", "sticker_id": 369239263222822}}
    for number, attachment in enumerate((like, old), start=1):
        await person.send(person.message(attachments=[attachment]))
        await until(lambda number=number: house.agent.texts == ["👍"] * number)
    await person.send(
        person.message("see https://example.com", attachments=[{"type": "fallback", "payload": {"url": "https://example.com"}}])
    )
    await until(lambda: house.agent.texts[-1:] == ["see https://example.com"])


async def test_an_edit_is_answered_and_an_unsend_forgotten(house: House) -> None:
    """An edited message is answered as what it says now; what is taken back is removed from what we keep."""
    person = house.person()
    await person.say("my clf hurts", mid="m_1")
    await said(house, count=2)
    await person.send(person.event(message_edit={"mid": "m_1", "text": "my calf hurts", "num_edit": 1}))
    await until(lambda: "my calf hurts" in house.agent.texts)
    await person.send(person.event(message={"mid": "m_1", "is_deleted": True}))
    with engine().connect() as connection:
        kept = connection.execute(sa.text("SELECT body FROM messages WHERE sender = 'client'")).scalars().all()
    assert not any("my clf hurts" in json.dumps(each) for each in kept)


async def test_what_is_taken_back_at_once_is_not_answered(house: House, quick: None) -> None:
    """A message that is taken back before its answer is neither understood nor kept; the one beside it is answered."""
    person = house.person()
    await person.send(person.message("my secret", mid="m_1"), person.message("how long is it", mid="m_2"))
    await person.send(person.event(message={"mid": "m_1", "is_deleted": True}))
    await said(house, count=2)
    assert house.agent.texts == ["how long is it"]
    with engine().connect() as connection:
        assert "secret" not in json.dumps(connection.execute(sa.text("SELECT body FROM messages")).scalars().all())


async def test_our_own_echo_is_nothing_and_a_persons_makes_us_quiet(house: House) -> None:
    """The echo of our message is ignored; one from the page's inbox is Jessica, and the assistant steps back, except in an emergency."""
    person = house.person()
    await person.say("hi")
    await said(house, count=2)
    swapped = {"sender": {"id": meta.PAGE}, "recipient": {"id": person.number}}
    ours = person.message("You said: hi", is_echo=True, metadata=OURS) | swapped
    picture = person.message(is_echo=True, metadata=OURS, attachments=[{"type": "image", "payload": {"url": "x"}}]) | swapped
    await person.send(ours, picture)
    await person.say("still there?")
    await said(house, count=3)
    await person.send(person.message("Jessica here, I'll call you", is_echo=True) | swapped)
    await person.say("great, thanks")
    await asyncio.sleep(0.5)
    assert house.agent.texts == ["hi", "still there?"]
    await person.say("chest pain and I can't breathe")
    texts = await said(house, count=5)
    assert any("automated assistant" in text for text in texts[3:])


async def test_standby_and_hand_over(house: House) -> None:
    """While another app is in charge we listen and keep quiet; handed back, we say that we are automated."""
    person = house.person()
    await person.send(person.message("for the other app"), key="standby")
    await person.send(person.event(take_thread_control={"previous_owner_app_id": "1", "metadata": ""}))
    await person.say("hello?")
    await asyncio.sleep(0.5)
    assert house.agent.texts == [] and house.meta.sent == []
    await person.send(person.event(pass_thread_control={"new_owner_app_id": "1", "previous_owner_app_id": "2"}))
    assert "automated assistant" in (await said(house))[0]
    await person.say("my question again")
    assert (await said(house, count=2))[-1] == "You said: my question again"


async def test_stop_in_plain_words(house: House) -> None:
    """Who wants no more messages gets none, and `cancel` is about the appointment here."""
    person = house.person()
    await person.say("cancel")
    await said(house, count=2)
    await person.say("please stop messaging me")
    await person.say("anything")
    await asyncio.sleep(0.5)
    assert house.agent.texts == ["cancel"] and len(house.meta.sent) == 2
    await person.say("START")
    back = (await said(house, count=3))[-1]
    assert "Welcome back" in back and "rates" not in back, "nobody pays for a message here"


async def test_a_wrong_signature_is_refused(house: House) -> None:
    """Unsigned, wrongly signed, signed the old way or over another body: 403."""
    person, forger = house.person(), meta.Person(house.client, secret="guessed")
    body = json.dumps({"object": "page", "entry": [{"messaging": [person.message("x")]}]}).encode()
    for signature in ("", "sha256=", "sha1=" + "0" * 40, "nosuch=1", "sha256=" + "é" * 64, "shake_128=00"):
        assert (await person.post_raw(body, signature)).status_code == 403
    assert (await forger.send(forger.message("x"))).status_code == 403
    assert house.agent.texts == []


async def test_the_raw_bytes_are_signed(house: House) -> None:
    """Meta escapes what is not ASCII; the bytes as sent count, not the JSON as we would write it."""
    person = house.person()
    raw = json.dumps(
        {"object": "page", "entry": [{"messaging": [person.message("¿puede ser?")]}]}, ensure_ascii=True, indent=1
    ).encode()
    assert b"\\u00bf" in raw
    assert (await person.post_raw(raw)).status_code == 200
    await until(lambda: house.agent.texts == ["¿puede ser?"])


async def test_acknowledged_before_it_is_answered(house: House) -> None:
    """A turn of a second, and a provider that takes another for each call, don't hold up the acknowledgement."""
    house.meta.delay = house.agent.seconds = 1.0
    started = asyncio.get_running_loop().time()
    await house.person().say("hi")
    assert asyncio.get_running_loop().time() - started < 0.5
    assert (await said(house, count=2))[-1] == "You said: hi"
    await until(lambda: house.meta.actions)
    assert {action for _, action in house.meta.actions} <= {"mark_seen", "typing_on"}


async def test_setup_sets_the_profile(house: House) -> None:
    """The page gets its greeting, Get Started, four ice breakers and a menu, within Meta's limits."""
    await asyncio.to_thread(messenger_setup.run)
    assert set(house.meta.profile) == meta.PROFILE and house.meta.violations == []


async def test_setup_says_what_is_wrong(house: House, monkeypatch) -> None:
    """A page token that Meta doesn't know is named."""
    from legwork import settings

    monkeypatch.setenv("MESSENGER_PAGE_TOKEN", "old")
    settings.forget()
    with pytest.raises(LegworkError, match="MESSENGER_PAGE_TOKEN"):
        await asyncio.to_thread(messenger_setup.run)
