"""Screening questions: what to ask before a complaint is booked, and how to read the answer.

Pure: it names responses of data/safety.yml and reads texts; when a question is asked and what follows is decided elsewhere.
"""

from __future__ import annotations

import re

from legwork.nlu.safety.patterns import screen
from legwork.nlu.safety.text import plain

_GROUPS: dict[str, tuple[str, ...]] = {
    "lower_leg": ("calves", "achilles"),
    "shin": ("shin_splints",),
    "hip": ("hips",),
    "foot": ("plantar_fasciitis",),
    "back": ("back", "piriformis"),
}
"""Which complaints share their questions. The others (quads, glutes, …) owe none: the screen itself listens."""


def questions(area: str) -> list[str]:
    """The names of the responses that ask, in order; empty where an area owes none.

    Args:
        area: a complaint by its topic name without the family, e.g. "calves".
    """
    return next(([f"utter_screen/{group}", f"utter_screen/{group}_2"] for group, areas in _GROUPS.items() if area in areas), [])


_UNSURE = re.compile(
    r"\b(not (?:really |too |100 |entirely |totally )?sure|unsure|maybe|might(?: be)?|dont (?:really )?know|do not know|idk|dunno|i guess|kind ?of|kinda"
    r"|sort ?of|sorta|a (?:little|bit|tad)|a lil|slightly|somewhat|possibly|perhaps|probably|sometimes|occasionally|now and then|on and off|hard to (?:say|tell)"
    r"|cant (?:really )?(?:say|tell)|could be|no idea|no clue|not certain|only when|only if|barely|mild(?:ly)?|depends|ish|i think|used to|it was|a few times|hmm+|who knows|once in a while)\b"
)
_NO = re.compile(
    r"\b(no|nope|nah|naw|none|nothing|neither|nada|negative|not (?:at all|that i|any|really)|never|isnt|arent|dont|doesnt|havent|didnt|without|all good|all clear|im good|im fine|not|no to (?:all|both))\b|^\s*n\s*$"
)
_YES = re.compile(
    r"\b(yes|yeah|yea|yep|yup|ya|yah|yess+|m+ ?h+m+|uh ?huh|sure is|affirmative|correct|right|exactly|definitely|absolutely|true|it does|it is|it did|they do|they are|there is|i do|i am|i did|have that"
    r"|both|the (?:first|second|last)|all of (?:them|that|those|it)|most of (?:them|it)|some of (?:them|it|that)|one of (?:them|those)|a lot|very|always|swollen|swelling|warm|hot|red|numb\w*|tingl\w*|weak\w*"
    r"|night|rest|pop(?:ped)?|snap(?:ped)?|spot|press|groin|limp\w*|hop|hurts (?:there|a lot|bad\w*|all|even|constantly)|deep|bladder|bowels?|fever|weight)\b|^\s*(?:y|(?:it )?hurts)\s*$"
)
_EXCEPT = re.compile(
    r"\b(but|except|although|though|however|apart from|aside from|other than|besides|just (?:the|a|some|it)|only (?:the|a|some|it))\b"
)
_HARMLESS = re.compile(
    r"\b(just|only|but)\b(?:\s+(?:its|it is|they are|theyre|really|kind of|a bit|a little|very|the usual|regular|normal|some))*\s+(tight\w*|sore\w*|stiff\w*|achy|tired|tender muscles?|knots?)\b"
)


def read_answer(text: str) -> str | None:
    """Read the answer to a screening question.

    Args:
        text: what the client wrote.

    Returns:
        "yes", "no", "unsure", or None if it isn't an answer. Doubt goes up, never down: a "no" with anything left open is "unsure".
    """
    said = plain(text)
    stops = any(finding.level in ("doctor", "emergency") for finding in screen(text))
    if stops:
        return "yes"
    denied, open_ = _NO.search(said), _UNSURE.search(said)
    if denied:
        rest = _HARMLESS.sub(" ", said)
        if re.search(
            r"\bnot (?:really )?(?:\w+ )?(?:sure|certain)\b|\bno (?:idea|clue)\b|\b(?:dont|do not) (?:really )?know\b", said
        ):
            return "unsure"
        if _EXCEPT.search(rest):
            return "unsure"
        if re.search(r"^\s*(?:yes|yeah|yea|yep|yup)\b", said):
            return "yes"
        leftover = _UNSURE.search(rest)
        return "unsure" if leftover else "no"
    if open_:
        return "unsure"
    return "yes" if _YES.search(said) else None
