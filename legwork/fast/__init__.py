"""Rasa does the same with less work: each module replaces one thing of Rasa 3.6 and says what, why, and what stays the same.

    validator   one JSON-schema validator for the action server's answers, instead of a new one for each
    events      an event's class found by its name, instead of by a walk over all classes
    runner      the graph's order planned once a target, instead of anew for each message
    states      the rule policy's view of a conversation goes on from where it was, instead of from the beginning
    rules       a rule policy's rules taken apart once, instead of for each state of each prediction, and not asked about words
    slots       slots that only actions fill not gone through, instead of each mapping of each after each message
    trackers    a tracker copied as it stands, instead of by playing its events again, for each action
    domain      slots copied without pickling, an empty domain known at a look, instead of built anew for each message
    debugging   no deep copies for debug lines that nobody reads
    unpacking   a model's archive unpacked in one pass and its domain read once, instead of twice and four times

What grows with a conversation is bounded elsewhere: `legwork/storage/tracker.py`.
"""

from __future__ import annotations

from legwork.fast import debugging, domain, events, rules, runner, slots, states, trackers, unpacking, validator


def install() -> None:
    """Puts all of them in Rasa's place, in this process; again changes nothing."""
    for module in (validator, events, runner, states, rules, slots, trackers, domain, debugging, unpacking):
        module.install()
