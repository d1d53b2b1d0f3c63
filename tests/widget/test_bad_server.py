"""A server that fails: said plainly, nothing lost, nothing sent twice, no endless retry."""

from __future__ import annotations

import threading
import time

import pytest

from tests.doubles.web_server import Failure

from .conftest import LAUNCHER, TEXT, gave_up, last, say, until, wait_out

pytestmark = pytest.mark.browser

STATUS = "legwork-chat >> .status"
ODD = {
    "500": Failure(500, '{"error": {"code": "oops", "message": "oops"}}'),
    "HTML": Failure(200, "<!doctype html><title>Proxy</title><h1>Welcome</h1>"),
    "nothing": Failure(200, ""),
    "half a JSON": Failure(200, '{"messages": [{"id": "m9", "te'),
    "other JSON": Failure(200, '{"messages": 7}'),
    "null": Failure(200, "null"),
    "502": Failure(502, "<html>Bad gateway</html>"),
}


@pytest.fixture
def begun(page, server):
    """Opens the window on a page whose clock the test moves on."""

    def begin():
        page.clock.install()
        page.goto(server.page())
        page.click(LAUNCHER)
        page.wait_for_selector("legwork-chat >> .chip")
        return page

    return begin


@pytest.mark.parametrize("name", ODD)
def test_once(open_chat, server, name):
    """After one odd answer the message is tried again under its id, and its answer is shown."""
    page = open_chat()
    server.fail("POST messages", ODD[name])
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=Something went wrong on our side")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")
    first, second = server.calls("POST messages")

    assert first == second
    assert page.locator(STATUS).inner_text() == ""


@pytest.mark.parametrize("failure", [ODD["500"], Failure(drop=True)], ids=["500", "no answer"])
def test_for_good(page, server, failure):
    """A server that keeps failing is asked a few times and then left alone until the client says so; nothing is lost."""
    server.facts |= {"phone": "508-555-0100", "email": "j@example.com"}
    page.clock.install()
    page.goto(server.page())
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .chip")
    tries = []  # of the window's own: Chromium repeats a request itself when a used connection breaks
    page.on("request", lambda request: tries.append(request) if "messages" in request.url and request.method == "POST" else None)
    server.fail("POST messages", *[failure] * 20)
    say(page, "my first visit")
    wait_out(page, gave_up(page))
    tried = len(tries)
    page.clock.fast_forward(600_000)

    assert 4 <= tried <= 7
    assert "Nothing you wrote is lost" in page.locator(STATUS).inner_text()
    assert page.locator("legwork-chat >> .reach a").all_inner_texts() == ["508-555-0100", "j@example.com"]

    server.failures.clear()
    page.click("legwork-chat >> text=Try again")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")

    assert len(tries) == tried + 1
    assert len({body["id"] for body in server.calls("POST messages")}) == 1


@pytest.mark.parametrize(
    "failure", [Failure(503), Failure(drop=True), Failure(200, "<h1>It works!</h1>")], ids=["503", "nobody", "HTML"]
)
def test_down_at_load(page, server, failure):
    """When no conversation can be begun the window says how to reach Jessica instead, what is typed is sent later."""
    server.facts |= {"phone": "508-555-0100"}
    server.fail("POST conversations", *[failure] * 20)
    page.clock.install()
    page.goto(server.page())
    page.click(LAUNCHER)
    wait_out(page, gave_up(page))

    assert (
        page.locator("legwork-chat >> .reach a").inner_text(),
        page.locator("legwork-chat >> .reach a").get_attribute("href"),
    ) == ("508-555-0100", "tel:5085550100")

    server.failures.clear()
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")


def test_busy_waits_as_told(open_chat, server):
    """After 429 the message is sent again when the server said, not earlier even if more is typed, and that is said."""
    page = open_chat()
    server.fail("POST messages", Failure(429, "{}", {"Retry-After": "2"}))
    start = time.monotonic()
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=That was a lot at once. Going on in 2 s.")
    say(page, "and more")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")
    took = time.monotonic() - start
    page.wait_for_selector("legwork-chat >> text=You wrote: and more")

    assert took >= 2
    assert [body["text"] for body in server.calls("POST messages")] == ["my first visit", "my first visit", "and more"]


