"""Slips of the pen in the answers of data/, said as the owner can mend them: the file, the line, what was found, what to write."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAMLError
from ruamel.yaml.constructor import DuplicateKeyError

from legwork.errors import AnswersError
from legwork.settings import ROOT

if TYPE_CHECKING:
    from legwork.answers import Answer

_BLOCK = "on lines of its own below - text: |- , each with four spaces more than that line's dash"
_OF_TOPICS = ("faq/", "complaint/", "again/", "part/", "unset", "told/")
"""Answers in which nothing but facts is filled."""
_TO_DO = "Correct it, then run `make train`"


def named(path: Path) -> str:
    """The file as the owner knows it: `data/topics/tipping.yml`."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


def unreadable(path: Path, error: YAMLError) -> AnswersError:
    """A slip in a file's form."""
    lines = path.read_text(encoding="utf-8").splitlines()
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    at = min(mark.line if mark else 0, len(lines) - 1)
    if isinstance(error, DuplicateKeyError):
        advice = "this name stands in the file already; keep one of the two"
    elif "\t" in lines[at]:
        advice = "there is a tab in it; use spaces"
    else:
        # What is noticed in a line may have begun in the one before, such as a quote that isn't closed.
        advice = f'a text with a colon or a # in it stands in quotes, - text: "Tips: as you like.", or {_BLOCK}'
    return AnswersError(f"{named(path)} line {at + 1}: found {lines[at].strip()!r}; {advice}. {_TO_DO}.")


def misshapen(path: Path, name: str, variants: Any) -> AnswersError | None:
    """A response that isn't a list of texts."""
    texts = isinstance(variants, list) and all(isinstance(v, dict) and isinstance(v.get("text"), str) for v in variants)
    if texts and variants:
        return None
    line = _line(path, f"{name}:")
    return AnswersError(
        f'{named(path)} line {line}: {name} needs its words beside - text: , in quotes, - text: "As you like.", or {_BLOCK}. {_TO_DO}.'
    )


def unknown_placeholders(texts: Iterable[Answer], facts: Collection[str], elsewhere: Collection[str]) -> Iterator[str]:
    """A line for each placeholder that nothing fills; its sentence is left out of what clients read.

    Args:
        texts: the answers.
        facts: placeholders that practice.yml fills.
        elsewhere: placeholders that the code fills, outside of topics and complaints.
    """
    for answer in texts:
        allowed = {*facts} if answer.topic.startswith(_OF_TOPICS) else {*facts, *elsewhere}
        for name in sorted(answer.facts - allowed):
            near = get_close_matches(name, allowed, n=1)
            yield (
                f"{named(answer.file)} line {_line(answer.file, f'{{{name}}}')}: nothing fills {{{name}}} in {answer.name}, so clients don't read that sentence"
                f"{f'; did you mean {{{near[0]}}}?' if near else '.'} Allowed there: {', '.join(sorted(facts))}. {_TO_DO}."
            )


_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBER = re.compile(rf"\d[\d,.:]*\d|\d|\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)


def stale_shorter_texts(texts: Mapping[str, Answer]) -> Iterator[str]:
    """A line for each repeat or text message with a number that the answer doesn't have: the answer was changed, and this wasn't."""
    for answer in texts.values():
        if not answer.topic.startswith(("faq/", "complaint/")):
            continue
        own, *others = answer.variants
        again = texts.get(f"utter_again/{answer.topic.split('/')[1]}")
        shorter = [("its text message (channel: sms)", v["text"]) for v in others]
        shorter += [(f"its repeat {again.name}", v["text"]) for v in again.variants] if again else []
        for what, text in shorter:
            if stale := sorted(_numbers(text, _WORDS[2:]) - _numbers(own["text"], _WORDS)):
                yield f"{named(answer.file)}: {what} says {', '.join(stale)}, and {answer.name} doesn't. Change both where a fact has changed, then run `make train`."


def _numbers(text: str, words: Collection[str]) -> set[str]:
    """Numbers in digits; those in words count where they are among `words`: "one of the two" tells no fact."""
    found = (number.lower() for number in _NUMBER.findall(text))
    return {str(_WORDS.index(n) + 1) if n in _WORDS else n for n in found if n not in _WORDS or n in words}


def _line(path: Path, piece: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return next((number for number, line in enumerate(lines, 1) if piece in line), 1)
