"""One tag: what the loader draws, what it takes as options, and what it leaves alone."""

from __future__ import annotations

import gzip

import pytest

from tests.doubles.web_server import Failure

from .conftest import LAUNCHER, TEXT, WIDGET, last

pytestmark = pytest.mark.browser

SHADOW = "document.querySelector('legwork-chat').shadowRoot"


def test_weight():
    """The loader is at most 3 KB gzipped and everything together at most 25 KB."""
    loader, chat = (len(gzip.compress((WIDGET / "dist" / name).read_bytes(), 9)) for name in ("loader.js", "legwork-chat.js"))

    assert loader <= 3 * 1024
    assert loader + chat <= 25 * 1024


def test_first_click_fetches_the_rest(page, server):
    """Until the first click the page has asked the server for the loader alone, and stored nothing."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    url = server.page()
    page.goto(url)
    page.wait_for_selector(LAUNCHER)
    page.wait_for_load_state("networkidle")

    assert [url, f"{server.chat}/chat/widget.js"] == [address for address in asked if "favicon" not in address]

    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .message")

    assert all(address.startswith((server.chat, server.site)) for address in asked)
    assert page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0


def test_nothing_stored_before_the_first_message(open_chat, page, context):
    """The browser stores the conversation from the first message on, and no cookie ever."""
    page.clock.install()
    open_chat()
    page.fill(TEXT, "a draft")
    page.clock.fast_forward(60_000)
    before = page.evaluate("localStorage.length")
    page.press(TEXT, "Enter")
    page.wait_for_selector("legwork-chat >> text=You wrote: a draft")

    assert before == 0
    assert page.evaluate("localStorage.length") == 1
    assert context.cookies() == []


def test_two_tags_do_no_harm(page, server):
    """Two tags on a page make one launcher, and one global."""
    before = "window.before = Object.keys(window).length"
    page.goto(server.page(head=f"<script>{before}</script>", body=server.tag + server.tag))
    page.wait_for_selector(LAUNCHER)  # the page has loaded, which waits for both

    assert page.locator("legwork-chat").count() == 1
    assert page.evaluate("Object.keys(window).slice(window.before).filter(name => !['before'].includes(name))") == ["Legwork"]


def test_placed_by_hand(open_chat, server):
    """An element placed by the owner takes the place of the loader's own, wherever the tag stands."""
    page = open_chat(server.page(body=f"<legwork-chat data-title='Ask me'></legwork-chat>{server.tag}"))

    assert page.locator("legwork-chat").count() == 1
    assert page.locator("legwork-chat >> h2").inner_text() == "Ask me"


def test_placed_by_hand_after_the_tag_ran(page, server):
    """An element that comes later than the loader's own replaces it."""
    page.goto(server.page())
    page.wait_for_selector(LAUNCHER)
    page.evaluate("const e = document.createElement('legwork-chat'); e.dataset.label = 'Mine'; document.body.append(e)")

    assert page.locator("legwork-chat").count() == 1
    assert page.locator(LAUNCHER).inner_text() == "Mine"


def test_options(open_chat, server):
    """Title, label, position, greeting and privacy link are taken from the tag."""
    options = "data-title='Front desk' data-label='Questions?' data-position=left data-greeting='Hi there.' data-privacy='https://example.com/p'"
    page = open_chat(server.page(body=server.tag_with(options)))

    assert page.locator("legwork-chat >> h2").inner_text() == "Front desk"
    assert "Questions?" in page.locator(LAUNCHER).text_content()
    assert page.locator(LAUNCHER).bounding_box()["x"] < 100
    assert page.locator("legwork-chat >> .panel").bounding_box()["x"] < 100
    assert page.locator("legwork-chat >> .note p").first.inner_text() == "Hi there."
    assert page.locator("legwork-chat >> .about a").get_attribute("href") == "https://example.com/p"


def test_spanish(open_chat, server):
    """In Spanish the window's own words are Spanish, and it says that answers are in English."""
    page = open_chat(server.page(body=server.tag_with("data-language=es")))

    assert page.locator(TEXT).get_attribute("placeholder") == "Escriba un mensaje"
    assert "responde en inglés" in page.locator("legwork-chat >> .head").inner_text()
    assert page.evaluate(f"{SHADOW}.querySelector('section').lang") == "es"


def test_open_at_start_leaves_the_focus(page, server):
    """With data-open the window is open at once, and the focus stays where it was."""
    page.goto(server.page(body=server.tag_with("data-open")))
    page.wait_for_selector("legwork-chat >> .message")

    assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_global(page, server):
    """`Legwork` opens, sends and closes, and tells what happened without the words."""
    page.goto(server.page())
    page.wait_for_selector(LAUNCHER)
    page.evaluate(
        """() => {
            window.heard = [];
            for (const what of ['open', 'close', 'message']) Legwork.on(what, (detail) => heard.push([what, detail?.from ?? '']));
        }"""
    )
    page.evaluate("Legwork.send('my first visit')")
    page.wait_for_selector("legwork-chat >> text=A first visit usually starts")
    page.evaluate("Legwork.close()")
    page.wait_for_selector("legwork-chat >> .panel", state="hidden")

    assert page.evaluate("heard") == [["open", ""], ["message", "legwork"], ["message", "legwork"], ["close", ""]]
    assert [body["text"] for body in server.calls("POST messages")] == ["my first visit"]


def test_no_layout_shift(page, server):
    """Neither the launcher nor the open window moves anything on the host page."""
    page.goto(server.page(head="<style>body{display:flex;flex-direction:column;margin:40px}</style>"))
    before = page.locator("main").bounding_box()
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .message")

    shifts = page.evaluate(
        """new Promise((done) => {
            const observer = new PerformanceObserver((list) => done(list.getEntries().filter((e) => !e.hadRecentInput).length));
            observer.observe({type: 'layout-shift', buffered: true});
            setTimeout(() => done(0), 300);
        })"""
    )

    assert before == page.locator("main").bounding_box()
    assert shifts == 0


def test_body_is_swapped(open_chat):
    """On a site builder that swaps the body from page to page the open window moves along."""
    page = open_chat()
    page.evaluate("const body = document.createElement('body'); body.append('Next'); document.body.replaceWith(body)")
    page.wait_for_selector("legwork-chat >> .panel")

    assert page.locator("legwork-chat").count() == 1
    assert "automated assistant" in last(page)


@pytest.mark.parametrize("facts", [{"phone": "508-555-0100", "email": "j@example.com"}, {}])
def test_the_rest_cannot_be_fetched(page, server, facts):
    """When the rest can't be fetched the launcher says how to reach the practice, and tries again on the next click."""
    server.facts |= facts
    server.fail("GET file", Failure(503), Failure(503))
    page.goto(server.page())
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .down p")

    assert (["508-555-0100", "j@example.com"] if facts else []) == page.locator("legwork-chat >> .down a").all_inner_texts()
    assert "can’t be reached" in page.locator("legwork-chat >> .down").inner_text()

    server.failures.clear()
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .message")

    assert not page.locator("legwork-chat >> .down p").count()
