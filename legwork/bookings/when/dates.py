"""Reads dates of the calendar: "dec 4th", "12/4", "the 13th", "4-6 december", "labor day", "early december"."""

from __future__ import annotations

from datetime import date

from legwork.bookings.when import calendar
from legwork.bookings.when.days import Days, Found
from legwork.bookings.when.line import Line, Sight
from legwork.bookings.when.vocabulary import LONE_MONTHS, MONTHS, WEEKDAYS

_NUMBERED = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": 0, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_THIRDS = {
    "early": (0, 10), "beginning": (0, 10), "mid": (10, 20), "middle": (10, 20), "late": (20, 31), "end": (20, 31),
}  # fmt: skip
"""Which days of a month the words mean: its first, second and last third, counted from 0."""


HOURS = 12
"""A number up to this may be an hour as well as a day."""


def read(line: Line, i: int, sight: Sight) -> Found | None:
    """Return the dates that stand at `i`, or None."""
    for rule in (_iso, _slash, _numbered, _month_day, _day_month, _part_of_month, _month, holiday):
        found = rule(line, i, sight)
        if found:
            return _week_of(line, found)
    return None


def _week_of(line: Line, found: Found) -> Found:
    """As in "4th of july week", "may 22 weekend": the days around a date."""
    around = line.match(found.end, "week|weekend")
    if not around or not found.days.explicit or len(found.days.dates) != 1 or line.has(around, "of|after|before|from"):
        return found
    day = found.days.dates[0]
    days = calendar.week(day) if line.has(found.end, "week") else _long_weekend(day)
    return Found(Days(days, span=True), around)


def _found(days: list[date | None], end: int, sight: Sight, sort: str = "impossible") -> Found:
    """Dates that were named one by one; a missing one is impossible, an old one past."""
    dates = tuple(day for day in days if day)
    if len(dates) < len(days):
        return Found(Days(problem=sort, explicit=True), end)
    if dates[0] < sight.today:
        return Found(Days(problem="past", explicit=True), end)
    if dates[0] - sight.today > calendar.FARTHEST:
        return Found(Days(problem="impossible", explicit=True), end)
    if len(dates) == 2:
        return Found(Days(calendar.days_from(dates[0], dates[1]), span=True, explicit=True), end)
    return Found(Days(dates, explicit=True), end)


def _iso(line: Line, i: int, sight: Sight) -> Found | None:
    if line[i].kind != "iso":
        return None
    year, month, day = (int(part) for part in line.text(i).split("-"))
    return _found([calendar.dated(year, month, day, sight.today)] if year else [None], i + 1, sight)


def _slash(line: Line, i: int, sight: Sight) -> Found | None:
    """US month/day, with or without a year."""
    i = line.match(i, "the? date?") or i
    if line[i].kind != "slash":
        return None
    month, day, *years = (int(part) for part in line.text(i).split("/"))
    year = years[0] + 2000 * (years[0] < 100) if years else None
    return _found([calendar.dated(year, month, day, sight.today)], i + 1, sight)


def _day(line: Line, i: int) -> tuple[int, int] | None:
    """A day of a month after its name: "4", "4th", "the 4th"; not the 4 of "4pm"."""
    j = line.match(i, "the") or i
    token = line[j]
    if token.kind == "ordinal" or token.text in ("first", "second", "third"):
        return (_NUMBERED.get(token.text) or token.number), j + 1
    if token.kind == "number" and len(token.text) <= 2 and not line.has(j + 1, "am|pm|oclock|ish"):
        return token.number, j + 1
    return _spelled_twenties(line, j)


def _spelled_twenties(line: Line, i: int) -> tuple[int, int] | None:
    """As in "Twenty second", "thirty first"."""
    tens = 20 if line.text(i) == "twenty" else 30 if line[i].typed == "thirty" else 0
    j = line.match(i + 1, "-?")
    if not tens or j is None:
        return None
    token = line[j]
    ones = _NUMBERED.get(token.text) or (token.number if token.kind == "ordinal" else 0)
    return (tens + ones, j + 1) if 0 < ones < 10 else None


def _year(line: Line, i: int) -> tuple[int | None, int]:
    """A year behind a date, and where it ends; else None and the same place."""
    j = line.match(i, ",? of?") or i
    token = line[j]
    if token.kind == "number" and len(token.text) == 4 and 2000 <= token.number < 2100:
        return token.number, j + 1
    return None, i


