"""What a client told, and what is suggested for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

SPORTS, DEEP, MFR, CUPPING = SESSIONS = ("sports_massage", "deep_tissue", "myofascial_release", "cupping")

COMPLAINTS = (
    "calves", "achilles", "it_band", "hips", "glutes", "piriformis", "knees", "plantar_fasciitis", "shin_splints",
    "quads", "hamstrings", "back", "general_soreness",
)  # fmt: skip
AREAS = (*COMPLAINTS, "feet", "ankles", "legs", "groin", "neck", "shoulders", "arms", "hands")
"""The complaints that have a topic of their own, and the other body parts that `data/vocabulary.yml` finds."""

A_WHILE = 21
"""Days after which something hurts "for a while", the article's word.

The number is ours. It only decides whether the article's sentence on lasting pain is said, and `data/vocabulary.yml`
writes the client's own "for a while" as this many days.
"""

SIDES = ("left", "right", "both")
PRESSURES = ("light", "firm")
SEXES = ("female", "male")


def _check(name: str, found: object, allowed: tuple[str, ...]) -> None:
    if found is not None and found not in allowed:
        raise ValueError(f"{name}: found {found!r}; allowed are {', '.join(allowed)}, or None when it wasn't told.")


@dataclass(frozen=True)
class Wishes:
    """What the client asked for by name."""

    session: str | None = None
    minutes: int | None = None
    pressure: str | None = None

    def __post_init__(self) -> None:
        """Refuses what no rule knows, since a silent miss would look like advice."""
        _check("wishes.session", self.session, SESSIONS)
        _check("wishes.pressure", self.pressure, PRESSURES)


@dataclass(frozen=True)
class Circumstances:
    """All that a recommendation may rest on. None means that it wasn't told; nothing is assumed.

    Raises:
        ValueError: a value that no rule knows; it says which and what is allowed.
    """

    areas: tuple[str, ...] = ()
    """What hurts, most important first."""
    side: str | None = None
    duration: int | None = None
    """How long it has hurt, in days."""
    stops: tuple[str, ...] = ()
    """What it keeps the client from, as `data/vocabulary.yml` names it: `running`, `speed_work`, `stairs` …"""
    training: bool | None = None
    """Whether the client is training for a race."""
    race: str | None = None
    """The race or goal, as `data/vocabulary.yml` names it: `bq`, `marathon`, `10k` …"""
    race_date: dt.date | None = None
    today: dt.date | None = None
    """In the practice's time zone. Without it a race date says nothing yet."""
    earlier_sessions: int | None = None
    sex: str | None = None
    """Used for clothes only."""
    hills: bool = False
    sitting: bool = False
    notes: tuple[str, ...] = ()
    """Codes of the safety screen's `tell_jessica` signs."""
    wishes: Wishes = Wishes()

    def __post_init__(self) -> None:
        """Refuses what no rule knows, since a silent miss would look like advice."""
        for area in self.areas:
            _check("areas", area, AREAS)
        _check("side", self.side, SIDES)
        _check("sex", self.sex, SEXES)
        if self.duration is not None and self.duration < 0:
            raise ValueError(f"duration: found {self.duration}; it is a number of days, 0 or more.")

    @property
    def days_to_race(self) -> int | None:
        """Days until the race, negative when it is over; None when one of the two dates is missing."""
        return (self.race_date - self.today).days if self.race_date and self.today else None


@dataclass(frozen=True)
class Reason:
    """One sentence that says why.

    Attributes:
        fact: the fact that it rests on, as `facts` names it ("hills", "area/calves").
        text: the sentence, with the client's own fact in it.
        source: `article`, `practice-norm`, `evidence`, or `client` for a wish.
    """

    fact: str
    text: str
    source: str


@dataclass(frozen=True)
class Part:
    """One part of a recommendation beside the session itself.

    Attributes:
        value: what a program needs of it, a tuple; None where neither the article nor a fact decides.
        text: what a client reads, in every case.
        source: as in `Reason`, or `unset` where it is Jessica's to say.
    """

    value: tuple | None
    text: str
    source: str


@dataclass(frozen=True)
class Recommendation:
    """The suggested session.

    Attributes:
        session: one of `SESSIONS`.
        alternatives: further sessions, best first, without `session`.
        source: what the session's choice rests on: `article`, `practice-norm`, or `client` for a wish.
        minutes: its length, or None where Jessica sets it with the client; `length` says which.
        length: its text; the value is `(minutes,)` or None.
        spacing: how often; the value is (fewest, most) weeks between sessions.
        wear: clothes; the value is the pieces to bring, of which none is () and unsaid is None.
        timing: when around the race, or None without a race ahead or just behind; the value is
            the (first, last) day for the next deeper session, which depends on the race's date.
        reasons: why, most important first; never empty.
        left_out: (technique, why) for each technique that a note or a near race rules out.
    """

    session: str
    alternatives: tuple[str, ...]
    source: str
    minutes: int | None
    length: Part
    spacing: Part
    wear: Part
    timing: Part | None
    reasons: tuple[Reason, ...]
    left_out: tuple[tuple[str, str], ...]


def facts(c: Circumstances) -> frozenset[str]:
    """The names of all facts in the circumstances; a `Reason` may only rest on one of these."""
    days = c.days_to_race
    race_ahead = days is None or days >= 0
    training = c.training if c.training is not None else (True if c.race and race_ahead else None)
    found = {
        *(f"area/{area}" for area in c.areas),
        *(f"stops/{activity}" for activity in c.stops),
        *(f"note/{note}" for note in c.notes),
    }
    given = {
        "hills": c.hills,
        "sitting": c.sitting,
        "training": training is True,
        "no_training": training is False,
        "race": bool(c.race or c.race_date) and race_ahead,
        "race_date": days is not None,
        "a_while": c.duration is not None and c.duration >= A_WHILE,
        "first_session": c.earlier_sessions == 0,
        "earlier_sessions": bool(c.earlier_sessions),
        "wish/session": c.wishes.session is not None,
        "wish/minutes": c.wishes.minutes is not None,
        "wish/pressure": c.wishes.pressure is not None,
    }
    return frozenset(found | {name for name, is_given in given.items() if is_given})
