"""Line numbers in the margins of manuscripts, recognised by order and position, and removed from the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.readers.pdf.values import Sheet, TextLine, Word

NUMBER = re.compile(r"\d{1,4}")
FEWEST = 4  # numbers on a page that make a series
STEPS = (1, 2, 5, 10)  # every line, or every so many
MOST_PAGES = 0.5  # share of a document's pages of text that are numbered; a list on one of them is none
FULL_PAGE = 8  # printed lines from which a page is one of text
ALIGNED = 3.0  # points by which the numbers of one margin differ at their ends
HEADING = 40.0  # points over the first number within which the heading of a table's column stands
REGULAR = 0.35  # how far the distance of two numbers may be from the usual one, as a share of it


@dataclass(slots=True)
class LineNumber:
    """A number that begins or ends a printed line."""

    value: int
    line: TextLine
    word: Word


def put_aside(sheets: Sequence[Sheet]) -> None:
    """Move the numbers of lines from the lines of sheets to what stands aside, where the document has them."""
    for at_left in (True, False):
        series = {id(sheet): _series(sheet, at_left) for sheet in sheets}
        full = [sheet for sheet in sheets if len(sheet.lines) >= FULL_PAGE or series[id(sheet)]]
        numbered = sum(bool(series[id(sheet)]) for sheet in full)
        if full and numbered > MOST_PAGES * len(full):
            for sheet in full:
                _take(sheet, series[id(sheet)])


def _series(sheet: Sheet, at_left: bool) -> list[LineNumber]:
    """The numbers of a sheet's lines in one margin: aligned, rising by one step at even distances."""
    found = []
    for line in sheet.lines:
        word = line.words[0 if at_left else -1]
        clear = len(line.words) == 1 or _gap(line, at_left) > 0.3 * line.size
        if NUMBER.fullmatch(word.text) and clear:
            found.append(LineNumber(int(word.text), line, word))
    for group in _aligned(found):
        chosen = _rising(sorted(group, key=lambda item: item.line.baseline))
        if chosen and _outside(sheet, chosen, at_left):
            return chosen
    return []


def _gap(line: TextLine, at_left: bool) -> float:
    a, b = (line.words[0], line.words[1]) if at_left else (line.words[-2], line.words[-1])
    return b.x0 - a.x1


def _aligned(found: Iterable[LineNumber]) -> list[list[LineNumber]]:
    """Numbers that end, or begin, at one place; the larger groups first."""
    groups: list[list[LineNumber]] = []
    for edge in ("x1", "x0"):
        rest = sorted(found, key=lambda item: getattr(item.word, edge))
        cuts = [
            index
            for index, (a, b) in enumerate(pairwise(rest), 1)
            if getattr(b.word, edge) - getattr(a.word, edge) > ALIGNED
        ]
        groups.extend(rest[a:b] for a, b in pairwise([0, *cuts, len(rest)]))
    return sorted((group for group in groups if len(group) >= FEWEST), key=len, reverse=True)


def _rising(column: Sequence[LineNumber]) -> list[LineNumber]:
    """The numbers of a column if nearly all of them count lines; else none."""
    best: list[LineNumber] = []
    for step in STEPS:
        run = [column[0]]
        for item in column[1:]:
            if item.value == run[-1].value + step:
                run.append(item)
            elif len(run) < 2:
                run = [item]
        if len(run) > len(best):
            best = run
    if len(best) < max(FEWEST, 0.8 * len(column)):
        return []
    distances = [b.line.baseline - a.line.baseline for a, b in pairwise(best)]
    usual = median(distances)
    even = sum(abs(d - usual) < REGULAR * usual for d in distances)
    return best if even > 0.6 * len(distances) else []


def _outside(sheet: Sheet, chosen: Sequence[LineNumber], at_left: bool) -> bool:
    """Whether the numbers stand clear of the text beside them, at one side of all of it."""
    taken = {id(item.word) for item in chosen}
    words = [word for line in sheet.lines for word in line.words if id(word) not in taken]
    if not words:
        return False
    x0, x1 = min(item.word.x0 for item in chosen), max(item.word.x1 for item in chosen)
    first, last = chosen[0].line.baseline, chosen[-1].line.baseline
    pitch = (last - first) / (len(chosen) - 1)
    if any(w.x0 < x1 and w.x1 > x0 and first - min(2.2 * pitch, HEADING) < w.baseline < last + 1 for w in words):
        return False  # the heading of a table's column, or a value in it
    across = sum(word.x0 < x1 if at_left else word.x1 > x0 for word in words)
    return across < 0.02 * len(words) + 1


def _take(sheet: Sheet, chosen: Sequence[LineNumber]) -> None:
    taken = {id(item.word) for item in chosen}
    kept = []
    for line in sheet.lines:
        rest = [word for word in line.words if id(word) not in taken]
        if len(rest) < len(line.words):
            gone = [word for word in line.words if id(word) in taken]
            sheet.aside.append(TextLine(gone, line.baseline, gone[0].size, line.order, line.page, line.frame))
            if not rest:
                continue
            line.words = rest
            line.measure()
        kept.append(line)
    sheet.lines = kept
