"""The understanding alone: time a message, memory beside Rasa's light pipeline, and bad input.

Time is processor time, of which a busy machine takes none away. Memory is that of a process with the trained NLU loaded, set up as the
server is, after a hundred messages: once with Legwork's pipeline, once with Rasa's light one (sparse features, its logistic regression)
trained on the same phrasings.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from common import arguments, finish, load_legwork, machine, newest_model, table
from understanding import SPARSE_FEATURES, held_out, real, train_on_the_same

WARM_UP = 50
RESIDENT = "--resident"
"""First argument of the process that only loads a model and tells what it weighs."""

BAD = {
    "1,000 letters, one word": "calf" * 250,
    "200 times the same word": ("calf " * 200)[:1000],
    "no spaces": "mycalvesaretightandiwouldliketoknowwhatitcosts" * 21,
    "digits only": "0123456789" * 100,
    "emoji only": "🦵💆🏃" * 333,
    "four alphabets": "икры болят 小腿疼 كم السعر how much " * 27,
    "zero width": "how\u200bmuch\u200dis\u2060it\ufeff" * 50,
    "punctuation": "?!.,;" * 200,
    "a question after every word": "how? much? when? where? who? " * 34,
    "1,000 characters of questions": ("how much is it and what do I wear and where are you, also do you take cards " * 14)[:1000],
}
MOST_MS = 100.0

LIGHT_PIPELINE = f"""
recipe: default.v1
assistant_id: light
language: en
pipeline:
{SPARSE_FEATURES}  - name: LogisticRegressionClassifier
  - name: FallbackClassifier
    threshold: 0.3
"""
LIGHT_NEEDS = ("sklearn.linear_model", "skops.io")
"""What its classifier is built on."""

Parse = Callable[[str], Awaitable[dict[str, Any]]]


async def timed(parse: Parse, texts: list[str]) -> list[tuple[float, dict[str, Any]]]:
    """Milliseconds of processor time and what was understood, for each text."""
    found = []
    for text in texts:
        start = time.process_time()
        parsed = await parse(text)
        found.append(((time.process_time() - start) * 1000, parsed))
    return found


def weigh(model: Path, *needs: str) -> float:
    """Resident megabytes of a process that has this model's NLU loaded; `needs`: modules that it takes and Legwork leaves out."""
    command = [sys.executable, __file__, RESIDENT, str(model), *needs]
    told = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "PYTHONWARNINGS": "ignore"})
    return float(told.stdout.split()[-1])


def tell_weight(model: str, *needs: str) -> None:
    """Loads the model, reads a hundred messages and prints the resident megabytes."""
    from legwork import left_out

    for name in needs:
        importlib.import_module(name)
    left_out.keep_out()
    agent = load_legwork(Path(model))
    asyncio.run(timed(agent.parse_message, [question.text for question in held_out()[:100]]))
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    print(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)


def main() -> None:
    """Runs and prints everything."""
    args = arguments(__doc__)
    print(machine())
    texts = [question.text for question in held_out() + real()]
    parse = load_legwork().parse_message
    asyncio.run(timed(parse, texts[:WARM_UP]))
    times = sorted(ms for ms, _ in asyncio.run(timed(parse, texts)))
    median, p95 = statistics.median(times), times[int(len(times) * 0.95)]
    table("NLU alone, processor time a message", ("messages", "median ms", "p95 ms"), [(len(times), median, p95)])

    bad = asyncio.run(timed(parse, list(BAD.values())))
    rows = [(name, ms, "yes" if ms < MOST_MS else "NO", parsed["intent"]["name"]) for name, (ms, parsed) in zip(BAD, bad)]
    table("Bad input", ("message", "ms", f"under {MOST_MS:.0f}", "understood as"), rows)

    figures: dict[str, Any] = {"ms median": median, "ms p95": p95, "bad input ms": {name: ms for name, (ms, _) in zip(BAD, bad)}}
    if not args.quick:
        ours, light = weigh(newest_model()), weigh(train_on_the_same(LIGHT_PIPELINE, "light"), *LIGHT_NEEDS)
        table(
            "Resident MB of the NLU's process",
            ("pipeline", "MB"),
            [("Rasa's light one", light), ("Legwork's", ours), ("more", ours - light)],
        )
        figures["resident MB"] = {"legwork": ours, "rasa light": light}
    finish(figures, args.json)


if __name__ == "__main__":
    if sys.argv[1:2] == [RESIDENT]:
        tell_weight(*sys.argv[2:])
    else:
        main()
