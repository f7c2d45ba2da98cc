"""Label by label: what is a mention, what its name is, and the look-alikes that are none."""

from __future__ import annotations

import pytest

from pipeline.linking import shipped_lexicon
from pipeline.ner.acceptance import Acceptance, accepted
from pipeline.ner.state import ModelVote, State
from pipeline.records import CoreFacts, SizeFacts

from .conftest import Annotate, gap


def texts(mentions: Annotate, text: str, label: str) -> list[str]:
    return [m.text for m in mentions(text) if m.label == label]


# --- cell lines and types --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Membranes of B16 F10 cells were used.", "B16 F10"),
        ("The 143B line was bought.", "143B"),
        ("ARD multiple myeloma cells were lysed.", "ARD"),
        ("B16-OVA cells were injected.", "B16-OVA"),
        ("MHC I-deficient 4T1 cells were tested.", "MHC I-deficient 4T1"),
        ("Resistant MCF-7/ADR cells survived.", "MCF-7/ADR"),
        ("XQ-77b cells, a line of our own, were used.", "XQ-77b"),
        ("16HBE14o- epithelial cells were grown.", "16HBE14o-"),
    ],
)
def test_lines_are_found_with_what_was_done_to_them(mentions: Annotate, text: str, line: str) -> None:
    assert texts(mentions, text, "CELL_LINE") == [line]


@pytest.mark.parametrize(
    "text",
    [
        "Ki67, CD47 and PD-L1 were stained in tumor cells.",
        "Cells were fixed with F127, Kolliphor HS15 and Cy5.5.",
        "PCN-224 and ZIF-8 were incubated with cells.",
        "Transmission electron microscopy (TEM) of cells; TEM images.",
        "TLR4, RB1 and MLH1 were expressed in cells.",
        "DDR1-IN-1 treated cells.",
        "Cancer cells and Normal cells grew.",
        "Some 5637 cells were counted.",
    ],
)
def test_what_only_looks_like_a_line_is_none(mentions: Annotate, text: str) -> None:
    assert texts(mentions, text, "CELL_LINE") == []


def test_a_short_name_is_a_line_only_beside_cells_or_in_their_list(mentions: Annotate) -> None:
    assert texts(mentions, "NK, PC and EC were measured.", "CELL_LINE") == []
    assert texts(mentions, "KB and C6 cells were used.", "CELL_LINE") == ["KB", "C6"]


def test_a_number_is_a_line_in_a_list_of_lines(mentions: Annotate) -> None:
    assert texts(mentions, "T24 and 5637 human bladder cancer cells were used.", "CELL_LINE") == ["T24", "5637"]


def test_a_derived_line_is_linked_to_its_parent(mentions: Annotate) -> None:
    (line,) = (m for m in mentions("PD-L1-deficient 4T1 cells grew.") if m.label == "CELL_LINE")
    assert (line.name, line.curie) == ("4T1", "cellosaurus:CVCL_0125")
    (line,) = (m for m in mentions("Membranes of B16-OVA cells were used.") if m.label == "CELL_LINE")
    assert (line.name, line.curie) == ("B16-OVA", "cellosaurus:CVCL_F936")


@pytest.mark.parametrize(
    ("text", "types"),
    [
        (
            "Aortic endothelial cells and gingival fibroblasts grew.",
            ["Aortic endothelial cells", "gingival fibroblasts"],
        ),
        ("They wore brain endothelial cell membranes.", ["brain endothelial cell"]),
        ("Membranes of γδ T cells were used.", ["γδ T cells"]),
        ("HUVEC were grown.", ["HUVEC"]),
    ],
)
def test_a_type_of_cells_is_named_with_its_tissue(mentions: Annotate, text: str, types: list[str]) -> None:
    assert texts(mentions, text, "CELL_TYPE") == types


