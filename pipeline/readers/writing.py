"""Writing a Document: passages one after another, with blocks, tables, scripts, references and citations on them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from pipeline.document import (
    Block,
    BlockKind,
    Box,
    Cell,
    Citation,
    Document,
    FigureText,
    Line,
    Metadata,
    Page,
    Reference,
    Script,
    Table,
)  # fmt: skip
from pipeline.readers.citing import (
    PARENTHESISED,
    Found,
    ParsedReference,
    author_year,
    bracketed,
    dated,
    parse_entry,
    superscripted,
)
from pipeline.readers.printed_text import PrintedText, script_runs

UNCITED = frozenset({"reference", "header", "footer", "authors", "affiliation", "other", "title", "figure"})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document comes from: its path as given, the digest of its bytes, its media type."""

    path: str
    id: str
    media_type: str


@dataclass(slots=True)
class CellDraft:
    """A cell before its place in the text is known; ``citations`` are those that its format marks up."""

    row: int
    col: int
    row_span: int
    col_span: int
    passage: PrintedText
    notes: tuple[str, ...] = ()
    citations: Sequence[tuple[int, int, Sequence[str]]] = ()


@dataclass(slots=True)
class TableDraft:
    """A table before its place in the text is known; its cells row by row."""

    label: str
    caption: str
    page: int
    header_rows: int
    cells: list[CellDraft]
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class FigureDraft:
    """The text within a figure before its place in the document is known; ``texts`` are its labels, one by one."""

    label: str
    caption: str
    page: int
    texts: list[PrintedText]


