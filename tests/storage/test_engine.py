"""The database opens, migrates, is backed up and restored; what is wrong with it is said in a sentence."""

from __future__ import annotations

import datetime as dt
import fcntl
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from legwork import settings
from legwork.errors import NotFound, StorageError
from legwork.storage import conversations, engine


def again() -> sa.engine.Engine:
    """The engine as a new process would open it."""
    engine.engine.cache_clear()
    return engine.engine()


def database(home: Path) -> Path:
    """The file of this test's database."""
    return home / "legwork.sqlite3"


def test_sqlite_is_opened_with_a_log_and_foreign_keys(home: Path) -> None:
    """Readers don't wait for a writer, and no row points to a missing one."""
    with engine.engine().connect() as connection:
        pragmas = [
            connection.execute(sa.text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "foreign_keys", "synchronous")
        ]

    assert pragmas == ["wal", 1, 1]


def test_reader_goes_on_beside_a_writer(home: Path) -> None:
    """A transaction that is still open blocks nobody's reading."""
    conversations.open_conversation("web", "a")
    with engine.engine().begin() as writing:
        writing.execute(sa.text("UPDATE conversations SET channel = 'sms'"))
        with engine.engine().connect() as reading:
            assert reading.execute(sa.text("SELECT channel FROM conversations")).scalar() == "web"


def test_first_version_is_brought_up_to_date(home: Path) -> None:
    """A database of the first release opens with its rows, at the newest revision."""
    old = engine.open_engine(settings.settings().database_url)
    engine.migrate(old, "0001")
    with old.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO conversations (id, channel, key, created, active) VALUES ('c1', 'web', 'k', '2026-01-01', '2026-01-01')"
            )
        )
    old.dispose()

    with again().connect() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() != "0001"
    assert conversations.find(key="k").id == "c1"


def test_folder_of_the_database_is_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path whose folder is missing is no error."""
    monkeypatch.setenv("LEGWORK_DATABASE_URL", f"sqlite:///{home / 'deep' / 'er' / 'db.sqlite3'}")
    settings.forget()

    again()

    assert (home / "deep" / "er" / "db.sqlite3").exists()


def test_broken_file_gives_a_sentence(home: Path) -> None:
    """A file that is no database is named, with what to check."""
    database(home).write_bytes(b"this is no database at all, whatever its name says " * 100)

    with pytest.raises(StorageError, match=r"legwork\.sqlite3 can't be opened: .*Check LEGWORK_DATABASE_URL and the disk"):
        again()


def test_unreachable_server_gives_a_sentence_without_the_password(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for a PostgreSQL that isn't there; its password is never shown."""
    monkeypatch.setenv("LEGWORK_DATABASE_URL", "postgresql://legwork:hunter2@127.0.0.1:9/legwork")
    settings.forget()

    with pytest.raises(StorageError) as raised:
        again()

    assert "127.0.0.1:9" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_instants_come_back_as_they_went_in(home: Path) -> None:
    """Aware and in UTC, whatever the database holds."""
    assert conversations.open_conversation("web", "a").deleted is None
    conversations.forget(conversations.find(key="a").id)

    assert conversations.find(key="a").deleted == settings.settings().now()
    assert conversations.find(key="a").deleted.utcoffset().total_seconds() == 0


# --- Backup and restore ----------------------------------------------------------------------------------------------


def test_backup_and_restore(home: Path) -> None:
    """What was there at the backup is there after the restore; what came since is kept beside it."""
    conversations.open_conversation("web", "before")
    copy = engine.backup(home / "copy.sqlite3")
    conversations.open_conversation("web", "after")
    engine.engine().dispose()

    kept = engine.restore(copy)
    again()

    assert conversations.find(key="before")
    with pytest.raises(NotFound):
        conversations.find(key="after")
    with sqlite3.connect(kept) as former:
        assert {row[0] for row in former.execute("SELECT key FROM conversations")} == {"before", "after"}


def test_backup_into_a_folder_is_named_by_its_time(home: Path) -> None:
    """A folder may be given; the file's name says when."""
    engine.engine()
    (home / "backups").mkdir()

    made = engine.backup(home / "backups")

    assert made.parent == home / "backups" and made.name.startswith("legwork-2") and made.suffix == ".sqlite3"


