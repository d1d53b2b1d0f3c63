"""Groups items into wishes: days, the times that go with them, and what is excluded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from legwork.bookings.when.clock import OPENS, AmbiguousError, Clock, InvalidTimeError, Time, spans
from legwork.bookings.when.days import Days
from legwork.bookings.when.sentence import Item
from legwork.bookings.when.vocabulary import PARTS


@dataclass
class Entry:
    """Days of a wish."""

    days: Days
    span: Days | None = None
    """The week or month that narrows its weekdays."""
    own: bool = False
    """Whether that week was said beside it, and not taken over from its neighbor."""
    loose: bool = False
    """Whether ", or" stands before it, so that a time behind it is its own."""

    def resolved(self) -> Days:
        """The days after narrowing."""
        return self.days.within(self.span) if self.span and self.days.weekdays else self.days


@dataclass
class Wish:
    """Days, and the times that are good on all of them."""

    entries: list[Entry] = field(default_factory=list)
    times: list[list[Time]] = field(default_factory=list)
    """Alternatives; the phrases of one hold together ("evening" and "after 6")."""
    inherited: list[list[Time]] = field(default_factory=list)
    """Times of what this wish corrects, good unless it says its own."""
    times_first: bool = False
    """Whether the time was said before the days."""


@dataclass
class Exclusion:
    """Days or times that are not wanted; both together exclude the times on those days."""

    days: list[Days] = field(default_factory=list)
    times: list[Time] = field(default_factory=list)


@dataclass
class Outcome:
    """All that a text says about time."""

    wishes: list[Wish] = field(default_factory=list)
    excluded: list[Exclusion] = field(default_factory=list)
    asap: bool = False
    whenever: bool = False
    mismatch: bool = False
    """Whether a weekday and a date beside each other disagree."""

    @property
    def empty(self) -> bool:
        """Whether it says nothing about time."""
        return not (self.wishes or self.excluded or self.asap or self.whenever)


def compose(items: list[Item]) -> Outcome:
    """Group the items of a line."""
    return _Composer(items).run()


class _Composer:
    """Walks over the items once, with the wish it is at and what joins the next item to it."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        self.outcome = Outcome()
        self.mode = "wish"  # or "not", "drop"
        self.joined = ""
        self.gap = False
        self.fixing = False
        self.span: Days | None = None
        self.conditional = False
        self.listed: list[Entry] = []

    def run(self) -> Outcome:
        for n, item in enumerate(self.items):
            getattr(self, f"_{item.kind}", self._other)(n, item)
        for wish in self.outcome.wishes:
            # "I work until 6 most days, tuesday is good": the days of a habit are no wish beside a day that is one.
            wish.entries = [e for e in wish.entries if len(e.days.weekdays) < 7] or wish.entries
        self._repeat_times()
        self.outcome.excluded = [exclusion for exclusion in self.outcome.excluded if exclusion.days or exclusion.times]
        return self.outcome

    def _repeat_times(self) -> None:
        """As in "Thursday 4pm, if not friday same time": the same is what was said before it, if anything was."""
        said: list[list[Time]] = []
        for wish in self.outcome.wishes:
            if said and wish.times and all(time.kind == "same" for option in wish.times for time in option):
                wish.times = said
            said = wish.times or said

    @property
    def wish(self) -> Wish | None:
        return self.outcome.wishes[-1] if self.outcome.wishes else None

    def _other(self, n: int, item: Item) -> None:
        """A joiner: or, and, comma, but, stop."""
        if item.kind == "event":
            return
        if item.kind in ("but", "stop"):
            self.mode = "wish"
        if item.kind == "comma" and self.mode == "not" and not self._list_goes_on(n):
            self.mode = "wish"
        self.joined = "comma or" if self.joined == "comma" and item.kind == "or" else item.kind
        self.gap = False

    def _list_goes_on(self, n: int) -> bool:
        """Whether "not mondays, fridays …" goes on: with plurals, or up to an "or" or "and"."""
        rest = self.items[n + 1 :]
        gone = self.outcome.excluded[-1] if self.outcome.excluded else Exclusion()
        if not (gone.days or gone.times):
            return True
        if not rest or not rest[0].days:
            return False
        return rest[0].days.many or (len(rest) > 1 and rest[1].kind in ("or", "and", "comma"))

    def _word(self, n: int, item: Item) -> None:
        self.gap = True

    def _late(self, n: int, item: Item) -> None:
        self.gap = True

    def _afresh(self, n: int, item: Item) -> None:
        self.mode, self.gap = "wish", True

    def _not(self, n: int, item: Item) -> None:
        self.mode = "not"
        self.outcome.excluded.append(Exclusion())
        self.joined = ""

    def _drop(self, n: int, item: Item) -> None:
        self.mode = "drop"

    def _fix(self, n: int, item: Item) -> None:
        self.mode, self.fixing = "wish", True

    def _if(self, n: int, item: Item) -> None:
        self.conditional = True

    def _asap(self, n: int, item: Item) -> None:
        self.outcome.asap = True

    def _whenever(self, n: int, item: Item) -> None:
        self._time(n, replace(item, kind="time", time=Time("any", many=True))) if self.mode == "wish" else None

    def _instead(self, n: int, item: Item) -> None:
        """As in "I have tuesday, can I do thursday instead": the last wish counts."""
        if len(self.outcome.wishes) > 1:
            self.outcome.wishes = self.outcome.wishes[-1:]

    def _behind(self, n: int, item: Item) -> None:
        """As in "Mondays don't work": the days just listed are excluded."""
        wish = self.wish
        if not wish or self.conditional:
            self.conditional = False
            self.joined = "or"
            return
        gone = [entry for entry in wish.entries if any(entry is listed for listed in self.listed)]
        if gone:
            exclusion = Exclusion([_named_only(entry) for entry in gone])
            wish.entries = [entry for entry in wish.entries if not any(entry is g for g in gone)]
            if not wish.entries:
                exclusion.times = [time for option in wish.times for time in option if time.kind != "any"]
                self.outcome.wishes.pop()
        elif not wish.entries:
            exclusion = Exclusion(times=[time for option in wish.times for time in option])
            self.outcome.wishes.pop()
        else:
            return
        self.outcome.excluded.append(exclusion)
        self.joined = ""

    # Days

    def _days(self, n: int, item: Item) -> None:
        days = item.days
        assert days is not None
        if self.mode == "drop":
            self.mode = "wish"
        elif self.mode == "not" and not self._wanted_without_times(days) and not self._all_others(days):
            self.outcome.excluded[-1].days.append(self._of_that_week(days))
        else:
            self.mode = "wish"  # "no mornings next week" wants next week, "anything but mornings tomorrow" tomorrow
            self._wanted(n, days)
        self.joined, self.gap = "", False

    def _of_that_week(self, days: Days) -> Days:
        """As in "next week but not the weekend": the weekend of the days that were wished, and not the coming one."""
        weekend = frozenset(day.weekday() for day in days.dates)
        elsewhere = self.span is not None and not set(days.dates) & set(self.span.dates)
        return Days(weekdays=weekend) if days.span and elsewhere and weekend <= {5, 6} else days

    def _wanted_without_times(self, days: Days) -> bool:
        """Whether the days behind a "not" are wanted, and only the parts of the day between the two are not."""
        gone = self.outcome.excluded[-1]
        parts = bool(gone.times) and all(time.kind == "part" for time in gone.times)
        return bool(gone.times) and not gone.days and (bool(days.span) or (parts and not days.many))

    def _all_others(self, days: Days) -> bool:
        """As in "not friday, any other day after 1": what is wanted, less the days before it."""
        return bool(self.outcome.excluded[-1].days) and len(days.weekdays) >= 5 and self.joined != "or"

    def _wanted(self, n: int, days: Days) -> None:
        entry = Entry(days, loose=self.joined == "comma or")
        if self.span and days.weekdays:
            entry.span = self.span
        elif days.weekdays and self.joined in ("or", "and") and self.wish and self.wish.entries and not self.wish.times:
            entry.span = self.wish.entries[-1].days.week_of_next  # "next monday or tuesday"
        if days.span:
            self.span = days
        wish = self.wish
        if (
            days.fallback
            and days.weekdays
            and wish
            and any(day > days.dates[0] for other in wish.entries for day in other.days.dates)
        ):
            entry.days = replace(days, dates=days.fallback)  # "thursday or friday" on a Friday: both are to come
        if self.fixing:
            self.fixing = False
            times = wish.times or wish.inherited if wish else []
            self.outcome.wishes = [Wish([entry], inherited=times)]
        elif not wish or (not wish.entries and self.joined == "but"):
            self.outcome.wishes.append(Wish([entry]))
        elif not wish.entries:
            wish.entries, wish.times_first = [entry], True
        elif not self._merged(wish, entry):
            if (wish.times and not (wish.times_first and not self._time_follows(n) and self.joined)) or (
                len(wish.entries) == 1 and wish.times_first and self._time_follows(n)
            ):
                self.outcome.wishes.append(Wish([entry]))
            else:
                wish.entries.append(entry)
        if self.joined not in ("or", "and", "comma", "comma or"):
            self.listed = []
        self.listed.append(self.wish.entries[-1] if self.wish else entry)

    def _merged(self, wish: Wish, entry: Entry) -> bool:
        """Whether two phrases of days are one: "tuesday" and "next week", "tuesday" and "the 9th"."""
        last, days = wish.entries[-1], entry.days
        if self.joined not in ("", "comma", "stop"):
            return False
        if days.span and not days.explicit:
            open_ = [other for other in wish.entries if other.days.weekdays and not other.own]
            if open_ and self.joined != "stop" and last in open_:
                for other in open_:
                    other.span, other.own = days, True
                return True
            return False
        if last.days.span and days.explicit and len(days.dates) == 1 and len(wish.entries) == 1:
            inside = [day for day in last.days.dates if day.day == days.dates[0].day]  # "next month on the 3rd"
            wish.entries = [Entry(replace(days, dates=tuple(inside)))] if inside else wish.entries
            return bool(inside)
        if last.days.span and days.weekdays and len(wish.entries) == 1 and not last.days.weekdays:
            wish.entries = [Entry(days, last.days, own=False)]
            return True
        return self._same_day(wish, last, entry)

    def _same_day(self, wish: Wish, last: Entry, entry: Entry) -> bool:
        """As in "Tuesday the 9th" is one day, and a mistake when the 9th is no Tuesday."""
        one = last.resolved(), entry.days
        if wish.times and not wish.times_first:
            return False
        if any(len(days.dates) != 1 or days.many for days in one) or one[0].explicit == one[1].explicit:
            return False
        dated, named = (one[0], one[1]) if one[0].explicit else (one[1], one[0])
        agree = dated.dates[0].weekday() in named.weekdays if named.weekdays else dated.dates == named.dates
        if not agree and self.joined == "comma" and not named.weekdays:
            return False
        self.outcome.mismatch |= not agree
        wish.entries[-1] = Entry(dated)
        return True

    # Times

    def _time(self, n: int, item: Item) -> None:
        time = item.time
        assert time is not None
        if self.mode == "drop":
            self.mode = "wish"
        elif self.mode == "not" and not time.every and not self._of_contrast(time):
            self.outcome.excluded[-1].times.append(time)
        else:
            self.mode = "wish"
            self._at(n, time)
        self.joined, self.gap = "", False

    def _of_contrast(self, time: Time) -> bool:
        """As in "tuesday not wednesday at 3": nobody excludes an hour of a day that wasn't wished for, so it is the Tuesday's."""
        gone, wish = self.outcome.excluded[-1].days, self.wish
        if not (time.clock and gone and wish and wish.entries) or wish.times:
            return False
        wished = {day for entry in wish.entries for day in entry.resolved().dates}
        return not any(day in days.dates or day.weekday() in days.weekdays for day in wished for days in gone)

    def _at(self, n: int, time: Time) -> None:
        wish = self.wish
        if self.fixing and wish:
            self.fixing = False
            wish.times, wish.inherited = [[time]], []
        elif not wish or self._begins_next(n, wish):
            self.outcome.wishes.append(Wish(times=[[time]]))
        elif not wish.times:
            self._split_loose(wish)
            self.outcome.wishes[-1].times = [[time]]
        elif wish.times_first and len(wish.entries) > 1 and not self.joined:
            entry = wish.entries.pop()
            self.outcome.wishes.append(Wish([entry], [[time]]))
        else:
            self._another(wish, time)

    def _begins_next(self, n: int, wish: Wish) -> bool:
        """Whether this time goes with the day behind it: "tuesday at 3 or 4 thursday"."""
        if not self.joined or not wish.entries or not (wish.times or self.joined != "comma"):
            return False
        ahead = self._next(n)
        if ahead is None or not self.items[ahead].days or self.items[ahead].days.span:  # type: ignore[union-attr]
            return False
        if not wish.times and self.joined not in ("or", "comma or", "and", "stop", "but"):
            return False
        return not self._time_follows(ahead)

    def _next(self, n: int) -> int | None:
        """Index of the item behind `n` when it is a day or time with only words between."""
        for m in range(n + 1, min(n + 4, len(self.items))):
            if self.items[m].kind in ("days", "time"):
                return m
            if self.items[m].kind != "word":
                return None
        return None

    def _time_follows(self, n: int) -> bool:
        ahead = self._next(n)
        return ahead is not None and self.items[ahead].kind == "time"

    def _split_loose(self, wish: Wish) -> None:
        """As in "Next tues, or sat morning": two wishes; in a longer list the time is everybody's."""
        if len(wish.entries) == 2 and wish.entries[1].loose:
            self.outcome.wishes.append(Wish([wish.entries.pop()]))

    def _another(self, wish: Wish, time: Time) -> None:
        """A further time of the same days: it narrows the last one or stands beside it."""
        last = wish.times[-1]
        kinds = {other.kind for other in last}
        clocks = [other for other in last if other.clock]
        range_ = {time.kind, *kinds} >= {"after", "before"}
        if time.kind == "at" and time.weak and self.joined.endswith("or") and clocks and clocks[-1].kind == "around":
            time = replace(time, kind="around")  # "around 5 or 6"
        if time.kind == "any":
            last.append(time)
        elif kinds <= {"after", "before"} and time.kind in ("at", "around", *kinds) and self.joined in ("", "comma", "stop"):
            wish.times[-1] = [time]  # "I get off at 5, so friday 5:30", "… so 5:30 or later"
        elif (
            (range_ and self.joined in ("", "and", "but", "comma"))
            or (not clocks and not self.joined.endswith("or") and self.joined != "and" and fits(last, time))
            or (not self.joined and (not time.clock or time.kind in ("after", "before")) and not (clocks and time.clock))
        ):
            for option in wish.times:
                # In "7 or 8 in the morning" the morning is also the seven's.
                if time.kind == "part" and option is not last and all(o.clock and fits([time], o) for o in option):
                    option.append(time)
            last.append(time)
        else:
            parts = [other for other in last if other.kind == "part"]
            _lend_half(last, time)
            shared = parts if clocks and time.kind in ("at", "around") and fits(parts, time) else []
            wish.times.append([*shared, time])