class Writer:
    """Collects blocks in reading order and makes the Document of them."""

    def __init__(self, source: Source, pages: Sequence[Page] = (), warnings: Iterable[str] = ()) -> None:
        """Begin an empty document."""
        self.source = source
        self.pages = pages
        self.parts: list[str] = []
        self.size = 0
        self.blocks: list[Block] = []
        self.lines: list[Line] = []
        self.tables: list[Table] = []
        self.figures: list[FigureText] = []
        self.scripts: list[Script] = []
        self.references: list[Reference] = []
        self.reference_keys: set[str] = set()
        self.citations: list[Citation] = []
        self.warnings = list(warnings)
        self.section: list[tuple[int, str]] = []

    def heading(self, passage: PrintedText, level: int) -> None:
        """Write a heading; what follows stands under it, and under the headings of lower level before it."""
        self.section = [(rank, name) for rank, name in self.section if rank < level]
        self.block("heading", passage)
        self.section.append((level, passage.text))

    def block(self, kind: BlockKind, passage: PrintedText) -> tuple[int, int]:
        """Write a block; returns its range."""
        first = len(self.lines)
        start = self._write(passage)
        return self._close(kind, start, first)

    def reference(self, passage: PrintedText, entry: ParsedReference | None = None) -> None:
        """Write an entry of the reference list; what it says is read from its text where it is not given."""
        start, end = self.block("reference", passage)
        entry = entry or parse_entry(passage.text)
        key = entry.number or str(len(self.references) + 1)
        if key in self.reference_keys:
            self.warnings.append(f"Two references are numbered {key}; the second cannot be cited.")
            return
        self.reference_keys.add(key)
        self.references.append(
            Reference(
                start=start, end=end, key=key, doi=entry.doi, year=entry.year, authors=entry.authors,
                title=entry.title, container=entry.container,
            )
        )  # fmt: skip

    def table(self, draft: TableDraft) -> None:
        """Write a table's cells, row by row: tabs between cells, line ends between rows."""
        start, first = self.size, len(self.lines)
        cells: list[Cell] = []
        for item in draft.cells:
            if cells:
                self._gap("\n" if item.row != cells[-1].row else "\t")
            at = self._write(item.passage)
            for a, b, keys in item.citations:
                self.cite(at + a, at + b, keys)
            cells.append(
                Cell(
                    start=at, end=self.size, row=item.row, col=item.col, row_span=item.row_span, col_span=item.col_span,
                    text=item.passage.text, notes=item.notes,
                )
            )  # fmt: skip
        self._close("table", start, first)
        self.tables.append(
            Table(
                label=draft.label, caption=draft.caption, page=draft.page, header_rows=draft.header_rows,
                cells=tuple(cells), notes=draft.notes,
            )
        )  # fmt: skip

    def figure(self, draft: FigureDraft) -> None:
        """Write the text within a figure, a line for each label; nothing where it has none."""
        if not draft.texts:
            return
        start, first = self.size, len(self.lines)
        for text in draft.texts:
            if self.size > start:
                self._gap("\n")
            self._write(text)
        start, end = self._close("figure", start, first)
        self.figures.append(
            FigureText(start=start, end=end, label=draft.label, caption=draft.caption, page=draft.page)
        )  # fmt: skip

    def cite(self, start: int, end: int, keys: Sequence[str]) -> None:
        """Note a citation that the format itself marks up."""
        self.citations.append(Citation(start=start, end=end, references=tuple(keys)))

    def finish(self, metadata: Metadata) -> Document:
        """The document; citations that the format does not mark up are found in the text and linked."""
        text = "".join(self.parts).rstrip("\n")
        if not self.citations:
            self._cite(text)
        return Document(
            id=self.source.id, source=self.source.path, media_type=self.source.media_type, metadata=metadata,
            pages=tuple(self.pages), text=text, blocks=tuple(self.blocks), lines=tuple(self.lines),
            tables=tuple(self.tables), figures=tuple(self.figures), scripts=tuple(self.scripts),
            citations=tuple(self.citations), references=tuple(self.references), warnings=tuple(self.warnings),
        )  # fmt: skip

    def _write(self, passage: PrintedText) -> int:
        start = self.size
        for s in passage.stretches:
            x0, top, x1, bottom = (round(value, 2) for value in s.box)
            self.lines.append(
                Line(
                    start=start + s.start, end=start + s.end, page=s.page, x0=x0, top=top, x1=x1, bottom=bottom,
                    direction=s.direction, edges=tuple(s.edges),
                )
            )  # fmt: skip
        for a, b, mark in script_runs(passage.marks):
            self.scripts.append(
                Script(start=start + a, end=start + b, kind="superscript" if mark == "^" else "subscript")
            )
        self.parts.append(passage.text)
        self.size += len(passage.text)
        return start

    def _gap(self, gap: str) -> None:
        self.parts.append(gap)
        self.size += len(gap)

    def _close(self, kind: BlockKind, start: int, first: int) -> tuple[int, int]:
        end = self.size
        section = tuple(name for _, name in self.section)
        self.blocks.append(Block(kind=kind, start=start, end=end, section=section, boxes=boxes(self.lines[first:])))
        self._gap("\n\n")
        return start, end

    def _cite(self, text: str) -> None:
        """Find the citations in all blocks where authors cite, in the one style that cites most of the references.

        A table may cite in brackets, or by author and year, where the running text does otherwise. Numbers in round
        brackets number much else, so they count only where they cite most of the list.
        """
        keys = {reference.key for reference in self.references}
        named = [dated(r.key, text[r.start : r.end], r.authors, r.year) for r in self.references]
        known = [reference for reference in named if reference]
        raised = [(s.start, s.end, "^") for s in self.scripts if s.kind == "superscript"]

        def by_superscript(block: Block) -> list[Found]:
            first = bisect_left(raised, (block.start,))
            runs = [
                (a - block.start, b - block.start, m)
                for a, b, m in takewhile(lambda r: r[1] <= block.end, raised[first:])
            ]
            return superscripted(text[block.start : block.end], runs, keys)

        styles: list[Style] = [
            lambda block: bracketed(text[block.start : block.end], keys),
            by_superscript,
            lambda block: author_year(text[block.start : block.end], known),
            lambda block: bracketed(text[block.start : block.end], keys, PARENTHESISED),
        ]
        places = [block for block in self.blocks if block.kind not in UNCITED]
        prose, style = _cited([block for block in places if block.kind != "table"], styles, len(keys))
        in_tables = (
            styles if style is None else [style, *(each for each in (styles[0], styles[2]) if each is not style)]
        )
        tables, _ = _cited([block for block in places if block.kind == "table"], in_tables, len(keys))
        self.citations = sorted([*prose, *tables], key=lambda citation: citation.start)


Style = Callable[[Block], list[Found]]


def _cited(places: Sequence[Block], styles: Sequence[Style], references: int) -> tuple[list[Citation], Style | None]:
    """The citations in blocks, in the style that cites most of the references, and that style."""
    best: list[Citation] = []
    chosen: Style | None = None
    cited = 0
    for style in styles:
        found = [
            Citation(start=block.start + a, end=block.start + b, references=to)
            for block in places
            for a, b, to in style(block)
        ]
        reached = len({key for citation in found for key in citation.references})
        if reached > max(cited, references // 2 if len(styles) > 3 and style is styles[-1] else 0):
            best, chosen, cited = found, style, reached
    return best, chosen


def boxes(lines: Iterable[Line]) -> tuple[Box, ...]:
    """The boxes around printed lines: one for each column and page that they run through."""
    found: list[Box] = []
    for line in lines:
        box = Box(line.page, line.x0, line.top, line.x1, line.bottom)
        last = found[-1] if found else None
        if last and last.page == box.page and box.top >= last.top - 2 and min(last.x1, box.x1) > max(last.x0, box.x0):
            box = Box(
                box.page,
                min(last.x0, box.x0),
                min(last.top, box.top),
                max(last.x1, box.x1),
                max(last.bottom, box.bottom),
            )
            found.pop()
        found.append(box)
    return tuple(found)
