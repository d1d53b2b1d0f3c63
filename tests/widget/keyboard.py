"""A client without a pointer."""

from __future__ import annotations

from typing import Any

import pytest

FOCUSED = "document.activeElement.shadowRoot?.activeElement"
MOST_STEPS = 60


def press_until(page: Any, name: str, key: str = "Shift+Tab") -> None:
    """Moves the focus with `key` to the control of this name, and presses it."""
    for _ in range(MOST_STEPS):
        if name in (page.evaluate(f"{FOCUSED}?.ariaLabel || {FOCUSED}?.textContent") or ""):
            page.keyboard.press("Enter")
            return
        page.keyboard.press(key)
    pytest.fail(f"{name!r} can't be reached with {key}")


def type_and_send(page: Any, text: str) -> None:
    """Types where the focus is, which must be the input."""
    assert page.evaluate(f"{FOCUSED}.id") == "text"
    page.keyboard.type(text)
    page.keyboard.press("Enter")