def _named_only(entry: Entry) -> Days:
    """The days of an entry, and no others of the same name: "every day this week is bad" says nothing of the next one."""
    return replace(entry.resolved(), weekdays=frozenset()) if entry.span else entry.days


def fits(times: list[Time], time: Time) -> bool:
    """Whether a clock can be in the part of the day that was said before ("evening, 7 or 8")."""
    parts = [other.part for other in times if other.kind == "part"]
    if not time.clock or not parts:
        return not (time.kind == "part" and parts)
    try:
        lo, hi = spans([*times, time]) if time.kind in ("at", "between", "around") else PARTS[parts[-1]]
    except AmbiguousError:
        return False
    except InvalidTimeError:
        return parts[-1] == "evening"  # "tonight at 11" is at night, and said to be so
    first, last = PARTS[parts[-1]]
    return lo >= max(first - 60, OPENS) and hi <= last + 90


def _lend_half(last: list[Time], time: Time) -> None:
    """In "7 or 8 pm" the pm is also the seven's."""
    for n, other in enumerate(last):
        clock = other.clock
        if (
            clock
            and time.clock
            and time.clock.half
            and not clock.half
            and not clock.sure
            and clock.hour % 12 < time.clock.hour % 12
        ):
            last[n] = replace(other, clock=Clock(clock.hour, clock.minute, time.clock.half))
