"""Blocks and tables of a document without pages, each run of characters with its offset.

What is shown is made from the Document, never from the file: nothing of the file's own mark-up gets into a page.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
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
    shower = _Shower(document)
    shown = [block for block in document.blocks if block.start < max(end, start + 1) and block.end > start]
    return [shower.block(block, (start, end)) for block in shown]


@dataclass(slots=True)
class Renderings:
    """The renderings of a report, each once, however many values stand in it."""

    shown: list[list[dict[str, Any]]] = field(default_factory=list)
    _places: dict[tuple[str, tuple[int, ...]], int] = field(default_factory=dict)

    def ask(self, document: Document, start: int, end: int) -> int:
        """Where in :attr:`shown` the rendering of a place stands."""
        found = render_around(document, start, end)
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
        self.tables = {min(cell.start for cell in table.cells): table for table in document.tables if table.cells}

    def block(self, block: Block, lit: tuple[int, int] | None = None) -> Rendering:
        """A block; of a table only what belongs to a lit range, where there is one."""
        table = self.tables.get(block.start) if block.kind == "table" else None
        if table is None:
            return Rendering(block.kind, 1 + len(block.section), list(self.runs(block.start, block.end)), [])
        return Rendering(block.kind, 1, [], [list(self.row(table, row)) for row in _rows(table, lit)])

    def row(self, table: Table, number: int) -> Iterator[ShownCell]:
        """The cells that begin in a row."""
        for cell in _own_cells(table, number):
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


def _own_cells(table: Table, row: int) -> Sequence[Cell]:
    return sorted((cell for cell in table.cells if cell.row == row), key=lambda cell: cell.col)


def _rows(table: Table, lit: tuple[int, int] | None) -> list[int]:
    """Which rows are shown: all; or the headings, and those of a range with the rows that its merged cells need."""
    if lit is None:
        return list(range(table.rows))
    start, end = lit
    touched = [cell for cell in table.cells if cell.start < max(end, start + 1) and cell.end >= start]
    wanted = set(chain.from_iterable(range(cell.row, cell.row + cell.row_span) for cell in touched))
    if not wanted:
        return list(range(table.rows))
    first, last = min(wanted) - _ROWS_AROUND, max(wanted) + _ROWS_AROUND
    while any(cell.row < first < cell.row + cell.row_span for cell in table.cells):
        first -= 1  # a cell merged from above stands in its first row
    return [row for row in range(table.rows) if row < table.header_rows or first <= row <= last]
