"""What a paper calls its own formulations: "CM@PDA-CQ", "PNP-Rap"."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from pipeline.document import Document
from pipeline.records import fold

_PART = r"[^\W_][\w′'⁺+]*"
_SHAPED = re.compile(rf"(?<![\w@/–-])(?:\[?{_PART}[–/-])*{_PART}@{_PART}(?:[-–/@.]{_PART})*(?:\s(?:NPs?|NCs?|MPs?))?(?![\w@])")
"""A name with an at sign is a particle's own name."""
_ACRONYM = r"(?=[^\s,;()]*[A-Z][^\s,;()]*[A-Z0-9])[A-Z0-9][\w′'+]*(?:[-–/@][\w′'+]+)*"
_CALLED = re.compile(
    r"(?:\b(?:named|termed|called|denoted|designated|abbreviated|labell?ed|dubbed|referred\sto)(?:\sas|\sby)?\s"
    rf"|\b(?:product|particles?|nano\w+|vaccine|carriers?|formulation|system|platform|NPs),\s)[\"“(‘]?(?P<name>{_ACRONYM})"
)
_BRACKETED = re.compile(
    r"\b(?:coated|camouflaged|cloaked|wrapped|mimicking|mimetic|biomimetic|hybrid|derived|disguised|enveloped)\b[^.()]{0,120}?"
    rf"(?:particles?|nano\w+|NPs?|NCs|vesicles|liposomes|micelles|rods|dots|cages|crystals|vaccines?|DOX|drug|membrane)\s?\((?P<name>{_ACRONYM})\)"
)
_WEIGHTS: Final = {"title": 5, "abstract": 4}
_CUE: Final = 3


def own_names(document: Document) -> list[str]:
    """The names that a paper gives to what it made, the chief one first; empty where it uses none.

    A name is a token with an at sign, or one that the text introduces as the particle's name. Title and abstract weigh
    more than the rest; a name that stands inside a longer one there ("PDA-CQ" in "CM@PDA-CQ") is the core's.
    """
    weights: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for block in document.blocks:
        if block.kind not in ("title", "abstract", "paragraph", "caption", "list_item"):
            continue
        text = document.text[block.start : block.end]
        weight = _WEIGHTS.get(block.kind, 1)
        for match in _SHAPED.finditer(text):
            spelled.setdefault(fold(match.group()), match.group())
            weights[fold(match.group())] += weight
        for pattern in (_CALLED, _BRACKETED):
            for match in pattern.finditer(text):
                spelled.setdefault(fold(match["name"]), match["name"])
                weights[fold(match["name"])] += weight + _CUE
    coated = [name for name in weights if not any(name != other and name in other for other in weights)]
    return [spelled[name] for name in sorted(coated, key=lambda n: (-weights[n], n))]
