"""Tables: make cells of a region's rules and lines.

Three steps: printed rows are split by gutters into columns; printed rows are grouped into the table's rows; cells
cover what stands blank beside or below them where the table means that.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.readers.pdf.grid import Gutter, PrintedRow, gutters, inkless_spans, runs, table_rows
from pipeline.readers.pdf.regions import CONTINUED, GridCell, Region
from pipeline.readers.pdf.rows import GOES_ON, WIDEST_LEADING, rows_by_blocks
from pipeline.readers.pdf.settings import LAYOUT
from pipeline.readers.pdf.values import RuledLine, TextLine, Word

Span = tuple[int, int]
Level = dict[Span, list[list[Word]]]


APART = 0.85  # times the step below it by which a label of rows stands below a heading, at least
CENTRED = 0.03  # share of the table's width by which a label over all columns may be off its middle
BROKEN = 0.4  # share of the table's width that a rule covers at least which parts rows except for merged cells
FEW_ROWS = 2  # rows of a body that do not tell its columns by themselves: a gap may be chance


@dataclass(slots=True)
class Placed:
    """A printed row whose words are sorted into columns ``(first, last)``."""

    row: PrintedRow
    cells: dict[Span, list[Word]]

    @property
    def columns(self) -> set[int]:
        """The columns in which it has words."""
        return {col for first, last in self.cells for col in range(first, last + 1)}


@dataclass(frozen=True, slots=True)
class Leaf:
    """A heading below another: the columns it covers, its own extent, and that of its columns.

    ``figure`` tells that it is a number, such as a dose or a day; ``goes_on`` that it begins as a wrapped line does.
    """

    span: Span
    x0: float
    x1: float
    left: float
    right: float
    figure: bool
    goes_on: bool


def fill(region: Region) -> None:
    """Fill in a region's cells and count its header rows."""
    rows = table_rows(region.lines)
    dividers = _dividers(region)
    split = _header_end(rows, dividers)
    body = [row for row in rows if row.baseline > split]
    head = [row for row in rows if row.baseline <= split]
    told = _with_sparse(_with_headed(gutters(_telling(rows, body)), head, body), head, body)
    inner = _with_vertical_rules(told, region, rows)
    header = _header(region, head, inner)
    plain = _opens_plain(body)
    placed = [Placed(row, _label_of_rows(row, region, inner, plain=plain) or _sorted(row, inner)) for row in body]
    broken = _broken_rules(region, split)
    between = sorted({*dividers, *broken})
    groups = _with_centred(
        _grouped(placed, between, len(inner) + 1, region.striped or _gridded(region)), len(inner) + 1
    )
    region.header_rows = len(header)
    region.cells = _cells([*header, *groups], len(inner) + 1, len(header))
    if broken:
        region.cells = _merged_below(region, broken, inner)
    for cell in region.cells:
        cell.page, cell.frame = region.lines[0].page, region.lines[0].frame


def _with_headed(found: list[Gutter], head: Sequence[PrintedRow], body: Sequence[PrintedRow]) -> list[Gutter]:
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


def _with_sparse(found: list[Gutter], head: Sequence[PrintedRow], body: Sequence[PrintedRow]) -> list[Gutter]:
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


def _telling(rows: Sequence[PrintedRow], body: Sequence[PrintedRow]) -> Sequence[PrintedRow]:
    """The rows that tell the columns: those of the body; where they are few, the headings of single columns too."""
    if len(body) > FEW_ROWS:
        return body
    parts = {id(row): len(runs(row)) for row in rows}
    most = max(parts.values(), default=0)
    leaves = [row for row in rows if row not in body and parts[id(row)] > 0.7 * most]
    told = [*leaves, *body]
    return told if len(told) > 1 else rows


def _dividers(region: Region) -> list[float]:
    """The heights of the rules that run across the table."""
    margin = 0.04 * region.width
    wide = [
        r.y for r in region.rules if r.horizontal and r.x0 < region.box[0] + margin and r.x1 > region.box[2] - margin
    ]
    found: list[float] = []
    for y in sorted(wide):
        if not found or y - found[-1] > 2.5:
            found.append(y)
    return found


def _opens_plain(body: Sequence[PrintedRow]) -> bool:
    """Whether rows of several cells begin with plain ones, so that a bold phrase alone is no cell of theirs."""
    firsts = [parts[0] for row in body if len(parts := runs(row)) > 2]
    return len(firsts) > 1 and not any(all(word.bold for word in words) for words in firsts)


