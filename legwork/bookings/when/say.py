"""How windows are read back, in words that `read` understands as the same windows."""

from __future__ import annotations

from datetime import date, datetime

from legwork.bookings.when.calendar import plus
from legwork.bookings.when.clock import CLOSES, OPENS, Clock, Span, Time
from legwork.bookings.when.reading import Window
from legwork.bookings.when.windows import floor, minutes
from legwork.bookings.when.wishes import Outcome

LONGEST = 900
"""Characters of a sentence that is read back; `read` itself takes a thousand."""


def windows(found: tuple[Window, ...], now: datetime) -> str:
    """Return "Tuesday, December 1, 5 to 9 pm" and the like, days with the same times together."""
    by_day: dict[date, list[Span]] = {}
    for start, end in found:
        # Nobody wished for the odd minute at which they wrote.
        odd = start < end and start <= floor(now) and start.minute % 30
        first = OPENS if odd else minutes(start)
        by_day.setdefault(start.date(), []).append((first, minutes(end)))
    groups: dict[tuple[Span, ...], list[date]] = {}
    for on, spans in by_day.items():
        groups.setdefault(tuple(spans), []).append(on)
    return ", or ".join(f"{_days(days, now)}{_times(spans)}" for spans, days in groups.items())


def sayable(found: tuple[Window, ...], now: datetime) -> tuple[Window, ...]:
    """The earliest of the windows that one sentence can hold: nobody says yes to a list of fifty Mondays."""
    while len(windows(found, now)) > LONGEST:
        found = found[: len(found) * 9 // 10]
    return found


def day(on: date, now: datetime) -> str:
    """Return "Tuesday, December 1", with the year when it is another one."""
    year = f", {on.year}" if on.year != now.year else ""
    return f"{on:%A}, {on:%B} {on.day}{year}"


def heard(outcome: Outcome, now: datetime) -> str:
    """Return what is known so far of wishes that still need an answer: "after 5 pm", "Tuesday, December 1, at 7"."""
    said = []
    for wish in outcome.wishes:
        dates = [on for entry in wish.entries for on in entry.resolved().dates]
        times = " or ".join(dict.fromkeys(filter(None, (_phrases(option) for option in wish.times or wish.inherited))))
        said.append(", ".join(filter(None, [_days(sorted(set(dates)), now) if dates else "", times])))
    return ", or ".join(filter(None, said))


def _days(days: list[date], now: datetime) -> str:
    """Days in a row as "… to …", others joined by "or"."""
    runs: list[list[date]] = []
    for on in days:
        if runs and plus(runs[-1][-1], 1) == on:
            runs[-1].append(on)
        else:
            runs.append([on])
    parts = []
    for run in runs:
        if len(run) > 2:
            parts.append(f"{day(run[0], now)} to {day(run[-1], now)}")
        else:
            parts += [day(on, now) for on in run]
    return " or ".join(parts)


def _times(spans: tuple[Span, ...]) -> str:
    if spans == ((OPENS, CLOSES),):
        return ", any time"
    exact = all(lo == hi for lo, hi in spans)
    if exact:
        return " at " + " or ".join(_clock(lo) for lo, _ in spans)
    return ", " + " or ".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    lo, hi = span
    if lo == hi:
        return f"at {_clock(lo)}"
    if hi == CLOSES:
        return f"after {_clock(lo)}"
    if lo == OPENS:
        return f"before {_clock(hi)}"
    first, last = _clock(lo), _clock(hi)
    if first[-2:] == last[-2:] and first[-2:] in ("am", "pm"):
        first = first[:-3]
    return f"{first} to {last}"


def _clock(at: int) -> str:
    if at == 720:
        return "noon"
    hour, minute = divmod(at, 60)
    return f"{(hour - 1) % 12 + 1}{f':{minute:02}' if minute else ''} {'am' if hour < 12 else 'pm'}"


def _phrases(option: list[Time]) -> str:
    """Phrases that hold together; beside a part of the day and in an open range a clock stays as it was given."""
    bare = any(time.kind == "part" for time in option) or len(option) > 1
    return " ".join(filter(None, (_phrase(time, bare) for time in option)))


def _phrase(time: Time, bare: bool) -> str:
    if time.kind == "part":
        return {"lunch": "lunchtime", "early": "early morning"}.get(time.part, time.part)
    if time.kind == "any":
        return "any time"
    if time.kind == "between" and time.clock and time.end:
        bare = bare or len(time.clock.options()) > 1
        return f"between {_written(time.clock, bare)} and {_written(time.end, bare)}"
    return f"{time.kind} {_written(time.clock, bare)}" if time.clock else ""


def _written(clock: Clock, bare: bool) -> str:
    """A clock with its half of the day, or as it was given when that is still open."""
    options = clock.options()
    if len(options) == 1 and not (bare and not clock.half and not clock.sure):
        return _clock(options[0])
    return f"{clock.hour}{f':{clock.minute:02}' if clock.minute else ''}"
