"""Pictures of recognised tables: the page with the cells drawn in, to find reading errors."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline.document import Box, Document, Table
from pipeline.export.report.crops import draw_regions

_MARGIN: Final = 14.0
_HEADING: Final = (10, 93, 107)
_CELL: Final = (200, 80, 0)


def table_pictures(path: Path, document: Document) -> Iterator[tuple[str, bytes]]:
    """A PNG for each table of a PDF and each page it stands on, with what to call it, such as ``table-2``.

    Cells of the heading are drawn in one colour, the others in another; what has no box was not taken for the table.
    """
    regions: list[tuple[str, Table, Box]] = []
    for number, table in enumerate(document.tables, 1):
        boxes = [box for cell in table.cells for box in document.boxes(cell.start, cell.end)]
        for page in sorted({box.page for box in boxes}):
            name = f"table-{number}" if page == table.page else f"table-{number}-page-{page}"
            regions.append((name, table, _around([box for box in boxes if box.page == page], document)))
    pictures = draw_regions(path, document, [region for _, _, region in regions])
    for (name, table, region), picture in zip(regions, pictures, strict=True):
        if picture:
            yield name, _with_cells(picture, table, region, document)


def _around(boxes: list[Box], document: Document) -> Box:
    page = next(page for page in document.pages if page.number == boxes[0].page)
    return Box(
        page.number,
        max(0.0, min(box.x0 for box in boxes) - _MARGIN),
        max(0.0, min(box.top for box in boxes) - _MARGIN),
        min(page.width, max(box.x1 for box in boxes) + _MARGIN),
        min(page.height, max(box.bottom for box in boxes) + _MARGIN),
    )


def _with_cells(picture: bytes, table: Table, region: Box, document: Document) -> bytes:
    from PIL import Image, ImageDraw

    image = Image.open(io.BytesIO(picture)).convert("RGB")
    across, down = image.width / (region.x1 - region.x0), image.height / (region.bottom - region.top)
    pencil = ImageDraw.Draw(image)
    for cell in table.cells:
        parts: dict[int, list[Box]] = defaultdict(list)
        for box in document.boxes(cell.start, cell.end):
            parts[box.page].append(box)
        if not (boxes := parts[region.page]):
            continue
        left, right = min(box.x0 for box in boxes), max(box.x1 for box in boxes)
        top, bottom = min(box.top for box in boxes), max(box.bottom for box in boxes)
        corners = ((left - region.x0) * across - 2, (top - region.top) * down - 2,
                   (right - region.x0) * across + 2, (bottom - region.top) * down + 2)  # fmt: skip
        colour = _HEADING if cell.row < table.header_rows else _CELL
        pencil.rectangle(corners, outline=colour, width=2)
        if cell.row == 0 or cell.col == 0:  # how rows and columns are counted
            pencil.text((corners[0] + 1, corners[1] - 11), str(cell.row or cell.col), fill=colour)
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    return data.getvalue()
