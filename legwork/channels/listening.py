"""What must be heard in a message before it is understood: an emergency, a lone digit, the thousand characters that count."""

from __future__ import annotations

import re

from legwork.nlu.safety.patterns import Finding, screen
from legwork.nlu.safety.signs import LEVELS

MOST_CHARACTERS = 1000
"""So much is understood; the safety screen reads all."""

STOPS = ("emergency", "doctor")
"""Levels whose advice stands alone."""

_OVERLAP = 200
_DIGIT = re.compile(r"\W*\d\W*")


def is_digit(text: str) -> bool:
    """Whether the text is a single digit, which picks one of the choices shown."""
    return bool(_DIGIT.fullmatch(text))


def signs(text: str, before: str | None = None) -> list[Finding]:
    """Warning signs that the patterns find, the most urgent first."""
    return screen(text, before)


def is_emergency(text: str, before: str | None = None) -> bool:
    """Whether the message must not wait, read together with what stands unanswered before it."""
    return any(finding.level == "emergency" for finding in signs(text, before))


def understood(text: str) -> str:
    """The part of a long message that goes to NLU: its first 1,000 characters, or those with its most urgent warning sign."""
    if len(text) <= MOST_CHARACTERS:
        return text
    windows = [text[at : at + MOST_CHARACTERS] for at in range(0, len(text), MOST_CHARACTERS - _OVERLAP)]
    return max(windows, key=_urgency)


def _urgency(text: str) -> int:
    return max((LEVELS.index(finding.level) + 1 for finding in signs(text)), default=0)
