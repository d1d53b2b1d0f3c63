"""The secret address of the appointments' feed for Jessica's phone: 192 bits, and replaced when she asks."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets as random

import sqlalchemy as sa

from legwork.bookings import invitations, store
from legwork.settings import practice, settings
from legwork.storage.engine import engine
from legwork.storage.schema import secrets

NAME = "feed"
PAST = dt.timedelta(days=30)
"""How long an appointment that has been stays in the feed."""


def address() -> str:
    """Where a calendar subscribes; made at the first call."""
    return f"{settings().url}/desk/feed/{_secret() or renew()}.ics"


def renew() -> str:
    """Makes a new secret; the old address stops working. Returns the secret."""
    made = random.token_urlsafe(24)
    with engine().begin() as connection:
        connection.execute(secrets.delete().where(secrets.c.name == NAME))
        connection.execute(secrets.insert().values(name=NAME, value=made))
    return made


def is_secret(given: str) -> bool:
    """Whether this is the feed's secret, compared in constant time."""
    known = _secret()
    return known is not None and hmac.compare_digest(given.encode("utf-8", "surrogatepass"), known.encode())


def calendar() -> str:
    """The feed's iCalendar text."""
    now = settings().now()
    return invitations.feed(store.appointments(now - PAST), practice(), now)


def _secret() -> str | None:
    with engine().connect() as connection:
        return connection.execute(sa.select(secrets.c.value).where(secrets.c.name == NAME)).scalar()
