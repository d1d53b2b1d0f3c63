"""The diary's rules."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legwork.bookings.diary import Diary, public_holidays, spread

PRACTICE = ZoneInfo("America/New_York")
NINE_TO_FIVE = ((time(9), time(17)),)
WEEKDAYS = dict.fromkeys(range(5), NINE_TO_FIVE)
MONDAY = datetime(2026, 11, 30, 8, tzinfo=PRACTICE)
NO_NOTICE = timedelta(0)


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    """A moment of the winter of 2026 on the practice's clock."""
    return datetime(2026, month, day, hour, minute, tzinfo=PRACTICE)


def all_day(day: int, month: int = 12) -> tuple[datetime, datetime]:
    """The window of a whole day."""
    return at(day, 6, month=month), at(day, 22, month=month)


def test_a_session_ends_before_closing() -> None:
    """With 60 minutes the last start is an hour before closing."""
    times = Diary(WEEKDAYS).open_times([all_day(1)], 60, MONDAY)

    assert (at(1, 9), at(1, 16)) == (times[0], times[-1])
    assert all(b - a == timedelta(minutes=15) for a, b in pairwise(times))


def test_both_ends_of_a_window_are_starts() -> None:
    """Windows bound the start, and an exact time is a window of no length."""
    diary = Diary(WEEKDAYS)

    assert [at(1, 15), at(1, 15, 15)] == diary.open_times([(at(1, 15), at(1, 15, 15))], 60, MONDAY)
    assert [at(1, 15)] == diary.open_times([(at(1, 15), at(1, 15))], 60, MONDAY)


def test_a_session_does_not_span_the_lunch_break() -> None:
    """A session ends within the opening span that it starts in."""
    diary = Diary({1: ((time(9), time(12)), (time(13), time(15)))})

    assert [
        at(1, 9),
        at(1, 9, 15),
        at(1, 9, 30),
        at(1, 9, 45),
        at(1, 10),
        at(1, 10, 15),
        at(1, 10, 30),
        at(1, 13),
        at(1, 13, 15),
        at(1, 13, 30),
    ] == (diary.open_times([all_day(1)], 90, MONDAY))


def test_holidays_are_closed_and_exceptions_win() -> None:
    """Christmas is closed by itself, and open when she says so for that date."""
    christmas = date(2026, 12, 25)
    closed = Diary(WEEKDAYS, holidays=public_holidays([2026]))
    opened = Diary(WEEKDAYS, {christmas: ((time(10), time(11)),)}, holidays=public_holidays([2026]))

    assert closed.open_times([all_day(25)], 60, MONDAY) == []
    assert [at(25, 10)] == opened.open_times([all_day(25)], 60, MONDAY)


def test_an_exception_closes_a_day() -> None:
    """A day off has no open times although its weekday has hours."""
    assert Diary(WEEKDAYS, {date(2026, 12, 1): ()}).open_times([all_day(1)], 60, MONDAY) == []


def test_there_is_a_pause_on_both_sides_of_busy_times() -> None:
    """With a buffer of 15 minutes a session ends 15 minutes before the next and starts 15 after the last."""
    diary = Diary(WEEKDAYS, busy=[(at(1, 11), at(1, 12))])

    times = diary.open_times([(at(1, 9), at(1, 13))], 60, MONDAY)

    assert [at(1, 9), at(1, 9, 15), at(1, 9, 30), at(1, 9, 45), at(1, 12, 15), at(1, 12, 30), at(1, 12, 45), at(1, 13)] == times


def test_busy_times_of_another_zone_count() -> None:
    """Her calendar's feed may be in UTC."""
    busy = [(datetime(2026, 12, 1, 14, tzinfo=timezone.utc), datetime(2026, 12, 1, 22, tzinfo=timezone.utc))]

    assert Diary(WEEKDAYS, busy=busy).open_times([all_day(1)], 60, MONDAY) == []


def test_notice_and_horizon_bound_the_start() -> None:
    """Nothing sooner than the notice and nothing later than the horizon."""
    diary = Diary(WEEKDAYS, notice=timedelta(hours=26), horizon=timedelta(days=2))

    times = diary.open_times([(MONDAY, MONDAY + timedelta(days=30))], 60, MONDAY)

    assert (at(1, 10), at(1, 16)) == (times[0], times[-1])


@pytest.mark.parametrize("sunday", [date(2026, 3, 8), date(2026, 11, 1)])
def test_clock_changes_neither_lose_nor_double_a_time(sunday: date) -> None:
    """Hours over the clock change give real moments once each, and a session lasts its real minutes."""
    now = datetime.combine(sunday, time(), PRACTICE) - timedelta(days=1)
    diary = Diary({6: ((time(0), time(6)),)}, notice=NO_NOTICE, buffer=timedelta(0))

    times = diary.open_times([(now, now + timedelta(days=3))], 60, now)
    instants = [moment.astimezone(timezone.utc) for moment in times]

    hours = 5 if sunday.month == 3 else 7
    assert len(times) == (hours - 1) * 4 + 1
    assert all(b - a == timedelta(minutes=15) for a, b in pairwise(instants))


