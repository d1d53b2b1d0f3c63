"""Reads times of the day out of a line of tokens."""

from __future__ import annotations

from legwork.bookings.when.clock import Clock, Time
from legwork.bookings.when.line import Line
from legwork.bookings.when.vocabulary import PARTS, WEEKDAYS

Match = tuple[Time, int] | None

_PARTS = ["morning", "afternoon", "evening", "night", "lunch"]
_LATE = {"morning": "late morning", "afternoon": "late afternoon", "evening": "late evening", "night": "late evening"}
_EARLY = {"morning": "early", "afternoon": "early afternoon", "evening": "early evening", "night": "early evening"}
_MID = {"morning": "midmorning", "afternoon": "midafternoon", "day": "lunch"}
_WHOLE = {"night": "evening"}
_PM_WORDS = {"am": "am", "a": "am", "pm": "pm", "p": "pm"}

# Phrases that are a part of the day as a whole.
_PHRASES = [
    ("first thing in? the? morning?", "early"),
    ("before work|school", "early"),
    ("before lunch", "morning"),
    ("at|by? the? end of the|my? day", "late afternoon"),
    ("at|by? close of business", "late afternoon"),
    ("eod|cob", "late afternoon"),
    ("early in the? morning|day", "early"),
    ("early as possible in the? morning", "early"),
    ("late in the? day|afternoon", "late afternoon"),
    ("later in the? day|afternoon", "late afternoon"),
    ("late in the? morning", "late morning"),
    ("late in the? evening", "late evening"),
    ("early in the? afternoon", "early afternoon"),
    ("early in the? evening", "early evening"),
    ("after work|working|office hour?", "evening"),
    ("after my|the|i|hes|shes work|shift|job", "evening"),
    ("after i get off|out|done of|from? work", "evening"),
    ("after dinner|supper", "late evening"),
    ("last thing in? the? day?", "late afternoon"),
    ("last appointment|appt|slot|session|one of the day", "late afternoon"),
    ("prefer|preferably|ideally in? the? am", "morning"),
    ("prefer|preferably|ideally in? the? pm", "afternoon"),
    ("after lunch", "after lunch"),
    ("after school", "late afternoon"),
    ("on? my|the? lunch break|hour|time?", "lunch"),
    ("mid day", "lunch"),
    ("dinner|supper time?", "evening"),
    ("dinnertime", "evening"),
    ("in the am", "morning"),
    ("in the pm", "afternoon"),
    ("am only|slot|slots|appointment|appointments", "morning"),
    ("pm only|slot|slots|appointment|appointments", "afternoon"),
]

_BEHIND_ONE = {"am", "pm", "oclock", "on", "or", "tomorrow", "today", "ish", "would", "works", "is"}

_BEFORE_ONE = "want|need|get|have|book|like|this|that|next|a|the|last|first|which|any|another|no"

_FREE = "free|available|open|good|around|here|flexible|home|clear"
"""Who is so until 3 can come before."""

_OFF_WORK = "get|gets|got|am|im|be|is|are|finish|done|getting|free|leave"


def read(line: Line, i: int) -> Match:
    """Return the time that stands at `i` and where it ends, or None."""
    for rule in (_any, _later, _off_work, _range, _relation, _part, _bare):
        found = rule(line, i)
        if found:
            return found
    return None


