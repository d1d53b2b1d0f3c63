"""Times of the day: how they are written, and what the conventions make of them.

The grammar is our own because the conventions are: bare 5 is 5 pm, bare 10 is 10 am and bare 7 is asked about, which
no library for dates does.
All results are minutes after midnight, for a day from 06:00 to 22:00.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from legwork.bookings.when.vocabulary import PARTS

OPENS, CLOSES = 6 * 60, 22 * 60
AROUND = 30
"""Minutes that "around" reaches to each side."""
STEP = 15
"""Minutes by which "later" and "earlier" move at least."""

Half = Literal["am", "pm", ""]
Span = tuple[int, int]


class AmbiguousError(Exception):
    """Raised when an hour could be in the morning or in the evening."""


class InvalidTimeError(Exception):
    """Raised when a time can't be had; its argument is a reason of `REASONS`."""


@dataclass(frozen=True)
class Clock:
    """A time as written."""

    hour: int
    minute: int = 0
    half: Half = ""
    sure: bool = False
    """Whether it is of a 24-hour clock."""

    def options(self, half: Half = "") -> list[int]:
        """Return the minutes that it can mean: none when impossible, two when it is ambiguous."""
        if self.hour > 24 or self.minute > 59 or (self.hour == 0 and self.half):
            return []
        if self.sure or self.hour > 12 or self.hour == 0:
            return [self.hour % 24 * 60 + self.minute]
        am, pm = self.hour % 12 * 60 + self.minute, self.hour % 12 * 60 + 720 + self.minute
        half = self.half or (half if self.hour != 12 else "")
        if half:
            return [am if half == "am" else pm]
        if self.hour in (7, 8):
            return [am, pm]
        return [pm if self.hour <= 6 or self.hour == 12 else am]

    def minutes(self, half: Half = "") -> int:
        """Return what it means in that half of the day."""
        options = self.options(half)
        if not options:
            raise InvalidTimeError("impossible")
        if len(options) > 1:
            raise AmbiguousError
        return options[0]


Kind = Literal["part", "at", "around", "after", "before", "between", "any", "later", "earlier", "shift", "same"]


@dataclass(frozen=True)
class Time:
    """One phrase about the time of day."""

    kind: Kind
    clock: Clock | None = None
    end: Clock | None = None
    """The second clock of "between"."""
    part: str = ""
    """A key of `PARTS`."""
    weak: bool = False
    """Whether it is only a bare number, which counts beside a day or another time but not by itself."""
    many: bool = False
    """Whether it was said of all days ("mornings", "anytime"), so that it needs none."""
    every: bool = False
    """Whether it began with "any" or "every", so that no "not" before it reaches it."""
    minutes: int = 0
    """By how much "shift" moves."""


def spans(times: list[Time]) -> Span:
    """Return the span that phrases give together ("evening" and "after 6").

    Raises:
        AmbiguousError: it hangs on an hour that could be morning or evening.
        InvalidTimeError: it is at night, or no time at all.
    """
    lo, hi = OPENS, CLOSES
    half: Half = ""
    for time in times:
        if time.kind == "part":
            first, last = PARTS[time.part]
            # "Early" and "morning" hold together; of parts that can't, the last one counts.
            lo, hi = (max(lo, first), min(hi, last)) if max(lo, first) < min(hi, last) else (first, last)
            half = "am" if hi <= 720 else "" if time.part == "lunch" else "pm"
    clocked = [time for time in times if time.kind in ("at", "around", "after", "before", "between")]
    clocks = _between(times, half) or [_meaning(time, half) for time in clocked]
    for start, end, exact in clocks:
        if exact:
            lo, hi = start, end
        else:
            lo, hi = (max(lo, start), min(hi, end)) if max(lo, start) <= min(hi, end) else (start, end)
    return _daytime(lo, hi)


def _meaning(time: Time, half: Half) -> tuple[int, int, bool]:
    """Start, end and whether a part of the day beside it leaves it alone."""
    assert time.clock is not None
    if time.kind == "between":
        assert time.end is not None
        start, end = _ends(time.clock, time.end, half)
        return start, end, True
    at = time.clock.minutes(half)
    if time.kind == "after":
        return at, max(at, CLOSES), False
    if time.kind == "before":
        return min(at, OPENS), at, False
    if not OPENS <= at < CLOSES:
        raise InvalidTimeError("night")
    reach = AROUND if time.kind == "around" else 0
    return at - reach, at + reach, True


def _between(times: list[Time], half: Half) -> list[tuple[int, int, bool]]:
    """As in "After 5 but before 7" is one range, in which the 7 is no longer ambiguous."""
    after = [time.clock for time in times if time.kind == "after" and time.clock]
    before = [time.clock for time in times if time.kind == "before" and time.clock]
    if len(after) != 1 or len(before) != 1:
        return []
    return [(*_ends(after[0], before[0], half), False)]


def _ends(first: Clock, last: Clock, half: Half) -> Span:
    """The two ends of a range; one written half of the day serves both, as far as the order allows."""
    starts, ends = first.options(half), last.options(half)
    if not starts or not ends:
        raise InvalidTimeError("impossible")
    bare_last = Clock(last.hour, last.minute)
    if not last.half and not last.sure and last.hour <= 12:
        ends = sorted({*bare_last.options("am"), *bare_last.options("pm")})
    if (len(starts) > 1 and last.half) or (not first.half and not first.sure and last.half and not half):
        bare = Clock(first.hour, first.minute)
        starts = [at for at in (bare.options(last.half) + starts if first.hour <= 12 else starts) if at < max(ends)][:1] or starts
    if len(starts) > 1:
        starts = [start for start in starts if any(start < end <= CLOSES for end in ends)]  # "8 to noon" has one meaning
    if len(starts) != 1:
        raise AmbiguousError
    later = [end for end in ends if end > starts[0]]
    if not later:
        raise InvalidTimeError("impossible")
    return starts[0], later[0]


def _daytime(lo: int, hi: int) -> Span:
    """Cut to the day that the practice speaks of."""
    if lo >= CLOSES or hi < OPENS or (hi == OPENS and lo < hi):
        raise InvalidTimeError("night")
    return max(lo, OPENS), min(hi, CLOSES)
