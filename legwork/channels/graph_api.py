"""Meta's Graph API: one message out, and what its error codes mean.

Source: Meta, "Messenger Platform: error codes" and "Handling errors".
"""

from __future__ import annotations

from typing import Any

from legwork.channels.outbound import Provider, SendError, json_object
from legwork.settings import settings

VERSION = "v25.0"

WINDOW_CLOSED = (10, 2018278)
LATER = {
    -1: 30.0,
    1: 30.0,
    2: 30.0,
    4: 300.0,
    32: 300.0,
    190: 900.0,  # a new page token in .env helps, and it takes the owner a while
    613: 300.0,
    1200: 30.0,
    80006: 300.0,
}
"""Codes that may go away: internal and temporary errors, rate limits, a token that was replaced; seconds until then."""

SAYS = {
    4: "too many calls",
    10: "no permission for this message; the 24-hour window is closed (2018278) or the Page is restricted (1893063)",
    100: "Meta doesn't know this recipient or a part of the message",
    190: "MESSENGER_PAGE_TOKEN is no longer valid; make a new one in the Meta app",
    200: "the app has no permission to write to this person",
    368: "the Page is blocked for a while for breaking Meta's rules",
    551: "this person can't be written to",
    613: "too many messages to this person",
}


class GraphApi:
    """Sends in the name of one page."""

    def __init__(self) -> None:
        """Reads the page from the settings."""
        now = settings()
        token = now.messenger_page_token.get_secret_value() if now.messenger_page_token else ""
        # In the header, not in the URL, which proxies log.
        self._provider = Provider("meta", now.messenger_api_base, headers={"Authorization": f"Bearer {token}"})

    async def send(self, to: str, message: dict[str, Any]) -> None:
        """Hands one message to Meta, as an answer within the 24-hour window.

        Raises:
            SendError: it was not taken.
        """
        await self._post({"recipient": {"id": to}, "messaging_type": "RESPONSE", "message": message})

    async def act(self, to: str, action: str) -> None:
        """Shows a sender action: mark_seen or typing_on.

        Raises:
            SendError: it was not taken.
        """
        await self._post({"recipient": {"id": to}, "sender_action": action})

    async def close(self) -> None:
        """Ends all connections."""
        await self._provider.close()

    async def _post(self, body: dict[str, Any]) -> None:
        answer = await self._provider.post(f"/{VERSION}/me/messages", json=body)
        if answer.status_code < 300:
            return
        raise error_of(json_object(answer).get("error"), answer.status_code)


def error_of(error: Any, status: int) -> SendError:
    """What Graph's error object means for the outbox."""
    error = error if isinstance(error, dict) else {}
    code, sub = error.get("code"), error.get("error_subcode")
    code = code if isinstance(code, int) else status
    if (code, sub) == WINDOW_CLOSED:
        return SendError("window", "The 24-hour window is closed.")
    wait = LATER.get(code, 300.0 if status == 429 else None)
    name = f"{code}/{sub}" if isinstance(sub, int) else str(code)
    return SendError(
        name, f"Meta error {name}: {SAYS.get(code, 'an error that is not known here')}.", again=wait is not None, after=wait
    )
