"""What each button of the desk's pages does. No Sanic here: a link and a form go in, a page comes out.

A link is used up in the same transaction as what it was used for; when that can't be done, the link still opens.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from legwork import links, questions
from legwork.bookings import agenda, mail, slots, store
from legwork.bookings.model import Booking, Taken, TooLate, named, spoken
from legwork.desk import html, notices, wording
from legwork.errors import LegworkError
from legwork.links import Link
from legwork.settings import practice, settings
from legwork.storage.schema import conversations
from legwork.texts import clean

Form = Mapping[str, str]

PROPOSAL_KEPT = dt.timedelta(hours=48)
MOST_OPTIONS = 48
GRID = dt.timedelta(minutes=30)


class FormError(LegworkError):
    """Raised when what was sent can't be taken; its text says what to change."""


def show(link: Link, said: str = "", form: Form | None = None) -> str:
    """The page that a link opens. It changes nothing.

    Args:
        link: which one.
        said: what was wrong with what was sent before, or nothing.
        form: what was sent before.
    """
    if link.kind == "question":
        return html.question(questions.find(int(link.id)), practice(), said, (form or {}).get("text", ""))
    if link.kind == "conversation":
        return html.hand_back(said)
    found = store.find(link.id)
    if link.kind == "proposal":
        return html.proposal(found, practice(), said)
    return html.booking(found, options(found), settings().now(), said)


def act(link: Link, form: Form) -> str:
    """Does what the pressed button says, once, and returns the page that says so.

    Raises:
        FormError: what to change; nothing was done.
        LinkError: somebody else used it just now.
    """
    deed = _DEEDS.get((link.kind, form.get("do", "")))
    if deed is None:
        raise FormError("Please press one of the buttons.")
    try:
        with slots.writing() as connection:
            links.use(connection, link)
            return deed(link.id, form, connection)
    except Taken:
        raise FormError(
            f"That time overlaps another appointment or its pause of {practice().booking.buffer_minutes} minutes."
        ) from None
    except TooLate as error:
        raise FormError(f"This has changed in the meantime: it is {named(error.status)} now.") from None
    except questions.AlreadyAnswered:
        raise FormError("You answered this already.") from None


def options(booking: Booking) -> list[dt.datetime]:
    """The starts that the wish allows and nothing else takes, at most 48; within her opening hours where she has set them."""
    now = settings().now().astimezone(practice().zone)
    minutes = booking.minutes or store.USUAL_MINUTES
    windows = [(start, end) for start, end in booking.windows if end >= now]
    if not windows:
        return []
    diary, _ = agenda.current(booking.conversation)
    found = diary.open_times(windows, minutes, now)
    if not found:
        # Outside her hours it is hers to say; what is taken stays taken.
        taken = slots.busy(now, max(end for _, end in windows) + dt.timedelta(hours=4), but=booking.conversation, pauses=True)
        length = dt.timedelta(minutes=minutes + practice().booking.buffer_minutes)
        found = [at for at in _grid(windows, now) if all(at + length <= since or until <= at for since, until in taken)]
    return found[:MOST_OPTIONS]


def _grid(windows: list[tuple[dt.datetime, dt.datetime]], now: dt.datetime) -> list[dt.datetime]:
    starts: list[dt.datetime] = []
    for start, end in windows:
        at = start
        while at <= end and len(starts) < 2 * MOST_OPTIONS:
            if at > now:
                starts.append(at)
            at += GRID
    return starts


def _confirm(number: str, form: Form, _: Connection) -> str:
    found = store.find(number)
    try:
        start = dt.datetime.fromisoformat(form.get("start", ""))
    except ValueError:
        raise FormError("Please choose a start.") from None
    if start.tzinfo is None or not any(since <= start <= until for since, until in found.windows):
        raise FormError("That start is outside what the client asked for; propose it instead.")
    return _told(store.confirm(number, _ahead(start), _minutes(form), who="jessica"), "It's confirmed")


def _propose(number: str, form: Form, _: Connection) -> str:
    start = _start(form, store.find(number))
    until = min(settings().now() + PROPOSAL_KEPT, start)
    booking = store.propose(number, start, _minutes(form), until)
    hears = (
        "You get a mail when the client answers." if notices.jessicas_mail() else "`python -m legwork bookings` shows the answer."
    )
    return _told(booking, "It's proposed", f"The time is kept free until {spoken(until, booking.timezone)}. {hears}")


def _decline(number: str, form: Form, _: Connection) -> str:
    return _told(store.decline(number), "It's declined")


def _move(number: str, form: Form, _: Connection) -> str:
    return _told(store.move(number, _start(form, store.find(number)), minutes=_minutes(form), who="jessica"), "It's moved")


def _cancel(number: str, form: Form, _: Connection) -> str:
    return _told(store.cancel(number, who="jessica"), "It's canceled")


def _done(number: str, form: Form, _: Connection) -> str:
    store.done(number)
    return html.done("It's closed", [])


