"""The SMS door, as a phone meets it."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from legwork import questions
from legwork.channels import segments
from legwork.storage.engine import engine
from tests.channels.conftest import House, until
from tests.doubles import twilio

pytestmark = pytest.mark.slow


async def test_the_first_text_names_the_practice_and_how_to_stop(house: House, quick: None) -> None:
    """The first answer says who is texting, that it is automated, HELP, STOP and rates; the second doesn't again."""
    phone = house.phone()
    first = " ".join(await phone.text("hi do u take cards"))
    for told in ("Jessica Weagle", "automated", "HELP", "STOP", "rates may apply", "You said: hi do u take cards"):
        assert told in first
    assert await phone.text("and checks") == ["You said: and checks"]


async def test_a_duplicate_gets_empty_twiml(house: House, quick: None) -> None:
    """The same message again is not answered again, while the first is under way and after."""
    phone = house.phone()
    fields = phone.fields("hello")
    first, second = await asyncio.gather(phone.post(fields), phone.post(fields))
    third = await phone.post(fields)
    assert sorted(len(twilio.twiml(each)) for each in (first, second, third)) == [0, 0, 1]
    assert house.agent.texts == ["hello"]


async def test_twilios_own_retry_is_no_second_message(house: House, quick: None) -> None:
    """A request that Twilio makes again bears the same `I-Twilio-Idempotency-Token`; with or without it the MessageSid decides."""
    phone, token = house.phone(), {"I-Twilio-Idempotency-Token": "0a1b2c3d"}
    fields = phone.fields("hello")
    assert twilio.twiml(await phone.post(fields, **token)) != []
    assert twilio.twiml(await phone.post(fields, **token)) == []
    await phone.post(phone.fields("hello"), **token)
    assert house.agent.texts == ["hello", "hello"]


async def test_a_burst_is_answered_once(house: House, quick: None) -> None:
    """Three texts within two seconds are one turn; the superseded ones get empty TwiML, the last the answer."""
    phone = house.phone()
    asked = []
    for text in ("hi", "my calf hurts", "can I come sat?"):
        asked.append(asyncio.create_task(phone.text(text)))
        await asyncio.sleep(0.05)
    first, second, third = await asyncio.gather(*asked)
    assert (first, second) == ([], [])
    assert "can I come sat?" in " ".join(third)
    assert house.agent.texts == ["hi\nmy calf hurts\ncan I come sat?"]


async def test_an_emergency_never_waits(house: House) -> None:
    """A text with an emergency is answered at once, what came just before with it, and nothing stands before the advice."""
    phone = house.phone()
    house.agent.script["hi\nchest pain and I can't breathe"] = [
        {"text": "Call 911 now.", "metadata": {"topic": "safety", "level": "emergency"}}
    ]
    waiting = asyncio.create_task(phone.text("hi"))
    await asyncio.sleep(0.05)
    started = asyncio.get_running_loop().time()
    texts = await phone.text("chest pain and I can't breathe")
    assert asyncio.get_running_loop().time() - started < 1.5
    assert texts[0].startswith("Call 911 now.")
    assert await waiting == []


async def test_a_digit_is_a_message_of_its_own(house: House, quick: None) -> None:
    """A digit picks a choice, so it is never merged with what is typed around it."""
    phone = house.phone()
    await asyncio.gather(phone.text("2"), phone.text("tomorrow after 5"))
    assert sorted(house.agent.texts) == ["2", "tomorrow after 5"]


async def test_a_late_answer_goes_over_the_api(house: House, quick: None, monkeypatch) -> None:
    """A turn that takes longer than the request is held is answered by a text of its own."""
    monkeypatch.setattr("legwork.channels.sms.HOLD_SECONDS", 0.3)
    house.agent.seconds = 0.5
    assert await house.phone().text("slow") == []
    sent = await until(lambda: house.twilio.sent)
    assert "You said: slow" in " ".join(each.text for each in sent)
    assert sent[0].to == "+15085550142"
    assert sent[0].status_callback.startswith("https://legwork.localhost/webhooks/sms/status?row=")
    assert house.twilio.violations == []


async def test_a_turn_that_hangs_gets_a_sentence_and_goes_to_jessica(house: House, quick: None, monkeypatch) -> None:
    """After ten seconds (here less) the client is told, and the message stands among the questions."""
    monkeypatch.setattr("legwork.channels.turns.TURN_SECONDS", 0.2)
    house.agent.script |= {"hang": 30, "fail": RuntimeError("what the client wrote")}
    for text in ("hang", "fail"):
        assert "something went wrong" in " ".join(await house.phone().text(text))
    assert [each["text"] for each in questions.listing()] == ["hang", "fail"]


