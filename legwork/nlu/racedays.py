"""When a race is or was, as people say it beside what hurts: "half in 3 weeks", "after the marathon last sunday".

The reader of booking times (`legwork/bookings/when`) passes these over on purpose: the day of a race is no wish for a time.
"""

from __future__ import annotations

import datetime as dt
import re

_NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_N = rf"(?P<n>{'|'.join(_NUMBERS)}|\d{{1,2}}|(?:a )?couple(?: of)?|a few)"
_UNIT = r"(?P<unit>day|week|wk|month)s?"
_AGO = re.compile(rf"\b{_N} {_UNIT} ago\b")
_IN = re.compile(rf"\bin (?:about |like |just |only )?{_N} {_UNIT}\b")
_OUT = re.compile(rf"\b{_N} {_UNIT} (?:out|away|from now|to go|until|till|til|before)\b")
_DAYS = {"day": 1, "week": 7, "wk": 7, "month": 30}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?P<day>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)\b"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (?P<date>\d{1,2})(?:st|nd|rd|th)?\b"
_NUMERIC = r"(?<![\d/])(?P<m>\d{1,2})/(?P<d>\d{1,2})(?![\d/])"
_RACE = re.compile(
    r"\b(?:races?|raced|marathons?|half|halfs?|5 ?ks?|10 ?ks?|50 ?ks?|ultras?|triathlon|relay|boston|turkey trot|10[- ]miler|bq)\b",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\b(?:after|since|from|ran|raced|did|finished|was|recover\w*|post)\b[^.,;]*\b(?:race|marathon|half|5 ?k|10 ?k|50 ?k|ultra|triathlon|relay|boston)\b",
    re.IGNORECASE,
)
"""Words that put a race behind: a weekday is then the last one, and no longer the next."""


def names_race(text: str) -> bool:
    """Whether the text speaks of a race at all."""
    return bool(_RACE.search(text))


def read(text: str, today: dt.date) -> dt.date | None:
    """The day of the race that `text` speaks of; None where it says no day, or more than one could be meant."""
    text = text.lower().replace("’", "'")
    for word, days in (("day after tomorrow", 2), ("tomorrow", 1), ("yesterday", -1), ("today", 0), ("this morning", 0)):
        if re.search(rf"\b{word}\b", text):
            return today + dt.timedelta(days=days)
    if ago := _AGO.search(text):
        return today - _span(ago)
    if ahead := _IN.search(text) or _OUT.search(text):
        return today + _span(ahead)
    if weekend := re.search(r"\b(?P<which>last|this past|this|next|on the)? ?weekend\b", text):
        return _weekend(weekend["which"], today, behind=bool(_BEHIND.search(text)))
    for pattern, first, second in ((_MONTH, "month", "date"), (_NUMERIC, "m", "d")):
        if date := re.search(rf"\b{pattern}" if pattern is _MONTH else pattern, text):
            month = _MONTHS.index(date[first]) + 1 if first == "month" else int(date[first])
            return _nearest(month, int(date[second]), today, behind=bool(_BEHIND.search(text)))
    if weekday := re.search(rf"\b(?P<which>last|this past|past|this|next|this coming|coming|on)? ?{_WEEKDAY}", text):
        return _weekday(weekday["which"] or "", weekday["day"], today, behind=bool(_BEHIND.search(text)))
    return None


def _span(match: re.Match[str]) -> dt.timedelta:
    number = match["n"]
    count = _NUMBERS.get(number) or (int(number) if number.isdigit() else 2 if "couple" in number else 3)
    return dt.timedelta(days=count * _DAYS[match["unit"]])


def _weekend(which: str | None, today: dt.date, *, behind: bool) -> dt.date:
    """A race of a weekend is taken for its Sunday."""
    ahead = (6 - today.weekday()) % 7
    if which in ("last", "this past") or (behind and which != "next"):
        return today - dt.timedelta(days=(today.weekday() + 1) % 7 or 7)
    return today + dt.timedelta(days=ahead + (7 if which == "next" else 0))


def _weekday(which: str, day: str, today: dt.date, *, behind: bool) -> dt.date:
    ahead = (_WEEKDAYS.index(day[:3]) - today.weekday()) % 7
    if "past" in which or which == "last" or (behind and which in ("", "on")):
        return today - dt.timedelta(days=(7 - ahead) % 7 or 7)
    ahead = ahead or 7
    # "Next Sunday" is the one of the next week, Monday to Sunday, as for bookings.
    in_next_week = 7 - today.weekday() + _WEEKDAYS.index(day[:3])
    return today + dt.timedelta(days=in_next_week if which == "next" else ahead)


def _nearest(month: int, day: int, today: dt.date, *, behind: bool) -> dt.date | None:
    """The next such day, or the last one where the race is behind; None for a day that doesn't exist."""
    try:
        date = dt.date(today.year, month, day)
        if behind:
            return date if date <= today else date.replace(year=today.year - 1)
        return date if date >= today else date.replace(year=today.year + 1)
    except ValueError:
        return None
