"""Find the text within figures: axes, legends, labels of groups and panels, and the words of schemes.

A figure is found from its caption: what is drawn right above it (else right below it), as far as running text, a
table or another caption lies between. The short lines that stand in or at the drawing leave the page's text, so that
they part no paragraph and are taken for no heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from pipeline.readers.figure_labels import CAPTION, NUMBERS, label_of
from pipeline.readers.pdf.blocks import Body
from pipeline.readers.pdf.regions import Region
from pipeline.readers.pdf.values import FigureRegion, RuledLine, Sheet, TextLine, extent

LEAST: Final = (40.0, 25.0)  # points; what is drawn over less is an ornament or a logo
REACH: Final = 40.0  # points by which what is drawn stands beside its caption, at most
DROP: Final = 90.0  # points between a drawing and its caption, at most: labels stand there
MARGIN: Final = 4.0  # ems of a label between it and the drawing that it belongs to, at most
OVER: Final = 2.0  # ems of a label between it and the drawing below it, at most: text over figures is mostly the page's
ROW: Final = 3.0  # ems between two texts of one row, at most
PANEL: Final = 3  # characters of a panel's letter, at most: "a", "(a)", "a)"
NEIGHBOUR: Final = 60.0  # points by which the captions of two figures side by side differ in height, at most
LONG_RULE: Final = 0.6  # share of the page's width from which a thin line parts the page, not a figure
MOST_OF_PAGE: Final = 0.85  # share of the page's width and height from which a box is the page's ground
RUNNING: Final = 6  # words of a line of running text, at least
ALIKE: Final = 0.05  # by which the sizes of two lines of one text differ at most
STEP: Final = 1.6  # ems between the baselines of two lines of one text, at most

MEASURE = re.compile(
    r"[(~\u2248=]?\s?\d+(?:\.\d+)?(?:\s?(?:\u00b1|\+/-)\s?\d+(?:\.\d+)?)?\s?(?:nm|[\u00b5\u03bcu]m|mV|%)\)?"
)
"""A value that stands alone: it belongs to the label beside it."""
GOES_ON = re.compile(r"[-\u2010@/&+,(\u2013]$")
"""How a line of a label ends that the next goes on with."""


Bounds = tuple[float, float, float, float]


def figures(sheets: Sequence[Sheet], tables: Sequence[Sequence[Region]], body: Body) -> list[FigureRegion]:
    """The figures with text in them; their lines leave the sheets.

    Args:
        sheets: the text of each direction on each page, without running heads and tables.
        tables: the tables of each sheet.
        body: the measures of the document's running text.
    """
    found = []
    for sheet, own in zip(sheets, tables, strict=True):
        captions = [line for line in sheet.lines if _begins_caption(line, body)]
        if not captions:
            continue
        beside = [other for other in sheets if other.page == sheet.page]
        page = _Page(sheet, captions, [region.box for region in own], body)
        for caption in captions:
            area = page.area(caption)
            lines = _texts(page, beside, *area) if area else []
            if lines:
                for other in beside:
                    other.lines, other.aside = _without(other.lines, lines), _without(other.aside, lines)
                found.append(FigureRegion(label_of(caption.text), [caption], _labels(lines)))
    return found


def _begins_caption(line: TextLine, body: Body) -> bool:
    match = CAPTION.match(line.text)
    if match is None or line.size > 1.1 * body.size:
        return False
    rest = line.text[match.end() :].lstrip()
    return not rest or rest[0] in ".:|\u2013\u2014-(" or rest[0].isupper() or line.words[0].bold


def _caption_lines(lines: Sequence[TextLine], first: TextLine, captions: Sequence[TextLine]) -> list[TextLine]:
    """The lines of a caption: those in its size that follow its first one down its column, to the next caption."""
    found = [first]
    others = {id(line) for line in captions}
    for line in sorted(lines, key=lambda line: (line.baseline, line.x0)):
        last = found[-1]
        step = line.baseline - last.baseline
        beside = abs(step) < 0.3 * first.size and 0 <= line.x0 - last.x1 < ROW / 2 * first.size
        below = 0.5 * first.size < step < STEP * first.size and min(line.x1, first.x1) > max(line.x0, first.x0)
        if (beside or below) and abs(line.size - first.size) < 2 * ALIKE * first.size and id(line) not in others:
            found.append(line)
    return found


class _Page:
    """What stands on a page around figures, in the reading frame of one sheet."""

    def __init__(self, sheet: Sheet, captions: Sequence[TextLine], tables: Sequence[Bounds], body: Body) -> None:
        self.sheet = sheet
        whole = {id(line): _caption_lines(sheet.lines, line, captions) for line in captions}
        self.captions = {key: extent(lines) for key, lines in whole.items()}
        self.prose = _running(sheet.lines, body)
        self.kept = {id(line) for lines in (self.prose, *whole.values()) for line in lines}
        self.walls = [*tables, *self.captions.values(), *((x.x0, x.top, x.x1, x.bottom) for x in self.prose)]
        frame = sheet.frame
        self.shapes = [shape for shape in sheet.drawings() if not _is_ground(shape, frame.across, frame.down)]
        self.body = body

    def area(self, caption: TextLine) -> tuple[Bounds, Bounds] | None:
        """What is drawn over a caption, or below it where nothing is, and how far the figure's text may reach."""
        box = self.captions[id(caption)]
        walls = [wall for wall in self.walls if wall is not box]
        return self._drawn(box, walls, above=True) or self._drawn(box, walls, above=False)

    def _drawn(self, caption: Bounds, walls: Sequence[Bounds], *, above: bool) -> tuple[Bounds, Bounds] | None:
        """The box around what is drawn on one side of a caption before anything else stands there, and that room."""
        x0, top, x1, bottom = caption
        across = [wall for wall in walls if wall[0] < x1 and wall[2] > x0]
        if above:
            zone = max((wall[3] for wall in across if wall[3] <= top + 2), default=0.0), top + 2
        else:
            zone = bottom - 2, min((wall[1] for wall in across if wall[1] >= bottom - 2), default=self.sheet.frame.down)
        near = [shape for shape in self.shapes if zone[0] - 1 <= shape.top and shape.bottom <= zone[1] + 1]
        beside = [other for other in self.captions.values() if other is not caption and _is_beside(caption, other)]
        sides = _between(caption, beside, near, self.sheet.frame.across)
        near = [shape for shape in near if sides[0] <= shape.x0 and shape.x1 <= sides[1]]
        seeds = [shape for shape in near if shape.x0 < x1 + REACH and shape.x1 > x0 - REACH]
        if not seeds:
            return None
        left, right = _sides(_around(seeds), zone, walls, sides)
        within = [shape for shape in near if shape.x0 >= left and shape.x1 <= right]
        if not within:
            return None
        area = _around(within)
        far = top - area[3] if above else area[1] - bottom
        if far > DROP or area[2] - area[0] < LEAST[0] or area[3] - area[1] < LEAST[1]:
            return None
        return area, (left, zone[0] - 1, right, zone[1] + 1)

    def is_label(self, line: TextLine, area: Bounds, room: Bounds) -> bool:
        """Whether a line of this sheet is a label of the figure in this area; running text and captions are none."""
        box = line.x0, line.top, line.x1, line.bottom
        if id(line) in self.kept or not _holds(room, box, 0.0):
            return False
        inside = _holds(area, box, 0.3 * line.size)
        like_text = line.font in self.body.fonts and abs(line.size - self.body.size) < ALIKE * self.body.size
        heading = like_text or (line.size > self.body.size and len(line.text) > PANEL)
        over = line.bottom < area[1] - OVER * line.size
        near = not heading and not over and _holds(area, box, MARGIN * line.size)
        return inside or (near and not self._goes_on(line, area))

    def _goes_on(self, line: TextLine, area: Bounds) -> bool:
        """Whether a line at a drawing is part of a row that leads away from it, as a number in a list beside it."""
        return any(
            abs(other.baseline - line.baseline) < 0.3 * line.size
            and max(other.x0 - line.x1, line.x0 - other.x1) < ROW * line.size
            and not _holds(area, (other.x0, other.top, other.x1, other.bottom), MARGIN * line.size)
            for other in self.sheet.lines
            if other is not line and id(other) not in self.kept
        )

    def is_beside(self, line: TextLine, area: Bounds, room: Bounds) -> bool:
        """Whether a line in another direction, or one that stands askew, is a label of the figure in this area."""
        box = _seen_from(self.sheet, line)
        return _holds(room, box, 0.0) and _holds(area, box, MARGIN * self.body.size)


