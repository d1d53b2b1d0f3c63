"""The booking form: its questions, its read-back, and what is stored at its end."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import advice, afterwards, moves, safety, times
from actions.client import beside_session, only_session, written_name
from actions.draft import CHANGES, fill, only_time, reads_time, say_session, take_when
from actions.turn import FORM, RESUMED, Turn, TurnAction, reply, soon
from legwork import links
from legwork.bookings import details, mail, providers, store
from legwork.bookings.model import Taken, spoken
from legwork.bookings.providers import Outcome
from legwork.nlu.context import ASKS_FOR_IT, ASKS_HER_DAYS, BOOK_ME, GOES_ON, asks, booked_beside, says_cleared
from legwork.settings import practice

RESUME = "resume_booking"
"""What is asked once a booking was given up: whether it is to go on after all."""

GIVEN_UP = "given_up"
"""Key of a draft that was given up, in what is kept for the next booking: until one is begun it can be taken up again."""

SLOTS = ("booking_session", "booking_when", "booking_start", "booking_name", "booking_contact", "booking_confirm")
LISTENS_TO = ("answer", "appointment_book", "appointment_reschedule", "several", "choose", "complaint")
"""Intents whose message may fill the form; on any other the form steps back and a rule answers."""


def start(turn: Turn) -> None:
    """Opens the form, unless a warning sign forbids it; her own booking page is offered first where she has one."""
    if booking := moves.meant(turn):
        moves.start(turn, booking)
        return
    heard = turn.get("circumstances") or {}
    areas = turn.values("area") or heard.get("areas") or []
    if not safety.may_book(turn, areas):
        return
    if owed := advice.owed_for(turn, areas):
        take_down(turn)
        turn.set(circumstances={**heard, "book": True})
        advice.ask_screen(turn, *owed)
        return
    if practice().booking.provider == "link" and not turn.in_form:
        known = turn.get("booking") or {}
        page = times.chain().link(known.get("name"), known.get("email"), known.get("phone"))
        turn.say("utter_booking_link", topic="appointment/book", link={"title": "Book online", "url": page})
    if turn.get("asked") == RESUME or to_resume(turn):
        take_up(turn)
    turn.set(booking={k: v for k, v in (turn.get("booking") or {}).items() if k != GIVEN_UP})
    if not (turn.get("booking") or {}).get("session_said"):
        resume_declined(turn)
    turn.set(topic="appointment/book")
    turn.then(FORM)


def take_down(turn: Turn) -> None:
    """Keeps what the message says for a booking whose form isn't open yet."""
    draft = dict(turn.get("booking") or {})
    fill(turn, draft, None)
    turn.set(booking=draft)


def adds_area(turn: Turn) -> bool:
    """Puts what hurts as well beside what is to be worked on in the booking that stands open, and says whether it was new."""
    draft = dict(turn.get("booking") or {})
    known, told = draft.get("areas") or [], (turn.get("circumstances") or {}).get("areas") or []
    new = [area for area in told if area not in known]
    if not new or draft.get("moving"):
        return False
    draft["areas"] = [*known, *new]
    draft["session_said"] = say_session(draft)
    draft.pop("confirmed", None)
    turn.set(booking=draft, booking_session=draft["session_said"], booking_confirm=None)
    return True


def take_aside(turn: Turn) -> None:
    """Keeps what is said for a booking where something else was asked, so that it is not asked again: a time, a name, a contact."""
    take_down(turn)
    draft = turn.get("booking")
    if (name := written_name(turn)) and not draft.get("name"):
        turn.set(booking={**draft, "name": name})


def take_later(turn: Turn, wish: str) -> None:
    """Keeps a wish for the time after what stands beside it is settled, and says so ("cancel Thursday, and my husband would like Monday")."""
    draft = dict(turn.get("booking") or {})
    if reads_time(wish):
        take_when(turn, draft, None, wish)
    turn.set(booking=draft)
    turn.say("utter_cancel_first", topic="appointment/cancel")


