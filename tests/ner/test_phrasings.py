"""Diseases, modalities, cargo, sizes and cells said in the words that papers use for them."""

from __future__ import annotations

import pytest

from .conftest import Annotate


@pytest.mark.parametrize(
    ("text", "phrase", "name", "curie"),
    [
        ("They treated colorectal tumours.", "colorectal tumours", "colorectal cancer", "DOID:9256"),
        ("Metastases in the lung were fewer.", "Metastases in the lung", "lung metastasis", None),
        ("It cured Pseudomonas aeruginosa pneumonia.", "Pseudomonas aeruginosa pneumonia", None, "DOID:552"),
        ("It cured MRSA bacteraemia.", "MRSA bacteraemia", None, "mesh:D016470"),
        ("A muscle abscess formed.", "muscle abscess", None, None),
        ("Then an abscess formed.", "abscess", None, None),
        (
            "They had diabetic wounds infected by MRSA.",
            "diabetic wounds infected by MRSA",
            "infected diabetic wound",
            None,
        ),
        (
            "It had thrombosis of the carotid artery.",
            "thrombosis of the carotid artery",
            "carotid artery thrombosis",
            None,
        ),
        ("In skin infection it failed.", "skin infection", None, None),
        ("Bacteraemia was seen.", "Bacteraemia", "bacteremia", "mesh:D016470"),
        ("Restenosis follows.", "Restenosis", "restenosis", None),
        ("Radiation enteritis follows.", "Radiation enteritis", "radiation enteritis", None),
        ("It eased peritoneal metastasis.", "peritoneal metastasis", None, None),
        ("It eased cyanide poisoning.", "cyanide poisoning", None, None),
        ("It eased alpha-1 antitrypsin deficiency.", "alpha-1 antitrypsin deficiency", None, None),
        ("It came from metastatic lung cancer.", "lung cancer", None, "DOID:1324"),
    ],
)
def test_a_disease_is_read_as_written(
    mentions: Annotate, text: str, phrase: str, name: str | None, curie: str | None
) -> None:
    (disease,) = [m for m in mentions(text) if m.label == "DISEASE"]
    assert (disease.text, disease.name) == (phrase, name or phrase)
    if curie:
        assert disease.curie == curie


@pytest.mark.parametrize(
    "text",
    ["The wound was closed.", "Wounds healed.", "Nodules of silica formed.", "Protection against infections rose."],
)
def test_a_wound_is_no_disease(mentions: Annotate, text: str) -> None:
    assert not [m for m in mentions(text) if m.label == "DISEASE"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("for photothermal eradication of biofilms", {"photothermal eradication": "photothermal therapy"}),
        (
            "gave photothermal and chemodynamic killing",
            {"photothermal": "photothermal therapy", "chemodynamic killing": "chemodynamic therapy"},
        ),
        (
            "a combined antiviral and anti-inflammatory therapy",
            {"antiviral": "antiviral therapy", "anti-inflammatory therapy": "anti-inflammatory therapy"},
        ),
        (
            "suited to MRI and PET, the last after 18F",
            {"MRI": "magnetic resonance imaging", "PET": "positron emission tomography"},
        ),
        ("with high contrast on CT", {"CT": "computed tomography"}),
        ("a strong photoacoustic signal", {"photoacoustic": "photoacoustic imaging"}),
        ("Infrared thermography showed 52 °C", {"Infrared thermography": "photothermal imaging"}),
        ("a checkpoint blocking coat", {"checkpoint blocking": "immune checkpoint blockade"}),
        ("as a prophylactic cancer vaccine", {"prophylactic cancer vaccine": "cancer vaccine"}),
        ("given as a nanovaccine", {"nanovaccine": "nanovaccine"}),
        (
            "used against ferroptosis-resistant tumours by ferroptosis therapy",
            {"ferroptosis therapy": "ferroptosis therapy"},
        ),
        ("for photothermal/chemotherapy", {"photothermal": "photothermal therapy", "chemotherapy": "chemotherapy"}),
        ("seen by diffusion-weighted MRI", {"diffusion-weighted MRI": "magnetic resonance imaging"}),
        ("used for detoxification", {"detoxification": "detoxification"}),
    ],
)
def test_a_modality_is_read_without_the_word_therapy(mentions: Annotate, text: str, found: dict[str, str]) -> None:
    assert {m.text: m.name for m in mentions(f"They were {text}.") if m.label == "MODALITY"} == found


@pytest.mark.parametrize(
    "text",
    [
        "US transducers were used.",
        "CT26 cells were imaged.",
        "The photothermal conversion efficiency was high.",
        "PET film was imaged.",
        "The CT value rose with contrast.",
        "CT was measured by PCR.",
        "Detoxification enzymes were induced.",
        "The nanovaccine drained to lymph nodes after uptake of nanovaccines.",
    ],
)
def test_other_meanings_are_no_modality(mentions: Annotate, text: str) -> None:
    assert not [m for m in mentions(text) if m.label == "MODALITY"]


