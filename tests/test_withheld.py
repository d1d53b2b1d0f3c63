"""Numbers that are taken out of a message before anything stores it."""

from __future__ import annotations

import re
import time

import pytest

from legwork import withheld

KEPT_OUT: list[tuple[str, str | None]] = [
    ("4111 1111 1111 1111", "card"),
    ("4111111111111111", "card"),
    ("4111-1111-1111-1111 exp 12/27", "card"),
    ("my card is 5555555555554444", "card"),
    ("3782 822463 10005", "card"),
    ("378282246310005", "card"),
    ("visa 4242.4242.4242.4242", "card"),
    ("4111\u00a01111\u00a01111\u00a01111", "card"),
    ("4111 1111\n1111 1111", "card"),
    ("508-555-0142 4111 1111 1111 1111", "card"),
    ("123-45-6789", "id"),
    ("my ssn is 123456789", "id"),
    ("123 45 6789", "id"),
    ("social security 123-45-6789", "id"),
    ("SSN: 123 45 6789", "id"),
    ("driver's license S12345678", "id"),
    ("my drivers licence is S12345678", "id"),
    ("passport no. 123456789", "id"),
    ("4111/1111/1111/1111", "card"),
    ("4111_1111_1111_1111", "card"),
    ("4111, 1111, 1111, 1111", "card"),
    ("4111,1111 / 1111_1111", "card"),
    ("3782/822463/10005", "card"),
    ("4,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", "card"),
    ("123456789 is my social", "id"),
    ("123-45-6789 (ssn)", "id"),
    ("123/45/6789", "id"),
    ("123_45_6789", "id"),
    ("my social is 123456789", "id"),
    ("last four of my social: 6789", "id"),
    ("DE89 3704 0044 0532 0130 00", "id"),
    ("iban GB82WEST12345698765432 call me", "id"),
    ("gb82 west 1234 5698 7654 32", "id"),
    ("routing 021000021", "id"),
    ("bank account number 000123456789", "id"),
    ("member id XYZ123456789", "id"),
    ("my insurance id is W1234 56789", "id"),
    ("W123456789 is my member id", "id"),
    ("medicare 1EG4-TE5-MK73", "id"),
    ("blue cross policy number 12-345678-9", "id"),
    ("dob 4/5/1985", "birth"),
    ("DOB: 04-05-85", "birth"),
    ("d.o.b. 4/5/85", "birth"),
    ("my date of birth is april 5 1985", "birth"),
    ("born on 5 April 1985", "birth"),
    ("I was born April 5, 1985", "birth"),
    ("born 04/05/1985", "birth"),
    ("birthdate 1985-04-05", "birth"),
    ("my birthday is 4/5/85", "birth"),
    # what only looks like one
    ("508-555-0142", None),
    ("+1 508 555 0142", None),
    ("508 555 0142 or 508 555 0143", None),
    ("4111 1111 1111 1112", None),
    ("tuesday 11/24 after 5", None),
    ("1985", None),
    ("i was born to run", None),
    ("born and raised in Worcester, 3 miles away", None),
    ("it's my birthday on saturday", None),
    ("it's a birthday present for my wife, 60 minutes", None),
    ("do you take credit cards", None),
    ("is your license number 12345", None),
    ("26.2 miles in 3:45:12", None),
    ("01581-1234", None),
    ("2026-11-24 16:30", None),
    ("", None),
    ("order 1234567890123", None),
    ("11/24 or 11/25, 508-555-0142", None),
    ("20, 21, 22, 23, 24, 25, 26 all work", None),
    ("does insurance pay? call 508-555-0142", None),
    ("do you need my insurance number? mine is dana, 508-555-0142", None),
    ("follow us on social, 508-555-0142", None),
    ("my member discount for 60 minutes", None),
    ("group of 12 runners on 12/12/2026 at 10:30", None),
    ("between 10,000 and 20,000 steps", None),
]


@pytest.mark.parametrize(("text", "kind"), KEPT_OUT, ids=[text[:40].replace("\n", " ") for text, _ in KEPT_OUT])
def test_what_must_not_be_kept(text: str, kind: str | None) -> None:
    """Cards, ID numbers and birth dates are seen however they are typed; telephone numbers, dates and zip codes are none."""
    assert withheld.kind(text) == kind


@pytest.mark.parametrize("text", [text for text, kind in KEPT_OUT if kind], ids=lambda text: text[:40].replace("\n", " "))
def test_nothing_of_it_is_left(text: str) -> None:
    """What is hidden leaves no run of four digits but a phone number's, and is still known for what it was."""
    hidden = withheld.hide(text)

    assert not re.search(r"\d{4}", hidden.replace("508-555-0142", ""))
    assert withheld.kind(hidden) == withheld.kind(text)


@pytest.mark.parametrize("text", [text for text, kind in KEPT_OUT if not kind], ids=lambda text: text[:40] or "empty")
def test_everything_else_stays(text: str) -> None:
    """What only looks like such a number is left as it was typed."""
    assert withheld.hide(text) == text


def test_the_rest_of_the_message_stays() -> None:
    """Time, name and phone number around a card number are still read."""
    text = "tuesday after 5, Dana, 508-555-0142, card 4111 1111 1111 1111 thanks"

    assert withheld.hide(text) == "tuesday after 5, Dana, 508-555-0142, card [card number] thanks"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("my name is Ravi, my card is 4111111111111111 and saturday suits me", "my name is Ravi,  and saturday suits me"),
        ("my card is 4111 1111 1111 1111 exp 12/27", ""),
        ("card 4111111111111111 12/27 123, tuesday at 9", ", tuesday at 9"),
        ("4111111111111111, exp 09/28, cvv 123. Tom Fox", ". Tom Fox"),
        ("4111 1111 1111 1111 12/2 at 9 works", "12/2 at 9 works"),
        ("Gail Moss, born 4/5/1961", "Gail Moss,"),
        ("tuesday at 9", "tuesday at 9"),
    ],
)
def test_what_is_said_beside_it_is_read(text: str, rest: str) -> None:
    """Number, expiry date and code are gone with the words that lead to them; a wished date behind them stays."""
    assert withheld.rest(text) == rest
    assert withheld.rest(withheld.hide(text)) == rest


@pytest.mark.parametrize(
    "text",
    [
        "1" * 2000,
        "4 " * 1000,
        "born " * 400,
        "ssn " * 400,
        "- " * 1000,
        "member id a" * 200,
        "gb82 " * 300,
        "4/,1" * 400,
        "1 " * 1000,
        "12 " * 700,
        "5-6 " * 500,
        "a1 " * 700,
        "1 " * 990 + "is my member id",
    ],
    ids=["ones", "fours", "born", "ssn", "dashes", "member", "iban", "mixed", "single", "pairs", "ranges", "letters", "behind"],
)
def test_long_texts_are_searched_quickly(text: str) -> None:
    """No text holds the desk up, and one that was searched just now isn't searched again."""
    start = time.process_time()
    hidden = withheld.hide(text)

    assert time.process_time() - start < 0.4
    assert withheld.hide(text) is hidden
