"""Twilio's Messages API: one message out, and what its error codes mean.

Source: Twilio, "Error and warning dictionary".
"""

from __future__ import annotations

from dataclasses import dataclass

from legwork.channels.outbound import Provider, SendError, json_object
from legwork.settings import settings

TOO_FAST = 20429
OPTED_OUT = 21610


@dataclass(frozen=True)
class Meaning:
    """What an error code asks of us.

    Attributes:
        says: for the log and the operator.
        retry_after: seconds until another attempt may help; None when none can.
        opted_out: whether the client, or the carrier for it, wants nothing more.
    """

    says: str
    retry_after: float | None = None
    opted_out: bool = False


MEANINGS = {
    TOO_FAST: Meaning("too many requests at once", retry_after=10),
    OPTED_OUT: Meaning("the number has opted out", opted_out=True),
    21211: Meaning("no valid number"),
    21408: Meaning("this country is not switched on in the Twilio console (Messaging, Geo permissions)"),
    21614: Meaning("no mobile number; it can't get texts"),
    21617: Meaning("the text is longer than 1,600 characters"),
    21658: Meaning("the text is too long"),
    30003: Meaning("the phone is off or out of reach", retry_after=900),
    30004: Meaning("blocked by the phone or its carrier", opted_out=True),
    30005: Meaning("the number doesn't exist any more"),
    30006: Meaning("a landline, or a carrier that takes no texts"),
    30007: Meaning("filtered by the carrier as unwanted; check the A2P 10DLC campaign's sample messages"),
    30008: Meaning("the carrier gave no reason", retry_after=900),
    30034: Meaning("TWILIO_FROM belongs to no registered A2P 10DLC campaign; register it in the Twilio console"),
    63016: Meaning("the client's last WhatsApp message is more than 24 hours old"),
}
UNKNOWN = Meaning("an error that is not known here")


class TwilioApi:
    """Sends through one account."""

    def __init__(self) -> None:
        """Reads the account from the settings."""
        now = settings()
        self._account = now.twilio_account_sid or ""
        token = now.twilio_auth_token.get_secret_value() if now.twilio_auth_token else ""
        self._provider = Provider("twilio", now.twilio_api_base, auth=(self._account, token))

    async def send(self, to: str, text: str, status_url: str | None = None) -> None:
        """Hands one text to Twilio.

        Args:
            to: E.164 number, with `whatsapp:` in front for WhatsApp.
            text: at most 1,600 characters.
            status_url: where Twilio tells what became of it.

        Raises:
            SendError: it was not taken.
        """
        form = {"To": to, "Body": text, **_sender(to)}
        if status_url:
            form["StatusCallback"] = status_url
        answer = await self._provider.post(f"/2010-04-01/Accounts/{self._account}/Messages.json", data=form)
        if answer.status_code < 300:
            return
        body = json_object(answer)
        code = TOO_FAST if answer.status_code == 429 else answer.status_code
        if isinstance(body.get("code"), int):
            code = body["code"]
        meaning = MEANINGS.get(code, UNKNOWN)
        wait = meaning.retry_after
        if code == TOO_FAST and answer.headers.get("retry-after", "").isdecimal():
            wait = float(answer.headers["retry-after"])
        raise SendError(str(code), f"Twilio error {code}: {meaning.says}.", again=wait is not None, after=wait)

    async def close(self) -> None:
        """Ends all connections."""
        await self._provider.close()


def _sender(to: str) -> dict[str, str]:
    sender = settings().twilio_from or ""
    if sender.startswith("MG"):
        return {"MessagingServiceSid": sender}
    bare = sender.removeprefix("whatsapp:")
    return {"From": f"whatsapp:{bare}" if to.startswith("whatsapp:") else bare}
