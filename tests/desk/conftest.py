"""The desk, opened on a database of the test's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from legwork import settings as settings_module
from legwork.bookings import store
from legwork.bookings.model import Booking
from legwork.settings import settings
from legwork.storage import conversations
from tests.doubles import office as office_module
from tests.doubles.smtp import Smtp

EASTERN = dt.timezone(dt.timedelta(hours=-5))
TUESDAY = dt.datetime(2026, 12, 1, 17, 0, tzinfo=EASTERN)
"""Eight days after the clock of the tests, within the hours of the practice."""


@pytest.fixture
def smtp() -> Iterator[Smtp]:
    """A mail server."""
    server = Smtp()
    yield server
    server.stop()


@pytest.fixture
async def office(home: Path, smtp: Smtp, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[office_module.Office]:
    """The desk served, with mail."""
    monkeypatch.setenv("SMTP_URL", smtp.url)
    monkeypatch.setenv("LEGWORK_PRACTICE", str(office_module.write_practice(home)))
    settings_module.forget()
    async with office_module.opened(smtp) as opened:
        yield opened


@pytest.fixture
def ask(home: Path) -> Callable[..., Booking]:
    """Makes a request; what is given replaces a usual one's."""

    def made(**other: object) -> Booking:
        conversation = conversations.open_conversation("web", f"key of {other.get('name', 'Dana Price')}")
        usual = {
            "conversation": conversation.id,
            "channel": "web",
            "session": "myofascial_release",
            "minutes": 60,
            "areas": ["calves"],
            "windows": [(TUESDAY, TUESDAY + dt.timedelta(hours=4))],
            "wish": "Tuesday, December 1, after 5 pm",
            "name": "Dana Price",
            "phone": None,
            "email": "dana@client.example",
            "notes": ["pregnancy_told"],
            "reasons": ["Hills load the calves."],
        }
        return store.request(**{**usual, **other})

    return made


@pytest.fixture
def later() -> Callable[..., None]:
    """Moves the standing clock on by so much."""

    def moved(**much: int) -> None:
        settings().clock += dt.timedelta(**much)

    return moved
