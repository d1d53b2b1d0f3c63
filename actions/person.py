"""Jessica herself: messages and questions passed on to her, and what else arrives in an inbox."""

from __future__ import annotations

import re
from typing import Any

from actions import appointments, draft
from actions.turn import Turn, TurnAction, reply, soon
from legwork import questions
from legwork.answers import answers
from legwork.bookings import details
from legwork.nlu import context
from legwork.settings import practice

HERE = re.compile(r"\b(?:here|chat|thanks|thank you|thx|ty|bye|goodbye)\b", re.IGNORECASE)
"""No contact, and no wish to give one: the answer comes into the chat."""

BARE = re.compile(
    r"\W*(?:(?:y|yes|yeah|yep|yup|sure|ok|okay|n|no|nope|nah|please|do|go ahead|thanks?|thank you|nothing|not (?:now|really))\b\W*)+",
    re.IGNORECASE,
)
"""Yes or no and no more: whatever is longer is the message itself ("please tell her …", "no need to call me")."""

MOST_WORDS = 8
"""Words of a message that is a contact; a longer one says something else too."""

ASKS_HER = re.compile(
    r"\W*(?:(?:y|yes|yeah|yep|ok|okay|sure|then|please|pls|just|(?:can|could|would) (?:you|u)|do|i['’]?d like (?:you )?to)\W+)*"
    r"(?:ask|(?:pass|send|forward) (?:it|that|this)(?: on)?(?: to)?) (?:jessica|jess|her)(?:\W+(?:that|it|this|for me|please|then|thanks?))*\W*",
    re.IGNORECASE,
)
"""A wish to have her asked, which doesn't say what."""

CALL_BACK = re.compile(
    r"\b(?:call|text|phone|telephone|ring|e-?mail|write|message|contact|reach|get (?:back to|in touch with)|reach out to) (?:me|us|my \w+)\b",
    re.IGNORECASE,
)
"""A wish to be called or written to, which is all that she need be told beside where."""

HER_CONTACT = {
    "phone": re.compile(r"\b(?:phone|telephone|number|cell|mobile|call|text)\b", re.IGNORECASE),
    "email": re.compile(r"\b(?:e-?mail|mail|write)\b", re.IGNORECASE),
}
"""Which way to reach her a question names."""

NAME = re.compile(
    r"\W*(?:(?:my name is|name is|it['’]?s|i['’]?m|this is)\W+)?((?-i:[A-Z])[\w'’-]*(?:\W+(?-i:[A-Z])[\w'’-]*){0,3})\W*",
    re.IGNORECASE,
)
"""Nothing but a word or two written as a name is."""

CORRECTS = re.compile(
    r"\b(?:my|the|that|wrong) (?:phone |cell |mobile |e-?mail )?(?:number|phone|cell|mobile|e-?mail|address|contact)\b.*"
    r"\b(?:wrong|ends|is|isn['’]?t|was|changed|should|not)\b|\bwrong (?:number|e-?mail|address)\b",
    re.IGNORECASE,
)
"""Puts right a contact that was given, without writing it whole."""

DECLINES = re.compile(
    r"^\W*(?:neither|none)\b|^\W*(?:no|nope|nah|naw|not?)\b\W*(?:$|(?:thanks?|thank|thx|ty|need|worries|problem|it['’]?s|that['’]?s|i['’]?m|im|i|not|don['’]?t|do|please|leave|never|just"
    r"|ok|okay|all|way|ma['’]?am|jessica|her|she|you)\b)",
    re.IGNORECASE,
)
"""A no to an offer; "no complications" tells something instead."""

SILENT = ("automatic", "tapback")
"""Messages that nobody wrote: a machine or a tap answers none."""

CALM = ("smalltalk/acknowledge", "smalltalk/thanks", "smalltalk/goodbye", "smalltalk/how_are_you")
"""Small talk after which a stop is said once more: "ok im fine" doesn't end it."""

QUIET_SMALLTALK = {
    "smalltalk/acknowledge": "smalltalk/thanks",
    "smalltalk/rude": "fallback",
    "smalltalk/wrong_number": "fallback",
    "smalltalk/frustrated": "person",
    context.DISSATISFIED: "person",
    "smalltalk/how_are_you": "smalltalk/greet",
    "smalltalk/asks_for_help": "smalltalk/greet",
    "smalltalk/compliment": "smalltalk/thanks",
}
"""Kinds of small talk that carry one of the public topic names."""


