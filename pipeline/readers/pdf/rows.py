"""Group the lines of a table's body into rows, column by column.

The lines of a column are split into blocks, each the text of one cell: a step wider than the leading parts them, and
so does a line's end at which the next word would still have fitted. Blocks that stand side by side make a row, be they
flush at their heads or centred on each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from statistics import median

from pipeline.readers.pdf.values import Word

Span = tuple[int, int]
Cells = dict[Span, list[list[Word]]]
VALUE = re.compile(
    r"[<>\u2264\u2265~\u2248]?[\[(]?[\d.,\u00b1\u2212\u2013%/+<>()\s-]*\d[\d.,\u00b1\u2212\u2013%/+<>()\s-]*[\])]?"
    r"(?:\s?(?:nm|[\u00b5\u03bcu]m|mV|kDa|h|days?))?|[-\u2013\u2014]"
)
GOES_ON = re.compile(r"[a-z]{3,}(?![a-z-])|[(\[]")
"""How a line begins that carries on another: with a plain word, not with the prefix of a chemical's name."""
LEADING = 1.05  # times the least step between lines of a column, up to which they can be lines of one cell
LOW = 0.2  # share of a column's cells that begin with a small letter, from which that tells of no wrapped line
CLEAR = 1.12  # times the leading, from which the least step between values is that of rows
WIDEST_LEADING = 1.5  # ems; lines further apart are no lines of one cell
SIDE_BY_SIDE = 0.25  # ems by which the blocks of one row overlap in height at least
SPARE = 0.3  # ems that a next word must leave free to have fitted for certain
APART = 1.2  # times the leading, from which rows of text stand clear of one another
MOSTLY = 0.6  # share of closely following lines that visibly go on, from which all do
LEAST_ANCHORS = 3  # rows that columns of values tell at least
LEVEL, ASKEW = 0.015, 0.05  # ems between baselines of one height at most, and of different heights at least


@dataclass(slots=True)
class CellText:
    """A line of one column; ``sparse``: few others have one at its height, and none of them a value."""

    col: int
    words: list[Word]
    sparse: bool = False

    @property
    def baseline(self) -> float:
        """Where it stands."""
        return self.words[0].baseline

    @property
    def top(self) -> float:
        """The upper edge of the body of its type, which scripts do not move."""
        return self.baseline - 0.75 * self.size

    @property
    def bottom(self) -> float:
        """The lower edge of the body of its type."""
        return self.baseline + 0.2 * self.size

    @property
    def size(self) -> float:
        """The size of its type."""
        return max(word.size for word in self.words)

    @property
    def width(self) -> float:
        """How long it is."""
        return self.words[-1].x1 - self.words[0].x0

    @property
    def text(self) -> str:
        """What it says."""
        return " ".join(word.text for word in self.words)


@dataclass(slots=True)
class TextBlock:
    """Lines of one column that make a cell."""

    col: int
    lines: list[CellText] = field(default_factory=list)

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.lines[0].top

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.lines[-1].bottom


def rows_by_blocks(printed: Sequence[dict[Span, list[Word]]], close: float = 0.0) -> list[Cells] | None:
    """The rows that printed rows of one band make; None where cells over several columns or doubts speak against it.

    A cell without lines is covered by the one above it.

    Args:
        printed: for each printed row, top to bottom, its words by the columns that they cover.
        close: the distance below which printed rows are lines of one row; 0 where that is not known.
    """
    if any(first != last for row in printed for first, last in row):
        return None
    if (anchored := _by_anchors(printed)) is not None:
        return anchored
    most = max(len(row) for row in printed)
    lines = [
        CellText(first, words, 2 * len(row) <= most and not any(map(_is_value, row.values())))
        for row in printed for (first, _), words in row.items()
    ]  # fmt: skip
    columns = [[line for line in lines if line.col == col] for col in sorted({line.col for line in lines})]
    if len(columns) < 2 or len(printed) < 2:
        return None
    centred = _centred_on_all(columns)
    if centred:
        columns = [column for column in columns if column[0].col not in centred]
    values = [{round(line.baseline) for line in column if _is_value(line.words)} for column in columns]
    leading, pitch = _least_step(columns), _least_step([run for column in columns for run in _runs_of_values(column)])
    clear = pitch > CLEAR * leading or (close > 0.0 and not 0.0 < pitch < close) or _set_apart(columns)
    blocks = [block for column in columns for block in _blocks(column, leading, clear, values)]
    rows: list[list[TextBlock]] = []
    for group in _side_by_side(blocks):
        parts = _resolved(group)
        if parts is None:
            return None
        rows.extend(parts)
    found: list[Cells] = [
        {(block.col, block.col): [line.words for line in block.lines] for block in row} for row in rows
    ]
    for col, texts in centred.items():
        for number, cells in enumerate(found):
            cells[col, col] = [] if number else [line.words for line in texts]
    return found


