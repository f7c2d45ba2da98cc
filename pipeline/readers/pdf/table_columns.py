"""Tables: find the gutters between columns and sort printed rows by them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.readers.pdf.grid import Gutter, PrintedRow, inkless_spans, runs
from pipeline.readers.pdf.regions import Region
from pipeline.readers.pdf.table_parts import Span
from pipeline.readers.pdf.values import Word

FEW_ROWS = 2  # rows of a body that do not tell its columns by themselves: a gap may be chance


def with_headed(found: list[Gutter], head: Sequence[PrintedRow], body: Sequence[PrintedRow]) -> list[Gutter]:
    """The gutters, and those between two headings of one row whose columns nearly touch: no row has ink in them."""
    if not head or not body:
        return found
    headings = runs(max(head, key=lambda row: len(runs(row))))
    inkless = [Gutter(x0, x1) for x0, x1 in inkless_spans(body, 0)]
    added: list[Gutter] = []
    for left, right in pairwise(headings):
        between = left[-1].x1 - 1, right[0].x0 + 1
        if any(gutter.left < between[1] and between[0] < gutter.right for gutter in found):
            continue
        clear = [gutter for gutter in inkless if between[0] < gutter.right and gutter.left < between[1]]
        added += sorted(clear, key=lambda gutter: gutter.left - gutter.right)[:1]
    return sorted([*found, *added], key=lambda gutter: gutter.middle)


def with_sparse(found: list[Gutter], head: Sequence[PrintedRow], body: Sequence[PrintedRow]) -> list[Gutter]:
    """The gutters, those split in which a column stands that has few values or none, told by its heading.

    The columns at both sides have headings of their own in the same row.
    """
    if not head or len(found) < 2:
        return found
    headings = [(part[0].x0, part[-1].x1, part[0].size) for part in runs(max(head, key=lambda row: len(runs(row))))]
    result: list[Gutter] = []
    bounds = [float("-inf"), *(gutter.middle for gutter in found), float("inf")]
    for index, gutter in enumerate(found):
        inside = [
            (x0, x1) for x0, x1, size in headings if gutter.left - 0.3 * size < x0 and x1 < gutter.right + 0.3 * size
        ]
        sides = [
            any(bounds[k] < (x0 + x1) / 2 < bounds[k + 1] and (x0, x1) not in inside for x0, x1, _ in headings)
            for k in (index, index + 1)
        ]
        if len(inside) != 1 or not all(sides):
            result.append(gutter)
            continue
        x0, x1 = inside[0]
        values = [
            part for row in body for part in runs(row)
            if gutter.left - 1 < part[0].x0 and part[-1].x1 < gutter.right + 1 and part[0].x0 < x1 and part[-1].x1 > x0
        ]  # fmt: skip
        x0, x1 = min([x0, *(part[0].x0 for part in values)]), max([x1, *(part[-1].x1 for part in values)])
        result += [Gutter(min(gutter.left, x0 - 1), x0), Gutter(x1, max(gutter.right, x1 + 1))]
    return result


def telling(rows: Sequence[PrintedRow], body: Sequence[PrintedRow]) -> Sequence[PrintedRow]:
    """The rows that tell the columns: those of the body; where they are few, the headings of single columns too."""
    if len(body) > FEW_ROWS:
        return body
    parts = {id(row): len(runs(row)) for row in rows}
    most = max(parts.values(), default=0)
    leaves = [row for row in rows if row not in body and parts[id(row)] > 0.7 * most]
    told = [*leaves, *body]
    return told if len(told) > 1 else rows


def with_vertical_rules(found: list[Gutter], region: Region, rows: Sequence[PrintedRow]) -> list[Gutter]:
    """The gutters, and those that vertical rules draw."""
    height = region.box[3] - region.box[1]
    extents: dict[float, float] = {}
    for rule in region.rules:
        if not rule.horizontal:
            key = next((x for x in extents if abs(x - rule.x0) < 2), rule.x0)
            extents[key] = extents.get(key, 0.0) + rule.length
    added = []
    for x, length in extents.items():
        crossed = sum(word.x0 < x - 1 and word.x1 > x + 1 for row in rows for word in row.words)
        edge = x < region.box[0] + 4 or x > region.box[2] - 4
        if length > 0.45 * height and not edge and crossed <= len(rows) / 10:
            added.append(x)
    kept = [gutter for gutter in found if not any(gutter.left - 2 < x < gutter.right + 2 for x in added)]
    return sorted([*kept, *(Gutter(x - 0.5, x + 0.5) for x in added)], key=lambda gutter: gutter.middle)


def by_columns(row: PrintedRow, inner: Sequence[Gutter]) -> dict[Span, list[Word]]:
    """A row's words by the columns ``(first, last)`` they cover."""
    found: dict[Span, list[Word]] = {}
    parts = runs(row)
    for part in parts:
        for piece in [part] if len(parts) == 1 and _evenly_set(part) else split_at_gutters(part, inner):
            span = covered(piece, inner)
            owner = next((key for key in found if key[0] <= span[1] and span[0] <= key[1]), span)
            found.setdefault(owner, []).extend(piece)
    return found


def _evenly_set(part: Sequence[Word]) -> bool:
    """Whether a run of several words, the only one of its row, is spaced like one phrase: a label over columns."""
    gaps = [b.x0 - a.x1 for a, b in pairwise(part)]
    return len(gaps) > 1 and max(gaps) < 0.4 * part[0].size and max(gaps) < 1.5 * min(gaps)


def split_at_gutters(part: list[Word], inner: Sequence[Gutter]) -> list[list[Word]]:
    """A run of words split where one cell nearly touches the next: at a gutter whose right edge a word begins at."""
    pieces: list[list[Word]] = [[part[0]]]
    for last, word in pairwise(part):
        starts = any(
            (abs(word.x0 - gutter.right) < 0.35 * word.size and last.x1 < gutter.right and part[0].x0 < gutter.left)
            or (gutter.right - gutter.left < 1.5 and last.x1 <= gutter.right and word.x0 >= gutter.left)
            for gutter in inner
        )
        if starts:
            pieces.append([])
        pieces[-1].append(word)
    return pieces


def covered(piece: Sequence[Word], inner: Sequence[Gutter]) -> Span:
    """The first and last column that a run of words covers; one that juts out into a gutter stays in its column."""
    x0, x1 = piece[0].x0, piece[-1].x1
    lefts = [float("-inf"), *(gutter.right for gutter in inner)]
    rights = [*(gutter.left for gutter in inner), float("inf")]
    least = 0.25 * piece[0].size
    inside = [i for i, (a, b) in enumerate(zip(lefts, rights, strict=True)) if min(x1, b) - max(x0, a) > least]
    if len(inside) > 1 and len(piece) == 1:  # one word does not span columns: it juts out
        inside = [max(inside, key=lambda i: min(x1, rights[i]) - max(x0, lefts[i]))]
    if not inside:
        middle = (x0 + x1) / 2
        inside = [sum(middle > gutter.middle for gutter in inner)]
    return inside[0], inside[-1]
