"""A name gets an identifier only where it is settled; what remains open lists its candidates."""

from __future__ import annotations

import pytest

from pipeline.linking import Entry, link, shipped_lexicon
from pipeline.linking.linker import settle
from pipeline.records import Label


@pytest.mark.parametrize(
    ("name", "label", "preferred", "curie"),
    [
        ("B16F10", "CELL_LINE", "B16-F10", "cellosaurus:CVCL_0159"),
        ("Hela", "CELL_LINE", "HeLa", "cellosaurus:CVCL_0030"),
        ("red blood cells", "CELL_TYPE", "erythrocyte", "CL:0000232"),
        ("DOX", "DRUG", "doxorubicin", "CHEBI:28748"),
        ("R837", "DRUG", "imiquimod", "CHEBI:36704"),
        ("triple negative breast cancer", "DISEASE", "triple-negative breast cancer", "DOID:0060081"),
        ("MR imaging", "MODALITY", "magnetic resonance imaging", "NCIT:C16809"),
    ],
)
def test_names_of_the_field_are_linked(name: str, label: Label, preferred: str, curie: str) -> None:
    found = link(name, label, shipped_lexicon())
    assert found is not None
    assert (found.name, found.curie) == (preferred, curie)


def test_a_name_that_two_lines_share_stays_open() -> None:
    found = link("LLC", "CELL_LINE", shipped_lexicon())
    assert found is not None
    assert found.curie is None
    assert {term.curie for term in found.candidates} == {"cellosaurus:CVCL_4358", "cellosaurus:CVCL_5653"}


@pytest.mark.parametrize("name", ["SMMC-7721", "KB"])
def test_a_problematic_line_carries_its_caution(name: str) -> None:
    found = link(name, "CELL_LINE", shipped_lexicon())
    assert found is not None
    assert "HeLa" in (found.caution or "")


def test_an_unknown_name_is_not_linked() -> None:
    assert link("Zyxomab-17", "DRUG", shipped_lexicon()) is None


def test_the_species_decides_between_lines_of_one_name() -> None:
    def line(curie: str, taxon: str) -> Entry:
        return Entry("X1", curie, "X1", "name", "cell_line", taxon, "cellosaurus")

    both = [line("cellosaurus:CVCL_0001", "NCBITaxon:9606"), line("cellosaurus:CVCL_0002", "NCBITaxon:10090")]
    assert settle(both, "X1").curie is None
    assert settle(both, "X1", taxon="NCBITaxon:10090").curie == "cellosaurus:CVCL_0002"
