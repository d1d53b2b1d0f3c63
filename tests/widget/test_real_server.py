"""The window against a running Legwork with its trained model, on a website of another origin: nothing is played here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import ROOT, Server

from .conftest import LAUNCHER, TEXT, answered, ask, inside, last, say
from .keyboard import press_until, type_and_send
from .test_hostile import POLICIES

pytestmark = [pytest.mark.browser, pytest.mark.model]

CHIP = "legwork-chat >> .chip"


@pytest.fixture(scope="module")
def legwork(model: Any, tmp_path_factory: pytest.TempPathFactory, _server: Any) -> Iterator[Server]:
    """A running Legwork that the double's website may use; its clock runs."""
    started = Server(tmp_path_factory.mktemp("legwork"), LEGWORK_ALLOWED_ORIGINS=_server.site, LEGWORK_CLOCK="")
    yield started
    started.stop()


@pytest.fixture
def website(server: Any, legwork: Server) -> str:
    """Address of a page of another origin with the tag, under a strict policy with Trusted Types required."""
    policy = POLICIES["strict"].format(chat=legwork.url)
    return server.page(body=tag(legwork), headers={"Content-Security-Policy": policy})


def tag(legwork: Server) -> str:
    """The tag that the owner puts on her page."""
    return f"<script async src='{legwork.url}/chat/widget.js'></script>"


def begun(page: Any, address: str) -> Any:
    """The window, just opened."""
    page.set_default_timeout(20_000)
    page.goto(address)
    page.click(LAUNCHER)
    page.wait_for_selector(CHIP)
    return page


def stored(legwork: Server) -> dict[str, Any]:
    """The newest booking that the server holds."""
    return json.loads(legwork.run("bookings", "--json").splitlines()[-1])


def desk_link(legwork: Server, code: str) -> str:
    """The link that Jessica gets by mail."""
    script = f"from legwork import links; print(links.make('booking', {code!r}))"
    made = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=legwork.environment, capture_output=True, text=True, check=True
    )
    return made.stdout.strip()


def test_booked_with_the_keyboard_alone(page, context, legwork, website):
    """From a page of another origin to a stored request without a pointer, and Jessica's confirmation comes by itself."""
    page.set_default_timeout(20_000)
    page.goto(website)
    page.wait_for_selector(LAUNCHER)
    page.focus("main input")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(CHIP)
    press_until(page, "My calves are tight")
    for _ in range(2):
        page.wait_for_selector(f"{CHIP} >> text=No, none of that")
        press_until(page, "No, none of that")
        answered(page)
    page.wait_for_selector("legwork-chat >> .recommendation")
    press_until(page, "Book this")
    answered(page)
    for text in ("next Tuesday after 5 pm", "Dana Price", "508-555-0142"):
        type_and_send(page, text)
        answered(page)
    page.wait_for_selector("legwork-chat >> .read-back")
    press_until(page, "Yes, send it")
    page.wait_for_selector("legwork-chat >> text=your request is with Jessica")
    booking = stored(legwork)
    desk = context.new_page()
    desk.goto(desk_link(legwork, booking["id"]))
    desk.click("button:has-text('Confirm')")
    page.wait_for_selector("legwork-chat >> text=Jessica has confirmed your appointment")

    assert (booking["status"], booking["name"], booking["phone"]) == ("requested", "Dana Price", "+15085550142")
    assert (booking["session"], booking["areas"]) == ("myofascial_release", ["calves"])
    assert stored(legwork)["status"] == "confirmed"


