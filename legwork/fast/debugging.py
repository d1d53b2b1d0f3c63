"""What only a debug line would say is not prepared while nobody reads it.

Replaces the processor's deep copies of events, entities and slots, which are made for its log's debug lines alone, and the rule policy's
print of all states. With the log at DEBUG they are as before.
"""

from __future__ import annotations

import copy
import logging
from types import SimpleNamespace
from typing import Any

import rasa.core.processor
from rasa.core.policies.rule_policy import RulePolicy

_format = RulePolicy.format_tracker_states


def is_read(module: str) -> bool:
    """Whether the debug lines of one of Rasa's modules are logged."""
    return logging.getLogger(module).isEnabledFor(logging.DEBUG)


def copied(value: Any) -> Any:
    """(see `copy.deepcopy`)"""
    return copy.deepcopy(value) if is_read("rasa.core.processor") else value


def formatted(states: list[Any]) -> str:
    """(see `RulePolicy.format_tracker_states`)"""
    return _format(states) if is_read("rasa.core.policies.rule_policy") else ""


def install() -> None:
    """Takes the place of Rasa's."""
    rasa.core.processor.copy = SimpleNamespace(deepcopy=copied)  # type: ignore[attr-defined]
    RulePolicy.format_tracker_states = staticmethod(formatted)  # type: ignore[method-assign]
