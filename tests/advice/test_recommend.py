"""What is suggested for whom: a table of cases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from legwork.advice import Circumstances, Recommendation, Wishes, recommend

TODAY = dt.date(2027, 3, 1)
S, D, M, C = "sports_massage", "deep_tissue", "myofascial_release", "cupping"


def race_in(days: int, **more: Any) -> dict[str, Any]:
    """A marathon so many days from today."""
    return {"race": "marathon", "race_date": TODAY + dt.timedelta(days=days), "today": TODAY, **more}


# circumstances, session, alternatives, minutes
SESSION_CASES = [
    ({"areas": ("calves",)}, M, (C,), 60),
    ({"areas": ("achilles",)}, M, (C,), 60),
    ({"areas": ("calves", "achilles")}, M, (C,), 60),
    ({"areas": ("it_band",)}, C, (M,), 60),
    ({"areas": ("hips",)}, D, (M,), None),
    ({"areas": ("glutes",)}, D, (M,), None),
    ({"areas": ("piriformis",)}, D, (M,), None),
    ({"areas": ("knees",)}, D, (M,), None),
    ({"areas": ("plantar_fasciitis",)}, S, (M,), None),
    ({"areas": ("feet",)}, S, (M,), None),
    ({"areas": ("shin_splints",)}, M, (D,), None),
    ({"areas": ("quads",)}, D, (M,), None),
    ({"areas": ("hamstrings",)}, D, (M,), None),
    ({"areas": ("back",)}, D, (M,), None),
    ({"areas": ("general_soreness",)}, S, (D,), None),
    ({"areas": ("neck",)}, M, (D,), None),
    ({}, S, (D, M), None),
    # several areas: what Jessica names herself leads, and serves as many of them as possible
    ({"areas": ("it_band", "calves")}, C, (M,), None),
    ({"areas": ("it_band", "knees")}, M, (C, D), 60),
    ({"areas": ("hips", "calves")}, M, (C, D), 60),
    ({"areas": ("general_soreness", "hips")}, D, (S, M), None),
    # wishes
    ({"areas": ("calves",), "wishes": Wishes(session=C)}, C, (M,), 60),
    ({"areas": ("calves",), "wishes": Wishes(session=D)}, M, (C, D), 60),
    ({"areas": ("hips",), "wishes": Wishes(session=C)}, C, (D, M), None),
    ({"areas": ("hips",), "wishes": Wishes(session=M)}, M, (D,), None),
    ({"wishes": Wishes(session=C)}, C, (S, D, M), None),
    ({"areas": ("hips",), "wishes": Wishes(pressure="light")}, M, (D,), None),
    ({"areas": ("general_soreness",), "wishes": Wishes(pressure="firm")}, D, (S,), None),
    ({"areas": ("calves",), "wishes": Wishes(pressure="firm")}, M, (C,), 60),
    ({"areas": ("hips",), "wishes": Wishes(minutes=30)}, D, (M,), 30),
    ({"areas": ("calves",), "wishes": Wishes(minutes=30)}, M, (C,), 60),
    ({"areas": ("calves",), "wishes": Wishes(minutes=90)}, M, (C,), 90),
    ({"areas": ("calves", "it_band"), "wishes": Wishes(minutes=120)}, M, (C,), None),
    # notes
    ({"areas": ("calves",), "notes": ("skin",)}, M, (), 60),
    ({"areas": ("it_band",), "notes": ("blood_thinners",)}, M, (), 60),
    ({"areas": ("hips",), "notes": ("pregnancy_told",)}, M, (), None),
    ({"areas": ("general_soreness",), "notes": ("cancer",)}, S, (), None),
    ({"areas": ("hips",), "notes": ("past_clot",), "wishes": Wishes(session=D)}, M, (), None),
    ({"areas": ("hamstrings",), "notes": ("recent_surgery",)}, M, (), None),
    ({"areas": ("quads",), "notes": ("adapt_conditions",)}, M, (), None),
    ({"areas": ("quads",), "notes": ("allergy", "past_sign", "minor_told", "contagious")}, D, (M,), None),
    ({"areas": ("quads",), "notes": ("a_sign_made_tomorrow",)}, M, (), None),
    # races
    (dict(areas=("quads",), **race_in(2)), M, (), None),
    (dict(areas=("it_band",), **race_in(0)), M, (), 60),
    (dict(areas=("it_band",), **race_in(5)), C, (M,), 60),
    (dict(areas=("it_band",), **race_in(5, earlier_sessions=0)), M, (), 60),
    (dict(areas=("quads",), **race_in(30, earlier_sessions=0)), D, (M,), None),
    (dict(areas=("quads",), **race_in(-2)), D, (M,), None),
]


@pytest.mark.parametrize(("told", "session", "alternatives", "minutes"), SESSION_CASES)
def test_session(told: dict[str, Any], session: str, alternatives: tuple[str, ...], minutes: int | None) -> None:
    """The session, what else would fit, and the length follow from what was told."""
    found = recommend(Circumstances(**told))

    assert (session, alternatives, minutes) == (found.session, found.alternatives, found.minutes)


# circumstances, a reason's fact, a piece of its sentence
REASON_CASES = [
    ({"areas": ("calves",), "side": "both", "hills": True}, "hills", "you run hills and feel it in both calves"),
    ({"areas": ("achilles",), "side": "left", "hills": True}, "hills", "your left Achilles"),
    ({"areas": ("quads",), "hills": True}, "hills", "speed work in disguise"),
    ({"areas": ("hips",), "side": "right", "sitting": True}, "sitting", "you sit a lot and feel it in your right hip"),
    ({"areas": ("knees",), "sitting": True}, "sitting", "strain on the tendons around the knees"),
    ({"areas": ("it_band",), "sitting": True}, "sitting", "can even cause IT band pain"),
    ({"areas": ("back",), "sitting": True}, "sitting", "short and weak"),
    ({"areas": ("calves",)}, "area/calves", "myofascial release or cupping"),
    ({"areas": ("calves",)}, "area/calves", "foot to knee, front and back"),
    ({"areas": ("it_band",)}, "area/it_band", "up into the hip flexors, the hamstrings, the glutes and the band too"),
    ({"areas": ("hips",)}, "area/hips", "sitting too much"),
    ({"areas": ("plantar_fasciitis",)}, "area/plantar_fasciitis", "starts with the right running shoe"),
    ({"areas": ("feet",), "side": "left"}, "area/feet", "joints in the foot mobile"),
    ({"areas": ("hamstrings",)}, "area/hamstrings", "starting point for your hamstrings"),
    ({"areas": ("calves", "hips")}, "area/calves", "The hour is for your calves"),
    ({"areas": ("calves",), "duration": 42}, "a_while", "for about 6 weeks"),
    ({"areas": ("calves",), "duration": 21}, "a_while", "for a while"),
    ({"areas": ("calves",), "stops": ("running",)}, "stops/running", "keeps you from running"),
    ({"areas": ("feet",), "stops": ("running",)}, "stops/running", "set a runner's training back"),
    ({"areas": ("knees",), "stops": ("stairs",)}, "stops/stairs", "gets in the way of stairs"),
    ({"areas": ("achilles",), "stops": ("speed_work",)}, "stops/speed_work", "tendons take a lot of time"),
    ({"training": True, "race": "bq"}, "training", "toward a Boston qualifying time"),
    ({"training": False}, "no_training", "every 3 to 4 weeks"),
    ({"race": "10k", "earlier_sessions": 3}, "earlier_sessions", "before and after a race can both work"),
    ({"areas": ("calves",), "wishes": Wishes(minutes=30)}, "wish/minutes", "about an hour"),
    ({"wishes": Wishes(session=C)}, "wish/session", "You asked for cupping"),
    ({"wishes": Wishes(pressure="light")}, "wish/pressure", "light pressure"),
    ({"notes": ("allergy",)}, "note/allergy", "your allergy"),
    ({}, "article", "haven't said what hurts"),
]


@pytest.mark.parametrize(("told", "fact", "piece"), REASON_CASES)
def test_reason_names_the_clients_own_fact(told: dict[str, Any], fact: str, piece: str) -> None:
    """A reason rests on what the client told and says so in its sentence."""
    reasons = recommend(Circumstances(**told)).reasons

    assert any(reason.fact == fact and piece in reason.text for reason in reasons), reasons


@pytest.mark.parametrize(
    ("told", "weeks"),
    [
        ({"race": "bq"}, (1, 2)),
        ({"race": "marathon", "training": True}, (1, 2)),
        ({"race": "10k"}, None),
        ({"training": True}, None),
        ({"training": False}, (3, 4)),
        ({"training": False, "race": "marathon"}, (3, 4)),
        ({"areas": ("calves",)}, (3, 4)),
        (race_in(20), (1, 2)),
        (race_in(-10), (3, 4)),
    ],
)
def test_spacing(told: dict[str, Any], weeks: tuple[int, int] | None) -> None:
    """Weekly or biweekly toward a big goal, 3 to 4 weeks without a race, and no number invented in between."""
    assert weeks == recommend(Circumstances(**told)).spacing.value


@pytest.mark.parametrize(
    ("days", "more", "first", "last"),
    [
        (30, {}, 23, 26),
        (8, {}, 1, 4),
        (7, {}, 0, 3),
        (5, {}, 0, 1),
        (4, {}, 0, 0),
        (3, {}, 4, 6),
        (0, {}, 1, 3),
        (-1, {}, 0, 2),
        (-3, {}, 0, 0),
        (6, {"earlier_sessions": 0}, 7, 9),
        (6, {"earlier_sessions": 4}, 0, 2),
    ],
)
def test_window_around_a_race(days: int, more: dict[str, Any], first: int, last: int) -> None:
    """The next deeper session lies 4 to 7 days before the race or 1 to 3 days after it, and never in the past."""
    timing = recommend(Circumstances(**race_in(days, **more))).timing

    assert timing is not None
    assert (TODAY + dt.timedelta(days=first), TODAY + dt.timedelta(days=last)) == timing.value
    assert timing.source == "practice-norm"


def test_no_timing_without_a_race() -> None:
    """Neither no race nor one that is long over says anything about when."""
    assert recommend(Circumstances(areas=("calves",))).timing is None
    assert recommend(Circumstances(**race_in(-4))).timing is None


def test_race_without_a_date_is_answered_in_general() -> None:
    """A race whose date isn't known gets the rule of thumb and no dates."""
    timing = recommend(Circumstances(race="half_marathon")).timing

    assert timing is not None
    assert timing.value is None
    assert "4 to 7 days before" in timing.text


