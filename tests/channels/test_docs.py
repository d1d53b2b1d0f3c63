"""What docs/channels.md promises."""

from __future__ import annotations

import re
from pathlib import Path

from legwork.channels import graph_api, twilio_api
from legwork.channels.first_words import intro

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "channels.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_exists() -> None:
    """Each row of the tables has its test, under the name that stands there."""
    tests = {
        name
        for path in HERE.glob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 40 and named <= tests, named - tests


def test_every_error_that_is_handled_is_told() -> None:
    """The tables of errors name each code that the code knows, but for those nobody meets."""
    rare = {21617, 21658, -1, 80006}
    for code in {*twilio_api.MEANINGS, *graph_api.LATER, *graph_api.SAYS} - rare:
        assert re.search(rf"\b{code}\b", PAGE), code


def test_the_sample_message_is_the_real_one() -> None:
    """What is registered with the carriers is what is sent."""
    assert intro("sms")["text"].split(":", 1)[1].strip() in " ".join(PAGE.split())
