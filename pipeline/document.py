"""The Document: one text, standoff annotations.

A reader turns a file into a :class:`Document` whose ``text`` is a single string. Blocks, table cells, citations,
references, scripts, printed lines and mentions are all half-open ranges ``[start, end)`` of code points on that
string. :meth:`Document.boxes` answers where a range stands on the page.

Boxes are ``(page, x0, top, x1, bottom)``: pages count from 1, lengths are PDF points, the origin is the page's top
left corner as displayed.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Annotated, Final, Literal, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

SCHEMA: Final = "coatmine.document/1"

BlockKind = Literal[
    "title", "authors", "affiliation", "abstract", "keywords", "heading", "paragraph", "list_item", "caption",
    "table", "table_note", "figure", "footnote", "reference", "header", "footer", "other",
]  # fmt: skip
ScriptKind = Literal["superscript", "subscript"]
Direction = Literal[0, 90, 180, 270]

Offset = Annotated[int, Field(ge=0)]


def printable(text: str) -> str:
    """The text with what no encoding can hold made visible.

    Bytes of a file's name that are not UTF-8 reach Python as lone surrogates and become ``xff`` behind a
    backslash; halves of a character, as a damaged title has them, become U+FFFD.
    """
    return re.sub("[\ud800-\udfff]", _made_visible, text)


def _made_visible(found: re.Match[str]) -> str:
    byte = ord(found[0]) - 0xDC00
    return f"\\x{byte:02x}" if 0x80 <= byte <= 0xFF else "\ufffd"


Printable = Annotated[str, BeforeValidator(lambda text: printable(text) if isinstance(text, str) else text)]
"""Text from outside that any encoding can hold."""


class Box(NamedTuple):
    """A rectangle on a displayed page, in points from the top left; pages count from 1."""

    page: int
    x0: float
    top: float
    x1: float
    bottom: float


class Part(BaseModel):
    """Base of all parts of a document: immutable, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True, populate_by_name=True)


class Span(Part):
    """A half-open range ``[start, end)`` of code points on ``Document.text``."""

    start: Offset
    end: Offset

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"range ends before it starts: [{self.start}, {self.end})")
        return self


class Page(Part):
    """A page as displayed (its rotation applied), in points.

    ``recognised``: its text comes from optical character recognition of a picture; left out of JSON where it does not.
    """

    number: Annotated[int, Field(ge=1)]
    width: Annotated[float, Field(gt=0)]
    height: Annotated[float, Field(gt=0)]
    recognised: bool = Field(default=False, exclude_if=lambda stated: stated is False)


class Metadata(Part):
    """What the document itself states about itself; an empty value means that it does not say."""

    title: Printable | None = None
    authors: tuple[Printable, ...] = ()
    doi: Printable | None = None
    journal: Printable | None = None
    year: int | None = None
    license: Printable | None = None
    pmcid: Printable | None = None


def _written_edges(edges: tuple[float, ...]) -> str | list[float]:
    """Edges as JSON has them: the widths of the characters in hundredths of a point, in one string.

    A page's widths are few and come again and again, so that files with them take half the room when they are packed.
    Edges that are no hundredths stay a list.
    """
    steps = [round(edge * _HUNDREDTHS) for edge in edges]
    if any(step / _HUNDREDTHS != edge for step, edge in zip(steps, edges, strict=True)) or steps[:1] != [0]:
        return list(edges)
    return " ".join(str(b - a) for a, b in pairwise(steps))


def _read_edges(written: object) -> object:
    """The edges that :func:`_written_edges` wrote; a list as it is."""
    if not isinstance(written, str):
        return written
    return tuple(step / _HUNDREDTHS for step in accumulate(map(int, written.split()), initial=0))


_HUNDREDTHS: Final = 100
Edges = Annotated[
    tuple[float, ...],
    BeforeValidator(_read_edges),
    PlainSerializer(_written_edges, str | list[float], when_used="json"),
]


