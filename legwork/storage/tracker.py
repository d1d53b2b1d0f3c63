"""Rasa's tracker store on Legwork's database, with live trackers kept in memory.

Rasa's own store reads and parses the whole conversation on each message and counts its rows on each save; that is half of a
message's time, and it grows with the conversation. This one keeps the trackers of the conversations in progress, short
(`legwork/storage/history.py`), and appends new events only. Another process may have gone on with a conversation, so what is kept is
checked against the newest stored event, and only what is newer is read.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Connection

from legwork import metrics
from legwork.storage import history
from legwork.storage.engine import engine, one_at_a_time

LIVE = 300
"""Conversations kept in memory, about 60 kB each; those whose turns run are never put out."""


_in_hand: ContextVar[str | None] = ContextVar("conversation whose turn runs here", default=None)
_all_in_hand: set[str] = set()
"""Conversations whose turns run in this process, one turn each."""


@contextmanager
def in_hand(sender_id: str) -> Iterator[None]:
    """While a turn runs whose tracker was just retrieved: nobody else goes on with it (`legwork/storage/order.py`), so none looks."""
    token = _in_hand.set(sender_id)
    _all_in_hand.add(sender_id)
    try:
        yield
    finally:
        _all_in_hand.discard(sender_id)
        _in_hand.reset(token)


class TrackerStore(SQLTrackerStore):
    """(see the module's docstring)"""

    def __init__(self, domain: Domain | None = None, event_broker: EventBroker | None = None, **kwargs: Any) -> None:
        """Uses the engine of this process; what `endpoints.yml` says beside the class name is not needed."""
        # Rasa's constructor would open a second engine; the one above it does the rest.
        self.engine = engine()
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
        super(SQLTrackerStore, self).__init__(domain, event_broker)
        self._rows = self.SQLEvent.__table__
        with self.engine.begin() as connection, one_at_a_time(connection):
            self.Base.metadata.create_all(connection)
            # Rasa's has the conversation only; PostgreSQL may then look for the newest event through everybody's.
            connection.execute(sa.text("CREATE INDEX IF NOT EXISTS ix_events_sender_id_id ON events (sender_id, id)"))
        # Built once: SQLAlchemy takes longer to put a statement together than SQLite to run it.
        mine = self._rows.c.sender_id == sa.bindparam("sender_id")
        self._newest_row = sa.select(sa.func.max(self._rows.c.id)).where(mine)
        self._live: OrderedDict[str, tuple[DialogueStateTracker, int, int]] = OrderedDict()  # tracker, saved events, newest row

    def _newest(self, connection: Connection, sender_id: str) -> int:
        return connection.execute(self._newest_row, {"sender_id": sender_id}).scalar() or 0

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """(see parent class for full docstring)"""
        live = self._live.get(sender_id)
        if live and _in_hand.get() == sender_id:
            return live[0]
        with metrics.part("read"):
            with self.engine.connect() as connection:
                newest = self._newest(connection, sender_id)
            if live and 0 < live[2] <= newest:
                if live[2] < newest:
                    self._catch_up(live[0], live[2])
                    return self._keep(live[0], newest)
                self._live.move_to_end(sender_id)
                return live[0]
            self.drop(sender_id)
            tracker = await super().retrieve(sender_id) if newest else None
            return tracker if tracker is None else self._keep(tracker, newest)

    def _catch_up(self, tracker: DialogueStateTracker, seen: int) -> None:
        """Applies what another process stored after the row `seen`."""
        e = self._rows.c
        query = sa.select(e.data).where((e.sender_id == tracker.sender_id) & (e.id > seen)).order_by(e.id)
        with self.engine.connect() as connection:
            for (data,) in connection.execute(query):
                event = Event.from_parameters(json.loads(data))
                if event is not None:
                    tracker.update(event, self.domain)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Appends the events that were not stored yet."""
        if not tracker.events:
            return  # Rasa saves a new conversation's once before its first event
        await self.stream_events(tracker)
        with metrics.part("save"):
            live = self._live.get(tracker.sender_id)
            saved = live[1] if live and live[0] is tracker else await self._stored(tracker.sender_id)
            rows = [
                {
                    "sender_id": tracker.sender_id,
                    "type_name": event.type_name,
                    "timestamp": event.timestamp,
                    "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
                    "action_name": data.get("name"),
                    "data": json.dumps(data),
                }
                for event in list(tracker.events)[saved:]
                for data in [event.as_dict()]
            ]
            with self.engine.begin() as connection:
                if rows:
                    connection.execute(self._rows.insert(), rows)
                newest = self._newest(connection, tracker.sender_id)
            self._keep(tracker, newest)

    async def _stored(self, sender_id: str) -> int:
        """How many events Rasa would read of this conversation."""
        with self.engine.connect() as connection:
            if not self._newest(connection, sender_id):
                return 0
        stored = await super().retrieve(sender_id)
        return len(stored.events) if stored else 0

    def _keep(self, tracker: DialogueStateTracker, newest: int) -> DialogueStateTracker:
        tracker = history.shorten(tracker, self.domain)
        self._live[tracker.sender_id] = (tracker, len(tracker.events), newest)
        self._live.move_to_end(tracker.sender_id)
        if (over := len(self._live) - LIVE) > 0:
            # A turn must save the tracker that it was given: what is stored of its conversation is longer, and wouldn't show what is new.
            quiet = (each for each in self._live if each not in _all_in_hand and each != tracker.sender_id)
            for each in list(islice(quiet, over)):
                del self._live[each]
        return tracker

    def uttered(self, sender_id: str, message_id: str) -> list[dict[str, Any]]:
        """What was uttered in the turn of this message; empty when it had none."""
        e = self._rows.c
        mine = (e.sender_id == sender_id) & e.type_name.in_((UserUttered.type_name, BotUttered.type_name))
        said: list[dict[str, Any]] | None = None
        with self.engine.connect() as connection:
            for (data,) in connection.execute(sa.select(e.data).where(mine).order_by(e.id)):
                event = json.loads(data)
                if event["event"] == UserUttered.type_name:
                    if said is not None:
                        break
                    said = [] if event.get("message_id") == message_id else None
                elif said is not None:
                    said.append(BotUttered(event["text"], event.get("data"), event.get("metadata")).message())
        return said or []

    def drop(self, sender_id: str) -> None:
        """Forgets the live tracker: after a turn that failed, what is stored counts."""
        self._live.pop(sender_id, None)

    async def delete(self, sender_id: str) -> None:
        """Removes the whole conversation."""
        self.drop(sender_id)
        with self.engine.begin() as connection:
            connection.execute(self._rows.delete().where(self._rows.c.sender_id == sender_id))
