"""Values for all rows of a table, from its caption, the sentence that refers to it, and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from pipeline.document import Block, Document, Table
from pipeline.records import FIELD_OF, FieldName, Mention, fold
from pipeline.relations.evidence import MentionIndex, identity
from pipeline.roles import Context
from pipeline.sentences import split

_SHARED: Final[tuple[FieldName, ...]] = ("membranes", "diseases", "animal_models", "modalities")
"""Fields that the text around a table may give for all its rows; cores, drugs and sizes are each study's own."""
_TEXT: Final = frozenset({"paragraph", "list_item", "abstract", "heading"})
_COVERING = Context("table.covering")
_JOINED = Context("table.joins")
_OF_CELLS = Context("table.of-cells-behind")
_ANY_TABLE = re.compile(r"\bTab(?:le|\.)\s?\w+")
_POINTED = Context("table.pointed")
"""What stands before a table's label where the sentence has said what it lists: "X are listed in Table 1"."""
_GENERAL: Final = frozenset({"cancer", "cancers", "tumor", "tumour", "tumors", "tumours", "disease", "diseases"})


class Surrounding(NamedTuple):
    """A range of text on a table, and the probability that its values apply to every row."""

    start: int
    end: int
    score: float
    kind: str


class Shared(NamedTuple):
    """What holds for every row of a table that does not say otherwise."""

    mention: Mention
    score: float
    place: str


def told_of_all(document: Document, table: Table, mentions: MentionIndex, *, review: bool) -> list[Shared]:
    """What the surroundings of a table say of all its rows.

    The caption comes first, then the sentence that refers to the table, then the headings of its section from the
    innermost, then a review's title; of each field the first that tells one thing is taken. Where a place names
    several, none holds for every row, except for the parents of a hybrid coat.
    """
    surroundings = [
        *_caption(document, table), *_sentences(document, table), *_headings(document, table),
        *(_title(document) if review else ()),
    ]  # fmt: skip
    covers = any(_COVERING.within(document.text, p.start, p.end) for p in surroundings) or bool(
        _COVERING.within(document.metadata.title or "")
    )
    found = []
    for field in _SHARED:
        if field == "membranes" and not covers:
            continue
        for place in surroundings:
            if place.kind == "title" and field == "modalities":
                continue  # what a review is about is not what each study did
            if told := _one_named(document, place, field, mentions):
                found += [Shared(mention, min(place.score, mention.score), place.kind) for mention in told]
                break
    return found


def caption_of(document: Document, table: Table) -> tuple[int, int] | None:
    """The range of a table's caption on the document's text, if it is there."""
    return next(((place.start, place.end) for place in _caption(document, table)), None)


def names_hybrid(text: str) -> bool:
    """Whether a text joins the cells it names into one coat."""
    return _JOINED.within(text) is not None


def _one_named(document: Document, place: Surrounding, field: FieldName, mentions: MentionIndex) -> list[Mention]:
    """The mentions of the one thing of a field that a place names, or of the parents of a hybrid coat."""
    named = [
        m
        for m in mentions.within(place.start, place.end)
        if FIELD_OF[m.label] == field and not m.negated and m.role != "test_cells"
    ]
    named = [m for m in named if not any(o is not m and o.start <= m.start and m.end <= o.end for o in named)]
    if field == "membranes":
        named = sources(document, named)
    elif field == "diseases":
        named = [m for m in named if not _OF_CELLS.behind(document.text, m.end)]
    if place.kind in ("heading", "title"):
        named = [m for m in named if fold(m.text) not in _GENERAL]
    identities = {identity(m) for m in named}
    if len(identities) == 1:
        return named[:1]
    joined = field == "membranes" and names_hybrid(document.text[place.start : place.end])
    return list({identity(m): m for m in named}.values()) if joined and len(identities) == 2 else []


def sources(document: Document, named: list[Mention]) -> list[Mention]:
    """The cells that are said to give the coat, else all; a line behind its type ("macrophages (RAW 264.7)") is one."""
    sources = [m for m in named if m.role == "membrane_source"] or named
    doubled = {
        id(first if second.label == "CELL_LINE" else second)
        for first, second in pairwise(sources)
        if first.label != second.label and document.text[first.end : second.start].strip(" (-") == ""
    }
    return [m for m in sources if id(m) not in doubled]


def _caption(document: Document, table: Table) -> Iterator[Surrounding]:
    """The caption, if it is a block of the text."""
    wanted = fold(table.caption)
    for block in document.blocks:
        if block.kind == "caption" and wanted and fold(document.text[block.start : block.end]) == wanted:
            yield Surrounding(block.start, block.end, 0.95, "caption")
            return


def _sentences(document: Document, table: Table) -> Iterator[Surrounding]:
    """The parts of sentences that refer to the table by its label and to no cited study."""
    for block, start, end in _referring(document, table):
        if not document.citations_in(start, end):
            yield _part(document, table, block, start, end)


def _referring(document: Document, table: Table) -> Iterator[tuple[Block, int, int]]:
    """The sentences of the prose, and the headings, that name the table."""
    label = _label(table)
    if label is None:
        return
    for block in document.blocks:
        if block.kind in _TEXT and label.search(document.text, block.start, block.end):
            for start, end in split(document.text, block.start, block.end):
                if label.search(document.text, start, end):
                    yield block, start, end


def _part(document: Document, table: Table, block: Block, start: int, end: int) -> Surrounding:
    """The part of a sentence that refers to this table; if it refers to two, each gets its own part."""
    label = _label(table)
    assert label is not None  # noqa: S101 - a sentence was found by it
    mine = next(iter(label.finditer(document.text, start, end)))
    others = [m.span() for m in _ANY_TABLE.finditer(document.text, start, end) if m.start() != mine.start()]
    before = max((b for _, b in others if b <= mine.start()), default=start)
    after = min((a for a, _ in others if a >= mine.end()), default=end)
    pointed = _POINTED.before(document.text, mine.start(), block.start) is not None
    if not others:
        before, after = start, end
    elif pointed:
        after = mine.end()
    else:
        before = mine.start()
    return Surrounding(before, after, 0.85, "sentence")


def _label(table: Table) -> re.Pattern[str] | None:
    number = re.search(r"[A-Z]?\d+|[IVX]+$", table.label)
    return re.compile(rf"\bTab(?:le|\.)\s?{number.group()}\b", re.IGNORECASE) if number else None


def _headings(document: Document, table: Table) -> Iterator[Surrounding]:
    """The headings of the section that refers to the table and in which it stands; none where these are two."""
    blocks = [block for block, _, _ in _referring(document, table) if block.kind != "heading"][:1]
    blocks += [b for p in _caption(document, table) if (b := document.block_at(p.start))]
    if len({block.section for block in blocks}) != 1:
        return
    before = [b for b in document.blocks if b.kind == "heading" and b.start < blocks[0].start]
    for name in reversed(blocks[0].section):
        over = [b for b in before if fold(document.text[b.start : b.end]) == fold(name)]
        for heading in over[-1:]:
            yield Surrounding(heading.start, heading.end, 0.75, "heading")


def _title(document: Document) -> Iterator[Surrounding]:
    for block in document.blocks:
        if block.kind == "title":
            yield Surrounding(block.start, block.end, 0.65, "title")
            return
