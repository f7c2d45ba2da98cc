"""What is drawn on a page besides text: rules, boxes and pictures, in the reading frame."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium

from pipeline.readers.pdf.characters import page_box
from pipeline.readers.pdf.values import Rule

THIN = 3.0  # points; a filled rectangle thinner than this is a rule
MOST_OBJECTS = 20_000  # a page with more drawn objects is a plot or a map: its strokes are no table's rules


def drawn(page: Any, angle: int) -> tuple[list[Rule], list[Rule], list[Rule]]:
    """The rules, boxes and pictures of a page, for text at this angle (anticlockwise, in the file's axes)."""
    rules: list[Rule] = []
    boxes: list[Rule] = []
    images: list[Rule] = []
    for kind, box in _objects(page):
        shape = _turned(box, angle, page_box(page))
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            thin = min(shape.x1 - shape.x0, shape.bottom - shape.top) < THIN
            (rules if thin else boxes).append(shape)
        else:
            images.append(shape)
    return rules, boxes, images


def _objects(page: Any) -> Iterator[tuple[int, tuple[float, float, float, float]]]:
    sides = [ctypes.c_float() for _ in range(4)]
    for count, item in enumerate(page.get_objects(max_depth=4)):
        if count > MOST_OBJECTS:
            return
        if item.type not in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
            continue
        if pdfium.FPDFPageObj_GetBounds(item.raw, *sides):
            yield item.type, (sides[0].value, sides[1].value, sides[2].value, sides[3].value)


def _turned(box: tuple[float, float, float, float], angle: int, page: tuple[float, float, float, float]) -> Rule:
    """A box of the file's axes in the reading frame of text at this angle."""
    x0, y0, x1, y1 = box
    left, bottom, right, top = page
    match angle:
        case 0:
            return Rule(x0 - left, top - y1, x1 - left, top - y0)
        case 90:
            return Rule(y0 - bottom, x0 - left, y1 - bottom, x1 - left)
        case 180:
            return Rule(right - x1, y0 - bottom, right - x0, y1 - bottom)
        case _:
            return Rule(top - y1, right - x1, top - y0, right - x0)
