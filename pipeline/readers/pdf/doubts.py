"""Warnings about tables that may have been read wrongly."""

from __future__ import annotations

import re

from pipeline.readers.pdf.regions import GridCell, Region

VALUE = re.compile(r"[<>]?[\d.,]+%?|\[\d+\]")
FEWEST_HEADINGS = 0.5  # share of the columns that have a heading at least


def doubts(region: Region) -> list[str]:
    """The reasons for which rows, labels or columns of a table may be shifted against one another; mostly none."""
    body = [cell for cell in region.cells if cell.row >= region.header_rows]
    width = max((cell.col + cell.col_span for cell in region.cells), default=0)
    found = []
    if not any(rule.horizontal for rule in region.rules):
        found.append("no rules or shades tell where it ends")
    if _unlabelled(body):
        found.append("labels in its first column may belong to other rows")
    if any(cell.col_span > 1 and len(_values(cell)) > 1 for cell in body):
        found.append("values of several columns stand in one cell")
    headed = sum(
        cell.col_span for cell in region.cells if cell.row + cell.row_span == region.header_rows and cell.lines
    )
    if region.header_rows and width > 2 and headed < FEWEST_HEADINGS * width:
        found.append("most columns have no heading")
    return found


def _unlabelled(body: list[GridCell]) -> bool:
    """Whether the first row has no label though others have: theirs is lost, or labels are centred on their rows."""
    first = sorted((cell for cell in body if cell.col == 0), key=lambda cell: cell.row)
    labels = [cell for cell in first if cell.lines]
    return bool(labels) and len(labels) < len(first) and not first[0].lines


def _values(cell: GridCell) -> list[str]:
    """The values in a cell, those with a spread counted once."""
    text = " ".join(word.text for line in cell.lines for word in line)
    plain = re.sub(r"\s*(?:\u00b1|\+/-|\u2013|-|/|\u00d7)\s*[\d.,]+", "", text)
    return [part for part in plain.split() if VALUE.fullmatch(part)]
