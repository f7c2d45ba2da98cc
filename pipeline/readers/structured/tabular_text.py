"""Tables in plain text: rows of tabs or bars among the lines of a paragraph."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.readers.printed_text import PrintedText
from pipeline.readers.structured.items import Grid
from pipeline.readers.structured.rows import Rows, find_tables
from pipeline.readers.structured.tables import draft, is_table_caption
from pipeline.readers.writing import CellDraft, Writer

HEADING = re.compile(r"^ {0,3}#{1,6}\s+\S", re.MULTILINE)
MARKUP = re.compile(
    r"</?su[bp]>|!\[[^\]\n]*\]\([^)\n]*\)|^\s*\|?\s*:?-{3,}:?\s*\|[\s:|-]*$|\$\s?\\?[^$\n]{1,200}\$|^#{1,6}\s+\*\*|^\*\*[^*\n]+\*\*\s*$",
    re.MULTILINE,
)


def is_markdown(text: str) -> bool:
    """Whether a text file holds Markdown as converters write it: marked headings, and tags, formulas or pipe tables."""
    return len(HEADING.findall(text)) > 1 and len(MARKUP.findall(text)) > 2


def text_and_tables(lines: Sequence[PrintedText]) -> list[list[PrintedText] | Grid]:
    """The lines of a paragraph by what they are: running text, or a table."""
    found: list[list[PrintedText] | Grid] = []
    at = 0
    for start, end, rows in find_tables([line.text for line in lines]):
        if start > at:
            found.append(list(lines[at:start]))
        found.append(_grid(lines[start:end], rows))
        at = end
    if at < len(lines):
        found.append(list(lines[at:]))
    return found


def _grid(lines: Sequence[PrintedText], rows: Rows) -> Grid:
    """Rows of cells as a grid; each cell keeps the script marks of its characters."""
    cells: list[CellDraft] = []
    full = [line for line in lines if any(char.isalnum() for char in line.text)]
    for number, (line, row) in enumerate(zip(full, rows, strict=False)):
        at = 0
        for col, text in enumerate(row):
            start = line.text.find(text, at) if text else -1
            piece = line.keeping([(start, start + len(text))]) if start >= 0 else PrintedText(text, " " * len(text))
            at = start + len(text) if start >= 0 else at
            cells.append(CellDraft(number, col, 1, 1, piece))
    return Grid(cells)


def write_table(grid: Grid, writer: Writer) -> None:
    """Write a table; the paragraph above it is its caption, if it reads like one."""
    last = writer.blocks[-1] if writer.blocks else None
    if last is not None and last.kind in ("paragraph", "caption"):
        above = writer.parts[-2] if len(writer.parts) > 1 else ""
        if is_table_caption(above):
            writer.blocks[-1] = last.model_copy(update={"kind": "caption"})
            grid.caption = PrintedText(above, " " * len(above))
    made = draft(grid, len(writer.tables) + 1)
    for noise in grid.noise:
        writer.block("other", PrintedText(noise, " " * len(noise)))
    if made is not None:
        writer.table(made)
