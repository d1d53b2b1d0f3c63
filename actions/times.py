"""Live times: once the wish is known, what is open is offered, and the one that is taken is kept while the rest is asked.

A way of booking that shows no live times leaves the wish as it is, for Jessica to confirm.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from actions.turn import Turn, reply
from legwork.bookings import agenda, providers, store, when
from legwork.bookings.diary import spread
from legwork.bookings.model import Taken
from legwork.bookings.when import Window, say
from legwork.settings import practice, settings

SLOT = "booking_start"
WISH = "wish"
"""Value of the slot where no time was taken and Jessica gets the wish."""

LIVE = ("calendar", "calcom")
"""Ways of booking that show what is open."""

CHIPS = 3
"""So many times are quick replies; more stand in a card, which only the web has."""

_FIRST = re.compile(
    r"\b(?:any(?: of (?:them|these|those))?|either|whichever|the first|earliest|soonest|whatever|don'?t (?:care|mind))\b"
)


def chain() -> providers.Chain:
    """The way of booking that practice.yml asks for."""
    return providers.choose(practice(), settings())


def wished(draft: dict[str, Any]) -> list[Window]:
    """The draft's windows as moments."""
    return [(dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end)) for start, end in draft.get("windows") or []]


def minutes(draft: dict[str, Any]) -> int:
    """The session's length, or the usual one."""
    return draft.get("minutes") or store.USUAL_MINUTES


def slot(draft: dict[str, Any]) -> str | None:
    """What the form's slot holds: a start, the word that there is none, or None while times are on offer."""
    if draft.get("start"):
        return str(draft["start"])
    return WISH if draft.get("windows") and not draft.get("offer") else None


_BARE_DAY = re.compile(r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?|s)?\b|\bweekends?\b", re.IGNORECASE)
_SAYS_WHICH = re.compile(
    r"\b(?:this|next|coming|following|today|tomorrow|tonight|weeks?|months?|soon(?:er|est)?|earli(?:er|est)|asap|after|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)\w*\b"
    r"|\d(?:st|nd|rd|th)\b|\d[/-]\d",
    re.IGNORECASE,
)
"""Which of all Fridays is meant."""

MOVED_BY = dt.timedelta(days=3)
"""A day of the week that is named alone lies at most so far from the appointment that is moved to it."""


def counted_from(text: str, appointment: dt.datetime) -> dt.datetime:
    """The moment from which the days in a text that moves an appointment are counted: a lone "Saturday" is the one beside it."""
    if not _BARE_DAY.search(text) or _SAYS_WHICH.search(text):
        return _now()
    beside = appointment.astimezone(practice().zone) - MOVED_BY
    return max(_now(), beside.replace(hour=0, minute=0, second=0, microsecond=0))


def drop(draft: dict[str, Any]) -> None:
    """Forgets what was open for an earlier wish."""
    for key in ("start", "offer", "looked"):
        draft.pop(key, None)


async def look(turn: Turn, draft: dict[str, Any]) -> None:
    """Brings the draft's open times up to date with its wish; an exact time that is open is taken and kept."""
    live = practice().booking.provider in LIVE
    if draft.get("windows") and not live:
        tell_closed(turn, draft)
    if not draft.get("windows") or not draft.get("session_said"):
        drop(draft)
        return
    key = [draft["windows"], minutes(draft)]
    if draft.get("looked") == key:
        return
    drop(draft)
    draft["looked"] = key
    windows = wished(draft)
    offer = await chain().times(windows, minutes(draft), turn.conversation)
    if offer is None:
        tell_closed(turn, draft)
        return
    if not offer.times:
        turn.say("utter_times/none", topic="booking")
    elif offer.fits and offer.times == [windows[0][0]] == [windows[-1][1]] and await _kept(turn, draft, offer.times[0]):
        draft["start"] = offer.times[0].isoformat()
    else:
        age = round(offer.age.total_seconds() / 60) if offer.age else None
        draft["offer"] = {"times": [at.isoformat() for at in offer.times], "fits": offer.fits, "age": age}


def tell_closed(turn: Turn, draft: dict[str, Any]) -> None:
    """Says once of a wish that it lies outside her usual hours."""
    if not practice().hours or draft.get("closed") == draft["windows"]:
        return
    windows = wished(draft)
    if agenda.diary(practice(), _now(), ()).closed(windows):
        turn.say("utter_times/closed", topic="booking", wish=say.windows(tuple(windows), _now()))
        draft["closed"] = draft["windows"]


