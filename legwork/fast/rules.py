"""A rule policy's rules are taken apart once.

Replaces `RulePolicy._get_possible_keys`, which parses each rule's key, turns it around and looks at all of its parts anew for each
state of each prediction. A rule is checked against the same states in the same order, with the same outcome; once all that are left are
over, the older states need no look.
"""

from __future__ import annotations

import json
from typing import Any

from rasa.core.policies.rule_policy import SHOULD_NOT_BE_SET, RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION
from rasa.shared.core.domain import State

compare = RulePolicy._get_possible_keys
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


def install() -> None:
    """Takes the place of Rasa's."""
    RulePolicy._get_possible_keys = possible  # type: ignore[method-assign]
