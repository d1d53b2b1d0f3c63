"""Chromium, the double of the server, and what the tests of the chat window share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.web_server import WebServer

from .running import Running

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

ROOT = Path(__file__).parents[2]
WIDGET = ROOT / "widget"
SCREENSHOTS = ROOT / "docs" / "screenshots"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
]

TEXT = "legwork-chat >> textarea"
LAUNCHER = "legwork-chat >> .launcher"


def skip_or_fail(reason: str) -> None:
    """What is missing on one's own machine is skipped; in CI it is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


# Package and not session: while Playwright runs, no other test of the session could use asyncio.
@pytest.fixture(scope="package")
def browser() -> Iterator[sync_api.Browser]:
    """One Chromium for all tests of the folder."""
    chromium = shutil.which("chromium")
    if not chromium:
        skip_or_fail("Chromium is not installed: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def _server() -> Iterator[WebServer]:
    server = WebServer()
    yield server
    server.stop()


@pytest.fixture
def server(_server: WebServer) -> Iterator[WebServer]:
    """A fresh double; fails the test when the chat window broke the protocol."""
    _server.reset()
    yield _server
    assert _server.violations == []


@pytest.fixture
def context(browser: sync_api.Browser) -> Iterator[sync_api.BrowserContext]:
    """A browser that has never been here."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@pytest.fixture
def errors() -> list[str]:
    """What a page threw or was forbidden; a test that expects some clears the list."""
    return []


@pytest.fixture
def page(context: sync_api.BrowserContext, errors: list[str]) -> Iterator[sync_api.Page]:
    """An empty page; fails the test when the chat window threw an error on it."""
    page = context.new_page()
    page.set_default_timeout(5_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if "violates" in line.text or "Trusted" in line.text else None)
    yield page
    assert errors == []


@pytest.fixture
def open_chat(page: sync_api.Page, server: WebServer) -> Callable[..., sync_api.Page]:
    """Opens the page with the tag, and the window on it with a click."""

    def open_it(url: str | None = None) -> sync_api.Page:
        page.goto(url or server.page())
        page.click(LAUNCHER)
        page.wait_for_selector("legwork-chat >> .message")
        return page

    return open_it


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    file = WIDGET / "node_modules" / "axe-core" / "axe.min.js"
    if not file.exists():
        skip_or_fail("axe-core is not installed: npm ci --prefix widget")
    return file.read_text("utf-8")


@pytest.fixture
def phone(browser: Any, server: Any) -> Any:
    """A phone with the window open."""
    look = {"viewport": {"width": 390, "height": 780}, "reduced_motion": "reduce"}
    context = browser.new_context(**look, has_touch=True, is_mobile=True, device_scale_factor=2)
    page = context.new_page()
    page.goto(server.page("/before"))
    page.goto(server.page())
    page.tap(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .chip")
    yield page
    context.close()


# Package and not session, as the browser is.
@pytest.fixture(scope="package")
def running(model: Any, tmp_path_factory: pytest.TempPathFactory, _server: WebServer) -> Iterator[Running]:
    """A running Legwork."""
    started = Running(tmp_path_factory.mktemp("running"), _server)
    yield started
    started.stop()


def inside(page: sync_api.Page, script: str) -> Any:
    """The result of a JavaScript function of the window's shadow root."""
    return page.evaluate(f"({script})(document.querySelector('legwork-chat').shadowRoot)")


def say(page: sync_api.Page, text: str) -> None:
    """Types and sends, as a client does, and waits until the words are shown."""
    page.fill(TEXT, text)
    page.press(TEXT, "Enter")
    page.wait_for_selector(f"legwork-chat >> .client :text({text!r})")


def answered(page: sync_api.Page) -> None:
    """Waits until what the client said last has its answer."""
    page.wait_for_selector("legwork-chat >> .live > .message:not(.client):last-of-type")
    page.wait_for_selector("legwork-chat >> .typing", state="hidden")


def ask(page: sync_api.Page, text: str) -> str:
    """Says something; the last message of the answer."""
    say(page, text)
    answered(page)
    return last(page)


def last(page: sync_api.Page) -> str:
    """The text of the last message from the practice."""
    return "\n\n".join(page.locator("legwork-chat >> .message:not(.client) >> nth=-1 >> .body > p").all_inner_texts())


def until(page: sync_api.Page, condition: Callable[[], bool]) -> None:
    """Waits until the condition holds, five seconds at most."""
    for _ in range(250):
        if condition():
            return
        page.wait_for_timeout(20)
    pytest.fail("it never came to that")


def wait_out(page: sync_api.Page, condition: Callable[[], bool], seconds: int = 31) -> None:
    """Moves the page's clock on by so many seconds whenever none of its calls is on its way, until the condition holds."""
    on_the_way: set[sync_api.Request] = set()
    page.on("request", lambda request: on_the_way.add(request))
    for end in ("requestfinished", "requestfailed"):
        page.on(end, lambda request: on_the_way.discard(request))

    def came() -> bool:
        if not condition() and not on_the_way:
            page.clock.fast_forward(seconds * 1000)
        return condition()

    until(page, came)


def gave_up(page: sync_api.Page) -> Callable[[], bool]:
    """Whether the window has left it to the client to try again."""
    return lambda: page.locator("legwork-chat >> .status.final").count() == 1
