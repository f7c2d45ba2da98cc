"""Recognised words as glyphs in reading order, so that the steps for printed text take them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from pipeline.readers.folding import fold
from pipeline.readers.ocr.values import Scan, SeenWord
from pipeline.readers.pdf.values import Glyph, RuledLine, Style

FONT = "recognised"
HEIGHT = 1.25
"""Height of an engine's line box in ems: it holds ascenders, descenders and some air."""
DROP = 0.30
"""How far the baseline stands above the foot of the box, in ems."""
SAME = 0.15
"""Sizes that differ by less than this share are one: boxes are measured to a pixel or two."""
NARROW, WIDE = frozenset("iljtfrI.,:;'|!()[]1"), frozenset("mwMWQGOD@%&")
GUTTER = 1.0  # ems; columns stand further apart
LEAST_GAP = 0.05  # ems between lines at which a page may be cut across


@dataclass(slots=True)
class _Row:
    """A line of the engine: its words from left to right, and the box around them."""

    words: list[SeenWord]
    x0: float
    top: float
    x1: float
    bottom: float


def scanned_glyphs(scan: Scan) -> list[Glyph]:
    """The glyphs of a page that was recognised, column by column."""
    rows = _rows(scan.words)
    if not rows:
        return []
    body = median(row.bottom - row.top for row in rows) / HEIGHT
    found: list[Glyph] = []
    for row in _in_order(rows, body):
        size = (row.bottom - row.top) / HEIGHT
        size = body if abs(size - body) < SAME * body else size
        style = Style(round(row.bottom - DROP * size, 2), round(size, 2), FONT, False, False)
        for word in row.words:
            found.extend(_letters(word, style))
    return found


def scanned_rules(scan: Scan) -> list[RuledLine]:
    """The ruled lines of a page that was recognised."""
    return [RuledLine(*box) for box in scan.rules]


def _rows(words: Iterable[SeenWord]) -> list[_Row]:
    lines: dict[int, list[SeenWord]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    rows = []
    for own in lines.values():
        own.sort(key=lambda word: word.box[0])
        boxes = [word.box for word in own]
        rows.append(
            _Row(own, boxes[0][0], median(b[1] for b in boxes), max(b[2] for b in boxes), median(b[3] for b in boxes))
        )
    return rows


def _in_order(rows: Sequence[_Row], body: float, depth: int = 0) -> list[_Row]:
    """Rows in reading order: a page is cut at its widest white stretch, across or between columns, again and again."""
    if len(rows) < 2 or depth > 50:
        return sorted(rows, key=lambda row: (row.top, row.x0))
    across, at_y = _widest([(row.top, row.bottom) for row in rows])
    between, at_x = _widest([(row.x0, row.x1) for row in rows])
    if between >= GUTTER * body and len(rows) > 3:
        parts = [row for row in rows if row.x0 < at_x], [row for row in rows if row.x0 >= at_x]
    elif across >= LEAST_GAP * body:
        parts = [row for row in rows if row.top < at_y], [row for row in rows if row.top >= at_y]
    else:
        return sorted(rows, key=lambda row: (round(row.top / body), row.x0))
    return [row for part in parts for row in _in_order(part, body, depth + 1)]


def _widest(ranges: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The widest stretch that no range covers, and where it begins to end: ``(width, its far end)``."""
    widest, at, reach = 0.0, 0.0, float("inf")
    for start, end in sorted(ranges):
        if start - reach > widest:
            widest, at = start - reach, start
        reach = end if reach == float("inf") else max(reach, end)
    return widest, at


def _letters(word: SeenWord, style: Style) -> list[Glyph]:
    """The letters of a word, its width shared out among them."""
    text = "".join(fold(char) for char in word.text if not char.isspace())
    if not text:
        return []
    shares = [0.5 if char in NARROW else 1.5 if char in WIDE else 1.0 for char in text]
    step = (word.box[2] - word.box[0]) / sum(shares)
    x, found = word.box[0], []
    for index, (char, share) in enumerate(zip(text, shares, strict=True)):
        found.append(Glyph(char, round(x, 2), round(x + share * step, 2), style, "space" if index == 0 else ""))
        x += share * step
    return found
