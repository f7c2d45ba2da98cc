"""Reading order: lines to chunks (what one column holds without a break), chunks in the order they are read.

The order of the content stream is the base, for it is mostly the author's; geometry mends it where it contradicts the
page: of two chunks that share a column, the upper is read first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.readers.pdf.regions import Region
from pipeline.readers.pdf.values import TextLine, extent

Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Chunk:
    """Lines that follow one another down a column, or a table."""

    lines: list[TextLine]
    region: Region | None = None

    @property
    def box(self) -> Box:
        """The box around its lines; a table's includes its caption and notes."""
        if self.region is not None:
            return extent([*self.lines, *self.region.caption, *self.region.notes])
        return extent(self.lines)


def chunks(lines: Sequence[TextLine], pitch: float = 0.0) -> list[Chunk]:
    """Lines in stream order as chunks: a chunk ends where the next line is not right below the last.

    Args:
        lines: the lines.
        pitch: the usual distance of the document's baselines, which manuscripts set wide.
    """
    found: list[Chunk] = []
    for line in lines:
        if found and _follows(found[-1].lines, line, 1.25 * pitch):
            found[-1].lines.append(line)
        else:
            found.append(Chunk([line]))
    return found


def _follows(lines: list[TextLine], line: TextLine, furthest: float) -> bool:
    last = lines[-1]
    size = max(last.size, line.size)
    drop = line.baseline - last.baseline
    if abs(drop) < 0.2 * size:  # the rest of the same printed line
        return -0.5 * size < line.x0 - last.x1 < 3 * size
    overlap = min(last.x1, line.x1) - max(last.x0, line.x0)
    return 0 < drop < max(2.2 * size, furthest) and overlap > 0


def with_tables(found: Sequence[Chunk], tables: Sequence[Region]) -> list[Chunk]:
    """Chunks in stream order, the tables among them where their first line was drawn."""
    everything = [*found, *(Chunk(table.lines, table) for table in tables)]
    return sorted(everything, key=lambda chunk: min(line.order for line in chunk.lines))


def ordered(found: Sequence[Chunk], body_size: float) -> list[Chunk]:
    """Chunks in reading order: stream order, corrected by two rules of geometry.

    What stands above in the same column comes before; so does a column of running text left of another, unless
    something as wide as both parts them.
    """
    boxes = [chunk.box for chunk in found]
    running = [_is_running(chunk, body_size) for chunk in found]
    before: list[set[int]] = [set() for _ in found]
    for i, a in enumerate(boxes):
        for j, b in enumerate(boxes):
            if i != j and (_above(a, b) or (running[i] and running[j] and _left(a, b, boxes))):
                before[j].add(i)
    result: list[Chunk] = []
    done: set[int] = set()
    waiting = list(range(len(found)))
    while waiting:
        pick = next((i for i in waiting if before[i] <= done), waiting[0])
        waiting.remove(pick)
        done.add(pick)
        result.append(found[pick])
    return result


def _is_running(chunk: Chunk, body_size: float) -> bool:
    """Whether a chunk is running text rather than a label, a caption or a note."""
    return chunk.region is None and len(chunk.lines) > 1 and abs(chunk.lines[0].size - body_size) < 0.07 * body_size


def _above(a: Box, b: Box) -> bool:
    overlap = min(a[2], b[2]) - max(a[0], b[0])
    return overlap > 1 and a[3] <= b[1] + 0.4 * (a[3] - a[1]) and a[1] < b[1] and (a[1] + a[3]) < (b[1] + b[3])


def _left(a: Box, b: Box, boxes: Sequence[Box]) -> bool:
    """Whether a stands in a column left of b's, with nothing across both between the two."""
    if a[2] > b[0] + 2:
        return False
    top, bottom = min(a[3], b[3]), max(a[1], b[1])
    across = (c for c in boxes if c[0] < a[2] - 2 and c[2] > b[0] + 2)
    return not any(top - 2 <= (c[1] + c[3]) / 2 <= bottom + 2 for c in across)
