"""What figures are called, and what of the text in them is only numbers."""

from __future__ import annotations

import re
from typing import Final

CAPTION: Final = re.compile(
    r"(?P<more>supplement(?:al|ary)\s+)?(?P<kind>figure|fig\.?|scheme|chart)\s*(?P<number>S?\d+|[IVX]+)\b[a-z]?",
    re.IGNORECASE,
)
"""How the caption of a figure begins."""
NUMBERS: Final = re.compile(r"[\d.,\s%\u2212\u2013\u2012+*#<>=()\u00d7-]+")
"""What the ticks of an axis and marks of significance are made of."""


def label_of(text: str) -> str:
    """A figure's label as it is cited: "Figure 2", "Scheme 1", "Figure S3"; empty where a text begins with none."""
    match = CAPTION.match(text)
    if match is None:
        return ""
    kind = match["kind"].rstrip(".").capitalize()
    number = match["number"].upper()
    return f"{'Figure' if kind == 'Fig' else kind} {'S' if match['more'] and number[0] != 'S' else ''}{number}"
