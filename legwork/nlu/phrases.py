"""Finds the phrases of `data/vocabulary.yml` in a message. spaCy's PhraseMatcher does the work; Rasa isn't needed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from legwork.nlu import durations
from legwork.settings import ROOT, practice, settings

Tables = dict[str, list[str]]
"""`{"area/calves": ["calf", "calves", …], …}` as the lookup tables have them."""

MAX_CHARACTERS = 1000
"""Longer texts are cut; the safety screen reads the whole text itself."""

FORGIVING = ("area", "session", "race", "hills", "training")
"""Entities in whose words a slip of the finger is forgiven. Other tables are of everyday words, where it would mislead."""

IGNORE = "ignore"
# Of overlapping phrases of these only the longest counts: "an hour and a half" is no half marathon.
_RIVALS = {"race": "number", "minutes": "number", "duration": "number", "distance": "number"}

_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s/-]")
# "outside of my left knee" and "outside of knee" are one phrase.
_PASSED_OVER = frozenset({"left", "right", "both", "my", "the", "your"})
# Stands for every word that no phrase has. Clients' words so never reach spaCy's store of strings, which only grows.
_OTHER = "\x00"


_REACHING = {"to", "all", "the", "my", "way", "down", "up", "clear", "right"}
"""Words that stand between the two ends of a pain's reach."""


class _Span(NamedTuple):
    entity: str
    value: str
    first: int  # tokens, end exclusive
    last: int

    @property
    def words(self) -> int:
        return self.last - self.first


class Phrases:
    """A compiled vocabulary."""

    def __init__(self, tables: Tables) -> None:
        """Compiles the tables.

        Args:
            tables: phrases by `<entity>/<value>`.

        Raises:
            ValueError: a table's name has no `/`, or a phrase stands for two values of one entity.
        """
        self.tables = tables
        self._vocab = Vocab()
        self._matcher = PhraseMatcher(self._vocab)
        self._areas = PhraseMatcher(self._vocab)
        self._known: set[str] = set()
        forgiven: set[str] = set()
        owner: dict[tuple[str, str], str] = {}
        for name, phrases in tables.items():
            entity, slash, _ = name.partition("/")
            if not slash:
                raise ValueError(f"lookup '{name}' names no value; write it like area/calves.")
            for phrase in phrases:
                words = [_key(token.group()) for token in _TOKEN.finditer(phrase)]
                other = owner.setdefault((entity, " ".join(words)), name)
                if other != name:
                    raise ValueError(f"'{phrase}' stands in {other} and in {name}; keep it in one of them.")
                self._known.update(words)
                if entity in FORGIVING:
                    forgiven.update(words)
                self._matcher.add(name, [Doc(self._vocab, words=words)])
                bare = [word for word in words if word not in _PASSED_OVER]
                if entity == "area" and len(bare) > 1:
                    self._areas.add(name, [Doc(self._vocab, words=bare)])
        self._slips = _slips(word for word in forgiven if len(word) >= 6 and word.isalpha())

    def find(self, text: str, today: dt.date | None = None) -> list[dict[str, Any]]:
        """Finds all entities, first to last.

        Args:
            text: the client's own words.
            today: the day from which "since june" is counted; today in the practice's time zone when None.

        Returns:
            `{"entity", "value", "start", "end", "text"}` each, positions in characters of `text`.
            Numbers and true/false are typed. An area that a side belongs to also has `"side"`.
            Each (entity, value) stands once, where it was said first.
        """
        text = text[:MAX_CHARACTERS]
        tokens = list(_TOKEN.finditer(text))
        words = [self._mend(_key(token.group())) for token in tokens]
        spans = _longest(self._spans(words))
        typed = [_key(token.group()) for token in tokens]
        spans = _without_returns(_without_reaches(_without_bare_legs(spans), typed), typed)
        found = [
            entity
            for entity in _bind_sides(spans, tokens, text)
            # "running for a while" isn't how long it has hurt
            if entity["entity"] != "duration" or not durations.is_of_something_else(text[: entity["start"]])
        ]
        today = today or settings().now().astimezone(practice().zone).date()
        found += [_named("duration", entity, text) for entity in durations.durations(text, today)]
        found += [_named("distance", entity, text) for entity in durations.distances(text)]
        return _tidy(found)

    def _mend(self, word: str) -> str:
        """The word itself, the word that it misses by one slip, or a stand-in when no phrase has it."""
        return word if word in self._known else self._slip(word) or _OTHER

    def _slip(self, word: str) -> str | None:
        if not 5 <= len(word) <= 30:
            return None
        near = (self._slips[shorter] for shorter in _one_less(word) if shorter in self._slips)
        return next((known for knowns in near for known in knowns if _is_one_slip(word, known)), None)

    def _spans(self, words: list[str]) -> list[_Span]:
        rest = [i for i, word in enumerate(words) if word not in _PASSED_OVER]
        everything = self._match(self._matcher, words, range(len(words)))
        return everything + self._match(self._areas, [words[i] for i in rest], rest)

    def _match(self, matcher: PhraseMatcher, words: list[str], positions: Sequence[int]) -> list[_Span]:
        if not words:
            return []
        spans = []
        for name, start, end in matcher(Doc(self._vocab, words=words)):
            entity, _, value = self._vocab.strings[name].partition("/")
            spans.append(_Span(entity, value, positions[start], positions[end - 1] + 1))
        return spans


def _key(token: str) -> str:
    return token.lower().replace("'", "").replace("’", "")


