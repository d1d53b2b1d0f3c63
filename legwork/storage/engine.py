"""Opens the database and brings its schema up to date."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import shutil
import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection, Engine, make_url

from legwork import private
from legwork.errors import StorageError
from legwork.settings import settings
from legwork.storage import patience

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 5
"""How long SQLite waits for another writer before it gives up."""

WAIT_SECONDS = 5
"""How long a connection to PostgreSQL may take."""

REST_SECONDS = 2.0

# A slow server must fail before a client's patience does, and a machine that vanished must not hold what others wait for.
POSTGRES = {
    "connect_timeout": WAIT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "options": "-c statement_timeout=8000 -c lock_timeout=5000 -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
}


class _Connector:
    """Connects; for a moment after an attempt that failed, others fail at once instead of waiting each."""

    def __init__(self) -> None:
        self._failed: Exception | None = None
        self._until = 0.0

    def __call__(self, dialect: Any, record: Any, arguments: Any, parameters: Any) -> Any:
        if self._failed is not None and time.monotonic() < self._until:
            raise self._failed
        try:
            with patience.waiting(WAIT_SECONDS):  # psycopg2 leaves connect_timeout to who waits
                connection = dialect.connect(*arguments, **parameters)
        except dialect.dbapi.Error as error:
            self._failed, self._until = error, time.monotonic() + REST_SECONDS
            raise
        self._failed = None
        return connection


def open_engine(url: str) -> Engine:
    """An engine for `url`; SQLite in WAL with foreign keys, so that readers never wait for a writer.

    Parameters are hidden: they hold what clients wrote, and Rasa logs the text of an error.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = sa.create_engine(
            parsed, pool_pre_ping=True, pool_size=10, pool_timeout=WAIT_SECONDS, connect_args=POSTGRES, hide_parameters=True
        )
        sa.event.listen(engine, "do_connect", _Connector())
        patience.install()
        return engine
    if parsed.database:
        _make(Path(parsed.database))
    # SQLAlchemy would open and close a connection for each use of a file, and closing the last one empties the log: 9 ms.
    options = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = sa.create_engine(parsed, poolclass=sa.pool.QueuePool, connect_args=options, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def _pragmas(connection: sqlite3.Connection, _: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _make(file: Path) -> None:
    """The file before SQLite makes it for all to read, and what a process that was killed left beside it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    private.make_file(file)
    for part in ("-wal", "-shm"):
        if (beside := Path(f"{file}{part}")).exists():
            private.tighten(beside)


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The engine of this process, its schema up to date.

    Raises:
        StorageError: says what to do when the database can't be opened or migrated.
    """
    opened = open_engine(settings().database_url)
    _share(opened)
    migrate(opened)
    return opened


def _share(opened: Engine) -> None:
    """Holds a SQLite file, together with other processes, while this engine is open: none of them may be left with a file put away."""
    if opened.dialect.name != "sqlite" or not opened.url.database:
        return
    file = Path(opened.url.database)
    try:
        lock = _lock(file, fcntl.LOCK_SH)
    except BlockingIOError:
        raise StorageError(f"A backup is being put in the place of the database {file}. Start again when that is done.") from None
    release = weakref.finalize(opened, os.close, lock)
    sa.event.listen(opened, "engine_disposed", lambda _: release())


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Holds a SQLite file against every other process."""
    try:
        lock = _lock(file, fcntl.LOCK_EX)
    except BlockingIOError:
        raise StorageError(
            f"Legwork is running on the database {file}, and what it stored from now on would be lost. Nothing was changed. "
            "Stop the server, and the action server if there is one; then run this again."
        ) from None
    try:
        yield
    finally:
        os.close(lock)


def _lock(file: Path, kind: int) -> int:
    """A lock beside the database, held until it is closed; the system does that for a process that was killed.

    Raises:
        BlockingIOError: another process has it.
        StorageError: there can be no lock.
    """
    path = Path(f"{file.resolve()}.lock")
    try:
        # Nothing stands in it, and whoever may run Legwork may hold it, whoever made it.
        lock = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    except OSError as error:
        raise StorageError(f"The lock {path} can't be opened: {error.strerror}. Let it belong to who runs Legwork.") from error
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise
    return lock


@contextmanager
def one_at_a_time(connection: Connection) -> Iterator[None]:
    """Two processes that start together must not change the schema together; a big table may take its time."""
    with patience.waiting(None):
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(4173001)"))
        yield


def migrate(opened: Engine, revision: str = "head") -> None:
    """Runs the migrations that this database has not seen yet."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with opened.begin() as connection, one_at_a_time(connection):
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    except sa.exc.SQLAlchemyError as error:
        shown = make_url(str(opened.url)).render_as_string(hide_password=True)
        raise StorageError(
            f"The database {shown} can't be opened: {error.__cause__ or error}. Check LEGWORK_DATABASE_URL and the disk."
        ) from error


def _sqlite_file() -> Path:
    url = make_url(settings().database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise StorageError(
            "This command copies a SQLite file. For PostgreSQL use pg_dump and pg_restore with LEGWORK_DATABASE_URL."
        )
    return Path(url.database)


def _check(path: Path) -> None:
    with closing(sqlite3.connect(path)) as copy:
        verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
        tables = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if verdict != "ok" or "alembic_version" not in tables:
        raise StorageError(f"{path} is no Legwork database ({verdict}).")


def _place(to: Path) -> Path:
    """Where a copy goes: the file `to`, or a file of the folder `to` that is named by the time; without an ending it is a folder."""
    if not to.parent.is_dir():
        raise StorageError(f"There is no folder {to.parent}; make it, or name another one.")
    if to.is_dir() or not (to.suffix or to.exists()):
        try:
            to.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StorageError(f"The folder {to} can't be made: {error.strerror}. Name another one.") from None
        for earlier in to.glob("legwork-*.sqlite3"):
            private.tighten(earlier)
        to = to / f"legwork-{dt.datetime.now():%Y%m%d-%H%M%S}.sqlite3"
    if to.exists():
        raise StorageError(f"{to} is a file that exists already; name another file, or a folder.")
    return to


def backup(to: Path) -> Path:
    """Copies the live database to the file or folder `to`, without stopping the server, and checks the copy."""
    source = _sqlite_file()
    if not source.exists():
        raise StorageError(f"There is no database at {source} yet; nothing to back up.")
    to = _place(to)
    private.make_file(to)
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(to)) as copy:
            live.backup(copy)
        _check(to)
    except sqlite3.Error as error:
        to.unlink(missing_ok=True)
        raise StorageError(
            f"The database {source} can't be copied to {to}: {error}. Check the disk; nothing was changed."
        ) from error
    return to


def restore(source: Path) -> Path:
    """Puts the backup `source` in the database's place; what was there is kept beside it.

    Returns where the former database was put.

    Raises:
        StorageError: `source` is no backup, or a process uses the database.
    """
    if not source.exists():
        raise StorageError(f"There is no file {source}.")
    try:
        _check(source)
    except sqlite3.DatabaseError:
        raise StorageError(f"{source} is no SQLite database.") from None
    target = _sqlite_file()
    kept = target.with_name(f"{target.name}.before-restore-{dt.datetime.now():%Y%m%d-%H%M%S}")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(target):
        if target.exists():
            # A broken database is what a backup is for: what can't be put in order is kept as it lies.
            with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(target)) as live:
                live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for part in ("", "-wal", "-shm"):
            if Path(f"{target}{part}").exists():
                private.tighten(Path(shutil.move(f"{target}{part}", f"{kept}{part}")))
        private.make_file(target)
        shutil.copyfile(source, target)
    return kept
