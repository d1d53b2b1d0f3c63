"""Emergencies in other languages than English: their signs as data, in the notation of signs.yml.

Legwork understands English only, and whatever else comes is passed on to Jessica; what is 911's matter can't wait for her.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import yaml

from legwork.nlu.safety.signs import HERE, Signs

LANGUAGES = ("spanish", "portuguese")


@lru_cache(maxsize=1)
def others() -> dict[str, Signs]:
    """The signs by language, compiled at the first use."""
    english = yaml.safe_load((HERE / "signs.yml").read_text("utf-8"))["cues"]
    return {name: _load(name, dict.fromkeys(english, "")) for name in LANGUAGES}


def _load(name: str, cues: dict[str, str]) -> Signs:
    """The signs of one language; a cue that it doesn't list has no words in it."""
    data = yaml.safe_load((HERE / f"{name}.yml").read_text("utf-8"))
    return Signs({**data, "cues": {**cues, **data["cues"]}})


def bare(text: str) -> str:
    """The text without accents, which few people type on a phone."""
    if text.isascii():
        return text
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
