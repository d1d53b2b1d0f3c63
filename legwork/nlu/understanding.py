"""The last word on a message: one intent, from its topics, its parts, its safety level and what was asked before.

What goes out, beside Rasa's own `intent`, `entities` and `response_selector`, is `reading`:
`{"topics": […], "likely": […], "answer": "yes"|"no"|"unsure"|None}`; `topics` are to be answered in this order,
`likely` are to be asked about.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RESPONSE_KEY, RESPONSE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from legwork.nlu import context, followup, inbox
from legwork.nlu.classifier import TOPICS
from legwork.nlu.normaliser import NORMALISED
from legwork.nlu.novelty import CONFIDENCE, OUT_OF_SCOPE
from legwork.nlu.safety import asking, screening
from legwork.nlu.safety.component import SAFETY, TOLD_TOO
from legwork.nlu.splitter import CAN_YOU_HELP, JOINED, PARTS, PIECES, asks_within

READING = "reading"
BOOK, PRIVACY, PRICE = "appointment_book", "faq/privacy", "faq/price"
FAMILIES = ("faq", "complaint", "smalltalk")
MOST_TOPICS = 3
PART_SURE = 0.46
"""Probability, in the light of the whole message, from which a part of it counts as a question of its own."""

STATEMENT_SURE = 0.8
"""Probability on its own from which a part counts that is not worded as a question, in a message of at most SHORT_MESSAGE words."""

OF_ITS_OWN = 0.9
"""Probability from which a part is a question of its own, though its topic is akin to the one before."""

PIECE_SURE = 0.6
"""Like PART_SURE for each piece of a part, which is cut more generously."""

FEWEST_LISTED = 2
"""Pieces that make a list."""

NAMED_ONLY = 4
"""Words of a part or piece that may name a thing without asking ("and rates please", "underwear on or off")."""

SHORT_MESSAGE = 16

IN_PASSING = 0.25
"""Share of a longer message's ranking below which a complaint beside a question is told in passing ("tight calves, tight budget, …"),
unless help with it is asked for. Of 115 messages to which both were answered, 25 had not asked for both; with it, and more ways known to
ask for help, 12 of 102."""

STORY, IN_A_STORY = 4, 0.02
"""Parts from which a message is a story, and the share of its ranking below which what one of them seems to ask is none of its questions.

Of seven parts one sounds like a question of its own by chance ("I'm the one with the tight calves", "how do you all decide?"). In 350
stories of five writers 26 of 50 answers that nobody asked for go, and four of 217 that somebody did.
"""

ASKS_FOR_HELP = "smalltalk/asks_for_help"
MOST_NAMED = 1
"""Words that name something in a message that only asks for help."""

MOST_NAME_WORDS = 5
"""So many words of another alphabet are a name where one was asked for."""

WHOLE_POWER, WHOLE_FLOOR = 0.4, 0.03
"""How much the whole message's ranking says about a part: "is it extra" may be about tips or about a price, and beside "do you do
cupping" it is about the price."""

_PREDICATE = re.compile(r"(?:is|are|am|can|could|do|does|will|would|should|may)\b", re.IGNORECASE)
"""How a question begins that goes on after "and": "is she certified and insured"."""

_COMPARES = re.compile(r"\b(?:differs?|different|difference|compares?|compared|versus|vs|better)\b", re.IGNORECASE)
"""A question about two things that belong together."""

KIN = (
    {"faq/overuse_injuries", "faq/muscle_imbalance", "faq/prevention"},
    {"faq/massage_types", "faq/sports_massage", "faq/deep_tissue", "faq/myofascial_release", "faq/cupping"},
    {"faq/sports_massage", "faq/stretching_foam_rolling"},
    {"faq/sports_massage", "faq/recovery", "faq/prevention"},
    {"faq/what_to_wear", "faq/first_visit"},
    {"faq/stretching_foam_rolling", "faq/it_band_stretching", "faq/self_care"},
    {"faq/pregnancy", "faq/health_conditions", "faq/who_its_for"},
)
"""Topics whose answers meet. Asked in two sentences that lean on each other, they are one question."""

