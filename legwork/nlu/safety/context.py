"""What surrounds a sign: is it denied, only asked about, over, or somebody else's?

Each question is answered for every word of the message from the cue lists of signs.yml.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from legwork.nlu.safety.signs import Hit, Signs
from legwork.nlu.safety.text import Words

NEGATED, ASKED, OTHER, CLOSE, PAST, SETTLED = (1 << n for n in range(6))
"""Marks of a word. CLOSE: of another person whom the client may book for (child, spouse), beside OTHER."""
_NEGATION_REACH = 9
_SETTLED_REACH = 30
_NONE = ("none", "no", "nope", "nah", "never")
_NAMED_SYMPTOM = 4
"""Words of a question that a lone "no" after it denies: a form that was filled in."""
_NOT_SETTLED_REACH = 3


@dataclass(frozen=True)
class Context:
    """The circumstances of a message.

    Attributes:
        marks: for each word the sum of its marks.
        asked: the message asks about signs in general.
        booking: the message wants something of Jessica, so another person in it may be the client.
        present: what is said of another person happens now.
        past_tense: something in the message happened.
        well: something in it is said to be well.
        settled: something in it is over, or a doctor has cleared it.
    """

    marks: tuple[int, ...]
    asked: bool
    booking: bool
    present: bool
    past_tense: bool
    well: bool
    settled: bool


def read(signs: Signs, words: Words, hits: dict[int, list[Hit]], taken: frozenset[int]) -> Context:
    """Mark each word of a message.

    Args:
        signs: the compiled lists.
        words: the message.
        hits: what `signs.find` found in it.
        taken: positions that are part of a sign's own phrase ("not sweating"), where no cue is read.
    """

    def cue(name: str) -> list[Hit]:
        return hits.get(signs.number(name), [])

    size = len(words.words)
    marks = [0] * size
    ends = _sentence_ends(words)
    begins = {hit.start for hit in cue("begins")}
    turns = {hit.start for hit in cue("turns")}
    spared = {at for hit in cue("no_negation") for at in range(hit.start, hit.end)}

    symptoms = {at for number in signs.symptoms & hits.keys() for hit in hits[number] for at in range(hit.start, hit.end)}
    for hit in cue("negation"):
        if hit.start in spared or hit.start in taken:
            continue
        for at in _reach(words, hit.end, min(ends[hit.start], hit.end + _NEGATION_REACH), begins, turns, symptoms):
            marks[at] |= NEGATED

    for at in _denied_after(words):
        marks[at] |= NEGATED

    asked = False
    anyway = bool(cue("tells_anyway"))  # "does it help a swollen calf? mine is": asked about the client's own
    for hit in () if anyway else cue("asks"):
        asked = True
        for at in range(hit.end, ends[hit.start]):
            if words.words[at - 1] not in ("my", "this", "these"):
                marks[at] |= ASKED
    for hit in () if anyway else cue("asks_after"):
        start = hit.start
        while start > 0 and words.pauses[start] != ".":
            start -= 1
        if "my" not in words.words[start : hit.start]:
            asked = True
            for at in range(start, hit.start):
                marks[at] |= ASKED
    told = [hit.start for hit in cue("tells")]
    for hit in () if anyway else cue("asks_softly"):
        end = ends[hit.start]
        if not any(hit.start <= at < end for at in told):
            asked = True
            for at in range(hit.end, end):
                marks[at] |= ASKED

    for hit in cue("past"):
        for at in _segment(words, hit, ends, begins, turns):
            marks[at] |= PAST
    negations = {hit.start for hit in cue("negation")}
    passing = bool(cue("recent")) and not cue("doctor_said")  # gone within the day is not over: a stroke's sign may pass
    settled = False
    for hit in () if passing else cue("settled"):
        if negations & set(range(hit.start - _NOT_SETTLED_REACH, hit.start)):
            continue  # "hasn't really gone away"
        for at in range(max(0, hit.start - _SETTLED_REACH), hit.start):
            marks[at] |= SETTLED
        settled = True

    _mark_others(signs, words, hits, marks)
    present = any(marks[hit.start] & OTHER for hit in cue("present"))
    return Context(tuple(marks), asked, bool(cue("booking")), present, bool(cue("past_tense")), bool(cue("well")), settled)


def _sentence_ends(words: Words) -> list[int]:
    """For each word the position after the last word of its sentence."""
    size = len(words.words)
    ends = [size] * size
    end = size
    for at in range(size - 1, -1, -1):
        ends[at] = end
        if words.pauses[at] == ".":
            end = at
    return ends


def _denied_after(words: Words) -> Iterator[int]:
    """The words of a short question that a lone "no" answers: "numbness? none. tingling? nope."."""
    size = len(words.words)
    for at in range(1, size):
        alone = at + 1 == size or words.pauses[at + 1]
        if words.pauses[at] == "." and words.words[at] in _NONE and alone:
            start = at - 1
            while start > 0 and words.pauses[start] != ".":
                start -= 1
            if at - start <= _NAMED_SYMPTOM:
                yield from range(start, at)


def _reach(words: Words, start: int, end: int, begins: set[int], turns: set[int], symptoms: set[int]) -> Iterator[int]:
    """The words that a "no" before `start` denies: up to a turn ("but") or a new clause ("…, my calf").

    It goes on over a comma only from symptom to symptom ("no swelling, redness"): "no rush, chest pain on hills" denies a rush.
    """
    denies = False
    for at in range(start, end):
        if at > start and words.pauses[at] and not denies:
            return
        denies = denies or at in symptoms
        if at == start and (words.pauses[at] or (at in begins and words.words[at - 1] in ("no", "nope", "nah"))):
            return  # an answer ("no, my calf is …"), no denial
        if at in turns or (at in begins and (words.pauses[at] or words.words[at - 1] == "and")):
            return
        yield at


def _segment(words: Words, hit: Hit, ends: list[int], begins: set[int], turns: set[int]) -> range:
    """The part of the sentence that a time ("ten years ago") belongs to."""
    start = hit.start
    while start > 0 and words.pauses[start] != "." and start not in turns:
        if start in begins and words.pauses[start] == "," and hit.start - start > 0:
            break
        start -= 1
    end = hit.end
    while end < ends[hit.start] and end not in turns:
        if end in begins and words.pauses[end] and end - start > 4:
            break
        end += 1
    return range(start, end)


def _mark_others(signs: Signs, words: Words, hits: dict[int, list[Hit]], marks: list[int]) -> None:
    """Whose body each word is about: the client's own until another person is named, and back at "I" or "my"."""
    kin = {hit.start: OTHER for hit in hits.get(signs.number("relations"), [])}
    kin |= {hit.start: OTHER | CLOSE for hit in hits.get(signs.number("close_relations"), [])}
    whose = 0
    for at, word in enumerate(words.words):
        if words.pauses[at] == "." and word not in ("he", "she", "his", "her", "hes", "shes", "they"):
            whose = 0
        if at in kin:
            whose = kin[at]
        elif word in ("i", "im", "ive", "id", "me") or (word == "my" and not any(n in kin for n in (at + 1, at + 2))):
            whose = 0
        marks[at] |= whose
