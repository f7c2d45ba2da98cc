from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation import GoldValue
from pipeline.evaluation.matching import MATCHINGS, FoundValue, Matching, assign, collect, form, matches
from pipeline.records import CoreValue, FieldName, Term, Value
from tests.evaluation.make import size, value


def _gold(text: str, name: str = "", curies: tuple[str, ...] = (), field: FieldName = "cores") -> GoldValue:
    return GoldValue(study="1", field=field, text=text, name=name or text, curies=curies, source="here")


def _levels(gold: GoldValue, found: Value) -> set[Matching]:
    return {matching for matching in MATCHINGS if matches(gold, FoundValue([found]), matching)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mesoporous silica NPs", "mesoporous silica nanoparticles"),
        ("PLGA NP", "PLGA nanoparticles"),
        ("B16-F10", "B16F10"),
        ("RAW264.7", "RAW 264.7"),
        ("BALB/c nude mice", "BALB/c nude mouse"),
        ("poly(citrate-peptide)", "poly(citrate peptide)"),
        ("Hela", "HeLa"),
        ("liver tumours", "liver tumor"),
        ("dendritic cells", "Dendritic cell"),
    ],
)
def test_spelling_makes_no_difference_in_the_normalised_matching(one: str, other: str) -> None:
    assert "normalised" in _levels(_gold(one), value(other))


@pytest.mark.parametrize("other", ["silica", "silica core", "hollow silica NPs", "mesoporous silica nanospheres"])
def test_structure_and_form_of_a_core_make_no_difference(other: str) -> None:
    assert _levels(_gold("hollow mesoporous silica NPs"), value(other)) >= {"normalised", "relaxed"}


@pytest.mark.parametrize(
    ("one", "other"), [("4T1", "4T07"), ("HCT116", "HCT15"), ("B16", "B16F10"), ("thesis", "the"), ("NP", "nanorod")]
)
def test_another_name_is_another_thing(one: str, other: str) -> None:
    assert form(one) != form(other)
    assert "normalised" not in _levels(_gold(one), value(other))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("BALB/c nude mice", "female BALB/c nude mice", True),
        ("Kunming mice", "U14-bearing Kunming mice", True),
        ("ApoE\u2212/\u2212 mice", "male ApoE-deficient mice", True),
        ("BALB/c mice", "BALB/c nude mice", False),
        ("4T1 tumor-bearing mice", "HeLa tumor-bearing mice", False),
        ("female mice", "mice", True),
    ],
)
def test_animals_are_the_same_by_their_strain(one: str, other: str, same: bool) -> None:
    assert ("normalised" in _levels(_gold(one, field="animal_models"), value(other))) is same


def test_a_core_of_one_material_has_its_identifier_and_its_name() -> None:
    silica = CoreValue(
        text="hollow silica", name="hollow silica", score=0.9, channel="text", evidence=("m1",),
        materials=(Term(name="silica", curie="CHEBI:30563"),),
    )  # fmt: skip
    assert "normalised" in _levels(_gold("SiO2 shells", curies=("CHEBI:30563",)), silica)
    assert "normalised" in _levels(_gold("silica"), silica)
    terms = (*silica.materials, Term(name="gold", curie="CHEBI:29287"))
    both = silica.model_copy(update={"name": "silica-gold", "text": "silica-gold", "materials": terms})
    assert "normalised" not in _levels(_gold("SiO2 shells", curies=("CHEBI:30563",)), both)


def test_any_accepted_identifier_will_do_whatever_the_names() -> None:
    wanted = _gold("alendronate", curies=("CHEBI:2567", "mesh:D019386"), field="drugs")
    assert "normalised" in _levels(wanted, value("ALN", curie="MESH:D019386"))


def test_two_identifiers_of_one_namespace_are_two_things_even_under_one_name() -> None:
    wanted = _gold("H22", curies=("cellosaurus:CVCL_H613",), field="membranes")
    assert _levels(wanted, value("H22", curie="cellosaurus:CVCL_1E32")) == {"exact", "relaxed"}


def test_identifiers_of_different_namespaces_leave_it_to_the_names() -> None:
    wanted = _gold("liver cancer", curies=("DOID:3571",), field="diseases")
    assert "normalised" in _levels(wanted, value("liver cancer", curie="NCIT:C34803"))


def test_the_species_does_not_settle_the_strain() -> None:
    wanted = _gold("C57BL/6 mice", curies=("NCBITaxon:10090",), field="animal_models")
    assert _levels(wanted, value("BALB/c mice", curie="NCBITaxon:10090")) == set()
    assert "normalised" in _levels(wanted, value("C57BL/6 mouse", curie="NCBITaxon:10090"))


