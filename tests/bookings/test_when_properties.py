"""What holds for every text, whatever it says."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from legwork.bookings.when import REASONS, Reading, read

pytestmark = pytest.mark.slow

PRACTICE = ZoneInfo("America/New_York")

VOCABULARY = """
monday tues wednesday thurs fri sat sunday mondays weekends weekday today tomorrow tmrw tonight yesterday this next last
coming the a any every each week weeks weekend month months day days hour hours minutes in within after before by until
from to through between and or not no except but instead of rather than actually wait sorry i mean make it morning
afternoon evening night noon midnight lunch early late mid first second third thing work around about like at on ish am
pm a.m. p.m. o'clock half past quarter anytime whenever asap soon possible as later earlier same time following
january feb march may december dec 4 4th 13th 31st 30 5 7 8 10 12 0 00 24 25 99 530 1730 2400 2359 12/4 2/29 2/30
13/13 2026-12-04 5:30 5:75 3-5 11pm 5am 12am labor thanksgiving christmas eve year's new marathon race my is 5k 10 miles
, . - / ? ! & + ~ @ ( ) : can't don't i'm busy away out town free get off till couple few two three twenty easter
"""
WORDS = VOCABULARY.split()

vocabulary = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join)
glued = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map("".join)
texts = st.one_of(vocabulary, vocabulary, glued, st.text(max_size=60))
years = st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31))
clock_changes = st.builds(
    lambda sunday, minutes: sunday + timedelta(minutes=minutes),
    st.sampled_from([datetime(2026, 3, 8), datetime(2026, 11, 1), datetime(2027, 3, 14), datetime(2027, 11, 7)]),
    st.integers(-7 * 24 * 60, 24 * 60),
)
# Through UTC, so that the hour that spring skips never is "now".
moments = st.one_of(years, clock_changes).map(lambda naive: naive.replace(tzinfo=timezone.utc).astimezone(PRACTICE))

THOROUGH = settings(max_examples=400, deadline=None)


def check(reading: Reading, now: datetime) -> None:
    """Fail unless a reading keeps every promise of its type."""
    assert (reading.kind == "windows") == bool(reading.windows)
    assert (reading.kind == "windows") == (reading.reason == "")
    assert reading.reason == "" or REASONS[reading.reason].startswith(reading.kind)
    for start, end in reading.windows:
        assert start.tzinfo is now.tzinfo and end.tzinfo is now.tzinfo
        assert now.astimezone(timezone.utc) <= start.astimezone(timezone.utc) <= end.astimezone(timezone.utc)
        assert start.date() == end.date()
        assert (start.hour, start.minute) >= (6, 0) and (end.hour, end.minute) <= (22, 0)
        assert (start.hour, start.minute) < (22, 0)
        assert start.second == end.second == start.microsecond == end.microsecond == 0
        # A wall time that the clock change skips or repeats would not come back the same.
        assert start.astimezone(timezone.utc).astimezone(PRACTICE).replace(fold=0) == start.replace(fold=0)
    assert all(one[1] < two[0] for one, two in pairwise(reading.windows))


@THOROUGH
@given(text=texts, now=moments)
@example(text="in 99 weeks", now=datetime(2026, 11, 1, 1, 30, tzinfo=PRACTICE))
@example(text="feb 29", now=datetime(2097, 3, 1, 12, tzinfo=PRACTICE))
@example(text="sunday", now=datetime(2026, 3, 1, 12, tzinfo=PRACTICE))
def test_any_text_is_read_without_breaking_a_promise(text: str, now: datetime) -> None:
    """No input raises, and no window is in the past, at night or over the edge of a day, clock changes included."""
    check(read(text, now), now)


@THOROUGH
@given(text=texts, now=moments)
def test_the_same_text_twice_gives_the_same_reading(text: str, now: datetime) -> None:
    """Reading keeps no memory."""
    assert read(text, now) == read(text, now)


@THOROUGH
@given(first=vocabulary, second=texts, now=moments, minutes=st.integers(0, 60 * 24 * 3))
def test_a_correction_keeps_the_promises_too(first: str, second: str, now: datetime, minutes: int) -> None:
    """A text read against an earlier reading, even days old, gives nothing in the past or at night."""
    later = (now.astimezone(timezone.utc) + timedelta(minutes=minutes)).astimezone(PRACTICE)

    check(read(second, later, before=read(first, now)), later)


@THOROUGH
@given(text=vocabulary, now=moments)
def test_what_is_read_back_means_what_was_read(text: str, now: datetime) -> None:
    """The sentence that the client says yes to is itself read as the very same windows."""
    reading = read(text, now)

    if reading.kind == "windows":
        assert read(reading.said, now).windows == reading.windows


@settings(max_examples=100, deadline=None)
@given(text=texts, now=moments)
def test_the_rest_is_made_of_the_clients_own_words(text: str, now: datetime) -> None:
    """What is handed on for names and complaints was typed by the client, in its order."""
    at = 0
    for piece in read(text, now).rest.split():
        found = text.find(piece, at)
        assert found >= 0
        at = found + len(piece)


def test_a_naive_now_is_an_error_that_says_so() -> None:
    """Without a zone there is no telling what "5" means."""
    with pytest.raises(ValueError, match="tzinfo"):
        read("tuesday", datetime(2026, 11, 24, 10))
