"""The owner's facts: the schema of practice.yml, and the sentences that answers are filled with."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AnyHttpUrl, BaseModel, Extra, Field, ValidationError, constr, validator
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import YAMLError

from legwork.errors import SettingsError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Hours = constr(regex=r"^\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}$")
Text = constr(strip_whitespace=True, min_length=1, max_length=400)


HOURS_FORM = 'write it like "9:00-17:00", or ["9:00-12:00", "13:00-17:00"] for a day with a break'

IN_WORDS = {
    "value_error.str.regex": HOURS_FORM,  # only opening hours are held to a pattern
    "type_error.float": "write a number without a currency sign, such as 100",
    "type_error.integer": "write a whole number, such as 60",
    "type_error.str": "write it as one text in quotes",
    "type_error.list": "write it as a list, such as [one, another]",
    "type_error.dict": "write its parts on lines of their own below it, each as name, colon and value",
    "type_error.none.not_allowed": "write its value behind the colon",
    "type_error.enum": "allowed are {values}",
    "value_error.const": "allowed are {values}",
    "value_error.date": "write a date like 2026-12-24",
    "value_error.url": 'write the whole address, such as "https://example.com"',
    "value_error.number.not_ge": "the least is {limit_value}",
    "value_error.number.not_le": "the most is {limit_value}",
    "value_error.any_str.min_length": "write it between the quotes, or take the line away",
    "value_error.any_str.max_length": "the longest text has {limit_value} characters",
}
"""The schema's kinds of mistake (the beginning of their names) → what to do, for the owner."""


class SessionType(str, Enum):
    """The four kinds of session that the owner's article names."""

    SPORTS_MASSAGE = "sports_massage"
    DEEP_TISSUE = "deep_tissue"
    MYOFASCIAL_RELEASE = "myofascial_release"
    CUPPING = "cupping"

    @property
    def title(self) -> str:  # type: ignore[override]  # a member's own name for people, not str.title
        """Name as a client reads it."""
        return self.value.replace("_", " ")


class _Strict(BaseModel):
    class Config:
        extra = Extra.forbid


class Session(_Strict):
    """One thing that can be booked."""

    type: SessionType
    minutes: int = Field(ge=15, le=240)
    price: float | None = Field(None, ge=0, le=2000)
    """In US dollars."""


class Booking(_Strict):
    """How appointments are made."""

    provider: Literal["requests", "link", "calendar", "calcom"] = "requests"
    url: AnyHttpUrl | None = None
    """Her own booking page."""
    busy_feed: AnyHttpUrl | None = None
    """Secret iCalendar address of her own calendar."""
    calcom_event_type: int | None = None
    buffer_minutes: int = Field(15, ge=0, le=120)
    notice_hours: int = Field(12, ge=0, le=336)
    horizon_days: int = Field(60, ge=1, le=366)
    closed: list[dt.date] = []
    """Days off that the weekly hours don't show."""
    open_on_holidays: bool = False

    @validator("url", always=True)
    def _link_needs_url(cls, url: Any, values: dict[str, Any]) -> Any:  # noqa: N805  # pydantic validators are class methods
        if values.get("provider") == "link" and url is None:
            raise ValueError("provider 'link' needs the address of your booking page: url: \"https://…\"")
        return url


