"""Pages typeset for the tests of the readers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from pipeline.document import Document
from pipeline.readers import read

typst = pytest.importorskip("typst", reason="the pages of these tests are typeset with typst")
PAGES = Path(__file__).parent / "pages"


@pytest.fixture(scope="session")
def article_pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "article.pdf"
    path.write_bytes(typst.compile(PAGES / "article.typ"))
    return path


@pytest.fixture(scope="session")
def article(article_pdf: Path) -> Document:
    return read(article_pdf)


@pytest.fixture(scope="session")
def turned(article_pdf: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The article with its pages turned by 0, 90, 180 and 270 degrees."""
    folder = tmp_path_factory.mktemp("turned")
    paths = {}
    for angle in (0, 90, 180, 270):
        file = pypdfium2.PdfDocument(article_pdf)
        for page in file:
            page.set_rotation(angle)
        paths[angle] = folder / f"{angle}.pdf"
        file.save(paths[angle])
        file.close()
    return paths


@pytest.fixture
def typeset(tmp_path: Path) -> Callable[[str], Document]:
    """Typeset a source and read it."""

    def read_source(source: str) -> Document:
        path = tmp_path / "page.typ"
        path.write_text("#set page(width: 400pt, height: 500pt, margin: 40pt)\n#set text(size: 10pt)\n" + source)
        pdf = tmp_path / "page.pdf"
        pdf.write_bytes(typst.compile(path))
        return read(pdf)

    return read_source