BARE_HOW = re.compile(r"(?:and |or )?(?:for )?(?:about |roughly )?how (?P<what>much|long)\W*", re.IGNORECASE)
ASKS_ON_FROM = {
    "much": {"faq/tipping", "faq/hydration", "faq/cancellation_policy"},
    "long": {"faq/privacy", "faq/cupping", "faq/soreness_after", "faq/gift_cards", "faq/recovery"},
}
"""Topics of which a bare "how much?" or "how long?" asks on, and not of a price or a session's length."""

SORENESS = "complaint/general_soreness"
ABOUT_SORENESS = {"faq/recovery", "faq/marathon_training", "faq/soreness_after", "faq/running_after_massage", "faq/prevention"}
"""Topics for which "my legs are always sore" is the reason to ask, and no complaint beside the question."""

OF_ANY_SESSION = {
    "faq/what_to_wear",
    "faq/price",
    "faq/session_length",
    "faq/pressure_and_pain",
    "faq/soreness_after",
    "faq/running_after_massage",
    "faq/race_timing",
    "faq/frequency",
}
"""Topics that can be asked again of another kind of session: "even for deep tissue?"."""

OF_A_SESSION = {*KIN[1], "faq/session_length"}
"""Topics under which a wish for a kind of session or a length may come."""

BEFORE_AND_AFTER = {"faq/race_timing", "faq/running_after_massage", "faq/hydration"}
"""Topics whose answers say both what holds before and what holds after: "and before?"."""

OF_A_COMPLAINT = {
    "faq/sitting",
    "faq/hills",
    "faq/muscle_imbalance",
    "faq/overuse_injuries",
    "faq/what_to_wear",
    "faq/race_timing",
}
"""Topics that are told as the reason of a complaint, or share its words: "hip flexors are tight, I sit all day"."""

OF_THE_BAND = {"complaint/it_band", "faq/it_band_stretching"}
"""Topics after which stretching is that of the IT band, unless another part is named."""

TOLD = {"training", "race", "duration", "hills", "sitting", "stops", "earlier_sessions", "sex"}
"""Entities that change what is recommended, beside what hurts and what is wished for."""

WISHED = {"session", "minutes"}
"""Entities that a client may want otherwise than recommended."""

ANSWER_FROM = 0.5
"""Chance of being right from which a topic is answered: being asked back is half as good as being answered."""

OUTSIDE_TOO = 0.6
"""Share of the first topic's probability from which `out_of_scope` speaks against answering it: the client is asked.

On 1,900 messages that were not trained on, it halved the confident answers to what is not for this desk (4.8 of 100 to 2.0) and cost
0.2 of 100 of the others.
"""

ASK_FROM = 0.08
"""A third topic less likely than this is not worth asking about."""

FEWEST_CHOICES = 2
SMALL_TALK_FROM = 0.25
"""Likewise for small talk, where a wrong answer costs nothing and being asked back would be odd."""


def decide(message: Message) -> tuple[str, list[str]]:
    """`("answer", [topic])`, `("clarify", likely topics)` or `("out_of_scope", [])` for one message or part."""
    ranking, confidence = message.get(TOPICS), message.get(CONFIDENCE)
    if not ranking or not confidence:
        return OUT_OF_SCOPE, []
    best, probability = ranking[0]
    if best == ASKS_FOR_HELP and len(followup.naming(message.get(TEXT))) > MOST_NAMED:
        # What is named is what the help is for.
        ranking = [(topic, p / (1 - probability)) for topic, p in ranking[1:]]
        best, probability = ranking[0]
        confidence = replace(confidence, right=probability)
    if best.startswith("smalltalk/") and confidence.right >= (ANSWER_FROM if best == context.DISSATISFIED else SMALL_TALK_FROM):
        return "answer", [best]
    known = [(topic, p) for topic, p in ranking if topic != OUT_OF_SCOPE and not topic.startswith("smalltalk/")]
    likely = [topic for place, (topic, p) in enumerate(known) if place < FEWEST_CHOICES or p >= ASK_FROM][:MOST_TOPICS]
    if best == OUT_OF_SCOPE:
        close = confidence.known and confidence.right < ANSWER_FROM and known[0][1] > probability / 2
        return ("clarify", likely) if close else (OUT_OF_SCOPE, [])
    outside = dict(ranking).get(OUT_OF_SCOPE, 0.0)
    if confidence.right >= ANSWER_FROM and outside < OUTSIDE_TOO * probability:
        return "answer", [best]
    return ("clarify", likely) if confidence.known else (OUT_OF_SCOPE, [])


