"""The practice's own diary: live times, held for ten minutes, confirmed at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from legwork.bookings import agenda, store
from legwork.bookings.diary import spread
from legwork.bookings.model import Taken
from legwork.bookings.providers.base import MOST, NEAREST, Offer, Outcome, Provider, Request, Unavailable
from legwork.bookings.when import Window
from legwork.settings import practice, settings

HOLD = dt.timedelta(minutes=10)


class Calendar(Provider):
    """Works as soon as practice.yml has opening hours."""

    name = "calendar"

    async def times(self, windows: Sequence[Window], minutes: int, conversation: str) -> Offer:
        """(see parent class for full docstring)"""
        if practice().hours is None:
            raise Unavailable("practice.yml has no opening hours; live times need `hours`.")
        await agenda.refresh()
        diary, age = agenda.current(conversation)
        now = settings().now().astimezone(practice().zone)
        inside = spread(diary.open_times(windows, minutes, now), MOST)
        return Offer(inside or diary.nearest(windows, minutes, now, NEAREST), bool(inside), age)

    async def hold(self, conversation: str, start: dt.datetime, minutes: int) -> dt.datetime:
        """(see parent class for full docstring)"""
        until = settings().now() + HOLD
        store.hold_for(conversation, start, minutes, until)
        return until

    async def book(self, request: Request, start: dt.datetime | None = None) -> Outcome:
        """(see parent class for full docstring)"""
        if start is None:
            return Outcome("requested", request.stored(), provider=self.name)
        minutes = request.minutes or store.USUAL_MINUTES
        # Her own calendar may have filled since the time was offered.
        await agenda.refresh()
        diary, _ = agenda.current(request.conversation)
        now = settings().now().astimezone(practice().zone)
        if not diary.open_times([(start, start)], minutes, now) and not _made_before(request, start):
            raise Taken(f"{start.isoformat()} is no longer open.")
        return Outcome("confirmed", request.stored(start=start, minutes=minutes), provider=self.name)


def _made_before(request: Request, start: dt.datetime) -> bool:
    """Whether this conversation has that very appointment: a message that came twice."""
    return any(booking.start == start for booking in store.open_for(request.conversation))
