"""What Twilio's errors do: which are tried again, which end it, which mean an opt-out."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from legwork.channels import twilio_api
from legwork.storage.engine import engine
from tests.channels.conftest import House, until
from tests.doubles import twilio

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def hurry(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """All answers go over the API, and further attempts come at once."""
    monkeypatch.setattr("legwork.channels.sms.HOLD_SECONDS", 0.0)
    monkeypatch.setattr("legwork.channels.delivery.SWEEP_SECONDS", 0.05)
    monkeypatch.setattr("legwork.channels.delivery.BACKOFF", (0,))
    hurried = {
        code: twilio_api.Meaning(meaning.says, 0.01 if meaning.retry_after else None, meaning.opted_out)
        for code, meaning in twilio_api.MEANINGS.items()
    }
    monkeypatch.setattr(twilio_api, "MEANINGS", hurried)


def rows(what: str) -> list[tuple]:
    """A look into the database."""
    with engine().connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(what))]


@pytest.mark.parametrize(("code", "status"), [(20429, 429), (None, 503), (None, 500)])
async def test_a_passing_error_is_tried_again(house: House, code: int | None, status: int) -> None:
    """Too many requests and a broken provider: the same text arrives once, later."""
    house.twilio.failures.extend([twilio.Failure(status, code)] * 2)
    await house.phone().text("hello")
    sent = await until(lambda: house.twilio.sent)
    assert len(sent) == 1 and "You said: hello" in sent[0].text


@pytest.mark.parametrize("code", [21211, 21408, 21614, 21617, 30005, 30006, 30007, 30034])
async def test_a_lasting_error_is_not_tried_again(house: House, code: int) -> None:
    """A number that can't get texts is left alone, and the outbox says why."""
    house.twilio.failures.append(twilio.Failure(400, code))
    await house.phone().text("hello")
    await until(lambda: rows("SELECT 1 FROM outbox WHERE failed IS NOT NULL"))
    assert (str(code),) in rows("SELECT error FROM outbox")


@pytest.mark.parametrize("code", [21610, 30004])
async def test_a_block_is_an_opt_out(house: House, code: int) -> None:
    """Who has blocked us at the carrier is not written to again."""
    house.twilio.failures.append(twilio.Failure(400, code))
    await house.phone().text("hello")
    await until(lambda: rows("SELECT 1 FROM conversations WHERE opted_out IS NOT NULL"))
    calls = house.twilio.calls
    await house.phone().text("are you there")
    assert house.twilio.calls == calls and house.agent.texts == ["hello"]


@pytest.mark.parametrize(("code", "again"), [(30003, True), (30008, True), (30005, False), (30006, False), (30007, False)])
async def test_what_a_status_callback_says_is_heeded(house: House, code: int, again: bool) -> None:
    """An error that comes after Twilio took the text: out of reach is tried again, at most twice; the others are not."""
    phone = house.phone()
    await phone.text("hello")
    await until(lambda: house.twilio.sent)
    for _ in range(4):
        path = house.twilio.sent[-1].status_callback.removeprefix("https://legwork.localhost")
        fields = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": str(code), "To": phone.number}
        before = len(house.twilio.sent)
        assert (await phone.post(fields, path)).status_code == 204
        if again and before < 3:
            await until(lambda before=before: len(house.twilio.sent) > before)
    assert len(house.twilio.sent) == (3 if again else 1)
    assert (str(code),) in rows("SELECT error FROM outbox WHERE failed IS NOT NULL")


async def test_a_forged_status_callback_is_refused(house: House) -> None:
    """What Twilio didn't sign opts nobody out."""
    phone = house.phone()
    await phone.text("hello")
    fields = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30004", "To": phone.number}
    assert (await house.client.post("/webhooks/sms/status?row=1", data=fields)).status_code == 403
    assert rows("SELECT 1 FROM conversations WHERE opted_out IS NOT NULL") == []


async def test_a_status_callback_of_a_block_opts_out(house: House) -> None:
    """30004 is the carrier's or the phone's own STOP, whether or not we know the message."""
    phone = house.phone()
    await phone.text("hello")
    fields = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30004", "To": phone.number}
    assert (await phone.post(fields, "/webhooks/sms/status?row=999999")).status_code == 204
    assert rows("SELECT 1 FROM conversations WHERE opted_out IS NOT NULL")


@pytest.mark.parametrize("number", sorted(twilio.MAGIC))
async def test_twilios_test_numbers(house: House, number: str) -> None:
    """Twilio's own test numbers do what Twilio says."""
    await house.phone(number).text("hello")
    await until(lambda: rows("SELECT 1 FROM outbox WHERE failed IS NOT NULL"))
    assert (str(twilio.MAGIC[number]),) in rows("SELECT error FROM outbox")
