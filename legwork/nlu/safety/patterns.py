"""The first net: readable patterns over the words of a message, with what surrounds them understood.

`screen` is the whole interface; `read` also says which signs were seen and quieted, so that the trained net
doesn't raise what the patterns understood to be denied, asked about or an idiom.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from legwork.nlu import inbox
from legwork.nlu.safety import context
from legwork.nlu.safety.context import ASKED, CLOSE, NEGATED, OTHER, PAST, SETTLED, Context
from legwork.nlu.safety.languages import bare, others
from legwork.nlu.safety.signs import LEVELS, Hit, Pattern, Sign, Signs
from legwork.nlu.safety.text import Words

PREVIOUS_WORDS = 60
"""So much of the last minute is read again, to find a sign split over two messages."""


_NEAR = 5
"""How far around a match the words are looked for that it must not stand with."""


@dataclass(frozen=True)
class Finding:
    """A sign that was found.

    Attributes:
        sign: its code.
        level: emergency, doctor, tell_jessica or refuse.
        source: who says that it is a sign.
        pattern: the line of signs.yml, or of another language's file, that found it; "" for the trained net.
        span: first and last-but-one position among the words of the message.
        chance: how sure the trained net is, 0 to 1; a pattern that matches is sure.
        clause: the words around it, up to a pause or a word that joins them to something else.
    """

    sign: str
    level: str
    source: str
    pattern: str = ""
    span: tuple[int, int] = (0, 0)
    chance: float = 1.0
    clause: str = ""


@dataclass(frozen=True)
class Reading:
    """What the patterns understood.

    Attributes:
        findings: the signs, most urgent first, one a code.
        quiet: codes seen but denied, asked about, over, or somebody else's.
        idiom: a figure of speech was seen ("this hill is killing me").
        asked: the message asks about signs in general.
        over: something in it is past or settled.
        denied: a symptom in it is denied, or something is said to be well.
        first: the message's first word among those read; before it stand those of the last minute.
        language: the one, other than English, in which an emergency is told; None when none is.
    """

    findings: tuple[Finding, ...]
    quiet: frozenset[str]
    idiom: bool
    asked: bool
    over: bool
    denied: bool
    first: int = 0
    language: str | None = None


@lru_cache(maxsize=1)
def shipped() -> Signs:
    """The signs that ship with Legwork, compiled at the first use."""
    return Signs.load()


def screen(text: str, previous: str | None = None, signs: Signs | None = None) -> list[Finding]:
    """Find the warning signs in a message.

    Args:
        text: the client's message, of any length.
        previous: what the client wrote in the last minute, if anything.
        signs: other signs than the shipped ones.

    Returns:
        The findings, most urgent first; empty if there is nothing to say.
    """
    return list(read(text, previous, signs).findings)


def read(text: str, previous: str | None = None, signs: Signs | None = None) -> Reading:
    """As `screen`, with what was seen and quieted (see Reading)."""
    reading = _read(text, previous, signs or shipped())
    if previous and (reading.quiet or reading.asked):
        reading = _with(reading, _read(text, None, signs or shipped()))
    if signs:
        return reading
    letters, before = bare(text), previous and bare(previous)
    found = {name: heard for name, each in others().items() if (heard := _findings(letters, before, each))}
    if not found:
        return reading
    language = inbox.read(text) if len(found) > 1 else None
    language = language if language in found else next(iter(found))
    return replace(reading, findings=(*found[language], *reading.findings), language=language)


def _with(joined: Reading, alone: Reading) -> Reading:
    """A message read with the one before, never less urgent than by itself: a question a minute ago doesn't quiet a sign."""
    known = {finding.sign for finding in joined.findings}
    more = [replace(f, span=(f.span[0] + joined.first, f.span[1] + joined.first)) for f in alone.findings if f.sign not in known]
    ranked = sorted((*joined.findings, *more), key=lambda finding: -LEVELS.index(finding.level))
    return replace(joined, findings=tuple(ranked), quiet=alone.quiet, asked=alone.asked)


def language(text: str) -> str | None:
    """The language, other than English, in which the message tells of an emergency; None when it tells of none."""
    return read(text).language


def _read(text: str, previous: str | None, signs: Signs) -> Reading:
    return _judged(*_found(text, previous, signs), signs)


def _findings(text: str, previous: str | None, signs: Signs) -> tuple[Finding, ...]:
    """As `_read` finds them, in a language that most messages hold no sign of: then nothing else is looked at."""
    words, first, hits = _found(text, previous, signs)
    return _judged(words, first, hits, signs).findings if signs.possible(hits) else ()


def _found(text: str, previous: str | None, signs: Signs) -> tuple[Words, int, dict[int, list[Hit]]]:
    """The words, of the message before too, where the message's own begin, and all phrases in them."""
    words = signs.words(text)
    first = 0
    if previous and any(letter.isalpha() for letter in previous):  # a lone number picked a choice: it is nobody's age
        before = signs.words(previous)
        first = min(len(before.words), PREVIOUS_WORDS)
        joined = before.words[-first:] + words.words if first else words.words
        pauses = (*before.pauses[-first:], ".", *words.pauses[1:]) if first else words.pauses
        words = Words(joined, pauses[: len(joined)])
    return words, first, signs.find(words.words)


