"""Scans: which pages need recognition, where its words stand, and what is said of values that stand on them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw, ImageFont
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.document import Box, Document, Page
from pipeline.errors import ReadError, UsageError
from pipeline.readers import Reader, parse, read
from pipeline.readers.ocr import Recogniser, Scan, SeenWord, engines, pages
from pipeline.readers.ocr.measuring import dark_pixels
from pipeline.readers.ocr.pages import needing, ruled
from pipeline.readers.pdf.scanned import scanned_glyphs
from pipeline.records import Mention, Record, Study, Value
from pipeline.scanned import mark_mentions, mark_records
from pipeline.settings import Limits

pytestmark = pytest.mark.usefixtures("in_process")

PATIENT = Limits(seconds=600)


def picture(*lines: tuple[int, int, str], size: tuple[int, int] = (1654, 700)) -> Image.Image:
    """A page's picture at 200 dots per inch with lines of text at these places."""
    made = Image.new("L", size, 255)
    font = ImageFont.load_default(size=30)
    for x, y, text in lines:
        ImageDraw.Draw(made).text((x, y), text, font=font, fill=0)
    return made


@pytest.fixture
def scan(tmp_path) -> Path:
    """One page, a picture of two columns; the second begins a sentence that the first does not end."""
    made = picture(
        (100, 60, "Platelet membranes were"), (100, 110, "coated onto gold rods of"),
        (100, 160, "120 nm for imaging."), (900, 60, "Mice with arthritis were"),
        (900, 110, "treated for eleven days,"), (900, 160, "and none of them died."),
    )  # fmt: skip
    path = tmp_path / "a scan.pdf"
    made.save(path, resolution=200)
    return path


def word(text: str, x0: float, top: float, line: int, *, width: float = 60, height: float = 12) -> SeenWord:
    return SeenWord(text, (x0, top, x0 + width, top + height), 0.9, line)


def test_without_recognition_the_message_names_the_command(scan):
    with pytest.raises(ReadError) as error:
        read(scan)
    assert error.value.status == "no_text_layer"
    assert "--ocr" in error.value.message
    assert "ocrmypdf 'a scan.pdf' 'a scan-ocr.pdf'" in error.value.message


def test_pages_with_text_and_blank_pages_need_none(scan, article_pdf):
    file = pdfium.PdfDocument(scan)
    file.new_page(300, 300)
    assert needing(file) == [1]
    assert needing(pdfium.PdfDocument(article_pdf)) == []


def test_columns_are_read_one_after_the_other():
    places = [("Title", 100, 10), ("one", 50, 40), ("three", 300, 40), ("two", 50, 55), ("four", 300, 55)]
    words = [word(text, x, top, line) for line, (text, x, top) in enumerate(places)]
    words.append(word("foot", 50, 120, 9, width=310))
    text = "".join((" " if glyph.gap else "") + glyph.text for glyph in scanned_glyphs(Scan(words=tuple(words))))
    assert text.split() == ["Title", "one", "two", "three", "four", "foot"]


def test_letters_share_the_width_of_their_word_and_stand_on_its_line():
    glyphs = scanned_glyphs(Scan(words=(word("gold", 100, 50, 0),)))
    assert [glyph.text for glyph in glyphs] == list("gold")
    assert glyphs[0].x0 == 100
    assert glyphs[-1].x1 == pytest.approx(160)
    assert 50 < glyphs[0].style.baseline < 62


def test_a_recognised_page_becomes_blocks_and_a_table(scan):
    rows = [("Table", "1."), ("Membrane", "Core"), ("RBC", "gold"), ("4T1", "PLGA"), ("HeLa", "silica")]
    words = [word("Table", 60, 60, 0, width=30), word("1.", 95, 60, 0, width=10), word("Coats.", 110, 60, 0, width=40)]
    words += [word(a, 60, 75 + 15 * i, 2 * i, width=50) for i, (a, _) in enumerate(rows[1:], 1)]
    words += [word(b, 250, 75 + 15 * i, 2 * i + 1, width=40) for i, (_, b) in enumerate(rows[1:], 1)]
    rules = ((55.0, 86.0, 300.0, 87.0), (55.0, 104.0, 300.0, 105.0), (55.0, 152.0, 300.0, 153.0))
    found = parse(scan, scan.read_bytes(), scans={1: Scan(words=tuple(words), rules=rules)})
    assert [[c.text for c in t.cells] for t in found.tables] == [[c for row in rows[1:] for c in row]]
    assert found.pages[0].recognised
    assert "Page 1: recognised from a picture" in found.warnings[0]
    box = found.boxes(found.text.index("PLGA"), found.text.index("PLGA") + 4)[0]
    assert box.x0 == pytest.approx(250)
    assert '"recognised"' in found.to_json()
    assert Document.from_json(found.to_json()) == found