def test_folder_of_the_backups_is_made_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A nightly backup into it works on the first night and on every other."""
    engine.engine()
    names = []
    for day in (23, 24, 25):
        night = SimpleNamespace(now=lambda day=day: dt.datetime(2026, 11, day, 3))
        monkeypatch.setattr(engine, "dt", SimpleNamespace(datetime=night))
        names.append(engine.backup(home / "nightly").name)

    assert names == [path.name for path in sorted((home / "nightly").iterdir())]
    assert names[0] == "legwork-20261123-030000.sqlite3" and len(names) == 3


def test_folder_that_cant_be_made_gives_a_sentence(home: Path) -> None:
    """It is named, with the reason; so is a file where a folder is meant."""
    engine.engine()
    (home / "taken").write_text("mine")
    (home / "broken").symlink_to(home / "nowhere" / "else")

    with pytest.raises(StorageError, match=r"The folder .*broken can't be made: "):
        engine.backup(home / "broken")
    with pytest.raises(StorageError, match=r"taken is a file that exists already; name another file, or a folder"):
        engine.backup(home / "taken")


def test_backup_while_a_writer_is_at_work(home: Path) -> None:
    """A backup waits for nobody and holds what was committed."""
    conversations.open_conversation("web", "committed")
    with engine.engine().begin() as writing:
        writing.execute(sa.text("UPDATE conversations SET key = 'uncommitted'"))
        copy = engine.backup(home / "copy.sqlite3")

    with sqlite3.connect(copy) as found:
        assert found.execute("SELECT key FROM conversations").fetchall() == [("committed",)]


def test_broken_database_is_replaced_by_its_backup(home: Path) -> None:
    """What a backup is for: the live file is damaged, and restoring works all the same."""
    conversations.open_conversation("web", "saved")
    copy = engine.backup(home / "copy.sqlite3")
    engine.engine().dispose()
    database(home).write_bytes(b"damaged " * 1000)

    kept = engine.restore(copy)
    again()

    assert conversations.find(key="saved")
    assert kept.read_bytes().startswith(b"damaged")


def test_restore_where_nothing_was(home: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a new machine there is nothing to keep."""
    conversations.open_conversation("web", "saved")
    copy = engine.backup(home / "copy.sqlite3")
    monkeypatch.setenv("LEGWORK_VAR", str(tmp_path_factory.mktemp("new")))
    settings.forget()

    kept = engine.restore(copy)
    again()

    assert conversations.find(key="saved")
    assert not kept.exists()


def rights(folder: Path) -> dict[str, str]:
    """What each file and folder under this one allows, by its name; the lock holds nothing."""
    return {
        str(path.relative_to(folder)): oct(path.stat().st_mode & 0o777) for path in folder.rglob("*") if path.suffix != ".lock"
    }


def test_only_who_runs_it_reads_the_database_and_its_copies(home: Path) -> None:
    """New or old: what an earlier release left for all to read is taken from them. A folder that is somebody's own stays as it is."""
    database(home).touch(0o644)
    conversations.open_conversation("web", "mine")
    (home / "own").mkdir(0o755)
    (home / "own" / "legwork-20260101-030000.sqlite3").touch(0o644)
    engine.backup(home / "own"), engine.backup(home / "made"), engine.backup(home / "copy.sqlite3")
    found = rights(home)
    assert {"legwork.sqlite3-wal", "legwork.sqlite3-shm", "copy.sqlite3"} <= set(found) and len(found) == 10
    assert found.pop("own") == "0o755" and found.pop("made") == "0o700"
    assert set(found.values()) == {"0o600"}

    engine.engine().dispose()
    database(home).chmod(0o644)
    kept = engine.restore(home / "copy.sqlite3")

    assert {rights(home)[name] for name in (database(home).name, kept.name)} == {"0o600"}


