"""The gold sets that are shipped."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pipeline.evaluation import check, load_gold
from pipeline.evaluation.tables import load_tables
from pipeline.records import fold
from pipeline.settings import gold_dir

SETS = sorted(path.parent for path in gold_dir().glob("*/gold.csv"))
LIN = gold_dir() / "lin2023"


@pytest.mark.parametrize("folder", SETS, ids=lambda folder: folder.name)
def test_a_shipped_set_has_no_errors_and_a_datasheet(folder: Path) -> None:
    assert [str(problem) for problem in check(folder) if problem.severity == "error"] == []
    datasheet = (folder / "datasheet.md").read_text(encoding="utf-8")
    assert "TODO" not in datasheet
    about = tomllib.loads((folder / "gold.toml").read_text(encoding="utf-8"))
    assert about["license"]
    assert about["not_together_with"]


def test_lin2023_holds_both_tables_whole() -> None:
    cells = load_tables(LIN / "tables.csv")
    rows = {name: {cell.row for cell in cells if cell.table == name} for name in ("Table 1", "Table 2")}
    assert rows == {"Table 1": set(range(1, 11)), "Table 2": set(range(1, 18))}
    gold = load_gold(LIN)
    assert len(gold.studies) == len(gold.by_doi) == 27


def test_lin2023_has_a_blank_for_every_dash_in_the_drug_column() -> None:
    dashes = {cell.row for cell in load_tables(LIN / "tables.csv") if cell.field == "drugs" and cell.text == "–"}
    blanks = {value.source for value in load_gold(LIN).values if value.blank}
    assert blanks == {f"Table 2, row {row}, column 3" for row in dashes}
    assert len(blanks) == 4


@pytest.mark.shared
def test_lin2023_agrees_with_the_text_of_the_review(shared: Path) -> None:
    """Against a conversion of the paper to text, whose slips in the two tables are mended first."""
    source = (shared / "corpus" / "lin2023.txt").read_text(encoding="utf-8")
    slips = {"ionidamine": "lonidamine", "TPPe-decorated nMOFf": "TPP-decorated nMOF"}
    slips |= {"\nmematological": "\nhematological", "\nmmune": "\nimmune"}
    for slip, right in slips.items():
        assert slip in source
        source = source.replace(slip, right)
    plain = _squeezed(re.sub(r"<sup>[a-zI]</sup>|</?su[bp]>", "", source))
    for cell in load_tables(LIN / "tables.csv"):
        assert _squeezed(cell.text) in plain, cell
    for doi in load_gold(LIN).by_doi:
        assert _squeezed(f"doi:{doi}") in plain


def _squeezed(text: str) -> str:
    return re.sub(r"[\s-]", "", fold(text))
