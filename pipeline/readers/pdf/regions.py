"""Find tables: from each caption to the rules or the lines in columns above or below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from pipeline.readers.pdf.grid import Gutter, PrintedRow, gutters, printed_rows, runs, table_rows
from pipeline.readers.pdf.values import UPRIGHT, Frame, RuledLine, Sheet, TextLine, Word, extent

LABEL = re.compile(
    r"(?:(supplement(?:al|ary)\s+)|additional\s+)?(?:table|tab\.)\s*([A-Z]?\.?\d{1,3}[a-z]?|[IVX]{1,5})\b(?![-\u2013]\d)",
    re.IGNORECASE,
)
CONTINUED = re.compile(r"\bcont(?:inued|inuation|[\u2019']?d|\.|\b)", re.IGNORECASE)
FIGURE = re.compile(r"(?:figure|fig\.?|scheme)\s*S?\d", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?:;][\])\u201d\"']*$")
NOTE = re.compile(
    r"(?:[A-Z][\w.*-]{0,7}(?: [A-Z])?\s*[:=]\s*[A-Za-z]|doi:|\*|notes?\b[.:]|abbreviations?\b|sources?:"
    r"|(?:data|values?) (?:are|represent))",
    re.IGNORECASE,
)
"""How begins what explains a table, when it stands over its last rule."""
REACH = 60.0  # points between a caption and its table's first rule, at most
NEAR = 36.0  # points within which a table's longer rules follow a short first one
MOST_HEADER_ROWS = 4  # printed rows above which what rules enclose is more than a header
STRIPES = 3  # shaded strips that make a pattern rather than a heading and a total
MARGIN = 0.4  # share of the page's width that a caption beside its table takes at most
MOST_TEXT = 1.4  # times the caption's type from which a line is a heading or title
NARROW_CELL = 0.25  # share of the page's width that a cell of a heading row takes at most
SAME = 3.5  # points by which the ends of one table's rules may differ


@dataclass(slots=True)
class GridCell:
    """A cell: its words line by line, and the places it covers."""

    row: int
    col: int
    row_span: int
    col_span: int
    lines: list[list[Word]]
    page: int = 0
    frame: Frame = UPRIGHT


@dataclass(slots=True)
class Region:
    """A table's place: its caption, its rules, its lines of text, its notes; then its cells.

    ``box`` is ``(x0, top, x1, bottom)`` in the reading frame; ``merged`` tells that another region took its cells over,
    ``repeated`` holds the captions and headings that its further pages repeat; ``striped`` tells that its rows are
    shaded in turn.
    """

    label: str
    caption: list[TextLine]
    box: tuple[float, float, float, float]
    rules: list[RuledLine]
    lines: list[TextLine]
    notes: list[TextLine]
    cells: list[GridCell] = field(default_factory=list)
    header_rows: int = 0
    merged: bool = False
    repeated: list[TextLine] = field(default_factory=list)
    striped: bool = False

    @property
    def width(self) -> float:
        """The extent along the lines."""
        return self.box[2] - self.box[0]


def label_of(line: TextLine) -> str | None:
    """The label of the table whose caption begins with this line, such as "Table 1"; None where none does."""
    found = LABEL.match(line.text)
    if not found:
        return None
    rest = line.text[found.end() :].lstrip()
    starts = (
        not rest
        or rest[0] in ".:|\u2013\u2014-("
        or line.words[0].bold
        or (rest[0].isupper() and not re.match(r"[A-Z][a-z]* (?:show|list|present|summar|give|report)", rest))
    )
    if not starts or re.match(r"(?:and|shows?|lists?|presents?|summari[sz]es?|gives?|reports?|in)\b", rest):
        return None
    return f"Table {found[2]}"


def _in_midst(sheet: Sheet, line: TextLine) -> bool:
    """Whether a line goes on with the one right above it, such as a sentence that names a table as the line begins."""
    for other in sheet.lines:
        step = line.baseline - other.baseline
        if not 0.5 * line.size < step < 1.4 * line.size or abs(other.x0 - line.x0) > 2:
            continue
        alike = abs(other.size - line.size) < 0.05 * line.size
        if alike and not label_of(other) and not SENTENCE_END.search(other.text) and len(other.words) > 3:
            return True
    return False


def regions(sheet: Sheet, above: bool | None = None) -> list[Region]:
    """The tables of a sheet, top to bottom. The lines of each leave ``sheet.lines``.

    Args:
        sheet: the text of one direction on a page.
        above: whether this document's tables stand above their captions; None where it is not known.
    """
    labelled = [line for line in sheet.lines if label_of(line) and not _in_midst(sheet, line)]
    captions = sorted(labelled, key=lambda line: line.top)
    found: list[Region] = []
    for caption in captions:
        region = _choose(sheet, caption, captions, above)
        if region is None:
            continue
        found.append(region)
        taken = {id(item) for item in (*region.caption, *region.lines, *region.notes)}
        sheet.lines = [item for item in sheet.lines if id(item) not in taken]
        sheet.rules = [rule for rule in sheet.rules if not _inside(rule, region.box)]
    return sorted(found, key=lambda region: region.box[1])


def uncaptioned(sheet: Sheet) -> list[Region]:
    """Ruled tables without a caption of their own, such as further pages of one. Their lines leave ``sheet.lines``."""
    found: list[Region] = []
    while (region := _first_uncaptioned(sheet)) is not None:
        taken = {id(item) for item in (*region.lines, *region.notes)}
        sheet.lines = [item for item in sheet.lines if id(item) not in taken]
        sheet.rules = [rule for rule in sheet.rules if not _inside(rule, region.box)]
        found.append(region)
    return found


def _first_uncaptioned(sheet: Sheet) -> Region | None:
    """The uppermost of them: several full rules of one width."""
    level = sorted((r for r in sheet.rules if r.horizontal and r.length > 100), key=lambda r: r.y)
    for first in level:
        family = _family(sheet, [r for r in level if r.y >= first.y])
        upright = sum(
            not r.horizontal and family[0].y - 2 < r.top and r.bottom < family[-1].y + 2 and r.length > 5
            for r in sheet.rules
        )
        drawn = len(family) >= 3 and (upright >= 2 or len(family) >= 5)
        if not drawn and (upright or not _in_open_columns(sheet, family)):
            continue
        region = _between(sheet, None, [], family, sheet.frame.down)
        if region is not None and len(region.lines) > 5:
            return region
    return None


def _in_open_columns(sheet: Sheet, family: Sequence[RuledLine]) -> bool:
    """Whether what stands between rules at head and foot is a table without a frame, told by its columns alone.

    Each column begins at one place, no row crosses a gutter, and it is no running text set in columns.
    """
    if not 2 <= len(family) <= 4:
        return False
    top, bottom, x0, x1 = family[0].y, family[-1].y, family[0].x0, family[0].x1
    rows = table_rows([
        line for line in sheet.lines
        if top - 1 < (line.top + line.bottom) / 2 < bottom + 1 and line.x0 > x0 - 8 and line.x1 < x1 + 8
    ])  # fmt: skip
    if (
        len(rows) < MOST_HEADER_ROWS
        or _pictured(sheet, family)
        or bottom - rows[-1].bottom > 2 * rows[-1].words[0].size
    ):
        return False
    if any(label_of(line) or FIGURE.match(line.text) for line in sheet.lines if top < line.baseline < bottom):
        return False
    inner = gutters(rows)
    crossed = sum(word.x0 < gap.middle < word.x1 for gap in inner for row in rows for word in row.words)
    if not inner or crossed or any(_is_prose(row, x1 - x0, sheet.body_size) for row in rows[: MOST_HEADER_ROWS + 1]):
        return False
    bounds = [x0, *(gap.middle for gap in inner), x1]
    return all(_is_column(rows, a, b) for a, b in pairwise(bounds))


def _is_column(rows: Sequence[PrintedRow], x0: float, x1: float) -> bool:
    """Whether what stands between two heights makes a column: flush or centred cells, in most rows or in blocks."""
    cells = [[word for word in row.words if x0 < word.middle < x1] for row in rows]
    cells = [words for words in cells if words]
    if len(cells) < 3:
        return False
    places = [[words[0].x0 for words in cells], [words[-1].x1 for words in cells],
              [(words[0].x0 + words[-1].x1) / 2 for words in cells]]  # fmt: skip
    return any(max(place) - min(place) < SAME for place in places)


def _pictured(sheet: Sheet, family: Sequence[RuledLine]) -> bool:
    """Whether a picture stands between rules."""
    return any(
        image.top < family[-1].y and image.bottom > family[0].y and _overlap(image, family[0]) > 0
        for image in sheet.images
    )


def votes(sheet: Sheet) -> int:
    """How many captions of a sheet have rules nearer above them than below them, less those the other way round."""
    total = 0
    for caption in (line for line in sheet.lines if label_of(line)):
        block = caption_lines(sheet, caption)
        near = [rule for rule in sheet.rules if rule.horizontal and rule.length > 60 and _overlap(rule, caption) > 0]
        over = [caption.top - rule.y for rule in near if rule.y < caption.top + 2]
        under = [rule.y - max(x.bottom for x in block) for rule in near if rule.y > caption.bottom - 2]
        up, down = min(over, default=1e3), min(under, default=1e3)
        total += (up < REACH and up < down - 4) - (down < REACH and down < up)
    return total


def _choose(sheet: Sheet, caption: TextLine, captions: Sequence[TextLine], above: bool | None) -> Region | None:
    ways = (_over, _under) if above else (_under, _over)
    for way in ways:
        region = way(sheet, caption, captions)
        if region is not None:
            return region
    return _beside(sheet, caption, captions) or _unruled(sheet, caption, captions)


def caption_lines(sheet: Sheet, first: TextLine) -> list[TextLine]:
    """The lines of a caption: those right below its first, in its size, down to a rule or a gap."""
    found = [first]
    for line in sorted(sheet.lines, key=lambda line: line.baseline):
        last = found[-1]
        step = line.baseline - last.baseline
        beside = abs(step) < 0.3 * first.size and line is not first and 0 <= line.x0 - last.x1 < 3 * first.size
        below = 0.5 * first.size < step < 1.6 * first.size and _overlap(line, first) > 0
        if not (beside or below) or abs(line.size - first.size) > 0.1 * first.size:
            continue
        ruled = any(
            last.baseline < r.y < line.baseline - 0.3 * line.size and _overlap(r, line) > 0
            for r in sheet.rules
            if r.horizontal
        )
        if ruled or label_of(line) or (below and line.x0 > first.x0 + 4 * first.size):
            continue
        if below and line.bold and not last.words[-1].bold:
            break
        if below and _among_cells(sheet, line, first):
            break
        found.append(line)
    return found


def _among_cells(sheet: Sheet, line: TextLine, caption: TextLine) -> bool:
    """Whether a line is the first of a row of cells: three or more short lines side by side, two under the caption."""
    beside = [other for other in sheet.lines if abs(other.baseline - line.baseline) < 0.3 * line.size]
    below = sum(_overlap(other, caption) > 0 for other in beside)
    return (
        len(beside) > 2
        and below > 1
        and all(other.x1 - other.x0 < NARROW_CELL * sheet.frame.across for other in beside)
    )


def _under(sheet: Sheet, caption: TextLine, captions: Sequence[TextLine]) -> Region | None:
    """The table below a caption: from the first rule to the last one of its width."""
    block = caption_lines(sheet, caption)
    start = max(line.bottom for line in block)
    limit = min((c.top for c in captions if c.top > start and _overlap(c, caption) > 0), default=sheet.frame.down)
    near = sorted(
        (r for r in sheet.rules if r.horizontal and start - 6 < r.y < limit and r.length > 40), key=lambda rule: rule.y
    )
    first = next((rule for rule in near if _overlap(rule, caption) > 0), None)
    if first is None or first.y - start > REACH:
        return None
    return _between(sheet, caption, block, _family(sheet, [r for r in near if r.y >= first.y - 1]), limit)


def _over(sheet: Sheet, caption: TextLine, captions: Sequence[TextLine]) -> Region | None:
    """The table above a caption."""
    block = caption_lines(sheet, caption)
    limit = max((c.bottom for c in captions if c.bottom < caption.top and _overlap(c, caption) > 0), default=0.0)
    near = sorted(
        (r for r in sheet.rules if r.horizontal and limit < r.y < caption.top + 3 and r.length > 40),
        key=lambda rule: -rule.y,
    )
    last = next((rule for rule in near if _overlap(rule, caption) > 0), None)
    if last is None or caption.top - last.y > REACH:
        return None
    return _between(sheet, caption, block, _family(sheet, [r for r in near if r.y <= last.y + 1])[::-1], caption.top)


def _beside(sheet: Sheet, caption: TextLine, captions: Sequence[TextLine]) -> Region | None:
    """The table beside a caption in the margin: its first rule stands at the caption's height, clear of it."""
    block = caption_lines(sheet, caption)
    x0, top, x1, bottom = extent(block)
    if x1 - x0 > MARGIN * sheet.frame.across:
        return None
    near = sorted(
        (
            r
            for r in sheet.rules
            if r.horizontal and r.length > 100 and r.y > top - 12 and (r.x0 > x1 - 2 or r.x1 < x0 + 2)
        ),
        key=lambda rule: rule.y,
    )
    first = next((r for r in near if min(abs(r.x0 - x1), abs(r.x1 - x0)) < REACH), None)
    if first is None or first.y > bottom + 2:
        return None
    others = [c for c in captions if c is not caption and _overlap(c, first) > 0]
    if any(0 < first.y - c.bottom < REACH for c in others):
        return None
    limit = min((c.top for c in others if c.top > first.y), default=sheet.frame.down)
    return _between(sheet, caption, block, _family(sheet, [r for r in near if first.y - 1 <= r.y < limit]), limit)


