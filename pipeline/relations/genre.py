"""Whether a paper reports its own formulation or other people's."""

from __future__ import annotations

import re
from typing import Final

from pipeline.document import Document
from pipeline.records import FIELDS
from pipeline.tabular import columns, rows, upright

_REVIEW = re.compile(
    r"""\b(?:reviews?|(?:recent|latest)\ (?:progress|advances?|developments?|trends?)|advances\ in|perspectives?
    |overview|digest|state\ of\ the\ art|roadmap|challenges\ and\ opportunities)\b""",
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
_COATS = (
    r"(?:coat(?:s|ed|ing)?|cloak\w*|camouflag\w*|wrap(?:s|ped|ping)?|envelop\w*|disguis\w*|dress\w*|clad|cover\w*"
    r"|mimicking|mimetic|fused)\b"
)
_WITHIN = r"(?:[^.;]|\.(?=\w))"
_COATED = re.compile(
    rf"\bmembranes?\b[\s-](?:\([^()]*\)[\s-])?(?:\w+[\s-])?(?:{_COATS}|(?:biomimetic|derived nano\w+|encapsulated)\b)"
    rf"|\b(?:{_COATS}|(?:hidden|laid|sealed)\b){_WITHIN}{{0,80}}\bmembranes?\b"
    rf"|\bmembranes?\b{_WITHIN}{{0,80}}\b{_COATS}{_WITHIN}{{0,60}}\b(?:nano\w+|particles?|NPs|cores?|liposomes?)\b"
    r"|\b(?:biomimetic|cell-mimicking|platelet-mimicking|cell-mimetic) (?:nano\w+|particles?|NPs)\b",
    re.IGNORECASE,
)
"""What only papers on particles in cell membranes say."""
_SILENT: Final = frozenset({"reference", "header", "footer", "affiliation", "authors", "table"})
_STUDIES_OF_A_REVIEW: Final = 3
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
    prose = (document.text[b.start : b.end] for b in document.blocks if b.kind in ("paragraph", "abstract"))
    return sum(len(_OTHERS.findall(text)) for text in prose) < _STUDIES_OF_A_REVIEW


_MEMBRANE: Final = re.compile(r"\b(?:(?:bio)?membranes?|ghosts?|vesicles?|envelopes?|cloaks?)\b", re.IGNORECASE)
_PARTICLE: Final = re.compile(
    r"\bnano\w+|\b(?:particles?|NPs?|liposomes?|micelles?|capsules?|carriers?|cores?|dots?|crystals?)\b", re.IGNORECASE
)
_OF_CELLS: Final = re.compile(
    r"\bcells?\b|\w(?:cytes?|phages?|phils?|blasts?)\b|\bplatelets?\b|\bmicroglia\w*|\bbacteri\w+", re.IGNORECASE
)
_HEAD: Final = frozenset({"title", "abstract", "keywords"})


def _head_tells_of_coats(document: Document) -> bool:
    """Whether title and abstract together speak of cells, of their membrane, and of particles, each more than once."""
    head = "\n".join(document.text[b.start : b.end] for b in document.blocks if b.kind in _HEAD)
    return all(len(pattern.findall(head)) > 1 for pattern in (_MEMBRANE, _PARTICLE, _OF_CELLS))


def speaks_of_coats(document: Document) -> bool:
    """Whether a document is about particles in the membranes of cells: its head says so, or its body more than once."""
    if _head_tells_of_coats(document):
        return True
    count = 0
    for block in document.blocks:
        if block.kind in _SILENT:
            continue
        found = len(_COATED.findall(document.text[block.start : block.end]))
        if found and block.kind in ("title", "abstract", "keywords"):
            return True
        count += found
    return count > 1 or _COATED.search(document.metadata.title or "") is not None


def _announces_review(document: Document) -> bool:
    if _REVIEW.search(document.metadata.title or ""):
        return True
    for block in document.blocks:
        text = document.text[block.start : block.end]
        if block.kind == "heading" and block.start > 0:
            break
        if (block.kind == "title" and _REVIEW.search(text)) or (block.kind in _ABOVE and _KIND.fullmatch(text)):
            return True
    abstract = (document.text[b.start : b.end] for b in document.blocks if b.kind == "abstract")
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