def _any(line: Line, i: int) -> Match:
    """As in "Anytime", "all day": every hour is good; "not too early": from 9 on, where early ends."""
    not_early = line.match(i, "not too|super|crazy|so early")
    if not_early:
        return Time("after", Clock(PARTS["early"][1] // 60, sure=True)), not_early
    end = (
        line.match(i, "anytime of? the? day?")
        or line.match(i, "any time of? the? day?")
        or line.match(i, "some time")
        or line.match(i, "whatever|whichever|any time works?")
        or line.match(i, "any hour|slot|opening|openings|availability")
    )
    if end and line.has(i, "some time"):
        return None
    if end:
        return Time("any", many=True), end
    all_day = line.match(i, "all|whole day")  # weak, because "on my feet all day" is no wish
    return (Time("any", weak=True), all_day) if all_day else None


def _later(line: Line, i: int) -> Match:
    """As in "Later", "an hour earlier", "same time": words that lean on an earlier reading."""
    end = line.match(i, "the? same|usual time")
    if not end and line.has(i, "this time") and (line.has(i + 2, "tomorrow|next") or line.text(i + 2) in WEEKDAYS):
        end = i + 2
    if end:
        return Time("same"), end
    amount = _amount(line, i)
    if amount:
        minutes, j = amount
        if line.has(j, "later"):
            return Time("shift", minutes=minutes), j + 1
        if line.has(j, "earlier|sooner"):
            return Time("shift", minutes=-minutes), j + 1
    start = line.match(i, "a? bit|little|much? later|earlier|sooner")
    if start and not line.has(start, "than|this|in|today|next"):
        return Time("later" if line.text(start - 1) == "later" else "earlier"), start
    return None


def _amount(line: Line, i: int) -> tuple[int, int] | None:
    """A length of time in minutes: "an hour", "30 minutes", "half an hour"."""
    end = line.match(i, "half an? hour")
    if end:
        return 30, end
    number = line[i].number if line[i].kind == "number" else 1 if line.text(i) in ("a", "an") else 0
    if 0 < number < 1000 and line.has(i + 1, "hour|minute"):
        return number * (60 if line.text(i + 1) == "hour" else 1), i + 2
    return None


def _off_work(line: Line, i: int) -> Match:
    """As in "I get off at 5", "I work until 4": from then on."""
    if line.has(i - 1, "kids|kid|son|daughter|they|he|she|husband|wife"):
        return None  # "the kids get out at 3" may mean before or after
    start = i
    i = line.match(i, "i|im|ill|we") or i
    j = line.match(i, f"{_OFF_WORK} off|out|done|home|finished|back from|of|with? work|school? at|around|by|before|after|until")
    j = j or line.match(i, "off|done|finish|finished|leave|home work|working? at|around|by")
    j = j or line.match(i, "work|working|busy|booked|tied until|to")
    j = j or line.match(i, "work|working|busy|booked up until")
    j = j or line.match(i, "my? shift|work|job|class|school day? ends|finishes|stops at|around?")
    if not j and i > start and line[i].kind == "word" and line.has(i + 1, "until") and not line.has(i, _FREE):
        j = i + 2  # "I teach until 3"
    found = clock(line, j) if j else None
    until = line.match(i, "until") if not found else None
    if until:  # "my boss has me until 5, so …"
        found = clock(line, until)
        found = found if found and line.has(found[1], ",? so|then") else None
    return (Time("after", found[0].clock), found[1]) if found else None


def _range(line: Line, i: int) -> Match:
    """As in "3-5pm", "between 3 and 5", "from 3 to 5"."""
    between = line.match(i, "anytime|sometime|anywhere? in? between")
    lead = between or line.match(i, "anytime|sometime|anywhere? from") or i
    first = clock(line, lead)
    if not first:
        return None
    start, j = first
    link = line.match(j, "and|to|or|until|-" if between else "to|until|through|-|–")
    if link and not between and line.has(j, "-") and line.has(link, "-"):
        link += 1
    last = clock(line, link) if link else None
    closing = line.match(link, "close|closing|whenever") if link else None
    if closing:
        return Time("after", start.clock), closing
    if not last:
        return None
    weak = bool(start.weak and last[0].weak and lead == i)
    return Time("between", start.clock, last[0].clock, weak=weak), last[1]


_BEFORE = [
    "no|not later than", "not after", "before", "by", "until", "up to", "up until", "earlier|sooner than", "prior to",
    "at the? latest|most", "latest", "no|not? past",
]  # fmt: skip
_AFTER = [
    "no|not earlier|sooner than", "not before|until", "later than", "any? time? after", "starting at|from|around?",
    "beginning at", "free|available|open from|after", "from", "onwards from",
    "at? the? earliest i|thatd|it? would|can|could|is|be? do|be|make|come|get|is? is? at?",
]  # fmt: skip
_AROUND = ["at? around", "close to", "closer to", "at? ~", "maybe? like", "somewhere around", "near"]
_AT = ["at", "@", "for at", "say"]


def _relation(line: Line, i: int) -> Match:
    """A clock with a word before or behind it: "after 5", "5 or later", "around 5", "at 5"."""
    for kind, leads in (("before", _BEFORE), ("after", _AFTER), ("around", _AROUND), ("at", _AT)):
        for lead in leads:
            j = line.match(i, lead)
            if not j or j == i or (kind == "around" and line.has(i - 1, "how|what")):
                continue  # "how about 4" is no "about 4"
            j = line.match(j, "at|around|about|like? the|say?") or j
            found = clock(line, j)
            if found:
                time, end = found
                if kind == "after" and lead == "from" and line.has(end, "on|onward|onwards|and"):
                    end = line.match(end, "on|onward|onwards") or end
                if kind == "at":
                    return _with_tail(line, Time(time.kind, time.clock), end)
                if kind == "after":
                    end = line.match(end, "or|and later|after|on|onwards") or line.match(end, "onward|onwards|on|ish") or end
                return Time(kind, time.clock), end  # type: ignore[arg-type]
    return None


def _with_tail(line: Line, time: Time, end: int) -> tuple[Time, int]:
    """What stands behind a clock may turn it: "5 or later", "5ish", "5 at the latest"."""
    tails = [
        ("after", "or|and|& later|after|beyond|onward|onwards|up"),
        ("after", "on|onward|onwards"),
        ("after", "+"),
        ("after", "at the earliest"),
        ("after", "earliest"),
        ("before", "or|and earlier|before|sooner"),
        ("before", "at the latest"),
        ("before", "latest"),
        ("around", "-? ish"),
        ("around", "or so"),
        ("around", "give or take"),
    ]
    for kind, tail in tails:
        after = line.match(end, tail)
        if not after or (tail.startswith("on|") and line.text(end) == "on" and line[after].kind != "end"):
            continue  # "5 on tuesday" is no "5 on"
        return Time(kind, time.clock), after  # type: ignore[arg-type]
    return time, end


def _part(line: Line, i: int) -> Match:
    """As in "In the morning", "late afternoon", "after work", "first thing"."""
    all_ = line.match(i, "any|every|most|all|on? weekday?") if line.has(i, "any|every|most|all") else None
    j = all_ or line.match(i, "in|during|sometime? in|during? the?") or i
    if line.has(j, "early|earlier week|next|this|in december"):
        return None
    school_run = line.match(j, "after the|my|kid|kids? school|kid|daycare|preschool|bus? drop|dropoff off?")
    if school_run:
        return Time("after", Clock(9, sure=True)), school_run
    for phrase, part in _PHRASES:
        end = line.match(i, phrase) or line.match(j, phrase)
        if end:
            return Time("part", part=part), end
    if line.has(i, "am|pm") and i == 0 and len(line.tokens) <= 2:
        return Time("part", part="morning" if line.text(i) == "am" else "afternoon"), i + 1
    table: dict[str, str] = {}
    start = j
    if line.has(j, "late|later"):
        table, j = _LATE, j + 1
    elif line.has(j, "early|earlier|earliest"):
        table, j = _EARLY, j + 1
    elif line.has(j, "mid|middle"):
        table, j = _MID, line.match(j, "mid|middle -? of? the?") or j
    elif line.has(j, "midmorning|midafternoon"):
        return Time("part", part=line.text(j)), j + 1
    word = line.text(j)
    if word in _PARTS or (table is _MID and word in table):
        if word == "night" and line.has(j - 1, "last"):
            return None
        part = table.get(word) or _WHOLE.get(word, word)
        return Time(
            "part",
            part=part,
            every=bool(all_),
            many=bool(all_) or line[j].plural or line[j].typed in ("mornings", "nights", "evenings"),
        ), j + 1
    if table is _EARLY and start == j - 1 and line.text(start) == "early":
        return Time("part", part="early"), j
    return None


def _bare(line: Line, i: int) -> Match:
    """A clock by itself: "5pm", "17:30", "noon"; a naked number is weak."""
    found = clock(line, i)
    if not found:
        return None
    time, end = found
    turned, turned_end = _with_tail(line, time, end)
    if turned_end != end:
        return turned, turned_end
    return time, end


def clock(line: Line, i: int) -> Match:
    """Return the clock written at `i`, "weak" when it is only a number."""
    i = line.match(i, "~") or i
    token = line[i]
    if token.text == "noon":
        ish = line.match(i, "noon -? ish")
        return Time("around" if ish or token.typed == "noonish" else "at", Clock(12, sure=True)), ish or i + 1
    if token.text == "midnight":
        return Time("at", Clock(0, sure=True)), i + 1
    quarter = _quarter(line, i)
    if quarter:
        return quarter
    if token.kind == "clock":
        hour, minute = (int(part) for part in token.text.replace(".", ":").split(":"))
        if "." in token.text and minute > 59:
            return None
        return _half(line, i + 1, Clock(hour, minute, sure=hour > 12 or token.text[0] == "0"))
    if token.kind != "number":
        return None
    pronoun = line.has(i - 1, _BEFORE_ONE) or (line[i + 1].kind == "word" and line.text(i + 1) not in {*WEEKDAYS, *_BEHIND_ONE})
    if token.typed == "one" and pronoun:
        return None  # "I want one", "one evening"
    number, digits = token.number, token.text
    if len(digits) in (3, 4):
        hour, minute = divmod(number, 100)
        if minute > 59 or hour > 23 or (hour == 0 and minute == 0) or hour == 0:
            return None
        return _half(line, i + 1, Clock(hour, minute, sure=hour > 12 or digits[0] == "0"), weak=True)
    if len(digits) > 2 or number > 29:
        return None
    minute_token = line[i + 1]
    if 1 <= number <= 12 and minute_token.kind == "number" and minute_token.text in ("00", "15", "30", "45"):
        return _half(line, i + 2, Clock(number, minute_token.number))
    return _half(line, i + 1, Clock(number, sure=number > 12 or digits[0] == "0"), weak=True)


def _half(line: Line, i: int, written: Clock, weak: bool = False) -> Match:
    """Take the am, pm or o'clock behind a clock."""
    tight = line[i - 1].end == line[i].start
    half = _PM_WORDS.get(line.text(i), "")
    if half and len(line.text(i)) == 1 and not tight:
        half = ""  # "5 a day"
    if half and line.text(i) == "am" and line.has(i + 1, "i"):
        half = ""  # "at 5 am i too late"
    if half:
        sure = written.hour > 12
        clock_ = Clock(written.hour, written.minute, "" if sure else half, sure)  # type: ignore[arg-type]
        end = line.match(i + 1, "-? ish") or i + 1
        return Time("around" if line.has(end - 1, "ish") else "at", clock_), end
    oclock = line.match(i, "oclock sharp?") or line.match(i, "sharp")
    if oclock:
        return _half(line, oclock, written) if not line.has(oclock - 1, "sharp") else (Time("at", written), oclock)
    ish = line.match(i, "-? ish")
    if ish:
        half = _PM_WORDS.get(line.text(ish), "") if line.has(ish, "am|pm") else ""  # "7ish am"
        around = Clock(written.hour, written.minute, half, written.sure) if half and written.hour <= 12 else written  # type: ignore[arg-type]
        return Time("around", around), ish + bool(half)
    if weak and len(line[i - 1].text) <= 2 and written.hour > 23:
        return Time("at", written, weak=True), i
    return Time("at", written, weak=weak), i


def half_past(line: Line, i: int) -> bool:
    """Whether "half" at `i` is said of the hour behind it, and not of a race, a length or a distance."""
    ahead = line[i + 1]
    return ahead.kind == "number" and ahead.number <= 12 and not line.has(i + 2, "hour|minute|mile|k|day|week|month|marathon|-|–")


def _quarter(line: Line, i: int) -> Match:
    """As in "Half past 5", "quarter to 6"; "half 5" is half past 5, as the British say it."""
    for lead, offset in (("half after", 30), ("half", 30), ("a? quarter after", 15), ("a? quarter to|of|before", -15)):
        j = line.match(i, lead)
        if j and lead == "half" and not half_past(line, i):
            continue
        hour = clock(line, j) if j else None
        if hour and hour[0].clock and not hour[0].clock.minute:
            written = hour[0].clock
            shifted = written.hour if offset > 0 else (written.hour - 2) % 12 + 1
            return Time("at", Clock(shifted, offset % 60, written.half, written.sure)), hour[1]
    return None
