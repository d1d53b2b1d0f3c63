"""The owner's figures: what was asked, what was not understood, what was booked."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from pathlib import Path

from legwork import report
from legwork.settings import settings
from legwork.storage import conversations, safety, schema, stats
from legwork.storage.engine import engine


def answered(conversation: str, number: int, text: str, *topics: str) -> None:
    """One message and its answer."""
    row, _, _ = conversations.receive("web", f"{conversation}:{number}", conversation, {"text": text})
    conversations.add(conversation, "client", [{"topic": None, "text": text, "quick_replies": []}], row)
    conversations.add(conversation, "legwork", [{"topic": topic, "text": "…", "quick_replies": []} for topic in topics], row)


def test_figures_are_those_of_the_period(both: Path, tmp_path: Path) -> None:
    """An answer in two parts counts once a topic; what fell back is shown in the client's words; the picture is drawn."""
    mine = conversations.open_conversation("web", "mine").id
    answered(mine, 1, "what does it cost", "faq/price", "faq/price")
    answered(mine, 2, "and cupping", "faq/cupping")
    answered(mine, 3, "price again", "faq/price")
    answered(mine, 4, "quantum knees", "fallback")
    conversations.add(mine, "legwork", [{"topic": "booking", "text": "confirmed", "quick_replies": []}])
    safety.record(mine, "doctor", "nerve")
    with engine().begin() as connection:
        connection.execute(
            schema.safety_events.insert().values(level="doctor", sign="dvt", at=settings().now() - dt.timedelta(days=40))
        )

    found = stats.of_last(30, "America/New_York")

    assert found.topics == {"faq/price": 2, "faq/cupping": 1, "fallback": 1}
    assert (found.not_understood, found.unclear) == (["quantum knees"], 1)
    assert found.messages == {dt.date(2026, 11, 23): 4}
    assert found.safety == {("doctor", "nerve"): 1} and found.conversations == {"web": 1}
    text = "\n".join(report.lines(found))
    assert "2  faq/price" in text and "quantum knees" in text and "fallback" not in text
    report.draw(found, tmp_path / "stats.png")
    assert (tmp_path / "stats.png").read_bytes().startswith(b"\x89PNG") and (tmp_path / "stats.png").stat().st_size > 10_000


def test_who_somebody_is_is_nothing_to_write_an_answer_for(both: Path) -> None:
    """Names, numbers and addresses that were typed where nobody asked aren't listed; canceled is spelled as elsewhere."""
    mine = conversations.open_conversation("web", "mine").id
    for number, text in enumerate(("Dana Price", "508-555-0142", "dana@example.org", "Quantum knees?", "do you do reiki"), 1):
        answered(mine, number, text, "fallback")

    found = replace(stats.of_last(30, "America/New_York"), bookings=Counter(cancelled=1))
    text = "\n".join(report.lines(found))

    assert "Not understood: 5\n  “do you do reiki”\n  “Quantum knees?”\n\n" in text
    assert "1  canceled" in text and "cancelled" not in text


def test_nothing_asked_is_no_fault(both: Path, tmp_path: Path) -> None:
    """A practice on its first day gets a table and a picture too."""
    found = stats.of_last(30, "America/New_York")
    report.draw(found, tmp_path / "stats.png")

    assert "Not understood: 0" in "\n".join(report.lines(found))
