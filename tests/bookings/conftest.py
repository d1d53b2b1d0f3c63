"""Databases and requests for the store's tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from legwork import settings as settings_module
from legwork.bookings import store
from legwork.bookings.model import Booking
from legwork.storage import conversations, engine
from tests.doubles import databases

NINE = dt.datetime(2026, 12, 1, 14, 0, tzinfo=dt.timezone.utc)
"""Tuesday, December 1, 2026, 9 am in the practice's zone."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty database, on each of the two kinds."""
    if request.param == "sqlite":
        engine.engine()
        yield request.param
        return
    with databases.postgres() as url:
        monkeypatch.setenv("LEGWORK_DATABASE_URL", url)
        settings_module.forget()
        engine.engine.cache_clear()
        opened = engine.engine()
        yield request.param
        opened.dispose()


def details(conversation: str, **other: Any) -> dict[str, Any]:
    """A request's details; what is given replaces a usual one's."""
    usual = {
        "conversation": conversation,
        "channel": "web",
        "session": "myofascial_release",
        "minutes": 60,
        "areas": ["calves"],
        "windows": [(NINE, NINE + dt.timedelta(hours=3))],
        "wish": "Tuesday, December 1, before noon",
        "name": "Dana Price",
        "phone": "+15085550142",
        "email": None,
        "notes": ["blood_thinners"],
    }
    return {**usual, **other}


@pytest.fixture
def talk() -> Callable[[str], str]:
    """Opens a conversation and returns its id."""
    return lambda key="a": conversations.open_conversation("web", f"key {key}").id


@pytest.fixture
def ask(talk: Callable[[str], str]) -> Callable[..., Booking]:
    """Makes a request."""
    return lambda **other: store.request(**details(other.pop("conversation", None) or talk("a"), **other))
