"""Slips of the pen in an answer: the owner is told where, and clients are answered all the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain

from legwork import answers as module
from legwork import doctor, slips
from legwork.answers import FILLED, Answer, answers, fill, missing_facts, read
from legwork.errors import AnswersError
from legwork.sentences import Sentences
from legwork.settings import ROOT, practice

HEAD = 'version: "3.1"\nresponses:\n  utter_faq/tipping:\n'
QUOTED = '- text: "'
"""How a message says that a text is quoted."""


def written(folder: Path, answer: str) -> Path:
    """A topic's file with this answer."""
    path = folder / "tipping.yml"
    path.write_text(HEAD + answer + "nlu:\n  - intent: faq/tipping\n    examples: |\n      - tips?\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        ("    - text: Tips: as you like.\n", 4),
        ('    - text: "Tips as you like.\n', 4),
        ("    - text: |-\n        Tips.\n\t- channel: sms\n", 6),
        ("    - text: Tips.\n  utter_faq/tipping:\n    - text: No tips.\n", 5),
        ("    - Tips as you like.\n", 3),
        ("    - text:\n", 3),
        ("    - text: 20\n", 3),
        ("    Tips as you like.\n", 3),
    ],
)
def test_answer_that_cant_be_read_names_file_and_line(tmp_path: Path, answer: str, line: int) -> None:
    """A colon, an open quote, a tab, a name twice, a text that is none: one sentence says where, and how to write it."""
    path = written(tmp_path, answer)

    with pytest.raises(AnswersError) as told:
        read(tmp_path)

    named = str(told.value)
    assert named.startswith(f"{path.name} line ") and "Traceback" not in named
    assert abs(int(named.split(" line ")[1].split(":")[0]) - line) <= 1
    assert "make train" in named and (QUOTED in named or "use spaces" in named or "keep one" in named)


def test_colon_within_quotes_or_below_is_read(tmp_path: Path) -> None:
    """What the message advises works."""
    written(tmp_path, '    - text: "Tips: as you like."\n    - channel: sms\n      text: |-\n        Tips: as you like.\n')

    assert [v["text"] for v in read(tmp_path)["utter_faq/tipping"].variants] == ["Tips: as you like."] * 2


def test_unknown_placeholder_is_named(tmp_path: Path) -> None:
    """File, line, placeholder, what was meant, what is allowed and what to do."""
    written(tmp_path, "    - text: Tips are welcome. {tiping}\n")
    (told,) = slips.unknown_placeholders(read(tmp_path).values(), practice().facts(), FILLED)

    for piece in (
        "tipping.yml line 4",
        "{tiping}",
        "did you mean {tipping}?",
        "Allowed there:",
        "cancellation_policy",
        "make train",
    ):
        assert piece in told


def test_what_an_action_fills_is_allowed_only_where_one_does(tmp_path: Path) -> None:
    """`{wish}` is known to the booking and not to a topic; a lone brace is only a character."""
    booked = Answer("utter_booked", Path("x.yml"), "", [{"text": "At {wish}."}])
    topic = Answer("utter_faq/tipping", Path("x.yml"), "", [{"text": "At {wish}. } and {"}])

    told = list(slips.unknown_placeholders([booked, topic], practice().facts(), FILLED))
    assert len(told) == 1 and "utter_faq/tipping" in told[0]


def test_repeat_that_says_another_number_is_named(tmp_path: Path) -> None:
    """A price that was changed in the answer and not in its repeat; digits and words are the same number."""
    path = written(
        tmp_path,
        "    - text: It costs $110 for five.\n  utter_again/tipping:\n    - text: In short, $100 for 5, one of the two.\n",
    )

    (told,) = slips.stale_shorter_texts(read(tmp_path))
    assert path.name in told and "utter_again/tipping says 100, and utter_faq/tipping doesn't" in told

    written(tmp_path, "    - text: It costs $110 for five.\n  utter_again/tipping:\n    - text: In short, $110 for 5.\n")
    assert list(slips.stale_shorter_texts(read(tmp_path))) == []


def test_text_message_that_says_another_number_is_named(tmp_path: Path) -> None:
    """The same of the shorter variant for phones."""
    written(tmp_path, "    - text: Tip 20 percent.\n    - channel: sms\n      text: Tip 15 percent.\n")

    assert [told for told in slips.stale_shorter_texts(read(tmp_path)) if "text message (channel: sms) says 15" in told]


def test_shipped_answers_have_no_slip() -> None:
    """Nor does the code fill a placeholder that no answer has."""
    assert doctor.slips_in_answers() == []
    assert {name for answer in answers().values() for name in answer.facts} - set(practice().facts()) == FILLED


def test_client_is_answered_without_the_sentence_that_cant_be_filled() -> None:
    """The rest is said; where nothing is left, that Jessica hasn't said it yet. A client's own braces stay as they are."""
    assert fill("Tips are welcome. They go to {tiping}. Never expected!", {}) == "Tips are welcome. Never expected!"
    assert fill("{tiping}", {"tipping": "yes"}) == answers()["utter_unset_fact"].variants[0]["text"]
    assert fill("At {wish}, {code}.", {"wish": "{noon} {", "code": 7}) == "At {noon} {, 7."
    assert fill("Half a brace } stays.", {}) == "Half a brace } stays."


def test_rasa_says_what_is_left() -> None:
    """The generator never hands a raw placeholder on, nor fails over one."""
    said = Sentences(Domain.empty())._fill_response({"text": "Hello {nme}! Come in. {"}, {"name": "x"})

    assert said["text"] == "Come in. {"


def test_topic_that_names_no_fact_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """To a client it is as if the fact were unset."""
    slipped = Answer("utter_faq/tipping", Path("x.yml"), "owner", [{"text": "{tiping}"}])
    monkeypatch.setattr(module, "answers", lambda: {slipped.name: slipped})

    assert missing_facts("utter_faq/tipping", practice().facts()) == ["tiping"]


def test_what_is_said_without_rasa_is_filled_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The welcome or an excuse may name a fact, and no client sees its braces."""
    hello = Answer("utter_welcome", Path("x.yml"), "owner", [{"text": "Hi from {practice_area}. Call {phon}."}])
    monkeypatch.setattr(module, "answers", lambda: {hello.name: hello})

    assert module.first_text("utter_welcome") == f"Hi from {practice().area}."


def test_doctor_ends_with_the_slip(monkeypatch: pytest.MonkeyPatch, home: Path, capsys: pytest.CaptureFixture) -> None:
    """And says by its exit code that something is to be mended."""
    slipped = Answer("utter_faq/tipping", ROOT / "data/topics/tipping.yml", "owner", [{"text": "{tiping}"}])
    monkeypatch.setattr(doctor, "answers", lambda: {slipped.name: slipped})

    assert doctor.report() == 1
    assert "data/topics/tipping.yml line" in capsys.readouterr().out.splitlines()[-1]


def test_command_looks_before_a_training() -> None:
    """`scripts/train` asks this command first; on shipped answers it has nothing to say."""
    done = subprocess.run([sys.executable, "-m", "legwork", "answers"], cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "Every answer can be read and filled.\n")
    assert "-m legwork answers" in (ROOT / "scripts" / "train").read_text(encoding="utf-8")
