"""A strict double of Meta's Messenger Platform: the Send API, the Messenger profile, and a person who writes to the page.

Source: Meta, "Send API reference" and "Messenger Profile API". Unknown fields, wrong lengths, a closed window and a missing
token are refused with Graph's own codes.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import httpx
from aiohttp import web

APP_SECRET, VERIFY_TOKEN, PAGE_TOKEN, PAGE = "app-secret", "verify-me", "page-token", "100200300"
PROFILE = {"greeting", "get_started", "ice_breakers", "persistent_menu"}


@dataclass
class Failure:
    """How one call goes wrong, as Graph says it."""

    code: int
    subcode: int | None = None
    status: int = 400


class Meta:
    """Graph. `delay` holds each call; `failures` are used up one a message; `closed` are people whose window is closed."""

    def __init__(self) -> None:
        """Nothing sent yet."""
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.times: list[float] = []
        """When each of `sent` was taken."""
        self.actions: list[tuple[str, str]] = []
        self.profile: dict[str, Any] = {}
        self.violations: list[str] = []
        self.failures: deque[Failure] = deque()
        self.closed: set[str] = set()
        self.subscribed: set[str] = set()
        """Fields of the page's webhook."""
        self.calls = 0
        self.delay = 0.0

    def app(self) -> web.Application:
        """To be served by aiohttp."""
        app = web.Application()
        app.router.add_post("/v25.0/me/messages", self._messages)
        app.router.add_post("/v25.0/me/messenger_profile", self._set_profile)
        app.router.add_get("/v25.0/me", self._me)
        app.router.add_get("/v25.0/me/subscribed_apps", self._subscribed_apps)
        app.router.add_get("/v25.0/me/messenger_profile", self._get_profile)
        return app

    def texts(self, person: str) -> list[str]:
        """What this person was sent, templates by their text."""
        return [text for _, text in self.taken(person)]

    def taken(self, person: str) -> list[tuple[float, str]]:
        """The same, each with when it was taken."""
        return [(at, _text_of(message)) for at, (to, message) in zip(self.times, self.sent, strict=True) if to == person]

    async def _body(self, request: web.Request) -> dict[str, Any]:
        await asyncio.sleep(self.delay)
        self._authenticate(request)
        if request.content_type != "application/json":
            raise self._refuse(f"content type {request.content_type}")
        return await request.json()

    async def _messages(self, request: web.Request) -> web.Response:
        self.calls += 1
        body = await self._body(request)
        if unknown := set(body) - {"recipient", "messaging_type", "message", "sender_action"}:
            raise self._refuse(f"unknown fields {unknown}")
        recipient = body.get("recipient")
        if not isinstance(recipient, dict) or set(recipient) != {"id"} or not str(recipient["id"]).isdecimal():
            raise self._refuse(f"recipient {recipient}", sub=2018001)
        if "sender_action" in body:
            if "message" in body or body["sender_action"] not in ("mark_seen", "typing_on", "typing_off"):
                raise self._refuse("sender action")
            self.actions.append((recipient["id"], body["sender_action"]))
            return web.json_response({"recipient_id": recipient["id"]})
        if self.failures:
            failure = self.failures.popleft()
            raise _error(failure.code, failure.subcode, failure.status)
        if body.get("messaging_type") != "RESPONSE":
            raise self._refuse(f"messaging_type {body.get('messaging_type')}")
        if recipient["id"] in self.closed:
            raise _error(10, 2018278)
        self._check(body.get("message"))
        self.sent.append((recipient["id"], body["message"]))
        self.times.append(time.monotonic())
        return web.json_response({"recipient_id": recipient["id"], "message_id": "m_" + secrets.token_urlsafe(12)})

    async def _me(self, request: web.Request) -> web.Response:
        self._authenticate(request)
        return web.json_response({"id": PAGE, "name": "A practice"})

    async def _subscribed_apps(self, request: web.Request) -> web.Response:
        self._authenticate(request)
        return web.json_response({"data": [{"id": "1", "name": "Legwork", "subscribed_fields": sorted(self.subscribed)}]})

    async def _get_profile(self, request: web.Request) -> web.Response:
        self._authenticate(request)
        asked = request.query.get("fields", "").split(",")
        found = {name: value for name, value in self.profile.items() if name in asked}
        return web.json_response({"data": [found] if found else []})

    def _authenticate(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {PAGE_TOKEN}":
            raise self._refuse("no page token", 190, status=401)

    def _check(self, message: Any) -> None:
        if not isinstance(message, dict) or set(message) - {"text", "quick_replies", "attachment", "metadata"}:
            raise self._refuse(f"message {message}")
        if ("text" in message) == ("attachment" in message):
            raise self._refuse("a message has either text or an attachment")
        if "text" in message and not 0 < len(message["text"]) <= 2000:
            raise self._refuse("text length", sub=2018109)
        if len(message.get("metadata", "")) > 1000:
            raise self._refuse("metadata length")
        replies = message.get("quick_replies", [])
        if len(replies) > 13 or ("quick_replies" in message and not replies):
            raise self._refuse("number of quick replies")
        for reply in replies:
            fits = set(reply) == {"content_type", "title", "payload"} and reply["content_type"] == "text"
            if not fits or not 0 < len(reply["title"]) <= 20 or not 0 < len(reply["payload"]) <= 1000:
                raise self._refuse(f"quick reply {reply}")
        if "attachment" in message:
            self._check_template(message["attachment"])

    def _check_template(self, attachment: dict[str, Any]) -> None:
        template = attachment.get("payload", {})
        if attachment.get("type") != "template" or set(template) != {"template_type", "text", "buttons"}:
            raise self._refuse(f"attachment {attachment}")
        if (
            template["template_type"] != "button"
            or not 0 < len(template["text"]) <= 640
            or not 1 <= len(template["buttons"]) <= 3
        ):
            raise self._refuse("button template")
        for button in template["buttons"]:
            if set(button) != {"type", "title", "url"} or button["type"] != "web_url" or not 0 < len(button["title"]) <= 20:
                raise self._refuse(f"button {button}")

    async def _set_profile(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        if set(body) - PROFILE:
            raise self._refuse(f"unknown fields {set(body) - PROFILE}")
        if "persistent_menu" in body and "get_started" not in body | self.profile:
            raise self._refuse("a menu needs Get Started")
        for greeting in body.get("greeting", []):
            if set(greeting) != {"locale", "text"} or len(greeting["text"]) > 160:
                raise self._refuse("greeting")
        for breakers in body.get("ice_breakers", []):
            asked = breakers["call_to_actions"]
            if len(asked) > 4 or any(set(each) != {"question", "payload"} or len(each["question"]) > 80 for each in asked):
                raise self._refuse("ice breakers")
        for menu in body.get("persistent_menu", []):
            for each in menu["call_to_actions"]:
                if set(each) != {"type", "title", "payload"} or each["type"] != "postback" or len(each["title"]) > 30:
                    raise self._refuse("menu")
        self.profile |= body
        return web.json_response({"result": "success"})

    def _refuse(self, what: str, code: int = 100, sub: int | None = None, status: int = 400) -> web.HTTPException:
        self.violations.append(what)
        return _error(code, sub, status)


def _error(code: int, sub: int | None = None, status: int = 400) -> web.HTTPException:
    error = {"message": "refused", "type": "OAuthException", "code": code, "fbtrace_id": "A1"} | (
        {"error_subcode": sub} if sub else {}
    )
    kinds = {
        400: web.HTTPBadRequest,
        401: web.HTTPUnauthorized,
        500: web.HTTPInternalServerError,
        503: web.HTTPServiceUnavailable,
    }
    return kinds[status](text=json.dumps({"error": error}), content_type="application/json")


def _text_of(message: dict[str, Any]) -> str:
    return message["text"] if "text" in message else message["attachment"]["payload"]["text"]


class Person:
    """Somebody on Messenger who writes to the page."""

    def __init__(self, client: httpx.AsyncClient, number: str = "900100", secret: str = APP_SECRET) -> None:
        """`client` reaches the server."""
        self._client, self.number, self._secret = client, number, secret

    def event(self, **parts: Any) -> dict[str, Any]:
        """One messaging event of this person's."""
        return {"sender": {"id": self.number}, "recipient": {"id": PAGE}, "timestamp": int(time.time() * 1000), **parts}

    def message(self, text: str | None = None, mid: str | None = None, **parts: Any) -> dict[str, Any]:
        """A message event."""
        said = {"text": text} if text is not None else {}
        return self.event(message={"mid": mid or "m_" + secrets.token_urlsafe(12), **said, **parts})

    async def send(self, *events: dict[str, Any], key: str = "messaging") -> httpx.Response:
        """Posts a batch of events, each in an entry of its own."""
        return await self.post({"object": "page", "entry": [{"id": PAGE, "time": 1, key: [event]} for event in events]})

    async def post(self, body: Any) -> httpx.Response:
        """Signs and posts a body; Meta escapes everything that is not ASCII."""
        return await self.post_raw(json.dumps(body).encode())

    async def post_raw(self, raw: bytes, signature: str | None = None) -> httpx.Response:
        """Posts bytes, signed unless a signature is given."""
        signed = "sha256=" + hmac.new(self._secret.encode(), raw, hashlib.sha256).hexdigest()
        header = (signed if signature is None else signature).encode()
        headers = {b"X-Hub-Signature-256": header, b"Content-Type": b"application/json"}
        return await self._client.post("/webhooks/messenger", content=raw, headers=headers)

    async def say(self, text: str, **parts: Any) -> None:
        """Sends a text."""
        answer = await self.send(self.message(text, **parts))
        assert answer.status_code == 200, answer.text
