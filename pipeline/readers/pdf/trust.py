"""Detect pages whose fonts map glyphs to wrong letters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from pipeline.readers.pdf.encodings import UNKNOWN

Key = TypeVar("Key")
LETTER = re.compile(r"[A-Za-z\u00c0-\u00ff]")
ACCENTED = re.compile(r"[\u00c0-\u00ff]")
VOWEL = re.compile(r"[aeiouyAEIOUY\u00e0-\u00e6\u00e8-\u00ef\u00f2-\u00f6\u00f9-\u00fd]")
COMMON = frozenset(
    re.findall(
        r"\w+",
        "the of and in to with for was were is by that on as at from are an be we or this which it not have has"
        " de la el los en que le les des et du un une der die das und ist von mit im den zu do da em il di che",
    )
)
"""Words that a page of prose cannot do without, in the languages of papers in Latin letters."""
LEAST = 300  # letters on a page from which their shares tell
MOST_UNKNOWN = 0.1  # share of characters without a meaning
MOST_ACCENTED = 0.4  # share of letters with an accent; no language of Latin-1 comes near it
VOWELS = (0.28, 0.54)  # shares of vowels between which the languages of Europe lie, with room to spare
FEWEST_COMMON = 0.02  # share of words that are common ones
CAPITALS = 0.6  # share of capitals from which a text is a code or a heading
FEWEST_LETTERS = 12  # different letters that prose has at least
FEW = 40  # words from which that share tells


def distrusted(texts: Mapping[Key, str], *, single: bool = False) -> list[Key]:
    """The texts that cannot be trusted.

    Args:
        texts: by page, or by what tells them apart.
        single: whether each is in one font, so that it may be something else than prose, such as a sequence.
    """
    return [key for key, text in texts.items() if not (single and _is_code(text)) and _is_garbled(text)]


def _is_code(text: str) -> bool:
    """Whether a text is no prose: capitals, or few different letters."""
    letters = LETTER.findall(text)
    return sum(map(str.isupper, letters)) > CAPITALS * len(letters) or len(set(letters)) < FEWEST_LETTERS


def _is_garbled(text: str) -> bool:
    plain = re.sub(r"\s+", "", text)
    if len(plain) >= LEAST and plain.count(UNKNOWN) > MOST_UNKNOWN * len(plain):
        return True
    letters = LETTER.findall(plain)
    if len(letters) < max(LEAST, 0.4 * len(plain)):
        return False  # figures, formulae, or another script
    if len(ACCENTED.findall(plain)) > MOST_ACCENTED * len(letters):
        return True
    words = re.findall(r"[^\W\d_]+", text.lower())
    if len(words) < FEW or sum(word in COMMON for word in words) > FEWEST_COMMON * len(words):
        return False
    return not VOWELS[0] < len(VOWEL.findall(plain)) / len(letters) < VOWELS[1]
