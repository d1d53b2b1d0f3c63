"""Screening questions: what to ask before a complaint is booked, and how to read the answer.

Pure: it names responses of data/safety.yml and reads texts; when a question is asked and what follows is decided elsewhere.
"""

from __future__ import annotations

import re

from legwork.nlu.safety.patterns import screen
from legwork.nlu.safety.text import plain
from legwork.nlu.splitter import QUESTION, split

_GROUPS: dict[str, tuple[str, ...]] = {
    "lower_leg": ("calves", "achilles"),
    "shin": ("shin_splints",),
    "hip": ("hips",),
    "foot": ("plantar_fasciitis",),
    "back": ("back", "piriformis"),
}
"""Which complaints share their questions. The others (quads, glutes, …) owe none: the screen itself listens."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def questions(area: str) -> list[str]:
    """The names of the responses that ask, in order; empty where an area owes none.

    Args:
        area: a complaint by its topic name without the family, e.g. "calves".
    """
    return next(([f"utter_screen/{group}", f"utter_screen/{group}_2"] for group, areas in _GROUPS.items() if area in areas), [])


_UNSURE = re.compile(
    r"\b(not (?:really |too |100 |entirely |totally )?sure|unsure|maybe|might(?: be)?|dont (?:really )?know|do not know|idk|dunno|i guess|kind ?of|kinda"
    r"|sort ?of|sorta|a (?:little|bit|tad)|a lil|slightly|somewhat|possibly|perhaps|probably|sometimes|occasionally|now and then|on and off|hard to (?:say|tell)"
    r"|cant (?:really )?(?:say|tell)|could be|no idea|no clue|not certain|only when|only if|barely|mild(?:ly)?|depends|ish|i think|used to|it was|a few times|hmm+|who knows|once in a while)\b"
)
_NO = re.compile(
    r"\b(no|nope|nah|naw|none|nothing|neither|nada|negative|not (?:at all|that i|any|really)|never|isnt|arent|dont|doesnt|havent|didnt|without|all good|all clear|im good|im fine|not|no to (?:all|both))\b|^\s*n\s*$"
)
_YES = re.compile(
    r"\b(yes|yeah|yea|yep|yup|ya|yah|yess+|m+ ?h+m+|uh ?huh|sure is|affirmative|correct|thats right|that is right|exactly|definitely|absolutely|true|it does|it is|it did|they do|they are|there is|i do|i am|i did|have that"
    r"|both of (?:those|these|that|the above)|both (?:are )?(?:true|apply)|the (?:first|second|last)(?: (?:one|two|part|thing))?(?! (?!and|or|of|is|yes)\w)|all of (?:them|that|those|it)|most of (?:them|it)|some of (?:them|it|that)|one of (?:them|those)|a lot|very|always|swollen|swelling|warm(?!\W?ups?\b)|hot|red|numb\w*|tingl\w*|weak\w*"
    r"|night|rest|pop(?:ped)?|snap(?:ped)?|spot|press|groin|limp\w*|hop|hurts (?:there|a lot|bad\w*|all|even|constantly)|deep|bladder|bowels?|fever|weight)\b|^\s*(?:y|(?:it )?hurts)\s*$"
)
_EXCEPT = re.compile(
    r"\b(but|except|although|though|however|apart from|aside from|other than|besides|just (?:the|a|some|it)|only (?:the|a|some|it))\b"
)
_HARMLESS = re.compile(
    r"\b(just|only|but)\b(?:\s+(?:its|it is|they are|theyre|really|kind of|a bit|a little|very|the usual|regular|normal|some))*\s+(tight\w*|sore\w*|stiff\w*|achy|tired|tender muscles?|knots?)\b"
)
_SIDE = re.compile(
    r"\b(?:(?:its|it is|theyre|they are) )?(?:(?:just|only|mostly|mainly|more|on|in|the|my) )*"
    r"(?:left|(?<!thats )(?<!that is )right|both(?! of (?:those|these|that|the)\b| (?:are )?(?:true|apply)\b))"
    r"(?: (?:ones?|sides?|legs?|foot|feet|cal(?:f|ves)|shins?|hips?|heels?|knees?|ankles?|glutes?)\b)?"
)
"""Where it is, which says neither yes nor no."""


_SIGN = re.compile(
    r"\b(swollen|swell\w*|warm\w*|hot|red\w*|numb\w*|tingl\w*|weak\w*|nights?|rest\w*|pop\w*|snap\w*|limp\w*|hop|hurts?|hurting|pain\w*|groin"
    r"|bladder|bowels?|fever\w*|weight)\b"
)
"""What is asked about. A question that names it may tell of it: "is it bad that it's warm?"."""

_NOD = re.compile(r"^\W*(?:(?:no|nope|nah|naw|yes|yeah|yep)\b\W*)+(?:(?:but|and|so)\b\W*)?(?=\w)", re.IGNORECASE)
_ASKS_WHY = re.compile(
    r"^(?:but |and |so |um |ok )*(?:why\b|how come|what for|for what reason|what(?:s| is) (?:that|this|it) for|(?:why )?does (?:that|this|it) matter|(?:is|are) (?:that|this|it|these) (?:really )?(?:important|necessary|needed)|do i (?:really )?(?:have|need) to (?:answer|say|tell))\b"
)
_ASKS_MEANING = re.compile(
    r"\bwhat (?:do|did|would|does|is|are) (?:you|that|this|it|\w+) (?:even )?(?:mean|meant|asking)|\bwhat (?:you|that|this|it) means?\b"
    r"|\b(?:dont|didnt|do not|cant) (?:really |quite )?(?:understand|follow|get (?:it|that|what|the question))|\bunclear\b|\bconfus\w+"
    r"|^(?:(?:sorry|um|wait|but|ok) )*(?:what|huh|pardon|come again|say again|what was that|how so|explain|like what|such as)(?: (?:please|exactly|now))?$"
    r"|\b(?:what|which) counts\b|\bdo(?:es)? (?:that|this|it|those|they) (?:also |even |really )?count\b|\bhow (?:do|would|can|could|should|will|am) (?:i|you|one|we) (?:\w+ )?(?:to )?(?:do|know|tell|check|find|see|test|notice|feel)\b"
)
_OF_WHAT_WAS_ASKED = _words(
    "which what how where is it that this they be both one either any all some of the a an on in at or and to my your i do does can could would should "
    "must count counts like kind sort side same time leg legs foot feet bone spot spots calf shin hip groin front toe toes swollen swelling warm hot red "
    "numb numbness tingling weakness weak night rest pop press pressing pressed stand rise hop limp weight fever bladder bowels pain hurt hurts hard "
    "exactly mean there here right left much bad when for with only have has if too also then so just supposed"
)
"""Words of the questions, and the small ones around them; a question that holds no other is about what was asked."""

_OF_THE_DESK = re.compile(
    r"\bhow (?:much|long|many|often)\b(?! (?:does|should|do) it hurt)|\b(?:you|she|her|jessica|book|come)\b"
)
_TELLS = re.compile(r"\b(?:if|that|when|because|since) (?:it|its|my|the|they|theyre|i)\b")


_OF_THE_DAY = re.compile(r"nights?|rest|hot|weight")
"""Signs that are none in a question about the practice: "are you open at night"."""

_ANSWERS = re.compile(rf"^\s*(?:y|n|yes|yeah|yep|yup|no|nope|nah|none)\b|{_UNSURE.pattern}")
_TRAILING = re.compile(r"(?:\W|\b(?:but|and|so|also)\b)+$", re.IGNORECASE)


def asks_back(text: str) -> str | None:
    """Whether a text, beside whatever else, asks about the screening question itself: "why", "meaning", or None where it doesn't."""
    question = " ".join(re.findall(r"\w+", plain(_NOD.sub("", text))))
    if _ASKS_WHY.search(question):
        return "why"
    if _ASKS_MEANING.search(question):
        return "meaning"
    words = question.split()
    about_it = (
        QUESTION.search(_NOD.sub("", text).strip()) and {*words} <= _OF_WHAT_WAS_ASKED and not _OF_THE_DESK.search(question)
    )
    open_ = not _SIGN.search(question) or (
        words and words[0] in ("which", "what", "how", "where") and not _TELLS.search(question)
    )
    return "meaning" if about_it and open_ else None


