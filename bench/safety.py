"""Recall and false stops of the safety screen on tests/safety, each net alone and both together.

`python bench/safety.py [--model ARCHIVE] [--form] [--json FILE] [--misses]`. ARCHIVE is a trained model; without it only the
patterns are measured. Every message is measured twice: as written, and with one seeded typing error. With `--form` each message is
also the answer to each question of the booking form, read by the whole pipeline.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from legwork.nlu.safety.net import Net  # noqa: E402
from legwork.nlu.safety.patterns import Finding  # noqa: E402  (the path must be set first)
from legwork.nlu.safety.screen import Screen  # noqa: E402
from legwork.nlu.safety.signs import LEVELS  # noqa: E402

SEED = 20
STOPS = ("refuse", "doctor", "emergency")
FORM = ("booking_session", "booking_when", "booking_name", "booking_contact", "booking_confirm")
"""What the booking form asks, in order."""
Answer = Callable[[str], list[Finding]]


def sets(folder: Path) -> list[tuple[str | None, str | None, str]]:
    """All messages of a folder as (sign, level, text)."""
    rows = []
    for path in sorted(folder.glob("*.yml")):
        data = yaml.safe_load(path.read_text("utf-8"))
        rows += [(data["sign"], data["level"], text) for text in data["messages"]]
    return rows


def with_typo(text: str, chance: random.Random) -> str:
    """One typing error in a word of four letters or more: a letter left out, doubled, changed, or two swapped."""
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if sum(c.isalpha() for c in word) >= 4]
    if not long:
        return text
    at = chance.choice(long)
    word = words[at]
    place = chance.randrange(len(word) - 1)
    kind = chance.choice(("drop", "double", "change", "swap"))
    if kind == "drop":
        word = word[:place] + word[place + 1 :]
    elif kind == "double":
        word = word[:place] + word[place] + word[place:]
    elif kind == "change":
        word = word[:place] + chance.choice("abcdefghijklmnopqrstuvwxyz") + word[place + 1 :]
    else:
        word = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    words[at] = word
    return " ".join(words)


def right(level: str | None, found: str | None) -> bool:
    """Whether the answer is good enough: doctor may be answered as an emergency, nothing else may move up."""
    if level is None:
        return found not in STOPS
    if level == "doctor":
        return found in ("doctor", "emergency")
    return found == level


def score(rows: Iterable[tuple[str | None, str | None, str]], answer: Answer) -> dict:
    """Shares by level and sign, and what went wrong."""
    levels: dict[str, list[bool]] = {}
    signs: dict[str, list[bool]] = {}
    wrong = []
    moved = {"doctor as emergency": [], "tell_jessica as doctor or above": []}
    for sign, level, text in rows:
        found = answer(text)
        top = found[0].level if found else None
        good = right(level, top)
        levels.setdefault(level or "benign", []).append(good)
        signs.setdefault(sign or "benign", []).append(good)
        if level == "doctor":
            moved["doctor as emergency"].append(top == "emergency")
        if level == "tell_jessica":
            moved["tell_jessica as doctor or above"].append(top in STOPS)
        if not good or (level == "doctor" and top == "emergency"):
            wrong.append((sign, level, text, [f"{f.sign}: {f.pattern}" for f in found[:2]]))
    return {
        "levels": {name: _share(values) for name, values in levels.items()},
        "signs": {name: _share(values) for name, values in signs.items()},
        "moved": {name: _share(values) for name, values in moved.items()},
        "wrong": wrong,
    }


def _share(values: list[bool]) -> dict:
    return (
        {"of": len(values), "right": sum(values), "percent": round(100 * sum(values) / len(values), 1)} if values else {"of": 0}
    )


def latency(rows: list, answer: Answer) -> float:
    """Median milliseconds of processor time a message, each message seen for the first time."""
    return _median(rows, lambda text: lambda: answer(text))


def screen_times(folder: Path, model: Path) -> dict[str, float]:
    """The same of the whole screen, on ordinary messages and on signs, by a process that has read the other sets before.

    The sentence vectors stand ready, since the topics need them. A screen that has read nothing yet takes about twice as long,
    since it compares each new word with the vocabulary once.
    """
    from legwork.nlu.safety.component import parts_of, topic_of

    message, net = components(model)
    both = Screen(net)

    def prepared(text: str) -> Callable[[], object]:
        ready = message(text)
        parts, topic = parts_of(ready), topic_of(ready)
        return lambda: both(text, parts, topic=topic)

    rows, others = sets(folder), {path.parent for path in (ROOT / "tests" / "safety").rglob("*.yml")} - {folder.resolve()}
    for _, _, text in (row for other in sorted(others) for row in sets(other)):
        prepared(text)()
    kinds = {"ordinary": [row for row in rows if row[1] is None], "signs": [row for row in rows if row[1]]}
    return {kind: _median(found, prepared) for kind, found in kinds.items() if found}


def _median(rows: list, prepare: Callable[[str], Callable[[], object]]) -> float:
    times = []
    for _, _, text in rows:
        run = prepare(text)
        start = time.thread_time()
        run()
        times.append(1000 * (time.thread_time() - start))
    return round(statistics.median(times), 3)


def patterns() -> Answer:
    """The patterns alone."""
    screen = Screen(None)
    return lambda text: list(screen(text, ()).findings)


def nets(model: Path | None) -> dict[str, Answer]:
    """What is measured: each net alone and both together."""
    if model is None:
        return {"patterns": patterns()}
    from legwork.nlu.safety.component import parts_of, topic_of

    message, net = components(model)
    both = Screen(net)

    def together(text: str) -> list[Finding]:
        ready = message(text)
        return list(both(text, parts_of(ready), topic=topic_of(ready)).findings)

    return {
        "patterns": patterns(),
        "net": lambda text: [found for part in parts_of(message(text)) for found in net.findings(*part)],
        "together": together,
    }


def components(model: Path) -> tuple[Callable[[str], Any], Net]:
    """What makes a message ready for the screen, and the trained net."""
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.nlu.constants import TEXT
    from rasa.shared.nlu.training_data.message import Message

    from legwork.nlu.classifier import TopicClassifier
    from legwork.nlu.encoder import SentenceEncoder
    from legwork.nlu.normaliser import Normaliser
    from legwork.nlu.safety.component import SafetyScreen
    from legwork.nlu.splitter import Splitter

    folder = Path(tempfile.mkdtemp())
    storage, about = LocalModelStorage.from_model_archive(folder, model)
    resources = {node.uses: Resource(node.resource.name) for node in about.predict_schema.nodes.values() if node.resource}
    normaliser, encoder, classifier, safety = (
        part.load({}, storage, resources[part], None) for part in (Normaliser, SentenceEncoder, TopicClassifier, SafetyScreen)
    )
    shutil.rmtree(folder)

    def message(text: str) -> Message:
        messages = [Message({TEXT: text})]
        for step in (normaliser, Splitter(), encoder, classifier):
            step.process(messages)
        return messages[0]

    return message, safety.net


def in_form(model: Path) -> dict[str, Answer]:
    """The whole pipeline's word on each message as the answer to each question of the booking form."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)
    agent = Agent.load(str(model))

    def answer(text: str, asked: str) -> list[Finding]:
        parsed = asyncio.run(agent.processor.parse_message(UserMessage(text, metadata={"asked": asked})))
        found = parsed.get("safety") or {"findings": []}
        stops = found.get("level") in STOPS
        assert stops == (parsed["intent"]["name"] == "safety"), "the intent must follow the screen"
        return [Finding(each["sign"], each["level"], "") for each in found["findings"]]

    return {asked: lambda text, asked=asked: answer(text, asked) for asked in FORM}


