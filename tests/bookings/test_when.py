"""Times as people say them: the table, corrections, read-back and rest."""

from __future__ import annotations

import time
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from legwork.bookings.when import Reading, read
from tests.bookings.when_cases import UNSEEN, Case, load, unseen

PRACTICE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 10, tzinfo=PRACTICE)  # a Tuesday, two days before Thanksgiving

CASES = load()


def _parameter(case: Case) -> object:
    marks = [pytest.mark.xfail(strict=True, reason="read wrong so far")] if case.known_miss else []
    return pytest.param(case, id=f"{case.now:%m-%d} {case.text}", marks=marks)


@pytest.mark.parametrize("case", [_parameter(case) for case in CASES])
def test_a_text_is_read_by_the_conventions(case: Case) -> None:
    """What the client typed becomes the windows, question or refusal of the table."""
    reading = read(case.text, case.now)

    assert case.is_right(reading), f"expected {case.expected}, got {reading}"


def test_the_table_is_as_large_as_promised() -> None:
    """At least 250 cases, few of them known misses."""
    assert len(CASES) >= 250
    assert sum(case.known_miss for case in CASES) <= 3


@pytest.mark.parametrize("path", UNSEEN, ids=lambda path: path.stem)
def test_an_unseen_set_is_read(path: Path) -> None:
    """Of texts by others, 95 of 100 are read right and at most 2 of 100 to a date that wasn't meant."""
    read_as = [(each, read(each.text, each.now)) for each in unseen(path)]
    missed = [f"{each.text}: {reading.kind} {reading.said}" for each, reading in read_as if not each.is_right(reading)]
    wrong = [each.text for each, reading in read_as if not each.is_right(reading) and each.is_wrong_date(reading)]

    assert len(missed) <= 0.05 * len(read_as), missed
    assert len(wrong) <= 0.02 * len(read_as), wrong


def after(*texts: str) -> Reading:
    """The last reading of a conversation in which each text answers or corrects the one before."""
    reading = None
    for text in texts:
        reading = read(text, NOW, before=reading)
    assert reading is not None
    return reading


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("tuesday at 5", "no, the 13th"), "Sunday, December 13 at 5 pm"),
        (("friday after 3", "hmm no 10:30"), "Friday, November 27 at 10:30 am"),
        (("friday after 3", "move it to 2"), "Friday, November 27 at 2 pm"),
        (("friday at 5", "same day but later"), "Friday, November 27, after 5:15 pm"),
        (("friday 3-5", "later"), "Friday, November 27, after 5 pm"),
        (("friday at 5", "earlier"), "Friday, November 27, before 4:45 pm"),
        (("friday at 5", "an hour later"), "Friday, November 27 at 6 pm"),
        (("friday at 5", "a week later"), "Friday, December 4 at 5 pm"),
        (("friday at 5", "the next day"), "Saturday, November 28 at 5 pm"),
        (("friday at 5", "same time monday"), "Monday, November 30 at 5 pm"),
        (("friday at 5", "that day at 3"), "Friday, November 27 at 3 pm"),
        (("friday at 5", "make it 4"), "Friday, November 27 at 4 pm"),
        (("friday at 3", "no 4"), "Friday, November 27 at 4 pm"),
        (("friday at 3", "no, monday at 10"), "Monday, November 30 at 10 am"),
        (("friday at 5", "any time"), "Friday, November 27, any time"),
        (("friday", "after 3"), "Friday, November 27, after 3 pm"),
        (("friday", "the friday after that"), "Friday, December 4, any time"),
        (("next week", "not monday"), "Tuesday, December 1 to Sunday, December 6, any time"),
        (("next week mornings", "tuesday or thursday"), "Tuesday, December 1 or Thursday, December 3, before noon"),
        (("at 5", "friday"), "Friday, November 27 at 5 pm"),
        (("evening", "thursday"), "Thursday, November 26, 5 to 9 pm"),
        (("2pm", "wednesday morning"), "Wednesday, November 25, before noon"),
        (("around 2", "saturday morning would be better"), "Saturday, November 28, before noon"),
        (("friday at 7", "pm"), "Friday, November 27 at 7 pm"),
        (("friday at 7", "in the morning"), "Friday, November 27 at 7 am"),
        (("7", "thursday", "am"), "Thursday, November 26 at 7 am"),
        (("tuesday dec 2", "the 1st"), "Tuesday, December 1, any time"),
    ],
)
def test_an_answer_or_correction_completes_what_was_said_before(texts: tuple[str, ...], said: str) -> None:
    """What a text leaves open is kept from the reading before."""
    assert said == after(*texts).said


