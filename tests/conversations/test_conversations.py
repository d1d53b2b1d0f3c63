"""Whole conversations through the trained bot, over the web channel. Each file is named for what the client does.

A file is a list of steps. A step has `client` (what is typed) or `tap` (the title of a quick reply), and what must follow:
`topics` (of the answer's messages, in order), `says` (pieces of what is shown: texts and cards), `never` (pieces that must not
stand there), `level`, `offers` (titles). `booking: {…}` checks the newest booking that this conversation has stored, `booking: null`
that there is none. `questions: [{…}, …]` checks all that this conversation has passed on to Jessica, in order.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conftest import Server, Talk

FILES = sorted(Path(__file__).parent.glob("*.yml"))
pytestmark = pytest.mark.model


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_conversation(file: Path, talk: Talk, server: Server) -> None:
    """The conversation goes as its file says."""
    for number, step in enumerate(YAML(typ="safe").load(file.read_text(encoding="utf-8")), 1):
        if "booking" in step:
            check_booking(step["booking"], bookings(server, talk.id))
            continue
        if "questions" in step:
            check_questions(step["questions"], server, talk.id)
            continue
        answer = talk.tap(step["tap"]) if "tap" in step else talk.say(step["client"])
        check(answer, step, f"{file.stem}, step {number} ({step.get('client') or step['tap']})")


def check(answer: list[dict[str, Any]], step: dict[str, Any], where: str) -> None:
    """Compares an answer with what the step expects."""
    text = "\n".join(line for message in answer for line in (message["text"], *card_lines(message)))
    shown = f"{where}: {[(m['topic'], m['text']) for m in answer]}"
    if "topics" in step:
        assert [message["topic"] for message in answer] == step["topics"], shown
    for piece in step.get("says", []):
        assert piece.lower() in text.lower(), f"{shown}\nlacks {piece!r}"
    for piece in step.get("never", []):
        assert piece.lower() not in text.lower(), f"{shown}\nholds {piece!r}"
    if "level" in step:
        assert step["level"] in [message.get("level") for message in answer], shown
    for title in step.get("offers", []):
        assert title in [reply["title"] for message in answer for reply in message["quick_replies"]], shown


def card_lines(message: dict[str, Any]) -> list[str]:
    """What the message's card shows; nothing where it has none."""
    return [f"{row['label']}: {row['value']}" for row in (message.get("card") or {}).get("rows", [])]


def bookings(server: Server, conversation: str) -> list[dict[str, Any]]:
    """What the conversation has stored, the oldest first."""
    with closing(sqlite3.connect(server.var / "legwork.sqlite3")) as connection:
        mine = {code for (code,) in connection.execute("SELECT id FROM bookings WHERE conversation = ?", (conversation,))}
    return [row for row in listed(server, "bookings") if row["id"] in mine] if mine else []


def listed(server: Server, what: str) -> list[dict[str, Any]]:
    """All rows that a command lists, the oldest first."""
    return [json.loads(line) for line in server.run(what, "--json").splitlines()]


def check_questions(expected: list[dict[str, Any]], server: Server, conversation: str) -> None:
    """Compares what the conversation has passed on to Jessica with what the file expects."""
    stored = [row for row in listed(server, "questions") if row["conversation"] == conversation]
    assert len(stored) == len(expected), stored
    for row, wanted in zip(stored, expected):
        assert {name: row[name] for name in wanted} == wanted


def check_booking(expected: dict[str, Any] | None, stored: list[dict[str, Any]]) -> None:
    """Compares the newest of the conversation's bookings with what the file expects; null means none."""
    if expected is None:
        assert stored == []
        return
    assert stored, "nothing was stored"
    row = stored[-1]
    for name, value in expected.items():
        assert row[name] == value, f"{name}: {row}"
