"""Everything that is kept of one person: found by a phone number or a mail address, shown, removed."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from legwork.errors import NotFound
from legwork.storage import erasing
from legwork.storage.engine import engine
from legwork.storage.erasing import EVENTS
from legwork.storage.schema import booking_changes, bookings, conversations, messages, outbox, questions, safety_events

_NUMBER = re.compile(r"\+?\d(?:[\s().\-/]{0,3}\d){6,14}")
_NATIONAL_DIGITS = 10


@dataclass(frozen=True)
class Contact:
    """What a person is looked for by.

    Attributes:
        email: or None.
        phone: E.164, or None.
        keys: of conversations that this sender has on SMS, WhatsApp or Messenger.
    """

    email: str | None = None
    phone: str | None = None
    keys: tuple[str, ...] = ()

    @property
    def written(self) -> tuple[str, ...]:
        """Texts by which it may stand in a table."""
        return tuple(text for text in (self.email, self.phone) if text)

    def stands_in(self, text: str) -> bool:
        """Whether somebody wrote it in `text`, a phone number in any way of writing one."""
        if self.email and self.email.lower() in text.lower():
            return True
        end = (self.phone or "").split(";")[0][-_NATIONAL_DIGITS:]
        return bool(end) and any(re.sub(r"\D", "", found).endswith(end) for found in _NUMBER.findall(text))


@dataclass(frozen=True)
class Person:
    """The rows that belong to a contact."""

    conversations: tuple[str, ...]
    bookings: tuple[str, ...]
    questions: tuple[int, ...]
    outbox: tuple[int, ...]

    @property
    def known(self) -> bool:
        """Whether anything is kept."""
        return bool(self.conversations or self.bookings or self.questions or self.outbox)


@dataclass(frozen=True)
class Forgotten:
    """What was removed; `live` are the appointments among it that were still to come."""

    person: Person
    live: tuple[Mapping[str, Any], ...]
    """`id`, `start`, `timezone`, `wish` and `reference` of each."""


def find(contact: Contact) -> Person:
    """Whatever is kept of the contact: its own conversations, those in which it was given, what was booked or asked with it."""
    with engine().connect() as connection:
        return _find(connection, contact)


def _find(connection: Connection, contact: Contact) -> Person:
    b, q = bookings.c, questions.c
    own = conversations.c.key.in_(contact.keys)
    ids = set(connection.execute(sa.select(conversations.c.id).where(own & conversations.c.deleted.is_(None))).scalars())
    ids |= {
        row.conversation for row in connection.execute(sa.select(messages.c.conversation, messages.c.body)) if _in(row, contact)
    }
    booked = sa.false()
    if contact.email:
        booked |= sa.func.lower(b.email) == contact.email.lower()
    if contact.phone:
        number = contact.phone.split(";")[0]  # whatever the extension
        booked |= (b.phone == number) | b.phone.startswith(f"{number};", autoescape=True)
    ids |= set(connection.execute(sa.select(b.conversation).where(booked & b.conversation.is_not(None))).scalars())
    asked = {row.id: row.conversation for row in connection.execute(sa.select(q.id, q.conversation, q.contact, q.text))
             if contact.stands_in(f"{row.contact} {row.text}")}  # fmt: skip
    ids |= {conversation for conversation in asked.values() if conversation}
    numbers = set(connection.execute(sa.select(b.id).where(booked | b.conversation.in_(ids))).scalars())
    asked |= dict.fromkeys(connection.execute(sa.select(q.id).where(q.conversation.in_(ids))).scalars())
    waiting = {
        row.id
        for row in connection.execute(sa.select(outbox.c.id, outbox.c.conversation, outbox.c.content))
        if row.conversation in ids
        or row.content.get("booking") in numbers
        or row.content.get("question") in asked
        or contact.stands_in(json.dumps(row.content))
    }
    return Person(*(tuple(sorted(rows)) for rows in (ids, numbers, asked, waiting)))


def _in(row: Any, contact: Contact) -> bool:
    return contact.stands_in(json.dumps(row.body, ensure_ascii=False))


def forget(contact: Contact, now: dt.datetime) -> Forgotten:
    """Removes the person from every table and file, appointments too.

    Raises:
        NotFound: nothing is kept of this contact.
    """
    with engine().begin() as connection:
        person = _find(connection, contact)
        if not person.known:
            raise NotFound("Nothing is kept of this contact.")
        mine = bookings.c.id.in_(person.bookings)
        live = mine & bookings.c.status.not_in(erasing.BOOKING_IS_OVER) & ((bookings.c.end > now) | bookings.c.end.is_(None))
        b = bookings.c
        told = connection.execute(sa.select(b.id, b.start, b.timezone, b.wish, b.reference).where(live)).mappings().all()
        connection.execute(outbox.delete().where(outbox.c.id.in_(person.outbox)))
        connection.execute(bookings.delete().where(mine))
        connection.execute(questions.delete().where(questions.c.id.in_(person.questions)))
        erasing.erase(connection, person.conversations, appointments=True)
        # A number's hash is the number's; only who wants no more messages must be known by it.
        known_by = conversations.c.key.in_(contact.keys) & conversations.c.opted_out.is_(None)
        connection.execute(conversations.delete().where(known_by))
    erasing.clean_files()
    return Forgotten(person, tuple(told))


def export(contact: Contact) -> dict[str, Any]:
    """Everything that is kept of the person, for the person.

    Raises:
        NotFound: nothing is kept of this contact.
    """
    person = find(contact)
    if not person.known:
        raise NotFound("Nothing is kept of this contact.")
    with engine().connect() as connection:

        def rows(table: sa.Table, column: Any, keys: Collection[Any], *without: str) -> list[dict[str, Any]]:
            columns = [each for each in table.columns if each.name not in without]
            found = connection.execute(sa.select(*columns).where(column.in_(keys)).order_by(*table.primary_key)).mappings()
            return [{name: value for name, value in row.items() if value is not None} for row in found]

        return {
            "conversations": rows(conversations, conversations.c.id, person.conversations, "key", "recipient"),
            "messages": rows(messages, messages.c.conversation, person.conversations, "inbox"),
            "remembered": dict(_remembered(connection, person.conversations)),
            "appointments": rows(bookings, bookings.c.id, person.bookings, "key"),
            "changes": rows(booking_changes, booking_changes.c.booking, person.bookings, "id"),
            "questions": rows(questions, questions.c.id, person.questions),
            "warning_signs": rows(safety_events, safety_events.c.conversation, person.conversations, "id"),
            "on_their_way": rows(outbox, outbox.c.id, person.outbox, "key", "attempts"),
        }


def _remembered(connection: Connection, ids: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(conversation, what the dialogue remembers of it)."""
    if not sa.inspect(connection).has_table("events"):
        return
    for conversation in ids:
        where = (EVENTS.c.sender_id == conversation) & (EVENTS.c.type_name == "slot")
        slots: dict[str, Any] = {}
        for (data,) in connection.execute(sa.select(EVENTS.c.data).where(where).order_by(EVENTS.c.id)):
            event = json.loads(data)
            slots[event["name"]] = event["value"]
        yield conversation, {name: value for name, value in slots.items() if value is not None}