def _is_ground(shape: RuledLine, across: float, down: float) -> bool:
    """Whether a shape is the page's ground, its frame, or a rule that parts it."""
    width, height = shape.x1 - shape.x0, shape.bottom - shape.top
    if width > MOST_OF_PAGE * across and height > MOST_OF_PAGE * down:
        return True
    return (height < 3 and width > LONG_RULE * across) or (width < 3 and height > LONG_RULE * down)


def _running(lines: Sequence[TextLine], body: Body) -> list[TextLine]:
    """The lines of running text: long ones that another of their kind follows, and the shorter ones right at them."""
    found = {id(b): b for a, b in pairwise(lines) if _is_long(a, body) and _is_long(b, body) and _at(a, b)}
    found |= {id(a): a for a, b in pairwise(lines) if id(b) in found and _at(a, b)}
    for a, b in pairwise(lines):
        if id(a) in found and _at(a, b) and b.x0 - a.x0 < a.size:
            found[id(b)] = b
    return list(found.values())


def _is_long(line: TextLine, body: Body) -> bool:
    return len(line.words) >= RUNNING and line.x1 - line.x0 > 12 * body.size


def _at(upper: TextLine, lower: TextLine) -> bool:
    """Whether of two lines one stands right below the other, in the same type."""
    step = lower.baseline - upper.baseline
    near = 0 < step < STEP * upper.size and min(upper.x1, lower.x1) > max(upper.x0, lower.x0)
    return near and abs(upper.size - lower.size) < ALIKE * upper.size and upper.bold == lower.bold


