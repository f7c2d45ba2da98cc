"""A typeset page is read as a person reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.document import Document
from pipeline.readers import read

GOLDEN = Path(__file__).parent / "pages" / "article.golden.json"


def summary(document: Document) -> dict[str, object]:
    """What a reader should get of a page, in a form that a person can check."""
    return {
        "blocks": [
            [block.kind, " > ".join(block.section), document.text[block.start : block.end]] for block in document.blocks
        ],
        "tables": [
            [[cell.row, cell.col, cell.row_span, cell.col_span, cell.text, list(cell.notes)] for cell in table.cells]
            for table in document.tables
        ],
        "notes": [table.notes for table in document.tables],
        "citations": [[document.text[c.start : c.end], list(c.references)] for c in document.citations],
        "references": [[r.key, r.doi, r.year, list(r.authors)] for r in document.references],
        "scripts": [[s.kind, document.text[s.start : s.end]] for s in document.scripts],
    }


def agrees(found: dict[str, object], golden: Path, config: pytest.Config) -> None:
    if config.getoption("--regenerate"):
        golden.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    assert found == json.loads(golden.read_text())


def test_the_page_is_read_as_the_golden_file_says(article: Document, pytestconfig: pytest.Config):
    agrees(summary(article), GOLDEN, pytestconfig)


@pytest.mark.parametrize("name", ["glioblastoma-silica", "lung-gadolinium-mri", "pancreas-hybrid-plga"])
def test_sample_papers_are_read_as_their_golden_files_say(name: str, sample: Path, pytestconfig: pytest.Config):
    agrees(summary(read(sample / f"{name}.pdf")), GOLDEN.with_name(f"{name}.golden.json"), pytestconfig)


def test_golden_files_are_not_being_regenerated(pytestconfig: pytest.Config):
    assert not pytestconfig.getoption("--regenerate"), "leave out --regenerate: with it the golden file fits anything"


def test_running_heads_are_kept_out_of_the_text(article: Document):
    body = [article.text[b.start : b.end] for b in article.blocks if b.kind in ("paragraph", "abstract", "heading")]
    assert not any("Test J. Part." in text for text in body)


def test_formulae_are_plain_characters_with_scripts(article: Document):
    assert "silica (SiO2) or manganese dioxide (MnO2)" in article.text


def test_raised_citations_are_told_from_exponents_and_isotopes(article: Document):
    cited = [article.text[c.start : c.end] for c in article.citations]
    assert cited[:3] == ["1,2", "3", "1–3"]
    assert article.citations[2].references == ("1", "2", "3")
    exponents = article.text.index("108 cells per cm3"), article.text.index("64Cu")
    assert not any(start <= c.start < start + 20 for start in exponents for c in article.citations)


def test_a_line_end_hyphen_goes_where_the_document_writes_the_word_solid(article: Document):
    assert "nanoformulations" in article.text
    assert "well-characterised" in article.text
    assert "near-infrared" in article.text


def test_a_broken_address_is_mended(article: Document):
    reference = article.reference("2")
    assert reference is not None
    assert reference.doi == "10.5555/test-0002"
    assert "https://doi.org/10.5555/test-0002" in article.text


def test_what_the_page_states_about_itself(article: Document):
    assert article.metadata.title == "Coats of many membranes on small particles"
    assert article.metadata.authors == ("Ada Quill", "Ben Torrent")
    assert article.metadata.doi is None  # the only DOIs on the page are those of its references


def test_lowered_figures_are_marked(article: Document):
    lowered = {
        (article.text[s.start - 1], article.text[s.start : s.end]) for s in article.scripts if s.kind == "subscript"
    }
    assert lowered == {("O", "2")}
