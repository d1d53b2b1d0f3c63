"""Answers to questions: one, several, or "did you mean"."""

from __future__ import annotations

import re

from actions import advice, afterwards, appointments, moves, person, safety
from actions.turn import FORM, Turn, TurnAction, choice
from legwork.answers import answers, missing_facts
from legwork.nlu.context import FORGET, RESUMES, leaves_offer
from legwork.settings import practice

TITLES_MOST = 3


class ActionAnswer(TurnAction):
    """Answers a question from its topic's file."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_answer"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        if appointments.says_it_all(turn) or appointments.asks_open_times(turn) or appointments.is_dictated(turn):
            appointments.start(turn)
        else:
            answer(turn, turn.reading["topics"][0])


def answer(turn: Turn, topic: str) -> None:
    """The topic's answer; the same one is not said twice in a row, and an unset fact is passed on."""
    if topic == "faq/privacy" and FORGET.search(turn.text):
        forget(turn)
    elif (part := part_of(turn, topic)) and turn.get("answered") != f"{topic}#{part}":
        if answer_part(turn, part, topic):
            turn.offer_pass_on(topic, turn.text)
        turn.set(topic=topic, answered=f"{topic}#{part}")
        return
    elif turn.get("answered") in (topic, f"{topic}#{part}") and turn.intent != "choose":
        if turn.passed_on:
            turn.say("utter_has_words", topic=topic)
            return
        say_again(turn, topic, None if turn.get("answered") == topic else part)
        turn.offer_pass_on(topic, turn.text)
        turn.set(topic=topic)
        return
    elif not turn.answer(topic):
        turn.offer_pass_on(topic, turn.text)
    turn.set(topic=topic, answered=topic)


PARTS = {
    "faq/arriving": {
        "late_policy": re.compile(r"\b(?:late\w*|running behind|grace|lose|turn me away|traffic)\b", re.IGNORECASE),
        "company": re.compile(
            r"\b(?:husband|wife|spouse|partner|boy ?friend|girl ?friend|friend|mom|dad|kids?|child(?:ren)?|baby|toddler|son|daughter|year old|dogs?|pets?|chaperone"
            r"|(?:with|bring) some(?:one|body)|two of us)\b",
            re.IGNORECASE,
        ),
        "changing": re.compile(
            r"\b(?:shower|rinse|wash|bathroom|restroom|toilet|chang(?:e|ing)|sweat\w*|dirty|mud\w*|straight|directly|off (?:my|a) (?:shift|run)|shift|from work"
            r"|stuff|bags?|phone|keys|locker)\b",
            re.IGNORECASE,
        ),
        "door": re.compile(
            r"\b(?:doors?|rings?|bell|knocks?|buzz|walk in|lets? me in|entrance|check(?:ing)? in|wait\w*(?!\s*,| what| how| when| do i| should| can i)|reception|desk|greet\w*|lobby|go in|get in(?:to)?|enter\w*)\b",
            re.IGNORECASE,
        ),
        "bring": re.compile(r"\b(?:bring|carry|pack|take along|with me)\b", re.IGNORECASE),
        "early": re.compile(
            r"\b(?:early|earlier|ahead|before|beforehand|advance|min(?:ute)?s?|time|when (?:should|must|do|am|can|to))\b",
            re.IGNORECASE,
        ),
    },
    "faq/location": {
        "parking": re.compile(r"\b(?:park\w*|garage|lot)\b", re.IGNORECASE),
        "private_space": re.compile(
            r"\b(?:stairs?|steps?|elevator|lift|wheelchair|crutches|accessib\w*|ground floor|first floor|upstairs|ramp|room|space|studio|private)\b",
            re.IGNORECASE,
        ),
    },
    "faq/about_bot": {
        "spanish": re.compile(r"\b(?:spanish|espa[nñ]ol)\b", re.IGNORECASE),
        "portuguese": re.compile(r"\b(?:portuguese|portugu[eéê]s)\b", re.IGNORECASE),
    },
    "faq/therapist": {
        "licence": re.compile(r"\b(?:licen[sc]e|lmt) ?(?:number|no\b|nr|#)|\bnumber of\b.*\blicen[sc]e", re.IGNORECASE)
    },
    "faq/price": {
        "discounts": re.compile(
            r"\b(?:discount\w*|packages?|bundles?|deals?|memberships?|loyalty|sliding scale|specials?|promos?|promotions?|coupons?|groupon|referr?al\w*"
            r"|(?:student|senior|veteran|military|group|family|couples?|club)s?['’]? (?:rates?|pric\w+)|(?:rates?|money off|break) for)\b",
            re.IGNORECASE,
        )
    },
    "faq/race_timing": {
        # Whoever doesn't ask which of the two it should be isn't told that it could be both.
        "race_days": re.compile(
            r"^(?!.*\b(?:before|pre|after|post)\b.*\b(?:before|pre|after|post)\b)(?!.*\bboth\b)", re.IGNORECASE
        )
    },
    "faq/session_length": {
        "session_lengths": re.compile(
            r"\b(?:offer\w*|options?|choices?|available|lengths|durations|which|do you (?:have|do)|there|shortest|longest|\d+[- ]?min\w*)\b",
            re.IGNORECASE,
        )
    },
}
"""Topics of which a question may want one part only, mostly a fact of the owner: `utter_part/<part>`, and without it
`utter_unset_part/<part>`. The first that is named counts."""