def test_folder_of_a_new_database_is_private(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever LEGWORK_DATABASE_URL puts it."""
    monkeypatch.setenv("LEGWORK_DATABASE_URL", f"sqlite:///{home / 'mine' / 'db.sqlite3'}")
    settings.forget()
    again()

    assert rights(home)["mine"] == "0o700" and rights(home)["mine/db.sqlite3"] == "0o600"


@contextmanager
def another_process() -> Iterator[subprocess.Popen]:
    """One that has the database open, as the server has; it is killed in the end, if it wasn't before."""
    code = "from legwork.storage.engine import engine; engine(); print('open', flush=True); input()"
    command = [sys.executable, "-W", "ignore", "-c", code]
    with subprocess.Popen(command, cwd=settings.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "open\n"
            yield process
        finally:
            process.kill()


def test_nothing_is_restored_under_a_running_server(home: Path) -> None:
    """It would go on writing into the file that was put away; when all who have it open are gone, restoring works."""
    conversations.open_conversation("web", "mine")
    copy = engine.backup(home / "copy.sqlite3")
    with another_process() as process:  # beside this one: several may share a file
        engine.engine().dispose()
        with pytest.raises(StorageError, match=r"Legwork is running on the database .*legwork\.sqlite3.*Stop the server"):
            engine.restore(copy)
        assert database(home).exists() and not list(home.glob("*.before-restore-*"))
        process.kill()
        process.wait()

        assert engine.restore(copy).exists()


def test_nothing_is_opened_while_a_backup_is_put_in_its_place(home: Path) -> None:
    """Who starts in that moment is told so."""
    with (home / "legwork.sqlite3.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StorageError, match=r"A backup is being put in the place of the database .*Start again"):
            again()

    assert again()


def test_lock_that_cant_be_opened_gives_a_sentence(home: Path) -> None:
    """It is named, with whose it should be."""
    (home / "legwork.sqlite3.lock").mkdir()

    with pytest.raises(StorageError, match=r"The lock .*legwork\.sqlite3\.lock can't be opened: "):
        again()


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("missing", "There is no file"),
        ("text", "is no SQLite database"),
        ("foreign", "is no Legwork database"),
        ("folder", "is no SQLite database"),
    ],
)
def test_wrong_file_is_not_restored(home: Path, what: str, message: str) -> None:
    """Only a whole Legwork database takes the place of the live one, which stays untouched otherwise."""
    conversations.open_conversation("web", "mine")
    given = home / what
    if what == "text":
        given.write_text("not a database\n" * 500)
    elif what == "foreign":
        with sqlite3.connect(given) as other:
            other.execute("CREATE TABLE t (x)")
    elif what == "folder":
        given.mkdir()

    with pytest.raises(StorageError, match=message):
        engine.restore(given)

    assert conversations.find(key="mine")


def test_backup_overwrites_nothing(home: Path) -> None:
    """A file that exists is left alone."""
    engine.engine()
    (home / "there.sqlite3").write_text("mine")

    with pytest.raises(StorageError, match="exists already; name another file"):
        engine.backup(home / "there.sqlite3")

    assert (home / "there.sqlite3").read_text() == "mine"


def test_backup_without_a_folder_gives_a_sentence(home: Path) -> None:
    """So does a folder that isn't there."""
    engine.engine()

    with pytest.raises(StorageError, match=r"There is no folder .*nowhere"):
        engine.backup(home / "nowhere" / "copy.sqlite3")


def test_backup_of_a_damaged_database_gives_a_sentence(home: Path) -> None:
    """And no half copy is left behind."""
    engine.engine().dispose()
    database(home).write_bytes(b"damaged " * 1000)

    with pytest.raises(StorageError, match="can't be copied"):
        engine.backup(home / "copy.sqlite3")

    assert not (home / "copy.sqlite3").exists()


def test_backup_before_the_first_start_gives_a_sentence(home: Path) -> None:
    """There is nothing to copy yet."""
    with pytest.raises(StorageError, match="nothing to back up"):
        engine.backup(home / "copy.sqlite3")


def test_postgresql_has_its_own_tools(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands copy a file; for a server they say what to use."""
    engine.engine()
    copy = engine.backup(home / "copy.sqlite3")
    monkeypatch.setenv("LEGWORK_DATABASE_URL", "postgresql://legwork@127.0.0.1:9/legwork")
    settings.forget()

    for command, path in ((engine.backup, home / "other.sqlite3"), (engine.restore, copy)):
        with pytest.raises(StorageError, match="For PostgreSQL use pg_dump and pg_restore"):
            command(path)


@pytest.mark.parametrize(
    ("arguments", "said"), [(("backup", "{}/copy.sqlite3"), "Backed up to"), (("restore", "{}/none"), "There is no file")]
)
def test_commands_speak(
    home: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch, arguments: tuple, said: str
) -> None:
    """`python -m legwork backup` and `restore` say what they did, or what is wrong, in a sentence."""
    from legwork.__main__ import main

    engine.engine()
    monkeypatch.setattr(sys, "argv", ["legwork", *(argument.format(home) for argument in arguments)])

    code = ""
    try:
        main()
    except SystemExit as stopped:
        code = str(stopped.code)

    assert said in capsys.readouterr().out + code
