"""Layouts of tables that journals have beside the usual three rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.document import Document, Table

Typeset = Callable[[str], Document]
HEAD = ["Coat", "Core", "Drug", "Size (nm)", "Disease", "Ref."]
ROWS = [
    ["4T1", "PLGA", "epirubicin", "138", "breast cancer", "[3]"],
    ["platelets", "liposome", "tirofiban", "96", "stroke", "[4]"],
    ["neutrophils", "silica", "leflunomide", "111", "rheumatoid arthritis", "[5]"],
    ["U87MG", "gold", "carmustine", "74", "glioblastoma", "[6]"],
]
CAPTION = "#block(below: 4pt)[#text(size: 8pt)[*Table 1.* Particles by coat.]]\n"
PROSE = "\n\nThe table shows how wide the field has become, and that few works state the yield of their coat at all.\n"


def grid(table: Table) -> list[list[str]]:
    """A table's text, merged cells at their first place."""
    rows = [["" for _ in range(table.cols)] for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = cell.text
    return rows


def spans(table: Table) -> dict[str, tuple[int, int]]:
    """The extent of each merged cell by its text."""
    return {c.text: (c.row_span, c.col_span) for c in table.cells if c.text and (c.row_span, c.col_span) != (1, 1)}


def heads(cells: Sequence[str], mark: str = "*") -> str:
    return "".join(f"[{mark}{cell}{mark}], " for cell in cells)


def body(rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"[{escaped(cell)}], " for row in rows for cell in row)


def escaped(text: str) -> str:
    return text.replace("[", "\\[").replace("]", "\\]")


def table(cells: str, options: str = "stroke: none", columns: str = "55pt, 48pt, 60pt, 45pt, 75pt, 35pt") -> str:
    shape = f"columns: ({columns}), align: left, inset: (x: 3pt, y: 4pt), {options}"
    return f"#block[#set text(size: 8pt)\n#set par(justify: false)\n#table({shape}, {cells})]"


def only(document: Document) -> Table:
    (found,) = document.tables
    return found


def test_rules_under_each_column_that_leave_the_gutters_out(typeset: Typeset):
    options = "stroke: (_, y) => (bottom: 0.4pt), column-gutter: 10pt"
    found = only(typeset(CAPTION + table(heads(HEAD) + body(ROWS), options) + PROSE))
    assert grid(found) == [HEAD, *ROWS]


def test_a_cell_centred_on_its_rows_is_whole_where_its_rules_are_left_out(typeset: Typeset):
    options = "stroke: (_, y) => (bottom: 0.4pt), column-gutter: 10pt"
    rows = [ROWS[0][1:], ["liposome with lipids", *ROWS[1][2:]], *(row[1:] for row in ROWS[2:])]
    cells = "[platelets], " + body(rows[:1])
    cells += "table.cell(rowspan: 2, align: horizon)[mesenchymal stromal cells], " + body(rows[1:3])
    cells += "[U87MG], " + body(rows[3:])
    found = only(typeset(CAPTION + table(heads(HEAD) + cells, options) + PROSE))
    assert spans(found) == {"mesenchymal stromal cells": (2, 1)}
    assert [row[1:] for row in grid(found)[1:]] == rows


def test_headings_that_begin_flush_with_the_first_they_stand_over(typeset: Typeset):
    upper = "table.cell(rowspan: 2)[*Study*], table.cell(colspan: 2)[*Make*], table.cell(colspan: 3)[*Use*], "
    lower = heads(["Coat", "Core", "d", "Disease", "Ref."])
    rule = "table.hline(start: 1), "
    cells = "table.hline(), " + upper + rule + lower + "table.hline(), " + body([["A", *r[:2], *r[3:]] for r in ROWS])
    found = only(typeset(CAPTION + table(cells + "table.hline()") + PROSE))
    assert spans(found) == {"Study": (2, 1), "Make": (1, 2), "Use": (1, 3)}


def test_a_label_of_rows_in_bold_is_no_cell_wherever_it_stands(typeset: Typeset):
    label = "table.cell(colspan: 6, align: {})[*{}*], "
    cells = heads(HEAD) + label.format("center", "Cells of the blood") + body(ROWS[:2])
    found = only(typeset(CAPTION + table(cells + label.format("left", "Cancer cells") + body(ROWS[2:])) + PROSE))
    assert spans(found) == {"Cells of the blood": (1, 6), "Cancer cells": (1, 6)}
    assert [row for row in grid(found) if row[1]] == [HEAD, *ROWS]


def test_a_bold_first_column_that_wraps_is_no_label_of_rows(typeset: Typeset):
    turned = [["DOI", "Coat", "Active ingredient", "Size (nm)"], ["10.1/a", "4T1", "DOX", "90"]]
    turned += [["10.1/b", "platelets", "PTX", "85"], ["10.1/c", "HeLa", "TMZ", "110"]]
    cells = "".join(f"[*{row[0]}*], " + "".join(f"[{cell}], " for cell in row[1:]) for row in zip(*turned, strict=True))
    found = only(typeset(CAPTION + table(cells, columns="45pt, 60pt, 60pt, 60pt") + PROSE))
    assert [row[0] for row in grid(found)] == turned[0]
    assert spans(found) == {}


def test_a_heading_wrapped_without_rules(typeset: Typeset):
    cells = "[*Ref.*], [10.5555/\\ jk.03], [10.5555/\\ jk.04], [10.5555/\\ jk.05], "
    cells += "".join(f"[*{a}*], [{b}], [{c}], [{d}], " for a, b, c, d in zip(*[HEAD[:3], *ROWS[:3]], strict=False))
    found = only(typeset(CAPTION + table(cells, columns="45pt, 60pt, 60pt, 60pt") + PROSE))
    assert grid(found)[0] == ["Ref.", "10.5555/jk.03", "10.5555/jk.04", "10.5555/jk.05"]
    assert [row[0] for row in grid(found)] == ["Ref.", *HEAD[:3]]


def test_a_heading_over_the_first_shade_where_the_caption_stands_beneath(typeset: Typeset):
    shade = "table.cell(colspan: 6, fill: luma(225))[*{}*], "
    cells = heads(HEAD) + shade.format("Blood") + body(ROWS[:2]) + shade.format("Cancer") + body(ROWS[2:])
    page = PROSE + table(cells) + "\n#block(above: 4pt)[#text(size: 8pt)[*Table 1.* Particles by coat.]]" + PROSE
    found = only(typeset(page))
    assert [row for row in grid(found) if row[1]] == [HEAD, *ROWS]


def test_a_first_column_whose_merged_cells_are_shaded_for_themselves(typeset: Typeset):
    shaded = "fill: (_, y) => if calc.odd(y) { luma(235) }, stroke: none"
    cells = heads(HEAD) + "table.cell(rowspan: 2)[platelets], " + body([row[1:] for row in ROWS[:2]])
    cells += "table.cell(rowspan: 2)[cancer cells], " + body([row[1:] for row in ROWS[2:]])
    found = only(typeset(CAPTION + table(cells, shaded) + PROSE))
    assert [cell.text for cell in found.cells if cell.col == 0] == ["Coat", "platelets", "cancer cells"]
    assert [row[1:] for row in grid(found)] == [HEAD[1:], *(row[1:] for row in ROWS)]


def test_a_cell_between_two_rows_that_are_blank_there_holds_for_both(typeset: Typeset):
    cells = "table.hline(), " + heads(HEAD) + "table.hline(), "
    for first, second in (ROWS[:2], ROWS[2:]):
        cells += body([first[:4]]) + f"table.cell(rowspan: 2, align: horizon)[{first[4]}], " + body([first[5:]])
        cells += body([second[:4], second[5:]])
    found = only(typeset(CAPTION + table(cells + "table.hline()") + PROSE))
    assert spans(found) == {"breast cancer": (2, 1), "rheumatoid arthritis": (2, 1)}
    assert [row[0] for row in grid(found)] == [HEAD[0], *(row[0] for row in ROWS)]


def test_values_tell_the_rows_where_lines_stand_as_close_as_rows(typeset: Typeset):
    told = ["longer circulation in the blood and less uptake by liver and spleen", "less growth"] * 2
    rows = [[*row[:4], text, row[5]] for row, text in zip(ROWS, told, strict=True)]
    cells = "table.hline(), " + heads(HEAD) + "table.hline(), " + body(rows) + "table.hline()"
    found = only(typeset(CAPTION + table(cells).replace("y: 4pt", "y: 2.2pt") + PROSE))
    assert grid(found) == [HEAD, *rows]


def test_the_last_rows_at_the_foot_of_a_page_are_no_running_foot(typeset: Typeset):
    rows = [[*row[:3], str(60 + n), *row[4:]] for n, row in enumerate(ROWS * 4)]
    head = "table.header(table.hline(), " + heads(HEAD) + "table.hline()), "
    long = table(head + body(rows) + "table.hline()").replace("#block[", "#block(breakable: true)[")
    source = '#set page(margin: 40pt, numbering: "1", height: 330pt)\n' + CAPTION + long.replace("y: 4pt", "y: 7pt")
    found = only(typeset(source + PROSE))
    assert [row[3] for row in grid(found)] == ["Size (nm)", *(row[3] for row in rows)]


def test_rules_between_rows_alone_leave_heading_and_last_row_outside(typeset: Typeset):
    options = 'stroke: (_, y) => (bottom: if y < 5 { (thickness: 0.5pt, dash: "dotted") })'
    rows = [*ROWS, ["MCF-7", "PDA", "docetaxel", "102", "colon cancer", "[7]"]]
    wrapped = ["Cells that gave the coat", *HEAD[1:]]
    for labels in (HEAD, wrapped):
        head = "".join(f"table.cell(align: bottom)[_{label}_], " for label in labels)
        found = only(typeset(CAPTION + table(head + body(rows), options) + PROSE))
        assert grid(found) == [labels, *rows]


def test_columns_that_nearly_touch_are_told_by_their_headings(typeset: Typeset):
    rows = [[*row[:2], "hydroxychloroquine", *row[3:]] for row in ROWS]
    cells = f"table.hline(), {heads(HEAD)}table.hline(), {body(rows)}table.hline()"
    tight = table(cells, columns="50pt, 40pt, 68pt, 45pt, 75pt, 35pt").replace("x: 3pt", "x: 1pt")
    found = only(typeset(CAPTION + tight + PROSE))
    assert grid(found) == [HEAD, *rows]


def test_a_heading_wider_than_its_figures_stays_over_them(typeset: Typeset):
    head = [*HEAD[:3], "Diameter, nm", *HEAD[4:]]
    rows = [[*row[:2], "hydroxychloroquine", *row[3:]] for row in ROWS]
    cells = "table.hline(), " + "".join(
        f"table.cell(align: {'center' if col == 3 else 'left'})[{escaped(cell)}], "
        for row in (head, *rows)
        for col, cell in enumerate(row)
    )
    cells = cells.replace("[Ref.], ", "[Ref.], table.hline(), ") + "table.hline()"
    found = only(typeset(CAPTION + table(cells, columns="55pt, 48pt, 66pt, 54pt, 75pt, 35pt") + PROSE))
    assert grid(found) == [head, *rows]


REFERENCES = """== References
#set par(hanging-indent: 0pt)
Abiodun F, Reyes L, Stock H (2023) Inhaled liposomes. Aerosol Oncol 4:22–31 \\
Bergstrom A, Nwosu C (2022) Antigen-presenting shells. Vaccine Carriers 12:101–115 \\
Delacroix M, Pohl S (2024) Stars under a coat. Thermal Reports 9:5–16
"""


def test_entries_whose_authors_have_initials_without_dots_are_entries_of_their_own(typeset: Typeset):
    document = typeset(PROSE + REFERENCES)
    assert [(r.authors[0], r.year) for r in document.references] == [
        ("Abiodun F", 2023),
        ("Bergstrom A", 2022),
        ("Delacroix M", 2024),
    ]


def test_a_numbered_list_goes_on_over_pages_with_other_margins(typeset: Typeset):
    entries = " \\\n".join(f"{n}. Author{chr(64 + n)} B (20{10 + n}) On coats. Surf Lett {n}:1–9" for n in range(1, 13))
    page = "#set page(margin: (inside: 60pt, outside: 20pt), height: 150pt)\n" + PROSE + "\n== References\n" + entries
    assert [r.key for r in typeset(page).references] == [str(n) for n in range(1, 13)]
