"""Accent colors: any color is taken, and made readable."""

from __future__ import annotations

import re

import pytest

from .conftest import LAUNCHER, say, until

pytestmark = pytest.mark.browser

COLORS = ["#ffff00", "#fff", "#000000", "hotpink", "rgb(120, 200, 120)", "hsl(200 90% 80%)", "#123456", "#808080"]


def ratio(one: str, other: str) -> float:
    """Contrast of two CSS colors as WCAG defines it."""

    def luminance(color: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colors(page, selector: str) -> tuple[str, str]:
    """Text and ground color of an element."""
    style = "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
    return tuple(page.locator(f"legwork-chat >> {selector}").first.evaluate(style))


def pairs(page) -> list[tuple[str, str]]:
    """What is read and what it stands on."""
    own = [colors(page, selector) for selector in (".launcher", ".client .body")]
    return [*own, (colors(page, ".more-days")[0], colors(page, ".card")[1])]


@pytest.mark.parametrize("color", COLORS)
def test_mended(page, server, color):
    """Launcher, own words, buttons and what stands on cards have 4.5 to 1 with any accent in both schemes."""
    page.goto(server.page(body=server.tag_with(f"data-accent='{color}'")))
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .chip")
    say(page, "book")
    page.wait_for_selector("legwork-chat >> .more-days")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        until(page, lambda: all(ratio(*pair) >= 4.5 for pair in pairs(page)))  # it takes a moment to repaint


def test_good_color_is_kept(page, server):
    """A color that is readable as it is stays as the owner chose it."""
    page.goto(server.page(body=server.tag_with("data-accent='#1d5c4f'")))

    assert colors(page, ".launcher")[1] == "rgb(29, 92, 79)"


@pytest.mark.parametrize("color", ["nonsense", "red; background: url(x)", ""])
def test_no_color(page, server, color):
    """What is no color leaves ours."""
    page.goto(server.page(body=server.tag_with(f'data-accent="{color}"')))

    assert colors(page, ".launcher")[1] == "rgb(154, 68, 39)"


@pytest.mark.parametrize(("theme", "scheme"), [("light", "dark"), ("dark", "light")])
def test_theme(browser, server, theme, scheme):
    """The owner may settle the scheme whatever the visitor's setting is."""
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(server.page(body=server.tag_with(f"data-theme={theme}")))
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .chip")
    ground = colors(page, ".panel")[1]
    context.close()

    assert {"light": "rgb(255, 251, 245)", "dark": "rgb(31, 27, 24)"}[theme] == ground
