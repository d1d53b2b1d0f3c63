"""A conversation's slots are copied without pickling, and a domain knows at a look that it isn't empty.

Replaces what `copy.copy` does with a slot, which is to take it apart for a pickle and put it together again, for each slot of each copy
of a tracker: four copies a turn; and `Domain.is_empty`, which builds an empty domain for each message to compare with it.
A copied slot has its own place for what changes and shares the rest, as before.
"""

from __future__ import annotations

from rasa.shared.core.domain import Domain
from rasa.shared.core.slots import Slot

compare = Domain.is_empty
"""Rasa's own."""


def copied(slot: Slot) -> Slot:
    """(see `copy.copy`)"""
    made = object.__new__(type(slot))
    made.__dict__.update(slot.__dict__)
    return made


def is_empty(domain: Domain) -> bool:
    """(see `Domain.is_empty`)"""
    return not domain.as_dict().get("slots") and compare(domain)


def install() -> None:
    """Takes the place of Rasa's."""
    Slot.__copy__ = copied  # type: ignore[attr-defined]
    Domain.is_empty = is_empty  # type: ignore[method-assign]
