"""The double of the server does what the server does: the same calls are made to both, and their answers are compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import Server
from tests.doubles import web_answers

pytestmark = [pytest.mark.browser, pytest.mark.model]

CALVES = '/choose{"topic": "complaint/calves"}'
FOREIGN = "https://elsewhere.example"
HEADERS = ("access-control-allow-origin", "access-control-expose-headers", "content-type", "vary")


@pytest.fixture(scope="module")
def legwork(model: Any, tmp_path_factory: pytest.TempPathFactory, _server: Any) -> Iterator[Server]:
    """A running Legwork that the double's website may use."""
    started = Server(tmp_path_factory.mktemp("legwork"), LEGWORK_ALLOWED_ORIGINS=_server.site)
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


def test_what_was_pressed_in_a_card_is_called_the_same(legwork: Server, server: Any) -> None:
    """A part of the read-back that is to be changed stands in the history of both under the same words."""
    said = []
    for url, way in (
        (legwork.url, ["60 min MFR for my calves next tuesday after 5, Dana Price, 508-555-0142"]),
        (server.chat, ["book", "Dana Price", "508-555-0142"]),
    ):
        client = Client(url, server.site)
        for number, text in enumerate(way):
            answer = client.send({"id": f"d{number}", "text": text}).json()["messages"][-1]
            if (answer.get("card") or {}).get("kind") == "times":
                client.send({"id": "e1", "payload": answer["card"]["rows"][0]["payload"]})
        name = next(row for row in answer["card"]["rows"] if row["label"] == "Name")
        client.send({"id": "f1", "payload": name["payload"]})
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


def test_times_are_offered_as_the_window_expects() -> None:
    """Open times are a card whose rows are days and clock times with a payload each."""
    [message] = web_answers.answer({}, "book", None)

    assert message["card"]["kind"] == "times"
    assert all(set(row) == {"label", "value", "payload"} for row in message["card"]["rows"])
