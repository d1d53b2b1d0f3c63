"""The advice in data/safety.yml."""

from __future__ import annotations

import re

import pytest
import yaml

from legwork.nlu.safety.patterns import shipped
from legwork.nlu.safety.signs import HERE

DATA = HERE.parents[2] / "data"
RESPONSES = yaml.safe_load((DATA / "safety.yml").read_text("utf-8"))["responses"]
OTHER_LANGUAGES = yaml.safe_load((DATA / "safety_other_languages.yml").read_text("utf-8"))["responses"]
TEXTS = {name: variants[0]["text"] for name, variants in RESPONSES.items()}
LEVEL = {name: variants[0].get("metadata", {}).get("level") for name, variants in RESPONSES.items()}


@pytest.mark.parametrize("code", [sign.code for sign in shipped().signs.values()])
def test_every_sign_is_answered_at_its_level(code: str) -> None:
    """A sign's own text, or that of its level, carries the level of the sign."""
    level = shipped().signs[code].level
    own = f"utter_note/{code}" if level == "tell_jessica" else f"utter_safety/{code}"
    name = own if own in TEXTS else "utter_note" if level == "tell_jessica" else f"utter_safety/{level}"

    assert level == LEVEL[name]


@pytest.mark.parametrize("name", [name for name, level in LEVEL.items() if level == "emergency"])
def test_an_emergency_says_911_first(name: str) -> None:
    """911, or 988 for self-harm, stands in the first words, and the message is short."""
    assert re.match(r"Call (911|or text 988)", TEXTS[name])
    assert "911" in TEXTS[name]


CALLER = r"tell you what to do|I'm glad you said it|If you aren't safe to call"
"""Words to whoever writes, also where somebody else is in danger."""

PATIENT = re.compile(
    r"\b(?:you|your|yourself)\b|\b(?:sit|lie|keep still|rest until|don't (?:drink|stay|drive|sleep)|stay (?:where|seated))\b"
    r"|\b(?:siéntese|descanse|si tiene|si está|no maneje|no se quede|se le)\b|\b(?:sente-se|descanse|se tiver|se estiver|não (?:dirija|fique))\b",
    re.IGNORECASE,
)
"""Words to whoever has it."""


@pytest.mark.parametrize(
    "text",
    [TEXTS[name] for name, level in LEVEL.items() if level == "emergency" and name.startswith("utter_safety/")]
    + [variants[0]["text"] for variants in OTHER_LANGUAGES.values()],
)
def test_an_emergency_fits_whoever_has_it(text: str) -> None:
    """The words are right for a husband with chest pain, and for who has it alone."""
    assert not PATIENT.search(re.sub(CALLER, "", text))


@pytest.mark.parametrize("name", list(TEXTS))
def test_every_text_fits_a_text_message(name: str) -> None:
    """Plain ASCII and two SMS parts at most."""
    assert TEXTS[name].isascii() and len(TEXTS[name]) <= 306


@pytest.mark.parametrize("name", list(TEXTS))
def test_nothing_is_diagnosed_or_played_down(name: str) -> None:
    """No disease is named as likely, nothing is called harmless, nothing is promised."""
    assert not re.search(
        r"probably|likely|you have (?:a |an )?(?:stress|clot|tear|torn)|it's just|nothing to worry|safe for you|blood clot|\bDVT\b|fracture|will heal|cure",
        TEXTS[name],
        re.IGNORECASE,
    )


@pytest.mark.parametrize("name", [n for n, level in LEVEL.items() if level == "doctor" and n.startswith("utter_safety/")])
def test_a_doctor_answer_sends_to_one_and_stops_booking_or_touch(name: str) -> None:
    """Who to see, and that there is no massage or booking until then."""
    assert re.search(r"doctor|emergency room|surgeon", TEXTS[name])
    assert re.search(r"before any massage|no massage", TEXTS[name])
