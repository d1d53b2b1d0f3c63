"""Every topic's file is whole, and what it says fits where it is read."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from string import Formatter

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from actions.facts import PARTS, TITLES, title
from actions.turn import Turn
from legwork.answers import FILLED, answers
from legwork.channels import segments
from legwork.practice import Practice
from legwork.settings import ROOT
from tests.conftest import shared
from tests.texts import DATA, Text, content, examples, files, phrasings, texts

FAQ = [
    "prevention",
    "race_timing",
    "marathon_training",
    "stretching_foam_rolling",
    "frequency",
    "recovery",
    "massage_types",
    "sports_massage",
    "deep_tissue",
    "myofascial_release",
    "cupping",
    "what_to_wear",
    "session_length",
    "overuse_injuries",
    "muscle_imbalance",
    "hills",
    "running_through_pain",
    "it_band_stretching",
    "sitting",
    "self_care",
    "hydration",
    "shoes",
    "therapist",
    "who_its_for",
    "location",
    "hours",
    "price",
    "payment",
    "insurance",
    "tipping",
    "gift_cards",
    "first_visit",
    "pressure_and_pain",
    "soreness_after",
    "running_after_massage",
    "cancellation_policy",
    "arriving",
    "health_conditions",
    "pregnancy",
    "minors",
    "services_not_offered",
    "about_bot",
    "privacy",
]
COMPLAINTS = [
    "calves",
    "achilles",
    "it_band",
    "hips",
    "glutes",
    "piriformis",
    "knees",
    "plantar_fasciitis",
    "shin_splints",
    "quads",
    "hamstrings",
    "back",
    "general_soreness",
]
TOPICS = {f"faq/{name}" for name in FAQ} | {f"complaint/{name}" for name in COMPLAINTS}
OFFERED = TOPICS | {f"appointment/{what}" for what in ("book", "reschedule", "cancel", "late", "check")} | {"person"}
"""What a quick reply may stand for."""

FOLDERS = {"topics": "faq", "complaints": "complaint"}
FILES = [path for folder in FOLDERS for path in sorted((DATA / folder).glob("*.yml"))]
SOURCES = re.compile(r"article|owner|practice-norm|evidence|\d+ CMR \d")
"""How a source begins; CMR are the Code of Massachusetts Regulations."""

OF_ITSELF = {"faq/about_bot", "faq/privacy"}
"""Topics whose source is Legwork itself."""

FEWEST_PHRASINGS = 60
BUTTON_MOST, BUTTONS_MOST, LIST_MOST = 20, 3, 4
SMS_MOST = 306
"""Two segments of 153 characters."""

NOBODY = Practice(name="Jessica Weagle", area="West Boylston")
"""A practice whose owner has set nothing."""


def topic_of(path: Path) -> str:
    """The topic that a file must be about, by its place and name."""
    return f"{FOLDERS[path.parent.name]}/{path.stem}"


def test_topics_are_those_of_the_design() -> None:
    """43 questions and 13 complaints, and no file for anything else."""
    assert (len(FAQ), len(COMPLAINTS)) == (43, 13)
    assert {topic_of(path) for path in FILES} == TOPICS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_whole(path: Path) -> None:
    """Stem, intent and answer are one name, and the head says the source and the boundaries."""
    topic, found = topic_of(path), files()[path]
    text = path.read_text(encoding="utf-8")
    head = text.split("version:", 1)[0]
    source = re.search(r"^#\s*source:\s*(.+)", head, re.MULTILINE)

    assert list(found) == ["version", "responses", "nlu"], "the answer comes first, the phrasings after it"
    assert head.startswith(f"# {topic}: ")
    assert source and (SOURCES.match(source[1]) or (topic in OF_ITSELF and source[1].startswith("Legwork itself")))
    assert re.search(r"^#.*\bnot here: ", head, re.MULTILINE)
    assert next(iter(found["responses"])) == f"utter_{topic}"
    again = {f"utter_again/{path.stem}"} if topic.startswith("faq/") else set()
    parts = {f"utter_{kind}/{fact}" for fact in PARTS.get(topic, {}) for kind in ("part", "again_part", "unset_part")}
    allowed = {f"utter_{topic}", f"utter_unset/{path.stem}", f"utter_told/{path.stem}"} | again | parts
    assert again <= set(found["responses"]) <= allowed
    assert [block["intent"] for block in found["nlu"]] == [topic]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_has_phrasings_enough(path: Path) -> None:
    """Sixty or more, none of them twice."""
    found = [flat(text) for block in files()[path]["nlu"] for text in examples(block)]

    assert len(found) >= FEWEST_PHRASINGS
    assert [text for text, times in Counter(found).items() if times > 1] == []


def test_every_phrasing_is_read() -> None:
    """No line of a block is lost for want of its dash."""
    lost = [
        (path.name, line)
        for path, found in files().items()
        for block in found.get("nlu") or []
        if "intent" in block
        for line in block["examples"].splitlines()
        if line.strip() and not line.startswith("- ")
    ]

    assert lost == []


def test_no_phrasing_stands_in_two_intents() -> None:
    """Letter case and punctuation aside, a phrasing names one intent."""
    intents: defaultdict[str, set[str]] = defaultdict(set)
    for phrasing in phrasings():
        intents[flat(phrasing.text)].add(phrasing.intent)

    assert {text: sorted(names) for text, names in intents.items() if len(names) > 1} == {}


# --- Held out means held out ---------------------------------------------------------------------------------------


def flat(text: str) -> str:
    """The words alone: lower case, without punctuation and apostrophes; a text without words stays itself."""
    return " ".join(re.findall(r"\w+", text.lower().replace("'", "").replace("’", ""))) or text.strip()


def changes_allowed(words: int) -> int:
    """How many words may differ in two lines that still count as the same.

    Three, as the rule says, in lines of twelve words and more. In shorter lines three words are most of what is asked ("how
    much is it for an hour", "… for my calves"), so a quarter of them counts; below seven words only the very same line does.
    """
    return 0 if words < 7 else min(3, words // 4)


_NUMBERS: dict[str, str] = {}


def encode(text: str) -> str:
    """A character a word, so that a distance between strings is one between lines of words."""
    return "".join(_NUMBERS.setdefault(word, chr(0x4E00 + len(_NUMBERS))) for word in flat(text).split())


@lru_cache(maxsize=1)
def trained_on() -> list[str]:
    """All phrasings, encoded."""
    return [encode(phrasing.text) for phrasing in phrasings()]


def leaked(held_out: Iterable[str]) -> list[str]:
    """Training phrasings that are a held-out line, or one with a few words changed, as `file: phrasing`.

    The held-out line itself is not shown: whoever mends data/ must not read it.
    """
    lines, known = list(dict.fromkeys(filter(None, map(encode, held_out)))), phrasings()
    distance = cdist(lines, trained_on(), scorer=Levenshtein.distance, score_cutoff=3)
    allowed = np.array([changes_allowed(len(line)) for line in lines])
    return sorted(
        {f"{known[at].file.name}: {known[at].text}" for at in np.flatnonzero((distance <= allowed[:, None]).any(axis=0))}
    )


def test_a_leak_would_be_found() -> None:
    """A training phrasing is recognised with its case, its punctuation and some words changed, and not with many."""
    line = next(p for p in phrasings() if len(flat(p.text).split()) == 12)
    words = flat(line.text).split()
    here = f"{line.file.name}: {line.text}"

    assert here in leaked([line.text.upper() + "?"])
    assert here in leaked([" ".join(["other", "words", "here", *words[3:]])])
    assert here not in leaked([" ".join(["other", "words", "stand", "here", *words[4:]])])
    assert here not in leaked([" ".join(words[:6])])


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "questions").glob("*.yml")), ids=lambda path: path.stem)
def test_held_out_questions_are_not_trained_on(path: Path) -> None:
    """No line of tests/questions stands in data/, nor does one with a few words changed."""
    found = content(path)
    blocks = found["nlu"] if isinstance(found, dict) else []

    assert leaked(text for block in blocks for text in examples(block)) == []


@pytest.mark.parametrize("name", ["several.tsv", "inbox.tsv"])
def test_held_out_tables_are_not_trained_on(name: str) -> None:
    """The same holds for the tables of double questions and of a real inbox."""
    with (ROOT / "tests" / "questions" / name).open(encoding="utf-8", newline="") as file:
        assert leaked(row["text"] for row in csv.DictReader(file, delimiter="\t")) == []


def test_real_questions_are_not_trained_on() -> None:
    """No real person's question of ../shared/eval stands in data/, nor does one with a few words changed."""
    with shared("eval/questions.tsv").open(encoding="utf-8", newline="") as file:
        assert leaked(row["question"] for row in csv.DictReader(file, delimiter="\t")) == []


# --- What answers say ----------------------------------------------------------------------------------------------

WEB = [text for text in texts() if text.channel == "web"]
BUTTONS = [
    (name, button, "channel" in variant)
    for found in files().values()
    for name, variants in (found.get("responses") or {}).items()
    for variant in variants
    for button in variant.get("buttons") or []
]


def placeholders(text: str) -> set[str]:
    """Names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_no_response_stands_in_two_files() -> None:
    """Rasa would silently take the last one."""
    times = Counter(name for found in files().values() for name in found.get("responses") or {})

    assert [name for name, count in times.items() if count > 1] == []


@pytest.mark.parametrize("text", texts(), ids=str)
def test_placeholders_are_known(text: Text) -> None:
    """A topic is filled with the owner's facts only; elsewhere the action that says it may fill in what it knows."""
    known = set(NOBODY.facts()) | (set() if text.file in FILES else FILLED)

    assert placeholders(text.text) <= known


class Heard:
    """Stands in for the dispatcher and the tracker of a turn, and keeps what is uttered."""

    latest_message: dict = {}
    active_loop: dict = {}

    def __init__(self) -> None:
        """Nothing uttered yet."""
        self.uttered: list[str] = []

    def utter_message(self, response: str, **_: object) -> None:
        """(see rasa_sdk's CollectingDispatcher)"""
        self.uttered.append(response)

    def get_slot(self, _: str) -> None:
        """(see rasa_sdk's Tracker)"""

    def get_latest_input_channel(self) -> str:
        """(see rasa_sdk's Tracker)"""
        return "web"


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_no_answer_names_an_unset_fact(topic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing set by the owner, a topic is answered without a placeholder that stays open."""
    monkeypatch.setattr("actions.turn.practice", lambda: NOBODY)
    unset = {name for name, value in NOBODY.facts().items() if value is None}
    heard = Heard()

    Turn(heard, heard).answer(topic)

    assert heard.uttered
    assert [name for name in heard.uttered if answers()[name].facts & unset] == []


@pytest.mark.parametrize("topic", sorted(t for t in TOPICS if t.startswith("complaint/")))
def test_no_complaint_names_an_unset_fact(topic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, as the dialogue about a complaint says it."""
    from actions import advice

    monkeypatch.setattr("actions.turn.practice", lambda: NOBODY)
    monkeypatch.setattr(advice, "go_on", lambda turn: None)
    unset = {name for name, value in NOBODY.facts().items() if value is None}
    heard = Heard()

    advice.hear(Turn(heard, heard), topic)

    assert heard.uttered
    assert [name for name in heard.uttered if answers()[name].facts & unset] == []


def test_unset_answers_belong_to_a_topic_that_can_be_silenced() -> None:
    """An `utter_unset/…` without a fact in its topic's answer would never be said."""
    idle = []
    for name in answers():
        if name.startswith("utter_unset/"):
            topics = {f"utter_{family}/{name.partition('/')[2]}" for family in FOLDERS.values()}
            if not any(answers()[topic].facts for topic in topics & set(answers())):
                idle.append(name)

    assert idle == []


@pytest.mark.parametrize(
    ("name", "button", "on_a_phone"), BUTTONS, ids=[f"{name} {button['title']}" for name, button, _ in BUTTONS]
)
def test_quick_reply_fits_and_leads_somewhere(name: str, button: dict[str, str], on_a_phone: bool) -> None:
    """At most 20 characters, the payload names a topic that exists and not its own, and none stands on a text message."""
    choice = re.fullmatch(r"/choose(\{.*\})", button["payload"])

    assert 0 < len(button["title"]) <= BUTTON_MOST
    assert choice, button["payload"]
    topic = json.loads(choice[1])["topic"]
    assert topic in OFFERED
    assert f"utter_{topic}" != name
    assert not on_a_phone


def test_no_answer_offers_more_than_three_quick_replies() -> None:
    """And none of them twice; the welcome, which answers nothing, may offer what it likes."""
    offers = defaultdict(list)
    for name, button, _ in BUTTONS:
        if name != "utter_welcome":
            offers[name].append(button["title"])

    assert {name: titles for name, titles in offers.items() if len(titles) > BUTTONS_MOST or len(set(titles)) < len(titles)} == {}


@pytest.mark.parametrize("topic", sorted(OFFERED))
def test_did_you_mean_has_a_title_that_fits(topic: str) -> None:
    """Every topic that may be asked about has a title of at most 20 characters, and no two share one."""
    assert 0 < len(title(topic)) <= BUTTON_MOST
    assert [other for other in OFFERED - {topic} if title(other).lower() == title(topic).lower()] == []
    assert set(TITLES) <= OFFERED


def listed(text: str) -> int:
    """How many things the longest list of `text` names: lines with a dash or number, or `a, b, c and d` in a sentence."""
    lines = len(re.findall(r"^\s*(?:[-*•]|\d+[.)])\s", text, re.MULTILINE))
    item = r"[^\s,;:.!?()]+(?: [^\s,;:.!?()]+){0,3}?"
    rows = re.findall(rf"\b({item}(?:, {item})+),? (?:and|or) \S", text)
    return max([lines, *(row.count(",") + 2 for row in rows)])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Water.", 0),
        ("quads and glutes", 0),
        ("quads, hips and glutes", 3),
        ("water, rest, sleep, food and shoes", 5),
        ("- a\n- b\n", 2),
    ],
)
def test_lists_are_counted(text: str, count: int) -> None:
    """Lists are found in lines and in sentences."""
    assert listed(text) == count


