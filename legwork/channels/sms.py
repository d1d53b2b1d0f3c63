"""Text messages and WhatsApp through Twilio: the webhook, answered as TwiML within four seconds or over the API when later."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Request, Sanic, response
from sanic.response import HTTPResponse

from legwork.channels import listening, recipients, signing, sms_wording, twilio_api
from legwork.channels.arrivals import Arrival
from legwork.channels.delivery import Delivery
from legwork.channels.inbox import Inbox
from legwork.channels.outbound import SendError
from legwork.channels.service import Service
from legwork.errors import NotFound, Refused
from legwork.settings import settings
from legwork.storage import conversations, reach, replies
from legwork.storage.replies import Row
from legwork.texts import clean

logger = logging.getLogger(__name__)

HOLD_SECONDS = 3.5
"""How long Twilio's request is held, so that it has its answer within four; Twilio itself gives up after fifteen."""

MOST_STATUS_RETRIES = 2
CHANNELS = ("sms", "whatsapp")


class SmsChannel(InputChannel):
    """Registered under `/webhooks`; also the inbox's door for both channels."""

    carrier = True

    @classmethod
    def name(cls) -> str:
        """(see parent class for full docstring)"""
        return "sms"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The webhook. The turns are Legwork's own; they end in the agent's `handle_message` like Rasa's."""
        hook = Blueprint("sms", url_prefix=None)
        self._service = Service(hook, self._open)

        @hook.post("/sms")
        async def receive(request: Request) -> HTTPResponse | None:
            arrival = read(verified(request))
            item = self._inbox.take(arrival)
            if item is None:
                return twiml()
            item.held = asyncio.get_running_loop().create_future()
            self._inbox.push(item)
            try:
                done, _ = await asyncio.wait({item.held}, timeout=HOLD_SECONDS)
            finally:
                item.held.cancel()  # no effect once answered; else the answer goes over the API
            if not done:
                return twiml()
            return await self._answer(request, item.conversation, item.held.result())

        @hook.post("/sms/status")
        async def status(request: Request) -> HTTPResponse:
            self._became(verified(request), request.args.get("row", ""))
            return response.empty()

        return hook

    def offered(self, conversation: str, payload: str) -> bool:
        """(see Door)"""
        return conversations.offered(conversation, payload) is not None

    def shape(self, channel: str, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """(see Door)"""
        return [{"text": text} for text in sms_wording.texts(bodies, whatsapp=channel == "whatsapp")]

    async def _open(self, app: Sanic) -> list[Coroutine[Any, Any, None]]:
        self._api = twilio_api.TwilioApi()
        self._delivery = Delivery(CHANNELS, self.send)
        self._inbox = Inbox(self, CHANNELS, app.ctx.turns, self._delivery)
        listening.signs("")  # compiles the patterns now, not at the first message
        self._service.on_close(self._inbox.close, self._api.close)
        return [self._inbox.run(), self._delivery.run()]

    async def send(self, row: Row) -> None:
        """Sends one message of the outbox.

        Raises:
            SendError: it was not taken, or must not be sent.
        """
        _, recipient = recipients.reachable(row.conversation)
        contents = [row.content] if "text" in row.content else self.shape(row.channel, row.content["bodies"])
        try:
            for content in contents:
                await self._api.send(recipient, content["text"], _status_url(row))
        except SendError as error:
            self._heed(row.conversation, error.code)
            raise

    async def _answer(self, request: Request, conversation: str, rows: list[Row]) -> HTTPResponse | None:
        """Sends the answer as TwiML; what Twilio didn't read to its end stays in the outbox and goes over the API."""
        if not rows or reach.of(conversation).opted_out:
            replies.failed(rows, "opted_out")
            return twiml()
        self._delivery.hold(rows)
        try:
            answer = await request.respond(content_type="text/xml; charset=utf-8")
            await answer.send(_twiml([(row.content["text"], _status_url(row)) for row in rows]), True)
            replies.sent(rows)
        finally:
            self._delivery.release(rows)
        return None

    def _became(self, fields: dict[str, str], number: str) -> None:
        """What became of a message: an error that comes after Twilio has taken it."""
        code = fields.get("ErrorCode", "")
        if fields.get("MessageStatus") not in ("failed", "undelivered") or not code.isdecimal():
            return
        row = replies.read(int(number)) if number.isdecimal() and len(number) < 19 else None
        try:
            found = row.conversation if row else conversations.find(key=recipients.key_of(*_door_of(fields.get("To", "")))).id
        except NotFound:
            found = None
        meaning = self._heed(found, code)
        wait = meaning.retry_after
        content = self._said(row) if row and wait and row.attempts < MOST_STATUS_RETRIES else None
        if row and content and wait:
            replies.again(row, content, code, wait)
        elif row:
            replies.failed([row], code)

    def _said(self, row: Row) -> dict[str, Any] | None:
        """The message once more, from the conversation: what was sent isn't kept in the outbox."""
        if row.place is None:
            return None
        number, place = row.place
        said = self.shape(row.channel, conversations.answer_to(number))
        return said[place] if place < len(said) else None

    def _heed(self, conversation: str | None, code: str) -> twilio_api.Meaning:
        meaning = twilio_api.MEANINGS.get(int(code) if code.isdecimal() else 0, twilio_api.UNKNOWN)
        logger.warning("sms.error code=%s conversation=%s meaning=%s", code, conversation, meaning.says)
        if meaning.opted_out and conversation:
            reach.opt_out(conversation)
        return meaning


def verified(request: Request) -> dict[str, str]:
    """The form's parameters of a request that Twilio signed.

    Raises:
        Refused: 403 when it didn't.
    """
    token = settings().twilio_auth_token
    url = f"{settings().url}{request.path}" + (f"?{request.query_string}" if request.query_string else "")
    if not token or not signing.is_from_twilio(
        token.get_secret_value(), url, request.body, request.headers.get("x-twilio-signature", "")
    ):
        raise Refused(
            403,
            "bad_signature",
            "This request isn't signed by Twilio for this account and address. Check TWILIO_AUTH_TOKEN and LEGWORK_PUBLIC_URL.",
        )
    try:
        return dict(signing.form_fields(request.body))
    except ValueError:
        raise Refused(400, "bad_form", "The body must be a form.") from None


def read(fields: dict[str, str]) -> Arrival:
    """Twilio's parameters as a message.

    Raises:
        Refused: 400 without an id or a sender.
    """
    number = fields.get("MessageSid") or fields.get("SmsMessageSid") or fields.get("SmsSid")
    sender = fields.get("From")
    if not number or not sender or len(number) > 200:
        raise Refused(400, "bad_message", "A message needs MessageSid and From.")
    channel, sender = _door_of(sender)
    # Some carriers turn the @ of an address into the sign that has its place in another alphabet.
    text = re.sub(r"(?<=\w)¡(?=\w)", "@", clean(fields.get("Body", "")))
    media = fields.get("NumMedia", "0") not in ("", "0") or "Latitude" in fields
    wish = {"STOP": "stop", "START": "start", "HELP": "help"}.get(fields.get("OptOutType", "").upper())
    payload = fields.get("ButtonPayload") or None
    return Arrival(
        channel,
        number,
        sender,
        text=clean(fields.get("ButtonText", "")) or text if payload else text,
        payload=payload,
        kind="picture" if media else "text",
        wish=wish,
        answered=wish is not None,
    )


def twiml() -> HTTPResponse:
    """Nothing to say."""
    return response.text(_twiml([]), content_type="text/xml; charset=utf-8")


def _twiml(texts: Sequence[tuple[str, str | None]]) -> str:
    messages = "".join(f"<Message{f' action={quoteattr(url)}' if url else ''}>{escape(text)}</Message>" for text, url in texts)
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{messages}</Response>'


def _door_of(sender: str) -> tuple[str, str]:
    return ("whatsapp", sender) if sender.startswith("whatsapp:") else ("sms", sender)


def _status_url(row: Row) -> str | None:
    """Where Twilio tells what became of the row; it can't call a private server."""
    return f"{settings().public_url}/webhooks/sms/status?row={row.id}" if settings().public_url else None
