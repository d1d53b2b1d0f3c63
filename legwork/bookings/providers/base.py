"""What every way of booking offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from legwork.bookings import store
from legwork.bookings.model import Booking
from legwork.bookings.when import Window
from legwork.errors import LegworkError

MOST = 9
"""So many open times are offered, spread over the days of the wish."""

NEAREST = 3
"""So many when none fits."""


class Unavailable(LegworkError):
    """Raised when a provider can't do it now; the next one is asked.

    Attributes:
        note: code of what Jessica should know of it, or None.
    """

    def __init__(self, message: str, note: str | None = None) -> None:
        """Keeps the note."""
        super().__init__(message)
        self.note = note


@dataclass(frozen=True)
class Request:
    """What a client would like; see `store.request` for the fields."""

    conversation: str
    channel: str
    session: str | None
    minutes: int | None
    areas: Sequence[str]
    windows: Sequence[Window]
    wish: str
    name: str
    phone: str | None
    email: str | None
    notes: Sequence[str] = ()
    reasons: Sequence[str] = ()

    def stored(self, **more: Any) -> Booking:
        """This request in the database; `more` goes to `store.request`."""
        return store.request(**{**asdict(self), **more})


@dataclass(frozen=True)
class Offer:
    """Times that are open now."""

    times: list[dt.datetime]
    """Some of those that are open, in order, in the practice's zone; empty when nothing is open up to the horizon."""
    fits: bool
    """Whether they lie in the windows that were wished; otherwise they are the nearest to them."""
    age: dt.timedelta | None = None
    """How old the copy of her own calendar is, when that couldn't be fetched; it must be said."""


@dataclass(frozen=True)
class Outcome:
    """What became of a request."""

    kind: Literal["requested", "confirmed"]
    booking: Booking
    url: str | None = None
    """Her booking page with the client's name and contact filled in, when there is one."""
    provider: str = field(default="requests", compare=False)


class Provider:
    """One way of booking. This one knows no live times; a subclass overrides what it can do."""

    name = "requests"

    async def times(self, windows: Sequence[Window], minutes: int, conversation: str) -> Offer | None:
        """Open times for these windows, or the nearest to them; None when this way of booking shows none.

        Args:
            windows: as for `store.request`.
            minutes: the session's length.
            conversation: whose own hold is in nobody's way.

        Raises:
            Unavailable: it can't be said now.
        """
        return None

    async def hold(self, conversation: str, start: dt.datetime, minutes: int) -> dt.datetime | None:
        """Keeps a time for this client while the rest is asked, until the moment it returns; None where that can't be done.

        Raises:
            Taken: somebody else has it.
        """
        return None

    async def book(self, request: Request, start: dt.datetime | None = None) -> Outcome:
        """Makes the request, or the appointment when `start` is one of the offered times.

        Raises:
            Taken: somebody else has it by now.
            Unavailable: it can't be made now.
        """
        raise NotImplementedError

    def link(self, name: str | None = None, email: str | None = None, phone: str | None = None) -> str | None:
        """Her booking page with these filled in; None when she has none."""
        return None
