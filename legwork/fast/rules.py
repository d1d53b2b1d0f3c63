"""A rule policy's rules are taken apart once.

Replaces `RulePolicy._get_possible_keys`, which parses each rule's key, turns it around and looks at all of its parts anew for each
state of each prediction. A rule is checked against the same states in the same order, with the same outcome; once all that are left are
over, the older states need no look.

Replaces `RulePolicy._find_action_from_rules` for a message's words: Rasa looks for a rule about these first and then for one about the
intent. Where each rule that follows a message names an intent, no rule is about words, and none is looked for.
"""

from __future__ import annotations

import json
from typing import Any

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, SHOULD_NOT_BE_SET, RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

compare, find = RulePolicy._get_possible_keys, RulePolicy._find_action_from_rules
"""Rasa's own."""

Check = tuple[str, str, Any]
"""Sub-state, key, and the value that it must have; None where it must have none."""

Turn = tuple[bool, list[Check]]
"""Whether there is an action before it, and what is checked."""

_taken_apart: dict[int, tuple[dict[str, str], list[tuple[str, list[Turn]]]]] = {}


def _turn(state: State) -> Turn:
    checks: list[Check] = []
    # The action before says most.
    for part in sorted(state, key=lambda name: name != PREVIOUS_ACTION):
        for key, value in state[part].items():
            if value == SHOULD_NOT_BE_SET:
                checks.append((part, key, None))
            elif value:
                checks.append((part, key, tuple(value) if isinstance(value, list) else value))
    return bool(state.get(PREVIOUS_ACTION)), checks


def _rules(lookup: dict[str, str]) -> list[tuple[str, list[Turn]]]:
    """The rules of a lookup, each turn from the last on; kept with the lookup, whose identity stays its own so."""
    kept = _taken_apart.get(id(lookup))
    if kept is None or kept[0] is not lookup or len(kept[1]) != len(lookup):
        kept = lookup, [(key, [_turn(state) for state in reversed(json.loads(key))]) for key in lookup]
        _taken_apart[id(lookup)] = kept
    return kept[1]


def _applies(turn: Turn, state: State) -> bool:
    """Whether a rule's turn is that of the conversation; two beginnings are, whatever else they say."""
    has_action, checks = turn
    if not (has_action and state.get(PREVIOUS_ACTION)):
        return not has_action and not state.get(PREVIOUS_ACTION)
    for part, key, value in checks:
        found = state.get(part, {}).get(key)
        if found != value if value is not None else found and found != SHOULD_NOT_BE_SET:
            return False
    return True


def possible(policy: RulePolicy, lookup: dict[str, str], states: list[State]) -> set[str]:
    """(see `RulePolicy._get_possible_keys`)"""
    left = _rules(lookup)
    for place, state in enumerate(reversed(states)):
        if all(place >= len(turns) for _, turns in left):
            break
        left = [rule for rule in left if place >= len(rule[1]) or _applies(rule[1][place], state)]
    return {key for key, _ in left}


_about_words: dict[int, tuple[dict[str, Any], bool]] = {}


def _may_be_about_words(lookup: dict[str, dict[str, str]]) -> bool:
    """Whether any rule could apply right after a message without its intent; kept with the lookup."""
    kept = _about_words.get(id(lookup))
    if kept is None or kept[0] is not lookup:
        last = [json.loads(key)[-1] for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH) for key in lookup.get(name, ())]
        after = [
            state for state in last if state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME, ACTION_LISTEN_NAME) == ACTION_LISTEN_NAME
        ]
        kept = lookup, any(state.get(USER, {}).get(INTENT, SHOULD_NOT_BE_SET) == SHOULD_NOT_BE_SET for state in after)
        _about_words[id(lookup)] = kept
    return kept[1]


def found(
    policy: RulePolicy, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
) -> tuple[str | None, str | None, bool]:
    """(see `RulePolicy._find_action_from_rules`)"""
    if use_text_for_last_user_input and not _may_be_about_words(policy.lookup):
        return None, None, False
    return find(policy, tracker, domain, use_text_for_last_user_input)


def install() -> None:
    """Takes the place of Rasa's."""
    RulePolicy._get_possible_keys = possible  # type: ignore[method-assign]
    RulePolicy._find_action_from_rules = found  # type: ignore[method-assign]
