"""The web channel over real HTTP: its protocol, bad input, a crowd, and a process that dies."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage

from legwork import questions, texts
from legwork.actions_in_place import ActionsInPlace
from legwork.answers import first_text
from legwork.channels import limits, turns
from legwork.errors import Refused
from legwork.storage import conversations, safety
from tests.conftest import Server, Talk
from tests.doubles.agent import Agent

OURS, FOREIGN = "https://massage.example", "https://elsewhere.example"
SECRET = "Quibblethwaite"
"""A word that only clients write here; it must never stand in a log."""

BOOKS_AT_ONCE = f"60 min MFR for my calves next tues after 5, Dana {SECRET}, 508-555-0142"


@pytest.fixture(scope="module")
def strict(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A second server, with rate limits and the practice's own website."""
    started = Server(tmp_path_factory.mktemp("strict"), LEGWORK_LIMITS="on", LEGWORK_ALLOWED_ORIGINS=OURS)
    yield started
    started.stop()


def is_error(response: httpx.Response, status: int, code: str | None = None) -> bool:
    """Whether the response is an error of this status in the one shape; fails with what it is when not."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"error"} and set(body["error"]) == {"code", "message"}, body
    assert body["error"]["message"].strip() and "Traceback" not in body["error"]["message"]
    assert code in (None, body["error"]["code"]), body
    return True


def post_raw(talk: Talk, body: bytes) -> httpx.Response:
    """Posts these bytes as a message."""
    return talk.http.post("/chat/messages", content=body, headers={"Content-Type": "application/json"})


def database(server: Server) -> sqlite3.Connection:
    """The server's database, for reading."""
    return sqlite3.connect(f"file:{server.var / 'legwork.sqlite3'}?mode=ro", uri=True)


def stored(server: Server, word: str) -> set[str]:
    """Names of the tables in which the word stands."""
    with closing(database(server)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name for name in tables if any(word in str(row) for row in connection.execute(f'SELECT * FROM "{name}"'))}


def understood(server: Server, conversation: str) -> list[tuple[str, str]]:
    """What Rasa was told in this conversation, in order, and the intents it was taken for."""
    query = "SELECT data FROM events WHERE sender_id = ? AND type_name = 'user' ORDER BY id"
    with closing(database(server)) as connection:
        told = [json.loads(data) for (data,) in connection.execute(query, (conversation,))]
    return [(event["text"], event["parse_data"]["intent"]["name"]) for event in told]


def turns_taken(server: Server, conversation: str) -> list[str]:
    """What Rasa was told in this conversation, in order."""
    return [text for text, _ in understood(server, conversation)]


def spoken(server: Server, talk: Talk) -> list[dict[str, Any]]:
    """The whole conversation."""
    return httpx.get(f"{server.url}/chat/messages", headers=talk.http.headers).json()["messages"]


def together(talk: Talk, bodies: list[dict[str, str]]) -> list[httpx.Response]:
    """Posts all bodies at the same moment, each over its own connection."""

    async def run() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=str(talk.http.base_url), headers=talk.http.headers, timeout=60) as client:
            return await asyncio.gather(*(client.post("/chat/messages", json=body) for body in bodies))

    return asyncio.run(run())


# The protocol


@pytest.mark.model
def test_a_conversation_begins_with_a_secret_and_a_greeting(server: Server) -> None:
    """Creation answers 201 with an id, an unguessable token and a first message; no two tokens are alike."""
    made = [httpx.post(f"{server.url}/chat/conversations") for _ in range(3)]

    assert [response.status_code for response in made] == [201] * 3
    for response in made:
        assert set(response.json()) == {"conversation", "token", "messages"}
        assert [message["topic"] for message in response.json()["messages"]] == ["smalltalk/greet"]
        assert len(response.json()["token"]) >= 22  # 128 bits in base64
    assert len({response.json()["token"] for response in made}) == 3


@pytest.mark.model
def test_a_token_is_stored_as_its_hash_only(server: Server, talk: Talk) -> None:
    """Who reads the database can't speak in a client's place."""
    assert stored(server, talk.token) == set()


@pytest.mark.model
def test_messages_have_the_promised_fields(talk: Talk) -> None:
    """Each message carries id, sender, instant, topic, text and quick replies, and nothing that the protocol doesn't name."""
    answer = [*talk.messages, *talk.say("what should I wear to a deep tissue session?"), *talk.say("i have crushing chest pain")]

    needed = {"id", "from", "at", "topic", "text", "quick_replies"}
    for message in answer:
        assert needed <= set(message) <= needed | {"link", "card", "attachment", "level"}, message
        assert message["from"] == "legwork"
        assert all({"title", "payload"} <= set(reply) <= {"title", "payload", "topic"} for reply in message["quick_replies"])
    assert answer[-1]["level"] == "emergency"


@pytest.mark.model
def test_the_same_id_gets_the_same_answer(server: Server, talk: Talk) -> None:
    """A message sent again is answered as before, even with other words, and is processed once."""
    first = talk.post(id="one", text="i want to book")
    again = talk.post(id="one", text="i want to book")
    other = talk.post(id="one", text="how much is it?")

    assert first.json() == again.json() == other.json()
    assert turns_taken(server, talk.id) == ["i want to book"]


@pytest.mark.model
def test_the_same_id_at_the_same_time_is_processed_once(server: Server, talk: Talk) -> None:
    """Eight copies that arrive together get one turn and one answer."""
    answers = together(talk, [{"id": "same", "text": "i want to book"}] * 8)

    assert {response.status_code for response in answers} == {200}
    assert len({response.text for response in answers}) == 1
    assert turns_taken(server, talk.id) == ["i want to book"]