def _around(shapes: Iterable[RuledLine]) -> Bounds:
    shapes = list(shapes)
    return (
        min(shape.x0 for shape in shapes),
        min(shape.top for shape in shapes),
        max(shape.x1 for shape in shapes),
        max(shape.bottom for shape in shapes),
    )


def _is_beside(caption: Bounds, other: Bounds) -> bool:
    """Whether two captions stand side by side, so that their figures do."""
    return abs(caption[1] - other[1]) < NEIGHBOUR and (other[0] > caption[2] or other[2] < caption[0])


def _between(
    caption: Bounds, beside: Sequence[Bounds], shapes: Sequence[RuledLine], across: float
) -> tuple[float, float]:
    """How far a figure may reach to the left and right: to the widest gap between it and those beside it."""
    left, right = 0.0, across
    middle = (caption[0] + caption[2]) / 2
    for other in beside:
        centre = (other[0] + other[2]) / 2
        cut = _widest_gap(shapes, *sorted((middle, centre)))
        left, right = (max(left, cut), right) if centre < middle else (left, min(right, cut))
    return left, right


def _widest_gap(shapes: Sequence[RuledLine], start: float, end: float) -> float:
    """The middle of the widest stretch between two places over which nothing is drawn."""
    at, best = start, (0.0, (start + end) / 2)
    for shape in sorted((shape for shape in shapes if shape.x1 > start and shape.x0 < end), key=lambda shape: shape.x0):
        best = max(best, (shape.x0 - at, (at + shape.x0) / 2))
        at = max(at, shape.x1)
    return max(best, (end - at, (at + end) / 2))[1]


