"""The booking form, and what clients ask about appointments they have."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import advice, moves, person, safety, times
from actions.turn import FORM, RESUMED, Turn, TurnAction, reply
from legwork import questions
from legwork.advice import SESSIONS
from legwork.advice.wording import SESSION_NAMES, area_names
from legwork.answers import missing_facts
from legwork.bookings import details, mail, providers, store, when
from legwork.bookings.model import LIVE, Booking, Taken, TooLate, spoken
from legwork.bookings.providers import Outcome
from legwork.errors import NotFound
from legwork.nlu.context import CODE
from legwork.settings import practice, settings

SLOTS = ("booking_session", "booking_when", "booking_start", "booking_name", "booking_contact", "booking_confirm")
LISTENS_TO = ("answer", "appointment_book", "appointment_reschedule", "several", "choose", "complaint")
"""Intents whose message may fill the form; on any other the form steps back and a rule answers."""

CHANGES = (
    ("Session", "change_session", "booking_session"),
    ("When", "change_when", "booking_when"),
    ("Name", "change_name", "booking_name"),
    ("Contact", "change_contact", "booking_contact"),
)


def start(turn: Turn) -> None:
    """Opens the form, unless a warning sign forbids it; her own booking page is offered first where she has one."""
    heard = turn.get("circumstances") or {}
    areas = turn.values("area") or heard.get("areas") or []
    if not safety.may_book(turn, areas):
        return
    if heard.get("open") and heard["open"][0] in areas:
        # A screening question that was passed over is asked again; what was said for the booking is kept till then.
        draft = dict(turn.get("booking") or {})
        fill(turn, draft, None)
        turn.set(booking=draft, circumstances={**heard, "book": True})
        advice.ask_screen(turn)
        return
    if practice().booking.provider == "link" and not turn.in_form:
        known = turn.get("booking") or {}
        page = times.chain().link(known.get("name"), known.get("email"), known.get("phone"))
        turn.say("utter_booking_link", topic="appointment/book", link={"title": "Book online", "url": page})
    turn.set(topic="appointment/book")
    turn.then(FORM)


class ActionStartBooking(TurnAction):
    """An appointment is wished for."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_start_booking"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        start(turn)


class ValidateBookingForm(Action):
    """Takes everything that the message says into the form, in whatever order it comes."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return f"validate_{FORM}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """(see parent class for full docstring)"""
        turn = Turn(dispatcher, tracker)
        if turn.get("asked") == RESUMED:
            return [SlotSet("asked", None)]  # this message was answered already; only the open question is due
        asked_aside = turn.in_form and not (turn.get("asked") or "booking_").startswith("booking_")
        if turn.intent not in LISTENS_TO or asked_aside or (turn.in_form and turn.intent == "complaint"):
            return []
        if (turn.values("to") or ["booking_"])[0].split("_")[0] != "booking" and turn.in_form:
            return []
        asked = tracker.get_slot("requested_slot") if turn.in_form else None
        draft = dict(turn.get("booking") or {})
        fill(turn, draft, asked)
        await times.look(turn, draft)
        turn.note()
        slots = {
            "booking": draft,
            "booking_session": draft.get("session_said"),
            "booking_when": draft.get("when_said"),
            "booking_start": times.slot(draft),
            "booking_name": draft.get("name"),
            "booking_contact": str(details.Contact(draft.get("email"), draft.get("phone")))
            if draft.get("email") or draft.get("phone")
            else None,
            "booking_confirm": draft.get("confirmed"),
            "notes": turn.get("notes"),
        }
        return [SlotSet(name, value) for name, value in slots.items()]


def fill(turn: Turn, draft: dict[str, Any], asked: str | None) -> None:
    """Reads the message into the draft; `asked` is the form's open question."""
    text = turn.text
    value = (turn.values("reply") or [turn.reading["answer"]])[0]
    if kind := details.must_not_be_kept(text):
        turn.say(f"utter_never_kept/{kind}", topic="booking")
        return
    changed = next((slot for _, name, slot in CHANGES if value == name), None)
    if changed:
        forget(draft, changed)
        return
    draft.pop("unclear", None)
    before = {k: draft.get(k) for k in ("session_said", "when_said", "name", "email", "phone")}
    take_session(turn, draft, asked)
    if asked == times.SLOT and times.take(turn, draft, value):
        take_person(turn, draft, asked)
    elif turn.intent != "choose" and not corrects(turn, draft, asked, before):
        take_when(turn, draft, asked)
        take_person(turn, draft, asked)
    if asked == "booking_confirm":
        changing = draft.pop("changing", False)
        corrected = any(draft.get(k) != v for k, v in before.items())
        sends = value == "yes" and (not changing or turn.intent == "choose" or "send" in text.lower())
        if corrected:
            draft.pop("confirmed", None)
        elif sends:
            draft["confirmed"] = True
        elif not (changing and value == "no"):
            # "No" to "what shall I change?" means nothing: it is read back again.
            draft["unsure_what"] = True


