"""Normal forms of names, with offsets back to the text.

A name is normalised to its letters and digits, in lower case, with Greek letters spelled out: ``B16-F10``,
``B16 F10`` and ``b16f10`` become ``b16f10``; ``TNF-α`` becomes ``tnfalpha``. Whether the separators that fell away
are compatible is then asked of the text itself (:func:`same_shape`).
"""

from __future__ import annotations

import unicodedata
from array import array
from functools import cache

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "ω": "omega", "ß": "beta",
}  # fmt: skip


@cache
def _folded(char: str) -> str:
    """What one character contributes to a normalised name; the empty string for a separator."""
    if spelled := _GREEK.get(char.lower()):
        return spelled
    plain = unicodedata.normalize("NFKD", char)
    return "".join(c for c in plain.lower() if c.isalnum())


_ASCII_SEPARATORS = {code: None for code in range(128) if not chr(code).isalnum()}


def normalise(text: str) -> str:
    """The text's letters and digits, folded."""
    if text.isascii():
        return text.lower().translate(_ASCII_SEPARATORS)
    return "".join(map(_folded, text))


def normalise_with_offsets(text: str) -> tuple[str, array[int]]:
    """The normalised text and, for each of its characters, the offset in ``text`` of the one it came from."""
    parts: list[str] = []
    offsets = array("l")
    for offset, char in enumerate(text):
        if part := _folded(char):
            parts.append(part)
            if len(part) == 1:
                offsets.append(offset)
            else:
                offsets.extend([offset] * len(part))
    return "".join(parts), offsets


_HYPHENS = frozenset("-\u2010\u2011\u2012\u2013\u2212\u00ad")
_LOOSE = _HYPHENS | frozenset(" \u00a0\u2009\u202f\n/")


def same_shape(surface: str, name: str) -> bool:
    """Whether two strings with the same normalised form are spellings of one name.

    Space, hyphen and slash stand for each other. A separator may be missing, except a space between two words of
    letters; one may be added only where a letter meets a digit. A full stop, comma or bracket must be in the name
    too, so that no match runs over the end of a sentence.
    """
    ours, theirs = _gaps(surface), _gaps(name)
    if len(ours) != len(theirs):
        return False
    return all(
        gap == wanted or _compatible(gap, wanted, meets) for (gap, meets), (wanted, _) in zip(ours, theirs, strict=True)
    )


def _compatible(gap: str, wanted: str, meets: str) -> bool:
    if not gap:
        return not (wanted.isspace() and meets == "letters")
    if any(char not in _LOOSE for char in gap):
        return bool(wanted) and set(gap) - _LOOSE <= set(wanted)
    if not wanted:
        return meets == "mixed" and len(gap) == 1
    return True


@cache
def _kind(char: str) -> str:
    return "digit" if char.isdigit() else "letter"


def _gaps(text: str) -> list[tuple[str, str]]:
    """The separators between neighbouring letters or digits, and what kinds of characters they stand between."""
    found: list[tuple[str, str]] = []
    gap = ""
    before = ""
    for char in text:
        folded = _folded(char)
        if not folded:
            gap += char
        for letter in folded:
            if before:
                kinds = {_kind(before), _kind(letter)}
                found.append((gap, "mixed" if len(kinds) == 2 else "letters" if "letter" in kinds else "digits"))
            before, gap = letter, ""
    return found
