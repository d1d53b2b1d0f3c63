"""Reads days told by other days: "tomorrow", "in two weeks", "the day after thanksgiving", "by friday", "mon-wed"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta, timezone

from legwork.bookings.when import calendar, dates, weeks
from legwork.bookings.when.anchors import anchor, event, single
from legwork.bookings.when.clock import Clock, Time
from legwork.bookings.when.days import Days, Found
from legwork.bookings.when.line import Line, Sight
from legwork.bookings.when.vocabulary import WEEKDAYS


def read(line: Line, i: int, sight: Sight) -> Found | None:
    """Return the days that stand at `i` in any form, or None."""
    for rule in (_past, _beside, _counted, _ahead, _stretch, _limit, _leaning, single):
        found = rule(line, i, sight)
        if found:
            return found
    return None


def _past(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "Yesterday", "last week": over, whatever it is."""
    over = (
        line.match(i, "the? day before yesterday")
        or line.match(i, "yesterday")
        or (None if line.has(i + 2, "of|in") else line.match(i, "last week|weekend|month|year|night|evening"))
        or (line.match(i, "last") if line.text(i + 1) in WEEKDAYS and not line.has(i + 2, "of|in") else None)
    )
    if not over:
        return None
    return Found(Days(problem="past"), over + (line.has(over - 1, "last") and line.text(over) in WEEKDAYS))


def _amount(line: Line, i: int) -> tuple[int, int] | None:
    """How many: "3", "a", "a couple of", "a few"; and where it ends."""
    for phrase, number in (("a? couple of?", 2), ("a? few", 3), ("a|an|one", 1)):
        end = line.match(i, phrase)
        if end:
            return number, end
    if line[i].kind == "number" and len(line.text(i)) <= 3:
        return line[i].number, i + 1
    return None


