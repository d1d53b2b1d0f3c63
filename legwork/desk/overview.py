"""What waits for Jessica, with links to answer it: for those who have no mail set up, and to look nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from legwork import links, questions
from legwork.bookings import store


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