def _one_less(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _slips(words: Iterable[str]) -> dict[str, list[str]]:
    """Each word under itself and under all that is left of it without one letter: two words one slip apart share a key."""
    slips: dict[str, list[str]] = {}
    for word in sorted(words):
        for shorter in _one_less(word):
            slips.setdefault(shorter, []).append(word)
    return slips


def _is_one_slip(typed: str, meant: str) -> bool:
    """Whether one letter was added, dropped, changed, or swapped with its neighbor."""
    if len(typed) != len(meant):
        short, long = sorted((typed, meant), key=len)
        return short in _one_less(long)
    differing = [i for i, (a, b) in enumerate(zip(typed, meant, strict=True)) if a != b]
    if len(differing) == 2:
        i, j = differing
        return j == i + 1 and typed[i] == meant[j] and typed[j] == meant[i]
    return len(differing) == 1


def _longest(spans: list[_Span]) -> list[_Span]:
    """Of overlapping phrases of one entity (or of rivals) the longest; none that an ignored phrase holds."""
    ignored = [span for span in spans if span.entity == IGNORE]
    kept: list[_Span] = []
    for span in sorted(set(spans), key=lambda s: (-s.words, s.first)):
        family = _RIVALS.get(span.entity, span.entity)
        hidden = any(i.first <= span.first and span.last <= i.last for i in ignored)
        beaten = any(_RIVALS.get(k.entity, k.entity) == family and k.first < span.last and span.first < k.last for k in kept)
        if not hidden and not beaten:
            kept.append(span)
    return sorted(kept, key=lambda s: s.first)


def _without_bare_legs(spans: list[_Span]) -> list[_Span]:
    """In "Achilles on both legs" the legs only say the side."""
    if not any(span.entity == "area" and span.value != "legs" for span in spans):
        return spans
    sides = [span for span in spans if span.entity == "side"]
    return [
        span
        for span in spans
        if (span.entity, span.value) != ("area", "legs")
        or not any(side.first <= span.first and span.last <= side.last for side in sides)
    ]


def _without_reaches(spans: list[_Span], words: list[str]) -> list[_Span]:
    """In "outer thigh is tight from hip to knee" the hip and the knee only say how far it reaches."""
    areas = [span for span in spans if span.entity == "area"]
    ends: set[_Span] = set()
    for one, other in pairwise(areas):
        between = words[one.last : other.first]
        if "to" in between and set(between) <= _REACHING:
            ends |= {one, other}
    return [span for span in spans if span not in ends] if set(areas) - ends else spans


def _without_returns(spans: list[_Span], words: list[str]) -> list[_Span]:
    """In "ok I'm back" nobody names a back."""
    return [
        span
        for span in spans
        if words[span.first : span.last] != ["back"] or not (span.first and words[span.first - 1] in ("im", "am"))
    ]


def _bind_sides(spans: list[_Span], tokens: list[re.Match[str]], text: str) -> Iterable[dict[str, Any]]:
    """The spans as entities; a lone "left", "right" or "both" counts only beside an area or in an answer of three words."""
    areas = [span for span in spans if span.entity == "area"]
    side_of: dict[_Span, str] = {}
    for side in (span for span in spans if span.entity == "side"):
        area = _beside(side, areas, tokens)
        if area:
            side_of[area] = "both" if side_of.get(area, side.value) != side.value else side.value
        elif side.words == 1 and len(tokens) > 3:
            spans.remove(side)
    for span in spans:
        start, end = tokens[span.first].start(), tokens[span.last - 1].end()
        entity: dict[str, Any] = {"entity": span.entity, "value": _typed(span.value), "start": start, "end": end}
        entity["text"] = text[start:end]
        if span in side_of:
            entity["side"] = side_of[span]
        yield entity


def _beside(side: _Span, areas: list[_Span], tokens: list[re.Match[str]]) -> _Span | None:
    """The area that a side belongs to: the one it stands in, else the one after it in its clause, else the one before it."""
    inside = (a for a in areas if a.first < side.last and side.first < a.last)
    after = (
        a
        for a in areas
        if 0 <= a.first - side.last <= 2 and all(token.group()[0].isalnum() for token in tokens[side.last : a.first])
    )
    before = (a for a in reversed(areas) if 0 <= side.first - a.last <= 3)
    return next((area for group in (inside, after, before) for area in group), None)


def _typed(value: str) -> str | int | bool:
    if value.isdigit():
        return int(value)
    return {"true": True, "false": False}.get(value, value)


def _named(name: str, entity: dict[str, Any], text: str) -> dict[str, Any]:
    return {"entity": name, **entity, "text": text[entity["start"] : entity["end"]]}


def _tidy(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In order, each (entity, value) once, and nothing that a longer rival covers."""
    kept: dict[tuple[str, Any], dict[str, Any]] = {}
    for entity in sorted(found, key=lambda e: (e["start"], -e["end"])):
        covered = entity["entity"] in ("duration", "distance") and any(
            other is not entity
            and other["entity"] in _RIVALS
            and other["start"] < entity["end"]
            and entity["start"] < other["end"]
            and (other["end"] - other["start"], other["entity"] == "race") > (entity["end"] - entity["start"], False)
            for other in found
        )
        if not covered:
            kept.setdefault((entity["entity"], entity["value"]), entity)
    return list(kept.values())


@lru_cache(maxsize=1)
def shipped() -> Phrases:
    """The vocabulary of `data/vocabulary.yml`, compiled once."""
    content = YAML(typ="safe").load((ROOT / "data" / "vocabulary.yml").read_text(encoding="utf-8"))
    return Phrases(
        {
            table["lookup"]: [line.removeprefix("- ").strip() for line in table["examples"].splitlines()]
            for table in content["nlu"]
        }
    )


def find(text: str, today: dt.date | None = None) -> list[dict[str, Any]]:
    """What `Phrases.find` finds with the shipped vocabulary."""
    return shipped().find(text, today)
