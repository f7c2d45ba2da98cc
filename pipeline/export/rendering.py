"""Blocks and tables of a document without pages, each run of characters with its offset.

What is shown is made from the Document, never from the file: nothing of the file's own mark-up gets into a page.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import Any, Final, Literal, NamedTuple

from pipeline.document import Block, BlockKind, Cell, Document, Table
from pipeline.export.text import seen

Script = Literal["", "sup", "sub"]
_ROWS_AROUND: Final = 1  # rows above and below the lit one that are shown with it


class Run(NamedTuple):
    """Characters of one script: where they begin in the text, and what they are. The offset counts code points."""

    start: int
    text: str
    script: Script


class ShownCell(NamedTuple):
    """A cell of a table as it is shown."""

    runs: list[Run]
    is_heading: bool
    row_span: int
    col_span: int


@dataclass(frozen=True, slots=True)
class Rendering:
    """A block as it is shown: ``runs`` of a paragraph or heading, or the ``rows`` of a table."""

    kind: BlockKind
    level: int
    runs: list[Run]
    rows: list[list[ShownCell]]

    def all_runs(self) -> Iterator[Run]:
        """All runs, those of the cells too."""
        yield from self.runs
        for row in self.rows:
            for cell in row:
                yield from cell.runs

    def as_json(self) -> dict[str, Any]:
        """The rendering for a page's script: lists and numbers, text as text."""
        return {"kind": self.kind, "runs": self.runs, "rows": self.rows}


def render(document: Document) -> list[Rendering]:
    """All blocks of a document in their order."""
    shower = _Shower(document)
    return [shower.block(block) for block in document.blocks]


def render_around(document: Document, start: int, end: int) -> list[Rendering]:
    """What shows where a range stands: its block; of a table its headings, and its rows with their neighbours."""
    return _Shower(document).around(start, end)


@dataclass(slots=True)
class Renderings:
    """The renderings of a report, each once, however many values stand in it."""

    shown: list[list[dict[str, Any]]] = field(default_factory=list)
    _places: dict[tuple[str, tuple[int, ...]], int] = field(default_factory=dict)
    _showers: dict[str, _Shower] = field(default_factory=dict)

    def ask(self, document: Document, start: int, end: int) -> int:
        """Where in :attr:`shown` the rendering of a place stands."""
        if document.id not in self._showers:
            self._showers[document.id] = _Shower(document)
        found = self._showers[document.id].around(start, end)
        key = document.id, tuple(run.start for each in found for run in each.all_runs())
        if key not in self._places:
            self._places[key] = len(self.shown)
            self.shown.append([each.as_json() for each in found])
        return self._places[key]


class _Shower:
    """Renders the blocks of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.scripts = sorted(document.scripts, key=lambda script: script.start)
        self.starts = [script.start for script in self.scripts]
        tables = [_Cells(table) for table in document.tables if table.cells]
        self.tables = {cells.ordered[0].start: cells for cells in tables}

    def around(self, start: int, end: int) -> list[Rendering]:
        """What shows where a range stands: its block; of a table its headings, and its rows with their neighbours."""
        blocks = self.document.blocks
        first = max(0, bisect_right(blocks, start, key=lambda block: block.start) - 1)
        near = takewhile(lambda block: block.start < max(end, start + 1), islice(blocks, first, None))
        return [self.block(block, (start, end)) for block in near if block.end > start]

    def block(self, block: Block, lit: tuple[int, int] | None = None) -> Rendering:
        """A block; of a table only what belongs to a lit range, where there is one."""
        cells = self.tables.get(block.start) if block.kind == "table" else None
        if cells is None:
            return Rendering(block.kind, 1 + len(block.section), list(self.runs(block.start, block.end)), [])
        return Rendering(block.kind, 1, [], [list(self.row(cells.table, row)) for row in cells.rows(lit)])

    def row(self, table: Table, number: int) -> Iterator[ShownCell]:
        """The cells that begin in a row."""
        for cell in sorted(table.begun_in(number), key=lambda cell: cell.col):
            yield ShownCell(
                list(self.runs(cell.start, cell.end)), number < table.header_rows, cell.row_span, cell.col_span
            )

    def runs(self, start: int, end: int) -> Iterator[Run]:
        """The characters of a range by their scripts."""
        at = start
        first = max(0, bisect_left(self.starts, start) - 1)
        for script in self.scripts[first:]:
            if script.start >= end:
                break
            a, b = max(script.start, at), min(script.end, end)
            if a < b:
                if at < a:
                    yield self._run(at, a, "")
                yield self._run(a, b, "sup" if script.kind == "superscript" else "sub")
                at = b
        if at < end:
            yield self._run(at, end, "")

    def _run(self, start: int, end: int, script: Script) -> Run:
        return Run(start, seen(self.document.text[start:end]), script)


class _Cells:
    """The cells of a table in the order of the text, and those that are merged over rows."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.ordered = sorted(table.cells, key=lambda cell: cell.start)
        self.merged = [cell for cell in table.cells if cell.row_span > 1]

    def rows(self, lit: tuple[int, int] | None) -> list[int]:
        """Which rows show: all; or the headings, and those of a range with the rows that its merged cells need."""
        touched = list(self._touched(*lit)) if lit else []
        if not touched:
            return list(range(self.table.rows))
        first = min(cell.row for cell in touched) - _ROWS_AROUND
        last = max(cell.row + cell.row_span - 1 for cell in touched) + _ROWS_AROUND
        while any(cell.row < first < cell.row + cell.row_span for cell in self.merged):
            first -= 1  # a cell merged from above stands in its first row
        headings = range(self.table.header_rows)
        return [*headings, *range(max(first, len(headings)), min(last + 1, self.table.rows))]

    def _touched(self, start: int, end: int) -> Iterator[Cell]:
        """The cells that a range reaches; an empty cell stands between its neighbours."""
        at = bisect_left(self.ordered, max(end, start + 1), key=lambda cell: cell.start)
        return takewhile(lambda cell: cell.end >= start, (self.ordered[n] for n in range(at - 1, -1, -1)))
