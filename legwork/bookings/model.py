"""A booking, and which of its changes are possible in which state. Pure.

requested ─ hold ─→ held ──────┐                      ┌→ done, no_show
    │  ↑ (ends by itself)      ├ confirm → confirmed ─┤
    ├──┴── propose → proposed ─┘             │ move   └→ cancelled
    ├→ declined, cancelled                   └→ moved, which is confirmed at another time
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from legwork.bookings.when import Window, say
from legwork.errors import LegworkError

OPEN = ("requested", "held", "proposed")
"""Statuses in which nothing is agreed yet."""

AGREED = ("confirmed", "moved")
"""Statuses of an appointment that stands."""

LIVE = (*OPEN, *AGREED)
"""Statuses of a booking that still counts."""

ALLOWED = {
    "wish": LIVE,
    "note": LIVE,
    "hold": ("requested", "held"),
    "propose": OPEN,
    "refuse": ("held", "proposed"),
    "confirm": OPEN,
    "move": AGREED,
    "cancel": LIVE,
    "decline": OPEN,
    "done": AGREED,
    "no_show": AGREED,
}
"""Change → the statuses in which it is possible."""


def named(status: str) -> str:
    """A status as it is written to people; "cancelled" is stored as calendars spell it, and written as Americans do."""
    return {"cancelled": "canceled", "no_show": "no-show"}.get(status, status)


class Taken(LegworkError):
    """Raised when a time overlaps another appointment, its pause, or a hold."""


class TooLate(LegworkError):
    """Raised when a booking is not in a state in which the change is possible.

    Attributes:
        status: the one it is in.
    """

    def __init__(self, number: str, change: str, status: str) -> None:
        """Says what was wanted and what is."""
        super().__init__(f"Booking {number} is {status}; '{change}' is possible only when it is {' or '.join(ALLOWED[change])}.")
        self.status = status


@dataclass(frozen=True)
class Booking:
    """One request or appointment."""

    id: str
    """Its code, as the client gets it."""
    conversation: str | None
    channel: str
    """web, sms, whatsapp or messenger."""
    status: str
    session: str | None
    """Type of session, or None when Jessica chooses."""
    minutes: int | None
    areas: list[str]
    windows: list[Window]
    """Aware (start, end) pairs that bound the start that was wished."""
    wish: str | None
    """When, as it was read back."""
    start: dt.datetime | None
    """UTC; None while only wished."""
    end: dt.datetime | None
    timezone: str
    name: str
    phone: str | None
    """E.164."""
    email: str | None
    notes: list[str]
    """Codes of what Jessica should know."""
    reasons: list[str]
    """Why this session, in Legwork's words."""
    sequence: int
    """Of the invitation; one more with each change of the appointment."""
    held_until: dt.datetime | None
    reference: str | None
    """What another booking system calls it."""
    created: dt.datetime

    @property
    def agreed(self) -> bool:
        """Whether it is an appointment that stands."""
        return self.status in AGREED

    @property
    def moves_wished(self) -> bool:
        """Whether the client would like another time than the one that is agreed."""
        return self.agreed and not any(first <= self.slot[0] <= last for first, last in self.windows)

    @property
    def slot(self) -> Window:
        """Its start and end in UTC.

        Raises:
            ValueError: it is only wished so far.
        """
        if self.start is None or self.end is None:
            raise ValueError(f"Booking {self.id} is {self.status} and has no time.")
        return self.start, self.end

    @property
    def said(self) -> str:
        """Its time in words: "Tuesday, December 1 at 5 pm"; the wish while there is no time."""
        return spoken(self.start, self.timezone) if self.start else self.wish or ""

    def at(self, now: dt.datetime) -> Booking:
        """What it is at `now`: a hold that has ended is a request again."""
        if self.status in ("held", "proposed") and self.held_until is not None and self.held_until <= now:
            return Booking(**{**vars(self), "status": "requested", "start": None, "end": None, "held_until": None})
        return self


def spoken(start: dt.datetime, timezone: str) -> str:
    """A time as it is read back, in words that `when.read` understands."""
    local = start.astimezone(ZoneInfo(timezone))
    return say.windows(((local, local),), local)


def require(booking: Booking, change: str) -> None:
    """Raises TooLate when `booking` is in no state for `change`, a key of `ALLOWED`."""
    if booking.status not in ALLOWED[change]:
        raise TooLate(booking.id, change, booking.status)
