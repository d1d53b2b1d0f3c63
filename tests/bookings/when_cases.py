"""The table of cases, `when_cases.yml`, and the sets of `unseen/`, as data; the bench reads them too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from legwork.bookings.when import Reading, Window

PRACTICE = ZoneInfo("America/New_York")
TABLE = Path(__file__).with_suffix(".yml")
UNSEEN = sorted(Path(__file__).with_name("unseen").glob("*.yml"))


@dataclass(frozen=True)
class Case:
    """One text, the moment it is written, and what it must be read as."""

    text: str
    now: datetime
    expected: str
    known_miss: bool = False

    @property
    def windows(self) -> tuple[Window, ...]:
        """The expected windows; none when it must be asked or refused."""
        if not self.expected[0].isdigit():
            return ()
        return tuple(sorted(window for part in self.expected.split(",") for window in self._windows(part.strip())))

    def _windows(self, part: str) -> Iterator[Window]:
        days, _, span = part.partition(" ")
        first, _, last = days.partition("..")
        start, _, end = (span or "06:00-22:00").partition("-")
        day, final = self._date(first), self._date(last or first)
        while day <= final:
            yield (
                datetime.combine(day, time.fromisoformat(start), PRACTICE),
                datetime.combine(day, time.fromisoformat(end or start), PRACTICE),
            )
            day += timedelta(days=1)

    def _date(self, text: str) -> date:
        return date.fromisoformat(text if len(text) == 10 else f"{self.now.year}-{text}")

    def is_right(self, reading: Reading) -> bool:
        """Whether a reading is what the table says."""
        if reading.kind == "windows":
            return reading.windows == self.windows
        return f"{reading.kind} {reading.reason}" == self.expected

    def is_wrong_date(self, reading: Reading) -> bool:
        """Whether it was read to a date that the client didn't name; asking is not."""
        return bool({start.date() for start, _ in reading.windows} - {start.date() for start, _ in self.windows})


def load() -> list[Case]:
    """Return all cases."""
    cases = []
    for group in yaml.safe_load(TABLE.read_text(encoding="utf-8")):
        # YAML makes a time without a zone a datetime or leaves it a string, depending on its seconds.
        now = datetime.fromisoformat(str(group["now"])).replace(tzinfo=PRACTICE)
        for kind in ("cases", "known_misses"):
            for text, expected in group.get(kind, {}).items():
                cases.append(Case(text, now, expected, known_miss=kind == "known_misses"))
    return cases


@dataclass(frozen=True)
class Unseen:
    """One text of a set by somebody who never saw the grammar, and what it may be read as."""

    text: str
    now: datetime
    accepted: tuple[Any, ...]
    """Each "ask", "refuse" or the windows."""

    def is_right(self, reading: Reading) -> bool:
        """Whether a reading is one of those accepted."""
        return (reading.windows if reading.kind == "windows" else reading.kind) in self.accepted

    def is_wrong_date(self, reading: Reading) -> bool:
        """Whether it was read to a date that no accepted reading has."""
        meant = {start.date() for each in self.accepted if not isinstance(each, str) for start, _ in each}
        return bool({start.date() for start, _ in reading.windows} - meant)


def unseen(path: Path) -> list[Unseen]:
    """Return the texts of one set."""
    return [
        Unseen(row["text"], _moment(row["now"]), tuple(_accepted(each) for each in _alternatives(row["expect"])))
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def _alternatives(expect: Any) -> list[Any]:
    return expect["or"] if isinstance(expect, dict) and "or" in expect else [expect]


def _accepted(expect: Any) -> Any:
    """Return "ask", "refuse" or the windows in order, of `ask`, `ask: true` or `windows: …`."""
    if isinstance(expect, str):
        return expect
    (kind, value), *_ = expect.items()
    return tuple(sorted((_moment(start), _moment(end)) for start, end in value)) if kind == "windows" else kind


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(PRACTICE)
