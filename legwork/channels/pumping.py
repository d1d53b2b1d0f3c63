"""Senders who write far too much: not answered for the while and flagged once, without a 429 that no provider understands."""

from __future__ import annotations

import logging

from legwork import questions
from legwork.channels import consent, limits, listening
from legwork.channels.arrivals import Arrival
from legwork.errors import Refused

logger = logging.getLogger(__name__)

URGENT_A_MINUTE = 3
"""Emergencies and opt-outs that are heard all the same."""

NOTE = f"This sender wrote more than {limits.MESSAGES_A_CONVERSATION} messages within a minute and is not answered meanwhile."


class Pumping:
    """What each sender of one door sent lately."""

    def __init__(self, carrier: bool) -> None:
        """`carrier` as for `consent.read`."""
        self._carrier = carrier
        self._all = limits.Limit("senders", limits.MESSAGES_A_CONVERSATION)
        self._urgent = limits.Limit("urgent", URGENT_A_MINUTE)
        self._flagged = limits.Limit("flagged", 1)

    def may_speak(self, conversation: str, arrival: Arrival) -> bool:
        """Whether this message is taken."""
        if _within(self._all, conversation):
            return True
        if _within(self._flagged, conversation):
            logger.warning("inbox.pumping channel=%s conversation=%s", arrival.channel, conversation)
            questions.ask(conversation, arrival.channel, "fallback", NOTE, None)
        urgent = listening.is_emergency(arrival.text) or consent.read(arrival.text, carrier=self._carrier) == "stop"
        return urgent and _within(self._urgent, conversation)


def _within(limit: limits.Limit, conversation: str) -> bool:
    try:
        limit.check(conversation)
    except Refused:
        return False
    return True
