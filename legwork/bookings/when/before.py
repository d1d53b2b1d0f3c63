"""A text that answers or corrects an earlier reading: "no, the 13th", "same day but later", "pm"."""

from __future__ import annotations

from datetime import date, datetime

from legwork.bookings.when.clock import CLOSES, OPENS, AmbiguousError, Clock, Time, spans
from legwork.bookings.when.days import Days
from legwork.bookings.when.reading import Window
from legwork.bookings.when.windows import minutes
from legwork.bookings.when.wishes import Entry, Outcome, Wish, fits

_LEANING = ("shift", "later", "earlier", "same")


def days(earlier: Outcome | None, held: tuple[Window, ...]) -> tuple[date, ...]:
    """Return the days that are known from before, in their order."""
    wishes = earlier.wishes if earlier else []
    asked = {day for wish in wishes for entry in wish.entries for day in entry.resolved().dates}
    return tuple(sorted({start.date() for start, _ in held} | asked))


def carry_over(outcome: Outcome, earlier: Outcome | None, held: tuple[Window, ...], now: datetime) -> None:
    """Fill in what a text leaves open with what is known from before: its days, or its times.

    Args:
        outcome: what the new text says; changed in place.
        earlier: what was understood when something was asked, or None.
        held: the windows that were read back, or ().
        now: the moment of the message.
    """
    known_days, known_times = days(earlier, held), _times(earlier, held, now)
    if not outcome.wishes and outcome.excluded and held:
        outcome.wishes = [Wish([Entry(Days((start.date(),)))], [[_exactly((start, end))]]) for start, end in held]
    if not outcome.wishes and (outcome.asap or outcome.excluded) and known_times:
        outcome.wishes = [Wish(times=known_times)]
    for wish in outcome.wishes:
        if wish.entries:
            _narrow(wish.entries, known_days)
            if not wish.times and not wish.inherited:
                wish.inherited = known_times
            elif _only_parts(wish) and not held:
                wish.times = _refined(wish.times, known_times)
            continue
        if not held and not any(time.clock for option in wish.times for time in option):
            wish.times = _refined(wish.times, known_times)
        if known_days and not outcome.asap:
            wish.entries = [Entry(Days(known_days))]


def _narrow(entries: list[Entry], known: tuple[date, ...]) -> None:
    """As in "Wednesday" as the answer to a week is the Wednesday of that week."""
    stretch = Days(known, span=True)
    for entry in entries:
        if len(known) > 2 and entry.span is None and any(day.weekday() in entry.days.weekdays for day in known):
            entry.span = stretch


def _only_parts(wish: Wish) -> bool:
    return bool(wish.times) and all(time.kind == "part" for option in wish.times for time in option)


def _refined(new: list[list[Time]], known: list[list[Time]]) -> list[list[Time]]:
    """As in "Evening" as the answer to "7 in the morning or evening?"; "morning" after "2 pm" takes its place."""
    if not known or any(time.kind in _LEANING for option in new for time in option):
        return new
    return [[*old, *option] for old in known for option in new or [[]] if _fit(old, option)] or new


def _fit(old: list[Time], new: list[Time]) -> bool:
    """Whether a part of the day can be that of an hour from before; an hour that is still open takes any."""
    try:
        spans(old)
    except AmbiguousError:
        return True
    return all(fits(new, time) for time in old)


def _times(earlier: Outcome | None, held: tuple[Window, ...], now: datetime) -> list[list[Time]]:
    """The times from before; whole days and what is left of today tell none."""
    if earlier:
        return [option for wish in earlier.wishes for option in wish.times]
    spans = dict.fromkeys(
        (minutes(start), minutes(end))
        for start, end in held
        if not (minutes(end) == CLOSES and (start.date() == now.date() or minutes(start) == OPENS))
    )
    return [[_between(lo, hi)] for lo, hi in spans]


def _exactly(window: Window) -> Time:
    return _between(minutes(window[0]), minutes(window[1]))


def _between(lo: int, hi: int) -> Time:
    first, last = Clock(lo // 60, lo % 60, sure=True), Clock(hi // 60, hi % 60, sure=True)
    return Time("at", first) if lo == hi else Time("between", first, last)
