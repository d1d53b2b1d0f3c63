"""The topic classifier on public few-shot intent sets: BANKING77, HWU64 and CLINC150 with 5 and 10 examples an intent.

    python bench/intents.py FOLDER

The sets are not shipped with Legwork, and no package has them. FOLDER holds them as the collection "Few-Shot-Intent-Detection" lays them
out: BANKING77/train_5/seq.in (a text a line) and label (its intent), train_10 and test alike. `--quick` leaves Rasa's default pipeline out,
which trains for minutes a row.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import tempfile
from pathlib import Path

from common import finish, machine, table
from understanding import DEFAULT_PIPELINE, train_on

SETS = ("BANKING77", "HWU64", "CLINC150")
SHOTS = (5, 10)
Labelled = list[tuple[str, str]]


def read(folder: Path) -> Labelled:
    """Texts with their intents."""
    texts, labels = ((folder / name).read_text(encoding="utf-8").splitlines() for name in ("seq.in", "label"))
    return [(text.strip(), label.strip()) for text, label in zip(texts, labels, strict=True)]


def legwork(train: Labelled, test: Labelled, folder: Path) -> float:
    """Right of 100 with Legwork's encoder and classifier."""
    from legwork.nlu.encoder import Encoder
    from legwork.nlu.heads import Heads
    from legwork.nlu.ngrams import Counts

    encoder = Encoder.build(folder)
    texts, labels = (list(column) for column in zip(*train))
    heads = Heads.fit(Counts.of(texts), encoder.encode_all(texts), labels)
    vectors = encoder.encode_all(text for text, _ in test)
    named = [heads.labels[heads.rank(text, vector)[0].argmax()] for (text, _), vector in zip(test, vectors)]
    return 100 * sum(name == label for name, (_, label) in zip(named, test)) / len(test)


def rasa_default(train: Labelled, test: Labelled, folder: Path) -> float:
    """Right of 100 with Rasa's default pipeline, its fallback left out: each text has an intent."""
    from rasa.core.agent import Agent
    from rasa.shared.nlu.training_data.message import Message
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    pipeline = DEFAULT_PIPELINE[: DEFAULT_PIPELINE.index("  - name: FallbackClassifier")].replace("epochs: 30", "epochs: 100")
    agent = Agent.load(str(train_on([Message.build(text, label) for text, label in train], pipeline, "public", folder)))

    async def name() -> list[str]:
        return [(await agent.parse_message(text))["intent"]["name"] for text, _ in test]

    return 100 * sum(found == label for found, (_, label) in zip(asyncio.run(name()), test)) / len(test)


def main() -> None:
    """Runs and prints a row a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path, default=None, help="write the figures to this file")
    parser.add_argument("--quick", action="store_true", help="without Rasa's default pipeline")
    args = parser.parse_args()
    print(machine())
    rows = []
    for name in SETS:
        for shots in SHOTS:
            here = args.folder / name
            if not (here / f"train_{shots}").is_dir():
                print(f"({name} with {shots} examples an intent is not in {args.folder}: no row.)")
                continue
            train, test = read(here / f"train_{shots}"), read(here / "test")
            with tempfile.TemporaryDirectory() as folder:
                ours = legwork(train, test, Path(folder))
                theirs = None if args.quick else rasa_default(train, test, Path(folder))
            rows.append((name, shots, len(test), ours, theirs if theirs is not None else "-"))
    table("Public few-shot sets, right of 100", ("set", "examples an intent", "n", "Legwork", "Rasa's default"), rows)
    finish({"rows": rows}, args.json)


if __name__ == "__main__":
    main()