class ActionPerson(TurnAction):
    """The client wants Jessica herself."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_person"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        wanted(turn)


def wanted(turn: Turn) -> None:
    """Takes what she is to be told or asked, or where she is to call back; without any of it offers to take a message."""
    if context.TELLS_JESSICA.search(turn.text) or context.ASKS_JESSICA.search(turn.text):
        pass_on(turn, "person_message", {}, None)
    elif details.read_contact(turn.text):
        pass_on(turn, "pass_on", {"topic": "person", "question": turn.text}, "yes")
    elif ASKS_HER.fullmatch(turn.text):
        ask_her(turn)
    else:
        offer(turn)


def offer(turn: Turn) -> None:
    """Offers to take a message, with her own contact where it is known; to be called back is a message already, without a number."""
    known = [name for name in ("phone", "email") if practice().facts()[name]]
    named = [name for name in known if HER_CONTACT[name].search(turn.text)]
    if turn.get("asked") == "person_message":
        turn.say(f"utter_reach/{(named or known)[0]}" if known else "utter_reach/unset", topic="person")
        turn.say("utter_person_still", topic="person")
    else:
        turn.say("utter_person", topic="person")
        if known:
            turn.say(f"utter_reach/{(named or known)[0]}", topic="person")
    wish = None if turn.intent == "choose" else turn.text
    turn.ask("person_message", wish=wish, again=bool(CALL_BACK.search(turn.text)))
    turn.set(topic="person")


def keep_offering(turn: Turn, offered: dict[str, Any] | None) -> None:
    """Goes on with the offer to take a message after a question was answered instead."""
    leaves = turn.goes_on or turn.has_asked or turn.in_form or turn.get("stopped") or context.FORGET.search(turn.text)
    if offered is not None and turn.intent == "faq" and not leaves:
        turn.say("utter_person_still", topic="person")
        turn.ask("person_message", **offered)


def ask_her(turn: Turn) -> None:
    """Passes on the question that was just answered, for who would rather hear it from her; else asks for one."""
    topic = (turn.get("answered") or "").partition("#")[0]  # without the part of it that was answered
    if topic.startswith("faq/") and turn.earlier:
        pass_on(turn, "pass_on", {"topic": topic, "question": turn.earlier}, "yes")
    else:
        offer(turn)


def take_message(turn: Turn, pending: dict[str, Any], value: str | None) -> dict[str, Any] | None:
    """What Jessica is to be told, as a question to pass on; None where it was called off or isn't said yet."""
    value = value if BARE.fullmatch(turn.text) else None
    if value == "no" or (turn.in_form and draft.SENDS.fullmatch(turn.text)):
        turn.say("utter_passed_not", topic="person")
    elif value == "yes":
        turn.say("utter_person", topic="person")
        turn.ask("person_message")
    else:
        who = names_only(turn)
        name = who or pending.get("name")
        # Who wants to be called, or was asked twice, has no more to say than that, beside what stands unanswered.
        matters = turn.text if who is None else turn.matter or (pending.get("again") and (pending.get("wish") or turn.text))
        if matters:
            return {"question": f"{name}: {matters}" if name else matters, "topic": "person"}
        ask_message(turn, name or "", pending.get("wish"))
    return None


def pass_on(turn: Turn, asked: str, pending: dict[str, Any], value: str | None) -> None:
    """Takes the question, then a contact where the channel is none itself, and stores both for Jessica."""
    if asked == "person_message":
        message = take_message(turn, pending, value)
        if message is None:
            return
        pending, asked, value = message, "pass_on", "yes"
    topic = pending.get("topic") or "fallback"
    if asked == "pass_on" and value == "no" and turn.intent == "answer" and not DECLINES.match(turn.text):
        turn.say("utter_added", topic=topic)
        turn.offer_pass_on(pending.get("topic"), f"{pending['question']}; {turn.text}")
        return
    if asked == "pass_on" and value in ("no", "unsure"):
        turn.say("utter_passed_not" if value == "no" else "utter_passed_not/unsure", topic=topic)
        return
    here = value in ("yes", "no", "unsure") or HERE.search(turn.text)
    more = name = None
    if turn.get("asked") == asked and not says_only_yes(turn, asked):
        more = beside_contact(turn.text) if topic.startswith("appointment/") else None
        name = None if pending.get("named") else names_only(turn)
    if more:  # which appointment it is, whose, or how late
        pending = {**pending, "question": f"{pending['question']}; {more}"}
    elif name:
        pending = {**pending, "question": f"{name}: {pending['question']}"}
    given = details.read_contact(turn.text) or (details.read_contact(pending["question"]) if asked == "pass_on" else None)
    contact = given or (known_contact(turn) if asked == "pass_on" else None)
    if asked == "pass_on" and turn.channel == "web" and not contact:
        turn.say("utter_ask_contact", topic=topic, buttons=[reply("Answer me here", "no", "pass_on_contact")])
        turn.ask("pass_on_contact", **pending)
        return
    if asked == "pass_on_contact" and name and not contact:
        turn.say("utter_ask_contact", topic=topic, buttons=[reply("Answer me here", "no", "pass_on_contact")])
        turn.ask("pass_on_contact", **{**pending, "named": True})
        return
    if asked == "pass_on_contact" and not contact and not here and not pending.get("asked_twice"):
        if more:
            turn.say("utter_added", topic=topic)
        again = "utter_ask_contact" if more else "utter_ask_contact_again"
        turn.say(again, topic=topic, buttons=[reply("Answer me here", "no", "pass_on_contact")])
        turn.ask("pass_on_contact", **{**pending, "asked_twice": True})
        return
    questions.ask(turn.conversation, turn.channel, pending.get("topic"), pending["question"], str(contact) if contact else None)
    if given:
        keep(turn, given)
    if contact:
        turn.say(soon("utter_passed_on_to"), topic=topic, contact=str(contact))
    else:
        turn.say(soon("utter_passed_on_here" if turn.channel == "web" else "utter_passed_on"), topic=topic)


