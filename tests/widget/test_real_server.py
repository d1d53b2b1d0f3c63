"""The same window against a running Legwork: LEGWORK_SERVER_URL=http://localhost:5005 pytest tests/widget/test_real_server.py."""

from __future__ import annotations

import os

import pytest

from .conftest import LAUNCHER, last, say

URL = os.environ.get("LEGWORK_SERVER_URL", "").rstrip("/")
pytestmark = pytest.mark.skipif(not URL, reason="LEGWORK_SERVER_URL names no running server")


@pytest.fixture
def talk(page):
    """The window on the server's own page, just opened."""
    page.goto(f"{URL}/")
    page.click(LAUNCHER)
    page.wait_for_selector("legwork-chat >> .chip")
    return page


def answered(page, before: str) -> str:
    """The last answer, once it is another one than before."""
    page.wait_for_selector("legwork-chat >> .typing", state="hidden", timeout=15_000)
    page.wait_for_timeout(300)

    assert last(page) != before
    return last(page)


def test_greeting(talk):
    """The greeting says that it is automated, and offers four ways to begin."""
    assert "automated" in last(talk)
    assert talk.locator("legwork-chat >> .chip").count() == 4


def test_offered_and_typed(talk):
    """A quick reply and a typed question are answered, and a reload shows both once."""
    before = last(talk)
    talk.click("legwork-chat >> .chip >> nth=2")
    before = answered(talk, before)
    say(talk, "How often should I get a massage?")
    answer = answered(talk, before)
    talk.reload()
    talk.wait_for_selector("legwork-chat >> .message >> nth=3")

    assert last(talk) == answer
    assert talk.locator("legwork-chat >> .client").count() == 2


def test_emergency(talk):
    """Chest pain is answered with a warning that dials 911."""
    say(talk, "I have chest pain and can't breathe")
    talk.wait_for_selector("legwork-chat >> .emergency a", timeout=15_000)

    assert talk.locator("legwork-chat >> .emergency a").get_attribute("href") == "tel:911"


def test_forget(talk):
    """A forgotten conversation is gone after a reload."""
    say(talk, "hello")
    answered(talk, "")
    talk.click("legwork-chat >> role=button[name=More]")
    talk.click("legwork-chat >> text=Forget this conversation")
    talk.click("legwork-chat >> text=Yes, delete it")
    talk.wait_for_selector("legwork-chat >> text=Start a new conversation")
    talk.reload()
    talk.click(LAUNCHER)
    talk.wait_for_selector("legwork-chat >> .chip")

    assert talk.locator("legwork-chat >> .client").count() == 0
