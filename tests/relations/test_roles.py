"""What part a sentence gives to the cells, drugs, sizes and diseases in it."""

from __future__ import annotations

import time

import pytest
from pipeline.relations.roles import roles, tag


@pytest.fixture
def parts(paper):
    """The parts of a marked-up sentence's names, in the order of the text."""

    def read(sentence: str) -> list[tuple[str, str | None]]:
        document, mentions = type(paper)().block("paragraph", sentence).done()
        found = roles(document.text, 0, len(document.text), mentions)
        return [(mention.text, found.get(mention.id)) for mention in mentions]

    return read


COAT = "membrane_source"


@pytest.mark.parametrize(
    "sentence",
    [
        "{N:PLGA} dressed with {C:KB} membrane.",
        "{N:PLGA} was coated with a {C:KB} {X:oral cancer} cell membrane.",
        "{C:KB}-cell-membrane-camouflaged {N:PLGA} NPs.",
        "{C:KB} CCM-coated {N:PLGA}.",
        "Membranes that were isolated from cultured {C:KB} cells hid {N:PLGA}.",
        "The coat was derived from {C:KB} cells.",
        "NPs disguised as {C:KB} cells circulated.",
        "{C:KB} cells were chosen as the source of the membrane.",
        "{C:KB} cells were broken in hypotonic buffer and the membranes collected.",
        "{N:Rods} were wrapped in vesicles shed by {C:KB} cells.",
        "They lysed {C:KB} cells and laid their membrane over {N:PLGA}.",
    ],
)
def test_the_cells_of_a_coat_are_its_source(parts, sentence) -> None:
    assert dict(parts(sentence))["KB"] == COAT


@pytest.mark.parametrize(
    "sentence",
    [
        "A coat fused from {C:red cells} and {C:KB} cells hid {N:melanin}.",
        "They joined membranes of {C:4T1} cells with those of {C:KB}.",
        "They used a hybrid coat of {C:erythrocytes} and {C:KB} cells.",
        "{C:Platelet}-{C:KB} hybrids were put on {N:PLGA}.",
    ],
)
def test_both_cells_of_a_hybrid_are_sources(parts, sentence) -> None:
    assert {part for text, part in parts(sentence) if text not in ("melanin", "PLGA")} == {COAT}


@pytest.mark.parametrize(
    "sentence",
    [
        "{C:KB} cells took up the particles.",
        "{C:KB} cells were incubated with {C:4T1} membrane-coated NPs.",
        "{N:Silica} in membrane of {C:4T1} cells was injected into {C:KB} tumours.",
        "The particles were toxic to {C:KB} cells.",
    ],
)
def test_cells_that_are_only_tested_are_no_source(parts, sentence) -> None:
    assert dict(parts(sentence))["KB"] is None


def test_a_list_shares_its_part(parts) -> None:
    assert parts("Membranes of {C:HCT-116}, {C:MCF-7} and {C:HeLa} cells covered {N:gold}.")[:3] == [
        ("HCT-116", COAT), ("MCF-7", COAT), ("HeLa", COAT),
    ]  # fmt: skip
    assert parts("{X:Osteosarcoma} cells ({C:143B}) and {T:macrophages} ({C:RAW264.7}) shared the coat.")[1:] == [
        ("143B", COAT), ("macrophages", COAT), ("RAW264.7", COAT),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sentence",
    [
        "{D:DOX}-loaded {N:PLGA}.",
        "{N:PLGA} was filled with the drug {D:DOX}.",
        "{D:DOX} was then physically encapsulated.",
        "It ferried {D:DOX} into the brain.",
        "The release of {D:DOX} was slow.",
        "{N:PLGA} with {D:DOX} inside.",
        "{D:DOX} nanocrystals were coated.",
        "{D:DOX}, which was loaded last, leaked.",
        "With {D:DOX} as a model drug, {N:PLGA} was made.",
    ],
)
def test_a_drug_that_is_carried_is_cargo(parts, sentence) -> None:
    assert dict(parts(sentence))["DOX"] == "cargo"


@pytest.mark.parametrize(
    "sentence",
    [
        "Free {D:DOX} was loaded with toxicity.",
        "It did better than {D:DOX}-loaded liposomes.",
        "The release was slow compared with that of {D:DOX}.",
        "{D:DOX} alone was given.",
        "{D:DOX} crystals were attempted without success.",
    ],
)
def test_a_drug_that_is_compared_is_no_cargo(parts, sentence) -> None:
    assert dict(parts(sentence))["DOX"] == "comparator"


@pytest.mark.parametrize(
    "sentence",
    [
        "Particles with a {C:KB} coat homed, while the same particles with a {C:HeLa} coat did not.",
        "A coat of {C:HeLa} membrane, made for comparison, gave no such homing.",
        "Membrane from {C:HeLa} cells was used as a negative control.",
        "They went farther than particles that wore {C:HeLa} membrane.",
        "Control particles coated with membranes from {C:HeLa} cells were taken up less.",
        "They were superior to ones wearing the membrane of {C:HeLa} cells.",
        "Mice given particles in which {C:HeLa} membrane replaced the first were not protected.",
    ],
)
def test_a_control_coat_is_no_source(parts, sentence) -> None:
    assert dict(parts(sentence))["HeLa"] == "comparator"


def test_a_clause_about_the_free_drug_does_not_spoil_the_main_clause(parts) -> None:
    sentence = "While free {D:DOX} is toxic, {N:PLGA} with {D:PTX} in {C:HeLa} membrane was safe."
    assert dict(parts(sentence)) == {"DOX": "comparator", "PLGA": None, "PTX": "cargo", "HeLa": COAT}


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        ("The bare cores of {N:PLGA} measured {S:95 nm}.", "core_size"),
        ("It measured {S:95 nm} before coating.", "core_size"),
        ("It was passed through pores of {S:95 nm}.", "core_size"),
        ("Coated particles were {S:95 nm} wide.", "coated_size"),
        ("It had {S:95 nm} with its coat.", "coated_size"),
    ],
)
def test_a_size_is_of_the_coated_particle_or_of_the_core(parts, sentence, part) -> None:
    assert dict(parts(sentence))["95 nm"] == part


@pytest.mark.parametrize(
    ("sentence", "name", "part"),
    [
        ("No burns or {X:colitis} appeared.", "colitis", "absent"),
        ("{X:Bladder cancer} and {X:kidney cancer} were not examined.", "kidney cancer", "absent"),
        ("{M:Radiotherapy} might profit.", "Radiotherapy", "hypothesis"),
        ("Neutrophils were flushed from femurs of {A:C57BL/6 mice}.", "C57BL/6 mice", "donor_animal"),
        ("They filled an {N:iron MOF}, {N:MIL-101}, with dye.", "iron MOF", "description"),
    ],
)
def test_what_is_absent_supposed_or_only_a_donor_is_told(parts, sentence, name, part) -> None:
    assert dict(parts(sentence))[name] == part


def test_tags_stand_for_the_outermost_names(paper) -> None:
    document, mentions = paper.block("paragraph", "A coat of {C:4T1} ({X:breast cancer}) cells.").done()
    assert tag(document.text, 0, len(document.text), mentions).text.rstrip() == "A coat of ⟦C0⟧ ⟦X1⟧ cells."


def test_long_coordinations_cost_little(parts) -> None:
    sentence = (
        "The " + " melanoma and lung or breast, ".join("{C:KB}" for _ in range(12)) + " cells grew well in culture."
    )
    begin = time.process_time()
    parts(sentence)
    assert time.process_time() - begin < 1.0