def _family(sheet: Sheet, near: Sequence[RuledLine]) -> list[RuledLine]:
    """The rules that belong with the first: of its width, until prose or a figure's caption stands between two."""
    first = near[0]
    widest = next(
        (
            r
            for r in near[:4]
            if r.length > first.length + SAME and _overlap(r, first) > 0.9 * first.length and abs(r.y - first.y) < NEAR
        ),
        first,
    )
    family: list[RuledLine] = []
    for rule in near:
        if abs(rule.x0 - widest.x0) > SAME or abs(rule.x1 - widest.x1) > SAME:
            continue
        if family and _prose_between(sheet, family[-1], rule):
            break
        family.append(rule)
    return family


def _prose_between(sheet: Sheet, a: RuledLine, b: RuledLine) -> bool:
    """Whether running text stands between two rules: lines that fill their width without a gap, or a caption."""
    top, bottom = sorted((a.y, b.y))
    inside = [x for x in sheet.lines if top < (x.top + x.bottom) / 2 < bottom and _overlap(x, a) > 0]
    if any(FIGURE.match(line.text) for line in inside):
        return True
    full = 0
    for row in printed_rows(inside):
        full = full + 1 if _is_prose(row, a.length, sheet.body_size) else 0
        if full > 3:
            return True
    return any(line.x0 < a.x0 - 30 or line.x1 > a.x1 + 30 for line in inside)


