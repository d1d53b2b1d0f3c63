"""Facts and recommendations as words a client reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from legwork.advice.model import A_WHILE, Circumstances, Recommendation

SESSION_NAMES = {
    "sports_massage": "sports massage",
    "deep_tissue": "deep tissue massage",
    "myofascial_release": "myofascial release",
    "cupping": "cupping",
}

# one side, both sides, no side told
_AREAS = {
    "calves": ("calf", "calves", "your calves"),
    "achilles": ("Achilles", "Achilles tendons", "your Achilles"),
    "it_band": ("IT band", "IT bands", "your IT band"),
    "hips": ("hip", "hips", "your hips"),
    "glutes": ("glute", "glutes", "your glutes"),
    "piriformis": ("piriformis", "sides of the piriformis", "your piriformis"),
    "knees": ("knee", "knees", "your knees"),
    "plantar_fasciitis": ("foot", "feet", "your feet"),
    "feet": ("foot", "feet", "your feet"),
    "shin_splints": ("shin", "shins", "your shins"),
    "quads": ("quad", "quads", "your quads"),
    "hamstrings": ("hamstring", "hamstrings", "your hamstrings"),
    "back": ("side of your back", "sides of your back", "your back"),
    "general_soreness": ("side", "sides", "your whole body"),
    "legs": ("leg", "legs", "your legs"),
    "ankles": ("ankle", "ankles", "your ankles"),
    "groin": ("groin", "sides of the groin", "your groin"),
    "neck": ("side of your neck", "sides of your neck", "your neck"),
    "shoulders": ("shoulder", "shoulders", "your shoulders"),
    "arms": ("arm", "arms", "your arms"),
    "hands": ("hand", "hands", "your hands"),
}

ACTIVITIES = {
    "running": "running",
    "walking": "walking",
    "speed_work": "speed work",
    "stairs": "stairs",
    "long_runs": "long runs",
    "racing": "racing",
    "training": "training",
    "sleep": "sleep",
    "sitting": "sitting",
    "work": "work",
}

RACES = {
    "bq": "a Boston qualifying time",
    "boston_marathon": "the Boston Marathon",
    "marathon": "a marathon",
    "half_marathon": "a half marathon",
    "ultra": "an ultra",
    "trail_race": "a trail race",
    "triathlon": "a triathlon",
    "50k": "a 50k",
    "10_mile": "a 10-mile race",
    "10k": "a 10k",
    "5k": "a 5k",
    "track": "a track meet",
    "relay": "a relay",
}


def either(words: Iterable[str], last: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`."""
    *most, final = words
    return f"{', '.join(most)} {last} {final}" if most else final


def area_names(areas: Iterable[str], side: str | None) -> str:
    """`your left calf and your left hip`; each body part is said once."""
    names = []
    for area in areas:
        one, both, untold = _AREAS[area]
        names.append({"both": f"both {both}", None: untold}.get(side, f"your {side} {one}"))
    return either(dict.fromkeys(names), "and")


def activity_name(activity: str) -> str:
    """The activity that a complaint gets in the way of."""
    return ACTIVITIES.get(activity, activity.replace("_", " "))


def race_name(race: str | None) -> str:
    """The race with its article; an unknown one is read as it was stored."""
    return RACES.get(race, race.replace("_", " ")) if race else "your race"


def time_span(days: int) -> str:
    """`about 6 weeks`. Exactly `A_WHILE` is how "for a while" is stored, so it is read back as that."""
    if days == A_WHILE:
        return "a while"
    for unit, length in (("year", 365), ("month", 30), ("week", 7)):
        if days >= 2 * length:
            return f"about {round(days / length)} {unit}s"
    return "a day" if days == 1 else f"{days} days"


def day_name(day: dt.date) -> str:
    """`Monday, April 14`."""
    return f"{day:%A, %B} {day.day}"


def say(recommendation: Recommendation, c: Circumstances) -> dict[str, str]:
    """The recommendation in parts, each a sentence or two; a part with nothing to say is missing.

    Returns:
        Keys in reading order: `suggestion`, `length` (where it is Jessica's to set), `because` (the two strongest reasons), `notes` (what the client's health asks
        for), `left_out`, `timing`, `spacing`, `wear`.
    """
    r = recommendation
    name = SESSION_NAMES[r.session]
    length = f", about {r.minutes} minutes" if r.minutes else ""
    others = f" {either(SESSION_NAMES[s] for s in r.alternatives).capitalize()} would fit as well." if r.alternatives else ""
    parts = {
        "suggestion": f"I'd suggest {name}{length}.{others}",
        "length": "" if r.minutes else r.length.text,
        "because": " ".join([reason.text for reason in r.reasons if not reason.fact.startswith("note/")][:2]),
        "notes": " ".join(reason.text for reason in r.reasons if reason.fact.startswith("note/")),
        "left_out": " ".join(dict.fromkeys(why for _, why in r.left_out)),
        "timing": r.timing.text if r.timing else "",
        "spacing": r.spacing.text,
        "wear": r.wear.text,
    }
    return {key: text for key, text in parts.items() if text}
