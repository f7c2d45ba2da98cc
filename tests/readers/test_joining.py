"""Hyphens and addresses that a line's end cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.readers import read
from pipeline.readers.hyphenation import Vocabulary, seam
from tests.readers.rawpdf import prose, words, write

SAID = Vocabulary(
    ["nanoparticles with a cell-derived coat and a near-infrared dye, well known, of high cost and known use"]
)


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        ("the nano-", "particles were", "the nanoparticles were"),  # written solid elsewhere
        ("these cell-", "derived coats", "these cell-derived coats"),  # written with its hyphen elsewhere
        ("immuno-", "logical effects", "immunological effects"),  # what a word ends in
        ("a PLGA-", "coated core", "a PLGA-coated core"),  # a second part that keeps its hyphen
        ("E-", "cadherin", "E-cadherin"),
        ("poly(lactic-", "co-glycolic acid)", "poly(lactic-co-glycolic acid)"),
        ("a metal-", "organic framework", "a metal-organic framework"),
        ("a core-", "shell particle", "a core-shell particle"),
        ("carci-", "noma", "carcinoma"),
        ("doxo-", "rubicin", "doxorubicin"),  # the lexicon writes it solid
        ("iron-", "sulfur clusters", "iron-sulfur clusters"),  # the lexicon writes it with its hyphen
        ("after ischemia-", "reperfusion of it", "after ischemia-reperfusion of it"),
        ("more-", "over", "moreover"),
        ("north-", "ern", "northern"),
        ("highly-", "unsaturated fats", "highly-unsaturated fats"),
        ("well-", "known dyes of well known cost", "well-known dyes of well known cost"),
        ("MDA-", "MB-231 cells", "MDA-MB-231 cells"),
        ("pages 994–", "1005", "pages 994–1005"),
        ("doi:10.1021/ac-", "sami.7b17022", "doi:10.1021/acsami.7b17022"),
        ("doi:10.1038/s41586-019-", "1456-0", "doi:10.1038/s41586-019-1456-0"),
        ("doi:10.1007/", "s10989-021-10201-3", "doi:10.1007/s10989-021-10201-3"),
        ("doi:10.1002/adma.", "201808510", "doi:10.1002/adma.201808510"),
        ("doi: 10.1021/acsa", "mi.7b17022.", "doi: 10.1021/acsami.7b17022."),
        ("doi:10.1007/s12274-", "019-2482-0 [CrossRef]", "doi:10.1007/s12274-019-2482-0 [CrossRef]"),
        ("10.1016/j.jconrel.2019.01.001.", "Next one.", "10.1016/j.jconrel.2019.01.001. Next one."),
        ("doi:10.1002/adma.201808510", "2020", "doi:10.1002/adma.201808510 2020"),
        ("one line", "and the next", "one line and the next"),
    ],
)
def test_a_seam_is_closed_as_the_author_wrote_it(before: str, after: str, whole: str):
    cut, glue = seam(before, after, SAID)
    assert before[: len(before) - cut] + glue + after == whole


def test_a_word_that_two_pages_share_is_whole(tmp_path: Path):
    first = [
        "The cells were taken from patients with a carcinoma, and they were grown for",
        "several days; the drug was given to mice with a hepatic carci-",
    ]
    second = [
        "noma of the left lobe, in cores of poly(lactic-",
        "co-glycolic acid) that a metal-",
        "organic framework of the core-",
        "shell kind held together for the whole time.",
    ]
    pages = [
        words(60, 30, "Journal of Coats 12, 2024") + prose(60, top, said) + words(200, 540, str(number))
        for number, (top, said) in enumerate(((480, first), (60, second)), 1)
    ]
    document = read(write(tmp_path / "pages.pdf", pages))
    for name in ("a hepatic carcinoma of", "poly(lactic-co-glycolic acid)", "metal-organic", "core-shell kind"):
        assert document.text.count(name) == 1