def _is_prose(row: PrintedRow, width: float, body_size: float) -> bool:
    """Whether a row reads as running text: long runs of words that fill most of a width, in the size of the text."""
    parts = runs(row)
    longest = max(len(part) for part in parts)
    covered = sum(part[-1].x1 - part[0].x0 for part in parts) / width
    if abs(row.words[0].size - body_size) < 0.04 * body_size:
        return longest > 4 and covered > (0.5 if len(parts) == 1 and longest > 6 else 0.75)
    return longest > 8 and covered > 0.75 and len(parts) == 1


def _between(
    sheet: Sheet, caption: TextLine | None, block: list[TextLine], family: Sequence[RuledLine], limit: float
) -> Region | None:
    """The table between the first and the last rule of a family."""
    if len(family) < 2:
        return None
    if caption is not None:
        family = _with_first_column(sheet, caption, family)
    x0, x1 = min(r.x0 for r in family), max(r.x1 for r in family)
    top, bottom = family[0].y, family[-1].y
    skip = {id(line) for line in block}
    body = [
        line
        for line in sheet.lines
        if id(line) not in skip
        and top - 2 < (line.top + line.bottom) / 2 < bottom + 1
        and line.x0 > x0 - 8
        and line.x1 < x1 + 8
    ]
    body, notes = _trailing_notes(body, [r.y for r in family])
    if not notes:
        body, notes = _last_notes(body)
    if len(body) < 2:
        return None
    over = _open_head(sheet, family, block, skip)
    if over:
        body = [*over, *body]
        top = min(line.top for line in over) - 1
    more = [] if notes else _open_end(sheet, family, body, skip, limit)
    rules = [r for r in sheet.rules if _inside(r, (x0 - 4, top - 2, x1 + 4, bottom + 2))]
    last = family[-1]
    if more:
        body = [*body, *more]
        bottom = max(line.bottom for line in more)
        last = RuledLine(x0, bottom, x1, bottom)
    box = x0, top, x1, bottom
    below = _notes(sheet, last, body, skip | {id(line) for line in more}, limit) if limit > bottom + 5 else []
    label = label_of(caption) if caption else None
    strips = [strip for strip in sheet.boxes if _inside(strip, (x0 - 4, top - 2, x1 + 4, bottom + 2))]
    striped = len(strips) >= STRIPES and not _shade_labels(strips, body)
    return Region(label or "", block, box, rules, body, [*notes, *below], striped=striped)


