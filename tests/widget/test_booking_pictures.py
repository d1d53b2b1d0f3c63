"""Pictures of the four ways of booking for docs/booking.md, from a running Legwork; taken when asked: LEGWORK_SCREENSHOTS=1."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import MONDAY, Server
from tests.conversations.test_ways_of_booking import WAYS, CalComInThread
from tests.doubles.office import write_practice

from .conftest import SCREENSHOTS, ask
from .states import SCREENS
from .test_real_server import begun, desk_link, stored, tag

pytestmark = [
    pytest.mark.browser,
    pytest.mark.model,
    pytest.mark.skipif(os.environ.get("LEGWORK_SCREENSHOTS") != "1", reason="pictures are taken with LEGWORK_SCREENSHOTS=1"),
]

WISH = "60 min for my calves on tuesday dec 1 after 5, Dana Price, dana@client.example"
SHOWN = {
    "requests": "Here is what I'll send to Jessica",
    "link": "booking page",
    "calendar": "These times are open",
    "calcom": "These times are open",
}
"""Way of booking → what the chat says to the wish."""


@pytest.fixture(params=SHOWN)
def practice(request: Any, model: Any, server: Any, tmp_path: Any) -> Iterator[tuple[str, Server]]:
    """A way of booking, and a Legwork whose practice.yml says so."""
    cal_com = CalComInThread()
    file = write_practice(tmp_path, {"requests": "requests", **WAYS}[request.param])
    started = Server(tmp_path, LEGWORK_PRACTICE=str(file), CALCOM_API_BASE=cal_com.url, LEGWORK_ALLOWED_ORIGINS=server.site)
    yield request.param, started
    started.stop()
    cal_com.stop()


def test_a_way_of_booking(browser: Any, server: Any, practice: tuple[str, Server]) -> None:
    """The chat after a whole wish; for requests the pages behind the mails' buttons too, for the wish and for a question."""
    way, legwork = practice
    context = browser.new_context(viewport=SCREENS["small"], reduced_motion="reduce")
    context.clock.set_fixed_time(MONDAY)
    page = begun(context.new_page(), server.page(body=tag(legwork)))

    ask(page, WISH)

    assert SHOWN[way] in page.locator("legwork-chat >> .live").inner_text()
    shoot(page, f"booking-{'times' if way == 'calendar' else way}")
    if way == "requests":
        ask(page, "yes")
        desk = context.new_page()
        desk.goto(desk_link(legwork, stored(legwork)["id"]))
        assert "Dana Price would like an appointment" in desk.inner_text("body")
        shoot(desk, "desk-request")
        ask(page, "Where could I park a van?")
        ask(page, "yes")
        desk.goto(waiting(legwork, "question"))
        assert "Where could I park a van?" in desk.inner_text("body")
        shoot(desk, "desk-question")
    context.close()


def waiting(legwork: Server, kind: str) -> str:
    """The link of the newest thing of this kind that waits for Jessica."""
    rows = [json.loads(line) for line in legwork.run("waiting", "--json").splitlines()]
    return str([row["link"] for row in rows if row["kind"] == kind][-1])


def shoot(page: Any, name: str) -> None:
    """Takes the picture, with nothing hovered over."""
    page.mouse.move(0, 0)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
