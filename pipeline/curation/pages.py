"""Page images of a document and the selectable characters over them."""

from __future__ import annotations

import subprocess
import sys
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final

from pipeline.document import Document, Line

_DRAW: Final = str(
    Path(__file__).with_name("page_image.py")
)  # by its path: as a module it would load all of this package
_KEPT: Final = 48  # pictures in memory
_BASE: Final = 0.78  # of a line's height, from its top down to where its letters stand
_SIZE: Final = 0.85  # of a line's height: the size of its letters


class Pictures:
    """Pictures of whole pages, drawn in a child process when they are asked for, and kept for a while."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], bytes | None] = OrderedDict()
        self._lock = Lock()

    def page(self, document_id: str, source: Path, number: int) -> bytes | None:
        """A page as JPEG; None where it cannot be drawn from this file, or the file is another now."""
        key = (document_id, number)
        with self._lock:  # one at a time: a picture takes all of a core
            if key not in self._kept:
                self._kept[key] = _draw(document_id, source, number)
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]


def _draw(document_id: str, source: Path, number: int) -> bytes | None:
    try:
        data = source.read_bytes()
    except OSError:
        return None
    if f"sha256:{sha256(data).hexdigest()}" != document_id:
        return None
    child = subprocess.run(  # noqa: S603  (our own file)
        [sys.executable, "-P", _DRAW, str(number)], input=data, capture_output=True, check=False
    )
    return child.stdout if child.returncode == 0 and child.stdout else None


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A printed line as SVG text: ``xs`` is where each character begins, along the line from its origin."""

    start: int
    text: str
    x: float
    y: float
    turn: int
    size: float
    xs: str


def lines_of(document: Document, number: int) -> Iterator[PlacedLine]:
    """The printed lines of a page, in the order of the text."""
    for line in document.lines:
        if line.page == number and line.end > line.start:
            text = document.text[line.start : line.end]
            # one character each, so that what is counted on the page is what is counted in the text
            seen = "".join(" " if not character.isprintable() else character for character in text)
            x, y, across = _origin(line)
            size = max(round(_SIZE * across, 2), 0.1)
            yield PlacedLine(line.start, seen, x, y, line.direction, size, " ".join(_xs(seen, line)))


def _xs(text: str, line: Line) -> Iterator[str]:
    """Where each character begins; one beyond the basic plane is two to a browser."""
    for character, edge in zip(text, line.edges, strict=False):
        place = f"{edge:.1f}"
        yield place if ord(character) < 0x10000 else f"{place} {place}"


def _origin(line: Line) -> tuple[float, float, float]:
    """Where a line's first character stands on its base line, and how tall the line is across its direction."""
    wide, tall = line.x1 - line.x0, line.bottom - line.top
    match line.direction:
        case 0:
            x, y, across = line.x0, line.top + _BASE * tall, tall
        case 90:
            x, y, across = line.x1 - _BASE * wide, line.top, wide
        case 180:
            x, y, across = line.x1, line.bottom - _BASE * tall, tall
        case _:
            x, y, across = line.x0 + _BASE * wide, line.bottom, wide
    return round(x, 2), round(y, 2), across
