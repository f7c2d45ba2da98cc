"""What any caller of the readers relies on: the right error for what cannot be read, and the next file still read."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ReadError
from pipeline.readers import Reader, read


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("gone.pdf", None, "failed"),
        ("empty.pdf", b"", "not_a_document"),
        ("page.pdf", b"<!DOCTYPE html><html><body>Sign in</body></html>", "not_a_document"),
        ("noise.pdf", b"\x00\x01\x02 no header here", "not_a_document"),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog", "damaged"),
        ("sheet.xlsx", b"PK\x03\x04", "not_a_document"),
    ],
)
def test_what_cannot_be_read_says_why_and_names_the_file(tmp_path: Path, name: str, content: bytes | None, status: str):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.status == status
    assert name in caught.value.message


def test_a_child_reads_on_after_a_failure(tmp_path: Path):
    (tmp_path / "bad.pdf").write_bytes(b"")
    (tmp_path / "good.txt").write_text("A title\n\nA paragraph.")
    with Reader() as reader:
        with pytest.raises(ReadError):
            reader.read(tmp_path / "bad.pdf")
        assert reader.read(tmp_path / "good.txt").metadata.title == "A title"
