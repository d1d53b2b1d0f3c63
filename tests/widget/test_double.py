"""The double of the server does what the server does: the same calls are made to both, and their answers are compared."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import Server
from tests.doubles import web_answers
from tests.doubles.office import write_practice

pytestmark = [pytest.mark.browser, pytest.mark.model]

CALVES = '/choose{"topic": "complaint/calves"}'
FOREIGN = "https://elsewhere.example"
HEADERS = ("access-control-allow-origin", "access-control-expose-headers", "content-type", "vary")


@pytest.fixture(scope="module")
def legwork(model: Any, tmp_path_factory: pytest.TempPathFactory, _server: Any) -> Iterator[Server]:
    """A running Legwork that the double's website may use; it offers live times, as the double does."""
    folder = tmp_path_factory.mktemp("legwork")
    practice = write_practice(folder, "calendar")
    started = Server(folder, LEGWORK_ALLOWED_ORIGINS=_server.site, LEGWORK_PRACTICE=str(practice))
    yield started
    started.stop()


class Client:
    """Calls one of the two, and says what came back in a form that can be compared."""

    def __init__(self, url: str, origin: str) -> None:
        """Begins a conversation from a page of this origin."""
        self.http = httpx.Client(base_url=url, timeout=30, headers={"Origin": origin})
        self.made = self.http.post("/chat/conversations", json={})
        self.token = {"Authorization": f"Bearer {self.made.json()['token']}"}
        self.first = self.made.json()["messages"][0]["id"]

    def send(self, body: Any, **headers: str) -> httpx.Response:
        """Posts a message."""
        return self.http.post("/chat/messages", json=body, headers=self.token | headers)

    def history(self, after: str | None = None) -> httpx.Response:
        """The conversation, from after a message on."""
        return self.http.get("/chat/messages", params={"after": after} if after else {}, headers=self.token)


def shape(response: httpx.Response) -> dict[str, Any]:
    """Status, the headers that matter to a browser, and the body, without what is new each time."""
    body = response.json()
    if "error" in body:
        body = {"error": body["error"]["code"], "fields": sorted(body["error"])}
    for message in body.get("messages", []):
        assert re.fullmatch(r"m\d+|[a-z]\d", message["id"])
        assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", message["at"])
        message.pop("at")
        if message["from"] != "client":
            message.pop("id")
    for field in ("token", "conversation"):
        assert isinstance(body.pop(field, ""), str)
    headers = {name: response.headers.get(name) for name in HEADERS}
    headers["content-type"] = headers["content-type"].split(";")[0]
    return {"status": response.status_code, **headers, **body}


def _parts(found: dict[str, Any]) -> list[Any]:
    """The shape piece by piece, so that a difference can be seen."""
    return [*sorted((k, v) for k, v in found.items() if k != "messages"), *found.get("messages", [])]


STEPS: dict[str, Any] = {
    "begun": lambda client: client.made,
    "a payload that was offered": lambda client: client.send({"id": "a1", "payload": CALVES}),
    "the same id again": lambda client: client.send({"id": "a1", "payload": CALVES}),
    "an answer by quick reply": lambda client: client.send({"id": "a2", "payload": '/choose{"reply": "no", "to": "screen"}'}),
    "the same answer to the next question": lambda client: client.send({"id": "a3", "text": "no, none of that"}),
    "chest pain": lambda client: client.send({"id": "a4", "text": "I have chest pain when I run"}),
    "a payload that was not offered": lambda client: client.send({"id": "b1", "payload": '/choose{"topic": "faq/tipping"}'}),
    "neither text nor payload": lambda client: client.send({"id": "b2"}),
    "no id": lambda client: client.send({"text": "hello"}),
    "too long": lambda client: client.send({"id": "b3", "text": "a" * 1001}),
    "no token": lambda client: client.http.get("/chat/messages"),
    "a token of nobody": lambda client: client.http.get("/chat/messages", headers={"Authorization": "Bearer nobody"}),
    "the stream without a token": lambda client: client.http.get("/chat/events"),
    "the history": lambda client: client.history(),
    "the history after the first message": lambda client: client.history(client.first),
    "the history after one's own": lambda client: client.history("a3"),
    "the history after an unknown one": lambda client: client.history("zz9"),
    "forgotten": lambda client: client.http.delete("/chat/conversations", headers=client.token),
    "spoken to after that": lambda client: client.send({"id": "c1", "text": "hello?"}),
    "forgotten again": lambda client: client.http.delete("/chat/conversations", headers=client.token),
}
"""One conversation's calls, in order."""