@pytest.mark.parametrize(
    ("text", "name", "curie"),
    [
        ("Cancer cell membrane was wrapped around PLGA.", "Cancer cell", "CL:0001064"),
        ("A homologous tumor cell membrane hid it.", "homologous tumor cell", "CL:0001064"),
        ("Leukemia cell membranes hid it.", "Leukemia cell", "CL:0001064"),
        ("Vesicles of metastatic breast cancer cells.", "metastatic breast cancer cells", "CL:0001064"),
        ("Membranes of E. coli Nissle 1917 were used.", "E. coli Nissle 1917", None),
        ("A coat of Candida albicans was made.", "Candida albicans", "NCBITaxon:5476"),
        ("MSC exosomes were fused with liposomes.", "MSC exosomes", "CL:0000134"),
        ("Salmonella Typhimurium OMVs hid it.", "Salmonella Typhimurium OMVs", "NCBITaxon:90371"),
        ("Erythrocyte ghosts were filled.", "Erythrocyte ghosts", "CL:0000232"),
    ],
)
def test_coats_of_no_line_have_names_and_identifiers(mentions: Annotate, text: str, name: str, curie: str) -> None:
    found = [(m.text, m.curie) for m in mentions(text) if m.label == "CELL_TYPE"]
    assert (name, curie) in found
    assert not [m for m in mentions(text) if m.label == "DISEASE"]


@pytest.mark.parametrize(
    "text", ["Platelet counts stayed normal.", "The T-cell receptor was seen.", "MCF-7 breast cancer cells took it up."]
)
def test_what_counts_cells_or_repeats_a_line_is_no_type(mentions: Annotate, text: str) -> None:
    assert texts(mentions, text, "CELL_TYPE") == []


def test_bought_lines_stay(mentions: Annotate) -> None:
    text = "Materials: 4T1 and RAW264.7 were obtained from ATCC. CoCl2 and JC-1 were bought from Sigma-Aldrich."
    assert texts(mentions, text, "CELL_LINE") == ["4T1", "RAW264.7"]


def test_cell_types_take_their_abbreviations_from_the_document(mentions: Annotate) -> None:
    text = "Bone marrow cultures (XMSC) and HSC were used; XMSC and APC staining."
    assert texts(mentions, text, "CELL_TYPE") == []
    assert texts(mentions, "Neutrophils and MSCs were lysed.", "CELL_TYPE") == ["Neutrophils", "MSCs"]


@pytest.mark.parametrize(
    "text",
    ["Blood was tested for ALT, AST, BUN, CRE, WBC, RBC and HGB.", "HCE-T cells were grown."],
)
def test_counts_of_blood_and_tails_of_names_are_no_cell_types(mentions: Annotate, text: str) -> None:
    assert texts(mentions, text, "CELL_TYPE") == []


# --- cores -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "core"),
    [
        (
            "We made diselenide-bridged mesoporous organosilica NPs for mice.",
            "organosilica",
        ),
        ("The Au core/Pt skin composite NPs were coated.", "Au core/Pt skin composite NPs"),
        ("A PVP-dispersed nMOF of Fe-TCPP was used.", "PVP-dispersed nMOF of Fe-TCPP"),
        ("DOX-loaded hollow MnO2 nanoparticles were made.", "MnO2"),
        ("RBC membrane-coated liposomes circulated.", "liposomes"),
        ("Particles of Fe3O4@SiO2 nanoparticles were coated.", "Fe3O4@SiO2"),
        ("Coated poloxamer 407 was injected.", "poloxamer 407"),
        ("CdSe/ZnS quantum dots were coated.", "CdSe/ZnS"),
        ("NaGdF4:Yb,Tm@NaLuF4 nanocrystals were coated.", "NaGdF4:Yb,Tm@NaLuF4"),
        ("MIL-100(Fe) loaded with RSL3 was coated.", "MIL-100(Fe)"),
        ("Exosome–liposome hybrids were formed.", "Exosome–liposome hybrids"),
    ],
)
def test_a_core_is_named_by_all_its_materials(mentions: Annotate, text: str, core: str) -> None:
    assert texts(mentions, text, "CORE") == [core]


@pytest.mark.parametrize(
    "text",
    [
        "The nanoparticle size was measured.",
        "Nanoplatforms and nanocarriers were stable.",
        "Gold prices rose.",
        "Cores were made.",
        "PLGA (50:50) and Pluronic F127 were purchased from Sigma-Aldrich.",
        "DSPC and DSPE-PEG2000 (95:5, mol/mol) were dissolved in chloroform.",
        "Fe3O4 and PLGA came from Xian Ruixi Biotech.",
    ],
)
def test_what_names_no_core(mentions: Annotate, text: str) -> None:
    assert texts(mentions, text, "CORE") == []


def test_a_core_is_parsed_into_materials_structure_and_form(mentions: Annotate) -> None:
    (core,) = (m for m in mentions("We made hollow mesoporous Prussian blue NPs.") if m.label == "CORE")
    assert core.name == "Prussian blue"
    assert isinstance(core.core, CoreFacts)
    assert [term.name for term in core.core.materials] == ["Prussian blue"]
    assert core.core.structure == ("hollow", "mesoporous")
    assert core.core.form == "nanoparticle"
    assert core.curie == "CHEBI:30069"


