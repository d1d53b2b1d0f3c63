"""The draft of a booking: what the client has said of it so far, in whatever order it came."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from actions import times
from actions.client import beside_person, gives_person, is_name_like_time, misses, only_session, says_nothing, take_person
from actions.turn import Turn
from legwork.advice import SESSIONS
from legwork.advice.wording import SESSION_NAMES, area_names
from legwork.bookings import details, when
from legwork.settings import practice, settings

CHANGES = (
    ("Session", "change_session", "booking_session"),
    ("When", "change_when", "booking_when"),
    ("Name", "change_name", "booking_name"),
    ("Contact", "change_contact", "booking_contact"),
)


SENDS = re.compile(
    r"\W*(?:(?:ok|okay|yes|please|just|then|now)\W+)*(?:send|book|submit|confirm)(?: (?:it|that))?(?: (?:now|please|then|off))*\W*",
    re.IGNORECASE,
)
"""Sends the booking that stands open."""


def fill(turn: Turn, draft: dict[str, Any], asked: str | None) -> None:
    """Reads the message into the draft; `asked` is the form's open question."""
    value = (turn.values("reply") or [turn.reading["answer"]])[0]
    if turn.withheld and asked:  # where the form is only opened, whoever opened it has said so
        turn.say(f"utter_never_kept/{turn.withheld}", topic="booking")
    if turn.withheld and value != "yes":
        take_beside(turn, draft, asked)
        return
    changed = next((slot for _, name, slot in CHANGES if value == name), None)
    if asked == "booking_confirm" and not draft.get("moving"):
        changed = changed or next((slot for slot, named in PARTS.items() if named.fullmatch(turn.text)), None)
    if changed:
        forget(draft, changed)
        draft.pop("changing", None)
        return
    for key in ("unclear", "missed"):
        draft.pop(key, None)
    before = {k: draft.get(k) for k in ("session_said", "when_said", "name", "email", "phone", "here")}
    take_session(turn, draft, asked)
    if value == "here":
        draft["here"] = True
    if times.SLOT in (asked, *turn.values("to")) and times.take(turn, draft, value):
        take_person(turn, draft, asked)
    elif turn.intent != "choose" and not corrects(turn, draft, asked, before):
        take_when(turn, draft, asked)
        take_person(turn, draft, asked)
    if asked == "booking_confirm":
        changing = draft.pop("changing", False)
        corrected = any(draft.get(k) != v for k, v in before.items())
        plain = value == "yes" and (not changing or turn.intent == "choose" or "send" in turn.text.lower())
        sends = plain or SENDS.fullmatch(turn.text)
        if corrected:
            draft.pop("confirmed", None)
        elif sends:
            draft["confirmed"] = True
        elif draft.get("moving") and value == "no":
            draft.update(keep=True, confirmed=True)
        elif not (changing and value == "no") and not (value is None and turn.tells_jessica):
            # "No" to "what shall I change?" means nothing, and a note changes nothing: it is read back again.
            draft["unsure_what"] = True


def take_beside(turn: Turn, draft: dict[str, Any], asked: str | None) -> None:
    """What a message says beside a number that isn't kept; what it doesn't say is asked again, without a word about it."""
    before = {**draft}
    for take in (take_session, take_when, take_person):
        take(turn, draft, None)
    name = details.read_name(turn.text, asked=True) if asked == "booking_name" and not draft.get("name") else None
    if name and name in turn.text:
        draft["name"] = name
    if draft != before:
        draft.pop("confirmed", None)


def forget(draft: dict[str, Any], slot: str) -> None:
    """Empties one part of the draft, so that it is asked again."""
    if slot == "booking_when":
        times.drop(draft)
        draft["instead_of"] = [draft.get("windows"), draft.get("when_said")]
    for key in {
        "booking_session": ("session", "minutes", "session_said"),
        "booking_when": ("windows", "when_said", "when_asked", "when_told"),
        "booking_name": ("name",),
        "booking_contact": ("email", "phone", "here"),
    }[slot]:
        draft.pop(key, None)


