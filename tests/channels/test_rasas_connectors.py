"""Rasa's own connectors in the same cases: what docs/channels.md says of them is so.

Nothing here is about our code; a Rasa that mends one of these makes its test fail, and the table shorter.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import requests
from rasa.core.channels.channel import UserMessage
from rasa.core.channels.facebook import FacebookInput
from rasa.core.channels.twilio import TwilioInput, TwilioOutput
from sanic import Sanic

from tests.doubles.meta import APP_SECRET, PAGE, VERIFY_TOKEN
from tests.doubles.twilio import ACCOUNT, NUMBER, TOKEN, Phone


@dataclass
class Theirs:
    """Rasa's two connectors on a server, and what reached the dialogue."""

    client: httpx.AsyncClient
    heard: list[UserMessage] = field(default_factory=list)
    calls: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """What reached the dialogue."""
        return [message.text for message in self.heard]

    async def event(self, *entries: dict[str, Any], header: str = "X-Hub-Signature", method: str = "sha1") -> httpx.Response:
        """Posts entries, signed the way their connector understands unless told otherwise."""
        raw = json.dumps({"object": "page", "entry": list(entries)}).encode()
        signature = f"{method}={hmac.new(APP_SECRET.encode(), raw, getattr(hashlib, method)).hexdigest()}"
        return await self.client.post(
            "/facebook/webhook", content=raw, headers={header: signature, "Content-Type": "application/json"}
        )


def said(text: str, sender: str = "1", **parts: Any) -> dict[str, Any]:
    """An entry with one message."""
    return {"id": PAGE, "messaging": [{"sender": {"id": sender}, "message": {"mid": "m_1", "text": text, **parts}}]}


@pytest.fixture
async def theirs(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Theirs]:
    """A server with Rasa's connectors; what they would send goes nowhere."""
    found = Theirs(None)  # type: ignore[arg-type]  # set below
    monkeypatch.setattr(
        requests.Session, "post", lambda self, url, **more: found.calls.append((url, more)) or requests.Response()
    )
    monkeypatch.setattr(requests.Response, "json", lambda self, **_: {})

    async def hear(message: UserMessage) -> None:
        found.heard.append(message)

    Sanic.test_mode = True
    app = Sanic("theirs", configure_logging=False)
    app.blueprint(FacebookInput(VERIFY_TOKEN, APP_SECRET, "token").blueprint(hear), url_prefix="/facebook")
    app.blueprint(TwilioInput(ACCOUNT, TOKEN, NUMBER).blueprint(hear), url_prefix="/twilio")
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
    await server.startup()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", trust_env=False) as client:
        found.client = client
        yield found
    await server.close()


async def test_theirs_believes_unsigned_texts(theirs: Theirs) -> None:
    """Twilio's signature is not looked at, a duplicate is another turn, and the number is the conversation's id."""
    fields = Phone(theirs.client, "").fields("STOP")
    for _ in range(2):
        assert (await theirs.client.post("/twilio/webhook", data=fields)).status_code == 204
    assert theirs.texts == ["STOP", "STOP"]
    assert theirs.heard[0].sender_id == "+15085550142"


async def test_theirs_fails_on_a_picture_without_words(theirs: Theirs) -> None:
    """Sanic drops the blank Body, and the connector breaks."""
    fields = Phone(theirs.client, "").fields("", NumMedia=1)
    assert (await theirs.client.post("/twilio/webhook", data=fields)).status_code == 500


async def test_theirs_takes_commands_from_anybody(theirs: Theirs) -> None:
    """A leading slash is a command on both doors."""
    await theirs.client.post("/twilio/webhook", data=Phone(theirs.client, "").fields("/restart"))
    await theirs.event(said("/restart"))
    assert theirs.texts == ["/restart", "/restart"]


async def test_theirs_shows_payloads_and_sends_a_text_a_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two choices are four texts, with the intent's name in them."""
    sent: list[str] = []
    output = TwilioOutput(ACCOUNT, TOKEN, NUMBER)

    async def send(message_data: dict[str, str]) -> None:
        sent.append(message_data["body"])

    monkeypatch.setattr(output, "_send_message", send)
    await output.send_text_with_buttons(
        "+1", "What hurts?", [{"title": t, "payload": f"/inform{{{t}}}"} for t in ("Knee", "Calf")]
    )
    assert len(sent) >= 3 and any("/inform" in text for text in sent)


async def test_theirs_knows_the_old_signature_only(theirs: Theirs) -> None:
    """A request signed as Meta signs today is refused, and the refusal looks like success."""
    answer = await theirs.event(said("hi"), header="X-Hub-Signature-256", method="sha256")
    assert (answer.status_code, answer.text, theirs.texts) == (200, "not validated", [])


async def test_theirs_answers_the_first_of_a_batch(theirs: Theirs) -> None:
    """The second person of a batch is never heard."""
    await theirs.event(said("one", "1"), said("two", "2"))
    assert theirs.texts == ["one"]


async def test_theirs_answers_duplicates_and_echoes_of_pictures(theirs: Theirs) -> None:
    """The same mid is another turn; a picture that the page itself sent is taken for the client's."""
    entry = said("hi")
    await theirs.event(entry)
    await theirs.event(entry)
    picture = {"mid": "m_2", "is_echo": True, "attachments": [{"type": "image", "payload": {"url": "https://cdn.example/x"}}]}
    await theirs.event({"id": PAGE, "messaging": [{"sender": {"id": PAGE}, "message": picture}]})
    assert theirs.texts == ["hi", "hi", "https://cdn.example/x"]


async def test_theirs_breaks_on_standby_and_unknown_algorithms(theirs: Theirs) -> None:
    """Both are answered 500, which Meta repeats for hours."""
    assert (await theirs.event({"id": PAGE, "standby": []})).status_code == 500
    raw = await theirs.client.post("/facebook/webhook", content=b"{}", headers={"X-Hub-Signature": "nosuch=1"})
    assert raw.status_code == 500


async def test_theirs_takes_any_verification(theirs: Theirs) -> None:
    """The mode isn't looked at, and a wrong token is answered 200."""
    answer = await theirs.client.get("/facebook/webhook", params={"hub.verify_token": "wrong", "hub.challenge": "1"})
    assert (answer.status_code, answer.text) == (200, "failure, invalid token")


async def test_theirs_puts_the_token_into_the_address(theirs: Theirs) -> None:
    """Three calls beside the answer, each with the page's token where proxies log it, and none with a time limit."""
    await theirs.event(said("hi"))
    assert len(theirs.calls) == 3
    assert all("v2.12" in url and more.get("params", {}).get("access_token") == "token" for url, more in theirs.calls)
    assert all(more.get("timeout") is None for _, more in theirs.calls)