def test_a_normal_day_opens_at_nine_on_both_sides_of_a_clock_change() -> None:
    """Opening hours are the wall clock's."""
    now = datetime(2026, 10, 30, 8, tzinfo=PRACTICE)
    times = Diary(WEEKDAYS).open_times([(now, now + timedelta(days=5))], 60, now)

    assert {9} == {min(t.hour for t in times if t.date() == day) for day in {t.date() for t in times} - {now.date()}}


def test_nearest_are_an_hour_apart_and_closest_to_the_wish() -> None:
    """Three that differ are proposed when the wish is taken."""
    diary = Diary(WEEKDAYS, busy=[(at(1, 14), at(1, 17))])

    assert [at(1, 10, 45), at(1, 11, 45), at(1, 12, 45)] == diary.nearest([(at(1, 15), at(1, 15))], 60, MONDAY)


def test_nearest_to_several_windows_serves_each() -> None:
    """A time close to any window is close."""
    wishes = [(at(1, 9), at(1, 9)), (at(4, 16), at(4, 16))]

    assert [at(1, 9), at(4, 16)] == Diary(WEEKDAYS).nearest(wishes, 60, MONDAY, n=2)


def test_nearest_without_any_window_are_the_earliest() -> None:
    """Somebody who doesn't mind when gets the next ones."""
    assert [at(1, 9), at(1, 10)] == Diary(WEEKDAYS, notice=timedelta(hours=24)).nearest([], 60, MONDAY, n=2)


def test_lengths_belong_to_their_session() -> None:
    """Cupping may be offered for 30 minutes and sports massage not."""
    diary = Diary(WEEKDAYS, lengths={"cupping": (30,), "sports_massage": (60, 90)})

    assert diary.offers("cupping", 30)
    assert not diary.offers("sports_massage", 30)
    assert not diary.offers("reiki", 60)


def test_impossible_questions_are_errors() -> None:
    """No length and no zone are the caller's mistakes."""
    with pytest.raises(ValueError, match="positive"):
        Diary(WEEKDAYS).open_times([], 0, MONDAY)
    with pytest.raises(ValueError, match="tzinfo"):
        Diary(WEEKDAYS).open_times([], 60, datetime(2026, 11, 30))


@settings(max_examples=100, deadline=None)
@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    minutes=st.sampled_from([30, 60, 90]),
    offsets=st.lists(st.tuples(st.integers(0, 20 * 24 * 4), st.integers(1, 16)), max_size=12),
)
def test_no_open_time_breaks_a_rule(now: datetime, minutes: int, offsets: list[tuple[int, int]]) -> None:
    """Whatever is busy, an open time is in hours, on the grid, after the notice and clear of busy times by the buffer."""
    now = now.replace(tzinfo=timezone.utc).astimezone(PRACTICE)
    quarter = timedelta(minutes=15)
    begin = now.astimezone(timezone.utc)
    busy = [(begin + offset * quarter, begin + (offset + length) * quarter) for offset, length in offsets]
    diary = Diary(WEEKDAYS, busy=busy, horizon=timedelta(days=21))

    for start in diary.open_times([(now, now + timedelta(days=25))], minutes, now):
        instant, end = start.astimezone(timezone.utc), start.astimezone(timezone.utc) + timedelta(minutes=minutes)
        assert begin + timedelta(hours=12) <= instant <= begin + timedelta(days=21)
        assert start.minute % 15 == 0 and start.weekday() < 5
        assert time(9) <= start.time() and end.astimezone(PRACTICE).time() <= time(17)
        assert all(end + quarter <= b or e + quarter <= instant for b, e in busy)


def december(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in December 2026."""
    return datetime(2026, 12, day, hour, minute, tzinfo=PRACTICE)


def test_a_wish_outside_all_hours_is_closed() -> None:
    """A window that no opening span meets is closed; one that meets a span in part is not, and without hours nothing is."""
    diary = Diary(WEEKDAYS, exceptions={date(2026, 12, 2): ()})

    assert diary.closed([all_day(5)])  # a Saturday
    assert diary.closed([(at(1, 6), at(1, 8, 45))])
    assert diary.closed([(at(1, 17), at(1, 17))])
    assert diary.closed([all_day(2)])  # a day off
    assert not diary.closed([all_day(5), all_day(1)])
    assert not diary.closed([(at(1, 16), at(1, 20))])
    assert not diary.closed([(at(1, 9), at(1, 9))])
    assert not Diary({}).closed([all_day(5)])


def test_spread_gives_every_day_a_turn():
    """Of three full days each offers its first time before any offers a second, and all stand in order."""
    times = [december(day, hour, minute) for day in (1, 2, 3) for hour in range(9, 17) for minute in (0, 15, 30, 45)]

    assert spread(times, 3) == [december(1, 9), december(2, 9), december(3, 9)]
    assert {time.day for time in spread(times, 6)} == {1, 2, 3}
    assert spread(times, 9) == sorted(spread(times, 9))


def test_spread_keeps_times_an_hour_apart():
    """Quarter hours beside each other are no choice, and few times are all given."""
    times = [december(1, 9), december(1, 9, 15), december(1, 10), december(1, 10, 45), december(1, 11)]

    assert spread(times, 9) == [december(1, 9), december(1, 10), december(1, 11)]
    assert spread([], 3) == []
