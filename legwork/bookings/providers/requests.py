"""The default: the wish is stored, Jessica is told, and she confirms it or proposes another time."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from legwork.bookings.providers.base import Outcome, Provider, Request


class Requests(Provider):
    """Needs nothing but the database, so it is the last in every chain."""

    name = "requests"

    async def book(self, request: Request, start: dt.datetime | None = None) -> Outcome:
        """Stores the wish; a time that another provider offered becomes the wish."""
        if start is not None:
            request = replace(request, windows=[(start, start)])
        return Outcome("requested", request.stored(), provider=self.name)
