"""Usable by everybody: axe on every state, keyboard and focus, what is read out, sizes, zoom, colors, motion, phones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.doubles.web_server import Failure

from .conftest import LAUNCHER, TEXT, inside, say
from .states import SCREENS, STATES, greeting, recommendation

pytestmark = pytest.mark.browser

FOCUSED = "(document.activeElement.shadowRoot?.activeElement ?? document.activeElement)"


def findings(page: Any, axe: str) -> list[str]:
    """What axe finds with all of its rules, best practices included."""
    page.evaluate("document.getAnimations().forEach(animation => animation.finish()); null")
    page.evaluate(f"{axe}; null")
    found = page.evaluate(
        "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.flat().join(' ')).join(', ')))"
    )
    return list(found)


def findings_in_all_looks(browser: Any, axe: str, steps: Callable[[Any], None]) -> dict[tuple[str, str], list[str]]:
    """What axe finds after these steps, in either color scheme, on a large and on a small screen."""
    context = browser.new_context(viewport=SCREENS["large"], reduced_motion="reduce")
    page = context.new_page()
    steps(page)
    found = {}
    for screen, size in SCREENS.items():
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found[screen, scheme] = findings(page, axe)
    context.close()
    return {look: rules for look, rules in found.items() if rules}


@pytest.mark.parametrize("state", STATES)
def test_axe(browser, server, axe, state):
    """axe-core has nothing to find in any state, in either color scheme, on a large and on a small screen."""
    assert findings_in_all_looks(browser, axe, lambda page: STATES[state](page, server)) == {}


@pytest.mark.parametrize("path", ["/", "/embed"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_on_the_pages(browser, server, axe, path, scheme):
    """axe-core has nothing to find on the pages themselves, with all facts set."""
    server.facts |= dict.fromkeys(("address", "hours", "prices"), "Said by the owner") | {
        "phone": "508-555-0100",
        "email": "j@example.com",
    }
    server.facts |= dict.fromkeys(("website", "privacy_url", "booking_url"), "https://example.com/")
    context = browser.new_context(viewport=SCREENS["large"], color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{server.chat}{path}")
    found = findings(page, axe)
    context.close()

    assert found == []


def test_focus_in_and_back(open_chat, page):
    """A click opens with the focus in the input; Escape closes and gives it back to the launcher, which says so."""
    open_chat()
    inside = (page.evaluate(f"{FOCUSED}.id"), page.locator(LAUNCHER).get_attribute("aria-expanded"))
    page.keyboard.press("Escape")

    assert inside == ("text", "true")
    assert page.evaluate(f"{FOCUSED}.className") == "launcher"
    assert page.locator(LAUNCHER).get_attribute("aria-expanded") == "false"


def test_no_trap_beside_the_page(open_chat, page):
    """On a large screen the focus goes through the window and on to the page, both ways, every stop named and visible."""
    open_chat()
    page.focus("main input")
    stops = []
    for _ in range(14):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(f"(e => [e.ariaLabel || e.textContent || e.id, e.checkVisibility(), e.tagName])({FOCUSED})"))
    names = [name for name, _, _ in stops]

    assert any("Ask a question" in name for name in names)
    assert {"More", "Close the chat", "Conversation", "My calves are tight", "text", "Send"} <= set(names)
    assert any(tag in ("BODY", "A", "INPUT") for _, _, tag in stops)
    assert all(visible for _, visible, _ in stops)


def test_escape_closes_the_menu_first(open_chat, page):
    """Escape closes the menu and leaves the window, with the focus on what opened it."""
    open_chat()
    page.click("legwork-chat >> role=button[name=More]")
    page.keyboard.press("Escape")

    assert page.locator("legwork-chat >> .panel").is_visible()
    assert page.evaluate(f"{FOCUSED}.ariaLabel") == "More"


def test_shortcuts_of_the_page_stay_quiet(open_chat, page):
    """Typing in the window triggers none of the page's own shortcuts."""
    open_chat()
    page.evaluate("window.heard = 0; document.addEventListener('keydown', () => heard++); null")
    page.type(TEXT, "/search")

    assert page.evaluate("heard") == 0


