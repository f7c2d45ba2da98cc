"""Tables of marked-up texts: what their captions and notes are, which rows are headings, what a converter spoilt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.readers.notes import SYMBOLS, table_notes, unmarked
from pipeline.readers.printed_text import PrintedText, script_runs
from pipeline.readers.structured.items import FlowItem, Grid, joined, one_line
from pipeline.readers.writing import CellDraft, TableDraft

LABEL = re.compile(
    r"((?:supplementary|supporting|extended\s+data)\s+)?(?:table|tab\.)\s*(?:s\s?)?(?:\d{1,2}[a-z]?|[ivx]{1,5}|[a-z]\d{1,2})\b",
    re.IGNORECASE,
)
FIGURE = re.compile(
    r"(?:(?:supplementary|extended\s+data)\s+)?(?:fig(?:ure|\.)?|scheme|chart|box|plate|graphical\s+abstract)\s*\.?\s*"
    r"(?:s?\d{1,2}[a-z]?\b|[ivx]{1,4}\b|[:.])",
    re.IGNORECASE,
)
AFTER_LABEL = re.compile(r"\s*(?:[.:|\u2013\u2014)-]|[A-Z\"(\[]|$|[a-z]\))")
WORD = re.compile(r"[^\W\d_]{2,}")
NOTE = re.compile(rf"(?:notes?|abbreviations?|footnotes?|legend|key)\b\s*[:.\u2013-]|[{SYMBOLS}]+\s*\S", re.IGNORECASE)
ABBREVIATION = re.compile(r"\s*([^\W_][\w+-]*)\s*[:=]")
ALONE = re.compile(rf"(?:Table\s+)?([a-z]{{1,2}}|[{SYMBOLS}]{{1,3}})[.)]?")
"""The marker of a note in a paragraph of its own."""
MOST_NOTES = 3


def is_table_caption(text: str) -> bool:
    """Whether a paragraph is a table's caption, not a sentence about one."""
    found = LABEL.match(text)
    return found is not None and AFTER_LABEL.match(text, found.end()) is not None


def is_figure_caption(text: str) -> bool:
    """Whether a paragraph is the caption of a figure or scheme."""
    found = FIGURE.match(text)
    return found is not None and AFTER_LABEL.match(text, found.end()) is not None


def mark_captions(items: Sequence[FlowItem]) -> None:
    """Give the captions of tables and figures their role."""
    for item in items:
        free = item.kind in ("paragraph", "heading", "list_item") and item.role is None
        if free and (is_table_caption(item.text) or is_figure_caption(item.text)):
            item.kind, item.role = "paragraph", "caption"


def join_labels(items: Sequence[FlowItem]) -> list[FlowItem]:
    """A figure's label that stands by itself, and its caption, as one."""
    found: list[FlowItem] = []
    for item in items:
        last = next((one for one in reversed(found) if one.kind != "image"), None)
        bare = last is not None and last.role == "caption" and not FIGURE.sub("", last.text, count=1).strip(" .:|")
        if bare and last is not None and item.kind == "paragraph" and item.role == "caption" and not _named(item.text):
            at = len(last.passage) + 1
            last.passage = joined(last.passage, item.passage)
            last.links.extend((at + a, at + b, to) for a, b, to in item.links)
            last.shown = last.shown or item.shown
        else:
            found.append(item)
    return found


def _named(text: str) -> bool:
    return is_figure_caption(text) or is_table_caption(text)


def attach(items: Sequence[FlowItem]) -> list[FlowItem]:
    """Give tables the captions and notes that stand beside them; returns the items in reading order.

    A caption stands above its table, or below where the document's first one does.
    """
    below = _captions_stand_below(items)
    result = list(items)
    for item in items:
        if item.kind != "table" or item.grid is None or item.grid.caption.text:
            continue
        at = next(i for i, other in enumerate(result) if other is item)
        near = _caption_below(result, at) if below else _caption_above(result, at)
        if not near:
            continue
        caption = near[0].passage
        for more in near[1:]:
            caption = joined(caption, more.passage)
        item.grid.caption = one_line(caption)
        result = [other for other in result if not any(other is used for used in near)]
    for item in items:
        if item.kind == "table" and item.grid is not None:
            _notes(result, item, item.grid)
    return result


def _captions_stand_below(items: Sequence[FlowItem]) -> bool:
    """Whether more tables have a caption only below them than only above."""
    votes = 0
    for at, item in enumerate(items):
        if item.kind == "table" and item.grid is not None and not item.grid.caption.text:
            votes += bool(_caption_below(items, at)) - bool(_caption_above(items, at))
    return votes > 0


