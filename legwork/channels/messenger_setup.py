"""`python -m legwork messenger setup`: greeting, Get Started, ice breakers and menu of the page."""

from __future__ import annotations

from typing import Any

import httpx

from legwork.channels.graph_api import VERSION, error_of
from legwork.channels.messenger_wording import MOST_TITLE
from legwork.channels.outbound import TIMEOUT, json_object
from legwork.channels.wording import cut_title, say
from legwork.errors import LegworkError, SettingsError
from legwork.settings import settings

GET_STARTED = "GET_STARTED"

ICE_BREAKERS = (
    ("My calves are tight", '/choose{"topic": "complaint/calves"}'),
    ("Massage before or after a race?", '/choose{"topic": "faq/race_timing"}'),
    ("What happens on a first visit?", '/choose{"topic": "faq/first_visit"}'),
    ("Book a session", '/choose{"topic": "appointment/book"}'),
)
"""(question, payload); Meta allows four."""

MENU = (
    ("Book a session", '/choose{"topic": "appointment/book"}'),
    ("Kinds of massage", '/choose{"topic": "faq/massage_types"}'),
    ("Reach Jessica", '/choose{"topic": "person"}'),
)

PAYLOADS = frozenset(payload for _, payload in (*ICE_BREAKERS, *MENU))
"""What every client is offered, whatever was said in its conversation."""

MOST_GREETING = 160


def profile() -> dict[str, Any]:
    """The page's Messenger profile, as Meta takes it."""
    postbacks = [{"type": "postback", "title": cut_title(title, MOST_TITLE), "payload": payload} for title, payload in MENU]
    asked = [{"question": question, "payload": payload} for question, payload in ICE_BREAKERS]
    return {
        "greeting": [{"locale": "default", "text": say("utter_door/messenger_intro")["text"][:MOST_GREETING]}],
        "get_started": {"payload": GET_STARTED},
        "ice_breakers": [{"locale": "default", "call_to_actions": asked}],
        "persistent_menu": [{"locale": "default", "composer_input_disabled": False, "call_to_actions": postbacks}],
    }


def run() -> None:
    """Sets the profile and says so.

    Raises:
        SettingsError: Messenger is off.
        LegworkError: Meta refused or couldn't be reached.
    """
    now = settings()
    if not now.messenger_on or now.messenger_page_token is None:
        raise SettingsError(
            "Messenger is off. Set MESSENGER_APP_SECRET, MESSENGER_VERIFY_TOKEN and MESSENGER_PAGE_TOKEN in .env first."
        )
    url = f"{now.messenger_api_base.rstrip('/')}/{VERSION}/me/messenger_profile"
    headers = {"Authorization": f"Bearer {now.messenger_page_token.get_secret_value()}"}
    try:
        answer = httpx.post(url, json=profile(), headers=headers, timeout=TIMEOUT, trust_env=False)
    except httpx.HTTPError as error:
        raise LegworkError(
            f"Meta can't be reached ({type(error).__name__}). Check the network and MESSENGER_API_BASE, and try again."
        ) from None
    if answer.status_code >= 300:
        raise error_of(json_object(answer).get("error"), answer.status_code)
    print("Messenger is set up: greeting, Get Started, four ice breakers, and a menu of three.")
