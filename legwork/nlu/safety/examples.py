"""The trained net's examples, as examples.yml holds them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from legwork.nlu import heads

FILE = Path(__file__).parent / "examples.yml"
BENIGN = "benign"
"""The label of near-misses: the signs' words without a sign."""


def fingerprint() -> str:
    """Changes with the examples, and with the code that learns from them: Rasa else takes what it learned before."""
    return heads.fingerprint(FILE, FILE.with_name("net.py"), FILE.with_name("signs.yml"))


@lru_cache(maxsize=1)
def examples() -> tuple[tuple[str, str], ...]:
    """Each phrase and its sign, or BENIGN."""
    data = yaml.load(FILE.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return tuple((str(text), sign) for sign, texts in data.items() for text in texts)
