"""A strict double of Twilio: its Messages API, and a phone that texts through it.

The API refuses what Twilio refuses: wrong credentials, unknown fields, a sender that isn't the account's, an empty or an
overlong text, and its magic numbers. The phone signs with Twilio's own `RequestValidator` and reads TwiML as strictly.
"""

from __future__ import annotations

import asyncio
import base64
import re
import secrets
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
from aiohttp import web
from twilio.request_validator import RequestValidator

ACCOUNT, TOKEN, NUMBER = "AC" + "0" * 32, "12345", "+15085550100"
FIELDS = {"To", "From", "MessagingServiceSid", "Body", "StatusCallback"}
MAGIC = {"+15005550001": 21211, "+15005550004": 21610, "+15005550009": 21614}
"""Twilio's test numbers: invalid, opted out, not a mobile."""


@dataclass
class Failure:
    """How one call goes wrong."""

    status: int = 500
    code: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Sent:
    """A message that Twilio has taken."""

    to: str
    text: str
    status_callback: str | None
    at: float = field(default_factory=time.monotonic)


class Twilio:
    """The API. `delay` holds each call; `failures` are used up one a call."""

    def __init__(self) -> None:
        """Nothing sent yet."""
        self.sent: list[Sent] = []
        self.calls = 0
        self.violations: list[str] = []
        self.failures: deque[Failure] = deque()
        self.delay = 0.0
        self.account_type = "Full"
        self.webhook = ("", "POST")
        """What the number's "A message comes in" says: address and method."""

    def app(self) -> web.Application:
        """To be served by aiohttp."""
        app = web.Application()
        app.router.add_post("/2010-04-01/Accounts/{account}/Messages.json", self._messages)
        app.router.add_get("/2010-04-01/Accounts/{account}.json", self._account)
        app.router.add_get("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json", self._numbers)
        return app

    async def _messages(self, request: web.Request) -> web.Response:
        self.calls += 1
        await asyncio.sleep(self.delay)
        if self.failures:
            failure = self.failures.popleft()
            return _error(failure.status, failure.code or 20500, failure.headers)
        if not _authentic(request):
            return self._refuse(401, 20003, "Authenticate")
        if request.content_type != "application/x-www-form-urlencoded":
            return self._refuse(400, 20001, f"content type {request.content_type}")
        form = dict((await request.post()).items())
        if unknown := set(form) - FIELDS:
            return self._refuse(400, 20001, f"unknown fields {unknown}")
        to, text = str(form.get("To", "")), str(form.get("Body", ""))
        prefix = "whatsapp:" if to.startswith("whatsapp:") else ""
        if not re.fullmatch(r"\+[1-9]\d{6,14}", to.removeprefix("whatsapp:")):
            return self._refuse(400, 21211, f"To {to!r}")
        if form.get("From") != prefix + NUMBER:
            return self._refuse(400, 21606, f"From {form.get('From')!r}")
        if not text.strip():
            return self._refuse(400, 21602, "empty Body")
        if len(text) > 1600:
            return self._refuse(400, 21617, "Body over 1,600 characters")
        if to in MAGIC:
            return _error(400, MAGIC[to])
        self.sent.append(Sent(to, text, form.get("StatusCallback")))
        return web.json_response({"sid": "SM" + secrets.token_hex(16), "status": "queued", "to": to, "body": text}, status=201)

    async def _account(self, request: web.Request) -> web.Response:
        if not _authentic(request):
            return self._refuse(401, 20003, "Authenticate")
        return web.json_response({"sid": ACCOUNT, "status": "active", "type": self.account_type})

    async def _numbers(self, request: web.Request) -> web.Response:
        if not _authentic(request):
            return self._refuse(401, 20003, "Authenticate")
        url, method = self.webhook
        found = (
            [{"phone_number": NUMBER, "sms_url": url, "sms_method": method}] if request.query.get("PhoneNumber") == NUMBER else []
        )
        return web.json_response({"incoming_phone_numbers": found})

    def _refuse(self, status: int, code: int, what: str) -> web.Response:
        self.violations.append(what)
        return _error(status, code)


def _authentic(request: web.Request) -> bool:
    expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    return request.headers.get("Authorization") == expected and request.match_info["account"] == ACCOUNT


def _error(status: int, code: int, headers: dict[str, str] | None = None) -> web.Response:
    body = {"code": code, "message": "refused", "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}
    return web.json_response(body, status=status, headers=headers)


class Phone:
    """A client's phone: what it sends goes through Twilio to the webhook."""

    def __init__(self, client: httpx.AsyncClient, public_url: str, number: str = "+15085550142", token: str = TOKEN) -> None:
        """`client` reaches the server; `public_url` is what Twilio was told to call."""
        self._client, self._url, self.number, self._token = client, public_url, number, token

    def fields(self, text: str, **more: Any) -> dict[str, str]:
        """What Twilio posts for a text, blank parameters included."""
        sid = more.pop("sid", None) or "SM" + secrets.token_hex(16)
        usual = {
            "ToCountry": "US", "ToState": "MA", "SmsMessageSid": sid, "NumMedia": "0", "ToCity": "", "FromZip": "", "SmsSid": sid,
            "FromState": "MA", "SmsStatus": "received", "FromCity": "", "Body": text, "FromCountry": "US", "To": NUMBER, "ToZip": "",
            "NumSegments": "1", "MessageSid": sid, "AccountSid": ACCOUNT, "From": self.number, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        return usual | {name: str(value) for name, value in more.items()}

    async def post(self, fields: dict[str, str], path: str = "/webhooks/sms", **more: str) -> httpx.Response:
        """Signs and posts; `more` are headers."""
        signature = RequestValidator(self._token).compute_signature(self._url + path, fields)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded", **more}
        return await self._client.post(path, content=urlencode(fields), headers=headers)

    async def text(self, text: str, **more: Any) -> list[str]:
        """Sends a text and returns what came back with it."""
        answer = await self.post(self.fields(text, **more))
        assert answer.status_code == 200, answer.text
        return twiml(answer)


def twiml(answer: httpx.Response) -> list[str]:
    """The texts of a TwiML answer, read as strictly as Twilio does (errors 12100, 12300, 14109)."""
    assert answer.headers["content-type"].startswith("text/xml")
    root = ElementTree.fromstring(answer.text)
    assert root.tag == "Response" and all(child.tag == "Message" for child in root) and len(root) <= 10
    texts = [child.text or "" for child in root]
    assert all(text.strip() and len(text) <= 1600 for text in texts)
    return texts
