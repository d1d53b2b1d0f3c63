"""Cuts a line into items: days, times, and the words that join, correct and exclude them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from legwork.bookings.when import anchors, phrases, relative, times
from legwork.bookings.when.clock import Time
from legwork.bookings.when.days import Days, Found
from legwork.bookings.when.line import Line, Sight
from legwork.bookings.when.vocabulary import WEEKDAYS

_LATE = {"morning": "late morning", "afternoon": "late afternoon", "evening": "late evening"}


@dataclass(frozen=True)
class Item:
    """A phrase of the line."""

    kind: str
    """days, time, word, drop, event or a kind of `phrases.read`."""
    start: int
    end: int
    """Indexes of its first token and of the one behind its last."""
    days: Days | None = None
    time: Time | None = None


def items(line: Line, sight: Sight) -> list[Item]:
    """Return the items of a line from left to right."""
    answering = bool(sight.held)
    sight, races = _races(line, sight)
    start = _moved_to(line, sight)
    found: list[Item] = [Item("word", n, n + 1) for n in range(start)]
    i = start
    while i < len(line.tokens):
        last = next((item for item in reversed(found[-2:]) if item.kind in ("days", "time")), None)
        new = races.get(i) or _items_at(line, i, sight, last, answering)
        found += new
        if new[0].time and new[0].time.clock:
            sight = replace(sight, timed=True)
        if new[0].days and new[0].days.dates:
            sight = replace(sight, held=new[0].days.dates)  # for "the week after" and "that day" later in the text
        i = max(new[-1].end, i + 1)
    return _without_weak(line, found, answering)


def _items_at(line: Line, i: int, sight: Sight, last: Item | None, answering: bool) -> list[Item]:
    """The items that begin at token `i`; one at least."""
    behind_day = last and last.kind == "days" and (last.end == i or (last.end == i - 1 and line.has(i - 1, ",")))
    if line.has(i, "am|pm") and behind_day and not line.has(i + 1, "i"):
        return [Item("time", i, i + 1, time=Time("part", part="morning" if line.has(i, "am") else "afternoon"))]
    if line.has(i, "but|except|besides") and _of_all(line, i, last) and anchors.single(line, i + 1, sight):
        return [Item("not", i, i + 1)]
    if sight.timed and line.has(i, "after that|then"):
        return [Item("word", i, i + 2)]  # "I get off at 5, so thursday after that": the time has been said
    split = _late_day(line, i, sight)
    if split:
        return split
    days = relative.read(line, i, sight)
    joined = phrases.read(line, i, after_time=last is not None and last.kind in ("days", "time"))
    if joined and joined[0] in ("behind", "drop", "or") and not days:
        return [Item(joined[0], i, joined[1])]
    if days and not (joined and joined[0] in ("fix",) and line.has(i, "no")):
        return _days(i, days)
    time = times.read(line, i)
    if (
        time
        and not (joined and joined[1] > time[1] and joined[0] in ("not", "asap") and time[0].kind != "after")
        and not (joined and joined[0] == "fix")
    ):
        return [Item("time", i, time[1], time=time[0])]
    first = all(line[n].kind == "mark" or line.text(n) in phrases.HUMS for n in range(i))
    corrects = (answering and first) or (last is not None and line[i - 1].kind == "mark")
    corrects |= i == 0 and line.has(i + 1, "the")
    if joined and corrects and line.has(i, "no") and not line[i + 1].plural:
        return [Item("fix", i, i + 1)]  # "no 4" to a reading that was said back, "fri at 4, no sat at 4"
    if joined:
        return [Item(joined[0], i, joined[1])]
    return [Item("afresh" if line.text(i) in phrases.AFRESH else "word", i, i + 1)]


def _of_all(line: Line, i: int, last: Item | None) -> bool:
    """Whether "but" takes something out of "any day" and does not begin a new thought."""
    every = {line.text(j) for j in range(i)} & {"any", "every", "all", "anytime", "anyday", "everyday", "most"}
    return bool(last and last.kind in ("days", "time") and every)


def _days(i: int, found: Found) -> list[Item]:
    """A phrase of days, with the time that its own words tell."""
    new = [Item("days", i, found.end, days=found.days)]
    if found.time:
        new.append(Item("time", found.end, found.end, time=found.time))
    return new


def _late_day(line: Line, i: int, sight: Sight) -> list[Item] | None:
    """As in "Late tuesday afternoon": the late belongs to the afternoon."""
    if not line.has(i, "late"):
        return None
    day = anchors.single(line, line.match(i + 1, "on?") or i + 1, sight)
    part = _LATE.get(line.text(day.end)) if day else None
    if not day or not part:
        return None
    return [Item("days", i, day.end, days=day.days), Item("time", day.end, day.end + 1, time=Time("part", part=part))]


def _races(line: Line, sight: Sight) -> tuple[Sight, dict[int, list[Item]]]:
    """Find the dates of races ("my marathon is on nov 15"), which are no wishes; "the week after" may hang on them."""
    events = dict(sight.events)
    spots: dict[int, list[Item]] = {}
    for i in range(len(line.tokens)):
        race = anchors.event(line, i) if not any(i < items_[0].end and i >= start for start, items_ in spots.items()) else None
        long_run = line.match(i, "long run is|are|on?")
        running = line.match(i, "racing|running|race|run|hiking|traveling")
        running = long_run or (running if running and not line.has(i - 1, "after|before|my|long") else None)
        name, end = race or (("race", running) if running else ("", 0))
        if (
            not end
            or line.has(i - 1, "after|before|of|following|until|from|than")
            or line.has(i - 2, "after|before|following the|my|our")
        ):
            continue
        told = anchors.told(line, end)
        day = anchors.single(line, told, sight) or (relative.read(line, told, sight) if line.has(told, "in") else None)
        next_day = line.match(told, "the next|following day") or line.match(told, "the day after|before")
        if next_day and not day and line[next_day].kind in ("end", "mark"):
            spots[i] = [Item("event", i, next_day)]  # beside the day that is wished for: no wish either
            continue
        if day and len(day.days.dates) <= 2 and day.days.dates and not day.time:
            events = {name: day.days.dates[0], **{k: v for k, v in events.items() if k != name}}
            spots[i] = [Item("event", i, day.end)]
        elif race:
            back = _day_before(line, i, sight)
            if back:
                start, days = back
                events = {name: days.dates[0], **{k: v for k, v in events.items() if k != name}}
                spots[start] = [Item("event", start, end)]
    return replace(sight, events=events), spots


def _day_before(line: Line, i: int, sight: Sight) -> tuple[int, Days] | None:
    """The day of "saturday's race" and "on sunday i have a race", where it begins and which it is."""
    j = i - 1
    while j > 0 and line.has(j, "s|i|have|my|the|a|is|im|am|for|its") and i - j < 5 and not line.has(j, "for"):
        j -= 1
    if line.text(j) not in WEEKDAYS or line.has(j - 1, "after|before|or|and"):
        return None
    start = j - 1 if line.has(j - 1, "this|next") else j
    if line.has(start - 1, "after|before|or|and|week|for|from"):
        return None
    start = start - 1 if line.has(start - 1, "on") else start
    found = anchors.single(line, start, sight)
    return (start, found.days) if found and found.days.dates else None


def _moved_to(line: Line, sight: Sight) -> int:
    """Where the new time begins in "move my tuesday 3pm to thursday"; 0 elsewhere."""
    verb = next((i for i in range(len(line.tokens)) if line.has(i, phrases.MOVING)), None)
    if verb is None:
        return 0
    for i in range(verb + 1, len(line.tokens)):
        if line.has(i, "to|until|for") and (relative.read(line, i + 1, sight) or times.read(line, i + 1)):
            return i + 1
    return 0


def _without_weak(line: Line, found: list[Item], answering: bool) -> list[Item]:
    """Drop bare numbers that stand beside no day and no time, unless the text is nothing else or a correction."""
    strong = [item for item in found if item.kind in ("days", "time") and not (item.time and item.time.weak)]
    strong += [item for item in found if item.kind == "fix" and answering]
    words = [line.text(item.start) for item in found if item.kind in ("word", "afresh")]
    holes = any(line[item.start].kind == "noise" for item in found)
    moves = set(phrases.MOVING.split("|")) if answering else set()
    bare = not holes and all(word in phrases.FILLERS | moves for word in words)
    kept = []
    for n, item in enumerate(found):
        if item.time and item.time.weak and not bare and not (strong and _beside(line, found, n)):
            item = Item("word", item.start, item.end)
        kept.append(item)
    return kept


def _beside(line: Line, found: list[Item], n: int) -> bool:
    """Whether only small words are between item `n` and the next day or time on either side."""
    for step in (-1, 1):
        m = n + step
        while 0 <= m < len(found):
            other = found[m]
            if other.kind in ("days", "time", "fix"):
                return True
            if other.kind == "stop" or (other.kind in ("word", "afresh") and line.text(other.start) not in phrases.FILLERS):
                break
            m += step
    return False