class Practice(_Strict):
    """All facts of the owner. None means that she hasn't said."""

    name: Text
    area: Text
    timezone: str = "America/New_York"
    shoe_shops: list[Text] = []
    licence: Text | None = None
    phone: Text | None = None
    email: Text | None = None
    website: AnyHttpUrl | None = None
    privacy_url: AnyHttpUrl | None = None
    address: Text | None = None
    parking: Text | None = None
    private_space: Text | None = None
    answer_time: Text | None = None
    hours: dict[Literal[WEEKDAYS], Hours | list[Hours]] | None = None  # type: ignore[valid-type]
    sessions: list[Session] = []
    payment_methods: list[Text] = []
    insurance: Text | None = None
    tipping: Text | None = None
    gift_cards: Text | None = None
    cancellation_policy: Text | None = None
    late_policy: Text | None = None
    minors_policy: Text | None = None
    pregnancy_policy: Text | None = None
    booking: Booking = Booking()
    retention_days: int = Field(90, ge=1, le=3650)

    @validator("timezone")
    def _known_zone(cls, name: str) -> str:  # noqa: N805  # pydantic validators are class methods
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"'{name}' is no time zone; write it like America/New_York") from None
        return name

    @validator("hours")
    def _hours_in_order(cls, hours: dict | None) -> dict | None:  # noqa: N805  # pydantic validators are class methods
        for day, spans in (hours or {}).items():
            for span in [spans] if isinstance(spans, str) else spans:
                start, end = clock_span(span)
                if start >= end:
                    raise ValueError(f"{day}: '{span}' ends before it starts; write it like 9:00-17:00")
        return hours

    @property
    def first_name(self) -> str:
        """The therapist's first name, as answers call her."""
        return str(self.name).split()[0]

    @property
    def zone(self) -> ZoneInfo:
        """The zone that all times are said in."""
        return ZoneInfo(self.timezone)

    def weekly_hours(self) -> dict[int, list[tuple[dt.time, dt.time]]]:
        """Opening hours by weekday, Monday = 0; a closed day is missing."""
        weekly = {}
        for day, spans in (self.hours or {}).items():
            weekly[WEEKDAYS.index(day)] = [clock_span(s) for s in ([spans] if isinstance(spans, str) else spans)]
        return weekly

    def facts(self) -> dict[str, str | None]:
        """Every placeholder that an answer may use, as a ready phrase; None where the owner hasn't said."""
        return {
            "name": self.name,
            "practice_area": self.area,
            "shoe_shops": _either(self.shoe_shops),
            "licence": self.licence,
            "phone": self.phone,
            "email": self.email,
            "website": self.website and str(self.website),
            "privacy_url": self.privacy_url and str(self.privacy_url),
            "address": _sentences(self.address, self.parking, self.private_space) if self.address else None,
            "parking": self.parking,
            "private_space": self.private_space,
            "answer_time": self.answer_time,
            "hours": _hours_phrase(self.weekly_hours()),
            "prices": _prices_phrase(self.sessions),
            "session_lengths": _lengths_phrase(self.sessions),
            "payment_methods": _either(self.payment_methods),
            "insurance": self.insurance,
            "tipping": self.tipping,
            "gift_cards": self.gift_cards,
            "cancellation_policy": self.cancellation_policy,
            "late_policy": self.late_policy,
            "minors_policy": self.minors_policy,
            "pregnancy_policy": self.pregnancy_policy,
            "booking_url": self.booking.url and str(self.booking.url),
        }


def clock_span(span: str) -> tuple[dt.time, dt.time]:
    """`"9:00-17:00"` as two clock times."""
    start, _, end = span.partition("-")
    return _clock(start), _clock(end)


def _clock(text: str) -> dt.time:
    hour, _, minute = text.partition(":")
    return dt.time(int(hour), int(minute))


def load(path: Path) -> Practice:
    """Reads and checks practice.yml.

    Raises:
        SettingsError: names each wrong line, what was found and what is allowed.
    """
    try:
        content = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path.name} is missing; it holds your facts. Restore it or copy it from the release.") from None
    except YAMLError as error:
        raise SettingsError(_say_slip(path, error)) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path.name} can't be read: save it as plain text (UTF-8).") from None
    if not isinstance(content, dict):
        raise SettingsError(f"{path.name} must be lines of the form 'name: value', not {type(content).__name__}.")
    try:
        return Practice.parse_obj(_plain(content))
    except ValidationError as error:
        said = dict.fromkeys(_say(path.name, content, _of_one_day(e)) for e in error.errors())
        raise SettingsError("\n".join(said)) from None


def _say_slip(path: Path, error: YAMLError) -> str:
    """A slip in the file's form as a sentence with its line, what was found and what is allowed."""
    lines = path.read_text(encoding="utf-8").splitlines()
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    at = min(mark.line if mark else 0, len(lines) - 1)
    # A quote that isn't closed is noticed only where the next one stands.
    unclosed = [
        n for n, line in enumerate(lines[: at + 1]) if line.split(" #")[0].count('"') % 2 and not line.lstrip().startswith("#")
    ]
    if unclosed:
        at, allowed = unclosed[0], 'a text needs a quote at its beginning and at its end: "…"'
    elif isinstance(error, DuplicateKeyError):
        allowed = "this fact stands in the file already; keep one of the two lines"
    elif "\t" in lines[at]:
        allowed = "there is a tab in it; use spaces"
    elif lines[at].startswith(" "):
        allowed = "a fact begins at the very left: take away the space before its name (what belongs to a fact above has two more than that)"
    else:
        allowed = 'write it as name, colon, space and value, such as phone: "508-555-0100"'
    return f"{path.name} line {at + 1}: found {lines[at].rstrip()!r}; {allowed}."


