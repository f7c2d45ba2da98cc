"""In a study table the column says what an item is, and the linker which one."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.document import Block, Cell, Citation, Document, Table
from pipeline.ner import annotate
from pipeline.records import Mention, SizeFacts

HEADER = ("Membrane source", "Core", "Drug", "Size (nm)", "Disease", "Animal model", "Therapy", "Ref.")


def table_of(
    rows: list[tuple[str, ...]],
    marks: dict[tuple[int, int], str] | None = None,
    notes: dict[str, str] | None = None,
    header: tuple[str, ...] = HEADER,
) -> Document:
    """A document that holds one table of these rows under its headings, with notes where it is marked."""
    text = ""
    cells = []
    for r, row in enumerate([header, *rows]):
        for c, value in enumerate(row):
            start = len(text)
            text += value
            noted = tuple(mark for place, mark in (marks or {}).items() if place == (r, c))
            cells.append(Cell(start=start, end=len(text), row=r, col=c, text=value, notes=noted))
            text += "\n"
    caption = "Cell membrane-coated nanoparticles."
    table = Table(label="Table 1", caption=caption, page=1, header_rows=1, cells=tuple(cells), notes=notes or {})
    block = Block(kind="table", start=0, end=len(text))
    return Document(
        id="sha256:" + "1" * 64, source="t", media_type="text/plain", text=text, blocks=(block,), tables=(table,)
    )


def found(document: Document, nlp: Language) -> dict[str, Mention]:
    return {m.text: m for m in annotate(document, nlp)}


ROW = ("4T1", "PLGA NPs", "Dox, PTX", "115.2 ± 3", "breast cancer", "BALB/c mice", "PA/US imaging", "[31]")


def test_every_typed_cell_gives_a_mention_with_its_columns_label_and_role(nlp: Language) -> None:
    by_text = found(table_of([ROW, ("RBC", *ROW[1:])]), nlp)
    told = {text: (m.label, m.role, m.name) for text, m in by_text.items()}
    assert told == {
        "4T1": ("CELL_LINE", "membrane_source", "4T1"),
        "RBC": ("CELL_TYPE", "membrane_source", "erythrocyte"),
        "PLGA NPs": ("CORE", "core", "PLGA nanoparticles"),
        "Dox": ("DRUG", "cargo", "doxorubicin"),
        "PTX": ("DRUG", "cargo", "paclitaxel"),
        "115.2 ± 3": ("SIZE", "coated", "115.2 nm"),
        "breast cancer": ("DISEASE", "target", "breast cancer"),
        "BALB/c mice": ("ANIMAL_MODEL", "model", "BALB/c mice"),
        "PA": ("MODALITY", "purpose", "photoacoustic imaging"),
        "US imaging": ("MODALITY", "purpose", "ultrasound imaging"),
    }


def test_a_size_takes_its_unit_from_the_heading(nlp: Language) -> None:
    assert found(table_of([ROW, ROW]), nlp)["115.2 ± 3"].size == SizeFacts(value=115.2, sd=3)


def test_a_note_says_what_an_abbreviation_stands_for(nlp: Language) -> None:
    row = ("4T1", "XYZ", "TRPZ", *ROW[3:])
    document = table_of(
        [row, ROW], {(1, 1): "a", (1, 2): "b"},
        notes={"a": "XYZ: poly(lactic-co-glycolic acid)", "b": "tirapazamine"},
    )  # fmt: skip
    by_text = found(document, nlp)
    assert by_text["TRPZ"].name == "tirapazamine"
    assert by_text["XYZ"].core is not None
    assert [term.name for term in by_text["XYZ"].core.materials] == ["PLGA"]


@pytest.mark.parametrize("value", ["MHC I-deficient 4T1", "4T1 cells", "mouse 4T1 cell membrane"])
def test_a_described_line_is_linked(nlp: Language, value: str) -> None:
    mention = found(table_of([(value, *ROW[1:]), ROW]), nlp)[value]
    assert (mention.label, mention.curie) == ("CELL_LINE", "cellosaurus:CVCL_0125")


def test_a_blank_cell_says_nothing(nlp: Language) -> None:
    blank = ("4T1", "PLGA NPs", "–", *ROW[3:])
    assert not [m for m in annotate(table_of([blank, blank]), nlp) if m.label == "DRUG"]


def test_an_unknown_item_stays_unlinked(nlp: Language) -> None:
    mention = found(table_of([("4T1", "PLGA NPs", "zyxinib-77", *ROW[3:]), ROW]), nlp)["zyxinib-77"]
    assert (mention.label, mention.name, mention.curie) == ("DRUG", "zyxinib-77", None)


def test_an_organ_under_a_heading_of_tumours_is_its_cancer(nlp: Language) -> None:
    text, cells = "", []
    for r, line in enumerate([("Membrane", "Core", "Tumour"), ("4T1", "PLGA", "breast"), ("HeLa", "gold", "glioma")]):
        for c, value in enumerate(line):
            cells.append(Cell(start=len(text), end=len(text) + len(value), row=r, col=c, text=value))
            text += value + "\t"
    table = Table(label="Table 1", caption="", page=1, header_rows=1, cells=tuple(cells))
    document = Document(
        id="sha256:" + "1" * 64, source="t", media_type="text/plain", text=text, tables=(table,),
        blocks=(Block(kind="table", start=0, end=len(text)),),
    )  # fmt: skip
    by_text = found(document, nlp)
    assert (by_text["breast"].name, by_text["glioma"].name) == ("breast cancer", "glioma")


@pytest.mark.parametrize(
    ("coat", "name", "curie"),
    [
        ("Thymic epithelial cell", "Thymic epithelial cell", None),
        ("Activated platelet", "platelet", "CL:0000233"),
        ("Beta cell line MIN6", "MIN6", "cellosaurus:CVCL_0431"),
    ],
)
def test_a_qualified_type_of_cell_is_another_one_and_a_line_goes_before_its_type(
    coat: str, name: str, curie: str | None, nlp: Language
) -> None:
    mentions = [m for m in annotate(table_of([(coat, *ROW[1:])]), nlp) if m.role == "membrane_source"]
    assert [(m.name, m.curie) for m in mentions] == [(name, curie)]


def test_a_strain_before_its_species_is_part_of_the_animal(nlp: Language) -> None:
    by_text = found(table_of([(*ROW[:5], "Watanabe rabbits", *ROW[6:])]), nlp)
    assert by_text["Watanabe rabbits"].name == "Watanabe rabbits"
    assert by_text["Watanabe rabbits"].curie == "NCBITaxon:9986"


@pytest.mark.parametrize(
    ("heading", "cell", "value", "of"),
    [
        ("Core \u2192 coated, nm", "61 \u2192 79", 79, "coated"),
        ("Coated \u2192 bare (nm)", "79 \u2192 61", 79, "coated"),
        ("Core size (nm)", "61", 61, "core"),
        ("Size before/after coating (nm)", "61/79", 79, "coated"),
        ("Size, coated/bare (nm)", "79/61", 79, "coated"),
        ("Size (uncoated; coated), nm", "61; 79", 79, "coated"),
    ],
)
def test_of_sizes_before_and_after_coating_the_coated_one_is_the_value(
    heading: str, cell: str, value: float, of: str, nlp: Language
) -> None:
    header = (*HEADER[:3], heading, *HEADER[4:])
    (size,) = [m for m in annotate(table_of([(*ROW[:3], cell, *ROW[4:])], header=header), nlp) if m.label == "SIZE"]
    assert size.size is not None
    assert (size.size.value, size.size.of) == (value, of)


def test_a_coat_in_brackets_behind_a_particle_is_one_where_no_column_has_it(nlp: Language) -> None:
    header = ("Particle", *HEADER[2:])
    by_text = found(
        table_of([("PLGA (T cell coat)", *ROW[2:]), ("gold", *ROW[2:]), ("silica", *ROW[2:])], header=header), nlp
    )
    assert (by_text["T cell"].role, by_text["T cell"].curie) == ("membrane_source", "CL:0000084")
    assert by_text["PLGA"].label == "CORE"


def test_an_abbreviation_in_brackets_behind_a_name_does_not_hide_it(nlp: Language) -> None:
    by_text = found(table_of([(*ROW[:4], "multiple sclerosis (EAE)", *ROW[5:])]), nlp)
    assert by_text["multiple sclerosis (EAE)"].curie == "DOID:2377"


def test_two_drugs_on_two_lines_of_a_cell_are_two(nlp: Language) -> None:
    by_text = found(table_of([ROW, ("RBC", "PLGA", "Niraparib Bevacizumab", *ROW[3:])]), nlp)
    assert {text for text, m in by_text.items() if m.label == "DRUG"} >= {"Niraparib", "Bevacizumab"}


def test_a_raised_citation_is_no_part_of_a_name(nlp: Language) -> None:
    document = table_of([ROW, ("RBC", "melanin7", *ROW[2:])])
    at = document.text.index("melanin7") + len("melanin")
    cited = document.model_copy(update={"citations": (Citation(start=at, end=at + 1, references=("7",)),)})
    assert {m.text for m in annotate(cited, nlp) if m.label == "CORE"} == {"PLGA NPs", "melanin"}
