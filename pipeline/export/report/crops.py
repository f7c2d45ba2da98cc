"""Pictures of where evidence stands: strips of the page, drawn by a child process that a bad PDF cannot outlive."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import file_digest
from itertools import chain
from pathlib import Path
from typing import Any, Final

from pipeline.document import Box, Document
from pipeline.sentences import Range

_MARGIN: Final = 12.0
_TALLEST: Final = 150.0
_WIDEST: Final = 320.0  # points; what is larger shows what stands around its mention, so that it can be read
_DRAW: Final = str(Path(__file__).with_name("draw.py"))
_STEP: Final = 80.0
_TOGETHER: Final = 16  # documents that one child draws: its start costs as much as one of them
_BUDGET: Final = 24_000_000  # bytes of pictures, so that the report stays a file to send about


@dataclass(slots=True)
class Crops:
    """The pictures of a report, each once.

    Attributes:
        boxes: the regions asked for, of all documents.
        images: for each of them a data URI, or None where none could be drawn: the input is no PDF, has gone or
            changed since, or cannot be drawn.
        left_out: how many pictures there was no room for.
    """

    boxes: list[Box] = field(default_factory=list)
    images: list[str | None] = field(default_factory=list)
    left_out: int = 0
    _work: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, document: Document, source: Path, regions: Sequence[Box]) -> dict[Box, int]:
        """Ask for pictures of a document's regions; where each will stand in :attr:`images`."""
        wanted = sorted(set(regions))
        places = {region: len(self.boxes) + number for number, region in enumerate(wanted)}
        if wanted and document.media_type == "application/pdf" and _is_same(source, document.id):
            sizes = {page.number: (page.width, page.height) for page in document.pages}
            self._work.append({"path": str(source), "sizes": sizes, "regions": wanted, "first": len(self.boxes)})
        self.boxes += wanted
        return places

    def draw(self, jobs: int = 1) -> None:
        """Draw all that was asked for, with so many child processes; what they draw is the same, however many."""
        self.images = [None] * len(self.boxes)
        spent = 0
        parts = [self._work[first : first + _TOGETHER] for first in range(0, len(self._work), _TOGETHER)]
        with ThreadPoolExecutor(jobs) as pool:  # each thread waits for a child
            for first in range(0, len(parts), jobs):
                for place, line in chain.from_iterable(pool.map(_drawn, parts[first : first + jobs])):
                    spent += len(line)
                    if spent > _BUDGET:
                        self.left_out = self.images.count(None)
                        return
                    self.images[place] = f"data:image/webp;base64,{line}"


def _drawn(work: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """Each picture with its place, up to the budget; a document that ends the child process goes without pictures."""
    drawn: list[tuple[int, str]] = []
    while work and sum(len(line) for _, line in drawn) <= _BUDGET:
        done, place = 0, work[0]["first"]
        for line in _lines(work):
            if line:
                drawn.append((place, line))
                place += 1
            else:  # closes a document
                done += 1
                place = work[done]["first"] if done < len(work) else place
        work = work[done + 1 :]  # if the child ended early, it was the next document that did it
    return drawn


def _lines(work: list[dict[str, Any]]) -> list[str]:
    """What the child could draw: a line a region, an empty one after each document."""
    # by its path: as a module it would load all of this package first
    child = subprocess.run(  # noqa: S603  (our own file)
        [sys.executable, "-P", _DRAW],
        input=json.dumps({"budget": _BUDGET, "documents": work}).encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return child.stdout.decode("ascii").split("\n")[:-1]  # the last is empty, or was cut short


def region(document: Document, passage: Range, boxes: Sequence[Box]) -> Box | None:
    """The part of the page to show for a mention with these boxes: its passage, as far as it stands beside it."""
    if not boxes:
        return None
    first = boxes[0]
    page = next((page for page in document.pages if page.number == first.page), None)
    if page is None:
        return None
    shown = [first, *(box for box in document.boxes(*passage) if _beside(box, first))]
    x0, x1 = min(box.x0 for box in shown) - _MARGIN, max(box.x1 for box in shown) + _MARGIN
    if x1 - x0 > _WIDEST:
        # in steps, so that neighbours in a row share a picture
        left = _STEP * round(((first.x0 + first.x1) / 2 - _WIDEST / 2) / _STEP)
        x0, x1 = max(x0, left), min(x1, left + _WIDEST)
    top, bottom = min(box.top for box in shown) - _MARGIN, max(box.bottom for box in shown) + _MARGIN
    x0, top, x1, bottom = max(0.0, x0), max(0.0, top), min(page.width, x1), min(page.height, bottom)
    if x1 <= x0 or bottom <= top:
        return None
    return Box(first.page, *map(float, map(round, (x0, top, x1, bottom))))


def _beside(box: Box, mention: Box) -> bool:
    """Whether a line of the passage stands in the mention's column or row, and not far from it."""
    if box.page != mention.page or abs(box.top - mention.top) > _TALLEST / 2:
        return False
    across = min(box.bottom, mention.bottom) - max(box.top, mention.top) > 0
    along = min(box.x1, mention.x1) - max(box.x0, mention.x0) > 0
    return across or along


def _is_same(source: Path, document_id: str) -> bool:
    try:
        with source.open("rb") as stream:
            return f"sha256:{file_digest(stream, 'sha256').hexdigest()}" == document_id
    except OSError:
        return False
