"""What the benchmarks share: the machine's name, tables, JSON."""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import json
import logging
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rasa.core.agent import Agent

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")


def machine() -> str:
    """What was measured on, in a line."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {dt.date.today()}"


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Prints rows as a Markdown table."""
    print(f"\n## {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in row) + " |")


def arguments(description: str) -> argparse.Namespace:
    """`--json FILE` for every benchmark, and `--quick` for a shorter run."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", type=Path, default=None, help="write the figures to this file")
    parser.add_argument("--quick", action="store_true", help="a shorter run, without what takes minutes")
    return parser.parse_args()


def finish(figures: dict[str, Any], to: Path | None) -> None:
    """Writes the figures as JSON."""
    if to:
        to.write_text(json.dumps({"machine": machine(), **figures}, indent=2), encoding="utf-8")


def newest_model() -> Path:
    """The model that `make train` left."""
    models = sorted((ROOT / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        sys.exit("There is no trained model; run `make train`.")
    return models[-1]


def load_legwork(model: Path | None = None) -> Agent:
    """The model that `make train` left, or another, set up as the server sets it up."""
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    from legwork import fast

    fast.install()
    configure_structlog(logging.WARNING)
    agent = Agent.load(str(model or newest_model()))
    gc.collect()
    gc.freeze()
    return agent
