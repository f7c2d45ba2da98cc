"""Cores: where their phrase begins and ends, what it is called, what it is made of."""

from __future__ import annotations

import pytest

from pipeline.relations import assemble

from .conftest import Annotate, as_document


@pytest.mark.parametrize(
    ("text", "phrase", "name", "materials"),
    [
        (
            "We made poly(lactic-co-glycolic acid) (PLGA) nanoparticles.",
            "poly(lactic-co-glycolic acid)",
            "PLGA",
            [("PLGA", "CHEBI:53493")],
        ),
        (
            "Vancomycin was entrapped in poly(lactic acid) nanoparticles.",
            "poly(lactic acid)",
            "PLA",
            [("PLA", "CHEBI:53407")],
        ),
        (
            "They grew. Hollow copper sulfide nanoparticles were made.",
            "copper sulfide",
            None,
            [("copper sulfide", "CHEBI:51111")],
        ),
        (
            "Calcium phosphate-lipid hybrid nanoparticles were made.",
            "Calcium phosphate-lipid hybrid nanoparticles",
            "calcium phosphate-lipid hybrid nanoparticles",
            [("calcium phosphate", "CHEBI:77635"), ("lipid", "CHEBI:18059")],
        ),
        (
            "We report Cal-27-membrane-wrapped zinc porphyrin nanoassemblies.",
            "zinc porphyrin nanoassemblies",
            "zinc porphyrin nanoassemblies",
            [("zinc", "CHEBI:27363")],
        ),
        (
            "A coat was put on nanogels of hyaluronic acid.",
            "hyaluronic acid",
            None,
            [("hyaluronic acid", "CHEBI:16336")],
        ),
        ("PAMAM-PLGA NPs.", "PAMAM-PLGA", None, [("PAMAM", "CHEBI:53199"), ("PLGA", "CHEBI:53493")]),
        ("[89Zr]Zr-PM-PLGA was stable.", "PLGA", "PLGA", [("PLGA", "CHEBI:53493")]),
        (
            "DSPE-PEG-modified upconversion nanoparticles glowed.",
            "upconversion nanoparticles",
            "upconversion nanoparticle",
            [("upconversion nanoparticle", None)],
        ),
        (
            "We used the metal-organic framework ZIF-8.",
            "metal-organic framework ZIF-8",
            None,
            [("ZIF-8", "mesh:C000715613")],
        ),
        ("We coated copper peroxide with a coat of LNCaP cells.", "copper peroxide", None, [("copper peroxide", None)]),
    ],
)
def test_a_core_is_named_by_its_own_words(
    mentions: Annotate, text: str, phrase: str, name: str | None, materials: list[tuple[str, str | None]]
) -> None:
    core = next(m for m in mentions(text) if m.label == "CORE")
    assert (core.text, core.name) == (phrase, name or phrase)
    assert core.core is not None
    assert [(term.name, term.curie) for term in core.core.materials] == materials


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (("Gold nanospheres", "gold nanospheres"), "gold nanospheres"),
        (("Micelles", "micelles", "the micelle"), "micelle"),
        (("Bovine serum albumin particles", "bovine serum albumin"), "bovine serum albumin"),
        (("Carbon dots", "carbon dots"), "carbon dot"),
        (("Prussian blue", "the Prussian blue"), "Prussian blue"),
    ],
)
def test_one_thing_has_one_name_however_it_is_printed(mentions: Annotate, texts: tuple[str, ...], name: str) -> None:
    for text in texts:
        found = mentions(f"{text} were coated with the membranes of 4T1 cells.")
        assert {m.name for m in found if m.label == "CORE"} == {name}, text


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Lipo were extruded, and these liposomes were stable.", "liposome"),
        ("SLNs were made by homogenization of nanoparticles.", "solid lipid nanoparticle"),
    ],
)
def test_a_forms_abbreviation_is_named_in_full(mentions: Annotate, text: str, phrase: str) -> None:
    assert phrase in [m.name for m in mentions(text) if m.label == "CORE"]


@pytest.mark.parametrize("text", ["docetaxel nanocrystals", "nanocrystals of docetaxel"])
def test_a_drugs_crystals_are_a_core_and_hold_the_drug(mentions: Annotate, text: str) -> None:
    found = {m.label: m.text for m in mentions(f"Platelet membranes were put on {text} and stored.")}
    assert (found["CORE"], found["DRUG"]) == (text, "docetaxel")


def test_what_was_coated_is_a_core_though_its_material_alone_is_none(mentions: Annotate) -> None:
    assert [m.start for m in mentions("Membrane-coated melanin shone. Hair has melanin.") if m.label == "CORE"] == [16]


@pytest.mark.parametrize(
    ("text", "name"),
    [("PCL-PTX NPs were round.", "PCL"), ("A core of PLGA was made.", "PLGA")],
)
def test_a_name_has_the_material_first_and_no_drug(mentions: Annotate, text: str, name: str) -> None:
    assert [m.name for m in mentions(text) if m.label == "CORE"] == [name]


