"""Both nets together: what is raised for a message, and by which of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from legwork.nlu.safety.net import Net
from legwork.nlu.safety.patterns import Finding, Reading, read
from legwork.nlu.safety.signs import LEVELS
from legwork.nlu.safety.text import TELLING

STOPS = ("refuse", "doctor", "emergency")
"""Levels that are answered alone, before anything else."""
FEWEST_WORDS = 5
"""A shorter message says little ("i'll think about it" is no self-harm): there the net's notes count only if it is sure, too."""
SURE = 0.6
"""The net's chance of a stop from which it may say that something is one, or more urgent than the patterns found.

Of 2,100 harmless messages in nineteen sets of other people's words it then stops ten that the patterns let pass, and catches 152 signs
that they miss; from 0.5, sixteen and 154.
"""
ASKED = 0.65
"""The same where the patterns read a question about a sign ("is it normal to have no feeling in the crotch?").

Of 210 harmless questions of that kind none was above 0.6, of eleven signs told as a question none below 0.63.
"""
SURER = 0.85
"""The same where the patterns understood that something is denied, over or a figure of speech."""
STORY, STORY_PARTS = 0.8, 4
"""The same in a story, a message of at least so many parts, but for emergencies: one of seven sounds like a sign by chance.

What is denied, over or a figure of speech is looked for in each part then, and so is what the patterns find. Of 1,800 signs told in the middle of
somebody's long story 1,765 are stopped (1,781 by themselves), and of 365 harmless stories eight.
"""
CERTAIN = 0.83
"""The same for a sign that the patterns quieted as denied, over or somebody else's, and for one that is told like a milder one.

Of 2,300 harmless messages four more are stopped than from 0.9, of 3,400 signs seven more are heard.
"""

HARMLESS, HARMLESS_CLAUSE = 0.4, 0.6
"""The net's chance of a stop below which a pattern's word is taken for a figure of speech or something else's trouble.

Of the whole message, and by n-grams alone of the clause that the word stands in: "gift card question: i have chest pain when i run" is mostly
about something else. Of the patterns' 66 harmless stops in twenty sets of other people's words 55 are then none, and eight of their 2,950
signs; of 400 signs told in the middle of everyday wishes five aren't heard, and 47 where the clause isn't asked.
"""
FEWEST_WORDS_HARMLESS = 6
"""In a shorter message ("can't load it at all") the net has little to judge by, and the patterns decide."""
PLAIN_TOPIC = 0.8
"""How sure the topic of an ordinary question must be for the net's word alone not to count against it, unless that is sure too."""
MOST_WORDS_TOLD = 4
"""Words of a clause in the first person in which there is no room for what would make a pattern's word harmless."""
NEVER_HARMLESS = frozenset({"self_harm"})
"""It is told in plain, quiet words, which sound harmless to the net."""


@dataclass(frozen=True)
class Verdict:
    """The outcome for one message.

    Attributes:
        findings: all signs, most urgent first.
        net: whether the trained net alone raised the first of them.
    """

    findings: tuple[Finding, ...]
    net: bool

    @property
    def level(self) -> str | None:
        """The most urgent level, or None."""
        return self.findings[0].level if self.findings else None

    @property
    def sign(self) -> str | None:
        """The code of the most urgent sign, or None."""
        return self.findings[0].sign if self.findings else None

    @property
    def stops(self) -> bool:
        """Whether the message is answered with safety advice alone."""
        return self.level in STOPS


