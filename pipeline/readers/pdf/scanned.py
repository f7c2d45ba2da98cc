"""Turn recognised words into glyphs in reading order, for the steps of printed text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.readers.folding import fold
from pipeline.readers.ocr.measuring import page_box
from pipeline.readers.ocr.values import Scan, SeenWord
from pipeline.readers.pdf.values import Frame, Glyph, RuledLine, ScriptMark, Style

RECOGNISED = "recognised"
"""The name of the font of all that was recognised."""
HEIGHT = 1.25
"""Height of an engine's line box in ems: it holds ascenders, descenders and some air."""
DROP = 0.30
"""How far the baseline stands above the foot of the box, in ems."""
SAME = 0.12
"""Sizes that differ by less than this share are one: they are measured to a pixel or two."""
BESIDE = 0.3
"""Ems within which the baselines of lines that stand side by side are one."""
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
    sizes = _sizes(rows)
    baselines = _baselines(rows, sizes)
    found: list[Glyph] = []
    for row in _in_order(rows, body):
        style = Style(baselines[id(row)], sizes[id(row)], RECOGNISED, False, False)
        for word in row.words:
            found.extend(_letters(word, style))
    return found


def _sizes(rows: Sequence[_Row]) -> dict[int, float]:
    """The size of each row's type, by the row's identity: one of the page's few sizes."""
    own = {id(row): (row.bottom - row.top) / HEIGHT for row in rows}
    weights = {id(row): sum(len(word.text) for word in row.words) for row in rows}
    found: dict[int, float] = {}
    while left := [key for key in own if key not in found]:
        near = {
            size: [key for key in left if abs(own[key] - size) <= SAME / 2 * size]
            for size in {own[key] for key in left}
        }
        size = max(near, key=lambda each: (sum(weights[key] for key in near[each]), each))
        exact = round(_weighted({own[key]: weights[key] for key in near[size]}), 2)
        found.update((key, exact) for key in left if abs(own[key] - exact) <= SAME * exact)
        found.update((key, exact) for key in near[size])
    return found


def _weighted(weights: Mapping[float, int]) -> float:
    """The median of values that weigh this much."""
    half, total = sum(weights.values()) / 2, 0
    for value in sorted(weights):
        total += weights[value]
        if total >= half:
            break
    return value


def _baselines(rows: Sequence[_Row], sizes: Mapping[int, float]) -> dict[int, float]:
    """Where each row stands, by its identity; rows side by side on nearly one height stand on the same."""
    own = {id(row): row.bottom - DROP / HEIGHT * (row.bottom - row.top) for row in rows}
    found: dict[int, float] = {}
    group: list[_Row] = []
    for row in [*sorted(rows, key=lambda row: own[id(row)]), None]:
        near = row is not None and group and own[id(row)] - own[id(group[0])] <= BESIDE * sizes[id(row)]
        if group and not near:
            level = round(_weighted({own[id(each)]: sum(len(word.text) for word in each.words) for each in group}), 2)
            found.update((id(each), level) for each in group)
            group = []
        if row is not None:
            group.append(row)
    return found


def tilted(frame: Frame, scan: Scan) -> Frame:
    """The frame of a page that was recognised straight and is displayed as it was scanned."""
    if not scan.turned:
        return frame
    return TiltedFrame(frame.direction, frame.width, frame.height, scan.turned)


@dataclass(frozen=True, slots=True)
class TiltedFrame(Frame):
    """A frame that is turned by some degrees, clockwise, when it is displayed."""

    turned: float = 0.0

    def to_page(self, x0: float, top: float, x1: float, bottom: float) -> tuple[float, float, float, float]:
        """A box of this frame as ``(x0, top, x1, bottom)`` on the displayed page."""
        box = page_box((x0, top, x1, bottom), self.turned, self.width, self.height)
        return box[0], box[1], box[2], box[3]


def scanned_rules(scan: Scan) -> list[RuledLine]:
    """The ruled lines of a page that was recognised."""
    return [RuledLine(*box) for box in scan.rules]


def _rows(words: Iterable[SeenWord]) -> list[_Row]:
    lines: dict[int, list[SeenWord]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    return [_row(part) for own in lines.values() for part in _split(sorted(own, key=lambda word: word.box[0]))]


def _split(line: Sequence[SeenWord]) -> Iterator[list[SeenWord]]:
    """An engine's line, split where the gap between two words is as wide as that between columns."""
    part = [line[0]]
    for last, word in pairwise(line):
        if word.box[0] - last.box[2] > GUTTER * (word.box[3] - word.box[1]) / HEIGHT:
            yield part
            part = []
        part.append(word)
    yield part


def _row(words: list[SeenWord]) -> _Row:
    boxes = [word.box for word in words]
    return _Row(words, boxes[0][0], median(b[1] for b in boxes), max(b[2] for b in boxes), median(b[3] for b in boxes))


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
    marks = word.marks or " " * len(word.text)
    signs = [
        ("\u2212" if mark == "^" and folded in "-\u2013" else folded, mark)  # a raised dash is a minus
        for char, mark in zip(word.text, marks, strict=True)
        for folded in fold(char).strip()
    ]
    if not signs:
        return []
    shares = [0.5 if char in NARROW else 1.5 if char in WIDE else 1.0 for char, _ in signs]
    step = (word.box[2] - word.box[0]) / sum(shares)
    x, found = word.box[0], []
    for index, ((char, mark), share) in enumerate(zip(signs, shares, strict=True)):
        shape: ScriptMark = "^" if mark == "^" else "_" if mark == "_" else " "
        found.append(Glyph(char, round(x, 2), round(x + share * step, 2), style, "space" if index == 0 else "", shape))
        x += share * step
    return found