def test_where_gold_names_no_more_than_a_strain_its_animals_match() -> None:
    assert "normalised" in _levels(_gold("BALB/c", field="animal_models"), value("female BALB/c mice"))
    assert "normalised" not in _levels(_gold("BALB/c", field="animal_models"), value("BALB/c nude mice"))
    assert "normalised" not in _levels(_gold("BALB/c rats", field="animal_models"), value("BALB/c mice"))


def test_sizes_are_compared_as_lengths() -> None:
    wanted = GoldValue(study="1", field="sizes", text="ca. 0.25", name="0.25 µm", source="here")
    assert _levels(wanted, size(250)) == {"normalised", "relaxed"}
    assert _levels(wanted, size(245)) == {"relaxed"}
    assert _levels(wanted, size(200)) == set()
    assert _levels(wanted, size(0.25, "kg")) == set()


def test_a_shared_material_is_a_relaxed_match_and_a_shared_empty_word_is_none() -> None:
    assert _levels(_gold("silica NPs"), value("silica-gold core")) == {"relaxed"}
    assert _levels(_gold("hollow copper sulfide nanoparticles"), value("hollow gold nanoparticles")) == set()
    assert _levels(_gold("breast cancer", field="diseases"), value("liver cancer")) == set()


def test_the_same_value_from_two_channels_stands_once() -> None:
    both = [value("PLGA NPs"), value("PLGA nanoparticles", channel="text"), value("silica", channel="text")]
    assert [len(found.values) for found in collect("cores", both)] == [2, 1]


def test_a_bare_cores_size_is_not_scored() -> None:
    assert [found.best.text for found in collect("sizes", [size(80, of="core"), size(100)])] == ["100 nm"]


def test_assignment_is_one_to_one_and_pairs_as_many_as_match() -> None:
    """The first gold value fits both found ones, the second only the first: greedy pairing would lose one."""
    wanted = [_gold("silica gold"), _gold("silica")]
    found = collect("cores", [value("silica iron"), value("gold")])
    assert sorted(assign(wanted, found, "relaxed")) == [(0, 1), (1, 0)]
    assert len(assign([_gold("PLGA"), _gold("PLGA", "poly")], collect("cores", [value("PLGA")]), "exact")) == 1


@given(st.text(max_size=20))
def test_every_name_matches_itself_in_every_matching(name: str) -> None:
    name = name.strip() or "x"
    assert _levels(_gold(name), value(name)) == set(MATCHINGS)


@given(st.text(max_size=30))
def test_form_is_stable_under_its_own_result_and_case(name: str) -> None:
    assert form(name) == form(" ".join(name.split()))


def test_an_identifier_for_something_else_is_not_saved_by_the_printed_text() -> None:
    wanted = _gold("B16-OVA", field="membranes")
    assert "normalised" in _levels(wanted, value("B16-OVA"))
    assert "normalised" not in _levels(wanted, value("B16-OVA", name="B16", curie="cellosaurus:CVCL_F936"))


def test_a_range_stands_for_its_middle() -> None:
    wanted = GoldValue(study="1", field="sizes", text="140-160", name="140–160 nm", source="here")
    assert "normalised" in _levels(wanted, size(150))
    assert "normalised" not in _levels(wanted, size(140))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("hollow MnO2 NPs", "hollow manganese dioxide nanoparticles", True),
        ("Fe3O4 nanoparticles", "magnetite", True),
        ("MnO2", "manganese oxide", False),
    ],
)
def test_a_materials_formula_is_its_name(one: str, other: str, same: bool) -> None:
    assert ("normalised" in _levels(_gold(one), value(other))) is same


@pytest.mark.parametrize(
    ("found", "same"),
    [("rats with arthritis", True), ("Wistar rats", True), ("mice", False), ("nude mice", False)],
)
def test_a_species_in_gold_is_met_by_any_animal_of_it(found: str, same: bool) -> None:
    assert ("normalised" in _levels(_gold("rats", field="animal_models"), value(found))) is same


def test_a_linked_strain_matches_the_printed_substrain() -> None:
    gold = _gold("C57BL/6J mice", curies=("NCBITaxon:10090",), field="animal_models")
    found = value("C57BL/6J mice", name="C57BL/6 mice", curie="mesh:D008810")
    assert "normalised" in _levels(gold, found)
    assert "normalised" not in _levels(gold, value("BALB/c mice", curie="mesh:D008807"))
