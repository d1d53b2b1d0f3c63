"""Who the client is: the name and the contact, as the booking form hears them."""

from __future__ import annotations

import re
from typing import Any

from actions.turn import Turn
from legwork.bookings import details

_NAMED_LIKE_A_TIME = re.compile(r"\W*(?:(?:no|actually|oh|it['’]?s|i['’]?m|name)\W+)*(?:Eve|eve|April|May|June|August)\W*")
"""A name where a whole draft is put right: no word of a time that is as bare says one."""

HERE = re.compile(
    r"\b(?:this (?:number|phone|one|chat)|same number|(?:text|reach|answer|write|message|contact|get) (?:to )?(?:me )?(?:right )?(?:back )?"
    r"(?:here|on this)|you have (?:it|my number)|just here|in (?:the|this) chat)\b|^\W*here\W*$",
    re.IGNORECASE,
)
"""The answer may come into this conversation."""

_REFUSES = re.compile(
    r"\b(?:no|not|don['’]?t|dont|won['’]?t|wont|rather|prefer|without|skip|why|do i have to|must i|refuse|private|nope)\b",
    re.IGNORECASE,
)
_INSTEAD = re.compile(r"\b(?:instead|rather|not (?:that|the|my)|wrong|changed?)\b", re.IGNORECASE)
"""A contact that takes the other's place."""

_WRITTEN_NAME = re.compile(r"[A-Z][\w'’-]+(?: (?:(?:and|&) )?[A-Z][\w'’-]+){1,3}")
"""Written as a name is."""

_EITHER = re.compile(r"\b(?:n?either|as well|too|nor)\b", re.IGNORECASE)
"""Refuses what is left of two."""

_PHONE = re.compile(r"\b(?:phone|number|cell|mobile|texts?|call(?:s|ed)?)\b", re.IGNORECASE)
_MAIL = re.compile(r"\b(?:e-?mails?|address)\b", re.IGNORECASE)


def declined(text: str, answer: str | None) -> str:
    """Which variant answers a client who gave no contact: there is no wish to give a number, an address or any, or a slip."""
    if not (_REFUSES.search(text) or answer == "no"):
        return "unclear"
    phone, mail = bool(_PHONE.search(text)), bool(_MAIL.search(text))
    if _EITHER.search(text) or phone == mail:
        return "none"
    return "no_phone" if phone else "no_mail"


def misses(turn: Turn, draft: dict[str, Any], slot: str, response: str) -> None:
    """Says what an answer lacks, so that the question stands; what was said just before is not said again, but that it may be left as well."""
    again = (turn.get("booking") or {}).get("missed") == response
    turn.say("utter_missed" if again else response, topic="booking")
    draft.update(unclear=slot, missed=response)


def gives_person(turn: Turn) -> bool:
    """Whether the message gives a name or a contact where something else was asked ("Mo and Kim Tate")."""
    return bool(details.read_contact(turn.text) or details.read_name(turn.text, asked=False) or written_name(turn))


def written_name(turn: Turn) -> str | None:
    """A name that nobody asked for, by how it is written."""
    text = turn.text.strip()
    if not _WRITTEN_NAME.fullmatch(text) or only_session(turn):
        return None
    words = {word.lower() for word in text.split()}
    return None if words & details.NO_NAMES - {"and"} else details.read_name(text, asked=True)


def is_name_like_time(turn: Turn, asked: str | None) -> bool:
    """Whether a name is given or put right that would else be read as a time ("Eve")."""
    return asked in ("booking_name", "booking_confirm") and bool(_NAMED_LIKE_A_TIME.fullmatch(turn.text))


def take_person(turn: Turn, draft: dict[str, Any], asked: str | None, beside: str | None = None) -> None:
    """Name and contact; `beside` is the message without the time that stands in it, all of it when None."""
    contact = details.read_contact(turn.text)
    if contact:
        replaces = _INSTEAD.search(turn.text)
        known = {} if replaces else draft
        draft.update(email=contact.email or known.get("email"), phone=contact.phone or known.get("phone"), here=False)
    elif asked == "booking_contact" and HERE.search(turn.text):
        draft["here"] = True
    elif asked == "booking_contact" and turn.intent == "answer" and not turn.tells_jessica:
        name = details.read_name(turn.text, asked=False) if "name" in turn.text.lower() else None
        # Two capitalised words are no slip in a number: a name is put right.
        name = name or (written_name(turn) if draft.get("name") else None)
        if name:
            draft["name"] = name
            turn.say("utter_changed", topic="booking", what=name)
            return
        misses(turn, draft, asked, f"utter_contact/{declined(turn.text, turn.reading['answer'])}")
    if asked in (None, "booking_name", "booking_confirm") or not draft.get("name"):
        name = heard_name(turn, draft, asked, beside)
        if not name and asked in ("booking_session", "booking_when") and (name := written_name(turn)):
            turn.say("utter_changed", topic="booking", what=name)
        if name:
            draft["name"] = name
        elif asked == "booking_name" and not contact:
            misses(turn, draft, asked, "utter_name_unclear")


def heard_name(turn: Turn, draft: dict[str, Any], asked: str | None, beside: str | None = None) -> str | None:
    """The name that the message gives: any answer where it is asked for or put right, elsewhere what is plainly one."""
    renames = (draft.get("changing") and written_name(turn)) or is_name_like_time(turn, asked)
    text = (beside or turn.text).strip(" ,;\n")
    return details.read_name(text, asked=bool(renames) or (asked == "booking_name" and turn.intent == "answer"))


def beside_person(turn: Turn, draft: dict[str, Any], asked: str | None) -> list[dict[str, Any]]:
    """The entities outside the name and the contact: neither Jack Back nor hips@example.com says what is to be worked on."""
    name = None if only_session(turn) else heard_name(turn, draft, asked)
    held = details.places(turn.text, name)
    return [e for e in turn.entities if not any(e.get("start", 0) < end and start < e.get("end", 0) for start, end in held)]


def only_session(turn: Turn) -> bool:
    """Whether the message names a kind of session, an area or a length and nothing else ("Deep Tissue"), which is nobody's name."""
    rest = beside_session(turn)
    return rest != turn.text and says_nothing(rest)


def beside_session(turn: Turn) -> str:
    """The message without the words for a kind of session, an area or a length."""
    rest = turn.text
    for entity in sorted(turn.entities, key=lambda e: e.get("start", 0), reverse=True):
        if entity["entity"] in ("session", "area", "minutes"):
            rest = rest[: entity["start"]] + rest[entity["end"] :]
    return rest


def says_nothing(text: str) -> bool:
    """Whether a text holds small words only, and none that could be a name or a wish."""
    words = {word.strip(".,!?&").lower() for word in text.split()}
    return words <= details.NO_NAMES | details.CORRECTING | {""}