class Line(Span):
    """A printed line (or the part of one that one column or cell holds) and where its characters stand.

    ``edges`` has one entry more than the range has characters: character ``i`` stretches from ``edges[i]`` to
    ``edges[i + 1]``, in points from the line's own beginning along ``direction``. The direction is that in which
    the text runs on the displayed page, in degrees clockwise: 0 to the right, 90 down, 180 to the left, 270 up. In
    JSON ``edges`` is a string with the widths of the characters in hundredths of a point ("601 334 601").
    """

    page: Annotated[int, Field(ge=1)]
    x0: float
    top: float
    x1: float
    bottom: float
    direction: Direction = 0
    edges: Edges

    @model_validator(mode="after")
    def _measured(self) -> Self:
        if len(self.edges) != self.end - self.start + 1:
            raise ValueError(
                f"line [{self.start}, {self.end}) has {len(self.edges)} edges, not one more than characters"
            )
        if any(b < a for a, b in zip(self.edges, self.edges[1:], strict=False)):
            raise ValueError(f"line [{self.start}, {self.end}) has edges that run backwards")
        return self

    def box(self, start: int, end: int) -> Box:
        """Where the characters ``[start, end)`` stand; the range is clipped to the line."""
        a = self.edges[max(start, self.start) - self.start]
        b = self.edges[max(min(end, self.end), self.start) - self.start]
        match self.direction:
            case 0:
                return Box(self.page, round(self.x0 + a, 2), self.top, round(self.x0 + b, 2), self.bottom)
            case 180:
                return Box(self.page, round(self.x1 - b, 2), self.top, round(self.x1 - a, 2), self.bottom)
            case 90:
                return Box(self.page, self.x0, round(self.top + a, 2), self.x1, round(self.top + b, 2))
            case _:
                return Box(self.page, self.x0, round(self.bottom - b, 2), self.x1, round(self.bottom - a, 2))


class Block(Span):
    """A unit of layout: a paragraph, a heading, a caption, a whole table.

    ``section`` holds the headings it stands under, outermost first.
    """

    kind: BlockKind
    section: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()


class Cell(Span):
    """A table cell. ``text`` is the cell's value without its footnote markers; the range covers the same characters.

    ``notes`` lists the markers printed beside it, as keys of ``Table.notes``. Rows and columns count from 0.
    """

    row: Offset
    col: Offset
    row_span: Annotated[int, Field(ge=1)] = 1
    col_span: Annotated[int, Field(ge=1)] = 1
    text: str
    notes: tuple[str, ...] = ()


class Table(Part):
    """A table: its cells stand in ``Document.text`` row by row.

    ``page`` is the page on which it begins; ``header_rows`` counts the rows at the top that are headings; ``notes``
    maps a footnote marker to what it says.
    """

    label: str
    caption: str
    page: Annotated[int, Field(ge=1)]
    header_rows: Annotated[int, Field(ge=0)] = 0
    cells: tuple[Cell, ...]
    notes: dict[str, str] = Field(default_factory=dict)

    @cached_property
    def _grid(self) -> dict[tuple[int, int], Cell]:
        return {
            (row, col): cell
            for cell in self.cells
            for row in range(cell.row, cell.row + cell.row_span)
            for col in range(cell.col, cell.col + cell.col_span)
        }

    @cached_property
    def rows(self) -> int:
        """How many rows the table has, headings included."""
        return max((cell.row + cell.row_span for cell in self.cells), default=0)

    @cached_property
    def cols(self) -> int:
        """How many columns the table has."""
        return max((cell.col + cell.col_span for cell in self.cells), default=0)

    @cached_property
    def _own(self) -> dict[int, list[Cell]]:
        found: dict[int, list[Cell]] = {}
        for cell in self.cells:
            found.setdefault(cell.row, []).append(cell)
        return found

    def begun_in(self, row: int) -> list[Cell]:
        """The cells that begin in a row, from the left."""
        return self._own.get(row, [])

    def at(self, row: int, col: int) -> Cell | None:
        """The cell that covers this place, merged cells included."""
        return self._grid.get((row, col))


class FigureText(Span):
    """The text within a figure: axes, legends, labels of groups and panels, the words of a scheme.

    It stands in ``Document.text`` as a block of the kind ``figure`` behind the caption, a line for each label, apart
    from the prose. ``label`` is such as "Figure 2" or "Scheme 1"; ``page`` is the page on which it stands, 1 in formats
    without pages. Figures without text of their own (photographs, for one) are not listed.
    """

    label: str
    caption: str
    page: Annotated[int, Field(ge=1)]


class Script(Span):
    """A run of raised or lowered characters (a citation, an exponent, an isotope's mass, a formula's count)."""

    kind: ScriptKind


class Citation(Span):
    """A place in the text that cites; ``references`` are keys into ``Document.references``, ranges expanded."""

    references: tuple[str, ...]


class Reference(Span):
    """An entry of the reference list. ``key`` is its printed number, or its position from 1 where none is printed."""

    key: str
    doi: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    container: str | None = None
    year: int | None = None