WHOLE = re.compile(r"\b(?:address|directions)\b", re.IGNORECASE)
"""Wants all of the topic, whatever part is named beside it."""


def part_of(turn: Turn, topic: str) -> str | None:
    """The one fact that was asked for, where it is set, or where it can be said by itself that it isn't."""
    if WHOLE.search(turn.text):
        return None
    fact = next((fact for fact, asked in PARTS.get(topic, {}).items() if asked.search(turn.text)), None)
    return None if fact and is_unset(fact) and f"utter_unset_part/{fact}" not in answers() else fact


def is_unset(fact: str) -> bool:
    """Whether the owner hasn't said it."""
    return f"utter_part/{fact}" not in answers() or bool(missing_facts(f"utter_part/{fact}", practice().facts()))


def answer_part(turn: Turn, fact: str, topic: str) -> bool:
    """Says the fact, or that it is unset; returns whether it is."""
    unset = is_unset(fact)
    turn.say(f"utter_unset_part/{fact}" if unset else f"utter_part/{fact}", topic=topic)
    return unset


def say_again(turn: Turn, topic: str, part: str | None) -> None:
    """The answer that was just given, in fewer words where there are any; the third time only that it stands above.

    An owner's fact, or that there is none, may well answer another question on the same: it is said again, unless the words are
    the same too.
    """
    brief = f"utter_again/{topic.split('/')[1]}"
    if part:
        brief = f"utter_again_part/{part}" if f"utter_again_part/{part}" in answers() else f"utter_part/{part}"
    if (part and is_unset(part)) or missing_facts(brief, practice().facts()):
        brief = "utter_unset_again"
    answers_more = brief == "utter_unset_again" or bool(answers()[brief].facts)
    said_all = turn.has_said(brief) and (turn.repeats or not answers_more)
    turn.say("utter_repeated" if said_all else brief, topic=topic)


def forget(turn: Turn) -> None:
    """Says how a conversation is forgotten: on the web by the client, elsewhere by Jessica."""
    if turn.channel == "web":
        turn.say("utter_forget/web", topic="faq/privacy")
    else:
        turn.say("utter_forget/elsewhere", topic="faq/privacy")
        turn.offer_pass_on("faq/privacy", turn.text, tell=True)


def go(turn: Turn, topic: str) -> None:
    """Answers whatever a topic stands for."""
    family = topic.split("/")[0]
    if family == "faq":
        answer(turn, topic)
    elif family == "complaint":
        advice.hear(turn, topic)
    elif topic == "appointment/book" or topic == "appointment_book":
        appointments.start(turn)
    elif family.startswith("appointment"):
        afterwards.about(turn, topic.removeprefix("appointment").strip("/_"))
    elif family == "person":
        # Tapped in Messenger's menu it is about no answer.
        beside = turn.intent == "choose" and any('"person"' in offer["payload"] for offer in turn.get("offers") or ())
        person.ask_her(turn) if beside else person.wanted(turn)
    elif family == "smalltalk":
        person.small_talk(turn, topic)
    else:
        person.decline(turn)


