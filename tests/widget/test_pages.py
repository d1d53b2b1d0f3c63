"""The pages made from the owner's facts, as text."""

from __future__ import annotations

import gzip
import json
import re
from html import unescape

import pytest

from legwork.channels import pages

from .conftest import WIDGET

pytestmark = pytest.mark.browser

UNSET: dict[str, str | None] = dict.fromkeys(
    ("phone", "email", "website", "address", "hours", "prices", "privacy_url", "booking_url")
)
NONE = UNSET | {"name": "Jessica Weagle, LMT", "practice_area": "West Boylston, Massachusetts, near Worcester"}
ALL = NONE | {
    "phone": "(508) 555-0100",
    "email": "jessica@example.com",
    "website": "https://example.com",
    "address": "1 Main Street, West Boylston",
    "hours": "Monday 9 am to 5 pm",
    "prices": "60 minutes $90",
    "privacy_url": "https://example.com/privacy",
    "booking_url": "https://example.com/book",
}


def test_unset_facts_leave_no_trace():
    """A page without facts names no hours, prices or ways to reach the practice, and no empty places for them."""
    page = pages.home(NONE)

    assert not re.search(r"Hours|Sessions</dt>|Phone|Email|Book a session|Privacy|None|\$[a-z]|href=\"\"|tel:|mailto:", page)


def test_set_facts_are_shown():
    """Each set fact is on the page, and what can be followed is a link."""
    page = pages.home(ALL)

    assert all(unescape(str(value)) in unescape(page) for value in ALL.values())
    assert 'href="tel:5085550100"' in page


@pytest.mark.parametrize("make", [pages.home, lambda facts: pages.embed(facts, "https://chat.example.com")])
def test_facts_are_text(make):
    """Markup in a fact is shown as text."""
    page = make(dict.fromkeys(ALL, '"><script>alert(1)</script>'))

    assert "<script>alert" not in page


def test_no_other_than_web_addresses():
    """A fact that should be a web address and isn't becomes no link."""
    page = pages.home(NONE | {"booking_url": "javascript:alert(1)", "website": "example.com"})

    assert "javascript:" not in page
    assert "Book a session" not in page


def test_the_whole_article():
    """The article is on the page with all its sections."""
    text = unescape(re.sub(r"<[^>]+>", " ", pages.home(NONE)))

    for words in (
        "I’ve done distances from 5k - 50k on road and trail",
        "over 2,000 pounds",
        "Marathon Sports or Sneakerama",
        "weekly or biweekly",
        "West Boylston area dealing with tight muscle",
    ):
        assert words in text


def test_strict_pages():
    """No page has inline script or style, or anything from elsewhere."""
    for page in (pages.home(ALL), pages.embed(ALL, "https://chat.example.com")):
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=\"/)", page)
        assert not re.search(r'(?:src|<link[^>]*href)="(?!/chat/)', page)


def test_the_tag_to_copy():
    """The owner's page has the whole tag, escaped, for the server's public address."""
    page = pages.embed(ALL, "https://chat.example.com/")

    assert "&lt;script async src=&quot;https://chat.example.com/chat/widget.js&quot;&gt;&lt;/script&gt;" in page
    assert "script-src https://chat.example.com" in page
    assert "warning" not in page


def test_what_is_missing():
    """The owner is told what to set: a public address, a way to be reached, a privacy page."""
    page = pages.embed(NONE, "http://localhost:5005")

    assert page.count('class="warning"') == 3
    assert all(name in page for name in ("LEGWORK_PUBLIC_URL", "<code>phone</code>", "<code>privacy_url</code>"))


def test_loader_knows_the_contact():
    """The loader is served with the contact in it, within its 3 KB, and as committed when nothing is known but the name."""
    script = pages.loader(ALL)

    assert '"phone":"(508) 555-0100"' in script
    assert len(gzip.compress(script.encode(), 9)) <= 3 * 1024
    assert "example.com" not in pages.loader(NONE)
    assert pages.loader(NONE) != (WIDGET / "dist" / "loader.js").read_text("utf-8")


def test_loader_contact_is_data():
    """Whatever a fact holds, it stays a string in the script."""
    phone = '");alert(1);("\u2028</script>'
    script = pages.loader(NONE | {"phone": phone})
    start = script.index('{"name"')

    assert json.JSONDecoder().raw_decode(script[start:])[0]["phone"] == phone
    assert script.isascii()


def test_static_files_exist():
    """Every address has its file, and every address in the pages is served."""
    assert all(file.is_file() for file, _ in pages.STATIC.values())

    wanted = set(re.findall(r'(?:src|href)="(/chat/[^"]+)"', pages.home(ALL) + pages.embed(ALL, "https://x.example")))

    assert wanted - {"/chat/widget.js"} <= set(pages.STATIC)
