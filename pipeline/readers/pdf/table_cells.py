"""Tables: make cells of rows; a cell covers what stands blank beside or below it where the table means that."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.readers.pdf.grid import Gutter
from pipeline.readers.pdf.regions import GridCell, Region
from pipeline.readers.pdf.rows import WIDEST_LEADING
from pipeline.readers.pdf.table_parts import Level
from pipeline.readers.pdf.values import RuledLine

BROKEN = 0.4  # share of the table's width that a rule covers at least which parts rows except for merged cells


def filled_cells(rows: Sequence[Level], width: int, header: int) -> list[GridCell]:
    """The cells of all rows, the blank ones too; row groups and headings cover what stands blank beside them."""
    cells: dict[tuple[int, int], GridCell] = {}
    taken: dict[tuple[int, int], GridCell] = {}
    for number, row in enumerate(rows):
        for (first, last), lines in sorted(row.items()):
            above = taken.get((number - 1, first))
            if not lines and above is not None:  # covered by the cell above
                above.row_span += 1
                taken.update({(number, col): above for col in range(first, last + 1)})
                continue
            cell = GridCell(number, first, 1, last - first + 1, lines)
            cells[number, first] = cell
            taken.update({(number, col): cell for col in range(first, last + 1)})
    _spread_headings(cells, taken, width, header)
    _spread_groups(cells, taken, len(rows), header)
    for number in range(len(rows)):
        for col in range(width):
            if (number, col) not in taken:
                cells[number, col] = GridCell(number, col, 1, 1, [])
    return [cells[key] for key in sorted(cells)]


def merged_below(region: Region, broken: dict[float, list[RuledLine]], inner: Sequence[Gutter]) -> list[GridCell]:
    """The cells, those that reach below made whole: one is part of that above where the rule between is broken.

    One of them is blank, or the lines of both follow closely: those of a cell that is centred on its rows.

    Args:
        region: the table, its cells filled in.
        broken: the rules that leave out columns, by height.
        inner: the gutters between the columns.
    """
    edges = [region.box[0], *(gutter.middle for gutter in inner), region.box[2]]
    starts: dict[int, float] = {}
    for cell in region.cells:
        for words in cell.lines[:1]:
            starts[cell.row] = min(starts.get(cell.row, words[0].baseline), words[0].baseline)
    owners = {(cell.row + n, cell.col): cell for cell in region.cells for n in range(cell.row_span)}
    kept: list[GridCell] = []
    for cell in region.cells:
        above = owners.get((cell.row - 1, cell.col))
        between = [
            rules for y, rules in broken.items() if starts.get(cell.row - 1, 1e9) < y < starts.get(cell.row, 0.0)
        ]
        middle = (edges[cell.col] + edges[cell.col + 1]) / 2
        whole = cell.col_span == 1 and above is not None and above.col_span == 1 and above.row >= region.header_rows
        left_out = len(between) == 1 and not any(rule.x0 - 2 < middle < rule.x1 + 2 for rule in between[0])
        if whole and left_out and above is not None and _follow(above, cell):
            above.lines = [*above.lines, *cell.lines]
            above.row_span += cell.row_span
            owners.update({(cell.row + n, cell.col): above for n in range(cell.row_span)})
        else:
            kept.append(cell)
    return kept


def _follow(above: GridCell, below: GridCell) -> bool:
    """Whether the lines of two cells can be those of one."""
    if not above.lines or not below.lines:
        return bool(above.lines or below.lines)
    last, first = above.lines[-1][0], below.lines[0][0]
    return first.baseline - last.baseline < WIDEST_LEADING * last.size


Taken = dict[tuple[int, int], GridCell]


def _spread_headings(cells: Taken, taken: Taken, width: int, header: int) -> None:
    """A heading covers the levels below it that are blank; in a one-level header, the columns without one too."""
    for col in range(width):
        owner = taken.get((0, col))
        if owner is None:
            continue
        for number in range(1, header):
            if owner.row_span < number or any(
                (number, c) in taken for c in range(owner.col, owner.col + owner.col_span)
            ):
                break
            if col == owner.col:
                owner.row_span = number + 1
                taken.update({(number, c): owner for c in range(owner.col, owner.col + owner.col_span)})
    if header != 1:
        return
    for col in range(1, width):
        if (0, col) in taken:
            continue
        owner = next((cells[0, c] for c in range(col - 1, -1, -1) if (0, c) in cells), None)
        if owner:
            owner.col_span = col - owner.col + 1
            taken[0, col] = owner


def _group_ends(owners: Sequence[GridCell], cells: Taken, first: int, rows: int) -> list[int]:
    """Where the rows of each label end, the label at their middle or, for all of them, at their foot; else none.

    A label on the baseline of its row has as many rows above as below it; one between two baselines has one more or
    fewer.
    """
    paths: dict[int, tuple[int, list[int]]] = {first: (0, [])}
    for index, owner in enumerate(owners):
        limit = owners[index + 1].row if index + 1 < len(owners) else rows
        room = (0,) if _on_level(owner, cells) else (0, -1, 1)
        further: dict[int, tuple[int, list[int]]] = {}
        for start, (cost, ends) in sorted(paths.items(), key=lambda path: path[1][0]):
            for off in room:
                end = 2 * owner.row - start + 1 + off
                if owner.row < end <= limit:
                    further.setdefault(end, (cost + abs(off), [*ends, end]))
        paths = further
    if rows in paths:
        return paths[rows][1]
    return [owner.row + 1 for owner in owners] if owners[-1].row == rows - 1 else []


def _on_level(owner: GridCell, cells: Taken) -> bool:
    """Whether a label's middle is on the height of another cell's of its row."""
    size = owner.lines[0][0].size
    middle = (owner.lines[0][0].baseline + owner.lines[-1][0].baseline) / 2
    others = [cell for (row, _), cell in cells.items() if row == owner.row and cell is not owner and cell.lines]
    heights = [(cell.lines[0][0].baseline + cell.lines[-1][0].baseline) / 2 for cell in others]
    return any(abs(y - middle) < 0.1 * size for y in heights)


def _spread_groups(cells: Taken, taken: Taken, rows: int, header: int) -> None:
    """A label in the first column covers the rows beside it in which that column stands blank.

    Those are the rows below it, or, where labels stand at the middle or the foot of their groups, those above it too.
    """
    owners = [cells[n, 0] for n in range(header, rows) if (n, 0) in cells and cells[n, 0].col_span == 1]
    ends = _group_ends(owners, cells, header, rows) if owners and (header, 0) not in taken else []
    free = header
    for index, owner in enumerate(owners):
        end = ends[index] if ends else owners[index + 1].row if index + 1 < len(owners) else rows
        start = free if ends else owner.row
        covered = [n for n in range(start, max(end, owner.row + 1)) if taken.get((n, 0), owner) is owner]
        first = covered[0] if covered == list(range(covered[0], covered[-1] + 1)) else owner.row
        del cells[owner.row, 0]
        owner.row, owner.row_span = first, covered[-1] - first + 1
        cells[first, 0] = owner
        taken.update({(n, 0): owner for n in range(first, first + owner.row_span)})
        free = first + owner.row_span


def broken_rules(region: Region, split: float) -> dict[float, list[RuledLine]]:
    """The rules of the body that leave out columns, by height: where they are left out, cells are merged downward."""
    found: dict[float, list[RuledLine]] = {}
    for rule in sorted((r for r in region.rules if r.horizontal and r.y > split + 3), key=lambda r: r.y):
        y = next((y for y in found if abs(y - rule.y) < 2.5), rule.y)
        found.setdefault(y, []).append(rule)
    inside = {y: rules for y, rules in found.items() if y < region.box[3] - 3}
    lengths = {y: sum(rule.length for rule in rules) for y, rules in inside.items()}
    return {y: inside[y] for y, length in lengths.items() if BROKEN * region.width < length < 0.96 * region.width}