def _caption_above(items: Sequence[FlowItem], at: int) -> list[FlowItem]:
    before = [item for item in items[max(0, at - 4) : at] if item.kind != "image"]
    if before and _labelled(before[-1]):
        return before[-1:]
    if len(before) > 1 and _labelled(before[-2]) and before[-1].kind in ("paragraph", "heading"):
        label = LABEL.match(before[-2].text)
        bare = label is not None and not before[-2].text[label.end() :].strip(" .:")
        return before[-2:] if bare and before[-1].role in (None, "caption") and len(before[-1].text) < 400 else []
    return []


def _caption_below(items: Sequence[FlowItem], at: int) -> list[FlowItem]:
    after = [item for item in items[at + 1 : at + 4] if item.kind != "image"]
    return after[:1] if after and _labelled(after[0]) else []


def _labelled(item: FlowItem) -> bool:
    return item.role == "caption" and is_table_caption(item.text)


def _notes(items: list[FlowItem], item: FlowItem, grid: Grid) -> None:
    """Mark the paragraphs below a table that are its notes; a marker in a paragraph of its own opens the next one."""
    at = next(i for i, other in enumerate(items) if other is item)
    marker: FlowItem | None = None
    for number, after in enumerate([one for one in items[at + 1 :] if one.kind != "image"]):
        stated = after.role == "table_note"
        unsaid = not after.role and number < MOST_NOTES and _is_note(after.passage)
        if after.kind not in ("paragraph", "list_item") or not (stated or unsaid):
            return
        after.role = "table_note"
        alone = ALONE.fullmatch(after.text)
        if marker is not None:
            opened = ALONE.fullmatch(marker.text)
            sign = opened[1] if opened else ""
            after.passage = PrintedText(f"{sign} {after.text}", "^" * len(sign) + " " + after.passage.marks)
            after.links = [(a + len(sign) + 1, b + len(sign) + 1, to) for a, b, to in after.links]
            items[:] = [one for one in items if one is not marker]
        marker = after if alone else None
        if not alone:
            grid.notes.append(one_line(after.passage))


def _is_note(passage: PrintedText) -> bool:
    runs = script_runs(passage.marks)
    raised = bool(runs) and runs[0][0] == 0 and runs[0][2] == "^" and runs[0][1] <= 3 and len(passage) > runs[0][1]
    return raised or NOTE.match(passage.text) is not None


def draft(grid: Grid, position: int) -> TableDraft | None:
    """A table ready to be written; None where nothing is in it.

    Args:
        grid: the cells as their format gives them.
        position: the table's place among the document's, from 1: its label where no table has a caption; else 0.
    """
    _drop_blank(grid)
    if not any(cell.passage.text for cell in grid.cells):
        return None
    _drop_noise(grid)
    _merge_repeats(grid)
    _count_headings(grid)
    _merge_groups(grid)
    _mend_headings(grid)
    notes: dict[str, str] = {}
    for passage in grid.notes:
        for marker, stated in table_notes(passage).items():
            notes.setdefault(marker, stated)
    label = LABEL.match(grid.caption.text)
    cells = [_unmarked(cell, notes) for cell in grid.cells]
    name = grid.label or (label[0] if label else f"Table {position}" if position else "")
    return TableDraft(" ".join(name.split()), grid.caption.text, 1, grid.header_rows, cells, notes)


def _unmarked(cell: CellDraft, notes: Mapping[str, str]) -> CellDraft:
    """A cell without the markers of notes, also those that lost their raising."""
    passage, markers = unmarked(cell.passage, notes)
    for marker, stated in notes.items():
        name = ABBREVIATION.match(stated)
        if name and marker.isalpha() and len(marker) == 1 and marker not in markers:
            found = re.search(rf"(?<![\w-]){re.escape(name[1])}({marker})(?![\w])", passage.text)
            if found:
                passage = passage.without([found.span(1)])
                markers = (*markers, marker)
    if not markers:
        return cell
    return replace(cell, passage=passage, notes=markers, citations=())


def _drop_rows(grid: Grid, rows: set[int]) -> None:
    """Take whole rows out; cells that span them shrink."""
    kept = []
    for cell in grid.cells:
        own = [row for row in range(cell.row, cell.row + cell.row_span) if row not in rows]
        if own:
            shift = sum(row < own[0] for row in rows)
            kept.append(replace(cell, row=own[0] - shift, row_span=len(own)))
    grid.header_rows -= sum(row < grid.header_rows for row in rows)
    grid.cells = sorted(kept, key=lambda cell: (cell.row, cell.col))


def _drop_blank(grid: Grid) -> None:
    """Take out rows and columns in which nothing stands."""
    full = {row for c in grid.cells if c.passage.text for row in range(c.row, c.row + c.row_span)}
    if blank := set(range(grid.rows)) - full:
        _drop_rows(grid, blank)
    filled = {col for c in grid.cells if c.passage.text for col in range(c.col, c.col + c.col_span)}
    empty = set(range(grid.cols)) - filled
    if empty:
        kept = []
        for cell in grid.cells:
            own = [col for col in range(cell.col, cell.col + cell.col_span) if col not in empty]
            if own:
                kept.append(replace(cell, col=own[0] - sum(col < own[0] for col in empty), col_span=len(own)))
        grid.cells = kept


