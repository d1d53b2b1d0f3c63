"""The practice's diary: when a session can start. Pure rules; nothing is stored or fetched here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

import holidays

from legwork.bookings.when import Window

GRID = timedelta(minutes=15)
"""Sessions start on the quarter hour of the wall clock."""
APART = timedelta(minutes=60)
"""Times that are proposed together lie at least this far apart: three quarters of one hour are no choice."""

Hours = Sequence[tuple[time, time]]
"""Opening spans of a day by the wall clock; a session must end within the span it starts in."""


@dataclass(frozen=True)
class Diary:
    """What decides whether a session can start at a time."""

    hours: Mapping[int, Hours]
    """Weekday, Monday = 0 → opening spans; a closed day is missing."""
    exceptions: Mapping[date, Hours] = field(default_factory=dict)
    """Date → opening spans instead of the weekly ones, () for a day off; they win over holidays too."""
    holidays: Collection[date] = ()
    """Dates on which the weekly hours don't hold; see `public_holidays`."""
    lengths: Mapping[str, Collection[int]] = field(default_factory=dict)
    """Session type → its lengths in minutes."""
    buffer: timedelta = timedelta(minutes=15)
    """Pause between two appointments."""
    notice: timedelta = timedelta(hours=12)
    """From the message to the earliest start."""
    horizon: timedelta = timedelta(days=60)
    """From the message to the latest start."""
    busy: Iterable[Window] = ()
    """Aware (start, end) of appointments and of everything in her own calendar, in any order."""

    def offers(self, session: str, minutes: int) -> bool:
        """Whether that session can be booked in that length."""
        return minutes in self.lengths.get(session, ())

    def open_times(self, windows: Iterable[Window], minutes: int, now: datetime) -> list[datetime]:
        """Return the starts within `windows` at which a session fits, in their order.

        Args:
            windows: aware (start, end) that bound the start, both included.
            minutes: length of the session.
            now: the moment of the message, aware, in the practice's zone; its zone is that of the hours and results.

        Raises:
            ValueError: `now` has no zone or `minutes` is not positive.
        """
        wanted = [(_utc(start), _utc(end)) for start, end in windows]
        return [at for at in self._starts(minutes, now) if any(start <= _utc(at) <= end for start, end in wanted)]

    def nearest(self, windows: Iterable[Window], minutes: int, now: datetime, n: int = 3) -> list[datetime]:
        """Return the `n` open starts nearest to `windows`, at least an hour apart, in their order.

        Times within a window are nearest of all; without windows the earliest ones are. See `open_times` for arguments.
        """
        wanted = [(_utc(start), _utc(end)) for start, end in windows] or [(_utc(now), _utc(now))]
        chosen: list[datetime] = []
        for at in sorted(self._starts(minutes, now), key=lambda at: (min(_distance(_utc(at), window) for window in wanted), at)):
            if len(chosen) == n:
                break
            if all(abs(_utc(at) - _utc(other)) >= APART for other in chosen):
                chosen.append(at)
        return sorted(chosen)

    def spans(self, day: date) -> Hours:
        """Return the opening spans of a date."""
        if day in self.exceptions:
            return self.exceptions[day]
        return () if day in self.holidays else self.hours.get(day.weekday(), ())

    def closed(self, windows: Iterable[Window]) -> bool:
        """Whether she sees nobody at all within `windows`, aware and in her zone; without weekly hours nothing is closed."""
        return bool(self.hours) and not any(self._meets(start, end) for start, end in windows)

    def _meets(self, start: datetime, end: datetime) -> bool:
        """Whether an opening span lies within a window at least in part."""
        days = (start.date() + timedelta(days=n) for n in range((end.date() - start.date()).days + 1))
        return any(
            datetime.combine(day, opens, start.tzinfo) <= end and start < datetime.combine(day, closes, start.tzinfo)
            for day in days
            for opens, closes in self.spans(day)
        )

    def _starts(self, minutes: int, now: datetime) -> Iterator[datetime]:
        """All open starts from notice to horizon."""
        if now.tzinfo is None:
            raise ValueError(f"`now` must be an aware datetime in the practice's zone, but {now!r} has no tzinfo.")
        if minutes <= 0:
            raise ValueError(f"A session's length must be positive minutes, but it is {minutes}.")
        first, last = _utc(now) + self.notice, _utc(now) + self.horizon
        taken = [(_utc(start) - self.buffer, _utc(end) + self.buffer) for start, end in self.busy]
        taken = [(start, end) for start, end in taken if end > first and start < last + timedelta(minutes=minutes)]
        length = timedelta(minutes=minutes)
        day = first.astimezone(now.tzinfo).date()
        while day <= last.astimezone(now.tzinfo).date():
            for opens, closes in self.spans(day):
                closing = _utc(datetime.combine(day, closes, now.tzinfo))
                for at in _grid(datetime.combine(day, opens, now.tzinfo), closing):
                    start, end = _utc(at), _utc(at) + length
                    free = all(end <= busy_from or busy_to <= start for busy_from, busy_to in taken)
                    if first <= start <= last and end <= closing and free:
                        yield at
            day += timedelta(days=1)


def spread(times: Sequence[datetime], most: int) -> list[datetime]:
    """Return at most `most` of these times, in order and at least an hour apart: day after day its first, then each day's last, its
    middle, and the rest.

    Args:
        times: in order.
        most: how many.
    """
    by_day: dict[date, list[datetime]] = {}
    for at in times:
        day = by_day.setdefault(at.date(), [])
        if not day or _utc(at) - _utc(day[-1]) >= APART:
            day.append(at)
    turns = [list(dict.fromkeys([day[0], day[-1], day[len(day) // 2], *day])) for day in by_day.values()]
    in_turn = [day[n] for n in range(max(map(len, turns), default=0)) for day in turns if n < len(day)]
    return sorted(in_turn[:most])


def public_holidays(years: Iterable[int]) -> frozenset[date]:
    """Return the legal holidays of Massachusetts with the days on which they are observed (package `holidays`)."""
    return frozenset(holidays.country_holidays("US", subdiv="MA", years=list(years)))


def _utc(moment: datetime) -> datetime:
    """Differences are only right in UTC: datetimes of one zone subtract by the wall clock, across clock changes too."""
    return moment.astimezone(timezone.utc)


def _grid(opening: datetime, closing: datetime) -> Iterator[datetime]:
    """The quarter hours from `opening` to `closing`, each real moment once, whatever the clock does."""
    zone = opening.tzinfo
    at = _utc(opening)
    step = GRID.total_seconds()
    at = datetime.fromtimestamp(-(-at.timestamp() // step) * step, timezone.utc)
    while at < closing:
        yield at.astimezone(zone)
        at += GRID


def _distance(at: datetime, window: Window) -> timedelta:
    """How far a time lies outside a window."""
    return max(window[0] - at, at - window[1], timedelta(0))
