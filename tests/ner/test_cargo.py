"""Cargo that no lexicon has, and what becomes of a drug in its document."""

from __future__ import annotations

import pytest

from .conftest import Annotate, gap


def drugs(mentions: Annotate, text: str) -> list[str]:
    return [m.text for m in mentions(text) if m.label == "DRUG"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("QZX-31-loaded PLGA nanoparticles were made.", ["QZX-31"]),
        ("Liposomes encapsulating QZX31 were made.", ["QZX31"]),
        ("Liposomes loaded with QZX31 were made.", ["QZX31"]),
        ("QZX31 (2 mg) was then encapsulated in micelles. QZX31 worked.", ["QZX31", "QZX31"]),
        ("The kinase inhibitor QZX31 was given.", ["QZX31"]),
        ("QZX31, an oral KRAS inhibitor, was given.", ["QZX31"]),
        ("The antigen Qv85B was co-loaded.", ["Qv85B"]),
        ("The antigen Qv85B was stained.", []),
        ("They carried doxorubicin (QDX). QDX leaked.", ["doxorubicin", "QDX", "QDX"]),
        ("AZD9999 and zorvatinib were compared.", ["AZD9999", "zorvatinib"]),
        ("Membranes held zorbicilin-loaded micelles.", ["zorbicilin"]),
        ("131I, 64Cu-DOTA and lutetium-177 were used.", ["131I", "64Cu-DOTA", "lutetium-177"]),
        ("[18F]FDG uptake; 13C spectra; 45 nm.", ["[18F]FDG"]),
        ("Particles carrying the E7 peptide were injected.", ["E7 peptide"]),
        ("IL-10 rose. IL-10-loaded particles were made.", ["IL-10", "IL-10"]),
        ("Gels held recombinant human VEGF.", ["recombinant human VEGF"]),
        (
            "Gels held nerve growth factor (NGF). NGF leaked.",
            ["nerve growth factor", "NGF", "NGF"],
        ),
    ],
)
def test_what_is_said_of_a_code_makes_it_a_drug(mentions: Annotate, text: str, found: list[str]) -> None:
    assert drugs(mentions, text) == found


@pytest.mark.parametrize(
    "text",
    [
        "MSN-loaded cells and RBC-loaded gels were seen.",
        "The inhibitor PD-L1 axis is known.",
        "Doxorubicin-like crystals had a catalase-like activity.",
        "The buffer held 225 mM mannitol, 75 mM sucrose and 5 mM EDTA.",
        "COL1A1 mRNA levels fell.",
        "Genes were edited by CRISPR/Cas9.",
        "IL-6 and VEGF were measured.",
        "Protein-loaded and drug-loaded gels were made.",
    ],
)
def test_targets_buffers_and_what_cells_make_are_no_drugs(mentions: Annotate, text: str) -> None:
    assert [d for d in drugs(mentions, text) if d != "Doxorubicin"] == []


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        gap("Sunitinib was placed in PLA micelles. Tumours took up sunitinib.", "sunitinib", "cargo"),
        gap("Sunitinib is toxic. It was encapsulated in PLGA nanoparticles.", "Sunitinib", "cargo"),
        gap("Liposomes were loaded with sunitinib. Axitinib was less active.", "Axitinib", "comparator"),
        gap("PLGA nanoparticles were coated. Doxil had no effect.", "Doxil", "comparator"),
        gap("Uptake was stopped by genistein.", "genistein", "reagent"),
        gap("Diabetes came with streptozotocin.", "streptozotocin", "reagent"),
        gap("Membranes came from cells treated with mitoxantrone.", "mitoxantrone", "reagent"),
        ("Survival was 40 days against 12, compared with 13 for lapatinib.", "lapatinib", "comparator"),
        gap("Cells were seen with Hoechst 33342.", "Hoechst 33342", "reagent"),
        ("Micelles held sunitinib and the CSF-1R inhibitor edicotinib.", "edicotinib", "cargo"),
        ("PLGA nanoparticles were coated. Becaplermin gel was less effective.", "Becaplermin", "comparator"),
    ],
)
def test_a_drugs_role_comes_from_its_sentence_or_its_document(
    mentions: Annotate, text: str, name: str, role: str
) -> None:
    assert {m.role for m in mentions(text) if m.text == name} == {role}


def test_a_line_in_brackets_has_the_role_of_its_cells(mentions: Annotate) -> None:
    found = mentions("They wore the membrane of macrophages (J774A.1).")
    assert [(m.label, m.role) for m in found] == [
        ("CELL_TYPE", "membrane_source"),
        ("CELL_LINE", "membrane_source"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Particles with toceranib were given.", ["toceranib"]),
        ("Rats drank a decoction of Salvia miltiorrhiza.", ["Salvia miltiorrhiza"]),
        ("The compound was extracted from Salvia miltiorrhiza.", []),
        ("Berberine, an alkaloid of Coptis chinensis, was given.", ["Berberine"]),
        ("Vesicles of leaves: Morus alba-derived exosomes.", []),
        ("They inhibited S-nitrosoglutathione reductase.", []),
        ("They raised superoxide dismutase expression.", []),
        (
            "Therapies such as calcitonin gene-related peptide (CGRP) inhibitors help.",
            ["calcitonin gene-related peptide (CGRP) inhibitors"],
        ),
        (
            "Delivery of interleukin-9 plasmids (pIL-9) was local. Uptake of pIL-9 rose.",
            ["interleukin-9 plasmids", "pIL-9", "pIL-9"],
        ),
    ],
)
def test_a_substance_is_a_drug_but_not_as_a_source_or_an_enzymes_substrate(
    mentions: Annotate, text: str, found: list[str]
) -> None:
    assert drugs(mentions, text) == found


def test_messenger_rna_is_a_drug_where_a_rule_of_roles_says_that_it_is_cargo(mentions: Annotate) -> None:
    assert drugs(mentions, "A cell coat brings IL-12 mRNA into the tumour.") == ["IL-12 mRNA"]
    assert drugs(mentions, "The level of IL-12 mRNA rose.") == []
