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
_MADE = re.compile(
    r"""\b(?:we|was|were|has\ been|have\ been)\s+(?:\w+ly\s+)?
    (?:prepared|synthesi[sz]ed|fabricated|developed|designed|constructed|engineered|coated|cloaked|camouflaged|wrapped
    |purchased|cultured|injected|incubated|centrifuged|loaded)\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""What authors say of their own laboratory work."""
_METHODS = re.compile(r"\b(?:materials?|methods?|experimental|results?|procedures?)\b", re.IGNORECASE)
_STUDIES_OF_A_REVIEW: Final = 3
_PROSE: Final = frozenset({"abstract", "paragraph", "list_item"})


def reports_own_work(document: Document) -> bool:
    """Whether the paper is a source paper, about a formulation of its own.

    A title that announces a review, or a table with several cited studies, settles it; else it takes headings of
    methods or results, or an abstract that says what was made.
    """
    if _REVIEW.search(_title(document)) or _cited_rows(document) >= _STUDIES_OF_A_REVIEW:
        return False
    headings = {heading for block in document.blocks for heading in block.section}
    if sum(bool(_METHODS.search(heading)) for heading in headings) >= 1:
        return True
    cited, made = 0, 0
    for block in document.blocks:
        if block.kind in _PROSE:
            cited += len(document.citations_in(block.start, block.end))
            made += len(_MADE.findall(document.text[block.start : block.end]))
    return made > cited


def _title(document: Document) -> str:
    printed = [document.text[block.start : block.end] for block in document.blocks if block.kind == "title"]
    return " ".join([document.metadata.title or "", *printed])


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
