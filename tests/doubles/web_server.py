"""A strict double of the web channel, and the website it is embedded in, each on a port of its own.

It speaks the protocol of the design: tokens, own message ids, offers, the event stream, CORS. What it says comes from data/,
and its refusals from the channel itself. What the chat window does against the protocol is noted in `violations`. Failures
are scripted with `fail`. A test compares it with the server.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import secrets
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from legwork.answers import answers
from legwork.channels import pages
from legwork.channels.web import read_message
from legwork.errors import Refused

from . import web_answers

PAGE = """<!doctype html>
<html lang=en><head><meta charset=utf-8><meta name=viewport content='width=device-width'><title>A practice</title>{head}</head>
<body><main><h1>A practice</h1><p><a href='/next'>A link</a> <input aria-label='A field'></p></main>{body}</body></html>"""

EXPECTED = ("unknown_token", "gone", "unknown_message")
"""Refusals that are no fault of the window's: conversations end, and databases are put back."""
SAID: dict[str, Any] = {"topic": None, "quick_replies": []}
"""What stands beside the client's words in a message of theirs."""


@dataclass
class Conversation:
    """One client's conversation."""

    token: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    answered: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    offered: dict[str, str] = field(default_factory=dict)
    listeners: list[asyncio.Queue[bytes | None]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)
    gone: bool = False


@dataclass
class Failure:
    """How one call goes wrong. `process` lets the message be taken in all the same; `wait` holds the answer until set."""

    status: int = 500
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    process: bool = False
    drop: bool = False
    wait: threading.Event | None = None


