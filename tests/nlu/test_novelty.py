"""How far a ranking can be trusted."""

from __future__ import annotations

import numpy as np
import pytest

from legwork.nlu.novelty import CONFIDENCE, Calibration, Confidence, Novelty
from tests.nlu.conftest import Run, Trained


def confidence(run: Run, text: str) -> Confidence:
    """The verdict on one text."""
    return run(text, up_to=Novelty).get(CONFIDENCE)


@pytest.mark.parametrize("text", ["how much is it", "what do i wear", "my calves are tight", "how much does one hour cost"])
def test_what_is_known_is_known(run: Run, text: str) -> None:
    """A phrasing, or one close to it, counts as known and likely right."""
    verdict = confidence(run, text)

    assert verdict.known and verdict.right > 0.5


@pytest.mark.parametrize("text", ["quantum chromodynamics on a lattice", "zxcv uiop hjkl", "пожалуйста переведите письмо"])
def test_what_is_new_is_new(run: Run, text: str) -> None:
    """A text like nothing that was learnt is not taken for known and sure."""
    verdict = confidence(run, text)

    assert not (verdict.known and verdict.right > 0.9)
    assert verdict.right < confidence(run, "how much is it").right


def test_chance_is_a_chance(run: Run) -> None:
    """Between 0 and 1, whatever is asked."""
    for text in ("hi", "x" * 1000, "😀", "1"):
        assert 0 <= confidence(run, text).right <= 1


def test_empty_message_has_no_confidence(run: Run) -> None:
    """Nothing to judge, nothing judged."""
    assert run(" ", up_to=Novelty).get(CONFIDENCE) is None


def test_parts_are_judged_too(run: Run) -> None:
    """Each part has a confidence of its own."""
    parts = run("how much is it and what do i wear?", up_to=Novelty).get("parts")

    assert all(isinstance(part.get(CONFIDENCE), Confidence) for part in parts)


def test_loaded_component_judges_as_the_trained_one(pipeline: Trained) -> None:
    """What was calibrated is kept."""
    for text in ("how much is it", "quantum chromodynamics"):
        before, after = (pipeline.run(text, up_to=Novelty, fresh=fresh).get(CONFIDENCE) for fresh in (True, False))
        assert before.known == after.known and before.right == pytest.approx(after.right, abs=0.02)
    assert {name.rsplit(".")[-1] for name in pipeline.bench.kept(Novelty)} <= {"json", "npz"}


def test_familiarity_rises_with_each_of_its_signs() -> None:
    """A higher probability and a nearer phrasing both make a message more familiar."""
    calibration = Calibration((1.0, -1.0, 1.0, 1.0), 0.0, -1.0, 0.5, 0.6, 0.1, familiar=-2.0)

    def familiarity(log: float, cosine: float) -> float:
        return calibration.familiarity(np.array([log, -2.0, cosine, 1.0]))

    assert familiarity(-1.0, 0.6) == pytest.approx(0)
    assert familiarity(-0.5, 0.6) == pytest.approx(1) == familiarity(-1.0, 0.7)
    assert calibration.judge(np.array([-1.0, -2.0, 0.6, 1.0])).known
    assert not calibration.judge(np.array([-6.0, -2.0, 0.6, 1.0])).known
