"""What arrives in a real inbox beside questions."""

from __future__ import annotations

import csv

import pytest

from legwork.nlu import inbox
from legwork.settings import ROOT

KINDS = {"automatic", "tapback", "empty", "spanish", "portuguese", "foreign"}
with (ROOT / "tests" / "questions" / "inbox.tsv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['kind']} {at}" for at, row in enumerate(ROWS)])
def test_held_out_inbox(row: dict[str, str]) -> None:
    """Each message of the held-out table is of its kind; what is small talk is no business of this module."""
    assert inbox.read(row["text"]) == (row["kind"] if row["kind"] in KINDS else None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Liked “See you Tuesday”", "tapback"),
        ('Loved "60 minutes of cupping"', "tapback"),
        ("Removed a heart from “ok”", "tapback"),
        ("Liked an image", "tapback"),
        ("[AutoReply] I'm driving right now", "automatic"),
        ("I'm driving with Focus turned on. I'll see your message when I get where I'm going.", "automatic"),
        ("Out of office until Monday", "automatic"),
        ("I’m driving with Focus turned on. I’ll see your message when I get where I’m going.", "automatic"),
        ("I am away from my desk and will respond on Tuesday.", "automatic"),
        ("Thank you for contacting Acme Plumbing. We will get back to you within one business day.", "automatic"),
        ("This number is not monitored.", "automatic"),
        ("Sorry, I can’t talk right now.", "automatic"),
        ("?", "empty"),
        ("👍", "empty"),
        ("...", "empty"),
        ("", "empty"),
        ("Hola, ¿cuánto cuesta una hora?", "spanish"),
        ("me duele la pantorrilla", "spanish"),
        ("Olá, quanto custa a massagem?", "portuguese"),
        ("здравствуйте, сколько стоит массаж", "foreign"),
        ("多少钱", "foreign"),
    ],
)
def test_kind_is_read(text: str, kind: str) -> None:
    """Machines, taps, lone signs and other languages."""
    assert inbox.read(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "I liked the last session",
        "Loved it, can I book again?",
        "I'm driving from Boston, where are you?",
        "I'm away next week, do you have time after that",
        "thanks for your message, tuesday works",
        "I am off on fridays",
        "how long is the drive from the office",
        "my SI joint hurts",
        "El Paso marathon in may",
        "do the Los Angeles marathon runners come to you",
        "hola, do you have time on friday",
        "es",
        "1",
        "ok",
        "Ana Maria dos Santos",
        "para",
        "San Juan de los Rios",
        "can't talk right now but how much is it",
        "calf",
        "café on main street, are you near it",
        "MFR?",
        "Do you see runners as well as walkers?",
        "do I come as soon as I can run again",
    ],
)
def test_a_message_is_a_message(text: str) -> None:
    """What only looks like one of them is read on as a message."""
    assert inbox.read(text) is None


@pytest.mark.parametrize(
    ("text", "goes_on"),
    [
        ("si", True),
        ("Gracias!", True),
        ("508-555-0144", True),
        ("ana@example.com", True),
        ("my hips hurt", False),
        ("60 minutes", False),
    ],
)
def test_nod_goes_on_in_its_language(text: str, goes_on: bool) -> None:
    """A word that could be of any language, or a way to reach somebody, is of the message before it."""
    assert inbox.goes_on(text, "spanish") == ("spanish" if goes_on else None)
    assert inbox.goes_on(text, None) is None


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("hablas espanol?", True), ("¿Se habla español aquí?", True), ("can i write in spanish", True), ("does anyone there speak Portuguese?", True),
        ("vocês falam português?", True), ("en español por favor", True), ("spanish?", True),
        ("I study spanish and my neck hurts", False), ("do you speak", False), ("hola, quiero una cita en español", False),
    ],
)  # fmt: skip
def test_language_is_asked_for(text: str, asks: bool) -> None:
    """Whether a language is understood may be asked in it or in English; who writes more has begun to."""
    assert inbox.asks_language(text) is asks
