"""Pictures of the states for docs/, taken when asked: LEGWORK_SCREENSHOTS=1."""

from __future__ import annotations

import os
from typing import Any

import pytest

from .conftest import LAUNCHER, SCREENSHOTS
from .states import SCREENS, STATES, greeting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(os.environ.get("LEGWORK_SCREENSHOTS") != "1", reason="pictures are taken with LEGWORK_SCREENSHOTS=1"),
]

FACTS = {
    "hours": "Monday to Friday, 9 am to 6 pm",
    "prices": "60 minutes $100, 90 minutes $140",
    "phone": "508-555-0100",
    "email": "jessica@example.com",
    "privacy_url": "https://example.com/privacy",
    "booking_url": "https://example.com/book",
}
"""Example facts, so that the pictures show where facts go."""


def shoot(browser: Any, server: Any, name: str, steps: Any, **options: Any) -> None:
    """Leads a fresh browser through the steps and takes the picture."""
    server.facts |= FACTS
    context = browser.new_context(reduced_motion="reduce", **options)
    page = context.new_page()
    steps(page, server)
    page.mouse.move(0, 0)  # nothing is pictured as hovered over
    page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished)).then(() => null)")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    file = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=file)
    context.close()

    assert file.stat().st_size > 5_000


LARGE = ("closed", "recommendation", "booked")
PICTURES = [(state, screen) for screen in SCREENS for state in STATES if screen == "small" or state in LARGE]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("state", "screen"), PICTURES)
def test_state(browser, server, state, screen, scheme):
    """Each state has its picture on a phone, the main ones on a large screen too, light and dark."""
    shoot(browser, server, f"{state}-{screen}-{scheme}", STATES[state], viewport=SCREENS[screen], color_scheme=scheme)


def test_embed(browser, server):
    """The owner's page has its picture."""
    shoot(
        browser,
        server,
        "embed",
        lambda page, server: page.goto(f"{server.chat}/embed"),
        viewport=SCREENS["large"],
        color_scheme="light",
    )


def test_special(browser, server):
    """Right to left, forced colors, an accent of the owner's and the smallest screen have their pictures."""

    def with_tag(attributes: str) -> Any:
        def steps(page: Any, server: Any) -> None:
            page.goto(server.page(body=server.tag_with(attributes)))
            page.click(LAUNCHER)
            page.wait_for_selector("legwork-chat >> .chip")

        return steps

    shoot(browser, server, "right-to-left", with_tag("data-language=he"), viewport=SCREENS["large"])
    shoot(browser, server, "accent", with_tag("data-accent=#2f6f62"), viewport=SCREENS["large"])
    shoot(browser, server, "forced-colors", greeting, viewport=SCREENS["large"], forced_colors="active")
    shoot(browser, server, "smallest", STATES["recommendation"], viewport={"width": 320, "height": 568})
