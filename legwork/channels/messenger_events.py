"""Meta's webhook events, read whole: batches, quick replies, postbacks, attachments, echoes, hand-overs.

Source: Meta, "Messenger Platform: webhook events reference". Nothing in a signed body is relied upon to be there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from legwork.channels.arrivals import Arrival
from legwork.channels.messenger_setup import GET_STARTED
from legwork.channels.messenger_wording import OURS
from legwork.texts import clean

THUMBS = frozenset({369239263222822, 369239343222814, 369239383222810})
"""The like button in its three sizes."""


@dataclass(frozen=True)
class Echo:
    """Something that our page said: a person in the page's inbox, since our own messages are left out."""

    client: str
    text: str
    id: str


@dataclass(frozen=True)
class Unsend:
    """The client took a message back."""

    id: str


@dataclass(frozen=True)
class Taken:
    """A person has taken the conversation over."""

    client: str


Event = Arrival | Echo | Unsend | Taken


def read(body: Any) -> Iterator[Event]:
    """All events of a webhook's body that mean something to us, in order."""
    for entry in _list(_dict(body).get("entry")):
        for event in _list(_dict(entry).get("messaging")):
            yield from _event(_dict(event), overheard=False)
        # Another app, or a person, is in charge: we listen and don't answer.
        for event in _list(_dict(entry).get("standby")):
            yield from _event(_dict(event), overheard=True)


def _event(event: dict[str, Any], overheard: bool) -> Iterator[Event]:
    sender = _id(_dict(event.get("sender")).get("id"))
    message, postback, edit = (_dict(event.get(name)) for name in ("message", "postback", "message_edit"))
    if message.get("is_echo"):
        yield from _echo(event, message)
    elif not sender:
        return
    elif message.get("is_deleted"):
        yield Unsend(_text(message.get("mid")))
    elif message:
        yield from _message(event, sender, message, overheard)
    elif postback:
        yield _tapped(event, sender, postback, overheard)
    elif edit and _text(edit.get("text")):
        # It is answered as what it says now.
        yield Arrival("messenger", _number(event), sender, text=clean(_text(edit["text"])), kind=_kind("text", overheard))
    elif "pass_thread_control" in event and not overheard:
        yield Arrival("messenger", _number(event), sender, kind="back")
    elif "take_thread_control" in event:
        yield Taken(sender)
    elif "referral" in event and not overheard:
        yield Arrival("messenger", _number(event), sender, kind="welcome")


def _message(event: dict[str, Any], sender: str, message: dict[str, Any], overheard: bool) -> Iterator[Arrival]:
    text = clean(_text(message.get("text")))
    payload = _text(_dict(message.get("quick_reply")).get("payload")) or None
    attachments = [_dict(each) for each in _list(message.get("attachments"))]
    kinds = {kind for each in attachments if (kind := _attachment(each)) != "link"}
    if message.get("sticker_id") or kinds == {"sticker"}:
        text, kinds = text or _sticker(message, attachments), set()
    kind = "place" if kinds == {"place"} else "picture" if kinds - {"sticker"} else "text"
    if text or kinds:
        yield Arrival(
            "messenger",
            _text(message.get("mid")) or _number(event),
            sender,
            text=text,
            payload=payload,
            kind=_kind(kind, overheard),
        )


def _attachment(attachment: dict[str, Any]) -> str:
    """picture, place, sticker, or link (a preview of what stands in the text)."""
    kind, payload = attachment.get("type"), _dict(attachment.get("payload"))
    if kind == "sticker" or payload.get("sticker_id"):
        return "sticker"
    return {"location": "place", "fallback": "link"}.get(kind if isinstance(kind, str) else "", "picture")


def _sticker(message: dict[str, Any], attachments: list[dict[str, Any]]) -> str:
    numbers = {_dict(each.get("payload")).get("sticker_id") for each in attachments} | {message.get("sticker_id")}
    return "👍" if any(str(number).isdecimal() and int(number) in THUMBS for number in numbers if number) else "🙂"


def _tapped(event: dict[str, Any], sender: str, postback: dict[str, Any], overheard: bool) -> Arrival:
    payload, title = _text(postback.get("payload")), clean(_text(postback.get("title")))
    number = _text(postback.get("mid")) or _number(event)
    if payload == GET_STARTED:
        return Arrival("messenger", number, sender, text=title, kind=_kind("welcome", overheard))
    return Arrival("messenger", number, sender, text=title, payload=payload or None, kind=_kind("text", overheard))


def _echo(event: dict[str, Any], message: dict[str, Any]) -> Iterator[Echo]:
    client = _id(_dict(event.get("recipient")).get("id"))
    if client and message.get("metadata") != OURS:
        yield Echo(client, clean(_text(message.get("text"))), _text(message.get("mid")) or _number(event))


def _kind(kind: str, overheard: bool) -> str:
    return "overheard" if overheard else kind


def _number(event: dict[str, Any]) -> str:
    """An id for an event that Meta gave none: the same event has the same."""
    return "event:" + hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()


def _id(value: Any) -> str:
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) and len(str(value)) <= 100 else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