def _sides(
    seeds: Bounds, zone: tuple[float, float], walls: Sequence[Bounds], sides: tuple[float, float]
) -> tuple[float, float]:
    """How far to the left and right of the first shapes the figure may reach: to the text that stands beside them."""
    middle = (seeds[0] + seeds[2]) / 2
    beside = [wall for wall in walls if wall[1] < zone[1] and wall[3] > max(zone[0], seeds[1])]
    left = max((wall[2] for wall in beside if wall[2] <= middle), default=0.0)
    right = min((wall[0] for wall in beside if wall[0] >= middle), default=sides[1])
    return max(left, sides[0]) - 2, min(right, sides[1]) + 2


def _holds(area: Bounds, box: Bounds, margin: float) -> bool:
    """Whether a box lies within an area and a margin around it."""
    return (
        area[0] - margin <= box[0]
        and area[1] - margin <= box[1]
        and box[2] <= area[2] + margin
        and box[3] <= area[3] + margin
    )


def _texts(page: _Page, sheets: Sequence[Sheet], area: Bounds, room: Bounds) -> list[TextLine]:
    """The labels of a figure in the order in which they are drawn, then those askew and in other directions.

    Twice around: the title of an axis stands beyond the numbers of its ticks. Words that stand over a drawing are its
    only if it has others.
    """
    turned = [line for sheet in sheets if sheet is not page.sheet for line in sheet.lines]
    askew = [line for sheet in sheets for line in sheet.aside]
    found: list[TextLine] = []
    wide = area
    for _ in range(2):
        found = [line for line in page.sheet.lines if page.is_label(line, wide, room)]
        found += [line for line in (*askew, *turned) if page.is_beside(line, wide, room)]
        wide = _widened(area, [_seen_from(page.sheet, line) for line in found])
    over = all(_seen_from(page.sheet, line)[3] <= area[1] and len(line.text) > PANEL for line in found)
    return [] if over else found


def _without(lines: list[TextLine], taken: Sequence[TextLine]) -> list[TextLine]:
    gone = {id(line) for line in taken}
    return [line for line in lines if id(line) not in gone]


def _widened(area: Bounds, boxes: Sequence[Bounds]) -> Bounds:
    every = [area, *boxes]
    return min(b[0] for b in every), min(b[1] for b in every), max(b[2] for b in every), max(b[3] for b in every)


def _seen_from(sheet: Sheet, line: TextLine) -> Bounds:
    """A line's box in the reading frame of another sheet of its page."""
    if line.frame.direction == sheet.frame.direction:
        return line.x0, line.top, line.x1, line.bottom
    return sheet.frame.from_page(*line.frame.to_page(line.x0, line.top, line.x1, line.bottom))


def _labels(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """Lines as the labels they make: one cut in two is one again, a value joins its label, numbers stand together."""
    found: list[list[TextLine]] = []
    for line in lines:
        last = found[-1][-1] if found else None
        if last is not None and _belong(last, line):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _belong(last: TextLine, line: TextLine) -> bool:
    """Whether a line of a figure goes on with the one drawn before it."""
    if last.frame.direction != line.frame.direction:
        return False
    if NUMBERS.fullmatch(last.text) and NUMBERS.fullmatch(line.text):
        return True
    step = line.baseline - last.baseline
    size = max(last.size, line.size)
    beside = abs(step) < 0.3 * size and 0 <= line.x0 - last.x1 < 3 * size
    below = 0.5 * size < step < STEP * size and min(last.x1, line.x1) > max(last.x0, line.x0)
    if MEASURE.fullmatch(line.text):
        return (beside or below) and not NUMBERS.fullmatch(last.text) and not re.search(MEASURE, last.text)
    cut = GOES_ON.search(last.text) is not None or line.text[:1].islower() or line.text[:1] in ")]"
    return below and cut and not NUMBERS.fullmatch(line.text)
