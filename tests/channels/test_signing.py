"""Signatures: the vectors that others published, and Twilio's own validator beside ours."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from legwork.channels import signing
from tests.channels.conftest import vectors

pytestmark = pytest.mark.slow

TOKEN = "12345"
URL = "https://legwork.localhost/webhooks/sms"
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
FORMS = st.dictionaries(NAMES, st.text(st.characters(codec="utf-8"), max_size=30), min_size=1, max_size=8)


def test_the_published_vectors_pass() -> None:
    """Plain, duplicate parameters, ports, and JSON bodies: every published signature is genuine, and none of another body."""
    for vector in vectors()["vectors"]:
        pairs = [(k, v) for k, vs in vector.get("params", {}).items() for v in (vs if isinstance(vs, list) else [vs])]
        body = (vector.get("body") or urlencode(pairs)).encode()
        assert signing.is_from_twilio(TOKEN, vector["url"], body, vector["signature"]), vector["name"]
        assert not signing.is_from_twilio(TOKEN, vector["url"], body + b"&x=1", vector["signature"]), vector["name"]
        assert not signing.is_from_twilio("54321", vector["url"], body, vector["signature"]), vector["name"]


@settings(max_examples=300, deadline=None)
@given(FORMS)
def test_we_agree_with_twilios_own_validator(form: dict[str, str]) -> None:
    """For any form, blank values included, ours and Twilio's make the same signature, and ours takes it from the raw body."""
    theirs = RequestValidator(TOKEN).compute_signature(URL, form)
    assert signing.twilio_signature(TOKEN, URL, form.items()) == theirs
    assert signing.is_from_twilio(TOKEN, URL, urlencode(form).encode(), theirs)


@settings(max_examples=1000, deadline=None)
@given(FORMS, st.binary(min_size=1, max_size=4), st.integers(0, 10_000), st.sampled_from(["body", "signature", "cut", "url"]))
def test_a_mutated_request_is_refused(form: dict[str, str], noise: bytes, at: int, what: str) -> None:
    """A genuine request with a byte changed, added or cut is not genuine, whichever part it is in."""
    body, url = urlencode(form).encode(), URL
    signature = signing.twilio_signature(TOKEN, url, form.items())
    place = at % (len(body) + 1)
    if what == "body":
        body = body[:place] + noise + body[place:]
    elif what == "cut":
        body = body[: min(place, len(body) - 1)]
    elif what == "url":
        url += "?" + noise.hex()
    else:
        signature = signature[: at % len(signature)] + noise.hex()
    try:
        same = sorted(set(signing.form_fields(body))) == sorted(set(form.items()))
    except ValueError:
        same = False
    # Noise may spell the same form in another way ("+" for "%20"): that is genuine still.
    unchanged = what in ("body", "cut") and same
    assert signing.is_from_twilio(TOKEN, url, body, signature) == unchanged


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=200), st.text(max_size=90))
def test_metas_signature_is_over_the_bytes(body: bytes, other: bytes, forged: str) -> None:
    """Only the HMAC of exactly these bytes is taken, whatever else stands in the header."""
    signature = "sha256=" + hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert signing.is_from_meta("secret", body, signature)
    assert signing.is_from_meta("secret", other, signature) == (body == other)
    assert not signing.is_from_meta("secret", body, signature.removeprefix("sha256="))
    assert not signing.is_from_meta("secret", body, forged)