def _without(message: Message, entities: set[str], text: str) -> str:
    """The text without what it says of these entities."""
    for found in sorted((e for e in message.get(ENTITIES) or [] if e["entity"] in entities), key=lambda e: -e["start"]):
        text = text[: found["start"]] + text[found["end"] :]
    return text


def several(message: Message, whole: str | None = None) -> list[str]:
    """The topics of a message that asks two or three things, in its order; one or none when it asks one.

    A second answer that nobody asked for is worse than a missing one, so every part but a complaint must be worded as a
    question or be a short one's clear topic, and two complaints are one. `whole` is the topic of the message as one: a question
    that leans on the complaint before it ("my IT band kills me, can you stretch it?") is understood from both.
    """
    overall = dict(message.get(TOPICS) or [])
    topics: list[str] = []
    asks_on, told, reason = False, "", False
    short = len((message.get(TEXT) or "").split()) <= SHORT_MESSAGE
    found = list(_parts(message, overall))
    complains = any(_complains(part) for part, _ in found)
    parts = [(part, listed, *_in_light_of(part, overall, "" if complains else ASKS_FOR_HELP)) for part, listed in found]
    helps = short or any(topic == ASKS_FOR_HELP or CAN_YOU_HELP.search(part.get(TEXT)) for part, _, topic, _ in parts)
    for part, listed, topic, probability in parts:
        asks = CAN_YOU_HELP.sub("", part.get(TEXT))
        asked = listed or context.asks(asks) or asks_within(asks)
        sure = asked and probability >= OF_ITS_OWN
        if probability < PART_SURE or (len(parts) >= STORY and overall.get(topic, 0.0) < IN_A_STORY and not sure):
            asks_on |= asked
            # "I have a gift card, is it still good?", or what the whole message makes of a part that could be several things
            meant = told or (whole if whole in [likely for likely, _ in (part.get(TOPICS) or [])[:MOST_TOPICS]] else "")
            helped = topic == ASKS_FOR_HELP and topics  # "the roller is useless there. what would you do with me?"
            if asked and meant and meant.startswith("faq/") and meant not in topics and not helped:
                topics.append(meant)
            told = ""
            continue
        if (bare := BARE_HOW.fullmatch(part.get(TEXT))) and ASKS_ON_FROM[bare["what"].lower()] & {*topics[-1:]}:
            continue
        told = topic if not asked and dict(part.get(TOPICS))[topic] >= STATEMENT_SURE else ""
        family = topic.split("/")[0]
        leans = context.leans(part.get(TEXT)) or _COMPARES.search(part.get(TEXT))
        kin = topics and leans and probability < OF_ITS_OWN and any({topics[-1], topic} <= each for each in KIN)
        if family == "complaint" or topic.startswith("appointment_"):
            rival = family[:11]
            wanted = not any(t.startswith(rival) for t in topics) and (topic != "appointment_check" or asked)
            if family == "complaint" and not helps and overall.get(topic, 0.0) < IN_PASSING:
                # What a message opens with is told to be heard: "my IT band's acting up. And unrelated, why do hills …?"
                wanted = wanted and part is parts[0][0] and bool(context.COMPLAINS.search(part.get(TEXT)))
        else:
            # What Jessica is told anyway ("i'm 16") is no question beside a wish that the message is about.
            noted = topic in TOLD_TOO and topic != whole and message.get(SAFETY)
            told_only = family != "person" and not short and len(part.get(TEXT).split()) > NAMED_ONLY
            clear = asked or (dict(part.get(TOPICS))[topic] >= STATEMENT_SURE and not noted and not told_only)
            # "Call me at …" beside a wish for a time is how to reach who has it.
            clear = clear and not (family == "person" and BOOK in topics and context.CONTACT.search(part.get(TEXT)))
            wanted = clear and family in ("faq", "person") and not kin
        if wanted and topic not in topics:
            topics.append(topic)
            reason |= topic == SORENESS and not context.asks(part.get(TEXT))
    if reason and topics[:1] == [SORENESS] and ABOUT_SORENESS & set(topics):
        topics = topics[1:]
    if asks_on and whole and len(topics) == 1 and topics[0].startswith("complaint/") and whole.startswith("faq/"):
        topics.append(whole)
    return topics[:MOST_TOPICS]


