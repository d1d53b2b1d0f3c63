"""A line of tokens that can be matched word by word, and what the grammar sees around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from legwork.bookings.when.tokens import Token

_END = Token("end", "", 0, 0, "")


@lru_cache(maxsize=512)
def _steps(pattern: str) -> list[tuple[frozenset[str], bool]]:
    """Each word of `pattern`, as its alternatives and whether it may be missing."""
    return [(frozenset(step.rstrip("?").split("|")), step.endswith("?")) for step in pattern.split()]


@dataclass(frozen=True)
class Line:
    """The tokens of one text."""

    tokens: list[Token]

    def __getitem__(self, i: int) -> Token:
        """The token at `i`, or an empty one beyond both ends."""
        return self.tokens[i] if 0 <= i < len(self.tokens) else _END

    def text(self, i: int) -> str:
        """The canonical text at `i`, or ""."""
        return self[i].text

    def match(self, i: int, pattern: str) -> int | None:
        """Return where `pattern` ends when it stands at `i`, else None.

        A pattern is words with `|` between alternatives; a step with `?` behind it may be missing as a whole.
        """
        for options, optional in _steps(pattern):
            if self[i].text in options and self[i].kind != "end":
                i += 1
            elif not optional:
                return None
        return i

    def has(self, i: int, pattern: str) -> bool:
        """Whether `pattern` stands at `i`."""
        return self.match(i, pattern) is not None


@dataclass(frozen=True)
class Sight:
    """What a reader knows besides the words."""

    now: datetime
    events: dict[str, date] = field(default_factory=dict)
    """Race → its date, names in lower case."""
    held: tuple[date, ...] = ()
    """The days of the reading that is being corrected ("that day", "a week later")."""

    timed: bool = False
    """Whether a clock stands before, so that "after that" is said of the hour."""

    @property
    def today(self) -> date:
        """The date of the message in the practice's zone."""
        return self.now.date()
