"""How well messages are understood: Legwork beside Rasa's default pipeline, trained on the same data in the same run.

Scored on tests/questions (held out: written apart from the training phrasings) and, where it stands beside the project, on
../shared/eval (real people's questions). An answer is right when its topic is one of the accepted ones; a clarification that
offers the right topic counts half; a confident answer to another question is wrong.
"""

from __future__ import annotations

import asyncio
import csv
import logging
import random
import statistics
import subprocess
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from common import ROOT, arguments, finish, machine, newest_model, table

QUESTIONS = ROOT / "tests" / "questions"
EVAL = ROOT.parent / "shared" / "eval" / "questions.tsv"
OUT = "out_of_scope"
NEXT_KEYS = {c: row[max(0, i - 1) : i + 2] for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm") for i, c in enumerate(row)}


@dataclass
class Question:
    """One scored message."""

    text: str
    accepted: list[str]
    kind: str


def held_out() -> list[Question]:
    """tests/questions, in Rasa's NLU format."""
    from ruamel.yaml import YAML

    found = []
    for file in sorted(QUESTIONS.glob("*.yml")):
        content = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            continue
        for block in content["nlu"]:
            found += [
                Question(line[2:], [public(block["intent"])], "held out") for line in block["examples"].splitlines() if line
            ]
    return found


def real() -> list[Question]:
    """../shared/eval; empty where it is missing."""
    if not EVAL.exists():
        print("(../shared/eval is not beside the project: real people's questions are not scored.)")
        return []
    with EVAL.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [Question(r["question"], [OUT if t == "fallback" else t for t in r["accepted"].split(",")], r["kind"]) for r in rows]


def public(topic: str) -> str:
    """The topic's public name."""
    return topic.replace("appointment_", "appointment/")


def mistyped(text: str, seed: int) -> str:
    """The text with one typing error: a letter swapped, doubled, dropped, or its neighbour on the keyboard."""
    pick = random.Random(f"{text}{seed}")
    places = [i for i in range(1, len(text) - 1) if text[i].isalpha() and text[i + 1].isalpha()]
    if not places:
        return text
    at, how = pick.choice(places), pick.choice(("swap", "drop", "double", "near"))
    a, b = text[at], text[at + 1]
    return (
        text[:at]
        + {"swap": b + a, "drop": b, "double": a + a + b, "near": pick.choice(NEXT_KEYS.get(a.lower(), a)) + b}[how]
        + text[at + 2 :]
    )


def verdict(parsed: dict) -> tuple[str, list[str]]:
    """(`answer` | `clarify` | `declined`, topics) of one parsed message."""
    intent, reading = parsed["intent"]["name"], parsed.get("reading") or {}
    if intent in ("faq", "complaint", "smalltalk", "several"):
        return "answer", [public(t) for t in reading["topics"]]
    if intent == "clarify":
        return "clarify", [public(t) for t in reading["likely"]]
    if intent in (OUT, "nlu_fallback", "inbox"):
        return "declined", [OUT]
    return "answer", [public(intent)]


def score(question: Question, kind: str, topics: list[str]) -> tuple[float, bool]:
    """(points, confidently wrong)."""
    in_scope = [t for t in question.accepted if t != OUT]
    if kind == "clarify":
        return (0.5 if not in_scope or set(topics) & set(in_scope) else 0.0), False
    right = all(topic in question.accepted for topic in topics)
    return float(right), kind == "answer" and not right


async def legwork(questions: list[Question]) -> tuple[list[tuple[str, list[str]]], list[float]]:
    """Verdicts of the trained model, and milliseconds of processor time a message, set up as the server is."""
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    from legwork import fast

    fast.install()
    configure_structlog(logging.WARNING)
    agent = Agent.load(str(newest_model()))
    verdicts, times = [], []
    for question in questions:
        start = time.process_time()  # a busy machine takes none of it away
        parsed = await agent.parse_message(question.text)
        times.append((time.process_time() - start) * 1000)
        verdicts.append(verdict(parsed))
    return verdicts, times


async def rasa_default(questions: list[Question]) -> list[tuple[str, list[str]]]:
    """Verdicts of Rasa's default pipeline on the same phrasings, with its own fallback threshold."""
    from rasa.core.agent import Agent

    config = ROOT / "build" / "default.yml"
    config.parent.mkdir(exist_ok=True)
    config.write_text(DEFAULT_PIPELINE, encoding="utf-8")
    data = ROOT / "build" / "default_nlu.yml"
    write_plain_intents(data)
    command = [
        "rasa",
        "train",
        "nlu",
        "--quiet",
        "--config",
        config,
        "--nlu",
        data,
        "--out",
        config.parent,
        "--fixed-model-name",
        "default_nlu",
    ]
    subprocess.run([str(c) for c in command], check=True, capture_output=True)
    agent = Agent.load(str(config.parent / "default_nlu.tar.gz"))
    return [verdict(await agent.parse_message(q.text)) for q in questions]


def write_plain_intents(to: Path) -> None:
    """The training phrasings with each topic as an intent of its own, since DIET names only the family otherwise."""
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    importer = TrainingDataImporter.load_from_config(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")])
    examples = importer.get_nlu_data().intent_examples
    plain = [Message.build(e.get("text"), e.get_full_intent().replace("/", "__")) for e in examples]
    TrainingData(plain).persist_nlu(str(to))


DEFAULT_PIPELINE = """
recipe: default.v1
assistant_id: default
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: 100
    constrain_similarities: true
  - name: EntitySynonymMapper
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
"""


def report(name: str, questions: list[Question], verdicts: list[tuple[str, list[str]]]) -> dict[str, dict[str, float]]:
    """Prints a row a kind, and returns the figures."""
    by_kind: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
    for question, (kind, topics) in zip(questions, verdicts):
        points = score(question, kind, topics)
        scope = OUT if question.accepted == [OUT] else "in scope"
        for group in (f"{scope}, all", f"{scope}, {question.kind}"):
            by_kind[group].append(points)
    figures = {
        kind: {"n": len(p), "right": 100 * sum(x for x, _ in p) / len(p), "wrong": 100 * sum(w for _, w in p) / len(p)}
        for kind, p in sorted(by_kind.items())
    }
    table(
        name,
        ("questions", "n", "right of 100", "wrong of 100"),
        [(k, f["n"], f["right"], f["wrong"]) for k, f in figures.items()],
    )
    return figures


def by_topic(questions: list[Question], verdicts: list[tuple[str, list[str]]]) -> None:
    """Prints the held-out figure of each topic, and its errors."""
    rows: defaultdict[str, list[float]] = defaultdict(list)
    errors = []
    for question, (kind, topics) in zip(questions, verdicts):
        points, wrong = score(question, kind, topics)
        rows[question.accepted[0]].append(points)
        if points < 1:
            errors.append((question.accepted[0], "wrong" if wrong else kind, question.text[:100], ", ".join(topics)))
    table(
        "Held-out questions, by topic",
        ("topic", "n", "right of 100"),
        [(t, len(p), 100 * statistics.mean(p)) for t, p in sorted(rows.items())],
    )
    table("Errors", ("topic", "what", "question", "understood as"), sorted(errors))


def confusion(questions: list[Question], verdicts: list[tuple[str, list[str]]], to: Path) -> None:
    """Draws which topics are taken for which."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    counts = Counter((q.accepted[0], topics[0]) for q, (_, topics) in zip(questions, verdicts) if topics)
    names = sorted({q.accepted[0] for q in questions})
    size = [[counts[(a, b)] for b in names] for a in names]
    figure, axes = plt.subplots(figsize=(15, 14))
    axes.imshow(size, cmap="Blues")
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xlabel("understood as")
    axes.set_ylabel("asked about")
    figure.tight_layout()
    figure.savefig(to, dpi=110)
    print(f"\nConfusion picture: {to}")


def main() -> None:
    """Runs and prints everything."""
    args = arguments(__doc__)
    print(machine())
    questions, people = held_out(), real()
    noisy = [Question(mistyped(q.text, 1), q.accepted, "one typing error") for q in questions]
    everything = questions + people + noisy
    verdicts, times = asyncio.run(legwork(everything))
    ours = {
        "held out": report("Legwork, held-out questions", questions, verdicts[: len(questions)]),
        "real": report("Legwork, real people's questions", people, verdicts[len(questions) : len(questions) + len(people)]),
        "typing errors": report("Legwork, held-out questions with a typing error each", noisy, verdicts[-len(noisy) :]),
    }
    times.sort()
    median, p95 = statistics.median(times), times[int(len(times) * 0.95)]
    print(f"\nNLU alone: {median:.1f} ms median, {p95:.1f} ms p95 of processor time a message")
    by_topic(questions, verdicts[: len(questions)])
    (ROOT / "build").mkdir(exist_ok=True)
    confusion(questions, verdicts[: len(questions)], ROOT / "build" / "confusion.png")
    figures = {"legwork": ours, "ms median": median, "ms p95": p95}
    if not args.quick:
        default = asyncio.run(
            rasa_default([Question(q.text, [a.replace("/", "__") for a in q.accepted], q.kind) for q in questions + people])
        )
        default = [
            (kind, [t.replace("__", "/").replace("appointment_", "appointment/") for t in topics]) for kind, topics in default
        ]
        figures["rasa default"] = {
            "held out": report("Rasa's default pipeline, held-out questions", questions, default[: len(questions)]),
            "real": report("Rasa's default pipeline, real people's questions", people, default[len(questions) :]),
        }
    finish(figures, args.json)


if __name__ == "__main__":
    main()