def _complains(part: Message) -> bool:
    ranking = part.get(TOPICS)
    return bool(ranking) and ranking[0][0].startswith("complaint/")


def _parts(message: Message, overall: dict[str, float]) -> Iterator[tuple[Message, bool]]:
    """The parts in order, and whether each is a piece of a list, where a part's pieces tell different things."""
    for part in message.get(PARTS) or [message]:
        clear = _clear(part.get(PIECES) or [], overall)
        if clear and _is_list([piece.get(TEXT) for piece, _ in clear], [topic for _, topic in clear]):
            yield from ((piece, True) for piece, _ in clear)
        elif part is not message:
            yield part, False


def _clear(pieces: list[Message], overall: dict[str, float]) -> list[tuple[Message, str]]:
    """The pieces that tell of something, in their order, each with its topic; none where fewer than two do."""
    found: list[tuple[Message, str]] = []
    # From the last on: what tells of nothing mostly stands there, and then the first needn't be ranked.
    for left in reversed(range(len(pieces))):
        topic, probability = _in_light_of(pieces[left], overall)
        if probability >= PIECE_SURE:
            found.insert(0, (pieces[left], topic))
        if len(found) + left < FEWEST_LISTED:
            return []
    return found


def _is_list(texts: list[str], topics: list[str]) -> bool:
    """Whether clear pieces tell of different things, as one does who lists what they want."""
    if len(set(topics)) < 2 or any(set(topics) <= kin for kin in KIN):
        return False
    if any(topic.startswith("complaint/") for topic in topics[1:]):
        return False  # "tight hips and glutes"
    # "is she certified and insured", "tight hips and a race coming up"
    goes_on = _PREDICATE.match(texts[0]) or topics[0].startswith("complaint/")
    return all(
        topic.startswith(("complaint/", "appointment_", "person"))
        or (topic.startswith("faq/") and (context.asks(text) or (not goes_on and len(text.split()) <= NAMED_ONLY)))
        for text, topic in zip(texts, topics)
    )


