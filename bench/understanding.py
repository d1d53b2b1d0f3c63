"""How well messages are understood: Legwork beside Rasa's default pipeline, trained on the same data in the same run.

Scored on tests/questions (held out: written apart from the training phrasings) and, where it stands beside the project, on
../shared/eval (real people's questions). An answer is right when its topic is one of the accepted ones; a clarification that
offers the right topic counts half; a confident answer to another question is wrong. Of two things asked at once both must be
answered, in their order. Speed and memory are measured by bench/nlu.py, the public sets by bench/intents.py.
"""

from __future__ import annotations

import asyncio
import csv
import random
import statistics
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from common import ROOT, arguments, finish, load_legwork, machine, table

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.shared.nlu.training_data.message import Message

QUESTIONS = ROOT / "tests" / "questions"
EVAL = ROOT.parent / "shared" / "eval" / "questions.tsv"
OUT = "out_of_scope"
NEXT_KEYS = {c: row[max(0, i - 1) : i + 2] for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm") for i, c in enumerate(row)}


Verdict = tuple[str, list[str]]
"""`answer`, `clarify` or `declined`, and the topics."""


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


def at_once() -> list[Question]:
    """tests/questions/several.tsv: two or three things in a message."""
    return [Question(r["text"], [public(t) for t in r["topics"].split(",")], "several") for r in _rows("several.tsv")]


def from_an_inbox() -> list[Question]:
    """tests/questions/inbox.tsv: what a machine wrote, other languages, nods."""
    return [Question(r["text"], [r["kind"]], "inbox") for r in _rows("inbox.tsv")]


def in_context() -> list[tuple[str, Question]]:
    """tests/questions/context.yml: a first message, and one that goes on from it."""
    from ruamel.yaml import YAML

    pairs = YAML(typ="safe").load((QUESTIONS / "context.yml").read_text(encoding="utf-8"))
    accepted = [[pair["topic"]] if isinstance(pair["topic"], str) else pair["topic"] for pair in pairs]
    return [
        (pair["first"], Question(pair["then"], [public(t) for t in topics], "in context"))
        for pair, topics in zip(pairs, accepted)
    ]


def _rows(name: str) -> list[dict[str, str]]:
    with (QUESTIONS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


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


def verdict(parsed: dict) -> Verdict:
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


async def legwork(agent: Agent, questions: list[Question]) -> list[Verdict]:
    """Verdicts of the trained model."""
    return [verdict(await agent.parse_message(q.text)) for q in questions]


async def others(agent: Agent) -> dict[str, dict[str, float]]:
    """Prints how several things at once, follow-ups and an inbox's rest are understood, with the errors; returns the figures."""
    from rasa.core.channels.channel import UserMessage

    parse = agent.processor.parse_message
    several = [(q, verdict(await agent.parse_message(q.text))) for q in at_once()]
    several = [(q, v, v == ("answer", q.accepted)) for q, v in several]
    context = []
    for first, question in in_context():
        _, topics = verdict(await agent.parse_message(first))
        found = verdict(await parse(UserMessage(question.text, metadata={"topic": topics[-1]})))
        context.append((question, found, score(question, *found)[0] == 1))
    inbox = []
    for question in from_an_inbox():
        parsed = await agent.parse_message(question.text)
        reading = parsed.get("reading") or {}
        kinds = [reading.get("answer")] if parsed["intent"]["name"] == "inbox" else reading.get("topics", [])
        inbox.append((question, ("answer", kinds), kinds == question.accepted))
    rows = {"two or three at once, in order": several, "what goes on from the last topic": context, "the rest of an inbox": inbox}
    figures = {name: {"n": len(each), "right": 100 * sum(right for *_, right in each) / len(each)} for name, each in rows.items()}
    table(
        "Legwork, more than one question",
        ("messages", "n", "right of 100"),
        [(k, f["n"], f["right"]) for k, f in figures.items()],
    )
    errors = [
        (name, ", ".join(q.accepted), q.text[:100], f"{kind}: {', '.join(map(str, topics))}")
        for name, each in rows.items()
        for q, (kind, topics), right in each
        if not right
    ]
    table("Errors", ("messages", "asked", "message", "understood as"), errors)
    return figures


async def rasa_default(questions: list[Question]) -> list[Verdict]:
    """Verdicts of Rasa's default pipeline on the same phrasings, with its own fallback threshold."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(train_on_the_same(DEFAULT_PIPELINE, "default")))
    return [verdict(await agent.parse_message(q.text)) for q in questions]


def train_on_the_same(pipeline: str, name: str) -> Path:
    """A model of another pipeline, trained on our phrasings."""
    folder = ROOT / "build"
    folder.mkdir(exist_ok=True)
    return train_on(plain_intents(), pipeline, name, folder)


def train_on(phrasings: list[Message], pipeline: str, name: str, folder: Path) -> Path:
    """A model of one of Rasa's own pipelines."""
    from rasa.shared.nlu.training_data.training_data import TrainingData

    config, data, log = (folder / f"{name}.{kind}" for kind in ("yml", "nlu.yml", "log"))
    config.write_text(pipeline, encoding="utf-8")
    TrainingData(phrasings).persist_nlu(str(data))
    where = ["--config", config, "--nlu", data, "--out", folder, "--fixed-model-name", name]
    print(f"\nTraining Rasa's {name} pipeline; it takes long, and {log} tells how far it is.", flush=True)
    with log.open("w", encoding="utf-8") as out:
        subprocess.run([sys.executable, "-m", "rasa", "train", "nlu", *map(str, where)], check=True, stdout=out, stderr=out)
    return folder / f"{name}.tar.gz"


def plain_intents() -> list[Message]:
    """The training phrasings with each topic as an intent of its own, since DIET names only the family otherwise."""
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.shared.nlu.training_data.message import Message

    importer = TrainingDataImporter.load_from_config(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")])
    examples = importer.get_nlu_data().intent_examples
    return [Message.build(e.get("text"), e.get_full_intent().replace("/", "__")) for e in examples]


SPARSE_FEATURES = """  - name: WhitespaceTokenizer
  - name: RegexFeaturizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
"""
"""What a message is told by in Rasa's own pipelines, as `rasa init` has it."""

# 30 passes, not the default's 100: over 20,000 phrasings they are more steps than 100 passes over a usual bot's data, and take an hour.
DEFAULT_PIPELINE = f"""
recipe: default.v1
assistant_id: default
language: en
pipeline:
{SPARSE_FEATURES}  - name: DIETClassifier
    epochs: 30
    constrain_similarities: true
  - name: EntitySynonymMapper
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
"""


def report(name: str, questions: list[Question], verdicts: list[Verdict]) -> dict[str, dict[str, float]]:
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


def errors_of(questions: list[Question], verdicts: list[Verdict]) -> None:
    """Prints what was not understood."""
    errors = []
    for question, (kind, topics) in zip(questions, verdicts):
        points, wrong = score(question, kind, topics)
        if points < 1:
            asked = "wrong" if wrong else kind
            errors.append((question.kind, question.accepted[0], asked, question.text[:100], ", ".join(topics)))
    table("Errors", ("kind", "topic", "what", "question", "understood as"), sorted(errors))


def by_topic(questions: list[Question], verdicts: list[Verdict]) -> None:
    """Prints the figure of each topic."""
    rows: defaultdict[str, list[float]] = defaultdict(list)
    for question, found in zip(questions, verdicts):
        rows[question.accepted[0]].append(score(question, *found)[0])
    table(
        "Held-out questions, by topic",
        ("topic", "n", "right of 100"),
        [(t, len(p), 100 * statistics.mean(p)) for t, p in sorted(rows.items())],
    )


def confusion(questions: list[Question], verdicts: list[Verdict], to: Path) -> None:
    """Draws which topics are taken for which: each error as a red number, how often a topic is right in grey."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    counts: Counter[tuple[str, str]] = Counter()
    for question, (kind, topics) in zip(questions, verdicts):
        right = score(question, kind, topics)[0] == 1
        asked = question.accepted[0]
        counts[asked, asked if right else "(asked back)" if kind == "clarify" else next(t for t in topics if t != asked)] += 1
    errors = {pair: n for pair, n in counts.items() if pair[0] != pair[1]}
    rows = sorted({asked for asked, _ in errors})
    columns = sorted({taken for _, taken in errors} | set(rows))
    figure, axes = plt.subplots(figsize=(0.27 * len(columns) + 3.2, 0.25 * len(rows) + 3.2))
    for y, asked in enumerate(rows):
        for x, taken in enumerate(columns):
            n = counts[asked, taken]
            if n:
                colour = "0.92" if asked == taken else plt.get_cmap("Reds")(min(0.25 + 0.15 * n, 0.9))
                axes.add_patch(plt.Rectangle((x - 0.5, y - 0.5), 1, 1, color=colour))
                ink = "0.45" if asked == taken else "white" if n > 2 else "black"
                axes.text(x, y, n, ha="center", va="center", fontsize=8, color=ink)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xticks(range(len(columns)), columns, rotation=90, fontsize=8)
    axes.set_yticks(range(len(rows)), rows, fontsize=8)
    axes.set_xticks([i + 0.5 for i in range(len(columns))], minor=True)
    axes.set_yticks([i + 0.5 for i in range(len(rows))], minor=True)
    axes.grid(which="minor", color="0.9", linewidth=0.5)
    axes.tick_params(which="minor", length=0)
    axes.set_xlabel("understood as")
    axes.set_ylabel("asked about (topics without an error are left out)")
    figure.tight_layout()
    figure.savefig(to, dpi=100)
    print(f"\nConfusion picture: {to}")


def main() -> None:
    """Runs and prints everything."""
    args = arguments(__doc__)
    print(machine())
    questions, people = held_out(), real()
    noisy = [Question(mistyped(q.text, 1), q.accepted, "one typing error") for q in questions]
    everything = questions + people + noisy
    agent = load_legwork()
    verdicts = asyncio.run(legwork(agent, everything))
    ours = {
        "held out": report("Legwork, held-out questions", questions, verdicts[: len(questions)]),
        "real": report("Legwork, real people's questions", people, verdicts[len(questions) : len(questions) + len(people)]),
        "typing errors": report("Legwork, held-out questions with a typing error each", noisy, verdicts[-len(noisy) :]),
    }
    known = questions + people
    by_topic(questions, verdicts[: len(questions)])
    errors_of(known, verdicts[: len(known)])
    more = asyncio.run(others(agent))
    (ROOT / "build").mkdir(exist_ok=True)
    confusion(questions, verdicts[: len(questions)], ROOT / "build" / "confusion.png")
    figures = {"legwork": ours, **more}
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
