"""Each part of the fast path beside what it replaces: the same results, the same errors."""

from __future__ import annotations

import copy
import inspect
import io
import json
import logging
import re
import tarfile
from inspect import isabstract
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
import rasa.core.processor
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.core.actions.action import ActionExtractSlots, RemoteAction
from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    Event,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import CategoricalSlot, Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from rasa.utils.endpoints import EndpointConfig

from legwork.fast import debugging, domain, events, rules, slots, states, trackers, unpacking, validator
from legwork.fast.runner import PlannedRunner

# --- One validator ----------------------------------------------------------------------------------------------------

GOOD = [
    {"events": [], "responses": []},
    {
        "events": [{"event": "slot", "name": "a", "value": 1}],
        "responses": [{"text": "hi", "buttons": [{"title": "a", "payload": "b"}]}],
    },
    {"events": [{"event": "active_loop", "name": None}], "responses": [{"response": "utter_x", "custom": {"card": {}}}]},
]
BAD = [
    {"events": "none", "responses": []},
    {"events": [{"name": "no event"}], "responses": []},
    {"events": [{"event": "slot", "timestamp": "now", "value": 1}], "responses": []},
    {"responses": 3},
    [],
]


@pytest.mark.parametrize("result", GOOD)
def test_good_answers_are_accepted(result: dict) -> None:
    """What a new validator accepts, the kept one does."""
    jsonschema.validate(result, RemoteAction.action_response_format_spec())

    assert validator.validate(RemoteAction("x", None), result) is True


@pytest.mark.parametrize("result", BAD)
def test_bad_answers_are_refused_in_the_same_words(result: dict) -> None:
    """The error begins with what a new validator says, and goes on as Rasa's does; twice in a row it is the same."""
    with pytest.raises(jsonschema.ValidationError) as theirs:
        jsonschema.validate(result, RemoteAction.action_response_format_spec())
    for _ in range(2):
        with pytest.raises(jsonschema.ValidationError) as ours:
            validator.validate(RemoteAction("x", None), result)
        assert ours.value.message.startswith(f"{theirs.value.message}. Failed to validate Action server response")


def test_what_our_own_process_made_is_not_checked() -> None:
    """The check is for answers that come from elsewhere."""
    assert validator.validate(RemoteAction("x", SimpleNamespace(trusted=True)), BAD[0]) is True
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(RemoteAction("x", EndpointConfig("http://127.0.0.1:1")), BAD[0])


# --- Events by name ---------------------------------------------------------------------------------------------------


def test_every_event_is_found_as_by_the_walk() -> None:
    """All of Rasa's events, by name."""
    names = {cls.type_name for cls in all_subclasses(Event) if getattr(cls, "type_name", None)}

    assert len(names) > 20
    assert {name: events.resolve(name) for name in names} == {name: events.walk(name) for name in names}


def test_unknown_events_are_handled_as_by_the_walk() -> None:
    """They fail, unless there is a default; `topic` of old conversations is nothing."""
    assert events.resolve("topic") is None and events.walk("topic") is None
    assert events.resolve("nonsense", SlotSet) is SlotSet
    for resolve in (events.resolve, events.walk):
        with pytest.raises(ValueError, match="Unknown event name 'nonsense'"):
            resolve("nonsense")


# --- A graph planned once ---------------------------------------------------------------------------------------------

CALLS: list[str] = []


class Add(GraphComponent):
    """Adds what it is given, and notes that it ran."""

    def __init__(self, config: dict) -> None:
        self.name, self.number = config["name"], config["number"]

    @classmethod
    def create(cls, config, model_storage, resource, execution_context):
        """(see parent class for full docstring)"""
        return cls(config)

    def run(self, a: int, b: int = 0) -> int:
        """Returns the sum."""
        CALLS.append(self.name)
        return a + b + self.number


def node(name: str, number: int, target: bool = False, **needs: str) -> SchemaNode:
    """A node of the test's graph."""
    config = {"name": name, "number": number}
    return SchemaNode(needs=needs, uses=Add, fn="run", constructor_name="create", config=config, eager=True, is_target=target)


