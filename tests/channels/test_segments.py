"""Segments as carriers count them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legwork.channels import segments


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" * 4 + "a" * 145, 2),
        ("a" * 152 + "€" * 4 + "a" * 146, 3),  # the € that would straddle the first end moves on whole
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),  # 33 pairs a segment: a pair is not torn apart
    ],
)
def test_counted_as_carriers_do(text: str, count: int) -> None:
    """GSM-7 160 and 153, UCS-2 70 and 67, escapes and surrogate pairs whole."""
    assert segments.count(text) == count


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("“Don’t” – it’s … fine", "\"Don't\" - it's ... fine"),
        ("a\u00a0b\u200bc\u2009d", "a bc d"),
        ("José façade Ångström", "José facade Ångström"),
        ("você", "voce"),
        ("café 👍 você", "café 👍 você"),
        ("привет", "привет"),
    ],
)
def test_folded_where_that_helps(text: str, folded: str) -> None:
    """Quotes, dashes, spaces and accents are folded into GSM-7; what can't become GSM-7 keeps its accents."""
    assert segments.fold(text) == folded


@given(st.text(max_size=400))
def test_folding_never_costs_more(text: str) -> None:
    """A folded text is never in a worse alphabet, and folding twice changes nothing."""
    folded = segments.fold(text)
    assert segments.is_gsm(folded) or not segments.is_gsm(text)
    assert segments.fold(folded) == folded
