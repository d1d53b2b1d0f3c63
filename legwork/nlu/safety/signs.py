"""The signs as data: reads signs.yml and finds the words of its lists in a message.

The notation is explained at the top of signs.yml. Everything is compiled once; finding is one walk over the
words of the message through one tree of phrases, so its time grows with the length of the message only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import yaml

from legwork.errors import LegworkError
from legwork.nlu.safety.text import Spelling, Words, split

HERE = Path(__file__).parent
LEVELS = ("refuse", "tell_jessica", "doctor", "emergency")
"""From the mildest to the most urgent."""
WINDOW = 9
"""How many words a pattern may span unless it says otherwise: about one sentence of a text message."""
_CHOICE = re.compile(r"(?:/[^/]*/|[^|/])+")
"""One of a term's choices; the bars inside an expression are its own."""

_WITHIN = re.compile(r"\s*\(within (\d+)\)\s*$")
_LONGEST_SKIP = 2
"""So many filler words ("really", "my") may stand between two words of a phrase."""


class SignsError(LegworkError):
    """Raised when signs.yml doesn't follow its notation."""


class Hit(NamedTuple):
    """A phrase of a list, found in a message: words[start:end]."""

    start: int
    end: int


@dataclass(frozen=True)
class Pattern:
    """One line of a sign: all of `terms` near each other and none of `without` among them."""

    sign: str
    text: str
    terms: tuple[int, ...]
    without: tuple[int, ...]
    window: int
    mask: int


@dataclass(frozen=True)
class Sign:
    """A warning sign.

    Attributes:
        code: its name, snake_case; the only thing that is ever stored about it.
        level: one of LEVELS.
        source: who says that it is a sign.
        despite: circumstances that don't quiet it (past, other, asked, negated, settled).
        past: the sign that it becomes when it is over, or None for nothing to note.
        everywhere: whether it bars any massage until it is cleared, and not only one of the area that it is about.
        alone: whether it is read in the message alone, without the one before.
    """

    code: str
    level: str
    source: str
    despite: frozenset[str]
    past: str | None
    everywhere: bool
    alone: bool


@dataclass
class _Node:
    """A step in the tree of phrases."""

    children: dict[int, _Node] = field(default_factory=dict)
    lists: int = 0
    numbers: tuple[int, ...] = ()  # of its lists, when all are known


