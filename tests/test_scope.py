"""No text that a client can get diagnoses, rules out, reassures, prescribes, or promises.

Massachusetts law keeps diagnosis, prescribing, joint manipulation and exercise out of massage (M.G.L. c. 112, ss. 227 and 228).
Everything that may be said to a client is read here against a list of constructions; each has examples that it must catch.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from legwork.settings import ROOT
from tests.texts import Text, texts

_DISEASE = (
    r"(?:torn|tears?|strain(?:ed)?|sprain(?:ed)?|fractures?|stress fracture|stress reaction|clot|blood clot|dvt|itbs|it band syndrome|shin splints|"
    r"plantar fasciitis|piriformis syndrome|sciatica|runner's knee|tendinitis|tendonitis|tendinopathy|bursitis|arthritis|herniated|"
    r"compartment syndrome|rhabdo\w*|infection|imbalance|inflammation|pinched nerve)"
)
_DRUG = r"(?:ibuprofen|advil|motrin|aleve|naproxen|tylenol|acetaminophen|paracetamol|aspirin|nsaids?|voltaren|diclofenac|arnica|cbd|steroids?|muscle relaxants?|painkillers?)"
_EXERCISE = r"(?:squats?|lunges?|(?:calf|heel|toe) raises?|clamshells?|(?:glute )?bridges?|planks?|hip thrusts?|deadlifts?|push-?ups?|sit-?ups?|(?:strengthening|stretching) exercises?|eccentric\w*)"
_FROM_HERE = r"(?:^|[.!?:;]\s+|, (?:so|then) |\band |\bplease )"
"""Where an instruction begins."""


@dataclass(frozen=True)
class Construction:
    """Something that must not be said."""

    name: str
    pattern: str
    caught: tuple[str, ...]
    """Sentences that it must find."""


CONSTRUCTIONS = (
    Construction(
        "names what the client has",
        rf"\byou(?:'ve| have|'ve got| have got| likely have| probably have| may have| might have| could have)(?: got)?(?: an?| your| some)? (?:\w+ )?{_DISEASE}\b"
        rf"|\b(?:it|that|this)(?:'s| is| was| must be| could be| may be| might be| looks like| sounds like| seems like)(?: probably| likely| most likely| clearly)?(?: an?| your)? (?:\w+ )?{_DISEASE}\b",
        (
            "You have ITBS.",
            "You probably have a mild strain.",
            "That sounds like plantar fasciitis.",
            "It's a stress fracture.",
            "This could be runner's knee.",
        ),
    ),
    Construction(
        "says where the client's pain comes from",
        r"\bsounds like (?:you|your|an?|it)\b|\byour (?:pain|ache|soreness|trouble|problem|symptoms?) (?:is|are|comes? from|means?|suggests?|points? to|stems? from)\b"
        r"|\bthe (?:cause|reason) (?:of|for) your\b|\bwhat you have is\b|\b(?:classic|typical|textbook) (?:signs?|case|symptoms?)\b|\bconsistent with\b|\bmeans (?:that )?you(?:'ve| have)\b",
        (
            "Your pain comes from tight hips.",
            "It sounds like your IT band.",
            "The cause of your knee pain is sitting.",
            "A typical case of overuse.",
        ),
    ),
    Construction(
        "rules something out",
        rf"\b(?:it|that|this)(?:'s not| is not| isn't| can't be| won't be| is unlikely to be)(?: an?| your)? (?:\w+ )?{_DISEASE}\b"
        r"|\bnothing(?:'s| is)? (?:torn|broken|serious|dangerous|wrong)\b|\b(?:not|isn't|nothing) (?:serious|dangerous)\b|\brul(?:es?|ed|ing) (?:it |that |this )?out\b"
        r"|\byou don't (?:have (?:an?|to see)|need (?:an?|to see a) (?:doctor|x-?ray|scan|mri))\b",
        (
            "It's not a fracture.",
            "Nothing is torn.",
            "That rules out a clot.",
            "You don't need a doctor for that.",
            "This isn't serious.",
        ),
    ),
    Construction(
        "reassures",
        r"\bprobably (?:just|only|nothing|fine|ok|okay|harmless|a)\b|\b(?:it|that|this)(?:'s| is) (?:just|only|merely|probably|likely|perfectly|completely|totally|quite|very)? ?(?:normal|harmless|nothing|fine to run|tightness|muscular|tight muscles?)\b"
        r"|\b(?:don't|do not|no need to|nothing to|shouldn't) worry\b|\brest assured\b|\byou(?:'ll| will) be (?:fine|ok|okay|all right|alright|good)\b"
        r"|\bgo(?:es)? away (?:by itself|on its own)\b|\b(?:by itself|on its own) (?:soon|in a few days)\b",
        (
            "It's probably just tightness.",
            "That's completely normal.",
            "Don't worry, runners get that.",
            "You'll be fine by Sunday.",
            "It goes away on its own.",
        ),
    ),
    Construction(
        "prescribes exercise or stretches",
        rf"\b(?:do|try|start|add|include|practice)(?: with)?(?: your| some| a few| these| daily| \d+)* {_EXERCISE}\b|\b\d+ (?:sets|reps|repetitions)\b|\bhold (?:it |each |the stretch )?for \d+\b"
        r"|\byou (?:should|need to|must|have to|ought to) (?:stretch|strengthen|foam roll|roll|exercise|train|run|rest|ice|walk|cross-?train|do)\b"
        rf"|{_FROM_HERE}(?:stretch|strengthen|foam roll|roll(?: out)?|massage) (?:your|the|it|that|both|each|daily|every|gently)\b"
        r"|\b(?:stretch|roll|strengthen|exercise)\w*(?: it| them| your \w+| the \w+)? (?:\d+|two|three|four|once|twice|daily|every day|each day|every morning)\b",
        (
            "Do calf raises every day.",
            "3 sets of 15 help.",
            "Stretch your calves after each run.",
            "You should foam roll more.",
            "Hold for 30 seconds.",
            "Roll it twice a day.",
        ),
    ),
    Construction(
        "tells whether or how to run",
        rf"\byou (?:can|could|may|should) (?:still |safely |keep |stop |go on )?(?:run(?:ning)?|race|racing|train(?:ing)?)\b|{_FROM_HERE}(?:keep|stop|go on|continue) (?:running|training)\b"
        r"|\b(?:ok|okay|fine|safe|all right) to (?:run|race|train)\b"
        r"|\brun through (?:it|the pain)\b|\btake \w+ (?:days|weeks) off\b",
        ("You can run on it.", "Keep running, but slower.", "It's okay to run.", "Take two weeks off."),
    ),
    Construction(
        "names a medicine or a dose",
        rf"\b{_DRUG}\b|\b\d+ ?(?:mg|milligrams?|ml|mcg|ounces?|oz|glasses|liters?|litres?)\b|\b(?:start|stop|keep|skip|avoid) taking\b|\btake (?:your|a|an|some|two|\d+) (?:pills?|tablets?|medicines?|medication)\b|\byour (?:dose|dosage)\b",
        (
            "Take ibuprofen.",
            "Stop taking your blood thinner.",
            "400 mg is usual.",
            "Drink 8 glasses of water.",
            "Take two tablets.",
        ),
    ),
    Construction(
        "prescribes ice or heat",
        rf"{_FROM_HERE}(?:ice|heat|wrap|tape|brace|elevate) (?:it|your|the|that)\b|\b(?:put|use|apply) (?:some )?(?:ice|heat|a heating pad|kinesio|tape)\b|\bminutes of (?:ice|heat)\b",
        ("Ice it after the run.", "Apply heat to the hip.", "Please tape your arch.", "15 minutes of ice."),
    ),
    Construction(
        "promises a cure",
        r"\b(?:will|'ll|does|is going to|is sure to) (?:\w+ )?(?:cure|heal|fix|resolve|solve|eliminate|get rid of|go away|disappear|take care of)\b|\b(?:cures?|fixes|heals) (?:it|your|the|that|any|shin|plantar|pain)\b"
        r"|\bguarantee\w*\b|\bpain[- ]free\b|\bgets? rid of\b|\byou(?:'ll| will) (?:feel (?:better|great|good|no)|recover|heal|be back|be able|run (?:faster|better))\b"
        r"|\b(?:massage|it|cupping|mfr|release) (?:will )?(?:prevents?|stops?|keeps? away) (?:\w+ )?(?:injur\w+|pain)\b|\btoxins?\b|\b(?:break|breaks|breaking) (?:up|down) (?:scar tissue|adhesions|knots)\b|\b(?:proven|certain|sure) to (?:help|work)\b",
        (
            "Massage will fix it.",
            "It cures shin splints.",
            "You'll feel better after one session.",
            "Guaranteed relief.",
            "Massage prevents injuries.",
            "It flushes toxins.",
        ),
    ),
    Construction(
        "calls something safe for the client",
        r"\bsafe for (?:you|your|him|her|them|the baby|everyone|everybody)\b|\b(?:massage|it|that|this|cupping) (?:is|would be)(?: \w+)? safe\b|\bit's (?:\w+ )?safe\b|\byou(?:'re| are) safe to\b|\bsafely\b|\b(?:no|without any|zero) risks?\b|\brisk-?free\b",
        (
            "Massage is safe for you.",
            "It's perfectly safe.",
            "You can safely come.",
            "There is no risk.",
            "Cupping is quite safe.",
        ),
    ),
    Construction(
        "reads a scan",
        r"\byour (?:mri|x-?ray|scan|ultrasound|blood work|results?) (?:shows?|means?|says?|looks?|is|are)\b",
        ("Your MRI shows a tear.", "Your X-ray looks good."),
    ),
    Construction(
        "moves joints",
        r"\bjoint mobility\b|\b(?:spinal|spine|joint|back|neck) (?:adjust\w*|manipulat\w*)\b|\b(?:adjusts?|aligns?|realigns?|cracks?|manipulates?) (?:your|the) (?:spine|hips?|pelvis|back|neck|joints?)\b",
        ("It has joint mobility movements.", "She realigns your pelvis.", "A spinal adjustment helps."),
    ),
)

ALLOWED = (
    r"(?:can't|cannot|nor I can|neither she nor I can|I can) say whether .*?(?=[,;.]|$)",  # what can't be said is said so
    r"(?:Whether|What exactly|What) (?:you|your|causes) .*?(?:is for a|isn't something) .*?(?=[.]|$)",  # who can say it
    r"whether massage is safe",  # what was asked
    r"about massage being safe",
    r"(?:Nobody can promise|can't be promised).*?(?=[.]|$)",
    r"isn't (?:a diagnosis|something (?:she or )?I can judge)",
    r"doesn't claim that .*?(?=[.]|$)",
    r"Joint adjustments and exercise programs aren't part of massage",
    r"If you aren't safe to call",
)
"""Clauses that deny what they name; they are cut out before a text is read."""


def faults(text: str) -> list[str]:
    """Names of the constructions that `text` has."""
    for allowed in ALLOWED:
        text = re.sub(allowed, "", text, flags=re.IGNORECASE | re.MULTILINE)
    return [c.name for c in CONSTRUCTIONS if re.search(c.pattern, text, re.IGNORECASE)]


CAUGHT = [(c.name, sentence) for c in CONSTRUCTIONS for sentence in c.caught]


@pytest.mark.parametrize(("name", "sentence"), CAUGHT, ids=[sentence for _, sentence in CAUGHT])
def test_construction_is_caught(name: str, sentence: str) -> None:
    """Each construction finds its examples, also in the middle of a text."""
    assert name in faults(sentence)
    assert name in faults(f"Jessica usually works foot to knee. {sentence} Shall we find a time?")


@pytest.mark.parametrize(
    "sentence",
    [
        "I can't say whether it's safe for you.",
        "Whether you have an imbalance is for a physical therapist or doctor to assess.",
        "Jessica counts shin splints among the common overuse injuries in runners.",
        "What you describe can be a sign of something that a doctor should check.",
        "Nobody can promise that it will keep an injury away.",
        "In Jessica's view massage can help to prevent running injuries.",
        "For calves she usually suggests myofascial release or cupping.",
        "Jessica's self-care checklist: hydration, gentle stretching, foam rolling without overdoing it.",
        "If that doesn't help, you can stop at any time.",
    ],
)
def test_careful_wording_is_not_caught(sentence: str) -> None:
    """What Jessica does, what she thinks, and what a doctor must decide may be said."""
    assert faults(sentence) == []


@pytest.mark.parametrize("text", texts(), ids=str)
def test_response_keeps_within_scope(text: Text) -> None:
    """No response of data/ says what massage therapists may not say."""
    assert faults(text.text) == []


SPEAKING = [
    path
    for folder in ("legwork/advice", "legwork/bookings", "legwork/channels", "legwork/desk", "actions")
    for path in sorted((ROOT / folder).glob("*.py"))
]
"""Modules with sentences of their own, beside data/."""

FEWEST_WORDS = 3


def sentences(path: Path) -> Iterator[str]:
    """The strings of a module that are words for people: three or more of them, no docstrings; f-strings with their gaps."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | inside:
            text = node.value
        else:
            continue
        if len(text.split()) >= FEWEST_WORDS:
            yield text


def test_the_sentences_of_the_advice_are_read() -> None:
    """The reader finds what the recommendation is made of."""
    found = [text for path in SPEAKING if path.parent.name == "advice" for text in sentences(path)]

    assert "Every 3 to 4 weeks keeps those legs turning over nicely." in found
    assert any(text.startswith("I'd suggest …") for text in found)
    assert len(found) > 60


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_code_keeps_within_scope(path: Path) -> None:
    """Nor does a sentence that stands in code."""
    assert {text: found for text in sentences(path) if (found := faults(text))} == {}
