"""The states once more, each reached by talking to a running Legwork."""

from __future__ import annotations

from typing import Any

from . import states
from .conftest import LAUNCHER, gave_up, say, wait_out
from .running import Running
from .states import State, greeting

WISH = "60 min MFR for my calves next week"


def times(page: Any, server: Running) -> None:
    """Open times of the diary to choose from."""
    greeting(page, server)
    say(page, WISH)
    page.wait_for_selector("legwork-chat >> .times")


def read_back(page: Any, server: Running) -> None:
    """The request read back."""
    times(page, server)
    page.click("legwork-chat >> .times .offer >> nth=0")
    page.wait_for_selector("legwork-chat >> text=What name")
    say(page, "Dana Price")
    page.wait_for_selector("legwork-chat >> text=How can Jessica reach")
    say(page, "508-555-0142")
    page.wait_for_selector("legwork-chat >> .read-back")


def booked(page: Any, server: Running) -> None:
    """Booked, with a file for the calendar, and a word from Jessica."""
    read_back(page, server)
    page.click("legwork-chat >> text=Yes, book it")
    page.wait_for_selector("legwork-chat >> .link")
    server.push({"from": "jessica", "text": "Hi Dana, yes: bring your running shoes."})
    page.wait_for_selector("legwork-chat >> .jessica")


def not_loaded(page: Any, server: Running) -> None:
    """The server went away before the first click."""
    states.closed(page, server)
    with server.away():
        page.click(LAUNCHER)
        page.wait_for_selector("legwork-chat >> .down a")


def unreachable(page: Any, server: Running) -> None:
    """The server went away in the midst of the talk, and didn't come back."""
    page.clock.install()
    greeting(page, server)
    with server.away():
        say(page, "What should I wear?")
        wait_out(page, gave_up(page))


OWN = (times, read_back, booked, not_loaded, unreachable)
STATES: dict[str, State] = states.STATES | {state.__name__: state for state in OWN}
del STATES["did_you_mean"]  # what it isn't sure of changes with each training