def test_ruled_lines_are_long_thin_and_dark():
    made = np.full((300, 1000, 3), 255, np.uint8)
    made[100:103, 100:900] = 0
    made[100:103, 400:403] = 255  # a speck breaks it
    made[150:200, 100:900] = 0  # a bar of a figure
    made[250:252, 100:150] = 0  # a dash
    assert ruled(dark_pixels(made), 200 / 72) == [(100.0, 100.0, 900.0, 103.0)]


def test_what_tesseract_says():
    head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
    rows = [
        "4\t1\t1\t1\t1\t0\t10\t20\t200\t30\t-1\t",
        '5\t1\t1\t1\t1\t1\t10\t25\t80\t20\t96.5\t"gold',
        "5\t1\t1\t1\t1\t2\t99\t25\t9\t20\t12\t.",
    ]
    assert engines.kept(engines.from_tsv("\n".join([head, *rows]))) == [SeenWord('"gold', (10, 20, 90, 50), 0.965, 0)]


def test_without_an_engine_it_is_said_before_any_work(monkeypatch):
    monkeypatch.setattr(engines.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(engines.shutil, "which", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'coatmine\[ocr\]'.*ocrmypdf IN.pdf OUT.pdf"):
        Reader(ocr=True)


def test_values_on_recognised_pages_are_marked_and_lowered():
    paper = Document(
        id="sha256:" + "0" * 64, source="a.pdf", media_type="application/pdf", text="gold rods",
        pages=(Page(number=1, width=9, height=9, recognised=True), Page(number=2, width=9, height=9)),
    )  # fmt: skip

    def mention(key: str, page: int) -> Mention:
        return Mention(
            id=key, document_id=paper.id, label="CORE", start=0, end=4, text="gold", name="gold", score=0.8,
            method="lexicon:cores@1", boxes=(Box(page, 0, 0, 1, 1),),
        )  # fmt: skip

    marked = mark_mentions(paper, [mention("a", 1), mention("b", 2)])
    assert [(m.score, m.method) for m in marked] == [(0.72, "lexicon:cores@1+ocr"), (0.8, "lexicon:cores@1")]

    def value(*evidence: str) -> Value:
        return Value(text="gold", name="gold", score=0.9, channel="text", evidence=evidence)

    record = Record(
        id="r1", document_id=paper.id, study=Study(key="self"), drugs=(value("a"), value("a", "b")), made_by={}
    )
    assert [v.score for v in mark_records(marked, [record])[0].drugs] == [0.81, 0.9]


def test_a_damaged_file_is_told_by_its_reader(tmp_path):
    path = tmp_path / "bad.pdf"
    path.write_bytes(b"%PDF-1.4 broken")
    recogniser = Recogniser(Limits())
    try:
        assert recogniser.scans(path, path.read_bytes()) == ({}, [])
    finally:
        recogniser.close()


def test_what_the_child_says_of_a_page_becomes_a_scan(scan, monkeypatch):
    seen = Scan(words=(word("thegold", 0, 0, 0), word("gold", 0, 20, 1)), turned=0.5)
    said = {"bytes": 0, **seen.model_dump(mode="json")}
    monkeypatch.setattr(Recogniser, "_ask", lambda *asked: said if asked[-1] else {"bytes": 0, "pages": [1]})
    scans, warnings = Recogniser(Limits()).scans(scan, scan.read_bytes())
    assert ([each.text for each in scans[1].words], scans[1].turned, warnings) == (["the", "gold", "gold"], 0.5, [])


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not on PATH")
def test_tesseract_reads_a_scan(scan, monkeypatch):
    monkeypatch.setattr(engines.importlib.util, "find_spec", lambda name: None)
    assert engines.name().startswith("tesseract ")
    recognised = pages.recognised(pdfium.PdfDocument(scan), 1)
    found = parse(scan, scan.read_bytes(), scans={1: recognised})
    text = " ".join(found.text.split())
    assert "Platelet membranes were coated onto gold rods of 120 nm for imaging." in text
    assert text.index("120 nm") < text.index("Mice with arthritis were treated for eleven days")
    (box,) = found.boxes(found.text.index("gold"), found.text.index("gold") + 4)
    assert box.top < 125 / 200 * 72 < box.bottom  # where the picture has it


@pytest.mark.slow
def test_a_scan_is_read_by_its_columns(scan, tmp_path):
    pytest.importorskip("rapidocr", reason="rapidocr is not installed: the extra `ocr`")
    told: list[str] = []
    with Reader(PATIENT, ocr=True, tell=told.append) as reader:
        found = reader.read(scan)
    assert "coated onto gold rods of 120 nm for imaging." in " ".join(found.text.split())
    assert found.text.index("120 nm") < found.text.index("Mice with")
    assert told == ["a scan.pdf: page 1 recognised, 1 of 1 without text"]
    out = tmp_path / "out"
    stated = CliRunner().invoke(app, ["extract", str(scan), "--ocr", "--out", str(out), "--limit", "seconds=600"])
    assert stated.exit_code == 0, stated.output
    methods = [json.loads(line)["method"] for line in (out / "mentions.jsonl").read_text().splitlines()]
    assert methods
    assert all(method.endswith("+ocr") for method in methods)