def _label_of_rows(row: PrintedRow, region: Region, inner: Sequence[Gutter], *, plain: bool) -> dict[Span, list[Word]]:
    """A row that is one phrase centred on the whole table, or bold where rows are plain, as a cell over all columns."""
    parts = runs(row)
    if len(parts) != 1 or len(inner) < 2 or _gridded(region):
        return {}
    if plain and _bold(row):
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


def _broken_rules(region: Region, split: float) -> dict[float, list[RuledLine]]:
    """The rules of the body that leave out columns, by height: where they are left out, cells are merged downward."""
    found: dict[float, list[RuledLine]] = {}
    for rule in sorted((r for r in region.rules if r.horizontal and r.y > split + 3), key=lambda r: r.y):
        y = next((y for y in found if abs(y - rule.y) < 2.5), rule.y)
        found.setdefault(y, []).append(rule)
    inside = {y: rules for y, rules in found.items() if y < region.box[3] - 3}
    lengths = {y: sum(rule.length for rule in rules) for y, rules in inside.items()}
    return {y: inside[y] for y, length in lengths.items() if BROKEN * region.width < length < 0.96 * region.width}


def _header_end(rows: Sequence[PrintedRow], dividers: Sequence[float]) -> float:
    """The height above which the header's rows stand."""
    if not rows:
        return 0.0
    inside = [y for y in dividers if y > rows[0].baseline - 0.2 * rows[0].words[0].size]
    below = [y for y in inside if any(row.baseline > y for row in rows)]
    if below:
        return _past_levels(rows, below)
    if _bold(rows[0]) and not all(_bold(row) for row in rows):
        last = rows[0]
        for row, after in pairwise(rows[1:]):
            if not _bold(row) or _labels_rows(last, row, after):
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
    alone = _is_phrase_under(above, row) and not _bold(below)
    return alone and row.baseline - above.baseline > APART * (below.baseline - row.baseline)


def _is_phrase_under(above: PrintedRow, row: PrintedRow) -> bool:
    """Whether a row is one phrase, flush with or centred under a heading of several, that carries none of it on.

    One that stands under none of the heading's parts is centred on a table that is wider than its text.
    """
    parts = runs(above)
    if len(runs(row)) != 1 or len(parts) < 3 or _low(row.words[0].text):
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
        if between and all(_bold(row) for row in between) and not all(_bold(row) for row in rows):
            end = y
        else:
            break
    return end


def _bold(row: PrintedRow) -> bool:
    size = sum(len(word.text) for word in row.words)
    return sum(len(word.text) for word in row.words if word.bold) > 0.7 * size


def _with_vertical_rules(found: list[Gutter], region: Region, rows: Sequence[PrintedRow]) -> list[Gutter]:
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


def _sorted(row: PrintedRow, inner: Sequence[Gutter]) -> dict[Span, list[Word]]:
    """A row's words by the columns ``(first, last)`` they cover."""
    found: dict[Span, list[Word]] = {}
    parts = runs(row)
    for part in parts:
        for piece in [part] if len(parts) == 1 and _evenly_set(part) else _split(part, inner):
            span = _covered(piece, inner)
            owner = next((key for key in found if key[0] <= span[1] and span[0] <= key[1]), span)
            found.setdefault(owner, []).extend(piece)
    return found


def _evenly_set(part: Sequence[Word]) -> bool:
    """Whether a run of several words, the only one of its row, is spaced like one phrase: a label over columns."""
    gaps = [b.x0 - a.x1 for a, b in pairwise(part)]
    return len(gaps) > 1 and max(gaps) < 0.4 * part[0].size and max(gaps) < 1.5 * min(gaps)


def _split(part: list[Word], inner: Sequence[Gutter]) -> list[list[Word]]:
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


def _covered(piece: Sequence[Word], inner: Sequence[Gutter]) -> Span:
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


# --- the header ------------------------------------------------------------------------------------------------------


