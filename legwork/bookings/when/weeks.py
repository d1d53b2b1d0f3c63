"""Reads weekdays, weekends and weeks: "tues", "next friday", "this weekend", "end of next week"."""

from __future__ import annotations

from datetime import date

from legwork.bookings.when import calendar
from legwork.bookings.when.clock import Time
from legwork.bookings.when.days import Days, Found
from legwork.bookings.when.line import Line, Sight
from legwork.bookings.when.vocabulary import WEEKDAYS

_ANY = "any|every|each|most|all|some"
_WEEK_PARTS = [
    ("early|earlier in? the? of?", (0, 2)),
    ("the? beginning|first of|in? the?", (0, 2)),
    ("the? first half of", (0, 3)),
    ("the? mid|middle -? of|in? the?", (1, 4)),
    ("the? second|latter|last|back half of", (2, 5)),
    ("late|later in? the?", (3, 5)),
    ("toward|towards|by? the? end of? the?", (3, 5)),
]
"""Days of the week that its parts mean, counted from Monday; the end of a week is Thursday and Friday."""


_LETTERS = [
    ("m|mon|monday -|to|through f|fri|friday", range(5)),
    ("m / w / f", (0, 2, 4)),
    ("mwf", (0, 2, 4)),
    ("m / w", (0, 2)),
    ("t|tuesday / th|r", (1, 3)),
    ("tth", (1, 3)),
]
"""Timetable letters → weekdays."""


def read(line: Line, i: int, sight: Sight) -> Found | None:
    """Return the weekdays or weeks that stand at `i`, or None."""
    for rule in (_not_this, _lettered, _pattern, _part_of_week, _weekend, _week, _two_nexts, _weekday):
        found = rule(line, i, sight)
        if found:
            return found
    return None


def ahead(weekdays: frozenset[int], today: date) -> tuple[date, ...]:
    """Return those weekdays in the next seven days, which are tomorrow and the six after it."""
    return tuple(day for day in calendar.days_from(calendar.plus(today, 1), calendar.plus(today, 7)) if day.weekday() in weekdays)