@pytest.mark.parametrize("text", texts(), ids=str)
def test_no_list_is_longer_than_four(text: Text) -> None:
    """Nobody keeps more than four things in mind."""
    assert listed(text.text) <= LIST_MOST


@pytest.mark.parametrize("text", texts(), ids=str)
def test_tone_is_calm(text: Text) -> None:
    """At most one exclamation mark, no emoji, nothing shouted; COVID is written so, and AYUDA is what one texts to 988."""
    assert text.text.count("!") <= 1
    assert not re.search(r"[\u2600-\u27bf\u2b50\U0001f000-\U0001faff]|[:;]-?[)(DP](?:\s|$)", text.text)
    assert set(re.findall(r"\b[A-Z]{5,}\b", text.text)) <= {"COVID", "AYUDA"}


def septets(text: str) -> int:
    """What the text costs on a phone, in GSM-7 characters; those of the extension table count twice."""
    folded = segments.fold(text)
    assert segments.is_gsm(folded), sorted(c for c in folded if not segments.is_gsm(c))
    return sum(1 + (c in segments.EXTENDED) for c in folded)


def on_a_phone(text: str) -> str:
    """The text with what the shipped practice.yml fills in; other placeholders count as they stand."""
    from legwork.practice import load

    for name, value in load(ROOT / "practice.yml").facts().items():
        text = text.replace(f"{{{name}}}", value or name)
    return re.sub(r"\{(\w+)\}", r"\1", text)


