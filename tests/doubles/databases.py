"""A database of the test's own, on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from tests.conftest import missing


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a new database on the server that LEGWORK_TEST_POSTGRES names; skips where none is named."""
    server = os.environ.get("LEGWORK_TEST_POSTGRES")
    if not server:
        missing("LEGWORK_TEST_POSTGRES names no PostgreSQL server (postgresql://user@host:port/database).")
    name = f"legwork_test_{secrets.token_hex(6)}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
