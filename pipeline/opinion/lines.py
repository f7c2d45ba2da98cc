"""The sentences and table rows of a study that a language model is shown, with offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.document import Cell, Document, Table
from pipeline.records import Mention, Record, TableRow
from pipeline.sentences import sentence_at, sentences

_DASHES: Final = re.compile("[\u2010-\u2015\u2212]")
_SOFT_HYPHEN: Final = "\u00ad"
_BETWEEN_CELLS: Final = " | "
_NOWHERE: Final = -1
_LONGEST: Final = 1500  # characters of a line
_MOST_LINES: Final = 60
_MOST_CHARACTERS: Final = 12_000  # of all lines of a study


@dataclass(frozen=True, slots=True)
class NumberedLine:
    """A sentence or table row.

    Attributes:
        text: as it is shown and quoted, see :func:`folded`.
        offsets: for each character where it stands in the document, -1 for what parts two cells.
        is_row: whether it stands in a table.
    """

    text: str
    offsets: tuple[int, ...]
    is_row: bool = False


def folded(text: str) -> str:
    """A text as quotes are compared: runs of white space are one space, all dashes one hyphen, soft hyphens nothing."""
    return "".join(char for char, _ in _folded(text, 0)).strip()


def _folded(text: str, start: int) -> Iterator[tuple[str, int]]:
    space = False
    for at, char in enumerate(text, start):
        if char == _SOFT_HYPHEN or (space and char.isspace()):
            continue
        space = char.isspace()
        yield " " if space else _DASHES.sub("-", char), at


class ShownLines:
    """The lines of a document, to be asked for by study."""

    def __init__(self, document: Document, mentions: Iterable[Mention], channels: Sequence[str]) -> None:
        self._document = document
        self._starts = {mention.id: mention.start for mention in mentions}
        self._channels = channels
        self._sentences = sentences(document)

    def of(self, record: Record) -> list[NumberedLine]:
        """What speaks of the record's study, in the order of the text, up to a bound."""
        units: set[tuple[tuple[tuple[int, int], ...], bool]] = set()
        if "text" in self._channels:
            units |= {((place,), False) for place in self._prose(record)}
        if "table" in self._channels:
            units |= {(cells, True) for cells in self._rows(record)}
        lines: list[NumberedLine] = []
        room = _MOST_CHARACTERS
        for places, is_row in sorted(units)[:_MOST_LINES]:
            line = self._line(places, is_row)
            room -= len(line.text)
            if room < 0:
                break
            lines.append(line)
        return lines

    def _line(self, places: Iterable[tuple[int, int]], is_row: bool) -> NumberedLine:
        chars: list[tuple[str, int]] = []
        for start, end in places:
            if chars:
                chars += [(char, _NOWHERE) for char in _BETWEEN_CELLS]
            chars += _folded(self._document.text[start:end], start)
        chars = chars[:_LONGEST]
        return NumberedLine("".join(char for char, _ in chars), tuple(at for _, at in chars), is_row)

    def _prose(self, record: Record) -> Iterator[tuple[int, int]]:
        for start in self._evidence(record):
            if self._cell(start) is None and (place := sentence_at(self._sentences, start)):
                yield place
        own = record.study.key == "self"
        for start, end in self._sentences:
            cited = {key for each in self._document.citations_in(start, end) for key in each.references}
            block = self._document.block_at(start)
            about = (own and not cited and block and block.kind in {"title", "abstract"}) or cited == {record.study.key}
            if about and block and block.kind != "reference" and self._cell(start) is None:
                yield start, end

    def _rows(self, record: Record) -> Iterator[tuple[tuple[int, int], ...]]:
        for start in self._evidence(record):
            if place := self._cell(start):
                table, cell = place
                yield tuple((each.start, each.end) for each in _neighbours(table, cell, record.rows))

    def _evidence(self, record: Record) -> Iterator[int]:
        for _, value in record.items():
            yield from (self._starts[key] for key in value.evidence if key in self._starts)

    def _cell(self, offset: int) -> tuple[Table, Cell] | None:
        for table in self._document.tables:
            for cell in table.cells:
                if cell.start <= offset < cell.end:
                    return table, cell
        return None


def _neighbours(table: Table, cell: Cell, rows: Iterable[TableRow]) -> list[Cell]:
    """The cells that tell of the same study as this one: its row, or its column where each study has one."""
    for row in rows:
        if row.table != table.label:
            continue
        at = table.header_rows + row.row - 1
        if cell.row <= at < cell.row + cell.row_span:
            return _distinct(table.at(at, col) for col in range(table.cols))
        if cell.col <= row.row < cell.col + cell.col_span:
            return _distinct(table.at(each, row.row) for each in range(table.rows))
    return [cell]


def _distinct(cells: Iterable[Cell | None]) -> list[Cell]:
    return list({(cell.start, cell.end): cell for cell in cells if cell is not None and cell.end > cell.start}.values())
