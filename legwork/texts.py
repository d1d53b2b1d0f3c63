"""What people write, without what nobody sees: control characters, and marks that turn the text around them."""

from __future__ import annotations

import re

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Line breaks and tabs stay. The second half overrides the direction of writing: a mail can be made to read as what it isn't."""


def clean(text: str) -> str:
    """`text` without unseen characters; a lone surrogate, which no database takes, becomes the replacement character."""
    text = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
