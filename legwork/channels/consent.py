"""Whether we may write: the opt-out words that carriers act on, and the same wish in plain words.

Sources: Twilio, "Default keywords for long codes" (STOP, STOPALL, UNSUBSCRIBE, CANCEL, END, QUIT, REVOKE, OPTOUT; START,
YES, UNSTOP; HELP, INFO); 47 CFR 64.1200(a)(10): consent may be revoked in any reasonable manner.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

from legwork.settings import practice

Wish = Literal["stop", "start", "help"]

STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
STOP_WORDS_IN_CHAT = frozenset({"stop", "stopall", "unsubscribe", "optout"})
"""In Messenger no carrier listens, so `cancel` and `end` are about the appointment."""

START_WORDS = frozenset({"start", "unstop"})
BACK_WORDS = START_WORDS | {"yes"}
"""What lifts an opt-out at the carrier."""

HELP_WORDS = frozenset({"help", "info"})

_ME = r"(?:me|us|this (?:number|phone)|my (?:number|phone|cell)|here)"
_TEXTING = r"(?:te?xt(?:ing)?|mess?ag(?:e|ing)|ms?gin?g?|contacting|spamming|bothering|calling|writing(?:\s+to)?|reaching\s+out(?:\s+to)?)"
_TEXTS = r"(?:te?xts?|mess?ages?|ms?gs?|sms|reminders?)"
_POLITE = r"(?:\W*(?:please|pls|plz|now|already|thanks?|thank\s+you|ty))*"
_PLAIN = re.compile(
    rf"\b(?:stop|quit|cease)\s+(?:{_TEXTING}\s+{_ME}\b"
    rf"|sending\s+(?:{_ME}\s+|these\s+|your\s+|any\s+(?:more\s+)?)?(?:{_TEXTS}|stuff)\b|(?:(?:all|the|these|your)\s+)*(?:{_TEXTS}|te?xting|messaging)\b)"
    rf"|\b(?:do\s+not|don'?t|never|please\s+no)\s+(?:ever\s+)?(?:te?xt|message|contact|write(?:\s+to)?)\s+{_ME}(?:\s+(?:again|any\s*more|ever|back))?\s*(?:[.!]|$)"
    rf"|\b(?:take|remove|delete)\s+(?:me|my\s+(?:number|phone))\s+(?:off|from)\s+(?:of\s+)?(?:your|this|the|any|all)\b|^\W*(?:please\W*|pls\W*)?remove\s+me{_POLITE}\W*$"
    r"|\b(?:unsubscribe|opt(?:ing)?[\s-]?out)\b(?:\s+me)?\s*(?:please)?\s*(?:[.!]|$)|\bopt\s+me\s+out\b|\bi\s+(?:want|wish|would\s+like|wanna)\s+to\s+(?:unsubscribe|opt[\s-]?out)\b"
    rf"|^\W*(?:(?:please|pls|plz|just|ok(?:ay)?)\W+)*stop(?:\W+stop)*{_POLITE}\W*$|\bleave\s+me\s+alone\b"
    rf"|\bno\s+more\s+{_TEXTS}\b|\bi\s+(?:do\s+not|don'?t|no\s+longer)\s+want\s+(?:(?:any\s+)?more\s+|any\s+|your\s+|these\s+|to\s+(?:get|receive)\s+(?:any\s+|more\s+|your\s+|these\s+)*){_TEXTS}\b",
    re.IGNORECASE,
)
_STOP_IT = re.compile(rf"^\W*(?:(?:please|pls|plz|just|ok(?:ay)?)\W+)*stop\W+(?:it|this|that){_POLITE}\W*$", re.IGNORECASE)
"""On a phone that is about the texts; where no carrier listens it is about what was just asked."""

_ASKED = re.compile(r"\bhow\s+(?:do|can|would)\s+(?:i|we|you)\b", re.IGNORECASE)

QUIET_FROM, QUIET_UNTIL = dt.time(21), dt.time(8)
"""No text that we begin is sent between these, local time (47 CFR 64.1200(c)(1))."""


def read(text: str, *, carrier: bool = True, opted_out: bool = False) -> Wish | None:
    """What the message wishes for our texting itself; None when it is about anything else.

    Args:
        text: the whole message.
        carrier: whether a carrier listens for the words too (SMS, WhatsApp through Twilio).
        opted_out: whether the client has opted out before; then YES comes back as well.
    """
    word = _alone(text)
    if word in (STOP_WORDS if carrier else STOP_WORDS_IN_CHAT):
        return "stop"
    if word in (BACK_WORDS if opted_out else START_WORDS):
        return "start"
    if carrier and word in HELP_WORDS:
        return "help"
    straight = text.replace("\u2019", "'")
    if not (_PLAIN.search(straight) or (carrier and _STOP_IT.search(straight))):
        return None
    return "help" if _ASKED.search(straight) else "stop"


def _alone(text: str) -> str | None:
    """The only word of the message in lower case, punctuation aside; `opt out` and `stop all` are one word to carriers."""
    match = re.fullmatch(r"[\W_]*(opt[\s-]out|stop[\s-]all|[a-z]+)[\W_]*", text.lower())
    return re.sub(r"[^a-z]", "", match.group(1)) if match else None


def quiet_until(now: dt.datetime) -> dt.datetime | None:
    """When the quiet hours at `now` end, in the practice's zone; None outside them. For what we begin, not for answers."""
    local = now.astimezone(practice().zone)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return None
    day = local.date() + dt.timedelta(days=local.time() >= QUIET_FROM)
    return dt.datetime.combine(day, QUIET_UNTIL, practice().zone)
