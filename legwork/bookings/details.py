"""Names and contacts as people type them, and what must never be stored."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

REGION = "US"
_MAIL = re.compile(r"[^\s@<>,;:()]+@[^\s@<>,;:()]+\.[^\s@<>,;:()]+")
_DIGITS = re.compile(r"(?:\d[ -]?){13,19}")
_SOCIAL = re.compile(r"\b\d{3}-\d{2}-\d{4}\b|\b(?:ssn|social security)\b.*\d", re.IGNORECASE)
_BIRTH = re.compile(r"\b(?:dob|date of birth|born on|birth ?date)\b.*\d", re.IGNORECASE)
_NAME_LEADS = re.compile(
    r"\b(?:my name is|my name's|name is|name's|name:|this is|i'?m|i am|it'?s|its|call me|under(?: the name)?|for)\s+"
    r"([^\W\d_][\w'’.-]*(?:\s+(?!and\b|here\b|my\b|the\b|on\b|at\b|to\b|for\b|in\b|i\b)[^\W\d_][\w'’.-]*){0,3})",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"^(?:(?:hi|hey|hello|sure|ok|okay|yes|yeah|yep|oh|well|um|it'?s|its|i'?m|i am|this is|my name is|my name's|name is|name|call me|the name is|put it under|under)"
    r"[\s,:.!-]+)+|[\s,.!]+(?:here|please|thanks|thank you|thx)?[\s.!]*$",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"[\s,;.]+(?:and|but|also|btw)[\s,]+(?:i|i['’]?m|i['’]?ve|my|we)\b.*", re.IGNORECASE | re.DOTALL)
"""What is told beside the name ("Dana Price, and I'm pregnant")."""

_WORD = re.compile(r"^[^\W\d_][\w'’.-]*$")
NO_NAMES = frozenset(
    [
        "yeah",
        "yep",
        "yup",
        "nope",
        "none",
        "nothing",
        "same",
        "later",
        "idk",
        "why",
        "what",
        "who",
        "whatever",
        "correct",
        "right",
        "a",
        "an",
        "the",
        "and",
        "or",
        "not",
        "no",
        "yes",
        "from",
        "in",
        "at",
        "on",
        "to",
        "my",
        "your",
        "training",
        "running",
        "runner",
        "looking",
        "hoping",
        "trying",
        "interested",
        "wondering",
        "available",
        "free",
        "sore",
        "tight",
        "new",
        "sure",
        "fine",
        "good",
        "ok",
        "okay",
        "going",
        "coming",
        "booking",
        "having",
        "getting",
        "calling",
        "texting",
        "asking",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "morning",
        "afternoon",
        "evening",
        "tomorrow",
        "today",
        "tonight",
        "next",
        "this",
        "after",
        "before",
        "back",
        "calves",
        "calf",
        "hips",
        "hip",
        "knees",
        "knee",
        "legs",
        "leg",
        "massage",
        "session",
        "appointment",
    ]
)
MOST_NAME_WORDS = 5


@dataclass(frozen=True)
class Contact:
    """One way to reach the client: a mail address, or a phone number in E.164."""

    email: str | None = None
    phone: str | None = None

    def __str__(self) -> str:
        """As it is read back and stored beside a question."""
        if self.email:
            return self.email
        return phonenumbers.format_number(phonenumbers.parse(self.phone), phonenumbers.PhoneNumberFormat.NATIONAL)


def read_contact(text: str) -> Contact | None:
    """The mail address or phone number in `text`; a mail address wins, None when there is no valid one."""
    for found in _MAIL.findall(text):
        try:
            return Contact(email=validate_email(found.strip(".'\"!"), check_deliverability=False).normalized)
        except EmailNotValidError:
            continue
    for match in phonenumbers.PhoneNumberMatcher(text, REGION, leniency=phonenumbers.Leniency.POSSIBLE):
        if phonenumbers.is_possible_number(match.number):
            return Contact(phone=phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164))
    return None


def read_name(text: str, asked: bool) -> str | None:
    """The client's name: the whole text when it was asked for, else what follows "my name is" and the like.

    Args:
        text: what the client wrote.
        asked: whether the last message asked for the name.
    """
    if not asked:
        lead = re.search(r"\b(?:my name is|my name's|name is|name:|this is|i'?m|i am|call me)\s", text, re.IGNORECASE)
        return (_led_name(text) if lead else None) or _as_name(_between_commas(text), strict=True)
    without = _MAIL.sub(" ", text)
    for match in phonenumbers.PhoneNumberMatcher(without, REGION, leniency=phonenumbers.Leniency.POSSIBLE):
        without = without.replace(match.raw_string, " ")
    return _read_asked_name(_ASIDE.sub("", without)) or _read_asked_name(without)


def _read_asked_name(text: str) -> str | None:
    return _led_name(text) or _as_name(_FILLER.sub("", _FILLER.sub("", text.strip())).split(",")[0].split(), strict=False)


def _led_name(text: str) -> str | None:
    """The first name that follows a lead; "for tight calves" leads to none and "my name is Dana" after it does."""
    names = (_as_name(match.group(1).split(), strict=True) for match in _NAME_LEADS.finditer(text))
    return next(filter(None, names), None)


def _between_commas(text: str) -> list[str]:
    """A short capitalised piece of a list ("60 min for my calves tue after 5, Dana Price, 508-555-0142")."""
    for piece in text.split(",")[1:]:
        words = piece.split()
        if 0 < len(words) <= 3 and all(w[0].isupper() and w.isalpha() for w in words):
            return words
    return []


def _as_name(words: list[str], strict: bool) -> str | None:
    words = [w.strip('.,!?()"') for w in words]
    words = [w for w in words if w]
    if not words or len(words) > MOST_NAME_WORDS or not all(_WORD.match(w) for w in words):
        return None
    if all(w.lower() in NO_NAMES for w in words):
        return None
    if strict:
        while words and words[-1].lower() in NO_NAMES:
            words.pop()
        if not words or any(w.lower() in NO_NAMES for w in words):
            return None
    return " ".join(w if any(c.isupper() for c in w) else w.capitalize() for w in words)


def must_not_be_kept(text: str) -> str | None:
    """`card`, `id` or `birth` when the text holds a card number, an ID number or a birth date; None otherwise."""
    for found in _DIGITS.findall(text):
        if _luhn(found):
            return "card"
    if _SOCIAL.search(text):
        return "id"
    return "birth" if _BIRTH.search(text) else None


def _luhn(text: str) -> bool:
    digits = [int(c) for c in text if c.isdigit()]
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(reversed(digits))]
    return 13 <= len(digits) <= 19 and sum(doubled) % 10 == 0