def says_only_yes(turn: Turn, asked: str) -> bool:
    """Whether an answer to the offer, or to the question for a contact, tells nothing that Jessica doesn't know yet."""
    bare = turn.intent == "choose" or BARE.fullmatch(turn.text) or ASKS_HER.fullmatch(turn.text)
    return bool(bare or (asked == "pass_on_contact" and HERE.search(turn.text)))


def read_name(text: str) -> str | None:
    """The name that is all of a text, where it is written like one."""
    name = NAME.fullmatch(text)
    return name[1] if name and details.read_name(text, asked=True) else None


def names_only(turn: Turn) -> str | None:
    """The name where a message holds a name or a contact and nothing to pass on, empty with a contact alone; else None."""
    contact = details.read_contact(turn.text)
    beside = beside_contact(turn.text) if contact else turn.text
    # Beside a number a name is one in small letters too.
    name = details.read_name(beside, asked=True) if contact else read_name(turn.text)
    if len(turn.text.split()) > MOST_WORDS or not (name or (contact and not beside)):
        return None
    if contact:
        keep(turn, contact)
    return name or ""


def beside_contact(text: str) -> str:
    """What a text says beside a contact and the words that only lead to one."""
    words = details.without_contact(text).split()
    return " ".join(word for word in words if word.strip(".,:;!()-").lower() not in CONTACT_WORDS)


CONTACT_WORDS = frozenset(
    [
        "my",
        "number",
        "phone",
        "cell",
        "mobile",
        "email",
        "e-mail",
        "mail",
        "address",
        "is",
        "it's",
        "its",
        "at",
        "me",
        "call",
        "text",
        "",
    ]
)
"""Words around a contact that say nothing but that it is one."""


def ask_message(turn: Turn, name: str, wish: str | None = None) -> None:
    """Asks once more what Jessica is to be told, where only who wants to tell her came; the wish for her is told if nothing else is."""
    turn.say("utter_ask_message", topic="person")
    turn.ask("person_message", name=name, wish=wish, again=True)


def takes_contact(turn: Turn) -> bool:
    """Takes a contact that comes by itself after a question was passed on, or a word that it is wrong; says whether it was such."""
    if turn.in_form or turn.get("asked"):
        return False
    contact = details.read_contact(turn.text)
    if not contact and CORRECTS.search(turn.text) and (known := questions.reached_by(turn.conversation)):
        turn.say("utter_contact_which", topic="person", contact=known)
        return True
    if turn.intent not in ("out_of_scope", "clarify", "smalltalk", "person", "faq") or not contact:
        return False
    if len(turn.text.split()) > MOST_WORDS or not questions.reach_by(turn.conversation, str(contact)):
        return False
    keep(turn, contact)
    turn.say("utter_contact_added", topic="person", contact=str(contact))
    return True


def keep(turn: Turn, contact: details.Contact) -> None:
    """Remembers a contact, so that neither the next question nor a booking asks for it again."""
    draft = dict(turn.get("booking") or {})
    draft.update({name: value for name in ("email", "phone") if (value := getattr(contact, name))})
    turn.set(booking=draft)


def known_contact(turn: Turn) -> details.Contact | None:
    """The contact that the client gave in this conversation, for a booking or another question."""
    draft = turn.get("booking") or {}
    given = details.Contact(draft.get("email"), draft.get("phone"))
    return given if given.email or given.phone else None


