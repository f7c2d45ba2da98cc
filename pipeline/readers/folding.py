"""Normalise characters as they are kept in ``Document.text``."""

from __future__ import annotations

import unicodedata
from functools import cache

HYPHEN = "\x02"  # what pdfium puts in the place of a hyphen at a line's end, soft or hard
KEPT = frozenset("\u2033\u2034\u2057\u2122\u00a8\u00b4\u00af\u00b8\u02d8\u02d9\u02db\u02dc\u02dd\u00bc\u00bd\u00be")
DEGREES = frozenset("\u02da\u00ba\u2218")  # stand-ins that typesetters use for the degree sign
RAISED, LOWERED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ"), frozenset("₀₁₂₃₄₅₆₇₈₉₊₋")
INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff")


@cache
def fold(char: str) -> str:
    """A character as it stands in ``Document.text``: NFKC where that loses nothing.

    Ligatures fall apart, kinds of space and hyphen become one; primes, fractions, trade marks and free accents stay.
    """
    if char in KEPT:
        return char
    if char in "\u2010\u2011\u00ad" + HYPHEN:
        return "-"
    if char in INVISIBLE:
        return ""
    if char in DEGREES:
        return "\u00b0"
    return unicodedata.normalize("NFKC", char)


def fold_marked(text: str, mark: str) -> tuple[str, str]:
    """A text of folded characters and a script mark for each; soft hyphens go, raised and lowered ones are marked."""
    folded, marks = [], []
    for char in unicodedata.normalize("NFC", text.replace("\u00ad", "")):
        plain = fold(char)
        folded.append(plain)
        marks.append(("^" if char in RAISED else "_" if char in LOWERED else mark) * len(plain))
    return "".join(folded), "".join(marks)