def _in_light_of(part: Message, overall: dict[str, float], unless: str = "") -> tuple[str, float]:
    """A part's likeliest topic but `unless`, and how likely, when the whole message's ranking has its say."""
    ranking = [
        (topic, p * (overall.get(topic, 0.0) + WHOLE_FLOOR) ** WHOLE_POWER)
        for topic, p in part.get(TOPICS) or []
        if topic != unless
    ]
    if not ranking:
        return OUT_OF_SCOPE, 0.0
    best = max(ranking, key=lambda each: each[1])
    unlisted = max(0.0, 1 - sum(p for _, p in part.get(TOPICS))) * WHOLE_FLOOR**WHOLE_POWER
    return best[0], best[1] / (sum(p for _, p in ranking) + unlisted)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Understanding(GraphComponent):
    """Sets the intent. Must stand last in the pipeline."""

    FILE = "topics.json"

    def __init__(self, model_storage: ModelStorage, resource: Resource, families: dict[str, list[str]] | None = None) -> None:
        """`families`: topics by family."""
        self._storage, self._resource, self._families = model_storage, resource, families or {}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> Understanding:
        """(see parent class for full docstring)"""
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps the names of the topics by family."""
        topics = {example.get(INTENT_RESPONSE_KEY) or "" for example in training_data.training_examples}
        self._families = {f: sorted(t for t in topics if t.startswith(f"{f}/")) for f in FAMILIES}
        with self._storage.write_to(self._resource) as folder:
            (folder / self.FILE).write_text(json.dumps(self._families), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Understanding:
        """(see parent class for full docstring)"""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, json.loads((folder / cls.FILE).read_text(encoding="utf-8")))

    def process(self, messages: list[Message]) -> list[Message]:
        """(see parent class for full docstring)"""
        for message in messages:
            if message.get(TEXT) is not None and (message.get(INTENT) or {}).get("name") != "safety":
                self._understand(message)
        return messages

    def _understand(self, message: Message) -> None:
        said = message.get("metadata") or {}
        own_text, text = message.get(TEXT), message.get(NORMALISED) or message.get(TEXT)
        if inbox.asks_language(own_text):
            return self._topic(message, "faq/about_bot")
        kind = inbox.read(own_text) or inbox.goes_on(own_text, said.get("language"))
        asked = said.get("asked")
        if asked == "pass_on" and said.get("requested_slot") and context.leaves_offer(own_text):
            asked = said["requested_slot"]
        if context.LEAVES.fullmatch(own_text):
            return self._topic(message, "smalltalk/goodbye")
        names = asked == "booking_name" and len(own_text.split()) <= MOST_NAME_WORDS
        if kind and not (kind == "foreign" and names):
            return self._set(message, "inbox", answer=kind)

        # "The first one" of "is it swollen, or does it wake you?" is a yes, and no choice of the first quick reply, which is the no.
        of_the_question = asked == "screen" and context.names_place(own_text, numbered=bool(said.get("numbered")))
        payload = None if of_the_question else context.pick(own_text, said.get("offers") or [])
        if payload:
            return self._choose(message, payload)

        if said.get("stopped"):
            # "He cleared me" a moment after "my PT cleared me" is still no doctor's word.
            of_no_doctor = asking.read(said.get("previous") or "", None) == "no_doctor" and not context.DOCTOR.search(own_text)
            if context.says_cleared(own_text):
                return (
                    self._set(message, "safety_asked", answer="no_doctor")
                    if of_no_doctor
                    else self._set(message, "safety_cleared")
                )
            if said.get("topic") == "safety" and screening.corrects(own_text):
                return self._set(message, "safety_asked", answer="corrected")
            if asked != "person_message" and (question := asking.read(own_text, said.get("topic"))):
                return self._set(message, "safety_asked", answer=question)
            if context.BOOK_ME.search(own_text):
                return self._topic(message, BOOK)  # "it's just a cramp, book me" is neither a complaint nor to cancel

        if (asked or "").startswith("booking_") and context.ASKS_FOR_IT.fullmatch(own_text):
            return self._set(message, "answer", answer="yes")
        if context.FORGET.search(own_text):
            both = several(message)
            if len(both) > 1 and PRIVACY in both:
                return self._set(message, "several", topics=both)
            return self._topic(message, PRIVACY)
        if context.booked_beside(own_text) and (not (asked or "").startswith("booking_") or asked == "booking_code"):
            return self._topic(message, "appointment_cancel")
        if context.ASKS_WHEN_FREE.fullmatch(own_text) or (not asked and context.ASKS_HER_DAYS.fullmatch(own_text)):
            return self._topic(message, "faq/hours")

        if (
            context.IF_LATE.search(own_text)
            and not context.TELLS_JESSICA.search(own_text)
            and (context.asks(own_text) or context.leans(own_text))
        ):
            return self._topic(message, "faq/arriving")

        if context.tells_which(asked, own_text, said.get("topic")):
            return self._set(message, "answer")

        verdict, topics = self._in_context(message, text, said)
        about_booking = verdict == "answer" and topics[0].startswith("appointment_")
        tells = context.TELLS_JESSICA.search(own_text) or (verdict != "answer" and context.ASKS_JESSICA.search(own_text))
        if tells and (not asked or asked.startswith("booking_") or asked == "pass_on_contact") and not about_booking:
            return self._topic(message, "person")
        named = {e["entity"] for e in message.get(ENTITIES) or []}
        heard = said.get("circumstances") or {}
        if (
            (asked or "advice_").startswith(("offer_booking", "resume_booking", "pass_on", "advice_"))
            and named & WISHED
            and context.prefers(own_text)
        ):
            likely = topics[0] if verdict == "answer" else ""
            of_another = likely.startswith(("faq/", "person", "appointment_c")) and likely not in OF_A_SESSION
            if heard.get("areas") and not heard.get("booked") and not of_another and len(several(message)) < 2:
                # Before the suggestion it is a wish that the suggestion minds, after it one for a booking.
                return self._set(message, "answer") if asked and asked.startswith("advice_") else self._topic(message, BOOK)
        if asked:
            # Nothing is booked yet while it is being booked: to cancel then is to stop.
            # A plain no answers the question.
            booking = asked.startswith("booking_") and asked != "booking_code"
            gives_up = booking and topics[:1] == ["appointment_cancel"] and not context.BARE.match(own_text)
            corrects = asked.startswith(("booking_", "move_")) and context.NAMES_OTHER_DAY.search(own_text)
            if not corrects and (
                (verdict == "answer" and gives_up and (asked != "booking_name" or context.GIVES_UP.search(own_text)))
                or (
                    context.STOP.search(own_text)
                    and (booking or asked.startswith(("advice_", "pass_on", "person_", "move_")))
                    and not (asked == "booking_session" and context.BACK.fullmatch(own_text))
                )
                or (asked in ("screen", "booking_code") and context.only_stops(own_text) and topics[:1] != ["appointment_cancel"])
            ):
                return self._set(message, "stop")
            if of_the_question:
                return self._set(message, "answer")
            code = asked == "booking_code" and context.CODE.search(own_text)  # correcting its spelling would break it
            more = asked == "offer_booking" and named & TOLD and not context.asks(own_text)
            aside = asked == "pass_on" and named & {*WISHED, "area"} and not context.ASKS_ON.search(own_text)
            told_of = verdict == "answer" and topics[0].startswith("complaint/") and topics[0] != said.get("topic")
            if (
                code
                or (more and not told_of)
                or (
                    not aside
                    and (
                        context.BARE.match(own_text)
                        or context.answers(asked, text, topics[0] if topics else None, verdict == "answer", said.get("topic"))
                    )
                )
            ):
                whole = topics[0] if verdict == "answer" else None
                beside = self._beside(message, whole) if asked == "screen" else []
                return self._set(message, "answer", topics=beside, answer=context.yes_or_no(own_text))

        elif context.BARE.match(own_text) or context.NO_CONTACT.fullmatch(own_text):
            return self._topic(message, "smalltalk/acknowledge")

        both = several(message, topics[0] if verdict == "answer" else None)
        if len(both) > 1:
            return self._set(message, "several", topics=both)
        if verdict == "answer":
            return self._topic(message, topics[0])
        if verdict == "clarify":
            return self._set(message, "clarify", likely=topics)
        return self._set(message, OUT_OF_SCOPE)

    @staticmethod
    def _beside(message: Message, whole: str | None) -> list[str]:
        """What a message wants beside its answer to a screening question: "no, do you take cards?"."""
        if not any(context.asks(each.get(TEXT)) for each in (message, *(message.get(PARTS) or ()))):
            return []
        wanted = several(message, whole) or ([whole] if whole else [])
        return [topic for topic in wanted if topic.startswith("faq/") or topic == BOOK]

    def _in_context(self, message: Message, text: str, said: dict[str, Any]) -> tuple[str, list[str]]:
        """The verdict on the message, leaning on the last topic where its words do."""
        if context.ELSEWHERE.search(text):
            return OUT_OF_SCOPE, []
        named = {e["entity"] for e in message.get(ENTITIES) or []}
        asks_on = said.get("asked") in ("pass_on", "pass_on_contact", "clarify")
        books_kind = "session" in named and "race" not in named and context.books_kind(text)
        if books_kind or (asks_on and context.wishes_appointment(text)):
            return "answer", [BOOK]
        verdict, topics = decide(message)
        if context.WANTS_PERSON.search(text) and topics[:1] in (["faq/about_bot"], ["smalltalk/rude"], ["smalltalk/frustrated"]):
            return "answer", ["person"]
        if verdict != "answer" and "medical" in named:
            return OUT_OF_SCOPE, []  # "so what do I have?" goes on from no topic, and no other is meant
        last = said.get("topic") or ""
        if last == "safety" and verdict != "answer" and (message.get(TOPICS) or [("", 0)])[0][0] == BOOK:
            return "answer", [BOOK]  # who insists after a warning sign is refused once more, not asked back
        if (bare := BARE_HOW.fullmatch(text)) and bare["what"].lower() == "much":
            return "answer", [last if last in ASKS_ON_FROM["much"] else "faq/price"]
        areas = [e["value"] for e in message.get(ENTITIES) or [] if e["entity"] == "area"]
        complaint = next((f"complaint/{a}" for a in areas if f"complaint/{a}" in self._families.get("complaint", ())), None)
        if complaint and context.moves_to_area(text):
            return "answer", [complaint]
        nearest = next((f"complaint/{context.NEAREST[a]}" for a in areas if a in context.NEAREST), None)
        states = not context.asks(CAN_YOU_HELP.sub("", text))
        if (heard := complaint or nearest) and states and context.COMPLAINS.search(text):
            # "tight calves and sore hips" are as likely one as the other, and both are meant; a reason beside them is no question
            undecided = verdict == "clarify" and (not complaint or all(topic.startswith("complaint/") for topic in topics))
            if undecided or (verdict == "answer" and topics[0] in OF_A_COMPLAINT):
                return "answer", [heard]
        if last in OF_THE_BAND and verdict == "answer" and topics[0] == "faq/stretching_foam_rolling" and not areas:
            return "answer", ["faq/it_band_stretching"]
        if ("session" in named and last in OF_ANY_SESSION and context.moves_to_session(text)) or (
            last in BEFORE_AND_AFTER and context.AFTER_TOO.match(text)
        ):
            return "answer", [last]
        if last == PRICE and named & WISHED and context.leads_on(_without(message, WISHED, text)):
            return "answer", [PRICE]
        for joined in message.get(JOINED) or []:
            goes_on = self._going_on(message, joined, text, last)
            if goes_on:
                return "answer", [goes_on]
        return verdict, topics

    @staticmethod
    def _going_on(message: Message, joined: Message, text: str, last: str) -> str | None:
        """The topic of a message that goes on from the last one, where it is clear; the last one itself where no word says more."""
        alone = dict(message.get(TOPICS) or [])
        if followup.stands_alone(text, alone):
            return None
        topic, chance = followup.in_both_lights(text, alone, dict(joined.get(TOPICS) or []))
        clear = chance >= followup.SURE and topic != OUT_OF_SCOPE and not topic.startswith("smalltalk/")
        if clear or followup.naming(text) or not last.startswith(FAMILIES):
            return topic if clear else None
        return last if context.asks(text) else None

    def _topic(self, message: Message, topic: str) -> None:
        family = topic.split("/")[0]
        if family in FAMILIES:
            likely = dict(message.get(TOPICS) or [])
            chosen = {
                RESPONSE: {
                    "utter_action": f"utter_{topic}",
                    "intent_response_key": topic,
                    "responses": [],
                    "confidence": likely.get(topic, 1.0),
                }
            }
            message.set("response_selector", {"all_retrieval_intents": list(self._families), family: chosen}, add_to_output=True)
        self._set(message, family, topics=[topic])

    def _choose(self, message: Message, payload: str) -> None:
        """A quick reply that was typed is understood as if it had been tapped."""
        name, _, values = payload.removeprefix("/").partition("{")
        entities = (
            [{"entity": k, "value": v, "extractor": "Understanding"} for k, v in json.loads("{" + values).items()]
            if values
            else []
        )
        message.set(ENTITIES, entities, add_to_output=True)
        self._set(message, name)

    def _set(
        self, message: Message, intent: str, *, topics: Sequence[str] = (), likely: Sequence[str] = (), answer: str | None = None
    ) -> None:
        ranking = message.get(TOPICS) or []
        confidence = ranking[0][1] if ranking else 1.0
        message.set(INTENT, {"name": intent, "confidence": confidence}, add_to_output=True)
        message.set("intent_ranking", [{"name": t, "confidence": p} for t, p in ranking], add_to_output=True)
        message.set(READING, {"topics": list(topics), "likely": list(likely), "answer": answer}, add_to_output=True)
