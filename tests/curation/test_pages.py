"""Pages: characters laid where they are printed, and pictures that a bad file cannot break."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.curation.pages import Pictures, lines_of
from pipeline.document import Document, Line, Page

from .conftest import blank_pdf


def document(text: str, **line: object) -> Document:
    box = {"page": 1, "x0": 10.0, "top": 20.0, "x1": 110.0, "bottom": 30.0, **line}
    edges = tuple(2.0 * step for step in range(len(text) + 1))
    return Document(
        id="sha256:" + 64 * "0", source="x.pdf", media_type="application/pdf", text=text,
        pages=(Page(number=1, width=200, height=300),),
        lines=(Line.model_validate({"start": 0, "end": len(text), "edges": edges, **box}),),
    )  # fmt: skip


@given(st.text(min_size=1, max_size=30))
def test_what_is_counted_on_the_page_is_what_is_counted_in_the_text(text: str) -> None:
    (line,) = lines_of(document(text), 1)
    assert len(line.text) == len(text), "one character each, so that a selection's offsets are the text's"
    utf16 = len(line.text.encode("utf-16-le", "surrogatepass")) // 2
    assert len(line.xs.split()) == utf16, "a browser counts UTF-16 units"
    assert line.xs.split()[0] == "0.0"


@pytest.mark.parametrize(("direction", "x", "y"), [(0, 10, 27.8), (90, 32, 20), (180, 110, 22.2), (270, 88, 30)])
def test_turned_lines_start_where_they_are_printed(direction: int, x: float, y: float) -> None:
    (line,) = lines_of(document("abc", direction=direction), 1)
    assert (line.x, line.y, line.turn) == (pytest.approx(x), pytest.approx(y), direction)


def test_a_page_is_drawn_from_the_very_file(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(blank_pdf())
    key = "sha256:" + sha256(path.read_bytes()).hexdigest()
    picture = Pictures().page(key, path, 1)
    assert picture is not None
    assert picture.startswith(b"\xff\xd8")
    assert Pictures().page(key, path, 2) is None, "there is no such page"
    path.write_bytes(path.read_bytes() + b"\n")
    assert Pictures().page(key, path, 1) is None, "it has changed since it was read"
    assert Pictures().page(key, tmp_path / "gone.pdf", 1) is None


def test_a_file_that_is_no_pdf_costs_its_picture_only(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"%PDF-1.7 nonsense")
    assert Pictures().page("sha256:" + sha256(path.read_bytes()).hexdigest(), path, 1) is None
