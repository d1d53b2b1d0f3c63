"""One turn: an accepted message goes through Rasa, in its order, and its answer is stored.

Messages of one conversation wait in a queue of ours. Rasa's own lock polls once a second, and twenty messages at once would
take 19 s with it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import ActiveLoop, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from legwork import metrics, questions
from legwork.answers import first_text
from legwork.channels.listening import STOPS
from legwork.channels.rendering import Collector, body_of
from legwork.errors import Refused
from legwork.nlu.safety import stops
from legwork.nlu.safety.patterns import read, screen
from legwork.nlu.safety.responses import response_for
from legwork.settings import settings
from legwork.storage import backlog, conversations, safety
from legwork.storage.conversations import Conversation
from legwork.storage.engine import engine
from legwork.storage.order import Order
from legwork.storage.tracker import TrackerStore, in_hand

logger = logging.getLogger(__name__)

TURN_SECONDS = 10.0
"""A turn that takes longer gets a sentence, and its question goes to Jessica."""

CARRIED = ("asked", "requested_slot", "offers", "topic", "stopped", "circumstances", "language")
"""Slots that travel with the next message, so that it is understood from what was said before."""

NUMBERED = ("sms", "whatsapp")
"""Channels where choices stand as "1 … 2 …"."""

_LEADING_SLASHES = re.compile(r"^[/\s]+")
"""All kinds of blanks too: Rasa strips them, and a slash behind one would be a command after all."""


@dataclass(frozen=True)
class Heard:
    """A client's message whose turn it is.

    Attributes:
        channel: web, sms, whatsapp or messenger.
        conversation: its id.
        inbox_id: the message's row in the inbox.
        text: what the client wrote, or the title of what they tapped.
        payload: an offered payload, or None for text.
        own_id: what the client calls the message, where it is shown by that.
        again: whether it was received before.
    """

    channel: str
    conversation: str
    inbox_id: int
    text: str
    payload: str | None = None
    own_id: str | None = None
    again: bool = False


class Turns:
    """Runs turns, one at a time in each conversation."""

    def __init__(self, agent: Agent) -> None:
        """`agent` must be loaded, with Legwork's own tracker store."""
        self._agent = agent
        self._locks: dict[str, asyncio.Lock] = {}
        self._waiting: Counter[str] = Counter()
        self._running: set[asyncio.Task[Any]] = set()
        self._order = Order()

    @property
    def store(self) -> TrackerStore:
        """Where the trackers are kept."""
        return getattr(self._agent.tracker_store, "_tracker_store", self._agent.tracker_store)

    @asynccontextmanager
    async def in_order(self, conversation: str) -> AsyncIterator[None]:
        """Waits for the turns of this conversation that came before, here and in other processes; each in order of arrival."""
        lock = self._locks.setdefault(conversation, asyncio.Lock())
        self._waiting[conversation] += 1
        try:
            async with lock, self._order.turn(conversation):
                yield
        finally:
            self._waiting[conversation] -= 1
            if not self._waiting[conversation]:
                del self._waiting[conversation], self._locks[conversation]

    async def answer(self, heard: Heard) -> list[dict[str, Any]]:
        """Answers one message and returns the answer; the same message again gets the same answer.

        A client who hangs up doesn't stop the turn.

        Raises:
            Refused: 410 when the conversation was forgotten while the message waited.
        """
        turn = asyncio.create_task(self._answer(heard))
        self._running.add(turn)
        turn.add_done_callback(self._ended)
        return await asyncio.shield(turn)

    def _ended(self, turn: asyncio.Task[Any]) -> None:
        self._running.discard(turn)
        if not turn.cancelled():
            turn.exception()  # fetched here, for asyncio would log it with its text when nobody waits any more

    async def ended(self) -> None:
        """Waits until no turn runs, for as long as one may take; their clients still get the answers."""
        until = time.monotonic() + TURN_SECONDS
        while self._running and (left := until - time.monotonic()) > 0:
            await asyncio.wait(self._running, timeout=left)

    async def close(self) -> None:
        """Lets the turns that run come to their end, also those whose clients hung up, and gives back what orders them."""
        await self.ended()
        self._order.close()

    async def _answer(self, heard: Heard) -> list[dict[str, Any]]:
        conversation, inbox_id = heard.conversation, heard.inbox_id
        async with self.in_order(conversation):
            found = conversations.find(id=conversation)
            if found.deleted:
                raise Refused(410, "gone", "This conversation was forgotten. Start a new one.")
            if heard.again and (before := conversations.answer_to(inbox_id)):
                return before
            if jessica_speaks(found, heard.text):
                questions.ask(conversation, heard.channel, None, heard.text, None)
                bodies = sign_of_life(conversation)
            else:
                bodies = await self.run(heard)
            with engine().connect() as connection, connection.begin() as transaction:
                if not backlog.finish(connection, [inbox_id]):
                    # Another process was first: this one had lost its hold on the conversation.
                    transaction.rollback()
                    return conversations.answer_to(inbox_id)
                said: dict[str, Any] = {"topic": None, "text": heard.text, "quick_replies": []}
                if heard.own_id is not None:
                    said["id"] = heard.own_id
                conversations.write(connection, conversation, "client", [said], inbox_id)
                return conversations.write(connection, conversation, "legwork", bodies, inbox_id)

    async def run(self, heard: Heard, *, passed_on: bool = False) -> list[dict[str, Any]]:
        """One turn's answer as bodies, not stored yet; empty where silence is right. Must be called `in_order`.

        A turn that fails or takes too long is answered with a sentence, or with the advice for a warning sign in it, and its message
        goes to Jessica. A message that comes `again` may have had its turn in a process that died before it stored the answer; then
        it gets the same one. One that was `passed_on` to Jessica already need not be offered to her.
        """
        channel, conversation, message_id = heard.channel, heard.conversation, f"inbox-{heard.inbox_id}"
        if heard.again and (before := self.store.uttered(conversation, message_id)):
            return [body_of(uttered) for uttered in before]
        collector, failed, began = Collector(channel), False, time.perf_counter()
        try:
            message = UserMessage(
                # A leading slash is text here; only what we offered is a command.
                heard.payload or _LEADING_SLASHES.sub("", heard.text) or "?",
                collector,
                conversation,
                input_channel=channel,
                message_id=message_id,
                metadata=await self._context(conversation) | {"passed_on": passed_on, "numbered": channel in NUMBERED},
            )
            with in_hand(conversation):
                await asyncio.wait_for(self._agent.handle_message(message), TURN_SECONDS)
        except Exception as error:
            # The client's words must not stand in a log, and an exception's text may hold them.
            logger.error(
                "turn.failed conversation=%s error=%s",
                conversation,
                type(error).__name__,
                exc_info=logger.isEnabledFor(logging.DEBUG),
            )
            self.store.drop(conversation)
            failed = True
        # Rasa goes on without an action that couldn't be run.
        failed = failed or not (collector.bodies or collector.silent)
        note(channel, conversation, collector.bodies, failed, time.perf_counter() - began)
        if not failed:
            return collector.bodies
        questions.ask(conversation, channel, None, heard.text, None)
        return await self._advice(heard) or [*collector.bodies, plain("utter_failed")]

    async def _advice(self, heard: Heard) -> list[dict[str, Any]]:
        """What the dialogue, which failed, would have said to an emergency or a doctor's sign, and kept of it.

        Nobody may wait for that until it works again, or book past it.
        """
        reading = read(heard.text)
        found = next((finding for finding in reading.findings if finding.level in STOPS), None)
        if found is None:
            return []
        safety.record(heard.conversation, found.level, found.sign)
        try:
            tracker = await self.store.get_or_create_tracker(heard.conversation)
            before = tracker.get_slot("stopped") or {}
            await self._close(tracker, stopped=stops.stop(before, found.level, found.sign, (), settings().now()))
        except Exception as error:  # the tracker may be what failed; the advice is given all the same
            logger.error("stop.not_kept conversation=%s error=%s", heard.conversation, type(error).__name__)
        return [{**plain(response_for(found.level, found.sign, reading.language), "safety"), "level": found.level}]

    def had_turn(self, conversation: str, inbox_id: int) -> bool:
        """Whether a process that died ran the turn of this message."""
        return bool(self.store.uttered(conversation, f"inbox-{inbox_id}"))

    async def pause(self, conversation: str) -> None:
        """Closes the open question, so that nothing later is taken for its answer; what was said so far is kept."""
        tracker = await self.store.retrieve(conversation)
        if tracker is not None:
            await self._close(tracker)

    async def _close(self, tracker: DialogueStateTracker, **kept: Any) -> None:
        slots = dict.fromkeys(("requested_slot", "asked", "pending", "offers")) | kept
        for event in (ActiveLoop(None), *(SlotSet(slot, value) for slot, value in slots.items())):
            tracker.update(event, self.store.domain)
        await self.store.save(tracker)

    async def _context(self, conversation: str) -> dict[str, Any]:
        tracker = await self.store.retrieve(conversation)
        context: dict[str, Any] = {"previous": " ".join(conversations.said_lately(conversation, most=1))}
        if tracker is None:
            return context
        context |= {name: value for name in CARRIED if (value := tracker.get_slot(name))}
        return context


