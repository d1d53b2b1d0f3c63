"""What `doctor` says of the doors: each step of docs/channels.md, checked as far as it can be from here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx

from legwork.channels import signing
from legwork.channels.graph_api import VERSION
from legwork.channels.outbound import json_object
from legwork.settings import Settings, practice

TIMEOUT = httpx.Timeout(5.0)

SUBSCRIBED = frozenset(
    {
        "messages", "messaging_postbacks", "messaging_referrals", "message_echoes", "message_edits", "messaging_handovers", "standby",
    }
)  # fmt: skip
"""What the page's webhook must be subscribed to."""

PROFILE = ("greeting", "get_started", "ice_breakers", "persistent_menu")


def lines(machine: Settings) -> Iterator[str]:
    """A line a finding for the doors that are on, with its step in docs/channels.md; nothing for those that are off.

    Asks Twilio and Meta what is set there, and our own server whether it is reached, and changes nothing.
    """
    if not (machine.sms_on or machine.messenger_on):
        return
    if not (machine.public_url or "").startswith("https://"):
        yield "Twilio and Meta need an https address of this server: set LEGWORK_PUBLIC_URL in .env."
    if practice().facts()["privacy_url"] is None:
        yield "Carriers and Meta want a privacy page: write one (docs/channels.md has a draft) and set privacy_url in practice.yml."
    if machine.sms_on:
        yield from _sms(machine)
        yield _answers("Text messages", machine, _sms_itself(machine))
    if machine.messenger_on:
        yield from _messenger(machine)
        yield _answers("Messenger", machine, _messenger_itself(machine))


def _sms(machine: Settings) -> Iterator[str]:
    account, sender = machine.twilio_account_sid or "", machine.twilio_from or ""
    if not re.fullmatch(r"AC[0-9a-f]{32}", account):
        yield "Text messages, step 3: TWILIO_ACCOUNT_SID must be AC and 32 digits or letters a to f, as on the console's front page."
    if not re.fullmatch(r"\+[1-9]\d{6,14}|MG[0-9a-f]{32}", sender):
        yield f"Text messages, step 3: TWILIO_FROM must be a number such as +15085550100 or a Messaging Service's MG… id; found {sender!r}."
    auth = (account, machine.twilio_auth_token.get_secret_value() if machine.twilio_auth_token else "")
    url = f"{machine.twilio_api_base.rstrip('/')}/2010-04-01/Accounts/{account}"
    status, found = _ask(f"{url}.json", auth=auth)
    yield {
        200: "Text messages, steps 1 and 3: Twilio knows the account.",
        401: "Text messages, step 3: Twilio refuses TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN; copy both from the console's front page again.",
    }.get(status, f"Text messages: Twilio can't be asked now ({status or 'no answer'}).")
    if status != 200:
        return
    if found.get("type") == "Trial":
        yield "Text messages, step 1: the account is on trial and can text verified numbers only; upgrade it."
    yield "Text messages, step 2: whether the registration is approved stands in the console under Regulatory compliance; error 30034 means no."
    if sender.startswith("+"):
        _, numbers = _ask(f"{url}/IncomingPhoneNumbers.json", auth=auth, params={"PhoneNumber": sender})
        yield from _number(numbers.get("incoming_phone_numbers"), sender, f"{machine.url}/webhooks/sms")
    else:
        yield f"Text messages, step 4: the Messaging Service's webhook must be {machine.url}/webhooks/sms#rc=3&rp=all, by POST."


def _number(numbers: Any, sender: str, ours: str) -> Iterator[str]:
    if not numbers:
        yield f"Text messages, step 1: the account has no number {sender}."
        return
    set_there = str(numbers[0].get("sms_url") or "")
    if set_there.split("#")[0] != ours or numbers[0].get("sms_method") != "POST":
        yield f"Text messages, step 4: the number's webhook is {set_there or 'not set'}; it must be {ours}#rc=3&rp=all, by POST."
    elif "#" not in set_there:
        yield f"Text messages, step 4: add #rc=3&rp=all to the number's webhook, or texts are lost while the server restarts: {ours}#rc=3&rp=all"
    else:
        yield f"Text messages, step 4: the number's webhook is {set_there}"


def _messenger(machine: Settings) -> Iterator[str]:
    token = machine.messenger_page_token.get_secret_value() if machine.messenger_page_token else ""
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{machine.messenger_api_base.rstrip('/')}/{VERSION}/me"
    status, _ = _ask(url, headers=headers)
    refused = "Messenger, step 2: Meta refuses MESSENGER_PAGE_TOKEN; generate a new one in the app's Messenger settings."
    yield {
        200: "Messenger, steps 1 and 2: Meta knows the page.",
        400: refused,
        401: refused,
    }.get(status, f"Messenger: Meta can't be asked now ({status or 'no answer'}).")
    if status != 200:
        return
    yield f"Messenger, step 3: the app's webhook must be {machine.url}/webhooks/messenger"
    _, apps = _ask(f"{url}/subscribed_apps", headers=headers)
    fields = {field for app in apps.get("data") or () for field in app.get("subscribed_fields") or ()}
    if missing := sorted(SUBSCRIBED - fields):
        yield f"Messenger, step 3: subscribe the page to {', '.join(missing)}."
    _, profile = _ask(f"{url}/messenger_profile", headers=headers, params={"fields": ",".join(PROFILE)})
    there = {name for each in profile.get("data") or () for name in each}
    if unset := [name for name in PROFILE if name not in there]:
        yield f"Messenger, step 4: {', '.join(unset)} not set; run `python -m legwork messenger setup`."
    yield "Messenger, step 5: whether Meta has reviewed pages_messaging stands under App review; until then only the app's own people get answers."


def _answers(door: str, machine: Settings, status: int) -> str:
    """Whether our own server, by its public address and with what .env says, takes what the provider would send."""
    if status in (200, 204):
        return f"{door}, step 3: the server takes what is signed with these settings."
    if status in (400, 403):
        return f"{door}, step 3: the server at {machine.url} runs with other settings than these; restart Legwork."
    return f"{door}, step 3: {machine.url} can't be reached ({status or 'no answer'}); is Legwork running, and the proxy in front of it?"


def _sms_itself(machine: Settings) -> int:
    """Signs a status callback that says nothing, as Twilio would."""
    url = f"{machine.url}/webhooks/sms/status"
    token = machine.twilio_auth_token.get_secret_value() if machine.twilio_auth_token else ""
    headers = {"X-Twilio-Signature": signing.twilio_signature(token, url)}
    return _ask(url, "POST", headers=headers)[0]


def _messenger_itself(machine: Settings) -> int:
    """Signs a delivery without events, as Meta would; its verification has to work as well."""
    url, body = f"{machine.url}/webhooks/messenger", b"{}"
    token, secret = (
        each.get_secret_value() if each else "" for each in (machine.messenger_verify_token, machine.messenger_app_secret)
    )
    verification = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1"}
    status, _ = _ask(url, params=verification)
    headers = {"X-Hub-Signature-256": signing.meta_signature(secret, body)}
    return status if status != 200 else _ask(url, "POST", content=body, headers=headers)[0]


def _ask(url: str, method: str = "GET", **request: Any) -> tuple[int, dict[str, Any]]:
    """Status and JSON object of an answer; 0 where none came."""
    try:
        answer = httpx.request(method, url, timeout=TIMEOUT, trust_env=False, **request)
    except httpx.HTTPError:
        return 0, {}
    return answer.status_code, json_object(answer)
