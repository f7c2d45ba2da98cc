"""The text within figures stands apart from the prose, and says which figure it is of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.document import Document
from pipeline.readers import read
from pipeline.readers.figure_labels import label_of
from pipeline.sentences import sentences
from tests.readers.conftest import PAGES, typst


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Document:
    pdf = tmp_path_factory.mktemp("figures") / "figures.pdf"
    pdf.write_bytes(typst.compile(PAGES / "figures.typ"))
    return read(pdf)


def shown(document: Document, label: str) -> list[str]:
    figure = next(figure for figure in document.figures if figure.label == label)
    return document.text[figure.start : figure.end].split("\n")


def test_each_figure_is_listed_with_its_caption_and_page(paper: Document):
    assert [(figure.label, figure.page) for figure in paper.figures] == [
        ("Figure 1", 1), ("Figure 2", 1), ("Figure 3", 1),
    ]  # fmt: skip
    assert paper.figures[0].caption == "Figure 1: Preparation of the coated particles."


def test_labels_in_the_type_of_the_text_are_no_paragraph_and_no_heading(paper: Document):
    assert shown(paper, "Figure 1") == ["Red blood cells", "Hypotonic lysis", "Membrane vesicles", "RBC@PLGA-DTX"]
    kinds = {b.kind for b in paper.blocks if "lysis" in paper.text[b.start : b.end]}
    assert kinds == {"figure"}
    headings = [paper.text[b.start : b.end] for b in paper.blocks if b.kind == "heading"]
    assert headings == ["Introduction", "Results", "Discussion"]


def test_ticks_titles_of_axes_and_slanted_groups_are_labels(paper: Document):
    labels = shown(paper, "Figure 2")
    assert "10 100 1000 0 5 10 15 20" in labels
    assert {"Diameter (nm)", "Intensity (%)", "Tumour inhibition (%)", "a", "b"} <= set(labels)
    assert {"Saline", "Free DTX", "RBC@PLGA-DTX"} <= set(labels)


def test_a_value_under_its_group_joins_it_and_rows_of_a_legend_stay_apart(paper: Document):
    labels = shown(paper, "Figure 2")
    assert "bare PLGA 96.3 nm" in labels
    assert "RBC@PLGA-DTX 118.4 nm" in labels


def test_figure_text_stands_behind_its_caption_and_on_its_page(paper: Document):
    for figure in paper.figures:
        at = next(i for i, block in enumerate(paper.blocks) if block.start == figure.start)
        assert paper.blocks[at].kind == "figure"
        assert paper.blocks[at - 1].kind == "caption"
        assert paper.text[paper.blocks[at - 1].start :].startswith(figure.caption[:20])
        assert {box.page for box in paper.boxes(figure.start, figure.end)} == {figure.page}
        assert paper.figure_at(figure.start) == figure
        assert paper.figure_at(figure.end) != figure


def test_each_label_is_a_sentence(paper: Document):
    figure = paper.figures[1]
    units = [paper.text[a:b] for a, b in sentences(paper) if figure.start <= a < figure.end]
    assert units == shown(paper, "Figure 2")


def test_paragraphs_run_on_around_figures(paper: Document):
    paragraphs = [paper.text[b.start : b.end] for b in paper.blocks if b.kind == "paragraph"]
    assert all(text.endswith(".") for text in paragraphs)
    assert not any("Saline" in text or "100 nm" in text for text in paragraphs)


def test_a_document_with_figures_survives_json_and_one_without_has_no_such_field(paper: Document):
    assert Document.from_json(paper.to_json()) == paper
    assert '"figures"' not in paper.model_copy(update={"figures": ()}).to_json()


def test_text_right_over_a_frame_without_words_of_its_own_is_the_page_s(typeset: Callable[[str], Document]):
    document = typeset(
        "#text(8pt)[Keywords: glioma, membranes]\n\n#v(-8pt)#rect(width: 100%, height: 90pt, fill: luma(230))\n"
        "#text(8pt)[Figure 1. Micrographs of the coated particles and of bare ones.]\n\n" + "Words of a text. " * 60
    )
    assert not document.figures
    assert "Keywords" in document.text


def test_figures_side_by_side_keep_their_own_words(typeset: Callable[[str], Document]):
    panel = "#let panel(word) = box(width: 130pt, height: 60pt, stroke: 1pt)[#v(20pt) #text(7pt, word)]\n"
    document = typeset(
        panel
        + "#grid(columns: (1fr, 1fr), panel[Left words], panel[Right words],"
        + "[#text(8pt)[Figure 1. A left panel.]], [#v(12pt)#text(8pt)[Figure 2. A right panel.]])\n\n"
        + "Words of a text that goes on and on beneath the figures. " * 20
    )
    assert shown(document, "Figure 1") == ["Left words"]
    assert shown(document, "Figure 2") == ["Right words"]


def test_a_caption_may_stand_over_its_scheme(typeset: Callable[[str], Document]):
    document = typeset(
        "Words of a text that goes on and on above the scheme. " * 12
        + "\n\n#text(8pt)[*Scheme 1.* The way from cells to coated particles.]\n\n"
        + "#box(width: 200pt, height: 60pt, stroke: 1pt)[#v(20pt) #text(7pt)[Extrusion]]\n\n"
        + "Words of a text that goes on and on beneath the scheme. " * 12
    )
    assert shown(document, "Scheme 1") == ["Extrusion"]


def test_drawn_text_of_a_page_is_figure_text_where_it_is_seen(tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_text(
        "<html><body><article><h1>Coated particles</h1><p>" + "Words of a text. " * 30 + "</p><figure>"
        "<svg><defs><text>never seen</text></defs><title>Plot</title><text x='1'>10</text><text>100</text>"
        "<text><tspan>RBC@PLGA</tspan> <tspan>118.4 nm</tspan></text><text style='display:none'>hidden</text></svg>"
        "<figcaption>Fig. 2. Size distribution by DLS.</figcaption></figure><p>" + "More words. " * 30
        + "</p></article></body></html>"
    )  # fmt: skip
    document = read(page)
    assert shown(document, "Figure 2") == ["10 100", "RBC@PLGA 118.4 nm"]
    assert not any("RBC@PLGA" in document.text[b.start : b.end] for b in document.blocks if b.kind != "figure")


@pytest.mark.parametrize(
    ("caption", "label"),
    [
        ("Fig. 2. Sizes", "Figure 2"),
        ("FIGURE 3 | Sizes", "Figure 3"),
        ("Scheme 1. The way", "Scheme 1"),
        ("Supplementary Figure 4: Sizes", "Figure S4"),
        ("Fig. S5. Sizes", "Figure S5"),
        ("Table 1. Sizes", ""),
    ],
)
def test_labels_are_told_as_they_are_cited(caption: str, label: str):
    assert label_of(caption) == label
