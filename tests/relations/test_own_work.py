"""Source papers: what a paper says of its own formulations, by name and by weight."""

from __future__ import annotations

import pytest

from pipeline.records import CoreFacts, Term
from pipeline.relations import assemble
from pipeline.relations.names import own_names


def source(paper, abstract: str, *body: str):
    paper.block("title", "Coated particles").block("abstract", abstract)
    for text in body or ("Cells were grown.",):
        paper.block("paragraph", text, "Results")
    return paper


@pytest.mark.parametrize(
    ("abstract", "names"),
    [
        ("The product, PNP-Rap, was stable.", ["PNP-Rap"]),
        ("M-CuS@DOX beat CuS@DOX.", ["M-CuS@DOX"]),
        ("Membrane-coated nanoparticles (HM-VEN) went far.", ["HM-VEN"]),
        ("It is called EP-PLGA/Gem.", ["EP-PLGA/Gem"]),
        ("BM@Au was hot. BM@PDA was not. As a control, CM@Au was made.", ["BM@Au", "BM@PDA"]),
        ("Nothing has a name here (PBS, n = 3).", []),
        ("Correspondence: l.wirz@example.org.", []),
    ],
)
def test_a_paper_names_its_own_formulations(paper, abstract, names) -> None:
    document, _ = source(paper, abstract).done()
    assert sorted(own_names(document)) == names


def test_formulations_compared_by_name_have_a_record_each(paper, stated) -> None:
    source(
        paper,
        "{N:Gold cages} (BM@Au, {S:63 nm}) and {N:polydopamine} loaded with {D:dabrafenib} (BM@PDA, {S:137 nm}) were"
        " coated with {C:B16-F10} membrane against {X:melanoma}.",
    )
    first, second = assemble(*paper.done())
    assert stated(first) == {
        "membranes": ["B16-F10"], "cores": ["Gold cages"], "sizes": ["63 nm"], "diseases": ["melanoma"],
    }  # fmt: skip
    assert stated(second) == {
        "membranes": ["B16-F10"], "cores": ["polydopamine"], "drugs": ["dabrafenib"], "sizes": ["137 nm"],
        "diseases": ["melanoma"],
    }  # fmt: skip
    assert (first.formulation, second.formulation) == ("BM@Au", "BM@PDA")


def test_parts_of_a_formulations_name_are_no_values(paper, stated) -> None:
    source(paper, "{N:M-CuS}@DOX is {N:copper sulfide} coated with {C:RAW 264.7} membrane.", "{N:M-CuS}@DOX was warm.")
    (record,) = assemble(*paper.done())
    assert stated(record)["cores"] == ["copper sulfide"]


def test_a_line_and_its_type_are_one_coat(paper, stated) -> None:
    source(paper, "{T:Macrophage} membrane covered gold.", "Membrane of {C:RAW 264.7} {T:macrophages} was used.")
    document, mentions = paper.done()
    (record,) = assemble(document, mentions)
    assert stated(record)["membranes"] == ["RAW 264.7"]
    assert len(record.membranes[0].evidence) == 3


def test_a_type_is_joined_with_a_line_that_is_known_to_be_of_it(paper, stated) -> None:
    source(paper, "{T:Macrophage} membrane covered gold.", "Membrane of {C:RAW 264.7} was used.")
    document, mentions = paper.done()
    known = {"Macrophage": "CL:0000235", "RAW 264.7": "cellosaurus:CVCL_0493"}
    (record,) = assemble(document, [m.model_copy(update={"curie": known[m.text]}) for m in mentions])
    assert stated(record)["membranes"] == ["RAW 264.7"]


def test_a_form_alone_is_joined_with_the_material_in_that_form(paper, stated) -> None:
    source(paper, "{C:KB} membrane-coated {N:gold cages}.", "The {N:cages} shone more than {N?:gold rods}.")
    document, mentions = paper.done()
    gold = (Term(name="gold"),)
    facts = {
        "gold cages": CoreFacts(materials=gold, form="nanocage"),
        "cages": CoreFacts(form="nanocage"),
        "gold rods": CoreFacts(materials=gold, form="nanorod"),
    }
    (record,) = assemble(document, [m.model_copy(update={"core": facts.get(m.text)}) for m in mentions])
    assert stated(record)["cores"] == ["gold cages"]
    assert len(record.cores[0].evidence) == 2


def test_animals_that_were_treated_are_not_named_after_those_that_gave_cells(paper, stated) -> None:
    paper.block(
        "abstract",
        "We coated {N:PLGA} with membranes of {T:neutrophils} from {A?:C57BL/6 mice}. It helped {A:arthritic mice}.",
    )
    (record,) = assemble(*paper.done())
    assert stated(record)["animal_models"] == ["arthritic mice"]


@pytest.mark.parametrize("between", ["of", "shed by the probiotic", "(OMVs) secreted by"])
def test_vesicles_are_those_of_the_cells_that_shed_them(paper, stated, between: str) -> None:
    paper.block(
        "abstract", f"We coated {{N:PLGA}} with {{T:outer membrane vesicles}} {between} {{T:Escherichia coli}}."
    )
    (record,) = assemble(*paper.done())
    assert stated(record)["membranes"] == ["Escherichia coli"]


def test_side_issues_and_donor_animals_are_left_out(paper, stated) -> None:
    source(
        paper,
        "{T:Neutrophil} membrane coated {N:PLGA} to treat {X:arthritis} in {A:DBA/1J mice}.",
        "Neutrophils were isolated from {A?:C57BL/6 mice}. {X?:Hepatitis} was treated elsewhere.",
    )
    (record,) = assemble(*paper.done())
    assert stated(record)["diseases"] == ["arthritis"]
    assert stated(record)["animal_models"] == ["DBA/1J mice"]


def test_a_core_told_at_different_depth_is_one_value(paper, stated) -> None:
    source(
        paper,
        "{C:KB} membrane-coated {N:mesoporous silica}.",
        "The {N:mesoporous silica nanoparticles} and {N:silica}.",
    )
    (record,) = assemble(*paper.done())
    assert stated(record)["cores"] == ["mesoporous silica nanoparticles"]
    assert len(record.cores[0].evidence) == 3


def test_a_nucleic_acid_told_at_different_depth_is_one_drug(paper, stated) -> None:
    abstract = "{N:PLGA} coated with membrane of {C:HeLa} cells was loaded with {D:survivin siRNA} and {D:doxorubicin}."
    (record,) = assemble(*source(paper, abstract, "It was loaded with {D:siRNA}.").done())
    assert stated(record)["drugs"] == ["survivin siRNA", "doxorubicin"]
