"""What a PDF's first page and running heads state about the article itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.document import Metadata
from pipeline.readers.citing import find_doi
from pipeline.readers.pdf.blocks import BlockDraft

SOURCE_LINE = re.compile(
    r"(?:^|\|\s*)(?:[^\W\d]+ et al\.,?\s+)?([A-Z][A-Za-z.&: -]{2,70}?)[,.]?\s+\(?((?:19|20)\d\d)\)?[,;:.]?\s*(?=\d|\|)"
)
DATED = (r"published(?: online)?", r"(?:\u00a9|copyright)", r"accepted", r"received")
LICENSE = re.compile(r"(?:https?://)?creativecommons\.org/licenses/[\w./-]*\w", re.IGNORECASE)
NAMED_LICENSE = re.compile(
    r"Creative Commons Attribution(?:[- ]Non-?Commercial)?(?:[- ]NoDerivs)?(?: [1-4]\.0)?", re.IGNORECASE
)
PARTICLE = re.compile(r"[*\u2020\u2021\u00a7\u00b6#\u2016\d]+")


def metadata(flow: Sequence[BlockDraft], title: str | None) -> Metadata:
    """The title, authors, DOI, journal, year and licence that a document states.

    Args:
        flow: its blocks, classified.
        title: the title as it stands in the text.
    """
    front = [draft for draft in flow if draft.lines[0].page == 1 and draft.kind != "reference"]
    text = "\n".join(draft.text for draft in front)
    journal, year = _source(flow)
    return Metadata(
        title=title, authors=_authors(front), doi=find_doi(text), journal=journal,
        year=_year(text) or year, license=_license("\n".join(draft.text for draft in flow)),
    )  # fmt: skip


def _source(flow: Sequence[BlockDraft]) -> tuple[str | None, int | None]:
    """Journal and year from a running head such as "Chem. Sci., 2020, 11, 37"."""
    for draft in flow:
        if draft.kind in ("header", "footer", "other", "footnote") and draft.lines[0].page < 4:
            for line in draft.lines:
                found = SOURCE_LINE.search(line.text)
                if found and not re.search(r"received|accepted|published", line.text, re.IGNORECASE):
                    return found[1].strip(" .,"), int(found[2])
    return None, None


def _year(text: str) -> int | None:
    for event in DATED:
        found = re.search(rf"{event}[^\n]{{0,40}}?\b((?:19|20)\d\d)\b", text, re.IGNORECASE)
        if found:
            return int(found[1])
    return None


def _license(text: str) -> str | None:
    address = LICENSE.search(text)
    if address:
        return address[0]
    named = NAMED_LICENSE.search(text)
    return named[0] if named else None


def _authors(front: Sequence[BlockDraft]) -> tuple[str, ...]:
    """The names in the authors' blocks, without the marks beside them."""
    names: list[str] = []
    for draft in front:
        if draft.kind == "authors":
            for part in re.split(r",|;|\band\b|&", draft.level_text):
                name = PARTICLE.sub("", part).strip(" .\u00b7|")
                if len(name.split()) > 1 and name[0].isupper():
                    names.append(re.sub(r"\s+", " ", name))
    return tuple(dict.fromkeys(names))