@pytest.mark.parametrize(
    "phrase",
    [
        "plasmid encoding VEGF",
        "anti-miR-155 oligonucleotide",
        "miR-21 antagonist",
        "mRNA for p53",
        "siRNA against survivin",
        "siPDL1",
        "toluidine blue",
        "BNN6",
    ],
)
def test_nucleic_acids_and_dyes_are_cargo(mentions: Annotate, phrase: str) -> None:
    (drug,) = [m for m in mentions(f"They were loaded with {phrase} first.") if m.label == "DRUG"]
    assert drug.text == phrase


@pytest.mark.parametrize("coat", ["shrouds", "jackets", "skins"])
def test_a_coat_by_another_word_tells_the_membranes_source(mentions: Annotate, coat: str) -> None:
    (cell,) = [m for m in mentions(f"They wore erythrocyte {coat} in blood.") if m.label == "CELL_TYPE"]
    assert cell.role == "membrane_source"


def test_a_salt_belongs_to_the_drug(mentions: Annotate) -> None:
    (drug,) = [m for m in mentions("They were given pentobarbital sodium first.") if m.label == "DRUG"]
    assert (drug.text, drug.name) == ("pentobarbital sodium", "pentobarbital")


def test_a_toxin_is_not_its_disease(mentions: Annotate) -> None:
    assert not [m for m in mentions("It was mixed with pertussis toxin.") if m.label == "DISEASE"]


@pytest.mark.parametrize(
    "stated",
    ["The coated crystals measured 84 nm.", "The droplets were 84 nm.", "Cores of 84 nm.", "They had 84 nm (PDI 0.2)."],
)
def test_a_particle_by_another_word_has_its_size(mentions: Annotate, stated: str) -> None:
    assert [m.name for m in mentions(stated) if m.label == "SIZE"] == ["84 nm"]


@pytest.mark.parametrize(
    "stated",
    ["Cubes with walls of 18 nm.", "Cubes passed a 400 nm and 200 nm filter.", "A 633 nm He–Ne laser sized NPs."],
)
def test_a_wall_a_filter_and_a_laser_have_no_particle_size(mentions: Annotate, stated: str) -> None:
    assert not [m for m in mentions(stated) if m.label == "SIZE"]


def test_a_line_listed_by_hand_outweighs_a_trap_of_another_spelling(mentions: Annotate) -> None:
    (line,) = [m for m in mentions("Membranes of TC-1 cells were used.") if m.label == "CELL_LINE"]
    assert line.curie == "cellosaurus:CVCL_4699"


@pytest.mark.parametrize(
    ("stated", "sizes"),
    [
        ("At 138 nm the crystals were larger than before.", ["138 nm"]),
        ("At 808 nm the particles were heated by the laser.", []),
        ("PLT-E (157 nm) adhered to collagen.", ["157 nm"]),
        ("Of NIR-II (1064 nm) light little was lost.", []),
        ("The first and the second measured 118.6 ± 2.4 nm and 131.2 ± 3.9 nm.", ["118.6 nm", "131.2 nm"]),
        ("Blending went along with a growth from 110 to 128 nm.", ["110 nm", "128 nm"]),
        ("The ones, 31 nm with coat, went into bile.", ["31 nm"]),
    ],
)
def test_a_size_that_stands_by_itself(mentions: Annotate, stated: str, sizes: list[str]) -> None:
    assert [m.name for m in mentions(stated) if m.label == "SIZE"] == sizes


def test_of_two_sizes_the_one_after_cloaking_is_the_coated_one(mentions: Annotate) -> None:
    found = mentions("The NLCs measured 118.6 ± 3.3 nm, and after cloaking 141.9 ± 4.7 nm.")
    assert [m.size.of for m in found if m.size is not None] == ["core", "coated"]


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("It makes antileishmanial therapy gentler.", "antileishmanial therapy"),
        ("It is meant for antimicrobial treatment.", "antibacterial therapy"),
        ("It is meant for anticancer therapy.", None),
        ("It is meant for antimicrobial photodynamic therapy.", "photodynamic therapy"),
        ("They tried cuproptotic therapy.", "cuproptosis therapy"),
    ],
)
def test_a_therapy_is_named_for_what_it_acts_against(mentions: Annotate, stated: str, name: str | None) -> None:
    assert {m.name for m in mentions(stated) if m.label == "MODALITY"} == ({name} if name else set())


def test_nk_is_a_type_of_cell_and_no_line(mentions: Annotate) -> None:
    (cell,) = [m for m in mentions("Half of it received NK membrane.") if m.label.startswith("CELL")]
    assert (cell.label, cell.curie) == ("CELL_TYPE", "CL:0000623")


@pytest.mark.parametrize("stated", ["mRNA encoding murine IL-10", "interleukin-10 mRNA"])
def test_a_messenger_goes_by_what_it_encodes(mentions: Annotate, stated: str) -> None:
    assert stated in {
        m.text for m in mentions(f"Polyplexes were loaded with {stated} for delivery.") if m.label == "DRUG"
    }
