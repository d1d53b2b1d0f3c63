"""It keeps going, and stands what is sent to it, on a running Legwork; failures are the server's own or happen on the way to it."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.doubles.web_server import Failure

from .conftest import ARGUMENTS, LAUNCHER, TEXT, ask, gave_up, inside, last, say, wait_out
from .running import FACTS, Running
from .test_bad_server import ODD
from .test_going_on import (  # noqa: F401
    test_offline_queue,
    test_second_tab,
    test_second_tab_that_had_not_spoken,
    test_storage_blocked,
    texts,
)

pytestmark = [pytest.mark.browser, pytest.mark.model]

STATUS = "legwork-chat >> .status p"
NOTHING_LOST = "Nothing you wrote is lost"


@pytest.fixture
def server(running):
    """Takes the double's place in every test of this file."""
    return running


@pytest.fixture
def begun(page, server):
    """The window on a page whose clock the test moves on, just opened."""
    page.set_default_timeout(20_000)
    page.clock.install()
    page.goto(server.page())
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .chip")
    return page


def token(page) -> dict[str, str]:
    """The header that speaks for the page's conversation."""
    stored = page.evaluate("Object.entries(localStorage).find(([key]) => key.startsWith('legwork') && !key.includes(' out '))[1]")
    return {"Authorization": f"Bearer {json.loads(stored)['token']}"}


def history(page, server) -> list[str]:
    """What the server holds of what the client said."""
    answer = httpx.get(f"{server.chat}/chat/messages", headers=token(page)).json()
    return [message["text"] for message in answer["messages"] if message["from"] == "client"]


def test_next_page(open_chat, server):
    """A closed window stays closed on the next page, counts what comes meanwhile, and shows it when opened."""
    page = open_chat()
    ask(page, "my first visit")
    page.keyboard.press("Escape")
    server.page("/next")
    page.click("text=A link")
    page.wait_for_selector(LAUNCHER)
    server.push({"from": "jessica", "text": "See you on Monday."})
    page.wait_for_selector("legwork-chat >> .unread >> text=1", timeout=20_000)

    assert page.locator("legwork-chat >> .panel").is_hidden()

    page.click(LAUNCHER)

    assert last(page) == "See you on Monday."


def test_laptop_closed(open_chat, context, server):
    """What came while the laptop slept is there when it wakes up."""
    page = open_chat()
    ask(page, "my first visit")
    sleep = context.new_cdp_session(page)
    sleep.send("Page.setWebLifecycleState", {"state": "frozen"})
    server.push({"from": "jessica", "text": "While you slept."})
    sleep.send("Page.setWebLifecycleState", {"state": "active"})
    page.wait_for_selector("legwork-chat >> text=While you slept.", timeout=20_000)

    assert texts(page) == ["my first visit"]


def test_back_forward_cache(browser, chromium, server):
    """A page that the browser put away and brought back goes on with the same conversation, and has what it missed."""
    kept = browser.browser_type.launch(
        executable_path=chromium, args=ARGUMENTS, ignore_default_args=["--disable-back-forward-cache"]
    )
    page = kept.new_page()
    page.goto(server.page())
    page.evaluate("addEventListener('pageshow', (event) => { window.persisted = event.persisted })")
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .chip")
    ask(page, "my first visit")
    page.goto(server.page("/next", body=""))
    server.push({"from": "jessica", "text": "While you were away."})
    page.evaluate("history.back()")  # `go_back` waits for a page that loads
    page.wait_for_selector("legwork-chat >> text=While you were away.")
    persisted = page.evaluate("window.persisted")
    kept.close()

    assert persisted is True


def test_down_at_load(page, server):
    """With the server down the launcher is there from the browser's memory, and says how to reach Jessica instead."""
    page.set_default_timeout(20_000)
    page.goto(server.page())
    page.wait_for_selector(LAUNCHER)
    with server.away():
        page.goto(server.page("/next"))
        page.click(LAUNCHER)
        page.wait_for_selector("legwork-chat >> .down a")
        shown = page.locator("legwork-chat >> .down a").first.get_attribute("href")
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .chip")

    assert shown == f"tel:{FACTS['phone'].replace('-', '')}"


def test_gone_since_the_last_visit(open_chat, server):
    """A conversation that was forgotten since is replaced at load, and that is said."""
    page = open_chat()
    ask(page, "a secret")
    speaks = token(page)
    page.goto(server.page("/next", body=""))
    httpx.delete(f"{server.chat}/chat/conversations", headers=speaks).raise_for_status()
    page.goto(server.page())
    page.wait_for_selector("legwork-chat >> text=starting anew")
    page.wait_for_selector("legwork-chat >> .chip")

    assert texts(page) == []


@pytest.mark.parametrize("name", ODD)
def test_odd_answer(open_chat, server, name):
    """An answer that got broken on its way is fetched again, shown once, and the message counts once on the server."""
    page = open_chat()
    failure: Failure = ODD[name]
    broken = []

    def break_first(route) -> None:
        if broken or route.request.method != "POST":
            route.continue_()
            return
        answer = route.fetch()
        broken.append(answer.status)
        route.fulfill(status=failure.status, body=failure.body, headers=answer.headers)

    page.route("**/chat/messages", break_first)
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=Something went wrong on our side")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")

    assert broken == [200]
    assert page.locator("legwork-chat >> text=A first visit usually").count() == 1
    assert history(page, server) == ["my first visit"]