@pytest.mark.parametrize(
    ("text", "curie", "form"),
    [
        ("Gold nanocages were coated.", "npo:197", "nanocage"),
        ("PLGA NPs were coated.", "CHEBI:53493", "nanoparticle"),
        ("Thermosensitive liposomes were coated.", "npo:719", "liposome"),
        ("Black phosphorus quantum dots were coated.", None, "quantum dot"),
        ("ZIF-8 cores were coated.", "mesh:C000715613", "MOF"),
        ("A covalent organic framework was coated.", None, "COF"),
    ],
)
def test_whole_particles_have_an_identifier_only_where_an_ontology_has_them(
    mentions: Annotate, text: str, curie: str | None, form: str
) -> None:
    (core,) = (m for m in mentions(text) if m.label == "CORE")
    assert core.core is not None
    assert (core.curie, core.core.form) == (curie, form)


def test_an_element_may_begin_a_cores_abbreviation(mentions: Annotate) -> None:
    text = (
        "Gold nanorods (AuNRs) were coated; hollow mesoporous Prussian blue (HMPB) nanoparticles too. AuNRs and HMPBs."
    )
    assert texts(mentions, text, "CORE")[-2:] == ["AuNRs", "HMPBs"]


def test_an_abbreviated_core_keeps_its_name(mentions: Annotate) -> None:
    text = "Mesoporous polydopamine nanoparticles (MPDA NPs) were stirred; MPDA was washed."
    cores = [m for m in mentions(text) if m.label == "CORE"]
    assert [m.text for m in cores] == ["polydopamine", "MPDA NPs", "MPDA"]
    assert len({m.name for m in cores}) == 1


# --- drugs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("loaded with siRNA-E7 and a miRNA365 mimic", ["siRNA-E7", "miRNA365 mimic"]),
        ("CpG oligodeoxynucleotide 1826 was the adjuvant", ["CpG oligodeoxynucleotide 1826"]),
        ("PLK1 siRNA, siPD-L1 and anti-miR-21 were used", ["PLK1 siRNA", "siPD-L1", "anti-miR-21"]),
        ("with anti-PD-1 antibodies", ["anti-PD-1 antibodies"]),
        ("R837 and Ce6 were loaded", ["R837", "Ce6"]),
        ("DOX@PLGA was made", ["DOX"]),
    ],
)
def test_drugs_nucleic_acids_and_code_names(mentions: Annotate, text: str, drugs: list[str]) -> None:
    assert texts(mentions, text, "DRUG") == drugs


@pytest.mark.parametrize(
    "text",
    [
        "Water, glucose, H2O2 and ethanol were added.",
        "The mRNA level rose.",
        "MET and CAT were measured.",
        "alanine levels",
        "Cells were kept in DMEM with 100 U/mL penicillin and 100 µg/mL streptomycin.",
        "Stable cells were selected with puromycin after lentivirus.",
        "Antibodies against CD31 and HRP-conjugated goat IgG were added; Annexin V-FITC stained them.",
        "Anti-CD47 (ab175388) stained the cells.",
        "For knockdown, siRNA was used.",
        "Helium was the carrier gas; NaHCO3, CaCl2 and Tween 40 were added.",
        "BMDCs were fed with GM-CSF and IL-2.",
        "MnO2 nanosheets, silica nanotubes and quantum dots were loaded and carried into the cells.",
    ],
)
def test_solvents_metabolites_and_ambiguous_letters_are_no_drugs(mentions: Annotate, text: str) -> None:
    assert texts(mentions, text, "DRUG") == []


def test_the_document_says_what_an_abbreviation_means(mentions: Annotate) -> None:
    ours = {m.text: m.name for m in mentions("Cabazitaxel (CTX) was loaded. CTX was released.") if m.label == "DRUG"}
    assert ours == {"Cabazitaxel": "cabazitaxel", "CTX": "cabazitaxel"}
    assert texts(mentions, "Computed tomography contrast (CTX) was good. CTX rose.", "DRUG") == []