def test_read_out(open_chat, page):
    """New messages are added to a polite log, each with its speaker; history, dots and states of sending are not in it."""
    open_chat()
    log = page.locator("legwork-chat >> [role=log]")
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")
    live = log.locator(".body").all_text_contents()
    attributes = [log.get_attribute(name) for name in ("aria-live", "aria-relevant")]
    page.reload()
    page.wait_for_selector("legwork-chat >> .history >> text=A first visit usually")

    assert attributes == ["polite", "additions"]
    assert [text[: text.index(":") + 2] for text in live] == ["Assistant said: ", "You said: ", "Assistant said: "]
    assert log.locator(".message").count() == 0
    assert page.locator("legwork-chat >> [role=log] .typing").count() == 0


def test_typing_dots(open_chat, page, server):
    """While an answer is on its way dots are shown, which aren't read out."""
    import threading

    release = threading.Event()
    open_chat()
    server.fail("POST messages", Failure(200, '{"messages": []}', wait=release))
    say(page, "hello")
    page.wait_for_selector("legwork-chat >> .typing")
    hidden = page.locator("legwork-chat >> .typing").get_attribute("aria-hidden")
    release.set()
    page.wait_for_selector("legwork-chat >> .typing", state="hidden")

    assert hidden == "true"


def too_small(page: Any) -> list[str]:
    """What can be pressed and is less than 44 px high or wide, links within a sentence excepted."""
    found = inside(
        page,
        """(root) => [...root.querySelectorAll('button, textarea, .panel a:not(.about a, .body a)')]
            .filter((e) => e.checkVisibility() && Math.min(e.offsetWidth, e.offsetHeight) < 44)
            .map((e) => e.className || e.id)""",
    )
    return list(found)


@pytest.mark.parametrize("state", STATES)
def test_targets(page, server, state):
    """Everything that can be pressed is at least 44 px high and wide."""
    STATES[state](page, server)

    assert too_small(page) == []