def _with_first_column(sheet: Sheet, caption: TextLine, family: Sequence[RuledLine]) -> Sequence[RuledLine]:
    """The edges of shaded rows, longer by a first column that is not shaded with them.

    Cells that are merged over several rows and shaded as one make such; they begin where the caption does.
    """
    top, bottom, x0 = family[0].y, family[-1].y, min(rule.x0 for rule in family)
    if not any(abs(strip.top - top) < 1 for strip in sheet.boxes) or x0 - caption.x0 < 2 * caption.size:
        return family
    beside = [
        line for line in sheet.lines
        if top < (line.top + line.bottom) / 2 < bottom and caption.x0 - 8 < line.x0 and line.x1 < x0 + 4
    ]  # fmt: skip
    if len(beside) < 2 or max(line.x1 - line.x0 for line in beside) > NARROW_CELL * sheet.frame.across:
        return family
    left = min(*(line.x0 for line in beside), caption.x0)
    return [RuledLine(left, rule.top, rule.x1, rule.bottom) if rule.x0 < x0 + SAME else rule for rule in family]


def _shade_labels(strips: Sequence[RuledLine], body: Sequence[TextLine]) -> bool:
    """Whether the shades, except for a heading's, set off labels of row groups: each holds one printed run of words."""
    shaded = [
        printed_rows([line for line in body if strip.top < (line.top + line.bottom) / 2 < strip.bottom])
        for strip in sorted(strips, key=lambda strip: strip.top)
    ]
    single = [len(rows) == 1 and len(runs(rows[0])) == 1 for rows in shaded]
    return len(single) > 1 and all(single[1:])


