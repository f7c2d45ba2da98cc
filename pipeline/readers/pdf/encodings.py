"""Characters of glyphs whose font has no mapping to Unicode, or a wrong one.

Sources: Adobe's Symbol encoding (ISO 32000-1, annex D.5), which many producers shift into the private use area at
U+F000; and the habits of typesetting systems, each named where it is mended.
"""

from __future__ import annotations

import re

UNKNOWN = "\ufffd"
_SYMBOL = dict(
    zip(
        "ABGDEZHQIKLMNXOPRSTUFCYWabgdezhqiklmnxoprstufcyw",
        "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψω",
        strict=True,
    )
) | {
    "J": "ϑ", "V": "ς", "j": "ϕ", "v": "ϖ", "\xa3": "≤", "\xb3": "≥", "\xb0": "°", "\xb1": "±", "\xb4": "×",
    "\xa5": "∞", "\xb7": "•", "\xd7": "·", "\xac": "←", "\xad": "↑", "\xae": "→", "\xaf": "↓", "\xb9": "≠",
    "\xbb": "≈", "\xb8": "÷", "\xa2": "′", "\xb2": "″", "\xce": "∈", "\xd0": "∠", "\xd6": "√", "\xe5": "∑", "\x40": "≅",
    "\x2d": "−", "\x7e": "∼",
}  # fmt: skip
PRIVATE = {"\ue103": "fi", "\ue104": "fl", "\ue09d": "ft"}
"""Ligatures in the fonts of the Royal Society of Chemistry's typesetter (AdvOT...+e1, +e0)."""
PI_FONT = re.compile(r"P4C4E|Maths_Symbols|MathematicalPi", re.IGNORECASE)
PI = {"\xbc": "=", "\xf0": "(", "\xde": ")", "\xfe": "+", "\xbd": "[", "\xc2": "×", "\xc0": "−"}
"""How pi fonts of several typesetters (Adv..., TeX_CM_Maths_Symbols) come out through Latin-1."""
GREEK_FONT = re.compile(r"AdvPS3F4C13|AdvPS4721B4|AdvPS_GR")
"""Fonts of the Royal Society of Chemistry's typesetter that hold Greek letters at the codes of the Symbol font."""
OTHER_FONTS = {"AdvPS44A44B": {"$": "·"}, "AdvPS3F4C13": {"U": "Ω"}}


def from_font(char: str, font: str) -> str:
    """A character of a font that is known to be mapped to the wrong letters; others as they are."""
    for name, table in OTHER_FONTS.items():
        if char in table and name in font:
            return table[char]
    return _SYMBOL.get(char, char) if GREEK_FONT.search(font) else char


def from_private(char: str) -> str:
    """A character of the private use area as it is meant, or U+FFFD."""
    if char in PRIVATE:
        return PRIVATE[char]
    code = ord(char)
    if 0xF020 <= code <= 0xF0FF:
        low = chr(code - 0xF000)
        return _SYMBOL.get(low, low if low.isascii() and low.isprintable() else UNKNOWN)
    return UNKNOWN


def by_shape(width: float, height: float, bottom: float) -> str:
    """What an unmapped glyph of a pi font must be by its box: lengths in ems, ``bottom`` from the baseline."""
    if height < 0.12 and width > 0.3 and 0.1 < bottom < 0.5:
        return "−"
    if width < 0.22 and height < 0.22 and 0.12 < bottom < 0.45:
        return "·"
    square = 0.7 < width / height < 1.4 if height else False
    if square and 0.18 < height < 0.45 and bottom > 0.3:
        return "°"
    if square and 0.33 < height < 0.62 and -0.05 < bottom < 0.2:
        return "×"
    if 0.1 < height < 0.3 and width > 0.4 and bottom > 0.1:
        return "∼"
    return UNKNOWN
