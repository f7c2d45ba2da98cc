"""Abbreviations resolve wherever in the document they are defined."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.document import Block, Table
from pipeline.ner import annotate
from pipeline.ner.abbreviations import expands, listed
from pipeline.ner.state import state_of

from .conftest import Annotate, as_document


def defined(nlp: Language, text: str) -> dict[str, str]:
    with nlp.select_pipes(enable=["sentences", "abbreviations"]):
        return state_of(nlp(text)).abbreviations


def test_a_bracket_before_a_hyphen_defines(nlp: Language) -> None:
    assert defined(nlp, "Cancer cell membrane (CCM)-coated particles.") == {"CCM": "Cancer cell membrane"}


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("loaded with indocyanine green (ICG) and", "ICG", "indocyanine green"),
        ("made of PLGA (poly(lactic-co-glycolic acid)) cores", "PLGA", "poly(lactic-co-glycolic acid)"),
        (
            "eased experimental autoimmune encephalomyelitis (EAE) in",
            "EAE",
            "experimental autoimmune encephalomyelitis",
        ),
        ("CpG oligodeoxynucleotides (CpG-ODN) were used", "CpG-ODN", "CpG oligodeoxynucleotides"),
    ],
)
def test_brackets_define(nlp: Language, text: str, short: str, long: str) -> None:
    assert defined(nlp, text).get(short) == long


@pytest.mark.parametrize(
    "text",
    [
        "in cells (see Fig. 2) that",
        "grown (37 °C, 5% CO2) and",
        "the cells (n = 5) died",
        "BCL2 (Het-1A) and lowered the TNF (Het-1A)",
    ],
)
def test_other_brackets_do_not(nlp: Language, text: str) -> None:
    assert defined(nlp, text) == {}


def test_lists_define_with_a_colon_or_a_comma() -> None:
    note = "PLGA: poly(lactic-co-glycolic acid); DOX, doxorubicin; PTT = photothermal therapy."
    assert dict(listed(note)) == {
        "PLGA": "poly(lactic-co-glycolic acid)", "DOX": "doxorubicin", "PTT": "photothermal therapy",
    }  # fmt: skip


def test_a_short_form_needs_its_letters_in_order() -> None:
    assert expands("CCM", "cancer cell membrane")
    assert not expands("CCM", "membrane of cells")
    assert not expands("X", "xenon")


def test_a_caption_or_note_defines_for_the_whole_document(nlp: Language) -> None:
    body = "TPTL was loaded into liposomes. "
    caption = "Figure 1. Release. TPTL, triptolide."
    text = body + caption
    blocks = (
        Block(kind="paragraph", start=0, end=len(body)),
        Block(kind="caption", start=len(body), end=len(text)),
    )
    document = as_document(text).model_copy(update={"blocks": blocks})
    assert "triptolide" in {m.name for m in annotate(document, nlp) if m.label == "DRUG"}
    table = Table(label="Table 1", caption="", page=1, cells=(), notes={"a": "TRPZ: tirapazamine"})
    document = as_document("TRPZ was loaded into liposomes.").model_copy(update={"tables": (table,)})
    assert {m.text for m in annotate(document, nlp) if m.name == "tirapazamine"} == {"TRPZ"}


def test_the_end_of_a_name_is_abbreviated_for_all_of_it(mentions: Annotate) -> None:
    text = "The M1 macrophage nanovesicles (NVs) were made. Cores were extruded with NVs, and the NV coat was intact."
    cells = [m for m in mentions(text) if m.label == "CELL_TYPE"]
    assert [m.text for m in cells] == ["M1 macrophage nanovesicles", "NVs", "NVs", "NV"]
    assert len({m.name for m in cells}) == 1
