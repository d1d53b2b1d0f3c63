"""Cuts a message where it may ask two things at once, so that each part is understood like a message of its own.

A part is cut from the next at the end of a sentence or where a question begins after "and", "also" or a comma. Within a part
there may be pieces, where things are listed ("location, hours and rates") or the second question begins without a word in
between ("what are your prices do you take cash"). Pieces are cut generously, and believed only where each of them is clear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from legwork.nlu.normaliser import NORMALISED

PARTS = "parts"
"""Message property: a list of messages, one a part; missing when there is nothing to cut."""

PIECES = "pieces"
"""The same of a part, or of a message without parts."""

JOINED = "joined"
"""The same of a message that may go on from the last topic: itself once more, see `legwork/nlu/followup.py`."""

MAX_PARTS = 6
"""Each part costs an encoding; more are joined to the last one."""

MAX_PIECES = 3
MOST_LISTING = 2
"""Parts of a message above which none of them is looked through for a list."""

LONGEST_LIST = 24
"""Words of a part above which it is a story, and no list of things asked."""

_LEADING = (
    r"(?:(?:and|also|but|so|oh|plus|then|(?:hi|hello|hey)(?: there| jessica)?|thanks|thank you|please|btw|by the way|if so|if not|if yes|ok|okay|k|yes|yeah|yep|no|nope"
    r"|well|actually|hmm+|um|uh|lol|haha|great|cool|perfect|fine|sure|good|nice|awesome|got it|i see|wait|sorry)[\s,.!]+)*"
)
"""What stands before a question and is none of it: "ok and how much"."""

QUESTION = re.compile(
    rf"^{_LEADING}(?:(?:for|since|until|from|by|at|in|to|on|with) (?=what|when|where|which|who|how))?"
    r"(?:what|when|where|which|who|whom|whose|why|how|is|are|am|was|do|does|did|can|could|will|would|should|shall|may|have|has"
    r"|must|any|whether|(?:tell|remind) me|explain|i(?: would|'d)?(?: also| just| really)? (?:like|love|want|need) to (?:know|ask|hear|find out|check|book|schedule|make|buy|get|give|pay)"
    r"|(?:i(?: was| am|'m)(?: also| just)? )?(?:wondering|curious|hoping (?:to|for|there|you|she|jessica))|i wonder|let me know)\b"
    r"|\bi(?: would|'d)(?: also| just)? (?:like|love) to (?:know|ask|hear|find out)\b"
    r"|\b(?:wonder(?:ed|ing)?|curious|unsure|not sure|no idea|(?:don't|do not) know) (?:about|if|whether|when|what|how|where|which|who)\b"
    r"|\b(?:yes or no|or not?|on or off)\W*$"
    r"|^(?:and |but |so )?if .{3,80}?[ ,](?:how (?:much|many|long|often|soon)|what|which|should i|can (?:i|you)|do (?:i|you))\b"
    r"|\?\s*$",
    re.IGNORECASE,
)
"""How a part begins or ends that asks for something of its own."""

RELATIVE = re.compile(
    r"^(?:and |but |so )*(?:which (?:is (?:very|what|why|how|when|where|really|so|kind|fine|great)|means?|makes?|made|i|he|she|they|we|it)"
    r"|when (?:i|we|he|she|they|the \w+) \w+(?: (?!do |does |can |could |should |will |would |may |must |is |are )\w+)? (?:i|we|he|she|they|it)|what (?:with|makes me|i (?:do|did|have|hate|love|mean)))\b[^?]*$",
    re.IGNORECASE,
)
"""A clause that only begins like a question: "which is very kind", "when I roll them I make noises"."""

_ASKING = (
    r"(?:(?:if (?:so|not)|please|also|then|roughly|about|approximately|exactly|usually|generally|typically),?\s+)?(?:what|when|where|which|who|why|how|is|are|am|do|does|did|can|could|will|would|should|may|any"
    r"|whether|i(?: would|'d)? (?:like|want|need)|i was|i am wondering|i wonder|wondering|tell me"
    r"|got (?:anything|any|a slot|a spot|room|time)|anything (?:open|free|available)|(?:fit|squeeze) me in)\b"
)
_CUT = re.compile(
    r"(?<!\bvs\.)(?<=[.?!;:])\s+|\n+"
    rf"|\s*,?\s+(?:and also|and then|oh and|as well as|and|&|\+|also|plus|btw|by the way|but)\s+(?={_ASKING})"
    rf"|,\s+(?={_ASKING})"
    r"|\s+or\s+(?=(?:will|should|can|do|does|is|are|could|would) (?:i|you|we|she|it|that|there)\b)"
    r"|\s+(?:btw|by the way|oh and)\s+|(?<!\byou)(?<!\bshe)(?<!\bthey)(?<!\bwe)(?<!\bi)(?<!\bi'd)(?<!\bi'm)(?<!\bi've)(?<!\bi'll)(?<!\bwe'd)(?<!\bit's)"
    r"(?<!\bwould)(?<!\bcan)(?<!\bcould)(?<!\bis)(?<!\bare)(?<!\bam)(?<!\bwas)(?<!\bhave)(?<!\bwill)\s+also\s+"
    r"|\s*,?\s+and\s+(?=if (?:i|we|my|you|she|it|there)\b.{3,60}\b(?:would|will|do|does|can|could|should|what|how|is|am)\b)",
    re.IGNORECASE,
)


_HELPS = "help|fix|treat|work on|deal with|loosen|calm|ease|release|relax|soothe|free"
"""What a massage may do about what hurts."""

_LEANING = re.compile(
    r"^(?:(?:and|so|but)[\s,]+)*(?:(?:is|was|would|will|does|do) (?:that|this|it|they|you)\b.{0,12}"
    r"\b(?:ok|okay|all right|alright|fine|safe|bad|possible|problem|issue|allowed|matter|help|count|work|thing|common)\b(?: (?:you|with that|for that))?"
    r"|(?:is|was|would|will) (?:that|this|it)(?: be)?(?: still| really| way| maybe)? (?:too|cutting it)\b.{0,24}|too (?:late|soon|early|close|much)"
    r"|(?:can|could|should|may) i still (?:come|book|go|get|have)\b.{0,12}|what (?:can|could|would|do) (?:you|she|jessica) do\b.{0,15}"
    r"|(?:can|could|would|will|does|do|is) (?:(?:a |sports? )?massage|you|she|jessica) (?:even )?(?:be )?(?:able to )?"
    rf"(?:{_HELPS}|offer|make|do|see)\b(?: with)?"
    r"(?: (?:that|this|it|those|them|him|her|me|anything|something))?(?: (?:down|out|up|loose))?(?: (?:about|for|with) (?:it|that|them))?"
    r"|(?:can|could|would|will|does|do|might) (?:some |a )?(?:deep(?:er)?(?: tissue)?(?: work| massage)?|cupping|mfr|myofascial(?: release)?|bodywork)"
    r" (?:even )?(?:help|work|be (?:any |of )?(?:good|use)|do (?:any |some )?good)(?: (?:with|for) (?:that|this|it|those|them))?"
    r"|you (?:do|make|offer|have|treat) (?:that|this|it|those)|which (?:one|is better).{0,16}|any (?:ideas?|advice|tips|thoughts|suggestions?))[\s.?!]*$"
    r"|^if (?:so|not)$",
    re.IGNORECASE,
)
"""A question that asks nothing without the statement before it: "is that a problem?"."""

CAN_YOU_HELP = re.compile(
    r",\s*(?:can|could|would|will|does|do) (?:a |sports? )?(?:massage|you|she|jessica)\b[^,?]*"
    rf"\b(?:{_HELPS}|do (?:any|some)thing)\b[^,?]*\?*\s*$"
    r"|(?:^|,\s*)(?:so )?should i (?:get|have|try) (?:a |some )?(?:sports? )?massage\W*$",
    re.IGNORECASE,
)
"""The end of a part that leans on a statement about the body: no question about anything else in it.