# --- modalities ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "PA/US/photothermal multimodal imaging",
            ["photoacoustic imaging", "ultrasound imaging", "photothermal imaging"],
        ),
        ("photothermal and photodynamic therapy", ["photothermal therapy", "photodynamic therapy"]),
        ("chemo-photothermal therapy", ["chemo-photothermal therapy"]),
        ("X-ray induced PDT", ["X-ray-induced photodynamic therapy"]),
        ("PTT was combined with CT imaging", ["photothermal therapy", "computed tomography"]),
    ],
)
def test_modalities_and_their_coordinations(mentions: Annotate, text: str, names: list[str]) -> None:
    assert [m.name for m in mentions(text) if m.label == "MODALITY"] == names


@pytest.mark.parametrize(
    "text",
    [
        "US transducers were used.",
        "Cells died by ferroptosis.",
        "Neither ferroptosis nor apoptosis was seen.",
        "The photothermal conversion was 40 %.",
        "at RT for 2 h",
        "CT26 cells",
        "a PET film",
    ],
)
def test_uses_that_are_no_modality(mentions: Annotate, text: str) -> None:
    assert texts(mentions, text, "MODALITY") == []


# --- diseases and animals --------------------------------------------------------------------------------------------


def test_diseases_are_named_ones(mentions: Annotate) -> None:
    text = "Cancer and tumors: triple-negative breast cancer, GBM (glioblastoma) and lupus nephritis; infection."
    assert texts(mentions, text, "DISEASE") == [
        "triple-negative breast cancer",
        "GBM",
        "glioblastoma",
        "lupus nephritis",
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Graft-versus-host disease (GVHD) came late; GVHD killed.", ["Graft-versus-host disease", "GVHD", "GVHD"]),
        ("They eased lung fibrosis.", ["lung fibrosis"]),
        ("It cured Helicobacter pylori infection.", ["Helicobacter pylori infection"]),
        ("Ascites-derived exosomes were used.", []),
    ],
)
def test_diseases_by_abbreviation_and_composition(mentions: Annotate, text: str, names: list[str]) -> None:
    assert texts(mentions, text, "DISEASE") == names


def test_an_organs_other_name_leads_to_the_identifier(mentions: Annotate) -> None:
    assert [m.curie for m in mentions("Lung fibrosis was seen.")] == ["DOID:3770"]


@pytest.mark.parametrize(
    ("text", "animals", "names"),
    [
        ("Female BALB/c nude mice bearing tumors", ["BALB/c nude mice"], ["BALB/c nude mice"]),
        ("tMCAO rats and MRL/lpr mice", ["tMCAO rats", "MRL/lpr mice"], ["tMCAO rats", "MRL/lpr mice"]),
        ("4T1 tumor-bearing mice", ["4T1 tumor-bearing mice"], ["4T1 tumor-bearing mice"]),
        ("male Sprague–Dawley rats", ["Sprague–Dawley rats"], ["Sprague-Dawley rats"]),
        ("The mice were fed; mouse anti-rat IgG.", [], []),
    ],
)
def test_animal_models(mentions: Annotate, text: str, animals: list[str], names: list[str]) -> None:
    found = [m for m in mentions(text) if m.label == "ANIMAL_MODEL"]
    assert [m.text for m in found] == animals
    assert [m.name for m in found] == names


# --- sizes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("The mean diameter was 142.6 ± 3.8 nm.", SizeFacts(value=142.6, sd=3.8)),
        ("Particles were about 110 nm in size.", SizeFacts(value=110, approximate=True)),
        ("Sizes ranged from 60 to 80 nm.", SizeFacts(value=70, low=60, high=80)),
        ("Bare NPs had a size of 76 nm.", SizeFacts(value=76, of="core")),
        ("The size was 0.2 µm by DLS.", SizeFacts(value=0.2, unit="µm")),
        ("The coated particles had a diameter of 0.13 um.", SizeFacts(value=0.13, unit="µm")),
        ("Coated cores, mean diameter/nm: 131.", SizeFacts(value=131)),
        ("The final mean size (nm) was 127 ± 4.", SizeFacts(value=127, sd=4)),
        ("Coated cores, Z-average (d.nm): 122.4.", SizeFacts(value=122.4)),
        ("An average size of (121.5 ± 2.1) nm was found.", SizeFacts(value=121.5, sd=2.1)),
        ("Sub-100 nm particles were made.", SizeFacts(value=100, approximate=True)),
        ("We made 120-nm liposomes.", SizeFacts(value=120, of="core")),
        ("Coated particles from 50 nm to 70 nm were made.", SizeFacts(value=60, low=50, high=70)),
        ("PLGA NPs measured 82 nm.", SizeFacts(value=82, of="core")),
        gap("PLGA microspheres of 25 ± 6 µm were made.", SizeFacts(value=25, sd=6, unit="µm", of="core")),
        ("The product, 137.5 nm, was kept cold.", SizeFacts(value=137.5)),
        ("After wrapping they came out at 141 nm.", SizeFacts(value=141)),
        ("PLGA NPs of 78 nm were made.", SizeFacts(value=78, of="core")),
        gap("A diameter of 71 nm (bare) was measured.", SizeFacts(value=71, of="core")),
        ("Membrane-coated PLGA NPs of 78 nm were made.", SizeFacts(value=78)),
        gap("The nanosheets had a lateral size of 90 nm.", SizeFacts(value=90, of="core")),
    ],
)
def test_sizes_say_value_spread_range_and_of_what(mentions: Annotate, text: str, facts: SizeFacts) -> None:
    assert [m.size for m in mentions(text) if m.label == "SIZE"] == [facts]