@pytest.fixture
def runners(tmp_path: Path) -> tuple[DaskGraphRunner, PlannedRunner]:
    """Rasa's and ours on the same graph: a diamond, a second target and a node that nobody needs."""
    nodes = {
        "first": node("first", 1, a="input"),
        "left": node("left", 10, a="first"),
        "right": node("right", 100, a="first", b="other"),
        "end": node("end", 0, True, a="left", b="right"),
        "second": node("second", 5, True, a="first"),
        "idle": node("idle", 0, a="input"),
    }
    schema, context = GraphSchema(nodes), ExecutionContext(GraphSchema(nodes), "test")
    storage = LocalModelStorage.create(tmp_path)
    return DaskGraphRunner.create(schema, storage, context), PlannedRunner.create(schema, storage, context)


@pytest.mark.parametrize("targets", [["end"], ["second"], ["end", "second"], None])
def test_graph_gives_the_same_and_runs_each_node_once(runners, targets) -> None:
    """For each target the same result from the same nodes, also the second time, when the plan is known."""
    theirs, ours = runners
    for number in (1, 7):
        CALLS.clear()
        expected = theirs.run({"input": number, "other": 1000}, targets)
        ran = sorted(CALLS)
        CALLS.clear()
        assert ours.run({"input": number, "other": 1000}, targets) == expected
        assert sorted(CALLS) == ran and len(set(ran)) == len(ran)
        assert CALLS.index("first") == 0


def test_missing_and_clashing_inputs_fail_as_before(runners) -> None:
    """An input that nobody gives, and one whose value is a node's name."""
    for runner in runners:
        with pytest.raises(GraphRunError, match="Missing input"):
            runner.run({"input": 1}, ["end"])
        with pytest.raises(GraphRunError, match="clashes"):
            runner.run({"input": "first", "other": 1}, ["end"])


# --- States computed once ---------------------------------------------------------------------------------------------

DOMAIN = Domain.from_yaml("""
version: "3.1"
intents: [faq, book]
entities: [area]
slots:
  topic: {type: text, mappings: [{type: custom}]}
actions: [action_answer]
forms: {booking_form: {required_slots: [topic]}}
""")
TALK = [
    ActionExecuted("action_listen"),
    UserUttered("price?", {"name": "faq", "confidence": 1.0}),
    ActionExecuted("action_answer"),
    SlotSet("topic", "price"),
    ActionExecuted("action_listen"),
    UserUttered("book my calf", {"name": "book", "confidence": 1.0}, [{"entity": "area", "value": "calf"}]),
    ActionExecuted("booking_form"),
    ActiveLoop("booking_form"),
    ActionExecuted("action_listen"),
    UserUttered("friday", {"name": "faq", "confidence": 1.0}),
    ActionExecuted("booking_form"),
    ActionReverted(),
    ActionExecuted("action_listen"),
    Restarted(),
    ActionExecuted("action_listen"),
    UserUttered("again", {"name": "faq", "confidence": 1.0}),
]


def test_states_are_those_of_rasa_after_every_event(tmp_path: Path) -> None:
    """For text and for intent, in both orders, asked once and twice, as the conversation grows and is taken back."""
    from rasa.engine.storage.resource import Resource

    context = ExecutionContext(GraphSchema({}), "test")
    policy = RulePolicy.create(RulePolicy.get_default_config(), LocalModelStorage.create(tmp_path), Resource("r"), context)
    tracker = DialogueStateTracker("a", DOMAIN.slots)
    for event in TALK:
        tracker.update(event, DOMAIN)
        for text in (True, False, False, True):
            assert states.states(policy, tracker, DOMAIN, text) == Policy._prediction_states(policy, tracker, DOMAIN, text)
    _, *others = [DialogueStateTracker("b", DOMAIN.slots) for _ in range(states.VIEWS + 1)]
    for other in others:  # until the view is gone
        states.states(policy, other, DOMAIN)
    assert states.states(policy, tracker, DOMAIN) == Policy._prediction_states(policy, tracker, DOMAIN)
    assert len(states._views) == states.VIEWS


# --- Rules taken apart once -------------------------------------------------------------------------------------------

value = st.sampled_from(["a", "b", "", None, "should_not_be_set", ["a", "b"]])
state = st.fixed_dictionaries(
    {},
    optional={
        "prev_action": st.fixed_dictionaries({}, optional={"action_name": st.sampled_from(["action_listen", "action_answer"])}),
        "user": st.fixed_dictionaries({}, optional={"intent": value, "entities": value}),
        "active_loop": st.fixed_dictionaries({}, optional={"name": value}),
        "slots": st.fixed_dictionaries({}, optional={"topic": value}),
    },
)


