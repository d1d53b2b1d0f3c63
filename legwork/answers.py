"""What the owner's texts need and where they come from, read from data/: the sentences themselves are uttered by Rasa."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from ruamel.yaml import YAML

from legwork.settings import ROOT

_SOURCE = re.compile(r"^#\s*source:\s*(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """One response of data/, with all its variants."""

    name: str
    """As Rasa knows it: `utter_faq/price`."""
    file: Path
    source: str
    """article | owner | practice-norm | evidence, with what the head says of it."""
    variants: list[dict[str, Any]] = field(default_factory=list)

    @property
    def topic(self) -> str:
        """`faq/price` of `utter_faq/price`."""
        return self.name.removeprefix("utter_")

    @cached_property
    def facts(self) -> frozenset[str]:
        """Placeholders that any variant uses."""
        texts = (variant.get("text") or "" for variant in self.variants)
        return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)


def read(folder: Path = ROOT / "data") -> dict[str, Answer]:
    """All responses below `folder`, by name."""
    yaml, found = YAML(typ="safe"), {}
    for path in sorted(folder.rglob("*.yml")):
        text = path.read_text(encoding="utf-8")
        # Answers come first in a file; the phrasings below them are many and take long to parse.
        content = yaml.load(text.split("\nnlu:", 1)[0]) or {}
        source = _SOURCE.search(text)
        for name, variants in (content.get("responses") or {}).items():
            found[name] = Answer(name, path, source.group(1).strip() if source else "", variants)
    return found


@lru_cache(maxsize=1)
def answers() -> dict[str, Answer]:
    """All responses of the project, read once."""
    return read()


def missing_facts(name: str, facts: dict[str, str | None]) -> list[str]:
    """The placeholders of the response that no fact fills; slots fill placeholders too, so unknown names don't count."""
    answer = answers().get(name)
    return sorted(f for f in answer.facts if f in facts and facts[f] is None) if answer else []
