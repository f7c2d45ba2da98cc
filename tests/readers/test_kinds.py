"""A file under the name of another kind is told what it is."""

from __future__ import annotations

import io
import zipfile

import pytest

from pipeline.errors import ReadError
from pipeline.readers import read


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.writestr(zipfile.ZipInfo(name), "x")  # with the time of all: what tests are called must not change
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.pdf", archive("word/document.xml"), "is a Word document, under the name of a PDF: rename it to .docx"),
        ("a.pdf", archive("x.txt"), "is an archive, under the name of a PDF: unpack it"),
        ("a.pdf", b"<!DOCTYPE html><html></html>", "is a web page, such as a login or consent page, under the name"),
        ("a.pdf", b"\x89PNG\r\n", "is a picture, under the name of a PDF"),
        ("a.pdf", b"words", "is not a PDF (it does not begin with %PDF-): download it again"),
        ("a.html", b"%PDF-1.4", "is a PDF, under another name: rename it to .pdf"),
        ("a.md", archive("word/document.xml"), "is a Word document, under another name: rename it to .docx"),
        ("a.txt", b"\xd0\xcf\x11\xe0\xa1", "is an old Word document (.doc)"),
    ],
)
def test_a_file_under_another_name(tmp_path, name, data, says):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ReadError) as error:
        read(path)
    assert error.value.status == "not_a_document"
    assert f"{name} {says}" in error.value.message
