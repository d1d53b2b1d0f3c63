"""What Jessica's mails and pages say of bookings and questions, and what clients hear of her decisions."""

from __future__ import annotations

import json
from typing import Any

from legwork import links
from legwork.answers import answers, fill
from legwork.bookings import details
from legwork.bookings.model import Booking, named, spoken
from legwork.desk.letters import Letter
from legwork.practice import SessionType
from legwork.questions import Question
from legwork.settings import practice

CHANNELS = {"web": "the chat on your website", "sms": "text message", "whatsapp": "WhatsApp", "messenger": "Messenger"}

NOTES = {
    # What the screen heard, in words for her eyes: a sign and no diagnosis.
    "heart_or_lung": "Wrote of chest pain, trouble breathing, coughing blood or fainting.",
    "stroke": "Wrote of a face, arm or speech that suddenly failed.",
    "heat_stroke": "Wrote of being overheated and confused or faint.",
    "hyponatraemia": "Wrote of drinking very much water, and of confusion or vomiting.",
    "cauda_equina": "Wrote of numbness between the legs, or lost control of bladder or bowels.",
    "acute_compartment": "Wrote of a leg that was hard, unbearable or numb after a blow.",
    "self_harm": "Wrote of not wanting to live, or of hurting themselves.",
    "abuse": "Wrote of violence.",
    "allergic_reaction": "Wrote of an allergic reaction with swelling or trouble breathing.",
    "head_injury": "Wrote of a knock to the head with vomiting, confusion or a blackout.",
    "collapse": "Wrote of a collapse, a seizure or heavy bleeding.",
    "solicitation": "Wrote a message that was refused as a solicitation.",
    "dvt": "Wrote of a swollen, warm, red or throbbing leg.",
    "rhabdo": "Wrote of dark urine or swollen muscles after hard effort.",
    "exertional_compartment": "Wrote of a leg that goes tight or numb at the same point of each run.",
    "stress_fracture": "Wrote of pain on one spot of bone, at night or on hopping.",
    "femoral_neck": "Wrote of pain deep in the groin or hip.",
    "rupture": "Wrote of a pop or tear.",
    "cannot_bear_weight": "Wrote of a joint or leg that won't carry, locks or swells up.",
    "infection": "Wrote of spreading redness, pus, or fever with a hot joint.",
    "nerve": "Wrote of numbness, tingling or weakness.",
    "tumour": "Wrote of a lump, night sweats, weight loss, or cancer with new pain.",
    "heart_condition": "Wrote of a heart or blood pressure condition.",
    "red_s": "Wrote of missed periods or trouble with eating.",
    "fresh_surgery": "Wrote of surgery or a fracture in the last weeks.",
    "concussion": "Wrote of a knock to the head.",
    "contagious": "Wrote of being ill.",
    "skin": "Has skin that is broken, burned or irritated.",
    "blood_thinners": "Bleeds or bruises easily, or takes blood thinners: no deep tissue or cupping.",
    "pregnancy_told": "Is pregnant: was asked to check with the doctor or midwife; no cupping, no work on the belly.",
    "pregnancy_other": "Asked for somebody who is pregnant: please ask whether she is the one who comes; no cupping, no work on the belly.",
    "cancer": "Has or had cancer: deep pressure only with the oncologist's approval.",
    "recent_surgery": "Had surgery, a fracture or an injection lately.",
    "adapt_conditions": "Has a condition that may change the session; please ask.",
    "minor_told": "Is under 18: a parent's or guardian's written consent is needed, and they need to be there.",
    "past_clot": "Told of a clot, or of a swollen, warm or red leg, that is over or was looked at: was asked to check with the doctor.",
    "past_sign": "Told of something serious that is over; please ask.",
    "allergy": "Has an allergy or sensitivity; please ask before using anything on the skin.",
    # What became of it.
    "calcom_unsure": "Cal.com did not answer in time and may have made this appointment too; please look there.",
    "calcom_overlap": "Cal.com made this appointment, and it overlaps another one of yours; please look there.",
    "cleared": "Says that a doctor has cleared it.",
    "stopped": "Told of a warning sign in this conversation and was sent to a doctor for it; please ask about it before the massage:",
    "screen_unasked": "Wasn't asked about warning signs; please ask before the massage.",
    "screen_unanswered": "Left the questions about warning signs unanswered; please ask them before the massage.",
}
FOOT = "Each button opens a page and changes nothing by itself. It works for seven days and once."


def phone(number: str | None) -> str:
    """An E.164 number as people write it."""
    return details.spoken_phone(number) or ""


def contact(booking: Booking) -> str:
    """How the client is reached."""
    return str(details.Contact(booking.email, booking.phone)) or "none left; your answer goes into the conversation"


def session(booking: Booking) -> str:
    """The session as it was wished: "60 minutes, myofascial release"."""
    kind = SessionType(booking.session).title if booking.session else ""
    length = f"{booking.minutes} minutes" if booking.minutes else ""
    return ", ".join(filter(None, (length, kind))) or "yours to choose"


def note_in_words(code: str) -> str:
    """What Jessica reads for a note's code."""
    if code.startswith("screen_") and code not in NOTES:
        return f"Answered yes or not sure to a question about warning signs ({code.removeprefix('screen_').replace('_', ' ')})."
    return NOTES[code]


STATUSES = {
    "requested": "waits for you",
    "held": "held for the client, who is confirming it",
    "proposed": "your proposal waits for the client's word",
    "confirmed": "agreed",
    "moved": "agreed, at another time than first",
}


def status(booking: Booking) -> str:
    """How it stands, for Jessica's eyes."""
    return STATUSES.get(booking.status, named(booking.status))


