"""Tables written as lines of text: cells set apart by tabs, or by upright bars."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

PIPED = re.compile(r"\s*\|.*\|\s*$|[^|]*\S[^|]*\|[^|]*\|")
DELIMITER = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")
ESCAPED_BAR = re.compile(r"(?<!\\)\|")
FEWEST_ROWS, FEWEST_COLUMNS = 2, 2
Rows = list[list[str]]


def find_tables(lines: Sequence[str]) -> list[tuple[int, int, Rows]]:
    """The tables among lines: where each begins and ends, and its rows of cells.

    Lines belong to one table as long as each holds a tab between cells, or bars, and the number of cells stays: all but
    the last cells of a row may be missing where they are blank.
    """
    found = []
    at = 0
    while at < len(lines):
        for test, cut in ((_is_tabbed, _by_tabs), (_is_piped, _by_bars)):
            end = at
            while end < len(lines) and test(lines[end]):
                end += 1
            rows = _rows(lines[at:end], cut) if cut is _by_tabs or _is_framed(lines[at:end]) else None
            if rows:
                found.append((at, end, rows))
                break
            end = at
        at = max(end, at + 1)
    return found


def _is_tabbed(line: str) -> bool:
    first, tab, rest = line.rstrip().partition("\t")  # an expression would take the square of a long word's length
    return bool(tab and (first.strip() or "\t" in rest))


def _is_piped(line: str) -> bool:
    return line.count("|") >= 2 and PIPED.match(line) is not None


def _is_framed(lines: Sequence[str]) -> bool:
    """Whether lines with bars are a table's: bars at both ends of each, or a row of dashes (prose has bars, too)."""
    framed = all(line.strip().startswith("|") and line.strip().endswith("|") for line in lines)
    return framed or any(DELIMITER.fullmatch(line) and "|" in line for line in lines)


def _by_tabs(line: str) -> list[str]:
    return [cell.strip() for cell in line.rstrip("\n\r ").split("\t")]


def _by_bars(line: str) -> list[str]:
    cells = [cell.replace("\\|", "|").strip() for cell in ESCAPED_BAR.split(line.strip())]
    if cells and not cells[0]:
        cells = cells[1:]
    return cells[:-1] if cells and not cells[-1] else cells


def _rows(lines: Sequence[str], cut: Callable[[str], list[str]]) -> Rows | None:
    """The rows that lines make; None where they are no table: too few, or of many widths."""
    rows = [cut(line) for line in lines if not DELIMITER.fullmatch(line)]
    if len(rows) < FEWEST_ROWS:
        return None
    width = max(map(len, rows))
    usual = sum(len(row) >= width - 1 for row in rows)
    if width < FEWEST_COLUMNS or usual * 2 < len(rows):
        return None
    return [row + [""] * (width - len(row)) for row in rows]


def html_table(rows: Rows, render: Callable[[str], str]) -> str:
    """Rows as an HTML table on one line; ``render`` makes HTML of a cell's text."""
    lines = ("<tr>" + "".join(f"<td>{render(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>{''.join(lines)}</table>".replace("\n", " ")


def outside_fences(lines: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    """Runs of lines, each with whether it is outside of fenced code."""
    run: list[str] = []
    fence = ""
    for line in lines:
        mark = re.match(r" {0,3}(`{3,}|~{3,})", line)
        if not fence and mark:
            if run:
                yield True, run
            run, fence = [line], mark[1]
        elif fence and line.strip().startswith(fence):
            yield False, [*run, line]
            run, fence = [], ""
        else:
            run.append(line)
    if run:
        yield not fence, run
