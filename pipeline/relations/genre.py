"""Whether a paper reports its own formulation or other people's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pipeline.document import Document
from pipeline.records import FIELDS
from pipeline.relations.findings import MentionIndex
from pipeline.relations.places import opening_of
from pipeline.sentences import split
from pipeline.tabular import columns, rows, upright

_REVIEW = re.compile(
    r"""\b(?:reviews?|surveys?\ of|a\ survey|(?:recent|latest)\ (?:progress|advances?|developments?|trends?)
    |advances\ in|perspectives?|overview|digest|state\ of\ the\ art|roadmap|challenges\ and\ opportunities)\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""A title that announces a review."""
_KIND = re.compile(
    r"\W*(?:\w+[\s-])?(?:mini-?)?(?:reviews?|perspectives?|overview|digest|progress report)(?: articles?| papers?)?\W*",
    re.IGNORECASE,
)
"""The kind of article as printed above the title; not "received for review"."""
_REVIEWING = re.compile(
    r"\b(?:(?:this|our|present|longer|short|of a) (?:mini-?)?(?:review|digest|overview|perspective)|"
    r"we (?:review|summari[sz]e)|(?:is|are) (?:reviewed|summari[sz]ed))\b",
    re.IGNORECASE,
)
_METHODS = re.compile(
    r"(?:[\dIVX]+(?:\.\d+)*\.?\s+)?(?:(?:star|online|patients and|subjects and|study|trial)\s)?"
    r"(?:materials?|methods?|experimental|results?|procedures?)\b(?!\s+(?:of|for|to|in)\b)",
    re.IGNORECASE,
)
"""A heading of a paper about work of its own; that of a review may speak of methods, but says of which."""
_OTHERS = re.compile(
    r"\bet al\b|\b(?:colleagues|co-?workers|the authors|(?:one|another|recent) (?:study|work))\b", re.IGNORECASE
)
"""How a review speaks of those whose work it retells."""
_MAKING: Final = re.compile(
    r"\bwe (?:\w+ly |have |then |thus |here(?:in)? |therefore |first |also )*"
    r"(?:develop|design|prepar|fabricat|construct|engineer|synthesi[sz]|coat|camouflag|cloak|wrap|encapsulat|load|measur"
    r"|isolat|extract|inject|treat|mixed|cultur)|\bwere (?:purchased|obtained) from\b",
    re.IGNORECASE,
)
"""How a paper speaks of what its own authors made and did."""
_TELLING: Final = frozenset({"paragraph", "abstract", "list_item"})
_SILENT: Final = frozenset({"reference", "header", "footer", "affiliation", "authors", "table"})
_STUDIES_OF_A_REVIEW: Final = 3
_RETOLD: Final = 0.07
"""A review speaks of others' work in at least this share of its sentences."""
_ABOVE: Final = frozenset({"other", "header", "paragraph"})


def reports_own_work(document: Document) -> bool:
    """Whether the paper is a source paper, about a formulation of its own.

    A title, a kind of article or an abstract that announces a review, or a table with several cited studies, settles
    it, and so do headings of methods or results; a text without any of these is a review if it often names others.
    """
    if _announces_review(document) or _cited_rows(document) >= _STUDIES_OF_A_REVIEW:
        return False
    headings = {heading for block in document.blocks for heading in block.section}
    if any(_METHODS.match(heading) for heading in headings):
        return True
    prose = [
        document.text[slice(*s)]
        for b in document.blocks
        if b.kind in _TELLING
        for s in split(document.text, b.start, b.end)
    ]
    told = len(_told(document))
    if sum(_MAKING.search(text) is not None for text in prose) > (told if told >= _STUDIES_OF_A_REVIEW else 0):
        return True
    others = sum(len(_OTHERS.findall(text)) for text in prose) + told
    return others < max(_STUDIES_OF_A_REVIEW, _RETOLD * len(prose))