_LENGTH = r"(30|45|60|75|90|120)(?![:\d/]| ?[ap]m)"
_MAKE_IT = re.compile(
    rf"\bmake (?:it|that|this) (?:an? )?{_LENGTH}\b|^\W*(?:(?:ok|okay|no|well|then|just|only|actually|rather|let['’]?s do)\W+)*{_LENGTH}"
    r"(?: (?:then|instead|rather|please|is (?:fine|enough|better)|will do|it is|works))*\W*$",
    re.IGNORECASE,
)
"""A length that is put right without a word for minutes; no hour is as high."""


HOUR = 60
_HOUR_OF = re.compile(r"(?<![\d½] )(?<!half[ -])\bhour (?:of|long)\b", re.IGNORECASE)
"""An hour without its article ("hour of deep tissue, friday at 3")."""

_NOT_THIS = re.compile(
    r"\b(?:not|no|instead of|rather than|without|except|forget|skip)\W+(?:(?:my|the|any|for|on|at all)\W+)*$", re.IGNORECASE
)
"""Leads to an area that is not to be worked on."""

_ADDS = re.compile(r"\b(?:also|too|as well|add|plus|along with|on top)\b", re.IGNORECASE)
"""An area beside those that were named."""


_RETURNS = re.compile(
    r"\W*(?:(?:hi|hey|hello|ok|okay|so|and|sorry|now)\W+)*i(?:['’]?m| am) back(?: now| again)?\W*", re.IGNORECASE
)
"""Goes on with the conversation, and leaves no choice to Jessica."""


def take_session(turn: Turn, draft: dict[str, Any], asked: str | None) -> None:
    """Session type, minutes and areas: from the message, the recommendation, or Jessica's choice."""
    said = beside_person(turn, draft, asked)
    named = [e["value"] for e in said if e["entity"] == "session" and e["value"] in SESSIONS]
    minutes = _minutes(turn, said, asked)
    areas, unwanted = _named_areas(turn, said)
    heard = turn.get("circumstances") or {}
    told = None if heard.get("booked") else heard.get("areas")
    suggested: dict[str, Any] = turn.get("recommendation") or ({"session": None, "minutes": None, "areas": told} if told else {})
    if named or minutes or areas or unwanted:
        draft["session"] = (named or [draft.get("session") or suggested.get("session")])[0]
        draft["minutes"] = minutes[0] if minutes else draft.get("minutes") or suggested.get("minutes")
        known = [area for area in draft.get("areas") or suggested.get("areas") or [] if area not in unwanted]
        adds = bool(_ADDS.search(turn.text))
        # "My knees hurt too" where nothing was named yet is beside what is named next.
        draft["areas"] = list(dict.fromkeys([*known, *areas])) if adds or draft.pop("beside", None) else areas or known
        if adds and not known:
            draft["beside"] = True
    elif suggested and not draft.get("session_said"):
        draft.update(session=suggested["session"], minutes=suggested["minutes"], areas=suggested["areas"])
    elif (
        asked == "booking_session"
        and turn.intent in ("answer", "choose")
        and not (only_time(turn.text, draft) or gives_person(turn) or _RETURNS.fullmatch(turn.text))
    ):
        draft.update(session=None, minutes=None, areas=[], open=True)
    else:
        return
    if minutes and not offers(draft):
        turn.say("utter_length_not_offered", topic="booking", lengths=_listed(lengths(draft.get("session"))))
        draft["minutes"] = None
    draft["session_said"] = say_session(draft)


def _named_areas(turn: Turn, said: list[dict[str, Any]]) -> tuple[list[str], set[str]]:
    """The areas among the entities: those that are wished, and those that aren't ("my hamstrings, not my quads")."""
    areas = [e for e in said if e["entity"] == "area"]
    unwanted = {e["value"] for e in areas if _NOT_THIS.search(turn.text[: e["start"]])}
    return [e["value"] for e in areas if e["value"] not in unwanted], unwanted


