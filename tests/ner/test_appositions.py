"""One thing under two names: a name and the formula or code in brackets behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.ner.appositions import unite
from pipeline.ner.state import MentionCandidate

from .conftest import Annotate


@pytest.mark.parametrize(
    ("text", "label", "surfaces"),
    [
        ("Cuprous oxide (Cu2O) cubes wore a coat. Cu2O was dark.", "CORE", ["Cuprous oxide", "Cu2O", "Cu2O"]),
        ("Cores were loaded with iron pentacarbonyl (Fe(CO)5) and coated.", "DRUG", ["iron pentacarbonyl", "Fe(CO)5"]),
    ],
)
def test_a_formula_in_brackets_is_what_stands_before_it(
    mentions: Annotate, text: str, label: str, surfaces: list[str]
) -> None:
    found = [m for m in mentions(text) if m.label == label]
    assert [m.text for m in found] == surfaces
    assert len({(m.name, m.curie) for m in found}) == 1


def test_two_things_that_both_have_identifiers_stay_two() -> None:
    text = "PLGA (PEG)"
    found = [
        MentionCandidate(0, 4, "CORE", "PLGA", 0.9, "rule", "cores", curie="CHEBI:53493"),
        MentionCandidate(6, 9, "CORE", "PEG", 0.9, "rule", "cores", curie="CHEBI:46793"),
    ]
    assert unite(text, found) == found
    assert [one.name for one in unite(text, [found[0], replace(found[1], curie=None)])] == ["PLGA", "PLGA"]


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("On coating, the hydrodynamic diameter moved from 71 nm to 92 nm.", [("71 nm", "core"), ("92 nm", "coated")]),
        ("The Z-average (in nm) was 131.0 before and 148.5 after coating.", [("131.0", "core"), ("148.5", "coated")]),
    ],
)
def test_a_size_that_moves_or_whose_unit_is_told_once_is_two(
    mentions: Annotate, text: str, sizes: list[tuple[str, str]]
) -> None:
    assert [(m.text, m.size.of) for m in mentions(text) if m.size] == sizes


def test_what_a_core_is_doped_with_belongs_to_its_name(mentions: Annotate) -> None:
    found = mentions("Tumor cell membranes were draped over manganese-doped mesoporous silica nanoparticles.")
    assert [m.text for m in found if m.label == "CORE"] == ["manganese-doped mesoporous silica"]


def test_members_of_a_coordination_share_their_role_across_suppliers_and_apposition(mentions: Annotate) -> None:
    text = "Lactate oxidase (LOx; Sigma) and the MCT4 inhibitor syrosingopine were encapsulated in coated PLGA cores."
    drugs = [m for m in mentions(text) if m.label == "DRUG" and m.text != "LOx"]
    assert [(m.text, m.role) for m in drugs] == [("Lactate oxidase", "cargo"), ("syrosingopine", "cargo")]
    assert len({m.support for m in drugs}) == 1
