"""Headings and labels of a table that are set at right angles to its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.readers.pdf.regions import Region
from pipeline.readers.pdf.settings import LAYOUT
from pipeline.readers.pdf.values import Frame, Sheet, TextLine

MARGIN = 3.0  # points by which a label may jut out of its table


def take_rotated(sheet: Sheet, others: Sequence[Sheet], regions: Sequence[Region]) -> None:
    """Move lines of other directions that stand within a table into it, as lines of its own direction.

    Args:
        sheet: where the tables were found.
        others: the text of other directions on the same page; what is taken leaves them.
        regions: the tables.
    """
    for other in others:
        if (other.frame.direction - sheet.frame.direction) % 180 == 0:
            continue
        for region in regions:
            inside = [(line, box) for line in other.lines if _within(box := _box(line, sheet), region)]
            if not inside or len(inside) > len(region.lines):
                continue
            first = min(line.baseline for line in region.lines)
            heads = [(line, box) for line, box in inside if (box[1] + box[3]) / 2 < first]
            region.lines.extend(_turned(line, box, _head_baseline(region, heads), sheet.frame) for line, box in heads)
            labels = [pair for pair in inside if pair not in heads]
            region.lines.extend(_turned(line, box, _row_beside(region, box), sheet.frame) for line, box in labels)
            taken = {id(line) for line, _ in inside}
            other.lines = [line for line in other.lines if id(line) not in taken]


Box = tuple[float, float, float, float]


def _box(line: TextLine, sheet: Sheet) -> Box:
    """Where a line of another direction stands in the frame of a sheet."""
    return sheet.frame.from_page(*line.frame.to_page(line.x0, line.top, line.x1, line.bottom))


def _within(box: Box, region: Region) -> bool:
    x0, top, x1, bottom = region.box
    return box[0] > x0 - MARGIN and box[2] < x1 + MARGIN and box[1] > top - MARGIN and box[3] < bottom + MARGIN


def _head_baseline(region: Region, heads: Sequence[tuple[TextLine, Box]]) -> float:
    """The common baseline of rotated headings, above all rows."""
    first = min(line.top for line in region.lines)
    return min(first - 1.0, max(box[3] for _, box in heads) - LAYOUT.descent)


def _row_beside(region: Region, box: Box) -> float:
    """The baseline of the row at the middle of a label that runs along several rows."""
    middle = (box[1] + box[3]) / 2
    return min((line.baseline for line in region.lines), key=lambda y: abs(y - middle))


def _turned(line: TextLine, box: Box, baseline: float, frame: Frame) -> TextLine:
    """A rotated line as one of the table's direction: its words side by side in the box that it takes up."""
    x0, top, x1, bottom = box
    step = (x1 - x0) / sum(len(word.text) for word in line.words)
    words = []
    at = x0
    for word in line.words:
        edges = [at + step * place for place in range(len(word.text) + 1)]
        at = edges[-1]
        words.append(replace(word, edges=edges, baseline=baseline, top=top, bottom=max(bottom, baseline)))
    return TextLine(words, baseline, line.size, line.order, line.page, frame)
