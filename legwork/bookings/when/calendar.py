"""Weeks, months and holidays as dates. Weeks run from Monday to Sunday."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

import holidays
from dateutil.easter import easter

FARTHEST = timedelta(days=3 * 366)
"""Nobody books farther ahead; beyond, dates are taken for slips."""


def plus(day: date, days: int) -> date:
    """Return `day` shifted by `days`, kept within a span that no appointment leaves."""
    return day + timedelta(days=max(-4000, min(4000, days)))


def days_from(first: date, last: date) -> tuple[date, ...]:
    """Return all dates from `first` to `last`, both included, at most 366."""
    return tuple(plus(first, n) for n in range(min((last - first).days + 1, 366)))


def week(day: date, weeks: int = 0) -> tuple[date, ...]:
    """Return the Monday to Sunday around `day`, or the one so many `weeks` later."""
    monday = plus(day, 7 * weeks - day.weekday())
    return days_from(monday, plus(monday, 6))


def weekend(day: date, weeks: int = 0) -> tuple[date, ...]:
    """Return Saturday and Sunday of the week around `day`, or so many `weeks` later."""
    return week(day, weeks)[5:]


def month(year: int, number: int) -> tuple[date, ...]:
    """Return all days of a month; `number` may run over 12 into the next year."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    return days_from(date(year, number, 1), date(year, number, monthrange(year, number)[1]))


def coming_month(number: int, today: date) -> tuple[date, ...]:
    """Return the days of this year's month `number`, or of next year's when it is over."""
    return month(today.year + (number < today.month), number)


def coming(weekday: int, after: date) -> date:
    """Return the first such weekday after the date."""
    return plus(after, (weekday - after.weekday() - 1) % 7 + 1)


def dated(year: int | None, number: int, day: int, today: date) -> date | None:
    """Return the date; without a year the next one from `today` on; None when neither this year nor the next has it."""
    years = [year] if year else (today.year, today.year + 1)
    for candidate in years:
        try:
            found = date(candidate, number, day)
        except ValueError:
            continue
        if year or found >= today:
            return found
    return None


def day_of_month(day: int, today: date) -> date | None:
    """Return the next such day of a month from `today` on, "the 31st" skipping months that have none."""
    for ahead in range(3):
        days = month(today.year, today.month + ahead)
        if 1 <= day <= len(days) and days[day - 1] >= today:
            return days[day - 1]
    return None


# Names as clients use them, without a trailing "day", → the name in the `holidays` package.
_OFFICIAL = {
    "new years": "New Year's Day",
    "mlk": "Martin Luther King Jr. Day",
    "martin luther king": "Martin Luther King Jr. Day",
    "presidents": "Washington's Birthday",
    "patriots": "Patriots' Day",
    "marathon monday": "Patriots' Day",
    "boston marathon": "Patriots' Day",
    "memorial": "Memorial Day",
    "juneteenth": "Juneteenth National Independence Day",
    "independence": "Independence Day",
    "labor": "Labor Day",
    "labour": "Labor Day",
    "columbus": "Columbus Day",
    "indigenous peoples": "Columbus Day",
    "veterans": "Veterans Day",
    "thanksgiving": "Thanksgiving Day",
    "christmas": "Christmas Day",
}
_BESIDE = {
    "new years eve": ("new years", -1),
    "nye": ("new years", -1),
    "christmas eve": ("christmas", -1),
    "boxing": ("christmas", 1),
    "black friday": ("thanksgiving", 1),
    "thanksgiving eve": ("thanksgiving", -1),
    "cyber monday": ("thanksgiving", 4),
    "good friday": ("easter", -2),
    "easter monday": ("easter", 1),
}
_FIXED = {"halloween": (10, 31), "valentines": (2, 14), "st patricks": (3, 17), "saint patricks": (3, 17)}
_MOVING = {"mothers": (5, 6, 2), "fathers": (6, 6, 3)}  # month, weekday, which one

HOLIDAYS = {*_OFFICIAL, *_BESIDE, *_FIXED, *_MOVING, "easter"}
"""Names of holidays that clients use, without a trailing "day"."""

NEEDS_DAY = {
    "presidents", "patriots", "memorial", "independence", "labor", "labour", "columbus", "indigenous peoples",
    "veterans", "mothers", "fathers", "boxing", "st patricks", "saint patricks", "valentines",
}  # fmt: skip
"""Those that mean something else unless "day", "weekend" or "week" follows."""


@lru_cache(maxsize=16)
def _official(year: int) -> dict[str, date]:
    """Name → date of the holidays of Massachusetts, on their own dates and not on the Monday after."""
    named = holidays.country_holidays("US", subdiv="MA", years=year, observed=False)
    return {name: day for day, names in named.items() for name in names.split("; ")}


def holiday_in(name: str, year: int) -> date:
    """Return the date of a holiday of `HOLIDAYS` in `year`."""
    if name in _BESIDE:
        base, offset = _BESIDE[name]
        return plus(holiday_in(base, year + (base == "new years")), offset)
    if name in _FIXED:
        return date(year, *_FIXED[name])
    if name in _MOVING:
        number, weekday, which = _MOVING[name]
        return [day for day in month(year, number) if day.weekday() == weekday][which - 1]
    return easter(year) if name == "easter" else _official(year)[_OFFICIAL[name]]


def next_holiday(name: str, today: date) -> date:
    """Return the next date of a holiday of `HOLIDAYS`, today included."""
    this_year = holiday_in(name, today.year)
    return this_year if this_year >= today else holiday_in(name, today.year + 1)
