"""A tracker is copied as it stands, and its events are looked through one by one only where some of them were undone.

Replaces `DialogueStateTracker.copy`, which makes a new one and plays all of the conversation's events to it, for each action that is run.
What a tracker remembers follows from its events, so both end alike; the copy's slots, events and open form are its own, as before.

Replaces `DialogueStateTracker.applied_events`, which asks of each event whether it is one of five kinds, three times a turn: where none of
them undoes what came before, and no form was open, all that was said since the last start counts.
"""

from __future__ import annotations

import copy

from rasa.shared.core.events import ActionReverted, ActiveLoop, Event, Restarted, SessionStarted, UserUtteranceReverted
from rasa.shared.core.trackers import DialogueStateTracker

replay, walk = DialogueStateTracker.copy, DialogueStateTracker.applied_events
"""Rasa's own."""

_STARTS, _UNDOES = (Restarted, SessionStarted), (ActionReverted, UserUtteranceReverted, ActiveLoop)


def copied(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """(see `DialogueStateTracker.copy`)"""
    made = object.__new__(type(tracker))
    made.__dict__.update(tracker.__dict__)
    made.events = tracker._create_events(tracker.events)
    made.slots = copy.copy(tracker.slots)
    made.slots.update((name, copy.copy(slot)) for name, slot in tracker.slots.items())
    made.active_loop = copy.copy(tracker.active_loop)
    # A copy knows of no file and stamps no model on its events.
    made.sender_source = made.model_id = made.assistant_id = None
    return made


def applied_events(tracker: DialogueStateTracker) -> list[Event]:
    """(see `DialogueStateTracker.applied_events`)"""
    events = list(tracker.events)
    kinds = list(map(type, events))
    special = {kind for kind in set(kinds) if issubclass(kind, (*_STARTS, *_UNDOES))}
    if any(issubclass(kind, _UNDOES) for kind in special):
        return walk(tracker)
    starts = [place for place, kind in enumerate(kinds) if kind in special]
    return events[starts[-1] + 1 :] if starts else events


def install() -> None:
    """Takes the place of Rasa's."""
    DialogueStateTracker.copy = copied  # type: ignore[method-assign]
    DialogueStateTracker.applied_events = applied_events  # type: ignore[method-assign]