def _header(region: Region, rows: Sequence[PrintedRow], inner: Sequence[Gutter]) -> list[Level]:
    """The header's rows: levels split by rules under spanning headings, each heading over the columns it names."""
    if not rows:
        return []
    placed: list[Placed] = []
    for row in reversed(rows):  # from the columns' own headings up to those over several
        placed.insert(0, Placed(row, _headings(row, placed[0] if placed else None, inner, region)))
    bounds = _levels(region, placed)
    levels: list[Level] = [{} for _ in range(len(bounds) + 1)]
    for item in placed:
        level = levels[sum(item.row.baseline - 0.3 * item.row.words[0].size > y for y in bounds)]
        for span, words in item.cells.items():
            owner = next((key for key in level if key[0] <= span[1] and span[0] <= key[1]), span)
            level.setdefault(owner, []).append(words)
    for upper, lower, y in zip(levels, levels[1:], bounds, strict=False):
        _rejoin(upper, lower, [r for r in region.rules if r.horizontal and abs(r.y - y) < 3])
    return _raised([level for level in levels if level])


def _rejoin(upper: Level, lower: Level, rules: Sequence[RuledLine]) -> None:
    """Join the lines of wrapped headings that stand beside the rules between two levels, not above and below them."""
    for span in [span for span in lower if span in upper and span[0] == span[1]]:
        first, last = lower[span][0][0], upper[span][-1][-1]
        wraps = last.text.endswith("-") or first.text[0].islower() or first.text[0] in "(["
        if wraps and rules and not any(rule.x0 < first.middle < rule.x1 for rule in rules):
            upper[span].extend(lower.pop(span))


def _headings(row: PrintedRow, lower: Placed | None, inner: Sequence[Gutter], region: Region) -> dict[Span, list[Word]]:
    """A header row's words by the columns they cover.

    A heading over several columns covers those of the rule drawn below it, else those it is centred on.
    """
    found: dict[Span, list[Word]] = {}
    parts = runs(row)
    shared: dict[int, Span] = {}
    ruled = {id(part): _rule_under(part, region, row, lower) for part in parts}
    for rule in [r for r in ruled.values() if r is not None]:
        sharing = [key for key, under in ruled.items() if under is rule]
        if len(sharing) > 1:  # it underlines several headings
            ruled.update(dict.fromkeys(sharing))
            shared.update(_shared([part for part in parts if id(part) in sharing], rule, lower))
    pieces = [
        piece
        for part in parts
        for piece in ([part] if ruled[id(part)] or id(part) in shared else _split_headings(part, inner))
    ]
    centred = _centred(pieces, lower, inner, region.box) if lower else {}
    covered = _own_columns(pieces, inner)
    for piece in pieces:
        under = ruled.get(id(piece))
        span = shared.get(id(piece)) or centred.get(id(piece)) or covered[id(piece)]
        if under is not None:
            span = _ruled_span(under, inner, span)
        owner = next((key for key in found if key[0] <= span[1] and span[0] <= key[1]), span)
        found.setdefault(owner, []).extend(piece)
    return found


def _own_columns(pieces: Sequence[Sequence[Word]], inner: Sequence[Gutter]) -> dict[int, Span]:
    """The columns that each heading covers, without those at its ends over which another heading of the row begins."""
    found: dict[int, Span] = {}
    starts = [sum(piece[0].x0 >= gutter.middle for gutter in inner) for piece in pieces]
    for number, piece in enumerate(pieces):
        first, last = _covered(piece, inner)
        others = {start for other, start in enumerate(starts) if other != number}
        while first < last and first in others:
            first += 1
        while first < last and last in others:
            last -= 1
        found[id(piece)] = first, last
    return found


def _shared(parts: Sequence[Sequence[Word]], rule: RuledLine, lower: Placed | None) -> dict[int, Span]:
    """The columns of headings over one rule that runs on below them all: each is centred on those it names."""
    leaves = sorted(
        (span, words[0].x0, words[-1].x1)
        for span, words in (lower.cells.items() if lower else ())
        if min(words[-1].x1, rule.x1) > max(words[0].x0, rule.x0)
    )
    if len(leaves) <= len(parts):
        return {}
    found: dict[int, Span] = {}
    at = 0
    for left, part in zip(range(len(parts) - 1, -1, -1), parts, strict=True):
        middle, size = (part[0].x0 + part[-1].x1) / 2, part[0].size
        ends = [len(leaves) - 1] if not left else range(at, len(leaves) - left)
        end = min(ends, key=lambda k: _off(leaves[at][1], leaves[k][2], middle))
        width = leaves[end][2] - leaves[at][1]
        if _off(leaves[at][1], leaves[end][2], middle) > 0.06 * width + 0.6 * size:
            return {}
        found[id(part)] = leaves[at][0][0], leaves[end][0][1]
        at = end + 1
    return found


