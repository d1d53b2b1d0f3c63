"""A message as words: what the safety screen reads instead of raw text.

Lower case, no apostrophes, short forms of text messages written out, one typing error a word undone
against the vocabulary of the signs. Everything is linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"\d+|[^\W\d_]+|[.!?;:\n]+|,")
_QUOTES = re.compile(r"[\u2018\u2019\u201b\u02bc`\u00b4']")
_LONG_RUN = re.compile(r"(.)\1{2,}")
_STOP = frozenset(".!?;:\n")
MIN_FUZZY = 4
"""Words shorter than this are taken as typed: too many short words are one letter apart."""


@dataclass(frozen=True)
class Words:
    """A text as words with the places where it pauses.

    Attributes:
        words: the words, lower case, spelling mended.
        pauses: for each word what stands before it: "" nothing, "," a comma, "." the end of a sentence.
    """

    words: tuple[str, ...]
    pauses: tuple[str, ...]


def split(text: str, short_forms: Mapping[str, str], spelling: Spelling) -> Words:
    """Split a text into words and pauses.

    Args:
        text: what the client wrote, of any length.
        short_forms: what a short form stands for, e.g. "rn" to "right now".
        spelling: mends one typing error a word.
    """
    text = _QUOTES.sub("", unicodedata.normalize("NFKC", text)).lower()
    text = _LONG_RUN.sub(r"\1\1", text)
    words: list[str] = []
    pauses: list[str] = []
    pause = ""
    for token in _TOKEN.findall(text):
        if token == ",":
            pause = pause or ","
        elif token[0] in _STOP:
            pause = "."
        else:
            for word in short_forms.get(token, token).split():
                words.append(spelling.mend(word))
                pauses.append(pause)
                pause = ""
    return Words(tuple(words), tuple(pauses))


class Spelling:
    """Mends words that are one typing error away from a word of the signs.

    A table of all words with one letter left out finds the neighbors, so that a look-up costs as many
    steps as the word has letters, whatever the size of the vocabulary.
    """

    def __init__(self, vocabulary: Iterable[str], leave: Iterable[str]) -> None:
        """Build the table.

        Args:
            vocabulary: the words of the signs.
            leave: ordinary words that look like one of them ("stoke", "calm") and stay as they are.
        """
        self._known = frozenset(vocabulary)
        self._leave = frozenset(leave)
        self._table: dict[str, list[str]] = {}
        for word in sorted(self._known):
            if len(word) >= MIN_FUZZY and word.isalpha():
                for shorter in _shortened(word):
                    self._table.setdefault(shorter, []).append(word)
        self.mend = lru_cache(maxsize=4096)(self._mend)

    def _mend(self, word: str) -> str:
        if word in self._known or word in self._leave or len(word) < MIN_FUZZY - 1 or not word.isalpha():
            return word
        for shorter in _shortened(word):
            for found in self._table.get(shorter, ()):
                if one_error_apart(word, found):
                    return found
        return word


def _shortened(word: str) -> list[str]:
    return [word] + [word[:i] + word[i + 1 :] for i in range(len(word))]


def one_error_apart(a: str, b: str) -> bool:
    """Whether one letter left out, added, changed, or two neighbors swapped turn `a` into `b`."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    if rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:]:
        return True
    return rest_a[:2] == rest_b[:2][::-1] and rest_a[2:] == rest_b[2:]


def plain(text: str) -> str:
    """A text in lower case without apostrophes, on one line."""
    return " ".join(_QUOTES.sub("", unicodedata.normalize("NFKC", text)).lower().split())