@pytest.mark.parametrize("size", [(320, 568), (640, 400), (568, 320), (1280, 320)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_reflow(browser, server, size):
    """At 320 px, at 200 % of a laptop's screen and on a phone lying down the input is in view and nothing scrolls sideways."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    recommendation(page, server)
    box = page.locator(TEXT).bounding_box()
    scroll = page.locator("legwork-chat >> .scroll").bounding_box()
    wide = inside(page, "(root) => (s => s.scrollWidth - s.clientWidth)(root.querySelector('.scroll'))")
    context.close()

    assert box["y"] + box["height"] <= size[1]
    assert scroll["height"] > 80
    assert wide == 0


def test_text_spacing(page, server):
    """With the text spacing of WCAG 1.4.12 nothing is cut off."""
    recommendation(page, server)
    inside(
        page,
        """(root) => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
                p { margin-bottom: 2em !important }`);
            root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
        }""",
    )
    cut = inside(
        page,
        """(root) => [...root.querySelectorAll('.panel :is(button, p, h2, li, .body, .card)')]
            .filter((e) => e.checkVisibility() && e.clientWidth > 1)
            .filter((e) => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 2)
            .map((e) => e.className || e.textContent)""",
    )

    assert cut == []


def test_larger_letters(browser, server):
    """A reader who set larger letters in the browser gets them, whatever the page's own base size."""
    context = browser.new_context(viewport=SCREENS["large"])
    page = context.new_page()
    page.goto(server.page(head="<style>html { font-size: 7px }</style>"))
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .message")
    size = page.evaluate("getComputedStyle(document.querySelector('legwork-chat').shadowRoot.querySelector('.body')).fontSize")
    context.close()

    assert size == "16px"


def test_forced_colors(browser, server):
    """With forced colors the window, its cards and its buttons keep their outlines."""
    context = browser.new_context(viewport=SCREENS["large"], forced_colors="active")
    page = context.new_page()
    recommendation(page, server)
    widths = inside(
        page,
        """(root) => ['.panel', '.card', '.submit', '.launcher', '.chip']
            .map((name) => getComputedStyle(root.querySelector(name)).borderTopWidth)""",
    )
    context.close()

    assert [width for width in widths if float(width.removesuffix("px")) < 1] == []


def test_reduced_motion(browser, server):
    """With reduced motion nothing moves."""
    context = browser.new_context(viewport=SCREENS["large"], reduced_motion="reduce")
    page = context.new_page()
    greeting(page, server)
    moving = page.evaluate("document.querySelector('legwork-chat').shadowRoot.getAnimations().length")
    context.close()

    assert moving == 0


def test_right_to_left(open_chat, server):
    """In a right-to-left language the window is mirrored, at the other corner."""
    page = open_chat(server.page(body=server.tag_with("data-language=he")))
    say(page, "שלום")
    page.wait_for_selector("legwork-chat >> text=You wrote")
    send, text = (page.locator(f"legwork-chat >> {part}").bounding_box() for part in (".submit", "textarea"))
    client = page.locator("legwork-chat >> .client .body").bounding_box()
    scroll = page.locator("legwork-chat >> .scroll").bounding_box()

    assert page.evaluate("document.querySelector('legwork-chat').shadowRoot.querySelector('section').dir") == "rtl"
    assert send["x"] < text["x"]
    assert page.locator(LAUNCHER).bounding_box()["x"] < 100
    assert client["x"] - scroll["x"] < 40


def test_phone_fills_the_screen(phone):
    """On a phone the window fills the screen, the page behind is out of reach, and no keyboard covers the greeting."""
    box = phone.locator("legwork-chat >> .panel").bounding_box()

    assert tuple(box[key] for key in ("x", "y", "width", "height")) == (0, 0, 390, 780)
    assert phone.evaluate(f"{FOCUSED}.className") == "scroll"
    assert phone.evaluate("document.querySelector('legwork-chat').shadowRoot.querySelector('dialog').matches(':modal')")


def test_phone_back_button(phone, server):
    """The back button closes the window and stays on the page; pressed again it leaves it, as without the chat."""
    phone.go_back()
    phone.wait_for_selector("legwork-chat >> .panel", state="hidden")
    here = phone.url
    phone.go_back()

    assert f"{server.site}/" == here
    assert f"{server.site}/before" == phone.url


def test_phone_close_button(phone, server):
    """Closed with the button, the window leaves no step of its own in the history."""
    phone.tap("legwork-chat >> role=button[name='Close the chat']")
    phone.wait_for_function("!history.state?.legwork")
    phone.go_back()

    assert f"{server.site}/before" == phone.url


def test_phone_turned(phone):
    """A turned phone keeps the window open, with what was typed and where it was."""
    phone.fill(TEXT, "half a thought")
    phone.set_viewport_size({"width": 780, "height": 390})
    phone.wait_for_function("innerWidth === 780")
    lying = phone.locator("legwork-chat >> .panel").bounding_box()
    phone.set_viewport_size({"width": 1024, "height": 768})
    phone.wait_for_selector("legwork-chat >> dialog:not(:modal)")

    assert (lying["width"], lying["height"]) == (780, 390)
    assert phone.input_value(TEXT) == "half a thought"
    assert phone.locator("legwork-chat >> .panel").bounding_box()["width"] < 400
    assert not phone.evaluate("document.querySelector('legwork-chat').shadowRoot.querySelector('dialog').matches(':modal')")


def test_phone_keyboard(phone):
    """When the keyboard comes up the window shrinks to what is left of the screen."""
    phone.evaluate(
        """() => {
            Object.defineProperty(visualViewport, 'height', {value: 420});
            Object.defineProperty(visualViewport, 'offsetTop', {value: 30});
            visualViewport.dispatchEvent(new Event('resize'));
        }"""
    )
    box = phone.locator("legwork-chat >> .panel").bounding_box()

    assert (box["y"], box["height"]) == (30, 420)
