"""Tables: join the parts of one that goes on over pages."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.readers.pdf.regions import CONTINUED, GridCell, Region
from pipeline.readers.pdf.values import TextLine


def joined_parts(regions: Sequence[Region], below: bool = False) -> list[Region]:
    """The tables of a document, the parts of one that goes on over pages made one.

    A part is told by its caption ("Table 1, continued"), or has none and as many columns as its neighbour.

    Args:
        regions: the tables in the order of their pages.
        below: whether captions stand below their tables, so that a table's last page is the one that has it.
    """
    found: list[Region] = []
    for region in regions:
        last = found[-1] if found else None
        if last is not None and _belongs(last, region, below):
            _append(last, region)
        else:
            found.append(region)
    return found


def _belongs(last: Region, region: Region, below: bool) -> bool:
    """Whether a region is a further part of the one before it."""
    if last.label and region.label:
        return last.label == region.label and _continues(last, region)
    if not _follows(last, region):
        return False
    if not last.label:
        return is_grid(last) and (below or not region.label)
    return True


def is_grid(region: Region) -> bool:
    """Whether a region without a caption is a table all the same: several rows and columns, mostly filled.

    Two columns without a frame make one where every cell is filled; in a frame they are a box.
    """
    rows = max((cell.row + cell.row_span for cell in region.cells), default=0)
    filled = sum(bool(cell.lines) for cell in region.cells)
    framed = any(not rule.horizontal for rule in region.rules)
    if _width(region) == 2 and rows > 2 and not framed and filled == len(region.cells):
        return True
    return rows > 3 and _width(region) > 2 and filled > 0.5 * len(region.cells)


def _continues(last: Region, region: Region) -> bool:
    """Whether a caption says that its table goes on: in a word at its beginning or end, or by saying the same again."""
    before, text = (" ".join(line.text for line in each.caption) for each in (last, region))
    rest = text[len(region.label) :]
    stated = CONTINUED.search(rest[:40]) or CONTINUED.search(rest[-24:])
    return bool(stated) or len(rest) < 3 or text == before


def _follows(a: Region, b: Region) -> bool:
    """Whether b can be the part of a on the next page."""
    return 0 < b.lines[0].page - a.lines[-1].page <= 1 and _width(a) == _width(b) and abs(a.width - b.width) < 12


def _width(region: Region) -> int:
    return max((cell.col + cell.col_span for cell in region.cells), default=0)


def _append(first: Region, second: Region) -> None:
    """Add the rows of a further part; its caption and the headings that it repeats become running heads."""
    if first.label == "":
        first.label, first.caption = second.label, second.caption
    else:
        first.repeated.extend(second.caption)
    rows = max((cell.row + cell.row_span for cell in first.cells), default=0)
    skip = 0
    while skip < second.header_rows and _row_text(second, skip) == _row_text(first, skip):
        skip += 1
    for cell in second.cells:
        if cell.row >= skip:
            cell.row += rows - skip
            first.cells.append(cell)
        else:
            first.repeated.extend(printed(cell))
    first.cells.sort(key=lambda cell: (cell.row, cell.col))
    first.notes = [*first.notes, *second.notes]
    second.merged = True


def printed(cell: GridCell) -> list[TextLine]:
    """The printed lines of a cell."""
    return [TextLine(words, words[0].baseline, words[0].size, 0, cell.page, cell.frame) for words in cell.lines]


def _row_text(region: Region, row: int) -> str:
    cells = (cell for cell in region.cells if cell.row == row)
    return " ".join(word.text for cell in cells for line in cell.lines for word in line)
