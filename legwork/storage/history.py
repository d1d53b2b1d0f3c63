"""Keeps a live tracker short, so that a turn costs the same however long the conversation is.

Rasa replays a tracker's events several times a turn: to predict, to copy it for each action, to see what was reverted. Rules and the
form look at the last turn and at what is remembered, so a long tracker is continued from a short one: a session that starts with
the same slots and the same open form (as Rasa itself carries slots into a new session), and then the last turns as they were.
What is stored is untouched and whole.
"""

from __future__ import annotations

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

KEPT_TURNS = 3
MOST_TURNS = 6
"""A tracker with more of them is cut down to those that are kept."""


def shorten(tracker: DialogueStateTracker, domain: Domain) -> DialogueStateTracker:
    """The tracker itself while it is short, else one that behaves like it."""
    events = list(tracker.events)
    turns = [place for place, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= MOST_TURNS:
        return tracker
    # A turn's message comes right after the listening that ended the turn before.
    cut = turns[-KEPT_TURNS] - 1
    while cut > 0 and not _listens(events[cut]):
        cut -= 1
    before = DialogueStateTracker(tracker.sender_id, domain.slots)
    for event in events[:cut]:
        before.update(event, domain)
    short = DialogueStateTracker(tracker.sender_id, domain.slots)
    for event in [*_head(before, events[cut].timestamp), *events[cut:]]:
        short.update(event, domain)
    return short


def _listens(event: Event) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME


def _head(before: DialogueStateTracker, at: float) -> list[Event]:
    """A session that starts with what `before` remembers."""
    head: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME, timestamp=at), SessionStarted(timestamp=at)]
    head += [SlotSet(slot.name, slot.value, timestamp=at) for slot in before.slots.values() if slot.value != slot.initial_value]
    loop = before.active_loop
    if loop is not None and loop.name:
        head += [ActionExecuted(loop.name, timestamp=at), ActiveLoop(loop.name, timestamp=at)]
        if loop.rejected:
            head.append(ActionExecutionRejected(loop.name, timestamp=at))
        if loop.is_interrupted:
            head.append(LoopInterrupted(True, timestamp=at))
    return head
