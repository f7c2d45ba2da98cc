"""Items: the paragraphs, headings, lists and tables of a marked-up text, in the order they are read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipeline.document import BlockKind
from pipeline.readers.folding import fold_marked
from pipeline.readers.printed_text import PrintedText
from pipeline.readers.writing import CellDraft

ItemKind = Literal["heading", "paragraph", "list_item", "table", "image"]
Link = tuple[int, int, str]
"""A range of a passage and where it points: ``#anchor`` within the document, or an address."""


@dataclass(slots=True)
class Grid:
    """A table's cells row by row, with how many rows at the top its format calls headings."""

    cells: list[CellDraft]
    header_rows: int = 0
    caption: PrintedText = field(default_factory=PrintedText)
    label: str = ""
    notes: list[PrintedText] = field(default_factory=list)
    noise: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return max((cell.row + cell.row_span for cell in self.cells), default=0)

    @property
    def cols(self) -> int:
        """How many columns the table has."""
        return max((cell.col + cell.col_span for cell in self.cells), default=0)


@dataclass(slots=True)
class FlowItem:
    """One unit of a marked-up text.

    Attributes:
        kind: what its format says it is.
        passage: its text; a line end that its author set is a line feed.
        level: of a heading, 1 for the outermost.
        role: the kind of block, where the format says it.
        number: the number of an item in a numbered list.
        bold: the whole text is set in bold.
        links: where ranges of the text point.
        anchors: the names under which other places point here.
        grid: the cells of a table.
        shown: of a figure's caption, the texts that are drawn in the figure.
    """

    kind: ItemKind
    passage: PrintedText
    level: int = 0
    role: BlockKind | None = None
    number: int | None = None
    bold: bool = False
    links: list[Link] = field(default_factory=list)
    anchors: Sequence[str] = ()
    grid: Grid | None = None
    shown: Sequence[PrintedText] = ()

    @property
    def text(self) -> str:
        """The text of the passage."""
        return self.passage.text


@dataclass(slots=True)
class Flow:
    """Text being gathered: white space collapsed, each character with its script mark, links noted."""

    text: str = ""
    marks: str = ""
    links: list[Link] = field(default_factory=list)

    def add(self, text: str, mark: str = " ", *, breaks: bool = False) -> None:
        """Add text at the end; with ``breaks`` a line end in it stays one."""
        spaced = re.sub(r"[^\S\n]+", " ", re.sub(r"\s*\n\s*", "\n", text)) if breaks else re.sub(r"\s+", " ", text)
        text, marks = fold_marked(spaced, mark)
        self.extend(text, marks)

    def extend(self, text: str, marks: str) -> None:
        """Add folded text with its marks; a space after a space, or at the beginning, is left out."""
        while text[:1] in (" ", "\n") and text and (not self.text or self.text[-1] in " \n"):
            if text[0] == "\n" and self.text.endswith(" "):
                self.text, self.marks = self.text[:-1] + "\n", self.marks
            text, marks = text[1:], marks[1:]
        self.text += text
        self.marks += marks

    def feed(self) -> None:
        """End the line."""
        self.extend("\n", " ")

    def passage(self) -> PrintedText:
        """The text without white space at its end."""
        size = len(self.text.rstrip())
        return PrintedText(self.text[:size], self.marks[:size])


def plain(text: str) -> PrintedText:
    """A passage of folded text without scripts."""
    folded, marks = fold_marked(text, " ")
    return PrintedText(folded, marks)


def one_line(passage: PrintedText) -> PrintedText:
    """The passage with spaces for its line ends; ranges on it stay as they are."""
    return PrintedText(passage.text.replace("\n", " "), passage.marks, passage.stretches)


def joined(first: PrintedText, second: PrintedText, gap: str = " ") -> PrintedText:
    """Two passages as one."""
    return PrintedText(first.text + gap + second.text, first.marks + " " * len(gap) + second.marks)


def lines(passage: PrintedText) -> list[tuple[int, PrintedText]]:
    """The lines of a passage, without empty ones, each with where it begins."""
    found, at = [], 0
    for line in passage.text.split("\n"):
        start = at + len(line) - len(line.lstrip())
        if line.strip():
            found.append((start, PrintedText(line.strip(), passage.marks[start : start + len(line.strip())])))
        at += len(line) + 1
    return found