def forget(draft: dict[str, Any], slot: str) -> None:
    """Empties one part of the draft, so that it is asked again."""
    if slot == "booking_when":
        times.drop(draft)
    for key in {
        "booking_session": ("session", "minutes", "session_said"),
        "booking_when": ("windows", "when_said", "when_asked"),
        "booking_name": ("name",),
        "booking_contact": ("email", "phone"),
    }[slot]:
        draft.pop(key, None)


def take_session(turn: Turn, draft: dict[str, Any], asked: str | None) -> None:
    """Session type, minutes and areas: from the message, the recommendation, or Jessica's choice."""
    named = [s for s in turn.values("session") if s in SESSIONS]
    minutes = [int(m) for m in turn.values("minutes")]
    areas = turn.values("area")
    heard = turn.get("circumstances") or {}
    told = None if heard.get("booked") else heard.get("areas")
    suggested = turn.get("recommendation") or ({"session": None, "minutes": None, "areas": told} if told else {})
    if named or minutes or areas:
        draft["session"] = (named or [draft.get("session") or suggested.get("session")])[0]
        draft["minutes"] = (minutes or [draft.get("minutes") or suggested.get("minutes")])[0]
        draft["areas"] = areas or draft.get("areas") or suggested.get("areas") or []
    elif suggested and not draft.get("session_said"):
        draft.update(session=suggested["session"], minutes=suggested["minutes"], areas=suggested["areas"])
    elif asked == "booking_session" and turn.intent in ("answer", "choose"):
        draft.update(session=None, minutes=None, areas=[], open=True)
    else:
        return
    draft["session_said"] = say_session(draft)


def say_session(draft: dict[str, Any]) -> str:
    """`60 minutes of myofascial release for your calves`; what is open is Jessica's to set."""
    name = SESSION_NAMES.get(draft.get("session") or "", "a session")
    length = f"{draft['minutes']} minutes of {name}" if draft.get("minutes") and draft.get("session") else name
    if draft.get("minutes") and not draft.get("session"):
        length = f"{draft['minutes']} minutes"
    areas = draft.get("areas")
    return f"{length} for {area_names(areas, None)}" if areas else length


def take_when(turn: Turn, draft: dict[str, Any], asked: str | None) -> None:
    """The wished times; what can't be taken is said with its reason, once it was meant as a time."""
    if asked in ("booking_name", "booking_contact"):
        return  # a name may hold a May and a phone number a 4:30
    now = settings().now().astimezone(practice().zone)
    reading = when.read(turn.text, now, before=heard_before(draft))
    if reading.kind == "windows":
        draft["windows"] = [[start.isoformat(), end.isoformat()] for start, end in reading.windows]
        draft["when_said"] = reading.said
        draft.pop("when_asked", None)
    elif reading.reason != "nothing" and (asked in ("booking_when", times.SLOT) or not draft.get("when_said")):
        draft["when_asked"] = {"kind": reading.kind, "reason": reading.reason, "said": reading.said}
        turn.say(f"utter_when/{reading.reason}", topic="booking")
        draft["unclear"] = "booking_when"
    elif asked == "booking_when" and (turn.values("area") or turn.values("session") or turn.values("minutes")):
        turn.say("utter_changed", topic="booking", what=draft["session_said"])
    elif asked == "booking_when" and turn.intent == "answer":
        turn.say("utter_when/nothing", topic="booking")
        draft["unclear"] = asked


CORRECTING = {
    "actually",
    "wait",
    "oh",
    "sorry",
    "mean",
    "make",
    "it",
    "can",
    "could",
    "we",
    "do",
    "week",
    "instead",
    "then",
    "rather",
    "works",
}
"""Words around a corrected time, beside those that are no names."""


