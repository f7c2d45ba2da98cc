"""Diseases: lexicon hits, and compositions of an organ or kind with the head of a disease's name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.linking.linker import link as link_name
from pipeline.linking.linker import settle
from pipeline.ner.rules.cells import longest
from pipeline.ner.state import Found, State

_NOT_AFTER = re.compile(
    r"^(?:-?(?:associated antigen|targeting|homing)|-derived\b|\s+(?:necrosis factor|fluids?)\b)", re.IGNORECASE
)
_INFECTION = re.compile(r"(?<!\w)(?:[A-Z][a-z]+|[A-Z]\.)\s[a-z]{4,}\sinfections?\b")
"""A species' infection: "Helicobacter pylori infection", "S. aureus infection"."""
_ORGANS = {
    "lung": "pulmonary", "pulmonary": "lung", "liver": "hepatic", "hepatic": "liver", "kidney": "renal",
    "renal": "kidney", "heart": "cardiac", "cardiac": "heart", "brain": "cerebral", "cerebral": "brain",
    "skin": "cutaneous", "corneal": "cornea", "gastric": "stomach", "intestinal": "intestine", "bone": "skeletal",
    "myocardial": "myocardium", "spinal cord": "spinal", "joint": "articular", "urinary tract": "urinary",
    "airway": "respiratory",
}  # fmt: skip
"""Organs and their adjectives, or the other way about: names of diseases use either."""
_COMPOSED = re.compile(
    rf"(?<![\w-])(?:(?:acute|chronic)\s)?(?P<organ>{'|'.join(_ORGANS)})\s"
    r"(?P<head>fibrosis|injury|failure|o?edema|infections?|ulcers?|isch(?:a)?emia|abscess(?:es)?|h(?:a)?emorrhage)(?!\w)",
    re.IGNORECASE,
)
_NO_GENUS = frozenset(
    (
        "The",
        "This",
        "These",
        "Such",
        "Severe",
        "Acute",
        "Chronic",
        "After",
        "Bacterial",
        "With",
        "For",
        "Upon",
        "During",
        "Lung",
    )
)


def find(text: str, state: State) -> Iterator[Found]:
    """Every disease that is more than "cancer" or "tumour"."""
    yield from _known(text, state)
    for match in _COMPOSED.finditer(text):
        yield _composed(match, state)
    for match in _INFECTION.finditer(text):
        if match.group().split()[0] not in _NO_GENUS:
            yield Found(match.start(), match.end(), "DISEASE", match.group(), 0.7, "rule", "infections")


def _known(text: str, state: State) -> Iterator[Found]:
    """Names that the lexicon has."""
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


def _composed(match: re.Match[str], state: State) -> Found:
    """An organ's fibrosis, injury or the like; by the organ's other name where only that is known."""
    name = match.group()
    other = name.replace(match["organ"], _ORGANS[match["organ"].lower()])
    known = next(
        (link for n in (name, other) if state.lexicon and (link := link_name(n, "DISEASE", state.lexicon))), None
    )
    return Found(
        match.start(), match.end(), "DISEASE", known.name if known else name.lower(), 0.75, "rule", "composed",
        curie=known.curie if known else None, candidates=known.candidates if known else (),
    )  # fmt: skip


def _short(surface: str) -> bool:
    return len(surface) <= 6 and sum(c.isupper() for c in surface) >= 2


def _same(long: str, name: str) -> bool:
    """Whether a long form speaks of the disease: shares its head's beginning."""
    words = {w[:5] for w in re.findall(r"\w{4,}", long.casefold())}
    return bool(words & {w[:5] for w in re.findall(r"\w{4,}", name.casefold())})
