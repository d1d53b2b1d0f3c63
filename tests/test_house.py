"""The house holds together: who imports whom, what is named and exists, what is set and read, what may not be published."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from functools import lru_cache
from pathlib import Path

import pytest

from actions.facts import PARTS
from actions.turn import TOLD_OF
from legwork.answers import answers
from legwork.bookings.when.reading import REASONS
from legwork.nlu.safety import asking, screening
from legwork.nlu.safety.languages import others
from legwork.nlu.safety.patterns import shipped
from legwork.settings import ROOT, Settings
from tests.test_topics import TOPICS
from tests.texts import content, phrasings

# --- Imports ---------------------------------------------------------------------------------------------------------

CODE = [
    path for folder in ("legwork", "actions") for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts
]
TOP = {"server", "__main__", "actions_in_place", "operations"}
"""The server and its parts, which put everything together."""

ONLY_BY = {
    "storage": {"bookings", "questions", "links", "channels", "desk", "actions", "metrics", "report"},
    "advice": {"actions", "desk"},
    "bookings": {"actions", "desk", "links", "report"},
    "questions": {"actions", "desk"},
    "links": {"actions", "desk"},
    "channels": set(),
    "desk": set(),
    "actions": set(),
}
"""Package → who may import it, beside itself and the server. All others may be imported by everybody."""

DEPARTURES = {
    ("channels", "questions"): "a turn that failed is passed on to Jessica by the channel, which alone saw it fail",
}
"""(who, whom) → why this arrow is drawn although the rule has none."""

WITHOUT = {"advice": ("rasa", "rasa_sdk", "sanic"), "bookings": ("rasa", "rasa_sdk", "sanic")}


def part(path: Path) -> str:
    """The package or module of the house that a file belongs to: `nlu`, `settings`, `actions`."""
    inside = path.relative_to(ROOT).with_suffix("").parts
    return inside[0] if inside[0] != "legwork" else inside[1]


def imported(path: Path) -> set[str]:
    """Full names that a file imports anywhere, inside functions too; types that are named for checkers only don't count."""
    tree, names = ast.parse(path.read_text(encoding="utf-8")), set()
    unseen = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test).endswith("TYPE_CHECKING")
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in unseen:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative imports hide the arrows"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_follow_the_arrows(path: Path) -> None:
    """Nothing reaches into a part of the house that isn't its own to use."""
    me, wrong = part(path), []
    for name in imported(path):
        root, *rest = name.split(".")
        other = rest[0] if root == "legwork" and rest else root
        if root in ("legwork", "actions") and other not in (me, *WITHOUT.get(me, ())):
            if me not in TOP and me not in ONLY_BY.get(other, {me}) and (me, other) not in DEPARTURES:
                wrong.append(name)
        elif root in WITHOUT.get(me, ()):
            wrong.append(name)

    assert wrong == []


def test_arrows_name_parts_that_exist() -> None:
    """A part that was renamed can't slip out of its rule."""
    parts = {part(path) for path in CODE}

    assert set(ONLY_BY) | set().union(*ONLY_BY.values()) | set(WITHOUT) | TOP <= parts


# --- Vocabulary and sentences ----------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def domain() -> dict:
    """domain.yml."""
    return content(ROOT / "domain.yml")


def test_domain_has_no_sentence() -> None:
    """Sentences stand in data/, where they are changed; the domain lists names."""
    assert "responses" not in domain()
    assert not re.search(r"text:\s*['\"|>]|utter_", (ROOT / "domain.yml").read_text(encoding="utf-8"))


def test_every_action_exists_and_is_named() -> None:
    """domain.yml and the classes in actions/ name the same actions."""
    import importlib

    from rasa_sdk import Action

    for path in sorted((ROOT / "actions").glob("*.py")):
        importlib.import_module(f"actions.{path.stem}")

    def concrete(cls: type) -> set[str]:
        found = {cls().name()} if cls.__module__.startswith("actions.") and is_registered(cls) else set()
        return found.union(*(concrete(sub) for sub in cls.__subclasses__()))

    def is_registered(cls: type) -> bool:
        return not getattr(cls, "__abstractmethods__", None) and not cls.__name__.startswith("_")

    assert concrete(Action) == set(domain()["actions"])


def test_every_intent_is_trained_or_set_by_code() -> None:
    """An intent of domain.yml has phrasings, or legwork/nlu sets it; and no phrasing names another one."""
    trained = {phrasing.intent.split("/")[0] for phrasing in phrasings()}
    code = "".join(path.read_text(encoding="utf-8") for path in CODE if part(path) == "nlu")
    declared = set(domain()["intents"])

    assert trained <= declared
    assert [intent for intent in declared - trained if f'"{intent}"' not in code and f"/{intent}" not in written()] == []