def corrects(turn: Turn, draft: dict[str, Any], asked: str | None, before: dict[str, Any]) -> bool:
    """Whether something said earlier was corrected instead of answering ("actually wednesday"); it is taken and said then."""
    leads = re.match(r"(?:no|actually|wait|oh|sorry|i mean)\b", turn.text, re.IGNORECASE)
    if leads and asked in ("booking_name", "booking_contact") and before["session_said"] != draft.get("session_said"):
        turn.say("utter_changed", topic="booking", what=draft["session_said"])
        return True
    words = [word.strip(".,!?") for word in turn.text.lower().split()]
    only_time = all(word in details.NO_NAMES | CORRECTING or any(c.isdigit() for c in word) for word in words)
    if asked not in ("booking_name", "booking_contact") or not only_time or details.read_contact(turn.text):
        return False
    was = draft.get("when_said")
    take_when(turn, draft, None)
    if draft.get("when_said") == was:
        return False
    turn.say("utter_changed", topic="booking", what=draft["when_said"])
    return True


def heard_before(draft: dict[str, Any]) -> when.Reading | None:
    """What the client said of the time so far, which a correction or an answer leans on."""
    if draft.get("when_asked"):
        return when.Reading(**draft["when_asked"])
    if draft.get("windows"):
        windows = tuple((dt.datetime.fromisoformat(a), dt.datetime.fromisoformat(b)) for a, b in draft["windows"])
        return when.Reading("windows", windows, said=draft["when_said"])
    return None


def take_person(turn: Turn, draft: dict[str, Any], asked: str | None) -> None:
    """Name and contact."""
    contact = details.read_contact(turn.text)
    if contact:
        draft.update(email=contact.email or draft.get("email"), phone=contact.phone or draft.get("phone"))
    elif asked == "booking_contact" and turn.intent == "answer":
        name = details.read_name(turn.text, asked=False) if "name" in turn.text.lower() else None
        if name:
            draft["name"] = name
            turn.say("utter_changed", topic="booking", what=name)
            return
        turn.say("utter_contact_unclear", topic="booking")
        draft["unclear"] = asked
    if asked in (None, "booking_name", "booking_confirm") or not draft.get("name"):
        name = details.read_name(turn.text, asked=asked == "booking_name" and turn.intent == "answer")
        if name:
            draft["name"] = name
        elif asked == "booking_name" and not contact:
            turn.say("utter_name_unclear", topic="booking")
            draft["unclear"] = asked


class _Ask(TurnAction):
    """Asks for one part of the form."""

    slot: str

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return f"action_ask_{FORM}_{self.slot}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """(see parent class for full docstring)"""
        turn = Turn(dispatcher, tracker)
        draft = dict(turn.get("booking") or {})
        if draft.pop("unclear", None) == self.slot:
            turn.set(booking=draft)  # what was wrong with the answer was just said; the question stands
        else:
            self.act(turn)
        turn.ask(self.slot)
        return turn.finish()


class AskSession(_Ask):
    """Which session: areas, a type, or Jessica's choice."""

    slot = "booking_session"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        turn.say("utter_ask_booking_session", topic="booking", buttons=[reply("Let Jessica choose", "open", "booking_session")])


class AskWhen(_Ask):
    """When, in the client's own words."""

    slot = "booking_when"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        turn.say("utter_ask_booking_when", topic="booking")


class AskStart(_Ask):
    """Which of the open times."""

    slot = times.SLOT

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        times.ask(turn, turn.get("booking"))


class AskName(_Ask):
    """The client's name."""

    slot = "booking_name"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        turn.say("utter_ask_booking_name", topic="booking")


class AskContact(_Ask):
    """One way to reach the client."""

    slot = "booking_contact"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        turn.say("utter_ask_booking_contact", topic="booking")


