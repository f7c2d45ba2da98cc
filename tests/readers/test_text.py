"""Plain text: what its few conventions mean."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Document
from pipeline.readers.text import read_text
from pipeline.readers.writing import Source

SAID = "The “4T1@PLGA” were 100–150 nm wide; it’s doxorubicin and 120 ± 5 nm."


def of_bytes(data: bytes) -> Document:
    return read_text(data, Source("paper.txt", "sha256:" + "0" * 64, "text/plain"))


def document(text: str) -> Document:
    return of_bytes(text.encode())


def blocks(read: Document) -> list[tuple[str, str]]:
    return [(block.kind, read.text[block.start : block.end]) for block in read.blocks]


@pytest.mark.parametrize("after", ["\n", "\n\n", "\r\n", "\r\n\r\n", " \n\t\n", "\r"])
def test_the_title_is_the_first_line_whatever_follows(after: str):
    stated = "Coats of 4T1 cells were put on PLGA. They carried doxorubicin into the tumors of mice."
    assert blocks(document(f"A title of particles{after}{stated}")) == [
        ("title", "A title of particles"), ("paragraph", stated),
    ]  # fmt: skip


def test_blank_lines_before_the_title_and_signs_around_it_do_not_count():
    assert document("\n\n## A title ##\nMore was said.").metadata.title == "A title"


def test_a_text_without_a_title_has_none():
    stated = "Coats were made of the membranes of cells. " * 20
    read = document(stated)
    assert read.metadata.title is None
    assert blocks(read) == [("paragraph", stated.strip())]


@given(st.lists(st.text(st.characters(codec="ascii", categories=("L", "N"))), max_size=12))
def test_the_words_of_a_text_are_kept(words: list[str]):
    text = "A title\n" + "\n".join(words)
    assert "".join(document(text).text.split()) == "".join(text.split())


def test_wrapped_lines_are_joined_and_their_hyphens_settled():
    read = document(
        "A title\r\n\r\nThe PLGA nano-\r\nparticles loaded with doxo-\r\nrubicin were 120 nm\r\nwide. RAW\r\n"
        "264.7 membranes and MDA-\r\nMB-231 cells served.\r\n\r\nAnother paragraph\r\n"
    )
    assert blocks(read)[1:] == [
        ("paragraph", "The PLGA nanoparticles loaded with doxorubicin were 120 nm wide. RAW 264.7 membranes and "
         "MDA-MB-231 cells served."),
        ("paragraph", "Another paragraph"),
    ]  # fmt: skip


def test_a_page_s_end_is_no_paragraph_s_end():
    assert "against breast carcinoma cells" in document("A title\n\nDrugs against breast carci-\n\n\fnoma cells.").text


def test_lines_that_are_paragraphs_stay_apart():
    one = "Background: " + "a long line that no program has wrapped at any width " * 4
    two = "Methods: " + "another such line, of which each is a paragraph by itself " * 4
    assert [stated for _, stated in blocks(document(f"A title\n{one}\n{two}"))[1:]] == [one.strip(), two.strip()]


def test_items_and_headings_have_lines_of_their_own():
    read = document("A title\nMethods\nCells were grown.\n- 4T1 cells\n- HeLa cells\nResults\nAll grew.")
    assert blocks(read) == [
        ("title", "A title"), ("heading", "Methods"), ("paragraph", "Cells were grown."), ("list_item", "- 4T1 cells"),
        ("list_item", "- HeLa cells"), ("heading", "Results"), ("paragraph", "All grew."),
    ]  # fmt: skip


def test_mark_up_is_read_as_such_and_signs_are_left():
    read = document(
        "Fe<sub>3</sub>O<sub>4</sub> in <i>E. coli</i>\n<p>At 10<sup>8</sup> cells, p &lt; 0.05, 3 < 4 > 2.</p>"
    )
    assert read.metadata.title == "Fe3O4 in E. coli"
    assert "At 108 cells, p < 0.05, 3 < 4 > 2." in read.text
    assert [(s.kind, read.text[s.start : s.end]) for s in read.scripts] == [
        ("subscript", "3"), ("subscript", "4"), ("superscript", "8"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"]
)
def test_encodings_are_told_apart(encoding: str):
    read = of_bytes(f"4T1 membrane–coated nanoparticles\n\n{SAID}".encode(encoding))
    assert read.text == f"4T1 membrane–coated nanoparticles\n\n{SAID}"
    guessed = encoding in ("utf-16-le", "utf-16-be", "cp1252", "mac_roman")
    assert [encoding.replace("_", "-") in warning.replace("_", "-") for warning in read.warnings] == [True] * guessed


@pytest.mark.parametrize(
    "stated", ["4T1 – coated", "120 ± 5 nm, 10 µm", "Müller’s Ångström", "naïve café at 37 °C", "3 × 10 cells, ± 1"]
)
def test_a_short_text_that_is_not_utf_8_is_western(stated: str):
    assert document(stated).text == of_bytes(stated.encode("cp1252")).text


@pytest.mark.parametrize(
    ("stated", "encoding"),
    [("Наночастицы покрытые мембраной клеток", "cp1251"), ("癌细胞膜包覆的纳米粒子用于化疗", "gb18030")],
)
def test_other_scripts_are_told(stated: str, encoding: str):
    assert of_bytes(stated.encode(encoding)).text == stated


def test_an_abstract_may_have_its_heading_in_its_own_line():
    read = document("A title\n\nAbstract: Coats were made.\n\nMore was said.")
    assert [block.kind for block in read.blocks] == ["title", "abstract", "paragraph"]


def test_lines_with_years_are_the_entries_of_a_list_without_numbers():
    read = document(
        "A title\n\nOkoye and Hara (2021) coated gold.\n\n# References\n"
        "Brandt, L., 2019. A first. J. Fict. 1, 2.\nOkoye, S., Hara, Y., 2021. A second. J. Fict. 3, 4."
    )
    assert [reference.year for reference in read.references] == [2019, 2021]
    assert [citation.references for citation in read.citations] == [("2",)]


def test_an_entry_broken_over_lines_is_one():
    read = document("A title\n\n# References\nBrandt, L., 2019. A title that\ngoes on. J. Fict. 1, 2.")
    assert len(read.references) == 1


def test_a_long_word_takes_time_by_its_length_and_not_by_the_square():
    def seconds(length: int) -> float:
        begun = time.process_time()
        document("A title\n\nAbstract\n\n" + "a" * length + " was coated.\n")
        return time.process_time() - begun

    seconds(1000)
    assert seconds(400_000) < 20 * max(seconds(40_000), 0.05)
