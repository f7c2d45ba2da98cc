"""Where sentences begin and end: ranges on ``Document.text`` that never cross a block or a table cell.

The splitter is a regular expression with a list of abbreviations, because offsets and speed matter here more than
the last per cent: a review of 80,000 characters takes a few milliseconds.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from pipeline.document import Block, Document

Range = tuple[int, int]

_NEVER_LAST = re.compile(
    r"(?:al|approx|ca|cf|corp?|dept|dr|eds?|e\.?g|eqs?|exp?|figs?|i\.?e|inc|ltd|mrs?|ms|nr|pp|prof|refs?|resp|scheme"
    r"|spp?|ssp|st|subsp|suppl|tab|var|viz|vols?|vs|w\.r\.t)",
    re.IGNORECASE,
)
"""Abbreviations after which a sentence goes on, whatever follows."""
_BEFORE_NUMBER = re.compile(r"nos?|pp?|ch|sect?|art|vers", re.IGNORECASE)
"""Words that are abbreviations only in front of a number ("no. 5"); elsewhere they may end a sentence."""

_CITED = r"\[\d{1,3}(?:\s?[,;\u2010-\u2015-]\s?\d{1,3})*\]"
_END = re.compile(
    r"(?P<stop>[.!?\u2026]+)"
    rf"(?P<tail>(?:[\"'\u2019\u201d)\]]|(?<=[^\W\d][.!?])\d{{1,3}}(?:[,\u2010-\u2015-]\d{{1,3}})*(?=\s)|\s?{_CITED})*)"
    r"(?=\s+(?P<next>[\"'\u2018\u201c(\[]*(?:[^\W\da-z_]|\d|[a-z]{1,3}[A-Z])))"
)
_BRACKETS = re.compile(r"\((?:[^()]|\([^()]{0,200}\)){0,400}\)|\[[^\[\]]{0,400}\]")
_LINE = re.compile(r"[^\n]+")
_LAST_WORD = re.compile(r"[^\s(\[]*$")
_STARTER = re.compile(
    r"\s+(?:The|This|These|Those|That|In|It|Its|They|Their|We|Our|A|An|As|At|After|Although|Among|Because|Both|By|Before"
    r"|For|From|Here|Herein|However|Hence|If|Moreover|Next|Of|On|Similarly|Since|Then|Therefore|Thus|To|When|While|With)\b"
)


def sentences(document: Document) -> list[Range]:
    """The sentences of a document, in the order of the text.

    A sentence lies within one block; in a table each cell is a unit of its own, in a figure each label. The
    ranges are disjoint, carry no white space at their ends, and cover everything in the blocks that is not white space.

    Returns:
        ``[start, end)`` ranges of code points on ``Document.text``.
    """
    cells = sorted((c.start, c.end) for table in document.tables for c in table.cells if c.end > c.start)
    found: list[Range] = []
    for block in document.blocks:
        if block.kind == "table":
            found.extend(_cells(document.text, block, cells))
        elif block.kind == "figure":
            found.extend(labels(document.text, block.start, block.end))
        else:
            found.extend(split(document.text, block.start, block.end))
    return found


def labels(text: str, start: int, end: int) -> list[Range]:
    """The labels of a figure, ranges on ``text``: each stands on a line of its own."""
    return [r for line in _LINE.finditer(text, start, end) for r in _trimmed(text, line.start(), line.end())]


def sentence_at(ranges: Sequence[Range], offset: int) -> Range | None:
    """The one of these ordered, disjoint ranges in which the offset lies, or None between them."""
    index = bisect_right(ranges, offset, key=lambda r: r[0]) - 1
    if index < 0 or offset >= ranges[index][1]:
        return None
    return ranges[index]


def split(text: str, start: int = 0, end: int | None = None) -> list[Range]:
    """The sentences of the running text ``text[start:end]``, as ranges on ``text``."""
    end = len(text) if end is None else end
    closed = [match.span() for match in _BRACKETS.finditer(text, start, end)]
    found: list[Range] = []
    begin = start
    for match in _END.finditer(text, start, end):
        if sentence_at(closed, match.start()) or not _ends(text, begin, match):
            continue
        found.extend(_trimmed(text, begin, match.end()))
        begin = match.end()
    found.extend(_trimmed(text, begin, end))
    return found


def _ends(text: str, begin: int, match: re.Match[str]) -> bool:
    """Whether the full stop of this match closes a sentence that began at ``begin``."""
    if match["stop"] != ".":
        return True
    word = _LAST_WORD.search(text, begin, match.start())
    last = word.group() if word else ""
    if _NEVER_LAST.fullmatch(last):
        return False
    if _BEFORE_NUMBER.fullmatch(last) and match["next"][-1].isdigit():
        return False
    if (len(last) == 1 and last.isupper()) or re.fullmatch(r"(?:[A-Z][.-]-?)+[A-Z]", last):
        return _STARTER.match(text, match.end()) is not None
    # "1. Introduction": a number that opens the text is an enumeration, no sentence
    return not (last.isdigit() and not text[begin : match.start() - len(last)].strip())


def _cells(text: str, block: Block, cells: list[Range]) -> Iterator[Range]:
    """The cells within a table's block, and whatever of its text stands in none."""
    at = block.start
    for start, end in cells[bisect_right(cells, (block.start, -1)) :]:
        if start >= block.end:
            break
        if start < at or end > block.end:
            continue
        yield from _trimmed(text, at, start)
        yield from _trimmed(text, start, end)
        at = end
    yield from _trimmed(text, at, block.end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Range]:
    """The range without the white space at its ends; nothing when that is all it holds."""
    piece = text[start:end]
    if stripped := piece.strip():
        start += len(piece) - len(piece.lstrip())
        yield start, start + len(stripped)
