"""What a text says besides the time: a name, a session, a complaint."""

from __future__ import annotations

import re

from legwork.bookings.when.line import Line
from legwork.bookings.when.sentence import Item

_USED = {"days", "time", "event", "asap", "whenever", "not", "behind", "fix", "instead", "drop"}
_EDGE = r"(?:[\s,.;:!?&/-]|\b(?:on|at|or|and|the|in|for|then|but|of)\b)+"
_EDGES = re.compile(rf"^{_EDGE}|{_EDGE}$", re.IGNORECASE)


def rest(text: str, line: Line, items: list[Item]) -> str:
    """Return the words of `text` that no item used, as typed, without the small words at the seams."""
    pieces, at = [], 0
    for item in items:
        if item.kind in _USED and item.start < item.end:
            pieces.append(text[at : line[item.start].start])
            at = line[item.end - 1].end
    pieces.append(text[at:])
    if len(pieces) == 1:
        return text.strip()
    return " ".join(piece for piece in (_EDGES.sub("", piece) for piece in pieces) if piece)
