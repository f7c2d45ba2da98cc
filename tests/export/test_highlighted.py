"""Highlights in PDFs, read back: over the words, with a note; and pictures of what was taken for a table."""

from __future__ import annotations

import ctypes
import io
import shutil
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from PIL import Image
from typer.testing import CliRunner

from pipeline import run
from pipeline.cli import app
from pipeline.errors import UsageError
from pipeline.export import export
from pipeline.settings import Settings

pytestmark = pytest.mark.usefixtures("in_process")

NAME = "glioblastoma-silica"


@pytest.fixture(scope="module")
def results(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    shutil.copy(sample / f"{NAME}.pdf", folder)
    turned = pypdfium2.PdfDocument(folder / f"{NAME}.pdf")
    for page in turned:
        page.set_rotation(90)
    turned.save(folder / "turned.pdf")
    run.extract([folder], folder / "out", Settings(jobs=0))
    return folder / "out"


def highlights(path: Path) -> list[tuple[int, str, str]]:
    """Of each highlight the page, its note, and the words below it."""
    found = []
    pdf = pypdfium2.PdfDocument(path)
    for number, page in enumerate(pdf, 1):
        text = page.get_textpage()
        for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
            annotation = pdfium.FPDFPage_GetAnnot(page, index)
            if pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_HIGHLIGHT:
                rect = pdfium.FS_RECTF()
                pdfium.FPDFAnnot_GetRect(annotation, rect)
                words = text.get_text_bounded(rect.left, rect.bottom, rect.right, rect.top)
                found.append((number, _string(annotation, b"Contents"), " ".join(words.split())))
            pdfium.FPDFPage_CloseAnnot(annotation)
    return found


def _string(annotation: Any, key: bytes) -> str:
    size = pdfium.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFAnnot_GetStringValue(annotation, key, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw.decode("utf-16-le").rstrip("\0")


@pytest.mark.slow
@pytest.mark.parametrize("name", [NAME, "turned"])
def test_evidence_is_highlighted_where_it_stands(results: Path, tmp_path: Path, name: str) -> None:
    export(results, "highlighted", tmp_path)
    found = highlights(tmp_path / f"{name}.pdf")
    drugs = [(page, words) for page, note, words in found if note.startswith("Drug or cargo: temozolomide")]
    assert (1, "temozolomide") in drugs
    assert all("TMZ" in words or "temozolomide" in words for _, words in drugs)
    assert any("score 0." in note and "own study" in note for _, note, _ in found)


@pytest.mark.slow
def test_the_same_run_gives_the_same_bytes(results: Path, tmp_path: Path) -> None:
    first, second = (export(results, "highlighted", tmp_path / each) for each in "ab")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_by_default_they_stand_in_a_folder_of_their_own(results: Path) -> None:
    assert CliRunner().invoke(app, ["export", str(results), "--format", "highlighted"]).exit_code == 0
    assert (results / "highlighted" / f"{NAME}.pdf").is_file()


def test_papers_that_have_gone_are_named(results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.export.formats.highlighted.source_of", lambda *_: None)
    with pytest.raises(UsageError, match=rf"{NAME}\.pdf.*put the files back"):
        export(results, "highlighted", tmp_path)


def test_what_was_taken_for_a_table_can_be_seen(sample: Path, tmp_path: Path) -> None:
    paper = sample / f"{NAME}.pdf"
    given = ["read", str(paper), "--out", str(tmp_path), "--debug-tables", "--format", "md", "--format", "json"]
    result = CliRunner().invoke(app, given)
    assert result.exit_code == 0, result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{NAME}.md", f"{NAME}.document.json", f"{NAME}.table-1.png",
    }  # fmt: skip
    image = Image.open(io.BytesIO((tmp_path / f"{NAME}.table-1.png").read_bytes()))
    colours = {colour for _, colour in image.getcolors(1 << 20) or []}
    assert {(10, 93, 107), (200, 80, 0)} <= colours, "cells of the heading and of the body"
