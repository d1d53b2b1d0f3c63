"""The window's own promises once more, on a running Legwork: the tests made for the double, and each state reached for real."""

from __future__ import annotations

import gzip
import re

import httpx
import pytest

from .conftest import LAUNCHER, TEXT, ask, last, say
from .real_states import STATES, booked
from .running import FACTS
from .states import closed, greeting
from .test_accent import test_good_color_is_kept, test_theme  # noqa: F401
from .test_everybody import (  # noqa: F401
    findings,
    findings_in_all_looks,
    test_escape_closes_the_menu_first,
    test_focus_in_and_back,
    test_forced_colors,
    test_larger_letters,
    test_no_trap_beside_the_page,
    test_phone_back_button,
    test_phone_close_button,
    test_phone_fills_the_screen,
    test_phone_keyboard,
    test_phone_turned,
    test_read_out,
    test_reduced_motion,
    test_reflow,
    test_shortcuts_of_the_page_stay_quiet,
    test_text_spacing,
    too_small,
)
from .test_hostile import test_styles_do_not_leak_out, test_two_launchers_of_the_page  # noqa: F401
from .test_tag import (  # noqa: F401
    test_body_is_swapped,
    test_first_click_fetches_the_rest,
    test_no_layout_shift,
    test_open_at_start_leaves_the_focus,
    test_options,
    test_placed_by_hand,
    test_placed_by_hand_after_the_tag_ran,
    test_spanish,
    test_two_tags_do_no_harm,
)
from .test_talk import test_copy, test_print, test_recommendation  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.model]


@pytest.fixture
def server(running):
    """Takes the double's place in every test of this file."""
    return running


def test_weight_as_served(server):
    """What the server sends is at most 3 KB gzipped for the launcher, the owner's contact in it, and 25 KB for everything."""
    loader = httpx.get(f"{server.chat}/chat/widget.js").text
    bundle = re.search(r"legwork-chat\.js\?v=\w+", loader).group()
    weights = [len(gzip.compress(text.encode(), 9)) for text in (loader, httpx.get(f"{server.chat}/chat/{bundle}").text)]

    assert FACTS["phone"] in loader
    assert weights[0] <= 3 * 1024
    assert sum(weights) <= 25 * 1024


def test_greeting(open_chat):
    """The greeting says that it is automated and not for emergencies, links to the owner's privacy page, and offers four ways."""
    page = open_chat()

    assert "automated assistant" in last(page)
    assert "not for emergencies" in last(page)
    assert page.locator("legwork-chat >> .about a").get_attribute("href") == FACTS["privacy_url"]
    assert page.locator("legwork-chat >> .chip").count() == 4


def test_global(page, server):
    """`Legwork` opens, sends and closes, and tells what happened without the words."""
    page.goto(server.page())
    page.wait_for_selector(LAUNCHER)
    page.evaluate(
        "() => { window.heard = []; for (const what of ['open', 'close', 'message']) Legwork.on(what, () => heard.push(what)) }"
    )
    page.evaluate("Legwork.send('my first visit')")
    page.wait_for_selector("legwork-chat >> text=A first visit usually starts")
    page.evaluate("Legwork.close()")
    page.wait_for_selector("legwork-chat >> .panel", state="hidden")

    assert page.evaluate("heard") == ["open", "message", "message", "close"]


def test_nothing_stored_before_the_first_message(open_chat, page, context):
    """Neither cookie nor storage before the client has said something; one record afterwards, and still no cookie."""
    page.clock.install()
    open_chat()
    page.fill(TEXT, "a draft")
    page.clock.fast_forward(60_000)
    before = page.evaluate("localStorage.length + sessionStorage.length")
    ask(page, "my first visit")

    assert before == 0
    assert page.evaluate("localStorage.length") == 1
    assert context.cookies() == []


def test_quick_replies_go_once_used(open_chat):
    """A pressed quick reply stands as the client's words, and the offers it was among are gone."""
    page = open_chat()
    page.click("legwork-chat >> text=My first visit")
    page.wait_for_selector("legwork-chat >> text=A first visit usually starts")

    assert page.locator("legwork-chat >> .client .body p").all_inner_texts() == ["My first visit"]
    assert page.locator("legwork-chat >> .chip >> text=Before/after a race").count() == 0


def test_booked(page, server):
    """A time is picked and booked, Jessica's word comes by itself, and the file to keep is the appointment."""
    page.set_default_timeout(20_000)
    booked(page, server)
    appointment = httpx.get(page.locator("legwork-chat >> .link").get_attribute("href"))

    assert appointment.headers["content-type"].startswith("text/calendar")
    assert re.search(r"DTSTART(;TZID=America/New_York)?:2026(11|12)\d\dT\d{4}00", appointment.text)
    assert page.locator("legwork-chat >> .times button").count() == 0
    assert "Jessica said:" in page.locator("legwork-chat >> [role=log] .jessica .body").text_content()


def test_talk_to_jessica(open_chat):
    """The menu has Jessica herself: what to tell her is asked, and how else she can be reached is said."""
    page = open_chat()
    page.click("legwork-chat >> role=button[name=More]")
    page.click("legwork-chat >> text=Talk to Jessica")
    page.wait_for_selector("legwork-chat >> text=pass a message on to Jessica")

    assert FACTS["phone"] in last(page)


@pytest.mark.parametrize("state", STATES)
def test_axe(browser, server, axe, state):
    """axe-core has nothing to find in any state, in either color scheme, on a large and on a small screen."""
    assert findings_in_all_looks(browser, axe, lambda page: STATES[state](page, server)) == {}


@pytest.mark.parametrize("state", STATES)
def test_targets(page, server, state):
    """Everything that can be pressed is at least 44 px high and wide."""
    page.set_default_timeout(20_000)
    STATES[state](page, server)

    assert too_small(page) == []


@pytest.mark.parametrize("path", ["/", "/embed"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_on_the_pages(browser, server, axe, path, scheme):
    """axe-core has nothing to find on the server's own pages."""
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{server.chat}{path}")
    found = findings(page, axe)
    context.close()

    assert found == []


def test_demo_page(page, server):
    """`/` is the practice's page, made from practice.yml, with the article, and the chat works on it."""
    closed(page, server)

    assert "Jessica Weagle, LMT" in page.inner_text("body")
    assert "1 Main Street, West Boylston" in page.inner_text("body")
    assert "over 2,000 pounds" in page.inner_text("main")
    assert page.locator(f"a[href='tel:{FACTS['phone'].replace('-', '')}']").count() >= 1

    greeting(page, server)
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")


def test_embed_page(page, context, server):
    """`/embed` copies the whole tag, with this server's address in it."""
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.chat)
    page.goto(f"{server.chat}/embed")
    page.click("button")
    page.wait_for_selector("text=Copied")

    assert page.evaluate("navigator.clipboard.readText()") == f'<script async src="{server.chat}/chat/widget.js"></script>'
