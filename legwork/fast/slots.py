"""Slots that nothing but actions fill are not gone through after each message.

Replaces `ActionExtractSlots.run`, which looks at every mapping of every slot. Where all mappings are `custom` without an action of their
own, and no action validates what was found, it finds nothing; any other domain is left to it.
"""

from __future__ import annotations

from typing import Any

from rasa.core.actions.action import ActionExtractSlots
from rasa.shared.core.constants import ACTION_VALIDATE_SLOT_MAPPINGS, DEFAULT_SLOT_NAMES, MAPPING_TYPE, SlotMappingType
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event

extract = ActionExtractSlots.run
"""Rasa's own."""

_looked_at: tuple[Domain | None, bool] = (None, False)
"""The last domain, and whether only actions fill its slots; a domain's own hash goes through all of it."""


def _nothing_to_find(domain: Domain) -> bool:
    global _looked_at  # one domain serves; a model that is loaded anew brings another
    if _looked_at[0] is not domain:
        mappings = [mapping for slot in domain.slots if slot.name not in DEFAULT_SLOT_NAMES for mapping in slot.mappings]
        plain = all(
            mapping.get(MAPPING_TYPE) == SlotMappingType.CUSTOM.value and not mapping.get("action") for mapping in mappings
        )
        _looked_at = domain, plain and ACTION_VALIDATE_SLOT_MAPPINGS not in domain.user_actions
    return _looked_at[1]


async def run(action: ActionExtractSlots, output_channel: Any, nlg: Any, tracker: Any, domain: Domain) -> list[Event]:
    """(see `ActionExtractSlots.run`)"""
    return [] if _nothing_to_find(domain) else await extract(action, output_channel, nlg, tracker, domain)


def install() -> None:
    """Takes the place of Rasa's."""
    ActionExtractSlots.run = run  # type: ignore[method-assign]
