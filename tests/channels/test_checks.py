"""What `doctor` says of the doors."""

from __future__ import annotations

import asyncio
import re

import pytest
from pydantic import SecretStr

from legwork import settings as settings_module
from legwork.channels import checks, messenger_setup
from legwork.settings import settings
from tests.channels.conftest import House


async def found() -> str:
    """All findings."""
    return "\n".join(await asyncio.to_thread(lambda: list(checks.lines(settings()))))


async def test_right_settings_are_confirmed(house: House) -> None:
    """Both providers know us, and the addresses for their consoles are told."""
    said = await found()
    assert "https://legwork.localhost/webhooks/sms#rc=3&rp=all" in said
    assert "https://legwork.localhost/webhooks/messenger" in said
    assert "must be AC" not in said and "refuses" not in said


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("TWILIO_AUTH_TOKEN", "old", "copy both"),
        ("TWILIO_ACCOUNT_SID", "mine", "must be AC"),
        ("TWILIO_FROM", "508-555-0100", "508-555-0100"),
        ("MESSENGER_PAGE_TOKEN", "old", "generate a new one"),
        ("LEGWORK_PUBLIC_URL", "http://localhost:5005", "https address"),
        ("TWILIO_API_BASE", "http://127.0.0.1:9", "Twilio can't be asked now (no answer)"),
        ("MESSENGER_API_BASE", "http://127.0.0.1:9", "Meta can't be asked now (no answer)"),
    ],
)
async def test_each_fault_is_named(house: House, monkeypatch, name: str, value: str, told: str) -> None:
    """A wrong setting is told with what to do, and never a secret."""
    monkeypatch.setenv(name, value)
    settings_module.forget()
    said = await found()
    assert told in said and "12345" not in said and "page-token" not in said


async def test_each_step_is_checked(house: House) -> None:
    """What is not done yet at Twilio and Meta is told with its step and what to do, and no more once it is."""
    house.twilio.webhook, house.twilio.account_type = ("https://demo.twilio.com/welcome", "POST"), "Trial"
    said = await found()
    assert "step 1: the account is on trial" in said and "webhook is https://demo.twilio.com/welcome; it must be" in said
    assert "step 3: subscribe the page to message_echoes" in said and "messenger setup" in said and "privacy_url" in said
    house.twilio.webhook, house.twilio.account_type = ("https://legwork.localhost/webhooks/sms", "POST"), "Full"
    assert "step 4: add #rc=3&rp=all" in await found()
    house.twilio.webhook = ("https://legwork.localhost/webhooks/sms#rc=3&rp=all", "POST")
    house.meta.subscribed = set(checks.SUBSCRIBED)
    await asyncio.to_thread(messenger_setup.run)
    said = await found()
    assert not re.search(r"must be https://legwork.localhost/webhooks/sms|add #|subscribe|not set|trial", said)


async def test_the_server_itself_is_asked(house: House, monkeypatch) -> None:
    """What runs must be reached by its public address and with these settings: else each door says so, and nothing is stored."""
    assert (await found()).count("https://legwork.localhost can't be reached (no answer)") == 2
    monkeypatch.setenv("LEGWORK_PUBLIC_URL", str(house.client.base_url).rstrip("/"))
    settings_module.forget()
    assert (await found()).count("the server takes what is signed with these settings") == 2
    edited = settings().copy(update={"twilio_auth_token": SecretStr("new"), "messenger_app_secret": SecretStr("new")})
    said = await asyncio.to_thread(lambda: list(checks.lines(edited)))
    assert sum("runs with other settings than these; restart Legwork" in line for line in said) == 2
    assert house.agent.heard == [] and house.twilio.calls == house.meta.calls == 0


async def test_a_number_of_somebody_else_is_told(house: House, monkeypatch) -> None:
    """TWILIO_FROM must be the account's."""
    monkeypatch.setenv("TWILIO_FROM", "+15085550199")
    settings_module.forget()
    assert "the account has no number +15085550199" in await found()


async def test_doors_that_are_off_are_not_spoken_of(house: House, monkeypatch) -> None:
    """Nothing is asked where nothing is set."""
    for name in ("TWILIO_FROM", "MESSENGER_PAGE_TOKEN"):
        monkeypatch.setenv(name, "")
    settings_module.forget()
    assert await found() == ""
