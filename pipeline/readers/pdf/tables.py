"""Tables: from a caption and the rules near it to a grid of cells.

The steps are separate: :func:`regions` finds where tables stand, :func:`columns` and :func:`rows` cut one up,
:func:`grid` makes its cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from pipeline.readers.pdf.settings import LAYOUT
from pipeline.readers.pdf.values import Line, Rule, Sheet, Word

CAPTION = re.compile(r"(?:supplement(?:al|ary)\s+)?(table|tab\.)\s*(S?\d{1,3}|[IVX]{1,5})\b", re.IGNORECASE)


@dataclass(slots=True)
class GridCell:
    """A cell: its words line by line, and the places it covers."""

    row: int
    col: int
    row_span: int
    col_span: int
    lines: list[list[Word]]


@dataclass(slots=True)
class Region:
    """Where a table stands: its caption's lines, its rules from top to bottom, its lines of text, its notes."""

    label: str
    caption: list[Line]
    rules: list[Rule]
    lines: list[Line]
    notes: list[Line]
    cells: list[GridCell] = field(default_factory=list)
    header_rows: int = 0


@dataclass(slots=True)
class Row:
    """Words on one baseline of a table."""

    baseline: float
    words: list[Word]

    @property
    def top(self) -> float:
        """The upper edge of its words."""
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        """The lower edge of its words."""
        return max(word.bottom for word in self.words)


def label_of(line: Line) -> str | None:
    """The label of the table whose caption begins with this line, such as "Table 1"; None where none does."""
    found = CAPTION.match(line.text)
    if not found:
        return None
    rest = line.text[found.end() :].lstrip()
    starts = not rest or rest[0] in ".:|–—-(" or (rest[0].isupper() or rest[0].isdigit()) or line.words[0].bold
    return f"Table {found[2]}" if starts else None


def regions(sheet: Sheet) -> list[Region]:
    """The tables of a sheet, top to bottom. The lines of each leave ``sheet.lines``."""
    found = []
    captions = [line for line in sheet.lines if label_of(line)]
    for line in sorted(captions, key=lambda line: line.top):
        region = _below(sheet, line, captions)
        if region:
            found.append(region)
            taken = {id(item) for item in (*region.caption, *region.lines, *region.notes)}
            sheet.lines = [item for item in sheet.lines if id(item) not in taken]
    return found


def _below(sheet: Sheet, caption: Line, captions: Sequence[Line]) -> Region | None:
    """The table beneath this caption: from the first rule of its width to the last."""
    limit = min(
        (c.top for c in captions if c.top > caption.bottom and _overlap(c, caption) > 0), default=sheet.frame.down
    )
    near = sorted(
        (r for r in sheet.rules if r.horizontal and caption.top < r.y < limit and _overlap(r, caption) > 0),
        key=lambda rule: rule.y,
    )
    near = [rule for rule in near if rule.length > 40]
    if not near:
        return None
    first = near[0]
    family = [r for r in near if abs(r.x0 - first.x0) < 6 and abs(r.x1 - first.x1) < 6]
    if len(family) < 2:
        return None
    head = [line for line in sheet.lines if caption.top - 1 <= line.top and line.bottom <= first.y + 3]
    head = [line for line in head if line.x1 > first.x0 - 5 and line.x0 < first.x1 + 5] or [caption]
    last = family[-1]
    body = [
        line
        for line in sheet.lines
        if first.y - 2 < (line.top + line.bottom) / 2 < last.y + 2 and line.x0 > first.x0 - 6 and line.x1 < first.x1 + 6
    ]
    if not body:
        return None
    label = label_of(caption) or ""
    rules = [r for r in near if first.y - 1 <= r.y <= last.y + 1]
    region = Region(label, head, rules, body, _notes(sheet, last, body, limit))
    grid(region)
    return region


def _overlap(a: Line | Rule, b: Line | Rule) -> float:
    return min(a.x1, b.x1) - max(a.x0, b.x0)


def _notes(sheet: Sheet, last: Rule, body: Sequence[Line], limit: float) -> list[Line]:
    """The lines of small type right beneath a table."""
    size = median(line.size for line in body)
    found: list[Line] = []
    bottom = last.y
    below = sorted(
        (x for x in sheet.lines if last.y - 2 < x.top < limit and _overlap(x, last) > 0), key=lambda x: x.top
    )
    for line in below:
        if line.top - bottom > 1.2 * size or line.size > size * 1.02 or label_of(line):
            break
        found.append(line)
        bottom = max(bottom, line.bottom)
    return found


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """The printed rows: words by baseline, top to bottom, each left to right."""
    found: list[Row] = []
    for line in sorted(lines, key=lambda line: (line.baseline, line.x0)):
        if found and line.baseline - found[-1].baseline < 0.35 * line.size:
            found[-1].words.extend(line.words)
        else:
            found.append(Row(line.baseline, list(line.words)))
    for row in found:
        row.words.sort(key=lambda word: word.x0)
    return found


def runs(row: Row) -> list[list[Word]]:
    """The words of a row, parted at gaps wider than a space."""
    parts: list[list[Word]] = [[row.words[0]]]
    for last, word in pairwise(row.words):
        if word.x0 - last.x1 > LAYOUT.cell_gap * max(last.size, word.size):
            parts.append([])
        parts[-1].append(word)
    return parts


@dataclass(frozen=True, slots=True)
class Gutter:
    """A gap between two columns that (nearly) no row crosses."""

    left: float
    right: float

    @property
    def middle(self) -> float:
        """Where it parts the columns."""
        return (self.left + self.right) / 2