async def _kept(turn: Turn, draft: dict[str, Any], start: dt.datetime) -> bool:
    """Whether the time is this client's now."""
    try:
        until = await chain().hold(turn.conversation, start, minutes(draft))
    except Taken:
        return False
    said = say.windows(((start, start),), _now())
    turn.say("utter_time_kept" if until else "utter_time_open", topic="booking", wish=said)
    return True


def take(turn: Turn, draft: dict[str, Any], value: str | None) -> bool:
    """Reads an answer to the times on offer; False when it names none of them, but maybe another wish.

    Args:
        turn: the turn.
        draft: narrowed to what was taken.
        value: yes, no, a quick reply's value, or None.
    """
    offer = draft.get("offer") or {"times": []}
    times = [dt.datetime.fromisoformat(at) for at in offer["times"]]
    # On the web nothing is numbered: a typed "5" is an hour, and not the fifth quick reply.
    digit = turn.channel == "web" and turn.text.strip().isdigit()
    named = _named(turn, times) if digit or turn.intent != "choose" else []
    if digit and named:
        value = None
    if value == WISH:
        draft.pop("offer", None)
        return True
    if value == "no" and not named:
        for key in ("windows", "when_said", "when_asked"):
            draft.pop(key, None)
        return turn.intent == "choose"  # "none of these, what about wednesday" goes on
    named = named or _tapped(turn, value)
    if not named and ((value == "yes" and len(times) == 1) or (turn.intent == "answer" and _FIRST.search(turn.text.lower()))):
        named = times[:1]
    if len(named) != 1 and (not named or offer["fits"]):
        return False
    draft["windows"] = [[at.isoformat()] * 2 for at in named]
    draft["when_said"] = say.windows(tuple((at, at) for at in named), _now())
    return True


def _tapped(turn: Turn, value: str | None) -> list[dt.datetime]:
    """The time of a tapped quick reply, an older one's too: whether it is still open is looked up."""
    try:
        return [dt.datetime.fromisoformat(value or "")] if turn.intent == "choose" else []
    except ValueError:
        return []


def _named(turn: Turn, times: list[dt.datetime]) -> list[dt.datetime]:
    """Those of the offered times that the client's words name."""
    if not times:
        return []
    offered = when.Reading("windows", tuple((at, at) for at in times))
    reading = when.read(turn.text, _now(), before=offered)
    return [at for at in times if any(start <= at <= end for start, end in reading.windows)]


def ask(turn: Turn, draft: dict[str, Any]) -> None:
    """Offers the open times: few as quick replies, many in a card by their days."""
    offer = draft["offer"]
    times = [dt.datetime.fromisoformat(at) for at in offer["times"]]
    if offer["age"]:
        turn.say("utter_times/copy", topic="booking", age=_age(offer["age"]))
    chips = spread(times, CHIPS)
    rows = [
        {"label": f"{at:%A, %B} {at.day}", "value": _clock(at), "payload": reply("", at.isoformat(), SLOT)["payload"]}
        for at in times
    ]
    many = turn.channel == "web" and len(times) > CHIPS
    turn.say(
        "utter_times/open" if offer["fits"] else "utter_times/nearest",
        topic="booking",
        buttons=[
            *(reply(title(at), at.isoformat(), SLOT) for at in chips),
            reply("Another time", "no", SLOT),
            reply("Ask Jessica", WISH, SLOT),
        ],
        **({"card": {"kind": "times", "rows": rows}} if many else {}),
    )


def title(at: dt.datetime) -> str:
    """`Tue Dec 1, 5:15 pm`: at most 20 characters, which is what Messenger shows."""
    return f"{at:%a %b} {at.day}, {_clock(at)}"


def _clock(at: dt.datetime) -> str:
    if (at.hour, at.minute) == (12, 0):
        return "noon"
    return f"{at.hour % 12 or 12}{f':{at.minute:02}' if at.minute else ''} {'am' if at.hour < 12 else 'pm'}"


def _age(minutes: int) -> str:
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"


def _now() -> dt.datetime:
    return settings().now().astimezone(practice().zone)
