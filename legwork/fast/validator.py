"""The action server's answers are checked by one validator that is kept.

Replaces `RemoteAction._validate_action_result`, which builds the schema, checks it and makes a validator for each answer: about
16 ms. What is accepted, what is refused and the error that says so stay the same. What actions in our own process return
(an endpoint that is `trusted`) is not checked: rasa_sdk has just made it, and a tracker takes no event that it does not know.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.constants import DOCS_BASE_URL


@lru_cache(maxsize=1)
def _kept() -> Any:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def validate(action: RemoteAction, result: dict[str, Any]) -> bool:
    """(see `RemoteAction._validate_action_result`)"""
    if getattr(action.action_endpoint, "trusted", False):
        return True
    error = best_match(_kept().iter_errors(result))
    if error is None:
        return True
    error.message += (
        f". Failed to validate Action server response from API, "
        f"make sure your response from the Action endpoint is valid. "
        f"For more information about the format visit "
        f"{DOCS_BASE_URL}/custom-actions"
    )
    raise error


def install() -> None:
    """Takes the place of Rasa's."""
    RemoteAction._validate_action_result = validate  # type: ignore[method-assign]
