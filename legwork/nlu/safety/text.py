"""A message as words: what the safety screen reads instead of raw text.

Lower case, no apostrophes, short forms of text messages written out, one typing error a word undone
against the vocabulary of the signs. Everything is linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_TOKEN = re.compile(r"\d+|[^\W\d_]+|[.!?;:\n]+|,")
_QUOTES = re.compile(r"[\u2018\u2019\u201b\u02bc`\u00b4']")
_NOT = re.compile(r"\b(can|could|do|does|did|is|are|was|were|has|have|had|will|would|should)[ ]not\b")
"""Written out, as in careful or learned English: the lists hold the short forms ("isnt", "cant") only."""
_LONG_RUN = re.compile(r"(.)\1{2,}")
_STOP = frozenset(".!?;:\n")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_JOINING = _words("and but so because cause cuz bc if when while since though or that also as lol haha")
"""Words at which something else begins: "is it ok if i wear shorts because i passed out yesterday"."""
TELLING = _words("i im ive my were hes shes")
_WISHING = TELLING - {"my"} | _words(
    "id u you can could would will should do does did is are was where what whats when whens how hows who why which any please pls"
    " need want wanna gotta got book cancel move delete"
)
"""Words with which a new clause begins though nothing parts it from the one before: "cancel friday i have chest pain where do i park"."""
MIN_FUZZY = 4
"""From this length on any one error is forgiven; too many shorter words are one letter apart."""


@dataclass(frozen=True)
class Words:
    """A text as words with the places where it pauses.

    Attributes:
        words: the words as typed, in lower case, short forms written out.
        pauses: for each word what stands before it: "" nothing, "," a comma, "." the end of a sentence.
    """

    words: tuple[str, ...]
    pauses: tuple[str, ...]

    def clause(self, start: int, end: int) -> str:
        """The words from `start` to before `end` and those around them, up to the next pause, joining word or clause that just begins."""
        while start > 0 and not self.pauses[start] and self.words[start - 1] not in _JOINING and self.words[start] not in TELLING:
            start -= 1
        while end < len(self.words) and not self.pauses[end] and self.words[end] not in _JOINING | _WISHING:
            end += 1
        return " ".join(self.words[start:end])


def split(text: str, short_forms: Mapping[str, str]) -> Words:
    """Split a text into words and pauses.

    Args:
        text: what the client wrote, of any length.
        short_forms: what a short form stands for, e.g. "rn" to "right now".
    """
    text = _QUOTES.sub("", unicodedata.normalize("NFKC", text)).lower()
    text = _NOT.sub(lambda found: {"can": "cant", "will": "wont"}.get(found[1], found[1] + "nt"), text)
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
                words.append(word)
                pauses.append(pause)
                pause = ""
    return Words(tuple(words), tuple(pauses))


class Spelling:
    """Mends words that are one typing error away from a word of the signs.

    A table of all words with one letter left out finds the neighbors, so that a look-up costs as many
    steps as the word has letters, whatever the size of the vocabulary.
    """

    def __init__(self, vocabulary: Iterable[str], leave: Iterable[str], stems: Iterable[str] = ()) -> None:
        """Build the table.

        Args:
            vocabulary: the words of the signs.
            leave: ordinary words that look like one of them ("stoke", "calm") and stay as they are.
            stems: beginnings of words that are known whatever follows.
        """
        self._stems = frozenset(stems)
        vocabulary = frozenset(vocabulary)
        self._fine = vocabulary | frozenset(leave)
        self._table: dict[str, list[str]] = {}
        for word in sorted(vocabulary):
            if len(word) >= MIN_FUZZY - 1 and word.isalpha():
                for shorter in _shortened(word):
                    self._table.setdefault(shorter, []).append(word)

    def meant(self, word: str) -> tuple[str, ...]:
        """The words of the signs that an unknown word may stand for; empty if it is a known word."""
        if word in self._fine or len(word) < 3 or not word.isalpha():
            return ()
        if any(word[:n] in self._stems for n in range(3, len(word) + 1)):
            return ()
        found = {near for shorter in _shortened(word) for near in self._table.get(shorter, ())}
        return tuple(sorted(near for near in found if one_error_apart(word, near) and self._long_enough(word, near)))

    @staticmethod
    def _long_enough(typed: str, meant: str) -> bool:
        """Three letters are too few to change one: there only a swap, or a doubled letter, is forgiven."""
        return len(meant) >= MIN_FUZZY or sorted(typed) == sorted(meant) or (len(typed) > len(meant) and set(typed) == set(meant))


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
