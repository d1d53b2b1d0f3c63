"""Conversations, their messages, and what they were offered."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from legwork.errors import NotFound
from legwork.settings import settings
from legwork.storage import erasing
from legwork.storage.engine import engine
from legwork.storage.schema import conversations, inbox, messages, offers

SENDERS = ("client", "legwork", "jessica")


@dataclass(frozen=True)
class Conversation:
    """Who is talked to, without what was said."""

    id: str
    channel: str
    deleted: dt.datetime | None
    human_until: dt.datetime | None


def hashed(token: str) -> str:
    """What is stored of a token: enough to recognise it, useless to speak with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _insert_new(table: sa.Table) -> Any:
    """Inserts rows that don't exist yet, on SQLite and PostgreSQL."""
    # What `on_conflict_do_nothing` makes, but that SQLAlchemy puts together anew for each message.
    insert = table.insert()
    insert._post_values_clause = sa.text("ON CONFLICT DO NOTHING")
    return insert


def open_conversation(channel: str, key: str, recipient: str | None = None) -> Conversation:
    """The conversation with this key, made when there is none.

    Args:
        channel: web, sms, whatsapp or messenger.
        key: hash of the web token, or keyed hash of the sender.
        recipient: how later messages reach the client, or None.
    """
    now = settings().now()
    row = {"id": secrets.token_hex(8), "channel": channel, "key": key, "recipient": recipient, "created": now, "active": now}
    with engine().begin() as connection:
        connection.execute(_OPEN, row)
        return _read(connection, "key", key)


def find(*, key: str | None = None, id: str | None = None) -> Conversation:
    """The conversation with this key or id, a forgotten one too.

    Raises:
        NotFound: there is none.
    """
    with engine().connect() as connection:
        return _read(connection, "key", key) if key is not None else _read(connection, "id", id)


# What every message runs is built once: SQLAlchemy takes longer to put a statement together than SQLite to run it.
_c, _m, _i = conversations.c, messages.c, inbox.c
_FIND = {
    by: sa.select(_c.id, _c.channel, _c.deleted, _c.human_until).where(_c[by] == sa.bindparam("value")) for by in ("key", "id")
}
_TOUCH = conversations.update().where(_c.id == sa.bindparam("conversation")).values(active=sa.bindparam("now"))
_RECEIVED = sa.select(_i.id, _i.answered).where(
    (_i.channel == sa.bindparam("channel")) & (_i.provider_id == sa.bindparam("provider_id"))
)
_SAID_LATELY = (
    sa.select(_m.body)
    .where((_m.conversation == sa.bindparam("conversation")) & (_m.sender == "client") & (_m.at >= sa.bindparam("since")))
    .order_by(_m.id.desc())
    .limit(sa.bindparam("most"))
)
_WRITE = messages.insert()
_OPEN, _OFFER, _RECEIVE = (_insert_new(table) for table in (conversations, offers, inbox))


def _read(connection: Connection, by: str, value: str | None) -> Conversation:
    row = connection.execute(_FIND[by], {"value": value}).first()
    if row is None:
        raise NotFound("There is no such conversation.")
    return Conversation(*row)


def add(conversation: str, sender: str, bodies: list[dict[str, Any]], inbox_id: int | None = None) -> list[dict[str, Any]]:
    """Stores messages and remembers the payloads they offer; returns them as the protocol shows them.

    A body's own `id` is shown instead of ours: on the web a client names its messages.
    """
    with engine().begin() as connection:
        return write(connection, conversation, sender, bodies, inbox_id)


def write(
    connection: Connection, conversation: str, sender: str, bodies: list[dict[str, Any]], inbox_id: int | None = None
) -> list[dict[str, Any]]:
    """`add` inside the caller's transaction."""
    now, shown = settings().now(), []
    for body in bodies:
        row = {"conversation": conversation, "sender": sender, "at": now, "body": body, "inbox": inbox_id}
        number = connection.execute(_WRITE, row).inserted_primary_key[0]
        shown.append(_show(number, sender, now, body))
    offered = [offer for body in bodies for offer in _offered(body)]
    if offered:
        rows = [{"conversation": conversation, **offer} for offer in offered]
        connection.execute(_OFFER, rows)
    if sender != "client":  # whose message is written together with its answer
        connection.execute(_TOUCH, {"conversation": conversation, "now": now})
    return shown


