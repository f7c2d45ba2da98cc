"""The shipped lexicons are clean, and the lint sees what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.linking.lint import main, problems
from pipeline.linking.schema import COLUMNS
from pipeline.settings import models_dir


@pytest.mark.parametrize("folder", ["lexicons", "lexicons/curated"])
def test_the_shipped_lexicons_and_the_lists_they_are_made_of_are_clean(folder: str) -> None:
    assert list(problems(models_dir() / folder)) == []


def test_a_name_that_stands_twice_in_one_table_is_named(tmp_path: Path) -> None:
    (tmp_path / "lines.tsv").write_text("name\ttype\nHeLa\tcell_line\nHeLa\tcell_line\n", encoding="utf-8")
    assert [problem.partition("lines.tsv")[2] for problem in problems(tmp_path)] == [
        ", line 3, 'HeLa': 'HeLa' stands twice"
    ]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (("HeLa", "CVCL_0030", "HeLa", "name", "cell_line", "", "x", ""), "no identifier as the Bioregistry writes it"),
        (("HeLa", "DOID:1612", "HeLa", "name", "cell_line", "", "x", ""), "no identifier of a cell_line"),
        (("HeLa ", "", "HeLa", "name", "cell_line", "", "x", ""), "white space"),
        (("HeLa", "", "HeLa", "good", "cell_line", "", "x", ""), "status 'good'"),
        (("HeLa", "", "HeLa", "name", "line", "", "x", ""), "type 'line'"),
        (("HeLa", "", "", "name", "cell_line", "", "x", ""), "no preferred name"),
        (("--", "", "x", "name", "cell_line", "", "x", ""), "neither letter nor digit"),
        (("HeLa", "", "HeLa", "name", "cell_line", "9606", "x", ""), "taxon '9606'"),
        (("HeLa", "", "HeLa", "name", "cell_line", "", "x", "microbe"), "subtype 'microbe' of a cell_line"),
        (
            ("gold", "", "gold", "name", "material", "", "x", "", "", "maybe"),
            "standalone 'maybe' is neither yes nor no",
        ),
        (("gold", "", "gold", "name", "drug", "", "x", "", "", "no"), "standalone is said of a material or form only"),
        (("gold", "", "gold", "name", "drug", "", "x", "", "metal"), "parent is said of a modality or disease only"),
        (("X", "", "X", "name", "modality", "", "x", "", "nosuch"), "parent 'nosuch' is no modality's preferred name"),
        (("X", "", "X", "name", "modality", "", "x", "", "imaging|"), "several parents are separated by | alone"),
        (("HeLa", ""), "no preferred name"),
        (tuple("HeLa" for _ in range(12)), "12 cells under 11 columns"),
    ],
)
def test_each_kind_of_slip_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: tuple[str, ...], complaint: str
) -> None:
    (tmp_path / "lines.tsv").write_text("\t".join(COLUMNS) + "\n" + "\t".join(row) + "\n", encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "lines.tsv, line 2" in printed
    assert complaint in printed