@pytest.mark.model
def test_the_same_id_in_two_conversations_is_two_messages(server: Server, talk: Talk) -> None:
    """An id belongs to its conversation."""
    other = Talk(server.url)
    assert talk.post(id="x", text="hi").json() != other.post(id="x", text="i want to book").json()


@pytest.mark.model
def test_history_goes_on_after_any_message(server: Server, talk: Talk) -> None:
    """`after` takes the id of each message, the client's own included, and gives exactly what follows it."""
    talk.post(id="mine-1", text="hello there")
    talk.post(id="mine-2", text="what should I wear to a deep tissue session?")
    told = spoken(server, talk)

    assert [message["id"] for message in told if message["from"] == "client"] == ["mine-1", "mine-2"]
    assert [message["text"] for message in told if message["from"] == "client"] == [
        "hello there",
        "what should I wear to a deep tissue session?",
    ]
    for place, message in enumerate(told):
        after = talk.http.get("/chat/messages", params={"after": message["id"]})
        assert after.json()["messages"] == told[place + 1 :]


@pytest.mark.model
@pytest.mark.parametrize(
    "after", ["m0", "m999999999", "m99999999999999999999", "m-1", "x", "1", "m1 OR 1=1", "m\u0661", "\ud83d", "%00"]
)
def test_history_after_an_unknown_message_is_refused(talk: Talk, after: str) -> None:
    """An id that this conversation has no message for is a 404."""
    quoted = after.encode(errors="surrogatepass")
    assert is_error(talk.http.get("/chat/messages", params={"after": quoted}), 404, "unknown_message")


@pytest.mark.model
def test_history_after_a_strangers_message_is_refused(server: Server, talk: Talk) -> None:
    """The id of a message in another conversation is unknown here."""
    stranger = Talk(server.url)
    assert is_error(talk.http.get("/chat/messages", params={"after": stranger.messages[0]["id"]}), 404, "unknown_message")


@pytest.mark.model
def test_health_says_what_works(server: Server) -> None:
    """Both calls answer without a token."""
    assert httpx.get(f"{server.url}/health/live").json() == {"status": "live"}
    ready = httpx.get(f"{server.url}/health/ready")
    assert ready.status_code == 200
    assert {"status": "ready", "model": True, "database": True, "actions": True}.items() <= ready.json().items()


@pytest.mark.model
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/chat", 404),
        ("POST", "/chat/nothing", 404),
        ("GET", "/chat/messages/../../practice.yml", 404),
        ("GET", "/%ff%00", 404),
        ("GET", "/webhooks/rest/webhook", 404),
        ("POST", "/webhooks/rest/webhook", 404),
        ("GET", "/conversations/x/tracker", 404),
        ("POST", "/model/parse", 404),
        ("GET", "/chat/conversations", 405),
        ("PUT", "/chat/messages", 405),
        ("DELETE", "/chat/messages", 405),
        ("POST", "/chat/events", 405),
        ("POST", "/health/live", 405),
        ("TRACE", "/", 405),
        ("NONSENSE", "/", 405),
    ],
)
def test_other_calls_have_the_one_error_shape(server: Server, method: str, path: str, status: int) -> None:
    """Unknown paths and methods, Rasa's own API among them, are 404 and 405 like every other error."""
    assert is_error(httpx.request(method, server.url + path), status)


# Messages that come later


@pytest.mark.model
def test_later_messages_come_by_the_stream(server: Server, talk: Talk) -> None:
    """What is delivered later, from another process even, reaches who listens to that conversation and nobody else."""
    other = Talk(server.url)

    def first_event(client: Talk) -> list[str]:
        lines = []
        with client.http.stream("GET", "/chat/events") as stream:
            assert stream.status_code == 200
            assert stream.headers["content-type"] == "text/event-stream"
            for line in stream.iter_lines():
                lines.append(line)
                if line.startswith("data:"):
                    break
        return lines

    deliver = (
        "import sys; from legwork.channels.events import deliver\n"
        "for to in sys.argv[1:]: deliver(to, {'topic': 'person', 'text': 'For ' + to, 'quick_replies': []}, 'jessica')"
    )
    with ThreadPoolExecutor(2) as pool:
        mine, others = pool.submit(first_event, talk), pool.submit(first_event, other)
        time.sleep(0.3)
        talk_too = Talk(server.url)
        talk_too.http.headers["Authorization"] = talk.http.headers["Authorization"]
        talk_too.say("hello")  # an answer comes with its call, not by the stream
        command = [sys.executable, "-c", deliver, talk.id, other.id]
        subprocess.run(command, env=server.environment, check=True, cwd=Path(__file__).parents[2])
        for client, lines in ((talk, mine.result(30)), (other, others.result(30))):
            [data] = [line for line in lines if line.startswith("data:")]
            message = json.loads(data.removeprefix("data:"))
            assert (message["from"], message["text"]) == ("jessica", f"For {client.id}")
            assert f"id: {message['id']}" in lines
            assert spoken(server, client)[-1] == message


@pytest.mark.model
def test_the_stream_needs_the_token(server: Server) -> None:
    """Nobody listens without a token, and none is taken from the URL."""
    assert is_error(httpx.get(f"{server.url}/chat/events"), 401, "no_token")
    assert is_error(httpx.get(f"{server.url}/chat/events?token=abc"), 401, "no_token")


# Tokens


