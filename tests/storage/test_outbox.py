"""The outbox: what is put in goes out, whatever fails in between, and once as far as that can be."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from legwork import settings as settings_module
from legwork.bookings import mail
from legwork.settings import settings
from legwork.storage import outbox
from legwork.storage.engine import engine
from legwork.storage.schema import outbox as table
from tests.doubles.office import until, write_practice
from tests.doubles.smtp import Smtp


@pytest.fixture
def running_clock(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time passes."""
    monkeypatch.delenv("LEGWORK_CLOCK")
    settings_module.forget()


@pytest.fixture
def smtp(home: Path, running_clock: None, monkeypatch: pytest.MonkeyPatch):
    """A mail server that the settings name."""
    server = Smtp()
    monkeypatch.setenv("SMTP_URL", server.url)
    monkeypatch.setenv("LEGWORK_PRACTICE", str(write_practice(home)))
    settings_module.forget()
    yield server
    server.stop()


def put(key: str, channel: str = "test", content: dict | None = None) -> None:
    """Puts a message in."""
    with engine().begin() as connection:
        outbox.put(connection, key, channel, content or {"text": key})


def rows() -> list[sa.engine.Row]:
    """What stands in the outbox."""
    with engine().connect() as connection:
        return connection.execute(sa.select(table).order_by(table.c.id)).all()


def all_sent() -> bool:
    """Whether nothing waits."""
    return all(row.sent for row in rows())


class Worker:
    """A worker that runs while the test does."""

    def __init__(self, senders: dict, **how: object) -> None:
        """`how` goes to `outbox.run`."""
        self._work = {"lease": 5.0, "look": 0.02, "pauses": (0.05,), **how}
        self._senders = senders

    async def __aenter__(self) -> Worker:
        """Starts it."""
        self.task = asyncio.create_task(outbox.run(self._senders, **self._work))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stops it."""
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task


async def test_sends_in_order_and_keeps_nothing(running_clock):
    """Messages go out in the order they came, each once, and what they said is not kept afterwards."""
    sent = []

    async def send(message: outbox.Message) -> None:
        sent.append(message.content["text"])

    for number in range(20):
        put(f"m{number}")
    async with Worker({"test": send}):
        await until(all_sent)
    assert sent == [f"m{number}" for number in range(20)]
    assert all(row.content == {} for row in rows())


async def test_same_key_is_one_message(running_clock):
    """A message that is put in twice under its key stands once, as it was first."""
    put("same", content={"text": "first"})
    put("same", content={"text": "second"})
    assert [row.content for row in rows()] == [{"text": "first"}]


async def test_message_goes_with_its_change(running_clock):
    """A transaction that fails takes its message along."""
    with suppress(RuntimeError), engine().begin() as connection:
        outbox.put(connection, "gone", "test", {})
        raise RuntimeError
    assert rows() == []


async def test_failure_is_tried_again_with_growing_pauses(running_clock):
    """A sender that fails is asked again, later each time; what it said of the failure is a type and no text."""
    times = []

    async def send(message: outbox.Message) -> None:
        times.append(asyncio.get_running_loop().time())
        if message.attempts < 4:
            raise OSError("dana@client.example was refused")

    put("m")
    async with Worker({"test": send}, pauses=(0.1, 0.4, 0.9)):
        await until(lambda: len(times) == 2)
        assert rows()[0].error == "OSError"
        await until(all_sent)
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(pauses) == 3 and pauses[0] >= 0.1 and pauses[1] >= 0.4 and pauses[2] >= 0.9


async def test_undeliverable_is_given_up(running_clock):
    """What can't be delivered is kept as failed and not tried again; the next message goes out."""
    tried = Counter()

    async def send(message: outbox.Message) -> None:
        tried[message.key] += 1
        if message.key == "bad":
            raise outbox.Undeliverable("refused 550")

    put("bad")
    put("good")
    async with Worker({"test": send}):
        await until(lambda: tried["good"])
        await asyncio.sleep(0.2)
    assert tried["bad"] == 1
    assert [(bool(row.failed), row.error) for row in rows()] == [(True, "refused 550"), (False, None)]


async def test_week_old_trouble_is_given_up(home):
    """A message that could not be sent for a week is given up; one of six days is not."""

    async def send(message: outbox.Message) -> None:
        raise OSError

    put("m")
    for days, given_up in ((6, False), (8, True)):
        settings().clock = dt.datetime(2026, 11, 23, 15, tzinfo=dt.timezone.utc) + dt.timedelta(days=days)
        async with Worker({"test": send}):
            await until(lambda given_up=given_up: bool(rows()[0].failed) == given_up and rows()[0].attempts)
            await asyncio.sleep(0.05)
        assert bool(rows()[0].failed) == given_up


