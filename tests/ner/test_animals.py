"""Animal models: what is one, and what it is called."""

from __future__ import annotations

import pytest

from .conftest import Annotate


@pytest.mark.parametrize(
    ("text", "phrase", "name"),
    [
        ("Female BALB/c nude mice were fed.", "BALB/c nude mice", None),
        ("They were given to male rats of one litter.", "rats", None),
        ("New Zealand White rabbits were fed.", "New Zealand White rabbits", "New Zealand white rabbits"),
        ("It was tried in rabbits.", "rabbits", "rabbits"),
        ("Zebrafish were used.", "Zebrafish", "zebrafish"),
        ("Syrian hamsters fell ill.", "Syrian hamsters", "Syrian hamsters"),
        ("K18-hACE2 mice survived.", "K18-hACE2 mice", "K18-hACE2 mice"),
        ("Ovariectomised rats were treated.", "Ovariectomised rats", "Ovariectomised rats"),
        ("It helped mice with myocardial infarction.", "mice", "mice with myocardial infarction"),
        ("It helped mice with E. coli bacteremia.", "mice", "mice with bacteremia"),
        ("Mice with orthotopic U87 tumours died.", "Mice", "tumor-bearing mice"),
        ("It helped mice with carbon tetrachloride injury.", "mice", "mice with carbon tetrachloride injury"),
        ("We used A549 xenograft nude mice.", "A549 xenograft nude mice", "A549 xenograft nude mice"),
        ("Saline-treated C57BL/6 mice lived.", "C57BL/6 mice", None),
        ("Bleomycin-treated rats breathed better.", "Bleomycin-treated rats", None),
        ("Nrf2-/- mice fell ill.", "Nrf2-/- mice", None),
        ("5xFAD mice were treated.", "5xFAD mice", None),
        ("Nude rats were treated.", "Nude rats", "nude rats"),
        ("Nude BALB/c mice were treated.", "Nude BALB/c mice", "BALB/c nude mice"),
        ("ApoE−/− mice were treated.", "ApoE−/− mice", "ApoE-deficient mice"),
        ("LDLR-/- mice were treated.", "LDLR-/- mice", "LDLR-deficient mice"),
        ("Tumor-bearing nude BALB/c mice lived.", "Tumor-bearing nude BALB/c mice", "Tumor-bearing BALB/c nude mice"),
        ("In sheep and not in Trojan horses.", "sheep", None),
        ("It cured broiler chickens.", "broiler chickens", "chickens"),
    ],
)
def test_a_models_name_tells_what_it_bears_and_its_strain(
    mentions: Annotate, text: str, phrase: str, name: str | None
) -> None:
    (model,) = [m for m in mentions(text) if m.label == "ANIMAL_MODEL"]
    assert (model.text, model.name) == (phrase, name or phrase)


@pytest.mark.parametrize(
    "text",
    [
        "Mice were fed.",
        "Rats with free access to water were kept.",
        "Goat anti-rabbit IgG and rabbit polyclonal antibodies were bought.",
        "Fetal bovine serum was added.",
        "Rat bone marrow cells: rat macrophages were cultured.",
        "Guinea pig serum was added.",
    ],
)
def test_antibodies_and_kept_animals_are_no_models(mentions: Annotate, text: str) -> None:
    assert not [m for m in mentions(text) if m.label == "ANIMAL_MODEL"]


@pytest.mark.parametrize(
    ("text", "phrase", "name"),
    [
        ("In mice, tumours shrank.", "mice", "mice"),
        ("It was seen in rats.", "rats", "rats"),
        ("Rats (Sprague-Dawley, male) were treated.", "Rats (Sprague-Dawley, male)", "Sprague-Dawley rats"),
        ("It cured NOD (nonobese) mice.", "mice", "mice"),
        ("It was tried in Balb (BALB/c) mice.", "(BALB/c) mice", "BALB/c mice"),
        ("Mice of the strain C57BL/6 inhaled it.", "Mice of the strain C57BL/6", "C57BL/6 mice"),
        ("Mice were C57BL/6.", "Mice were C57BL/6", "C57BL/6 mice"),
    ],
)
def test_a_species_by_itself_and_a_strain_in_brackets(mentions: Annotate, text: str, phrase: str, name: str) -> None:
    (model,) = [m for m in mentions(text) if m.label == "ANIMAL_MODEL"]
    assert (model.text, model.name) == (phrase, name)
    assert model.method.startswith("rule:species@") is (name in ("mice", "rats"))


def test_who_gave_something_is_named_by_the_species(mentions: Annotate) -> None:
    (donor,) = [m for m in mentions("Erythrocytes were taken from rabbits.") if m.label == "ANIMAL_MODEL"]
    assert donor.method.startswith("rule:species@")
    assert donor.curie == "NCBITaxon:9986"


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("C57BL/6J mice were treated.", "mesh:D008810"),
        ("Male Sprague-Dawley rats were treated.", "mesh:D017207"),
        ("Rats (Wistar, male) were treated.", "mesh:D017208"),
        ("Balb/c nude mice were treated.", None),  # no vocabulary has the two in one
        ("4T1 tumor-bearing BALB/c mice were treated.", None),  # more than the strain
        ("New Zealand white rabbits were treated.", None),
        ("ApoE−/− mice were treated.", "mesh:D000074085"),
        ("Rabbits were treated.", "NCBITaxon:9986"),
    ],
)
def test_animals_told_by_their_strain_alone_have_its_identifier(
    mentions: Annotate, text: str, curie: str | None
) -> None:
    (model,) = [m for m in mentions(text) if m.label == "ANIMAL_MODEL"]
    assert model.curie == curie
