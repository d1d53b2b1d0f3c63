"""What is counted and timed of this process, as Prometheus reads it; never who, and never what was said."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

TURNS = Counter("legwork_turns", "Messages answered.", ["channel", "outcome"], registry=REGISTRY)
TURN_SECONDS = Histogram(
    "legwork_turn_seconds", "A whole turn, from the queue to the stored answer.", ["channel"], buckets=_SECONDS, registry=REGISTRY
)
PART_SECONDS = Histogram(
    "legwork_part_seconds",
    "A part of a turn: understand, decide, act, read, save, wait.",
    ["part"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
TOPICS = Counter(
    "legwork_topics", "Answers by topic; `fallback` and `clarify` are what was not understood.", ["topic"], registry=REGISTRY
)
SAFETY = Counter("legwork_safety", "Warning signs heard.", ["level", "sign"], registry=REGISTRY)
BOOKINGS = Counter("legwork_bookings", "What happened to bookings.", ["what", "who"], registry=REGISTRY)
PROVIDER_ERRORS = Counter("legwork_provider_errors", "Calls to a provider that failed.", ["provider", "what"], registry=REGISTRY)
LIMITED = Counter("legwork_limited", "Requests refused by a rate limit.", registry=REGISTRY)
WAITING = Gauge("legwork_outbox_waiting", "Messages that wait to be sent.", ["channel"], registry=REGISTRY)
AGE = Gauge("legwork_outbox_age_seconds", "Age of the oldest message that could be sent and was not.", registry=REGISTRY)
DATABASE = Gauge("legwork_database_up", "Whether the database answers.", registry=REGISTRY)


@contextmanager
def part(name: str) -> Iterator[None]:
    """Times a part of a turn."""
    began = time.perf_counter()
    try:
        yield
    finally:
        PART_SECONDS.labels(name).observe(time.perf_counter() - began)


def exposition() -> bytes:
    """Everything in Prometheus's text format; what waits in the database is counted now."""
    from legwork.storage import outbox

    try:
        waiting, oldest = outbox.waiting()
    except sa.exc.SQLAlchemyError:
        DATABASE.set(0)
    else:
        DATABASE.set(1)
        WAITING.clear()
        for channel, count in waiting.items():
            WAITING.labels(channel).set(count)
        AGE.set(oldest)
    return generate_latest(REGISTRY)
