"""Reads the day that something else hangs on: a single date, or a race whose date is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from legwork.bookings.when import calendar, dates, weeks
from legwork.bookings.when.clock import Time
from legwork.bookings.when.days import Days, Found
from legwork.bookings.when.line import Line, Sight
from legwork.bookings.when.times import half_past
from legwork.bookings.when.vocabulary import EVENTS, WEEKDAYS


def single(line: Line, i: int, sight: Sight) -> Found | None:
    """Return the days that stand at `i` without reference to others."""
    found = _near(line, i, sight) or dates.read(line, i, sight) or weeks.read(line, i, sight)
    return _dated_weekday(line, found, sight) if found and len(found.days.weekdays) == 1 and not found.days.many else found


def _dated_weekday(line: Line, found: Found, sight: Sight) -> Found:
    """As in "Tuesday, December 1" is one day, and a mistake when the 1st is no Tuesday."""
    dated = dates.read(line, line.match(found.end, ",? the?") or found.end, sight)
    if not dated or not dated.days.explicit or (dated.days.problem and line.has(found.end, ",")):
        return found
    if dated.days.dates and dated.days.dates[0].weekday() not in found.days.weekdays:
        return Found(Days(problem="mismatch"), dated.end)
    return dated


def _near(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "Today", "tomorrow", "tonight", "this afternoon"."""
    today = sight.today
    day_after = line.match(i, "the? day after tomorrow") or line.match(i, "overmorrow")
    if day_after:
        return Found(Days((calendar.plus(today, 2),)), day_after)
    later = line.match(i, "later on? today|tonight") or line.match(i, "later this")
    if later:
        i = later - 1
    if line.has(i, "today"):
        return Found(Days((today,)), i + 1)
    if line.has(i, "tomorrow"):
        return Found(Days((calendar.plus(today, 1),)), i + 1)
    if line.has(i, "tonight"):
        return Found(Days((today,)), i + 1, Time("part", part="evening"))
    if line.has(i, "this late|early? morning|afternoon|evening|aft") or line.has(i, "this very? morning|afternoon|evening"):
        return Found(Days((today,)), i + 1)
    return None


def anchor(line: Line, i: int, sight: Sight) -> Found | None:
    """Return the day something else hangs on: a date, a holiday, or a race whose date is known."""
    race = None if line.has(i, "that") and line[i + 1].kind in ("end", "mark") else event(line, i)
    if not race:
        found = single(line, i, sight) or _event_on(line, i, sight) or _explained(line, i, sight)
        # Said of a weekday that is today, "a week from tuesday" means the coming one: today has a name of its own.
        return (
            replace(found, days=replace(found.days, dates=found.days.fallback))
            if found and found.days.weekdays and found.days.fallback
            else found
        )
    name, end = race
    if line.has(i, "a|an|any|each|every"):
        return None  # "before a race" asks about races
    at = told(line, end)
    stated = single(line, at, sight) if at > end or line.has(end, "this|next") or line.text(end) in WEEKDAYS else None
    if stated and len(stated.days.dates) == 1:
        return Found(Days(stated.days.dates), stated.end)
    day = event_date(name, sight)
    return Found(Days((day,)) if day else Days(problem="unknown_event"), end)


def _explained(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "Falmouth, which is august 16": a name that the text itself dates."""
    for k in range(i + 1, i + 4):
        if line[k - 1].kind != "word":
            return None
        at = line.match(k, ",? which|that is|falls|s on?")
        if at:
            return single(line, at, sight)
    return None


def told(line: Line, i: int) -> int:
    """Return where the date of a race begins, behind the words that tell it: "which is on", "coming up"."""
    return (
        line.match(i, ",? which|that? is|was|s|thats|its|falls coming? up? on?")
        or line.match(i, "coming up on?")
        or line.match(i, "on|for")
        or i
    )


def _event_on(line: Line, i: int, sight: Sight) -> Found | None:
    """As in "The day after", "the friday after that": of the race or day that was just named."""
    if line.has(i, "that|then"):
        return Found(Days(sight.held[-1:], problem="" if sight.held else "unclear"), i + 1)
    lone = line[i].kind in ("end", "mark") or (sight.events and line.has(i, "would|works|is|sounds|please|ideally|if|for"))
    if lone and (sight.events or sight.held):
        return Found(Days((next(iter(sight.events.values())),) if sight.events else sight.held), i)
    return None


def event(line: Line, i: int) -> tuple[str, int] | None:
    """Return the race named at `i` and where it ends: "the boston marathon", "my 10k"."""
    j = line.match(i, "the|my|our|his|her|a|this|that|big? next? upcoming? big|first|next|spring|fall? ") or i
    for k in (j, j + 1, j + 2):
        if line.has(k, "half") and half_past(line, k):
            return None
        if line[k].kind == "event" or line.text(k) in EVENTS:
            end = line.match(k + 1, "-? marathon|race|day|weekend?") or k + 1
            if line.has(end, "training|monday|after|hour") and (line.has(k, "half") or not line.has(end, "after|hour")):
                return None
            name = " ".join(line.text(n) for n in range(j, end) if line[n].kind in ("word", "event"))
            return name, end
        if (
            line[k].kind != "word"
            or line.has(k, "after|before|or|and|at|on|in|have|i|can|is|need|want")
            or line.text(k) in WEEKDAYS
        ):
            return None
    return None


def event_date(name: str, sight: Sight) -> date | None:
    """Return the date of a race, as far as it is known."""
    for known, day in sight.events.items():
        if known in name or name in known:
            return day
    if name == "boston marathon":
        return calendar.next_holiday(name, sight.today)
    generic = name.split()[-1] in ("race", "day", "marathon", "half") and len(sight.events) == 1
    return next(iter(sight.events.values())) if generic else None
