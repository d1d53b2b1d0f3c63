"""Which way of booking, and what happens when it can't."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from legwork.bookings.model import Taken
from legwork.bookings.providers.base import Offer, Outcome, Provider, Request, Unavailable
from legwork.bookings.providers.calcom import UNSURE, CalCom
from legwork.bookings.providers.calendar import Calendar
from legwork.bookings.providers.link import Link
from legwork.bookings.providers.requests import Requests
from legwork.bookings.when import Window
from legwork.practice import Practice
from legwork.settings import Settings

logger = logging.getLogger(__name__)

SECONDS = 3.0
"""A provider that takes longer hands to the next."""

Result = TypeVar("Result")


class Chain(Provider):
    """Providers in the order in which they are asked."""

    def __init__(self, *links: Provider) -> None:
        """The last one must need nothing that can fail beside the database."""
        self._links = links
        self.name = links[0].name

    async def times(self, windows: Sequence[Window], minutes: int, conversation: str) -> Offer | None:
        """(see parent class for full docstring)"""
        try:
            return await _in_time(self._links[0], lambda: self._links[0].times(windows, minutes, conversation))
        except Unavailable:
            return None

    async def hold(self, conversation: str, start: dt.datetime, minutes: int) -> dt.datetime | None:
        """(see parent class for full docstring)"""
        try:
            return await _in_time(self._links[0], lambda: self._links[0].hold(conversation, start, minutes))
        except Unavailable:
            return None  # the time is checked once more when it is booked

    async def book(self, request: Request, start: dt.datetime | None = None) -> Outcome:
        """(see parent class for full docstring)"""
        for link in self._links[:-1]:
            try:
                return await _in_time(link, lambda link=link, request=request: link.book(request, start))  # type: ignore[misc]
            except Unavailable as error:
                if error.note:
                    request = replace(request, notes=[*request.notes, error.note])
        return await self._links[-1].book(request, start)

    def link(self, name: str | None = None, email: str | None = None, phone: str | None = None) -> str | None:
        """(see parent class for full docstring)"""
        return next((url for url in (link.link(name, email, phone) for link in self._links) if url), None)


async def _in_time(provider: Provider, call: Callable[[], Awaitable[Result]]) -> Result:
    """The call's result.

    Raises:
        Taken: as the provider says.
        Unavailable: for whatever else goes wrong.
    """
    try:
        return await asyncio.wait_for(call(), SECONDS)
    except Taken:
        raise
    except Unavailable as error:
        logger.warning("provider.unavailable name=%s what=%s", provider.name, error)
        raise
    except Exception as error:
        # Whatever a provider's code stumbles over, the client must not: the next one is asked.
        logger.warning("provider.failed name=%s error=%s", provider.name, type(error).__name__)
        raise Unavailable(
            type(error).__name__, UNSURE if isinstance(error, asyncio.TimeoutError) and provider.name == "calcom" else None
        ) from None


def choose(owner: Practice, machine: Settings) -> Chain:
    """The chain that practice.yml asks for.

    Args:
        owner: her facts; `booking` decides.
        machine: the server's settings.
    """
    rules = owner.booking
    first: list[Provider] = []
    if rules.provider == "calcom" and rules.calcom_event_type is not None:
        first.append(CalCom(rules.calcom_event_type, machine.calcom_api_base))
    elif rules.provider == "calendar":
        first.append(Calendar())
    if rules.url is not None:
        first.append(Link(str(rules.url)))
    return Chain(*first, Requests())