class Signs:
    """All signs, ready to be looked for."""

    def __init__(self, data: dict, forms: Iterable[str] = (), leave: Iterable[str] = ()) -> None:
        """Compile what signs.yml holds.

        Args:
            data: its sections.
            forms: words that the stems cover ("swelling" for "swell*"), so that typing errors in them are mended too.
            leave: ordinary words one letter away from a sign's word, which stay as they are.

        Raises:
            SignsError: if a pattern names a list that doesn't exist or a sign has no level of LEVELS.
        """
        self._short_forms = {str(k): str(v) for k, v in data["short_forms"].items()}
        self.fillers = frozenset(_items(data["fillers"]))
        self._ids: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._rules: list[tuple[re.Pattern[str], int]] = []
        self._root = _Node()
        self.names: list[str] = []
        self._index: dict[str, int] = {}
        self._joins: dict[int, int] = {}
        self._words_in: set[int] = set()
        self.context = 0
        self.cues: set[int] = set()
        self.symptoms: set[int] = set()
        for section in ("cues", "context", "words"):
            for name, phrases in data[section].items():
                number = self._add_list(name, phrases)
                if section == "cues":
                    self.cues.add(number)
                if section == "words":
                    self.symptoms.add(number)
                if section == "context":
                    self.context |= 1 << number
        self.signs: dict[str, Sign] = {}
        self._patterns: dict[int, list[tuple[int, Pattern]]] = {}
        place = count()
        for code, entry in data["signs"].items():
            if entry["level"] not in LEVELS:
                raise SignsError(f"signs.yml: sign {code} has level {entry['level']!r}; allowed are {', '.join(LEVELS)}.")
            self.signs[code] = Sign(
                code,
                entry["level"],
                entry["source"],
                frozenset(entry.get("despite", ())),
                entry.get("past", "past_sign"),
                entry.get("everywhere", False),
                entry.get("alone", False),
            )
            for line in entry["patterns"]:
                pattern = self._pattern(code, line)
                self._patterns.setdefault(pattern.terms[0], []).append((next(place), pattern))
        self._spread(self._root)
        self.stems = frozenset(self._stems)
        as_typed = set(_items(data.get("as_typed", "")))
        self.vocabulary = frozenset(
            w for w in (*self._ids, *self._stems, *self.fillers, *forms) if w.isalpha() and w not in as_typed
        )
        self.spelling = Spelling(self.vocabulary, {*leave, *_items(data.get("left_alone", ""))}, self.stems)
        self._literals = lru_cache(maxsize=4096)(self._literals_of)

    @classmethod
    def load(cls, path: Path = HERE / "signs.yml") -> Signs:
        """Read the signs that ship with Legwork, or another file in the same notation."""
        data = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        known = yaml.load((HERE / "spelling.yml").read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return cls(data, known["forms"].split(), known["lookalikes"].split())

    def number(self, name: str) -> int:
        """The number of a list, by its name."""
        return self._index[name]

    def possible(self, hits: Iterable[int]) -> list[Pattern]:
        """The patterns whose terms were all found, in the order of the file."""
        there = sum(1 << number for number in hits)
        found = [each for term in hits for each in self._patterns.get(term, ()) if each[1].mask & there == each[1].mask]
        return [pattern for _, pattern in sorted(found, key=itemgetter(0))]

    def words(self, text: str) -> Words:
        """Split a text into words."""
        return split(text, self._short_forms)

    def find(self, words: tuple[str, ...]) -> dict[int, list[Hit]]:
        """All phrases of all lists in the words, by list number; of two at one place the longer one."""
        literals = [self._literals(word) for word in words]
        found: dict[int, list[Hit]] = {}
        for start in (place for place, known in enumerate(literals) if known):
            ends: dict[int, int] = {}
            self._walk(self._root, literals, words, start, 0, ends)
            for number, end in ends.items():
                found.setdefault(number, []).append(Hit(start, end))
        return found

    def _walk(self, node: _Node, literals: list, words: tuple, at: int, skipped: int, ends: dict[int, int]) -> None:
        """Notes in `ends` how far the longest phrase of each list goes."""
        for literal in literals[at]:
            child = node.children.get(literal)
            if child is not None:
                for number in child.numbers:
                    ends[number] = max(at + 1, ends.get(number, 0))
                if child.children and at + 1 < len(words):
                    self._walk(child, literals, words, at + 1, 0, ends)
        if node is not self._root and skipped < _LONGEST_SKIP and at + 1 < len(words) and words[at] in self.fillers:
            self._walk(node, literals, words, at + 1, skipped + 1, ends)

    def _literals_of(self, word: str) -> tuple[int, ...]:
        found: set[int] = set()
        for meant in (word, *self.spelling.meant(word)):
            if meant in self._ids:
                found.add(self._ids[meant])
            found.update(self._stems[meant[:n]] for n in range(2, len(meant) + 1) if meant[:n] in self._stems)
        found.update(number for rule, number in self._rules if rule.fullmatch(word))
        return tuple(found)

    def _literal(self, word: str) -> int:
        """The number of one word of a phrase: as is, a stem ("swell*") or an expression ("/1[0-7]/")."""
        total = len(self._ids) + len(self._stems) + len(self._rules)
        if word.startswith("/"):
            for rule, number in self._rules:
                if rule.pattern == word.strip("/"):
                    return number
            self._rules.append((re.compile(word.strip("/")), total))
            return total
        table = self._stems if word.endswith("*") else self._ids
        return table.setdefault(word.rstrip("*"), total)

    def _add_list(self, name: str, phrases: str) -> int:
        """A list of phrases; an item "<name>" takes in all phrases of an earlier list."""
        if name in self._index:
            raise SignsError(f"signs.yml: the list <{name}> is there twice; give one of them another name.")
        number = len(self.names)
        self.names.append(name)
        self._index[name] = number
        for phrase in _items(phrases):
            if phrase.startswith("<"):
                self._join(name, phrase.strip("<>"), number)
            else:
                self._add_phrase(phrase, 1 << number)
        return number

    def _add_phrase(self, phrase: str, lists: int) -> None:
        node = self._root
        for word in phrase.split():
            node = node.children.setdefault(self._literal(word), _Node())
        node.lists |= lists

    def _join(self, where: str, name: str, number: int) -> None:
        if name not in self._index:
            raise SignsError(f"signs.yml: {where} names the list <{name}>, which doesn't exist. Add it above or mend the name.")
        part = self._index[name]
        self._joins[part] = self._joins.get(part, 0) | 1 << number
        if self.context >> part & 1 == 0:
            self._words_in.add(number)

    def _spread(self, node: _Node) -> None:
        """Let every phrase count for the lists that took its list in."""
        todo, done = node.lists, 0
        while todo:
            number = (todo & -todo).bit_length() - 1
            done |= 1 << number
            todo = (todo | self._joins.get(number, 0)) & ~done
        node.lists, node.numbers = done, _numbers(done)
        for child in node.children.values():
            self._spread(child)

    def _pattern(self, sign: str, line: str) -> Pattern:
        within = _WITHIN.search(line)
        window = int(within.group(1)) if within else WINDOW
        wanted, *unwanted = _WITHIN.sub("", line).split(" ! ")
        terms = tuple(self._term(sign, term) for term in wanted.split(" + "))
        without = tuple(self._term(sign, term) for term in unwanted)
        mask = 0
        for term in terms:
            mask |= 1 << term
        return Pattern(sign, line, terms, without, window, mask)

    def _term(self, sign: str, term: str) -> int:
        """The list that a term names; words written out in the pattern become a list of their own."""
        if term.strip("<> ") in self._index and "|" not in term and term.strip().startswith("<"):
            return self._index[term.strip("<> ")]
        name = ", ".join(choice.strip() for choice in _CHOICE.findall(term))
        if name in self._index:
            return self._index[name]
        number = self._add_list(name, name)
        if number not in self._words_in and all(item.startswith("<") for item in _items(name)):
            self.context |= 1 << number
        return number


def _numbers(lists: int) -> tuple[int, ...]:
    """The places of the bits that are set."""
    found = []
    while lists:
        found.append((lists & -lists).bit_length() - 1)
        lists &= lists - 1
    return tuple(found)


def _items(text: str) -> list[str]:
    return [item.strip() for item in str(text).split(",") if item.strip()]