def _centred(
    pieces: Sequence[Sequence[Word]], lower: Placed, inner: Sequence[Gutter], box: tuple[float, float, float, float]
) -> dict[int, Span]:
    """The spans of headings that are centred on, or flush with, several headings below them.

    There are such only where some heading below has nothing right above it.
    """
    lefts, rights = [box[0], *(gutter.right for gutter in inner)], [*(gutter.left for gutter in inner), box[2]]
    leaves = sorted(
        (
            Leaf(
                span,
                words[0].x0,
                words[-1].x1,
                lefts[span[0]],
                rights[span[1]],
                all(map(_is_figure, words)),
                _low(words[0].text) and words[0].text[1:] != "",  # a letter alone is a symbol
            )
            for span, words in lower.cells.items()
        ),
        key=lambda leaf: leaf.span,
    )
    over = [[i for i, leaf in enumerate(leaves) if min(leaf.x1, p[-1].x1) > max(leaf.x0, p[0].x0)] for p in pieces]
    if len(pieces) >= len(leaves) or len({i for group in over for i in group}) == len(leaves):
        return {}
    groups: dict[int, range] = {}
    if _all_flush(pieces, leaves, over):
        starts = [range(group[0], group[0] + 1) for group in over if group]
        found = {i: _flush_group(piece, leaves, over[i][0], starts) for i, piece in enumerate(pieces) if over[i]}
        return {id(pieces[i]): (leaves[g[0]].span[0], leaves[g[-1]].span[1]) for i, g in found.items() if g}
    for index, piece in enumerate(pieces):
        before = max((i for group in over[:index] for i in group), default=-1)
        after = min((i for group in over[index + 1 :] for i in group), default=len(leaves))
        group = _centred_group(piece, leaves, range(before + 1, after), over[index])
        if group:
            groups[index] = group
    for index, piece in enumerate(pieces):
        if index not in groups and over[index]:
            others = [range(i, i + 1) for k, group in enumerate(over) if k != index for i in group] + list(
                groups.values()
            )
            group = _flush_group(piece, leaves, over[index][0], others)
            if group:
                groups[index] = group
    return {id(pieces[i]): (leaves[group[0]].span[0], leaves[group[-1]].span[1]) for i, group in groups.items()}


def _all_flush(pieces: Sequence[Sequence[Word]], leaves: Sequence[Leaf], over: Sequence[Sequence[int]]) -> bool:
    """Whether several headings, all that stand over others, begin where the first of those below them does."""
    placed = [(piece[0], leaves[group[0]]) for piece, group in zip(pieces, over, strict=True) if group]
    between = any(
        not group and leaves[0].x1 < piece[0].x0 and piece[-1].x1 < leaves[-1].x0
        for piece, group in zip(pieces, over, strict=True)
    )
    return len(placed) > 1 and not between and all(abs(w.x0 - leaf.x0) < 0.2 * w.size for w, leaf in placed)


def _centred_group(piece: Sequence[Word], leaves: Sequence[Leaf], among: range, over: Sequence[int]) -> range | None:
    """The headings below, two or more, that one is centred on."""
    if len(over) == 1 and leaves[over[0]].goes_on:
        return None
    x0, x1, size = piece[0].x0, piece[-1].x1, piece[0].size
    middle = (x0 + x1) / 2
    groups = [
        (min(_off(leaves[a].x0, leaves[b].x1, middle), _off(leaves[a].left, leaves[b].right, middle)), a, b)
        for a in among
        for b in among
        if b > a and all(a <= i <= b for i in over) and leaves[a].x0 < middle < leaves[b].x1
    ]
    if not groups:
        return None
    error, a, b = _of_figures(groups, leaves, over) or min(groups)
    alone = min((_off(leaves[i].x0, leaves[i].x1, middle) for i in over), default=1e3)
    fits = error < 0.06 * (leaves[b].x1 - leaves[a].x0) + 0.4 * size and error < alone
    return range(a, b + 1) if fits else None


