"""Cal.com over its API, version 2: open slots of a public event type, and bookings of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import httpx

from legwork.bookings import store
from legwork.bookings.diary import spread
from legwork.bookings.model import Taken
from legwork.bookings.providers.base import MOST, NEAREST, Offer, Outcome, Provider, Request, Unavailable
from legwork.bookings.when import Window
from legwork.settings import practice, settings

SLOTS_VERSION = "2024-09-04"
BOOKINGS_VERSION = "2024-08-13"
SECONDS = 2.8
"""A little less than the chain waits, so that a timeout is told from other trouble."""

UNSURE = "calcom_unsure"
"""Note for Jessica: Cal.com did not answer in time, so it may have made the appointment too."""


class CalCom(Provider):
    """Her Cal.com account is the diary; what is booked there is noted here too."""

    name = "calcom"

    def __init__(self, event_type: int, base: str) -> None:
        """`event_type` is the number in the event type's address; `base` is the host of the API."""
        self._event_type, self._base = event_type, base.rstrip("/")

    async def times(self, windows: Sequence[Window], minutes: int, conversation: str) -> Offer:
        """(see parent class for full docstring)"""
        if not windows:
            raise Unavailable("Cal.com needs a window to look in.")
        zone, now = practice().zone, settings().now()
        # Two weeks beside the wish, so that there is something near when nothing fits.
        first = max(min(start for start, _ in windows) - dt.timedelta(days=7), now)
        last = max(end for _, end in windows) + dt.timedelta(days=7)
        query = {
            "eventTypeId": self._event_type,
            "start": _utc(first),
            "end": _utc(last),
            "timeZone": str(zone),
            "duration": minutes,
        }
        found = await self._call("GET", "/v2/slots", SLOTS_VERSION, params=query)
        try:
            starts = [
                dt.datetime.fromisoformat(slot["start"].replace("Z", "+00:00")) for day in found["data"].values() for slot in day
            ]
            times = sorted(start.astimezone(zone) for start in starts if start > now)
        except (KeyError, TypeError, AttributeError, ValueError):
            raise Unavailable("Cal.com's slots have another shape than its documentation says.") from None
        inside = [at for at in times if any(start <= at <= end for start, end in windows)]
        nearest = sorted(times, key=lambda at: min(max(start - at, at - end, dt.timedelta(0)) for start, end in windows))[
            :NEAREST
        ]
        return Offer(spread(inside, MOST) or sorted(nearest), bool(inside))

    async def book(self, request: Request, start: dt.datetime | None = None) -> Outcome:
        """(see parent class for full docstring)"""
        if start is None:
            raise Unavailable("Cal.com books a certain time only.")
        if not request.email:
            raise Unavailable("Cal.com needs a mail address.")
        for booking in store.open_for(request.conversation):
            if booking.reference and booking.start == start:
                return Outcome("confirmed", booking, provider=self.name)  # a message that came twice
        attendee = {"name": request.name, "email": request.email, "timeZone": practice().timezone}
        body: dict[str, Any] = {"eventTypeId": self._event_type, "start": _utc(start), "attendee": attendee}
        if request.minutes:
            body["lengthInMinutes"] = request.minutes
        made = await self._call("POST", "/v2/bookings", BOOKINGS_VERSION, json=body, unsure=UNSURE)
        reference = (made.get("data") or {}).get("uid")
        if not isinstance(reference, str):
            raise Unavailable("Cal.com's answer has no `uid`.", UNSURE)
        try:
            booking = request.stored(start=start, minutes=request.minutes or store.USUAL_MINUTES, reference=reference)
        except Taken:
            # Cal.com has it, so it stands; that it overlaps one of ours is Jessica's to see.
            booking = request.stored(reference=reference, notes=[*request.notes, "calcom_overlap"])
        return Outcome("confirmed", booking, provider=self.name)

    async def _call(self, method: str, path: str, version: str, *, unsure: str | None = None, **request: Any) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(base_url=self._base, timeout=SECONDS, trust_env=False) as client:
                answer = await client.request(method, path, headers={"cal-api-version": version}, **request)
        except httpx.HTTPError as error:
            # A refused connection made nothing; after that nobody knows.
            known = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout))
            raise Unavailable(f"Cal.com can't be reached: {type(error).__name__}", None if known else unsure) from None
        if answer.status_code in (400, 409) and method == "POST" and _is_taken(answer.text):
            raise Taken("Cal.com says that this time is taken.")
        if answer.status_code >= 400:
            raise Unavailable(f"Cal.com answered {answer.status_code}.", unsure if answer.status_code >= 500 else None)
        try:
            body = answer.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Unavailable("Cal.com's answer is no JSON object.", unsure)
        return body


def _is_taken(text: str) -> bool:
    return any(
        words in text.lower() for words in ("already has booking", "not available", "no_available_users", "no longer available")
    )


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
