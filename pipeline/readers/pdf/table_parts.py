"""Tables: what the steps that make cells pass on, and what they ask of rows and regions."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.readers.pdf.grid import PrintedRow
from pipeline.readers.pdf.regions import Region
from pipeline.readers.pdf.values import Word

Span = tuple[int, int]
Level = dict[Span, list[list[Word]]]


@dataclass(slots=True)
class Placed:
    """A printed row whose words are sorted into columns ``(first, last)``."""

    row: PrintedRow
    cells: dict[Span, list[Word]]

    @property
    def columns(self) -> set[int]:
        """The columns in which it has words."""
        return {col for first, last in self.cells for col in range(first, last + 1)}


def rules_across(region: Region) -> list[float]:
    """The heights of the rules that run across the table."""
    margin = 0.04 * region.width
    wide = [
        r.y for r in region.rules if r.horizontal and r.x0 < region.box[0] + margin and r.x1 > region.box[2] - margin
    ]
    found: list[float] = []
    for y in sorted(wide):
        if not found or y - found[-1] > 2.5:
            found.append(y)
    return found


def bold(row: PrintedRow) -> bool:
    """Whether nearly all characters of a printed row are bold."""
    size = sum(len(word.text) for word in row.words)
    return sum(len(word.text) for word in row.words if word.bold) > 0.7 * size


def gridded(region: Region) -> bool:
    """Whether rules part the columns as well: a grid of cells."""
    height = region.box[3] - region.box[1]
    inner = [
        r for r in region.rules
        if not r.horizontal and r.length > 0.6 * height and region.box[0] + 4 < r.x0 < region.box[2] - 4
    ]  # fmt: skip
    return len(inner) > 0


def begins_low(text: str) -> bool:
    """Whether a text begins as the further line of a wrapped cell does."""
    return text[:1].islower() or text[:1] in "(["
