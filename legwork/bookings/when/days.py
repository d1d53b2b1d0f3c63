"""Which days a phrase names. The readers in `dates`, `weeks` and `relative` all return this."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from legwork.bookings.when.clock import Time


@dataclass(frozen=True)
class Days:
    """Days that one phrase names, in their order."""

    dates: tuple[date, ...] = ()
    weekdays: frozenset[int] = frozenset()
    """Set when only weekdays were named, so that "next week" beside them decides which."""
    span: bool = False
    """Whether it is a stretch of days (a week, a month) that weekdays beside it can narrow."""
    wider: tuple[date, ...] = ()
    """What weekdays narrow when it is more than `dates`: "tuesday in two weeks" is in the week around that day."""
    explicit: bool = False
    """Whether it is a date of the calendar ("the 9th"), which a weekday beside it must agree with."""
    many: bool = False
    """Whether it stands for all such days ("mondays", "weekdays")."""
    fallback: tuple[date, ...] = ()
    """Taken when `dates` are today and too late: "friday" on a Friday evening."""
    problem: str = ""
    """A reason of `REASONS` why there are no dates."""

    next_week: tuple[date, ...] = ()
    """That week when it is "next monday", which a weekday joined to it shares."""

    @property
    def week_of_next(self) -> Days | None:
        """The week of "next monday" as a stretch of days, or None."""
        return Days(self.next_week, span=True) if self.next_week else None

    def within(self, span: Days) -> Days:
        """Return these weekdays narrowed to a stretch of days."""
        dates = tuple(day for day in span.wider or span.dates if day.weekday() in self.weekdays)
        return replace(self, dates=dates, fallback=(), problem=span.problem)


@dataclass(frozen=True)
class Found:
    """Days found in a line."""

    days: Days
    end: int
    """Index of the first token behind the phrase."""
    time: Time | None = None
    """A time that the same words tell: "tonight", "in an hour"."""
