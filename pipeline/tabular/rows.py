"""A study table row by row, whichever way it was printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.document import Cell, Table
from pipeline.records import fold
from pipeline.tabular.columns import Column, columns, field_of_heading, header_rows
from pipeline.tabular.items import is_blank


@dataclass(frozen=True, slots=True)
class Row:
    """One study's row: its number in the upright table, and the cell of each column that says something.

    A cell merged over several rows stands in each of them. ``group`` is the heading row it stands under, if any.
    """

    index: int
    cells: dict[int, Cell]
    group: Cell | None = None


def upright(table: Table) -> Table:
    """The table with one study per row: as it is, or turned where its headings stand in the first column."""
    first = [cell for cell in table.cells if cell.col == 0]
    head = header_rows(table)
    top = [cell for cell in table.cells if cell.row < head]
    down, across = _named(first), _named(top)
    if down < 3 or down <= across:
        return table
    turned = (
        cell.model_copy(update={"row": cell.col, "col": cell.row, "row_span": cell.col_span, "col_span": cell.row_span})
        for cell in table.cells
    )
    return table.model_copy(
        update={"cells": tuple(sorted(turned, key=lambda cell: (cell.row, cell.col))), "header_rows": 1}
    )


def rows(table: Table) -> list[Row]:
    """The rows of an upright table below its headings; repeated headings and empty rows are left out.

    In a table that merges cells and marks its blanks with a sign, an empty place is a merged cell too: what stands
    above holds for it.
    """
    head = header_rows(table)
    headings = {col: fold(cell.text) for col in range(table.cols) if (cell := table.at(head - 1, col))}
    merges = _merges_cells(table, head)
    found: list[Row] = []
    group: Cell | None = None
    for index in range(head, table.rows):
        cells = {
            col: cell
            for col in range(table.cols)
            if (cell := table.at(index, col)) and cell.row >= head and not is_blank(cell.text)
        }
        distinct = {id(cell): cell for cell in cells.values()}
        if not cells or all(fold(cell.text) == headings.get(col) for col, cell in cells.items()):
            continue
        only = next(iter(distinct.values()))
        if len(distinct) == 1 and table.cols > 2 and (only.col_span == table.cols or only.col == 0):
            group = only
            continue
        if merges and found:
            for col, above in found[-1].cells.items():
                own = table.at(index, col)
                if own is None or not own.text.strip():
                    cells.setdefault(col, above)
        found.append(Row(index, dict(sorted(cells.items())), group))
    return found


def _merges_cells(table: Table, head: int) -> bool:
    """Whether cells below the heading span rows while blanks are marked, so that nothing printed means merged."""
    body = [cell for cell in table.cells if cell.row >= head]
    marked = any(cell.text.strip() and is_blank(cell.text) for cell in body)
    return marked and any(cell.row_span > 1 and cell.text.strip() for cell in body)


def typed_cells(table: Table) -> Iterator[tuple[Cell, Column]]:
    """The cells of a study table that say something, each once, with its column; turned tables are turned first."""
    table = upright(table)
    kinds = columns(table)
    seen = set()
    for row in rows(table) if kinds else ():
        for col, cell in row.cells.items():
            if (cell.row, cell.col) not in seen:
                seen.add((cell.row, cell.col))
                yield cell, kinds[max(col, _specific(cell, kinds))]


def _specific(cell: Cell, kinds: dict[int, Column]) -> int:
    """Of the columns a merged cell covers, the first that is more than a class."""
    span = range(cell.col, cell.col + cell.col_span)
    return next((col for col in span if kinds[col].field not in ("group", "other")), cell.col)


def _named(cells: list[Cell]) -> int:
    """How many different fields these cells would name as headings."""
    said = (field_of_heading(cell.text) for cell in cells)
    return len({s[0] for s in said if s and s[0] != "other"})
