"""How often a conversation and an address may speak: counted for all processes where they share a Redis, else by each."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque

from legwork import metrics
from legwork.errors import Refused
from legwork.settings import settings
from legwork.storage.hub import hub

MINUTE = 60.0
MESSAGES_A_CONVERSATION, CONVERSATIONS_AN_ADDRESS, MESSAGES_AN_ADDRESS = 30, 20, 120
"""A minute each."""

REMEMBERED = 10_000
"""Keys kept; the one that was quiet longest goes first."""


class Limit:
    """At most `count` events a key within a sliding minute."""

    def __init__(self, name: str, count: int) -> None:
        """`name` is what is counted; limits of the same name in other processes count together."""
        self._name, self._count = name, count
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, key: str) -> None:
        """Counts an event of `key`.

        Raises:
            Refused: 429 with the seconds until the next event is allowed.
        """
        if not settings().limits_on:
            return
        others = hub()
        wait = others.count(self._name, key, self._count, MINUTE) if others else None
        if wait is None:
            wait = self._count_here(key)
        if wait:
            metrics.LIMITED.inc()
            seconds = max(1, math.ceil(wait))
            raise Refused(
                429,
                "too_many",
                f"That was a lot at once; allowed are {self._count} a minute. Please wait {seconds} seconds.",
                seconds,
            )

    def _count_here(self, key: str) -> float:
        """Counts an event; 0, or the seconds until the next is allowed."""
        now = time.monotonic()
        times = self._times.setdefault(key, deque())
        self._times.move_to_end(key)
        while times and times[0] <= now - MINUTE:
            times.popleft()
        if len(times) >= self._count:
            return times[0] + MINUTE - now
        times.append(now)
        while len(self._times) > REMEMBERED:
            self._times.popitem(last=False)
        return 0