def _minutes(turn: Turn, said: list[dict[str, Any]], asked: str | None) -> list[int]:
    """Lengths in the message, also those without a word for minutes."""
    if counted := [int(e["value"]) for e in said if e["entity"] == "minutes"]:
        return counted
    if _HOUR_OF.search(turn.text):
        return [HOUR]
    return [int(value) for found in _MAKE_IT.findall(turn.text) for value in found if value and asked]


def lengths(session: str | None) -> list[int]:
    """The minutes that Jessica offers, of this type of session or of any; none where she hasn't said."""
    return sorted({s.minutes for s in practice().sessions if session in (None, s.type.value)})


def offers(draft: dict[str, Any]) -> bool:
    """Whether the draft's length is one of hers."""
    return not lengths(draft.get("session")) or draft.get("minutes") in lengths(draft.get("session"))


def _listed(minutes: list[int]) -> str:
    *some, last = map(str, minutes)
    return f"{', '.join(some)} or {last}" if some else last


def say_session(draft: dict[str, Any]) -> str:
    """`60 minutes of myofascial release for your calves`; what is open is Jessica's to set."""
    name = SESSION_NAMES.get(draft.get("session") or "", "a session")
    length = f"{draft['minutes']} minutes of {name}" if draft.get("minutes") and draft.get("session") else name
    if draft.get("minutes") and not draft.get("session"):
        length = f"{draft['minutes']} minutes"
    areas = draft.get("areas")
    return f"{length} for {area_names(areas, None)}" if areas else length


def reads_time(text: str) -> bool:
    """Whether a text names a time at which somebody could come."""
    return when.read(text, settings().now().astimezone(practice().zone)).kind == "windows"


def take_when(turn: Turn, draft: dict[str, Any], asked: str | None, text: str | None = None) -> None:
    """The wished times; what can't be taken is said with its reason, once it was meant as a time.

    `text`: the part of the message that names them; all of it when None.
    """
    text = text or turn.text
    if asked in ("booking_name", "booking_contact"):
        return  # a name may hold a May and a phone number a 4:30
    if is_name_like_time(turn, asked):
        return
    now = settings().now().astimezone(practice().zone)
    start = times.counted_from(text, dt.datetime.fromisoformat(draft["was"])) if draft.get("moving") else now
    reading = when.read(text, start, before=heard_before(draft))
    if reading.kind == "windows" and just_over(text, reading, now):
        turn.say("utter_when/next_year", topic="booking", wish=reading.said)
        draft["unclear"] = "booking_when"
        forget(draft, "booking_when")
    elif reading.kind == "windows":
        draft["windows"] = [[start.isoformat(), end.isoformat()] for start, end in reading.windows]
        draft["when_said"] = reading.said
        for key in ("when_asked", "instead_of"):
            draft.pop(key, None)
    elif reading.reason != "nothing" and (asked in ("booking_when", times.SLOT) or not draft.get("when_said")):
        draft["when_asked"] = {"kind": reading.kind, "reason": reading.reason, "said": reading.said}
        turn.say(f"utter_when/{reading.reason}", topic="booking")
        draft["unclear"] = "booking_when"
    elif asked == "booking_when" and (turn.values("area") or turn.values("session") or turn.values("minutes")):
        turn.say("utter_changed", topic="booking", what=draft["session_said"])
    elif asked == "booking_when" and turn.intent == "answer" and not (gives_person(turn) or turn.tells_jessica):
        misses(turn, draft, asked, "utter_when/nothing")


NEARLY_A_YEAR = dt.timedelta(days=305)
"""A date as far ahead was over two months ago at most."""

_SAYS_YEAR = re.compile(r"\b(?:20\d\d|next year|a year)\b|\d[/-]\d+[/-]\d", re.IGNORECASE)


def just_over(text: str, reading: when.Reading, now: dt.datetime) -> bool:
    """Whether a date without a year was over lately: the one of next year is more likely a slip than a wish."""
    dated = any(sign.isdigit() for sign in text) and not _SAYS_YEAR.search(text)
    return dated and reading.windows[0][0] - now > NEARLY_A_YEAR