def keep_waiting(turn: Turn, waiting: bool) -> None:
    """Begins the booking that waits for a cancellation once that is settled; until then it goes on waiting."""
    begins = turn.intent == "appointment_cancel" and booked_beside(turn.text)
    if not (waiting or begins) or turn.in_form or turn.goes_on or turn.get("stopped"):
        return
    if turn.has_asked:
        turn.set(pending={**(turn.get("pending") or {}), "then_book": True})
    elif turn.intent in ("answer", "choose"):
        start(turn)


def take_up(turn: Turn) -> None:
    """Goes on with the booking that was given up."""
    begun = turn.get("booking") or {}
    draft = dict(begun.get(GIVEN_UP) or {})
    times.drop(draft)  # what was kept for it is open again
    turn.set(booking={**draft, **begun})


def to_resume(turn: Turn) -> bool:
    """Whether a message, tapped or typed, wants the booking that was given up, however it was understood."""
    given_up = GIVEN_UP in (turn.get("booking") or {}) and not turn.in_form and turn.intent != "safety"
    return given_up and (turn.values("to") == [RESUME] or bool(GOES_ON.fullmatch(turn.text)))


def resumes(turn: Turn) -> bool:
    """Takes up the booking that was given up where the message wants it, and says whether it did."""
    if not to_resume(turn):
        return False
    start(turn)
    return True


def resume_declined(turn: Turn) -> None:
    """Keeps what was asked for where Jessica could not take it: another time belongs to the same wish."""
    last = store.latest(turn.conversation)
    if last and last.status == "declined":
        known = {"session": last.session, "minutes": last.minutes, "areas": last.areas}
        turn.set(booking={**(turn.get("booking") or {}), **known, "session_said": say_session(known)})


def says_it_all(turn: Turn) -> bool:
    """Whether a message is a wish for an appointment whatever it is about: it has a time, and a contact or "book me"."""
    # The time last: reading one costs more than all the rest of an answer, and nearly no message comes so far.
    return bool(details.read_contact(turn.text) or BOOK_ME.search(turn.text)) and reads_time(turn.text)


MOST_WORDS = 10
"""Words of a message that names no more than a time and what for; a longer one tells something."""


def names_hour(turn: Turn) -> bool:
    """Whether a message is an hour, or a length, and what for ("wed at 10, knees"): what hurts at no hour is a complaint."""
    short = len(turn.text.split()) <= MOST_WORDS and any(sign.isdigit() for sign in turn.text)
    return short and (names_session(turn) or only_time(beside_session(turn), {}))


def is_dictated(turn: Turn) -> bool:
    """Whether a message is a wish for an appointment, however it was understood: nothing else is in it but what one needs."""
    return (bool(details.read_contact(turn.text)) and reads_time(turn.text)) or is_bare_time(turn) or names_session(turn)


def is_bare_time(turn: Turn) -> bool:
    """Whether a message is a day or an hour and no more ("saturday", "april 24 in the morning")."""
    return (
        len(turn.text.split()) <= MOST_WORDS
        and not (asks_else(turn) or ASKS_HER_DAYS.fullmatch(turn.text))
        and only_time(turn.text, {})
    )


_QUESTION_WORD = re.compile(r"(?:what|how|where|why|who|which|do|does|did|is|are|should|will|would)\b", re.IGNORECASE)


def asks_else(turn: Turn) -> bool:
    """Whether a question is understood as one about something else than times: to look for a time takes as long as to understand it."""
    topic = next(iter(turn.reading["topics"]), "")
    return (
        topic.startswith("faq/")
        and topic != "faq/hours"
        and bool(_QUESTION_WORD.match(turn.text))
        and not any(sign.isdigit() for sign in turn.text)
    )


def names_session(turn: Turn) -> bool:
    """Whether a message is a length and what for, and no more ("1 hr cupping for IT band")."""
    what_for = turn.values("session") or turn.values("area")
    return bool(turn.values("minutes") and what_for) and not asks(turn.text) and only_session(turn)


_CLAUSE = re.compile(r"[,.;!?\n]+|\b(?:so|and|but)\b", re.IGNORECASE)
_COMING = re.compile(r"\b(?:can|could|may) (?:i|we)\b|^\W*(?:please )?(?:book|schedule)\b", re.IGNORECASE)