async def test_slow_sender_counts_as_failed(running_clock):
    """A sender that hangs is cut off before the lease ends, so that no other process sends beside it."""
    running = Counter()

    async def send(message: outbox.Message) -> None:
        running["now"] += 1
        running["most"] = max(running["most"], running["now"])
        try:
            if message.attempts == 1:
                await asyncio.sleep(30)
        finally:
            running["now"] -= 1

    put("m")
    async with Worker({"test": send}, lease=0.6), Worker({"test": send}, lease=0.6):
        await until(all_sent)
    assert running["most"] == 1
    assert rows()[0].attempts == 2


async def test_one_channel_waits_for_no_other(running_clock):
    """While one channel's sender hangs, another's messages go out."""
    sent = []

    async def hang(message: outbox.Message) -> None:
        await asyncio.sleep(30)

    async def send(message: outbox.Message) -> None:
        sent.append(message.key)

    put("slow", "slow")
    put("quick", "quick")
    async with Worker({"slow": hang, "quick": send}):
        await until(lambda: sent == ["quick"])


async def test_several_workers_send_each_message_once(running_clock):
    """Five workers on one outbox of sixty messages send each of them once."""
    sent = Counter()

    async def send(message: outbox.Message) -> None:
        await asyncio.sleep(0.001)
        sent[message.key] += 1

    for number in range(60):
        put(f"m{number}")
    workers = [Worker({"test": send}) for _ in range(5)]
    for worker in workers:
        await worker.__aenter__()
    await until(all_sent)
    for worker in workers:
        await worker.__aexit__()
    assert set(sent.values()) == {1} and len(sent) == 60


async def test_what_a_dead_process_held_is_sent(running_clock):
    """A message that a process took and never sent goes out when its lease has ended, and not before."""
    put("m")
    assert outbox.take("test", 0.5).key == "m"
    assert outbox.take("test", 0.5) is None
    sent = []

    async def send(message: outbox.Message) -> None:
        sent.append(message.attempts)

    async with Worker({"test": send}):
        await until(all_sent)
    assert sent == [2]


async def test_mail_waits_for_its_server(smtp):
    """While the mail server is down nothing is lost; when it is back, each mail arrives once."""
    smtp.stop()
    for number in range(3):
        put(f"mail{number}", "mail", mail.content("dana@client.example", f"Mail {number}", "Hello", "<p>Hello</p>"))
    async with Worker({"mail": mail.send}, pauses=(0.2,)):
        await until(lambda: all(row.attempts for row in rows()))
        smtp.start()
        await until(all_sent)
    assert sorted(str(each["Subject"]) for each in smtp.mails) == ["Mail 0", "Mail 1", "Mail 2"]


async def test_refused_mail_is_given_up_and_busy_one_is_not(smtp):
    """A server's 5xx is final; its 4xx means later."""
    smtp.answer = "451 try again later"
    put("mail", "mail", mail.content("dana@client.example", "Mail", "Hello", "<p>Hello</p>"))
    async with Worker({"mail": mail.send}, pauses=(0.1,)):
        await until(lambda: rows()[0].attempts > 1)
        assert rows()[0].failed is None
        smtp.answer = "554 no"
        await until(lambda: rows()[0].failed)
    assert rows()[0].error == "refused 554"


async def test_doubled_mail_has_the_same_id(smtp):
    """A mail that is sent again has the Message-ID of the first time, so that a mailbox may know it."""
    message = outbox.Message(
        1, "key", None, mail.content("dana@client.example", "Mail", "Hello", "<p>x</p>"), 1, settings().now()
    )
    await mail.send(message)
    await mail.send(message)
    first, second = smtp.mails
    assert first["Message-ID"] == second["Message-ID"] and first["Message-ID"]


@pytest.mark.parametrize("bad", ["Dana\r\nBcc: all@client.example", "Dana\nSubject: x"])
async def test_no_header_is_smuggled_in(smtp, bad):
    """A name or subject with line breaks adds no header."""
    content = mail.content("dana@client.example", bad, "Hello", "<p>x</p>", name=bad)
    await mail.send(outbox.Message(1, "key", None, content, 1, settings().now()))
    [arrived] = smtp.mails
    assert arrived["Bcc"] is None
    assert len(arrived.get_all("Subject")) == 1
