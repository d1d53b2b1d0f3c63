"""Fills the owner's facts into responses, and says what is left where one is named that doesn't exist.

Rasa's own generator looks for placeholders in buttons too, takes the braces of a payload for one, and logs an error for each.
"""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from legwork.answers import fill


class Sentences(TemplatedNaturalLanguageGenerator):
    """Rasa's generator, with placeholders in texts only."""

    def __init__(self, domain: Domain | None = None, endpoint_config: EndpointConfig | None = None) -> None:
        """Both as Rasa hands them over; the agent sets the responses again once its model is loaded."""
        super().__init__(domain.responses if domain else {})

    def _fill_response(
        self, response: dict[str, Any], filled_slots: dict[str, Any] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """(see parent class for full docstring)"""
        values = {**(filled_slots or {}), **kwargs}
        if "text" in response:
            response["text"] = fill(response["text"], values)
        return response