def main() -> None:
    """Print the tables, and write the figures where --json says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=Path, default=ROOT / "tests" / "safety")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--form", action="store_true", help="measure each question of the booking form as well; needs --model")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--misses", action="store_true", help="print each message that went wrong")
    options = parser.parse_args()
    rows = sets(options.sets)
    chance = random.Random(SEED)
    noisy = [(sign, level, with_typo(text, chance)) for sign, level, text in rows]
    # Times first: the screen remembers words, and each message must be new to it.
    times = screen_times(options.sets, options.model) if options.model else {"patterns alone": latency(rows, patterns())}
    figures: dict[str, dict] = {}
    for name, answer in nets(options.model).items():
        for label, messages in (("as written", rows), ("one typing error", noisy)):
            figures[f"{name}, {label}"] = score(messages, answer)
    if options.form:
        for asked, answer in in_form(options.model).items():
            figures[asked] = score(rows, answer)
    columns = list(figures)
    names = [*reversed(LEVELS), "benign"]
    print(f"{'level':34}" + "".join(f"{column:>28}" for column in columns))
    for name in names:
        print(f"{name:34}" + "".join(f"{_cell(figures[c]['levels'].get(name)):>28}" for c in columns))
    for name in figures[columns[0]]["moved"]:
        print(f"{name:34}" + "".join(f"{_cell(figures[c]['moved'][name]):>28}" for c in columns))
    print()
    for name in sorted(figures[columns[0]]["signs"]):
        print(f"{name:34}" + "".join(f"{_cell(figures[c]['signs'][name]):>28}" for c in columns))
    print("\nmedian processor time a message: " + ", ".join(f"{kind} {cost} ms" for kind, cost in times.items()))
    if options.misses:
        for column in columns:
            print(f"\n{column}")
            for sign, _, text, found in figures[column]["wrong"]:
                print(f"  {sign}: {text}  {found}")
    if options.json:
        options.json.write_text(json.dumps({"figures": figures, "median_ms": times}, indent=1), "utf-8")


def _cell(share: dict | None) -> str:
    return f"{share['right']}/{share['of']} ({share['percent']} %)" if share and share["of"] else "-"


if __name__ == "__main__":
    main()
