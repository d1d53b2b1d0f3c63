"""signs.yml is data that a reader can trust."""

from __future__ import annotations

import copy

import pytest
import yaml

from legwork.nlu.safety.examples import BENIGN, examples
from legwork.nlu.safety.patterns import screen, shipped
from legwork.nlu.safety.signs import HERE, LEVELS, Signs, SignsError
from legwork.nlu.safety.text import Spelling, one_error_apart

DATA = yaml.safe_load((HERE / "signs.yml").read_text("utf-8"))
ROOT = HERE.parents[2]


def test_every_sign_has_a_level_a_source_and_patterns() -> None:
    """No sign is without the things a reader checks."""
    for code, entry in DATA["signs"].items():
        assert entry["level"] in LEVELS, code
        assert entry["source"].strip(), code
        assert entry["patterns"], code
        assert entry.get("past", "past_sign") in {None, *DATA["signs"]}, code


def test_every_list_is_used() -> None:
    """A list that no pattern and no list names would mislead its reader."""
    text = (HERE / "signs.yml").read_text("utf-8").split("# Where, when and after what.")[1]
    unused = [name for section in ("context", "words") for name in DATA[section] if f"<{name}>" not in text]

    assert unused == []


def test_every_sign_has_examples_for_the_net_and_a_set_of_its_own() -> None:
    """Forty phrasings a sign to learn from, twelve unseen ones to test with, and none in both."""
    texts, signs = zip(*examples())
    learned = {text.lower() for text in texts}
    for code in DATA["signs"]:
        assert code == "past_sign" or signs.count(code) >= 40, code
        messages = yaml.safe_load((ROOT / "tests" / "safety" / f"{code}.yml").read_text("utf-8"))["messages"]
        assert len(messages) >= 12, code
        assert not learned & {message.lower() for message in messages}, code
    assert signs.count(BENIGN) >= 400


def test_a_missing_list_is_named() -> None:
    """A pattern with a list that doesn't exist is refused with what to do."""
    data = copy.deepcopy(DATA)
    data["signs"]["dvt"]["patterns"].append("<calv> + <swollen>")

    with pytest.raises(SignsError, match="<calv>, which doesn't exist"):
        Signs(data)


def test_bars_inside_an_expression_do_not_part_a_pattern() -> None:
    """A date beside an area is no week of a pregnancy: "weeks" belongs to both halves of the expression before it."""
    assert "pregnancy_told" not in [finding.sign for finding in screen("dec 13 at 10 for my back")]
    assert "pregnancy_told" in [finding.sign for finding in screen("13 weeks and my back aches")]
    assert "pregnancy_told" in [finding.sign for finding in screen("34 weeks here, back is killing me")]


def test_an_unknown_level_is_named() -> None:
    """A level that doesn't exist is refused with those that do."""
    data = copy.deepcopy(DATA)
    data["signs"]["dvt"]["level"] = "urgent"

    with pytest.raises(SignsError, match="'urgent'; allowed are refuse"):
        Signs(data)


@pytest.mark.parametrize(("a", "b"), [("calf", "clf"), ("calf", "caalf"), ("calf", "cslf"), ("calf", "claf"), ("calf", "calf")])
def test_one_typing_error_is_recognised(a: str, b: str) -> None:
    """A letter left out, added, changed, or two swapped."""
    assert one_error_apart(a, b) and one_error_apart(b, a)


@pytest.mark.parametrize(("a", "b"), [("calf", "cl"), ("calf", "lacf"), ("swollen", "swln")])
def test_two_errors_are_too_many(a: str, b: str) -> None:
    """More than one error is another word."""
    assert not one_error_apart(a, b)


def test_ordinary_words_are_left_alone() -> None:
    """A word that exists is never read as its neighbor."""
    spelling = Spelling(["stroke", "swollen"], ["stoke"])

    assert spelling.meant("stoke") == ()
    assert spelling.meant("swolen") == ("swollen",)


def test_the_signs_are_loaded_once() -> None:
    """Compiling is paid for once a process."""
    assert shipped() is shipped()
