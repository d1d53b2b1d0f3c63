"""Whether a webhook is genuine: Twilio's and Meta's signatures, over the bytes as they came."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qs, parse_qsl, urlsplit, urlunsplit

MOST_FIELDS = 200
"""Parameters of a form; Twilio sends about thirty."""

_DEFAULT_PORTS = {"https": 443, "http": 80}


def form_fields(body: bytes) -> list[tuple[str, str]]:
    """The form's parameters in order, blank ones too: Twilio signs them, and Sanic's `request.form` drops them.

    Raises:
        ValueError: the body is no form.
    """
    text = body.decode("ascii")
    return parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict", max_num_fields=MOST_FIELDS)


def twilio_signature(token: str, url: str, fields: Iterable[tuple[str, str]] = ()) -> str:
    """What Twilio puts into `X-Twilio-Signature`.

    Args:
        token: the account's auth token.
        url: full address as Twilio called it, with its query and without the fragment.
        fields: parameters of the form; a repeated pair counts once.
    """
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), signed.encode("utf-8", "surrogateescape"), hashlib.sha1).digest()).decode()


def is_from_twilio(token: str, url: str, body: bytes, signature: str) -> bool:
    """Whether Twilio signed this request; the account is told by the token, not by the ids in the body.

    Args:
        token: the account's auth token.
        url: the configured public address with the request's path and query; behind a proxy the request's own differs.
        body: the raw body, a form or, when the query holds `bodySHA256`, anything.
        signature: the header as it came.
    """
    hashes = parse_qs(urlsplit(url).query).get("bodySHA256")
    fields: list[tuple[str, str]] = []
    if hashes and not _same(hashlib.sha256(body).hexdigest(), hashes[0]):
        return False
    if not hashes:
        try:
            fields = form_fields(body)
        except ValueError:
            return False
    # Twilio is not consistent about the port, so its own libraries try both.
    genuine = [_same(twilio_signature(token, each, fields), signature) for each in _with_and_without_port(url)]
    return any(genuine)


def is_from_meta(secret: str, body: bytes, signature: str) -> bool:
    """Whether Meta signed this body, over the bytes as sent."""
    return _same(meta_signature(secret, body), signature)


def meta_signature(secret: str, body: bytes) -> str:
    """What Meta puts into `X-Hub-Signature-256`: the HMAC of the bytes under the app's secret."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def same_secret(expected: str, given: str) -> bool:
    """Compares in constant time; `given` may hold anything."""
    return _same(expected, given)


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogateescape"))


def _with_and_without_port(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    host, colon, port = parts.netloc.rpartition(":")
    bare = host if colon and port.isdecimal() else parts.netloc
    numbered = parts.netloc if bare != parts.netloc else f"{bare}:{_DEFAULT_PORTS.get(parts.scheme, 443)}"
    return urlunsplit(parts._replace(netloc=bare)), urlunsplit(parts._replace(netloc=numbered))
