"""What waits for Jessica, with links to answer it, and what came in: for those who have no mail set up, and to see that nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from legwork import links, questions
from legwork.bookings import store
from legwork.bookings.model import spoken
from legwork.desk import wording
from legwork.settings import practice
from legwork.storage import safety


def waiting() -> Iterator[dict[str, Any]]:
    """Open requests and unanswered questions, the oldest first, each with a new link that opens its page."""
    for booking in store.waiting():
        link = links.make("booking", booking.id)
        yield {
            "kind": "request",
            "id": booking.id,
            "status": booking.status,
            "name": booking.name,
            "when": booking.said,
            "link": link,
        }
    for question in questions.unanswered():
        yield {
            "kind": "question",
            "id": question.id,
            "topic": question.topic,
            "text": question.text,
            "link": links.make("question", question.id),
        }


def bookings() -> Iterator[str]:
    """All bookings as Jessica reads them, the oldest first; a script takes `store.listing`."""
    for booking in store.every():
        yield f"{booking.name}: {booking.said} ({wording.status(booking)})"
        said = [(label, value) for label, value in wording.rows(booking) if label not in ("Name", "Appointment", "Wished")]
        came = ("Came in", spoken(booking.created, practice().timezone))
        yield from (f"  {label}: {value}" for label, value in (*said, came) if value)
        yield ""


def passed_on() -> Iterator[str]:
    """All questions likewise; a script takes `questions.listing`."""
    for question in questions.every():
        about = f" ({wording.topic(question)})" if question.topic else ""
        yield f"Question {question.id}{about}: “{question.text}”"
        rows = (
            ("Contact", question.contact or "none left; your answer goes into the conversation"),
            ("Came by", wording.CHANNELS.get(question.channel, question.channel)),
            ("Came in", spoken(question.created, practice().timezone)),
            ("You answered", question.answer or ""),
        )
        yield from (f"  {label}: {value}" for label, value in rows if value)
        yield ""


def gone(live: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The appointments still to come that a person's removal took along."""
    for row in live:
        when = spoken(row["start"], row["timezone"]) if row["start"] else row["wish"] or "no time yet"
        code = ", ".join(filter(None, (row["id"], row["reference"])))
        yield f"This appointment was still to come and is gone from Legwork: {when} (code {code}). Take it out of other calendars too."


def signs() -> Iterator[str]:
    """How often each warning sign was heard; a script takes `safety.count_by_sign`."""
    for level, sign, count in safety.count_by_sign():
        yield f"{count:6}  {LEVELS[level]}: {wording.note_in_words(sign)}"


LEVELS = {"emergency": "Sent to 911", "doctor": "Sent to a doctor", "tell_jessica": "Noted for you", "refuse": "Refused"}
