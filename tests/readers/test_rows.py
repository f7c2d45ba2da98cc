"""Which printed lines make a table's row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from pipeline.document import Document
from pipeline.readers.pdf.rows import rows_by_blocks
from pipeline.readers.pdf.values import Word

Typeset = Callable[[str], Document]
LONG = "Longer circulation than bare particles and lower uptake by the liver"
ROWS = [
    ["Coat", "Found", "Size (nm)"],
    ["red blood cells", "Infarct volume halved", "118"],
    ["macrophage and cancer cell hybrid membrane", LONG, "132 ± 28"],
    ["4T1", "Growth inhibited by 74 % in nude mice; little toxicity was seen", "96.5"],
    ["B16-F10", "Infarct volume halved", "104"],
]
RULES = {
    "three rules": "stroke: none, table.hline(), {head}, table.hline(), {body}, table.hline()",
    "grid": "stroke: 0.5pt, {head}, {body}",
    "stripes": "stroke: none, fill: (_, y) => if calc.even(y) {{ luma(225) }}, {head}, {body}",
    "shaded heading": "stroke: none, fill: (_, y) => if y == 0 {{ luma(210) }}, {head}, {body}, table.hline()",
}


def table(rows: Sequence[Sequence[str]], rules: str, align: str, inset: str) -> str:
    head = ", ".join(f"[*{cell}*]" for cell in rows[0])
    body = ", ".join(f"[{cell}]" for row in rows[1:] for cell in row)
    drawn = RULES[rules].format(head=head, body=body)
    shape = f"columns: (80pt, 110pt, 60pt), align: {align}, inset: (x: 4pt, y: {inset})"
    return f"#set par(justify: false)\n#table({shape}, {drawn})"


def grid(document: Document) -> list[list[str]]:
    (found,) = document.tables
    rows = [["" for _ in range(found.cols)] for _ in range(found.rows)]
    for cell in found.cells:
        rows[cell.row][cell.col] = cell.text
    return rows


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("align", ["left + top", "left + horizon", "center + horizon"])
@pytest.mark.parametrize("inset", ["3pt", "5pt"])
def test_wrapped_cells_are_whole_however_they_are_aligned(typeset: Typeset, rules: str, align: str, inset: str):
    document = typeset(f"*Table 1.* What was found.\n\n#text(size: 8pt)[{table(ROWS, rules, align, inset)}]")
    assert grid(document) == ROWS


def test_rows_as_close_as_wrapped_lines_are_told_by_what_would_have_fitted(typeset: Typeset):
    rows = [ROWS[0], ["4T1", "Infarct halved", "118"], ["RAW 264.7", LONG, "120"], ["HeLa", "Infarct halved", "96"]]
    document = typeset(f"*Table 1.* Found.\n\n#text(size: 8pt)[{table(rows, 'three rules', 'left + top', '0.33em')}]")
    assert grid(document) == rows


def test_a_table_without_rules_may_stand_above_its_caption(typeset: Typeset):
    cells = ", ".join(f"[{cell}]" for row in ROWS for cell in row)
    stated = "Particles were coated by extrusion through membranes, and their size was measured before and after. " * 4
    shape = "columns: (80pt, 110pt, 60pt), stroke: none, inset: 5pt"
    body = (
        f"#set text(size: 8pt)\n#set par(justify: false)\n#table({shape}, {cells})\n*Table 1.* Particles and results."
    )
    document = typeset(f"{stated}\n\n#block(breakable: false)[{body}]\n\n{stated}")
    assert grid(document) == ROWS


def words(text: str, x: float, y: float) -> list[Word]:
    found = []
    for part in text.split():
        found.append(
            Word(
                part,
                [x + 4.0 * n for n in range(len(part) + 1)],
                " " * len(part),
                y,
                8,
                "F",
                False,
                False,
                y - 6,
                y + 2,
            )
        )
        x += 4.0 * len(part) + 3
    return found


def stated(rows: list[dict[tuple[int, int], list[list[Word]]]] | None) -> list[list[str]]:
    assert rows is not None
    return [[" ".join(w.text for line in row[key] for w in line) for key in sorted(row)] for row in rows]


def test_values_do_not_wrap():
    lines = [("platelets", "1.5"), ("plasma", "2.5"), ("serum of mice", "3.5")]
    printed = [{(0, 0): words(a, 0, 10.0 * n), (1, 1): words(b, 90, 10.0 * n)} for n, (a, b) in enumerate(lines)]
    assert stated(rows_by_blocks(printed)) == [list(line) for line in lines]


def test_cells_over_several_columns_are_left_to_distances():
    assert (
        rows_by_blocks([{(0, 1): words("all", 0, 0)}, {(0, 0): words("a", 0, 10), (1, 1): words("b", 90, 10)}]) is None
    )


def test_dashes_with_text_between_them_do_not_tell_how_far_rows_are_apart() -> None:
    lines = [("Core", "–", "gold"), ("Cargo", "zinc", "–"), ("Dose", "iron", "zinc"), ("Route", "–", "–")]
    printed = [
        {(col, col): words(text, 90 * col, 10 * row) for col, text in enumerate(line)} for row, line in enumerate(lines)
    ]
    assert stated(rows_by_blocks(printed)) == [list(line) for line in lines]


def test_a_cell_centred_on_the_rows_of_a_label_is_one_cell_over_them():
    def lines(first: float, second: float) -> list[dict[tuple[int, int], list[Word]]]:
        rows = [("S 01 44", "leaves", "0.7"), ("W 51 27", "branches", "0.1")]
        printed = [
            {(n, n): words(cell, 90.0 * n, 11.0 * y) for n, cell in enumerate(row, 1)} for y, row in enumerate(rows)
        ]
        printed[0][0, 0] = words("O. caudata", 0, 6.2)
        printed[0][4, 4], printed[1][4, 4] = words("MG", 360, first), words("216263", 360, second)
        return printed

    rows = stated(rows_by_blocks(lines(0.9, 11.7)))
    assert [row[-1] for row in rows] == ["MG 216263", ""]
    rows = stated(rows_by_blocks(lines(0.0, 11.0)))
    assert [row[-1] for row in rows] == ["MG", "216263"]
