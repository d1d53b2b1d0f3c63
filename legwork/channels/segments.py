"""Text messages as carriers count them: GSM-7 where it can be, and how many segments that costs.

Source of the alphabet: 3GPP TS 23.038, tables 6.2.1 and 6.2.1.1.
"""

from __future__ import annotations

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
"""Two septets each."""

GSM_SINGLE, GSM_PART = 160, 153
UCS2_SINGLE, UCS2_PART = 70, 67
"""Septets or UTF-16 units in a lone segment, and in each of several."""

_FOLDED = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys(
            "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "
        ),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f"),
        **dict.fromkeys("\u2028\u2029", "\n"),
        **dict.fromkeys("•·‣◦", "-"),
        "…": "...",
        "×": "x",
        "→": "->",
        "½": "1/2",
        "¼": "1/4",
        "¾": "3/4",
        "°": " degrees",
        "™": "",
        "®": "",
    }
)


def is_gsm(text: str) -> bool:
    """Whether every character is in the GSM-7 alphabet."""
    return all(c in BASIC or c in EXTENDED for c in text)


def fold(text: str) -> str:
    """The same words in GSM-7 where that is possible: quotes, dashes, spaces and accents lose what carriers don't have.

    A text that needs more than that, such as one in another script or with an emoji, keeps its own accents: it costs
    UCS-2 anyway.
    """
    plain = text.translate(_FOLDED)
    bare = "".join(_without_accent(c) for c in plain)
    return bare if is_gsm(bare) else plain


def _without_accent(char: str) -> str:
    if char in BASIC or char in EXTENDED:
        return char
    base = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return base if base and is_gsm(base) else char


def count(text: str) -> int:
    """How many segments a carrier bills; 0 for an empty text.

    Neither an extended GSM-7 character nor a surrogate pair is torn apart by a segment's end.
    """
    gsm = is_gsm(text)
    sizes = [1 + (c in EXTENDED) if gsm else 1 + (ord(c) > 0xFFFF) for c in text]
    single, part = (GSM_SINGLE, GSM_PART) if gsm else (UCS2_SINGLE, UCS2_PART)
    if sum(sizes) <= single:
        return min(1, len(text))
    segments, room = 1, part
    for size in sizes:
        if size > room:
            segments, room = segments + 1, part
        room -= size
    return segments
