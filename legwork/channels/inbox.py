"""One inbox for Messenger and the phone: verified, then stored, then acknowledged, then answered.

A door (`SmsChannel`, `MessengerChannel`) verifies and reads its provider's webhooks; everything after that is the same.
Each message of the provider is stored once. Messages of one conversation are answered in their order, those that follow
each other within two seconds as one. The answer is stored together with its way out (`legwork.storage.replies`), so that
a process that dies loses neither.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Protocol

from legwork import questions, withheld
from legwork.channels import arrivals, consent, first_words, listening, recipients
from legwork.channels.arrivals import Arrival, Item, Line
from legwork.channels.delivery import Delivery
from legwork.channels.pumping import Pumping
from legwork.channels.turns import Heard, Turns
from legwork.channels.wording import say
from legwork.settings import settings
from legwork.storage import backlog, conversations, reach, replies, safety
from legwork.storage.engine import engine
from legwork.storage.replies import Row

logger = logging.getLogger(__name__)

OTHERS_SECONDS = 60.0
"""What another process took in and didn't answer within this time, this one answers."""

CLOSE_SECONDS = 5.0

SENT = {"picture": "a picture, recording or file", "place": "a location"}
"""What can't be read, as Jessica is told of it."""


class Door(Protocol):
    """What a channel adds."""

    carrier: bool
    """Whether a carrier listens for STOP and HELP too."""

    def offered(self, conversation: str, payload: str) -> bool:
        """Whether the client may send this payload."""

    def shape(self, channel: str, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The provider's messages, in order."""


class Inbox:
    """The inbox of one door."""

    def __init__(self, door: Door, channels: Sequence[str], turns: Turns, delivery: Delivery) -> None:
        """Starts with nobody waiting."""
        self._door, self._channels, self._turns, self._delivery = door, tuple(channels), turns, delivery
        self._lines: dict[str, Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._pumping = Pumping(door.carrier)

    def take(self, arrival: Arrival) -> Item | None:
        """Stores a message; None when it was stored before, or when its sender sends far too much."""
        key = recipients.key_of(arrival.channel, arrival.sender)
        found = conversations.open_conversation(arrival.channel, key, recipients.seal(arrival.sender))
        if found.deleted:
            reach.revive(found.id, recipients.seal(arrival.sender))
        if not self._pumping.may_speak(found.id, arrival):
            return None
        payload = arrival.payload if arrival.payload and self._door.offered(found.id, arrival.payload) else None
        # A refusal written around a tapped button's title is none; only what was written can be one.
        opted_out = reach.of(found.id).opted_out is not None
        wish = arrival.wish or (None if payload else consent.read(arrival.text, carrier=self._door.carrier, opted_out=opted_out))
        content = {
            "text": withheld.hide(arrival.text),
            "payload": payload,
            "kind": arrival.kind,
            "wish": wish,
            "answered": arrival.answered,
        }
        number, new, _ = conversations.receive(arrival.channel, arrival.provider_id, found.id, content)
        return Item(number, arrival.channel, found.id, content) if new else None

    def push(self, item: Item, waited: bool = False) -> None:
        """Queues a stored message for its answer; `waited` when it came long ago."""
        if item.content["wish"] == "stop":
            # At once: what is still being thought about must not be sent any more.
            reach.opt_out(item.conversation)
        elif item.content["wish"] == "start":
            reach.opt_in(item.conversation)
        line = self._lines.get(item.conversation)
        before = "\n".join(each.content["text"] for each in line.items) if line else None
        item.at = asyncio.get_running_loop().time() - (arrivals.MOST_QUIET_SECONDS if waited else 0)
        item.again = waited
        item.urgent = listening.is_emergency(item.content["text"], before)
        if line is None:
            line = self._lines[item.conversation] = Line()
            self._start(self._work(item.conversation, line))
        line.items.append(item)
        line.news.set()

    async def run(self) -> None:
        """Answers what another process, or this one before it died, acknowledged and didn't answer."""
        alone = settings().alone
        self._recover(0 if alone else OTHERS_SECONDS)
        while not alone:
            await asyncio.sleep(OTHERS_SECONDS / 2)
            self._recover(OTHERS_SECONDS)

    async def close(self) -> None:
        """Lets what is being answered come to its end; what isn't by then waits for the next start."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _recover(self, seconds: float) -> None:
        mine = {item.inbox_id for line in self._lines.values() for item in line.items}
        for row in backlog.unanswered(self._channels, settings().now() - timedelta(seconds=seconds)):
            if row[0] not in mine:
                self.push(Item(*row), waited=True)

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, conversation: str, line: Line) -> None:
        """Answers the messages of one conversation until none is left."""
        try:
            while line.items:
                await self._until_quiet(line)
                burst = self._as_before(conversation, line.burst())
                try:
                    await self._answer(conversation, burst)
                except Exception as error:
                    # Nothing may stop the line; what was not stored as answered is found at the next start.
                    logger.error(
                        "inbox.failed conversation=%s error=%s",
                        conversation,
                        type(error).__name__,
                        exc_info=logger.isEnabledFor(logging.DEBUG),
                    )
                finally:
                    for item in burst:
                        line.items.popleft()
                        item.release([])
        finally:
            self._lines.pop(conversation, None)

    async def _until_quiet(self, line: Line) -> None:
        """Waits until the burst at the head of the line is over."""
        loop = asyncio.get_running_loop()
        while True:
            burst = line.burst()
            if len(burst) < len(line.items) or burst[-1].alone or any(item.urgent for item in burst):
                return
            wait = min(burst[-1].at + arrivals.QUIET_SECONDS, burst[0].at + arrivals.MOST_QUIET_SECONDS) - loop.time()
            if wait <= 0:
                return
            line.news.clear()
            try:
                await asyncio.wait_for(line.news.wait(), wait)
            except asyncio.TimeoutError:
                return

    def _as_before(self, conversation: str, burst: list[Item]) -> list[Item]:
        """The burst as far as a process that died had its turn; what came after that is answered by itself."""
        had = [place for place, item in enumerate(burst, 1) if item.again and self._turns.had_turn(conversation, item.inbox_id)]
        return burst[: had[-1]] if had else burst

    async def _answer(self, conversation: str, burst: list[Item]) -> None:
        *superseded, last = burst
        for item in superseded:
            item.release([])
        async with self._turns.in_order(conversation):
            # What the client took back meanwhile is neither answered nor kept.
            now = backlog.contents([item.inbox_id for item in burst])
            for item in burst:
                item.content = now.get(item.inbox_id, item.content)
            bodies = await self._bodies(conversation, burst)
            rows = await self._commit(conversation, burst, bodies)
        if rows and not last.release(rows):
            await self._delivery.send(rows)

    async def _bodies(self, conversation: str, burst: list[Item]) -> list[dict[str, Any]]:
        heard = [item for item in burst if item.content["kind"] != "overheard"] or burst
        last = heard[-1].content
        text = "\n".join(item.content["text"] for item in burst if item.content["text"])
        found = reach.of(conversation)
        if found.opted_out or last["wish"] == "stop":
            for finding in listening.signs(text):
                safety.record(conversation, finding.level, finding.sign)
            if last["wish"] == "stop":
                await self._turns.pause(conversation)
            return []
        if last["kind"] == "overheard":
            return []
        if found.human and not listening.is_emergency(text):
            if heard[-1].channel != "messenger" and text:  # there she reads along in her page's inbox
                questions.ask(conversation, heard[-1].channel, None, text, None)
            return []
        bodies = await self._said(heard[-1], text)
        return first_words.with_intro(burst[-1].channel, conversation, bodies) if bodies else []

    async def _said(self, item: Item, text: str) -> list[dict[str, Any]]:
        conversation, channel, last = item.conversation, item.channel, item.content
        if last["wish"]:
            return [] if last["answered"] else [first_words.about_texting(channel, last["wish"])]
        if last["kind"] == "welcome":
            return [first_words.welcome()]
        if last["kind"] == "back":
            return [first_words.intro(channel)]
        if last["kind"] in SENT:
            questions.ask(
                conversation, channel, None, f"The client sent {SENT[last['kind']]}, which is not kept. {text}".strip(), None
            )
            if not text:
                return [say(f"utter_door/{last['kind']}")]
        heard = Heard(channel, conversation, item.inbox_id, listening.understood(text), last["payload"], again=item.again)
        bodies = await self._turns.run(heard, passed_on=last["kind"] in SENT)
        if last["kind"] in SENT and not any(body.get("level") in listening.STOPS for body in bodies):
            bodies.insert(0, say(f"utter_beside_words/{last['kind']}"))
        return bodies

    async def _commit(self, conversation: str, burst: list[Item], bodies: list[dict[str, Any]]) -> list[Row]:
        """Stores what was said and answered, and the answer's way out; nothing when another process was first."""
        channel, last = burst[-1].channel, burst[-1].inbox_id
        with engine().connect() as connection, connection.begin() as transaction:
            if not backlog.finish(connection, [item.inbox_id for item in burst]):
                transaction.rollback()
                return []
            for item in (each for each in burst if each.content["text"]):
                said = {"topic": None, "text": item.content["text"], "quick_replies": []}
                conversations.write(connection, conversation, "client", [said], item.inbox_id)
            conversations.write(connection, conversation, "legwork", bodies, last)
            return replies.put(connection, channel, conversation, last, self._door.shape(channel, bodies))
