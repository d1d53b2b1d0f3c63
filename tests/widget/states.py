"""Every state the window can be in, each as the steps that lead there. Checked by axe, and photographed for docs/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.doubles.web_server import Failure, WebServer

from .conftest import LAUNCHER, TEXT, gave_up, say, until, wait_out

State = Callable[[Any, WebServer], None]


def closed(page: Any, server: WebServer) -> None:
    """The launcher alone."""
    page.goto(f"{server.chat}/")
    page.wait_for_selector(LAUNCHER)


def greeting(page: Any, server: WebServer) -> None:
    """Just opened."""
    closed(page, server)
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .chip")


def recommendation(page: Any, server: WebServer) -> None:
    """A complaint, and a session recommended for it."""
    greeting(page, server)
    page.click("legwork-chat >> text=My calves are tight")
    for question in ("One quick check first", "start with a pop"):
        page.wait_for_selector(f"legwork-chat >> text={question}")
        page.click("legwork-chat >> text=No, none of that >> nth=-1")
    page.wait_for_selector("legwork-chat >> .recommendation")


def times(page: Any, server: WebServer) -> None:
    """Open times to choose from."""
    greeting(page, server)
    page.click("legwork-chat >> text=Book a session")
    page.wait_for_selector("legwork-chat >> .times")


def read_back(page: Any, server: WebServer) -> None:
    """The request read back."""
    times(page, server)
    page.click("legwork-chat >> text=10:30 am >> nth=0")
    page.wait_for_selector("legwork-chat >> text=What name")
    say(page, "Dana Price")
    page.wait_for_selector("legwork-chat >> text=How can Jessica reach")
    say(page, "508-555-0100")
    page.wait_for_selector("legwork-chat >> .read-back")


def booked(page: Any, server: WebServer) -> None:
    """Booked, with a file for the calendar, and a word from Jessica."""
    read_back(page, server)
    page.click("legwork-chat >> text=Yes, book it")
    page.wait_for_selector("legwork-chat >> .link")
    server.push({"from": "jessica", "text": "Hi Dana, yes: bring your running shoes, I'd like to see them."})
    page.wait_for_selector("legwork-chat >> .jessica")


def emergency(page: Any, server: WebServer) -> None:
    """A warning sign that calls for 911."""
    greeting(page, server)
    say(page, "I get chest pain when I run")
    page.wait_for_selector("legwork-chat >> .emergency")


def doctor(page: Any, server: WebServer) -> None:
    """A warning sign that a doctor should see first."""
    greeting(page, server)
    say(page, "My left calf is swollen and warm")
    page.wait_for_selector("legwork-chat >> .doctor")


def did_you_mean(page: Any, server: WebServer) -> None:
    """Asked back what was meant."""
    greeting(page, server)
    say(page, "what about pain")
    page.wait_for_selector("legwork-chat >> text=Foot or heel")


def offline(page: Any, server: WebServer) -> None:
    """Without a network: said, and what was typed is kept."""
    greeting(page, server)
    page.context.set_offline(True)
    say(page, "What should I wear?")
    page.wait_for_selector("legwork-chat >> text=You’re offline")
    words = page.locator("legwork-chat >> .pending .body")
    until(page, lambda: words.evaluate("e => getComputedStyle(e).backgroundColor") == "rgba(0, 0, 0, 0)")  # shown as waiting


def menu(page: Any, server: WebServer) -> None:
    """What can be done with the whole conversation."""
    greeting(page, server)
    page.click("legwork-chat >> role=button[name=More]")


def forget(page: Any, server: WebServer) -> None:
    """Asked whether the conversation is to be forgotten."""
    menu(page, server)
    page.click("legwork-chat >> text=Forget this conversation")


def too_long(page: Any, server: WebServer) -> None:
    """A message that is too long to be sent."""
    greeting(page, server)
    page.fill(TEXT, "It all began in the spring of 2016. " * 30)


def unreachable(page: Any, server: WebServer) -> None:
    """The server is down: how to reach Jessica instead."""
    server.facts |= {"phone": "508-555-0100", "email": "jessica@example.com"}
    server.fail("POST conversations", *[Failure(502)] * 10)
    page.clock.install()
    closed(page, server)
    page.click(LAUNCHER)
    wait_out(page, gave_up(page))


def not_loaded(page: Any, server: WebServer) -> None:
    """Not even the window can be fetched."""
    server.facts |= {"phone": "508-555-0100", "email": "jessica@example.com"}
    closed(page, server)
    server.fail("GET file", *[Failure(503)] * 3)
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .down a")


STATES: dict[str, State] = {
    state.__name__: state
    for state in (
        closed,
        greeting,
        recommendation,
        times,
        read_back,
        booked,
        emergency,
        doctor,
        did_you_mean,
        offline,
        menu,
        forget,
        too_long,
        unreachable,
        not_loaded,
    )
}
SCREENS = {"large": {"width": 1280, "height": 900}, "small": {"width": 375, "height": 720}}
