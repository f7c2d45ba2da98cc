"""Text joined from printed lines, with raised and lowered characters and positions on the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.document import Direction


@dataclass(slots=True)
class PrintedLine:
    """A printed line's part in a passage: its range, its box on the displayed page, and its characters' edges.

    The edges count from the line's beginning along its direction, one more than the range has characters.
    """

    start: int
    end: int
    page: int
    box: tuple[float, float, float, float]
    direction: Direction
    edges: list[float]

    def part(self, start: int, end: int) -> PrintedLine:
        """The stretch of a part of this range, with the box that belongs to it."""
        a, b = start - self.start, end - self.start
        edges = self.edges[a : b + 1]
        x0, top, x1, bottom = self.box
        match self.direction:
            case 0:
                box = x0 + edges[0], top, x0 + edges[-1], bottom
            case 180:
                box = x1 - edges[-1], top, x1 - edges[0], bottom
            case 90:
                box = x0, top + edges[0], x1, top + edges[-1]
            case _:
                box = x0, bottom - edges[-1], x1, bottom - edges[0]
        return PrintedLine(start, end, self.page, box, self.direction, [edge - edges[0] for edge in edges])


@dataclass(slots=True)
class PrintedText:
    """Text with one mark for each character: ``^`` raised, ``_`` lowered, a space for neither."""

    text: str = ""
    marks: str = ""
    stretches: list[PrintedLine] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.text)

    def keeping(self, ranges: Iterable[tuple[int, int]]) -> PrintedText:
        """The passage with only these ranges (ascending, apart) of its characters."""
        kept = PrintedText()
        for start, end in ranges:
            shift = len(kept.text) - start
            kept.text += self.text[start:end]
            kept.marks += self.marks[start:end]
            for stretch in self.stretches:
                a, b = max(start, stretch.start), min(end, stretch.end)
                if a < b:
                    part = stretch.part(a, b)
                    part.start, part.end = a + shift, b + shift
                    kept.stretches.append(part)
        return kept

    def without(self, ranges: Sequence[tuple[int, int]]) -> PrintedText:
        """The passage without these ranges (ascending, apart) of its characters."""
        if not ranges:
            return self
        bounds = [0, *(bound for pair in ranges for bound in pair), len(self.text)]
        return self.keeping((a, b) for a, b in zip(bounds[::2], bounds[1::2], strict=True) if a < b)

    def stripped(self) -> PrintedText:
        """The passage without white space at its ends."""
        start = len(self.text) - len(self.text.lstrip())
        end = len(self.text.rstrip())
        return self if (start, end) == (0, len(self.text)) else self.keeping([(start, max(start, end))])


def script_runs(marks: str) -> list[tuple[int, int, str]]:
    """The runs of raised or lowered characters: ``(start, end, mark)``."""
    runs = []
    start = 0
    for end in range(1, len(marks) + 1):
        if end == len(marks) or marks[end] != marks[start]:
            if marks[start] != " ":
                runs.append((start, end, marks[start]))
            start = end
    return runs
