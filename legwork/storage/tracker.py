"""Rasa's tracker store on Legwork's database, with live trackers kept in memory.

Rasa's own store reads and parses the whole conversation on each message and counts its rows on each save; that is half of a
message's time, and it grows with the conversation. This one keeps the trackers of the conversations in progress and appends
new events only. Another process may have gone on with a conversation, so the cache is checked against the newest stored event.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from legwork.storage.engine import engine

LIVE = 500
"""Conversations kept in memory, about 60 kB each."""


class TrackerStore(SQLTrackerStore):
    """(see the module's docstring)"""

    def __init__(self, domain: Domain | None = None, event_broker: EventBroker | None = None, **kwargs: Any) -> None:
        """Uses the engine of this process; what `endpoints.yml` says beside the class name is not needed."""
        # Rasa's constructor would open a second engine; the one above it does the rest.
        self.engine = engine()
        self.Base.metadata.create_all(self.engine)
        self.sessionmaker = sa.orm.session.sessionmaker(bind=self.engine)
        super(SQLTrackerStore, self).__init__(domain, event_broker)
        self._live: OrderedDict[str, tuple[DialogueStateTracker, int, int]] = OrderedDict()  # tracker, saved events, newest row

    def _newest(self, sender_id: str) -> int:
        with self.engine.connect() as connection:
            query = sa.select(sa.func.max(self.SQLEvent.id)).where(self.SQLEvent.sender_id == sender_id)
            return connection.execute(query).scalar() or 0

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """(see parent class for full docstring)"""
        newest = self._newest(sender_id)
        live = self._live.get(sender_id)
        if live and live[2] == newest:
            self._live.move_to_end(sender_id)
            return live[0]
        tracker = await super().retrieve(sender_id)
        if tracker is not None:
            self._keep(tracker, newest)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Appends the events that were not stored yet."""
        await self.stream_events(tracker)
        live = self._live.get(tracker.sender_id)
        if live is None or live[0] is not tracker:
            saved = 0 if not self._newest(tracker.sender_id) else len(await self._stored_events(tracker.sender_id))
        else:
            saved = live[1]
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
        if rows:
            with self.engine.begin() as connection:
                connection.execute(self.SQLEvent.__table__.insert(), rows)
        self._keep(tracker, self._newest(tracker.sender_id))

    async def _stored_events(self, sender_id: str) -> list[Any]:
        stored = await super().retrieve(sender_id)
        return list(stored.events) if stored else []

    def _keep(self, tracker: DialogueStateTracker, newest: int) -> None:
        self._live[tracker.sender_id] = (tracker, len(tracker.events), newest)
        self._live.move_to_end(tracker.sender_id)
        while len(self._live) > LIVE:
            self._live.popitem(last=False)

    def drop(self, sender_id: str) -> None:
        """Forgets the live tracker: after a turn that failed, what is stored counts."""
        self._live.pop(sender_id, None)

    async def delete(self, sender_id: str) -> None:
        """Removes the whole conversation."""
        self.drop(sender_id)
        with self.engine.begin() as connection:
            events = self.SQLEvent.__table__
            connection.execute(events.delete().where(events.c.sender_id == sender_id))