def rows(booking: Booking) -> list[tuple[str, str]]:
    """The facts of a booking, for Jessica's eyes."""
    notes = [note_in_words(note) for note in booking.notes]
    return [
        ("Name", booking.name),
        ("Contact", contact(booking)),
        ("Appointment" if booking.agreed else "Wished", booking.said),
        ("Wished now", booking.wish or "" if booking.moves_wished else ""),
        ("Session", session(booking)),
        ("Areas", ", ".join(area.replace("_", " ") for area in booking.areas)),
        ("Why", " ".join(booking.reasons)),
        ("Please note", " ".join(notes)),
        ("Came by", CHANNELS.get(booking.channel, booking.channel)),
        ("Code", booking.id),
    ]


def to_jessica(booking: Booking, what: str, was: str | None, before: str | None) -> Letter | None:
    """The mail that tells Jessica of a change; None for what needs none.

    Args:
        booking: as it is now.
        what: the change.
        was: the status before.
        before: the time before, in words.
    """
    said = {
        "requested": (f"Request: {booking.name}, {booking.said}", f"{booking.name} would like an appointment."),
        "wished": (f"Another time? {booking.name}", f"{booking.name} would like another time: {booking.wish}."),
        "refused": (f"Doesn't suit: {booking.name}", f"The time you proposed ({before}) doesn't suit {booking.name}."),
        "confirmed": (f"Appointment: {booking.name}, {booking.said}", f"It's agreed: {booking.name} comes {booking.said}."),
        "moved": (f"Moved: {booking.name}, {booking.said}", f"{booking.name} now comes {booking.said}, no longer {before}."),
        "cancelled": (f"Canceled: {booking.name}, {before}", f"{booking.name} has canceled ({before})."),
    }.get(what)
    if said is None:
        return None
    subject, sentence = said
    paragraphs = [sentence]
    if booking.reference and what != "requested":
        paragraphs.append("It was made in Cal.com; what you change here must be changed there too.")
    buttons = []
    if what != "cancelled":
        address = links.make("booking", booking.id)
        if not booking.agreed:
            titles = {"Confirm": "", "Propose another time": "#propose", "Decline": "#decline"}
        else:
            titles = {"Move it": "#move", "Cancel it": "#cancel"} if what == "wished" else {"Move, cancel or close it": ""}
        buttons = [(title, address + anchor) for title, anchor in titles.items()]
    return Letter(subject, paragraphs, rows(booking), buttons, FOOT if buttons else "")


def topic(question: Question) -> str:
    """What a question is about, for Jessica's eyes: "first visit", "appointment: late"."""
    return (question.topic or "").removeprefix("faq/").removeprefix("complaint/").replace("/", ": ").replace("_", " ")


def question_to_jessica(question: Question) -> Letter:
    """The mail that brings Jessica a question."""
    about = f" about {topic(question)}" if question.topic else ""
    facts = [
        ("Topic", topic(question)),
        ("Contact", question.contact or "none left; your answer goes into the conversation"),
        ("Came by", CHANNELS.get(question.channel, question.channel)),
    ]
    buttons = [("Answer", links.make("question", question.id))]
    subject = "A client writes to you" if question.topic == "person" else f"A client asks{about}"
    return Letter(subject, ["A client's message for you:", f"“{question.text}”"], facts, buttons, FOOT)


def to_client(name: str, booking: Booking, before: str | None, **more: str) -> dict[str, Any]:
    """What the client hears of a change in the conversation, as the protocol's message.

    Args:
        name: of the response `utter_desk/…`.
        booking: as it is now.
        before: the time before, in words.
        more: further placeholders.
    """
    values = {"when": booking.said, "minutes": booking.minutes, "code": booking.id, "before": before or "", **more}
    text = fill(_variant(f"utter_desk/{name}", booking.channel), values)
    return {"topic": "booking", "text": text, "quick_replies": PROPOSAL if name == "proposed" else []}


PROPOSAL = [
    {"title": title, "payload": "/choose" + json.dumps({"reply": reply, "to": "proposal"})}
    for title, reply in (("Yes, book it", "yes"), ("No, another time", "no"))
]
"""Quick replies below a proposed time."""


def letter_to_client(body: dict[str, Any], booking: Booking, subject: str, *, buttons: bool = False) -> Letter:
    """The same by mail."""
    owner = practice()
    known = [
        ("Where", owner.address or ""),
        ("Parking", owner.parking or ""),
        ("If you can't come", owner.cancellation_policy or ""),
    ]
    choose = [("Yes or no", links.make("proposal", booking.id))] if buttons else []
    reach = " or ".join(filter(None, (owner.phone, owner.email)))
    foot = f"{owner.name}. {f'You reach her at {reach}.' if reach else ''} Your code is {booking.id}."
    return Letter(
        subject, [f"Hello {booking.name},", body["text"]], known if booking.agreed else (), choose, " ".join(foot.split())
    )


def answer_to_client(question: Question) -> Letter:
    """Jessica's answer by mail."""
    owner = practice()
    asked = [("You asked", question.text)]
    return Letter(f"{owner.first_name} answers your question", [question.answer or ""], asked, (), owner.name)


def until(moment: Any, zone: str) -> str:
    """When a proposed time is free again, in words."""
    return spoken(moment, zone)


def _variant(name: str, channel: str) -> str:
    variants = answers()[name].variants
    phones = channel in ("sms", "whatsapp")
    chosen = next((v for v in variants if phones and v.get("channel") == "sms"), None) or next(
        v for v in variants if "channel" not in v
    )
    return chosen["text"].strip()