class ActionFallback(TurnAction):
    """Not for this desk, or not understood."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_fallback"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        if appointments.is_dictated(turn):
            appointments.start(turn)
        else:
            decline(turn)


def decline(turn: Turn, question: str | None = None) -> None:
    """Says what the desk can help with, and offers to pass the question on; a note for Jessica needs no excuse."""
    if turn.tells_jessica:
        turn.note()
        turn.say("utter_anything_else", topic="fallback")
        return
    if turn.passed_on:
        turn.say("utter_has_words", topic="fallback")
        return
    if question is None and not turn.in_form and details.read_contact(turn.text) and (name := names_only(turn)) is not None:
        ask_message(turn, name)
        return
    if turn.values("medical"):
        # What it is and what to take for it is outside her scope of practice.
        turn.say("utter_fallback_medical", topic="fallback")
    else:
        turn.say("utter_fallback_again" if turn.get("answered") == "fallback" else "utter_fallback", topic="fallback")
    turn.offer_pass_on(None, question or turn.text)
    turn.set(answered="fallback")


class ActionSmalltalk(TurnAction):
    """Greetings, thanks, and the like."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_smalltalk"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        small_talk(turn, turn.reading["topics"][0])


def small_talk(turn: Turn, topic: str) -> None:
    """Answers small talk; anger is answered calmly, the second time in fewer words.

    A greeting after a booking was broken off offers to go on with it; beside an open question there is no room for another.
    """
    if turn.in_form and topic == "smalltalk/goodbye":
        appointments.leave(turn)
        return
    brief = f"utter_brief/{topic.removeprefix('smalltalk/')}"
    if turn.in_form and brief in answers():
        turn.say(brief, topic=topic)
        return
    draft = turn.get("booking") or {}
    begun = ", ".join(filter(None, (draft.get("session_said"), draft.get("when_said"))))
    if topic == "smalltalk/greet" and begun and not (turn.in_form or turn.get("stopped")):
        turn.say(
            "utter_booking_paused",
            topic="booking",
            buttons=[reply("Go on", "yes", "offer_booking"), reply("Not now", "no", "offer_booking")],
            what=begun,
        )
        turn.ask("offer_booking")
        return
    stopped = (turn.get("stopped") or {}).get("level")
    if topic in CALM and stopped in ("emergency", "doctor"):
        turn.say(f"utter_stopped/{stopped}", topic="safety", metadata={"level": stopped})
        return
    if topic == "smalltalk/rude" and turn.get("answered") == topic:
        turn.say("utter_rude_again", topic="fallback")
        return
    if topic == context.DISSATISFIED:
        dissatisfied(turn)
        return
    turn.say(f"utter_{topic}", topic=QUIET_SMALLTALK.get(topic, topic))
    turn.set(answered=topic)


def dissatisfied(turn: Turn) -> None:
    """A complaint about a session, or a wish for the money back: a calm sentence, and once the offer to hand it to Jessica as it stands."""
    if turn.passed_on or turn.has_said("utter_smalltalk/dissatisfied") or turn.has_said("utter_dissatisfied/hurt"):
        turn.say("utter_dissatisfied/again", topic="person")
        return
    hurt = context.COMPLAINS.search(turn.text)
    turn.say("utter_dissatisfied/hurt" if hurt else "utter_smalltalk/dissatisfied", topic="person")
    turn.offer_pass_on("person", turn.text, tell=True)


class ActionInbox(TurnAction):
    """Automatic replies and tapbacks are let be; a lone emoji or another language gets a line."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_inbox"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        kind = turn.reading["answer"]
        if kind in SILENT:
            # The web shows an answer to each message; on a phone silence is right, and the channel drops it.
            turn.say("utter_inbox/silent", topic="fallback", metadata={"silent": True})
            return
        if kind == "empty":
            turn.say("utter_inbox/empty", topic="fallback")
        else:
            pass_foreign_on(turn, kind)


def pass_foreign_on(turn: Turn, language: str) -> None:
    """Passes a message in another language on; the first time it is said that only English is answered, and a contact is asked for."""
    turn.set(language=language)
    given = details.read_contact(turn.text)
    contact = given or known_contact(turn)
    alone = given and names_only(turn) == "" and questions.reach_by(turn.conversation, str(given))
    if not alone:
        questions.ask(turn.conversation, turn.channel, None, turn.text, str(contact) if contact else None)
    if given:
        keep(turn, given)
    first = not turn.has_said(f"utter_inbox/{language}")
    turn.say(f"utter_inbox/{language}" if first else f"utter_inbox_again/{language}", topic="fallback")
    if first and turn.channel == "web" and not (contact or turn.in_form):
        turn.say(f"utter_inbox_contact/{language}", topic="fallback")
