"""What the owner runs to see what waits, and to subscribe to the appointments."""

from __future__ import annotations

import json
import sys

import pytest

from legwork import __main__ as commands
from legwork.desk import feed


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The lines that a command prints."""
    monkeypatch.setattr(sys, "argv", ["legwork", *arguments])
    commands.main()
    return capsys.readouterr().out.splitlines()


def test_waiting_lists_requests_with_links(home, ask, monkeypatch, capsys):
    """Each open request is a line with a link of its own."""
    made = ask()

    [row] = map(json.loads, run(monkeypatch, capsys, "waiting", "--json"))

    assert (row["kind"], row["id"], row["name"]) == ("request", made.id, "Dana Price")
    assert "/desk/" in row["link"]


def test_feed_prints_its_address_and_renews_it(home, monkeypatch, capsys):
    """The address stays until it is renewed; then the old one is no secret any more."""
    [first] = run(monkeypatch, capsys, "feed")
    [again] = run(monkeypatch, capsys, "feed")
    [renewed] = run(monkeypatch, capsys, "feed", "--renew")

    assert first == again != renewed
    assert not feed.is_secret(first.rpartition("/")[2].removesuffix(".ics"))
    assert feed.is_secret(renewed.rpartition("/")[2].removesuffix(".ics"))