@pytest.mark.parametrize(
    ("told", "pieces", "words"),
    [
        ({"areas": ("calves",)}, ("workout shorts",), "female clients need a sports bra"),
        ({"areas": ("calves",), "sex": "female"}, ("workout shorts", "sports bra"), "No oil or massage cream"),
        ({"areas": ("calves",), "sex": "male"}, ("workout shorts",), "No oil or massage cream"),
        ({"areas": ("feet",), "sex": "female"}, (), "done clothed"),
        ({"areas": ("hips",)}, ("shorts",), "Shorts are handy"),
        ({"areas": ("it_band",)}, ("shorts",), "Shorts are handy"),
        ({"areas": ("back",)}, (), "Come as you like"),
    ],
)
def test_clothes(told: dict[str, Any], pieces: tuple[str, ...] | None, words: str) -> None:
    """Clothes are the article's for its two types, and for the others the norm that faq/what_to_wear gives too."""
    wear = recommend(Circumstances(**told)).wear

    assert pieces == wear.value
    assert words in wear.text
    assert ("bra" in wear.text) == (told.get("sex") != "male" and "workout shorts" in wear.text)


@pytest.mark.parametrize(
    ("note", "techniques"),
    [
        ("pregnancy_told", {C, D, "belly"}),
        ("blood_thinners", {C, D}),
        ("past_clot", {C, D}),
        ("cancer", {C, D}),
        ("recent_surgery", {C, D}),
        ("adapt_conditions", {C, D}),
        ("skin", {C, "sore_skin"}),
        ("allergy", set()),
        ("nobody_knows_this", {C, D}),
    ],
)
def test_what_a_note_leaves_out(note: str, techniques: set[str]) -> None:
    """Each note drops its techniques and says why, and a note that no rule knows drops both strong ones."""
    left_out = recommend(Circumstances(areas=("calves",), notes=(note,))).left_out

    assert techniques == {technique for technique, _ in left_out}
    assert all(why.endswith(".") for _, why in left_out)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"areas": ("wings",)}, r"areas: found 'wings'; allowed are calves, .*, or None"),
        ({"side": "up"}, r"side: found 'up'; allowed are left, right, both"),
        ({"sex": "x"}, "sex: found 'x'"),
        ({"duration": -1}, "duration: found -1; it is a number of days"),
    ],
)
def test_values_that_no_rule_knows_are_refused(told: dict[str, Any], message: str) -> None:
    """A value outside the tables is an error that lists what is allowed, not silent advice."""
    with pytest.raises(ValueError, match=message):
        Circumstances(**told)


def test_a_few_days_are_not_a_while() -> None:
    """What has only just begun isn't told that stretching won't mend it."""
    reasons = recommend(Circumstances(areas=("calves",), duration=20)).reasons

    assert "a_while" not in {reason.fact for reason in reasons}


def test_session_source_says_what_it_rests_on() -> None:
    """The article's own choice, a norm's and a wish's can be told apart."""

    def source(**told: Any) -> str:
        found: Recommendation = recommend(Circumstances(**told))
        return found.source

    assert source(areas=("calves",)) == "article"
    assert source(areas=("hips",)) == "practice-norm"
    assert source(areas=("hips",), wishes=Wishes(session=C)) == "client"