def frozen(states: list[dict]) -> list[dict]:
    """A conversation's states, in which Rasa has tuples where a rule's key has lists."""
    return [{k: {n: tuple(v) if isinstance(v, list) else v for n, v in part.items()} for k, part in s.items()} for s in states]


@given(st.lists(st.lists(state, min_size=1, max_size=3), max_size=6), st.lists(state, max_size=5))
@settings(max_examples=400, deadline=None)
def test_the_same_rules_are_possible(known: list[list[dict]], said: list[dict]) -> None:
    """For any rules and any conversation, the first time and when they are known."""
    policy = RulePolicy.__new__(RulePolicy)
    lookup = {json.dumps(rule): "action_answer" for rule in known}
    for conversation in (frozen(said), [*frozen(said), *(frozen(known[0]) if known else [])]):
        expected = rules.compare(policy, lookup, conversation)
        assert rules.possible(policy, lookup, conversation) == rules.possible(policy, lookup, conversation) == expected
    rules._taken_apart.clear()


AFTER_A_MESSAGE = {"prev_action": {"action_name": "action_listen"}, "user": {"intent": "faq"}}


@pytest.mark.parametrize(
    ("last", "looked_for"),
    [
        (AFTER_A_MESSAGE, False),
        ({"prev_action": {"action_name": "action_answer"}}, False),
        ({**AFTER_A_MESSAGE, "user": {"text": "price?"}}, True),
        ({"prev_action": {"action_name": "action_listen"}}, True),
        ({"user": {"text": "price?"}}, True),
    ],
)
def test_rules_about_words_are_looked_for_where_there_may_be_some(
    last: dict, looked_for: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that needs an intent is none about words; the intent is looked for in any case."""
    policy = RulePolicy.__new__(RulePolicy)
    policy.lookup = {"rules": {json.dumps([AFTER_A_MESSAGE, last]): "action_answer"}, "rules_for_loop_unhappy_path": {}}
    asked: list[bool] = []
    monkeypatch.setattr(rules, "find", lambda _policy, _tracker, _domain, text: asked.append(text) or ("a", "b", False))
    tracker = DialogueStateTracker("a", DOMAIN.slots)

    for _ in range(2):
        assert rules.found(policy, tracker, DOMAIN, True) == (("a", "b", False) if looked_for else (None, None, False))
    assert rules.found(policy, tracker, DOMAIN, False) == ("a", "b", False)
    assert asked == ([True, True, False] if looked_for else [False])
    rules._about_words.clear()


async def test_slots_are_gone_through_where_something_may_fill_them() -> None:
    """What only actions fill is not looked at; where a mapping takes an entity, Rasa's own goes through all."""
    entities = Domain.from_yaml(
        "version: '3.1'\nintents: [book]\nentities: [area]\nslots: {area: {type: text, mappings: [{type: from_entity, entity: area}]}}"
    )
    for made, value in ((DOMAIN, None), (entities, "calf")):
        tracker = DialogueStateTracker("a", made.slots)
        tracker.update(UserUttered("calf", {"name": "book", "confidence": 1.0}, [{"entity": "area", "value": "calf"}]), made)
        action = ActionExtractSlots(None)
        ours, theirs = await slots.run(action, None, None, tracker, made), await slots.extract(action, None, None, tracker, made)
        assert ours == theirs
        assert [event.value for event in ours] == ([value] if value else [])


# --- A tracker copied as it stands ------------------------------------------------------------------------------------


def remembered(tracker: DialogueStateTracker) -> dict:
    """Everything that a tracker holds, slots and open form taken apart."""
    held = dict(vars(tracker))
    return {**held, "slots": {name: vars(slot) for name, slot in tracker.slots.items()}, "active_loop": repr(tracker.active_loop)}


def test_a_copied_tracker_is_as_if_its_events_were_played_again() -> None:
    """After every event of a conversation; and what happens to the copy does not happen to the tracker."""
    tracker = DialogueStateTracker("a", DOMAIN.slots)
    tracker.model_id, tracker.assistant_id = "model", "assistant"
    for event in TALK:
        tracker.update(event, DOMAIN)
        before = copy.deepcopy(remembered(tracker))
        made = trackers.copied(tracker)
        assert remembered(made) == remembered(trackers.replay(tracker))
        for later in (
            SlotSet("topic", "tipping"),
            ActiveLoop("booking_form"),
            LoopInterrupted(True),
            ActionExecuted("action_answer"),
        ):
            made.update(later, DOMAIN)
        assert remembered(tracker) == before


HAPPENING = (*TALK, SessionStarted(), UserUtteranceReverted(), ActiveLoop(None))


@given(st.lists(st.sampled_from(HAPPENING), max_size=12), st.booleans())
@settings(max_examples=400, deadline=None)
def test_the_same_events_are_applied(said: list[Event], plain: bool) -> None:
    """For any conversation, and for one in which nothing was undone and no form was open."""
    kept = [event for event in said if not (plain and isinstance(event, (ActionReverted, UserUtteranceReverted, ActiveLoop)))]
    tracker = DialogueStateTracker("a", DOMAIN.slots)
    tracker.events.extend(kept)

    ours, theirs = trackers.applied_events(tracker), trackers.walk(tracker)

    assert list(map(id, ours)) == list(map(id, theirs))
    ours.clear()
    assert len(tracker.events) == len(kept), "the list is the caller's own"


# --- Unpacking --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "link"), [("../out", None), ("/etc/out", None), ("in", "../../out")])
def test_an_archive_that_leads_out_writes_nothing_there(tmp_path: Path, name: str, link: str | None) -> None:
    """A member or a link that points out of the folder ends there or is refused."""
    archive, folder = tmp_path / "model.tar.gz", tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    member = tarfile.TarInfo(name)
    if link:
        member.type, member.linkname = tarfile.SYMTYPE, link
    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(member, io.BytesIO())

    try:
        with unpacking.Archive.open(archive, mode="r:gz") as tar:
            tar.extractall(folder)
    except tarfile.FilterError:
        pass

    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))
    assert {path for path in tmp_path.rglob("*") if path.is_file()} <= {archive, folder / "etc" / "out"}
    assert not Path("/etc/out").exists()


