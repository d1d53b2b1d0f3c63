"""What the owner's texts need and where they come from, read from data/: the sentences themselves are uttered by Rasa."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, YAMLError

from legwork import slips
from legwork.settings import ROOT, practice

logger = logging.getLogger(__name__)

_PLACEHOLDER = re.compile(r"\{([^{}\n]+)\}")
_SENTENCES = re.compile(r"(?<=[.!?])[ \t]+|\n+")
_SOURCE = re.compile(r"^#\s*source:\s*(.+)$", re.MULTILINE)


FILLED = frozenset({
    "age", "areas", "before", "code", "contact", "lengths", "minutes", "old", "recommendation", "session", "until", "wear", "what",
    "when", "why", "wish",
})  # fmt: skip
"""Placeholders outside the topics that are no owner's facts: the action or the desk that says the response fills them."""


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
        return frozenset(name for text in texts for name in _PLACEHOLDER.findall(text))


def read(folder: Path = ROOT / "data") -> dict[str, Answer]:
    """All responses below `folder`, by name.

    Raises:
        AnswersError: names the line that can't be read, and how to write it.
    """
    yaml, found = YAML(typ="safe"), {}
    for path in sorted(folder.rglob("*.yml")):
        text = path.read_text(encoding="utf-8")
        # Answers come first in a file; the phrasings below them are many and take long to parse.
        try:
            content = yaml.load(text.split("\nnlu:", 1)[0]) or {}
        except YAMLError as error:
            raise slips.unreadable(path, error) from None
        source = _SOURCE.search(text)
        for name, variants in (content.get("responses") or {}).items():
            if wrong := slips.misshapen(path, name, variants):
                raise wrong
            found[name] = Answer(name, path, source.group(1).strip() if source else "", variants)
    return found


@lru_cache(maxsize=1)
def answers() -> dict[str, Answer]:
    """All responses of the project, read once."""
    return read()


def missing_facts(name: str, facts: dict[str, str | None]) -> list[str]:
    """The placeholders of the response that nothing fills: facts that are unset, and names that are none."""
    answer = answers().get(name)
    return sorted(f for f in answer.facts if f not in FILLED and facts.get(f) is None) if answer else []


def fill(text: str, values: Mapping[str, Any]) -> str:
    """`text` with its placeholders filled; a sentence with one that has no value is left out, so that it costs no more than that."""
    unfilled = {name for name in _PLACEHOLDER.findall(text) if values.get(name) is None}
    if unfilled:
        logger.error("answers.unfilled placeholders=%s", ",".join(sorted(unfilled)))
        text = " ".join(s for s in _SENTENCES.split(text) if s.strip() and not unfilled & {*_PLACEHOLDER.findall(s)})
        text = text or answers()["utter_unset_fact"].variants[0]["text"].strip()
    return _PLACEHOLDER.sub(lambda found: str(values[found[1]]), text)


def first_text(name: str) -> str:
    """A response's first variant, filled with the owner's facts: what is said without a turn of Rasa's."""
    return fill(answers()[name].variants[0]["text"].strip(), practice().facts())