def _not_this(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "Not this weekend but next", "not next monday but the one after": the one after the one that is named."""
    j = line.match(i, "not this|the|next?")
    unit = line.text(j) if j else ""
    if not j or (unit not in ("weekend", "week") and unit not in WEEKDAYS):
        return None
    later = line.has(j - 1, "next")
    end = line.match(j + 1, ",? but|rather? the? next|following 1?") if line.has(j - 1, "this|the") else None
    if end:
        end += line.text(end) == unit
    else:
        end = line.match(j + 1, ",? but|rather? the 1 after") or line.match(j + 1, ",? but|rather? the next|following 1")
        end = end if end and _ends(line, end) else None
    if not end or _names(line, end):
        return None
    if unit in WEEKDAYS:
        first = calendar.week(sight.today, 1)[WEEKDAYS[unit]] if later else calendar.coming(WEEKDAYS[unit], sight.today)
        return Found(Days((calendar.plus(first, 7),)), end)
    weeks = 2 if later else 1
    return Found(
        Days(calendar.weekend(sight.today, weeks) if unit == "weekend" else calendar.week(sight.today, weeks), span=True), end
    )


def _ends(line: Line, i: int) -> bool:
    """Whether "the one after" ends here, so that it is no "the one after the race"."""
    return line[i].kind in ("end", "mark") or line.has(
        i, "at|in|around|please|thanks|if|is|would|works|morning|afternoon|evening"
    )


def _lettered(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "M-F", "t/th"."""
    for phrase, numbers in _LETTERS:
        end = line.match(i, phrase)
        if end:
            return Found(Days(ahead(frozenset(numbers), sight.today), frozenset(numbers), many=True), end)
    return None


def _pattern(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "Any weekday", "weekends", "any day", "weeknights"."""
    j = line.match(i, f"{_ANY} other? of? the?") or line.match(i, "on|during? the?") or i
    every = j > i and line.has(i, _ANY)
    word, plural = line.text(j), line[j].plural
    time = None
    if word == "weekday" or (word == "week" and line.has(j + 1, "day") and every):
        weekdays, end = frozenset(range(5)), j + (1 if word == "weekday" else 2)
    elif word == "weeknight":
        weekdays, end, time = frozenset(range(5)), j + 1, Time("part", part="evening", many=True)
    elif word == "weekend" and (plural or every):
        weekdays, end = frozenset({5, 6}), line.match(j, "weekend day?") or j + 1
    elif (word == "day" and every and (plural or not line.has(i, "all"))) or (line.has(i, "everyday|anyday|daily")):
        weekdays, end = frozenset(range(7)), j + 1
    elif line.has(j, "school day"):
        weekdays, end = frozenset(range(5)), j + 2
    else:
        return None
    if word == "weekend" and line.has(i, "this|next|all"):
        return None
    return Found(Days(ahead(weekdays, sight.today), weekdays, many=True), end, time)


def _which_week(line: Line, i: int, sight: Sight) -> tuple[tuple[date, ...], int] | None:
    """A week's days: "next week", "this week", "the week after next"."""
    today = sight.today
    for phrase, weeks in (
        ("the? week after next", 2),
        ("next next week", 2),
        ("the? following week", 1),
        ("this? coming week", 1),
        ("next week", 1),
        ("nextweek", 1),
        ("the rest of the|this week", 0),
        ("rest of the|this? week", 0),
        ("this week", 0),
        ("the week", 0),
    ):
        end = line.match(i, phrase)
        hanging = line.has(end or i, "of|from|following") or ("the" in phrase and line.has(end or i, "after|before"))
        if end and not hanging:  # "the week after thanksgiving" is another, "next week after 5" is this one
            base = sight.held[0] if "following" in phrase and sight.held else today
            return calendar.week(base, weeks), end
    return None


def _part_of_week(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "Early next week", "end of the week", "midweek", "later this week"."""
    if line.has(i, "midweek"):
        found = _which_week(line, i + 1, sight)
        days, end = found or (calendar.week(sight.today), i + 1)
        picked = days[1:4]
        if picked[-1] < sight.today:
            picked = calendar.week(sight.today, 1)[1:4]
        return Found(Days(picked, span=True), end)
    for phrase, (first, last) in _WEEK_PARTS:
        j = line.match(i, phrase)
        if not j:
            continue
        week = _which_week(line, j, sight) or _bare_week(line, j, sight)
        if not week:
            continue
        days, end = week
        if line.has(i, "later") and days[0] <= sight.today:
            rest = tuple(day for day in days if day > sight.today)
            return Found(Days(rest, span=True, problem="" if rest else "past"), end)
        picked = days[first:last]
        if picked[-1] < sight.today:
            picked = calendar.week(sight.today, 1)[first:last] if line.has(end - 2, "the|of week") else picked
        return Found(Days(picked, span=True), end)
    return None


def _bare_week(line: Line, i: int, sight: Sight) -> tuple[tuple[date, ...], int] | None:
    """The "week" of "end of week"."""
    return (calendar.week(sight.today), i + 1) if line.has(i, "week") and not line.has(i, "week of|after|before") else None


def _weekend(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "This weekend", "next weekend", "the weekend"; on a Sunday what is left of it."""
    for phrase, weeks in (
        ("the? weekend after next", 2),
        ("two weekend from now", 2),
        ("next|following weekend", 1),
        ("the following weekend", 1),
        ("on|over|during? this|the|coming|upcoming? coming|upcoming? weekend", 0),
    ):
        end = line.match(i, phrase)
        if not end or line.has(end, "of|after|before|following"):
            continue
        days = tuple(day for day in calendar.weekend(sight.today, weeks) if day >= sight.today)
        if weeks == 0 and line.has(end, "or|and|, next") and not line.has(end + 2, "week|weekend|month"):
            return Found(Days(days + calendar.weekend(sight.today, 1), span=True), end + 2)
        fallback = calendar.weekend(sight.today, 1) if weeks == 0 else ()
        return Found(Days(days, span=True, fallback=fallback), end)
    return None


def _week(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "Next week", "this week or next"."""
    j = line.match(i, "sometime|anytime|some? time? in|during? the?") or i
    j = j if line.has(j, "this|next|rest|week|coming|following|nextweek") else i
    week = _which_week(line, j, sight)
    if not week and line.has(i, "this|next or next|this week"):
        return Found(Days(calendar.week(sight.today) + calendar.week(sight.today, 1), span=True), i + 4)
    if not week:
        return None
    days, end = week
    if line.has(j, "the week") and not line.has(i - 1, "during|of|in|through"):
        return None
    if (
        days[0] <= sight.today
        and line.has(end, "or|and|/|, the? next")
        and not _names(line, (line.match(end, "or|and|/|, the? next") or 0))
    ):
        return Found(Days(days + calendar.week(sight.today, 1), span=True), line.match(end, "or|and|/|, the? next one?") or end)
    return Found(Days(days, span=True), end)


def _names(line: Line, i: int) -> bool:
    """Whether "next" at `i` - 1 belongs to a word of its own ("this week or next tuesday")."""
    return line.text(i) in WEEKDAYS or line.has(i, "week|weekend|month")


def _two_nexts(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "This tuesday or next": the same weekday of two weeks."""
    weekday = WEEKDAYS.get(line.text(i + 1))
    if weekday is None or not line.has(i, "this|next"):
        return None
    end = line.match(i + 2, "or|and the? next one?")
    if line.has(i, "next") or not end or _names(line, end):
        return None
    first = calendar.coming(weekday, sight.today)
    return Found(Days((first, calendar.week(sight.today, 1)[weekday])), end)


def _weekday(line: Line, i: int, sight: Sight) -> Found | None:
    """A weekday, alone or as "this", "next" or "any" one."""
    today = sight.today
    j = line.match(i, f"on? {_ANY} other? single?") or line.match(i, "on? a") or line.match(i, "on") or i
    many = j > i and line.has(i, f"on? {_ANY}")
    coming = line.match(j, "the|this? very? coming|upcoming|following|nearest")
    this = line.match(j, "this") if not coming else None
    following = line.match(j, "next|nexts")
    at = coming or this or following or line.match(j, "the") or j
    weekday = WEEKDAYS.get(line.text(at))
    if weekday is None:
        return None
    end = at + 1
    if following:
        later = line.match(end, "after next")
        week = calendar.week(today, 2 if later else 1)
        return Found(Days((week[weekday],), next_week=week), later or end)
    after_next = line.match(end, "after next")
    if after_next:
        return Found(Days((calendar.week(today, 2)[weekday],)), after_next)
    if coming:
        base = sight.held[0] if line.has(j, "the? following") and sight.held else today
        return Found(Days((calendar.coming(weekday, base),)), end)
    first = calendar.coming(weekday, today)
    if line.has(end, "week") and not line.has(end, "week of|after|before") and not this:
        return Found(Days((calendar.plus(first, 7),)), end + 1)  # "friday week", as the British say
    if today.weekday() == weekday:
        return Found(Days((today,), frozenset({weekday}), many=many or line[at].plural, fallback=(first,)), end)
    return Found(Days((first,), frozenset({weekday}), many=many or line[at].plural), end)
