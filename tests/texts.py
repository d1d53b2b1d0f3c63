"""What stands in data/, for the tests of its content: the phrasings, and the texts that a client can get."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from legwork.settings import ROOT

DATA = ROOT / "data"
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, where it was built in, reads all of data/ in a second instead of eight."""


@dataclass(frozen=True)
class Phrasing:
    """One training example."""

    intent: str
    text: str
    file: Path


@dataclass(frozen=True)
class Text:
    """One variant of a response."""

    response: str
    channel: str
    """`sms`, or `web` for the variant without a channel."""
    text: str
    file: Path

    def __str__(self) -> str:
        """How a test is named."""
        return f"{self.response} ({self.channel})"


def content(path: Path) -> dict[str, Any]:
    """A YAML file."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader) or {}


@lru_cache(maxsize=1)
def files() -> dict[Path, dict[str, Any]]:
    """Every file of data/ and what stands in it."""
    return {path: content(path) for path in sorted(DATA.rglob("*.yml"))}


def examples(block: dict[str, Any]) -> list[str]:
    """The phrasings of one `- intent:` block."""
    return [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]


@lru_cache(maxsize=1)
def phrasings() -> list[Phrasing]:
    """All training examples."""
    blocks = [(path, block) for path, found in files().items() for block in found.get("nlu") or [] if "intent" in block]
    return [Phrasing(block["intent"], text, path) for path, block in blocks for text in examples(block)]


@lru_cache(maxsize=1)
def texts() -> list[Text]:
    """All variants of all responses."""
    found = [
        (name, variant, path)
        for path, content in files().items()
        for name, variants in (content.get("responses") or {}).items()
        for variant in variants
    ]
    return [Text(name, variant.get("channel", "web"), variant["text"], path) for name, variant, path in found]
