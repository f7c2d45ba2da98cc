"""A table that may have been read wrongly says so, and a plain one does not."""

from __future__ import annotations

from pipeline.readers.pdf.doubts import doubts
from pipeline.readers.pdf.regions import GridCell, Region
from pipeline.readers.pdf.values import RuledLine, Word


def table(rows: list[list[str]], spans: dict[tuple[int, int], int] | None = None, rules: bool = True) -> Region:
    cells = []
    for row, line in enumerate(rows):
        for col, text in enumerate(line):
            words = [
                Word(part, [0.0] * (len(part) + 1), " " * len(part), 0, 9, "F", False, False, 0, 1)
                for part in text.split()
            ]
            cells.append(GridCell(row, col, 1, (spans or {}).get((row, col), 1), [words] if words else []))
    lines = [RuledLine(0, y, 100, y) for y in (0.0, 10.0, 50.0)] if rules else []
    return Region("Table 1", [], (0, 0, 100, 50), lines, [], [], cells, 1)


PLAIN = [["Cell", "Size", "Charge"], ["4T1", "120 ± 5", "−21"], ["", "110", "−19"], ["HeLa", "95", ""]]


def test_a_plain_table_is_not_doubted():
    assert doubts(table(PLAIN)) == []


def test_a_first_row_without_its_label_is_doubted():
    (stated,) = doubts(table([PLAIN[0], ["", "118", "−20"], *PLAIN[1:]]))
    assert "labels" in stated


def test_two_values_in_one_cell_are_doubted_but_a_spread_is_not():
    fused = [PLAIN[0], ["4T1", "53.0 ± 0.3 47.2 ± 0.5", ""]]
    assert doubts(table(fused, {(1, 1): 2})) == ["values of several columns stand in one cell"]
    assert doubts(table([PLAIN[0], ["4T1", "53.0 ± 0.3", ""]], {(1, 1): 2})) == []


def test_lost_headings_and_a_missing_frame_are_doubted():
    assert doubts(table([["Cell", "", "", ""], ["4T1", "1", "2", "3"]])) == ["most columns have no heading"]
    assert doubts(table(PLAIN, rules=False)) == ["no rules or shades tell where it ends"]
