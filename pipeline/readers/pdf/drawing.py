"""What is drawn on a page besides text: rules, boxes and pictures, in the reading frame."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium
from pdfplumber.table import merge_edges

from pipeline.readers.pdf.characters import is_clipped, page_box
from pipeline.readers.pdf.values import RuledLine

THIN = 2.6  # points; a filled rectangle thinner than this is a rule
MOST_OBJECTS = 30_000  # a page with more drawn objects is a plot or a map: its strokes are no table's rules
MOST_SEGMENTS = 1000  # a path with more segments is a drawing
PALE = 225  # brightness from which a filled strip is shading, not a rule
WHITE = 252  # brightness from which a filled box is none to the eye
JOINT = 3  # points between the pieces of one rule; rules that group columns are set further apart
OPEN_JOINT = 24  # points between the pieces of a rule that leaves the gutters out, at most
ALIKE, AGAIN = 1.5, 3  # points by which such pieces may be off, and heights at which they stand
NARROW, TALLEST = 100, 400  # points; a shaded strip of a table is wider, and lower
DEEPEST = 6  # forms nested deeper than this hold no table of a paper

Bounds = tuple[float, float, float, float]


@dataclass(slots=True)
class Drawn:
    """Boxes ``(x0, y0, x1, y1)`` in the file's own axes; ``paths`` are those of all drawn lines and shapes."""

    rules: list[Bounds] = field(default_factory=list)
    boxes: list[Bounds] = field(default_factory=list)
    images: list[Bounds] = field(default_factory=list)
    paths: list[Bounds] = field(default_factory=list)
    forms: int = 0

    def seen(self, angle: int, page: Bounds) -> list[RuledLine]:
        """All that is drawn, in the reading frame of text at this angle on a page of this box."""
        return [in_frame(box, angle, page) for box in (*self.paths, *self.images)]


def drawn(page: Any) -> Drawn:
    """What is drawn on a page."""
    found = Drawn()
    for count, (item, matrix, depth) in enumerate(_objects(page)):
        if count > MOST_OBJECTS:
            break
        kind = pdfium.FPDFPageObj_GetType(item)
        if depth and kind != pdfium.FPDF_PAGEOBJ_FORM and is_clipped(item):
            continue
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            _path(item, matrix, found)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            box = _bounds(item, matrix)
            if box:
                found.images.append(box)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and not depth:
            found.forms += 1
    return found


def turned(found: Drawn, page: Any, angle: int) -> tuple[list[RuledLine], list[RuledLine], list[RuledLine]]:
    """Rules, boxes and pictures in the reading frame of text at this angle; pieces of one rule joined."""
    box = page_box(page)
    rules = [in_frame(rule, angle, box) for rule in found.rules]
    boxes = [in_frame(shape, angle, box) for shape in found.boxes]
    strips = _strips(boxes)
    edges = [RuledLine(strip.x0, y, strip.x1, y) for strip in strips for y in (strip.top, strip.bottom)]
    return (
        bridged_rules(joined_rules([*rules, *edges])),
        strips,
        [in_frame(image, angle, box) for image in found.images],
    )


def _strips(boxes: list[RuledLine]) -> list[RuledLine]:
    """Shaded boxes, those of the cells of one row as one; what is no wider than a word or as high as a page is none."""
    rows: list[RuledLine] = []
    for box in sorted(boxes, key=lambda box: (round(box.top), box.x0)):
        last = rows[-1] if rows else None
        same = last is not None and abs(last.top - box.top) < 1.5 and abs(last.bottom - box.bottom) < 1.5
        if last is not None and same and box.x0 < last.x1 + JOINT:
            rows[-1] = RuledLine(last.x0, last.top, max(last.x1, box.x1), last.bottom)
        else:
            rows.append(box)
    return [row for row in rows if row.x1 - row.x0 > NARROW and row.bottom - row.top < TALLEST]


def joined_rules(rules: list[RuledLine]) -> list[RuledLine]:
    """Rules drawn piece by piece, such as cell by cell, as whole ones."""
    edges = [_edge(rule) for rule in rules if rule.length > 3]
    merged = merge_edges(edges, snap_x_tolerance=2, snap_y_tolerance=2, join_x_tolerance=JOINT, join_y_tolerance=JOINT)
    return [RuledLine(edge["x0"], edge["top"], edge["x1"], edge["bottom"]) for edge in merged]