def test_growth_by_coating_is_two_sizes_of_two_things(mentions: Annotate) -> None:
    found = [m.size for m in mentions("After coating, the size rose from 78 nm to 92.4 nm.") if m.label == "SIZE"]
    assert found == [SizeFacts(value=78, of="core"), SizeFacts(value=92.4, of="coated")]
    found = [m.size for m in mentions("The diameter grew from 95 to 110 nm after coating.") if m.label == "SIZE"]
    assert found == [SizeFacts(value=95, of="core"), SizeFacts(value=110, of="coated")]


def test_the_sizes_of_a_list_share_its_unit(mentions: Annotate) -> None:
    found = [m for m in mentions("Particle sizes were 92.1 ± 1.1, 110 and 114.0 nm.") if m.label == "SIZE"]
    assert [m.text for m in found] == ["92.1 ± 1.1", "110", "114.0 nm"]
    assert [m.size.value for m in found if m.size] == [92.1, 110, 114]


@pytest.mark.parametrize(
    "text",
    [
        "Nanoparticles were irradiated with an 808 nm laser.",
        "The particles absorb at 540 nm.",
        "A 0.22 μm filter held the nanoparticles.",
        "Extruded through 400 nm polycarbonate membranes, vesicles formed.",
        "The half-life of the particles was 26.4 h.",
        "NPs had a shell thickness of 20 nm.",
        "Pores of 2.8 nm were found in the nanoparticles.",
        "The nanoparticles had a pore diameter of 3.2 nm.",
        "Nanoparticles passed a membrane filter (diameter 0.45 µm).",
        "The liposomes had a bilayer of 4–5 nm.",
        "The band of the nanorods shifted from 780 to 812 nm.",
        "The coated particles were 12 nm larger than the cores.",
        "Coating added about 10 nm to the particles.",
        "Particles above 300 nm were removed.",
        "Nanoparticles pass fenestrae of 100 nm.",
        "Particles had an IC50 of 4.7 µM.",
    ],
)
def test_wavelengths_pores_and_layers_are_no_sizes(mentions: Annotate, text: str) -> None:
    assert texts(mentions, text, "SIZE") == []


