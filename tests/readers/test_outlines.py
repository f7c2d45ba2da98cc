"""Signs that pi fonts hold at the codes of figures, told by how they are drawn."""

from __future__ import annotations

import pytest

from pipeline.readers.pdf.outlines import Outline, told


def polygon(*points: tuple[float, float], curved: bool = False) -> Outline:
    return Outline(points, curved)


def bar(y: float, x0: float = 0.1, x1: float = 0.7, thick: float = 0.05) -> Outline:
    return polygon((x0, y), (x1, y), (x1, y + thick), (x0, y + thick))


def cross(turned: bool) -> Outline:
    arms = [(1, 5), (1, 1), (5, 1), (5, -1), (1, -1), (1, -5), (-1, -5), (-1, -1), (-5, -1), (-5, 1), (-1, 1), (-1, 5)]
    points = [((x - y) * 0.7, (x + y) * 0.7) if turned else (x, y) for x, y in arms]
    return polygon(*((0.4 + 0.05 * x, 0.3 + 0.05 * y) for x, y in points))


LESS = polygon((0.7, 0.05), (0.1, 0.3), (0.7, 0.55), (0.7, 0.5), (0.2, 0.3), (0.7, 0.1))
MORE = polygon(*((0.8 - x, y) for x, y in LESS.points))
WAVE = polygon((0.1, 0.25), (0.3, 0.38), (0.5, 0.27), (0.74, 0.39), (0.6, 0.26), (0.3, 0.33), curved=True)
PRIME = polygon((0.1, 0.42), (0.23, 0.68), (0.17, 0.71), (0.1, 0.6), curved=True)


@pytest.mark.parametrize(
    ("shapes", "sign"),
    [
        ([bar(0.3)], "−"), ([bar(0.21), bar(0.39)], "="), ([LESS], "<"), ([MORE], ">"), ([LESS, bar(-0.1)], "≤"),
        ([MORE, bar(-0.1)], "≥"), ([cross(False)], "+"), ([cross(True)], "×"), ([cross(False), bar(-0.08)], "±"),
        ([WAVE], "∼"), ([PRIME], "′"),
    ],
)  # fmt: skip
def test_a_sign_is_told_by_its_outline(shapes: list[Outline], sign: str):
    assert told(shapes) == sign


FIVE = polygon((0.05, 0.1), (0.25, 0.0), (0.42, 0.2), (0.2, 0.42), (0.1, 0.62), (0.4, 0.62), curved=True)
ONE = polygon((0.1, 0.6), (0.25, 0.7), (0.32, 0.7), (0.32, 0.0), (0.25, 0.0), (0.25, 0.6))
FULL_STOP = polygon((0.1, 0.0), (0.2, 0.0), (0.2, 0.1), (0.1, 0.1))
BACKSLASH = polygon((0.0, 0.7), (0.06, 0.7), (0.3, -0.1), (0.24, -0.1))
BRACKET = polygon(
    (0.1, 0.7), (0.3, 0.7), (0.3, 0.65), (0.15, 0.65), (0.15, -0.1), (0.3, -0.1), (0.3, -0.15), (0.1, -0.15)
)
SUPERIOR_TWO = polygon((0.02, 0.3), (0.3, 0.3), (0.28, 0.55), (0.15, 0.7), (0.03, 0.55), curved=True)
LOW_LINE = bar(-0.1)


@pytest.mark.parametrize("shape", [FIVE, ONE, FULL_STOP, BACKSLASH, BRACKET, SUPERIOR_TWO, LOW_LINE])
def test_what_a_figure_or_a_bracket_looks_like_is_left(shape: Outline):
    assert told([shape]) is None