_MEMBRANE: Final = re.compile(
    r"\b(?:\w*membran\w*|nano-?ghosts?|ghosts?|vesicles?|envelopes?|OMVs?|bilayers?|surface proteins)\b", re.IGNORECASE
)
_COVERING: Final = re.compile(
    r"coat(?:s|ed|ing)?\b|\b(?:un)?cloak|camoufl|\bwrap|envelop|disguis|\bdress(?:ed|ing)|\bclad\b|\bcover(?:s|ed|ing|t)?\b|shroud"
    r"|sheath|shield|decorat|mimick|mimetic|biomim|bio-?inspired|\bmask(?:s|ed|ing)?\b|\bhid(?:den|es|ing)\b|armou?r|decoy|hybrid"
    r"|\bfus(?:ed?|ing|ion)\b|functionali[sz]|encapsulat|enclos|\bskin(?:s|ned)?\b|extru|\bseal(?:s|ed)\b|\blaid\b|\bstealth"
    r"|\bwears?\b|\bworn\b|\bghost",
    re.IGNORECASE,
)
"""How a covering with the membrane of cells is spoken of."""
_WORN: Final = re.compile(
    r"[- ](?:cells?[- ])?(?:coated|cloaked|camouflaged|wrapped|enveloped|disguised|shrouded|sheathed|mimetic|mimicking"
    r"|biomimetic|skins?)\b",
    re.IGNORECASE,
)
"""Words behind a cell's name that speak of its membrane without naming it."""
_PARTICLE: Final = re.compile(
    r"\bnano(?!mol|gram|metre|meter|litre|liter|second|tesla|pore|tube)\w+"
    r"|\b(?:particles?|NPs?|liposomes?|micelles?|capsules?|beads?|quantum dots?|dendrimers?|PLGA|MOFs?)\b",
    re.IGNORECASE,
)
_OF_CELLS: Final = re.compile(
    r"\bcells?\b|\w(?:cytes?|phages?|phils?|blasts?)\b|\bplatelets?\b|\bmicroglia\w*|\bbacteri\w+|\bOMVs?\b",
    re.IGNORECASE,
)
_HEAD: Final = frozenset({"title", "abstract", "keywords"})
_IN_PASSING: Final = 2
"""So many sentences of a body may speak like a paper on coated particles by chance."""


def speaks_of_coats(document: Document, index: MentionIndex) -> bool:
    """Whether a document is about particles in the membranes of cells: its head says so, or its body again and again.

    Title and abstract say so if they speak of particles, of covering, and in one sentence of cells and a membrane; a
    sentence of the body if it speaks of all four.
    """
    opening = opening_of(document)
    head = [b for b in document.blocks if b.kind in _HEAD or b is opening]
    spoken = _Spoken()
    for block in head:
        for sentence in split(document.text, block.start, block.end):
            spoken |= _spoken(document, index, *sentence)
    if spoken.particles and spoken.covering and spoken.membrane_of_cells:
        return True
    count = 0
    for block in document.blocks:
        if block.kind not in _SILENT and block not in head:
            told = (_spoken(document, index, *sentence) for sentence in split(document.text, block.start, block.end))
            count += sum(each.particles and each.covering and each.membrane_of_cells for each in told)
    return count > _IN_PASSING


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What a sentence speaks of."""

    particles: bool = False
    covering: bool = False
    membrane_of_cells: bool = False

    def __or__(self, other: _Spoken) -> _Spoken:
        return _Spoken(
            self.particles or other.particles,
            self.covering or other.covering,
            self.membrane_of_cells or other.membrane_of_cells,
        )


def _spoken(document: Document, index: MentionIndex, start: int, end: int) -> _Spoken:
    sentence = document.text[start:end]
    labels = {mention.label for mention in index.within(start, end)}
    cells = not labels.isdisjoint(("CELL_LINE", "CELL_TYPE"))
    return _Spoken(
        "CORE" in labels or _PARTICLE.search(sentence) is not None,
        _COVERING.search(sentence) is not None,
        (cells and _WORN.search(sentence) is not None)
        or (_MEMBRANE.search(sentence) is not None and (cells or _OF_CELLS.search(sentence) is not None)),
    )


def _told(document: Document) -> set[str]:
    """The works that alone are cited by a sentence on a covering with membranes."""
    told = set()
    for block in document.blocks:
        if block.kind in _TELLING:
            for start, end in split(document.text, block.start, block.end):
                keys = {key for citation in document.citations_in(start, end) for key in citation.references}
                sentence = document.text[start:end]
                if len(keys) == 1 and _MEMBRANE.search(sentence) and _COVERING.search(sentence):
                    told |= keys
    return told


def _announces_review(document: Document) -> bool:
    if _REVIEW.search(document.metadata.title or ""):
        return True
    for block in document.blocks:
        text = document.text[block.start : block.end]
        if block.kind == "heading" and block.start > 0:
            break
        if (block.kind == "title" and _REVIEW.search(text)) or (block.kind in _ABOVE and _KIND.fullmatch(text)):
            return True
    opening = opening_of(document)
    abstract = (document.text[b.start : b.end] for b in document.blocks if b.kind == "abstract" or b is opening)
    return any(_REVIEWING.search(text) for text in abstract)


def _cited_rows(document: Document) -> int:
    """How many rows of study tables carry a citation."""
    count = 0
    for printed in document.tables:
        table = upright(printed)
        kinds = columns(table)
        if any(column.field in FIELDS for column in kinds.values()):
            count += sum(
                any(document.citations_in(cell.start, cell.end) for cell in row.cells.values()) for row in rows(table)
            )
    return count
