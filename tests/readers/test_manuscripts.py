"""Manuscripts: numbered lines, wide leading; titles and headings that follow one another at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.document import Document

Typeset = Callable[[str], Document]
SAID = (
    "Membranes of 4T1 breast cancer cells were isolated by hypotonic lysis and ultracentrifugation and were then fused"
    " with PLGA cores by extrusion. The particles were loaded with doxorubicin and measured 118 nm in water. "
)
TITLE = "Cancer cell membrane-coated particles for the targeted delivery of doxorubicin to breast tumors in mice"
NUMBERS = {
    "left": '#set par.line(numbering: "1")\n',
    "right": '#set par.line(numbering: "1", number-align: right, number-margin: right)\n',
    "every fifth": "#set par.line(numbering: n => if calc.rem(n, 5) == 0 [#n])\n",
    "anew on each page": '#set par.line(numbering: "1", numbering-scope: "page")\n',
}


@pytest.mark.parametrize("leading", ["0.65em", "1.6em"])
@pytest.mark.parametrize("numbers", NUMBERS)
def test_the_numbers_of_lines_are_no_text(typeset: Typeset, numbers: str, leading: str):
    document = typeset(
        f"{NUMBERS[numbers]}#set par(leading: {leading}, spacing: {leading}, justify: true)\n"
        f"#text(size: 14pt)[*{TITLE}*]\n\n*Abstract*\n\n{SAID * 2}\n\n"
        f"*1. Introduction*\n\n{SAID * 4}\n\n*2. Results*\n\n{SAID * 4}"
    )
    assert document.metadata.title == TITLE
    body = [document.text[b.start : b.end] for b in document.blocks if b.kind in ("abstract", "paragraph")]
    assert "".join(body).count(SAID.strip()) == 10
    assert sum(len(part) for part in body) < 10 * len(SAID) + 10
    aside = [document.text[b.start : b.end] for b in document.blocks if b.kind == "other"]
    assert "5" in " ".join(aside).split()
    assert document.warnings == ()


def test_a_numbered_list_of_references_keeps_its_numbers(typeset: Typeset):
    entries = "\\ ".join(f"{n} Keller A. A work of the name {n}. J Coat 20{n + 10}" for n in range(1, 13))
    document = typeset(f"= {TITLE}\n\n{SAID * 6}\n\n*References*\n\n{entries}")
    assert [reference.key for reference in document.references] == [str(n) for n in range(1, 13)]


@pytest.mark.parametrize("leading", [4, 8, 10, 12])
def test_a_title_of_any_leading_is_whole(typeset: Typeset, leading: int):
    document = typeset(
        f"#block[#set par(leading: {leading}pt, justify: false)\n"
        f"#text(size: 16pt)[{TITLE}, an _in vivo_ study of _Mus musculus_]]"
        f"\n\nAnna Keller, Bo Lindqvist and Carla Moreno\n\n== Abstract\n{SAID * 2}\n\n== Introduction\n{SAID * 3}"
    )
    assert document.metadata.title == f"{TITLE}, an in vivo study of Mus musculus"
    assert document.metadata.authors == ("Anna Keller", "Bo Lindqvist", "Carla Moreno")


def test_headings_that_follow_a_main_section_s_at_once_stand_beneath_it(typeset: Typeset):
    document = typeset(
        f"= {TITLE}\n\n*Abstract*\n\n{SAID * 2}\n\n*Introduction*\n\n{SAID}\n\n"
        f"*Materials and Methods*\n\n*Cell culture*\n\n{SAID}\n\n"
        f"*Animals*\n\n{SAID}\n\n*Results*\n\n{SAID * 2}"
    )
    sections = dict.fromkeys(b.section for b in document.blocks if b.kind == "paragraph")
    methods = "Materials and Methods"
    assert list(sections) == [("Introduction",), (methods, "Cell culture"), (methods, "Animals"), ("Results",)]


def test_headings_in_one_face_and_close_together_are_several(typeset: Typeset):
    document = typeset(
        f"#set par(spacing: 0.65em)\n= {TITLE}\n\n*Abstract*\n\n{SAID * 2}\n\n*Keywords:* coats, cells\n\n"
        f"*1. Introduction*\n\n{SAID}\n\n"
        f"*2. Methods*\n\n*2.1 Cells*\n\n{SAID * 2}"
    )
    assert [document.text[b.start : b.end] for b in document.blocks if b.kind in ("heading", "keywords")] == [
        "Abstract", "Keywords: coats, cells", "1. Introduction", "2. Methods", "2.1 Cells",
    ]  # fmt: skip


@pytest.mark.parametrize("kicker", ["Research Article", "Original article:"])
def test_a_kicker_over_a_title_is_no_part_of_it(typeset: Typeset, kicker: str):
    document = typeset(
        f"#block[#set par(leading: 10pt, spacing: 12pt)\n#text(size: 16pt)[_{kicker}_\n\n{TITLE}]]\n\n"
        f"Anna Keller and Bo Lindqvist\n\n== Abstract\n{SAID * 2}"
    )
    assert document.metadata.title == TITLE
