"""Wishes to windows: what is past, at night or excluded is taken out; what is left is merged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from legwork.bookings.when import calendar, weeks
from legwork.bookings.when.clock import CLOSES, OPENS, STEP, AmbiguousError, InvalidTimeError, Span, Time, spans
from legwork.bookings.when.days import Days
from legwork.bookings.when.reading import Window
from legwork.bookings.when.wishes import Entry, Exclusion, Outcome, Wish

EVERY_DAY = frozenset(range(7))


class UnansweredError(Exception):
    """Raised when no windows come out of wishes; its argument is a reason of `REASONS`."""

    @property
    def reason(self) -> str:
        """The reason."""
        return str(self.args[0])


@dataclass(frozen=True)
class Slot:
    """Minutes of a date."""

    day: date
    span: Span


def windows(outcome: Outcome, now: datetime, held: tuple[Window, ...] = ()) -> tuple[Window, ...]:
    """Return the windows of all wishes together.

    Args:
        outcome: what was said; every wish has days or needs none.
        now: the moment of the message.
        held: the windows of the reading before, for "later" and "same time".

    Raises:
        UnansweredError: nothing is left, or something must be asked first.
    """
    if outcome.mismatch:
        raise UnansweredError("mismatch")
    problems: list[str] = []
    slots: list[Slot] = []
    for wish in _with_days(outcome, now, held):
        slots += _slots(wish, now, held, problems)
    for reason in ("mismatch", "ambiguous_hour", "unknown_event", "unclear"):
        if reason in problems and (reason in ("mismatch", "ambiguous_hour") or not slots):
            raise UnansweredError(reason)
    kept = [slot for slot in slots for slot in _spared(slot, outcome.excluded)]
    if slots and not kept:
        raise UnansweredError("unclear")
    if not kept:
        raise UnansweredError(problems[0] if problems else "past")
    return _merged(kept, now)


def floor(now: datetime) -> datetime:
    """Return `now` rounded up to the minute, the earliest start there is."""
    whole = now.replace(second=0, microsecond=0)
    return whole if whole == now else whole + timedelta(minutes=1)


def at(day: date, minutes: int, now: datetime) -> datetime:
    """Return a moment of the practice's day by its wall clock."""
    return datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=now.tzinfo)


def minutes(moment: datetime) -> int:
    """Return minutes after midnight by the wall clock."""
    return moment.hour * 60 + moment.minute


def _with_days(outcome: Outcome, now: datetime, held: tuple[Window, ...]) -> list[Wish]:
    """All wishes, with days for those that need none of their own."""
    today = now.date()
    orphans = [wish for wish in outcome.wishes if not wish.entries]
    dated = [wish for wish in outcome.wishes if wish.entries]
    times = [option for wish in orphans for option in wish.times]
    if dated:
        for wish in dated:
            wish.times = wish.times or ([list(option) for option in times] if times else [])
        return dated
    plain = Wish(times=times)
    if outcome.asap:
        days = Days(calendar.days_from(today, calendar.plus(today, 7)))
    elif outcome.whenever or any(time.many for option in times for time in option) or _excludes_days(outcome, times):
        days = Days(_after_absence(outcome.excluded, today) or weeks.ahead(EVERY_DAY, today))
    elif held and any(time.kind in ("shift", "later", "earlier", "same") for option in times for time in option):
        days = Days(tuple(sorted({start.date() for start, _ in held})))
    else:
        raise UnansweredError(
            "unclear" if any(time.kind in ("shift", "later", "earlier", "same") for o in times for time in o) else "no_day"
        )
    plain.entries = [Entry(days)]
    return [plain]


def _excludes_days(outcome: Outcome, times: list[list[Time]]) -> bool:
    """As in "Not Mondays", "after 5 but not on Fridays": all other days are meant.

    A date that is refused ("I can't do the 9th") names no other day.
    """
    return any(
        (not exclusion.days and not times) or any(not days.explicit for days in exclusion.days) for exclusion in outcome.excluded
    )


def _after_absence(excluded: list[Exclusion], today: date) -> tuple[date, ...]:
    """As in "I'm away until the 5th": the seven days after an absence that begins now."""
    away = {day for exclusion in excluded for days in exclusion.days if days.span for day in days.dates if not exclusion.times}
    last = calendar.plus(today, 1)
    if last not in away:
        return ()
    while last in away:
        last = calendar.plus(last, 1)
    return calendar.days_from(last, calendar.plus(last, 6))