def _says(passage: PrintedText) -> bool:
    return WORD.search(passage.text) is not None


def _garbled(passage: PrintedText) -> bool:
    """Whether a heading says nothing: blank, or several scraps without a word ("n" and "%" are headings)."""
    return not passage.text or (len(passage.text.split()) > 1 and not _says(passage))


def _drop_noise(grid: Grid) -> None:
    """Take out first rows in which no cell has a word, above one where most have: a picture of the heading misread."""
    while grid.rows > 2:
        first, second = ([c for c in grid.cells if c.row == row and c.passage.text] for row in (0, 1))
        spanning = any(c.row_span > 1 for c in first)
        worded = sum(_says(c.passage) for c in second)
        if spanning or any(_says(c.passage) for c in first) or worded * 3 < len(second) * 2 or not first:
            return
        if any(c.passage.text.strip("%#\u2116 ").isdigit() and len(c.passage.text) == 4 for c in first):  # years
            return
        grid.noise.append("\t".join(c.passage.text for c in first))
        _drop_rows(grid, {0})


def _merge_repeats(grid: Grid) -> None:
    """Merge headings that a converter wrote out in each column they span; what stands below is a heading, too."""
    place = {(cell.row, cell.col): cell for cell in grid.cells}
    if grid.rows < 3 or any(cell.row_span > 1 or cell.col_span > 1 for cell in grid.cells):
        return
    first = [cell.passage.text if (cell := place.get((0, col))) else "" for col in range(grid.cols)]
    groups = [list(group) for text, group in groupby(range(grid.cols), key=lambda col: first[col]) if text]
    wide = [group for group in groups if len(group) > 1]
    second = [cell.passage.text if (cell := place.get((1, col))) else "" for col in range(grid.cols)]
    parts = [second[col] for group in wide for col in group]
    figures = any(char.isdigit() for text in second for char in text)
    if not wide or len(wide[0]) == grid.cols or figures or not all(parts) or len(set(parts)) < len(parts):
        return
    gone = {(0, col) for group in wide for col in group[1:]}
    for group in groups:
        cell = place[0, group[0]]
        cell.col_span = len(group)
        if len(group) == 1 and second[group[0]] in (first[group[0]], ""):
            cell.row_span = 2
            gone.add((1, group[0]))
    grid.cells = [cell for cell in grid.cells if (cell.row, cell.col) not in gone]
    grid.header_rows = 2


def _count_headings(grid: Grid) -> None:
    """Where the format does not say it: as many rows as the first row's deepest cell, at least one."""
    if grid.header_rows <= 0:
        first = [cell for cell in grid.cells if cell.row == 0]
        wide = any(1 < cell.col_span < grid.cols for cell in first)
        deep = max((cell.row_span for cell in first), default=1)
        grid.header_rows = deep if wide and 1 < deep < grid.rows and deep <= 3 else 1
    grid.header_rows = min(grid.header_rows, grid.rows)


def _merge_groups(grid: Grid) -> None:
    """In a format that cannot merge cells, blanks at a row's beginning stand for what is above them."""
    if any(cell.row_span > 1 or cell.col_span > 1 for cell in grid.cells):
        return
    place = {(cell.row, cell.col): cell for cell in grid.cells}
    above: dict[int, CellDraft] = {}
    for row in range(grid.header_rows, grid.rows):
        filled = [col for col in range(grid.cols) if (c := place.get((row, col))) and c.passage.text]
        if not filled or filled == [0]:
            above = {}
            continue
        for col in range(filled[0]):
            if col in above and (blank := place.get((row, col))) is not None:
                above[col].row_span += 1
                grid.cells = [cell for cell in grid.cells if cell is not blank]
        for col in range(filled[0], grid.cols):
            cell = place.get((row, col))
            if cell is not None and cell.passage.text:
                above[col] = cell
            else:
                above.pop(col, None)


def _mend_headings(grid: Grid) -> None:
    """A heading without a word, beside that of a column of merged cells, is the rest of a heading over both."""
    merged = {c.col for c in grid.cells if c.row >= grid.header_rows and c.row_span > 1}
    if grid.header_rows != 1:
        return
    row = {cell.col: cell for cell in grid.cells if cell.row == 0}
    for col in sorted(merged):
        left, right = row.get(col), row.get(col + 1)
        if left is None or right is None or left.col_span > 1 or not left.passage.text or not _garbled(right.passage):
            continue
        if right.passage.text:
            grid.noise.append(right.passage.text)
        left.col_span = 2
        grid.cells = [cell for cell in grid.cells if cell is not right]
