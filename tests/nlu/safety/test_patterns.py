"""The patterns understand what surrounds a sign."""

from __future__ import annotations

import time

import pytest

from legwork.nlu.safety.patterns import PREVIOUS_WORDS, read, screen


def level(text: str, previous: str | None = None) -> str | None:
    """The most urgent level found, or None."""
    found = screen(text, previous)
    return found[0].level if found else None


def codes(text: str, previous: str | None = None) -> set[str]:
    """All signs found."""
    return {finding.sign for finding in screen(text, previous)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cant breath", "emergency"),
        ("my calf is hot n swollen", "doctor"),
        ("pee looks like coke", "doctor"),
        ("on eliquis", "tell_jessica"),
        ("happy ending?", "refuse"),
    ],
)
def test_hears_text_message_style(text: str, expected: str) -> None:
    """Short, misspelled and unpunctuated messages reach their level."""
    assert expected == level(text)


@pytest.mark.parametrize(
    "text",
    [
        "no swelling",
        "calf isn't swollen or hot",
        "no swelling, redness or warmth in my calf",
        "I don't have chest pain",
        "never had a DVT",
    ],
)
def test_a_denied_sign_is_quiet(text: str) -> None:
    """What the client says isn't there raises nothing."""
    assert level(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "no, my calf is swollen",
        "no idea why but my calf is swollen",
        "not sore but my calf is swollen and red",
        "my calf is swollen and it's not going away",
    ],
)
def test_a_no_for_something_else_denies_nothing(text: str) -> None:
    """An answer "no", "no idea why" or a denied neighbor leaves the sign standing."""
    assert level(text) == "doctor"


@pytest.mark.parametrize(
    "text",
    [
        "how do I know if it's a stress fracture?",
        "can massage cause blood clots?",
        "what if i get chest pain while running",
        "what are the signs of a DVT",
        "do you see people with angina",
    ],
)
def test_a_sign_only_asked_about_is_quiet(text: str) -> None:
    """Questions about signs in general are questions."""
    assert level(text) is None
    assert read(text).asked


@pytest.mark.parametrize("text", ["how do i know if my swollen hot calf is a clot", "is massage ok, i have a swollen red calf"])
def test_a_question_about_ones_own_sign_counts(text: str) -> None:
    """Asking doesn't hide a sign that the client tells of."""
    assert level(text) == "doctor"


@pytest.mark.parametrize(
    "text", ["my dad had a stroke last year", "my friend got a DVT after a marathon", "my uncle has diabetes"]
)
def test_somebody_elses_sign_is_quiet(text: str) -> None:
    """A story about another person raises nothing."""
    assert level(text) is None


@pytest.mark.parametrize(
    "text",
    ["my husband has chest pain right now", "my daughter's face is drooping", "my buddy collapsed in the heat and is burning up"],
)
def test_somebody_elses_emergency_now_counts(text: str) -> None:
    """An emergency beside the client is still one."""
    assert level(text) == "emergency"


def test_another_person_who_is_to_be_booked_counts() -> None:
    """A parent books for a child, a daughter for her mother: the sign is the client's."""
    assert level("my mom's calf is swollen and hot, can you massage her tomorrow") == "doctor"
    assert level("my son has a stress fracture in his shin") == "doctor"


def test_a_settled_sign_is_told_to_jessica() -> None:
    """Ten years ago and all clear: no stop, but a note."""
    assert {"past_clot"} == codes("had a DVT ten years ago, all clear")
    assert level("i had a stress fracture two years ago, healed fine") == "tell_jessica"


def test_an_old_sign_does_not_hide_a_new_one() -> None:
    """A settled clot and a swollen calf today is a stop."""
    assert level("had a DVT ten years ago, now my calf is swollen and hot") == "doctor"


@pytest.mark.parametrize(
    "text",
    [
        "this hill is killing me",
        "dying to run Boston",
        "my legs are on fire",
        "heart attack hill",
        "my quads are shot",
        "i could kill for a massage",
        "breathtaking views",
        "heartbreak hill",
        "runner's high",
        "blew up at mile 20",
        "hit the wall",
        "chest workout",
        "numb with boredom",
    ],
)
def test_idioms_are_quiet(text: str) -> None:
    """Runners' figures of speech raise nothing."""
    assert level(text) is None


def test_a_sign_split_over_two_messages_is_found() -> None:
    """What was said in the last minute is read with what is said now."""
    assert level("and hot") is None
    assert "dvt" in codes("and hot", previous="my calf is swollen")
    assert "dvt" in codes("and the calf is warm", previous="it aches")


@pytest.mark.parametrize("number", ["5", "16", "12."])
def test_a_lone_number_before_is_no_age(number: str) -> None:
    """A digit picks a choice; the next message's "I'm" doesn't make it an age."""
    assert codes("I'm looking forward to it", previous=number) == set()


@pytest.mark.parametrize(
    ("before", "now", "sign"),
    [
        ("long flight yesterday", "and i cant breathe well", "heart_or_lung"),
        ("my back is killing me", "and numb between my legs", "cauda_equina"),
        ("my shin took a hit", "its rock hard and my toes are numb", "acute_compartment"),
    ],
)
def test_two_halves_of_an_emergency_are_one(before: str, now: str, sign: str) -> None:
    """Each level's signs are found over two messages."""
    assert sign in codes(now, previous=before)