def _of_one_day(error: Mapping[str, Any]) -> Mapping[str, Any]:
    """Wrong hours of a day are one mistake: a span, or a list of them, and the schema tells of both."""
    if error["loc"][0] == "hours" and len(error["loc"]) > 1 and error["type"] != "value_error.const":
        return {**error, "loc": error["loc"][:2], "type": "value_error.str.regex"}
    return error


def _plain(node: Any) -> Any:
    """The YAML tree without the parser's own classes."""
    if isinstance(node, dict):
        return {str(k): _plain(v) for k, v in node.items()}
    if isinstance(node, list):
        return [_plain(v) for v in node]
    return node


def _say(file: str, content: Any, error: Mapping[str, Any]) -> str:
    """One validation error as a sentence with its line, what was found and what is allowed."""
    where: list[str] = []
    node, line = content, 1
    for key in error["loc"]:
        if key in ("__root__", "__key__"):
            continue
        where.append(str(key))
        try:
            line = (node.lc.item(key) if isinstance(node, CommentedSeq) else node.lc.value(key))[0] + 1
            node = node[key]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    if error["loc"][-1] == "__key__":  # hours are the only facts whose names aren't the schema's own
        where.append(error["ctx"]["given"])
    if error["type"] == "value_error.extra" or error["loc"][-1] == "__key__":
        with contextlib.suppress(KeyError, AttributeError, TypeError):
            line = node.lc.key(where[-1])[0] + 1
        *above, name = where
        what, names = _NAMES[above[0]] if above else _FACTS
        inside = f"{'.'.join(above)}: " if above else ""
        return f"{file} line {line}: {inside}'{name}' is no {what}{_nearest(name, names)}"
    missing = error["type"] == "value_error.missing"
    found = "nothing" if missing else repr(_plain(node))
    return f"{file} line {line}: {'.'.join(where)}: found {found}; {_in_words(error)}"


_FACTS = ("fact that Legwork knows", tuple(Practice.__fields__))
_NAMES = {
    "hours": ("day of the week", WEEKDAYS),
    "sessions": ("part of a session", tuple(Session.__fields__)),
    "booking": ("part of booking", tuple(Booking.__fields__)),
}
"""Fact → what the names below it are, and which are allowed."""


def _nearest(key: str, names: Sequence[str]) -> str:
    begun = [name for name in names if name.startswith(key.lower())]
    close = begun if len(begun) == 1 else get_close_matches(key.lower(), names, n=1)
    return f"; did you mean '{close[0]}'?" if close else f"; allowed are {', '.join(names)}"


def _in_words(error: Mapping[str, Any]) -> str:
    """What to do, without the schema's words where we have others."""
    limits = error.get("ctx", {})
    values = ", ".join(
        str(getattr(value, "value", value)) for value in limits.get("enum_values") or limits.get("permitted") or ()
    )
    said = next((words for kind, words in IN_WORDS.items() if error["type"].startswith(kind)), None)
    return said.format(values=values, **limits) if said else error["msg"]


def _sentences(*parts: str | None) -> str:
    """The parts that are set, each closed with a full stop."""
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def _either(names: list[str]) -> str | None:
    if not names:
        return None
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def say_clock(clock: dt.time) -> str:
    """`9 am`, `5:30 pm`, as Americans say it."""
    hour = clock.hour % 12 or 12
    minutes = f":{clock.minute:02}" if clock.minute else ""
    return f"{hour}{minutes} {'am' if clock.hour < 12 else 'pm'}"


def _hours_phrase(weekly: dict[int, list[tuple[dt.time, dt.time]]]) -> str | None:
    if not weekly:
        return None
    days = (
        f"{WEEKDAYS[day].capitalize()} {' and '.join(f'{say_clock(a)} to {say_clock(b)}' for a, b in spans)}"
        for day, spans in sorted(weekly.items())
    )
    return ", ".join(days)


def _prices_phrase(sessions: list[Session]) -> str | None:
    priced = [s for s in sessions if s.price is not None]
    if not priced:
        return None
    said = (f"${s.price:.2f}".removesuffix(".00") for s in priced)
    return ", ".join(f"{s.minutes} minutes of {s.type.title} {price}" for s, price in zip(priced, said))


def _lengths_phrase(sessions: list[Session]) -> str | None:
    lengths = sorted({s.minutes for s in sessions})
    return _either([str(m) for m in lengths]) and f"{_either([str(m) for m in lengths])} minutes"
