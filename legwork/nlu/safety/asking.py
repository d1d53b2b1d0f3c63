"""What clients ask once a warning sign has stopped a session: whom to see, what it is, how long, and how it is lifted.

Pure: it names a kind of question; what is answered stands in data/safety.yml.
"""

from __future__ import annotations

import re

_DOCTOR = (
    r"(?:doctors?|docs?|dr|physicians?|gp|pcp|specialists?|surgeon|cardiologist|podiatrist|ortho\w*|neurologist|chiropractor|nurse|midwife|obgyn|pt"
    r"|physio|physical therapist|er|emergency room|urgent care|hospital|clinic|walk-?in)"
)
_US = r"(?:you|u|jessica|jess|her|she)"
_NAMED = r"(?:clots?|dvt|fracture\w*|broken|tear|torn|tumou?r|cancer|infect\w*|heart attack|stroke|nerve|sprain\w*|strain\w*)"
_MILD = r"(?:muscles?|cramps?|pulled|strain|tight\w*|sore\w*|stiff\w*|gas|nerves|anxiety|stress|nothing|knots?|ribs?|asthma|heartburn|bruise)"


def _compiled(patterns: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in patterns.items()}


_NO_DOCTOR = (
    r"(?:pt|physio|physical therapist|physiotherapist|chiro(?:practor)?|osteopath|trainer|coach|massage therapist|masseuse|acupuncturist|pharmacist"
    r"|husband|wife|partner|boyfriend|girlfriend|mom|mother|dad|father|sister|brother|friend|buddy|neighbou?r|teammate|google|chatgpt|internet)"
)

PLAIN = _compiled(
    {
        "helped": r"\b(?:call(?:ed|ing)|phoned|phoning|dialed|dialing|on (?:the )?(?:phone|line) with|spoke (?:to|with)|talking to)\b.{0,12}\b(?:911|988|ambulance|emergency|paramedics?)\b"
        r"|\b(?:ambulance|paramedics?|ems|help)(?: is|['’]?s| are)? (?:here|coming|on (?:the|its|their) way|arrived|just came)\b"
        r"|\b(?:i['’]?m|i am|we['’]?re|we are|im|were|he['’]?s|she['’]?s)(?: now| already| just)? (?:at|in|on (?:my|our|the|his|her) way to|going to|headed to|heading to|driving to) (?:the |an? )?(?:er|emergency room|emergency|hospital|urgent care)\b"
        r"|^(?:ok(?:ay)?|yes|yeah|alright|all right|fine|sure)?[\s,.!]*(?:thanks|thank you)?[\s,.!]*(?:i(?:['’]?ll| will| am going to|['’]?m going to|['’]?m gonna)|going to|gonna) (?:call|go|phone|ring)\b(?!.*\b(?:you|jessica|book)\b)",
        "no_doctor": rf"\b{_NO_DOCTOR}\b.{{0,24}}\b(?:cleared?|clears|says?|said|told|thinks|okayed|ok['’]?d|approved?|is a (?:doctor|doc|nurse))\b",
        "call": rf"\b(?:can|could|may|will|would|should)\b.{{0,20}}\b{_DOCTOR}\b.{{0,20}}\b(?:call|phone|talk|speak|contact|e-?mail|text|write|reach|message|fax|tell)\b"
        rf".{{0,12}}\b{_US}\b"
        rf"|\b(?:can|could|will|would|do|should) {_US}\b.{{0,12}}\b(?:call|phone|talk to|speak (?:to|with)|contact|e-?mail|text|tell|send|reach|write)\b"
        rf".{{0,16}}\b{_DOCTOR}\b",
        "cleared": r"\b(?:how|where|when|who)\b.{0,20}\b(?:tell|let|show|prove|inform|notify)\b.{0,24}\b(?:clear\w*|ok(?:ay)?|checked|better|fine|done)\b"
        r"|\b(?:what|how)\b.{0,24}\b(?:once|after|when|if)\b.{0,24}\b(?:clear(?:s|ed)?|ok(?:ay)?s?|approve\w*|says? yes)\b"
        rf"|\bhow (?:will|would|do|can) {_US} know\b"
        r"|\b(?:what|which|do|does|need|bring|want|accept)\b.{0,24}\b(?:doctor['’]?s note|clearance|letter|paper(?:work|s)?|proof|note from|in writing)\b",
        "whom": r"\b(?:what|which)(?: (?:kind|type|sort)s?(?: of)?)? (?:an? )?(?:doctor|doc|dr|specialist|physician)\b"
        r"|\bwho (?:do|should|can|could|would|must) (?:i|we|he|she)\b.{0,12}\b(?:see|go to|call|ask|talk to|visit|contact|consult)\b"
        rf"|\b(?:should|can|could|may|would|shall) (?:i|we)\b.{{0,24}}\b{_DOCTOR}\b|\b{_DOCTOR} or (?:\w+ ){{0,2}}{_DOCTOR}\b"
        rf"|\b(?:will|would|does|can|could|is) (?:an? |the |my )?{_DOCTOR}\b.{{0,16}}\b(?:do|count|enough|ok|okay|work|clear|help|fine)\b"
        rf"|\b(?:know|recommend|suggest)\b (?:me )?(?:an? |any )?(?:good )?{_DOCTOR}\b",
        "checked": rf"\b{_DOCTOR}\b.{{0,12}}\b(?:checked|looked|saw|examined|scanned|thinks|said|says|told me)\b(?!.{{0,40}}\b(?:no|not|never|\w+n['’]t|until|positive|clots?|broken|fracture\w*)\b)"
        rf"|\b(?:i|we)(?:['’]ve)? (?:already |just )?(?:saw|seen|went to|been to|visited)\b.{{0,12}}\b{_DOCTOR}\b(?!.{{0,40}}\b(?:no|not|\w+n['’]t|until|positive|clots?)\b)",
        "why": rf"\b(?:do|must) i (?:really |actually |even )?(?:have|need)\b.{{0,16}}\b{_DOCTOR}\b",
    }
)
"""Questions that are about the stop whatever was talked about meanwhile."""