def test_the_same_calls_get_the_same_answers(legwork: Server, server: Any) -> None:
    """Status, headers, error codes, fields, sentences, cards and quick replies are the same, call by call."""
    real, double = Client(legwork.url, server.site), Client(server.chat, server.site)
    differing = {}
    for name, call in STEPS.items():
        theirs, ours = shape(call(real)), shape(call(double))
        if theirs != ours:
            differing[name] = [pair for pair in zip(_parts(theirs), _parts(ours)) if pair[0] != pair[1]]
    server.violations.clear()  # these calls were wrong on purpose

    assert differing == {}


AHEAD = {
    "server": ["60 min MFR for my calves next week, Dana Price, 508-555-0142"],
    "double": ["book", "Dana Price", "508-555-0142"],
}
"""What is said to each of the two: what leads to open times, and what is asked once one was picked."""


def offered(client: Client, name: str) -> dict[str, Any]:
    """The message that offers open times."""
    return client.send({"id": "g1", "text": AHEAD[name][0]}).json()["messages"][-1]


def read_back(client: Client, name: str) -> dict[str, Any]:
    """The message that reads back what is booked when the first of the open times is picked."""
    said = client.send({"id": "h1", "payload": offered(client, name)["card"]["rows"][0]["payload"]})
    for number, text in enumerate(AHEAD[name][1:]):
        said = client.send({"id": f"i{number}", "text": text})
    return said.json()["messages"][-1]


def test_what_was_pressed_in_a_card_is_called_the_same(legwork: Server, server: Any) -> None:
    """A part of the read-back that is to be changed stands in the history of both under the same words."""
    said = []
    for url, name in ((legwork.url, "server"), (server.chat, "double")):
        client = Client(url, server.site)
        answer = read_back(client, name)
        change = next(row["payload"] for row in answer["card"]["rows"] if row["label"] == "Name")
        client.send({"id": "f1", "payload": change})
        said.append([message["text"] for message in client.history().json()["messages"] if message["id"] == "f1"])

    assert said == [["Change: Name"]] * 2


@pytest.mark.parametrize("path", ["/chat/conversations", "/chat/messages", "/chat/events"])
@pytest.mark.parametrize("origin", ["its own", "a foreign one"])
def test_preflight(legwork: Server, server: Any, path: str, origin: str) -> None:
    """A browser that asks beforehand whether it may call is told the same by both."""
    asked = {
        "Origin": server.site if origin == "its own" else FOREIGN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    told = [httpx.options(f"{url}{path}", headers=asked) for url in (legwork.url, server.chat)]

    assert len({(each.is_success, each.headers.get("access-control-allow-origin")) for each in told}) == 1
    for name in ("access-control-allow-methods", "access-control-allow-headers"):
        real, double = ({part.strip().lower() for part in each.headers.get(name, "").split(",")} for each in told)
        assert real == double


def form(value: Any) -> Any:
    """What a part of a message looks like: its keys, and for each text what kind of text it is."""
    if isinstance(value, dict):
        return {key: form(each) for key, each in value.items()}
    if isinstance(value, list):
        return [form(each) for each in value]
    for kind, pattern in FORMS.items():
        if re.fullmatch(pattern, str(value)):
            return kind
    return value


FORMS = {
    "a server's id": r"m\d+",
    "a moment": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "an address": r"(https?:/)?/\S+",
    "a time's offer": r'/choose\{"reply": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", "to": "booking_start"\}',
    "a day and a time": r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2}, (noon|\d{1,2}(:\d\d)? [ap]m)",
    "a day": r"[A-Z][a-z]+day, [A-Z][a-z]+ \d{1,2}",
    "a time": r"noon|\d{1,2}(:\d\d)? [ap]m",
    "a booking's sentence": r"(It's booked|Jessica has confirmed your appointment): .* (Its code is) [0-9a-f]{8};.*",
}


def test_open_times_look_the_same(legwork: Server, server: Any) -> None:
    """Open times come as the same sentence, quick replies and card, however many there are."""
    real, double = offered(Client(legwork.url, server.site), "server"), offered(Client(server.chat, server.site), "double")
    forms = [form(each) for each in (real, double)]
    for each in forms:
        assert len(each["card"]["rows"]) > 3
        each["card"]["rows"] = each["card"]["rows"][:1]

    assert forms[0] == forms[1]


