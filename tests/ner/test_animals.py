"""Animal models: what is one, and what it is called."""

from __future__ import annotations

import pytest

from .conftest import Annotate


@pytest.mark.parametrize(
    ("text", "phrase", "name"),
    [
        ("Female BALB/c nude mice were fed.", "Female BALB/c nude mice", "BALB/c nude mice"),
        ("They were given to male rats of one litter.", "male rats", "rats"),
        ("New Zealand White rabbits were fed.", "New Zealand White rabbits", "New Zealand white rabbits"),
        ("It was tried in rabbits.", "rabbits", "rabbits"),
        ("Zebrafish were used.", "Zebrafish", "zebrafish"),
        ("Syrian hamsters fell ill.", "Syrian hamsters", "Syrian hamsters"),
        ("K18-hACE2 mice survived.", "K18-hACE2 mice", "K18-hACE2 mice"),
        ("Ovariectomised rats were treated.", "Ovariectomised rats", "Ovariectomised rats"),
        ("It helped mice with myocardial infarction.", "mice with myocardial infarction", None),
        ("It helped mice with E. coli bacteremia.", "mice with E. coli bacteremia", "mice with bacteremia"),
        ("Mice with orthotopic U87 tumours died.", "Mice with orthotopic U87 tumours", "tumor-bearing mice"),
        ("It helped mice with carbon tetrachloride injury.", "mice with carbon tetrachloride injury", None),
        ("We used A549 xenograft nude mice.", "A549 xenograft nude mice", "A549 xenograft nude mice"),
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
        "Blood of rabbits was lysed.",
        "Erythrocytes were taken from rabbits.",
        "Guinea pig serum was added.",
    ],
)
def test_donors_and_bare_mice_and_rats_are_no_models(mentions: Annotate, text: str) -> None:
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
