"""Data that the steps pass on: glyphs, words, lines, rules and pages.

All coordinates are in the reading frame of the text's own direction: x grows along the line, y grows downwards as a
reader sees it who has turned the page so that the text is upright. :class:`Frame` maps them to the displayed page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from pipeline.document import Direction

ScriptMark = Literal["^", "_", " "]
Gap = Literal["", "space", "hint"]


@dataclass(frozen=True, slots=True)
class Frame:
    """The page turned so that text of one direction is upright. Width and height are those of the displayed page."""

    direction: Direction
    width: float
    height: float

    def to_page(self, x0: float, top: float, x1: float, bottom: float) -> tuple[float, float, float, float]:
        """A box of this frame as ``(x0, top, x1, bottom)`` on the displayed page."""
        match self.direction:
            case 0:
                return x0, top, x1, bottom
            case 90:
                return self.width - bottom, x0, self.width - top, x1
            case 180:
                return self.width - x1, self.height - bottom, self.width - x0, self.height - top
            case _:
                return top, self.height - x1, bottom, self.height - x0

    def from_page(self, x0: float, top: float, x1: float, bottom: float) -> tuple[float, float, float, float]:
        """A box on the displayed page in this frame, the other way round than :meth:`to_page`."""
        match self.direction:
            case 0:
                return x0, top, x1, bottom
            case 90:
                return top, self.width - x1, bottom, self.width - x0
            case 180:
                return self.width - x1, self.height - bottom, self.width - x0, self.height - top
            case _:
                return self.height - bottom, x0, self.height - top, x1

    @property
    def across(self) -> float:
        """The extent along the lines."""
        return self.width if self.direction in (0, 180) else self.height

    @property
    def down(self) -> float:
        """The extent down the lines."""
        return self.height if self.direction in (0, 180) else self.width


UPRIGHT = Frame(0, 1.0, 1.0)
"""The frame of a line before its page is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """What the glyphs of one text object share. There is one of each kind to a page, so that identity tells."""

    baseline: float
    size: float
    font: str
    bold: bool
    italic: bool


@dataclass(slots=True)
class Glyph:
    """A printed character (or a ligature's letters) between x0 and x1.

    ``gap`` tells of a space before it; ``shape`` of a face's own raised or lowered figures and letters, which stand on
    the common baseline in the common size.
    """

    text: str
    x0: float
    x1: float
    style: Style
    gap: Gap = ""
    shape: ScriptMark = " "


@dataclass(slots=True)
class Word:
    """Characters without a space between them.

    ``edges`` has one entry more than ``text`` has characters; ``marks`` has one script mark for each.
    """

    text: str
    edges: list[float]
    marks: str
    baseline: float
    size: float
    font: str
    bold: bool
    italic: bool
    top: float
    bottom: float

    @property
    def x0(self) -> float:
        """Where the word begins."""
        return self.edges[0]

    @property
    def x1(self) -> float:
        """Where the word ends."""
        return self.edges[-1]

    @property
    def middle(self) -> float:
        """Half-way between its ends."""
        return (self.edges[0] + self.edges[-1]) / 2


@dataclass(slots=True)
class TextLine:
    """Words on one baseline without a wide gap: a printed line, or the part of one that a column or cell holds."""

    words: list[Word]
    baseline: float
    size: float
    order: int
    page: int = 0
    frame: Frame = UPRIGHT
    x0: float = 0.0
    x1: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    text: str = ""
    bold: bool = False
    italic: bool = False
    font: str = ""
    pure: bool = True

    def __post_init__(self) -> None:
        """Measure the words."""
        self.measure()

    def measure(self) -> None:
        """Derive box, text and face from the words."""
        words = self.words
        self.x0 = min(word.x0 for word in words)
        self.x1 = max(word.x1 for word in words)
        self.top = min(word.top for word in words)
        self.bottom = max(word.bottom for word in words)
        self.text = " ".join(word.text for word in words)
        size = sum(len(word.text) for word in words)
        fonts: dict[str, int] = {}
        for word in [word for word in words if not word.italic] or words:  # italics within upright text do not count
            fonts[word.font] = fonts.get(word.font, 0) + len(word.text)
        self.font = max(fonts, key=lambda font: fonts[font])
        self.pure = fonts[self.font] > 0.9 * size
        self.bold = sum(len(word.text) for word in words if word.bold) > 0.75 * size
        self.italic = sum(len(word.text) for word in words if word.italic) > 0.6 * size


@dataclass(frozen=True, slots=True)
class RuledLine:
    """A drawn straight line, or a thin filled rectangle that serves as one."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def horizontal(self) -> bool:
        """Whether it runs along the text."""
        return self.x1 - self.x0 >= self.bottom - self.top

    @property
    def y(self) -> float:
        """Half-way through its thickness."""
        return (self.top + self.bottom) / 2

    @property
    def length(self) -> float:
        """Its longer side."""
        return max(self.x1 - self.x0, self.bottom - self.top)


@dataclass(slots=True)
class Sheet:
    """The text of one direction on one page, with what is drawn there.

    ``aside`` is what belongs to no text: what stands askew, dots that lead the eye, numbers of lines. ``drawings``
    gives the boxes around all that is drawn, curves and pictures too.
    """

    page: int
    frame: Frame
    lines: list[TextLine]
    rules: list[RuledLine] = field(default_factory=list)
    boxes: list[RuledLine] = field(default_factory=list)
    images: list[RuledLine] = field(default_factory=list)
    aside: list[TextLine] = field(default_factory=list)
    body_size: float = 10.0  # of the document's running text
    drawings: Callable[[], Iterable[RuledLine]] = tuple


@dataclass(slots=True)
class FigureRegion:
    """The text within a figure.

    ``label`` is such as "Figure 2"; ``caption`` has its caption's lines, ``texts`` its labels, axes and legends,
    each of one line or more.
    """

    label: str
    caption: list[TextLine]
    texts: list[list[TextLine]]


def extent(lines: Iterable[TextLine]) -> tuple[float, float, float, float]:
    """The box around lines: ``(x0, top, x1, bottom)``."""
    lines = list(lines)
    return (
        min(line.x0 for line in lines),
        min(line.top for line in lines),
        max(line.x1 for line in lines),
        max(line.bottom for line in lines),
    )
