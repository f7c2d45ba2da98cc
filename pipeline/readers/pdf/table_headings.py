"""Tables: the header's levels, and the columns that each heading covers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.readers.pdf.grid import Gutter, PrintedRow, runs
from pipeline.readers.pdf.regions import Region
from pipeline.readers.pdf.table_columns import covered, split_at_gutters
from pipeline.readers.pdf.table_parts import Level, Placed, Span, begins_low
from pipeline.readers.pdf.values import RuledLine, Word


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


def header_levels(region: Region, rows: Sequence[PrintedRow], inner: Sequence[Gutter]) -> list[Level]:
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
        first, last = covered(piece, inner)
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
                begins_low(words[0].text) and words[0].text[1:] != "",  # a letter alone is a symbol
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
    pieces = split_at_gutters(part, inner)
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
