"""From a document to its mentions: places, boxes, sections, and any text without a crash."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from pipeline.document import Block, Line, Page
from pipeline.errors import ModelError
from pipeline.ner import annotate, describe, load
from pipeline.settings import models_dir

from .conftest import Annotate, as_document

ABSTRACT = (
    "Membranes of 4T1 cells were coated on PLGA nanoparticles loaded with doxorubicin (DOX). The particles were "
    "115.2 nm in diameter. In female BALB/c nude mice they inhibited breast cancer by photothermal therapy. Red blood "
    "cells were spared."
)


def test_every_label_is_found_in_an_abstract(mentions: Annotate) -> None:
    found = {m.label: (m.text, m.curie) for m in mentions(ABSTRACT)}
    assert found == {
        "CELL_LINE": ("4T1", "cellosaurus:CVCL_0125"),
        "CELL_TYPE": ("Red blood cells", "CL:0000232"),
        "CORE": ("PLGA", "CHEBI:53493"),
        "DRUG": ("DOX", "CHEBI:28748"),
        "SIZE": ("115.2 nm", None),
        "ANIMAL_MODEL": ("BALB/c nude mice", None),
        "DISEASE": ("breast cancer", "DOID:1612"),
        "MODALITY": ("photothermal therapy", "mesh:D000082703"),
    }


_ODD = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("4T1 -@()[];,.±~nm\u00a0\u2009\u00ad\u0301αβ\n")), max_size=120
)
_PIECES = st.lists(
    st.one_of(_ODD, st.sampled_from(["4T1 cells", "PLGA NPs", "(DOX)", "115 nm", "BALB/c mice", "Fe3O4@SiO2", "PTT"])),
    max_size=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=_PIECES)
def test_any_text_is_annotated_and_every_mention_quotes_it(nlp: Language, pieces: list[str]) -> None:
    text = " ".join(pieces).encode("utf-8", "ignore").decode()
    found = annotate(as_document(text), nlp)
    assert all(m.text == text[m.start : m.end] and m.text.strip() for m in found)
    assert found == sorted(found, key=lambda m: (m.start, m.end, m.label))
    outer = [m for m in found if m.label != "ANIMAL_MODEL"]
    assert all(a.end <= b.start for a, b in pairwise(outer))


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200b", "(", ")))(((", "@", "nm", "±"])
def test_a_text_that_says_nothing_has_no_mentions(mentions: Annotate, text: str) -> None:
    assert mentions(text) == []


def test_a_mention_stands_in_its_section_and_in_its_boxes(nlp: Language) -> None:
    text = "We used 4T1 cells."
    edges = tuple(float(5 * i) for i in range(len(text) + 1))
    line = Line(start=0, end=len(text), page=1, x0=50, top=100, x1=50 + edges[-1], bottom=112, edges=edges)
    document = as_document(text).model_copy(
        update={
            "pages": (Page(number=1, width=600, height=800),),
            "lines": (line,),
            "blocks": (Block(kind="paragraph", start=0, end=len(text), section=("Methods", "Cells")),),
        }
    )
    (mention,) = annotate(document, nlp)
    assert mention.section == ("Methods", "Cells")
    assert mention.boxes == ((1, 90.0, 100.0, 105.0, 112.0),)


def test_the_bibliography_holds_no_mentions(nlp: Language) -> None:
    text = "4T1 cells were used. 1. Uptake by HeLa cells. J. Cancer 2020."
    split = text.index("1. Uptake")
    blocks = (Block(kind="paragraph", start=0, end=split), Block(kind="reference", start=split, end=len(text)))
    document = as_document(text).model_copy(update={"blocks": blocks})
    assert [m.text for m in annotate(document, nlp)] == ["4T1"]


def test_what_the_bibliography_abbreviates_means_nothing_before_it(nlp: Language) -> None:
    text = "TPTL was new to liposomes. 1. Delivery of triptolide (TPTL). J. Cancer 2020."
    split = text.index("1. Delivery")
    blocks = (Block(kind="paragraph", start=0, end=split), Block(kind="reference", start=split, end=len(text)))
    document = as_document(text).model_copy(update={"blocks": blocks})
    assert [m.text for m in annotate(document, nlp)] == ["liposomes"]


def test_the_same_document_gives_the_same_mentions(nlp: Language) -> None:
    document = as_document(ABSTRACT)
    assert annotate(document, nlp) == annotate(document, nlp)


def test_the_saved_pipeline_loads_with_spacy_and_shows_its_spans() -> None:
    doc = spacy.load(models_dir() / "coatmine")("Membranes of 4T1 cells.")
    assert [(span.text, span.label_, span.kb_id_) for span in doc.spans["coatmine"]] == [
        ("4T1", "CELL_LINE", "cellosaurus:CVCL_0125")
    ]


def test_the_pipeline_says_its_name_and_version(nlp: Language) -> None:
    meta = json.loads((models_dir() / "coatmine" / "meta.json").read_text(encoding="utf-8"))
    assert describe(nlp) == f"coatmine {meta['version']}"


def test_a_missing_model_is_named() -> None:
    with pytest.raises(ModelError, match="en_ner_nowhere"):
        load("en_ner_nowhere")


def test_a_document_longer_than_spacy_allows_is_read_whole(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nlp, "max_length", 40)
    text = ("Nothing of interest stands here. " * 3) + "Membranes of 4T1 cells were used."
    assert [m.text for m in annotate(as_document(text), nlp)] == ["4T1"]


def test_runs_too_long_for_a_name_are_not_read_and_move_nothing(mentions: Annotate) -> None:
    text = f"We used {'GRK' * 400} and {'4T1,' * 200} with 4T1 cells."
    assert [(m.text, m.start) for m in mentions(text)] == [("4T1", text.rindex("4T1"))]
