"""A study table for recognition and assembly: upright, with columns, rows and heading rows."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile
from typing import Final

from pipeline.document import Cell, Table
from pipeline.records import FIELDS, FieldName, fold
from pipeline.tabular.columns import Column, Names, columns, header_rows, looks_like
from pipeline.tabular.layout import arranged
from pipeline.tabular.rows import StudyRow, rows

_COUNT = re.compile(r"\s*[(\[]\s*(?:n\s?=\s?)?\d+(?: (?:studies|papers|works|entries))?\s*[)\]]\s*$")
_NUMBERED = re.compile(r"\s*(?:\(?[A-Za-z]\)|[A-Z][.)]|\(?\d{1,2}(?:\.\d{1,2})*[.)]?|[IVX]+[.)])\s+(?=[A-Z])|\s+")
"""The number or letter of a heading row; "E. coli" is none."""
_CELLS = re.compile(
    r"(?i)\b(?:cells?|membranes?|rbcs?|\w*cytes?|\w*phages?|platelets?|neutrophils?|bacteri\w+|vesicles?|exosomes?)\b"
)
_CLASSES: Final[tuple[FieldName, ...]] = ("diseases", "modalities", "membranes", "cores")
"""What rows are grouped by."""
_MOST: Final = 0.5
"""The share of its rows above which a table that cites another's works tells more of these."""
_CLASS = re.compile(r"(?i)^(?:others?|miscellaneous|various|general|mixed|single|multiple|non-?\w+)\b")


@dataclass(frozen=True)
class StudyTable:
    """A table of studies.

    Attributes:
        name: what its rows are cited by: its label, numbered where several tables have it.
        table: the table with one study per row.
        columns: its columns by number.
        rows: its rows.
        groups: the heading rows, and the cells of columns of classes, that tell a field of the rows they hold for, by
            row and column. A class that tells none is missing.
    """

    name: str
    table: Table
    columns: dict[int, Column]
    rows: list[StudyRow]
    groups: dict[tuple[int, int], tuple[Cell, FieldName]]

    @property
    def fields(self) -> frozenset[FieldName]:
        """The fields that have a column of their own."""
        return frozenset(field for field in FIELDS if any(c.field == field for c in self.columns.values()))

    def number(self, row: StudyRow) -> int:
        """A row's number as gold sets and records name it: from 1 below the headings."""
        return row.index - self.head + 1

    @cached_property
    def head(self) -> int:
        """How many rows at the top are headings."""
        return header_rows(self.table)

    @cached_property
    def unique(self) -> frozenset[str]:
        """The folded texts that stand in one cell of its rows only."""
        counted = Counter(fold(cell.text) for row in self.rows for cell in row.cells.values())
        return frozenset(text for text, count in counted.items() if count == 1)

    def over(self, row: StudyRow) -> Iterator[tuple[Cell, FieldName]]:
        """Heading rows and classes that give one of a row's fields, the nearest first."""
        classes = [cell for col, cell in row.cells.items() if self.columns[col].field == "group"]
        for cell in (*reversed(classes), *reversed(row.groups)):
            if told := self.groups.get((cell.row, cell.col)):
                yield told


def study_tables(printed: Iterable[Table], names: Names | None = None) -> Iterator[StudyTable]:
    """The study tables of a document.

    A table that names no particles is one too where most of its rows cite works of another: it tells more of them.

    Args:
        printed: the document's tables, in order.
        names: which fields the names in a cell belong to.
    """
    labels: Counter[str] = Counter()
    every = [(each, study_table(each, names)) for each in printed]
    cited = {fold(text) for _, table in every if table is not None for text in _references(table)}
    for number, (each, found) in enumerate(every, 1):
        table = found
        if table is None and cited and (more := study_table(each, names, further=True)) is not None:
            told = [fold(text) for text in _references(more)]
            table = more if sum(text in cited for text in told) > _MOST * len(more.rows) else None
        if table is not None:
            label = each.label or f"Table {number}"
            labels[label] += 1
            yield replace(table, name=label if labels[label] == 1 else f"{label} ({labels[label]})")


def _references(table: StudyTable) -> Iterator[str]:
    """What the rows of a table say in a column of references, without brackets."""
    for row in table.rows:
        yield from (
            cell.text.strip(" ()[].") for col, cell in row.cells.items() if table.columns[col].field == "reference"
        )


def study_table(printed: Table, names: Names | None = None, *, further: bool = False) -> StudyTable | None:
    """A table as a study table, whichever way it was printed; None if it is none.

    Args:
        printed: the table as printed.
        names: which fields the names in a cell belong to.
        further: whether it is enough that it cites and tells a field of what it cites.
    """
    table = arranged(printed)
    kinds = columns(table, names, further=further)
    if not kinds:
        return None
    own = {column.field for column in kinds.values()}

    def told(cell: Cell) -> FieldName | None:
        field = _told_by_group(cell, names)
        return field if field not in own else None

    found = rows(table, told)
    classes = [cell for row in found for col, cell in row.cells.items() if kinds[col].field == "group"]
    over = {(cell.row, cell.col): cell for cell in (*classes, *(cell for row in found for cell in row.groups))}
    groups = {place: (cell, field) for place, cell in over.items() if (field := told(cell)) is not None}
    return StudyTable(printed.label, table, kinds, found, groups)


def typed_cells(table: StudyTable) -> Iterator[tuple[Cell, Column]]:
    """The cells of a study table that say something, each once, with its column."""
    seen = set()
    for row in table.rows:
        for col, cell in row.cells.items():
            if (cell.row, cell.col) not in seen:
                seen.add((cell.row, cell.col))
                yield cell, table.columns[max(col, _specific(cell, table.columns))]


def names_of(spans: Iterable[tuple[int, int, FieldName]]) -> Names:
    """Which fields names belong to that fill a third of a cell or more.

    Args:
        spans: where the names stand on the document's text, and their fields.
    """
    ordered = sorted(spans)

    def named(cell: Cell) -> frozenset[FieldName]:
        first = bisect_left(ordered, cell.start, key=lambda span: span[0])
        inside = takewhile(lambda span: span[0] < cell.end, ordered[first:])
        return frozenset(
            field for start, end, field in inside if end <= cell.end and 3 * (end - start) >= cell.end - cell.start
        )

    return named


def bare(cell: Cell) -> Cell:
    """A heading row without its own number and that of the studies: of "A. Platelets (n = 4)" the "Platelets"."""
    text = _COUNT.sub("", cell.text).rstrip()
    begin = match.end() if (match := _NUMBERED.match(text)) else 0
    return cell.model_copy(update={"start": cell.start + begin, "end": cell.start + len(text), "text": text[begin:]})


def _told_by_group(cell: Cell, names: Names | None) -> FieldName | None:
    """The field of which a class of rows is a value: by its words for cells, the names in it, then its looks."""
    text = bare(cell).text
    if _CLASS.match(text):
        return None
    if _CELLS.search(text):
        return "membranes"
    named = names(cell) if names else ()
    for known in _CLASSES:
        if known in named:
            return known
    field = looks_like(text)
    return next((known for known in _CLASSES if known == field), None)


def _specific(cell: Cell, kinds: dict[int, Column]) -> int:
    """Of the columns a merged cell covers, the first that is more than a class."""
    span = range(cell.col, cell.col + cell.col_span)
    return next((col for col in span if kinds[col].field not in ("group", "other")), cell.col)