class WebServer:
    """Runs in a thread of its own; all methods may be called from the test."""

    def __init__(self) -> None:
        """Starts both servers on free ports."""
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.reset()
        self._thread.start()
        assert self._ready.wait(10)

    def reset(self) -> None:
        """Forgets everything said and scripted."""
        self.conversations: dict[str, Conversation] = {}
        self.failures: dict[str, deque[Failure]] = defaultdict(deque)
        self.requests: list[tuple[str, str, Any]] = []
        self.violations: list[str] = []
        self.served: dict[str, tuple[str, dict[str, str]]] = {}
        self.facts: dict[str, str | None] = {"name": "Jessica Weagle, LMT", "practice_area": "West Boylston, Massachusetts"}
        self.server_ids = False
        self.after_hours = 0

    def stop(self) -> None:
        """Closes both servers."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    # For tests

    @property
    def tag(self) -> str:
        """The tag of the chat window."""
        return self.tag_with()

    def tag_with(self, attributes: str = "") -> str:
        """The tag with `data-` attributes."""
        return f"<script async src='{self.chat}/chat/widget.js' {attributes}></script>"

    def page(self, path: str = "/", *, body: str | None = None, head: str = "", headers: dict[str, str] | None = None) -> str:
        """Puts a page on the website; returns its address. By default it has the tag and nothing else."""
        self.served[path] = (PAGE.format(head=head, body=self.tag if body is None else body), headers or {})
        return f"{self.site}{path}"

    def fail(self, call: str, *failures: Failure) -> None:
        """The next calls named `call` (such as "POST messages") go wrong, one after the other."""
        self.failures[call].extend(failures)

    def calls(self, call: str) -> list[Any]:
        """Bodies of the calls so far with this name."""
        return [body for method, path, body in self.requests if f"{method} {path}" == call]

    @property
    def conversation(self) -> Conversation:
        """The newest conversation."""
        return list(self.conversations.values())[-1]

    def push(self, *bodies: dict[str, Any], raw: str | None = None) -> None:
        """Messages that come later, over the event stream."""
        self._loop.call_soon_threadsafe(self._push, bodies, raw)

    def fill(self, count: int) -> None:
        """Puts so many messages at the end of the newest conversation, client and Legwork in turn."""
        for number in range(count):
            body = {"from": ("client", "legwork")[number % 2], "text": f"Message {number}, as long as messages are."}
            self._store(self.conversation, body)

    def hang_up(self) -> None:
        """Ends every event stream."""
        for conversation in self.conversations.values():
            for queue in conversation.listeners:
                self._loop.call_soon_threadsafe(queue.put_nowait, None)

    def listening(self) -> int:
        """Event streams open now."""
        return sum(len(conversation.listeners) for conversation in self.conversations.values())

    # The servers

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()

    async def _stop(self) -> None:
        self.hang_up()
        for runner in self._runners:
            await runner.cleanup()

    async def _start(self) -> None:
        chat = web.Application(middlewares=[self._cross_origin])
        chat.router.add_post("/chat/conversations", self._create)
        chat.router.add_delete("/chat/conversations", self._forget)
        chat.router.add_post("/chat/messages", self._post)
        chat.router.add_get("/chat/messages", self._history)
        chat.router.add_get("/chat/events", self._events)
        chat.router.add_get("/chat/widget.js", self._widget)
        chat.router.add_get("/", self._home)
        chat.router.add_get("/embed", self._embed)
        chat.router.add_get("/{path:.*}", self._file)
        chat.router.add_route("OPTIONS", "/{path:.*}", self._preflight)
        site = web.Application()
        site.router.add_get("/{path:.*}", self._site)
        # Cancelled handlers: an event stream ends when its page goes.
        self._runners = [
            web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1) for app in (chat, site)
        ]
        self.chat, self.site = [await _listen(runner) for runner in self._runners]

    @web.middleware
    async def _cross_origin(self, request: web.Request, handler: Any) -> web.StreamResponse:
        name = f"{request.method} {request.path.removeprefix('/chat/')}"
        if request.path in ("/chat/conversations", "/chat/messages", "/chat/events") and request.method != "OPTIONS":
            body = await request.text()
            self.requests.append((request.method, request.path.removeprefix("/chat/"), json.loads(body) if body else None))
            if self.failures[name]:
                return await self._go_wrong(self.failures[name].popleft(), request, handler)
        try:
            response = await handler(request)
        except Refused as error:
            if error.code not in EXPECTED:
                self.violations.append(f"{name}: {error.code}, {error}")
            body = {"error": {"code": error.code, "message": str(error)}}
            response = web.json_response(body, status=error.status)
        if not response.prepared:
            response.headers.update(self._cors(request))
        return response

    async def _go_wrong(self, failure: Failure, request: web.Request, handler: Any) -> web.StreamResponse:
        if failure.process:
            await handler(request)
        if failure.wait:
            await asyncio.get_running_loop().run_in_executor(None, failure.wait.wait, 60)
        if failure.drop:
            request.transport.close()  # type: ignore[union-attr]  # a request that is being served has one
        return web.Response(status=failure.status, text=failure.body, headers=self._cors(request) | failure.headers)

    def _cors(self, request: web.Request) -> dict[str, str]:
        if request.headers.get("Origin") in (self.site, self.chat):
            return {
                "Access-Control-Allow-Origin": request.headers["Origin"],
                "Access-Control-Expose-Headers": "Retry-After",
                "Vary": "Origin",
            }
        return {}

    async def _preflight(self, request: web.Request) -> web.Response:
        allowed = {
            "Access-Control-Allow-Methods": "GET, POST, DELETE",
            "Access-Control-Allow-Headers": "authorization, content-type",
        }
        known = bool(self._cors(request))
        return web.Response(status=204 if known else 405, headers=allowed if known else {})

    # The protocol

    async def _create(self, request: web.Request) -> web.Response:
        conversation = Conversation(secrets.token_urlsafe(24))
        self.conversations[conversation.token] = conversation
        self._say(conversation, [web_answers.greeting()])
        answer = {"conversation": f"c{len(self.conversations)}", "token": conversation.token, "messages": conversation.messages}
        return web.json_response(answer, status=201)

    async def _post(self, request: web.Request) -> web.Response:
        conversation = self._authorised(request)
        if request.content_type != "application/json":
            self.violations.append(f"a message as {request.content_type}")
        body = json.loads(await request.text())
        number, text, payload = read_message(body)
        if number in conversation.answered:
            return web.json_response({"messages": conversation.answered[number]})
        if payload is not None:
            text = conversation.offered.get(payload)
        if text is None:
            raise Refused(400, "unknown_payload", f"payload {payload!r} was not offered")
        self._store(conversation, {"from": "client", "text": text, **SAID}, None if self.server_ids else number)
        answers = self._say(conversation, web_answers.answer(conversation.state, text, payload))
        conversation.answered[number] = answers
        return web.json_response({"messages": answers})

    async def _history(self, request: web.Request) -> web.Response:
        messages = self._authorised(request).messages
        after = request.query.get("after")
        ids = [message["id"] for message in messages]
        if after is not None and after not in ids:
            raise Refused(404, "unknown_message", "no such message")
        return web.json_response({"messages": messages[ids.index(after) + 1 if after else 0 :]})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        conversation = self._authorised(request)
        response = web.StreamResponse(
            headers=self._cors(request) | {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        await response.write(b": hello\n\n")
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        conversation.listeners.append(queue)
        try:
            while (event := await queue.get()) is not None:
                await response.write(event)
        except (ConnectionResetError, asyncio.CancelledError):
            pass
        finally:
            conversation.listeners.remove(queue)
        return response

    async def _forget(self, request: web.Request) -> web.Response:
        conversation = self._authorised(request)
        conversation.gone = True
        conversation.messages.clear()
        for queue in conversation.listeners:
            queue.put_nowait(None)
        said = answers()["utter_forgotten_but_booked" if conversation.state.get("booked") else "utter_forgotten"]
        return web.json_response({"forgotten": True, "message": said.variants[0]["text"].strip()})

    def _authorised(self, request: web.Request) -> Conversation:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if "token" in request.query_string or scheme != "Bearer":
            raise Refused(401, "no_token", "no bearer token")
        conversation = self.conversations.get(token)
        if conversation is None:
            raise Refused(401, "unknown_token", "nobody's token")
        if conversation.gone:
            raise Refused(410, "gone", "forgotten")
        return conversation

    def _say(self, conversation: Conversation, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [self._store(conversation, {"from": "legwork", **body}) for body in bodies]

    def _store(self, conversation: Conversation, body: dict[str, Any], number: str | None = None) -> dict[str, Any]:
        at = dt.datetime.now(dt.timezone.utc) - dt.timedelta(hours=self.after_hours)
        message = {
            "id": number or f"m{len(conversation.messages) + 1}",
            "at": at.isoformat(),
            "topic": "fallback",
            "quick_replies": [],
            **body,
        }
        conversation.messages.append(message)
        for offer in message["quick_replies"]:
            conversation.offered[offer["payload"]] = offer["title"]
        card = message.get("card") or {}
        said = "Change: {label}" if card.get("kind") == "read_back" else "{label}, {value}"
        for row in card.get("rows", []):
            if row.get("payload"):
                conversation.offered[row["payload"]] = said.format(**row)
        return message

    def _push(self, bodies: tuple[dict[str, Any], ...], raw: str | None) -> None:
        conversation = self.conversation
        if raw is not None:
            events = raw.encode()
        else:
            stored = [self._store(conversation, {"from": "legwork", **body}) for body in bodies]
            events = "".join(
                f"event: message\nid: {message['id']}\ndata: {json.dumps(message)}\n\n" for message in stored
            ).encode()
        for queue in conversation.listeners:
            queue.put_nowait(events)

    # Pages and files

    async def _widget(self, request: web.Request) -> web.Response:
        return web.Response(
            text=pages.loader(self.facts),
            content_type="text/javascript",
            headers=pages.FILE_HEADERS | {"Cache-Control": "no-store"},
        )

    async def _home(self, request: web.Request) -> web.Response:
        return web.Response(text=pages.home(self.facts), content_type="text/html", headers=pages.PAGE_HEADERS)

    async def _embed(self, request: web.Request) -> web.Response:
        return web.Response(text=pages.embed(self.facts, self.chat), content_type="text/html", headers=pages.PAGE_HEADERS)

    async def _file(self, request: web.Request) -> web.Response:
        if request.path not in pages.STATIC:
            raise web.HTTPNotFound
        if self.failures["GET file"]:
            return await self._go_wrong(self.failures["GET file"].popleft(), request, None)
        file, kind = pages.STATIC[request.path]
        return web.Response(body=file.read_bytes(), headers=pages.FILE_HEADERS | {"Content-Type": kind})

    async def _site(self, request: web.Request) -> web.Response:
        if request.path not in self.served:
            raise web.HTTPNotFound
        html, headers = self.served[request.path]
        return web.Response(text=html, content_type="text/html", headers=headers)


async def _listen(runner: web.AppRunner) -> str:
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"
