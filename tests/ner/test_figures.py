"""Names and sizes within figures: what counts as a size there, and that every finding bears the mark."""

from __future__ import annotations

import pytest
from spacy.language import Language

from pipeline.document import Block, Document, FigureText
from pipeline.ner import annotate
from pipeline.ner.figures import FIGURE
from pipeline.records import Mention


def drawn(caption: str, *labels: str) -> Document:
    """A document of one figure."""
    text = f"{caption}\n\n" + "\n".join(labels)
    start = len(caption) + 2
    return Document(
        id="sha256:" + "0" * 64, source="figure.pdf", media_type="application/pdf", text=text,
        blocks=(
            Block(kind="caption", start=0, end=len(caption)), Block(kind="figure", start=start, end=len(text)),
        ),
        figures=(FigureText(start=start, end=len(text), label="Figure 2", caption=caption, page=1),),
    )  # fmt: skip


def within(document: Document, nlp: Language, label: str) -> list[Mention]:
    start = document.figures[0].start
    return [m for m in annotate(document, nlp) if m.start >= start and m.label == label]


def sizes(nlp: Language, caption: str, *labels: str) -> list[tuple[float, str]]:
    found = within(drawn(caption, *labels), nlp, "SIZE")
    return [(m.size.value, m.size.of) for m in found if m.size is not None]


DLS = "Figure 2. Size distribution of the particles by DLS."


def test_a_size_beside_its_group_is_one(nlp: Language):
    assert sizes(nlp, DLS, "RBC@PLGA 118.4 nm") == [(118.4, "coated")]


def test_a_size_whose_label_names_a_bare_particle_is_the_core_s(nlp: Language):
    assert sizes(nlp, DLS, "bare PLGA 96.3 nm") == [(96.3, "core")]
    assert sizes(nlp, DLS, "PLGA 96.3 nm") == [(96.3, "core")]


@pytest.mark.parametrize("label", ["Z-average 118 nm", "Mean diameter: 118 nm", "118 ± 4 nm", "118.4 nm"])
def test_a_size_without_a_group_counts_where_it_is_no_round_number_alone(nlp: Language, label: str):
    assert len(sizes(nlp, DLS, label)) == 1


@pytest.mark.parametrize("label", ["10 nm", "100 nm", "1000 nm", "50 nm", "10 100 1000", "Diameter (nm)"])
def test_ticks_of_an_axis_are_no_sizes(nlp: Language, label: str):
    assert sizes(nlp, DLS, label) == []


def test_ticks_after_the_title_of_their_axis_are_no_sizes(nlp: Language):
    assert sizes(nlp, DLS, "Diameter (nm) 100", "Size (nm) 118") == []


@pytest.mark.parametrize(
    ("caption", "label"),
    [
        ("Figure 2. Electron micrographs.", "100 nm"),
        ("Figure 2. Electron micrographs of the coated particles.", "RBC@PLGA 118.4 nm"),
        ("Figure 2. Micrograph and size distribution. Scale bar: 118 nm.", "118 nm"),
        ("Figure 2. Micrograph and size distribution.", "Scale bar 120 nm"),
    ],
)
def test_bars_of_a_scale_and_lengths_where_no_sizes_are_shown_are_none(nlp: Language, caption: str, label: str):
    assert sizes(nlp, caption, label) == []


def test_names_in_labels_bear_the_mark_beside_the_rules(nlp: Language):
    document = drawn("Figure 2. The way to the particles.", "RBC@PLGA", "Hypotonic lysis")
    found = annotate(document, nlp)
    assert found
    assert all(FIGURE in m.because for m in found if m.start >= document.figures[0].start)
    plain = document.model_copy(update={"figures": ()})
    assert not any(FIGURE in m.because for m in annotate(plain, nlp))


def test_a_drug_whose_short_name_ends_in_x_may_stand_before_a_size(nlp: Language):
    assert [e.text for e in nlp("RBC@PLGA-DTX 118.4 nm").ents if e.label_ == "SIZE"] == ["118.4 nm"]
    assert not [e.text for e in nlp("rods of 100 x 50 nm").ents if e.text == "50 nm"]