@pytest.mark.model
@pytest.mark.parametrize(
    ("header", "code"),
    [
        (b"", "no_token"),
        (b"Bearer", "no_token"),
        (b"Basic {token}", "no_token"),
        (b"{token}", "no_token"),
        (b"Bearer,{token}", "no_token"),
        (b"Bearer \xff\xfe\xf0\x9f", "no_token"),
        (b"Bearer undefined", "unknown_token"),
        (b"Bearer {token} {token}", "unknown_token"),
        (b"Bearer {token}x", "unknown_token"),
        (b'Bearer "{token}"', "unknown_token"),
        (b"Bearer ' OR '1'='1", "unknown_token"),
    ],
)
def test_a_malformed_authorization_is_refused(server: Server, talk: Talk, header: bytes, code: str) -> None:
    """Anything but a known bearer token is a 401 on each call that needs one."""
    headers = {b"Authorization": header.replace(b"{token}", talk.token.encode())}
    for method, path in (("POST", "messages"), ("GET", "messages"), ("GET", "events"), ("DELETE", "conversations")):
        with httpx.Client() as bare:
            assert is_error(bare.request(method, f"{server.url}/chat/{path}", headers=headers), 401, code)
    assert talk.say("hello")


@pytest.mark.model
def test_an_endless_header_is_refused(server: Server) -> None:
    """A header of 20 kB is a 4xx, not read on."""
    assert is_error(httpx.get(f"{server.url}/chat/messages", headers={"Authorization": f"Bearer {'x' * 20_000}"}), 413)


@pytest.mark.model
def test_a_strangers_token_opens_its_own_conversation_only(server: Server, talk: Talk) -> None:
    """Whatever a client names in the body or the URL, the token alone decides which conversation is read and written."""
    stranger = Talk(server.url)
    talk.say(f"my name is {SECRET}")
    stranger.post(text="hello", conversation=talk.id, sender=talk.id, sender_id=talk.id)
    told = stranger.http.get("/chat/messages", params={"conversation": talk.id, "token": talk.token})

    assert SECRET not in told.text
    assert len(turns_taken(server, talk.id)) == 1


# Bad input


def message_json(**body: Any) -> bytes:
    """A message with an id."""
    return json.dumps({"id": uuid.uuid4().hex, **body}).encode()


BAD_BODIES = {
    "nothing": (b"", 400, "not_json"),
    "not JSON": (b"hello", 400, "not_json"),
    "half JSON": (b'{"id": "1", "text": "hel', 400, "not_json"),
    "no text encoding": (b'{"id": "1", "text": "\xff\xfe"}', 400, "not_json"),
    "nested too deep": (b"[" * 50_000, 400, "not_json"),
    "an array": (b'[{"id": "1", "text": "hi"}]', 400, "not_an_object"),
    "null": (b"null", 400, "not_an_object"),
    "a number": (b"7", 400, "not_an_object"),
    "a form": (b"id=1&text=hi", 400, "not_json"),
    "no id": (b'{"text": "hi"}', 400, "bad_id"),
    "id null": (b'{"id": null, "text": "hi"}', 400, "bad_id"),
    "id a number": (b'{"id": 7, "text": "hi"}', 400, "bad_id"),
    "id empty": (b'{"id": "", "text": "hi"}', 400, "bad_id"),
    "id too long": (json.dumps({"id": "x" * 101, "text": "hi"}).encode(), 400, "bad_id"),
    "id of control characters": (b'{"id": "\\u0000", "text": "hi"}', 400, "bad_id"),
    "id a lone surrogate": (b'{"id": "\\ud800", "text": "hi"}', 400, "bad_id"),
    "neither text nor payload": (message_json(), 400, "bad_message"),
    "text null": (message_json(text=None), 400, "bad_message"),
    "text and payload": (message_json(text="hi", payload="/choose"), 400, "bad_message"),
    "text a number": (message_json(text=7), 400, "bad_type"),
    "text an object": (message_json(text={"text": "hi"}), 400, "bad_type"),
    "text an array": (message_json(text=["hi"]), 400, "bad_type"),
    "text true": (message_json(text=True), 400, "bad_type"),
    "text empty": (message_json(text=""), 400, "empty"),
    "text of blanks": (message_json(text=" \n\t\u00a0 "), 400, "empty"),
    "text of control characters": (message_json(text="\x00\x07\x1b\x7f"), 400, "empty"),
    "1,001 characters": (message_json(text="a" * 1001), 413, "too_long"),
    "1,001 emoji": (message_json(text="\N{RUNNER}" * 1001), 413, "too_long"),
    "10,000 emoji": (json.dumps({"id": "1", "text": "\N{RUNNER}" * 10_000}, ensure_ascii=False).encode(), 413, "too_long"),
    "100 kB": (message_json(text="a" * 100_000), 413, "too_large"),
    "payload a number": (message_json(payload=7), 400, "bad_type"),
    "payload empty": (message_json(payload=""), 400, "empty"),
    "payload a lone surrogate": (b'{"id": "1", "payload": "\\ud800"}', 400, "unknown_payload"),
    "payload never offered": (message_json(payload='/choose{"topic": "faq/price"}'), 400, "unknown_payload"),
    "payload of Rasa's": (message_json(payload="/restart"), 400, "unknown_payload"),
    "payload that sets a slot": (message_json(payload='/choose{"booking_confirm": true}'), 400, "unknown_payload"),
}