class Document(Part):
    """A paper as one text with standoff annotations.

    Ranges are half-open, ``[start, end)``, in code points of ``text`` from 0. Boxes are in points from the top left of
    the displayed page; pages count from 1. :meth:`boxes` says where a range stands on the page.

    Attributes:
        id: ``sha256:`` and the hash of the file's bytes.
        source: the file's name.
        media_type: such as ``application/pdf``.
        metadata: title, authors, DOI, journal, year and licence, as the document states them.
        pages: number, width and height of each page; empty for formats without pages.
        text: the whole text in reading order; table cells stand in it row by row.
        blocks: title, headings, paragraphs, captions and so on, with their section and boxes.
        lines: printed lines with the edges of their characters.
        tables: cells with spans, caption, label and notes.
        figures: where text within figures stands, with caption and label; left out of JSON where there is none.
        scripts: raised and lowered characters.
        citations: places that cite, with the keys of the references.
        references: entries of the reference list.
        warnings: what may have been read wrongly.
    """

    schema_: Literal["coatmine.document/1"] = Field(default=SCHEMA, alias="schema")
    id: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    source: Printable
    media_type: str
    metadata: Metadata = Metadata()
    pages: tuple[Page, ...] = ()
    text: str
    blocks: tuple[Block, ...] = ()
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[FigureText, ...] = Field(default=(), exclude_if=lambda stated: not stated)
    scripts: tuple[Script, ...] = ()
    citations: tuple[Citation, ...] = ()
    references: tuple[Reference, ...] = ()
    warnings: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        size = len(self.text)
        spans: tuple[Span, ...] = (
            *self.blocks, *self.lines, *self.figures, *self.scripts, *self.citations, *self.references,
        )  # fmt: skip
        for span in spans:
            if span.end > size:
                raise ValueError(f"{type(span).__name__} [{span.start}, {span.end}) runs past the text ({size})")
        for table in self.tables:
            for cell in table.cells:
                if self.text[cell.start : cell.end] != cell.text:
                    raise ValueError(f"{table.label}, row {cell.row}, column {cell.col}: text and range differ")
        if any(b.start < a.end for a, b in zip(self.lines, self.lines[1:], strict=False)):
            raise ValueError("lines overlap or are not in the order of the text")
        keys = {reference.key for reference in self.references}
        for citation in self.citations:
            if unknown := [key for key in citation.references if key not in keys]:
                raise ValueError(f"citation [{citation.start}, {citation.end}) of unknown references {unknown}")
        return self

    @cached_property
    def _line_ends(self) -> list[int]:
        return [line.end for line in self.lines]

    @cached_property
    def _block_starts(self) -> list[int]:
        return [block.start for block in self.blocks]

    def boxes(self, start: int, end: int) -> list[Box]:
        """Where the text ``[start, end)`` stands: one box per printed line that it touches, in reading order.

        A format without pages (plain text, JATS) has no boxes, so the list is empty.

        Raises:
            ValueError: the range does not lie within the text.
        """
        self._check(start, end)
        found = []
        for index in range(bisect_right(self._line_ends, start), len(self.lines)):
            line = self.lines[index]
            if line.start >= end:
                break
            box = line.box(start, end)
            if box.x1 > box.x0 and box.bottom > box.top:
                found.append(box)
        return found

    def block_at(self, offset: int) -> Block | None:
        """The block in whose range this offset lies (blocks do not overlap)."""
        index = bisect_right(self._block_starts, offset) - 1
        if index < 0 or offset >= self.blocks[index].end:
            return None
        return self.blocks[index]

    def figure_at(self, offset: int) -> FigureText | None:
        """The figure in whose text this offset lies."""
        index = bisect_right(self.figures, offset, key=lambda figure: figure.start) - 1
        return self.figures[index] if index >= 0 and offset < self.figures[index].end else None

    def citations_in(self, start: int, end: int) -> list[Citation]:
        """The citations that lie within ``[start, end)``, in the order of the text."""
        self._check(start, end)
        first = bisect_left(self.citations, start, key=lambda citation: citation.start)
        beyond = bisect_left(self.citations, end, lo=first, key=lambda citation: citation.start)
        return [citation for citation in self.citations[first:beyond] if citation.end <= end]

    def reference(self, key: str) -> Reference | None:
        """The entry of the reference list with this key."""
        return self._references.get(key)

    @cached_property
    def _references(self) -> dict[str, Reference]:
        return {reference.key: reference for reference in self.references}

    def _check(self, start: int, end: int) -> None:
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"[{start}, {end}) does not lie within the text [0, {len(self.text)})")

    def to_json(self) -> str:
        """The document as JSON, in the contract's field names; :meth:`from_json` reads it back unchanged."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, data: str | bytes) -> Document:
        """Read what :meth:`to_json` wrote.

        Raises:
            pydantic.ValidationError: the JSON is not a document of this schema.
        """
        return cls.model_validate_json(data)