def note(channel: str, conversation: str, bodies: list[dict[str, Any]], failed: bool, seconds: float) -> None:
    """Counts a turn and logs it, without a word of it."""
    topics = {body["topic"] for body in bodies if body["topic"]}
    for topic in topics:
        metrics.TOPICS.labels(topic).inc()
    outcome = "failed" if failed else "answered" if bodies else "silent"
    metrics.TURNS.labels(channel, outcome).inc()
    metrics.TURN_SECONDS.labels(channel).observe(seconds)
    logger.info(
        "turn.done conversation=%s channel=%s outcome=%s topics=%s ms=%.1f",
        conversation,
        channel,
        outcome,
        ",".join(sorted(topics)) or "-",
        seconds * 1000,
    )


def plain(name: str, topic: str = "fallback") -> dict[str, Any]:
    """A response's first variant as a message's body, without a turn of Rasa's."""
    return {"topic": topic, "text": first_text(name), "quick_replies": []}


def jessica_speaks(conversation: Conversation, text: str) -> bool:
    """Whether Jessica has taken the conversation over, so that the bot is quiet; an emergency is answered all the same."""
    until = conversation.human_until
    if until is None or settings().now() >= until:
        return False
    return not any(finding.level == "emergency" for finding in screen(text))


SAID_FOR = dt.timedelta(days=1)
"""So long the client knows that Jessica answers herself; then it is said again."""


def sign_of_life(conversation: str) -> list[dict[str, Any]]:
    """One line for a client who writes while Jessica speaks herself; nothing once it was said."""
    line = plain("utter_jessica_herself", "person")
    since = settings().now() - SAID_FOR
    known = any(
        message["text"] == line["text"] and dt.datetime.fromisoformat(message["at"]) >= since
        for message in conversations.history(conversation)
    )
    return [] if known else [line]