def _month_day(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "Dec 4", "december 4th, 2026", "dec 4-6", "dec 4 or 5"."""
    month = MONTHS.get(line.text(i))
    start = _day(line, line.match(i + 1, ".?") or i + 1) if month else None
    if not month or not start:
        return None
    day, end = start
    year, end = _year(line, end)
    first = calendar.dated(year, month, day, sight.today)
    last = _last_day(line, i, end)
    if first and last and last[0] > day:
        return _found([first, calendar.dated(first.year, month, last[0], first)], last[1], sight)
    found = _found([first], end, sight)
    return _with_more(line, found, day, month) if found.days.dates else found


def _last_day(line: Line, i: int, end: int) -> tuple[int, int] | None:
    """The day behind "-" or "to"; "and" is a range only after "between"."""
    between = line.has(i - 1, "between") or line.has(i - 2, "between the")
    link = line.match(end, "-|to|through|until") or (line.match(end, "and") if between else None)
    return _day(line, link) if link else None


def _with_more(line: Line, found: Found, day: int, month: int) -> Found:
    """Further days of the same month: "dec 4 or 5", "jan 14th, 15th"."""
    dates, end = list(found.days.dates), found.end
    while True:
        link = line.match(end, ",|or|and|/|& or?")
        more = _day(line, link) if link else None
        if not more or more[0] <= day or line.text(more[1]) in MONTHS or not _alone(line, more[1]):
            return Found(Days(tuple(dates), explicit=True), end)
        following = calendar.dated(dates[0].year, month, more[0], dates[0])
        if not following:
            return Found(Days(problem="impossible", explicit=True), more[1])
        dates.append(following)
        day, end = more


def _day_month(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "The 13th", "4th of december", "4 dec", "the 4th to the 6th", "the 14th or 15th of january"."""
    i = line.match(i, "on? the") or i
    token = line[i]
    # "First" counts other things unless it has its article or its month.
    worded = token.text in ("first", "second", "third")
    spelled = _spelled_twenties(line, i)
    counted = token.kind == "number" and len(token.text) <= 2 and token.typed != "one"  # "the one at 10" is no first of a month
    if not (spelled or worded or token.kind == "ordinal" or counted):
        return None
    day, end = spelled or ((_NUMBERED[token.text] if worded else token.number), i + 1)
    named = _of_month(line, end)
    if named and not (token.kind == "number" and day <= HOURS and _hour_before_date(line, end)):
        year, end = _year(line, named[1])
        return _found([calendar.dated(year, named[0], day, sight.today)], end, sight)
    listed = _listed(line, i, day, end)
    if listed and (token.kind == "ordinal" or listed[2]):
        return _days_listed(
            listed,
            line.has(end, ",|or|and|/|&") and not line.has(i - 1, "between") and not line.has(i - 2, "between the"),
            day,
            sight,
        )
    the = line.has(i - 1, "the")
    if worded and not (the and (_alone(line, end) or line.has(end, "of"))):
        return None
    if token.kind == "number" and not (the and day > 0 and _alone(line, end)):
        return None
    next_month = line.match(end, "of? next month")
    if next_month:
        days = calendar.month(sight.today.year, sight.today.month + 1)
        return _found([days[day - 1] if 0 < day <= len(days) else None], next_month, sight)
    return _found([calendar.day_of_month(day, sight.today)], line.match(end, "of the|this month") or end, sight)


def _of_month(line: Line, i: int) -> tuple[int, int] | None:
    """The month behind a day: "of december", "dec"; its number and where it ends."""
    j = line.match(i, "of") or i
    month = MONTHS.get(line.text(j))
    return (month, j + 1) if month else None


def _hour_before_date(line: Line, i: int) -> bool:
    """Whether the number before the month at `i` is an hour: "3 dec 4", or no date at all: "4 may work"."""
    following = line[i + 1]
    if line[i].typed in ("may", "march"):
        return True
    hour = line.has(i + 2, "am|pm|oclock")  # "7 dec 2pm"
    return following.kind == "ordinal" or (following.kind == "number" and len(following.text) <= 2 and not hour)


def _listed(line: Line, i: int, day: int, end: int) -> tuple[int, int, int | None] | None:
    """The last of "4th-6th" or "14th or 15th (of january)": its day, where all ends, and their month."""
    link = line.match(end, "-|to|through|until|or|and|/|&|,")
    last = _day(line, link) if link else None
    denied = line.has(i - 1, "not") or line.has(i - 2, "not the")  # "not the 9th, the 10th"
    if (
        not last
        or last[0] <= day
        or (line.has(end, ",") and (denied or line.has(last[1], "is|works|would|will|should|could|can")))
        or (line[last[1] - 1].kind == "number" and line[i].kind == "ordinal" and not line.has(end, "-"))
    ):
        return None
    month = _of_month(line, last[1])
    if (line[i].kind == "number" and not month) or (month and day <= HOURS and line[last[1] + 1].kind in ("number", "ordinal")):
        return None
    return (last[0], month[1], month[0]) if month else (*last, None)


def _days_listed(listed: tuple[int, int, int | None], separate: bool, day: int, sight: Sight) -> Found:
    """Two days of one month, and those between them unless they were named one by one."""
    last, end, month = listed
    first = calendar.dated(None, month, day, sight.today) if month else calendar.day_of_month(day, sight.today)
    second = calendar.dated(first.year, first.month, last, first) if first else None
    found = _found([first, second], end, sight)
    return Found(Days((first, second), explicit=True), end) if separate and first and second else found


def _alone(line: Line, i: int) -> bool:
    """Whether "the 13" ends here, so that it is no "the 13 people"."""
    return line[i].kind in ("end", "mark") or line.has(
        i,
        "or|and|at|in|works|morning|afternoon|evening|after|before|if|whichever|whatever|either|both|please|thanks|is|are|would",
    )


def _which_month(line: Line, i: int, sight: Sight) -> tuple[tuple[date, ...], int] | None:
    """A month's days: "december", "next month", "the month"."""
    today = sight.today
    for phrase, ahead in (("the? month after next", 2), ("next month", 1), ("the following month", 1), ("this|the month", 0)):
        end = line.match(i, phrase)
        if end:
            return calendar.month(today.year, today.month + ahead), end
    j = line.match(i, "this|next|the?") or i
    number = MONTHS.get(line.text(j))
    if not number:
        return None
    year, end = _year(line, j + 1)
    return (calendar.month(year, number) if year else calendar.coming_month(number, today)), end


def _numbered(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "First tuesday of december", "last week of the month", "second weekend in january"."""
    j = line.match(i, "the") or i
    which = _NUMBERED.get(line.text(j))
    unit = line.text(j + 1)
    link = line.match(j + 2, "of|in")
    month = _which_month(line, link, sight) if which is not None and link else None
    if which is None or not month or (unit not in WEEKDAYS and unit not in ("week", "weekend")):
        return None
    days, end = month
    if unit == "week":
        picked = days[7 * (which - 1) : 7 * which] if which else days[-7:]
    else:
        wanted = WEEKDAYS.get(unit, 5)
        hits = [day for day in days if day.weekday() == wanted]
        if which > len(hits):
            return Found(Days(problem="impossible"), end)
        hit = hits[which - 1]
        picked = (hit, calendar.plus(hit, 1)) if unit == "weekend" else (hit,)
    return Found(Days(tuple(picked), span=len(picked) > 1), end)


def _part_of_month(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "Early december", "end of the month", "mid-january"."""
    j = line.match(i, "the? very?") or i
    part = _THIRDS.get(line.text(j))
    month = _which_month(line, line.match(j + 1, "-? of? in?") or j + 1, sight) if part else None
    if not part or not month:
        return None
    days, end = month
    return Found(Days(days[part[0] : part[1]], span=True), end)


def _month(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "In december", "next month", "december"."""
    later = line.match(i, "later this month")
    if later:
        days = calendar.month(sight.today.year, sight.today.month)
        return Found(Days(days[sight.today.day :], span=True, problem="" if days[sight.today.day :] else "past"), later)
    j = line.match(i, "sometime? in|during|for|of")
    month = _which_month(line, j or i, sight)
    if not month:
        return None
    name = line.text(month[1] - 1)
    lone = (
        name == "month"
        or j
        or line.has(i, "this|next")
        or line.has(i - 1, "before|after|by|until|through")
        or (name in LONE_MONTHS and len(line[month[1] - 1].typed) > 3)
    )
    if not lone or (name == "month" and line.has(i, "the") and not j):
        return None
    return Found(Days(month[0], span=True), month[1])


def holiday(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "Labor day", "new year's eve", "thanksgiving weekend"."""
    i = line.match(i, "the") or i
    for length in (3, 2, 1):
        tokens = [line[j] for j in range(i, i + length)]
        name = " ".join("eve" if token.typed == "eve" else token.text for token in tokens)
        end = i + length
        if name in ("new year", "ny") and (line.has(i - 1, "after|before|and|until") or line.has(i - 2, "after|before|and the")):
            name = "new years"
        if name not in calendar.HOLIDAYS:
            continue
        if name in calendar.NEEDS_DAY and not line.has(end, "day|weekend|week"):
            return None
        day = calendar.next_holiday(name, sight.today)
        return Found(Days((day,), explicit=True), line.match(end, "day") or end)
    return None


def _long_weekend(day: date) -> tuple[date, ...]:
    """The weekend that belongs to a holiday, with the holiday itself when it touches it."""
    saturday = calendar.plus(day, (5 - day.weekday()) if day.weekday() >= 2 else -day.weekday() - 2)
    return tuple(sorted({saturday, calendar.plus(saturday, 1), *([day] if day.weekday() in (0, 4) else [])}))
