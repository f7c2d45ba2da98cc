"""Which pages need recognition, and what it says of one: the work of the child process."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pypdfium2 as pdfium

from pipeline.errors import ReadError
from pipeline.readers.ocr.engines import engine
from pipeline.readers.ocr.measuring import LEAST_TURNED, dark_pixels, measured, straightened, turned
from pipeline.readers.ocr.values import Box, Scan

DPI: Final = 200
SMALL_DPI: Final = 300
"""For pages so small (a journal's) that 200 dots per inch leave letters of fewer than 20 pixels."""
SMALL_PAGE: Final = 500.0  # points; the width of the smaller book sizes
MOST_PIXELS: Final = 40_000_000
FEWEST_CHARACTERS: Final = 20
"""A page with fewer has no text worth the name: a number, a stamp of the library that scanned it."""
LONGEST_DASH: Final = 0.12  # of the page's width: a shorter dark run is no ruled line
THICKEST: Final = 4.0  # points
TOUCHES: Final = 1.5  # points


def opened(data: bytes, name: str, password: str | None) -> Any:
    """The file, opened.

    Raises:
        ReadError: it cannot be; the PDF reader says why.
    """
    try:
        return pdfium.PdfDocument(data, password=password)
    except pdfium.PdfiumError as error:
        raise ReadError("damaged", f"{name} cannot be opened as a PDF ({error}): download it again.") from error


def needing(file: Any) -> list[int]:
    """The numbers of the pages that print something and hold no text."""
    found = []
    for number in range(1, len(file) + 1):
        try:
            page = file[number - 1]
        except pdfium.PdfiumError:
            continue
        try:
            text = page.get_textpage()
            try:
                count = sum(not char.isspace() for char in text.get_text_range())
            finally:
                text.close()
            if count < FEWEST_CHARACTERS and pdfium.raw.FPDFPage_CountObjects(page.raw) > 0:
                found.append(number)
        finally:
            page.close()
    return found


def recognised(file: Any, number: int) -> Scan:
    """What stands on a page."""
    page = file[number - 1]
    try:
        width, height = page.get_size()
        dpi = SMALL_DPI if width < SMALL_PAGE else DPI
        scale = min(dpi / 72, (MOST_PIXELS / max(width * height, 1)) ** 0.5)
        picture = page.render(scale=scale, rev_byteorder=False, no_smoothtext=False).to_numpy()
    finally:
        page.close()
    picture = np.ascontiguousarray(picture[:, :, :3]) if picture.ndim == 3 else np.stack([picture] * 3, axis=-1)
    dark = dark_pixels(picture)
    angle = turned(dark)
    if abs(angle) >= LEAST_TURNED:
        picture = straightened(picture, angle)
        dark = dark_pixels(picture)
    words = measured(dark, engine()(picture, round(scale * 72)))
    placed = [w._replace(box=_points(w.box, scale), score=round(w.score, 3)) for w in words]
    rules = tuple(_points(rule, scale) for rule in ruled(dark, scale))
    return Scan(words=tuple(placed), rules=rules, turned=angle)


def _points(box: Box, scale: float) -> Box:
    x0, top, x1, bottom = (round(value / scale, 2) for value in box)
    return x0, top, x1, bottom


def ruled(dark: Any, scale: float) -> list[Box]:
    """The horizontal ruled lines among a picture's dark pixels: long runs no thicker than a rule."""
    least = int(LONGEST_DASH * dark.shape[1])
    found: list[list[int]] = []  # x0, top, x1, bottom
    for y in np.flatnonzero(dark.sum(axis=1) >= least):
        row = np.concatenate(([False], dark[y], [False])).astype(np.int8)
        steps = np.diff(row)
        starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
        if len(starts) > 1:  # noise breaks a line: gaps of a few pixels are none
            near = starts[1:] - ends[:-1] <= max(2, TOUCHES * scale)
            starts, ends = starts[np.concatenate(([True], ~near))], ends[np.concatenate((~near, [True]))]
        for x0, x1 in zip(starts, ends, strict=True):
            if x1 - x0 >= least:
                _grow(found, int(x0), int(y), int(x1))
    return [
        (float(x0), float(top), float(x1), float(bottom + 1))
        for x0, top, x1, bottom in found
        if bottom + 1 - top <= THICKEST * scale
    ]


def _grow(found: list[list[int]], x0: int, y: int, x1: int) -> None:
    """Add a run to the line that it is the next row of, or begin another."""
    for line in reversed(found):
        if y - line[3] <= 2 and min(x1, line[2]) - max(x0, line[0]) > 0.5 * (x1 - x0):
            line[0], line[2], line[3] = min(x0, line[0]), max(x1, line[2]), y
            return
    found.append([x0, y, x1, y])
