"""Text to tokens: lower case, typographic signs and slips mended, every token with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from legwork.bookings.when import noise
from legwork.bookings.when.vocabulary import (
    LOOKALIKES,
    MONTHS,
    NUMBERS,
    ORDINALS,
    REPAIRED,
    SPELLINGS,
    WEEKDAYS,
)

LONGEST = 1000
"""Characters that are read; the web channel takes no more and NLU reads no more."""

NUMERIC = frozenset({"iso", "slash", "clock", "ordinal", "number"})
"""Kinds of tokens that are numbers."""

_UPPER = {ord("A") + i: chr(ord("a") + i) for i in range(26)}
_SIGNS = {
    ord(sign): plain for plain, signs in {"'": "’‘`´", "-": "–—‒‐‑−", '"': "“”", " ": "\u00a0\u202f\t"}.items() for sign in signs
}
_ONE_TO_ONE = {**_UPPER, **_SIGNS}

# "5 p.m." and "5 p.m" become "5 pm" without changing their length.
_DOTTED = re.compile(r"\b([ap])\.\s?m\b(?:\.)?")

# "9-22" is a date where no 24-hour clock is spoken: 22 is no hour.
_DASHED = re.compile(r"(?<![\d/:.-])(0?[1-9]|1[0-2])-(1[3-9]|2\d|3[01])(?![\d:/-]|\s?(?:[ap]m|st|nd|rd|th))")
_BEFORE_RANGE = re.compile(r"(?:\bthe|\b[a-z]{3,9}\.?)\s*$")
"""A month's name or an article, behind which two numbers are two days."""

_LEX = re.compile(
    r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})(?!\d)"
    r"|(?P<slash>\d{1,2}/\d{1,2}(?:/\d{4}|/\d{2})?)(?![\d/])(?!\s?[ap]m)"
    r"|(?P<clock>\d{1,2}[:.]\d{2})(?!\d)"
    r"|(?P<ordinal>\d{1,2}(?:st|nd|rd|th))(?![a-z])"
    r"|(?P<short>2(?:day|nite|night|m[a-z]+)|b4)(?![a-z])"
    r"|(?P<event>(?:5|8|10|12|15|50|100)\s?k)(?![a-z])"
    r"|(?P<number>\d+)"
    r"|(?P<word>[a-z]+(?:'[a-z]+)*(?:(?<=s)'(?= ?day\b))?)"
    rf"|(?P<noise>{noise.HOLE}+)"
    r"|(?P<mark>\S)",
    re.ASCII,
)

_APOSTROPHES = {
    "can't": "cant", "don't": "dont", "won't": "wont", "doesn't": "doesnt", "isn't": "isnt", "aren't": "arent",
    "couldn't": "cant", "wouldn't": "wont", "o'clock": "oclock", "year's": "years", "years'": "years", "new": "new",
    "patriot's": "patriots", "patriots'": "patriots", "veteran's": "veterans", "veterans'": "veterans",
    "president's": "presidents", "presidents'": "presidents", "mother's": "mothers", "mothers'": "mothers",
    "father's": "fathers", "fathers'": "fathers", "valentine's": "valentines", "patrick's": "patricks", "patty's": "patricks", "paddy's": "patricks", "people's": "peoples",
    "day's": "day", "i'm": "im", "i'd": "id", "i'll": "ill", "i've": "ive", "that's": "thats", "it's": "its",
    "let's": "lets", "what's": "whats", "there's": "theres", "you're": "youre", "we'd": "wewould",
}  # fmt: skip


@dataclass(frozen=True)
class Token:
    """A word, number or sign."""

    kind: str
    """iso, slash, clock, ordinal, number, event, word or mark."""
    text: str
    """As the grammar knows it: "tuesday" for "Tues", "5" for "five"."""
    start: int
    end: int
    typed: str
    """As it stands in the text, in lower case."""

    @property
    def number(self) -> int:
        """Its value when it is a number or an ordinal."""
        return int(re.sub(r"\D", "", self.text))

    @property
    def plural(self) -> bool:
        """Whether it was typed as a plural: "mondays", "mornings", "weekends"."""
        return self.kind == "word" and self.typed.endswith("s") and "'" not in self.typed and self.text + "s" == self.typed


def plain(text: str) -> str:
    """Return `text` in lower case and with plain signs, position for position."""
    text = text[:LONGEST].translate(_ONE_TO_ONE)
    return _DOTTED.sub(lambda match: f"{match[1]}m".ljust(len(match[0])), text)


def tokens(text: str) -> list[Token]:
    """Cut `text` into tokens, without what is noise."""
    return [_token(match) for match in _LEX.finditer(_DASHED.sub(_slashed, noise.blank(plain(text))))]


def _slashed(match: re.Match[str]) -> str:
    before = _BEFORE_RANGE.search(match.string, 0, match.start())
    named = before and (before.group().strip(" .") == "the" or canonical(before.group().strip(" .")) in MONTHS)
    return match.group() if named else f"{match[1]}/{match[2]}"


def _token(match: re.Match[str]) -> Token:
    kind, typed = match.lastgroup or "mark", match.group()
    text = typed
    if kind == "short":
        kind, text = "word", canonical(typed)
    elif kind == "word":
        text = canonical(typed)
        if text in NUMBERS:
            kind, text = "number", str(NUMBERS[text])
        elif ORDINALS.get(text, 0) > 3:  # "first", "second" and "third" mostly count other things
            kind, text = "ordinal", f"{ORDINALS[text]}th"
    return Token(kind, text, match.start(), match.end(), typed)


@lru_cache(maxsize=4096)
def canonical(word: str) -> str:
    """Return the form of `word` that the grammar knows, or `word`."""
    if "'" in word:
        word = _APOSTROPHES.get(word) or word.split("'")[0]
    if word.endswith("ish") and word[:-3] in REPAIRED:
        return word[:-3]  # "afternoonish"
    for form in (word, word[:-1] if word.endswith("s") and len(word) > 3 else word):
        if form in WEEKDAYS or form in MONTHS:
            return _full(form)
        if form in SPELLINGS:
            return SPELLINGS[form]
        if form in REPAIRED:
            return form
    if len(word) < 6 or word in LOOKALIKES:
        return word
    return _mended(word)


def _full(word: str) -> str:
    """The long form of a weekday or month, "tues" → "tuesday"; the tables list it first."""
    table = WEEKDAYS if word in WEEKDAYS else MONTHS
    return next(name for name, number in table.items() if number == table[word])


def _mended(word: str) -> str:
    """The known word that `word` is one slip away from, or two when it is long; its first letter is never the slip."""
    singular = word[:-1] if word.endswith("s") else word
    for known in REPAIRED:
        slips = 2 if len(known) >= 8 else 1
        if known[0] == word[0] and min(OSA.distance(form, known, score_cutoff=slips) for form in (word, singular)) <= slips:
            return known
    return word
