"""Her own booking page, prefilled with who the client is, and with nothing about why.

URLs end up in logs, histories and referrers: a name and a contact may stand in one, a complaint never.
The host is that of practice.yml; nothing a client says can change where the link leads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from legwork.bookings.providers.base import Outcome, Provider, Request

Fields = dict[str, str]


def _acuity(name: str, email: str, phone: str) -> Fields:
    first, _, last = name.partition(" ")
    return {"firstName": first, "lastName": last, "email": email, "phone": phone}


def _calendly(name: str, email: str, phone: str) -> Fields:
    return {"name": name, "email": email}


def _calcom(name: str, email: str, phone: str) -> Fields:
    return {"name": name, "email": email, "attendeePhoneNumber": phone}


PRESETS: dict[str, Callable[[str, str, str], Fields]] = {
    "as.me": _acuity,
    "acuityscheduling.com": _acuity,
    "squarespacescheduling.com": _acuity,
    "calendly.com": _calendly,
    "cal.com": _calcom,
}
"""Host (and its subdomains) → names of its fields, as its documentation gives them: help.acuityscheduling.com
31919067234445, help.calendly.com 226766767, cal.com/docs (booking fields by their identifier). Other pages get no fields."""


def prefilled(url: str, name: str | None = None, email: str | None = None, phone: str | None = None) -> str:
    """`url` with what its host's page can take; whatever the owner wrote behind it (a type of session) stays.

    Args:
        url: address of her booking page.
        name: the client's, or None.
        email: or None.
        phone: in E.164, or None.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    preset = next((fields for known, fields in PRESETS.items() if host == known or host.endswith(f".{known}")), None)
    if preset is None:
        return url
    given = {field: value for field, value in preset(name or "", email or "", phone or "").items() if value}
    own = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key not in given]
    return urlunsplit(parts._replace(query=urlencode([*own, *given.items()], quote_via=quote)))


class Link(Provider):
    """Clients pick a time on her page; who would rather tell the bot makes a request."""

    name = "link"

    def __init__(self, url: str) -> None:
        """`url` is her page's address, from practice.yml."""
        self._url = url

    def link(self, name: str | None = None, email: str | None = None, phone: str | None = None) -> str:
        """(see parent class for full docstring)"""
        return prefilled(self._url, name, email, phone)

    async def book(self, request: Request, start: dt.datetime | None = None) -> Outcome:
        """Stores the request, so that nothing is lost when the client doesn't follow the link."""
        return Outcome("requested", request.stored(), self.link(request.name, request.email, request.phone), provider=self.name)
