"""The contract's Document: offsets, boxes, round trip."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.document import Block, Box, Cell, Citation, Document, Line, Page, Table
from tests.strategies import documents, lines

ID = "sha256:" + "0" * 64


def document(text: str, **parts) -> Document:
    return Document(id=ID, source="x.pdf", media_type="application/pdf", text=text, **parts)


@given(documents())
def test_json_round_trip_changes_nothing(original):
    assert Document.from_json(original.to_json()) == original


@given(documents())
def test_json_has_the_contract_field_names(original):
    data = json.loads(original.to_json())
    assert data["schema"] == "coatmine.document/1"
    assert {"id", "source", "media_type", "metadata", "pages", "text", "blocks", "tables", "scripts", "citations",
            "references", "warnings"} <= set(data)  # fmt: skip
    assert set(data["metadata"]) == {"title", "authors", "doi", "journal", "year", "license", "pmcid"}
    assert {"row", "col", "row_span", "col_span", "start", "end", "text"} <= set(data["tables"][0]["cells"][0])


@given(documents(), st.data())
def test_boxes_of_a_range_lie_within_the_lines_it_touches(doc, data):
    start = data.draw(st.integers(0, len(doc.text)))
    end = data.draw(st.integers(start, len(doc.text)))
    touched = [line for line in doc.lines if line.start < end and start < line.end]
    boxes = doc.boxes(start, end)
    assert len(boxes) <= len(touched)
    for box in boxes:
        assert any(
            box.page == line.page
            and line.x0 - 0.02 <= box.x0 < box.x1 <= line.x1 + 0.02
            and line.top - 0.02 <= box.top < box.bottom <= line.bottom + 0.02
            for line in touched
        )


@given(st.data())
def test_the_boxes_of_two_halves_make_the_box_of_the_whole(data):
    line = data.draw(lines(0, "a line of text"))
    cut = data.draw(st.integers(1, line.end - 1))
    left, right, whole = line.box(0, cut), line.box(cut, line.end), line.box(0, line.end)
    along = slice(1, None, 2) if line.direction in (0, 180) else slice(2, None, 2)  # (x0, x1) or (top, bottom)
    first, second = (left, right) if line.direction in (0, 90) else (right, left)
    assert first[along][0] == pytest.approx(whole[along][0], abs=0.02)
    assert second[along][1] == pytest.approx(whole[along][1], abs=0.02)
    assert first[along][1] == pytest.approx(second[along][0], abs=0.02)


def test_a_range_over_two_columns_has_a_box_in_each():
    left = Line(start=0, end=4, page=1, x0=50, top=700, x1=70, bottom=710, edges=(0, 5, 10, 15, 20))
    right = Line(start=4, end=7, page=1, x0=300, top=50, x1=315, bottom=60, edges=(0, 5, 10, 15))
    doc = document("targets", lines=(left, right))
    assert doc.boxes(2, 6) == [Box(1, 60, 700, 70, 710), Box(1, 300, 50, 310, 60)]


@pytest.mark.parametrize(
    ("direction", "expected"),
    [(0, (10, 20, 15, 60)), (180, (55, 20, 60, 60)), (90, (10, 20, 60, 25)), (270, (10, 55, 60, 60))],
)
def test_text_direction_says_which_end_of_the_line_comes_first(direction, expected):
    edges = (0.0, 5.0, 40.0 if direction in (90, 270) else 50.0)
    line = Line(start=0, end=2, page=1, x0=10, top=20, x1=60, bottom=60, direction=direction, edges=edges)
    assert line.box(0, 1)[1:] == expected


@pytest.mark.parametrize("span", [(-1, 2), (0, 9), (3, 2)])
def test_a_range_outside_the_text_is_refused(span):
    with pytest.raises(ValueError, match="does not lie within"):
        document("short").boxes(*span)


def test_annotations_past_the_end_of_the_text_are_refused():
    with pytest.raises(ValidationError, match="runs past the text"):
        document("short", blocks=(Block(kind="paragraph", start=0, end=6),))


def test_a_cell_whose_text_is_not_what_its_range_says_is_refused():
    table = Table(label="Table 1", caption="", page=1, cells=(Cell(row=0, col=0, start=0, end=3, text="4T2"),))
    with pytest.raises(ValidationError, match="text and range differ"):
        document("4T1", tables=(table,))


def test_a_citation_of_a_reference_that_is_not_there_is_refused():
    with pytest.raises(ValidationError, match="unknown references"):
        document("[7]", citations=(Citation(start=0, end=3, references=("7",)),))


def test_unknown_fields_are_refused():
    with pytest.raises(ValidationError, match="extra"):
        Page(number=1, width=1, height=1, rotate=90)


def test_a_merged_cell_covers_all_its_places():
    cells = (
        Cell(row=0, col=0, row_span=2, start=0, end=1, text="g"),
        Cell(row=0, col=1, start=2, end=3, text="a"),
        Cell(row=1, col=1, start=4, end=5, text="b"),
    )
    table = Table(label="Table 1", caption="", page=1, cells=cells)
    assert (table.rows, table.cols) == (2, 2)
    assert [table.at(row, 0).text for row in (0, 1)] == ["g", "g"]
    assert table.at(2, 0) is None


@given(documents(), st.data())
def test_block_at_finds_the_block_that_holds_the_offset(doc, data):
    offset = data.draw(st.integers(0, len(doc.text) - 1))
    block = doc.block_at(offset)
    holding = [b for b in doc.blocks if b.start <= offset < b.end]
    assert block == (holding[0] if holding else None)


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=40), st.booleans())
def test_a_lines_edges_come_back_from_json_whole(widths: list[int], odd: bool) -> None:
    edges = [0.0]
    for width in widths:
        edges.append(round(edges[-1] + width / 100, 2))
    if odd:
        edges[-1] += 1 / 3  # no hundredth of a point
    line = Line(start=7, end=7 + len(widths), page=1, x0=50, top=100, x1=50 + edges[-1], bottom=112, edges=tuple(edges))
    written = line.model_dump_json()
    assert Line.model_validate_json(written) == line
    stated = json.loads(written)["edges"]
    assert (len(stated) == len(edges)) if odd else (stated == " ".join(map(str, widths)))