def wishes_beside(text: str) -> bool:
    """Whether a text wishes for a time beside the word that a doctor has cleared it; the day of the visit is no wish."""
    clauses = [clause for clause in _CLAUSE.split(text) if clause.strip() and not says_cleared(clause)]
    return any(
        only_time(clause, {}) or ((_COMING.search(clause) or BOOK_ME.search(clause)) and reads_time(clause)) for clause in clauses
    )


_OPEN_TIMES = re.compile(
    r"\b(?:what|which|any|anything|got|have|see|show)\b.*\b(?:times|slots?|openings?|spots?|available|availability|free)\b",
    re.IGNORECASE,
)


def asks_open_times(turn: Turn) -> bool:
    """Whether a question for the opening hours wants the open times of a day, which her diary shows."""
    live = practice().booking.provider in times.LIVE
    return live and turn.reading["topics"][0] == "faq/hours" and bool(_OPEN_TIMES.search(turn.text)) and reads_time(turn.text)


class ActionStartBooking(TurnAction):
    """An appointment is wished for."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_start_booking"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        if turn.in_form or not advice.prefers(turn):
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
        asked_aside = not (turn.get("asked") or "booking_").startswith("booking_")
        if turn.in_form and (turn.intent not in LISTENS_TO or turn.intent == "complaint" or asked_aside):
            return []
        if (turn.values("to") or ["booking_"])[0].split("_")[0] != "booking" and turn.in_form:
            return []
        asked = tracker.get_slot("requested_slot") if turn.in_form else None
        if turn.in_form and turn.values("to") == ["booking_confirm"] != [asked] and turn.values("reply") == ["yes"]:
            return []  # an old button; a yes to what was read back then is no answer to what is asked now
        draft = dict(turn.get("booking") or {})
        if turn.in_form and ASKS_FOR_IT.fullmatch(turn.text):
            draft.pop("offer", None)
            draft["confirmed"] = asked == "booking_confirm" or None
        elif not turn.puts_right_who():
            fill(turn, draft, asked)
        turn.note()
        turn.tell_of_booked()
        leave_out(turn, draft)
        await times.look(turn, draft)
        slots = {
            "booking": draft,
            "booking_session": draft.get("session_said"),
            "booking_when": draft.get("when_said"),
            "booking_start": times.slot(draft),
            "booking_name": draft.get("name"),
            "booking_contact": said_contact(draft),
            "booking_confirm": draft.get("confirmed"),
            "notes": turn.get("notes"),
        }
        return [SlotSet(name, value) for name, value in slots.items()]


def leave_out(turn: Turn, draft: dict[str, Any]) -> None:
    """Puts down Jessica's choice in place of a kind of session that a note rules out, and says why."""
    why = advice.ruled_out(turn, draft.get("session") or "")
    if why and not draft.get("moving"):
        turn.say("utter_session_left_out", topic="recommendation", why=why)
        draft["session"] = None
        draft["session_said"] = say_session(draft)
        draft.pop("confirmed", None)


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


def ask(turn: Turn, slot: str, buttons: Sequence[dict[str, str]] = ()) -> None:
    """Asks for a part of the form; a time that was just read is said back before it, so that a slip is seen at once."""
    draft = dict(turn.get("booking") or {})
    wish = draft.get("when_said")
    if wish and wish != draft.get("when_told") and not draft.get("start"):
        turn.set(booking={**draft, "when_told": wish})
        turn.say(f"utter_ask_{slot}/time", topic="booking", buttons=buttons, wish=wish)
    else:
        turn.say(f"utter_ask_{slot}", topic="booking", buttons=buttons)


class AskSession(_Ask):
    """Which session: areas, a type, or Jessica's choice."""

    slot = "booking_session"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        ask(turn, self.slot, buttons=[reply("Let Jessica choose", "open", "booking_session")])


class AskWhen(_Ask):
    """When, in the client's own words."""

    slot = "booking_when"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        draft = turn.get("booking") or {}
        if draft.get("moving"):
            turn.say(
                "utter_ask_move_when",
                topic=moves.TOPIC,
                wish=spoken(dt.datetime.fromisoformat(draft["was"]), practice().timezone),
            )
        else:
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
        ask(turn, self.slot)


