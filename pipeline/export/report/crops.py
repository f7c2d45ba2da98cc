"""Pictures of evidence: strips of the page, drawn by a child process."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from hashlib import file_digest
from itertools import chain, combinations, groupby
from pathlib import Path
from typing import Any, Final

from pipeline.document import Box, Document
from pipeline.folder import is_remote, write_atomically
from pipeline.sentences import Range

_MARGIN: Final = 12.0
_TALLEST: Final = 150.0
_WIDEST: Final = 320.0  # points; what is larger shows what stands around its mention, so that it can be read
_DRAW: Final = str(Path(__file__).with_name("region_images.py"))
_STEP: Final = 80.0
_TOGETHER: Final = 16  # documents that one child draws: its start costs as much as one of them
_BYTES_A_RECORD: Final = 12_000  # of pictures, so that a report of a hundred records stays below two megabytes
_LEAST: Final = 400_000
_NO_BOUND: Final = 1 << 30


@dataclass(slots=True)
class Crops:
    """The pictures of a report, each once.

    Attributes:
        boxes: what of a page each picture shows, of all documents.
        names: under which name each stands beside the report; None where none could be drawn: the input is no PDF,
            has gone or changed since, or cannot be drawn.
        left_out: how many pictures there was no room for.
    """

    boxes: list[Box] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    left_out: int = 0
    _work: list[dict[str, Any]] = field(default_factory=list)

    def ask(
        self, document: Document, source: Path, windows: Sequence[Box], others: Sequence[Box] = ()
    ) -> dict[Box, int]:
        """Ask for pictures of a document's windows; which picture each window is a part of, of :attr:`boxes`.

        ``others`` are windows that are shown only where a picture happens to hold them.
        """
        shared = _shared(sorted(set(windows)))
        wanted = sorted(set(shared.values()))
        for window in set(others) - shared.keys():
            if held := [region for region in wanted if _union(region, window) == region]:
                shared[window] = held[0]
        places = {region: len(self.boxes) + number for number, region in enumerate(wanted)}
        if wanted and document.media_type == "application/pdf" and _is_same(source, document.id):
            sizes = {page.number: (page.width, page.height) for page in document.pages}
            about = {"path": str(source), "sizes": sizes, "regions": wanted, "first": len(self.boxes)}
            self._work.append({**about, "name": document.id.removeprefix("sha256:")[:12]})
        self.boxes += wanted
        return {window: places[region] for window, region in shared.items()}

    def draw(self, folder: Path, records: int, jobs: int = 1) -> None:
        """Draw all that was asked for into a folder, with so many child processes; the pictures are the same.

        What stood there before and is not drawn now goes. ``records`` decides how much room the pictures may take.
        """
        self.names = [None] * len(self.boxes)
        budget = max(_LEAST, _BYTES_A_RECORD * records)
        parts = [self._work[first : first + _TOGETHER] for first in range(0, len(self._work), _TOGETHER)]
        documents = {work["first"] + at: work["name"] for work in self._work for at in range(len(work["regions"]))}
        spent, jobs = 0, max(jobs, 1)  # a run without worker processes draws with one
        with ThreadPoolExecutor(jobs) as pool:  # each thread waits for a child
            work = partial(_drawn, budget=budget)
            for first in range(0, len(parts), jobs):
                for place, data in chain.from_iterable(pool.map(work, parts[first : first + jobs])):
                    spent += len(data)
                    if spent > budget:
                        self.left_out = len(documents) - sum(name is not None for name in self.names)
                        _tidy(folder, self.names)
                        return
                    self.names[place] = f"{documents[place]}-{place}.webp"
                    write_atomically(folder / str(self.names[place]), [data])
        _tidy(folder, self.names)


def _tidy(folder: Path, names: Iterable[str | None]) -> None:
    """Remove pictures of an earlier report; an object store has rules of its own on age."""
    if not is_remote(folder):
        for path in folder.glob("*.webp"):
            if path.name not in set(names):
                path.unlink(missing_ok=True)


def _shared(windows: Sequence[Box]) -> dict[Box, Box]:
    """For each window the picture that shows it: windows that overlap on a page share one that covers them."""
    found: dict[Box, Box] = {}
    for _, group in groupby(windows, key=lambda window: window.page):
        regions: dict[Box, list[Box]] = {window: [window] for window in group}
        while pair := next((pair for pair in combinations(sorted(regions), 2) if _overlap(*pair)), None):
            one, other = pair
            members = regions.pop(one) + regions.pop(other)
            regions[_union(one, other)] = regions.get(_union(one, other), []) + members
        found.update({window: region for region, members in regions.items() for window in members})
    return found


def _overlap(one: Box, other: Box) -> bool:
    """Whether a picture of both is no larger than two."""
    return _area(_union(one, other)) <= _area(one) + _area(other)


def _union(one: Box, other: Box) -> Box:
    """The box that covers both; of two pages none that is either."""
    page = one.page if one.page == other.page else 0
    x0, top = min(one.x0, other.x0), min(one.top, other.top)
    return Box(page, x0, top, max(one.x1, other.x1), max(one.bottom, other.bottom))


def _area(box: Box) -> float:
    return (box.x1 - box.x0) * (box.bottom - box.top)


def _drawn(work: list[dict[str, Any]], budget: int) -> list[tuple[int, bytes]]:
    """Each picture with its place, up to the budget; a document that ends the child process goes without pictures."""
    drawn: list[tuple[int, bytes]] = []
    while work and sum(len(data) for _, data in drawn) <= budget:
        done, place = 0, work[0]["first"]
        for line in _lines(work, budget):
            if line:
                drawn.append((place, b64decode(line)))
                place += 1
            else:  # closes a document
                done += 1
                place = work[done]["first"] if done < len(work) else place
        work = work[done + 1 :]  # if the child ended early, it was the next document that did it
    return drawn


def _lines(work: list[dict[str, Any]], budget: int) -> list[str]:
    """What the child could draw: one line per region, an empty one after each document."""
    # by its path: as a module it would load all of this package first
    child = subprocess.run(  # noqa: S603  (our own file)
        [sys.executable, "-P", _DRAW],
        input=json.dumps({"budget": budget, "documents": work}).encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return child.stdout.decode("ascii").split("\n")[:-1]  # the last is empty, or was cut short


def draw_regions(path: Path, document: Document, regions: Sequence[Box]) -> list[bytes | None]:
    """Pictures of some regions of a PDF, as WebP; None for those that cannot be drawn."""
    wanted = sorted(set(regions))
    sizes = {page.number: (page.width, page.height) for page in document.pages}
    work = [{"path": str(path), "sizes": sizes, "regions": wanted, "first": 0}]
    drawn = dict(_drawn(work, _NO_BOUND)) if wanted else {}
    return [drawn.get(wanted.index(region)) for region in regions]


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
