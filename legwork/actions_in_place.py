"""Runs the custom actions inside the server's process.

Over HTTP each action costs a round trip; in place it is a function call. The interface stays Rasa's: LEGWORK_ACTIONS_URL can still
name an action server, and `endpoints.yml` does for Rasa's own commands.
"""

from __future__ import annotations

import logging
from typing import Any

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import ActionExecutor

from legwork import metrics, questions
from legwork.channels.listening import STOPS
from legwork.nlu.safety import stops
from legwork.nlu.safety.patterns import language
from legwork.nlu.safety.responses import response_for
from legwork.settings import settings

logger = logging.getLogger(__name__)


class ActionsInPlace(EndpointConfig):
    """An action endpoint that calls rasa_sdk's executor."""

    trusted = True
    """Its answers come from this process and needn't be checked against a schema."""

    def __init__(self) -> None:
        """Loads the actions package."""
        super().__init__(url="in-place://actions", selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, method: str = "post", subpath: str | None = None, **kwargs: Any) -> dict[str, Any] | None:
        """Runs the action that `json` names; one that raises is answered in a sentence and passed to Jessica."""
        call = kwargs["json"]
        try:
            with metrics.part("act"):
                return await self._executor.run(call)
        except Exception as error:
            # Neither the log nor the exception's text may carry the client's words.
            logger.error(
                "action.failed action=%s error=%s",
                call["next_action"],
                type(error).__name__,
                exc_info=logger.isEnabledFor(logging.DEBUG),
            )
            message = call["tracker"].get("latest_message") or {}
            questions.ask(
                call["sender_id"], call["tracker"].get("latest_input_channel") or "web", None, message.get("text") or "", None
            )
            return _instead(message, (call["tracker"].get("slots") or {}).get("stopped") or {})


def _instead(message: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """What is answered where an action couldn't: the advice for a sign in the message and its stop, which can't wait until it works again."""
    heard = message.get("safety") or {}
    level = heard.get("level")
    if level not in STOPS:
        return {"events": [], "responses": [{"response": "utter_failed"}]}
    spoken = language(message["text"]) if level == "emergency" else None
    said = {"response": response_for(level, heard["sign"], spoken), "metadata": {"level": level, "topic": "safety"}}
    stopped = stops.stop(before, level, heard["sign"], (), settings().now())
    return {"events": [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("stopped", stopped)], "responses": [said]}
