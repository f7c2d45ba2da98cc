"""Sentence ranges: what ends a sentence, what does not, and what holds for any text."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Block, Cell, Document, Table
from pipeline.sentences import sentence_at, sentences, split


def pieces(text: str) -> list[str]:
    return [text[a:b] for a, b in split(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Uptake rose (Fig. 3B) and ca. 80% of Fu et al. Cells were alive.",
        "Sizes, i.e. Diameters, were 110.5 nm vs. 92.1 nm for no. 5 of Ref. 12.",
        "J. W. Smith and E. Coli were listed.",
        "Particles (PLGA. Then a coat. Made by extrusion) were stable.",
        "The particles of J.-P. Martin lasted.",
    ],
)
def test_abbreviations_initials_and_brackets_do_not_end_a_sentence(text: str) -> None:
    assert pieces(text) == [text]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("They were coated with HeLa membranes [31].", "The size was 120 nm."),
        ("They were coated. [31,33-35]", "Then mice were treated."),
        ("They were coated.31,32", "Then mice were treated."),
        ("The pH was 7.4.", "pH-sensitive cores swelled."),
        ("Mice lacked vitamin C.", "The others did not."),
        ("Is it stable?", "4T1 cells took it up."),
        ("The answer was no.", "Others agreed."),
        ("Rods (gold) were coated (twice).", "“Stealth” followed."),
    ],
)
def test_a_sentence_ends_with_its_stop_and_its_citation(first: str, second: str) -> None:
    assert pieces(f"{first} {second}") == [first, second]


def document(parts: list[tuple[str, str]], rows: list[list[str]]) -> Document:
    text, blocks, cells = "", [], []
    for kind, part in parts:
        blocks.append(Block(kind=kind, start=len(text), end=len(text) + len(part)))
        text += part + "\n"
    start = len(text)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            cells.append(Cell(row=r, col=c, start=len(text), end=len(text) + len(value), text=value))
            text += value + "\t"
    blocks.append(Block(kind="table", start=start, end=len(text)))
    table = Table(label="Table 1", caption="", page=1, cells=tuple(cells))
    return Document(
        id="sha256:" + sha256(text.encode()).hexdigest(),
        source="x.pdf",
        media_type="application/pdf",
        text=text,
        blocks=tuple(blocks),
        tables=(table,),
    )


WORDS = st.lists(
    st.sampled_from(
        ["Fig.", "HeLa", "cells.", "[3]", "(see", "it)", "A.", "B", "2.5", "nm.", "et al.", "?", "µ", "\n", " ", "no."]
    ),
    max_size=30,
).map(" ".join)
PROSE = st.one_of(WORDS, st.text(max_size=60))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["title", "paragraph", "caption", "reference"]), PROSE), max_size=5),
    st.lists(st.lists(PROSE, min_size=1, max_size=3), max_size=3),
)
def test_ranges_are_ordered_disjoint_within_one_block_and_cover_all_text(parts, rows) -> None:
    doc = document(parts, rows)
    ranges = sentences(doc)
    covered: set[int] = set()
    at = 0
    for start, end in ranges:
        assert at <= start < end <= len(doc.text)
        assert not doc.text[start].isspace()
        assert not doc.text[end - 1].isspace()
        assert doc.block_at(start) is doc.block_at(end - 1)
        covered.update(range(start, end))
        at = end
    inside = {i for b in doc.blocks for i in range(b.start, b.end) if not doc.text[i].isspace()}
    assert inside <= covered
    for i in inside:
        found = sentence_at(ranges, i)
        assert found is not None
        assert found[0] <= i < found[1]


def test_a_table_cell_is_a_unit_of_its_own() -> None:
    doc = document([("paragraph", "Before. After.")], [["HeLa. MCF-7", "PLGA"], ["", "Gold cages"]])
    assert [doc.text[a:b] for a, b in sentences(doc)] == ["Before.", "After.", "HeLa. MCF-7", "PLGA", "Gold cages"]


def test_between_ranges_there_is_no_sentence() -> None:
    assert sentence_at([(0, 3), (5, 9)], 4) is None
    assert sentence_at([], 0) is None
