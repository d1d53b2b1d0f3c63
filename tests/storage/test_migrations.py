"""Migrations from every earlier version, with rows in every table."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

from legwork.storage.engine import MIGRATIONS, migrate, open_engine
from legwork.storage.schema import metadata
from tests.doubles import databases

VERSIONS = [script.revision for script in reversed(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions()))]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request, home):
    """An engine on an empty database of each kind."""
    if request.param == "sqlite":
        yield open_engine(f"sqlite:///{home / 'migrated.sqlite3'}")
        return
    with databases.postgres() as url:
        opened = open_engine(url)
        yield opened
        opened.dispose()


def fill(engine: Engine) -> dict[str, int]:
    """Puts a row into every table there is, whatever its columns; returns the rows of each."""
    found = sa.MetaData()
    found.reflect(engine)
    with engine.begin() as connection:
        for table in found.sorted_tables:
            if table.name not in ("alembic_version", "sqlite_sequence"):
                values = {
                    column.name: _value(column) for column in table.columns if not column.nullable and not column.server_default
                }
                connection.execute(table.insert().values(values))
        return {t.name: connection.execute(sa.select(sa.func.count()).select_from(t)).scalar() for t in found.sorted_tables}


def _value(column: sa.Column) -> object:
    if column.foreign_keys:
        return _value(next(iter(column.foreign_keys)).column)
    kind = column.type
    if isinstance(kind, sa.DateTime):
        return dt.datetime(2026, 11, 23)
    if isinstance(kind, sa.JSON):
        return []
    return 1 if isinstance(kind, sa.Integer) else "x"


@pytest.mark.parametrize("version", VERSIONS)
def test_no_row_is_lost_on_the_way_up(empty, version):
    """A database of any earlier version with a row in every table has all of them after the migration."""
    migrate(empty, version)
    before = fill(empty)
    migrate(empty)
    with empty.connect() as connection:
        after = {name: connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar() for name in before}
    assert after == before and all(before.values())


def test_migrations_end_at_the_schema(empty):
    """What the migrations make is what the schema says: no table and no column is missing or left over."""
    migrate(empty)
    with empty.connect() as connection:
        ours = {"compare_type": False, "include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
        assert compare_metadata(MigrationContext.configure(connection, opts=ours), metadata) == []
        made = {name for name in sa.inspect(connection).get_table_names() if not name.startswith("sqlite_")}
        assert made == {*metadata.tables, "alembic_version"}


def test_migrating_twice_is_once(empty):
    """A second start finds nothing to do."""
    migrate(empty)
    before = fill(empty)
    migrate(empty)
    with empty.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM bookings")).scalar() == before["bookings"]