def tells_sign(text: str) -> bool:
    """Whether what answers in a text names a sign, though it is worded as a question: "is it bad that it's warm?"."""
    return bool(_SIGN.search(plain(told(text)))) and read_answer(text) in ("yes", "unsure")


def told(text: str) -> str:
    """What of a text may answer: all but the questions in it that name no sign ("no, do you take cards?")."""
    nod = _NOD.match(text)
    parts = [text[: nod.end()], text[nod.end() :]] if nod and QUESTION.search(text[nod.end() :]) else [text]
    kept = [each for part in parts for each in split(part) if not _only_asks(each)]
    return _TRAILING.sub("", " ".join(kept))


def _only_asks(part: str) -> bool:
    """Whether a part asks and tells nothing: "maybe?" and "is it bad that it's warm?" may tell something."""
    said = plain(part)
    signs = {sign for sign in _SIGN.findall(said) if not (_OF_THE_DESK.search(said) and _OF_THE_DAY.fullmatch(sign))}
    worded = QUESTION.search(part.rstrip("?! "))
    return not signs and bool(worded or (part.rstrip().endswith("?") and not _ANSWERS.search(said)))


def read_answer(text: str) -> str | None:
    """Read the answer to a screening question.

    Args:
        text: what the client wrote; a question in it that names no sign answers nothing.

    Returns:
        "yes", "no", "unsure", or None if it isn't an answer. Doubt goes up, never down: a "no" with anything left open is "unsure".
    """
    if any(finding.level in ("doctor", "emergency") for finding in screen(text)):
        return "yes"
    return _read(plain("" if asks_back(text) == "meaning" else told(text)))


