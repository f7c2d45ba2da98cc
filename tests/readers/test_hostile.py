"""Files made to do harm, or harmed, cost themselves and nothing else."""

from __future__ import annotations

import csv
import os
import random
import time
from pathlib import Path

import pytest

from pipeline.document import Document
from pipeline.errors import ReadError
from pipeline.readers import Reader
from pipeline.settings import Limits
from tests.patience import patient

FUZZ = int(os.environ.get("COATMINE_FUZZ", "40"))
"""How many mutated files to read; more by the environment variable."""


def bomb(depth: int) -> bytes:
    """A PDF whose forms each draw the next ten times: ten to the power of depth texts from a few hundred bytes."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R"
        b" /Resources << /XObject << /X 5 0 R >> >> >>",
        4: stream(b"", b"/X Do"),
    }
    for level in range(depth):
        inner = b"/Resources << /XObject << /X %d 0 R >> >>" % (6 + level)
        objects[5 + level] = stream(b"/Type /XObject /Subtype /Form /BBox [0 0 200 200] " + inner, b"/X Do " * 10)
    font = b"/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    text = b"BT /F 9 Tf 10 10 Td (boom) Tj ET"
    objects[5 + depth] = stream(b"/Type /XObject /Subtype /Form /BBox [0 0 200 200] " + font, text)
    body, places = b"%PDF-1.4\n", []
    for number in sorted(objects):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return body + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, len(body),
    )  # fmt: skip


def stream(entries: bytes, content: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)


def attempt(reader: Reader, path: Path) -> ReadError | None:
    """Read a file; the error if it is refused."""
    try:
        assert isinstance(reader.read(path), Document)
    except ReadError as error:
        return error
    return None


def test_a_bomb_ends_with_its_child_and_the_next_file_is_read(tmp_path: Path, article_pdf: Path):
    path = tmp_path / "bomb.pdf"
    path.write_bytes(bomb(9))
    start = time.monotonic()
    with Reader(Limits(seconds=patient(8), memory_mb=300)) as reader:
        with pytest.raises(ReadError) as caught:
            reader.read(path)
        assert caught.value.status in ("timed_out", "failed", "too_large")
        assert "bomb.pdf" in caught.value.message
        assert time.monotonic() - start < patient(30)
        assert reader.read(article_pdf).tables


def test_too_many_pages_are_refused(article_pdf: Path):
    import pypdfium2

    file = pypdfium2.PdfDocument.new()
    for _ in range(12):
        file.new_page(100, 100)
    path = article_pdf.parent / "long.pdf"
    file.save(path)
    with Reader(Limits(pages=10)) as reader, pytest.raises(ReadError) as caught:
        reader.read(path)
    assert caught.value.status == "too_large"


def test_mutated_files_are_read_or_refused_but_never_more(article_pdf: Path, tmp_path: Path):
    chance = random.Random(20230214)
    whole = article_pdf.read_bytes()
    with Reader(Limits(seconds=patient(20))) as reader:
        for number in range(FUZZ):
            data = bytearray(whole)
            for _ in range(chance.choice((1, 4, 30))):
                data[chance.randrange(len(data))] = chance.randrange(256)
            if chance.random() < 0.2:
                del data[chance.randrange(len(data)) :]
            path = tmp_path / f"mutant-{number}.pdf"
            path.write_bytes(data)
            failure = attempt(reader, path)
            if failure is not None:
                assert failure.status != "ok"
                assert path.name in failure.message
                assert "please report" not in failure.message
            path.unlink()


@pytest.mark.shared
@pytest.mark.slow
def test_every_hostile_file_ends_in_time_with_a_message(shared: Path):
    folder = shared / "corpus" / "hostile"
    names = [row["file"] for row in csv.DictReader((folder / "index.csv").open())]
    with Reader(Limits(seconds=patient(19), memory_mb=1024)) as reader:
        for name in names:
            start = time.monotonic()
            failure = attempt(reader, folder / name)
            assert failure is None or name in failure.message
            assert time.monotonic() - start < patient(20)
        assert len(reader.read(shared / "corpus" / "lin2023.pdf").tables) == 2
