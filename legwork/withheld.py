"""Numbers that nobody should write into a chat: they are taken out of a message before anything stores it."""

from __future__ import annotations

import re
from functools import lru_cache

SIGNS = {"card": "[card number]", "id": "[ID number]", "birth": "[date of birth]"}
"""What is written in their place."""

_DIGITS = re.compile(r"\d+(?:(?:[^\w@]|_){1,3}\d+)*")
_USUAL = re.compile(r"[\s.\u2013-]{1,2}")
"""Stands between the groups of a number; anything else does only where the groups are those of a card, or all alike."""

_PHONE = r"(?:\+?1[-. ]?)?\(?\d{3}\)?[-. ]?\d{3}[-. ]\d{4}\b"
_NAMED = (
    rf"(?!{_PHONE})(?=(?:[a-z -]{{0,6}}\d){{5}})(?:(?-i:[A-Z]{{1,5}})[ -]?|[a-z]{{0,5}})\d[a-z\d]*"
    r"(?:[ -](?!\d{1,2}(?::\d\d)? ?[ap]m)(?=[a-z]*\d)[a-z\d]+){0,20}"
)
"""A number of five digits or more, maybe with letters in it, that a word beside it says to be somebody's.

Its groups are counted, since the word is looked for behind each of them: a text of many numbers would take the square of their count.
"""

_NUMBERED = (
    r"(?:driver['’]?s['’]? licen[cs]e|passport|(?:member(?:ship)?|subscriber|policy(?:holder)?|group|insurance|health plan|medicare|medicaid|masshealth"
    r"|claim|(?:bank )?acc(?:oun)?t|state|military|student|tax)[ -](?:id\b|i\.d\.|#|card|numbers?\b|num\b|no\b\.?|nr\b\.?)"
    r"|routing|medicare|medicaid|masshealth|member(?= (?:[a-z]{0,5}\d)))"
)
_SSN = rf"(?<![\d-])(?!{_PHONE})\d(?:[\s./_,\u2013-]?\d){{3,8}}(?!\d)"
_BACK = r"[\s,(=:-]{1,3}(?:(?:is|that['’]?s|it['’]?s|was|as|for)\W+)?(?:(?:my|her|his|our|the)\W+)?(?:[a-z]+ )?"
"""Between a number and the word behind it that says whose it is."""

