"""The rule policy's view of a conversation is computed once for each prediction.

Replaces `RulePolicy._prediction_states`, which replays the whole conversation for the text and once more for the intent of the same
message, and keeps the policy from writing all states out and copying them for a debug line that nobody reads.
The states are equal; each caller gets its own of what the choice between text and intent changes in them.
"""

from __future__ import annotations

import logging
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import USER
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

_format = RulePolicy.format_tracker_states


def states(
    policy: RulePolicy,
    tracker: DialogueStateTracker,
    domain: Domain,
    use_text_for_last_user_input: bool = False,
    rule_only_data: dict[str, Any] | None = None,
) -> list[Any]:
    """(see `Policy._prediction_states`)"""
    # Whatever changes the states is an event; the last one is held, so that its id can't be given again.
    last = tracker.events[-1] if tracker.events else None
    key = (len(tracker.events), last, domain)
    kept = getattr(tracker, "_rule_states", None)
    if kept is None or kept[0][0] != key[0] or kept[0][1] is not last or kept[0][2] is not domain:
        kept = tracker._rule_states = (key, tracker.past_states(domain))
    mine = [{**state, USER: dict(state[USER])} if USER in state else state for state in kept[1]]
    policy.featurizer._choose_last_user_input([mine], use_text_for_last_user_input)
    return mine


def _formatted(states: list[Any]) -> str:
    return _format(states) if logging.getLogger("rasa.core.policies.rule_policy").isEnabledFor(logging.DEBUG) else ""


def install() -> None:
    """Takes the place of Rasa's."""
    RulePolicy._prediction_states = states  # type: ignore[method-assign]
    RulePolicy.format_tracker_states = staticmethod(_formatted)  # type: ignore[method-assign]
