"""The words between days and times: not, or, instead, as soon as possible."""

from __future__ import annotations

from legwork.bookings.when.line import Line

_ENGAGEMENT = (
    "work|class|classes|school|college|practice|plans|meeting|meetings|shift|shifts|dentist|doctor|conference|wedding|funeral|party|exam|exams|test|finals"
    "|court|surgery|soccer|football|basketball|baseball|hockey|lacrosse|game|games|recital|concert|rehearsal|flight|trip|choir|church|therapy|physio|pt"
    "|yoga|gym|swimming|interview|interviews|camp|lecture|lectures|lab|guests|company|visitors|family|jury|custody|daycare|pickup|rounds|clinic"
)
"""What somebody may have on a day; then it is none for a massage."""

_DO = "do|make|come|swing|get|be|take|have|work|does"
_NOT = [
    "anything|anytime|everything|any|every|all|always but|except|besides",
    "any|every day|time|weekday but|except|besides",
    "but|just|and|or|definitely|preferably not on|in|at|the?",
    "except for? on|in?",
    "excluding", "bar|barring", "minus", "besides", "other than on?", "apart|aside from", "outside of?", "with the exception of",
    f"cant|cannot|cant|wont {_DO}? it? in? there|over? on|at|in|during? the?",
    f"can|could|will|would not {_DO}? it? in? there|over? on|at|in|during? the?",
    "wont|not be able to do|make|come|get? it? in? on?",
    "dont|wont|cant want|like|have|work|do|do? on|in? the?",
    "not available|free|around|here|good|possible|working? on|in|at|during? the?",
    "not on|in|at|during|a? the?",
    "no", "nothing|none on|in|for?", "never on?", "avoid", "avoiding", "unavailable on|in?", "skip",
    "im|ill|ive|i|we|were|always|am|be|been busy|booked|away|gone|unavailable|tied|out up|of? town? on|in|all? the?",
    "im|ill|were|am|be traveling|travelling|working on|in|all? the?",
    "im|i|ill|be|am on vacation|holiday|call|duty on? the?",
    "i|we|ill always|usually|also? work|teach|coach|travel on|in|all|late? the?",
    "i|we always|usually|also? run|train|swim|lift|bike|cycle|ride|race with|in? my|a|the? group|club|team|friends? on|in? the?",
    f"i|ive|we|he|she|they|also|son|daughter|kid|kids|wife|husband have|has|got|already|also a|an|my|the|kids? {_ENGAGEMENT} on|from|at|every|all? the?",
    f"im|am|i|ill be? at|in a|an|my|the? {_ENGAGEMENT} on|every?",
    f"have|has|got|theres a|an|my|the? {_ENGAGEMENT} on|from|every? the?", "have|got my|the kid|kids|son|daughter on|every?",
    "busy|booked|away|gone on|all?", "on vacation|holiday", "out of town|state|office", "traveling|travelling",
]  # fmt: skip
"""What turns the day or time behind it into one that is not wanted."""

_ENGAGED = [
    f"i|we|he|she have|has|got a|an|my|the|kids? {_ENGAGEMENT}", "i|we work|teach|coach|travel|race",
    f"im|were|ill be|am|are? at|in|on a|an|my|the? {_ENGAGEMENT}", f"is|are|s my|the|a? {_ENGAGEMENT}",
]  # fmt: skip
"""What the day right in front of it is taken by ("monday i have school"), unless more of that day is said ("… until 3")."""

_AWAY = [
    f"{_ENGAGEMENT}|boston is|are? on|every? the?", "fly|flying|leave|leaving|driving|travel|traveling|heading|moving out|in|home|back|away|town? on?",
]  # fmt: skip
"""Like `_NOT`, but only right before a day: "dentist monday, tuesday works"."""

