"""What docs/channels.md promises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from legwork.channels import graph_api, twilio_api
from legwork.channels.first_words import intro

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.split("## Rasa's connectors and ours")[1].splitlines() if re.match(r"\| (?!case)\S", line)]
"""Of the tables "Rasa's connector / ours"."""


def exists(test: str) -> bool:
    """Whether `file::test`, or a bare name of test_rasas_connectors.py, is there; a case in brackets is a file's name."""
    file, _, name = test.rpartition("::")
    path = ROOT / file if "/" in file else HERE / (file or "test_rasas_connectors.py")
    name, _, case = name.partition("[")
    there = re.search(rf"^(?:async )?def {name}\(", path.read_text("utf-8"), re.MULTILINE) if path.exists() else None
    return bool(there) and (not case or (HERE / "conversations" / f"{case.rpartition('-')[0]}.yml").exists())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_each_row_has_its_test(row: str) -> None:
    """The last cell names the tests that show it, as `file::test`; so do the names in the cell about Rasa's connector."""
    _, theirs, _, tests, _ = row.split(" |")
    named = re.findall(r"`([^`]+::[^`]+)`", tests)
    assert named and re.sub(r"`[^`]+::[^`]+`|[, ]", "", tests) == "", tests
    for test in (*named, *re.findall(r"`(test_\w+)`", theirs)):
        assert exists(test), test


def test_every_error_that_is_handled_is_told() -> None:
    """The tables of errors name each code that the code knows, but for those nobody meets."""
    rare = {21617, 21658, -1, 80006}
    for code in {*twilio_api.MEANINGS, *graph_api.LATER, *graph_api.SAYS} - rare:
        assert re.search(rf"\b{code}\b", PAGE), code


def test_the_sample_message_is_the_real_one() -> None:
    """What is registered with the carriers is what is sent."""
    assert intro("sms")["text"].split(":", 1)[1].strip() in " ".join(PAGE.split())
