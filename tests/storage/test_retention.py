"""Old conversations and health codes go by themselves, once, whichever process does it."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from legwork import questions
from legwork.errors import NotFound
from legwork.settings import forget, settings
from legwork.storage import conversations, leases, reach, retention, safety, schema
from legwork.storage.engine import engine

DAYS = 90


def rows(table: sa.Table) -> list:
    """All rows of a table."""
    with engine().connect() as connection:
        return list(connection.execute(sa.select(table)).mappings())


def later(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    """Moves the clock on."""
    monkeypatch.setenv("LEGWORK_CLOCK", (settings().now() + dt.timedelta(days=days)).isoformat())
    forget()


def talk(key: str) -> str:
    """A conversation with everything in it."""
    mine = conversations.open_conversation("sms", key, "sealed").id
    number, _, _ = conversations.receive("sms", f"{mine}:1", mine, {"text": "my calf"})
    conversations.add(mine, "client", [{"topic": None, "text": "my calf", "quick_replies": []}], number)
    safety.record(mine, "doctor", "dvt")
    questions.ask(mine, "sms", None, "my calf?", None)
    return mine


def booking(code: str, conversation: str, end: dt.datetime) -> None:
    """A confirmed appointment with health codes."""
    row = {
        "id": code,
        "key": code,
        "conversation": conversation,
        "channel": "sms",
        "status": "confirmed",
        "areas": ["calves"],
        "windows": [],
    }
    row |= {"timezone": "UTC", "name": "Dana", "notes": ["dvt"], "reasons": ["because"], "created": settings().now()}
    with engine().begin() as connection:
        connection.execute(schema.bookings.insert().values({**row, "start": end - dt.timedelta(hours=1), "end": end}))


def test_what_is_older_goes_and_what_is_younger_stays(both: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the set days nothing that was said or heard is left; a conversation of yesterday is whole."""
    old = talk("old")
    booking("past", old, settings().now() + dt.timedelta(days=1))
    later(monkeypatch, DAYS)
    young = talk("young")
    booking("next", young, settings().now() + dt.timedelta(days=9))
    later(monkeypatch, 2)

    assert retention.expire(DAYS) == 1
    for table in (schema.messages, schema.inbox, schema.questions, schema.safety_events):
        assert {row["conversation"] for row in rows(table)} == {young}, table.name
    assert {row["id"]: (row["areas"], row["notes"]) for row in rows(schema.bookings)}["next"] == (["calves"], ["dvt"])
    assert reach.of(old).recipient is None and reach.of(young).recipient == "sealed"
    assert retention.expire(DAYS) == 0


def test_an_appointment_to_come_outlives_its_conversation(both: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jessica still expects the client; its health codes go when it is as old as all else."""
    mine = talk("mine")
    booking("next", mine, settings().now() + dt.timedelta(days=120))
    later(monkeypatch, DAYS + 1)
    retention.expire(DAYS)
    assert rows(schema.bookings)[0]["areas"] == ["calves"]

    later(monkeypatch, 120)
    retention.expire(DAYS)
    assert [(row["areas"], row["notes"], row["reasons"]) for row in rows(schema.bookings)] == [([], [], [])]


def test_an_opt_out_holds_for_ever(both: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The empty row of a conversation goes in the end, but not that of somebody who wants no more messages."""
    for key in ("gone", "stopped"):
        talk(key)
    reach.opt_out(conversations.find(key="stopped").id)
    for _ in range(3):
        later(monkeypatch, DAYS + 1)
        retention.expire(DAYS)

    assert reach.of(conversations.find(key="stopped").id).opted_out is not None
    with pytest.raises(NotFound):
        conversations.find(key="gone")


def test_many_are_done_in_small_steps(both: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No transaction holds more than a handful, and all are done."""
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    for number in range(10):
        talk(str(number))
    later(monkeypatch, DAYS + 1)

    assert retention.expire(DAYS) == 10 and rows(schema.messages) == []


def test_one_of_many_takes_the_work(both: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ten that want it at once one gets it; after its time it is free, and a clock that was wrong holds it up for no longer."""
    engine()
    with ThreadPoolExecutor(10) as pool:
        got = list(pool.map(lambda _: leases.take("work", dt.timedelta(hours=1)), range(10)))
    assert got.count(True) == 1 and not leases.take("work", dt.timedelta(hours=1))

    later(monkeypatch, 1)
    assert leases.take("work", dt.timedelta(hours=1))
    later(monkeypatch, -30)
    assert leases.take("work", dt.timedelta(hours=1))