def _open_head(sheet: Sheet, family: Sequence[RuledLine], block: Sequence[TextLine], skip: set[int]) -> list[TextLine]:
    """The heading rows over a table's first rule or shade, between it and the caption.

    Over a rule they are told by being set in bold, or by cells that begin where those below the rule do.
    """
    top = family[0].y
    if not block:
        return []
    shaded = any(abs(strip.top - top) < 1 for strip in sheet.boxes)
    start, x0, x1 = max(line.bottom for line in block), family[0].x0, family[0].x1
    if start > top:  # the caption stands below
        start = _gap_above(sheet, family[0])
    over = [
        line for line in sheet.lines
        if start - 1 < (line.top + line.bottom) / 2 < top + 1
        and id(line) not in skip and min(line.x1, x1) > max(line.x0, x0)
    ]  # fmt: skip
    rows = printed_rows(over)
    if not rows or len(rows) > MOST_HEADER_ROWS or top - rows[-1].bottom > rows[-1].words[0].size:
        return []
    inside = all(row.words[0].x0 > x0 - 8 and row.words[-1].x1 < x1 + 8 for row in rows)
    bold = all(line.bold for line in over) and any(len(runs(row)) > 2 for row in rows)
    if not shaded and not bold and not _stand_over(rows, sheet, family):
        return []
    return over if inside and any(len(runs(row)) > 1 for row in rows) else []


