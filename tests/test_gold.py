"""The gold sets that are shipped."""

from __future__ import annotations

import gzip
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.evaluation import check, load_gold
from pipeline.evaluation.matching import form
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
    plain = _normalised(re.sub(r"<sup>[a-zI]</sup>|</?su[bp]>", "", source))
    for cell in load_tables(LIN / "tables.csv"):
        assert _normalised(cell.text) in plain, cell
    for doi in load_gold(LIN).by_doi:
        assert _normalised(f"doi:{doi}") in plain


def _normalised(text: str) -> str:
    return re.sub(r"[\s-]", "", fold(text))


ACCEPTED_BY_HAND = {
    "indomethacin", "MHCI-deficient 4T1", "gamabufotalin", "ginsenoside Rh2", "DL-menthol", "alendronate",
    "oral cancer", "poloxamer 407", "PLGA", "brain tumors",
}  # fmt: skip
"""Values whose identifier goes by another name in the vocabulary; the datasheet says why where it is not plain."""


@pytest.mark.shared
def test_lin2023_identifiers_are_those_of_the_names_in_the_vocabularies(shared: Path) -> None:
    """A mistyped accession would name something else."""
    names = _vocabularies(shared / "data")
    by_hand = set()
    for value in load_gold(LIN).values:
        known = [curie for curie in value.curies if curie.partition(":")[0] in ("cellosaurus", "CL", "CHEBI", "DOID")]
        for curie in known:
            assert names.get(curie), f"{curie} of {value.text} is in no vocabulary"
            if not {form(value.text), form(value.name)} & names[curie]:
                by_hand.add(value.text)
    assert by_hand == ACCEPTED_BY_HAND


def _vocabularies(data: Path) -> dict[str, set[str]]:
    """The folded names of each identifier in Cellosaurus, Cell Ontology, ChEBI and the Disease Ontology."""
    wanted = {curie for value in load_gold(LIN).values for curie in value.curies}
    names: dict[str, set[str]] = {}

    def add(curie: str, name: str) -> None:
        if curie in wanted:
            names.setdefault(curie, set()).add(form(name))

    for row in _rows(data / "cellosaurus" / "cellosaurus_names_r33_2019-12.tsv"):
        add(f"cellosaurus:{row[0]}", row[1])
    for row in _rows(data / "disease_ontology" / "do_names_merged.tsv"):
        add(row[0], row[1])
    for source in ("CellOntology", "chebi"):
        for row in _rows(data / "bioresources" / f"{source}.tsv.gz"):
            add(row[1], row[0])
    for row in _rows(data / "enanomapper" / "enm_names.tsv"):
        add(row[0].rpartition("/")[2].replace("_", ":"), row[1])
    return names


def _rows(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")
