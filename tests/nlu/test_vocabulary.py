"""What is found in a client's words, and that the component keeps it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message

from legwork.nlu.phrases import Phrases, find, shipped
from legwork.nlu.vocabulary import Vocabulary
from legwork.settings import ROOT

TODAY = dt.date(2027, 3, 1)  # a Monday

# text → (entity, value) in the order in which they are said
TABLE: list[tuple[str, list[tuple[str, Any]]]] = [
    # areas, as they are called and as they are misspelled
    ("my calves are so tight", [("area", "calves")]),
    ("calf's been grabbing at me", [("area", "calves")]),
    ("Achilles again", [("area", "achilles")]),
    ("achillies is sore", [("area", "achilles")]),
    ("IT-band trouble", [("area", "it_band")]),
    ("it bands", [("area", "it_band")]),
    ("the itb on the outside", [("area", "it_band")]),
    ("could it band together", [("area", "it_band")]),
    ("hips n glutes", [("area", "hips"), ("area", "glutes")]),
    ("glutes and hips", [("area", "glutes"), ("area", "hips")]),
    ("hip flexers", [("area", "hips")]),
    ("so what do I have, is it torn", [("medical", "diagnosis")]),
    ("should I take ibuprofen", [("medical", "medicine")]),
    ("IT band is tight from hip to knee", [("area", "it_band")]),
    ("calf is sore all the way up to the hamstring", [("area", "calves"), ("area", "hamstrings")]),
    ("it hurts from the hip to the knee", [("area", "hips"), ("area", "knees")]),
    ("priformis", [("area", "piriformis")]),
    ("periformis or whatever it's called", [("area", "piriformis")]),
    ("runner's knee", [("area", "knees")]),
    ("plantar faciitis", [("area", "plantar_fasciitis")]),
    ("planter fascitis", [("area", "plantar_fasciitis")]),
    ("Plantar Fasciitis!!", [("area", "plantar_fasciitis")]),
    ("the arch of my foot", [("area", "feet")]),
    ("shinsplints", [("area", "shin_splints")]),
    ("quadricpes are shot", [("area", "quads")]),
    ("hammies", [("area", "hamstrings")]),
    ("hamstirngs", [("area", "hamstrings")]),
    ("back of my thigh", [("area", "hamstrings")]),
    ("inner thighs", [("area", "groin")]),
    ("lower back and shoulders", [("area", "back"), ("area", "shoulders")]),
    ("sore all over", [("area", "general_soreness")]),
    ("my legs feel dead", [("area", "general_soreness")]),
    ("my legs are tight", [("area", "legs")]),
    ("calves, calves, calves", [("area", "calves")]),
    # what only looks like an area
    ("can i come back on friday", []),
    ("my pain came back", []),
    ("call me back please", []),
    ("do you have my number on hand", []),
    ("it's 6 feet wide", []),
    ("is green hill park near you", []),
    ("i left a message", []),
    ("is that the right session for me", []),
    ("flutes, halves and valves", []),
    # sides
    ("left calf", [("side", "left"), ("area", "calves")]),
    ("my right lower hamstring", [("side", "right"), ("area", "hamstrings")]),
    ("knee on the left", [("area", "knees"), ("side", "left")]),
    ("both calves", [("side", "both"), ("area", "calves")]),
    ("calves, both", [("area", "calves"), ("side", "both")]),
    ("outside of my left knee", [("area", "it_band"), ("side", "left")]),
    ("achilles on both legs", [("area", "achilles"), ("side", "both")]),
    ("left", [("side", "left")]),
    ("you could do both, i suppose", []),
    ("turn left at the light i guess", []),
    # sessions, lengths, pressure
    ("deep tissue pls", [("session", "deep_tissue")]),
    ("the stretchy one", [("session", "sports_massage")]),
    ("myofacial release", [("session", "myofascial_release")]),
    ("MFR or cuping?", [("session", "myofascial_release"), ("session", "cupping")]),
    ("a cup of coffee first", []),
    ("an hour", [("minutes", 60)]),
    ("60-minute sports massage", [("minutes", 60), ("session", "sports_massage")]),
    ("an hour and a half", [("minutes", 90)]),
    ("90min", [("minutes", 90)]),
    ("half an hour", [("minutes", 30)]),
    ("i'm half an hour late", []),
    ("i live an hour away", []),
    ("not too hard please", [("pressure", "light")]),
    # races and distances
    ("boston marathon", [("race", "boston_marathon")]),
    ("trying to bq", [("race", "bq")]),
    ("half maraton", [("race", "half_marathon")]),
    ("10K", [("race", "10k")]),
    ("50k", [("race", "50k")]),
    ("15k", [("distance", "15 km")]),
    ("ran 8 miles", [("distance", "8 mi")]),
    ("26.2 miles", [("race", "marathon")]),
    ("half marathon in 6 weeks", [("race", "half_marathon")]),
    ("do you know marathon sports", []),
    # circumstances
    ("training for a marathon", [("training", True), ("race", "marathon")]),
    ("i'm not training for a race", [("training", False)]),
    ("tapering now", [("training", True)]),
    ("lots of hilly routes", [("hills", True)]),
    ("I sit all day", [("sitting", True)]),
    ("desk job", [("sitting", True)]),
    ("I’m a woman", [("sex", "female")]),
    ("can't run", [("stops", "running")]),
    ("cant do speed work", [("stops", "speed_work")]),
    ("stairs are the worst", [("stops", "stairs")]),
    ("first time, never been", [("earlier_sessions", 0)]),
    # how long
    ("for three weeks", [("duration", 21)]),
    ("2 months", [("duration", 60)]),
    ("about a week and a half now", [("duration", 10)]),
    ("2-3 weeks", [("duration", 21)]),
    ("since june", [("duration", 273)]),
    ("since June 3rd", [("duration", 271)]),
    ("since last tuesday", [("duration", 6)]),
    ("it started 4 days ago", [("duration", 4)]),
    ("for a while", [("duration", 21)]),
    ("since yesterday", [("duration", 1)]),
    ("knees have hurt for over a year", [("area", "knees"), ("duration", 365)]),
    ("haven't been able to run for 2 weeks", [("stops", "running"), ("duration", 14)]),
    ("been running for 10 years, calves hurt for two weeks", [("area", "calves"), ("duration", 14)]),
    ("since monday", [("duration", 7)]),
    ("third week of this", [("duration", 14)]),
    ("it's the 3rd day in a row", [("duration", 2)]),
    ("going into its second month", [("duration", 30)]),
    ("third week of training", []),
    ("running my 2nd week now", []),
    ("the third week works for me", []),
    ("sore for 3 weeks before the taper", [("training", True)]),
    ("every 2 weeks", []),
    ("race is 3 weeks away", []),
    ("twice a week", []),
    ("in 3 weeks", []),
    ("i've been a runner for 20 years", []),
    ("since may i ask", []),
    ("injury free since June", []),
    ("would i have to give up running for a while", []),
    ("just started running", []),
    ("i'm going on tuesday", []),
    ("is it possible to stop running injuries", []),
    ("the pain is back", []),
    # nothing at all
    ("", []),
    ("😀😀😀", []),
    ("' OR 1=1; <b>--", []),
]


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[text[:40] for text, _ in TABLE])
def test_found(text: str, expected: list[tuple[str, Any]]) -> None:
    """Each phrase gives its entity once, in order, and look-alikes give none."""
    assert expected == [(entity["entity"], entity["value"]) for entity in find(text, TODAY)]


@pytest.mark.parametrize("text", [text for text, expected in TABLE if expected])
def test_positions_point_at_the_clients_own_words(text: str) -> None:
    """Start and end cut the entity's text out of the message as it was typed."""
    for entity in find(text, TODAY):
        assert entity["text"] == text[entity["start"] : entity["end"]] != ""


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("left calf and right hip", {"calves": "left", "hips": "right"}),
        ("my left calf and my hips", {"calves": "left", "hips": None}),
        ("hip, the right one", {"hips": "right"}),
        ("back of my right thigh", {"hamstrings": "right"}),
        ("calf on my left, knee on my right", {"calves": "left", "knees": "right"}),
    ],
)
def test_side_belongs_to_its_area(text: str, sides: dict[str, str | None]) -> None:
    """An area carries the side that is said beside it, and no other's."""
    assert sides == {e["value"]: e.get("side") for e in find(text, TODAY) if e["entity"] == "area"}