def only_time(text: str, draft: dict[str, Any]) -> bool:
    """Whether a text names a time and nothing else that could be an answer ("actually tuesday is better")."""
    words = [word.strip(".,!?") for word in text.lower().split()]
    if not any(word in details.NO_NAMES or any(sign.isdigit() for sign in word) for word in words) or details.read_contact(text):
        return False
    now = settings().now().astimezone(practice().zone)
    reading = when.read(text, now, before=heard_before(draft))
    return reading.kind == "windows" and says_nothing(reading.rest)


_PART = (
    r"(?:(?:no|oh|wait|actually|sorry|i (?:want|need|['’]?d like) to|(?:can|could) (?:i|you|we)|change|fix|correct|just|only|please|it['’]?s|not|the|my|a"
    r"|another|different|wrong|isn['’]?t|right|is)\W+)*"
)
PARTS = {
    slot: re.compile(rf"{_PART}(?:{names})(?:\W+(?:please|is|was|it['’]?s|wrong|not|isn['’]?t|right))*\W*", re.IGNORECASE)
    for slot, names in {
        "booking_session": "session|length|area|areas|massage|type|minutes",
        "booking_when": "when|time|times|day|date|day and time",
        "booking_name": "name|names",
        "booking_contact": "contact|phone|number|phone number|mobile|e-?mail|e-?mail address|address",
    }.items()
}
"""A part of the read-back that is named to be changed, and not what it shall be."""


def corrects(turn: Turn, draft: dict[str, Any], asked: str | None, before: dict[str, Any]) -> bool:
    """Whether something said earlier was corrected instead of answering ("actually wednesday"); it is taken and said then."""
    leads = re.match(r"(?:no|actually|wait|oh|sorry|i mean)\b", turn.text, re.IGNORECASE)
    if (
        (leads or only_session(turn) or not (details.read_name(turn.text, asked=True) or details.read_contact(turn.text)))
        and asked in ("booking_name", "booking_contact")
        and before["session_said"] != draft.get("session_said")
    ):
        turn.say("utter_changed", topic="booking", what=draft["session_said"])
        return True
    no_time = _DIGITS.fullmatch(turn.text) or is_name_like_time(turn, asked)
    wish = None if no_time or asked not in ("booking_name", "booking_contact") else wish_in(turn, draft, asked)
    if not wish:
        return False
    take_when(turn, draft, None, wish)
    if draft.get("when_said"):
        draft["when_told"] = draft["when_said"]
        turn.say("utter_changed", topic="booking", what=draft["when_said"])
    if wish != turn.text:
        take_person(turn, draft, asked, turn.text.replace(wish, ""))
    return True


_PIECES = re.compile(r"[,;\n]+")


def wish_in(turn: Turn, draft: dict[str, Any], asked: str | None) -> str | None:
    """What of a message wishes for another time where a name or a contact was asked: all of it, or one piece of a list."""
    pieces = [turn.text, *(piece for piece in _PIECES.split(turn.text) if piece.strip() and piece != turn.text)]
    if wish := next((piece for piece in pieces if only_time(piece, draft)), None):
        return wish
    meant = turn.intent in ("appointment_book", "appointment_reschedule")
    nameless = asked == "booking_name" and not details.read_name(turn.text, asked=True)
    wishes = (meant or nameless) and not details.read_contact(turn.text) and reads_time(turn.text)
    return turn.text if wishes else None


_DIGITS = re.compile(r"\W*\d(?:[\s().+-]*\d){2,}\W*")
"""The beginning of a phone number more likely than an hour ("508")."""


def heard_before(draft: dict[str, Any]) -> when.Reading | None:
    """What the client said of the time so far, which a correction or an answer leans on, also where it was to be changed."""
    if draft.get("when_asked"):
        return when.Reading(**draft["when_asked"])
    if draft.get("was") and not draft.get("windows"):
        was = dt.datetime.fromisoformat(draft["was"])
        return when.Reading("windows", ((was, was),))
    windows, said = (draft["windows"], draft["when_said"]) if draft.get("windows") else draft.get("instead_of") or (None, "")
    if windows:
        moments = tuple((dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end)) for start, end in windows)
        return when.Reading("windows", moments, said=said)
    return None