class Screen:
    """The patterns, and the trained net where there is one."""

    def __init__(self, net: Net | None) -> None:
        """Keep the net; None means that the patterns work alone."""
        self.net = net

    def __call__(
        self,
        text: str,
        parts: Sequence[tuple[str, np.ndarray]],
        previous: str | None = None,
        topic: tuple[str, float] | None = None,
    ) -> Verdict:
        """Screen one message.

        Args:
            text: what the client wrote.
            parts: the message, normalised, and its parts, each with its sentence vector, float32 (minilm.VECTOR_WIDTH,); empty if there are none.
            previous: what the client wrote in the last minute.
            topic: the likeliest topic and its probability, where the message was ranked.
        """
        reading = read(text, previous)
        if reading.language:
            return Verdict(reading.findings, False)  # the net has seen English only
        story = len(parts) > STORY_PARTS  # the first is the whole
        own = {part: read(part) for part, _ in parts[1:]} if story else {}
        reading = _told_in(own.values(), reading)
        findings = self._credible(text, parts, reading)
        if self.net is None or (findings and findings[0].level == LEVELS[-1]):
            return Verdict(findings, False)  # nothing that the net could add would count
        above = _place(findings[0].level) if findings else -1
        plain = bool(topic and topic[0].startswith("faq/") and topic[1] >= PLAIN_TOPIC)
        heard = [
            finding
            for part, vector in parts
            for finding in self.net.findings(part, vector, above)
            if _believed(finding, _within(own[part], reading) if part in own else reading)
            and not (plain and finding.chance < PLAIN_TOPIC)
            and (
                finding.chance >= (STORY if story and finding.level != "emergency" else SURE)
                or not (finding.level in STOPS or len(part.split()) < FEWEST_WORDS)
            )
        ]
        if not heard:
            return Verdict(findings, False)
        most = max(heard, key=lambda finding: LEVELS.index(finding.level))
        return Verdict((most, *findings), True)

    def _credible(self, text: str, parts: Sequence[tuple[str, np.ndarray]], reading: Reading) -> tuple[Finding, ...]:
        """The patterns' findings, without the stops of a message that the net is all but sure is harmless, whole and in parts.

        Patterns see words; that a website collapsed and the Stroke Association runs is seen from the whole sentence.
        """
        doubtful = [
            finding
            for finding in reading.findings
            if finding.level in ("doctor", "emergency")
            and finding.sign not in NEVER_HARMLESS
            and finding.span[0] >= reading.first
        ]
        if not (doubtful and parts and self.net) or len(text.split()) < FEWEST_WORDS_HARMLESS:
            return reading.findings
        if any(self.net.stops(*part, HARMLESS) for part in parts):
            return reading.findings
        harmless = [
            finding
            for finding in doubtful
            if not _plainly_told(finding.clause) and self.net.hears(finding.clause) < HARMLESS_CLAUSE
        ]
        return tuple(finding for finding in reading.findings if finding not in harmless)


def _told_in(own: Iterable[Reading], reading: Reading) -> Reading:
    """A story with the stops that a part of it tells by itself: the rest of it may have quieted them."""
    known = {finding.sign for finding in reading.findings}
    more = {f.sign: f for part in own for f in part.findings if f.sign not in known and f.level in STOPS}
    ranked = sorted((*reading.findings, *more.values()), key=lambda finding: -LEVELS.index(finding.level))
    return replace(reading, findings=tuple(ranked))


def _within(own: Reading, reading: Reading) -> Reading:
    """What of a story's reading goes for one part of it: what is denied or over elsewhere in it says nothing about this one."""
    return replace(reading, quiet=own.quiet, idiom=own.idiom, asked=own.asked, over=own.over, denied=own.denied)


def _plainly_told(clause: str) -> bool:
    """Whether a clause is all sign and no figure of speech: "i cant breathe"."""
    words = clause.split()
    return words[0] in TELLING and len(words) <= MOST_WORDS_TOLD


def _believed(heard: Finding, reading: Reading) -> bool:
    """Whether the net's word counts: not against what the patterns understood, nor below what they found.

    It hears that a message is about a clot, but not that the clot is denied, asked about, over or the neighbor's.
    Where something else in the message is denied, over or an idiom, it counts only if it is sure, and beside an idiom
    only as an emergency.
    """
    if reading.idiom and heard.level != "emergency":
        return False
    quieted = heard.sign in reading.quiet and not reading.asked
    unsure = reading.idiom or reading.over or reading.denied
    if heard.chance < max(ASKED * reading.asked, SURER * unsure, CERTAIN * quieted):
        return False
    if not reading.findings:
        return True
    # Where the patterns named a sign, they were specific; the net may only say that it is more urgent.
    if (heard.sign in _MILD_TWINS and heard.chance < CERTAIN) or LEVELS.index(heard.level) <= _place(reading.findings[0].level):
        return False
    return heard.chance >= SURE


def _place(found: str) -> int:
    """From which place in LEVELS the net's word counts beside what the patterns found: no note is more urgent than a refusal."""
    return max(LEVELS.index(found), LEVELS.index("tell_jessica"))


_MILD_TWINS = frozenset({"fresh_surgery", "concussion", "tumour", "red_s", "heart_condition", "dvt"})
"""Signs that share their words with a milder one (surgery, cancer, a clot that is over): there the patterns decide unless the net is certain."""
