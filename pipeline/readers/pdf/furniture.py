"""Running heads and feet: lines that stand at the same height on page after page, and page numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from pipeline.readers.pdf.regions import label_of
from pipeline.readers.pdf.settings import LAYOUT
from pipeline.readers.pdf.values import Sheet, TextLine

PAGE_NUMBER = re.compile(
    r"(?:page\s*|[|\u2013\u2014-]\s*)?[A-Z]?\d{1,5}(?:\s*(?:of|/)\s*\d{1,4}|\s*[|\u2013\u2014-])?", re.IGNORECASE
)
MOST_PARTS = 3  # parts of a running head, such as a journal, a title and a number, at most
MOST_ROWS = 5  # printed rows of the tallest running head; more that repeat are a form's or a table's


def furniture(sheets: Sequence[Sheet]) -> dict[int, Literal["header", "footer"]]:
    """The lines that are running heads or feet, by the ``id`` of the line.

    Only what stands outermost counts: a line that repeats below one that does not is text, such as a table's heading.
    The caption of a table that goes on is text, too, and what stands within it.
    """
    pages: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for sheet in sheets:
        for line in sheet.lines:
            pages[_shape(line.text), round(line.baseline / 4)].add(sheet.page)
    found: dict[int, Literal["header", "footer"]] = {}
    for sheet in sheets:
        zone = LAYOUT.furniture_zone * sheet.frame.down
        downwards = sorted(sheet.lines, key=lambda line: line.baseline)
        for line in _leading(downwards, pages):
            if line.top < zone:
                found[id(line)] = "header"
        for line in _leading(downwards[::-1], pages):
            if line.bottom > sheet.frame.down - zone:
                found[id(line)] = "footer"
    return found


def _leading(lines: Sequence[TextLine], pages: dict[tuple[str, int], set[int]]) -> Iterator[TextLine]:
    """The lines at the edge of a page that repeat on others, or are its number.

    A number beside text that does not repeat is a page number only if its row stands apart: else it ends the last row
    of a table.
    """
    rows: list[float] = []
    numbered: float | None = None
    for line, after in zip(lines, [*lines[1:], None], strict=True):
        if not rows or abs(rows[-1] - line.baseline) > 2:
            rows.append(line.baseline)
        if label_of(line) or len(rows) > MOST_ROWS or (after and _is_prose(line, after)):
            return
        if _repeats(line, pages):
            yield line
            continue
        row = [other for other in lines if abs(other.baseline - line.baseline) < 2]
        others = [other for other in row if not PAGE_NUMBER.fullmatch(other.text) and not _repeats(other, pages)]
        if len(row) == len(others) or (others and not _stands_apart(line, lines)):
            return
        if others and (len(row) > MOST_PARTS or numbered not in (None, rows[-1])):
            return  # a row of a table
        numbered = rows[-1]
        yield line


def _is_prose(line: TextLine, after: TextLine) -> bool:
    """Whether a line is one of running text: long, and the next one set like it and close to it."""
    alike = (
        line.font == after.font
        and abs(line.size - after.size) < 0.02 * line.size
        and abs(line.x0 - after.x0) < line.size
    )
    return len(line.words) > 7 and alike and abs(after.baseline - line.baseline) < 1.4 * line.size


def _stands_apart(line: TextLine, lines: Sequence[TextLine]) -> bool:
    """Whether a row is clear of all other rows by more than two lines."""
    away = (abs(other.baseline - line.baseline) for other in lines if abs(other.baseline - line.baseline) >= 2)
    return min(away, default=1e3) > 2.2 * line.size


def _repeats(line: TextLine, pages: dict[tuple[str, int], set[int]]) -> bool:
    """Whether the same words stand at the same height on another page."""
    shape, height = _shape(line.text), round(line.baseline / 4)
    near = {page for step in (-1, 0, 1) for page in pages.get((shape, height + step), ())}
    return len(near) > 1 and sum(char.isalpha() for char in shape) > 2


def _shape(text: str) -> str:
    """A text without what changes from page to page."""
    return re.sub(r"\d+|\s+", "", text).lower()