def _gap_above(sheet: Sheet, rule: RuledLine) -> float:
    """The height of the white above the lines that stand right over a rule: a heading stands clear of running text."""
    lines = [x for x in sheet.lines if x.bottom < rule.y + 1 and min(x.x1, rule.x1) > max(x.x0, rule.x0)]
    edge = rule.y
    for row in reversed(printed_rows(lines)[-MOST_HEADER_ROWS:]):
        if edge - row.bottom > row.words[0].size:
            break
        edge = row.top
    return edge - 1


def _stand_over(rows: Sequence[PrintedRow], sheet: Sheet, family: Sequence[RuledLine]) -> bool:
    """Whether the cells over a table's first rule begin where those of the row below the rule do.

    Higher rows hold the beginnings of headings that are wrapped.
    """
    below = [x for x in sheet.lines if family[0].y < (x.top + x.bottom) / 2 < family[1].y]
    starts = _starts(printed_rows(below)[:1])
    return len(_starts(rows[-1:])) > 2 and _among(_starts(rows), starts)


def _starts(rows: Iterable[PrintedRow]) -> list[float]:
    """Where the cells of some rows begin."""
    return [part[0].x0 for row in rows for part in runs(row)]


def _among(some: Sequence[float], starts: Sequence[float]) -> bool:
    return all(min((abs(x - other) for other in starts), default=9.0) < 2 for x in some)


def _open_end(
    sheet: Sheet, family: Sequence[RuledLine], body: Sequence[TextLine], skip: set[int], limit: float
) -> list[TextLine]:
    """The lines below the last rule of a table that has none at its foot: rows that stand in its columns.

    A table that goes on over pages may be closed on its last one only; one of shaded rows may end with a plain one,
    and one with rules between its rows alone with a row below the last.
    """
    bottom, size = family[-1].y, median(line.size for line in body)
    shaded = any(abs(strip.bottom - bottom) < 1 for strip in sheet.boxes)
    heads = printed_rows(body)
    between = len(family) > MOST_HEADER_ROWS and len(heads) < 2 * len(family)
    if not shaded and not between and len(heads) > MOST_HEADER_ROWS:
        return []
    x0, x1 = min(rule.x0 for rule in family), max(rule.x1 for rule in family)
    below = [
        x for x in sheet.lines
        if bottom - 1 < (x.top + x.bottom) / 2 < limit and id(x) not in skip and min(x.x1, x1) > max(x.x0, x0)
    ]  # fmt: skip
    rows: list[PrintedRow] = []
    for row in printed_rows(below):
        far = row.top - bottom > (1.8 if rows else 2.5) * size
        if far or not (_in_columns(row, rows, (x0, x1), sheet.body_size) or _flush(row, [*heads, *rows], x1)):
            break
        rows.append(row)
        bottom = row.bottom
    if between and not shaded:
        own = _starts(rows)
        if not (len(rows) == 1 and len(own) > 2 and _among(own, _starts(heads))):
            return []
    elif sum(len(runs(row)) > 1 for row in rows) < (1 if shaded else 3):
        return []
    words = {id(word) for row in rows for word in row.words}
    return [line for line in below if id(line.words[0]) in words]


