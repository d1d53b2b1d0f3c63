"""Webhooks that nobody may believe: unsigned, signed with another key, for another address, cut, changed, or of the old kind."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from collections.abc import Awaitable, Callable, Iterator
from urllib.parse import urlencode

import httpx

from legwork.channels import signing
from tests.doubles import meta, twilio

Post = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]
URL = "https://legwork.localhost/webhooks/sms"


def forged(count: int, seed: int = 8) -> Iterator[Post]:
    """So many forged webhooks of both providers, each different."""
    chance = random.Random(seed)
    for number in range(count):
        yield _twilio(chance, number) if number % 2 else _meta(chance, number)


def _twilio(chance: random.Random, number: int) -> Post:
    fields = {
        "MessageSid": f"SM{number:032x}",
        "From": "+15085550142",
        "To": twilio.NUMBER,
        "Body": _noise(chance),
        "FromCity": "",
    }
    body = urlencode(fields).encode()
    signature = signing.twilio_signature(twilio.TOKEN, URL, fields.items())
    path = "/webhooks/sms"
    how = chance.randrange(7)
    if how == 0:
        signature = chance.choice(["", "x", "A" * 28, "=" * 28, "\u00e9" * 28])
    elif how == 1:
        signature = signing.twilio_signature(_noise(chance), URL, fields.items())
    elif how == 2:
        signature = signing.twilio_signature(twilio.TOKEN, "https://elsewhere.example/webhooks/sms", fields.items())
    elif how == 3:
        body = body[: chance.randrange(len(body))]
    elif how == 4:
        genuine = body
        while _fields(body) == _fields(genuine):  # "%c3" and "%C3" are the same form, and as genuine
            body = _changed(chance, genuine)
    elif how == 5:
        path += "?" + chance.choice(
            ["bodySHA256=" + hashlib.sha256(body).hexdigest(), "bodySHA256=", "x=1", "bodySHA256=0&bodySHA256=1"]
        )
    else:
        body, signature = json.dumps(fields).encode(), signature
    kind = chance.choice(
        ["application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x", "text/plain", ""]
    )
    return lambda client: _post(client, path, body, {"X-Twilio-Signature": signature, "Content-Type": kind})


def _meta(chance: random.Random, number: int) -> Post:
    event = {
        "sender": {"id": "900100"},
        "recipient": {"id": meta.PAGE},
        "message": {"mid": f"m_{number}", "text": _noise(chance)},
    }
    body = json.dumps({"object": "page", "entry": [{"id": meta.PAGE, "messaging": [event]}]}).encode()
    signature = "sha256=" + hmac.new(meta.APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    name = "X-Hub-Signature-256"
    how = chance.randrange(6)
    if how == 0:
        signature = chance.choice(["", "sha256=", "nosuch=1", "sha256=" + "0" * 64, "sha1=" + "0" * 40, "shake_128=00", "\u00e9"])
    elif how == 1:
        signature = "sha256=" + hmac.new(_noise(chance).encode("utf-8", "replace"), body, hashlib.sha256).hexdigest()
    elif how == 2:
        name, signature = "X-Hub-Signature", "sha1=" + hmac.new(meta.APP_SECRET.encode(), body, hashlib.sha1).hexdigest()
    elif how == 3:
        body = body[: chance.randrange(len(body))]
    elif how == 4:
        body = _changed(chance, body)
    else:
        signature = signature.removeprefix("sha256=")
    return lambda client: _post(client, "/webhooks/messenger", body, {name: signature, "Content-Type": "application/json"})


def _fields(body: bytes) -> list[tuple[str, str]] | None:
    try:
        return signing.form_fields(body)
    except ValueError:
        return None


def _noise(chance: random.Random) -> str:
    return "".join(
        chr(chance.choice([chance.randrange(1, 128), chance.randrange(160, 0xD7FF), chance.randrange(0x1F300, 0x1FAFF)]))
        for _ in range(chance.randrange(1, 60))
    )


def _changed(chance: random.Random, body: bytes) -> bytes:
    at = chance.randrange(len(body))
    return body[:at] + bytes([body[at] ^ 1 << chance.randrange(8)]) + body[at + 1 :]


async def _post(client: httpx.AsyncClient, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
    return await client.post(path, content=body, headers={name.encode(): value.encode() for name, value in headers.items()})
