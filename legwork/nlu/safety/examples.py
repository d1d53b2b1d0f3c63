"""The trained net's examples, as examples.yml holds them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "examples.yml"
BENIGN = "benign"
"""The label of near-misses: the signs' words without a sign."""


def fingerprint() -> str:
    """Changes with the examples, and with the code that learns from them: Rasa else takes what it learned before."""
    learning = (FILE, FILE.with_name("net.py"), FILE.with_name("signs.yml"), FILE.parents[1] / "heads.py")
    return hashlib.sha256(b"".join(path.read_bytes() for path in learning)).hexdigest()


@lru_cache(maxsize=1)
def examples() -> tuple[tuple[str, str], ...]:
    """Each phrase and its sign, or BENIGN."""
    data = yaml.load(FILE.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return tuple((str(text), sign) for sign, texts in data.items() for text in texts)