@pytest.mark.model
@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_bad_body_is_refused(server: Server, talk: Talk, name: str) -> None:
    """It gets a 4xx in the one shape, no turn, and no place in the conversation."""
    body, status, code = BAD_BODIES[name]
    assert is_error(post_raw(talk, body), status, code)
    assert len(spoken(server, talk)) == 1
    assert turns_taken(server, talk.id) == []


@pytest.mark.model
def test_a_payload_offered_to_another_is_refused(server: Server, talk: Talk) -> None:
    """An offer holds in its own conversation, where it stays valid until the end."""
    other = Talk(server.url)
    other.say("my calves are so tight")
    payload = other.messages[-1]["quick_replies"][0]["payload"]

    assert is_error(talk.post(payload=payload), 400, "unknown_payload")
    assert talk.post(payload=talk.messages[0]["quick_replies"][0]["payload"]).status_code == 200
    talk.say("thanks")
    assert talk.post(payload=talk.messages[0]["quick_replies"][0]["payload"]).status_code == 200


COMMANDS = [
    "/restart",
    "//restart",
    "/ /restart",
    "/\u00a0/restart",
    "/\n/restart",
    "\u3000/\t/\u2003/restart",
    "/back",
    "/session_start",
    '/choose{"topic": "appointment/book"}',
    '/\n/choose{"topic": "appointment/book"}',
    '/\u00a0/choose{"topic": ',
    '/safety{"level": "emergency"}',
    "/answer",
    "EXTERNAL: restart",
]


@pytest.mark.model
@pytest.mark.parametrize("text", COMMANDS)
def test_a_typed_command_is_text(server: Server, talk: Talk, text: str) -> None:
    """A client commands nothing: no slash reaches Rasa in front, whatever blanks stand between, and the answer is no failure."""
    answer = talk.say(text)

    [(told, intent)] = understood(server, talk.id)
    assert not told.startswith("/")
    assert intent not in ("restart", "back", "session_start", "choose", "safety", "answer")
    assert "something went wrong" not in answer[-1]["text"]
    assert spoken(server, talk)[1]["text"] == text.strip()


ODD_TEXTS = {
    "1,000 emoji": "\N{RUNNER}" * 1000,
    "emoji of many parts": "\U0001f9d1\U0001f3fd\u200d\U0001f91d\u200d\U0001f9d1\U0001f3fb" * 80,
    "one word of 1,000 letters": "massage" * 142,
    "one letter": "a" * 1000,
    "one word again and again": "calf " * 199,
    "digits": "1234567890" * 100,
    "a digit": "7" * 1000,
    "phone numbers": "508-555-0142 " * 76,
    "mail addresses": "a@b.co " * 140,
    "at signs": "@" * 1000,
    "dots and dashes": ".-" * 500,
    "dates": "5/5 at 5 or 6/6 at 6 " * 47,
    "commas": ",a" * 500,
    "brackets": "((((" * 250,
    "braces": "{name} {0} {0.__class__} ${x} %s " * 30,
    "questions": "why? " * 200,
    "words for no": "no not never " * 76,
    "my my my": "my left my right my " * 50,
    "cyrillic": "У меня болит икра после бега, сколько стоит массаж? " * 19,
    "greek": "Πονάει η γάμπα μου μετά το τρέξιμο. " * 27,
    "arabic": "عندي ألم في الساق بعد الجري كم السعر؟ " * 26,
    "chinese": "跑步后小腿很疼请问按摩多少钱" * 71,
    "four alphabets": "calf икра γάμπα ساق 小腿 " * 40,
    "zero-width characters": "\u200b\u200d\u2060\ufeff" * 250,
    "zero-width inside words": "\u200b".join("my calves are so tight after the long run"),
    "right-to-left override": "\u202emy calves are tight\u202c",
    "combining marks": "c" + "\u0335\u0361\u0489" * 300,
    "lone surrogates": "\ud800 my calves \udfff are tight",
    "control characters": "my\x00 cal\x07ves \x1b[31mare tight\x9f",
    "line ends": "my calves\r\n\r\rare\n\n\ntight",
    "SQL": "'; DROP TABLE messages; --",
    "HTML": '<script>alert("hi")</script><img src=x onerror=alert(1)>',
    "template": "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "JSON": '{"id": "x", "text": "hello"}',
    "a path": "../../../../etc/passwd\\..\\..",
    "a log line": "hello\nERROR root password=1",
}


@pytest.mark.model
@pytest.mark.parametrize("name", ODD_TEXTS)
def test_an_odd_text_gets_an_answer(server: Server, talk: Talk, name: str) -> None:
    """It is kept as it was written, less what can't be shown, answered in words, and never as if our side had failed."""
    started = time.monotonic()
    answer = post_raw(talk, message_json(text=ODD_TEXTS[name])).json()["messages"]
    print(f"{name}: {time.monotonic() - started:.2f} s, {[message['topic'] for message in answer]}")

    assert all(message["text"].strip() for message in answer)
    assert "something went wrong" not in " ".join(message["text"] for message in answer)
    assert spoken(server, talk)[1]["text"] == texts.clean(ODD_TEXTS[name])
    assert talk.say("what should I wear to a deep tissue session?")[0]["topic"] == "faq/what_to_wear"


