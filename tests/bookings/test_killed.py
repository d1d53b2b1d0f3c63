"""A process that is killed while it books loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doubles import killing
from tests.doubles.smtp import Smtp

pytestmark = pytest.mark.slow


def test_ten_kills_lose_nothing(tmp_path: Path):
    """Killed ten times at random moments: each confirmed request stands once and each message came, doubled at most once a kill."""
    smtp = Smtp()
    try:
        tally = killing.run(tmp_path, smtp, kills=10, seed=6)
    finally:
        smtp.stop()
    assert tally.wrong == []
    assert tally.acknowledged >= 10
    # A request may stand that was killed before its acknowledgement; its client sends it again, and it is the same one.
    assert tally.standing - tally.acknowledged in (0, 1)
    # Three channels have one message each in hand when the process is killed.
    assert tally.doubled <= 3 * tally.kills
    print(tally)
