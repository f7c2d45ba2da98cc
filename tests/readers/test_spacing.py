"""Spaces that converters and recognition lose: where words run together, and what stays whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.readers.markdown import read_markdown
from pipeline.readers.spacing import Spacing, moved, spaced
from pipeline.readers.writing import Source

PAPER = """# Gold micelles in coats of platelets

# Introduction

The size of micelles was measured in vitro. Micelles and platelets were mixed, and drug delivery to tumors was seen.
Drug release from micelles followed, and curcumin was released. Curcumin and DOX were loaded; DOX stayed in micelles.

# Results

Thesizeofmicelles wasmeasured after drugdelivery, invitro and with curcuminwas so[1]. Micelles ofcurcumin,DOX and
DOXmicelles glowed.The platelets(bare)and coats fell.

{}

# References

[1] Miro,A. Talesofplatelets. J. Tales 2019, 1, 1-9.
"""


def spoken(text: str, *known: str) -> str:
    places = Spacing([*known, text]).missing(text)
    return spaced(text, " " * len(text), places)[0]


def test_words_that_a_converter_ran_together_are_parted():
    read = read_markdown(PAPER.format("").encode(), Source("paper.md", "sha256:" + "0" * 64, "text/markdown"))
    for said in (
        "The size of micelles was measured after drug delivery, in vitro and with curcumin was so[1].",
        "Micelles of curcumin, DOX and DOX micelles glowed. The platelets(bare) and coats fell.",
    ):
        assert said in read.text
    assert spoken("Uptake in vitro: Invitrocellularuptake ofIL-21.", "cellular uptake") == (
        "Uptake in vitro: In vitro cellular uptake of IL-21."
    )
    assert "Miro,A. Talesofplatelets" in read.text  # an entry is quoted as it stands
    assert [read.text[c.start : c.end] for c in read.citations] == ["[1]"]


@pytest.mark.parametrize(
    "word",
    [
        "information", "nanoparticles", "polydopamine", "methylcellulose", "peroxidation", "luciferin", "restenosis",
        "hydroxysuccinimide", "overexpression", "sonicator", "biodistribution", "CATGAGTTCAACTGG", "formalin",
        "N,N-dimethylformamide", "1,2-distearoyl", "www.nature.com/articles", "10.1002/adma.Then", "e.g.The",
    ],
)  # fmt: skip
def test_what_is_one_word_stays_whole(word):
    known = "poly methyl cellulose nano particles per oxidation over expression bio the rest is in form and at or an"
    assert spoken(f"We saw {word} there.", *known.split()) == f"We saw {word} there."


def test_a_compound_that_the_document_writes_as_one_word_stays_so():
    assert spoken("A coat core, the coatcore and this coatcore.").count("coatcore") == 2


@given(st.text(max_size=80), st.lists(st.text(max_size=30), max_size=4))
def test_only_spaces_are_added(text, known):
    places = Spacing([text, *known]).missing(text)
    result, marks = spaced(text, "^" * len(text), places)
    assert result.replace(" ", "") == text.replace(" ", "")
    assert len(marks) == len(result) == len(text) + len(places)
    for offset, char in enumerate(text):
        assert result[moved(offset, places)] == char
        assert result[moved(offset + 1, places, end=True) - 1] == char
