"""The web channel: the chat window's protocol, as the design gives it.

A token of 128 bits is the only key to a conversation; the client never names a sender. Each message has the client's own id,
and the same id gets the same answer.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Request, response
from sanic.response import HTTPResponse

from legwork import withheld
from legwork.answers import answers, first_text
from legwork.channels import events, limits
from legwork.channels.rendering import quick_reply
from legwork.channels.turns import Heard, Turns
from legwork.errors import NotFound, Refused
from legwork.settings import practice
from legwork.storage import conversations
from legwork.storage.conversations import Conversation
from legwork.texts import clean

MOST_CHARACTERS = 1000
"""Code points; longer texts never reach NLU."""

MOST_ID = 100
TOKEN_BYTES = 24


def error_response(status: int, code: str, message: str, retry_after: int | None = None) -> HTTPResponse:
    """The one error shape."""
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    return response.json({"error": {"code": code, "message": message}}, status=status, headers=headers)


def read_body(request: Request) -> dict[str, Any]:
    """The request's JSON object.

    Raises:
        Refused: it is no JSON, or no object.
    """
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused(400, "not_json", "The body must be a JSON object.") from None
    if not isinstance(body, dict):
        raise Refused(400, "not_an_object", f"The body must be a JSON object, not {type(body).__name__}.")
    return body


def read_message(body: dict[str, Any]) -> tuple[str, str | None, str | None]:
    """`(id, text, payload)` of a posted message; exactly one of text and payload is set.

    Raises:
        Refused: says what is wrong and what is allowed.
    """
    number, text, payload = body.get("id"), body.get("text"), body.get("payload")
    # An id that had to be cleaned could become another message's.
    if not isinstance(number, str) or not 0 < len(number) <= MOST_ID or clean(number) != number:
        allowed = f"1 to {MOST_ID} characters, no control characters, no blanks around it"
        raise Refused(400, "bad_id", f"'id' must be a text that the client makes up for each message: {allowed}.")
    if (text is None) == (payload is None):
        raise Refused(400, "bad_message", "A message has either 'text' or 'payload'.")
    given = text if payload is None else payload
    if not isinstance(given, str):
        raise Refused(
            400, "bad_type", f"'{'text' if payload is None else 'payload'}' must be a text, not {type(given).__name__}."
        )
    if len(given) > MOST_CHARACTERS:
        raise Refused(413, "too_long", f"A message has at most {MOST_CHARACTERS} characters; this one has {len(given)}.")
    given = clean(given)
    if not given:
        raise Refused(400, "empty", "The message is empty.")
    return (number, given, None) if payload is None else (number, None, given)


class WebChannel(InputChannel):
    """Registered under `/chat`."""

    def __init__(self) -> None:
        """Starts with nothing counted."""
        self._by_conversation = limits.Limit("messages", limits.MESSAGES_A_CONVERSATION)
        self._by_address = limits.Limit("address", limits.MESSAGES_AN_ADDRESS)
        self._new = limits.Limit("conversations", limits.CONVERSATIONS_AN_ADDRESS)

    @classmethod
    def name(cls) -> str:
        """(see parent class for full docstring)"""
        return "web"

    def url_prefix(self) -> str:
        """(see parent class for full docstring)"""
        return "chat"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The protocol's calls. The turns are Legwork's own; they end in the agent's `handle_message` like Rasa's."""
        chat = Blueprint("chat_web", url_prefix=None)

        @chat.post("/conversations")
        async def create(request: Request) -> HTTPResponse:
            self._new.check(address(request))
            token = secrets.token_urlsafe(TOKEN_BYTES)
            made = conversations.open_conversation("web", conversations.hashed(token))
            shown = conversations.add(made.id, "legwork", [welcome()])
            return response.json({"conversation": made.id, "token": token, "messages": shown}, status=201)

        @chat.post("/messages")
        async def post(request: Request) -> HTTPResponse:
            conversation = authorised(request)
            self._by_address.check(address(request))
            self._by_conversation.check(conversation.id)
            number, text, payload = read_message(read_body(request))
            if text is not None:
                text = withheld.hide(text)
            if payload is not None:
                text = conversations.offered(conversation.id, payload)
                if text is None:
                    raise Refused(400, "unknown_payload", "This conversation was not offered that payload; send 'text' instead.")
            provider_id = f"{conversation.id}:{number}"
            inbox_id, new, was_answered = conversations.receive(
                "web", provider_id, conversation.id, {"text": text, "payload": payload}
            )
            if was_answered:
                return response.json({"messages": conversations.answer_to(inbox_id)})
            heard = Heard("web", conversation.id, inbox_id, text or "", payload, own_id=number, again=not new)
            return response.json({"messages": await turns(request).answer(heard)})

        @chat.get("/messages")
        async def history(request: Request) -> HTTPResponse:
            conversation = authorised(request)
            try:
                return response.json({"messages": conversations.history(conversation.id, request.args.get("after"))})
            except NotFound as error:
                raise Refused(404, "unknown_message", str(error)) from None

        @chat.get("/events")
        async def stream(request: Request) -> None:
            conversation = authorised(request)
            headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
            with events.listening(conversation.id, address(request)) as listener:
                answer = await request.respond(content_type="text/event-stream", headers=headers)
                await answer.send(": hello\n\n")
                async for message in listener.messages():
                    data = (
                        f"event: message\nid: {message['id']}\ndata: {json.dumps(message)}\n\n" if message else ": still here\n\n"
                    )
                    await answer.send(data)

        @chat.delete("/conversations")
        async def forget(request: Request) -> HTTPResponse:
            conversation = authorised(request)
            async with turns(request).in_order(conversation.id):
                stays = conversations.forget(conversation.id)
                await turns(request).store.delete(conversation.id)
            events.tell(conversation.id)
            name = "utter_forgotten_but_booked" if stays else "utter_forgotten"
            return response.json({"forgotten": True, "message": first_text(name)})

        return chat


def turns(request: Request) -> Turns:
    """The server's turns."""
    if not hasattr(request.app.ctx, "turns"):
        # Rasa's own server (`rasa run`) knows the agent only.
        request.app.ctx.turns = Turns(request.app.ctx.agent)
    return request.app.ctx.turns


def address(request: Request) -> str:
    """Where the request comes from, behind the proxy where there is one."""
    return request.remote_addr or request.ip


def authorised(request: Request) -> Conversation:
    """The conversation whose token the request bears.

    Raises:
        Refused: 401 without a known token, 410 when the conversation was forgotten.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token or not token.isascii():
        raise Refused(401, "no_token", "This call needs the conversation's token: Authorization: Bearer ….")
    try:
        conversation = conversations.find(key=conversations.hashed(token.strip()))
    except NotFound:
        raise Refused(401, "unknown_token", "No conversation has this token.") from None
    if conversation.deleted:
        raise Refused(410, "gone", "This conversation was forgotten. Start a new one.")
    return conversation


def welcome() -> dict[str, Any]:
    """The first message of every conversation."""
    variant = answers()["utter_welcome"].variants[0]
    body: dict[str, Any] = {
        "topic": "smalltalk/greet",
        "text": first_text("utter_welcome"),
        "quick_replies": [quick_reply(button) for button in variant.get("buttons", [])],
    }
    privacy = practice().facts()["privacy_url"]
    if privacy:
        body["link"] = {"title": "Privacy", "url": privacy}
    return body
