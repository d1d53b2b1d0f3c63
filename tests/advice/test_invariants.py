"""What holds for every client, whatever was told."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from legwork.advice import AREAS, SESSIONS, Circumstances, Wishes, next_question, recommend, rules, say, wording
from legwork.advice.model import SIDES, facts

TODAY = dt.date(2027, 3, 1)

maybe = st.none


def some_of(names: tuple[str, ...], most: int = 4) -> st.SearchStrategy[tuple[str, ...]]:
    """A few different names, in any order."""
    return st.lists(st.sampled_from(names), unique=True, max_size=most).map(tuple)


wishes = st.builds(
    Wishes,
    session=maybe() | st.sampled_from(SESSIONS),
    minutes=maybe() | st.sampled_from([30, 45, 60, 75, 90, 120]),
    pressure=maybe() | st.sampled_from(["light", "firm"]),
)
clients = st.builds(
    Circumstances,
    areas=some_of(AREAS),
    side=maybe() | st.sampled_from(SIDES),
    duration=maybe() | st.integers(0, 4000),
    stops=some_of((*wording.ACTIVITIES, "juggling"), 3),
    training=maybe() | st.booleans(),
    race=maybe() | st.sampled_from([*wording.RACES, "some_fun_run"]),
    race_date=maybe() | st.integers(-40, 200).map(lambda days: TODAY + dt.timedelta(days=days)),
    today=maybe() | st.just(TODAY),
    earlier_sessions=maybe() | st.integers(0, 5),
    sex=maybe() | st.sampled_from(["female", "male"]),
    hills=st.booleans(),
    sitting=st.booleans(),
    notes=some_of((*rules.NOTES, "unheard_of")),
    wishes=wishes,
)


@given(clients)
def test_there_is_always_a_recommendation(c: Circumstances) -> None:
    """Whatever was told, one of the four sessions is suggested with at least one reason, and none is named twice."""
    found = recommend(c)

    assert found.session in SESSIONS
    assert found.session not in found.alternatives
    assert len(set(found.alternatives)) == len(found.alternatives)
    assert found.reasons


@given(clients)
def test_nothing_that_is_left_out_is_suggested(c: Circumstances) -> None:
    """A technique that a note or the race rules out is neither the session nor an alternative."""
    found = recommend(c)

    assert not {technique for technique, _ in found.left_out} & {found.session, *found.alternatives}


@given(clients)
def test_every_note_is_heard(c: Circumstances) -> None:
    """Each note gives a reason, and what its rule drops is in `left_out`."""
    found = recommend(c)
    dropped = {technique for technique, _ in found.left_out}

    for note in c.notes:
        assert any(reason.fact == f"note/{note}" for reason in found.reasons)
        assert set(rules.NOTES.get(note, rules.UNKNOWN_NOTE).left_out) <= dropped


@given(clients)
def test_every_reason_rests_on_a_fact(c: Circumstances) -> None:
    """A reason names a fact that the client told, or the article when nothing was."""
    for reason in recommend(c).reasons:
        assert reason.fact in facts(c) | {"article"}
        assert reason.source in {"article", "practice-norm", "client"}


@given(clients)
def test_no_length_is_invented(c: Circumstances) -> None:
    """Minutes are the article's hour or the client's own wish, or unset with a sentence that says who sets them."""
    found = recommend(c)

    assert found.minutes in {None, 60, c.wishes.minutes}
    if found.minutes is None:
        assert "Jessica sets the length with you" in found.length.text or "she sets the length with you" in found.length.text
    elif found.minutes != c.wishes.minutes:
        assert {"calves", "achilles", "it_band"} & set(c.areas)


@given(clients)
def test_sex_touches_clothes_only(c: Circumstances) -> None:
    """Told or not, a client's sex changes nothing but what to wear."""
    one, other = (recommend(replace(c, sex=sex)) for sex in ("female", "male"))

    assert replace(one, wear=other.wear) == other


@given(clients)
def test_timing_never_points_into_the_past(c: Circumstances) -> None:
    """The window for the next deeper session starts today or later and ends no earlier than it starts."""
    timing = recommend(c).timing

    if timing and timing.value:
        first, last = timing.value
        assert TODAY <= first <= last


@given(clients)
@settings(max_examples=200)
def test_every_sentence_can_be_sent(c: Circumstances) -> None:
    """No placeholder, code name, doubled space or promise is left in any text."""
    found = recommend(c)
    texts = [*say(found, c).values(), *(reason.text for reason in found.reasons), *(why for _, why in found.left_out)]

    for text in texts:
        assert text[0].isupper()
        assert text.endswith(".")
        assert not re.search(r"[{}_]|  |\bNone\b|safe for you|probably|cure", text), text


@given(clients, st.integers(0, 3))
def test_questions_are_few_and_never_repeated(c: Circumstances, used: int) -> None:
    """With the questions already spent at most two are asked, and none whose answer is known."""
    answers = {"training": {"training": True}, "duration": {"duration": 30}}
    asked: list[str] = []
    while question := next_question(c, used + len(asked)):
        asked.append(question)
        c = replace(c, **answers[question])

    assert len(asked) + used <= max(2, used)
    assert len(set(asked)) == len(asked)


def test_gentlest_sessions_survive_every_note() -> None:
    """No note rules out what is left for a client whose notes rule out the rest."""
    for rule in (*rules.NOTES.values(), rules.UNKNOWN_NOTE):
        assert not set(rules.GENTLEST) & set(rule.left_out)


def test_tables_cover_every_name() -> None:
    """Each area has its rule and each session its description, name and clothes."""
    assert set(AREAS) == set(rules.AREA_RULES)
    assert set(SESSIONS) == set(rules.DESCRIBED) == set(wording.SESSION_NAMES)
    assert all((session, None) in rules.WEAR for session in SESSIONS)
    assert set(rules.BIG_GOALS) <= set(wording.RACES)
