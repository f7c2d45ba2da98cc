"""Hyphens and addresses that a line's end cut."""

from __future__ import annotations

import pytest

from pipeline.readers.hyphenation import Vocabulary, seam

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
