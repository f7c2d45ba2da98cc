"""JATS: what the mark-up says is what the document holds, and no file can make the parser work for it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pipeline.document import Document
from pipeline.errors import ReadError
from pipeline.readers import read

ARTICLE = """<?xml version="1.0"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving DTD v1.1//EN" "JATS-archivearticle1.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><journal-meta><journal-title-group>
<journal-title>Test J Part</journal-title></journal-title-group></journal-meta><article-meta>
<article-id pub-id-type="doi">10.5555/jats.1</article-id><title-group><article-title>Coats of <italic>cells</italic>
</article-title></title-group><contrib-group><contrib><name><surname>Quill</surname><given-names>Ada</given-names></name>
</contrib></contrib-group><pub-date><year>2026</year></pub-date><abstract><p>A short abstract.</p></abstract>
</article-meta></front><body><sec><label>1</label><title>Results</title><p>Silica (SiO<sub>2</sub>) was coated
<xref ref-type="bibr" rid="r1">[1]</xref>&#x2013;<xref ref-type="bibr" rid="r3">[3]</xref> for 5&#160;h.</p>
<table-wrap><label>Table 1</label><caption><p>Cores.</p></caption><table><thead><tr><th rowspan="2">Coat</th>
<th colspan="2">Core</th></tr><tr><th>Name</th><th>Ref.</th></tr></thead><tbody><tr><td rowspan="2">4T1</td>
<td>PLGA<sup>a</sup></td><td><xref ref-type="bibr" rid="r2">[2]</xref></td></tr><tr><td>silica</td><td/></tr></tbody>
</table><table-wrap-foot><fn><label>a</label><p>a polyester</p></fn></table-wrap-foot></table-wrap></sec></body>
<back><ref-list><title>References</title>
<ref id="r1"><label>1</label><mixed-citation>
<name><surname>Roe</surname><given-names>J</given-names></name>
<article-title>One</article-title> <source>J One</source>
<year>2019</year><pub-id pub-id-type="doi">10.5555/one</pub-id></mixed-citation></ref>
<ref id="r2"><label>2</label><mixed-citation>Doe J. Two. 2020.</mixed-citation></ref>
<ref id="r3"><label>3</label><mixed-citation>Poe J. Three. 2021.</mixed-citation></ref></ref-list></back></article>"""


@pytest.fixture
def article(tmp_path: Path) -> Document:
    path = tmp_path / "article.nxml"
    path.write_text(ARTICLE)
    return read(path)


def test_structure_and_metadata(article: Document):
    assert article.metadata.title == "Coats of cells"
    assert (article.metadata.doi, article.metadata.year, article.metadata.journal) == (
        "10.5555/jats.1",
        2026,
        "Test J Part",
    )
    assert [block.section for block in article.blocks if block.kind == "paragraph"] == [("1 Results",)]
    assert "Silica (SiO2) was coated [1]–[3] for 5 h." in article.text
    assert article.pages == () == article.lines


def test_citations_are_those_marked_up_and_ranges_are_whole(article: Document):
    cited = [key for citation in article.citations for key in citation.references]
    assert sorted(cited) == ["1", "2", "2", "3"]


def test_tables_keep_their_spans_and_notes(article: Document):
    (table,) = article.tables
    assert (table.rows, table.cols, table.header_rows) == (4, 3, 2)
    coat, core, cell = table.at(3, 0), table.at(0, 2), table.at(2, 1)
    assert coat is table.at(2, 0)
    assert core is not None
    assert core.text == "Core"
    assert cell is not None
    assert (cell.text, cell.notes, table.notes) == ("PLGA", ("a",), {"a": "a polyester"})


def test_references_hold_what_is_marked_up(article: Document):
    first = article.reference("1")
    assert first is not None
    assert (first.doi, first.year, first.title, first.container) == ("10.5555/one", 2019, "One", "J One")


def test_entities_are_neither_fetched_nor_multiplied(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    bombs = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 12))
    path = tmp_path / "bomb.xml"
    path.write_text(
        f'<!DOCTYPE article [<!ENTITY b0 "ha">{bombs}<!ENTITY file SYSTEM "{secret.as_uri()}">]>'
        "<article><body><p>before &b11; &file; after</p></body></article>"
    )
    start = time.monotonic()
    try:
        text = read(path).text
    except ReadError as error:
        text = error.message
    assert time.monotonic() - start < 2
    assert "SECRET" not in text
    assert "hahaha" not in text


@pytest.mark.parametrize(("content", "status"), [("<article><body>", "damaged"), ("<html/>", "not_a_document")])
def test_what_is_no_article_says_so(tmp_path: Path, content: str, status: str):
    path = tmp_path / "page.xml"
    path.write_text(content)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.status == status
