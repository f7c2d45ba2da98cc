"""Blocks: chunks parted into paragraphs, headings, captions, references and the rest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.document import BlockKind
from pipeline.readers.pdf.tables import Region
from pipeline.readers.pdf.values import Line

FIGURE = re.compile(
    r"(?:supplement(?:al|ary)\s+)?(?:figure|fig\.?|scheme|chart|box)\s*(?:S?\d+|[IVX]+)\b", re.IGNORECASE
)
NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)\.?\s+[A-Z\u0391-\u03a9]")
ENTRY = re.compile(r"(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}\.?)(?:\s|(?=[A-Z]))")
ABSTRACT = re.compile(r"(?:abstract|summary)\s*[:.]?", re.IGNORECASE)
KEYWORDS = re.compile(r"key\s?words?(?:\s*and phrases)?\s*[:.\u2014-]?", re.IGNORECASE)
LISTED = re.compile(r"(?:[\u2022\u25aa\u25cf\u2013\u25e6\u2023]\s|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})\)\s)")


@dataclass(slots=True)
class Draft:
    """A block in the making. ``level`` ranks headings, 1 the outermost."""

    kind: BlockKind
    lines: list[Line]
    region: Region | None = None
    level: int = 0

    @property
    def text(self) -> str:
        """Its lines in one string, for rules to look at."""
        return " ".join(line.text for line in self.lines)

    @property
    def size(self) -> float:
        """The size of its type."""
        return median(line.size for line in self.lines)

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(line.bold for line in self.lines)


@dataclass(frozen=True, slots=True)
class Body:
    """The measures of a document's running text."""

    size: float
    pitch: float


def measure(lines: Iterable[Line]) -> Body:
    """The size of most of the text, and the usual distance of its baselines."""
    lines = list(lines)
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    steps = [
        round(b.baseline - a.baseline, 1)
        for a, b in pairwise(lines)
        if abs(a.size - size) < 0.5 and abs(b.size - size) < 0.5 and 0.5 * size < b.baseline - a.baseline < 2.5 * size
    ]
    pitch = Counter(steps).most_common(1)[0][0] if steps else 1.2 * size
    return Body(size, pitch)


def drafts(lines: Sequence[Line], body: Body) -> list[Draft]:
    """The blocks of a chunk."""
    rows = _rows(lines)
    left = min(row[0].x0 for row in rows)
    found: list[list[list[Line]]] = []
    for index, row in enumerate(rows):
        if index and not _breaks(rows[index - 1], row, left, body, rows):
            found[-1].append(row)
        else:
            found.append([row])
    return [Draft("paragraph", [line for row in group for line in row]) for group in found]


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines by the printed line they are part of."""
    rows: list[list[Line]] = []
    for line in lines:
        if rows and abs(rows[-1][-1].baseline - line.baseline) < 0.2 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _breaks(last: Sequence[Line], row: Sequence[Line], left: float, body: Body, rows: Sequence[Sequence[Line]]) -> bool:
    """Whether a new block begins with this printed line."""
    a, b = last[-1], row[0]
    if abs(a.size - b.size) > 0.06 * max(a.size, b.size):
        return True
    if all(x.bold for x in last) != all(x.bold for x in row):
        return True
    pitch = body.pitch * b.size / body.size
    steps = [y[0].baseline - x[0].baseline for x, y in pairwise(rows)]
    usual = min(pitch, median(steps)) if steps else pitch
    if b.baseline - a.baseline > 1.18 * max(usual, 1.05 * b.size):
        return True
    em = b.size
    indented = b.x0 - left > 0.7 * em and last[0].x0 - left < 0.3 * em
    hanging = sum(row[0].x0 - left > 0.7 * em for row in rows) * 2 > len(rows)
    if hanging:
        return b.x0 - left < 0.3 * em
    return indented


def is_heading(draft: Draft, body: Body) -> bool:
    """Whether a block is a heading by its face and length."""
    text = draft.text
    if len(draft.lines) > 4 or len(text) > 180 or not re.search(r"[^\W\d_]{3}", text):
        return False
    larger = draft.size > 1.08 * body.size
    standing_out = draft.bold or larger
    if text.endswith((".", ",", ";")) and not (draft.bold and len(text) < 80):
        return False
    return bool(standing_out or (NUMBERED.match(text) and len(draft.lines) <= 2 and all(x.italic for x in draft.lines)))


def heading_level(draft: Draft, faces: Sequence[tuple[float, bool, bool]]) -> int:
    """The rank of a heading: by its number where it has one, else by its face among the document's headings."""
    number = NUMBERED.match(draft.text)
    if number:
        return 1 + number[1].count(".")
    return 1 + faces.index(face(draft))


def face(draft: Draft) -> tuple[float, bool, bool]:
    """What a heading looks like: size (larger first), bold, capitals."""
    return (-round(draft.size * 2) / 2, not draft.bold, not draft.text.isupper())
