"""How often a conversation and an address may speak."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque

from legwork.errors import Refused
from legwork.settings import settings

MINUTE = 60.0
MESSAGES_A_CONVERSATION, CONVERSATIONS_AN_ADDRESS, MESSAGES_AN_ADDRESS = 30, 20, 120
"""A minute each."""

REMEMBERED = 10_000
"""Keys kept; the one that was quiet longest goes first."""


class Limit:
    """At most `count` events a key within a sliding minute."""

    def __init__(self, count: int) -> None:
        """Starts with nothing counted."""
        self._count = count
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, key: str) -> None:
        """Counts an event of `key`.

        Raises:
            Refused: 429 with the seconds until the next event is allowed.
        """
        if not settings().limits_on:
            return
        now = time.monotonic()
        times = self._times.setdefault(key, deque())
        self._times.move_to_end(key)
        while times and times[0] <= now - MINUTE:
            times.popleft()
        if len(times) >= self._count:
            wait = max(1, math.ceil(times[0] + MINUTE - now))
            raise Refused(
                429, "too_many", f"That was a lot at once; allowed are {self._count} a minute. Please wait {wait} seconds.", wait
            )
        times.append(now)
        while len(self._times) > REMEMBERED:
            self._times.popitem(last=False)
