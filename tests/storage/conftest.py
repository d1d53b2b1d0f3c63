"""A database of each kind, with the settings that name it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doubles import databases


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def both(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The test runs on SQLite, and again on PostgreSQL."""
    from legwork.settings import forget
    from legwork.storage.engine import engine

    if request.param == "sqlite":
        yield home
        return
    with databases.postgres() as url:
        monkeypatch.setenv("LEGWORK_DATABASE_URL", url)
        forget()
        yield home
        engine().dispose()
        engine.cache_clear()