@pytest.mark.parametrize("told", ["99999999999", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"], ids=["long", "longer", "a date"])
def test_told_to_wait_for_ever(begun, server, told):
    """Told to wait for years it waits ten minutes and says so, with how else to reach Jessica; then it asks again."""
    server.facts |= {"phone": "508-555-0100"}
    page = begun()
    server.fail("POST messages", Failure(429, "{}", {"Retry-After": told}))
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=That was a lot at once. Going on in 10 min.")
    page.clock.fast_forward(590_000)
    early = len(server.calls("POST messages"))
    other_ways = page.locator("legwork-chat >> .reach a").all_inner_texts()
    page.clock.fast_forward(11_000)
    page.wait_for_selector("legwork-chat >> text=A first visit usually")

    assert early == 1
    assert other_ways == ["508-555-0100"]
    assert page.locator(STATUS).inner_text() == ""


@pytest.mark.parametrize("told", ["soon", "-5", "NaN", "Infinity", "in 5 apples", ""])
def test_told_nonsense(begun, server, told):
    """A wait that is no number and no date is a minute."""
    page = begun()
    server.fail("POST messages", Failure(429, "{}", {"Retry-After": told}))
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=That was a lot at once. Going on in 60 s.")
    page.clock.fast_forward(61_000)
    page.wait_for_selector("legwork-chat >> text=A first visit usually")

    assert len(server.calls("POST messages")) == 2


def test_too_long_for_the_server(open_chat, server):
    """After 413 it is said, nothing is tried again, and the text is back where it was typed."""
    page = open_chat()
    server.fail("POST messages", Failure(413, "{}"))
    page.fill(TEXT, "a long story")
    page.press(TEXT, "Enter")
    page.wait_for_selector("legwork-chat >> text=That message was too long")

    assert page.input_value(TEXT) == "a long story"
    assert page.locator("legwork-chat >> .client").count() == 0

    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")

    assert [body["text"] for body in server.calls("POST messages")] == ["a long story", "my first visit"]


def test_refused(open_chat, server):
    """A refused message is said to be so and not tried again, and the next one goes through."""
    page = open_chat()
    server.fail("POST messages", Failure(400, "{}"))
    page.fill(TEXT, "hm")
    page.press(TEXT, "Enter")
    page.wait_for_selector("legwork-chat >> text=wasn’t accepted")
    page.fill(TEXT, "")
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")

    assert [body["text"] for body in server.calls("POST messages")] == ["hm", "my first visit"]


def test_not_set_up_for_this_site(page, server):
    """A website that isn't on the server's list is told so plainly, after one try; the next is the client's."""
    server.fail("POST conversations", Failure(403, "{}"))
    page.clock.install()
    page.goto(server.page())
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> text=isn’t set up for this website")
    page.clock.fast_forward(600_000)
    page.click("legwork-chat >> text=Try again")
    page.wait_for_selector("legwork-chat >> .chip")

    assert len(server.calls("POST conversations")) == 2


def test_answer_after_forty_seconds(page, server):
    """A slow answer is said to take long, waited for and shown, and the message isn't sent twice."""
    release = threading.Event()
    page.clock.install()
    page.goto(server.page())
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .chip")
    server.fail(
        "POST messages", Failure(200, '{"messages": [{"id": "late", "text": "Sorry to be late."}]}', process=True, wait=release)
    )
    say(page, "my first visit")
    until(page, lambda: len(server.calls("POST messages")) == 1)
    page.clock.fast_forward(9_000)
    page.wait_for_selector("legwork-chat >> text=taking longer than usual")
    page.clock.fast_forward(31_000)
    release.set()
    page.wait_for_selector("legwork-chat >> text=Sorry to be late.")

    assert len(server.calls("POST messages")) == 1
    assert page.locator(STATUS).inner_text() == ""


def test_no_answer_at_all(page, server):
    """After a minute without an answer it is asked for once more under the same id."""
    release = threading.Event()
    page.clock.install()
    page.goto(server.page())
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .chip")
    server.fail("POST messages", Failure(200, "{}", wait=release))
    say(page, "my first visit")
    until(page, lambda: len(server.calls("POST messages")) == 1)
    page.clock.fast_forward(61_000)
    page.wait_for_selector("legwork-chat >> text=Asking once more")
    page.clock.fast_forward(3_000)
    page.wait_for_selector("legwork-chat >> text=A first visit usually")
    release.set()

    assert len({body["id"] for body in server.calls("POST messages")}) == 1


def test_stream_is_refused(page, server):
    """An event stream that answers HTML is tried less and less often, and the talk goes on."""
    server.fail("GET events", *[Failure(200, "<h1>Hi</h1>")] * 40)
    page.clock.install()
    page.goto(server.page())
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .chip")
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=A first visit usually")
    wait_out(page, lambda: len(server.calls("GET events")) == 9, seconds=90)
    page.clock.fast_forward(600_000)
    server.failures.clear()
    say(page, "still there?")
    page.wait_for_selector("legwork-chat >> text=You wrote: still there?")
    until(page, lambda: server.listening() == 1)

    assert last(page) == "You wrote: still there?"
    assert len(server.calls("GET events")) == 10


def test_odd_messages(open_chat, server):
    """Messages with parts missing or of the wrong kind are shown as far as they make sense."""
    page = open_chat()
    odd = (
        '{"messages": [null, 7, {"id": "a"}, {"text": "no id"},'
        '{"id": "b", "text": 5, "quick_replies": [null, {"title": 3}], "card": {"rows": [null, {}]}, "link": "x", "level": 9},'
        '{"id": "c", "text": "Good.", "from": "nobody", "at": "never", "card": {"rows": [{"label": "L", "value": "V"}]}}]}'
    )
    server.fail("POST messages", Failure(200, odd))
    say(page, "my first visit")
    page.wait_for_selector("legwork-chat >> text=Good.")

    assert "V" in page.locator("legwork-chat >> .card").inner_text()
    assert page.locator("legwork-chat >> text=no id").count() == 0