def _of_figures(
    groups: Sequence[tuple[float, int, int]], leaves: Sequence[Leaf], over: Sequence[int]
) -> tuple[float, int, int] | None:
    """The group of all the numbers side by side below a heading that stands about their middle: doses, days."""
    if not over or not all(leaves[i].figure for i in over):
        return None
    whole = [
        group for group in groups
        if all(leaf.figure for leaf in leaves[group[1] : group[2] + 1])
        and group[0] < 0.12 * (leaves[group[2]].x1 - leaves[group[1]].x0)
    ]  # fmt: skip
    error, a, b = max(whole, key=lambda group: group[2] - group[1], default=(0.0, 0, 0))
    edges = [leaf for leaf in (*leaves[max(0, a - 1) : a], *leaves[b + 1 : b + 2]) if leaf.figure]
    return (min(error, 0.1), a, b) if whole and not edges else None


def _is_figure(word: Word) -> bool:
    return re.fullmatch(r"[<>≤≥]?[\d.,]+%?", word.text) is not None


def _off(x0: float, x1: float, middle: float) -> float:
    """How far a point is from half-way between two others."""
    return abs((x0 + x1) / 2 - middle)


def _flush_group(piece: Sequence[Word], leaves: Sequence[Leaf], first: int, others: Sequence[range]) -> range | None:
    """The headings below, two or more, with whose first one begins flush, up to those that belong to others."""
    wraps = piece[-1].text.endswith("-") or leaves[first].goes_on
    if wraps or abs(leaves[first].x0 - piece[0].x0) > 0.2 * piece[0].size:
        return None
    end = min((group.start for group in others if group.start > first), default=len(leaves))
    return range(first, end) if end > first + 1 else None


def _split_headings(part: list[Word], inner: Sequence[Gutter]) -> list[list[Word]]:
    """Headings that nearly touch are split; one that is set across a gutter with even spaces is not."""
    pieces = _split(part, inner)
    gaps = [b.x0 - a.x1 for a, b in pairwise(part)]
    if len(pieces) > 1 and gaps and max(gaps) < 0.4 * part[0].size and max(gaps) < 1.3 * min(gaps):
        return [part]
    return pieces


def _rule_under(part: Sequence[Word], region: Region, row: PrintedRow, lower: Placed | None) -> RuledLine | None:
    """The partial rule between a heading and those below it, at least as wide as it, which groups columns."""
    if lower is None:
        return None
    x0, x1 = part[0].x0, part[-1].x1
    size = part[0].size
    near = [
        r
        for r in region.rules
        if r.horizontal
        and r.length < 0.9 * region.width
        and r.x0 < x0 + 0.3 * size
        and r.x1 > x1 - 0.3 * size
        and -0.1 * size < r.y - row.baseline < 1.4 * size
        and r.y < lower.row.baseline - 0.3 * size
    ]
    return min(near, key=lambda r: r.y, default=None)


def _ruled_span(rule: RuledLine, inner: Sequence[Gutter], span: Span) -> Span:
    lefts = [float("-inf"), *(gutter.middle for gutter in inner)]
    rights = [*(gutter.middle for gutter in inner), float("inf")]
    covered = [
        i
        for i, (a, b) in enumerate(zip(lefts, rights, strict=True))
        if min(rule.x1, b) - max(rule.x0, a) > 0.4 * (min(b, rule.x1 + 40) - max(a, rule.x0 - 40))
        or span[0] <= i <= span[1]
    ]
    return covered[0], covered[-1]


def _levels(region: Region, placed: Sequence[Placed]) -> list[float]:
    """The heights that part the header's levels: partial rules, or the foot of a heading over several columns."""
    top, bottom = placed[0].row.top, placed[-1].row.baseline
    bounds: list[float] = []
    for y in sorted(r.y for r in region.rules if r.horizontal and r.length > 8 and top + 2 < r.y < bottom - 2):
        if not bounds or y - bounds[-1] > 3:
            bounds.append(y)
    for index, item in enumerate(placed):
        below = next((other for other in placed[index + 1 :] if _spans(item, other)), None)
        if below is None:
            continue
        y = (item.row.baseline + below.row.top) / 2
        if not any(item.row.baseline - 1 < bound < below.row.baseline for bound in bounds):
            bounds.append(y)
    return sorted(bounds)


def _spans(item: Placed, below: Placed) -> bool:
    """Whether a heading of one row stands over several of another."""
    return any(last > first and sum(first <= a and b <= last for a, b in below.cells) > 1 for first, last in item.cells)


def _raised(levels: list[Level]) -> list[Level]:
    """Headings that have no other above them rise to the first level, which they share with the spanning ones."""
    for number in range(1, len(levels)):
        for span in list(levels[number]):
            above = [key for level in levels[:number] for key in level if key[0] <= span[1] and span[0] <= key[1]]
            below = [key for level in levels[number + 1 :] for key in level if key[0] <= span[1] and span[0] <= key[1]]
            if not above and (span[0] == span[1] or not below):
                levels[0][span] = levels[number].pop(span)
    return [level for level in levels if level]