@lru_cache(maxsize=1)
def written() -> str:
    """All source text that may name a response or a payload."""
    paths = [*CODE, ROOT / "domain.yml", *sorted((ROOT / "data").glob("*.yml"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def strings(path: Path) -> list[str]:
    """The string literals of a module; an f-string has `*` in its gaps."""
    found, nodes = [], list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    inside = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            found.append("".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            found.append(node.value)
    return found


def of_signs(level: str) -> list[str]:
    """Codes of the signs at this level."""
    return [sign.code for sign in shipped().signs.values() if sign.level == level]


ALWAYS = {
    "utter_inbox/*": ["spanish", "portuguese", "foreign"],
    "utter_inbox_again/*": ["spanish", "portuguese", "foreign"],
    "utter_inbox_contact/*": ["spanish", "portuguese", "foreign"],
    "utter_ask_*": ["booking_session", "booking_name", "booking_contact"],
    "utter_ask_*/time": ["booking_session", "booking_name", "booking_contact"],
    "utter_appointment_first/*": ["book", "reschedule", "cancel", "late", "check"],
    "utter_never_kept/*": ["card", "id", "birth"],
    "utter_when/*": list(REASONS),
    "utter_reach/*": ["phone", "email"],
    "utter_no_booking/*": ["reschedule", "cancel", "late", "check"],
    "utter_proposal/*": ["gone", "taken", "refused"],
    "utter_my_booking/*": ["cancel", "late", "check"],
    "utter_my_appointment/*": ["cancel", "check"],
    "utter_contact/*": ["unclear", "no_phone", "no_mail", "none"],
    "utter_ask_advice/*": ["training", "duration"],
    "utter_screen/*": list(screening._GROUPS),
    "utter_screen/*_2": list(screening._GROUPS),
    "utter_asked/*": list({**asking.PLAIN, **asking.LEANING}),
    "utter_screen_meant/*": list(screening._GROUPS),
    "utter_screen_meant/*_2": list(screening._GROUPS),
    "utter_told/*": [topic.split("/")[1] for topic in TOLD_OF],
    "utter_desk/*": ["confirmed", "moved", "proposed", "declined", "you_cancelled", "cancelled", "withdrawn"],
    "utter_*/soon": ["booked", "passed_on", "passed_on_here", "passed_on_to"],
    "utter_again/*": [topic.split("/")[1] for topic in TOPICS if topic.startswith("faq/")],
    "utter_stopped/*": ["emergency", "doctor"],
    "utter_door/*": ["picture", "place"],
    "utter_beside_words/*": ["picture", "place"],
    "utter_*": [*TOPICS, *sorted({p.intent for p in phrasings() if p.intent.startswith("smalltalk/")})],
}
"""Names that code puts together: pattern → every value that may stand in its gap. Each must exist."""

SOMETIMES = {
    "utter_brief/*": ["greet", "thanks"],
    "utter_unset/*": [topic.split("/")[1] for topic in TOPICS],
    "utter_part/*": [fact for facts in PARTS.values() for fact in facts],
    "utter_again_part/*": [fact for facts in PARTS.values() for fact in facts],
    "utter_unset_part/*": [fact for facts in PARTS.values() for fact in facts],
    "utter_asked/*_emergency": list({**asking.PLAIN, **asking.LEANING}),
    "utter_note/*": of_signs("tell_jessica"),
    "utter_safety/*": [
        *("emergency", "doctor", "refuse", *of_signs("emergency"), *of_signs("doctor"), *of_signs("refuse")),
        *(f"{sign}_{language}" for language, signs in others().items() for sign in signs.signs),
    ],
}
"""The same where code asks first whether the response exists, and has another one when it doesn't."""

NAME = re.compile(r"utter_[\w/*]+")


@lru_cache(maxsize=1)
def said() -> set[str]:
    """Names and patterns of responses in the code."""
    return {text for path in CODE for text in strings(path) if NAME.fullmatch(text) and text != "utter_action"}


def test_every_named_response_exists() -> None:
    """What code says by name stands in data/, and every pattern is one whose values are known here."""
    plain = {name for name in said() if "*" not in name}
    made = {pattern.replace("*", value) for pattern, values in ALWAYS.items() for value in values}

    assert sorted((plain | made) - set(answers()) - {"utter_"}) == []
    assert sorted({name for name in said() if "*" in name} - set(ALWAYS) - set(SOMETIMES)) == []


def test_every_response_is_said() -> None:
    """A response that no name in code reaches is dead."""
    made = {pattern.replace("*", value) for known in (ALWAYS, SOMETIMES) for pattern, values in known.items() for value in values}

    assert sorted(set(answers()) - said() - made) == []


# --- Settings --------------------------------------------------------------------------------------------------------


BRITISH = re.compile(r"\bcancell(?:ed|ing)\b", re.IGNORECASE)
MAILS = ("legwork/desk/wording.py", "legwork/desk/notices.py", "legwork/desk/deeds.py", "legwork/desk/html.py")


def test_what_people_read_is_spelled_as_americans_do() -> None:
    """An appointment is canceled in every answer, mail and page; the stored status is the calendar standard's word."""
    texts = [variant.get("text") or "" for answer in answers().values() for variant in answer.variants]
    strings = [
        node.value
        for name in MAILS
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
    ]
    docs = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))]
    assert texts and strings and docs
    assert [text for text in (*texts, *strings, *docs) if BRITISH.search(text)] == []


def test_env_example_lists_exactly_the_settings() -> None:
    """Every setting has a line in .env.example, and no line is for another one."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    listed = [line.split("=")[0] for line in lines if line and not line.startswith("#")]
    settings = [next(iter(field.field_info.extra["env_names"])).upper() for field in Settings.__fields__.values()]

    assert sorted(listed) == sorted(settings)


def test_env_example_can_be_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copied to .env without a change, it leaves every default in place."""
    from dotenv import dotenv_values

    for field in Settings.__fields__.values():
        monkeypatch.delenv(next(iter(field.field_info.extra["env_names"])).upper(), raising=False)
    before = Settings()
    for name, value in dotenv_values(ROOT / ".env.example").items():
        monkeypatch.setenv(name, value or "")

    assert Settings().dict() == before.dict()


ENVIRONMENT = {"__main__.py", "settings.py"}
"""`__main__` sets what other libraries read; `settings` reads ours."""


def test_only_settings_read_the_environment() -> None:
    """Everything else asks `legwork.settings`."""
    elsewhere = [path.name for path in CODE if re.search(r"os\.(?:environ|getenv)", path.read_text(encoding="utf-8"))]

    assert set(elsewhere) <= ENVIRONMENT


# --- What is published -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def tracked() -> list[Path]:
    """Files under version control; skips in a copy without it."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("This copy is not under version control.")
    return [path for name in listing.stdout.split("\0") if name and (path := ROOT / name).is_file()]


# Put together here, so that this file doesn't hold what it forbids.
REGISTRIES = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry.npm" + "js.org",
    "registry.yarnpkg" + ".com",
    "deb.debian" + ".org",
)
PLACES = re.compile(
    r"(?:^|[\s\"'`=(:,])/(?:" + "|".join(("wo" + "rk", "ro" + "ot", "tmp/e" + "nv", r"home/\w+", r"Users/\w+")) + r")(?:/|\b)"
)


def test_no_registry_and_no_place_of_a_machine_is_published() -> None:
    """Where packages come from, and where somebody's copy lies, is nobody else's business."""
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {host}" for host in REGISTRIES if host in text]
        found += [f"{path.relative_to(ROOT)}: {match[0].strip()}" for match in PLACES.finditer(text)]

    assert found == []


def test_a_place_of_a_machine_would_be_found() -> None:
    """A path at the beginning of a word is one; a route of the web channel or a network mask is none."""
    assert PLACES.search("cd /ro" + "ot/legwork") and PLACES.search("see '/wo" + "rk/main'")
    assert not PLACES.search("POST /webhooks/sms, net/wo" + "rk, a framewo" + "rk")


def test_readme_names_commands_that_exist() -> None:
    """Every `make …` and `python -m legwork …` of the README can be run."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    from legwork.__main__ import _parser

    [commands] = (action.choices for action in _parser()._actions if action.choices)

    named = set(re.findall(r"(?:^|`)make ([a-z]+)", readme, re.MULTILINE))
    asked = set(re.findall(r"python -m legwork ([a-z]+)", readme))
    assert {"run", "test"} <= named <= targets
    assert asked <= set(commands)


def test_readme_links_lead_somewhere() -> None:
    """Every relative link and picture of the pages for people is there."""
    broken = []
    for page in [path for path in tracked() if path.suffix == ".md"]:
        for link in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", link) and not (page.parent / link).exists():
                broken.append(f"{page.relative_to(ROOT)}: {link}")

    assert broken == []


def test_make_targets_are_explained() -> None:
    """`make help` lists every target, and `.PHONY` names no other."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", text, re.MULTILINE))

    assert targets == set(re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE))
    assert targets == set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())


@pytest.mark.parametrize(
    "script", ["scripts/install", "scripts/train", "scripts/with-services", "scripts/serve-lock", "deploy/slim", ".ci/run"]
)
def test_scripts_can_be_run(script: str) -> None:
    """They are executable and stop at the first error."""
    path = ROOT / script

    assert os.access(path, os.X_OK)
    assert "set -euo pipefail" in path.read_text(encoding="utf-8")
