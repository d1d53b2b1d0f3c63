"""Work that one process of all does at a time: whoever takes its lease first."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.dialects import postgresql, sqlite

from legwork.settings import settings
from legwork.storage.engine import engine
from legwork.storage.schema import leases


def take(name: str, length: dt.timedelta) -> bool:
    """Takes the work for so long; False while another process has it."""
    now = settings().now()
    with engine().begin() as connection:
        insert = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name].insert(leases)
        # One that ends later than anybody takes it for was taken when a clock was wrong.
        free = (leases.c.until <= now) | (leases.c.until > now + 2 * length)
        query = insert.values(name=name, until=now + length).on_conflict_do_update(
            index_elements=["name"], set_={"until": now + length}, where=free
        )
        return connection.execute(query).rowcount == 1
