"""Numbers that nobody should write into a chat: they are taken out of a message before anything stores it."""

from __future__ import annotations

import re

SIGNS = {"card": "[card number]", "id": "[ID number]", "birth": "[date of birth]"}
"""What is written in their place."""

_DIGITS = re.compile(r"\d+(?:[\s.\u2013-]{1,2}\d+)*")
_SOCIAL = re.compile(
    r"(?<![\d-])\d{3}[-. ]\d{2}[-. ]\d{4}(?![\d-])|\b(?:ssn|social security)\b.*\d"
    r"|\b(?:driver['’]?s['’]? licen[cs]e|passport)\b.{0,20}?\d{5}",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_BIRTH = re.compile(
    rf"\b(?:dob|d\.o\.b\.?|date of birth|birth ?date)(?!\w).*\d|\bborn (?:on|in) .*\d|\bborn (?:{_MONTH} )?\d"
    rf"|\bbirthday\b.{{0,12}}\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2}}|\bbirthday\b.{{0,30}}\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)

_SOCIAL_WHOLE = re.compile(rf"(?:{_SOCIAL.pattern})[\d .-]*", re.IGNORECASE)
_BIRTH_WHOLE = re.compile(rf"(?:{_BIRTH.pattern}).{{0,24}}", re.IGNORECASE)
"""The same with the number's or date's end, which knowing it doesn't need."""

LONGEST_CARD = 19
PRINTED = ([16], [15], [4, 4, 4, 4], [4, 6, 5])
"""Groups of digits as they stand on a card."""

_CARDS_REST = re.compile(
    rf"(?<={re.escape(SIGNS['card'])})(?:[\s,;:.]*(?:and|the|its?)?\s*(?:exp(?:ir\w*)?|valid(?: thru| until)?|good thru|cvv|cvc|cvv2|security code)?"
    r"[\s.:,#]*(?:is\s+)?(?:\d{1,2} ?/ ?\d{2}(?:\d{2})?|\d{3,4})(?![\d:/-]|\s*[ap]m))+",
    re.IGNORECASE,
)
"""The expiry date and the code of a card, behind its number."""

_LEADS = re.compile(
    rf"(?:\b(?:and|my|the|her|his|a|credit|debit|card|visa|mastercard|amex|number|no|nr|ssn|social security|id|passport|licen[cs]e|born(?: on)?|dob"
    r"|date of birth|birth ?da(?:y|te)|is|it['’]?s|with|pay|charge|to|put it on|use|here['’]?s)\b[\s:,#.]*)*"
    rf"(?:{'|'.join(map(re.escape, SIGNS.values()))})",
    re.IGNORECASE,
)
"""A sign with the words that lead to it."""

_NUMBER = re.compile(r"\d[\d .\u2013-]*\d")
_DATE = re.compile(
    rf"\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\d{{4}}-\d{{1,2}}-\d{{1,2}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{2,4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH},? \d{{4}}",
    re.IGNORECASE,
)
"""A whole date; a year alone says an age and no birth date."""


def hide(text: str) -> str:
    """`text` with signs in place of card numbers, ID numbers and birth dates."""
    text = _CARDS_REST.sub("", _DIGITS.sub(_without_card, text))
    text = _SOCIAL_WHOLE.sub(lambda found: _NUMBER.sub(SIGNS["id"], found[0]), text)
    return _BIRTH_WHOLE.sub(lambda found: _DATE.sub(SIGNS["birth"], found[0]), text)


def rest(text: str) -> str:
    """What `text` says beside the numbers that were taken out of it."""
    found = _LEADS.sub("", hide(text)).strip() if kind(text) else text
    return found if re.search(r"\w", found) else ""


def kind(text: str) -> str | None:
    """`card`, `id` or `birth` when the text holds a card number, an ID number or a birth date, or held one; None otherwise."""
    for name, sign in SIGNS.items():
        if sign in text:
            return name
    if any(_without_card(run) != run[0] for run in _DIGITS.finditer(text)):
        return "card"
    if _SOCIAL.search(text):
        return "id"
    return "birth" if _BIRTH.search(text) else None


def _without_card(run: re.Match[str]) -> str:
    """A run of digits with the sign in place of the groups that make a card number: a phone number may stand beside it."""
    text = run[0]
    groups = list(re.finditer(r"\d+", text))
    found = []
    for n, first in enumerate(groups):
        number, sizes = "", list[int]()
        for last in groups[n:]:
            number, sizes = number + last[0], [*sizes, len(last[0])]
            if len(number) > LONGEST_CARD:
                break
            if _is_card(number):
                found.append((sizes not in PRINTED, first.start(), last.end()))
    if not found:
        return text
    # By chance a phone number and half a card can pass the check too.
    _, start, end = min(found)
    return text[:start] + SIGNS["card"] + text[end:]


def _is_card(number: str) -> bool:
    """Whether the digits are built like a payment card's: its length, a network's first digit, and Luhn's check."""
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(map(int, reversed(number)))]
    return 13 <= len(number) <= LONGEST_CARD and number[0] in "23456" and sum(doubled) % 10 == 0
