"""A document as an article: the text is there, tables are tables, and nothing of it is mark-up."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Block, Cell, Document, Script, Table
from pipeline.export.articles import to_html, to_markdown
from pipeline.readers.markdown import read_markdown
from pipeline.readers.writing import Source

from .conftest import review

HOSTILE = "<script>alert(1)</script> # *no* | `mark` & [up](x)"


def document(*paragraphs: str, **more: object) -> Document:
    text = "\n".join(paragraphs)
    starts = [sum(len(part) + 1 for part in paragraphs[:index]) for index in range(len(paragraphs))]
    blocks = [
        Block(start=start, end=start + len(part), kind="title" if not start else "paragraph")
        for start, part in zip(starts, paragraphs, strict=True)
    ]
    about = {"id": "sha256:" + "0" * 64, "source": "p.txt", "media_type": "text/plain", "text": text, "blocks": blocks}
    return Document.model_validate({**about, **more})


class Text(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_text_of_a_paper_is_no_markup() -> None:
    page = Text(to_html(document("A title", HOSTILE)))
    assert "script" not in page.tags
    assert HOSTILE in page.text
    assert "<script>" not in to_markdown(document("A title", HOSTILE)).replace("\\<script\\>", "")


def test_markdown_reads_back_as_the_same_words() -> None:
    again = read_markdown(
        to_markdown(document("A title", "First, with 3 < 4 and a*b.", "1. no list")).encode(),
        Source("p.md", "sha256:" + "0" * 64, "text/markdown"),
    )
    assert [again.text[block.start : block.end] for block in again.blocks] == [
        "A title", "First, with 3 < 4 and a*b.", "1. no list",
    ]  # fmt: skip


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=40))
def test_every_word_is_in_the_page(words: str) -> None:
    shown = re.sub(r"\s+", "", Text(to_html(document("T", words))).text)
    kept = [letter for letter in words if not letter.isspace()]
    assert sum(letter in shown or letter == "\r" for letter in kept) >= len([c for c in kept if c.isalnum()])


def test_a_table_is_a_table_with_its_merged_cells() -> None:
    parts = ["Disease", "Coat", "breast cancer", "MCF-7", "4T1"]
    starts = [sum(len(part) + 1 for part in parts[:index]) for index in range(len(parts))]
    places = [(0, 0, 1), (0, 1, 1), (1, 0, 2), (1, 1, 1), (2, 1, 1)]
    cells = tuple(
        Cell(start=start, end=start + len(text), row=row, col=col, row_span=span, text=text)
        for text, start, (row, col, span) in zip(parts, starts, places, strict=True)
    )
    table = Table(label="Table 1", caption="Coats", page=1, header_rows=1, cells=cells)
    whole = "\n".join(parts)
    made = document(whole, tables=[table], blocks=[Block(start=0, end=len(whole), kind="table")])
    assert to_markdown(made).splitlines() == [
        "| Disease | Coat |", "| --- | --- |", "| breast cancer | MCF-7 |", "|  | 4T1 |",
    ]  # fmt: skip
    assert '<td rowspan="2">breast cancer</td>' in to_html(made)


def test_raised_and_lowered_characters_stay_so() -> None:
    made = document("T", "Fe3O4", scripts=[Script(start=4, end=5, kind="subscript")])
    assert "Fe<sub>3</sub>O4" in to_html(made)
    assert "Fe<sub>3</sub>O4" in to_markdown(made)


def test_a_page_fetches_nothing() -> None:
    page = to_html(review()[0].document)
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=", page)