# --- the rows --------------------------------------------------------------------------------------------------------


def _gridded(region: Region) -> bool:
    """Whether rules part the columns as well: a grid of cells."""
    height = region.box[3] - region.box[1]
    inner = [
        r for r in region.rules
        if not r.horizontal and r.length > 0.6 * height and region.box[0] + 4 < r.x0 < region.box[2] - 4
    ]  # fmt: skip
    return len(inner) > 0


def _grouped(placed: Sequence[Placed], dividers: Sequence[float], width: int, ruled: bool) -> list[Level]:
    """The rows of a table's body: a wrapped cell's further lines join their first.

    Args:
        placed: the printed rows.
        dividers: the heights of the rules across the table.
        width: how many columns it has.
        ruled: whether rules or shades set off its cells or rows, so that there is one row between two of them.
    """
    bands = _bands(placed, dividers)
    if _one_row_each(bands, placed) or (ruled and len(bands) > 2 and not any(map(_lists_values, bands))):
        return [_merge(band) for band in bands]
    rows: list[Level] = []
    close = _wrap_pitch(placed, dividers)
    for band in bands:
        told = rows_by_blocks([item.cells for item in band], close)
        made = told if told is not None else list(map(_merge, _by_distance(band, close, width)))
        rows.extend(_with_label(made) if len(bands) > 1 else made)
    return rows


def _with_label(rows: list[Level]) -> list[Level]:
    """The rows between two rules, a single label that stands lower than the first, centred on them, over all."""
    labelled = [row for row in rows if (0, 0) in row]
    if len(rows) > 1 and len(labelled) == 1 and labelled[0] is not rows[0]:
        label = labelled[0].pop((0, 0))
        rows[0][0, 0] = label
        for row in rows[1:]:
            row[0, 0] = []
    return rows


def _with_centred(rows: list[Level], width: int) -> list[Level]:
    """The rows, what stands alone between two of them made a cell that both share: it is centred on those it covers."""
    alone = [number for number in range(1, len(rows) - 1) if _stands_between(rows, number, width)]
    if not alone:
        return rows
    columns = sorted({first for number in alone for (first, _), lines in rows[number].items() if lines})
    kept = [row for number, row in enumerate(rows) if number not in alone]
    for col in columns:
        owners: list[tuple[float, list[list[Word]]]] = []
        at = -1
        for number, row in enumerate(rows):
            at += number not in alone
            if lines := row.get((col, col)):
                place = at + 0.5 * (number in alone)
                last = owners[-1] if owners else None
                if last is not None and place - last[0] <= 1 and GOES_ON.match(lines[0][0].text):
                    owners[-1] = ((last[0] + place) / 2, [*last[1], *lines])
                else:
                    owners.append((place, lines))
        for start, end, lines in _tiled(owners, len(kept)):
            for number in range(start, end):
                kept[number][col, col] = lines if number == start else []
    return kept


def _stands_between(rows: Sequence[Level], number: int, width: int) -> bool:
    """Whether a row is a cell or two, one at least beyond the first column, where its neighbours are blank.

    A label in the first column may have been moved to the first of its rows before.
    """
    row = [span for span, lines in rows[number].items() if lines]
    few = 3 * len(row) <= width and all(first == last for first, last in row) and any(first > 0 for first, _ in row)
    sides = (rows[number - 1], rows[number + 1])
    return few and all(2 * len(side) >= width and not any(side.get(span) for span in row) for side in sides)


def _tiled(owners: Sequence[tuple[float, list[list[Word]]]], rows: int) -> Iterator[tuple[int, int, list[list[Word]]]]:
    """The rows ``[start, end)`` of each cell of a column so that each is centred on its rows and none is left over.

    Where they cannot be shared out so, a cell between two rows has these two.
    """
    start = 0
    found = []
    for place, lines in owners:
        end = round(2 * place) - start + 1
        if end <= place or end > rows:
            break
        found.append((start, end, lines))
        start = end
    if start == rows and len(found) == len(owners):
        yield from found
        return
    for place, lines in owners:
        yield int(place), int(place + 1.5), lines