def _offered(body: dict[str, Any]) -> list[dict[str, str]]:
    rows = [(reply["payload"], reply["title"]) for reply in body.get("quick_replies", [])]
    card = body.get("card") or {}
    # What the history shows as the client's words, as the chat window showed it: a part to change, or a time with its day.
    said = "Change: {label}" if card.get("kind") == "read_back" else "{label}, {value}"
    rows += [(row["payload"], said.format(**row)) for row in card.get("rows", []) if row.get("payload")]
    return [{"payload": payload, "title": title} for payload, title in dict(rows).items()]


def _show(number: int, sender: str, at: dt.datetime, body: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"m{number}", "from": sender, "at": at.isoformat(), **body}


def offered(conversation: str, payload: str) -> str | None:
    """The title under which this conversation was offered the payload, or None."""
    where = (offers.c.conversation == conversation) & (offers.c.payload == payload)
    with engine().connect() as connection:
        return connection.execute(sa.select(offers.c.title).where(where)).scalar()


def history(conversation: str, after: str | None = None) -> list[dict[str, Any]]:
    """The conversation's messages in order; those after the message `after` when given.

    Raises:
        NotFound: `after` names no message of this conversation.
    """
    m = messages.c
    query = sa.select(m.id, m.sender, m.at, m.body).where(m.conversation == conversation).order_by(m.id)
    with engine().connect() as connection:
        if after is not None:
            query = query.where(m.id > _number(connection, conversation, after))
        return [_show(*row) for row in connection.execute(query)]


def _number(connection: Connection, conversation: str, shown: str) -> int:
    """The row of a message by the id it is shown with: the client's own for the client's messages, `m…` for ours."""
    m, mine = messages.c, messages.c.conversation == conversation
    theirs = (inbox.c.provider_id == f"{conversation}:{shown}") & (m.sender == "client")
    own = connection.execute(sa.select(m.id).select_from(messages.join(inbox)).where(mine & theirs)).scalar()
    if own is not None:
        return own
    number = int(shown[1:]) if shown[:1] == "m" and shown[1:].isdecimal() and len(shown) < 20 else -1
    if connection.execute(sa.select(m.id).where(mine & (m.id == number))).scalar() is None:
        raise NotFound(f"This conversation has no message {shown!r}.")
    return number


def newest(conversation: str) -> str:
    """The id of the conversation's last message; `m0` when there is none."""
    query = sa.select(sa.func.max(messages.c.id)).where(messages.c.conversation == conversation)
    with engine().connect() as connection:
        return f"m{connection.execute(query).scalar() or 0}"


def later(conversation: str, seen: str) -> list[dict[str, Any]]:
    """Messages after `seen` that are no answer to a message of the client's: those it gets by itself."""
    m = messages.c
    where = (m.conversation == conversation) & (m.id > int(seen[1:])) & (m.sender != "client") & m.inbox.is_(None)
    with engine().connect() as connection:
        return [_show(*row) for row in connection.execute(sa.select(m.id, m.sender, m.at, m.body).where(where).order_by(m.id))]


def answer_to(inbox_id: int) -> list[dict[str, Any]]:
    """What was answered to this incoming message."""
    m = messages.c
    query = sa.select(m.id, m.sender, m.at, m.body).where((m.inbox == inbox_id) & (m.sender != "client")).order_by(m.id)
    with engine().connect() as connection:
        return [_show(*row) for row in connection.execute(query)]


def said_lately(conversation: str, seconds: int = 60, most: int = 10) -> list[str]:
    """What the client wrote within the last `seconds`, oldest first; the newest messages when there are more than `most`."""
    asked = {"conversation": conversation, "since": settings().now() - dt.timedelta(seconds=seconds), "most": most}
    with engine().connect() as connection:
        bodies = connection.execute(_SAID_LATELY, asked).scalars().all()
    return [body["text"] for body in reversed(bodies) if body.get("text")]


def receive(channel: str, provider_id: str, conversation: str, content: dict[str, Any]) -> tuple[int, bool, bool]:
    """Stores an incoming message once: its inbox id, whether it is new, whether it was answered."""
    row = {
        "channel": channel,
        "provider_id": provider_id,
        "conversation": conversation,
        "content": content,
        "received": settings().now(),
    }
    with engine().begin() as connection:
        done = connection.execute(_RECEIVE, row)
        if done.rowcount == 1:
            return done.inserted_primary_key[0], True, False
        number, answered = connection.execute(_RECEIVED, {"channel": channel, "provider_id": provider_id}).one()
        return number, False, answered is not None


def forget(conversation: str) -> bool:
    """Removes what the client said and is known of; True when a live appointment stays.

    The conversation's row stays without content, so that its token can be told that it is gone.
    """
    with engine().begin() as connection:
        stays = erasing.erase(connection, [conversation])
    erasing.clean_files()
    return stays