class ActionSeveral(TurnAction):
    """Answers two or three things in the order asked; what an appointment or a complaint asks back comes last."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_several"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        complaint = unset = other = None
        for topic in turn.reading["topics"]:
            if topic.startswith("faq/"):
                if not turn.answer(topic):
                    unset = topic
                turn.set(topic=topic, answered=topic)
            elif topic.startswith("complaint/"):
                advice.tell(turn, topic)
                complaint = topic
            else:
                other = topic
                if topic.startswith("appointment_") and topic != turn.reading["topics"][-1] and not turn.in_form:
                    # Its first line; other answers follow before the dialogue about it goes on.
                    shown = "booking" if topic == "appointment_book" else public(topic)
                    turn.say(f"utter_appointment_first/{topic.removeprefix('appointment_')}", topic=shown)
        if other:
            go(turn, other)
        elif complaint and not turn.in_form:
            advice.go_on(turn)
        elif unset:
            turn.offer_pass_on(unset, turn.text)


class ActionClarify(TurnAction):
    """Asks which of the likely topics was meant."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_clarify"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        if appointments.is_dictated(turn):
            appointments.start(turn)
            return
        likely = turn.reading["likely"][:TITLES_MOST]
        buttons = [choice(title(topic), public(topic)) for topic in likely]
        turn.say("utter_clarify", topic="clarify", buttons=buttons)
        turn.ask("clarify", question=turn.text)


def public(topic: str) -> str:
    """The topic's name outside: `appointment/cancel` for the plain intent `appointment_cancel`."""
    return topic.replace("appointment_", "appointment/")


def title(topic: str) -> str:
    """The topic in words a client would use."""
    return TITLES.get(public(topic)) or topic.split("/")[-1].replace("_", " ").capitalize()


TITLES = {
    "faq/prevention": "Preventing injuries",
    "faq/race_timing": "Before/after a race",
    "faq/marathon_training": "Marathon training",
    "faq/stretching_foam_rolling": "Stretching & rolling",
    "faq/frequency": "How often to come",
    "faq/recovery": "Recovery",
    "faq/massage_types": "Kinds of massage",
    "faq/sports_massage": "Sports massage",
    "faq/deep_tissue": "Deep tissue",
    "faq/myofascial_release": "Myofascial release",
    "faq/what_to_wear": "What to wear",
    "faq/session_length": "Session length",
    "faq/overuse_injuries": "Overuse injuries",
    "faq/muscle_imbalance": "Muscle imbalance",
    "faq/hills": "Running hills",
    "faq/running_through_pain": "Running with pain",
    "faq/it_band_stretching": "Stretching IT band",
    "faq/sitting": "Sitting a lot",
    "faq/self_care": "Self-care at home",
    "faq/hydration": "Drinking water",
    "faq/shoes": "Shoes",
    "faq/therapist": "About Jessica",
    "faq/who_its_for": "Who it's for",
    "faq/location": "Where it is",
    "faq/hours": "Opening hours",
    "faq/price": "Prices",
    "faq/payment": "How to pay",
    "faq/gift_cards": "Gift cards",
    "faq/first_visit": "My first visit",
    "faq/pressure_and_pain": "Does it hurt",
    "faq/soreness_after": "Sore afterwards",
    "faq/running_after_massage": "Running & massage",
    "faq/cancellation_policy": "Cancellation policy",
    "faq/arriving": "Arriving",
    "faq/health_conditions": "Health conditions",
    "faq/minors": "Under 18",
    "faq/services_not_offered": "Other treatments",
    "faq/about_bot": "About this chat",
    "complaint/calves": "Calves",
    "complaint/achilles": "Achilles",
    "complaint/it_band": "IT band",
    "complaint/plantar_fasciitis": "Foot or heel",
    "complaint/shin_splints": "Shins",
    "complaint/back": "Back",
    "complaint/general_soreness": "Sore all over",
    "appointment/book": "Book a session",
    "appointment/reschedule": "Move my session",
    "appointment/cancel": "Cancel my session",
    "appointment/late": "Running late",
    "appointment/check": "My appointment",
    "person": "Ask Jessica",
}
"""Quick-reply titles, at most 20 characters; a topic that is missing here is titled by its own name."""


