"""Diseases and therapies that are said in several words, whatever the organ, kind or means."""

from __future__ import annotations

import pytest

from .conftest import Annotate


def named(mentions: Annotate, text: str, label: str) -> list[str]:
    return [m.text for m in mentions(text) if m.label == label]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It eased ovarian inflammation.", ["ovarian inflammation"]),
        ("It eased chronic airway inflammation.", ["chronic airway inflammation"]),
        ("It eased chronic inflammation.", ["chronic inflammation"]),
        ("Upper respiratory tract infections are common.", ["Upper respiratory tract infections"]),
        ("It treats respiratory diseases.", ["respiratory diseases"]),
        ("It treats autoimmune or periodontal diseases.", ["autoimmune or periodontal diseases"]),
        ("Gout is a painful inflammatory disorder.", ["Gout"]),
        ("It kept microvascular injury low and renal function high.", []),
        ("It prevented retinal vascular dysfunction.", ["retinal vascular dysfunction"]),
    ],
)
def test_an_organ_with_its_harm_and_a_kind_of_disease_are_diseases(
    mentions: Annotate, text: str, found: list[str]
) -> None:
    assert named(mentions, text, "DISEASE") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Patients had cryoablation and antifungal therapies.", ["cryoablation", "antifungal therapies"]),
        ("It was followed by shear-wave elastography.", ["shear-wave elastography"]),
        ("Antisense therapies were given.", ["Antisense therapies"]),
        ("Particles were made by laser ablation.", []),
    ],
)
def test_therapies_and_imaging_are_known_in_singular_and_plural(
    mentions: Annotate, text: str, found: list[str]
) -> None:
    assert named(mentions, text, "MODALITY") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Chemotherapy-induced thrombocytopenia was treated.", ["Chemotherapy-induced thrombocytopenia"]),
        ("It was given after embolic stroke.", ["embolic stroke"]),
        ("Mice with doxorubicin-induced cardiomyopathy were treated.", ["cardiomyopathy"]),
        ("Oesophageal cancer and haemophilia were treated.", ["Oesophageal cancer", "haemophilia"]),
    ],
)
def test_what_distinguishes_a_disease_and_its_british_spelling_belong_to_its_name(
    mentions: Annotate, text: str, found: list[str]
) -> None:
    assert named(mentions, text, "DISEASE") == found


def test_an_abbreviation_is_what_its_long_form_ends_with(mentions: Annotate) -> None:
    text = "Human aortic smooth muscle cells (HASMCs) grew. HASMCs were fixed."
    assert named(mentions, text, "CELL_TYPE")[-2:] == ["HASMCs", "HASMCs"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It cured gastric, colorectal and liver cancers.", ["gastric", "colorectal", "liver cancers"]),
        ("It was tried in mice and lung cancer.", ["lung cancer"]),
    ],
)
def test_diseases_that_share_a_head_are_each_one(mentions: Annotate, text: str, found: list[str]) -> None:
    assert named(mentions, text, "DISEASE") == found


def test_a_class_that_explains_a_drug_is_no_drug_of_its_own(mentions: Annotate) -> None:
    assert named(mentions, "The cores were filled with MSA-2, a STING agonist, and coated.", "DRUG") == ["MSA-2"]
