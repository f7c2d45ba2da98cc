"""Roles, negation and hypothesis on the mentions of the shipped pipeline."""

from __future__ import annotations

import pytest

from .conftest import Annotate, gap


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("Membranes extracted from 4T1 cells were extruded.", "4T1", "membrane_source"),
        gap("4T1 breast cancer cell membranes were used.", "4T1", "membrane_source"),
        ("NPs coated with RBC and 4T1 membranes.", "4T1", "membrane_source"),
        ("Uptake by 4T1 cells was high.", "4T1", "test_cells"),
        ("4T1 cells took up more.", "4T1", "test_cells"),
        ("HL-60 cells differentiated by DMSO supplied the membranes.", "HL-60", "membrane_source"),
        ("For membrane isolation, 4T1 cells were scraped.", "4T1", "membrane_source"),
        ("4T1 tumors were irradiated.", "4T1", "test_cells"),
        ("Platelets provided membranes for the coat.", "Platelets", "membrane_source"),
        ("NPs loaded with doxorubicin were made.", "doxorubicin", "cargo"),
        ("doxorubicin-loaded NPs were made.", "doxorubicin", "cargo"),
        ("Free doxorubicin was toxic.", "doxorubicin", "comparator"),
        ("Mice got doxorubicin alone.", "doxorubicin", "comparator"),
        gap("doxorubicin was purchased from a supplier.", "doxorubicin", "reagent"),
        ("Doxorubicin-induced damage was seen.", "Doxorubicin", "reagent"),
        ("DiR-labelled particles were seen.", "DiR", "reagent"),
        ("Made of PLGA nanoparticles.", "PLGA", "core"),
    ],
)
def test_roles(mentions: Annotate, text: str, name: str, role: str) -> None:
    assert [m.role for m in mentions(text) if m.text == name] == [role]


def test_an_abbreviation_has_the_role_of_the_name_it_stands_for(mentions: Annotate) -> None:
    found = mentions("NPs loaded with doxorubicin (DOX) were made.")
    assert [m.role for m in found if m.label == "DRUG"] == ["cargo", "cargo"]


@pytest.mark.parametrize(
    ("text", "name", "negated", "hypothetical"),
    [
        ("The particles did not cause weight loss.", "weight loss", True, False),
        ("They caused weight loss.", "weight loss", False, False),
        ("The membranes did not come from 4T1 cells.", "4T1", True, False),
        ("Neither 4T1 nor HeLa cells took up particles.", "4T1", False, False),
        ("The platform could be applied to osteosarcoma.", "osteosarcoma", False, True),
        ("No doxorubicin was used.", "doxorubicin", True, False),
        gap("Axitinib, the older drug, was omitted.", "Axitinib", True, False),
        ("Osteosarcoma was not studied.", "Osteosarcoma", True, False),
        ("Osteosarcoma was not affected.", "Osteosarcoma", False, False),
        gap("Sepsis, a known danger, did not occur.", "Sepsis", True, False),
        ("It did not prevent sepsis.", "sepsis", False, False),
        gap("There isn't any trial in sepsis.", "sepsis", True, False),
        ("HeLa membranes were not used.", "HeLa", True, False),
        gap("Sepsis could be ruled out.", "Sepsis", True, False),
        gap("Perhaps sepsis is next.", "sepsis", False, True),
        gap("Gout is a reasonable next target.", "Gout", False, True),
        gap("It might prevent gout.", "gout", False, True),
        ("It could loosen the matrix of osteosarcoma.", "osteosarcoma", False, False),
    ],
)
def test_negation_and_hypothesis(mentions: Annotate, text: str, name: str, negated: bool, hypothetical: bool) -> None:
    assert [(m.negated, m.hypothetical) for m in mentions(text) if m.text == name] == [(negated, hypothetical)]
