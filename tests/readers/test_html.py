"""Saved article pages: the article is read, the furniture of the site is not, and nothing in it runs or is fetched."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Document
from pipeline.errors import ReadError
from pipeline.readers import Reader, read
from pipeline.readers.html import read_html
from pipeline.readers.writing import Source

PAGES = Path(__file__).parent / "pages"


def document(html: str | bytes) -> Document:
    data = html if isinstance(html, bytes) else html.encode()
    return read_html(data, Source("page.html", "sha256:" + "0" * 64, "text/html"))


def kinds(found: Document, kind: str) -> list[str]:
    return [found.text[block.start : block.end] for block in found.blocks if block.kind == kind]


def cited(found: Document) -> list[tuple[str, tuple[str, ...]]]:
    return [(found.text[c.start : c.end], c.references) for c in found.citations]


def grid(table) -> list[list[str]]:
    return [[table.at(row, col).text for col in range(table.cols)] for row in range(table.rows)]


@pytest.fixture(scope="module")
def repository() -> Document:
    return read(PAGES / "repository.html")


def test_what_a_repository_states(repository):
    stated = repository.metadata
    assert (stated.title, stated.doi, stated.journal) == (
        "Gold rods in coats of platelets for arthritis",
        "10.5555/rods.1",
        "J Tales",
    )
    assert (stated.year, stated.authors) == (2021, ("Ada Miro", "Bo Quell"))
    assert kinds(repository, "title") == [stated.title]


def test_the_site_is_left_out(repository):
    for furniture in ("Log in", "Follow us", "Open in a new tab", "Google Scholar", "evil", "[]"):
        assert furniture not in repository.text


def test_sections_abstract_and_keywords(repository):
    assert kinds(repository, "heading") == ["Abstract", "1. Introduction", "2. Methods", "References"]
    assert len(kinds(repository, "abstract")) == 1
    assert kinds(repository, "keywords") == ["Keywords: gold, platelets"]


def test_a_table_with_spans_caption_and_notes(repository):
    (table,) = repository.tables
    assert (table.label, table.caption, table.header_rows) == ("Table 1", "Table 1. Coats and cores.", 2)
    assert grid(table) == [
        ["Membrane", "Core", "Core"], ["Membrane", "Material", "Size (nm)"], ["Platelet", "gold", "80 [1]"],
        ["Platelet", "PLGA", "120"],
    ]  # fmt: skip
    assert table.notes == {"a": "Rods"}


def test_citations_by_their_links(repository):
    assert cited(repository) == [("1", ("1",)), ("3", ("2", "3")), ("2", ("2",)), ("1", ("1",))]


def test_a_doi_that_only_a_link_has(repository):
    assert [(r.key, r.doi) for r in repository.references] == [("1", "10.5555/a.1"), ("2", "10.5555/b.2"), ("3", None)]


def test_a_doi_behind_a_link_at_the_end_of_an_entry():
    entries = "".join(f"<li>Miro {i}, 2019. <a href='https://doi.org/10.5555/r.{i}'>CrossRef</a> </li>" for i in (1, 2))
    found = document(f"<article><h1>Rods</h1><p>{PROSE * 4}</p><ol class='references'>{entries}</ol></article>")
    assert [(r.key, r.doi) for r in found.references] == [("1", "10.5555/r.1"), ("2", "10.5555/r.2")]


def test_a_frame_around_a_picture_is_no_table():
    frame = "<table><tr><td><img src=x></td></tr><tr><td>Fig. 1 Rods in coats.</td></tr></table>"
    found = document(f"<article><h1>Rods</h1><p>{PROSE * 4}</p>{frame}</article>")
    assert not found.tables
    assert kinds(found, "caption") == ["Fig. 1 Rods in coats."]


def test_a_note_whose_marker_stands_by_itself():
    table = "<table><tr><td>Coat</td><td>Core</td></tr><tr><td>RBC<sup>a</sup></td><td>gold</td></tr></table>"
    notes = "<div class='table-footnotes'><p>Table a</p><p>RBC: red blood cells.</p><p>b</p><p>Not used.</p></div>"
    caption = "<div class='caption'>Table 1. Coats.</div>"
    found = document(f"<article><h1>Rods</h1><p>{PROSE * 4}</p>{caption}{table}{notes}{table}</article>")
    assert found.tables[0].notes == {"a": "RBC: red blood cells", "b": "Not used"}
    assert grid(found.tables[0])[1] == ["RBC", "gold"]
    assert [each.label for each in found.tables] == ["Table 1", ""]
    assert kinds(found, "table_note") == ["a RBC: red blood cells.", "b Not used."]


def test_scripts_and_mathml(repository):
    assert "10-3 M with H2O2. The formula E = mc2 holds." in repository.text
    assert kinds(repository, "caption")[1] == "Figure 1. Rods in coats."


def test_a_preprint_in_latexml():
    found = read(PAGES / "preprint.html")
    assert found.metadata.title == "Vesicles around silica: a story"
    assert found.metadata.authors == ("Ada Miro", "Bo Quell")
    assert "silica of 102 nm" in found.text
    assert kinds(found, "footnote") == ["1A note of ours."]
    assert cited(found) == [("2019", ("1",)), ("2020", ("2",))]
    assert found.tables[0].caption == "Table 1: Sizes."


PROSE = "Coats of platelets were put on rods of gold, and the rods were followed in the blood of mice for many days. "
UNKNOWN = f"""<html><head><title>Rods</title></head><body><div id="top"><a href="/">Home</a> <a href="/x">Shop</a></div>
<div class="stuff"><h1>Rods of gold in coats of platelets</h1><p>{PROSE * 3}</p><p>{PROSE * 3}</p><p>{PROSE * 4}</p>
<table><tr><th>Coat</th><th>Core</th></tr><tr><td>RBC</td><td>gold</td></tr></table></div>
<div id="bottom"><ul><li><a href="/1">Buy shoes</a></li><li><a href="/2">Buy hats</a></li></ul></div></body></html>"""


def test_a_page_of_no_known_kind():
    found = document(UNKNOWN)
    assert found.metadata.title == "Rods of gold in coats of platelets"
    assert "Buy shoes" not in found.text
    assert found.text.count(PROSE.strip()) == 10
    assert grid(found.tables[0]) == [["Coat", "Core"], ["RBC", "gold"]]


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><h1>Sign in</h1><form><input type='password'></form><p>Your institution pays.</p></body></html>",
        "<html><body><div id='root'></div><script>render()</script></body></html>",
        "<!-- nothing -->",
        "plain words",
    ],
)
def test_a_page_without_an_article_is_told(page):
    with pytest.raises(ReadError, match="holds no article") as error:
        document(page)
    assert error.value.status == "not_a_document"


def test_encodings():
    page = UNKNOWN.replace("<head>", '<head><meta charset="iso-8859-1">').replace("Rods of gold in", "Stäbe à")
    assert document(page.encode("cp1252")).metadata.title == "Stäbe à coats of platelets"


HOSTILE = {
    "script": "<script>document.write('x')</script><img src=x onerror=alert(1)>",
    "entities": "&lol;" * 1000 + "&#0;&#xFFFFFF;&#55296;",
    "deep": "<div>" * 5000 + "deep" + "</div>" * 5000,
    "inline": "<b>" * 5000 + "deep",
    "spans": "<table>" + "<tr><td rowspan=65000 colspan=65000>x</td></tr>" * 200 + "</table>",
    "nested": "<table><tr><td>" * 400 + "x",
    "lists": "<ol>" + "<li>x" * 20000 + "</ol>",
    "unclosed": "<p" * 3000,
    "math": "<math>" + "<msup><mrow>" * 800 + "x",
    "remote": "<link rel=stylesheet href=http://203.0.113.9/x.css><img src=http://203.0.113.9/x.png>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_end_in_a_document_or_a_message(name, tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    kind = '<!DOCTYPE html [<!ENTITY lol "lol"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    found = document(f"{kind}<html><body><h1>T</h1><p>{PROSE * 4} &x;</p>" + HOSTILE[name] + "</body></html>")
    assert "root:" not in found.text
    assert "alert(1)" not in found.text


def test_the_child_reads_pages(tmp_path):
    path = tmp_path / "page.htm"
    path.write_text(UNKNOWN)
    with Reader() as reader:
        assert reader.read(path).metadata.title == "Rods of gold in coats of platelets"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([
    "<table>", "<tr>", "<td colspan=3>", "</table>", "<ul class=ref-list>", "<li id=R1>", "<a href='#R1'>1</a>",
    "<sup>",
    "</sup>", "<h1>", "</h1>", "<h2>References</h2>", "<math><mi>x", "<p>", "text", "<div class=abstract>", "</div>",
    "<figcaption>Table 1. X</figcaption>", "<nav>", "&amp;", "&", "<!--", "\x00", "<br>", "<caption>", "<tfoot>",
]), max_size=40))  # fmt: skip
def test_no_page_breaks_the_reader(parts):
    document(f"<html><body><p>{PROSE * 4}</p>{''.join(parts)}")


def test_a_page_saved_in_another_encoding_than_it_states():
    found = read(PAGES / "publisher_latin1.html")
    assert "J. Tales 1, 1\u20139 (2019)" in found.text
    assert [(r.key, r.doi) for r in found.references] == [("1", "10.5555/s1"), ("2", "10.5555/t2")]
    for furniture in ("cookies", "HeLa", "Buy this article", "newsletter", "Full size table"):
        assert furniture not in found.text
    assert [block.section for block in found.blocks if block.kind == "paragraph"] == [("Main",)] * 2


def test_notes_on_authors_are_none_of_their_names():
    found = read(PAGES / "preprint_notes.html")
    assert found.metadata.authors == ("Petra Olin", "Quinn Hale")
    assert kinds(found, "affiliation") == ["Institute of Tales"]
    assert grid(found.tables[0]) == [["Coat", "Size (nm)"], ["RBC", "52"], ["none", "41"]]
    assert cited(found) == [("1", ("1",)), ("2", ("2",)), ("2019", ("2",))]
