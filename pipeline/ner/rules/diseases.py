"""Diseases: lexicon hits, and compositions of an organ or kind with the head of a disease's name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.linking.linker import settle
from pipeline.ner.rules.cells import longest
from pipeline.ner.state import Found, State

_NOT_AFTER = re.compile(
    r"^(?:-?(?:associated antigen|targeting|homing)|-derived\b|\s+(?:necrosis factor|fluids?)\b)", re.IGNORECASE
)
_INFECTION = re.compile(r"(?<!\w)(?:[A-Z][a-z]+|[A-Z]\.)\s[a-z]{4,}\sinfections?\b")
"""A species' infection: "Helicobacter pylori infection", "S. aureus infection"."""
_NO_GENUS = frozenset(
    ("The", "This", "These", "Such", "Severe", "Acute", "Chronic", "After", "Bacterial", "With", "For", "Upon", "During", "Lung")
)


def find(text: str, state: State) -> Iterator[Found]:
    """Every disease that is more than "cancer" or "tumour"."""
    for hit in longest(state.hits, "disease"):
        surface = text[hit.start : hit.end]
        if any(e.note == "generic" for e in hit.entries) or (hit.start, hit.end) in state.generics:
            continue
        link = settle(hit.entries, surface)
        score, kind = 0.9, "lexicon"
        if _short(surface):
            long = state.abbreviations.get(surface)
            if long is None and not all(e.source == "hand" for e in hit.entries):
                continue
            if long is None and surface in ("MI", "RA", "OA", "ALI", "SCI", "NPC", "AKI"):
                continue
            if long is not None and not _same(long, link.name):
                continue
            kind = "abbreviation" if long else "lexicon"
        if _NOT_AFTER.match(text[hit.end : hit.end + 20]):
            continue
        yield Found(
            hit.start, hit.end, "DISEASE", link.name, score, kind, "diseases",
            curie=link.curie, candidates=link.candidates, priority=1,
        )  # fmt: skip


    for match in _INFECTION.finditer(text):
        if match.group().split()[0] not in _NO_GENUS:
            yield Found(match.start(), match.end(), "DISEASE", match.group(), 0.7, "rule", "infections")


def _short(surface: str) -> bool:
    return len(surface) <= 6 and sum(c.isupper() for c in surface) >= 2


def _same(long: str, name: str) -> bool:
    """Whether a long form speaks of the disease: shares its head's beginning."""
    words = {w[:5] for w in re.findall(r"\w{4,}", long.casefold())}
    return bool(words & {w[:5] for w in re.findall(r"\w{4,}", name.casefold())})
