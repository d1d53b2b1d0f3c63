"""How long something has hurt, and distances, as people write them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any

_NUMBERS = {
    "a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0,
    "eight": 8.0, "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0, "fifteen": 15.0, "twenty": 20.0,
    "thirty": 30.0, "a couple": 2.0, "a couple of": 2.0, "couple": 2.0, "couple of": 2.0, "a few": 3.0, "few": 3.0,
    "several": 4.0, "half a": 0.5, "a half": 0.5,
}  # fmt: skip
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_SEASONS = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}


def _any(words: Iterable[str] | str) -> str:
    """A pattern for any of the words or word patterns; a string lists them with commas."""
    words = [word.strip() for word in words.split(",")] if isinstance(words, str) else words
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


_N = _any([*_NUMBERS, r"\d+(?:\.\d+)?"])
_UNIT = r"(?P<unit>[dwmy])(?:ays?|eeks?|ks?|onths?|os?|ths?|ears?|rs?)"

# "two or three weeks", "a week and a half", "3 wks"
_SPAN = re.compile(rf"\b(?:{_N}\s*(?:-|to|or)\s*)?(?P<n>{_N})(?P<half> and a half)?[\s-]*{_UNIT}\b(?P<more> and a half)?")
# "for months": two at least
_PLURAL = re.compile(
    r"\b(?:for|over) (?:the (?:last|past) )?(?:many |literally )?(?P<unit>[dwmy])(?:ays|eeks|onths|ears)\b(?! of)"
)
# "all week", "for the past month"
_WHOLE = re.compile(r"\b(?:all|this whole|this entire|the last|the past) (?P<unit>[wmy])(?:eek|onth|ear)\b")
# "third week of this", "into its 2nd month", "3rd day in a row"; not "third week of training"
_ORDINALS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8}
_NTH = re.compile(
    rf"\b(?P<into>into (?:its|the|my|a) )?(?P<nth>{_any(_ORDINALS)}|\d+(?=nd|rd|th))(?:nd|rd|th)? (?P<unit>[dwm])(?:ay|eek|onth)\b"
    r"(?P<on> (?:straight|now|already|running|in a row|of (?:this|it|(?:the )?pain|hurting)|with (?:this|it))\b)?(?! of\b)"
)
# "since june 3rd", "started last week"; not "since may i …"
_BEGINNING = _any("since, started, began, noticed it, flared up, hurting")
_MONTH = _any(
    "jan(?:uary)?, feb(?:ruary)?, mar(?:ch)?, apr(?:il)?, may, june?, july?, aug(?:ust)?, sept?(?:ember)?, oct(?:ober)?, "
    "nov(?:ember)?, dec(?:ember)?"
)
_SINCE = re.compile(
    rf"\b{_BEGINNING}(?: back)?(?: in| on)?(?: about| around| like| maybe)? (?P<last>last |this past )?"
    rf"(?:(?P<month>{_MONTH})(?: (?P<day>\d{{1,2}})(?:st|nd|rd|th)?)?"
    rf"|(?P<weekday>{_any(_WEEKDAYS)})|(?P<season>{_any(_SEASONS)})|(?P<year>20\d\d)|(?P<unit>week|month|year))\b"
    r"(?! (?:i|be|we|you|have|not)\b)"
)
_DISTANCE = re.compile(rf"(?<![$\w.])(?P<n>{_N})[\s-]*(?P<unit>miles?|milers?|mi|kms?|kilomet(?:er|re)s?|k)\b", re.IGNORECASE)

_HEDGE = _any(
    "the, these, like, about, around, over, almost, nearly, maybe, roughly, at least, more than, a good, past, last, only, "
    "just, now, on, off, and, well, probably, going, close to, up to"
)
# What stands before a time span that says how long it has hurt …
_LEAD = re.compile(rf"\b{_any('for, past, last, been, being, going on, lasted, lasting, lingering')}(?: {_HEDGE})*\s*$")
# … what makes it a time before now …
_STARTED = re.compile(
    r"\b"
    + _any(r"start\w*, began, begin\w*, notic\w*, tweaked, pulled, strained, hurt, felt, came on, flared, injured")
    + r"\b[^.!?]{0,30}$"
)
# … what follows one that counts something else …
_NOT_AFTER = re.compile(
    r"\s*"
    + _any(
        "away, out, to go, until, till, til, before, left, from now, apart, post, old, in advance, ahead, notice, later, "
        "pregnant, block, plan, program, cycle, into, after, following, of training, of running, training"
    )
    + r"\b"
)
# … what a clause is about that counts something else, unless it says that it hurts or can't be done …
_OTHER_SUBJECT = re.compile(
    r"\b"
    + _any(
        "running, runner, runs?, ran, training, trained, race, racing, coming, seeing, working, doing, rolling, stretching, "
        "icing, injury free, pain free, married, living, lived, pregnant, rest(?:ed|ing)?, off, open, closed, booked, "
        "sober, practicing, massaging, biking, swimming, therapist, in business, certified, licensed"
    )
    + r"\b"
)
_HURTS = re.compile(
    r"\b"
    + _any(
        "can'?t, cannot, can not, couldn'?t, haven'?t, hasn'?t, unable, not able, stopped, hurts?, hurting, pain(?:ful)?, "
        "sore, tight, bother(?:ing|s|ed)?"
    )
    + r"\b"
)
# … and what may surround one that is an answer by itself.
_BARE = re.compile(
    r"^(?:\W|\b"
    + _any(
        "it'?s, been, has, about, around, like, maybe, roughly, over, almost, nearly, only, just, now, or so, at least, "
        "more than, i think, probably, hmm, um, uh, ago, already, since, for, the, yes, yeah, no, nope, both, left, right, sides?, legs?"
    )
    + r"\b)*$"
)


def durations(text: str, today: dt.date) -> Iterator[dict[str, Any]]:
    """Time spans that say how long something has hurt.

    Spans ahead ("in 3 weeks"), rates ("every 2 weeks") and the length of something else ("running for 10 years") are left out.

    Args:
        text: the client's words.
        today: the day from which "since june" is counted.

    Yields:
        `{"start", "end", "value"}`, the value in days.
    """
    # Letter by letter, since lowering a whole text may change its length and so the positions.
    plain = text.lower() if text.isascii() else "".join(c.lower() if len(c.lower()) == 1 else c for c in text.replace("’", "'"))
    for match in _SPAN.finditer(plain):
        if _tells_how_long(plain, match):
            number = _number(match["n"]) + (0.5 if match["half"] or match["more"] else 0)
            yield _entity(match, round(number * _DAYS[match["unit"]]))
    for pattern, least in ((_PLURAL, 2), (_WHOLE, 1)):
        for match in pattern.finditer(plain):
            if not is_of_something_else(plain[: match.start()]):
                yield _entity(match, least * _DAYS[match["unit"]])
    for match in _NTH.finditer(plain):
        if (match["into"] or match["on"]) and not is_of_something_else(plain[: match.start()]):
            number = _ORDINALS.get(match["nth"]) or int(match["nth"])
            yield _entity(match, (number - 1) * _DAYS[match["unit"]])
    for match in _SINCE.finditer(plain):
        days = _days_since(match, today)
        if days is not None and not is_of_something_else(plain[: match.start()]):
            yield _entity(match, days)


def distances(text: str) -> Iterator[dict[str, Any]]:
    """Distances in miles or kilometers.

    Yields:
        `{"start", "end", "value"}`, the value as `"8 mi"` or `"15 km"`.
    """
    for match in _DISTANCE.finditer(text):
        # "a k" and "few k" are talk, not distances.
        if match["unit"] not in "kK" or match["n"][0].isdigit():
            unit = "mi" if match["unit"][0] in "mM" else "km"
            yield {"start": match.start(), "end": match.end(), "value": f"{_number(match['n'].lower()):g} {unit}"}


def _entity(match: re.Match[str], days: int) -> dict[str, Any]:
    return {"start": match.start(), "end": match.end(), "value": days}


def _number(words: str) -> float:
    return _NUMBERS[words] if words in _NUMBERS else float(words)


def _tells_how_long(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start()], text[match.end() :]
    bare = bool(_BARE.match(before) and _BARE.match(after))
    if re.match(r"\s*ago\b", after):
        return bare or bool(_STARTED.search(before))
    if _NOT_AFTER.match(after):
        return False
    if bare:
        return True
    if _LEAD.search(before):
        return not is_of_something_else(_LEAD.sub("", before))
    return bool(re.match(r"\s*(?:now|already)\b", after)) and not re.search(r"\b(?:in|every|per|next)\s+$", before)


def is_of_something_else(before: str) -> bool:
    """Whether the clause before a time span is about running or the like, and not about what hurts or isn't possible."""
    clause = re.split(r"[.,;!?]|\b(?:and|but)\b", before.lower().replace("’", "'"))[-1]
    return bool(_OTHER_SUBJECT.search(clause[-40:])) and not _HURTS.search(clause)


def _days_since(match: re.Match[str], today: dt.date) -> int | None:
    """Days since the most recent such day; None for a day that doesn't exist or is yet to come."""
    if match["unit"]:
        return _DAYS[match["unit"][0]] if match["last"] else None
    if match["weekday"]:
        return (today.weekday() - _WEEKDAYS.index(match["weekday"])) % 7 or 7
    try:
        if match["year"]:
            start = dt.date(int(match["year"]), 1, 1)
            return (today - start).days if start <= today else None
        month = _SEASONS[match["season"]] if match["season"] else _MONTHS.index(match["month"][:3]) + 1
        start = dt.date(today.year, month, int(match["day"] or 1))
        return (today - (start if start <= today else start.replace(year=today.year - 1))).days
    except ValueError:
        return None