def said_contact(draft: dict[str, Any]) -> str | None:
    """How Jessica reaches the client, as it is read back."""
    if draft.get("email") or draft.get("phone"):
        return str(details.Contact(draft.get("email"), draft.get("phone")))
    return "answer in this chat" if draft.get("here") else None


class AskContact(_Ask):
    """One way to reach the client."""

    slot = "booking_contact"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        ask(turn, self.slot, buttons=[reply("Answer me here", "here", "booking_contact")])


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
        if draft.get("moving"):
            moves.ask_sure(turn, draft)
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


class ActionBook(Action):
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
            forget_draft(turn, draft)
            return turn.finish()
        start = dt.datetime.fromisoformat(draft["start"]) if draft.get("start") else None
        try:
            if draft.get("moving"):
                moves.finish(turn, draft, start)
            else:
                say_booked(turn, await times.chain().book(request(turn, draft), start), start)
        except Taken:
            # Somebody else was faster: others are offered, and everything else that was said stands.
            turn.say("utter_time_gone", topic="booking", wish=draft["when_said"])
            times.drop(draft)
            draft.pop("confirmed", None)
            await times.look(turn, draft)
            turn.set(booking=draft, booking_start=times.slot(draft), booking_confirm=None, asked=RESUMED)
            turn.then(FORM)
        else:
            forget_draft(turn, draft)
        return turn.finish()


def forget_draft(turn: Turn, draft: dict[str, Any]) -> None:
    """Forgets all but who it is for, which is not asked again in this conversation."""
    person = {name: draft[name] for name in ("name", "phone", "email", "here") if draft.get(name)}
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
        notes=safety.notes(turn, draft.get("areas") or []),
        reasons=(turn.get("recommendation") or {}).get("reasons") or [],
    )


def say_booked(turn: Turn, outcome: Outcome, start: dt.datetime | None) -> None:
    """What became of the request, and what happens next."""
    made = outcome.booking
    if outcome.kind == "confirmed":
        wish = made.said if made.start else spoken(start, made.timezone) if start else made.said
        turn.say("utter_booked/confirmed", topic="booking", wish=wish, code=made.id, **links.to_keep(made))
        if made.email and (mail.is_on() or made.reference):
            turn.say("utter_booked/invitation", topic="booking", contact=made.email)
        return
    if start is not None:
        turn.say("utter_booked/not_at_once", topic="booking")
    turn.say(soon("utter_booked"), topic="booking", wish=made.said, code=made.id)
    if outcome.url:
        turn.say("utter_booked/link", topic="booking", link={"title": "Book online", "url": outcome.url})


def leave(turn: Turn) -> None:
    """Ends the form for who says goodbye; what was said for it is kept for later."""
    draft = turn.get("booking") or {}
    turn.say("utter_kept" if draft.get("moving") else "utter_booking_left", topic="smalltalk/goodbye")
    turn.set(booking=None if draft.get("moving") else {GIVEN_UP: draft})
    close(turn)


def close(turn: Turn) -> None:
    """Closes the form."""
    turn.set(**dict.fromkeys(SLOTS))
    turn.events += [ActiveLoop(None), SlotSet("requested_slot", None)]
    turn.then("action_listen")


class ActionStopBooking(TurnAction):
    """The client doesn't want to go on."""

    def name(self) -> str:
        """(see parent class for full docstring)"""
        return "action_stop_booking"

    def act(self, turn: Turn) -> None:
        """(see parent class for full docstring)"""
        if (turn.get("asked") or "").startswith("move_") and "cancel" in turn.text.lower():
            afterwards.about(turn, "cancel")  # what is not moved is given up
            return
        moving = (turn.get("booking") or {}).get("moving") or (turn.get("asked") or "").startswith("move_")
        draft = turn.get("booking")
        if turn.in_form and draft and not moving:
            turn.say("utter_booking_stopped", topic="booking", buttons=[reply("Go on booking", "yes", RESUME)])
            turn.ask(RESUME)
            turn.set(booking={GIVEN_UP: draft})
        else:
            turn.say("utter_kept" if moving else "utter_booking_stopped", topic="booking" if turn.in_form else "fallback")
            turn.set(booking=None)
        close(turn)