def test_a_booked_time_looks_the_same(legwork: Server, server: Any) -> None:
    """A time that was picked is read back and booked in both, and comes with a file for the calendar."""
    seen: list[list[Any]] = []
    for url, name in ((legwork.url, "server"), (server.chat, "double")):
        client = Client(url, server.site)
        shown = read_back(client, name)
        booked = client.send({"id": "j1", "payload": shown["quick_replies"][0]["payload"]}).json()["messages"]
        rows = [(row["label"], row["payload"]) for row in shown["card"]["rows"]]
        seen.append([shown["text"], shown["quick_replies"], rows, form(booked)])

    assert seen[0] == seen[1]
    assert seen[0][-1][-1]["attachment"] == {"title": "Add to your calendar", "url": "an address"}


def later(client: Client, happen: Callable[[], object]) -> dict[str, Any]:
    """What the event stream brings when something happens: status, headers, its first lines, and one event."""
    with client.http.stream("GET", "/chat/events", headers=client.token) as stream:
        lines = stream.iter_lines()
        found: dict[str, Any] = {"status": stream.status_code, "begins": [next(lines), next(lines)]}
        found |= {name: stream.headers.get(name) for name in (*HEADERS, "cache-control")}
        found["content-type"] = found["content-type"].split(";")[0]
        happen()
        event: dict[str, str] = {}
        while not event:  # there are signs of life in between
            event = dict(line.split(": ", 1) for line in itertools.takewhile(bool, lines) if not line.startswith(":"))
    message = json.loads(event.pop("data"))
    assert event.pop("id") == message["id"]
    assert client.history().json()["messages"][-1] == message
    return found | {"event": event, "message": form(message)}


def after_a_turn(client: Client, happen: Callable[[], object]) -> Callable[[], object]:
    """The same, once the client has said something and been answered, which is no news to the stream."""

    def both() -> None:
        client.send({"id": "turn", "text": "my first visit"}).raise_for_status()
        happen()

    return both


def desk(running: Server, kind: str, **pressed: str) -> None:
    """Jessica opens the newest link of this kind and presses a button."""
    rows = [json.loads(line) for line in running.run("waiting", "--json").splitlines()]
    link = [row["link"] for row in rows if row["kind"] == kind][-1]
    httpx.post(link, data=pressed, timeout=30).raise_for_status()


def test_the_event_stream_is_the_same(legwork: Server, server: Any) -> None:
    """What comes later, and nothing else, comes as the same event in both: Jessica's confirmation with its file, a word of hers."""
    real, double = Client(legwork.url, server.site), Client(server.chat, server.site)
    real.send({"id": "k1", "text": "60 min MFR for my calves on tuesday december 1 after 1 pm, Dana Price, 508-555-0142"})
    real.send({"id": "k2", "payload": '/choose{"reply": "wish", "to": "booking_start"}'})
    real.send({"id": "k3", "text": "yes"})
    start = "2026-12-01T17:00:00-05:00"
    theirs = later(real, after_a_turn(real, lambda: desk(legwork, "request", do="confirm", start=start, minutes="60")))
    for number, text in enumerate(("where do I park?", "yes")):
        real.send({"id": f"l{number}", "text": text})
    words = "Behind the house, beside the barn."
    theirs_too = later(real, lambda: desk(legwork, "question", do="answer", text=words))
    word = {"from": "jessica", "topic": theirs_too["message"]["topic"], "text": words}

    assert later(double, after_a_turn(double, lambda: server.push(web_answers.confirmed()))) == theirs
    assert later(double, lambda: server.push(word)) == theirs_too


def test_the_event_stream_ends_with_the_conversation(legwork: Server, server: Any) -> None:
    """Once the conversation is forgotten its event stream ends in both."""
    for url in (legwork.url, server.chat):
        client = Client(url, server.site)
        with client.http.stream("GET", "/chat/events", headers=client.token) as stream:
            lines = stream.iter_lines()
            next(lines)
            httpx.delete(f"{url}/chat/conversations", headers=client.token).raise_for_status()

            assert [line for line in lines if line and not line.startswith(":")] == []
