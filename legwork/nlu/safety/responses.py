"""Which response of data/safety.yml gives the advice for a sign."""

from __future__ import annotations

from legwork.answers import answers


def response_for(level: str, sign: str, language: str | None = None) -> str:
    """The sign's own response, in the language in which an emergency was told when that isn't English; else its level's."""
    own = f"{sign}_{language}" if language else sign
    return f"utter_safety/{own}" if f"utter_safety/{own}" in answers() else f"utter_safety/{level}"