def _counted(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "In two weeks", "3 days from now", "a week from tuesday", "in an hour"."""
    within = line.match(i, "within the|this week")
    if within:
        return Found(Days(calendar.days_from(sight.today, calendar.plus(sight.today, 7)), span=True), within)
    half = line.match(i, "in half an? hour")
    if half:
        return _soon(sight, 30, half)
    lead = line.match(i, "in about|around|like|maybe?") or line.match(i, "in|within")
    amount = _amount(line, lead or i)
    if not amount and not lead and line.has(i, "week|day from|after|before"):
        amount = (1, i)
    if not amount:
        return None
    number, unit_at = amount
    unit_at = line.match(unit_at, "more|full|short?") or unit_at
    unit, end = line.text(unit_at), unit_at + 1
    if unit in WEEKDAYS and 0 < number <= 12 and line.has(end, "from now|today"):
        first = calendar.coming(WEEKDAYS[unit], sight.today)
        return Found(Days((calendar.plus(first, 7 * (number - 1)),)), end + 2)
    from_now = line.match(end, "from now")
    if unit in ("hour", "minute") and (lead or from_now) and not line.has(i, "within"):
        if unit == "hour" and number and number % 24 == 0:  # "in 48 hours" counts days
            return Found(Days((calendar.plus(sight.today, number // 24),)), from_now or end)
        return _soon(sight, number * (60 if unit == "hour" else 1), from_now or end)
    if unit == "fortnight":
        number, unit = 2 * number, "week"
    if unit not in ("day", "week", "month", "weekend") or (unit == "month" and number > 36) or number > 400:
        return None
    since = line.match(end, "from|after|out? now|today") or line.match(end, "out") or line.match(end, "time")
    if line.has(i, "within"):
        return Found(Days(calendar.days_from(sight.today, _shift(sight.today, unit, number)), span=True), since or end)
    if lead or since:
        end = since or line.match(end, "or so") or end
        return _shifted(_shift(sight.today, unit, number), unit, end)
    british = unit == "week" and number == 1 and line.has(end, "on") and line.text(end + 1) in WEEKDAYS  # "a week on saturday"
    sign = 1 if line.has(end, "from|after") or british else -1 if line.has(end, "before") else 0
    base = anchor(line, end + 1, sight) if sign else None
    if not base:
        return None
    if base.days.problem or not base.days.dates:
        return Found(Days(problem=base.days.problem or "unclear"), base.end)
    return _shifted(_shift(base.days.dates[0 if sign < 0 else -1], unit, sign * number), unit, base.end)


def _soon(sight: Sight, minutes: int, end: int) -> Found:
    """The moment so many minutes from now, which may be tomorrow."""
    then = (sight.now.astimezone(timezone.utc) + timedelta(minutes=min(minutes, 10**5))).astimezone(sight.now.tzinfo)
    if then.second or then.microsecond:
        then = then.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return Found(Days((then.date(),)), end, Time("at", Clock(then.hour, then.minute, sure=True)))


def _shift(day: date, unit: str, number: int) -> date:
    """The date so many days, weeks or months on; the 31st becomes the 30th where it must."""
    if unit != "month":
        return calendar.plus(day, number * (1 if unit == "day" else 7))
    days = (
        calendar.month(day.year, day.month + number)
        if day.month + number > 0
        else calendar.month(day.year - 1, day.month + number + 12)
    )
    return days[min(day.day, len(days)) - 1]


def _shifted(day: date, unit: str, end: int) -> Found:
    wider = {"week": calendar.week(day), "month": calendar.month(day.year, day.month)}.get(unit, ())
    if unit == "weekend":
        return Found(Days(calendar.weekend(day), span=True), end)
    return Found(Days((day,), span=bool(wider), wider=wider), end)


def _ahead(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "In the next two weeks", "the next few days": from tomorrow on."""
    j = line.match(i, "some|any? time? in|within|over|during? the? next|coming|following")
    j = j or line.match(i, "sometime|anytime? in|within|over|during? the? next|coming|following")
    amount = _amount(line, j) if j else None
    if j and not amount and line.has(j - 2, "the next|coming week") and line.has(j - 3, "in|within|over|during"):
        amount = (1, j)
    if not amount:
        return None
    number, unit_at = amount
    unit = line.text(unit_at)
    if unit == "hour" and number <= 96:
        last = (sight.now + timedelta(hours=number)).date()
        return Found(Days(calendar.days_from(sight.today, last), span=True), unit_at + 1)
    if unit not in ("day", "week", "month") or not 0 < number <= 60:
        return None
    days = calendar.days_from(calendar.plus(sight.today, 1), _shift(sight.today, unit, number))
    return Found(Days(days, span=True), unit_at + 1)


def _beside(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "The day after thanksgiving", "week of the 15th", "tuesday after labor day", "weekend before the race"."""
    j = line.match(i, "on? the|anytime|sometime? very? ") or i
    unit = line.text(j)
    if unit not in ("day", "week", "weekend", "weekday", "morning", "evening", "afternoon") and unit not in WEEKDAYS:
        return None
    others = [WEEKDAYS[unit]] if unit in WEEKDAYS else []
    while others and line.has(j + 1, "or|and|/") and line.text(j + 2) in WEEKDAYS:
        j += 2  # "thursday or friday before"
        others.append(WEEKDAYS[line.text(j)])
    link = line.match(j + 1, "right? after|following|before|preceding|of")
    if len(others) > 1 and (line.has(link or 0, "that|then") or not link or line.has(link - 1, "of")):
        return None
    if not link or (line.has(link, "next") and not line.has(link, "next week")) or (sight.timed and line.has(link, "that|then")):
        return None
    word = line.text(link - 1)
    if (word == "of" and unit in WEEKDAYS) or (word == "of" and unit in ("morning", "evening", "afternoon")):
        return None
    base = (_just_over(line, link, sight) if word in ("after", "following") else None) or anchor(line, link, sight)
    if not base or (unit in ("morning", "evening", "afternoon") and not base.days.dates):
        return None
    if base.days.problem:
        return base
    if len(others) > 1:
        found = _weekdays_beside(others, word, base.days)
        return Found(found, base.end) if found else None
    found = _neighbors(unit, word, base.days, _is_race(line, link))
    time = Time("part", part=unit) if unit in ("morning", "evening", "afternoon") else None
    if found and found.dates and found.dates[-1] < sight.today:
        found = Days(problem="past")  # "the day after thanksgiving" on the Saturday
    return Found(found, base.end, time) if found else None


def _just_over(line: Line, i: int, sight: Sight) -> Found | None:
    """The holiday of the last days: on the Friday "the day after thanksgiving" is today, and none of next year."""
    found = dates.holiday(line, i, replace(sight, now=sight.now - timedelta(days=7)))
    return found if found and found.days.dates[0] < sight.today else None


def _is_race(line: Line, i: int) -> bool:
    """Whether the anchor at `i` is a race; the week after it is counted from its day, for recovery."""
    return event(line, i) is not None or line[i].kind in ("end", "mark")


def _neighbors(unit: str, word: str, base: Days, race: bool) -> Days | None:
    """The day, week, weekend or weekday before, after or of other days."""
    if not base.dates:
        return None
    first, last, after = base.dates[0], base.dates[-1], word in ("after", "following")
    if word == "of":
        return {"week": Days(calendar.week(first), span=True), "weekend": Days(calendar.weekend(first), span=True)}.get(
            unit, base
        )
    if unit == "week":
        return Days(_week_after(last, race) if after else _week_before(first, race), span=True)
    if unit == "weekend":
        saturday = calendar.coming(5, last if after else calendar.plus(first, -9 if first.weekday() == 6 else -8))
        return Days((saturday, calendar.plus(saturday, 1)), span=True)
    step = 1 if after else -1
    day = calendar.plus(last if after else first, step)
    wanted = {WEEKDAYS[unit]} if unit in WEEKDAYS else set(range(5)) if unit == "weekday" else set(range(7))
    while day.weekday() not in wanted:
        day = calendar.plus(day, step)
    return Days((day,))


def _weekdays_beside(weekdays: list[int], word: str, base: Days) -> Days | None:
    """As in "Thursday or friday before the race"."""
    names = {number: name for name, number in reversed(WEEKDAYS.items())}
    found = [_neighbors(names[weekday], word, base, False) for weekday in weekdays]
    return Days(tuple(sorted({day for days in found if days for day in days.dates}))) if all(found) else None


def _week_after(day: date, race: bool) -> tuple[date, ...]:
    """The seven days after a race, else the next Monday to Sunday."""
    return calendar.days_from(calendar.plus(day, 1), calendar.plus(day, 7)) if race else calendar.week(day, 1)


def _week_before(day: date, race: bool) -> tuple[date, ...]:
    """The seven days before a race, else the Monday to Sunday before; before a Sunday it is that Sunday's own week."""
    if race or day.weekday() == 6:
        return calendar.days_from(calendar.plus(day, -7 if race else -6), calendar.plus(day, -1))
    return calendar.week(day, -1)


def _stretch(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "Mon-wed", "from the 3rd to the 5th", "between monday and friday"."""
    between = line.match(i, "anytime|sometime|some? in? between") or line.match(i, "any time in? between")
    lead = between or line.match(i, "anytime|sometime? from") or line.match(i, "any time from") or i
    first = Found(Days((sight.today,)), lead + 1) if lead > i and line.has(lead, "now") else single(line, lead, sight)
    if not first or not first.days.dates or first.time:
        return None
    if lead > i and first.days.span and line[first.end - 1].kind in ("ordinal", "number"):
        return first  # "between the 3rd and the 5th" is read as one already
    link = line.match(first.end, "and|&|-|to" if between else "-|to|until|through|->")
    last = single(line, link, sight) if link else None
    if not last or not last.days.dates or last.time:
        return None
    start, weekday = first.days.dates[0], last.days.weekdays
    if weekday and len(weekday) == 1:
        end = calendar.coming(next(iter(weekday)), start)
        if first.days.weekdays:
            names = frozenset(day.weekday() for day in calendar.days_from(start, end))
            if names == frozenset(range(5)):
                return Found(Days(weeks.ahead(names, sight.today), names, many=True), last.end)
            return Found(Days(calendar.days_from(start, end), names, many=True), last.end)
    else:
        end = last.days.dates[-1]
    if end < start:
        return Found(Days(problem="impossible"), last.end)
    if between and dates.holiday(line, lead, sight) and dates.holiday(line, link or 0, sight):
        inner = calendar.days_from(calendar.plus(start, 1), calendar.plus(end, -1))  # nobody works on the holidays themselves
        return Found(Days(inner, span=True, problem="" if inner else "impossible"), last.end)
    return Found(Days(calendar.days_from(start, end), span=True), last.end)


_UNTIL = ["no|not later than", "not after", "by", "until", "up until|to", "through", "on or before", "no|not past"]
_FROM = ["no|not earlier|sooner than", "not before|until", "starting on|from?", "from", "on or after", "as of"]


def _limit(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "By friday", "before the 15th", "after thanksgiving", "from monday on"."""
    j = line.match(i, "anytime|sometime|some|any? time?") or i
    for kind, phrases in (
        ("until", _UNTIL),
        ("from", _FROM),
        ("before", ["before", "prior to", "ahead of", "earlier|sooner than"]),
        ("after", ["right? after", "later than", "following"]),
    ):
        for phrase in phrases:
            link = line.match(j, phrase)
            over = _just_over(line, link, sight) if link and kind == "after" else None
            base = over or (anchor(line, link, sight) if link and link > j else None)
            if not base or line.has(link or 0, "that|then"):
                continue  # "after that" is mostly said of the hour
            if base.days.problem or not base.days.dates:
                return Found(Days(problem=base.days.problem), base.end) if base.days.problem else None
            end = line.match(base.end, "on|onward|onwards|forward") or base.end if kind == "from" else base.end
            if line.text(end - 1) == "on" and line[end].kind == "word" and end > base.end:
                end = base.end
            return Found(_limited(kind, base.days, sight.today), end, base.time)
    return None


def _limited(kind: str, base: Days, today: date) -> Days:
    """All days on one side of others: up to them from today, or seven from them on."""
    first, last = base.dates[0], base.dates[-1]
    if kind in ("until", "before"):
        end = last if kind == "until" else calendar.plus(first, -1)
        return Days(calendar.days_from(today, end), span=True) if end >= today else Days(problem="past")
    start = first if kind == "from" else max(today, calendar.plus(last, 1))
    return Days(calendar.days_from(start, calendar.plus(start, 6)), span=True)


def _leaning(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "Same day", "that day", "the next day", "a week later": of the reading before."""
    held = sight.held
    same = line.match(i, "the? same day|date|days") or line.match(i, "later? that day") or line.match(i, "those days|dates|day")
    if same:
        return Found(Days(held, problem="" if held else "unclear"), same)
    following = line.match(i, "the next|following day") or line.match(i, "the? day after") or line.match(i, "the? day before")
    if following and held:
        step = -1 if line.text(following - 1) == "before" else 1
        return Found(Days(tuple(calendar.plus(day, step) for day in held)), following)
    if line.has(i, "that") and line.text(i + 1) in WEEKDAYS:
        base = held[:1] or tuple(sight.events.values())[:1]
        days = tuple(calendar.week(day)[WEEKDAYS[line.text(i + 1)]] for day in base)
        return Found(Days(days, problem="" if days else "unclear"), i + 2)
    next_one = line.match(i, "the following|next one?") or line.match(i, "the 1 after")
    if next_one and held and line[next_one].kind in ("end", "mark"):
        return Found(Days(tuple(calendar.plus(day, 7) for day in held)), next_one)
    amount = _amount(line, i)
    if not amount or line.text(amount[1]) not in ("day", "week", "month") or amount[0] > 100:
        return None
    word = line.text(amount[1] + 1)
    if word not in ("later", "earlier", "sooner") or not held:
        return None
    sign = 1 if word == "later" else -1
    return Found(Days(tuple(_shift(day, line.text(amount[1]), sign * amount[0]) for day in held)), amount[1] + 2)