@pytest.mark.parametrize("slip", ["hamstrin", "hamsttring", "hamstrong", "hmastring"])
def test_one_slip_of_the_finger_is_forgiven(slip: str) -> None:
    """A letter dropped, added, changed or swapped in a long word is read as meant."""
    assert [e["value"] for e in Phrases({"area/hamstrings": ["hamstring"]}).find(slip, TODAY)] == ["hamstrings"]


def test_two_slips_are_not() -> None:
    """Further off than one letter, a word is not guessed."""
    assert Phrases({"area/hamstrings": ["hamstring"]}).find("hmastrin", TODAY) == []


def test_everyday_words_are_never_slips() -> None:
    """A word of the ignore table stays itself."""
    tables = {"session/cupping": ["cupping"], "ignore/word": ["capping"]}

    assert Phrases(tables).find("capping", TODAY) == []
    assert Phrases({"session/cupping": ["cupping"]}).find("capping", TODAY) != []


def test_every_phrase_of_the_file_is_found() -> None:
    """No phrase is written in vain: alone in a message, it gives its table's entity and value."""
    lost = []
    for name, phrases in shipped().tables.items():
        entity, _, value = name.partition("/")
        for phrase in phrases:
            found = {(e["entity"], str(e["value"]).lower()) for e in find(phrase, TODAY)}
            if entity != "ignore" and (entity, value) not in found:
                lost.append((name, phrase, found))

    assert lost == []