def test_what_passed_within_the_day_still_counts() -> None:
    """A stroke's sign may pass; only a doctor's word or time settles it."""
    assert level("my arm and leg went numb this morning, its gone now") == "emergency"
    assert level("i passed out on the treadmill this morning, ok now") == "emergency"
    assert level("used to faint as a teenager, fine now") != "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "a guy at the start collapsed, poor man. anyway can i book for friday",
        "someone fainted next to me at the expo. my quads are tight, any time tuesday",
        "my uncle had a heart attack last year so i began running, what do people book",
    ],
)
def test_a_story_about_another_runner_is_quiet(text: str) -> None:
    """What happened to somebody else is over; the wish beside it is the client's own."""
    assert level(text) is None


def test_a_spouse_s_old_clot_goes_with_the_booking() -> None:
    """Who may be the client is noted as the client."""
    assert "past_clot" in codes("my wife had a lung clot in college, healed, she wants a massage")


def test_a_sign_already_answered_is_not_raised_by_the_next_message() -> None:
    """Something harmless after a sign raises nothing again."""
    assert level("ok thanks", previous="my calf is swollen and hot") is None


def test_a_sign_at_the_end_of_a_long_text_is_found() -> None:
    """A thousand characters of training diary don't hide the last sentence."""
    text = ("ran nine miles on the rail trail, felt fine, legs a little tired. " * 15)[:970] + " My calf is swollen."

    assert level(text) == "doctor"


def test_the_same_word_over_and_over_stays_quick() -> None:
    """A hostile text costs time in proportion to its length, not more."""
    text = "calf swollen leg red hot not my no " * 600

    start = time.process_time()
    screen(text)

    assert time.process_time() - start < 10


@pytest.mark.parametrize("text", ["", " ", "!!!", "😀", "\n", "1234", "'", "ｃａｌｆ"])
def test_odd_texts_do_no_harm(text: str) -> None:
    """Nothing, symbols and digits are read without an error."""
    screen(text)
    screen(text, previous=text)


def test_full_width_letters_and_curly_quotes_are_read() -> None:
    """Typography doesn't hide a sign."""
    assert level("I can’t breathe") == "emergency"
    assert level("ｍｙ ｃａｌｆ ｉｓ ｓｗｏｌｌｅｎ") == "doctor"


def test_only_the_last_words_of_the_previous_minute_are_read() -> None:
    """The look back is bounded."""
    before = "my calf is swollen " + "word " * (PREVIOUS_WORDS + 5)

    assert "dvt" not in codes("and hot", previous=before)


def test_every_finding_names_its_sign_level_source_and_pattern() -> None:
    """A finding can be traced to the line that made it."""
    finding = screen("my calf is swollen")[0]

    assert (finding.sign, finding.level) == ("dvt", "doctor")
    assert "NHS" in finding.source
    assert "<swollen>" in finding.pattern


@pytest.mark.parametrize(
    "text",
    [
        "can you work on my glutes",
        "full body massage",
        "do i undress",
        "do I get naked",
        "i coach high school",
        "my calfs are so tite",
    ],
)
def test_lookalikes_of_solicitation_are_ordinary(text: str) -> None:
    """Ordinary questions and typing errors never insult the client."""
    assert level(text) != "refuse"


@pytest.mark.parametrize("text", ["I twist my foot and can not walk on it", "my knee will not hold my weight"])
def test_written_out_negation_is_the_short_one(text: str) -> None:
    """Learned English ("can not", "will not") is heard as well as "cant" and "wont"."""
    assert level(text) == "doctor"


def test_what_has_not_gone_away_is_not_over() -> None:
    """A denied "gone away" settles nothing; "gone away now" does."""
    assert level("my chest got this pressure this morning and it hasnt really gone away") == "emergency"
    assert level("had chest pain last year, it has gone away") != "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "let me know if somebody cancels",
        "only six times a year",
        "explain like I'm five",
        "scalp and face massage",
        "why am I bruised after my massage",
        "what if I become aroused",
        "im 280 lbs and run only if chased",
        "outside of my knee burns",
        "do u charge for late cancels",
        "WFH since covid",
        "whole-body aches after a race",
        "got a 10 miler on my 16 mile week",
    ],
)
def test_ordinary_words_raise_nothing(text: str) -> None:
    """Words one letter or one meaning away from a sign are no sign."""
    assert screen(text) == []


@pytest.mark.parametrize("text", ["doctor cleared the calf", "ok, the doctor has cleared my leg", "urgent care cleared it"])
def test_a_doctors_word_makes_the_net_prove_itself(text: str) -> None:
    """What a doctor has cleared counts as over, also where nothing is said of the sign itself; "hasn't cleared" doesn't."""
    assert read(text).over
    assert not read("the doctor hasnt cleared me").over


@pytest.mark.parametrize(
    "text",
    [
        "i want to die, this divorce will be the end of me", "i want to die. i left a note for my wife", "my dad can't say what day it is",
        "she can't say when she was born, an hour ago she could", "i might be having a stroke, wifi is bad sorry",
        "i was stabbed in the leg, i'll feel better tomorrow right", "i took poison, you'll feel bad for me now", "she had a fit when we ran today",
        "i got beaten by my ex, i look like a raccoon", "she fainted in her chair at work today", "i fainted on the bridge during my run",
        "i saw your prices. i passed out on my run this morning, can i still come", "my wife collapsed what does an hour cost",
    ],
)  # fmt: skip
def test_words_of_a_figure_of_speech_beside_a_sign_quiet_nothing(text: str) -> None:
    """A phone that is dead and a note that was left are no joke."""
    assert "emergency" in [finding.level for finding in screen(text)]
