"""Tables of the kinds that journals set."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.document import Document, Table

Typeset = Callable[[str], Document]


def grid(table: Table) -> list[list[str]]:
    """A table's text, merged cells at their first place."""
    rows = [["" for _ in range(table.cols)] for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.col] = cell.text
    return rows


BODY = "[4T1], [120], [doxorubicin], [MCF-7], [96.5], [–], [HepG2], [ca. 80], [paclitaxel and curcumin]"
READ = [["Cell", "Size (nm)", "Drug"], ["4T1", "120", "doxorubicin"], ["MCF-7", "96.5", "–"]]
READ.append(["HepG2", "ca. 80", "paclitaxel and curcumin"])


@pytest.mark.parametrize(
    "strokes",
    [
        "stroke: none, table.hline(), table.header([*Cell*], [*Size (nm)*], [*Drug*]), table.hline(),",
        "stroke: 0.5pt, table.header([*Cell*], [*Size (nm)*], [*Drug*]),",
        "stroke: (x: none, y: 0.5pt), table.header([Cell], [Size (nm)], [Drug]),",
        "stroke: none, fill: (_, y) => if calc.odd(y) { luma(240) }, table.header([*Cell*], [*Size (nm)*], [*Drug*]),",
    ],
    ids=["three rules", "boxed", "a rule to each row", "shaded, no rules"],
)
def test_ruled_boxed_and_unruled_tables_give_the_same_cells(typeset: Typeset, strokes: str):
    end = "table.hline()," if "hline" in strokes else ""
    document = typeset(
        f"*Table 1.* Some particles.\n\n#table(columns: (80pt, 80pt, 130pt), align: left, {strokes} {BODY}, {end})\n\n"
        "The text goes on beneath the table with a sentence that has nothing to do with it at all."
    )
    (table,) = document.tables
    assert grid(table) == READ
    assert (table.label, table.header_rows) == ("Table 1", 1)
    assert document.text.rstrip().endswith("nothing to do with it at all.")


def test_a_caption_may_stand_beneath(typeset: Typeset):
    document = typeset(
        "Some words come first, in a paragraph that fills more than one line, so that it is clear what is text.\n\n"
        f"#table(columns: (80pt, 80pt, 130pt), align: left, stroke: 0.5pt, [Cell], [Size (nm)], [Drug], {BODY})\n"
        "*Table 1.* Some particles."
    )
    (table,) = document.tables
    assert grid(table) == READ
    assert table.caption == "Table 1. Some particles."


def test_wrapped_cells_are_joined_and_blanks_stay_blank(typeset: Typeset):
    document = typeset(
        "*Table 2.* Wraps.\n\n#table(columns: (70pt, 90pt, 60pt), align: left + top, stroke: none, inset: 4pt,"
        " table.hline(), [*Coat*], [*Core*], [*Drug*], table.hline(), [4T1], [a mesoporous silica core of two shells],"
        " [], [RAW 264.7], [PLGA], [sorafenib], table.hline())"
    )
    (table,) = document.tables
    assert grid(table)[1:] == [
        ["4T1", "a mesoporous silica core of two shells", ""],
        ["RAW 264.7", "PLGA", "sorafenib"],
    ]
    blank = table.at(1, 2)
    assert blank is not None
    assert blank.start == blank.end


def test_headings_of_two_levels_cover_their_columns(typeset: Typeset):
    document = typeset(
        "*Table 3.* Levels.\n\n#table(columns: (70pt, 50pt, 50pt, 50pt, 50pt), align: center, stroke: none,"
        " table.hline(), [Line], table.cell(colspan: 2)[Coated], table.cell(colspan: 2)[Bare],"
        " table.hline(start: 1, end: 3, stroke: 0.4pt), table.hline(start: 3, end: 5, stroke: 0.4pt),"
        " [], [Size], [Charge], [Size], [Charge], table.hline(),"
        " [4T1], [120], [−21], [105], [12], [B16], [98], [−19], [90], [15], table.hline())"
    )
    (table,) = document.tables
    assert table.header_rows == 2
    coated = table.at(0, 1)
    assert coated is not None
    assert (coated.text, coated.col_span) == ("Coated", 2)
    assert coated is table.at(0, 2)
    assert grid(table)[2] == ["4T1", "120", "−21", "105", "12"]