def _by_anchors(printed: Sequence[dict[Span, list[Word]]]) -> list[Cells] | None:
    """The rows that columns of values tell: a value does not wrap, so that each stands at the head of its row.

    None where the first column or some value stands elsewhere, where a line between two rows does not read as the
    further line of a cell, or where each printed row is one.
    """
    values: dict[int, set[int]] = {}
    for col in {first for row in printed for first, _ in row}:
        held = {number for number, row in enumerate(printed) if (col, col) in row}
        if col and all(_is_value(printed[number][col, col]) for number in held):
            values[col] = held
    heads = max(values.values(), key=len, default=set())
    if len(heads) < LEAST_ANCHORS or len(heads) == len(printed) or 0 not in heads:
        return None
    if not all((0, 0) in printed[number] for number in heads) or not all(held <= heads for held in values.values()):
        return None
    found: list[Cells] = []
    most = max(len(row) for row in printed)
    for number, row in enumerate(printed):
        if number in heads:
            found.append({span: [words] for span, words in row.items()})
            continue
        goes_on = all(
            span in found[-1]
            and not _is_value(words)
            and (span[0] or GOES_ON.match(words[0].text) or unfinished(found[-1][span][-1][-1].text))
            for span, words in row.items()
        )
        if not goes_on or 2 * len(row) > most:
            return None
        for span, words in row.items():
            found[-1][span].append(words)
    return found


def _centred_on_all(columns: Sequence[Sequence[CellText]]) -> dict[int, list[CellText]]:
    r"""The columns whose lines make one cell over all rows of a band that has one label.

    Such a cell is centred on the rows as the label is (LaTeX's ``\multirow``), so that no line of either stands on a
    baseline that the other columns share.
    """
    labels = [column for column in columns if column[0].col == 0]
    others = [column for column in columns if column[0].col != 0]
    if not labels or len(labels[0]) != 1 or len(others) < 3:
        return {}
    size = labels[0][0].size
    heights = [line.baseline for column in others for line in column]
    shared = [y for y in heights if sum(abs(y - other) < LEVEL * size for other in heights) > len(others) / 2]
    rows = sorted(set(shared))
    if len(rows) < 2 or rows[-1] - rows[0] < size:
        return {}

    def off(column: Sequence[CellText]) -> bool:
        return min(abs(line.baseline - y) for line in column for y in rows) > ASKEW * size

    return {column[0].col: list(column) for column in others if len(column) > 1 and off(labels[0]) and off(column)}


def _least_step(columns: Sequence[Sequence[CellText]]) -> float:
    """The least distance of lines in one column; 0 where no column has two."""
    pairs = (pair for column in columns for pair in pairwise(column) if not unfinished(pair[0].text))
    steps = [b.baseline - a.baseline for a, b in pairs]
    return min((step for step in steps if step > 0), default=0.0)


def _set_apart(columns: Sequence[Sequence[CellText]]) -> bool:
    """Whether rows of plain text stand clear of one another: most lines that follow closely visibly go on.

    Their steps are of two kinds with none between, and no cell is a value.
    """
    if any(_is_value(line.words) for column in columns for line in column):
        return False
    pairs = [pair for column in columns for pair in pairwise(column)]
    steps = sorted(b.baseline - a.baseline for a, b in pairs)
    least = steps[0] if steps else 0.0
    close = [(a, b) for a, b in pairs if b.baseline - a.baseline <= LEADING * least]
    if any(LEADING * least < step < APART * least for step in steps) or len(pairs) - len(close) < len(columns):
        return False
    going_on = sum(unfinished(a.text) or GOES_ON.match(b.text) is not None for a, b in close)
    return going_on > MOSTLY * len(close)


def _runs_of_values(column: Sequence[CellText]) -> list[list[CellText]]:
    """The values of a column that follow one another; a text between two may hold further rows."""
    return [list(run) for value, run in groupby(column, key=lambda line: _is_value(line.words)) if value]


def _blocks(column: Sequence[CellText], leading: float, clear: bool, values: Sequence[set[int]]) -> list[TextBlock]:
    """The cells of a column.

    Args:
        column: its lines.
        leading: the distance of lines in a cell.
        clear: whether rows are set further apart than that, so that distances alone tell.
        values: the heights of the values in each column.
    """
    widest = max(line.width for line in column)
    clearly_split = [_is_split(a, b, leading, clear, widest, values) for a, b in pairwise(column)]
    firsts = [column[0], *(line for line, parts in zip(column[1:], clearly_split, strict=True) if parts)]
    low = sum(bool(GOES_ON.match(line.text)) for line in firsts) > LOW * len(firsts)
    found = [TextBlock(column[0].col, [column[0]])]
    for line, parts in zip(column[1:], clearly_split, strict=True):
        likely = not (line.sparse or (GOES_ON.match(line.text) and not low))
        if likely if parts is None else parts:
            found.append(TextBlock(line.col))
        found[-1].lines.append(line)
    return found