def _in_columns(row: PrintedRow, above: Sequence[PrintedRow], within: tuple[float, float], body_size: float) -> bool:
    """Whether a row can be a table's: within its extent, split into cells, or a short wrapped part of one."""
    x0, x1 = within
    if row.words[0].x0 < x0 - 8 or row.words[-1].x1 > x1 + 8 or _is_prose(row, x1 - x0, body_size):
        return False
    if len(runs(row)) > 1:
        return True
    return bool(above) and row.words[-1].x1 - row.words[0].x0 < 0.4 * (x1 - x0)


def _flush(row: PrintedRow, above: Sequence[PrintedRow], right: float) -> bool:
    """Whether a row is a further line of a cell: all of it stands in an inner column of the rows above."""
    starts = [part[0].x0 for other in above for part in runs(other)[1:]]
    inside = row.words[-1].x1 < right + 8
    return inside and len(runs(row)) == 1 and sum(abs(row.words[0].x0 - x) < SAME for x in starts) > 1


def _trailing_notes(body: list[TextLine], dividers: Sequence[float]) -> tuple[list[TextLine], list[TextLine]]:
    """Part the notes that stand within the box, under its last but one rule, from the table's lines."""
    if not body or len(dividers) < 4:
        return body, []
    low = [line for line in body if line.top > dividers[-2] - 1]
    size = median(line.size for line in body)
    rows = table_rows(low)
    single = all(
        max((q.x0 - p.x1 for p, q in zip(row.words, row.words[1:], strict=False)), default=0.0) < row.words[0].size
        for row in rows
    )
    small = all(line.size < 0.97 * size for line in low)
    long = any(
        row.words[-1].x1 - row.words[0].x0 > 0.45 * (max(x.x1 for x in body) - min(x.x0 for x in body)) for row in rows
    )
    if low and len(low) < len(body) and single and (small or long):
        kept = {id(line) for line in low}
        return [line for line in body if id(line) not in kept], low
    return body, []


def _last_notes(body: list[TextLine]) -> tuple[list[TextLine], list[TextLine]]:
    """Take the last rows of a table that are one run of words and explain it ("ND: not detected") for notes."""
    rows = printed_rows(body)
    start = len(rows)
    while start and len(runs(rows[start - 1])) == 1:
        start -= 1
    while start < len(rows) and not NOTE.match(" ".join(word.text for word in rows[start].words)):
        start += 1
    if start == len(rows) or start < 3:
        return body, []
    words = {id(word) for row in rows[start:] for word in row.words}
    notes = [line for line in body if id(line.words[0]) in words]
    return [line for line in body if id(line.words[0]) not in words], notes


def _notes(sheet: Sheet, last: RuledLine, body: Sequence[TextLine], skip: set[int], limit: float) -> list[TextLine]:
    """The lines of small type right below a table."""
    size = median(line.size for line in body)
    found: list[TextLine] = []
    bottom = last.y
    below = sorted(
        (x for x in sheet.lines if last.y - 2 < x.top < limit and _overlap(x, last) > 0 and id(x) not in skip),
        key=lambda x: x.top,
    )
    for line in below:
        near = line.top - bottom < (1.6 if not found else 0.75) * size
        if not near or line.size > size * 1.04 or label_of(line) or FIGURE.match(line.text):
            break
        if line.x0 < last.x0 - 8 or line.x1 > last.x1 + 24:
            break
        found.append(line)
        bottom = max(bottom, line.bottom)
    return found