def _by_distance(band: Sequence[Placed], close: float, width: int) -> list[list[Placed]]:
    """The printed rows of a band by the distances between them and by what they say."""
    groups: list[list[Placed]] = []
    for item in band:
        if groups and _wraps(groups[-1], item, close, width):
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _bands(placed: Sequence[Placed], dividers: Sequence[float]) -> list[list[Placed]]:
    """Printed rows by the rules between which they stand."""
    found: dict[int, list[Placed]] = {}
    for item in placed:
        found.setdefault(bisect_left(dividers, item.row.baseline - 0.2 * item.row.words[0].size), []).append(item)
    return [found[key] for key in sorted(found)]


def _one_row_each(bands: Sequence[list[Placed]], placed: Sequence[Placed]) -> bool:
    """Whether the table is ruled row by row: bands of several lines whose columns do not share their baselines."""
    if len(bands) < 3:
        return False
    if len(bands) > 0.75 * len(placed):
        return True
    several = [band for band in bands if len(band) > 1]
    if any(_lists_values(band) for band in several):
        return False
    loose = sum(any(len(item.columns) < len(_all_columns(band)) for item in band) for band in several)
    singles = sum(len(band) == 1 for band in bands)
    deepest = max(len(band) for band in bands)
    return loose == len(several) and (singles + loose) == len(bands) and deepest < 8 and len(bands) > 0.2 * len(placed)


def _lists_values(band: Sequence[Placed]) -> bool:
    """Whether some column of a band holds numbers or citations line by line: values do not wrap."""
    for col in _all_columns(band):
        texts = [text for text in (_text(item, col) for item in band) if text]
        if len(texts) > 1 and all(re.fullmatch(r"\[?[\d.,\u2013-]+\]?", text) for text in texts):
            return True
    return False


def _all_columns(band: Sequence[Placed]) -> set[int]:
    return {col for item in band for col in item.columns}


