"""The rule policy's view of a conversation goes on from where it was.

Replaces `RulePolicy._prediction_states`, which replays the whole conversation for the text and once more for the intent of the same
message, for each prediction.
Here only what was added since the last prediction is replayed; where something was taken back, all of it.
The states are equal; each caller gets its own of what the choice between text and intent changes in them.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.constants import USER
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker

VIEWS = 64
"""Conversations whose view is kept, about 60 kB each; a view that is gone costs a replay."""


class View:
    """The states of one tracker."""

    def __init__(self, tracker: DialogueStateTracker, domain: Domain) -> None:
        """Starts before the first event."""
        self.tracker, self.domain = tracker, domain
        self._start()

    def _start(self) -> None:
        self._prior = self.tracker.init_copy()
        self._seen: list[Event] = []
        self._states: list[Any] = []
        self._newest: list[Any] = []
        self._asked: tuple[int, Event | None] = (-1, None)

    def states(self) -> list[Any]:
        """(see `DialogueStateTracker.past_states`)"""
        # Whatever changes the states is an event; text and intent are asked for one after the other.
        events = self.tracker.events
        asked = (len(events), events[-1] if events else None)
        if self._asked[0] == asked[0] and self._asked[1] is asked[1]:
            return self._newest
        applied = self.tracker.applied_events()
        if len(self._seen) > len(applied) or any(seen is not event for seen, event in zip(self._seen, applied)):
            self._start()
        for event in applied[len(self._seen) :]:
            if isinstance(event, ActionExecuted):
                self._states.append(self.domain.get_active_state(self._prior))
            self._prior.update(event)
        self._seen, self._asked = applied, asked
        self._newest = [*self._states, self.domain.get_active_state(self._prior)]
        return self._newest


_views: OrderedDict[int, View] = OrderedDict()
"""By the tracker's address, which is nobody else's while the view holds it."""


def view(tracker: DialogueStateTracker, domain: Domain) -> View:
    """The view of a tracker, kept or new."""
    kept = _views.pop(id(tracker), None)
    if kept is None or kept.domain is not domain:
        kept = View(tracker, domain)
    _views[id(tracker)] = kept
    if len(_views) > VIEWS:
        _views.popitem(last=False)
    return kept


def states(
    policy: RulePolicy,
    tracker: DialogueStateTracker,
    domain: Domain,
    use_text_for_last_user_input: bool = False,
    rule_only_data: dict[str, Any] | None = None,
) -> list[Any]:
    """(see `Policy._prediction_states`)"""
    mine = [{**state, USER: dict(state[USER])} if USER in state else state for state in view(tracker, domain).states()]
    policy.featurizer._choose_last_user_input([mine], use_text_for_last_user_input)
    return mine


def install() -> None:
    """Takes the place of Rasa's."""
    RulePolicy._prediction_states = states  # type: ignore[method-assign]