# --- names of real abstracts' kinds ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "label", "names"),
    [
        ("Liquid biopsies may replace mammography.", "MODALITY", ["Liquid biopsies", "mammography"]),
        ("Faecal microbiota transplantation (FMT) helped; FMT was safe.", "MODALITY",
         ["Faecal microbiota transplantation", "FMT", "FMT"]),
        ("Norovirus and adenoviruses were counted.", "CELL_TYPE", ["Norovirus", "adenoviruses"]),
        ("The gut microbiota shapes immune cells.", "CELL_TYPE", ["gut microbiota", "immune cells"]),
        ("Multiple myeloma (MM) spreads; MM cells and Sertoli cells were grown.", "CELL_TYPE",
         ["MM cells", "Sertoli cells"]),
        ("It slowed neurodegeneration and neuroinflammation.", "DISEASE", ["neurodegeneration", "neuroinflammation"]),
        ("Chronic wounds and gut dysbiosis were treated.", "DISEASE", ["Chronic wounds", "gut dysbiosis"]),
        ("Alzheimer's disease is common; a therapy for AD and anti-AD drugs are sought, not AD converters.", "DISEASE",
         ["Alzheimer's disease", "AD", "AD"]),
        ("Metabolic, renal and neurodegenerative disorders share a cause.", "DISEASE",
         ["Metabolic, renal and neurodegenerative disorders"]),
        ("Immune checkpoint inhibitor therapy came late.", "MODALITY", ["Immune checkpoint inhibitor therapy"]),
        ("Photothermal hydrogels were cast.", "MODALITY", []),
        ("Female 3×Tg mice were older than germ-free mice.", "ANIMAL_MODEL", ["3×Tg mice", "germ-free mice"]),
    ],
)  # fmt: skip
def test_names_that_abstracts_of_other_fields_hold(mentions: Annotate, text: str, label: str, names: list[str]) -> None:
    assert texts(mentions, text, label) == names


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("Screening of mRNA LNPs began; mRNA delivery followed.", ["mRNA", "mRNA"]),
        ("The level of miR-77 in plasma tells of relapse; microRNAs are markers.", []),
        ("Exosomes carried a miR-77 mimic; miR-77 fell at day 3.", ["miR-77 mimic", "miR-77"]),
        ("Lupinetol (Lup), a terpenoid of low solubility, was given. Lup healed.", ["Lupinetol", "Lup", "Lup"]),
        ("Serum ferritin (Fer) rose under treatment; Fer is a marker.", []),
        ("A CDK9 inhibitor was injected with an immune checkpoint inhibitor.",
         ["CDK9 inhibitor", "immune checkpoint inhibitor"]),
        ("The CDK9 inhibitor dinaciclib was given.", ["dinaciclib"]),
        ("It bears doxorubicin, a CDK9 inhibitor (dinaciclib) and XQ-73, a TLR7 agonist.",
         ["doxorubicin", "CDK9 inhibitor", "dinaciclib", "XQ-73"]),
        ("Acetylcholinesterase inhibitors (AChEIs) fail; AChEIs are old.",
         ["Acetylcholinesterase inhibitors", "AChEIs", "AChEIs"]),
        ("Lycium barbarum extract was fed.", ["Lycium barbarum extract"]),
        ("Herbal drugs such as Bacopa monnieri were loaded.", ["Bacopa monnieri"]),
        ("The tablets (sitagliptin, Sitag) were loaded; Sitag was released.", ["sitagliptin", "Sitag", "Sitag"]),
        ("Vesicles encapsulate macromolecules and deliver sterols.", []),
        ("Sunitinib and gefitinib were loaded. Delivery of Gef and payload release of Gef rose.",
         ["Sunitinib", "gefitinib", "Gef", "Gef"]),
    ],
)  # fmt: skip
def test_drugs_that_no_lexicon_has(mentions: Annotate, text: str, drugs: list[str]) -> None:
    assert texts(mentions, text, "DRUG") == drugs


@pytest.mark.parametrize(
    ("text", "cores"),
    [
        ("Quantum dots (QDs) shine; QD films and microbubbles do too.", ["Quantum dots", "QDs", "QD", "microbubbles"]),
        ("Novel ionisable lipids and a PEG lipid were screened.", ["ionisable lipids", "PEG lipid"]),
        ("Lupinetol (Lup) was loaded into Lup-lipo; Lup-lipo healed mice.", ["lipo", "lipo"]),
        (
            "Gold nanoparticles and magnetic nanoparticles were compared.",
            ["Gold nanoparticles", "magnetic nanoparticles"],
        ),
    ],
)
def test_cores_that_stand_alone_and_where_they_begin(mentions: Annotate, text: str, cores: list[str]) -> None:
    assert texts(mentions, text, "CORE") == cores


@pytest.mark.parametrize(
    ("before", "after", "vote", "label"),
    [
        ("The lack of ", " markers hampers treatment.", "definitive tumor", "DISEASE"),
        ("It offers an ", " of illness.", "early diagnosis", "DISEASE"),
        ("It delivers ", " cargoes in treatment.", "diverse", "DRUG"),
        ("Mice were treated with ", " agents.", "Metabolic", "DRUG"),
        ("The drugs ", " a treatment.", "provide", "DRUG"),
        ("A mould was made by ", ".", "nanoimprint lithography", "MODALITY"),
    ],
)
def test_a_model_alone_does_not_make_a_name_of_common_words(before, after, vote, label) -> None:
    text = before + vote + after
    state = State(lexicon=shipped_lexicon(), sentences=[(0, len(text))])
    ballot = ModelVote(len(before), len(before) + len(vote), label, 0.99, "some")
    assert accepted(ballot, text, state, Acceptance()) is None