async def test_stop_is_silence_in_every_state(house: House, quick: None) -> None:
    """STOP and its family, and plain words for it, end everything: no answer, no later message, until START."""
    phone = house.phone()
    await phone.text("hello")
    for word in ("STOP", "Cancel", "please stop texting me"):
        assert await phone.text(word) == []
        assert await phone.text("and my knee?") == []
        back = " ".join(await phone.text("START"))
        assert "Welcome back" in back and "STOP" in back
    assert house.agent.texts == ["hello"]
    assert "You said: my knee?" in " ".join(await phone.text("my knee?"))


async def test_stop_cuts_off_the_answer_under_way(house: House, quick: None, monkeypatch) -> None:
    """STOP while a turn runs: its answer is not sent any more, neither as TwiML nor over the API."""
    monkeypatch.setattr("legwork.channels.sms.HOLD_SECONDS", 0.3)
    house.agent.seconds = 0.6
    phone = house.phone()
    waiting = asyncio.create_task(phone.text("tell me all"))
    await asyncio.sleep(0.35)
    assert await phone.text("STOP") == []
    assert await waiting == []
    await asyncio.sleep(0.8)
    assert house.twilio.sent == []
    assert house.agent.texts == ["tell me all"]


async def test_stop_with_a_warning_sign_is_silence_and_is_recorded(house: House, quick: None) -> None:
    """Silence wins over the advice, and the safety event is kept as a code."""
    assert await house.phone().text("stop texting me, I have chest pain and can't breathe") == []
    with engine().connect() as connection:
        assert ("emergency",) in connection.execute(sa.text("SELECT level FROM safety_events")).fetchall()


async def test_help_says_who_and_how(house: House, quick: None) -> None:
    """HELP names the practice and STOP in every state; where Twilio answered it itself, nothing is said twice."""
    phone = house.phone()
    [text] = await phone.text("Help")
    assert "Jessica Weagle" in text and "STOP" in text and segments.count(text) <= 2
    assert await phone.text("info", OptOutType="HELP") == []
    assert await phone.text("stop", OptOutType="STOP") == []
    assert await phone.text("anybody there?") == []
    assert house.agent.texts == []


async def test_a_picture_gets_a_line_and_goes_to_jessica(house: House, quick: None) -> None:
    """An MMS without words gets a line; one with words gets its answer too."""
    phone = house.phone()
    media = {"NumMedia": 1, "MediaUrl0": "https://api.twilio.com/media/1", "MediaContentType0": "image/jpeg"}
    assert "can't see pictures" in " ".join(await phone.text("", **media))
    texts = " ".join(await phone.text("is this normal", **media))
    assert "can't see pictures" in texts and "You said: is this normal" in texts and "in a few words" not in texts
    assert len(list(questions.listing())) == 2


async def test_advice_stands_before_a_picture(house: House, quick: None) -> None:
    """A picture that comes with a warning sign gets the advice alone, and Jessica is told of it."""
    house.agent.script["my leg is hot and swollen"] = [
        {"text": "See a doctor today.", "metadata": {"topic": "safety", "level": "doctor"}}
    ]
    phone = house.phone()
    texts = await phone.text("my leg is hot and swollen", NumMedia=1, MediaUrl0="https://api.twilio.com/media/1")
    assert "See a doctor today." in texts[-1] and "pictures" not in " ".join(texts)
    assert len(list(questions.listing())) == 1


async def test_a_published_mms_is_taken(house: House, quick: None) -> None:
    """The MMS that others published, with its blank parameters, is genuine and answered."""
    from urllib.parse import parse_qsl

    from tests.channels.conftest import fixture

    fields = dict(parse_qsl(fixture("twilio_media.txt").read_text(), keep_blank_values=True))
    answer = await house.phone().post(fields)
    assert answer.status_code == 200
    assert "You said: Hello" in " ".join(twilio.twiml(answer))


async def test_choices_are_numbered_and_payloads_never_show(house: House, quick: None) -> None:
    """Choices stand as "1 … 2 …"; nobody sees a payload."""
    house.agent.script["hurts"] = [
        {
            "text": "Is it swollen?",
            "buttons": [{"title": t, "payload": f'/choose{{"reply": "{t}"}}'} for t in ("No, none of that", "Not sure")],
        }
    ]
    texts = "\n".join(await house.phone().text("hurts"))
    assert "Is it swollen?\n1 No, none of that\n2 Not sure" in texts
    assert "/choose" not in texts


async def test_what_nobody_wrote_gets_no_answer(house: House, quick: None) -> None:
    """A tapback or an automatic reply is answered with silence on a phone, and isn't taken for a failure."""
    house.agent.script["Liked “ok”"] = [{"text": "Got it.", "metadata": {"silent": True}}, "When would suit you?"]
    assert await house.phone().text("Liked “ok”") == []
    assert list(questions.listing()) == []