@pytest.mark.parametrize("text", WEB, ids=str)
def test_text_message_fits_two_segments(text: Text) -> None:
    """What is said by text message is the response's own short variant, or a web text that is short itself."""
    said = next((other.text for other in texts() if other.response == text.response and other.channel == "sms"), text.text)

    assert septets(on_a_phone(said)) <= SMS_MOST


@pytest.mark.parametrize("text", [text for text in texts() if text.channel == "sms"], ids=str)
def test_short_variant_is_plain_ascii(text: Text) -> None:
    """A variant for phones is written in what every phone shows."""
    assert text.text.isascii()


@pytest.mark.parametrize("fact", [fact for facts in PARTS.values() for fact in facts])
def test_every_part_can_be_said(fact: str) -> None:
    """A part that may be asked for has its words, or those for a fact that the owner hasn't told."""
    assert {f"utter_part/{fact}", f"utter_unset_part/{fact}"} & set(answers())


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("what if I'm ten minutes late", "late_policy"),
        ("may my sister's toddler sit with us", "company"),
        ("is my wife allowed to wait inside", "company"),
        ("is there a shower", "changing"),
        ("coming straight from a run, ok?", "changing"),
        ("do I ring or knock", "door"),
        ("where do I wait", "door"),
        ("what should I bring", "bring"),
        ("how many minutes early", "early"),
        ("when should I be there", "early"),
        ("tell me about arriving", None),
    ],
)
def test_arriving_answers_what_was_asked(asked: str, part: str | None) -> None:
    """The door is no matter of minutes: each question gets its own part."""
    assert next((name for name, named in PARTS["faq/arriving"].items() if named.search(asked)), None) == part
