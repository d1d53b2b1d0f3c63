"""How fast and how right times are read: `python bench/when.py` prints a table and writes build/bench/when.json."""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "bookings")]

from when_cases import UNSEEN, load, unseen  # noqa: E402  # only found after the line above

from legwork.bookings.when import read  # noqa: E402

ROUNDS = 5
"""Each text is read so often; the first round, which fills the caches, is left out of the times."""


def measure() -> dict[str, float]:
    """Return median and 95th percentile of `read` in milliseconds, and how many of the table's cases it gets right."""
    cases = load()
    times = []
    for round_ in range(ROUNDS):
        for case in cases:
            start = time.perf_counter()
            read(case.text, case.now)
            if round_:
                times.append((time.perf_counter() - start) * 1000)
    readings = [(case, read(case.text, case.now)) for case in cases]
    sets = {path.stem: [(each, read(each.text, each.now)) for each in unseen(path)] for path in UNSEEN}
    return {
        **{
            f"{name}_right_percent": round(100 * sum(each.is_right(reading) for each, reading in rows) / len(rows), 1)
            for name, rows in sets.items()
        },
        "cases": len(cases),
        "right_percent": round(100 * sum(case.is_right(reading) for case, reading in readings) / len(cases), 1),
        "wrong_date_percent": round(100 * sum(case.is_wrong_date(reading) for case, reading in readings) / len(cases), 1),
        "median_ms": round(statistics.median(times), 3),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 3),
    }


if __name__ == "__main__":
    result = measure()
    for name, value in result.items():
        print(f"{name:20} {value:>10}")
    target = ROOT / "build" / "bench" / "when.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