class AskConfirm(_Ask):
    """Reads everything back, with a way to change each part."""

    slot = "booking_confirm"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        draft = dict(turn.get("booking") or {})
        if draft.pop("unsure_what", None):
            draft["changing"] = True
            turn.say(
                "utter_what_to_change",
                topic="booking",
                buttons=[reply(title, name, "booking_confirm") for title, name, _ in CHANGES],
            )
            turn.set(booking=draft)
            return
        contact = turn.get("booking_contact")
        said = {
            "session": turn.get("booking_session"),
            "wish": turn.get("booking_when"),
            "name": draft["name"],
            "contact": contact,
        }
        rows = [
            {"label": label, "value": str(value), "payload": reply(label, change, "booking_confirm")["payload"]}
            for (label, change, _), value in zip(CHANGES, said.values())
        ]
        extra = {"card": {"kind": "read_back", "rows": rows}} if turn.channel == "web" else {}
        start = bool(draft.get("start"))
        turn.say(
            "utter_ask_booking_confirm/start" if start else "utter_ask_booking_confirm",
            topic="booking",
            buttons=[
                reply("Yes, book it" if start else "Yes, send it", "yes", "booking_confirm"),
                reply("Change something", "no", "booking_confirm"),
            ],
            **said,
            **extra,
        )


class ActionBook(TurnAction):
    """Books the time that was taken, or stores the wish for Jessica, and says what happens next."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_book"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """(see parent class for full docstring)"""
        turn = Turn(dispatcher, tracker)
        draft = dict(turn.get("booking") or {})
        # A sign may have been heard after the form was opened.
        if not safety.may_book(turn, draft.get("areas") or []):
            self.act(turn)
            return turn.finish()
        start = dt.datetime.fromisoformat(draft["start"]) if draft.get("start") else None
        try:
            outcome = await times.chain().book(request(turn, draft), start)
        except Taken:
            # Somebody else was faster: others are offered, and everything else that was said stands.
            turn.say("utter_time_gone", topic="booking", wish=draft["when_said"])
            times.drop(draft)
            draft.pop("confirmed", None)
            await times.look(turn, draft)
            turn.set(booking=draft, booking_start=times.slot(draft), booking_confirm=None, asked=RESUMED)
            turn.then(FORM)
        else:
            say_booked(turn, outcome, start)
            self.act(turn)
        return turn.finish()

    def act(self, turn: Turn) -> None:
        """Forgets the draft but for who it is for, which is not asked again in this conversation."""
        draft = turn.get("booking") or {}
        person = {name: draft[name] for name in ("name", "phone", "email") if draft.get(name)}
        turn.set(
            booking=person,
            circumstances={**(turn.get("circumstances") or {}), "booked": True},
            recommendation=None,
            **dict.fromkeys(SLOTS),
        )


def request(turn: Turn, draft: dict[str, Any]) -> providers.Request:
    """The draft as the ways of booking take it."""
    return providers.Request(
        conversation=turn.conversation,
        channel=turn.channel,
        session=draft.get("session"),
        minutes=draft.get("minutes"),
        areas=draft.get("areas") or [],
        windows=times.wished(draft),
        wish=draft["when_said"],
        name=draft["name"],
        phone=draft.get("phone"),
        email=draft.get("email"),
        notes=turn.get("notes") or [],
        reasons=(turn.get("recommendation") or {}).get("reasons") or [],
    )


def say_booked(turn: Turn, outcome: Outcome, start: dt.datetime | None) -> None:
    """What became of the request, and what happens next."""
    made = outcome.booking
    if outcome.kind == "confirmed":
        wish = made.said if made.start else spoken(start, made.timezone) if start else made.said
        turn.say("utter_booked/confirmed", topic="booking", wish=wish, code=made.id)
        if made.email and (mail.is_on() or made.reference):
            turn.say("utter_booked/invitation", topic="booking", email=made.email)
        return
    if start is not None:
        turn.say("utter_booked/not_at_once", topic="booking")
    soon = "utter_booked/soon" if not missing_facts("utter_booked/soon", practice().facts()) else "utter_booked"
    turn.say(soon, topic="booking", wish=made.said, code=made.id)
    if outcome.url:
        turn.say("utter_booked/link", topic="booking", link={"title": "Book online", "url": outcome.url})


class ActionStopBooking(TurnAction):
    """The client doesn't want to go on."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_stop_booking"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        turn.say("utter_booking_stopped", topic="booking" if turn.in_form else "fallback")
        turn.set(booking=None, **dict.fromkeys(SLOTS))
        turn.events += [ActiveLoop(None), SlotSet("requested_slot", None)]
        turn.then("action_listen")