_NOT_BEHIND = [
    "is|are not going? to? be? really|so|too? work|good|great|possible|available|ideal|option|happening",
    "isnt|arent|wont|doesnt|dont going? to? be? really|so|too? work|good|great|possible|available|ideal|option|happening",
    "is|are no|not good|great|go|way",
    "is|are|s|looks|look bad|out|booked|busy|full|taken|terrible|tough|hard|rough|impossible|crazy",
    "no good|bueno", "not possible|good|great|ideal|available", "wont|doesnt|dont|cant|not work|do|happen",
    "isnt|arent an? option", "is|are off limits", "excluded",
]  # fmt: skip
"""What turns the day in front of it into one that is not wanted."""

_DAY = "monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|tomorrow|tonight|weekends|weekend|mornings|evenings|afternoons|the|this|next"
_MORE = "until|till|til|to|from|at|late|early|by|around|between|for|only|half|remotely|near|nearby|close|on|every|all|off|with|after|before"
"""Words that go on with what takes a day."""

_FIX = [
    "no|nope|sorry|oops|ugh|ah|oh|wait|actually wait|actually|sorry|oops|i|make|no ,? mean|meant|that|it?",
    "no|nope|nah ,|-|.|!|;|: actually|sorry|wait|i|make? mean|meant|that|it?",
    "i mean|meant", "make that|it", "scratch that", "correction", "or rather", "on second thought", "strike that",
    "actually", "wait", "oops", "nope|nah", "sorry", "never mind|that", "nvm", "change that|it to", "* ", "should be|say", "but? i? should have said|written|put", "but? i? meant to say|write|put",
    "better yet", "oh wait", "let me change that", "instead make|do|how|lets",
]  # fmt: skip
"""What corrects the words in front of it."""

_ASAP = [
    "asap", "as soon as possible", "as soon as you|u|ya|she|he|jessica|i can", "as soon as you|she have|has|are|is", "soonest",
    "as early as possible", "the? earliest you|u|possible|available|she|appointment|slot|time|opening|spot", "earliest",
    "first|next|soonest|earliest available|availability|opening|slot|appointment|spot|possible|open", "soon", "immediately",
    "the? sooner|earlier the better", "right away",
    "as early as you|u can", "right now", "at your earliest", "urgently", "quickly", "last minute",
]  # fmt: skip
_WHENEVER = [
    "whenever", "anytime", "any time|day", "any day or time", "im|i am? very|pretty|totally|super|really|so? flexible|open",
    "flexible", "wide open", "no preference", "dont care when", "doesnt matter", "dont mind when", "open schedule",
    "up to you|jessica", "your choice", "you pick|choose", "surprise me",
]  # fmt: skip
_JOINERS = {
    "or": "or", "/": "or", "and": "and", "&": "and", "+": "and", ",": "comma", "but": "but", "though": "but",
    "however": "but", ".": "stop", ";": "stop", "!": "stop", "?": "stop", ":": "word", "(": "comma", ")": "comma",
}  # fmt: skip

MOVING = "move|moved|reschedule|rescheduled|change|changed|switch|switched|push|pushed|swap|bump|shift"
"""Verbs after which "to" names the new time and no range."""

HUMS = {"hm", "hmm", "um", "uh"}
"""Words before a correction that say nothing."""

AFRESH = {"so", "then", "can", "could", "need", "want", "would", "prefer", "hoping", "looking", "id", "please", "how", "what"}
"""Words after which a "not" is over."""

FILLERS = {
    "on", "at", "in", "the", "a", "an", "of", "for", "please", "pls", "maybe", "like", "around", "to", "is", "are",
    "works", "work", "good", "ok", "okay", "fine", "best", "great", "would", "be", "id", "i", "can", "do", "you",
    "have", "either", "both", "its", "prefer", "preferably", "ideally", "how", "about", "what", "thanks", "thank",
    "yes", "yeah", "sure", "hi", "hey", "say", "me", "book", "then", "will", "could", "we", "any", "just", "lets",
    "make", "it", "that", "and", "or", "instead", "too", "also", "possibly", "probably", "come", "today", "pm", "am",
    "actually", "no", "sorry", "only", "s", "better", "perfect", "sounds", "so", "hmm", "well", "um", "exactly",
    "sharp", "need", "want", "wanna",
}  # fmt: skip
"""Words that leave the number beside them a time."""