def test_a_stored_domain_is_read_as_rasa_reads_it(tmp_path: Path) -> None:
    """The project's own domain, stored as a training stores it."""
    Domain.load("domain.yml").persist(tmp_path / "domain.yml")

    ours, theirs = unpacking.read(tmp_path), Domain.from_path(tmp_path)

    assert ours.fingerprint() == theirs.fingerprint()
    assert ours.as_dict() == theirs.as_dict()


# --- Slots and an empty domain ----------------------------------------------------------------------------------------


def test_a_copied_slot_is_its_own() -> None:
    """It holds what `copy.copy` would give it; what is set in one isn't set in the other."""
    for kind in all_subclasses(Slot):
        if isabstract(kind):
            continue
        slot = kind("x", [], values=["a"]) if kind is CategoricalSlot else kind("x", [])
        slot.value = "a"
        before, ours = dict(slot.__dict__), domain.copied(slot)
        assert type(ours) is kind and ours.__dict__ == copy.copy(slot).__dict__ == before
        ours.value = None
        assert slot.__dict__ == before


@pytest.mark.parametrize(
    "text", ["", "intents: [a]", "slots: {a: {type: text, mappings: []}}", "responses: {utter_a: [{text: a}]}"]
)
def test_an_empty_domain_is_known(text: str) -> None:
    """As by the comparison with a new one."""
    read = Domain.from_yaml(text)

    assert domain.is_empty(read) is domain.compare(read) is (not text)


# --- Debug lines ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [logging.DEBUG, logging.WARNING])
def test_only_who_reads_debug_lines_pays_for_them(level: int, caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG what is logged is a copy and the states are written out, as Rasa does; else neither."""
    value, read = [{"a": [1]}], level == logging.DEBUG
    for module in ("rasa.core.processor", "rasa.core.policies.rule_policy"):
        caplog.set_level(level, module)

    assert debugging.copied(value) == value
    assert (debugging.copied(value) is not value) is read
    assert bool(debugging.formatted([{"user": {"intent": "faq"}}])) is read


def test_the_processor_copies_for_its_log_only() -> None:
    """What is replaced is used nowhere else."""
    source = inspect.getsource(rasa.core.processor)
    logged = re.findall(r"structlogger\.debug\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", source)

    assert source.count("copy.") == sum(call.count("copy.deepcopy(") for call in logged)