async def test_whatsapp_comes_through_the_same_door(house: House, quick: None, monkeypatch) -> None:
    """A WhatsApp sender has a conversation of its own; an offered button counts, a forged one is only its words."""
    phone = house.phone("whatsapp:+15085550142")
    payload = '/choose{"topic": "faq/price"}'
    house.agent.script["hi"] = [{"text": "Hi", "buttons": [{"title": "Prices", "payload": payload}]}]
    await phone.text("hi")
    assert house.agent.heard[-1][2] == "whatsapp"
    await phone.text("Prices", ButtonText="Prices", ButtonPayload=payload)
    await phone.text("Restart", ButtonText="Restart", ButtonPayload="/restart")
    assert house.agent.texts == ["hi", payload, "Restart"]
    monkeypatch.setattr("legwork.channels.sms.HOLD_SECONDS", 0.1)
    await phone.text("late")
    sent = await until(lambda: house.twilio.sent)
    assert sent[0].to == "whatsapp:+15085550142" and house.twilio.violations == []


async def test_a_signed_text_of_any_shape_is_answered(house: House, quick: None) -> None:
    """A request without Body or with a bare minimum of parameters gets TwiML; one without a sender is refused."""
    phone = house.phone()
    fields = phone.fields("")
    del fields["Body"], fields["NumMedia"]
    assert twilio.twiml(await phone.post(fields))
    assert twilio.twiml(await phone.post({"MessageSid": "SM1", "From": phone.number}))
    assert (await phone.post({"MessageSid": "SM2"})).status_code == 400


async def test_a_messaging_service_may_send(house: House, monkeypatch) -> None:
    """An `MG…` id in TWILIO_FROM is a service, and the number is Twilio's to choose."""
    from legwork import settings
    from legwork.channels.twilio_api import _sender

    assert _sender("+15085550142") == {"From": twilio.NUMBER}
    assert _sender("whatsapp:+15085550142") == {"From": f"whatsapp:{twilio.NUMBER}"}
    monkeypatch.setenv("TWILIO_FROM", "MG" + "0" * 32)
    settings.forget()
    assert _sender("+15085550142") == {"MessagingServiceSid": "MG" + "0" * 32}


async def test_an_address_survives_carriers(house: House, quick: None) -> None:
    """Some carriers turn @ into ¡; inside a word it is turned back, in Spanish it stays."""
    await house.phone().text("dana.price¡example.com")
    await house.phone().text("¡hola!")
    assert house.agent.texts == ["dana.price@example.com", "¡hola!"]


async def test_a_slash_is_text(house: House, quick: None) -> None:
    """Nobody gives commands by text message."""
    await house.phone().text("/restart")
    assert house.agent.texts == ["restart"]


async def test_a_wrong_signature_is_refused(house: House) -> None:
    """Unsigned, wrongly signed, or signed for another address: 403, and nothing is said or stored."""
    phone = house.phone()
    forger = twilio.Phone(house.client, "https://legwork.localhost", token="guessed")
    elsewhere = twilio.Phone(house.client, "https://elsewhere.example")
    for answer in (
        await house.client.post("/webhooks/sms", data=phone.fields("hi")),
        await forger.post(forger.fields("hi")),
        await elsewhere.post(elsewhere.fields("hi")),
    ):
        assert answer.status_code == 403
    assert house.agent.texts == []


async def test_a_long_text_is_screened_whole_and_understood_in_part(house: House, quick: None) -> None:
    """NLU gets a thousand characters, namely those with the warning sign when there is one behind them."""
    phone = house.phone()
    await phone.text("my legs feel fine " * 80)
    await phone.text("my legs feel fine " * 80 + "but I have chest pain and can't breathe")
    plain, urgent = house.agent.texts
    assert len(plain) <= 1000 and len(urgent) <= 1000
    assert "chest pain" in urgent


async def test_a_number_that_pumps_is_stopped_and_flagged(house: House, quick: None, monkeypatch, caplog) -> None:
    """More than thirty a minute: no 429, no answer, one note for Jessica; an emergency is heard all the same."""
    monkeypatch.setenv("LEGWORK_LIMITS", "on")
    from legwork import settings

    settings.forget()
    phone = house.phone()
    answers = await asyncio.gather(*(phone.post(phone.fields(f"pump {number}")) for number in range(40)))
    assert {answer.status_code for answer in answers} == {200}
    assert await phone.text("chest pain, can't breathe") != []
    assert sum("more than 30 messages" in each["text"] for each in questions.listing()) == 1
    assert "5550142" not in caplog.text and "pump" not in caplog.text.replace("pumping", "")


async def test_phone_numbers_are_stored_keyed(house: House, quick: None, tmp_path) -> None:
    """Neither the number nor its digits stand in the database in clear."""
    await house.phone().text("hello")
    with engine().connect() as connection:
        dump = "\n".join(connection.connection.iterdump())
    assert "hello" in dump and "5085550142" not in dump
