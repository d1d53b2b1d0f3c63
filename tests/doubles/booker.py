"""Books one appointment after the other with all that is told of them, and again at once whenever it is killed.

`python -m tests.doubles.booker` prints the id of each process that books. It forks, since starting anew would take seconds for
the imports alone; nothing of the killed process is left but the database. An appointment is acknowledged (its number is
appended to `acknowledged` in LEGWORK_VAR) as soon as the store has returned. When a file `enough` appears there, it
books no more, waits until the outbox is empty, writes `finished` and ends.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import random
from typing import Any

import sqlalchemy as sa

from legwork.bookings import store
from legwork.desk import notices
from legwork.settings import settings
from legwork.storage import conversations, outbox
from legwork.storage.engine import engine
from legwork.storage.schema import outbox as table

FIRST = dt.datetime(2030, 1, 1, 14, tzinfo=dt.timezone.utc)
APART = dt.timedelta(minutes=75)
LEASE_SECONDS = 1.0
MOST_PAUSE = 0.03


async def _on_message(conversation: str, message: dict[str, Any]) -> None:
    body = {key: value for key, value in message.items() if key != "from"}
    conversations.add(conversation, message["from"], [body])


def _book(number: int) -> None:
    """One client's request and Jessica's confirmation; the same number again is the same request."""
    conversation = conversations.open_conversation("web", f"client {number}")
    start = FIRST + number * APART
    made = store.request(
        conversation=conversation.id,
        channel="web",
        session="cupping",
        minutes=60,
        areas=["calves"],
        windows=[(start, start)],
        wish="then",
        name=f"Client {number}",
        phone=None,
        email=f"client{number}@client.example",
        notes=[],
    )
    store.confirm(made.id, start, who="jessica")


def _waiting() -> bool:
    with engine().connect() as connection:
        return connection.execute(sa.select(table.c.id).where(table.c.sent.is_(None)).limit(1)).first() is not None


async def _work() -> None:
    folder = settings().var
    worker = asyncio.create_task(outbox.run(notices.senders(_on_message), lease=LEASE_SECONDS, look=0.02))
    acknowledged = folder / "acknowledged"
    number = len(acknowledged.read_text().split()) if acknowledged.exists() else 0
    while not (folder / "enough").exists():
        _book(number)
        with acknowledged.open("a") as file:
            file.write(f"{number}\n")
        number += 1
        await asyncio.sleep(random.uniform(0, MOST_PAUSE))
    while _waiting():
        await asyncio.sleep(0.05)
    worker.cancel()
    (folder / "finished").touch()


def main() -> None:
    """Forks until its parent is gone or everything is done."""
    engine().dispose()
    parent = os.getppid()
    while os.getppid() == parent and not (settings().var / "finished").exists():
        child = os.fork()
        if child == 0:
            engine.cache_clear()
            asyncio.run(_work())
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