def bridged_rules(rules: list[RuledLine]) -> list[RuledLine]:
    """Rules drawn under each column, the gutters left out, as whole ones.

    Three or more pieces that stand at one height, and again at two others, tell where the gutters are. Where a column's
    piece is missing, its cell goes on, and the rule stays broken there.
    """
    by_height: dict[int, list[RuledLine]] = {}
    for rule in sorted((rule for rule in rules if rule.horizontal), key=lambda rule: rule.x0):
        by_height.setdefault(round(rule.y), []).append(rule)
    seen = Counter(
        (round(a.x1), round(b.x0))
        for row in by_height.values() if len(row) >= AGAIN
        for a, b in pairwise(row) if 0 < b.x0 - a.x1 < OPEN_JOINT
    )  # fmt: skip
    gaps = [gap for gap, times in seen.items() if times >= AGAIN]
    if len(gaps) < AGAIN - 1:
        return rules
    found = [rule for rule in rules if not rule.horizontal]
    for row in by_height.values():
        whole = [row[0]]
        for rule in row[1:]:
            last = whole[-1]
            if any(abs(last.x1 - x0) < ALIKE and abs(rule.x0 - x1) < ALIKE for x0, x1 in gaps):
                whole[-1] = RuledLine(last.x0, last.top, rule.x1, max(last.bottom, rule.bottom))
            else:
                whole.append(rule)
        found += whole
    return found


def _edge(rule: RuledLine) -> dict[str, Any]:
    """A rule as pdfplumber describes an edge."""
    if rule.horizontal:
        return {"x0": rule.x0, "x1": rule.x1, "top": rule.y, "bottom": rule.y, "width": rule.length, "orientation": "h"}
    x = (rule.x0 + rule.x1) / 2
    return {"x0": x, "x1": x, "top": rule.top, "bottom": rule.bottom, "height": rule.length, "orientation": "v"}


def _objects(page: Any) -> Iterator[tuple[Any, Any, int]]:
    """All objects of a page, those in forms too, with the matrix that takes them to the page (None: none)."""
    for index in range(pdfium.FPDFPage_CountObjects(page.raw)):
        yield from _unfolded(pdfium.FPDFPage_GetObject(page.raw, index), None, 0)


def _unfolded(item: Any, matrix: Any, depth: int) -> Iterator[tuple[Any, Any, int]]:
    yield item, matrix, depth
    if depth >= DEEPEST or pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_FORM:
        return
    own = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, own)
    whole: tuple[float, ...] = (own.a, own.b, own.c, own.d, own.e, own.f)
    if matrix is not None:
        whole = _product(whole, matrix)
    for index in range(pdfium.FPDFFormObj_CountObjects(item)):
        yield from _unfolded(pdfium.FPDFFormObj_GetObject(item, index), whole, depth + 1)


def _product(m: tuple[float, ...], n: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = m
    g, h, i, j, k, l = n  # noqa: E741
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l


def _bounds(item: Any, matrix: Any) -> Bounds | None:
    sides = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(item, *sides):
        return None
    x0, y0, x1, y1 = (side.value for side in sides)
    return _mapped((x0, y0, x1, y1), matrix)


def _mapped(box: Bounds, matrix: Any) -> Bounds:
    if matrix is None:
        return box
    a, b, c, d, e, f = matrix
    xs = [a * x + c * y + e for x in (box[0], box[2]) for y in (box[1], box[3])]
    ys = [b * x + d * y + f for x in (box[0], box[2]) for y in (box[1], box[3])]
    return min(xs), min(ys), max(xs), max(ys)


def _path(item: Any, matrix: Any, found: Drawn) -> None:
    """Sort a path's lines and rectangles into rules and boxes."""
    box = _bounds(item, matrix)
    if box is None:
        return
    width, height = box[2] - box[0], box[3] - box[1]
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, fill, stroke)
    if stroke.value or (fill.value and not _pale(item, False, WHITE)):
        found.paths.append(box)
    if min(width, height) < THIN:
        if max(width, height) > 3 and not _pale(item, bool(stroke.value)):
            found.rules.append(box)
        return
    segments = pdfium.FPDFPath_CountSegments(item)
    if segments <= 5 and fill.value and not stroke.value:
        if not _pale(item, False, WHITE):
            found.boxes.append(box)
    elif segments > MOST_SEGMENTS or _pale(item, bool(stroke.value)):
        return
    elif stroke.value:
        found.rules.extend(_strokes(item, matrix, segments))
    elif fill.value:
        _rectangles(item, matrix, segments, found)