def _no_show(number: str, form: Form, _: Connection) -> str:
    store.no_show(number)
    return html.done("It's noted", ["The client is not told."])


def _accept(number: str, form: Form, _: Connection) -> str:
    booking = store.confirm(number, who="client")
    invited = ["The invitation comes by mail."] if booking.email and mail.is_on() else []
    return html.done("It's booked", [f"{booking.said}, {booking.minutes} minutes, with {practice().name}.", *invited])


def _refuse(number: str, form: Form, _: Connection) -> str:
    store.refuse(number)
    return html.done(f"{practice().first_name} is told", ["She'll get back to you about another time."])


def _answer(number: str, form: Form, connection: Connection) -> str:
    return _send(number, form, connection, hand_back=True)


def _talk(number: str, form: Form, connection: Connection) -> str:
    return _send(number, form, connection, hand_back=False)


def _send(number: str, form: Form, connection: Connection, hand_back: bool) -> str:
    text = clean(form.get("text", ""))
    if not text:
        raise FormError("Please write an answer.")
    if len(text) > 2000:
        raise FormError(f"An answer has at most 2,000 characters; this one has {len(text)}.")
    found = questions.answer(int(number), text, hand_back=hand_back, connection=connection)
    where = [f"by {wording.CHANNELS.get(found.channel, found.channel)}"] if found.conversation else []
    mailed = found.contact and "@" in found.contact and mail.is_on()
    where += ["by mail"] if mailed else []
    sentences = [
        f"The client gets it {' and '.join(where)}."
        if where
        else "The client had the conversation forgotten; it can't be delivered."
    ]
    if found.contact and not mailed:
        what = "mail address" if "@" in found.contact else "phone number"
        sentences.append(f"The client also left a {what}: {found.contact}.")
    if hand_back or not found.conversation:
        return html.done("Your answer is on its way", sentences)
    sentences.append("Legwork is quiet in this conversation for twelve hours.")
    address = links.make("conversation", found.conversation)
    return html.done("Your answer is on its way", sentences, f'<p><a href="{address}">Hand back to Legwork sooner</a></p>')


def _hand_back(conversation: str, form: Form, connection: Connection) -> str:
    connection.execute(conversations.update().where(conversations.c.id == conversation).values(human_until=None))
    return html.done("Handed back", ["Legwork answers this client's next message."])


def _told(booking: Booking, title: str, *more: str) -> str:
    """The page after a decision: how the client hears of it."""
    by = [f"by {wording.CHANNELS.get(booking.channel, booking.channel)}"] if booking.conversation else []
    mailed = booking.email and mail.is_on()
    by += ["by mail"] if mailed else []
    sentences = [f"{booking.name}, {booking.said}.", *more]
    sentences.append(
        f"{booking.name} is told {' and '.join(by)}." if by else f"{booking.name} can't be told here; please do it yourself."
    )
    if not mailed and booking.channel == "web":
        sentences.append(f"The chat shows it when {booking.name} looks there again.")
        if booking.phone or booking.email:
            reach = f"text or call {wording.phone(booking.phone)}" if booking.phone else f"write to {booking.email}"
            sentences.append(f"To be sure, {reach}.")
    return html.done(title, sentences)


def _start(form: Form, booking: Booking) -> dt.datetime:
    """Day and time of a form in the booking's zone.

    Raises:
        FormError: they are no moment ahead.
    """
    zone = ZoneInfo(booking.timezone)
    try:
        local = dt.datetime.combine(dt.date.fromisoformat(form.get("day", "")), dt.time.fromisoformat(form.get("time", "")), zone)
        on_the_clock = local.astimezone(dt.timezone.utc).astimezone(zone)
    except ValueError:
        raise FormError("Please give a day and a time.") from None
    except OverflowError:
        raise FormError("Please give a day within the next year; no calendar reaches that one.") from None
    if on_the_clock.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise FormError("The clocks go forward that night: this time doesn't exist on that day.")
    return _ahead(local)


def _ahead(start: dt.datetime) -> dt.datetime:
    if start <= settings().now():
        raise FormError("That time is over.")
    if start > settings().now() + dt.timedelta(days=366):
        raise FormError("That time is more than a year ahead.")
    return start


def _minutes(form: Form) -> int:
    given = form.get("minutes", "")
    if not (given.isdecimal() and len(given) < 4 and 15 <= int(given) <= 240):
        raise FormError("Please give the session's length in minutes, from 15 to 240.")
    return int(given)


_DEEDS: dict[tuple[str, str], Callable[[str, Form, Connection], str]] = {
    ("booking", "confirm"): _confirm,
    ("booking", "propose"): _propose,
    ("booking", "decline"): _decline,
    ("booking", "move"): _move,
    ("booking", "cancel"): _cancel,
    ("booking", "done"): _done,
    ("booking", "no_show"): _no_show,
    ("proposal", "accept"): _accept,
    ("proposal", "refuse"): _refuse,
    ("question", "answer"): _answer,
    ("question", "talk"): _talk,
    ("conversation", "hand_back"): _hand_back,
}
