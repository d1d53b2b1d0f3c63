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
NAMES = ("body", "currentScript", "hidden", "head", "documentElement", "defaultView")
NAMED = "<div id=Legwork></div>" + "".join(f"<form name={name}></form><img name={name} alt=''>" for name in NAMES)
"""Elements that a page's scripts get when they ask for the document's own properties, or for our global."""
POLLUTED = """
<script>
Object.assign(Object.prototype, {
  payload: '/choose{"topic": "faq/price"}', level: 'emergency', link: {title: 'Win', url: 'https://evil.example/'},
  attachment: {title: 'Win', url: 'https://evil.example/'}, card: {kind: 'times', rows: [{label: 'A day', value: 'a time'}]},
  quick_replies: [{title: 'Win', payload: '/choose{}'}], token: 'mine', messages: [], open: 'true', title: 'Mine', privacy: '/mine',
  body: 'mine', draft: 'mine', place: 'mine',
});
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


def test_named_elements(open_chat, server):
    """Elements called like the document's properties, or like the global, change nothing: the talk goes on, over a reload too."""
    page = open_chat(server.page(body=NAMED + server.tag_with("data-title='Front desk'")))
    say(page, "none of that")
    page.wait_for_selector("legwork-chat >> .recommendation")
    page.reload()
    page.wait_for_selector("legwork-chat >> .recommendation")

    assert page.locator("legwork-chat >> h2").inner_text() == "Front desk"
    assert page.evaluate("[typeof Legwork.open, document.body === document.querySelector('body')]") == ["function", False]

    page.evaluate("Legwork.send('my first visit')")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")


def test_a_global_of_the_page(open_chat, server):
    """A `Legwork` that the page itself declared before is left to it, and the window works."""
    page = open_chat(server.page(head="<script>var Legwork = 'mine'</script>"))

    assert page.evaluate("Legwork") == "mine"


def test_polluted_objects(open_chat, server):
    """What the page added to every object is no part of a message, of an option, of a call or of what is stored."""
    page = open_chat(server.page(head=POLLUTED))
    closed_at_start = server.calls("POST conversations")
    say(page, "book")
    page.wait_for_selector("legwork-chat >> .times")
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")
    page.reload()
    page.wait_for_selector("legwork-chat >> text=A first visit usually")

    assert len(closed_at_start) == 1
    assert [set(body) for body in server.calls("POST messages")] == [{"id", "text"}] * 2
    assert page.locator("legwork-chat >> :is(.warning, .link, .about a, a[href*=evil])").count() == 0
    assert page.locator("legwork-chat >> .card").count() == 1
    assert page.locator("legwork-chat >> h2").inner_text() == "Jessica’s front desk"
    assert page.input_value(TEXT) == ""


def test_three_hundred_messages(open_chat, server):
    """With 300 messages a reload shows them all, at the end, and a key press is quick."""
    page = open_chat()
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")
    server.fill(300)
    page.reload()
    page.wait_for_selector("legwork-chat >> text=Message 299,")
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