class ActionChoose(TurnAction):
    """A quick reply was tapped or typed."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_choose"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        topics, replies, asked = turn.values("topic"), turn.values("reply"), turn.values("to")
        if topics:
            go(turn, topics[0])
        elif replies and asked:
            heard(turn, replies[0], asked[0])
        else:
            person.decline(turn)


class ActionHeard(TurnAction):
    """An answer to what was asked outside the booking form."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_heard"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        heard(turn, turn.reading["answer"])


def heard(turn: Turn, value: str | None, to: str | None = None) -> None:
    """Hands an answer to whoever asked.

    Args:
        turn: the turn.
        value: `yes`, `no`, `unsure`, a quick reply's value, or None for prose.
        to: the question that a quick reply belongs to; None for text, which answers the open question.
    """
    asked, pending = turn.get("asked") or "", turn.get("pending") or {}
    if asked == "pass_on" and to is None and turn.in_form and leaves_offer(turn.text):
        turn.then(FORM)  # it answers what the form has asked before the offer
    elif to == "offer_booking" or (asked == "offer_booking" and to is None):
        if turn.intent != "choose" and asked == "offer_booking" and advice.weighs(turn):
            return
        if value == "yes":
            appointments.start(turn)
        else:
            turn.say("utter_not_booked", topic="recommendation")
    elif asked == appointments.RESUME and to is None:
        if value == "yes" and RESUMES.search(turn.text):
            appointments.start(turn)
        else:
            turn.say("utter_smalltalk/acknowledge", topic="smalltalk/thanks")
    elif to == "proposal":
        afterwards.proposed(turn, value)
    elif to == "booking_confirm" and not turn.get("stopped"):
        turn.say("utter_stale/confirm" if turn.in_form else "utter_stale/confirm_or_book", topic="booking")
    elif to == "screen" and asked != "screen" and _tells_late(turn, value):
        areas = list((turn.get("circumstances") or {}).get("areas") or ())
        safety.stop(turn, "doctor", f"screen_{areas[-1] if areas else 'unknown'}", areas=areas, unsure=value == "unsure")
    elif to not in (None, asked):
        turn.say("utter_stale", topic="fallback")
    elif asked == "screen":
        advice.screened(turn, value)
    elif asked.startswith("advice_"):
        advice.told(turn, asked.removeprefix("advice_"), value)
    elif asked in ("pass_on", "pass_on_contact", "person_message"):
        person.pass_on(turn, asked, pending, value)
    elif asked == "clarify" and pending.get("question") and person.ASKS_HER.fullmatch(turn.text):
        person.pass_on(turn, "pass_on", {"topic": None, "question": pending["question"]}, "yes")
    elif asked == "clarify":
        person.decline(turn, pending.get("question"))
    elif asked in ("move_when", "move_sure"):
        moves.heard(turn, asked, pending, value)
    elif asked == "booking_code":
        afterwards.coded(turn, pending, value)
    elif asked == "cancel_booking":
        afterwards.cancel(turn, pending, value)
    else:
        turn.say("utter_smalltalk/acknowledge", topic="smalltalk/thanks")


def _tells_late(turn: Turn, value: str | None) -> bool:
    """Whether a screening question's quick reply tells of a sign though other things were talked about since: a yes always,
    "not sure" while a question is still owed.
    """
    areas = (turn.get("circumstances") or {}).get("areas") or ()
    return value == "yes" or (value == "unsure" and not all(advice.asked_about(turn, area) for area in areas))
