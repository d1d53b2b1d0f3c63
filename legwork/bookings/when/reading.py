"""What a text about times was read as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Window = tuple[datetime, datetime]
"""Aware start and end that bound the permitted start of a session; an exact time has start = end."""

Kind = Literal["windows", "ask", "refuse"]

REASONS = {
    "nothing": "ask: no time was found in the text",
    "no_day": "ask: a time was found, but no day",
    "ambiguous_hour": "ask: 7 or 8 without morning or evening",
    "mismatch": "ask: weekday and date disagree ('tuesday dec 9' when the 9th is a Wednesday)",
    "unknown_event": "ask: 'after the marathon', and nobody has said when that is",
    "unclear": "ask: 'later' or 'same time' without anything before, or all that was named is excluded",
    "past": "refuse: it is over",
    "impossible": "refuse: no such date or time",
    "night": "refuse: from 10 pm until 6 am",
}
"""Every code that `Reading.reason` may carry, with its kind and meaning."""


@dataclass(frozen=True)
class Reading:
    """One text, read."""

    kind: Kind
    windows: tuple[Window, ...] = ()
    """Sorted, without overlap, each within one day; empty unless `kind` is "windows"."""
    reason: str = ""
    """A key of `REASONS`; empty when `kind` is "windows"."""
    rest: str = ""
    """The words that said nothing about time, in their order and as typed."""
    said: str = ""
    """How it is read back ("Tuesday, December 1, 5 to 9 pm").

    For "ask" it is what was understood so far ("after 5 pm"), in words that are still true tomorrow,
    and `read` understands it again.
    """
