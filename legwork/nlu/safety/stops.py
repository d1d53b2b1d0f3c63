"""What a warning sign keeps from being booked until a doctor has cleared it.

Pure: a stop is what the conversation remembers of its signs, made by `stop` and asked by `bars`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from legwork.nlu.safety.patterns import shipped

STOPS_ALL = ("emergency", "refuse")
"""Levels after which nothing is booked at all; `doctor` stops the areas it is about, or every area where its sign says so."""

NOT_OVER = dt.timedelta(days=1)
"""So long nobody's word lifts an emergency: what was 911's matter this morning is no front desk's this afternoon."""

REGIONS: tuple[frozenset[str], ...] = (
    frozenset({"calves", "achilles", "shin_splints", "ankles", "feet", "plantar_fasciitis", "legs"}),
    frozenset({"knees", "quads", "hamstrings", "it_band", "groin", "legs"}),
    frozenset({"hips", "glutes", "piriformis", "groin", "back"}),
    frozenset({"back", "neck", "shoulders"}),
    frozenset({"shoulders", "arms", "hands"}),
)
"""Areas that are worked on together: "my shins" is another word for the leg whose calf was stopped."""
WHOLE_BODY = "general_soreness"


def stop(before: dict[str, Any], level: str, sign: str, areas: Collection[str], now: dt.datetime) -> dict[str, Any]:
    """The stop of a conversation after one more sign.

    Args:
        before: the stop so far, or an empty one.
        level: of the sign.
        sign: its code.
        areas: what it is about, as far as that was said.
        now: this moment, with its zone.

    Returns:
        `level` and `sign` (of the newest sign, unless only a doctor's sign came after a graver one), `areas` and `signs` of all,
        `everywhere` (whether one of them bars any massage) and `at` (the newest emergency's time, or None).
    """
    milder = before.get("level") in STOPS_ALL and level == "doctor"
    known = shipped().signs.get(sign)
    return {
        "level": before["level"] if milder else level,
        "sign": before["sign"] if milder else sign,
        "areas": sorted({*before.get("areas", ()), *areas}),
        "signs": list(dict.fromkeys([*before.get("signs", ()), sign])),
        "everywhere": before.get("everywhere", False) or level in STOPS_ALL or not areas or bool(known and known.everywhere),
        "at": now.isoformat() if level == "emergency" else before.get("at"),
    }


def bars(stopped: dict[str, Any], areas: Collection[str]) -> bool:
    """Whether a session for these areas may not be booked; one for no area in particular never may."""
    if not stopped:
        return False
    if stopped["everywhere"] or not areas or WHOLE_BODY in areas or WHOLE_BODY in stopped["areas"]:
        return True
    near = {other for area in stopped["areas"] for region in REGIONS if area in region for other in region} | {*stopped["areas"]}
    return bool(near & set(areas))


def screened_area(stopped: dict[str, Any]) -> str | None:
    """The area whose screening question alone made the stop; None where a sign was told, or was heard of more than one."""
    return next((area for area in stopped["areas"] if stopped["signs"] == [f"screen_{area}"]), None)


def may_be_cleared(stopped: dict[str, Any], now: dt.datetime) -> bool:
    """Whether the client's word that a doctor has cleared it lifts the stop: no refusal's, and no emergency's of the last day."""
    at = stopped.get("at")
    return stopped.get("level") != "refuse" and (at is None or now - dt.datetime.fromisoformat(at) >= NOT_OVER)