@pytest.mark.parametrize(("marker", "key"), [("#super[a]", "a"), ("#super[1]", "1"), (r"\*", "*"), ("#super[†]", "†")])
def test_footnote_markers_leave_the_value_and_name_their_note(typeset: Typeset, marker: str, key: str):
    document = typeset(
        "*Table 4.* Notes.\n\n#table(columns: (80pt, 80pt), align: left, stroke: none, table.hline(), [*Core*],"
        f" [*Size*], table.hline(), [PLGA{marker}], [120], [silica], [98], table.hline())\n"
        f"#text(size: 8pt)[{marker}PLGA: a polyester.]"
    )
    (table,) = document.tables
    cell = table.at(1, 0)
    assert cell is not None
    assert (cell.text, cell.notes) == ("PLGA", (key,))
    assert table.notes == {key: "PLGA: a polyester"}
    assert document.text[cell.start : cell.end] == "PLGA"


def test_a_table_turned_by_a_quarter_is_read_with_its_boxes(typeset: Typeset):
    document = typeset(
        "#rotate(-90deg, reflow: true)[#box(width: 320pt)[*Table 5.* Turned.\n\n"
        "#table(columns: (80pt, 80pt, 130pt), align: left, stroke: none, table.hline(), [*Cell*], [*Size (nm)*],"
        f" [*Drug*], table.hline(), {BODY}, table.hline())]]"
    )
    (table,) = document.tables
    assert grid(table) == READ
    cell = table.at(3, 2)
    assert cell is not None
    (box,) = document.boxes(cell.start, cell.end)
    assert box.bottom - box.top > 3 * (box.x1 - box.x0)  # it runs up the page


def test_a_table_over_two_pages_is_one_without_its_repeated_heading(typeset: Typeset):
    rows = ", ".join(f"[line {n}], [{100 + n}]" for n in range(30))
    more = ", ".join(f"[line {n}], [{100 + n}]" for n in range(30, 40))
    head = "stroke: none, inset: 3pt, align: left, table.hline(), [*Cell*], [*Size*], table.hline(),"
    document = typeset(
        f"*Table 6.* Long.\n\n#table(columns: (90pt, 90pt), {head} {rows}, table.hline())\n#pagebreak()\n"
        f"*Table 6.* (continued)\n\n#table(columns: (90pt, 90pt), {head} {more}, table.hline())"
    )
    (table,) = document.tables
    assert table.rows == 41
    assert grid(table)[40] == ["line 39", "139"]
    last = table.at(40, 1)
    assert last is not None
    assert [box.page for box in document.boxes(last.start, last.end)] == [2]


def test_a_sentence_that_names_a_table_is_no_caption(typeset: Typeset):
    document = typeset("Table 1 shows what was found.\n\n#line(length: 100%)\n\nWords.\n\n#line(length: 100%)")
    assert document.tables == ()


OPEN = (
    "#table(columns: (90pt, 150pt), align: left, inset: (x: 4pt, y: 6pt), stroke: none, table.hline(),"
    " [Scope], [Where it is kept], [Identification of the peaks of substances], [Institute of Standards and"
    " Technology, in the library of mass spectra], [Protocols of testing activities by diffusion], [Clinical and"
    " Laboratory Standards, and the annex with all breakpoints], table.hline())"
)
PLAIN = "The study has been carried out as planned and all that was measured stands in what follows below. " * 2


def test_tables_between_two_rules_need_no_caption(typeset: Typeset):
    small = [f"#text(size: 8pt)[{drawn}]" for drawn in (OPEN, OPEN.replace("Scope", "Other"))]
    document = typeset("\n\n".join([PLAIN, small[0], PLAIN, small[1], PLAIN]))
    assert [table.at(0, 0).text for table in document.tables if table.at(0, 0)] == ["Scope", "Other"]  # type: ignore[union-attr]
    assert grid(document.tables[0])[1:] == [
        [
            "Identification of the peaks of substances",
            "Institute of Standards and Technology, in the library of mass spectra",
        ],
        [
            "Protocols of testing activities by diffusion",
            "Clinical and Laboratory Standards, and the annex with all breakpoints",
        ],
    ]


def test_text_in_columns_between_two_rules_is_no_table(typeset: Typeset):
    document = typeset(
        f"#line(length: 100%, stroke: 0.5pt)\n#columns(2)[{PLAIN * 3} #colbreak() {PLAIN * 3}]\n"
        f"#line(length: 100%, stroke: 0.5pt)\n{PLAIN}"
    )
    assert document.tables == ()
    assert document.text.count("The study has been carried out") == 14