def _first(line: Line, i: int, phrases: list[str]) -> int | None:
    ends = [end for phrase in phrases if (end := line.match(i, phrase)) and end > i]
    return max(ends, default=None)


def _taken(line: Line, i: int) -> int | None:
    """Where what takes the day behind it ends; "kids are at camp tuesday" leaves it free."""
    if line.has(i - 1, "at|in|to|from|of|after|before|until|for") or (
        line.has(i, "work") and line.has(i - 1, "you|u|she|jessica")
    ):
        return None  # nor is a day taken on which she works
    ends = [_first(line, i, _AWAY), *_raced(line, i)]
    return next((end for end in ends if end and line.has(end, _DAY)), None)


def _raced(line: Line, i: int) -> list[int]:
    """Where a race may end that has a name of its own: "running boston", "racing the happy hollow on"."""
    start = line.match(i, "racing|running in|with? a|an|the|my|our?") or line.match(i, "i|we run|race in|with? a|an|the|my|our?")
    named = (
        start is not None
        and line[start].kind == "word"
        and not line.has(start, "late|behind|out|on|at|every|and|or|then|massage")
    )
    return [line.match(start + n, "on?") or start + n for n in (1, 2)] if named and start else []


def read(line: Line, i: int, after_time: bool) -> tuple[str, int] | None:
    """Return the kind of the phrase at `i` and where it ends.

    Kinds are not, behind, fix, drop, instead, asap, whenever, or, and, but, comma and stop.
    `after_time` tells whether a day or time stands before it, which "doesn't work" can be about.
    """
    if line.has(i, "instead of|rather than") or line.has(i, "instead of|from") or line.has(i, "rather than"):
        return "drop", i + 2
    refused = line.match(i, "none|neither|not of these|those|them|that")
    if refused:
        return "stop", refused  # said of what was offered
    cancelled = line.match(i, "cancel|cancelling|canceling|cancelled|canceled my|the|our? appointment|appt|session? on|for?")
    if cancelled:
        return "drop", cancelled
    gone = line.match(i, "or|and|but? if that|thats|its|it|she|youre|s|is|are is|s? gone|taken|full|booked|unavailable")
    if gone:
        return "or", gone
    if line.has(i, "if not|unless") or line.has(i, "otherwise|else"):
        return "or", i + (2 if line.has(i, "if") else 1)
    for kind, phrases in (("whenever", _WHENEVER), ("asap", _ASAP)):
        end = _first(line, i, phrases)
        if end and not (kind == "whenever" and line.has(end, "but|except|besides")) and not line.has(end, "after|enough|as"):
            return kind, end
    behind = _first(line, i, _NOT_BEHIND) if not line.has(i - 1, "i|we|they|she|you") else None
    # "wed 3-5, can't do thursday": what is refused stands behind it.
    if behind and after_time and not (line.has(behind - 1, "do") and line.has(behind, _DAY)):
        return "behind", behind
    engaged = _first(line, i, _ENGAGED) if after_time and line[i - 1].kind != "mark" else None
    if engaged and not line.has(engaged, f"{_DAY}|{_MORE}"):
        return "behind", engaged
    if line.has(i, "not too|super|so late"):
        return "late", i + 3  # no time by itself
    fix = _first(line, i, _FIX)
    if fix and not line.has(i - 1, "cant"):
        return "fix", fix
    negative = _first(line, i, _NOT) or _taken(line, i)
    if negative and not (line.has(i, "no") and line.has(i + 1, "problem|worries|rush|hurry|idea|one|pain|matter|preference")):
        return "not", negative
    if line.has(i, "instead"):
        return "instead", i + 1
    joiner = _JOINERS.get(line.text(i))
    return (joiner, i + 1) if joiner and joiner != "word" else None
