"""The rows of a study table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from pipeline.document import Cell, Table
from pipeline.records import FieldName, fold
from pipeline.tabular.columns import header_rows
from pipeline.tabular.items import is_blank, repeats

_OPEN = re.compile(r"(?:\b(?:and|or|of|with|from|by|for|the|in)|[-,/+&(:])$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StudyRow:
    """One study's row: its number in the upright table, and the cell of each column that says something.

    A cell merged over several rows stands in each of them. ``groups`` are the heading rows it stands under, outermost
    first.
    """

    index: int
    cells: dict[int, Cell]
    groups: tuple[Cell, ...] = ()


def rows(table: Table, kind: Callable[[Cell], FieldName | None] | None = None) -> list[StudyRow]:
    """The rows of an upright table below its headings; repeated headings and empty rows are left out.

    In a table that merges cells and marks its blanks with a sign, an empty place is a merged cell too: what stands
    above holds for it, up to the next heading row. So it does for a cell of ditto marks.

    Args:
        table: the table, upright.
        kind: which field a heading row between the rows tells; one takes the place of another of its kind.
    """
    head = header_rows(table)
    headings = {col: fold(cell.text) for col in range(table.cols) if (cell := table.at(head - 1, col))}
    merges = _merges_cells(table, head)
    found: list[StudyRow] = []
    groups: tuple[Cell, ...] = ()
    above: dict[int, Cell] = {}
    said: dict[int, Cell] = {}
    below_group = False
    for index in range(head, table.rows):
        cells = {
            col: cell
            for col in range(table.cols)
            if (cell := table.at(index, col)) and cell.row >= head and not is_blank(cell.text)
        }
        if not cells or all(fold(cell.text) == headings.get(col) for col, cell in cells.items()):
            continue
        if (heading := _heads_rows(table, index, cells, merges=merges)) is not None:
            groups = _nested(groups, heading, kind, follows=below_group)
            above, below_group = {}, True
            continue
        if merges:
            for col, cell in above.items():
                own = table.at(index, col)
                if own is None or not own.text.strip():
                    cells.setdefault(col, cell)
        told = ((col, said.get(col) if repeats(cell.text) else cell) for col, cell in cells.items())
        cells = {col: cell for col, cell in told if cell is not None}
        said |= cells
        found.append(StudyRow(index, dict(sorted(cells.items())), groups))
        above, below_group = cells, False
    return found


def _heads_rows(table: Table, index: int, cells: dict[int, Cell], *, merges: bool) -> Cell | None:
    """The heading over the rows below that a row is: one cell alone, or words that ran over into the next columns."""
    if table.cols < 3:
        return None
    distinct = list({id(cell): cell for cell in cells.values()}.values())
    first, last = distinct[0], distinct[-1]
    if any(cell.row_span > 1 or cell.row != index for cell in distinct):
        return None
    if len(distinct) == 1:
        return first if first.col == 0 or not merges else None  # centred, where it is no value that goes on below
    empty = [col for col in range(table.cols) if (cell := table.at(index, col)) is None or not cell.text.strip()]
    run_over = list(cells) == list(range(len(cells))) and len(cells) + len(empty) == table.cols > 2 * len(cells)
    if not run_over or not _goes_on(distinct):
        return None
    text = " ".join(cell.text.strip() for cell in distinct)
    return first.model_copy(update={"end": last.end, "text": text, "col_span": len(cells)})


def _goes_on(cells: list[Cell]) -> bool:
    """Whether the cells are one phrase: each but the last ends in a word that asks for more, or the next is small."""
    return all(_OPEN.search(a.text) or b.text[:1].islower() for a, b in pairwise(cells))


def _nested(
    groups: tuple[Cell, ...], heading: Cell, kind: Callable[[Cell], FieldName | None] | None, *, follows: bool
) -> tuple[Cell, ...]:
    """The headings that hold below a further one: those over it, and itself."""
    if follows:
        return (*groups, heading)
    level = next((i for i, group in enumerate(groups) if kind and kind(group) == kind(heading)), 0)
    return (*groups[:level], heading)


def _merges_cells(table: Table, head: int) -> bool:
    """Whether cells below the heading span rows while blanks are marked, so that nothing printed means merged."""
    body = [cell for cell in table.cells if cell.row >= head]
    marked = any(cell.text.strip() and is_blank(cell.text) for cell in body)
    return marked and any(cell.row_span > 1 and cell.text.strip() for cell in body)