class ActionAppointment(TurnAction):
    """Moving, cancelling, running late, or asking when."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_appointment"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        about(turn, turn.intent.removeprefix("appointment_"))


def mine(turn: Turn) -> list[Booking]:
    """The live bookings of this conversation, and the one whose code the client has written."""
    found = store.open_for(turn.conversation)
    if code := CODE.search(turn.text):
        with suppress(NotFound):
            turn.set(known_booking=store.find(code[0]).id)
    known = turn.get("known_booking")
    if known and known not in [booking.id for booking in found]:
        with suppress(NotFound):
            found += [booking for booking in [store.find(known)] if booking.status in LIVE]
    return found


def about(turn: Turn, what: str) -> None:
    """Answers from the client's own booking; without one its code is asked for, or Jessica is told what the client wants."""
    topic = f"appointment/{what}"
    turn.set(topic=topic)
    bookings = mine(turn)
    if not bookings:
        ask_code(turn, what, turn.text)
        return
    latest = bookings[-1]
    if what == "reschedule":
        moves.start(turn, latest)
        return
    if what == "late":
        # It is of no use later: it goes to Jessica at once.
        questions.ask(turn.conversation, turn.channel, topic, turn.text, latest.phone or latest.email)
    settled = "appointment" if latest.agreed and what in ("check", "cancel") else "booking"
    turn.say(f"utter_my_{settled}/{what}", topic=topic, wish=latest.said, code=latest.id)
    if what == "late" and practice().late_policy:
        turn.say("utter_my_booking/late_policy", topic=topic)
    if what == "cancel":
        if latest.agreed and practice().cancellation_policy:
            turn.say("utter_my_appointment/cancel_policy", topic=topic)
        turn.say(
            "utter_cancel_sure",
            topic=topic,
            buttons=[reply("Yes, cancel it", "yes", "cancel_booking"), reply("Keep it", "no", "cancel_booking")],
        )
        turn.ask("cancel_booking", booking=latest.id)


MOST_CODES = 3
"""Codes that may be wrong in a row before Jessica is told instead."""


def ask_code(turn: Turn, what: str, question: str, tried: int = 0) -> None:
    """Asks for the code of a booking made elsewhere; who has none can have Jessica told."""
    topic = f"appointment/{what}"
    turn.say("utter_code_unknown" if CODE.search(turn.text) else f"utter_no_booking/{what}", topic=topic)
    if tried >= MOST_CODES:
        turn.offer_pass_on(topic, question, tell=what != "check")
        return
    turn.say(
        "utter_ask_code",
        topic=topic,
        buttons=[
            reply("Ask Jessica" if what == "check" else "Tell Jessica", "yes", "booking_code"),
            reply("No thanks", "no", "booking_code"),
        ],
    )
    turn.ask("booking_code", what=what, question=question, tried=tried + 1)


def coded(turn: Turn, pending: dict[str, Any], value: str | None) -> None:
    """An answer to the question for a code."""
    if CODE.search(turn.text):
        if mine(turn):
            about(turn, pending["what"])
        else:
            ask_code(turn, pending["what"], pending["question"], pending["tried"])
        return
    person.pass_on(turn, "pass_on", {"topic": f"appointment/{pending['what']}", "question": pending["question"]}, value)


def cancel(turn: Turn, pending: dict[str, Any], value: str | None) -> None:
    """Cancels the booking once the client said yes."""
    if value != "yes":
        turn.say("utter_kept", topic="appointment/cancel")
        return
    # Canceled meanwhile by Jessica is canceled all the same.
    with suppress(TooLate):
        store.cancel(pending["booking"], who="client")
    turn.say("utter_cancelled", topic="appointment/cancel")


def proposed(turn: Turn, value: str | None) -> None:
    """Takes or refuses the time that Jessica proposed; one that lapsed meanwhile is said to be gone."""
    open_ones = [booking for booking in store.open_for(turn.conversation) if booking.status == "proposed"]
    said = "gone"
    with suppress(TooLate, Taken):
        if open_ones and value == "yes":
            store.confirm(open_ones[-1].id, who="client")
            said = "taken"
        elif open_ones:
            store.refuse(open_ones[-1].id)
            said = "refused"
    turn.say(f"utter_proposal/{said}", topic="booking")