def _unruled(sheet: Sheet, caption: TextLine, captions: Sequence[TextLine]) -> Region | None:
    """The table below or above a caption where no rules tell its extent: the lines that stand in columns."""
    block = caption_lines(sheet, caption)
    skip = {id(line) for line in block}
    _, top, _, bottom = extent(block)
    left, right = _text_column(sheet, block)
    lines = [x for x in sheet.lines if id(x) not in skip and x.x0 > left - 8 and x.x1 < right + 8]
    end = min((c.top for c in captions if c.top > bottom), default=sheet.frame.down)
    start = max((c.bottom for c in captions if c.bottom < top), default=0.0)
    below = [x for x in lines if bottom - 2 < x.top < end]
    above = [x for x in lines if start < x.bottom < top + 2]
    for near, upwards in ((below, False), (above, True)):
        body = _lines_in_columns(near, upwards, (top if upwards else bottom), caption.size)
        if body:
            return Region(label_of(caption) or "", block, extent(body), [], body, [])
    return None


def _text_column(sheet: Sheet, block: Sequence[TextLine]) -> tuple[float, float]:
    """The extent of the column of running text in which a caption stands; the page's where no text tells.

    Lines in the size of the text tell, and so do the nearest long ones above and below the caption: on a page of
    references the text is of another size.
    """
    x0, top, x1, bottom = extent(block)
    skip = {id(line) for line in block}
    full = [x for x in sheet.lines if x.x0 < x0 + 12 and x.x1 > x1 - 12 and id(x) not in skip]
    long = [x for x in full if len(x.words) > 5 and x.x1 - x.x0 > 0.3 * sheet.frame.across]
    near = [
        max((x for x in long if x.bottom < top + 1), key=lambda x: x.bottom, default=None),
        min((x for x in long if x.top > bottom - 1), key=lambda x: x.top, default=None),
    ]
    sized = [x for x in long if abs(x.size - sheet.body_size) < 0.1 * x.size]
    prose = [*sized, *(x for x in near if x is not None and x.size < MOST_TEXT * block[0].size)]
    if not prose:
        return 0.0, sheet.frame.across
    return min(x.x0 for x in prose), max(x.x1 for x in prose)


def _lines_in_columns(near: Sequence[TextLine], upwards: bool, start: float, size: float) -> list[TextLine]:
    """The lines next to a caption that stand in columns, up to running text or a gap; none if they make no table."""
    rows = table_rows(near)
    wide = max((x.x1 for x in near), default=0.0) - min((x.x0 for x in near), default=0.0)
    kept: list[PrintedRow] = []
    edge = start
    for row in reversed(rows) if upwards else rows:
        parted = sum(q.x0 - p.x1 > 0.8 * p.size for p, q in zip(row.words, row.words[1:], strict=False))
        long = len(row.words) > 6 or row.words[-1].x1 - row.words[0].x0 > 0.6 * wide
        gap = edge - row.bottom if upwards else row.top - edge
        if gap > 2.5 * size or (not parted and (upwards or len(kept) > 1) and long):
            break
        kept.append(row)
        edge = row.top if upwards else row.bottom
    if upwards:
        kept.reverse()
        while kept and len(runs(kept[0])) == 1:  # the end of a paragraph
            kept.pop(0)
    inner: list[Gutter] = gutters(kept) if len(kept) > 2 else []
    if not inner or sum(len(runs(row)) > 1 for row in kept) < 3:
        return []
    words = {id(word) for row in kept for word in row.words}
    return [line for line in near if id(line.words[0]) in words]


def _overlap(a: TextLine | RuledLine, b: TextLine | RuledLine) -> float:
    return min(a.x1, b.x1) - max(a.x0, b.x0)


def _inside(rule: RuledLine, box: tuple[float, float, float, float]) -> bool:
    x0, top, x1, bottom = box
    return rule.x0 > x0 - 3 and rule.x1 < x1 + 3 and rule.top > top - 3 and rule.bottom < bottom + 3
