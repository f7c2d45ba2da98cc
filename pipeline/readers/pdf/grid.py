"""Rows and columns: words on one baseline, and the gutters that no row of a table crosses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.readers.pdf.settings import LAYOUT
from pipeline.readers.pdf.values import TextLine, Word


@dataclass(slots=True)
class PrintedRow:
    """Words on one baseline, left to right."""

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


@dataclass(frozen=True, slots=True)
class Gutter:
    """A gap between two columns that (nearly) no row crosses."""

    left: float
    right: float

    @property
    def middle(self) -> float:
        """Where it parts the columns."""
        return (self.left + self.right) / 2


def printed_rows(lines: Sequence[TextLine]) -> list[PrintedRow]:
    """The printed rows that lines make: words by baseline, top to bottom."""
    found: list[PrintedRow] = []
    for line in sorted(lines, key=lambda line: (line.baseline, line.x0)):
        if found and line.baseline - found[-1].baseline < 0.35 * line.size:
            found[-1].words.extend(line.words)
        else:
            found.append(PrintedRow(line.baseline, list(line.words)))
    for row in found:
        row.words.sort(key=lambda word: word.x0)
    return found


def table_rows(lines: Sequence[TextLine]) -> list[PrintedRow]:
    """The printed rows of a table: cells centred against taller ones beside them join the line they overlap."""
    found: list[PrintedRow] = []
    for row in printed_rows(lines):
        if found and _beside(found[-1], row):
            last = found[-1]
            baseline = row.baseline if len(row.words) > len(last.words) else last.baseline
            found[-1] = PrintedRow(baseline, sorted([*last.words, *row.words], key=lambda word: word.x0))
        else:
            found.append(row)
    return found


def _beside(a: PrintedRow, b: PrintedRow) -> bool:
    """Whether two rows overlap in height and stand side by side."""
    size = max(a.words[0].size, b.words[0].size)
    if min(abs(x.baseline - y.baseline) for x in a.words for y in b.words) > LAYOUT.centred_step * size:
        return False
    return all(x.x1 < y.x0 or y.x1 < x.x0 for x in a.words for y in b.words)


def runs(row: PrintedRow) -> list[list[Word]]:
    """The words of a row, split at gaps wider than a space."""
    parts: list[list[Word]] = [[row.words[0]]]
    for last, word in pairwise(row.words):
        if word.x0 - last.x1 > LAYOUT.cell_gap * max(last.size, word.size):
            parts.append([])
        parts[-1].append(word)
    return parts


def gutters(rows: Sequence[PrintedRow]) -> list[Gutter]:
    """The gaps between the columns that these rows make, left to right.

    A gap counts if hardly any row has ink in it, and if the rows that have words on both sides leave more than a
    space there.
    """
    if not rows:
        return []
    left, right = min(row.words[0].x0 for row in rows), max(row.words[-1].x1 for row in rows)
    several = [row for row in rows if len(runs(row)) > 1] or list(rows)
    tolerated = int(LAYOUT.gutter_tolerance * len(several))
    found = []
    for start, end in inkless_spans(several, tolerated):
        if start > left and end < right and _parts(several, start, end):
            found.append(Gutter(start, end))
    return _without_signs(several, _without_chance(several, _without_blanks(several, found)))


def _without_blanks(rows: Sequence[PrintedRow], found: Sequence[Gutter]) -> list[Gutter]:
    """The gutters, of two with no word between them the wider one: nothing stands in such a column."""
    kept: list[Gutter] = []
    for gutter in found:
        last = kept[-1] if kept else None
        if last is None or any(last.middle < word.middle < gutter.middle for row in rows for word in row.words):
            kept.append(gutter)
        elif gutter.right - gutter.left > last.right - last.left:
            kept[-1] = gutter
    return kept


def inkless_spans(rows: Sequence[PrintedRow], tolerated: int) -> list[tuple[float, float]]:
    """The intervals in which at most so many rows have ink."""
    spans = sorted((word.x0, word.x1) for row in rows for word in row.words)
    events = sorted([(x0, 1) for x0, _ in spans] + [(x1, -1) for _, x1 in spans], key=lambda e: (e[0], -e[1]))
    found: list[tuple[float, float]] = []
    depth = 0
    start: float | None = None
    for place, change in events:
        depth += change
        if change < 0 and depth <= tolerated and start is None:
            start = place
        elif change > 0 and depth > tolerated and start is not None:
            if place - start > 0.5:
                found.append((start, place))
            start = None
    return found


def _parts(rows: Sequence[PrintedRow], start: float, end: float) -> bool:
    """Whether a gap parts columns: the rows with words on both sides leave more than a space in it, save a few."""
    middle = (start + end) / 2
    gaps = []
    for row in rows:
        before = max((word.x1 for word in row.words if word.middle < middle), default=None)
        after = min((word.x0 for word in row.words if word.middle > middle), default=None)
        if before is not None and after is not None:
            gaps.append((after - before) / row.words[0].size)
    if not gaps:
        return True
    close = sum(gap < LAYOUT.cell_gap for gap in gaps)
    allowed = 0 if len(gaps) < 4 else LAYOUT.touching_cells * len(gaps)
    return close <= allowed and (end - start) / rows[0].words[0].size > 0.1


def _without_chance(rows: Sequence[PrintedRow], found: list[Gutter]) -> list[Gutter]:
    """Drop the gutters beside a column whose every cell nearly touches its neighbour: words of one cell by chance."""
    for gutter in found:
        others = [other.middle for other in found if other is not gutter]
        left = max((x for x in others if x < gutter.middle), default=float("-inf"))
        right = min((x for x in others if x > gutter.middle), default=float("inf"))
        touching = before = after = 0
        for row in rows:
            ends = [word.x1 for word in row.words if left < word.middle < gutter.middle]
            starts = [word.x0 for word in row.words if gutter.middle < word.middle < right]
            before, after = before + bool(ends), after + bool(starts)
            touching += bool(ends and starts and min(starts) - max(ends) < LAYOUT.cell_gap * row.words[0].size)
        if touching and touching >= min(before, after):
            return _without_chance(rows, [other for other in found if other is not gutter])
    return found


def _without_signs(rows: Sequence[PrintedRow], found: list[Gutter]) -> list[Gutter]:
    """Drop the gutters around a column that holds nothing but signs such as the plus-minus between value and spread."""
    bounds = [float("-inf"), *(gutter.middle for gutter in found), float("inf")]
    signs: set[int] = set()
    for index, (a, b) in enumerate(pairwise(bounds)):
        texts = [word.text for row in rows for word in row.words if a < word.middle < b]
        if (
            texts
            and all(text in {"±", "+/-", "+", "/", "×", "–", "="} for text in texts)
            and {"±", "+/-", "×", "="} & set(texts)
        ):
            signs |= {index - 1, index}
    return [gutter for index, gutter in enumerate(found) if index not in signs]
