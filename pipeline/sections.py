"""The section of a sentence, and how much such sections speak of the paper's own work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from pipeline.document import Block, Document
from pipeline.sentences import split

Section = Literal[
    "title", "abstract", "keywords", "aim", "introduction", "making", "methods", "results", "discussion", "conclusion",
    "caption", "heading", "table", "body",
]  # fmt: skip

_SECTIONS: Final[tuple[tuple[Section, str], ...]] = (
    ("abstract", r"abstract|summary|highlights|significance"),
    ("conclusion", r"conclu|outlook"),
    ("introduction", r"introduction|background|related work"),
    ("making", r"preparation|synthesis|fabrication|isolation|extraction|coating|formulation|construction|loading"),
    ("methods", r"methods?\b|materials|experimental|procedures?\b|reagents|statistic|animals|cell (?:culture|lines)"),
    ("results", r"results"),
    ("discussion", r"discussion|limitations"),
)
"""What a heading says of the sentences under it, by patterns that are tried in this order."""
_END_MATTER: Final = re.compile(
    r"\b(?:references|bibliography|funding|acknowledg|conflicts?|competing|supporting|supplement|author|declar|ethic"
    r"|availability|abbreviations|consent)",
    re.IGNORECASE,
)
_BODY: Final = re.compile(r"introduction|materials|experimental|results and|discussion|^\d", re.IGNORECASE)
"""A heading of the body of a paper: what stands under it is no abstract, though a reader may take it for one."""
PROSE: Final = frozenset({"title", "abstract", "keywords", "paragraph", "list_item", "caption", "heading"})
"""Kinds of blocks that speak of studies."""
_LONG: Final = 300
"""Characters that an abstract has at least, and an address or a footnote rarely."""
_AIM: Final = re.compile(
    r"^(?:here(?:in)?|in (?:this|the present|our) (?:work|study|paper)|this (?:work|study)|our)\b"
    r"|\bwe (?:\w+ly |have |thus |here |therefore )*(?:develop|design|prepar|fabricat|construct|report|present|propos"
    r"|engineer|synthesi[sz]|coat|camouflag|cloak|wrap|encapsulat|load|chose|hypothesi[sz])",
    re.IGNORECASE,
)
"""How a sentence speaks that is about the paper's own work."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence ``[start, end)`` of a document's prose.

    Attributes:
        start: where it begins, in code points.
        end: where it ends.
        section: where it stands.
        index: which sentence of its block it is, from 0.
        block: the block that it is part of.
    """

    start: int
    end: int
    section: Section
    index: int
    block: Block


def statements(document: Document) -> Iterator[Statement]:
    """The sentences of a document's prose, in the order of the text, without its end matter."""
    opening = opening_of(document)
    for block in document.blocks:
        if block.kind not in PROSE or any(map(_END_MATTER.search, block.section)):
            continue
        section = section_of(block, opening)
        for index, (start, end) in enumerate(split(document.text, block.start, block.end)):
            own = section in ("introduction", "body") and _AIM.search(document.text[start:end])
            yield Statement(start, end, "aim" if own else section, index, block)


def section_of(block: Block, opening: Block | None = None) -> Section:
    """The section that a block belongs to, by its kind and the headings over it.

    Args:
        block: the block.
        opening: the block that stands for the abstract where none is marked.
    """
    if block is opening:
        return "abstract"
    if block.kind in ("title", "caption", "heading", "table"):
        return block.kind
    if block.kind in ("abstract", "keywords") and not any(map(_BODY.search, block.section)):
        return block.kind
    for heading in reversed(block.section):
        for section, pattern in _SECTIONS:
            if re.search(pattern, heading, re.IGNORECASE):
                return section
    return "body"


def opening_of(document: Document) -> Block | None:
    """The first long block of a paper in which none is marked as abstract, as in letters."""
    if any(block.kind == "abstract" and section_of(block) == "abstract" for block in document.blocks):
        return None
    long = (b for b in document.blocks if b.kind in ("paragraph", "other") and b.end - b.start >= _LONG)
    return next(long, None)
