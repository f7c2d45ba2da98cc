"""A document's pages as the app shows them: pictures, and the printed lines over them that can be selected."""

from __future__ import annotations

from base64 import b64decode
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from pipeline.document import Box, Document, Line, Page
from pipeline.export.report.crops import Crops

_KEPT: Final = 64  # pictures in memory


class Pictures:
    """Pictures of whole pages, drawn in a child process when they are asked for, and kept for a while."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], bytes | None] = OrderedDict()

    def page(self, document: Document, sources: Iterable[Path], number: int) -> bytes | None:
        """A page as WebP, from the first of these files that is the document's and can be drawn; None for none."""
        key = (document.id, number)
        if key not in self._kept:
            drawn = (_draw(document, source, number) for source in sources)
            self._kept[key] = next(filter(None, drawn), None)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def _draw(document: Document, source: Path, number: int) -> bytes | None:
    page = next((page for page in document.pages if page.number == number), None)
    if page is None:
        return None
    crops = Crops()
    crops.ask(document, source, [Box(number, 0.0, 0.0, page.width, page.height)])
    crops.draw()
    image = crops.images[0]
    return b64decode(image.partition(",")[2]) if image else None


def lines_of(document: Document, page: Page) -> list[dict[str, Any]]:
    """The page's printed lines that run to the right, each as a text to lay over the picture."""
    return [_line(document, line) for line in document.lines if line.page == page.number and line.direction == 0]


def _line(document: Document, line: Line) -> dict[str, Any]:
    height = line.bottom - line.top
    return {
        "start": line.start,
        "text": document.text[line.start : line.end].replace("\t", " ").replace("\n", " "),
        "x": line.x0,
        "y": round(line.top + 0.78 * height, 2),
        "width": max(round(line.x1 - line.x0, 2), 0.1),
        "size": max(round(0.85 * height, 2), 0.1),
    }
