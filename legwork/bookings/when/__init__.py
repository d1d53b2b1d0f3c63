"""Times as people say them: `read("next tues after work, or sat morning", now)`.

The grammar is our own, over tokens, because the conventions are (a bare 5 is 5 pm, a bare 7 is asked about, "next
tuesday" is the one of the next Monday-to-Sunday week); no library for dates reads them so.

    text → tokens (noise blanked, slips mended) → sentence (items: days, times, joiners)
         → wishes (which time goes with which day, what is excluded) → windows → say

Nothing here knows the practice's hours: they are the diary's matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from legwork.bookings.when import say
from legwork.bookings.when.before import carry_over, days
from legwork.bookings.when.line import Line, Sight
from legwork.bookings.when.reading import REASONS, Kind, Reading, Window
from legwork.bookings.when.rest import rest
from legwork.bookings.when.sentence import items
from legwork.bookings.when.tokens import NUMERIC, tokens
from legwork.bookings.when.windows import UnansweredError, windows
from legwork.bookings.when.wishes import Outcome, compose

__all__ = ["REASONS", "Kind", "Reading", "Window", "read"]

MOST_TOKENS, MOST_NUMBERS = 350, 36
"""More words and signs, or numbers, tell no time. All patterns are tried at each of them, which takes near half a millisecond."""

_REFUSALS = {reason for reason, meaning in REASONS.items() if meaning.startswith("refuse")}


def read(
    text: str,
    now: datetime,
    *,
    known_dates: Mapping[str, date] | None = None,
    before: Reading | None = None,
) -> Reading:
    """Read when a client would like to come.

    Args:
        text: what the client wrote; the first 1,000 characters are read, and a list of numbers is no time.
        now: the moment of the message, aware, in the practice's zone.
        known_dates: race → its date, for "the week after the marathon".
        before: the reading that this text answers or corrects ("no, the 13th", "same day but later", "pm").

    Returns:
        Windows for the start of the session, or what must be asked or refused; see `Reading`.

    Raises:
        ValueError: `now` has no zone.
    """
    if now.tzinfo is None:
        raise ValueError(f"`now` must be an aware datetime in the practice's zone, but {now!r} has no tzinfo.")
    held = before.windows if before else ()
    earlier = _understood(before, now) if before else None
    events = {name.lower(): day for name, day in (known_dates or {}).items()}
    line = Line(tokens(text))
    if len(line.tokens) > MOST_TOKENS or sum(token.kind in NUMERIC for token in line.tokens) > MOST_NUMBERS:
        return Reading("ask", reason="nothing", rest=text.strip())
    found = items(line, Sight(now, events, days(earlier, held)))
    outcome = compose(found)
    unused = rest(text, line, found)
    if outcome.empty:
        return Reading("ask", reason="nothing", rest=unused)
    if before:
        carry_over(outcome, earlier, held, now)
    try:
        result = say.sayable(windows(outcome, now, held), now)
    except UnansweredError as open_:
        kind: Kind = "refuse" if open_.reason in _REFUSALS else "ask"
        return Reading(kind, reason=open_.reason, rest=unused, said=say.heard(outcome, now))
    return Reading("windows", result, rest=unused, said=say.windows(result, now))


def _understood(before: Reading, now: datetime) -> Outcome | None:
    """What is known when something was asked; of a time that was refused as night its day is."""
    if before.kind != "ask" and before.reason != "night":
        return None
    outcome = compose(items(Line(tokens(before.said)), Sight(now)))
    if before.reason == "night":
        for wish in outcome.wishes:
            wish.times = []
    return outcome
