"""Strict and hostile host pages."""

from __future__ import annotations

import pytest

from .conftest import LAUNCHER, TEXT, inside, last, say
from .states import closed, greeting

pytestmark = pytest.mark.browser

TRUSTED = "; require-trusted-types-for 'script'; trusted-types 'none'"
POLICIES = {
    "strict": "default-src 'none'; script-src {chat}; connect-src {chat}; style-src 'self'" + TRUSTED,
    "nonce": "default-src 'none'; script-src 'nonce-abc' 'strict-dynamic'; connect-src {chat}; style-src 'none'" + TRUSTED,
}
STYLES = """
<style>
* { all: unset !important; z-index: 2147483647; }
legwork-chat, legwork-chat * {
  display: none !important; color: lime !important; transform: rotate(20deg) !important; opacity: 0 !important;
  visibility: hidden !important; pointer-events: none !important; --ink: lime; --paper: lime; --accent: lime;
}
html { font-size: 3px !important; color: lime !important; direction: rtl; letter-spacing: 2em; text-transform: uppercase }
.cover {
  position: fixed !important; inset: 0 !important; z-index: 2147483647 !important; background: red !important;
  display: block !important;
}
</style>
"""
PROTOTYPES = """
<script>
Array.prototype.shuffle = function () { return this };
Object.prototype.extend = function () { return this };
Array.prototype.toJSON = function () { return 'an array' };
for (const name of [
  'map', 'filter', 'forEach', 'find', 'findIndex', 'includes', 'some', 'every', 'reduce', 'flat', 'at', 'sort', 'indexOf', 'join',
  'slice', 'splice', 'push', 'concat',
])
  Array.prototype[name] = function () { throw new Error('my own ' + name) };
window.$ = window.jQuery = () => { throw new Error('not this one') };
</script>
"""


@pytest.mark.parametrize("policy", POLICIES)
def test_strict_policy(open_chat, server, policy):
    """Under a strict content security policy with Trusted Types required everything works and nothing is reported."""
    tag = server.tag.replace("<script", "<script nonce=abc")
    page = open_chat(server.page(body=tag, headers={"Content-Security-Policy": POLICIES[policy].format(chat=server.chat)}))
    say(page, "none of that")
    page.wait_for_selector("legwork-chat >> .recommendation")
    say(page, "send it")
    page.wait_for_selector("legwork-chat >> .link")

    assert page.locator("legwork-chat >> .card").evaluate("e => getComputedStyle(e).borderRadius") == "16px"


def test_hostile_styles(open_chat, server):
    """The page's styles neither reach the window nor cover it."""
    page = open_chat(server.page(head=STYLES, body=server.tag + "<div class=cover></div>"))
    say(page, "none of that")
    page.wait_for_selector("legwork-chat >> .recommendation")
    body = page.locator("legwork-chat >> .legwork .body").first
    styles = body.evaluate(
        "e => (s => [s.color, s.fontSize, s.letterSpacing, s.textTransform, s.direction])(getComputedStyle(e))"
    )

    assert styles == ["rgb(43, 38, 34)", "16px", "normal", "none", "ltr"]
    assert page.evaluate("document.elementFromPoint(innerWidth - 100, innerHeight - 150).tagName") == "LEGWORK-CHAT"
    assert page.locator("legwork-chat >> .session").is_visible()


def test_styles_do_not_leak_out(open_chat, server):
    """The window changes no style of the page."""
    look = """[...document.querySelectorAll('main, main *')]
        .map((e) => getComputedStyle(e)).map((style) => [...style].map((name) => `${name}: ${style[name]}`).join())"""
    page = open_chat()
    after = page.evaluate(look)
    page.evaluate("document.querySelector('legwork-chat').remove()")

    assert page.evaluate(look) == after


def test_hostile_prototypes(open_chat, server):
    """On a page with its own Array.prototype the talk goes on, over a reload too."""
    page = open_chat(server.page(head=PROTOTYPES))
    say(page, "none of that")
    page.wait_for_selector("legwork-chat >> .recommendation")
    page.reload()
    page.wait_for_selector("legwork-chat >> .recommendation")
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")

    # The page can't be asked: its prototypes break Playwright's own scripts.
    assert [body["text"] for body in server.calls("POST messages")] == ["none of that", "my first visit"]


def test_three_hundred_messages(open_chat, server):
    """With 300 messages a reload shows them all, at the end, and a key press is quick."""
    page = open_chat()
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")
    server.fill(300)
    page.reload()
    page.wait_for_selector("legwork-chat >> text=Message 299,")
    page.wait_for_timeout(300)
    page.click(TEXT)
    took = inside(
        page,
        """(root) => {
            const field = root.querySelector('textarea');
            const all = [];
            for (let key = 0; key < 20; key++) {
                const start = performance.now();
                field.value += 'a';
                field.dispatchEvent(new InputEvent('input', {bubbles: true}));
                field.getBoundingClientRect(); // layout is part of it
                all.push(performance.now() - start);
            }
            return all.sort((a, b) => a - b)[10];
        }""",
    )

    assert last(page) == "Message 299, as long as messages are."
    assert page.locator("legwork-chat >> text=Message 299,").is_visible()
    assert took < 16


def test_pages_of_the_server_hold_to_their_policy(page, server):
    """The server's own pages run under their strict policy, chat included."""
    greeting(page, server)
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")


def test_two_launchers_of_the_page(page, server):
    """The page's own button opens the window as well."""
    closed(page, server)
    page.click("#ask")
    page.wait_for_selector("legwork-chat >> .chip")

    assert page.locator(LAUNCHER).get_attribute("aria-expanded") == "true"
