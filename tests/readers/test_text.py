"""Plain text: what its few conventions mean."""

from __future__ import annotations

from pipeline.document import Document
from pipeline.readers.text import read_text
from pipeline.readers.writing import Source


def document(text: str) -> Document:
    return read_text(text.encode(), Source("paper.txt", "sha256:" + "0" * 64, "text/plain"))


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
