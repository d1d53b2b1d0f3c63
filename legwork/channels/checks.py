"""What `doctor` says of the doors: each step of docs/channels.md, checked as far as it can be from here."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx

from legwork.channels.graph_api import VERSION
from legwork.settings import Settings

TIMEOUT = httpx.Timeout(5.0)


def lines(machine: Settings) -> Iterator[str]:
    """A line a finding for the doors that are on; nothing for those that are off.

    Asks Twilio and Meta whether the credentials are right, and changes nothing there.
    """
    if not (machine.sms_on or machine.messenger_on):
        return
    if not (machine.public_url or "").startswith("https://"):
        yield "Twilio and Meta need an https address of this server: set LEGWORK_PUBLIC_URL in .env."
    if machine.sms_on:
        yield from _sms(machine)
    if machine.messenger_on:
        yield from _messenger(machine)


def _sms(machine: Settings) -> Iterator[str]:
    account, sender = machine.twilio_account_sid or "", machine.twilio_from or ""
    if not re.fullmatch(r"AC[0-9a-f]{32}", account):
        yield "TWILIO_ACCOUNT_SID must be AC and 32 digits or letters a to f, as on the console's front page."
    if not re.fullmatch(r"\+[1-9]\d{6,14}|MG[0-9a-f]{32}", sender):
        yield f"TWILIO_FROM must be a number such as +15085550100 or a Messaging Service's MG… id; found {sender!r}."
    token = machine.twilio_auth_token.get_secret_value() if machine.twilio_auth_token else ""
    status = _status(f"{machine.twilio_api_base.rstrip('/')}/2010-04-01/Accounts/{account}.json", auth=(account, token))
    yield {
        200: f"Twilio knows the account. The number's webhook must be {machine.url}/webhooks/sms#rc=3&rp=all",
        401: "Twilio refuses TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN; copy both from the console's front page again.",
    }.get(status, f"Twilio can't be asked now ({status or 'no answer'}).")


def _messenger(machine: Settings) -> Iterator[str]:
    token = machine.messenger_page_token.get_secret_value() if machine.messenger_page_token else ""
    headers = {"Authorization": f"Bearer {token}"}
    status = _status(f"{machine.messenger_api_base.rstrip('/')}/{VERSION}/me", headers=headers)
    refused = "Meta refuses MESSENGER_PAGE_TOKEN; generate a new one in the app's Messenger settings."
    yield {
        200: f"Meta knows the page. The app's webhook must be {machine.url}/webhooks/messenger",
        400: refused,
        401: refused,
    }.get(status, f"Meta can't be asked now ({status or 'no answer'}).")


def _status(url: str, **request: object) -> int:
    try:
        return httpx.get(url, timeout=TIMEOUT, trust_env=False, **request).status_code  # type: ignore[arg-type]
    except httpx.HTTPError:
        return 0