@pytest.mark.parametrize("seconds", [40, 61])
def test_slow_answer(begun, server, seconds):
    """A server that stands still is said to be slow while dots are shown; a minute on it is asked again; one answer is shown."""
    with server.standing_still():
        say(begun, "my first visit")
        begun.wait_for_selector("legwork-chat >> .typing")
        begun.clock.fast_forward(9_000)
        begun.wait_for_selector("legwork-chat >> text=This is taking longer than usual")
        begun.clock.fast_forward((seconds - 9) * 1000)
        if seconds > 60:
            begun.wait_for_selector("legwork-chat >> text=Asking once more")
            begun.clock.fast_forward(3_000)
    begun.wait_for_selector("legwork-chat >> text=A first visit usually")

    assert history(begun, server) == ["my first visit"]
    assert begun.locator("legwork-chat >> text=A first visit usually").count() == 1
    assert begun.locator(STATUS).first.inner_text() == ""


def test_too_long_for_the_server(open_chat):
    """What a page has the window say and the server finds too long is said to be so, and stands where it can be shortened."""
    page = open_chat()
    page.evaluate("Legwork.send('long '.repeat(250))")
    page.wait_for_selector("legwork-chat >> text=That message was too long")

    assert len(page.input_value(TEXT)) == 1249
    assert page.locator("legwork-chat >> .client").count() == 0


def test_too_much_for_the_server(page, tmp_path, server):
    """Beyond the server's limit it waits as told, a few times, and then says how to reach Jessica; nothing is lost."""
    limited = Running(tmp_path, server._double, LEGWORK_LIMITS="on")
    told = []
    page.on("response", lambda answer: told.append(answer.header_value("retry-after")) if answer.status == 429 else None)
    page.clock.install()
    page.goto(limited.page())
    page.wait_for_selector(LAUNCHER)
    page.evaluate("for (let number = 1; number < 32; number++) Legwork.send(`thanks ${number}`)")
    page.wait_for_selector("legwork-chat >> text=/Going on in \\d+ s/", timeout=30_000)
    shown = page.locator(STATUS).first.inner_text()
    first = told[0]
    page.clock.fast_forward((int(first) - 3) * 1000)
    early = len(told)
    wait_out(page, gave_up(page), seconds=61)
    page.wait_for_selector(f"legwork-chat >> text={NOTHING_LOST}")
    limited.stop()

    assert shown == f"That was a lot at once. Going on in {first} s."
    assert early == 1
    assert len(told) == 6
    assert page.locator("legwork-chat >> .reach a").first.inner_text() == FACTS["phone"]
    assert page.locator("legwork-chat >> .client.pending").count() == 1


def test_odd_texts(open_chat, server):
    """Markup, 5,000 letters without a space, characters that turn the direction and unsafe links stay text and in the window."""
    page = open_chat()
    ask(page, "my first visit")
    markup = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"
    server.push(
        {"text": "Runningthroughthehills" * 227 + "end!!"},
        {"text": markup},
        {"text": "Open \u202egpj.exe\u202c now", "quick_replies": [{"title": "Yes\u202eon", "payload": "/choose{}"}]},
        {"text": "A link", "link": {"title": "Bad", "url": "javascript:window.hacked=1"}},
        {"text": "Done."},
    )
    page.wait_for_selector("legwork-chat >> text=Done.", timeout=20_000)
    texts = page.locator("legwork-chat >> .legwork .body").all_text_contents()

    assert any(markup in text for text in texts)
    assert "Open gpj.exe now" in page.locator("legwork-chat >> .live").inner_text()
    assert page.locator("legwork-chat >> .live :is(img, script, a)").count() == 0
    assert page.evaluate("window.hacked === undefined")
    assert inside(page, "(root) => (s => s.scrollWidth <= s.clientWidth)(root.querySelector('.scroll'))")


def test_five_hundred_messages(open_chat, server):
    """500 messages over the event stream are all shown, once and in order; a reload shows them all again."""
    page = open_chat()
    ask(page, "my first visit")
    server.push(*[{"text": f"Number {number}, and a little more text as in a real answer."} for number in range(500)])
    page.wait_for_selector("legwork-chat >> text=Number 499,", timeout=30_000)
    numbers = [text.split(": ")[1].split(",")[0] for text in page.locator("legwork-chat >> .legwork .body").all_text_contents()]
    page.reload()
    page.wait_for_selector("legwork-chat >> .history >> text=Number 499,", timeout=30_000)

    assert numbers[-500:] == [f"Number {number}" for number in range(500)]
    assert page.locator("legwork-chat >> .message").count() >= 502


def test_forgotten_elsewhere(open_chat, server):
    """When the conversation is forgotten by whoever has its token, the event stream ends and the window begins anew."""
    page = open_chat()
    ask(page, "a secret")
    httpx.delete(f"{server.chat}/chat/conversations", headers=token(page)).raise_for_status()
    page.wait_for_selector("legwork-chat >> text=starting anew", timeout=20_000)
    page.wait_for_selector("legwork-chat >> .chip")

    assert page.locator("legwork-chat >> text=a secret").count() == 0
    assert page.evaluate("localStorage.length") == 0
