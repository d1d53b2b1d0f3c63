"""Folders and files that only who runs Legwork may read: clients' health and contacts stand in them."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_folder(path: Path) -> None:
    """Makes the folder, or takes it from others when it is there already."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    tighten(path)


def make_file(path: Path) -> None:
    """Makes the file, empty, or takes it from others; what can't be made is left to whoever opens it next, who can say why."""
    try:
        # Never opened when it is there: closing a database's file frees the locks that SQLite has on it in this process.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        tighten(path)
    except OSError:
        pass


def tighten(path: Path) -> None:
    """Takes the rights of others away where the path is ours: a volume may be its machine's, and a folder like /tmp everybody's."""
    found = path.stat()
    if found.st_uid == os.geteuid() and found.st_mode & _OTHERS and not found.st_mode & stat.S_ISVTX:
        with suppress(OSError):  # not every file system has rights
            path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
