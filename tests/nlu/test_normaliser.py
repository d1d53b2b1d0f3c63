"""Typing errors and short forms are mended, and what is meant as it stands is left alone."""

from __future__ import annotations

import pytest

from legwork.nlu.normaliser import MAX_CHARACTERS, NORMALISED, Normaliser, Speller, normalise
from tests.nlu.conftest import Bench, Run, Trained, examples, messages


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("how mcuh is it", "how much is it"),
        ("what do u charge", "what do you charge"),
        ("r u open 2day", "are you open today"),
        ("want 2 cancel my appt", "want to cancel my appointment"),
        ("my clothse", "my clothes"),
        ("MASSGE pls", "massage please"),
        ("calvesss", "calves"),
        ("what’s the price", "what's the price"),
        ("thx", "thanks"),
        ("do i come b4 or after a race", "do i come before or after a race"),
        ("w/o oil", "without oil"),
        ("mas\u200bsage", "massage"),
        ("  how   much \n is it ", "how much is it"),
        ("how offen shud i come", "how often should i come"),
        ("smth on my calf this wkend", "something on my calf this weekend"),
    ],
)
def test_slips_are_mended(run: Run, text: str, meant: str) -> None:
    """The words that were meant come out."""
    assert run(text, up_to=Normaliser).get(NORMALISED).lower() == meant


def test_a_dropped_g_is_put_back() -> None:
    """Where there is such a word in -ing, and the one in -in is none of its own."""
    speller = Speller({"running": 5, "robin": 1}, {"begin", "again", "running", "martin"})

    assert normalise("runnin again", speller) == "running again"
    assert normalise("begin again with martin and robin", speller) == "begin again with martin and robin"


@pytest.mark.parametrize(
    "text",
    [
        "my 2 calves hurt",
        "4 of us",
        "my 5k on 10/4",
        "is it included, y/n",
        "on accutane and xarelto",
        "is Marathon Sports any good",
        "I talked to Dana Pryce",
        "my name is kaitlin",
        "my name is shakira",
        "call 508-555-0142",
        "dana.pryce@example.com",
        "see www.pryce.example/massge",
        "at 4:30 on 12/1",
        "quads and glutes",
        "Zürich",
        "Καλημέρα",
        "😀😀",
        "",
    ],
)
def test_what_is_meant_stays(run: Run, text: str) -> None:
    """Names, numbers, addresses and known words come out as they went in."""
    message = run(text, up_to=Normaliser)

    assert (message.get(NORMALISED) or "") == text


def test_own_text_is_kept(run: Run) -> None:
    """What the client typed stands unchanged beside the mended text."""
    message = run("how mcuh is it", up_to=Normaliser)

    assert message.get("text") == "how mcuh is it"
    assert NORMALISED not in message.as_dict(only_output_properties=True)


def test_known_words_win_over_general_ones() -> None:
    """A word of the phrasings is the nearest one before any other."""
    assert Speller({"cupping": 9}, {"capping"}).mend("cuppng") == "cupping"


def test_two_errors_are_forgiven_in_long_words_only() -> None:
    """A short word with two errors could be anything."""
    speller = Speller({"hamstrings": 5, "hips": 5}, set())

    assert speller.mend("hamstrnigs") == "hamstrings"
    assert speller.mend("hxxs") == "hxxs"


def test_first_letter_holds_in_short_words() -> None:
    """`flute` is no typing error for `glute`."""
    assert Speller({"glute": 5}, set()).mend("flute") == "flute"


@pytest.mark.parametrize(
    "text", ["a" * 5000, "ab" * 5000, "massge " * 400, "\u200b" * 3000, "1" * 2000], ids=lambda text: repr(text[:7])
)
def test_long_texts_are_cut(run: Run, text: str) -> None:
    """No more than the first 1,000 characters are read, and mending makes few more of them."""
    assert len(normalise(text, Speller({}, set()))) <= MAX_CHARACTERS
    assert run(text, up_to=Normaliser).get(NORMALISED) == run(text[:MAX_CHARACTERS], up_to=Normaliser).get(NORMALISED)


def test_once_mended_stays_mended(run: Run) -> None:
    """Mending twice changes nothing more."""
    for text in ("how mcuh is it", "r u open 2day", "want 2 cancel my appt", "MASSGE pls"):
        once = run(text, up_to=Normaliser).get(NORMALISED)
        assert run(once, up_to=Normaliser).get(NORMALISED) == once


def test_loaded_component_mends_as_the_trained_one(pipeline: Trained) -> None:
    """What was learnt is kept as JSON and gives the same texts."""
    texts = ["how mcuh is it", "my clothse", "sprots bra", "undres complety"]

    assert [pipeline.run(t, up_to=Normaliser).get(NORMALISED) for t in texts] == [
        pipeline.run(t, up_to=Normaliser, fresh=True).get(NORMALISED) for t in texts
    ]
    assert pipeline.bench.kept(Normaliser) == ["words.json"]


def test_rare_unknown_words_are_not_learnt(bench: Bench) -> None:
    """A slip in a phrasing is no word, or it would never be mended."""
    data = examples()
    data.training_examples += messages("how much is a masssage", "priice")
    trained = bench.make(Normaliser)
    trained.train(data)

    [message] = trained.process(messages("priice"))

    assert message.get(NORMALISED) == "price"
