"""Text that is none is told from text in any language of Latin letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ReadError
from pipeline.readers import read
from pipeline.readers.pdf.trust import distrusted
from tests.readers.rawpdf import prose, write

SAID = (
    "Membranes of cells were isolated by lysis and fused with cores by extrusion. The particles that were made so"
    " carried the drug into the tumors of mice, and it was found that they stayed there for a week. "
) * 3
GERMAN = (
    "Die Membranen der Zellen wurden mit den Kernen vereint und in die Tumore der Tiere gebracht, wie man es sah. " * 5
)
PORTUGUESE = (
    "As membranas das células foram isoladas e fundidas com os núcleos, o que não foi observado em outros. " * 5
)
FIGURES = "0.12 3.45 ± 0.1 12 (n = 3) 45.6 % 7.8 kPa 9.1 nm 118 ± 4 " * 20
NAMES = "Streptomyces Escherichia Pseudomonas Staphylococcus Lactobacillus Bacillus Clostridium Mycobacterium " * 8


@pytest.mark.parametrize(
    "text", [SAID, GERMAN, PORTUGUESE, FIGURES, NAMES, SAID.upper(), "Клетки и мембраны " * 30, ""]
)
def test_what_people_write_is_trusted(text: str):
    assert distrusted({1: text}) == []


def shifted(text: str, by: int) -> str:
    return "".join(chr(ord(c) + by) if c.isalpha() else c for c in text)


@pytest.mark.parametrize(
    "text", [shifted(SAID, 3), shifted(SAID, 0x80), SAID.replace("e", "\ufffd").replace("t", "\ufffd")]
)
def test_letters_by_a_wrong_map_are_not(text: str):
    assert distrusted({1: SAID, 2: text}) == [2]


def pages(path: Path, *texts: str) -> Path:
    return write(path, [prose(30, 40, [text[at : at + 80] for at in range(0, len(text), 80)], 9) for text in texts])


def test_one_such_page_is_warned_of_and_a_file_of_nothing_else_is_refused(tmp_path: Path):
    document = read(pages(tmp_path / "one.pdf", SAID, SAID, shifted(SAID, 3)))
    (warning,) = document.warnings
    assert warning.startswith("Page 3: fonts map glyphs to wrong letters")
    assert "ocrmypdf" in warning
    with pytest.raises(ReadError, match="wrong letters") as caught:
        read(pages(tmp_path / "all.pdf", shifted(SAID, 3)))
    assert caught.value.status == "no_text_layer"


def test_a_sequence_in_a_font_of_its_own_is_no_garble(tmp_path: Path):
    bases = ["".join("ACGT"[(row * 7 + n * n) % 4] for n in range(60)) for row in range(20)]
    drawn = prose(30, 40, [SAID[:80]] * 6) + prose(30, 140, bases).replace("/F ", "/B ")
    assert read(write(tmp_path / "bases.pdf", [drawn])).warnings == ()