_TAKES_BACK = (
    r"\b(?:jok(?:e|es|ed|ing)|kidding)\b|\b(?:over-?react\w*|exaggerat\w*|being (?:too |so )?dramatic)\b"
    r"|\b(?:it|that|this|they|pain|swelling)(?:['’]?s| has| just)? (?:went|gone|goes) away\b"
    r"|\b(?:doesn['’]?t|does not|don['’]?t|do not|didn['’]?t|did not) (?:really |even |actually )?hurt (?:that|so|too|very) (?:much|bad\w*)"
    r"|\b(?:not|isn['’]?t|wasn['’]?t) (?:really |actually |even )?(?:(?:that|so|too|all that) )?(?:bad|serious|terrible|swollen|puffy|warm|hot|red|numb)\b"
    r"|\bi(?:['’]?m| am)? feel(?:ing)?(?: actually| really| totally)? (?:great|fine|ok|okay|good|better|perfect)(?: now| again)?\W*$"
    r"|\b(?:it|that)(?:['’]?s| is| was) (?:really |actually |probably )?(?:nothing|fine)\b"
)
"""Plays down what was told, or takes it back."""
_ONLY_TAKES_BACK = re.compile(_TAKES_BACK, re.IGNORECASE)
_GOES_ON = re.compile(r"\b(?:but|though|except|now|also|too|and|my|still|since|when|then|because)\b", re.IGNORECASE)
"""Says something besides."""


LEANING = _compiled(
    {
        "reassured": rf"{_TAKES_BACK}"
        r"|\b(?:it|that|this)(?:['’]?s| is| was| must be| could be| may be| might be| feels like)? (?:just|only|probably|prob|likely|surely|nothing|no big)\b"
        rf"|^\W*(?:but )?(?:probably|prob|maybe|just|only|could be|might be|must be)\b.{{0,24}}\b{_MILD}\b"
        rf"|\b(?:could|can|might|couldn['’]?t|can['’]?t) (?:it|this|that)\b.{{0,12}}\bbe\b.{{0,24}}\b{_MILD}\b"
        r"|\b(?:it|that)(?:['’]?s| is| has)? (?:gone|passed|better|fine|ok|okay|over|stopped)(?: now| already)?\W*$",
        "know": rf"\b(?:how|what (?:if|are)|is|are|could|can|might|does|do|am|was)\b.{{0,30}}\b{_NAMED}\b"
        r"|\bhow (?:do|can|would) i (?:know|tell|find out)\b|\bwhat(?:['’]?s| is| do i have| have i got| is wrong)?(?: it| this| wrong with (?:me|my \w+))?\W*$"
        r"|\bhow (?:serious|bad|dangerous|urgent)\b|\bam i (?:going to|gonna|ok|okay|dying|in (?:danger|trouble))\b",
        "wait": r"\b(?:how (?:long|soon)|how many (?:days|weeks))\b.{0,12}\b(?:i|we|wait|until|till|before|it|this|that|be)\b|\bwhen (?:can|could|may|will) (?:i|we)\b"
        r"|\buntil when\b|\bhow much longer\b|\bfor how long\b",
        "meanwhile": r"\b(?:meanwhile|in the meantime|until then|till then|for now)\b"
        r"|\b(?:can|could|may|should|is it (?:ok|okay|fine|safe|bad))\b.{0,12}\b(?:rub|massage it|(?:foam )?roll|stretch|ice|heat|elevate|wrap|tape|take|walk|run|train|race|exercise"
        r"|fly|work ?out|swim|bike)\b",
        "whom": r"\bwhat (?:should|shall|do|can|must|am) (?:i|we)\b.{0,12}\b(?:do|supposed)\b|\b(?:what|where) (?:now|next)\b|\bnow what\b"
        r"|\bwhere (?:do|should|can|shall) i (?:go|call|turn)\b",
        "why": r"^(?:but |and |ok |um |so )*(?:why\b|how come|what for|for what reason|what(?:['’]?s| is) the (?:problem|reason|matter)|what could (?:it|that|this) be"
        r"|what do you mean|is (?:it|that|this) (?:serious|dangerous|bad))",
    }
)
"""Questions that are about the stop while nothing else is talked about."""

MOST_WORDS = 20
"""A longer message tells something."""


def read(text: str, topic: str | None) -> str | None:
    """The kind of question that `text` asks after a stop, where it is one.

    Args:
        text: the client's own words.
        topic: what is talked about: `safety` while the stop is.
    """
    if len(text.split()) > MOST_WORDS:
        return None
    kinds = [*PLAIN.items(), *(LEANING.items() if topic == "safety" else ())]
    return next((kind for kind, pattern in kinds if pattern.search(text)), None)


def only_takes_back(text: str, topic: str | None) -> bool:
    """Whether a text plays down what was stopped, or takes it back ("i overreacted"), and says nothing besides."""
    return read(text, topic) == "reassured" and bool(_ONLY_TAKES_BACK.search(text)) and not _GOES_ON.search(text)
