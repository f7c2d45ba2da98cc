"""Blocks: chunks split into paragraphs, headings, captions, references and the rest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.document import BlockKind
from pipeline.readers.pdf.regions import Region
from pipeline.readers.pdf.values import FigureRegion, TextLine, extent
from pipeline.readers.sections import MAIN_SECTION

KEYWORDS = re.compile(r"key\s?words?(?:\s*and phrases)?\s*[:.\u2014-]?", re.IGNORECASE)
NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)\.?\s+[A-Z\u0391-\u03a9]")


PARAGRAPH_GAP = 1.18  # times the usual distance of baselines; journals set paragraphs apart by a quarter line or more
INDENT = 0.7  # ems; first lines are indented by one em and more, ragged edges by less
RUNNING_FONT = 0.06  # share of a document's characters from which a font counts as one of its running text


@dataclass(slots=True)
class BlockDraft:
    """A block in the making.

    ``level`` ranks headings, 1 the outermost; ``pictured`` tells of text within a picture, ``labels`` of a label over a
    figure's caption, ``foot`` of small type at the foot of a column; ``figure`` is the text within a
    figure that a block holds.
    """

    kind: BlockKind
    lines: list[TextLine]
    region: Region | None = None
    figure: FigureRegion | None = None
    level: int = 0
    pictured: bool = False
    labels: bool = False
    foot: bool = False

    @property
    def text(self) -> str:
        """Its lines in one string, for rules to look at."""
        return " ".join(line.text for line in self.lines)

    @property
    def level_text(self) -> str:
        """Its text without what is raised, such as the marks beside authors' names."""
        words = (word for line in self.lines for word in line.words)
        return " ".join("".join(c for c, m in zip(w.text, w.marks, strict=True) if m != "^") for w in words)

    @property
    def size(self) -> float:
        """The size of its type."""
        return median(line.size for line in self.lines)

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(line.bold for line in self.lines)

    @property
    def italic(self) -> bool:
        """Whether all of it is italic."""
        return all(line.italic for line in self.lines)

    @property
    def fonts(self) -> set[str]:
        """The fonts of its lines."""
        return {line.font for line in self.lines}

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The box around its lines."""
        return extent(self.lines)


@dataclass(frozen=True, slots=True)
class Body:
    """The measures of a document's running text; ``fonts`` are those that a good part of it is set in."""

    size: float
    pitch: float
    fonts: frozenset[str]


def measure(lines: Iterable[TextLine]) -> Body:
    """The size of most of the text, and the usual distance of its baselines."""
    lines = list(lines)
    sizes: Counter[float] = Counter()
    fonts: Counter[str] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
        fonts[line.font] += len(line.text)
    size = max(sizes.most_common(1)[0][0], 0.5) if sizes else 10.0
    steps = [
        round(b.baseline - a.baseline, 1)
        for a, b in pairwise(lines)
        if abs(a.size - size) < 0.5 and abs(b.size - size) < 0.5 and 0.5 * size < b.baseline - a.baseline < 3.2 * size
    ]
    pitch = Counter(steps).most_common(1)[0][0] if steps else 1.2 * size
    running = frozenset(font for font, count in fonts.items() if count > RUNNING_FONT * fonts.total())
    return Body(size, pitch, running)


def drafts(lines: Sequence[TextLine], body: Body) -> list[BlockDraft]:
    """The blocks of a chunk: split where the type changes, then by distance, then by indentation."""
    rows = _rows(lines)
    right = max(row[-1].x1 for row in rows)
    groups = [rows]
    for step in (_by_type, _by_heading, _by_distance, _by_indent):
        groups = [part for group in groups for part in _cut(group, step(group, body, right))]
    return [BlockDraft("paragraph", [line for row in group for line in row]) for group in groups]


LineRow = list[TextLine]


def _cut(rows: list[LineRow], starts: Iterable[bool]) -> list[list[LineRow]]:
    """Rows split before each that starts a new part."""
    parts: list[list[LineRow]] = []
    for row, begins in zip(rows, starts, strict=True):
        if begins or not parts:
            parts.append([])
        parts[-1].append(row)
    return parts


def _rows(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """Lines by the printed line they are part of."""
    rows: list[list[TextLine]] = []
    for line in lines:
        if rows and abs(rows[-1][-1].baseline - line.baseline) < 0.2 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _by_type(rows: list[LineRow], body: Body, right: float) -> Iterator[bool]:
    """For each row, whether its type differs from that of the row above."""
    yield True
    for last, row in pairwise(rows):
        a, b = last[-1], row[0]
        sizes = abs(a.size - b.size) > 0.06 * max(a.size, b.size)
        weights = all(x.bold for x in last) != all(x.bold for x in row)
        running = (a.font in body.fonts) != (b.font in body.fonts)
        faces = a.font != b.font and not (a.italic or b.italic) and (running or (a.pure and b.pure and a.bold))
        lead = a.italic and a.pure and not b.italic and b.text[:1].isupper() and a.x1 < right - 3 * a.size
        yield sizes or weights or faces or (lead and not a.text.endswith((".", ",", ";")))


def _by_heading(rows: list[LineRow], body: Body, _right: float) -> Iterator[bool]:
    """For each row, whether it begins what only a heading's words tell: a further heading of one face, or keywords."""
    texts = [" ".join(line.text for line in row).strip() for row in rows]
    marked = all(line.bold or line.size > 1.08 * body.size for row in rows for line in row)
    yield True
    for last, text, row in zip(texts, texts[1:], rows[1:], strict=False):
        numbered = bool(NUMBERED.match(text) and NUMBERED.match(last))
        keywords = KEYWORDS.match(text) is not None and (row[0].words[0].bold or row[0].words[0].italic)
        yield keywords or (marked and (numbered or MAIN_SECTION.fullmatch(last) is not None))


def _by_distance(rows: list[LineRow], body: Body, _right: float) -> Iterator[bool]:
    """For each row, whether it stands further below the row above than lines of a paragraph do."""
    size = rows[0][0].size
    steps = [b[0].baseline - a[0].baseline for a, b in pairwise(rows)]
    pitch = body.pitch * size / body.size
    usual = max(min(pitch, median(steps)) if steps else pitch, 1.05 * size)
    yield True
    for step in steps:
        yield step > PARAGRAPH_GAP * usual


def _by_indent(rows: list[LineRow], _body: Body, _right: float) -> Iterator[bool]:
    """For each row, whether it is indented from the rows above; or, where most are, whether it is not."""
    left, edge = min(row[0].x0 for row in rows), max(row[-1].x1 for row in rows)
    inner = [(row[0].x0 - left) / row[0].size for row in rows]
    short = [(edge - row[-1].x1) / row[0].size for row in rows]
    inner = [
        0.0 if abs(a - b) < 0.5 else a for a, b in zip(inner, short, strict=True)
    ]  # a centred line is no first line
    hanging = sum(indent > INDENT for indent in inner) * 2 > len(rows)
    yield True
    for above, indent in pairwise(inner):
        yield indent < 0.3 if hanging else indent > INDENT and above < 0.3


def heading_level(draft: BlockDraft, faces: Sequence[tuple[float, bool, bool]]) -> int:
    """The rank of a heading: by its number where it has one, else by its face among the document's headings."""
    number = NUMBERED.match(draft.text)
    if number:
        return 1 + number[1].count(".")
    return 1 + faces.index(face(draft))


def face(draft: BlockDraft) -> tuple[float, bool, bool]:
    """What a heading looks like: size (larger first), bold, capitals."""
    return (-round(draft.size * 2) / 2, not draft.bold, not draft.text.isupper())
