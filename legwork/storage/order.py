"""The order of turns over several processes: a conversation is in one process's hands at a time.

On PostgreSQL an advisory lock of the conversation is held for the turn. The server hands it on in the order in which it was
asked for, without anybody polling, and frees it when the connection ends, so also when a process is killed. On SQLite there is one
process, and the queue in `legwork/channels/turns.py` is all that is needed.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from legwork import metrics
from legwork.storage import patience
from legwork.storage.engine import engine

logger = logging.getLogger(__name__)

MOST_WAITING = 32
"""Conversations of this process that wait for another one at the same time; more wait for these."""

WAIT_SECONDS = 15
"""A little more than a turn may take."""

_TRY, _WAIT, _FREE = (
    sa.text(f"SELECT {call}(:key)") for call in ("pg_try_advisory_lock", "pg_advisory_lock", "pg_advisory_unlock")
)


class Order:
    """The locks that this process holds."""

    def __init__(self) -> None:
        """Starts with none."""
        self._holding: Connection | None = None
        self._threads = ThreadPoolExecutor(MOST_WAITING, thread_name_prefix="order")

    @asynccontextmanager
    async def turn(self, conversation: str) -> AsyncIterator[None]:
        """Holds the conversation; must not be entered twice at once for the same one in one process."""
        if engine().dialect.name != "postgresql":
            yield
            return
        key = int.from_bytes(hashlib.sha256(conversation.encode()).digest()[:8], "big", signed=True)
        # Nearly always nobody else has it: one connection holds all that are got at once.
        connection = self._try(key)
        if connection is not None:
            try:
                yield
            finally:
                try:
                    connection.execute(_FREE, {"key": key})
                except sa.exc.SQLAlchemyError:  # with the connection the lock is gone too
                    self._holding = None
            return
        with metrics.part("wait"):
            waited = await asyncio.get_running_loop().run_in_executor(self._threads, self._wait, key)
        try:
            yield
        finally:
            with suppress(sa.exc.SQLAlchemyError):
                waited.execute(_FREE, {"key": key})
            waited.close()

    def _try(self, key: int) -> Connection | None:
        for last in (False, True):
            try:
                if self._holding is None:
                    self._holding = _connect()
                return self._holding if self._holding.execute(_TRY, {"key": key}).scalar() else None
            except sa.exc.DBAPIError:
                self._holding = None
                if last:
                    raise
        return None

    @staticmethod
    def _wait(key: int) -> Connection:
        connection = _connect()
        try:
            connection.execute(sa.text(f"SET statement_timeout = '{WAIT_SECONDS}s'"))
            connection.execute(sa.text(f"SET lock_timeout = '{WAIT_SECONDS}s'"))
            with patience.waiting(WAIT_SECONDS + patience.SECONDS):
                connection.execute(_WAIT, {"key": key})
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Frees everything."""
        if self._holding is not None:
            self._holding.close()
        self._threads.shutdown(wait=False)


def _connect() -> Connection:
    """A connection of its own, outside the pool and outside any transaction."""
    connection = engine().connect().execution_options(isolation_level="AUTOCOMMIT")
    connection.detach()
    return connection
