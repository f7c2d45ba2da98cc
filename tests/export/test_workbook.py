"""records.xlsx, read back by openpyxl: one row per study, a row a value, nothing that runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from pipeline.export import workbook, write_workbook
from pipeline.export.facts import authors_of, family_name
from pipeline.export.workbook import STUDIES, VALUES
from pipeline.folder import RunFolder
from pipeline.records import FieldName

from .conftest import review


def sheets(path: Path) -> dict[str, list[dict[str, object]]]:
    """The rows of each sheet under their headings."""
    book = openpyxl.load_workbook(path)
    found = {}
    for name in ("Studies", "Values"):
        head, *rows = book[name].iter_rows(values_only=True)
        found[name] = [dict(zip(head, row, strict=True)) for row in rows]
    return found


def test_a_row_a_study_and_a_row_a_value(run: RunFolder) -> None:
    found = sheets(write_workbook(run))
    first, second = found["Studies"]
    assert (first["Membrane source"], first["Core material"], first["Size"]) == ("MCF-7", "gold", "117 nm")
    assert (first["Reference"], first["Year"], first["Lowest score"]) == ("7", 2019, 0.9)
    assert second["Membrane source"] == "erythrocyte"
    (drug,) = [row for row in found["Values"] if row["Field"] == "Drug or cargo"]
    assert (drug["Value"], drug["Identifier"], drug["Page"], drug["Where"]) == (
        "doxorubicin",
        "chebi:28748",
        1,
        "Results",
    )
    assert str(drug["Evidence"]).startswith("Doxorubicin was loaded")
    (coat,) = [row for row in found["Values"] if row["Value"] == "MCF-7"]
    assert coat["Stated in"] == "table and text"


def test_why_fields_are_empty_takes_a_line_for_each_reason() -> None:
    missing: dict[FieldName, str] = {"cores": "not reported", "sizes": "not found", "drugs": "not reported"}
    assert list(workbook._missing(missing)) == ["not reported: Core, Drug or cargo", "not found: Size"]


def test_links_filters_and_validation(run: RunFolder) -> None:
    book = openpyxl.load_workbook(write_workbook(run))
    studies, values = book["Studies"], book["Values"]
    at = [column.title for column in STUDIES].index("DOI") + 1
    assert studies.cell(2, at).hyperlink.target == "https://doi.org/10.1234/seven"
    assert studies.auto_filter.ref == f"A1:{studies.cell(3, len(STUDIES)).coordinate}"
    assert studies.freeze_panes == "D2"
    (rule,) = values.data_validations.dataValidation
    decision = values.cell(1, [column.title for column in VALUES].index("Decision") + 1).column_letter
    assert str(rule.sqref) == f"{decision}2:{decision}{values.max_row}"
    assert rule.formula1 == '"accept,correct,reject"'


def test_every_column_is_explained(run: RunFolder) -> None:
    book = openpyxl.load_workbook(write_workbook(run))
    told = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True)}
    for column in (*STUDIES, *VALUES):
        assert told[column.title]
    assert told["Records"] == "2"
    assert str(told["Made with"]).startswith("coatmine ")


@pytest.mark.parametrize("words", ["=1+1", "+cmd|' /C calc'!A0", "https://evil.example", "\x1b[31m"])
def test_text_of_a_paper_is_text(make_run: Callable[..., RunFolder], words: str) -> None:
    paper, mentions, (record,) = review()
    hostile = record.model_copy(update={"formulation": words})
    book = openpyxl.load_workbook(write_workbook(make_run((paper, mentions, [hostile]))))
    cell = book["Studies"].cell(2, [column.title for column in STUDIES].index("Formulation") + 1)
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    assert "\x1b" not in str(cell.value)


def test_the_same_run_gives_the_same_bytes(run: RunFolder, tmp_path: Path) -> None:
    assert write_workbook(run, tmp_path / "a").read_bytes() == write_workbook(run, tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    ("entry", "names"),
    [("14. J.-Y. Zhu, D.-W. Zheng et al., Nano Lett. 16 (2016)", ("Zhu", "Zheng", "et al.")),
     ("Bergman, I., Holt, A. (2016). What a plaque is made of.", ("Bergman", "Holt")),
     ("[1] I. Moreau and F. Hahn, Imag. Oncol., 2019", ("Moreau", "Hahn")),
     ("2. Duarte C, Vogel N. Birds of a feather.", ("Duarte", "Vogel")),
     ("(12) van den Berg, A. B.; Müller-Kranz, C. ACS Nano 2017", ("van den Berg", "Müller-Kranz")),
     ("World Health Organization. Report 2020", ())],
)  # fmt: skip
def test_whom_a_reference_is_by(entry: str, names: tuple[str, ...]) -> None:
    assert authors_of(entry) == names


@pytest.mark.parametrize(
    ("author", "family"),
    [("Li, Y.", "Li"), ("Li Y", "Li"), ("Ying Li", "Li"), ("Arjen de Wit", "de Wit"), ("J.-P. Vautrin", "Vautrin"),
     ("Ana Garcia-Lopez1,2*", "Garcia-Lopez")],
)  # fmt: skip
def test_a_family_name(author: str, family: str) -> None:
    assert family_name(author) == family