def _wrap_pitch(placed: Sequence[Placed], dividers: Sequence[float]) -> float:
    """The distance of baselines up to which lines belong to one row; 0 where distances do not tell.

    Rows are often set apart by a little more than the lines of a wrapped cell. That is what the distances say if the
    lines that would be joined hold fewer cells than those that begin rows.
    """
    steps = []
    for a, b in pairwise(placed):
        if not any(a.row.baseline < y < b.row.baseline for y in dividers):
            steps.append((b.row.baseline - a.row.baseline, len(a.columns), len(b.columns)))
    steps = [step for step in steps if step[0] > LAYOUT.centred_step * placed[0].row.words[0].size]
    if len(steps) < 2:
        return 0.0
    pitches = sorted(step for step, _, _ in steps)
    least = pitches[len(pitches) // 20]
    jumps = [(b / a, (a + b) / 2) for a, b in pairwise(pitches) if a >= 0.97 * least and b <= 2.6 * least]
    ratio, limit = max(jumps, default=(1.0, 0.0))
    if ratio < 1.07:
        return 0.0
    joined = [(after, before) for step, before, after in steps if step < limit]
    apart = [after for step, _, after in steps if step >= limit]
    if not apart or not joined:
        return 0.0
    fewer = sum(after < max(2, before) or after < median(apart) for after, before in joined)
    return limit if fewer > 0.8 * len(joined) else 0.0


def _wraps(group: Sequence[Placed], item: Placed, close: float, width: int) -> bool:
    """Whether a printed row carries on the cells of the row before it."""
    last = group[-1]
    step = item.row.baseline - last.row.baseline
    size = item.row.words[0].size
    if step < LAYOUT.centred_step * size:
        return True
    if close:
        return step < close
    if step > 1.75 * size:
        return False
    above = _all_columns(group)
    if not item.columns <= above:
        return False
    if 0 in item.columns:
        alone = item.columns == {0}
        return alone and (_unfinished(last, 0) or _starts_low(item, 0)) and width > 1
    few = len(item.columns) <= max(1, (width - 1) // 2)
    return few and all(_carries_on(last, item, col) for col in item.columns)


def _carries_on(last: Placed, item: Placed, col: int) -> bool:
    text = _text(item, col)
    return not re.fullmatch(r"[\d.,±%<>()\s–-]+", text) or _unfinished(last, col)


def _unfinished(item: Placed, col: int) -> bool:
    return _text(item, col).endswith(("-", ",", "/", "and", "of", "(", "+", "with", "in", "the", "&"))


def _starts_low(item: Placed, col: int) -> bool:
    return _low(_text(item, col))


def _low(text: str) -> bool:
    """Whether a text begins as the further line of a wrapped cell does."""
    return text[:1].islower() or text[:1] in "(["


def _text(item: Placed, col: int) -> str:
    return " ".join(word.text for span, words in item.cells.items() if span[0] <= col <= span[1] for word in words)


def _merge(group: Sequence[Placed]) -> Level:
    merged: Level = {}
    for item in group:
        for span, words in item.cells.items():
            owner = next((key for key in merged if key[0] <= span[1] and span[0] <= key[1]), span)
            merged.setdefault(owner, []).append(words)
    return merged


# --- the cells -------------------------------------------------------------------------------------------------------


def _cells(rows: Sequence[Level], width: int, header: int) -> list[GridCell]:
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


def _merged_below(region: Region, broken: dict[float, list[RuledLine]], inner: Sequence[Gutter]) -> list[GridCell]:
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


# --- tables over several pages ---------------------------------------------------------------------------------------


def joined_parts(regions: Sequence[Region], below: bool = False) -> list[Region]:
    """The tables of a document, the parts of one that goes on over pages made one.

    A part is told by its caption ("Table 1, continued"), or has none and as many columns as its neighbour.

    Args:
        regions: the tables in the order of their pages.
        below: whether captions stand below their tables, so that a table's last page is the one that has it.
    """
    found: list[Region] = []
    for region in regions:
        last = found[-1] if found else None
        if last is not None and _belongs(last, region, below):
            _append(last, region)
        else:
            found.append(region)
    return found


def _belongs(last: Region, region: Region, below: bool) -> bool:
    """Whether a region is a further part of the one before it."""
    if last.label and region.label:
        return last.label == region.label and _continues(last, region)
    if not _follows(last, region):
        return False
    if not last.label:
        return is_grid(last) and (below or not region.label)
    return True


def is_grid(region: Region) -> bool:
    """Whether a region without a caption is a table all the same: several rows and columns, mostly filled.

    Two columns without a frame make one where every cell is filled; in a frame they are a box.
    """
    rows = max((cell.row + cell.row_span for cell in region.cells), default=0)
    filled = sum(bool(cell.lines) for cell in region.cells)
    framed = any(not rule.horizontal for rule in region.rules)
    if _width(region) == 2 and rows > 2 and not framed and filled == len(region.cells):
        return True
    return rows > 3 and _width(region) > 2 and filled > 0.5 * len(region.cells)


def _continues(last: Region, region: Region) -> bool:
    """Whether a caption says that its table goes on: in a word at its beginning or end, or by saying the same again."""
    before, text = (" ".join(line.text for line in each.caption) for each in (last, region))
    rest = text[len(region.label) :]
    stated = CONTINUED.search(rest[:40]) or CONTINUED.search(rest[-24:])
    return bool(stated) or len(rest) < 3 or text == before


def _follows(a: Region, b: Region) -> bool:
    """Whether b can be the part of a on the next page."""
    return 0 < b.lines[0].page - a.lines[-1].page <= 1 and _width(a) == _width(b) and abs(a.width - b.width) < 12


def _width(region: Region) -> int:
    return max((cell.col + cell.col_span for cell in region.cells), default=0)


def _append(first: Region, second: Region) -> None:
    """Add the rows of a further part; its caption and the headings that it repeats become running heads."""
    if first.label == "":
        first.label, first.caption = second.label, second.caption
    else:
        first.repeated.extend(second.caption)
    rows = max((cell.row + cell.row_span for cell in first.cells), default=0)
    skip = 0
    while skip < second.header_rows and _row_text(second, skip) == _row_text(first, skip):
        skip += 1
    for cell in second.cells:
        if cell.row >= skip:
            cell.row += rows - skip
            first.cells.append(cell)
        else:
            first.repeated.extend(printed(cell))
    first.cells.sort(key=lambda cell: (cell.row, cell.col))
    first.notes = [*first.notes, *second.notes]
    second.merged = True


def printed(cell: GridCell) -> list[TextLine]:
    """The printed lines of a cell."""
    return [TextLine(words, words[0].baseline, words[0].size, 0, cell.page, cell.frame) for words in cell.lines]


def _row_text(region: Region, row: int) -> str:
    cells = (cell for cell in region.cells if cell.row == row)
    return " ".join(word.text for cell in cells for line in cell.lines for word in line)