@pytest.mark.parametrize("text", ["Proteins in a coat are many.", "A hollow product.", "Spheres were seen."])
def test_what_is_vague_is_no_core(mentions: Annotate, text: str) -> None:
    assert not [m for m in mentions(text) if m.label == "CORE"]


@pytest.mark.parametrize(
    "text", ["The membrane was added (protein/UCNP 0.8:1).", "It was kept in a framework of COF-like ideas."]
)
def test_a_ratio_or_a_framework_of_ideas_is_no_core(mentions: Annotate, text: str) -> None:
    assert not [m for m in mentions(text) if m.label == "CORE" and m.text != "COF"]


@pytest.mark.parametrize(
    "phrase",
    [
        "gold nanorods",
        "liposomes",
        "molybdenum oxide",
        "poly(acrylic acid)",
        "polyphosphazene",
        "AuNPs",
        "MIL-88A",
        "ionizable lipid nanoparticles",
    ],
)
def test_a_core_is_read_as_chemists_write_it(mentions: Annotate, phrase: str) -> None:
    found = [m for m in mentions(f"Then membrane-coated {phrase} were made.") if m.label == "CORE"]
    assert [m.text for m in found] == [phrase]
    assert found[0].core is not None
    assert found[0].core.materials or found[0].core.form


@pytest.mark.parametrize("stated", ["BiVO4 was coated with 4T1 membranes.", "We camouflaged BiVO4 with membranes."])
def test_a_compound_is_a_core_where_it_is_coated(mentions: Annotate, stated: str) -> None:
    assert [m.text for m in mentions(stated) if m.label == "CORE"] == ["BiVO4"]


@pytest.mark.parametrize(
    "text", ["BiVO4 was weighed.", "H2O2 was coated with membranes.", "The lipid-coated core was small."]
)
def test_a_compound_or_a_coat_alone_is_no_core(mentions: Annotate, text: str) -> None:
    assert not [m for m in mentions(text) if m.label == "CORE"]


def test_a_material_is_the_core_that_it_makes_elsewhere(mentions: Annotate) -> None:
    found = mentions("Melanin nanoparticles were loaded. Blank melanin was harmless. Hair has melanin.")
    assert [m.text for m in found if m.label == "CORE"] == ["Melanin", "melanin"]
    found = mentions("Materials: PLGA was bought from Sigma-Aldrich. Membranes were put on PLGA nanoparticles.")
    assert [m.start for m in found if m.label == "CORE"] == [11, 69]


@pytest.mark.parametrize("form", ["NPs", "nanospheres", "nanoparticles", "cores", "particles"])
def test_a_material_is_one_thing_whatever_its_form(mentions: Annotate, form: str) -> None:
    core = next(m for m in mentions(f"Platelet membranes were put on PLGA {form} for mice.") if m.label == "CORE")
    assert (core.text, core.name, core.curie) == ("PLGA", "PLGA", "CHEBI:53493")


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("silica-coated gold nanorods", "gold nanorods"),
        ("hollow mesoporous Prussian blue nanocubes", "Prussian blue"),
        ("nanogels of gelatin", "gelatin"),
        ("PEGylated liposomes", "liposomes"),
        ("phosphatidylcholine liposomes", "phosphatidylcholine liposomes"),
        ("lipid nanoparticles", "lipid nanoparticles"),
        ("ultrasmall FePt nanocrystals", "FePt"),
        ("Cu2\u2212xSe nanocrystals", "Cu2\u2212xSe"),
    ],
)
def test_a_core_is_named_without_what_it_wears_and_how_it_looks(mentions: Annotate, stated: str, name: str) -> None:
    assert name in [m.text for m in mentions(f"Cancer cell membranes were put on {stated}.") if m.label == "CORE"]


def test_particles_are_a_core_where_nothing_says_of_what(mentions: Annotate) -> None:
    text = "Sunitinib was entrapped in nanoparticles. Nanoparticle tracking gave 118 nm; bare nanoparticles gave 95 nm."
    assert [m.start for m in mentions(text) if m.label == "CORE"] == [27, 82]
    named = "PLGA was used. The nanoparticles were coated with platelet membranes."
    assert [m.text for m in mentions(named) if m.label == "CORE"] == ["PLGA", "nanoparticles"]


def test_particles_of_no_material_are_named_where_a_sentence_speaks_of_cells_and_of_no_core(mentions: Annotate) -> None:
    text = "PLGA cores were made. Macrophage membranes covered nanoparticles. Nanoparticles are small."
    assert [m.text for m in mentions(text) if m.label == "CORE"] == ["PLGA", "nanoparticles"]


def test_particles_of_no_material_are_those_that_a_record_names(mentions: Annotate) -> None:
    document = as_document(
        "We wrapped PLGA cores in platelet membrane. Nanoparticles with platelet membrane cured the mice."
    )
    (record,) = assemble(document, mentions(document.text))
    assert [core.name for core in record.cores] == ["PLGA"]
