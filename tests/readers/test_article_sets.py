"""XML files of several articles."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pipeline.errors import ReadError
from pipeline.inputs import discover, plan
from pipeline.readers import members, read
from pipeline.readers.article_sets import cut
from tests.patience import patient


def article(title: str, text: str) -> str:
    return (
        f"<article><front><article-meta><title-group><article-title>{title}</article-title></title-group>"
        f"</article-meta></front><body><p>{text}</p></body></article>"
    )


GOLD = 'Gold <ext-link xlink:href="x">cores</ext-link>. <!-- </article> -->The end.'
SET = (
    '<?xml version="1.0"?>\n<!DOCTYPE pmc-articleset [<!ENTITY drug "<article>">]>\n'
    '<pmc-articleset xmlns:xlink="http://www.w3.org/1999/xlink"><!-- <article> -->'
    f"{article('One', 'Coats of 4T1 cells.')}<skip/>\n"
    f"{article('Two', GOLD)}"
    "<article><front><article-meta/></front><body/></article></pmc-articleset>"
)


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    (tmp_path / "set.xml").write_text(SET)
    (tmp_path / "single.xml").write_text(article("Single", "Alone."))
    return tmp_path


def test_each_article_is_an_input_of_its_own(papers: Path):
    names = [path.name for path in discover([papers])]
    assert names == ["set#1.xml", "set#2.xml", "set#3.xml", "single.xml"]
    assert [path.name for path in plan([papers / "set#2.xml"], papers / "out").inputs] == ["set#2.xml"]


def test_each_article_is_read_as_a_file_of_its_own(papers: Path):
    one, two, three = members(papers / "set.xml")
    first, second = read(one), read(two)
    assert (first.metadata.title, second.metadata.title) == ("One", "Two")
    assert "Gold cores. The end." in second.text
    assert first.id != second.id
    with pytest.raises(ReadError, match=r"set#3\.xml holds no text"):
        read(three)
    with pytest.raises(ReadError, match="does not exist"):
        read(papers / "set#4.xml")
    with pytest.raises(ReadError, match=r"3 articles.*set#1\.xml"):
        read(papers / "set.xml")


def test_a_file_whose_name_has_such_a_number_is_itself(papers: Path):
    (papers / "set#1.xml").write_text(article("Other", "Another paper."))
    assert read(papers / "set#1.xml").metadata.title == "Other"


def test_what_holds_the_articles_stays_around_each():
    data = (
        b'<oai:OAI xmlns:oai="urn:oai"><oai:record><oai:metadata><j:article xmlns:j="urn:j"><j:body/></j:article>'
        b"</oai:metadata></oai:record><oai:record><oai:metadata><article>2</article></oai:metadata></oai:record></oai:OAI>"
    )
    first, second = cut(data)
    assert data[first.start : first.end].endswith(b"</j:article>")
    assert second.before == b'<oai:OAI xmlns:oai="urn:oai"><oai:record><oai:metadata>'
    assert second.after == b"</oai:metadata></oai:record></oai:OAI>"


@pytest.mark.parametrize(
    "piece", ["<!--", "<![CDATA[", '<a b="', "<a ", "<article", "</article", "<!DOCTYPE [", "<?", "<x><article>"]
)
def test_a_malformed_file_takes_no_longer_than_its_length(tmp_path: Path, piece: str):
    path = tmp_path / "bad.xml"
    path.write_text("<set><article/>" + piece * (400_000 // len(piece)))
    start = time.process_time()
    assert members(path) == [path]
    assert time.process_time() - start < patient(2)
