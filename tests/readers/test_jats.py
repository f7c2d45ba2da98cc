"""JATS: what the mark-up says is what the document holds, and no file can make the parser work for it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pipeline.document import Document
from pipeline.errors import ReadError
from pipeline.readers import read
from tests.patience import patient

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
    assert time.monotonic() - start < patient(2)
    assert "SECRET" not in text
    assert "hahaha" not in text


@pytest.mark.parametrize(("content", "status"), [("<article><body>", "damaged"), ("<html/>", "not_a_document")])
def test_what_is_no_article_says_so(tmp_path: Path, content: str, status: str):
    path = tmp_path / "page.xml"
    path.write_text(content)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.status == status


def written(tmp_path: Path, body: str, back: str = "", front: str = "") -> Document:
    path = tmp_path / "written.xml"
    path.write_text(
        '<article xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:o="urn:oasis" xmlns:tp="urn:taxa">'
        f"<front><article-meta>{front}<title-group><article-title>Coats</article-title></title-group></article-meta></front>"
        f"<body><sec><title>Results</title>{body}</sec></body><back>{back}</back></article>"
    )
    return read(path)


def test_lines_and_lists_in_cells_are_parted(tmp_path: Path):
    document = written(
        tmp_path,
        "<p>One<break/>two.</p><table-wrap><label>Table 1</label><table><tr><th>Cell</th><th>Drugs</th></tr>"
        "<tr><td>4T1<break/>HeLa</td><td><list><list-item><p>doxorubicin</p></list-item><list-item><p>paclitaxel</p></list-item></list></td></tr>"
        "</table></table-wrap>",
    )
    assert "One two." in document.text
    assert [cell.text for cell in document.tables[0].cells] == ["Cell", "Drugs", "4T1\nHeLa", "doxorubicin\npaclitaxel"]


def test_oasis_tables_are_tables(tmp_path: Path):
    document = written(
        tmp_path,
        '<table-wrap><o:table><o:tgroup cols="3"><o:colspec colname="a"/><o:colspec colname="b"/>'
        '<o:colspec colname="c"/><o:thead><o:row><o:entry>Cell</o:entry><o:entry namest="b" nameend="c">Drug</o:entry>'
        "</o:row></o:thead><o:tbody>"
        '<o:row><o:entry morerows="1">4T1</o:entry><o:entry>x</o:entry><o:entry>1</o:entry></o:row><o:row>'
        '<o:entry colname="c">2</o:entry></o:row></o:tbody></o:tgroup></o:table></table-wrap>',
    )
    (table,) = document.tables
    assert (table.rows, table.cols, table.header_rows) == (3, 3, 1)
    shown = [(c.row, c.col, c.row_span, c.col_span, c.text) for c in table.cells if c.text]
    assert shown == [
        (0, 0, 1, 1, "Cell"), (0, 1, 1, 2, "Drug"), (1, 0, 2, 1, "4T1"), (1, 1, 1, 1, "x"), (1, 2, 1, 1, "1"),
        (2, 2, 1, 1, "2"),
    ]  # fmt: skip


def test_what_elements_of_other_names_hold_is_kept(tmp_path: Path):
    document = written(
        tmp_path,
        "<tp:treatment><tp:part><title>Coats</title><p>HeLa coats.</p><table-wrap><table><tr><td>4T1</td></tr></table>"
        "</table-wrap></tp:part></tp:treatment><tp:remark>A remark.</tp:remark><p>The end.</p>",
    )
    for stated in ("HeLa coats.", "4T1", "A remark.", "The end."):
        assert document.text.count(stated) == 1
    assert ("Results", "Coats") in {block.section for block in document.blocks}


def test_the_parts_of_a_reference_stand_apart_and_links_give_dois(tmp_path: Path):
    document = written(
        tmp_path, "<p>Said.</p>",
        '<ref-list><ref id="a"><label>1</label><element-citation><person-group><name><surname>Roe</surname>'
        "<given-names>J</given-names></name></person-group><article-title>A title</article-title><source>J P</source>"
        '<year>2019</year></element-citation></ref><ref id="b"><label>2</label><mixed-citation>Doe J. Two. '
        '<ext-link xlink:href="https://doi.org/10.1002/(SICI)1097-0142(19960401)77:7&lt;1356::AID-CNCR20&gt;3.0.CO;2-%23">link</ext-link></mixed-citation></ref></ref-list>',
        '<article-id pub-id-type="pmc">123</article-id>',
    )  # fmt: skip
    one, two = document.references
    assert document.text[one.start : one.end] == "1 Roe J A title J P 2019"
    assert two.doi == "10.1002/(SICI)1097-0142(19960401)77:7<1356::AID-CNCR20>3.0.CO;2-#"
    assert document.metadata.pmcid == "PMC123"


def test_a_table_that_is_a_picture_is_warned_of(tmp_path: Path):
    document = written(tmp_path, "<p>Said.</p><table-wrap><label>Table 1</label><graphic/></table-wrap>")
    assert ["Table 1 is a picture" in warning for warning in document.warnings] == [True]


@pytest.mark.parametrize(
    ("content", "status", "stated"),
    [
        (
            '<r xmlns:ja="http://www.elsevier.com/xml/ja/dtd"><ja:article><ja:body/></ja:article></r>',
            "not_a_document",
            "Elsevier",
        ),
        ("<article><other>Text</other></article>", "not_a_document", "JATS"),
        ("<article><front><article-meta/></front><body/></article>", "no_text_layer", "no text"),
        (
            "<set><article><body><p>A</p></body></article><article><body><p>B</p></body></article></set>",
            "not_a_document",
            "2 articles",
        ),
    ],
)
def test_what_cannot_be_one_paper_is_refused(tmp_path: Path, content: str, status: str, stated: str):
    path = tmp_path / "page.xml"
    path.write_text(content)
    with pytest.raises(ReadError, match=stated) as caught:
        read(path)
    assert caught.value.status == status