_IDS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\d-])(?P<n>\d{3}[-. /_,\u2013]\d{2}[-. /_,\u2013]\d{4})(?![\d-])",
        rf"\b(?:ssn|social(?: security)?(?: (?:number|num|no|nr|#))?)\b\D{{0,20}}?(?P<n>{_SSN})",
        rf"(?<![\d-])(?P<n>\d{{3}}[\s./_,\u2013-]?\d{{2}}[\s./_,\u2013-]?\d{{4}}){_BACK}(?:ssn|social)\b",
        rf"\b{_NUMBERED}.{{0,20}}?(?<![\da-z-])(?P<n>{_NAMED})",
        rf"(?<![\da-z+(-])(?P<n>{_NAMED}){_BACK}{_NUMBERED}",
    )
]
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z\d]){11,30}(?![A-Z\d])", re.IGNORECASE)
SHORTEST_IBAN = 15

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_BIRTH = re.compile(
    rf"\b(?:dob|d\.o\.b\.?|date of birth|birth ?date)(?!\w).*\d|\bborn (?:on|in) .*\d|\bborn (?:{_MONTH} )?\d"
    rf"|\bbirthday\b.{{0,12}}\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2}}|\bbirthday\b.{{0,30}}\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)

_BIRTH_WHOLE = re.compile(rf"(?:{_BIRTH.pattern}).{{0,24}}", re.IGNORECASE)
"""The same with the date's end, which knowing it doesn't need."""

LONGEST_CARD = 19
PRINTED = ([16], [15], [4, 4, 4, 4], [4, 6, 5])
"""Groups of digits as they stand on a card."""

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
"""The sum of the digits of a doubled digit, for Luhn's check."""

_CARDS_REST = re.compile(
    rf"(?<={re.escape(SIGNS['card'])})(?:[\s,;:.]*(?:and|the|its?)?\s*(?:exp(?:ir\w*)?|valid(?: thru| until)?|good thru|cvv|cvc|cvv2|security code)?"
    r"[\s.:,#]*(?:is\s+)?(?:\d{1,2} ?/ ?\d{2}(?:\d{2})?|\d{3,4})(?![\d:/-]|\s*[ap]m))+",
    re.IGNORECASE,
)
"""The expiry date and the code of a card, behind its number."""

_LEADS = re.compile(
    rf"(?:\b(?:and|my|the|her|his|a|credit|debit|card|visa|mastercard|amex|number|no|nr|ssn|social(?: security)?|id|passport|licen[cs]e|iban|member|policy|group|insurance|account|routing|born(?: on)?|dob"
    r"|date of birth|birth ?da(?:y|te)|is|it['’]?s|with|pay|charge|to|put it on|use|here['’]?s)\b[\s:,#.]*)*"
    rf"(?:{'|'.join(map(re.escape, SIGNS.values()))})",
    re.IGNORECASE,
)
"""A sign with the words that lead to it."""

_DATE = re.compile(
    rf"\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\d{{4}}-\d{{1,2}}-\d{{1,2}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{2,4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH},? \d{{4}}",
    re.IGNORECASE,
)
"""A whole date; a year alone says an age and no birth date."""


@lru_cache(maxsize=1)  # one turn asks several times about one message; no other is kept
def hide(text: str) -> str:
    """`text` with signs in place of card numbers, numbers of IDs and accounts, and birth dates."""
    text = _IBAN.sub(_without_iban, text)
    text = _CARDS_REST.sub("", _DIGITS.sub(_without_card, text))
    for pattern in _IDS:
        text = pattern.sub(lambda found: found[0].replace(found["n"], SIGNS["id"]), text)
    return _BIRTH_WHOLE.sub(lambda found: _DATE.sub(SIGNS["birth"], found[0]), text)


def rest(text: str) -> str:
    """What `text` says beside the numbers that were taken out of it."""
    hidden = hide(text)
    found = _LEADS.sub("", hidden).strip() if hidden != text or kind(text) else text
    return found if re.search(r"\w", found) else ""


def kind(text: str) -> str | None:
    """`card`, `id` or `birth` when the text holds such a number or a birth date, or held one; None otherwise."""
    hidden = hide(text)
    return next((name for name, sign in SIGNS.items() if sign in hidden), "birth" if _BIRTH.search(text) else None)


def _without_iban(found: re.Match[str]) -> str:
    """A bank account's number out of what may go on with other words."""
    text = found[0]
    for end in (end for end in range(len(text), SHORTEST_IBAN - 1, -1) if not text[end : end + 1].isalnum()):
        number = re.sub(r"[ -]", "", text[:end]).upper()
        if len(number) >= SHORTEST_IBAN and int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1:
            return SIGNS["id"] + text[end:]
    return text


def _without_card(run: re.Match[str]) -> str:
    """A run of digits with the sign in place of the groups that make a card number: a phone number may stand beside it."""
    text = run[0]
    groups = list(re.finditer(r"\d+", text))
    found = []
    for n, first in enumerate(groups):
        number, sizes, between = "", list[int](), set[str]()
        for before, last in zip([first, *groups[n:]], groups[n:]):
            number, sizes = number + last[0], [*sizes, len(last[0])]
            if last is not first:
                between.add(text[before.end() : last.start()])
            if len(number) > LONGEST_CARD:
                break
            if _is_card(number) and _belong(sizes, between):
                found.append((sizes not in PRINTED, first.start(), last.end()))
    if not found:
        return text
    # By chance a phone number and half a card can pass the check too.
    _, start, end = min(found)
    return text[:start] + SIGNS["card"] + text[end:]


def _belong(sizes: list[int], between: set[str]) -> bool:
    """Whether groups of digits are one number, by their sizes and what stands between them: dates and lists of days are none."""
    alike = len(between) == 1 and (min(sizes) > 2 or max(sizes) == 1)
    return sizes in PRINTED or alike or all(_USUAL.fullmatch(each) for each in between)


def _is_card(number: str) -> bool:
    """Whether the digits are built like a payment card's: its length, a network's first digit, and Luhn's check."""
    if not (13 <= len(number) <= LONGEST_CARD and number[0] in "23456"):
        return False
    doubled = sum(_DOUBLED[int(digit)] for digit in number[-2::-2])
    return (doubled + sum(map(int, number[::-2]))) % 10 == 0
