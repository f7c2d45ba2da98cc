"""Tables drawn in the ways of word processors and journals that no typesetting program of the tests has."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.document import Document, Table
from pipeline.readers import read
from tests.readers.rawpdf import HEIGHT, bar, prose, rule, words, write

HEAD = ["Cell line", "Core", "Drug", "Size (nm)"]
ROWS = [["4T1", "PLGA", "none", "110"], ["HeLa", "silica", "sorafenib", "125"], ["B16", "gold", "none", "92"]]
SAID = [
    "Particles were coated by extrusion through membranes, and their size was measured in",
    "water before and after.",
]
LEFT, STEP, DEEP = 50, 85, 16


def grid(table: Table) -> list[list[str]]:
    rows = [["" for _ in range(table.cols)] for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = cell.text
    return rows


def cells(rows: Sequence[Sequence[str]], top: float, left: float = LEFT, size: float = 9) -> str:
    return "".join(
        words(left + STEP * col, top + 12 + DEEP * row, cell, size)
        for row, line in enumerate(rows)
        for col, cell in enumerate(line)
    )


def wide(y: float, left: float = LEFT) -> str:
    return rule(left - 4, left + 4 * STEP, y)


def of_page(path: Path, *pages: str) -> Document:
    return read(write(path / "page.pdf", pages))


CAPTION = words(LEFT - 4, 90, "Table 1. Particles with membranes of cancer cells.", 9, "B")
TOP = 100
END = prose(LEFT, 300, SAID)


def test_a_row_s_borders_drawn_as_one_path(tmp_path: Path):
    borders = ""
    for row in range(len(ROWS) + 1):
        y, sides = TOP + DEEP * row, [LEFT - 4 + STEP * col for col in range(5)]
        borders += "".join(bar(x, y, x + 0.5, y + DEEP) for x in sides)
        borders += "".join(bar(a, y + d, b, y + d + 0.5) for a, b in pairwise(sides) for d in (0, DEEP)) + "f\n"
    (table,) = of_page(tmp_path, CAPTION + borders + cells([HEAD, *ROWS], TOP) + END).tables
    assert grid(table) == [HEAD, *ROWS]


def test_a_caption_beside_its_table(tmp_path: Path):
    left = 140
    caption = prose(20, 110, ["Table 4 Particles", "coated with the", "membranes of cells", "and their sizes"], 8, 10)
    rows = [HEAD[:3], *([first, *rest[:2]] for first, *rest in ROWS)]
    page = prose(20, 60, SAID) + caption + wide(TOP, left) + cells(rows, TOP, left) + wide(TOP + DEEP, left)
    (table,) = of_page(tmp_path, page + wide(TOP + DEEP * 4, left) + END).tables
    assert grid(table) == rows
    assert table.caption == "Table 4 Particles coated with the membranes of cells and their sizes"


def test_a_caption_with_spaced_letters(tmp_path: Path):
    caption = words(LEFT - 4, 90, "T A B L E  1   Particles with membranes", 9, "B")
    page = caption + wide(TOP) + cells([HEAD, *ROWS], TOP) + wide(TOP + DEEP) + wide(TOP + DEEP * 4) + END
    (table,) = of_page(tmp_path, page).tables
    assert (table.label, table.caption) == ("Table 1", "TABLE 1 Particles with membranes")
    assert grid(table) == [HEAD, *ROWS]


def shade(y: float, level: float) -> str:
    return f"{level} g\n" + bar(LEFT - 4, y, LEFT + 4 * STEP, y + DEEP) + "f\n0 g\n"


def test_shaded_rows_without_rules_end_with_a_plain_one(tmp_path: Path):
    strips = shade(TOP, 0.8) + shade(TOP + 2 * DEEP, 0.93)
    (table,) = of_page(tmp_path, CAPTION + strips + cells([HEAD, *ROWS], TOP) + END).tables
    assert grid(table) == [HEAD, *ROWS]
    assert table.caption == "Table 1. Particles with membranes of cancer cells."


def test_a_dark_head_and_dots_between_the_rows(tmp_path: Path):
    dots = "".join(words(LEFT - 4, TOP + 15 + DEEP * row, ". " * 68, 9) for row in (1, 2, 3))
    head = "1 g\n" + cells([HEAD], TOP) + "0 g\n"
    document = of_page(tmp_path, CAPTION + shade(TOP, 0) + head + cells(ROWS, TOP + DEEP) + dots + END)
    (table,) = document.tables
    assert grid(table) == [HEAD, *ROWS]


def test_a_table_over_pages_is_closed_on_the_last_one_only(tmp_path: Path):
    many = [[f"line {n}", "PLGA", "none", str(100 + n)] for n in range(60)]
    pages = []
    for start in (0, 20, 40):
        told = "Table 1. Particles with membranes of cancer cells" + (" (Continued)" if start else "")
        page = words(LEFT, 30, "J. Part. 2020, 17") + words(LEFT - 4, 90, told, 9, "B") + wide(TOP) + wide(TOP + DEEP)
        pages.append(page + cells([HEAD, *many[start : start + 20]], TOP))
    pages[-1] += wide(TOP + DEEP * 21)
    document = of_page(tmp_path, *pages)
    (table,) = document.tables
    assert grid(table) == [HEAD, *many]
    assert document.warnings == ()


def test_one_row_beneath_a_heading_over_several_columns(tmp_path: Path):
    doses = ["5", "1", "0.75", "0.5"]
    values = ["79.9 ± 1.7", "54.9 ± 1.8", "53.0 ± 0.3", "47.2 ± 0.5"]
    x = [LEFT + 70 + 62 * col for col in range(4)]
    page = words(LEFT, TOP + 12, "Cell line", 9) + words(LEFT + 120, TOP + 12, "Concentration (mg/mL)", 9)
    page += "".join(words(at + 12, TOP + 26, dose, 9) for at, dose in zip(x, doses, strict=True))
    page += words(LEFT, TOP + 44, "4T1", 9) + "".join(
        words(at, TOP + 44, value, 9) for at, value in zip(x, values, strict=True)
    )
    (table,) = of_page(tmp_path, CAPTION + wide(TOP) + wide(TOP + 32) + wide(TOP + 50) + page + END).tables
    assert table.header_rows == 2
    assert grid(table)[1:] == [["", *doses], ["4T1", *values]]
    over = table.at(0, 1)
    assert over is not None
    assert (over.text, over.col_span) == ("Concentration (mg/mL)", 4)


def upright(x: float, y: float, text: str) -> str:
    return f"BT /F 9 Tf 0 1 -1 0 {x} {HEIGHT - y} Tm ({text}) Tj ET\n".replace("(nm)", r"\(nm\)")


def test_headings_at_right_angles(tmp_path: Path):
    heads = "".join(upright(LEFT + 10 + STEP * col, TOP + 46, head) for col, head in enumerate(HEAD))
    page = CAPTION + wide(TOP) + heads + wide(TOP + 50) + cells(ROWS, TOP + 50) + wide(TOP + 50 + DEEP * 3) + END
    document = of_page(tmp_path, page)
    (table,) = document.tables
    assert grid(table) == [HEAD, *ROWS]
    cell = table.at(0, 3)
    assert cell is not None
    (box,) = document.boxes(cell.start, cell.end)
    assert box.bottom - box.top > 2 * (box.x1 - box.x0)


@pytest.mark.parametrize("text", ["A B C D E", "T E X T U R E"])
def test_letters_with_even_spaces_are_a_word_and_others_are_not(tmp_path: Path, text: str):
    even = text == "T E X T U R E"
    page = (
        words(50, 60, text) if even else "".join(words(50 + 9 * n * (1 + n % 2), 60, c) for n, c in enumerate("ABCDE"))
    )
    document = of_page(tmp_path, page + prose(50, 100, SAID))
    assert ("TEXTURE" in document.text) == even
    assert "ABCDE" not in document.text


def test_a_paragraph_that_begins_with_a_bold_figure_s_name_is_one(tmp_path: Path):
    begins = words(50, 100, "Figure 1", 10, "B") + words(
        95, 100, "illustrates how the particles were made of gold and", 10
    )
    page = prose(50, 60, SAID) + begins + prose(50, 112, ["coated with membranes, as was said before in this paper."])
    document = of_page(tmp_path, page + prose(50, 200, SAID * 4))
    (block,) = [b for b in document.blocks if "illustrates" in document.text[b.start : b.end]]
    assert block.kind != "caption"


def bold(row: Sequence[str], y: float) -> str:
    return "".join(words(LEFT + STEP * col, y, cell, 9, "B") for col, cell in enumerate(row))


def row_rules(count: int, top: float = TOP) -> str:
    return "".join(wide(top + DEEP * (row + 1)) for row in range(count))


def test_a_bold_heading_over_the_first_rule_belongs_to_the_table(tmp_path: Path):
    drawn = bold(HEAD, TOP + 12) + row_rules(len(ROWS) + 1) + cells(ROWS, TOP + DEEP)
    (table,) = of_page(tmp_path, CAPTION + drawn + END).tables
    assert grid(table) == [HEAD, *ROWS]


def test_a_plain_row_over_the_first_rule_belongs_to_it_where_its_cells_stand_over_those_below(tmp_path: Path):
    drawn = cells([HEAD, *ROWS], TOP) + row_rules(len(ROWS) + 1)
    (table,) = of_page(tmp_path, CAPTION + drawn + END).tables
    assert grid(table) == [HEAD, *ROWS]


def test_where_a_rule_leaves_out_a_column_its_cell_reaches_below(tmp_path: Path):
    rows = [["4T1", "PLGA", "none", "110"], ["HeLa", "", "sorafenib", "125"], ["B16", "gold", "", "92"]]
    left, right = (LEFT - 4, LEFT - 6 + STEP), (LEFT - 4 + 2 * STEP, LEFT + 4 * STEP)
    broken = "".join(rule(a, b, TOP + 2 * DEEP) for a, b in (left, right))  # the core's column is left out
    drawn = wide(TOP) + bold(HEAD, TOP + 12) + wide(TOP + DEEP) + broken + wide(TOP + 3 * DEEP) + wide(TOP + 4 * DEEP)
    (table,) = of_page(tmp_path, CAPTION + drawn + cells(rows, TOP + DEEP) + END).tables
    spans = {cell.text: cell.row_span for cell in table.cells}
    assert spans["PLGA"] == 2
    assert table.at(2, 1).text == "PLGA"
    assert table.at(3, 2).text == "", "a whole rule stands over it: it is empty"


def test_shades_behind_labels_do_not_join_the_rows_between_them(tmp_path: Path):
    body = [["Red cells"], *ROWS, ["Platelets"], *ROWS]
    shades = "0.85 g\n" + "".join(
        bar(LEFT - 4, TOP + DEEP * (1 + at), LEFT + 4 * STEP, TOP + DEEP * (2 + at)) for at in (-1, 0, 4)
    )
    drawn = f"{shades}f\n0 g\n" + bold(HEAD, TOP + 12) + cells(body, TOP + DEEP) + wide(TOP + 10 * DEEP)
    (table,) = of_page(tmp_path, CAPTION + drawn + END).tables
    assert [row[0] for row in grid(table)] == [
        HEAD[0],
        "Red cells",
        "4T1",
        "HeLa",
        "B16",
        "Platelets",
        "4T1",
        "HeLa",
        "B16",
    ]


def test_a_label_centred_on_the_table_covers_all_its_columns(tmp_path: Path):
    label = words(LEFT + 2 * STEP - 44, TOP + 12 + DEEP, "Platelet membranes", 9, "B")
    drawn = wide(TOP) + bold(HEAD, TOP + 12) + wide(TOP + DEEP) + label + cells(ROWS, TOP + 2 * DEEP)
    (table,) = of_page(tmp_path, CAPTION + drawn + wide(TOP + 5 * DEEP) + END).tables
    (over,) = [cell for cell in table.cells if cell.text == "Platelet membranes"]
    assert (table.header_rows, over.row, over.col, over.col_span) == (1, 1, 0, 4)
