"""A PostgreSQL server that takes a query and says nothing more: who waits for it is let go after some seconds.

It may be stopped, or out of disk, or behind a way that swallows what goes through. Its own limits don't end a query then, and the
machine's only where nobody acknowledges what was sent; psycopg2 would wait for ever, and with it everybody who is served. With a wait
callback it asks us how to wait: https://www.psycopg.org/docs/advanced.html#support-for-coroutine-libraries
"""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

SECONDS = 10.0
"""A little more than what a statement may take (`POSTGRES` in `legwork/storage/engine.py`)."""

_seconds: ContextVar[float | None] = ContextVar("seconds", default=SECONDS)


def install() -> None:
    """Has every connection of this process wait so."""
    from psycopg2 import extensions  # a practice on SQLite has no use for it

    extensions.set_wait_callback(_wait)


@contextmanager
def waiting(seconds: float | None) -> Iterator[None]:
    """For what may take longer than a statement; None waits as long as it takes."""
    token = _seconds.set(seconds)
    try:
        yield
    finally:
        _seconds.reset(token)


def _wait(connection: Any) -> None:
    """Waits until psycopg2 has what it asked for.

    Raises:
        OperationalError: nothing came in time; psycopg2 closes the connection.
    """
    from psycopg2 import OperationalError, extensions

    seconds = _seconds.get()
    end = None if seconds is None else time.monotonic() + seconds
    ready = select.poll()
    while (state := connection.poll()) != extensions.POLL_OK:
        ready.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
        if not ready.poll(None if end is None else max(0.0, end - time.monotonic()) * 1000):
            raise OperationalError(f"The database has said nothing for {seconds:g} seconds.")
        ready.unregister(connection.fileno())
