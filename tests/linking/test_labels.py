"""Preferred names are the labels of the vocabularies, but for a list of exceptions that says why."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.errors import ModelError
from pipeline.evaluation.gold import GoldValue
from pipeline.evaluation.matching import FoundValue, matches
from pipeline.linking import called, read_entries, shipped_lexicon
from pipeline.linking.labels import LabelRow, read_labels, same_words
from pipeline.records import Value
from pipeline.settings import models_dir

LEXICONS = models_dir() / "lexicons"
TABLES = ("cell_types", "cores", "modalities", "strains")


@pytest.fixture(scope="module")
def labels() -> dict[tuple[str, str], LabelRow]:
    """The shipped rows by identifier and curated name."""
    return {(row.identifier, row.name): row for row in read_labels()}


@pytest.mark.parametrize("table", TABLES)
def test_a_curated_name_is_the_label_or_a_stated_exception(table: str) -> None:
    accepted = {(row.identifier, row.name) for row in read_labels() if row.kept or not row.label}
    accepted |= {(row.identifier, row.label) for row in read_labels() if not row.kept}
    same = {(row.identifier, row.name) for row in read_labels() if same_words(row.name, row.label)}
    shown = {(entry.curie, entry.preferred) for entry in read_entries(LEXICONS / f"{table}.tsv")
             if entry.source == "curated" and entry.curie}  # fmt: skip
    assert shown
    assert shown - accepted - same == set()


def test_every_exception_says_why_and_every_label_where_it_is_from(labels: dict[tuple[str, str], LabelRow]) -> None:
    assert all(row.source for row in labels.values() if row.label)
    unlabelled = {row.identifier.partition(":")[0] for row in labels.values() if not row.label}
    assert unlabelled <= {"pubchem.compound", "NCBITaxon", "CHEBI", "mesh"}
    assert sum(not row.label for row in labels.values()) < 250
    assert not [row for row in labels.values() if row.kept and same_words(row.name, row.label)]


def test_an_identifier_found_by_name_is_that_of_the_label(labels: dict[tuple[str, str], LabelRow]) -> None:
    with (LEXICONS / "official/identifiers.tsv").open(encoding="utf-8", newline="") as lines:
        found = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert found
    assert len({(row["type"], row["name"]) for row in found}) == len(found)
    for row in found:
        stated = labels[row["identifier"], row["name"]]
        assert same_words(stated.label, row["name"]), row
        assert not stated.kept, row
    assert {entry.curie for entry in shipped_lexicon().lookup("thrombosis", ("disease",))} == {"mesh:D013927"}


@pytest.mark.parametrize(
    ("written", "kind", "name"),
    [
        ("adipocytes", "cell_type", "fat cell"),
        ("M2 macrophages", "cell_type", "alternatively activated macrophage"),
        ("red blood cells", "cell_type", "erythrocyte"),
        ("rapamycin", "drug", "sirolimus"),
        ("aspirin", "drug", "acetylsalicylic acid"),
        ("gastric cancer", "disease", "stomach cancer"),
        ("Lactobacillus plantarum", "cell_type", "Lactiplantibacillus plantarum"),
        ("docetaxel", "drug", "docetaxel"),  # an exception: the label is "docetaxel anhydrous"
        ("PLGA", "material", "PLGA"),
    ],
)
def test_what_is_written_gets_the_label_as_its_name(written: str, kind: str, name: str) -> None:
    assert {entry.preferred for entry in shipped_lexicon().lookup(written, (kind,))} == {name}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("tumor-infiltrating lymphocyte", "Lymphocytes, Tumor-Infiltrating", True),
        ("spinal cord injury", "Spinal Cord Injuries", True),
        ("microparticle", "Microspheres", False),
        ("sepsis", "sepse", False),
        ("MCF-7", "MCF7", True),
        ("cell of the bone", "bone cell", False),
    ],
)
def test_names_differ_by_their_words(one: str, other: str, same: bool) -> None:
    assert same_words(one, other) is same


def test_gold_may_name_the_label_or_what_the_field_says() -> None:
    found = FoundValue(
        [Value(text="AD", name="fat cell", curie="CL:0000136", score=0.9, channel="text", evidence=("m1",))]
    )
    for name, right in (("adipocyte", True), ("fat cells", True), ("osteocyte", False)):
        gold = GoldValue(study="1", field="membranes", text=name, name=name, source="x")
        assert matches(gold, found, "normalised") is right, name
    assert called("CL:0000136") == {"fat cell", "adipocyte"}
    assert called(None) == frozenset()


def test_a_table_of_labels_with_other_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "labels.tsv").write_text("identifier\tlabel\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"build_labels\.py"):
        read_labels(tmp_path / "labels.tsv")