def _read(said: str) -> str | None:
    denied, open_, yes = _NO.search(said), _UNSURE.search(said), _YES.search(_SIDE.sub(" , ", said))
    if denied:
        rest = _HARMLESS.sub(" ", said)
        if not (yes or _SIGN.search(rest)):  # "just the right one", of which nothing is told
            rest = _SIDE.sub(" , ", rest)
        if re.search(
            r"\bnot (?:really )?(?:\w+ )?(?:sure|certain)\b|\bno (?:idea|clue)\b|\b(?:dont|do not) (?:really )?know\b", said
        ):
            return "unsure"
        if _EXCEPT.search(rest):
            return "unsure"
        if re.search(r"^\s*(?:yes|yeah|yea|yep|yup)\b", said):
            return "yes"
        leftover = _UNSURE.search(rest)
        return "unsure" if leftover else "no"
    if open_:
        return "unsure"
    return "yes" if yes else None


_TAKES_BACK = re.compile(
    r"\b(?:i (?:only |just )?mean(?:t)?|mis(?:read|understood|spoke|typed|heard|clicked)|by (?:mistake|accident)|wrong (?:button|one|answer)|my (?:mistake|bad)|typo)\b"
)
_OF_NONE = re.compile(
    r"\b(?:none|nothing) of (?:what|that|those|these|them|it|the)\b|\bneither of (?:what|that|those|these|them)\b|\bno to (?:all|both|that|it)\b|\b(?:meant|mean) (?:to (?:say|tap|press|type|hit|click) )?no\b"
)


def corrects(text: str) -> bool:
    """Whether a text takes a yes back that was given to a screening question, and says that none of it is so."""
    said = plain(text)
    return bool(_TAKES_BACK.search(said) and _OF_NONE.search(said)) and read_answer(text) == "no"
