"""The same answer for a phone: short texts in GSM-7, choices as "1 … 2 …"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from legwork.channels import segments
from legwork.channels.consent import STOP_WORDS
from legwork.channels.wording import Part, parts_of, sentences

MOST_SEGMENTS = 2
READ_BACK_SEGMENTS = 3
MOST_TEXTS = 2
"""Texts an answer may take; what the first contact must say comes on top."""

MOST_CHOICES = 9
"""One digit each."""

WHATSAPP_CHARACTERS = 1600


def texts(bodies: Sequence[dict[str, Any]], whatsapp: bool = False) -> list[str]:
    """The texts to send for an answer, in order.

    Args:
        bodies: the answer as the web would show it.
        whatsapp: no carrier counts segments there, so nothing is folded or shortened.
    """
    parts = parts_of(bodies)
    if whatsapp:
        return [text[:WHATSAPP_CHARACTERS] for part in parts if (text := _with_choices(part, part.choices))]
    fitted = [(part, text) for part in parts if (text := _fitted(part).strip())]
    most = MOST_TEXTS + any(part.intro for part in parts)
    packed = _pack([text for _, text in fitted])
    return packed if len(packed) <= most else _shorter(fitted, most)


def _limit(part: Part) -> int:
    return READ_BACK_SEGMENTS if part.read_back else MOST_SEGMENTS


def _fits(text: str, most: int) -> bool:
    return segments.count(text) <= most


def _with_choices(part: Part, choices: Sequence[tuple[str, str]]) -> str:
    lines = [f"{number} {title}" for number, (title, _) in enumerate(choices, start=1) if title.lower() not in STOP_WORDS]
    return "\n".join([part.text, *lines]).strip()


def _fitted(part: Part) -> str:
    """The part in as many segments as it may have; suggestions go before words do, words before what is asked."""
    choices = list(part.choices[:MOST_CHOICES])
    while True:
        text = segments.fold(_with_choices(part, choices))
        if _fits(text, _limit(part)):
            return text
        if not choices or part.asks:
            break
        choices.pop()
    tail = text[len(segments.fold(part.text)) :]
    return cut(segments.fold(part.text), _limit(part), tail)


def cut(text: str, most: int, tail: str = "") -> str:
    """`text` and `tail` in at most `most` segments: whole sentences of the text from its start, the tail as it is."""
    pieces = sentences(text)
    while len(pieces) > 1 and not _fits("".join(pieces).rstrip() + tail, most):
        pieces.pop()
    kept = "".join(pieces).rstrip()
    while kept and not _fits(kept + tail, most):
        # A single sentence that long: cut between words, and say so.
        kept = kept.removesuffix("...").rstrip()
        kept = kept.rsplit(None, 1)[0] + "..." if len(kept.split()) > 1 else kept[: len(kept) // 2]
    if kept or not tail:
        return kept + tail
    lines = tail.strip().split("\n")
    while not _fits("\n".join(lines), most) and len(lines) > 1:
        lines.pop()
    return "\n".join(lines)


def _pack(fitted: list[str]) -> list[str]:
    """Neighbors in one text where both fit into two segments: a text is billed, and read, one at a time."""
    packed: list[str] = []
    for text in fitted:
        joined = f"{packed[-1]}\n{text}" if packed else text
        if packed and _fits(joined, MOST_SEGMENTS):
            packed[-1] = joined
        else:
            packed.append(text)
    return packed


def _shorter(fitted: list[tuple[Part, str]], most: int) -> list[str]:
    """Too many texts: the last stands, since it asks; those before lose reasons from their end and keep their answer."""
    *before, (_, last) = fitted
    pieces = [[text] if part.intro else sentences(text) for part, text in before]
    while len(_pack([*map(_joined, pieces), last])) > most and any(len(each) > 1 for each in pieces):
        max((each for each in pieces if len(each) > 1), key=lambda each: len(_joined(each))).pop()
    head = _pack([_joined(each) for each in pieces])
    return [*head[: most - 2], cut("\n".join(head[most - 2 :]), MOST_SEGMENTS), last]


def _joined(pieces: list[str]) -> str:
    return "".join(pieces).rstrip()
