"""What a glyph is drawn as: signs told by their outline, where a font gives them out as other characters.

The pi fonts of typesetters hold signs at the codes of figures and brackets ("=" at that of 5, "<" at that of the
backslash), and their files often say nothing else. The outline does: no 5 is two bars.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

SUSPECT = frozenset("0123456789.,$#\\[]BC&*")
"""Characters at whose codes pi fonts hold signs (Mathematical Pi, and what typesetters derived from it)."""
MOST_SEGMENTS = 60  # an outline with more is a figure's or a letter's
BAR = 0.13  # ems; a bar of a sign is thinner
PARTED = {"<": "\u2264", ">": "\u2265", "+": "\u00b1"}
"""Signs with a bar of their own below."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Outline:
    """A closed part of an outline, in ems from the baseline's beginning."""

    points: tuple[Point, ...]
    curved: bool

    @property
    def box(self) -> tuple[float, float, float, float]:
        """``(x0, y0, x1, y1)``, y upwards."""
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def is_bar(self) -> bool:
        """Whether it is a horizontal stroke."""
        x0, y0, x1, y1 = self.box
        return not self.curved and y1 - y0 < BAR and x1 - x0 > max(0.3, 3 * (y1 - y0))


def sign_of(font: Any, char: str) -> str | None:
    """The sign that a font draws for a character; None where it may well be that character.

    Args:
        font: a font of pdfium's.
        char: what the file calls the glyph.
    """
    return told(shapes_of(font, char)) if char in SUSPECT else None


def shapes_of(font: Any, char: str) -> list[Outline]:
    """The closed parts of a glyph's outline; none where the font does not give them, or they are many."""
    path = pdfium.FPDFFont_GetGlyphPath(font, ord(char), 1.0)
    count = pdfium.FPDFGlyphPath_CountGlyphSegments(path) if path else 0
    if not 0 < count <= MOST_SEGMENTS:
        return []
    x, y = ctypes.c_float(), ctypes.c_float()
    parts: list[list[Point]] = []
    curved: list[bool] = []
    for index in range(count):
        segment = pdfium.FPDFGlyphPath_GetGlyphPathSegment(path, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        if kind == pdfium.FPDF_SEGMENT_MOVETO or not parts:
            parts.append([])
            curved.append(False)
        curved[-1] |= kind == pdfium.FPDF_SEGMENT_BEZIERTO
        parts[-1].append((x.value, y.value))
    return [Outline(tuple(part), bent) for part, bent in zip(parts, curved, strict=True) if len(part) > 2]


def told(shapes: Sequence[Outline]) -> str | None:
    """The sign that these shapes make, if they make one that no letter and no figure looks like."""
    bars = [shape for shape in shapes if shape.is_bar]
    rest = [shape for shape in shapes if not shape.is_bar]
    if not rest:
        return _of_bars(bars)
    if len(rest) > 1 or len(bars) > 1:
        return None
    sign = _single(rest[0])
    if not bars:
        return sign
    below = bars[0].box[3] < rest[0].box[1] + 0.15
    return PARTED.get(sign or "") if below else None


def _of_bars(bars: Sequence[Outline]) -> str | None:
    """A minus sign or an equals sign; a stroke on the baseline is neither."""
    heights = sorted(shape.box[1] for shape in bars)
    if not bars or heights[0] < 0.05:
        return None
    return {1: "\u2212", 2: "=", 3: "\u2261"}.get(len(bars))


def _single(shape: Outline) -> str | None:
    """The sign that one shape makes."""
    x0, y0, x1, y1 = shape.box
    width, height = x1 - x0, y1 - y0
    if not width or not height:
        return None
    if shape.curved:
        wave = 0.08 < height < 0.32 and width > 2 * height and y0 > 0.1
        return "\u223c" if wave else "\u2032" if width < 0.5 * height < 0.25 and y0 > 0.35 else None
    if min(width, height) < 0.25:
        return "\u2032" if width < 0.5 * height < 0.25 and y0 > 0.35 else None
    if 0.75 < width / height < 1.35:
        return _crossed(shape) or _pointed(shape)
    return _pointed(shape) if 0.75 < width / height < 2 else None


def _pointed(shape: Outline) -> str | None:
    """Whether a shape is an angle that points to the left or to the right."""
    x0, y0, x1, y1 = shape.box
    near, middle = 0.12 * (x1 - x0), (y0 + y1) / 2
    left = [y for x, y in shape.points if x < x0 + near]
    right = [y for x, y in shape.points if x > x1 - near]
    for tip, ends, sign in ((left, right, "<"), (right, left, ">")):
        at_middle = all(abs(y - middle) < 0.2 * (y1 - y0) for y in tip)
        apart = min(ends) < y0 + 0.2 * (y1 - y0) and max(ends) > y1 - 0.2 * (y1 - y0)
        if at_middle and apart and all(abs(y - middle) > 0.25 * (y1 - y0) for y in ends):
            return sign
    return None


def _crossed(shape: Outline) -> str | None:
    """Whether a shape is a plus sign or a times sign: twelve corners, the outermost in the middles or at the ends."""
    points = set(shape.points)
    if not 12 <= len(points) <= 13:
        return None
    x0, y0, x1, y1 = shape.box
    across, along = (x0 + x1) / 2, (y0 + y1) / 2
    upper = [x for x, y in points if y > y1 - 0.02]
    outer = [y for x, y in points if x > x1 - 0.02]
    if all(abs(x - across) < 0.15 * (x1 - x0) for x in upper) and all(abs(y - along) < 0.15 * (y1 - y0) for y in outer):
        return "+"
    corners = all(abs(x - across) > 0.25 * (x1 - x0) for x in upper)
    return "\u00d7" if corners and all(abs(y - along) > 0.25 * (y1 - y0) for y in outer) else None
