"""The review that the project began with is read right down to the last cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.document import Document, Table
from pipeline.readers import read

REVIEW = Path(__file__).parents[3] / "shared" / "corpus" / "lin2023.pdf"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not REVIEW.exists(), reason="../shared/corpus/lin2023.pdf is absent"),
]


@pytest.fixture(scope="module")
def review() -> Document:
    return read(REVIEW)


def row(table: Table, number: int) -> list[str]:
    cells = [table.at(number, col) for col in range(table.cols)]
    return [cell.text if cell else "" for cell in cells]


def test_both_tables_have_all_rows_and_headings(review: Document):
    first, second = review.tables
    assert (first.label, first.rows, first.cols, first.header_rows) == ("Table 1", 11, 7, 1)
    assert (second.label, second.rows, second.cols, second.header_rows) == ("Table 2", 18, 7, 1)
    assert row(second, 0) == [
        "Cell membrane types", "Core nanoparticle", "Drug", "Size (nm)", "Disease", "Application", "Ref.",
    ]  # fmt: skip


def test_wrapped_cells_are_joined_and_markers_resolved(review: Document):
    first, second = review.tables
    assert row(first, 10) == [
        "immune system diseases", "SLE", "MHCI-deficient 4T1", "DSPE-PEG2K", "dexamethasone", "MRL/lpr mice", "[22]",
    ]  # fmt: skip
    cell = first.at(10, 1)
    assert cell is not None
    assert [first.notes[note] for note in cell.notes] == ["SLE: systemic lupus erythematosus"]
    assert row(second, 4)[2:4] == ["apoptin, verteporfin", "ca. 250"]
    assert row(second, 15)[1] == "hollow MnO2 NPs"
    assert row(second, 16)[5] == "PA/US/photothermal multimodal imaging, PTT"
    assert all(note in table.notes for table in review.tables for cell in table.cells for note in cell.notes)


def test_row_groups_span_their_rows(review: Document):
    groups = [(cell.text, cell.row_span) for cell in review.tables[0].cells if cell.col == 0 and cell.row]
    assert groups == [
        ("malignant neoplasms", 6), ("hematological malignancies", 2),
        ("cardiovascular disease", 1), ("immune system diseases", 1),
    ]  # fmt: skip


def test_blank_drugs_stay_as_printed(review: Document):
    second = review.tables[1]
    assert [row(second, number)[2] for number in (9, 12, 14, 17)] == ["–"] * 4


def test_every_table_row_cites_a_reference_with_a_doi(review: Document):
    keys = [key for table in review.tables for cell in table.cells for key in _cited(review, cell.start, cell.end)]
    assert len(keys) == 27
    assert all((reference := review.reference(key)) is not None and reference.doi for key in keys)


def _cited(review: Document, start: int, end: int) -> list[str]:
    return [key for citation in review.citations_in(start, end) for key in citation.references]


def test_text_is_whole_and_in_order(review: Document):
    for phrase in (
        "resulting in changes of biological behavior and loss of function [6,7]",
        "while the tumors treated with the bare NPs and PBS showed an increasing growth trend",
        "near-infrared",
    ):
        assert phrase in review.text
    sections = [block.section[-1] for block in review.blocks if block.kind == "paragraph" and block.section]
    assert "4.3 Reactive oxygen species-related treatments" in sections
    assert len(review.references) == 125
