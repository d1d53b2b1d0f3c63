"""Facebook Messenger: Meta's webhook, acknowledged at once and answered over the Graph API."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Request, Sanic, response
from sanic.response import HTTPResponse

from legwork.channels import listening, messenger_events, messenger_wording, recipients, signing
from legwork.channels.arrivals import Arrival, Item
from legwork.channels.delivery import Delivery
from legwork.channels.graph_api import GraphApi
from legwork.channels.inbox import Inbox
from legwork.channels.messenger_events import Echo, Event, Taken, Unsend
from legwork.channels.messenger_setup import PAYLOADS
from legwork.channels.outbound import SendError
from legwork.channels.service import Service
from legwork.errors import Refused
from legwork.settings import settings
from legwork.storage import backlog, conversations, reach
from legwork.storage.replies import Row

logger = logging.getLogger(__name__)

CHANNELS = ("messenger",)
MOST_BYTES = 1024 * 1024
"""A webhook's body: Meta sends up to 1,000 events in one."""

WINDOW = dt.timedelta(hours=24)
"""Since the client's last message; later Meta refuses."""

A_PERSON_SPEAKS = dt.timedelta(hours=1)
"""After Jessica wrote in the page's inbox, the assistant keeps quiet so long."""

TAKEN_OVER = dt.timedelta(hours=24)
MOST_ACTIONS = 8
"""Sender actions under way; more are left out, since nobody needs them."""


class MessengerChannel(InputChannel):
    """Registered under `/webhooks`; also the inbox's door."""

    carrier = False

    @classmethod
    def name(cls) -> str:
        """(see parent class for full docstring)"""
        return "messenger"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The webhook. The turns are Legwork's own; they end in the agent's `handle_message` like Rasa's."""
        hook = Blueprint("messenger", url_prefix=None)
        self._service = Service(hook, self._open)
        self._actions: set[asyncio.Task[None]] = set()

        @hook.get("/messenger")
        async def verify(request: Request) -> HTTPResponse:
            token = settings().messenger_verify_token
            given, challenge = request.args.get("hub.verify_token", ""), request.args.get("hub.challenge", "")
            genuine = token and signing.same_secret(token.get_secret_value(), given)
            if request.args.get("hub.mode") != "subscribe" or not genuine:
                raise Refused(403, "bad_token", "The verify token must be the one in MESSENGER_VERIFY_TOKEN.")
            if not challenge:
                raise Refused(400, "no_challenge", "Meta's verification sends hub.challenge.")
            return response.text(challenge)

        @hook.post("/messenger")
        async def receive(request: Request) -> HTTPResponse:
            items = []
            for event in messenger_events.read(verified(request)):
                # Everything is stored before it is acknowledged, and answered after.
                items += [item] if (item := self._take(event)) else []
                await asyncio.sleep(0)  # a thousand events take seconds, and others are served meanwhile
            for item in items:
                self._inbox.push(item)
                self._show_typing(item)
            return response.text("EVENT_RECEIVED")

        return hook

    def offered(self, conversation: str, payload: str) -> bool:
        """(see Door)"""
        return payload in PAYLOADS or conversations.offered(conversation, payload) is not None

    def shape(self, channel: str, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """(see Door)"""
        return [{"message": message} for message in messenger_wording.messages(bodies)]

    async def send(self, row: Row) -> None:
        """Sends one message of the outbox.

        Raises:
            SendError: it was not taken, or must not be sent.
        """
        found, recipient = recipients.reachable(row.conversation)
        if found.heard is None or settings().now() - found.heard > WINDOW:
            raise SendError("window", "The 24-hour window is closed.")
        contents = [row.content] if "message" in row.content else self.shape(row.channel, row.content["bodies"])
        for content in contents:
            await self._api.send(recipient, content["message"])

    async def _open(self, app: Sanic) -> list[Coroutine[Any, Any, None]]:
        self._api = GraphApi()
        self._delivery = Delivery(CHANNELS, self.send)
        self._inbox = Inbox(self, CHANNELS, app.ctx.turns, self._delivery)
        listening.signs("")  # compiles the patterns now, not at the first message
        self._service.on_close(self._inbox.close, self._api.close)
        return [self._inbox.run(), self._delivery.run()]

    def _take(self, event: Event) -> Item | None:
        if isinstance(event, Arrival):
            item = self._inbox.take(event)
            if item and event.kind == "back":
                reach.leave_to_human(item.conversation, None)
            return item
        if isinstance(event, Unsend):
            backlog.unsend("messenger", event.id)
            return None
        key = recipients.key_of("messenger", event.client)
        conversation = conversations.open_conversation("messenger", key, recipients.seal(event.client)).id
        if isinstance(event, Taken):
            reach.leave_to_human(conversation, settings().now() + TAKEN_OVER)
        else:
            self._heard_person(conversation, event)
        return None

    @staticmethod
    def _heard_person(conversation: str, echo: Echo) -> None:
        """A person wrote in the page's inbox: it belongs to the conversation, and the assistant steps back."""
        content = {"text": "", "payload": None, "kind": "overheard", "wish": None, "answered": False}
        number, new, _ = conversations.receive("messenger", echo.id, conversation, content)
        if not new:
            return
        conversations.add(conversation, "jessica", [{"topic": None, "text": echo.text, "quick_replies": []}])
        backlog.settle(number)
        reach.leave_to_human(conversation, settings().now() + A_PERSON_SPEAKS)

    def _show_typing(self, item: Item) -> None:
        """Shows that the message was seen and is being answered; nobody waits for it."""
        if item.content["kind"] == "overheard" or item.content["wish"] or len(self._actions) >= MOST_ACTIONS:
            return
        task = asyncio.get_running_loop().create_task(self._act(item.conversation))
        self._actions.add(task)
        task.add_done_callback(self._actions.discard)

    async def _act(self, conversation: str) -> None:
        try:
            found, recipient = recipients.reachable(conversation)
            if not found.human:
                for action in ("mark_seen", "typing_on"):
                    await self._api.act(recipient, action)
        except SendError as error:
            logger.debug("messenger.action.failed code=%s", error.code)


def verified(request: Request) -> Any:
    """The JSON of a request that Meta signed.

    Raises:
        Refused: 403 when it didn't, 400 when it is no JSON.
    """
    secret = settings().messenger_app_secret
    if not secret or not signing.is_from_meta(
        secret.get_secret_value(), request.body, request.headers.get("x-hub-signature-256", "")
    ):
        raise Refused(403, "bad_signature", "This request isn't signed by Meta for this app. Check MESSENGER_APP_SECRET.")
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused(400, "not_json", "The body must be JSON.") from None
