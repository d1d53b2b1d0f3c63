"""Sends what waits in the outbox for one door: answers at once, what failed again later, each conversation in order."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby

from legwork.channels import consent, later
from legwork.channels.outbound import SendError
from legwork.settings import settings
from legwork.storage import replies
from legwork.storage.replies import Row

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 5.0
MOST_ATTEMPTS = 8
BACKOFF = (5, 15, 60, 300, 900, 3600, 7200)
"""Seconds before each further attempt; about three hours in all."""


class Delivery:
    """The outbox of one door."""

    def __init__(self, channels: Sequence[str], send: Callable[[Row], Awaitable[None]]) -> None:
        """`send` hands one message to the provider, or raises SendError."""
        self._channels, self._send = channels, send
        self._opened = settings().now()
        self._held: set[int] = set()

    async def send(self, rows: Sequence[Row]) -> None:
        """Sends an answer's messages in order; what can't be sent now is left for later."""
        if not rows:
            return
        if replies.waits_before(rows[0]):
            replies.later(rows, "in order", 1)
        else:
            await self._together(rows)

    def hold(self, rows: Sequence[Row]) -> None:
        """Somebody sends these right now; a sweep leaves them alone."""
        self._held.update(row.id for row in rows)

    def release(self, rows: Sequence[Row]) -> None:
        """Nobody does any more."""
        self._held.difference_update(row.id for row in rows)

    async def sweep(self, until: dt.datetime | None = None) -> None:
        """Sends all that is due by now, or `until` then; a slow call holds up its own conversation only."""
        free = [row for row in replies.due(self._channels, until) if row.id not in self._held]
        by_conversation = groupby(
            sorted(free, key=lambda row: (row.conversation or "", row.id)), key=lambda row: row.conversation
        )
        await asyncio.gather(*(self._together(list(rows)) for _, rows in by_conversation))

    async def _together(self, rows: Sequence[Row]) -> None:
        self.hold(rows)
        try:
            await self._in_order(rows)
        finally:
            self.release(rows)

    async def run(self) -> None:
        """Sweeps for ever. A process that is alone sends at once what the one before it left, and nothing of its own twice."""
        until = self._opened + dt.timedelta(seconds=replies.LEASE_SECONDS) if settings().alone else None
        while True:
            try:
                await self.sweep(until)
            except Exception as error:
                logger.error("delivery.sweep.failed error=%s", type(error).__name__)
            until = None
            await asyncio.sleep(SWEEP_SECONDS)

    async def _in_order(self, rows: Sequence[Row]) -> None:
        for place, row in enumerate(rows):
            if not replies.claim(row):
                return
            try:
                _not_at_night(row)
                await self._send(row)
            except SendError as error:
                logger.warning(
                    "delivery.failed channel=%s conversation=%s code=%s again=%s",
                    row.channel,
                    row.conversation,
                    error.code,
                    error.again,
                )
                if error.again and row.attempts + 1 < MOST_ATTEMPTS:
                    wait = max(error.after or 0, BACKOFF[min(row.attempts, len(BACKOFF) - 1)])
                    replies.later(rows[place:], error.code, wait, tried=1)
                    return
                replies.failed([row], error.code)
                if row.begun:
                    later.elsewhere(row, error.code)
                continue
            replies.sent([row])


def _not_at_night(row: Row) -> None:
    """Raises SendError when we would begin a text in the quiet hours; elsewhere waiting for the morning may close the 24-hour window."""
    now = settings().now()
    if row.begun and row.channel == "sms" and (until := consent.quiet_until(now)):
        raise SendError("quiet_hours", "Nothing that we begin is sent at night.", again=True, after=(until - now).total_seconds())