"Should I get a massage?" beside a complaint is answered by what is recommended for it.
"""

_LEAD = re.compile(
    r"^(?:and |also |oh )*(?:(?:my |and )?(?:other|another|one more|next|second|last) (?:question|thing)(?: (?:is|was))?|(?:two|three|couple of|a few) (?:things|questions))\b[\s:,]*",
    re.IGNORECASE,
)
"""What announces a question and says nothing."""

_EXCUSE = re.compile(
    r"[\s,]+or (?:is|was|would) (?:it|that|this)(?: be)? (?:just |too |kind of |kinda |a bit )?(?:weird|odd|strange|silly|stupid|dumb|crazy|rude|awkward|gross|pointless)\b"
    r"|[\s,]+or am i (?:just )?(?:being )?(?:an? )?(?:weird|stupid|silly|crazy|dumb|paranoid|idiot|baby|wimp|dreaming|overthinking(?: it)?)\b",
    re.IGNORECASE,
)
"""What is added to a question out of shyness, and asks nothing: "can you help with that, or is it weird?"."""

_LISTED = re.compile(r"\s*(?:[,;/+&]|\s[-–—]+\s)\s*(?:(?:and|also|plus|then)\s+)?|\s+(?:and|plus|also)\s+", re.IGNORECASE)
_RUN_ON = re.compile(
    r"(\w+)\s+(?=(?:(?:do|can|are|is|will|should|would|could|does) (?:you|i|we|it|that|this|there|jessica|she|he|they|my|the|your|people|most|massage)"
    r"|what(?:'s| is| are| do| should| to)|how (?:much|long|many|often|far|early|soon)|where (?:is|are|do|to)"
    r"|when (?:is|are|do|can|should)|got (?:anything|any|time))\b)",
    re.IGNORECASE,
)
"""Where a question begins in the middle, with the word before it."""

_HANGING = re.compile(
    r"(?:like|such|or|for|to|in|on|with|without|after|before|during|when|while|because|since|until|if|no|not|especially|even|maybe)\b|\d",
    re.IGNORECASE,
)
"""How a piece begins that belongs to the one before it."""

_CONDITION = re.compile(r"(?:and |but |so )?(?:if|since|because)\b", re.IGNORECASE)
"""How the first piece begins where the next one says what follows: "if i come in friday can i run saturday"."""

_OPEN = re.compile(
    r"(?:and |so |also )?(?:what|how|which|whose|where|when|why)\b(?!.*\b(?:is|are|do|does|can|could|will|would|should|was|i|you)\b)",
    re.IGNORECASE,
)
"""A question that has no verb yet: in "what kinds of massage do you have" nothing is cut."""

_NO_END = re.compile(
    r"what|how|when|where|which|why|who|whether|if|and|or|but|much|many|often|long|far|early|soon|kind|know|wondering|wonder|ask"
    r"|asking|sure|see|say|me|about|than|as|that|so|because",
    re.IGNORECASE,
)
"""After these words a question goes on, or only begins."""

_GOES_ON = {"and", "or", "but", "so"}
"""Words among these after which a question begins, though nothing ends before them."""


def split(text: str) -> list[str]:
    """The parts of `text` in order; one part when there is nothing to cut."""
    parts: list[str] = []
    for part in _with_letters(_LEAD.sub("", part.strip()) for part in _CUT.split(_EXCUSE.sub("", text))):
        if parts and _LEANING.match(part) and not QUESTION.search(parts[-1]):
            parts[-1] = f"{parts[-1].rstrip('.:')}, {part}"
        else:
            parts.append(part)
    return parts if len(parts) <= MAX_PARTS else [*parts[: MAX_PARTS - 1], " ".join(parts[MAX_PARTS - 1 :])]


def pieces(part: str) -> list[str]:
    """The pieces of a part; none when it is too long for a list, or lists too much."""
    if len(part.split()) > LONGEST_LIST:
        return []
    ends = [
        match.end()
        for match in _RUN_ON.finditer(part)
        if not _NO_END.fullmatch(match.group(1)) and not _OPEN.match(part[: match.end()])
    ]
    runs = [part[start:end] for start, end in zip([0, *ends], [*ends, len(part)])]
    found: list[str] = []
    for piece in _with_letters(piece for run in runs for piece in _LISTED.split(run)):
        if found and (_HANGING.match(piece) or _LEANING.match(piece)):
            found[-1] = f"{found[-1]} {piece}"
        else:
            found.append(piece)
    return found if 1 < len(found) <= MAX_PIECES and not _CONDITION.match(found[0]) else []


def asks_within(text: str) -> bool:
    """Whether a question begins in the middle, without a pause: "marathon in 3 weeks when should i come"."""
    return any(match.group(1).lower() in _GOES_ON or not _NO_END.fullmatch(match.group(1)) for match in _RUN_ON.finditer(text))


def _with_letters(texts: Iterable[str]) -> list[str]:
    stripped = (text.strip(" ,;") for text in texts)
    return [text for text in stripped if any(c.isalpha() for c in text)]


class Guess(Message):
    """A text that the message may turn out to hold, which is ranked only when it is asked about."""

    def when_asked(self, prop: str, work: Callable[[], Any]) -> None:
        """Has `prop` worked out when it is asked for, once."""
        self.data[prop] = work

    def get(self, prop: str, default: Any = None) -> Any:
        """(see parent class for full docstring)"""
        value = super().get(prop, default)
        if callable(value):
            value = self.data[prop] = value()
        return value


def with_parts(messages: list[Message]) -> list[Message]:
    """The messages and their parts, for components that treat them alike."""
    return [each for message in messages for each in (message, *(message.get(PARTS) or []))]


def guesses(messages: list[Message]) -> list[Guess]:
    """The pieces of the messages and of their parts, and the messages in the light of the last topic."""
    return [guess for each in with_parts(messages) for guesses in (each.get(PIECES), each.get(JOINED)) for guess in guesses or []]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class Splitter(GraphComponent):
    """Puts parts and pieces beside each incoming message; training examples are taken whole."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> Splitter:
        """(see parent class for full docstring)"""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing: an example stands for one topic."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """(see parent class for full docstring)"""
        for message in messages:
            parts = [Message(as_text(part)) for part in split(message.get(NORMALISED) or message.get(TEXT) or "")]
            for part in parts:
                found = [Guess(as_text(piece)) for piece in pieces(part.get(TEXT))]
                if found and len(parts) <= MOST_LISTING:
                    (part if len(parts) > 1 else message).set(PIECES, found)
            if len(parts) > 1:
                message.set(PARTS, parts)
        return messages


def as_text(text: str) -> dict[str, Any]:
    """The properties of a message that says `text`, normalised already."""
    return {TEXT: text, NORMALISED: text}
