"""Tables: tell where the header ends, and the labels of groups of rows below it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.readers.pdf.grid import Gutter, PrintedRow, runs
from pipeline.readers.pdf.regions import Region
from pipeline.readers.pdf.rows import WIDEST_LEADING
from pipeline.readers.pdf.table_parts import Span, begins_low, bold, gridded
from pipeline.readers.pdf.values import Word

APART = 0.85  # times the step below it by which a label of rows stands below a heading, at least
CENTRED = 0.03  # share of the table's width by which a label over all columns may be off its middle


def opens_plain(body: Sequence[PrintedRow]) -> bool:
    """Whether rows of several cells begin with plain ones, so that a bold phrase alone is no cell of theirs."""
    firsts = [parts[0] for row in body if len(parts := runs(row)) > 2]
    return len(firsts) > 1 and not any(all(word.bold for word in words) for words in firsts)


def label_of_rows(row: PrintedRow, region: Region, inner: Sequence[Gutter], *, plain: bool) -> dict[Span, list[Word]]:
    """A row that is one phrase centred on the whole table, or bold where rows are plain, as a cell over all columns."""
    parts = runs(row)
    if len(parts) != 1 or len(inner) < 2 or gridded(region):
        return {}
    if plain and bold(row):
        return {(0, len(inner)): parts[0]}
    if row.words[0].x0 < inner[0].right:
        return {}
    middle = (row.words[0].x0 + row.words[-1].x1) / 2
    off = abs(middle - (region.box[0] + region.box[2]) / 2)
    edges = [region.box[0], *(gutter.middle for gutter in inner), region.box[2]]
    own = next(((a, b) for a, b in pairwise(edges) if a <= middle <= b), (middle, middle))
    flush = any(abs(row.words[0].x0 - gutter.right) < 1 for gutter in inner)
    centred = off < CENTRED * region.width and not flush and abs(middle - sum(own) / 2) > off
    return {(0, len(inner)): parts[0]} if centred else {}


def header_end(rows: Sequence[PrintedRow], dividers: Sequence[float]) -> float:
    """The height above which the header's rows stand."""
    if not rows:
        return 0.0
    inside = [y for y in dividers if y > rows[0].baseline - 0.2 * rows[0].words[0].size]
    below = [y for y in inside if any(row.baseline > y for row in rows)]
    if below:
        return _past_levels(rows, below)
    if bold(rows[0]) and not all(bold(row) for row in rows):
        last = rows[0]
        for row, after in pairwise(rows[1:]):
            if not bold(row) or _labels_rows(last, row, after):
                break
            last = row
        return last.baseline + 0.1
    return _past_wraps(rows) + 0.1


def _past_wraps(rows: Sequence[PrintedRow]) -> float:
    """The baseline of a heading's last line where nothing but distance tells it: lines below that begin no row.

    They stand clear of the first column, each under a heading, and closer to it than the row below to them.
    """
    last = rows[0]
    left = last.words[0].x1
    for row, after in pairwise(rows[1:]):
        step, size = row.baseline - last.baseline, row.words[0].size
        closer = step < WIDEST_LEADING * size and step < APART * (after.baseline - row.baseline)
        if row.words[0].x0 < left or len(runs(row)) < 2 or not closer or after.words[0].x0 > left:
            break
        last = row
    return last.baseline


def _labels_rows(above: PrintedRow, row: PrintedRow, below: PrintedRow) -> bool:
    """Whether a bold row below a heading is the label of the rows below: one phrase, set apart from the heading."""
    alone = _is_phrase_under(above, row) and not bold(below)
    return alone and row.baseline - above.baseline > APART * (below.baseline - row.baseline)


def _is_phrase_under(above: PrintedRow, row: PrintedRow) -> bool:
    """Whether a row is one phrase, flush with or centred under a heading of several, that carries none of it on.

    One that stands under none of the heading's parts is centred on a table that is wider than its text.
    """
    parts = runs(above)
    if len(runs(row)) != 1 or len(parts) < 3 or begins_low(row.words[0].text):
        return False
    width = above.words[-1].x1 - above.words[0].x0
    middle = (row.words[0].x0 + row.words[-1].x1) / 2
    flush = abs(row.words[0].x0 - above.words[0].x0) < 2
    under = any(
        abs(row.words[0].x0 - part[0].x0) < 2 or abs(middle - (part[0].x0 + part[-1].x1) / 2) < 2 for part in parts
    )
    return flush or not under or abs(middle - (above.words[0].x0 + above.words[-1].x1) / 2) < 2 * CENTRED * width


def _past_levels(rows: Sequence[PrintedRow], below: Sequence[float]) -> float:
    """The first rule under the header; a further one if the rows between are bold and the body is not."""
    end = below[0]
    for y in below[1:3]:
        between = [row for row in rows if end < row.baseline < y]
        if len(between) == 1 and _is_phrase_under(rows[0], between[0]):
            break  # the label of the rows below
        if between and all(bold(row) for row in between) and not all(bold(row) for row in rows):
            end = y
        else:
            break
    return end