def test_booked_on_a_320_px_screen(browser, legwork, website):
    """A stored request on the smallest screen, by touch, with nothing to scroll sideways at any step."""
    context = browser.new_context(viewport={"width": 320, "height": 568}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(website)
    page.tap(LAUNCHER)
    sideways = []
    for offer in ("Book a session", "Let Jessica choose"):
        page.tap(f"{CHIP} >> text={offer}")
        answered(page)
        sideways += too_wide(page)
    for text in (
        "next Tuesday afternoon or Thursday at 5 pm",
        "Priscilla Featherstonehaugh-Cholmondeley",
        "priscilla@example.com",
    ):
        page.fill(TEXT, text)
        page.tap("legwork-chat >> .submit")
        answered(page)
        sideways += too_wide(page)
    page.tap(f"{CHIP} >> text=Yes, send it")
    page.wait_for_selector("legwork-chat >> text=your request is with Jessica")
    sideways += too_wide(page)
    context.close()

    assert sideways == []
    assert stored(legwork)["email"] == "priscilla@example.com"


def too_wide(page: Any) -> list[str]:
    """What scrolls sideways, or is wider than the screen."""
    found = inside(
        page,
        """(root) => [...root.querySelectorAll('*')]
            .filter((e) => e.clientWidth > 1 && getComputedStyle(e).display !== 'inline')
            .filter((e) => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth + 1)
            .map((e) => e.className || e.tagName)""",
    )
    return list(found) + (["page"] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else [])


def test_each_part_of_the_read_back_can_be_changed(page, website):
    """The control beside a line of the read-back asks for that part anew, and the new read-back has it."""
    begun(page, website)
    ask(page, "60 min MFR for my calves next tuesday after 5, Dana Price, 508-555-0142")
    page.wait_for_selector("legwork-chat >> .read-back")
    page.click("legwork-chat >> .change >> nth=2")
    answered(page)
    ask(page, "Dana Prince")
    page.wait_for_selector("legwork-chat >> .read-back >> nth=1")

    assert "Dana Prince" in page.locator("legwork-chat >> .read-back >> nth=1").inner_text()
    assert "Change: Name" in page.locator("legwork-chat >> .client >> nth=1").inner_text()


def test_reload_in_the_midst(page, website):
    """A reload in the midst of a booking shows all that was said, once and alike, and the booking goes on."""
    begun(page, website)
    page.click(f"{CHIP} >> text=Book a session")
    answered(page)
    question = ask(page, "my calves")
    said = page.locator("legwork-chat >> .message .body").all_inner_texts()
    page.reload()
    page.wait_for_selector(f"legwork-chat >> .message >> nth={len(said) - 1}")

    assert page.locator("legwork-chat >> .message .body").all_inner_texts() == said
    assert last(page) == question
    assert "name" in ask(page, "next Tuesday after 5 pm")


def test_reload_after_a_change(page, website):
    """What the client pressed in a card reads the same before and after a reload."""
    begun(page, website)
    ask(page, "60 min MFR for my calves next tuesday after 5, Dana Price, 508-555-0142")
    page.click("legwork-chat >> .change >> nth=2")
    answered(page)
    said = page.locator("legwork-chat >> .client").all_inner_texts()
    page.reload()
    page.wait_for_selector("legwork-chat >> .history >> .client >> nth=1")

    assert page.locator("legwork-chat >> .client").all_inner_texts() == said


def test_the_server_is_restarted_in_the_midst(page, legwork, website):
    """While the server is away it is said, and what was typed meanwhile is sent once and in order when it is back."""
    begun(page, website)
    ask(page, "How often should I get a massage?")
    legwork.stop()
    for text in ("What should I wear?", "What is cupping?"):
        say(page, text)
    page.wait_for_selector("legwork-chat >> text=No connection to the front desk")
    legwork.start()
    page.evaluate("dispatchEvent(new Event('online')); null")
    page.wait_for_selector("legwork-chat >> .status p:empty", state="attached", timeout=60_000)
    answered(page)
    page.reload()
    page.wait_for_selector("legwork-chat >> .history >> .message:not(.client) >> nth=3")
    said = page.locator("legwork-chat >> .client .body p").all_inner_texts()

    assert said == ["How often should I get a massage?", "What should I wear?", "What is cupping?"]


def test_a_website_that_is_not_on_the_list(page, server, legwork):
    """On a page of an origin that the server doesn't serve, the client is told plainly and the server left alone."""
    address = server.page(body=tag(legwork)).replace("127.0.0.1", "localhost")
    page.set_default_timeout(20_000)
    page.goto(address)
    page.click(LAUNCHER)

    page.wait_for_selector("legwork-chat >> text=isn’t set up for this website")


def test_emergency(page, website):
    """Chest pain is answered with a warning that dials 911."""
    begun(page, website)
    say(page, "I have chest pain and can't breathe")
    page.wait_for_selector("legwork-chat >> .emergency a")

    assert page.locator("legwork-chat >> .emergency a").get_attribute("href") == "tel:911"


def test_forget(page, website):
    """A forgotten conversation is gone after a reload, and a live request is said to stay."""
    begun(page, website)
    ask(page, "60 min MFR for my calves next friday at noon, Dana Price, 508-555-0142")
    page.click(f"{CHIP} >> text=Yes, send it")
    answered(page)
    page.click("legwork-chat >> role=button[name=More]")
    page.click("legwork-chat >> text=Forget this conversation")
    page.click("legwork-chat >> text=Yes, delete it")
    page.wait_for_selector("legwork-chat >> text=stays with Jessica")
    page.reload()
    page.click(LAUNCHER)
    page.wait_for_selector(CHIP)

    assert page.locator("legwork-chat >> .client").count() == 0