def _is_split(
    a: CellText, b: CellText, leading: float, clear: bool, widest: float, values: Sequence[set[int]]
) -> bool | None:
    """Whether two lines of a column belong to different cells; None where nothing tells."""
    step, size = b.baseline - a.baseline, max(a.size, b.size)
    if step > min(LEADING * leading, WIDEST_LEADING * size):
        return True
    if unfinished(a.text):
        return False
    if _beside_values(a, b, values):
        return True
    if clear:
        return False
    if _is_value(a.words) or _is_value(b.words):
        return True
    return a.width + 0.25 * size + b.words[0].x1 - b.words[0].x0 < widest - SPARE * size or None


def _beside_values(a: CellText, b: CellText, values: Sequence[set[int]]) -> bool:
    """Whether some column has a value beside each of two lines: values do not wrap."""
    return any(round(a.baseline) in heights and round(b.baseline) in heights for heights in values)


def _is_value(words: Sequence[Word]) -> bool:
    return VALUE.fullmatch(" ".join(word.text for word in words)) is not None


def unfinished(text: str) -> bool:
    """Whether a line goes on for certain."""
    return text.endswith(("-", ",", "/", "(", "+", "&", "\u00b1", "\u00d7")) or text.rpartition(" ")[2] in (
        "and",
        "of",
        "with",
        "in",
        "the",
        "by",
    )


def _side_by_side(blocks: Sequence[TextBlock]) -> list[list[TextBlock]]:
    """Blocks that overlap in height, directly or by way of others, top to bottom."""
    groups: list[list[TextBlock]] = []
    bottom = float("-inf")
    for block in sorted(blocks, key=lambda block: (block.top, block.col)):
        if not groups or block.top > bottom - SIDE_BY_SIDE * block.lines[0].size:
            groups.append([])
            bottom = float("-inf")
        groups[-1].append(block)
        bottom = max(bottom, block.bottom)
    return groups


def _resolved(group: Sequence[TextBlock]) -> list[list[TextBlock]] | None:
    """The rows of blocks that overlap: one where each column has one, else split where most columns are.

    A block of the first column may be the label of several rows. Where blocks of other columns are centred on what
    stands in several lines beside them, all is one row.
    """
    columns = [[block for block in group if block.col == col] for col in sorted({block.col for block in group})]
    several = [column for column in columns if len(column) > 1]
    single = [column[0] for column in columns if len(column) == 1]
    if not several:
        return [list(group)]
    bounds = _bounds(several)
    across = [block for block in single if any(block.top < y < block.bottom for y in bounds)]
    inner = [block for block in across if block.col != 0]
    centred = inner and all(len(block.lines) == 1 for block in inner)
    heights = {round(line.baseline) for column in several for block in column for line in block.lines}
    aligned = all(round(line.baseline) in heights for block in inner for line in block.lines)
    if centred or (inner and len(inner) >= len(several) and not aligned):
        merged = [TextBlock(column[0].col, [line for block in column for line in block.lines]) for column in several]
        return [[*single, *merged]]
    return _cut(group, bounds) if bounds else None


def _cut(group: Sequence[TextBlock], bounds: Sequence[float]) -> list[list[TextBlock]] | None:
    """The rows between these heights; None where two blocks of a column would share one."""
    rows: list[list[TextBlock]] = [[] for _ in range(len(bounds) + 1)]
    for block in group:
        parts: dict[int, list[CellText]] = {}
        for line in block.lines:
            parts.setdefault(sum(y < (line.top + line.bottom) / 2 for y in bounds), []).append(line)
        wraps = any(unfinished(a.text) or GOES_ON.match(b.text) for a, b in pairwise(block.lines))
        if len(parts) > 1 and block.col == 0 and wraps:  # a label of several rows stays whole, where it begins
            parts = {min(parts): block.lines}
        for place, lines in parts.items():
            if any(other.col == block.col for other in rows[place]):
                return None
            rows[place].append(TextBlock(block.col, lines))
    return [row for row in rows if row]


def _bounds(several: Sequence[Sequence[TextBlock]]) -> list[float]:
    """The heights at which most of the columns with several blocks are split."""
    gaps = sorted((a.bottom, b.top) for column in several for a, b in pairwise(column))
    clusters: list[list[tuple[float, float]]] = []
    for low, high in gaps:
        if clusters and low < min(b for _, b in clusters[-1]) + 1.0:
            clusters[-1].append((low, high))
        else:
            clusters.append([(low, high)])
    return [
        median((low + high) / 2 for low, high in cluster) for cluster in clusters if 2 * len(cluster) > len(several)
    ]
