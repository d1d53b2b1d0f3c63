"""What Messenger and SMS make of a message's body: its words, its choices, and where a text may be cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from legwork.answers import first_text
from legwork.settings import settings

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_MARKUP = re.compile(r"\*\*|__|`|^#+\s+|<[^<>\n]{1,40}>", re.MULTILINE)
_LINK = re.compile(r"\[([^\]\n]+)\]\((https?://[^)\s]+)\)")


@dataclass(frozen=True)
class Part:
    """One body as a phone or Messenger can show it.

    Attributes:
        text: plain words, the card's rows and the links included.
        choices: (title, payload) in order; in Messenger quick replies, on the phone "1 … 2 …".
        links: (title, address), for buttons; they stand in `text` too.
        level: the safety level, or None.
        read_back: whether it reads a booking back, which must be whole.
        asks: whether the choices answer a question, rather than suggest another.
        intro: whether it says who is speaking, which must be whole.
    """

    text: str
    choices: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    level: str | None = None
    read_back: bool = False
    asks: bool = False
    intro: bool = False

    def bare(self) -> Part:
        """The same without choices."""
        return replace(self, choices=())


def part_of(body: dict[str, Any], links_in_text: bool = True) -> Part:
    """A body of the web's protocol as plain words, choices and links."""
    card = body.get("card") or {}
    rows = card.get("rows") or []
    choices = [(reply["title"], reply["payload"]) for reply in body.get("quick_replies") or []]
    lines = [f"{row['label']}: {row['value']}" for row in rows if card.get("kind") != "times"]
    if card.get("kind") == "times":
        choices = [(f"{row['label']}, {row['value']}", row["payload"]) for row in rows if row.get("payload")] + choices
    links = tuple((each["title"], _absolute(each["url"])) for key in ("link", "attachment") if (each := body.get(key)))
    asks = any('"reply"' in payload for _, payload in choices) or card.get("kind") == "times"
    if links_in_text:
        lines += [f"{title}: {url}" for title, url in links]
    return Part(
        text="\n".join([plain(body.get("text") or ""), *lines]).strip(),
        choices=tuple(choices),
        links=links,
        level=body.get("level"),
        read_back=card.get("kind") == "read_back" or (asks and body.get("topic") == "booking"),
        asks=asks,
        intro=bool(body.get("intro")),
    )


def parts_of(bodies: Sequence[dict[str, Any]], links_in_text: bool = True) -> list[Part]:
    """An answer's parts, in order; what asks stands last, and only that has choices: quick replies vanish, a digit picks one."""
    parts = sorted((part_of(body, links_in_text) for body in bodies), key=lambda part: part.asks)
    return [part if part is parts[-1] else part.bare() for part in parts]


def _absolute(url: str) -> str:
    return url if "://" in url else f"{settings().url}{url}"


def plain(text: str) -> str:
    """`text` without markup: a link's address stands behind its words."""
    return _MARKUP.sub("", _LINK.sub(r"\1 (\2)", text)).strip()


def cut_title(title: str, most: int) -> str:
    """`title` in at most `most` characters, cut where a word ends."""
    if len(title) <= most:
        return title
    words = title[: most - 1].rsplit(" ", 1)
    # A single long word has to be torn.
    kept = words[0] if len(words) > 1 and not title[most - 1].isspace() else title[: most - 1]
    return kept.rstrip(" ,;:-") + "…"


def sentences(text: str) -> list[str]:
    """`text` in pieces that can stand alone, each with what separates it from the next."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True) if text[a:b].strip()]


def split(text: str, most: int) -> list[str]:
    """`text` in pieces of at most `most` characters: between sentences, else between words, else anywhere."""
    pieces: list[str] = []
    for sentence in sentences(text):
        for piece in _broken(sentence, most):
            if pieces and len(pieces[-1]) + len(piece.rstrip()) <= most:
                pieces[-1] += piece
            else:
                pieces.append(piece)
    return [piece.strip() for piece in pieces]


def _broken(sentence: str, most: int) -> list[str]:
    out = []
    while len(sentence.rstrip()) > most:
        at = sentence.rfind(" ", 0, most + 1)
        at = at if at > 0 else most
        out.append(sentence[:at])
        sentence = sentence[at:].lstrip()
    return [*out, sentence]


def say(name: str, topic: str = "fallback", **extra: Any) -> dict[str, Any]:
    """A response of data/ as a message's body, filled with the owner's facts, without a turn of Rasa's."""
    return {"topic": topic, "text": first_text(name), "quick_replies": [], **extra}
