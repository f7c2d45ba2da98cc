"""The table that a printed one means: upright, its halves one below the other, one field a column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pipeline.document import Cell, Table
from pipeline.records import FIELDS, fold
from pipeline.tabular.columns import ColumnField, body_cells, field_of_heading, header_rows, looks_like, without_unit

_JOINS: Final = (r"\s/\s", r"\s?[;|]\s?", r"/", r"\s(?:and|&|\+)\s", r",\s")
"""What stands between two headings, or two values, of one column: the clearest first."""
_IN_BRACKETS = re.compile(r"(?P<first>.*?\S)\s?[(\[](?P<second>[^()\[\]]+)[)\]]")
_LABEL = re.compile(r"(?:^|(?<=[\s;,.|]))(?P<label>[A-Z][\w()/-]*(?:\s[a-z()/-]+){0,3})\s?:\s?(?=\S)")
"""How a part of a cell is labelled: "Core: "."""
_MOSTLY = 0.6
_FEW = 0.3
_NUMBER = re.compile(r"[~\u2248<>(]?\s?(?:ca\.?\s?)?[-\u2013\u2212]?\d+(?:[.,]\d+)?(?!\w|-\w)")

Parts = tuple[tuple[int, int], tuple[int, int]]


def arranged(table: Table) -> Table:
    """A printed table with one study a row, its parts below one another, and one field a column."""
    return divided(unfolded(stacked(upright(table))))


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
    cells = tuple(sorted(turned, key=lambda cell: (cell.row, cell.col)))
    return Table(  # a copy would keep the sizes that the table was asked for
        label=table.label, caption=table.caption, page=table.page, header_rows=1, cells=cells, notes=table.notes
    )


def stacked(table: Table) -> Table:
    """The table with the parts that stand side by side under the same headings one below the other; else as it is."""
    head = header_rows(table)
    heads = [fold(cell.text) if (cell := table.at(head - 1, col)) else "" for col in range(table.cols)]
    parts = next((n for n in (2, 3, 4) if len(heads) >= 2 * n and heads == heads[: len(heads) // n] * n), 1)
    if parts == 1 or len(set(heads)) < 2:
        return table
    width, height = table.cols // parts, table.rows - head
    cells = []
    for cell in table.cells:
        part, col = divmod(cell.col, width)
        if cell.row < head and part:
            continue
        row = cell.row if cell.row < head else cell.row + part * height
        cells.append(cell.model_copy(update={"row": row, "col": col, "col_span": min(cell.col_span, width - col)}))
    ordered = tuple(sorted(cells, key=lambda cell: (cell.row, cell.col)))
    return Table(
        label=table.label, caption=table.caption, page=table.page, header_rows=head, cells=ordered, notes=table.notes
    )


def unfolded(table: Table) -> Table:
    """The table, each column whose cells label their parts made one for each label: "Core: PLGA; Size: 118 nm"."""
    head = header_rows(table)
    for col in range(table.cols - 1, -1, -1):
        cells = body_cells(table, col)
        told = {id(cell): parts for cell in cells if len(parts := _labelled(cell)) > 1}
        labels = list(dict.fromkeys(label for parts in told.values() for label, _ in parts))
        if len(told) < 2 or len(told) < _MOSTLY * len(cells):
            continue
        table = _widened(table, col, len(labels))
        made: list[Cell] = []
        for cell in table.cells:
            if cell.col != col or cell.row < head or id(cell) not in told:
                made.append(cell)
                continue
            made += [part.model_copy(update={"col": col + labels.index(label)}) for label, part in told[id(cell)]]
        first = made[0]
        heads = [
            first.model_copy(update={"row": head - 1, "col": col + n, "row_span": 1, "col_span": 1, "text": label})
            for n, label in enumerate(labels)
        ]
        kept = [
            c for c in made if not (c.row < head and c.row + c.row_span >= head and col <= c.col < col + len(labels))
        ]
        table = _remade(table, [*kept, *heads])
    return table


def _labelled(cell: Cell) -> list[tuple[str, Cell]]:
    """The parts of a cell that begin with a heading and a colon, with these; empty where something stands before."""
    marks = [m for m in _LABEL.finditer(cell.text) if field_of_heading(m["label"]) is not None]
    if not marks or cell.text[: marks[0].start()].strip():
        return []
    ends = [*(m.start() for m in marks[1:]), len(cell.text)]
    found = []
    for mark, end in zip(marks, ends, strict=True):
        text = cell.text[mark.end() : end].rstrip(" ;,.|")
        begin = cell.start + mark.end()
        found.append((mark["label"], cell.model_copy(update={"start": begin, "end": begin + len(text), "text": text})))
    return found


def _widened(table: Table, col: int, count: int) -> Table:
    """The table with room for so many columns in place of one."""
    more = count - 1
    return _remade(
        table,
        [
            cell.model_copy(update={"col": cell.col + more})
            if cell.col > col
            else cell.model_copy(update={"col_span": cell.col_span + more})
            if cell.col < col < cell.col + cell.col_span
            else cell
            for cell in table.cells
        ],
    )


def _remade(table: Table, cells: Iterable[Cell]) -> Table:
    """The table with other cells: a copy would keep the sizes that the table was asked for."""
    ordered = tuple(sorted(cells, key=lambda cell: (cell.row, cell.col)))
    return Table(
        label=table.label, caption=table.caption, page=table.page, header_rows=table.header_rows, cells=ordered,
        notes=table.notes,
    )  # fmt: skip


def divided(table: Table) -> Table:
    """The table, each column whose heading names two fields made two: "Membrane/core", "Disease (animal)".

    Most cells must hold two parts, split as the headings are, and these must look like what the headings say.
    """
    for col in range(table.cols - 1, -1, -1):
        head = table.at(header_rows(table) - 1, col)
        if head is None or head.col_span > 1:
            continue
        for pattern, fields, parts in _two_headings(head.text):
            cells = body_cells(table, col)
            told = [(cell, halves) for cell in cells if (halves := _halves(cell.text, pattern))]
            if len(told) > 1 and len(told) >= _MOSTLY * len(cells) and _fit(told, fields):
                table = _with_column_split(table, col, head, parts, {id(cell): halves for cell, halves in told})
                break
    return table


def _two_headings(heading: str) -> Iterator[tuple[re.Pattern[str], tuple[ColumnField, ColumnField], Parts]]:
    """The ways in which a heading names two fields: what parts its values, the fields, and where their names stand."""
    for pattern in (*map(re.compile, _JOINS), _IN_BRACKETS):
        parts = _halves(heading, pattern)
        if parts is None:
            continue
        stated = [field_of_heading(heading[a:b]) for a, b in parts]
        first, second = (each[0] if each else None for each in stated)
        names_two = first in FIELDS and second is not None and second not in (first, "reference", "number")
        donor = first == "membranes" and second == "animal_models"  # the species of a cell is no test animal
        if first is not None and second is not None and names_two and not donor:
            yield pattern, (first, second), parts


def _halves(text: str, pattern: re.Pattern[str]) -> Parts | None:
    """Where two parts of a text stand, if this parts it once; a join within brackets parts nothing."""
    if pattern is _IN_BRACKETS:
        match = pattern.fullmatch(text.strip())
        if match is None or not without_unit(match["second"]):
            return None
        off = len(text) - len(text.lstrip())
        return (off + match.start("first"), off + match.end("first")), (
            off + match.start("second"),
            off + match.end("second"),
        )
    joins = [m for m in pattern.finditer(text) if text.count("(", 0, m.start()) == text.count(")", 0, m.start())]
    if len(joins) != 1 or not 0 < joins[0].start() < joins[0].end() < len(text):
        return None
    first, second = text[: joins[0].start()].rstrip(), text[joins[0].end() :].lstrip()
    return (0, len(first)), (len(text) - len(second), len(text))


def _fit(told: list[tuple[Cell, Parts]], fields: tuple[ColumnField, ColumnField]) -> bool:
    """Whether the parts of cells can be values of these fields: sizes are numbers, names are none, animals look so."""
    for place, field in enumerate(fields):
        texts = [cell.text[slice(*halves[place])] for cell, halves in told]
        numbers = sum(_NUMBER.match(text.strip()) is not None for text in texts) / len(texts)
        if field == "sizes" and numbers < _MOSTLY:
            return False
        if field in FIELDS and field != "sizes" and numbers > _FEW:
            return False
        if field == "animal_models" and sum(looks_like(text) == field for text in texts) < _MOSTLY * len(texts):
            return False
    return True


def _with_column_split(table: Table, col: int, head: Cell, parts: Parts, halves: dict[int, Parts]) -> Table:
    """The table with one column made two; a cell without two parts stays in the first."""
    cells: list[Cell] = []
    for cell in table.cells:
        if cell.col > col:
            cells.append(cell.model_copy(update={"col": cell.col + 1}))
        elif cell.col + cell.col_span <= col:
            cells.append(cell)
        elif cell.col < col or cell.col_span > 1:
            cells.append(cell.model_copy(update={"col_span": cell.col_span + 1}))
        elif split := (parts if cell is head else halves.get(id(cell))):
            for place, (start, end) in enumerate(split):
                part = {"start": cell.start + start, "end": cell.start + end, "text": cell.text[start:end]}
                cells.append(cell.model_copy(update={**part, "col": col + place}))
        elif cell.row < head.row:
            cells.append(cell.model_copy(update={"col_span": 2}))
        else:
            blank = {"col": col + 1, "start": cell.end, "end": cell.end, "text": "", "notes": ()}
            cells += [cell, cell.model_copy(update=blank)]
    ordered = tuple(sorted(cells, key=lambda cell: (cell.row, cell.col)))
    return Table(
        label=table.label, caption=table.caption, page=table.page, header_rows=table.header_rows, cells=ordered,
        notes=table.notes,
    )  # fmt: skip


def _named(cells: list[Cell]) -> int:
    """How many different fields these cells would name as headings."""
    stated = (field_of_heading(cell.text) for cell in cells)
    return len({s[0] for s in stated if s and s[0] != "other"})