def _judged(words: Words, first: int, hits: dict[int, list[Hit]], signs: Signs) -> Reading:
    idioms = hits.pop(signs.number("idioms"), [])
    if idioms:
        hits = _without(hits, {at for hit in idioms for at in range(hit.start, hit.end)}, signs)
    around = context.read(signs, words, hits, _taken(signs, hits))
    findings: dict[str, Finding] = {}
    quiet: set[str] = set()
    for pattern in signs.possible(hits):
        finding = _judge(signs, pattern, hits, around, first, quiet)
        if finding is not None and finding.sign not in findings:
            findings[finding.sign] = finding
    ranked = [replace(finding, clause=words.clause(*finding.span)) for finding in findings.values()]
    ranked.sort(key=lambda finding: -LEVELS.index(finding.level))
    denied = around.well or any(_marks(around, hit) & NEGATED for number in signs.symptoms & hits.keys() for hit in hits[number])
    over = around.settled or any(marks & (PAST | SETTLED) for marks in around.marks)
    return Reading(tuple(ranked), frozenset(quiet - findings.keys()), bool(idioms), around.asked, over, denied, first)


def _without(hits: dict[int, list[Hit]], masked: set[int], signs: Signs) -> dict[int, list[Hit]]:
    kept = {}
    for number, found in hits.items():
        left = [hit for hit in found if number in signs.cues or not any(at in masked for at in range(hit.start, hit.end))]
        if left:
            kept[number] = left
    return kept


def _taken(signs: Signs, hits: dict[int, list[Hit]]) -> frozenset[int]:
    """Positions inside signs' own phrases of two words or more, such as "not sweating"."""
    return frozenset(
        at
        for number, found in hits.items()
        if number not in signs.cues
        for hit in found
        if hit.end - hit.start > 1
        for at in range(hit.start, hit.end)
    )


def _judge(signs: Signs, pattern: Pattern, hits: dict, around: Context, first: int, quiet: set[str]) -> Finding | None:
    """Match one pattern: with plain words if it can, else see what quiets it."""
    sign = signs.signs[pattern.sign]
    if sign.alone and first:
        hits = {**hits, **{term: [hit for hit in hits[term] if hit.start >= first] for term in pattern.terms}}
    quieting = _quieting(sign)
    clean = {
        term: [hit for hit in hits[term] if signs.context >> term & 1 or not _marks(around, hit) & quieting]
        for term in pattern.terms
    }
    span = _match(pattern, clean, first)
    if span:
        if _unwanted(pattern, span, hits):
            quiet.add(sign.code)
            return None
        return Finding(sign.code, sign.level, sign.source, pattern.text, span)
    span = _match(pattern, {term: hits[term] for term in pattern.terms}, first)
    if not span or _unwanted(pattern, span, hits):
        return None
    marks = 0
    for term in pattern.terms:
        if not signs.context >> term & 1:
            for hit in hits[term]:
                if span[0] <= hit.start < span[1]:
                    marks |= _marks(around, hit)
    over = bool(marks & (PAST | SETTLED))
    told = not marks & OTHER or bool(marks & CLOSE)
    marks &= quieting
    if marks & (NEGATED | ASKED):
        quiet.add(sign.code)
    elif marks & (PAST | SETTLED):
        quiet.add(sign.code)
        if sign.past and told:
            past = signs.signs[sign.past]
            return Finding(past.code, past.level, past.source, pattern.text, span)
    elif marks & OTHER and not _counts(sign, marks, over, around):
        quiet.add(sign.code)
    else:
        return Finding(sign.code, sign.level, sign.source, pattern.text, span)
    return None


_CIRCUMSTANCES = {"negated": NEGATED, "asked": ASKED, "other": OTHER | CLOSE, "past": PAST, "settled": SETTLED}


def _quieting(sign: Sign) -> int:
    return sum(mark for name, mark in _CIRCUMSTANCES.items() if name not in sign.despite)


def _counts(sign: Sign, marks: int, over: bool, around: Context) -> bool:
    """Whether a sign of somebody else's is one: when it is urgent and now, or when they may be the client."""
    if marks & CLOSE:
        return not over
    now = around.present or not around.past_tense
    return now and not over and (sign.level == "emergency" or around.booking)


def _marks(around: Context, hit: Hit) -> int:
    marks = 0
    for at in range(hit.start, hit.end):
        marks |= around.marks[at]
    return marks


def _match(pattern: Pattern, found: dict[int, list[Hit]], first: int) -> tuple[int, int] | None:
    """The span of words in which all terms stand near each other.

    With a previous message (its words come before `first`) at least one term must be in the new one.
    """
    for anchor in found[pattern.terms[0]]:
        chosen = [anchor]
        for term in pattern.terms[1:]:
            near = _nearest(found[term], chosen)
            if near is None:
                break
            chosen.append(near)
        else:
            start = min(hit.start for hit in chosen)
            end = max(hit.end for hit in chosen)
            if end - start <= max(pattern.window, *(hit.end - hit.start for hit in chosen)) and end > first:
                return start, end
    return None


def _unwanted(pattern: Pattern, span: tuple[int, int], hits: dict) -> bool:
    """Whether one of the words that the pattern must not stand with is there."""
    return any(span[0] - _NEAR <= hit.start < span[1] + _NEAR for term in pattern.without for hit in hits.get(term, ()))


def _nearest(found: Iterable[Hit], chosen: list[Hit]) -> Hit | None:
    """The hit nearest to the first chosen one that shares no word with any of them."""
    best, distance = None, 0
    for hit in found:
        if any(hit.start < other.end and other.start < hit.end for other in chosen):
            continue
        away = abs(hit.start - chosen[0].start)
        if best is None or away < distance:
            best, distance = hit, away
    return best