def _rectangles(item: Any, matrix: Any, segments: int, found: Drawn) -> None:
    """Sort the rectangles of one filled path, as word processors draw a row's borders; other shapes have none."""
    x, y = ctypes.c_float(), ctypes.c_float()
    shapes: list[list[tuple[float, float]]] = []
    for index in range(segments):
        segment = pdfium.FPDFPath_GetPathSegment(item, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_BEZIERTO:
            return
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        if kind == pdfium.FPDF_SEGMENT_MOVETO or not shapes:
            shapes.append([])
        shapes[-1].append((x.value, y.value))
    rectangles = [shape for shape in shapes if len(shape) > 1]
    if not all(_upright(shape) for shape in rectangles):
        return
    for shape in rectangles:
        xs, ys = [px for px, _ in shape], [py for _, py in shape]
        box = _mapped((min(xs), min(ys), max(xs), max(ys)), matrix)
        thin = min(box[2] - box[0], box[3] - box[1]) < THIN
        (found.rules if thin else found.boxes).append(box)


def _upright(shape: list[tuple[float, float]]) -> bool:
    """Whether a closed shape of straight lines is a rectangle along the axes."""
    sides = zip(shape, [*shape[1:], shape[0]], strict=True)
    return len(shape) <= 5 and all(abs(a[0] - b[0]) < 0.1 or abs(a[1] - b[1]) < 0.1 for a, b in sides)


def _pale(item: Any, stroke: bool, bright: int = PALE) -> bool:
    """Whether a path is drawn in so bright a colour that it is no rule (or no shade) to the eye."""
    channels = [ctypes.c_uint() for _ in range(4)]
    get = pdfium.FPDFPageObj_GetStrokeColor if stroke else pdfium.FPDFPageObj_GetFillColor
    if not get(item, *channels):
        return False
    red, green, blue, _ = (channel.value for channel in channels)
    return 0.3 * red + 0.59 * green + 0.11 * blue > bright


def _strokes(item: Any, matrix: Any, segments: int) -> Iterator[Bounds]:
    """The straight strokes along the axes in a path."""
    x, y = ctypes.c_float(), ctypes.c_float()
    start: tuple[float, float] | None = None
    last: tuple[float, float] | None = None
    for index in range(segments):
        segment = pdfium.FPDFPath_GetPathSegment(item, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = x.value, y.value
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO and last is not None:
            yield from _straight(last, point, matrix)
        if pdfium.FPDFPathSegment_GetClose(segment) and start is not None:
            yield from _straight(point, start, matrix)
        last = point


def _straight(a: tuple[float, float], b: tuple[float, float], matrix: Any) -> Iterator[Bounds]:
    box = _mapped((min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])), matrix)
    if min(box[2] - box[0], box[3] - box[1]) < 0.5 and max(box[2] - box[0], box[3] - box[1]) > 3:
        yield box


def in_frame(box: Bounds, angle: int, page: Bounds) -> RuledLine:
    """A box of the file's axes in the reading frame of text at this angle."""
    x0, y0, x1, y1 = box
    left, bottom, right, top = page
    match angle:
        case 0:
            return RuledLine(x0 - left, top - y1, x1 - left, top - y0)
        case 90:
            return RuledLine(y0 - bottom, x0 - left, y1 - bottom, x1 - left)
        case 180:
            return RuledLine(right - x1, y0 - bottom, right - x0, y1 - bottom)
        case _:
            return RuledLine(top - y1, right - x1, top - y0, right - x0)