@pytest.mark.model
@pytest.mark.parametrize("asked", ["what", "name", "contact"])
def test_an_odd_answer_to_the_form_is_kept_out(server: Server, talk: Talk, asked: str) -> None:
    """Markup, SQL and a thousand letters are no time, name or contact: the form asks again, or reads back text as text."""
    talk.say("i want to book")
    for told in {
        "what": [],
        "name": ["my calves", "saturday morning"],
        "contact": ["my calves", "saturday morning", "Dana Price"],
    }[asked]:
        talk.say(told)
    for odd in ("<b onclick=x>Robert'); DROP TABLE bookings;--</b>", "x" * 1000, "\N{RUNNER}" * 50, "1" * 300):
        answer = talk.say(odd)
        assert "something went wrong" not in answer[-1]["text"]
    with closing(database(server)) as connection:
        assert connection.execute("SELECT count(*) FROM bookings WHERE conversation = ?", (talk.id,)).fetchone() == (0,)


def over_the_wire(server: Server, request: bytes) -> bytes:
    """The answer to these bytes."""
    import socket

    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as wire:
        wire.sendall(request)
        return wire.recv(4096)


@pytest.mark.model
@pytest.mark.parametrize(
    "request_",
    [
        b"\x00\x01 nonsense\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST /chat/messages HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n{}",
        b"POST /chat/messages HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n{}",
        b"POST /chat/messages HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n{}",
        b"POST /chat/messages HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /chat/messages HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_broken_http_is_refused_and_the_next_is_served(server: Server, request_: bytes) -> None:
    """A request that is no HTTP gets a 4xx in the one shape; one with a negative length used to stop the server for good."""
    head, _, body = over_the_wire(server, request_).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 4"), head
    assert set(json.loads(body)["error"]) == {"code", "message"}
    assert httpx.get(f"{server.url}/health/live", timeout=5).status_code == 200


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(), max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
words = st.text(st.characters(), min_size=1, max_size=40) | st.lists(
    st.sampled_from(
        ["calf", "book", "tuesday", "5", "/", "{", "no", "my", "doctor", "\u200b", "\ud800", "\x00", "price?", "\n", "@"]
    ),
    max_size=12,
).map(" ".join)
bodies = st.one_of(
    st.binary(max_size=60),
    anything.map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries({}, optional={"id": anything, "text": anything, "payload": anything}).map(
        lambda v: json.dumps(v).encode()
    ),
    st.builds(lambda text: message_json(text=text), words),
)


@pytest.mark.model
def test_any_body_is_answered_or_refused(server: Server, talk: Talk) -> None:
    """Three hundred made-up bodies are each a 200 with an answer or a 4xx in the one shape, and the conversation stands."""

    @settings(max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(bodies)
    def check(body: bytes) -> None:
        response = post_raw(talk, body)
        if response.status_code == 200:
            assert response.json()["messages"], body
        else:
            assert response.status_code in (400, 413) and is_error(response, response.status_code), body

    check()
    told = spoken(server, talk)
    assert len([message for message in told if message["from"] == "client"]) == len(turns_taken(server, talk.id))


# A crowd


@pytest.mark.model
def test_twenty_at_once_in_one_conversation(server: Server, talk: Talk) -> None:
    """Each gets its own answer, in the order in which they were taken in, one after the other; nothing is lost."""
    talk.say("hello")
    sent = [{"id": str(n), "text": f"{n} my calves are tight, what should I wear?"} for n in range(20)]
    started = time.monotonic()
    answers = together(talk, sent)
    print(f"twenty messages at once in one conversation: {time.monotonic() - started:.2f} s")

    assert [response.status_code for response in answers] == [200] * 20
    told = spoken(server, talk)
    for body, response in zip(sent, answers, strict=True):
        place = [message["text"] for message in told].index(body["text"])
        answer = response.json()["messages"]
        assert answer and told[place + 1 : place + 1 + len(answer)] == answer
    with closing(database(server)) as connection:
        query = "SELECT inbox FROM messages WHERE conversation = ? AND sender = 'client' ORDER BY id"
        taken_in = [number for (number,) in connection.execute(query, (talk.id,))]
    assert len(taken_in) == 21
    assert taken_in == sorted(taken_in)


@pytest.mark.model
async def test_twenty_conversations_at_once(server: Server) -> None:
    """Twenty clients who ask different things at the same moment each get the answer to their own question."""
    asked = {"what should I wear to a deep tissue session?": "faq/what_to_wear", "my calves are so tight": "complaint/calves"}

    async def one(client: httpx.AsyncClient, text: str) -> list[dict[str, Any]]:
        token = (await client.post("/chat/conversations")).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = await client.post("/chat/messages", json={"id": "1", "text": text}, headers=headers)
        assert answer.status_code == 200
        return answer.json()["messages"]

    texts = list(asked) * 10
    started = time.monotonic()
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        answers = await asyncio.gather(*(one(client, text) for text in texts))
    print(f"twenty conversations at once: {time.monotonic() - started:.2f} s")

    assert [answer[0]["topic"] for answer in answers] == [asked[text] for text in texts]


# Forgetting


@pytest.mark.model
def test_a_forgotten_conversation_leaves_no_words(server: Server, talk: Talk) -> None:
    """After deletion each call gets 410, the client's words stand in no table, and who deletes is told so."""
    word = f"Forget{uuid.uuid4().hex}"
    talk.say(f"my calves are tight, says {word}")
    talk.say("can i talk to jessica")
    talk.say(f"tell her {word} asks about parking")
    talk.say(f"{word}@example.com")
    assert {"messages", "inbox", "events", "questions"} <= stored(server, word)

    gone = talk.http.delete("/chat/conversations")

    assert gone.status_code == 200
    assert gone.json()["message"].strip()
    assert stored(server, word) == set()
    assert is_error(talk.post(text="hello"), 410, "gone")
    for method, path in (("GET", "messages"), ("GET", "events"), ("DELETE", "conversations")):
        assert is_error(talk.http.request(method, f"/chat/{path}"), 410, "gone")


@pytest.mark.model
def test_a_live_appointment_stays(server: Server, talk: Talk) -> None:
    """Forgetting keeps an appointment that Jessica counts on, and says so and how to cancel it."""
    talk.say(BOOKS_AT_ONCE)
    talk.tap("Yes, send it")
    gone = talk.http.delete("/chat/conversations").json()

    assert "cancel" in gone["message"]
    assert stored(server, talk.id) >= {"bookings"}
    with closing(database(server)) as connection:
        query = "SELECT name, phone, status FROM bookings WHERE conversation = ?"
        assert connection.execute(query, (talk.id,)).fetchall() == [(f"Dana {SECRET}", "+15085550142", "requested")]
        for table, column in (("messages", "conversation"), ("offers", "conversation"), ("events", "sender_id")):
            assert connection.execute(f"SELECT count(*) FROM {table} WHERE {column} = ?", (talk.id,)).fetchone() == (0,)


@pytest.mark.model
async def test_forgetting_among_waiting_messages(server: Server, talk: Talk) -> None:
    """Messages that were waiting when the client said forget are answered or get 410, and leave nothing behind."""
    word = f"Race{uuid.uuid4().hex}"
    async with httpx.AsyncClient(base_url=server.url, headers=talk.http.headers, timeout=60) as client:
        sent = [asyncio.create_task(client.post("/chat/messages", json={"id": str(n), "text": f"{word} {n}"})) for n in range(10)]
        await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
        gone = await client.delete("/chat/conversations")
        answers = await asyncio.gather(*sent)

    assert gone.status_code == 200
    assert {response.status_code for response in answers} <= {200, 410}
    assert stored(server, word) == set()


# Websites


@pytest.mark.model
def test_the_practices_own_website_may_use_the_chat(strict: Server) -> None:
    """A page of an allowed origin may call with the token and read the answer, errors and the time to wait included."""
    asks = {
        "Origin": OURS,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    for path, method in (
        ("messages", "POST"),
        ("messages", "GET"),
        ("events", "GET"),
        ("conversations", "POST"),
        ("conversations", "DELETE"),
    ):
        allowed = httpx.options(f"{strict.url}/chat/{path}", headers={**asks, "Access-Control-Request-Method": method})
        assert allowed.status_code in (200, 204)
        assert allowed.headers["access-control-allow-origin"] == OURS
        assert method in allowed.headers["access-control-allow-methods"]
        assert "authorization" in allowed.headers["access-control-allow-headers"].lower()
        assert "access-control-allow-credentials" not in allowed.headers
    refused = httpx.post(f"{strict.url}/chat/messages", headers={"Origin": OURS}, json={})
    assert is_error(refused, 401)
    assert refused.headers["access-control-allow-origin"] == OURS
    assert "retry-after" in refused.headers["access-control-expose-headers"].lower()


@pytest.mark.model
def test_the_stream_may_be_read_from_the_practices_website(strict: Server) -> None:
    """The stream's answer allows the origin, too."""
    talk = Talk(strict.url)
    with talk.http.stream("GET", "/chat/events", headers={"Origin": OURS}) as stream:
        assert stream.headers["access-control-allow-origin"] == OURS


@pytest.mark.model
@pytest.mark.parametrize("origin", [FOREIGN, "null", f"{OURS}.evil.example", OURS.upper(), "http://massage.example", "*"])
def test_a_foreign_website_may_not(strict: Server, origin: str) -> None:
    """No other origin is allowed anything, neither before a call nor with it."""
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    for answer in (
        httpx.options(f"{strict.url}/chat/messages", headers=asks),
        httpx.get(f"{strict.url}/health/live", headers=asks),
    ):
        assert "access-control-allow-origin" not in answer.headers
        assert "origin" in answer.headers["vary"].lower()


# What fails on our side


@pytest.mark.model
def test_a_failing_database_call_inside_an_action(strict: Server) -> None:
    """A booking that can't be stored is said to be so, and the exception's text, which holds name and phone, is not logged."""
    talk = Talk(strict.url)
    talk.say(BOOKS_AT_ONCE)
    with closing(sqlite3.connect(strict.var / "legwork.sqlite3")) as connection:
        connection.execute("ALTER TABLE bookings RENAME TO away")
        answer = talk.tap("Yes, send it")
        connection.execute("ALTER TABLE away RENAME TO bookings")

    assert "went wrong" in " ".join(message["text"] for message in answer)
    assert stored(strict, talk.id) >= {"questions"}
    assert "action.failed" in strict.log.read_text()
    assert Talk(strict.url).say("what should I wear to a deep tissue session?")[0]["topic"] == "faq/what_to_wear"


@pytest.mark.model
def test_conversations_outlive_a_kill(strict: Server) -> None:
    """After kill -9 among turns token and ids work as before, and each message repeated has had exactly one turn."""
    talk = Talk(strict.url)
    before = talk.post(id="before", text="i want to book").json()
    assert before["messages"][0]["topic"] == "booking"
    sent = [{"id": f"n{n}", "text": f"{n} my calves are tight"} for n in range(12)]

    def send(body: dict[str, str]) -> httpx.Response | None:
        try:
            return talk.post(**body)
        except httpx.HTTPError:
            return None

    with ThreadPoolExecutor(12) as pool:
        waiting = [pool.submit(send, body) for body in sent]
        while not any(future.done() for future in waiting):
            time.sleep(0.005)
        strict.process.kill()
        strict.process.wait()
        answered = {body["id"]: future.result().json() for body, future in zip(sent, waiting, strict=True) if future.result()}
    strict.start()

    assert talk.post(id="before", text="i want to book").json() == before
    answers = {body["id"]: talk.post(**body).json() for body in sent}
    print(f"answered before the kill: {len(answered)} of {len(sent)}")
    assert {key: answers[key] for key in answered} == answered
    assert sorted(turns_taken(strict, talk.id)) == sorted(["i want to book", *(body["text"] for body in sent)])
    said = [message["text"] for message in spoken(strict, talk) if message["from"] == "client"]
    assert sorted(said) == sorted(["i want to book", *(body["text"] for body in sent)])


# Limits


@pytest.mark.model
def test_rate_limits(strict: Server) -> None:
    """30 messages a minute a conversation, 120 an address, 20 new conversations; then 429 and how long to wait."""
    with closing(database(strict)) as connection:
        begun = connection.execute("SELECT count(*) FROM conversations").fetchone()[0]
    made = []
    while (
        response := httpx.post(f"{strict.url}/chat/conversations", headers={"X-Forwarded-For": f"10.0.0.{len(made)}"})
    ).status_code == 201:
        made.append(response.json()["token"])
        assert len(made) <= 20
    assert len(made) >= 20 - begun  # other tests may have begun theirs within this minute
    assert is_error(response, 429, "too_many")
    assert 1 <= int(response.headers["retry-after"]) <= 60

    accepted = []
    with httpx.Client(base_url=strict.url) as client:
        for token in made[:5]:
            answers = [
                client.post("/chat/messages", content=b"{}", headers={"Authorization": f"Bearer {token}"}) for _ in range(31)
            ]
            accepted.append(sum(response.status_code == 400 for response in answers))
            assert is_error(answers[-1], 429, "too_many")
            assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert accepted[0] == 30
    assert 100 <= sum(accepted) <= 120  # likewise
    assert httpx.get(f"{strict.url}/health/live").status_code == 200


def test_a_minute_later_one_may_speak_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait that a refusal names is enough, and one key's limit is none of another's."""
    now = [1000.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])
    limit = limits.Limit("test", 2)
    limit.check("a")
    now[0] += 20
    limit.check("a")
    with pytest.raises(Refused) as refused:
        limit.check("a")
    limit.check("b")

    assert (refused.value.status, refused.value.retry_after) == (429, 40)
    now[0] += 40.001
    limit.check("a")


# What fails on our side, looked at alone


class Raises:
    """An executor whose actions raise with the client's words in the exception."""

    async def run(self, call: dict[str, Any]) -> None:
        """As rasa_sdk's executor."""
        raise RuntimeError(f"no such thing: {call['tracker']['latest_message']['text']}")


async def test_an_action_that_raises(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is answered in a sentence, logged without the client's words, and the question is passed to Jessica."""
    actions = ActionsInPlace.__new__(ActionsInPlace)
    actions._executor = Raises()
    made = conversations.open_conversation("web", "key")
    tracker = {"latest_message": {"text": f"my {SECRET} hurts"}, "latest_input_channel": "web"}
    with caplog.at_level(logging.WARNING):
        answer = await actions.request(json={"next_action": "action_answer", "sender_id": made.id, "tracker": tracker})

    assert answer == {"events": [], "responses": [{"response": "utter_failed"}]}
    assert [(row["text"], row["conversation"]) for row in questions.listing()] == [(f"my {SECRET} hurts", made.id)]
    assert "action_answer" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("text", "level", "sign", "response"),
    [
        ("chest pain and i cant breathe", "emergency", "heart_or_lung", "utter_safety/heart_or_lung"),
        ("me duele el pecho y no puedo respirar", "emergency", "heart_or_lung", "utter_safety/heart_or_lung_spanish"),
        ("my calf is hot and swollen", "doctor", "dvt", "utter_safety/dvt"),
    ],
)
async def test_a_sign_is_advised_on_though_its_action_raises(home: Path, text: str, level: str, sign: str, response: str) -> None:
    """Whoever tells of one hears what to do, not that something went wrong."""
    actions = ActionsInPlace.__new__(ActionsInPlace)
    actions._executor = Raises()
    made = conversations.open_conversation("web", "key")
    tracker = {"latest_message": {"text": text, "safety": {"level": level, "sign": sign}}, "latest_input_channel": "web"}
    answer = await actions.request(json={"next_action": "action_safety", "sender_id": made.id, "tracker": tracker})

    assert answer["responses"] == [{"response": response, "metadata": {"level": level, "topic": "safety"}}]
    [stop] = [event["value"] for event in answer["events"] if event.get("name") == "stopped"]
    assert (stop["level"], stop["signs"], stop["everywhere"]) == (level, [sign], True)
    assert [row["text"] for row in questions.listing()] == [text]


class Half:
    """Utters something, then breaks."""

    def __init__(self) -> None:
        self.tracker_store = Agent().tracker_store

    async def handle_message(self, message: UserMessage) -> None:
        """As Rasa's agent."""
        await message.output_channel.send_response(message.sender_id, {"text": "First half."})
        raise RuntimeError(message.text)


async def ask(house: turns.Turns, text: str, number: str = "1", key: str = "key") -> list[dict[str, Any]]:
    """One message's answer, as the channel asks for it."""
    made = conversations.open_conversation("web", key)
    inbox_id, new, _ = conversations.receive("web", f"{made.id}:{number}", made.id, {"text": text, "payload": None})
    return await house.answer(turns.Heard("web", made.id, inbox_id, text, again=not new))


async def test_a_turn_that_hangs(home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """It ends with a sentence, its message goes to Jessica, and the next message of the conversation is answered."""
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.05)
    agent = Agent()
    agent.script[SECRET] = 60
    house = turns.Turns(agent)
    hung, after = await asyncio.gather(ask(house, SECRET), ask(house, "hello", "2"))

    assert "went wrong" in hung[-1]["text"]
    assert after[-1]["text"] == "You said: hello"
    assert [row["text"] for row in questions.listing()] == [SECRET]
    assert SECRET not in caplog.text


async def test_a_turn_that_breaks_halfway(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What was said stays, the failure is owned up to, and the message goes to Jessica."""
    answer = await ask(turns.Turns(Half()), SECRET)

    assert answer[0]["text"] == "First half."
    assert "went wrong" in answer[1]["text"]
    assert [row["text"] for row in questions.listing()] == [SECRET]
    assert SECRET not in caplog.text


class Lost(Agent):
    """Goes on without the actions, as Rasa does when their server is gone."""

    async def handle_message(self, message: UserMessage) -> None:
        """As Rasa's agent."""


@pytest.mark.parametrize("agent", [Half, Lost])
@pytest.mark.parametrize(
    ("text", "level", "response"),
    [
        ("price? also chest pain and i cant breathe", "emergency", "utter_safety/heart_or_lung"),
        ("me duele el pecho y no puedo respirar", "emergency", "utter_safety/heart_or_lung_spanish"),
        ("my calf is swollen hot and red since yesterday", "doctor", "utter_safety/dvt"),
        ("do you do cupping", None, "utter_failed"),
    ],
)
async def test_a_sign_in_a_turn_that_fails(home: Path, agent: type, text: str, level: str | None, response: str) -> None:
    """It gets the advice that the dialogue would have given, alone, and stops booking; Jessica gets the message all the same."""
    house = turns.Turns(agent())
    answer = await ask(house, text)
    kept = [tracker.get_slot("stopped") for tracker in house.store.saved.values()]

    assert (answer[-1]["text"], answer[-1].get("level")) == (first_text(response), level)
    assert len(answer) == 1 or not level
    assert [row["text"] for row in questions.listing()] == [text]
    assert [found for found, _, _ in safety.count_by_sign()] == ([level] if level else [])
    assert [(stop["level"], stop["everywhere"]) for stop in kept] == ([(level, True)] if level else [])


async def test_a_client_who_hangs_up(home: Path) -> None:
    """The turn goes on; the same message later gets its answer and no second turn."""
    agent = Agent()
    agent.seconds = 0.1
    house = turns.Turns(agent)
    first = asyncio.create_task(ask(house, "hello"))
    await asyncio.sleep(0.03)
    first.cancel()
    answer = await ask(house, "hello")

    assert answer[-1]["text"] == "You said: hello"
    assert agent.texts == ["hello"]


class Remembering(Agent):
    """Keeps what it uttered, as Rasa does before we store the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.uttered: dict[str, list[dict[str, Any]]] = {}
        self.tracker_store.uttered = lambda sender, message: self.uttered.get(message, [])  # type: ignore[method-assign]

    async def handle_message(self, message: UserMessage) -> None:
        """As Rasa's agent."""
        await super().handle_message(message)
        self.uttered[message.message_id] = [{"text": f"You said: {message.text}"}]


async def test_a_death_between_the_two_commits(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the process dies after Rasa stored the turn and before the answer was stored, the message repeated gets that answer."""
    agent = Remembering()
    with monkeypatch.context() as broken:
        broken.setattr(turns.conversations, "write", lambda *args: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            await ask(turns.Turns(agent), "hello")
    answer = await ask(turns.Turns(agent), "hello")
    again = await ask(turns.Turns(agent), "hello", "2")

    assert answer[-1]["text"] == again[-1]["text"] == "You said: hello"
    assert agent.texts == ["hello", "hello"]


async def test_a_death_between_the_two_commits_and_another_message_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The interrupted message keeps its one turn when another message comes before it is repeated."""
    agent = Remembering()
    with monkeypatch.context() as broken:
        broken.setattr(turns.conversations, "write", lambda *args: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            await ask(turns.Turns(agent), "hello", "1")
    await ask(turns.Turns(agent), "my calves", "2")
    answer = await ask(turns.Turns(agent), "hello", "1")

    assert answer[-1]["text"] == "You said: hello"
    assert agent.texts == ["hello", "my calves"]


# The log


@pytest.mark.model
def test_the_logs_hold_no_words_and_no_stack_trace(server: Server, strict: Server) -> None:
    """After all of the above and a few messages more to one of them, neither server logged what a client wrote, or a stack trace."""
    talk = Talk(server.url)
    for text in (
        f"{SECRET} has chest pain",
        f"/restart {SECRET}",
        f"{{{SECRET}}} <{SECRET}>",
        f"{SECRET}@example.com",
        f"Dana {SECRET}",
    ):
        talk.say(text)
    talk.post(text={SECRET: SECRET})
    talk.post(payload=f'/choose{{"{SECRET}": 1}}')
    talk.http.get(f"/chat/messages?after={SECRET}")
    post_raw(talk, f'{{"id": "{SECRET}'.encode())
    assert "messages" in stored(server, SECRET)
    for log in (server.log.read_text(), strict.log.read_text()):
        assert "ready" in log
        assert SECRET not in log
        assert "Traceback" not in log
        assert "request.failed" not in log