def _slots(wish: Wish, now: datetime, held: tuple[Window, ...], problems: list[str]) -> list[Slot]:
    """The slots of one wish; why there are none goes to `problems`."""
    found: list[Slot] = []
    for entry in wish.entries:
        days = entry.resolved()
        if days.problem or not days.dates:
            problems.append(days.problem or "impossible")
            continue
        for option in wish.times or wish.inherited or [[]]:
            try:
                for span in _spans(option, held):
                    new = _future(days.dates, span, now) or _future(days.fallback, span, now)
                    found += new
                    if not new:
                        problems.append("past")
            except AmbiguousError:
                problems.append("ambiguous_hour")
            except InvalidTimeError as error:
                problems.append(str(error))
    return found


def _spans(option: list[Time], held: tuple[Window, ...]) -> list[Span]:
    """The spans of one alternative; "later" and its like move those of the reading before."""
    moved = next((time for time in option if time.kind in ("shift", "later", "earlier", "same")), None)
    if moved is None:
        return [spans(option)]
    others = [time for time in option if time is not moved]
    base = sorted({(minutes(start), minutes(end)) for start, end in held})
    if not base:
        if others:
            return [spans(others)]
        raise InvalidTimeError("unclear")
    return [_moved(moved, span) for span in base]


def _moved(moved: Time, span: Span) -> Span:
    lo, hi = span
    if moved.kind == "same":
        return span
    if moved.kind == "shift":
        lo, hi = lo + moved.minutes, hi + moved.minutes
    elif moved.kind == "later":
        lo, hi = (hi if hi > lo else hi + STEP), CLOSES
    else:
        lo, hi = OPENS, (lo if hi > lo else lo - STEP)
    if lo >= CLOSES or hi < OPENS or lo < OPENS > hi or lo > hi or (moved.kind != "shift" and lo == hi):
        raise InvalidTimeError("unclear" if moved.kind != "shift" else "night")
    return max(lo, OPENS), min(hi, CLOSES)


def _future(days: tuple[date, ...], span: Span, now: datetime) -> list[Slot]:
    """The span on each of the days, as far as it is still to come."""
    today, earliest = now.date(), floor(now)
    passed = minutes(earliest) if earliest.date() == today else 24 * 60
    found = []
    for day in days:
        lo, hi = span
        if day < today or day - today > calendar.FARTHEST:
            continue
        if day == today:
            if hi < passed or (lo < hi == passed):
                continue
            lo = max(lo, passed)
        found.append(Slot(day, (lo, hi)))
    return found


def _spared(slot: Slot, excluded: list[Exclusion]) -> list[Slot]:
    """What the exclusions leave of a slot."""
    left = [slot]
    for exclusion in excluded:
        if exclusion.days and not any(_covers(days, slot.day) for days in exclusion.days):
            continue
        if not exclusion.times:
            if exclusion.days:
                return []
            continue
        for unwanted in exclusion.times:
            try:
                lo, hi = spans([unwanted])
            except (AmbiguousError, InvalidTimeError):
                continue
            left = [rest for part in left for rest in _minus(part, lo, hi)]
    return left


def _covers(days: Days, day: date) -> bool:
    return day in days.dates or (day.weekday() in days.weekdays and not days.span)


def _minus(slot: Slot, lo: int, hi: int) -> list[Slot]:
    """A slot without a span of minutes; what only touches it stays whole."""
    start, end = slot.span
    if start == end:
        return [] if lo <= start < hi or start == lo == hi else [slot]
    if hi <= start or lo >= end or lo == hi:
        return [slot]
    rest = [(start, lo), (hi, end)]
    return [replace(slot, span=span) for span in rest if span[0] < span[1]]


def _merged(slots: list[Slot], now: datetime) -> tuple[Window, ...]:
    """Windows in their order; those of a day that overlap or touch become one."""
    merged: list[Slot] = []
    for slot in sorted(slots, key=lambda slot: (slot.day, slot.span)):
        if merged and merged[-1].day == slot.day and slot.span[0] <= merged[-1].span[1]:
            merged[-1] = Slot(slot.day, (merged[-1].span[0], max(merged[-1].span[1], slot.span[1])))
        else:
            merged.append(slot)
    return tuple((at(slot.day, slot.span[0], now), at(slot.day, slot.span[1], now)) for slot in merged)
