"""An event's class is found by its name.

Replaces `Event.resolve_by_type`, which walks over all subclasses for each stored event that is read and for each that an action
returns. A name is looked for once; an unknown one fails, or gets the default, as before.
"""

from __future__ import annotations

from functools import lru_cache

from rasa.shared.core.events import Event

walk = Event.resolve_by_type
"""Rasa's own."""


@lru_cache(maxsize=256)
def resolve(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """(see `Event.resolve_by_type`)"""
    return walk(type_name, default)


def install() -> None:
    """Takes the place of Rasa's."""
    Event.resolve_by_type = staticmethod(resolve)  # type: ignore[method-assign]