def columns(rows: Sequence[Row]) -> list[Gutter]:
    """The gaps between the columns that these rows make, left to right."""
    spans = [(part[0].x0, part[-1].x1) for row in rows for part in runs(row)]
    tolerated = len(rows) // 12
    events = sorted(
        [(x0, 1) for x0, _ in spans] + [(x1, -1) for _, x1 in spans], key=lambda event: (event[0], -event[1])
    )
    gutters: list[Gutter] = []
    depth = 0
    left: float | None = None
    for place, change in events:
        depth += change
        if change < 0 and depth <= tolerated and left is None:
            left = place
        elif change > 0 and depth > tolerated and left is not None:
            if place - left > 1.5:
                gutters.append(Gutter(left, place))
            left = None
    return gutters


def _covered(piece: Sequence[Word], gutters: Sequence[Gutter]) -> tuple[int, int]:
    """The first and last column that a run of words covers; one that only juts out into a gutter stays in its column."""
    x0, x1 = piece[0].x0, piece[-1].x1
    lefts = [float("-inf"), *(gutter.right for gutter in gutters)]
    rights = [*(gutter.left for gutter in gutters), float("inf")]
    least = 0.25 * piece[0].size
    inside = [i for i, (a, b) in enumerate(zip(lefts, rights, strict=True)) if min(x1, b) - max(x0, a) > least]
    if len(inside) > 1 and len(piece) == 1:  # one word does not span columns: it juts out
        inside = [max(inside, key=lambda i: min(x1, rights[i]) - max(x0, lefts[i]))]
    if not inside:
        middle = (x0 + x1) / 2
        inside = [sum(middle > gutter.middle for gutter in gutters)]
    return inside[0], inside[-1]


def grid(region: Region) -> None:
    """Fill in a region's cells: rows and columns, wrapped cells joined, row groups and headings spread."""
    printed = rows_of(region.lines)
    dividers = sorted(rule.y for rule in region.rules)
    body_top = dividers[1] if len(dividers) > 2 else dividers[0]
    gutters = columns([row for row in printed if row.baseline > body_top])
    placed = [(row, _placed(row, gutters)) for row in printed]
    groups = _grouped(placed, dividers)
    header = sum(1 for group in groups if group[0][0].baseline < body_top) if len(dividers) > 2 else 0
    region.header_rows = header
    region.cells = _spread([_merge(group) for group in groups], len(gutters) + 1, header)


def _placed(row: Row, gutters: Sequence[Gutter]) -> dict[tuple[int, int], list[Word]]:
    """A row's words by the columns ``(first, last)`` they cover."""
    found: dict[tuple[int, int], list[Word]] = {}
    for part in runs(row):
        for piece in _split(part, gutters):
            found.setdefault(_covered(piece, gutters), []).extend(piece)
    return found


def _split(part: list[Word], gutters: Sequence[Gutter]) -> list[list[Word]]:
    """A run of words parted where one cell nearly touches the next: at a gutter whose right edge a word begins at."""
    pieces: list[list[Word]] = [[part[0]]]
    for last, word in pairwise(part):
        starts = any(
            abs(word.x0 - gutter.right) < 0.35 * word.size and last.x1 < gutter.right and part[0].x0 < gutter.left
            for gutter in gutters
        )
        if starts:
            pieces.append([])
        pieces[-1].append(word)
    return pieces


Placed = tuple[Row, dict[tuple[int, int], list[Word]]]


def _grouped(placed: Sequence[Placed], dividers: Sequence[float]) -> list[list[Placed]]:
    """Printed rows by the table row they belong to: a wrapped cell's further lines join their first."""
    pitches = [b[0].baseline - a[0].baseline for a, b in pairwise(placed)]
    least = min(pitches, default=0.0)
    groups: list[list[Placed]] = []
    for index, item in enumerate(placed):
        if index == 0:
            groups.append([item])
            continue
        last = placed[index - 1]
        ruled = any(last[0].baseline < y < item[0].baseline for y in dividers)
        close = pitches[index - 1] < 1.12 * least and max(pitches) > 1.12 * least
        if not ruled and close:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _merge(group: Sequence[Placed]) -> dict[tuple[int, int], list[list[Word]]]:
    merged: dict[tuple[int, int], list[list[Word]]] = {}
    for _, cells in group:
        for key, words in cells.items():
            merged.setdefault(key, []).append(words)
    return merged


def _spread(rows: list[dict[tuple[int, int], list[list[Word]]]], width: int, header: int) -> list[GridCell]:
    """The cells of all rows, the blank ones too; row groups and headings cover what stands blank beside them."""
    cells: dict[tuple[int, int], GridCell] = {}
    taken: dict[tuple[int, int], GridCell] = {}
    for number, row in enumerate(rows):
        for (first, last), lines in sorted(row.items()):
            owner = next((taken[number, col] for col in range(first, last + 1) if (number, col) in taken), None)
            if owner is not None:
                owner.lines.extend(lines)
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


def _spread_headings(
    cells: dict[tuple[int, int], GridCell], taken: dict[tuple[int, int], GridCell], width: int, header: int
) -> None:
    """A heading covers the columns to its right that have none."""
    if header != 1:
        return
    for col in range(1, width):
        if (0, col) in taken:
            continue
        owner = next((cells[0, c] for c in range(col - 1, -1, -1) if (0, c) in cells), None)
        if owner:
            owner.col_span = col - owner.col + 1
            taken[0, col] = owner


def _spread_groups(
    cells: dict[tuple[int, int], GridCell], taken: dict[tuple[int, int], GridCell], rows: int, header: int
) -> None:
    """A label in the first column covers the rows below it in which that column stands blank."""
    owner: GridCell | None = None
    for number in range(header, rows):
        if (number, 0) in taken:
            owner = cells.get((number, 0))
            if owner and owner.col_span > 1:
                owner = None
        elif owner:
            owner.row_span += 1
            taken[number, 0] = owner