def test_yes_and_no_alone_say_nothing_about_time() -> None:
    """The dialogue, not the reading, knows what to do with them."""
    assert after("friday at 5", "yes").reason == "nothing"
    assert after("friday at 5", "no").reason == "nothing"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the week after the marathon", "Monday, December 7 to Sunday, December 13, any time"),
        ("2 days before the race", "Friday, December 4, any time"),
        ("the tuesday after my marathon at 4", "Tuesday, December 8 at 4 pm"),
        ("day after my race", "Monday, December 7, any time"),
    ],
)
def test_a_race_whose_date_is_known_is_a_date(text: str, said: str) -> None:
    """The date comes from the caller, who was told it earlier."""
    assert said == read(text, NOW, known_dates={"Marathon": date(2026, 12, 6)}).said


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("60 min MFR for my calves next tues after 5, Dana, 508-555-0142", "60 min MFR for my calves Dana, 508-555-0142"),
        ("Friday at 4, I'm Sam Day", "I'm Sam Day"),
        ("friday at 4", ""),
        ("my calves hurt", "my calves hurt"),
    ],
)
def test_the_rest_is_what_said_nothing_about_time(text: str, rest: str) -> None:
    """Names, sessions and complaints are found in it by others."""
    assert rest == read(text, NOW).rest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("next tues after work", "Tuesday, December 1, 5 to 9 pm"),
        ("friday 11-1", "Friday, November 27, 11 am to 1 pm"),
        ("friday 10-noon", "Friday, November 27, 10 am to noon"),
        ("jan 5 at 9", "Tuesday, January 5, 2027 at 9 am"),
        ("fri or sat at 3 or 4", "Friday, November 27 or Saturday, November 28 at 3 pm or 4 pm"),
        ("today", "Tuesday, November 24, after 10 am"),
        ("at 5", "at 5 pm"),
        ("friday at 7", "Friday, November 27, at 7"),
        ("yesterday", ""),
    ],
)
def test_a_reading_is_said_back_with_weekday_and_date(text: str, said: str) -> None:
    """The client sees the date itself, and of what must still be asked what was understood."""
    assert said == read(text, NOW).said


def test_only_the_first_thousand_characters_are_read() -> None:
    """A very long text costs no more than a long one, and its end stays in the rest."""
    reading = read("tuesday at 5" + " blah" * 2000 + " friday", NOW)

    assert reading.said == "Tuesday, November 24 at 5 pm"
    assert reading.rest.endswith("friday")


@pytest.mark.parametrize("text", ["1 " * 500, "1-" * 500, "12 " * 333, "1," * 500, "," * 1000, "tuesday at 5" + " 1" * 100])
def test_a_list_of_numbers_or_signs_is_no_time(text: str) -> None:
    """It isn't gone through, which took half a second of everybody's, and all of it stays in the rest."""
    start = time.process_time()
    reading = read(text, NOW)

    assert time.process_time() - start < 0.1
    assert (reading.kind, reading.reason, reading.rest) == ("ask", "nothing", text.strip())


def test_every_time_of_a_month_is_read() -> None:
    """A list that somebody writes by hand is a wish, however long."""
    text = ", ".join(f"12/{day} 9-11" for day in range(1, 13))

    assert len(read(text, NOW).windows) == 12


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("this morning", "Monday, November 23, before noon"),
        ("today", "Monday, November 23, any time"),
        ("today before 2 pm", "Monday, November 23, before 2 pm"),
        ("today between 9 and 11", "Monday, November 23, 9 to 11 am"),
    ],
)
def test_the_minute_of_writing_is_not_said(text: str, said: str) -> None:
    """Who writes at a minute past seven and wishes for the morning has not wished for a minute past seven."""
    now = datetime(2026, 11, 23, 7, 0, 30, tzinfo=PRACTICE)
    reading = read(text, now)

    assert reading.said == said
    assert read(said, now).windows == reading.windows
