"""Where text stands: a range's boxes hold that text and nothing else, on turned pages too."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Box, Document
from pipeline.readers import read

ANGLES = (0, 90, 180, 270)


def printed(page: pypdfium2.PdfPage, box: Box, angle: int) -> str:
    """What pdfium prints in a box: the box is turned back into the file's own axes."""
    width, height = page.get_size()
    left, top, right, bottom = box.x0, box.top, box.x1, box.bottom
    match angle:
        case 0:
            area = left, height - bottom, right, height - top
        case 90:
            area = top, left, bottom, right
        case 180:
            area = width - right, top, width - left, bottom
        case _:
            area = height - bottom, width - right, height - top, width - left
    text = page.get_textpage()
    found: str = text.get_text_bounded(*area)
    return re.sub(r"\s", "", found)


@pytest.mark.parametrize("angle", ANGLES)
def test_the_box_of_a_word_holds_that_word(turned: dict[int, Path], angle: int):
    document = read(turned[angle])
    page = pypdfium2.PdfDocument(turned[angle])[0]
    words = [match for match in re.finditer(r"[A-Za-z]{4,}", document.text) if len(document.boxes(*match.span())) == 1]
    assert len(words) > 100
    wrong = [
        match[0]
        for match in words
        for box in document.boxes(*match.span())
        if match[0] not in printed(page, box, angle)
    ]
    assert len(wrong) <= len(words) // 50, wrong  # pdfium's own selection drops a letter at the edge now and then


def test_turning_a_page_turns_its_boxes_and_changes_nothing_else(turned: dict[int, Path]):
    upright, quarter = read(turned[0]), read(turned[90])
    assert upright.text == quarter.text
    assert [block.kind for block in upright.blocks] == [block.kind for block in quarter.blocks]
    width = quarter.pages[0].width
    start = upright.text.index("homotypic")
    (a,), (b,) = upright.boxes(start, start + 9), quarter.boxes(start, start + 9)
    assert (width - a.bottom, a.x0, width - a.top, a.x1) == pytest.approx((b.x0, b.top, b.x1, b.bottom), abs=0.02)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_boxes_of_any_range_lie_on_the_page_and_grow_with_it(article: Document, data: st.DataObject):
    start = data.draw(st.integers(0, len(article.text)))
    end = data.draw(st.integers(start, len(article.text)))
    inner_start = data.draw(st.integers(start, end))
    inner_end = data.draw(st.integers(inner_start, end))
    outer, inner = article.boxes(start, end), article.boxes(inner_start, inner_end)
    for box in outer:
        page = article.pages[box.page - 1]
        assert 0 <= box.x0 < box.x1 <= page.width
        assert 0 <= box.top < box.bottom <= page.height
    for part in inner:
        assert any(contains(whole, part) for whole in outer)


def contains(whole: Box, part: Box) -> bool:
    return (
        whole.page == part.page
        and whole.x0 <= part.x0
        and whole.top <= part.top
        and whole.x1 >= part.x1
        and whole.bottom >= part.bottom
    )


def test_every_printed_character_has_a_place(article: Document):
    covered = sum(line.end - line.start for line in article.lines)
    glue = len(article.text) - covered
    assert glue < 0.06 * len(article.text)  # spaces and line ends between lines and blocks
    for line in article.lines:
        assert article.text[line.start : line.end].strip() != ""


def test_a_document_survives_json(article: Document):
    assert Document.from_json(article.to_json()) == article