def test_clients_words_do_not_pile_up_in_memory() -> None:
    """A word that no phrase has never enters spaCy's store of strings, which only grows."""
    phrases = shipped()
    before = len(phrases._vocab.strings)

    phrases.find("zyzzogeton qwertzuiop my calves xylophonically", TODAY)

    assert before == len(phrases._vocab.strings)


def test_long_text_is_cut() -> None:
    """Only the first 1,000 characters are searched."""
    assert find("x " * 500 + "calves", TODAY) == []


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"area": ["calf"]}, "lookup 'area' names no value; write it like area/calves"),
        ({"area/calves": ["shank"], "area/shins": ["Shank"]}, "'Shank' stands in area/calves and in area/shins"),
    ],
)
def test_a_faulty_table_is_refused(tables: dict[str, list[str]], message: str) -> None:
    """A name without a value, or a phrase with two, is an error that says where."""
    with pytest.raises(ValueError, match=message):
        Phrases(tables)


@pytest.fixture
def place(tmp_path: Path) -> tuple[LocalModelStorage, Resource, ExecutionContext]:
    """Real model storage in a folder of its own."""
    return LocalModelStorage.create(tmp_path), Resource("vocabulary"), ExecutionContext(GraphSchema({}))


def test_component_keeps_what_it_was_trained_on(place: tuple[LocalModelStorage, Resource, ExecutionContext]) -> None:
    """Trained from Rasa's own reading of the file, stored and loaded, it finds what it found before."""
    storage, resource, context = place
    trained = Vocabulary.create({}, storage, resource, context)
    trained.train(load_data(str(ROOT / "data" / "vocabulary.yml")))
    loaded = Vocabulary.load({}, storage, resource, context)

    [before] = trained.process([Message({TEXT: "my left calf, for two weeks"})])
    [after] = loaded.process([Message({TEXT: "my left calf, for two weeks"})])

    assert [(e["entity"], e["value"]) for e in after.get(ENTITIES)] == [("side", "left"), ("area", "calves"), ("duration", 14)]
    assert before.get(ENTITIES) == after.get(ENTITIES)
    assert {e["extractor"] for e in after.get(ENTITIES)} == {"Vocabulary"}
    assert ENTITIES in after.output_properties


def test_component_adds_to_what_others_found(place: tuple[LocalModelStorage, Resource, ExecutionContext]) -> None:
    """Entities of other components stay, and a message without text gains none."""
    component = Vocabulary.create({}, *place)
    other = {"entity": "name", "value": "Dana"}

    with_text, without = component.process([Message({TEXT: "Dana", ENTITIES: [other]}), Message({})])

    assert with_text.get(ENTITIES) == [other]
    assert without.get(ENTITIES) == []
