"""The practice's diary as it stands: her facts, what is booked here, and what her own calendar's feed says."""

from __future__ import annotations

import datetime as dt
import logging
import os
import time
from collections.abc import Iterable

import httpx

from legwork import private
from legwork.bookings import busy, slots
from legwork.bookings.diary import Diary, public_holidays
from legwork.bookings.when import Window
from legwork.practice import Practice
from legwork.settings import practice, settings

logger = logging.getLogger(__name__)

FRESH = dt.timedelta(minutes=5)
"""A copy of her calendar that is younger is used as it is."""

FETCH_SECONDS = 2.0
REST_SECONDS = 60.0
"""A feed that couldn't be fetched is left alone for so long: no client waits for it again."""

MOST_BYTES = 5_000_000
_tried = 0.0


def diary(owner: Practice, now: dt.datetime, taken: Iterable[Window]) -> Diary:
    """The diary of this owner.

    Args:
        owner: her facts.
        now: aware, in her zone.
        taken: (start, end) of everything that she has already.
    """
    lengths: dict[str, set[int]] = {}
    for session in owner.sessions:
        lengths.setdefault(session.type.value, set()).add(session.minutes)
    rules = owner.booking
    return Diary(
        hours=owner.weekly_hours(),
        exceptions=dict.fromkeys(rules.closed, ()),
        holidays=() if rules.open_on_holidays else public_holidays({now.year, now.year + 1, now.year + 2}),
        lengths=lengths,
        buffer=dt.timedelta(minutes=rules.buffer_minutes),
        notice=dt.timedelta(hours=rules.notice_hours),
        horizon=dt.timedelta(days=rules.horizon_days),
        busy=taken,
    )


def current(conversation: str | None = None) -> tuple[Diary, dt.timedelta | None]:
    """The diary now, and how old the copy of her own calendar is; None where she has none or it is fresh.

    Args:
        conversation: whose own hold is in nobody's way.
    """
    owner, now = practice(), settings().now().astimezone(practice().zone)
    until = now + dt.timedelta(days=owner.booking.horizon_days + 1)
    taken = slots.busy(now, until, but=conversation)
    copy, age = _copy()
    if copy is not None:
        taken += busy.parse(copy, now, until)
    return diary(owner, now, taken), age


async def refresh() -> None:
    """Fetches her calendar's feed when the copy is no longer fresh. A feed that can't be had leaves the copy as it is."""
    global _tried
    url = practice().booking.busy_feed
    path = settings().var / "busy.ics"
    if url is None or (path.exists() and time.time() - path.stat().st_mtime < FRESH.total_seconds()):
        return
    if time.monotonic() - _tried < REST_SECONDS and _tried:
        return
    _tried = time.monotonic()
    try:
        # Secret addresses redirect within their provider; her calendar's host is the owner's own choice.
        async with httpx.AsyncClient(timeout=FETCH_SECONDS, follow_redirects=True, trust_env=False) as client:
            answer = await client.get(str(url))
        answer.raise_for_status()
        now = settings().now().astimezone(practice().zone)
        if len(answer.content) > MOST_BYTES:
            raise ValueError("it is too large")
        busy.parse(answer.text, now, now + dt.timedelta(days=1))  # half a download must not replace a good copy
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        logger.warning("agenda.feed.failed error=%s", type(error).__name__)
        return
    draft = path.with_suffix(f".{os.getpid()}")
    private.make_file(draft)
    draft.write_text(answer.text, encoding="utf-8")
    draft.replace(path)
    _tried = 0.0


def _copy() -> tuple[str | None, dt.timedelta | None]:
    path = settings().var / "busy.ics"
    if practice().booking.busy_feed is None or not path.exists():
        return None, None
    age = dt.timedelta(seconds=max(0.0, time.time() - path.stat().st_mtime))
    return path.read_text(encoding="utf-8"), age if age > 2 * FRESH else None
