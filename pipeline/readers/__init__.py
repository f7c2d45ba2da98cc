"""Readers: a file becomes a :class:`~pipeline.document.Document`.

:func:`read` reads in this process; :class:`Reader` does so in a child process under limits, for files of unknown
origin.
"""

from __future__ import annotations

import stat
from hashlib import sha256
from pathlib import Path

from pipeline.document import Document
from pipeline.errors import ReadError
from pipeline.readers.article_sets import article, members, set_of
from pipeline.readers.child import Reader
from pipeline.readers.kinds import expect
from pipeline.readers.ocr import Scans
from pipeline.readers.writing import Source
from pipeline.settings import Limits

__all__ = ["SUFFIXES", "VERSION", "Reader", "load", "members", "parse", "read", "set_of"]

VERSION = "2"
"""Version of the stage: a document read by another one may differ."""
SUFFIXES = {
    ".pdf": "application/pdf",
    ".xml": "application/jats+xml",
    ".nxml": "application/jats+xml",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
}
"""The suffixes of the files that can be read, with their media types."""


def read(path: str | Path, *, limits: Limits | None = None, password: str | None = None, ocr: bool = False) -> Document:
    """Read a file into a Document.

    Args:
        path: a .pdf, .xml, .nxml (JATS), .docx, .html, .md or .txt file; of an XML file of several articles the third
            is ``FILE#3.xml``, and :func:`members` names them all.
        limits: how large the file may be; time and memory are limited by :class:`Reader` only.
        password: password of an encrypted PDF.
        ocr: run OCR on pages of a PDF without text; takes seconds for each.

    Raises:
        ReadError: the file is missing, of another kind, encrypted, damaged, too large, or without text.
    """
    if ocr:
        with Reader(limits, password, ocr=True) as reader:
            return reader.read(path)
    return parse(path, load(path, limits), limits=limits, password=password)


def parse(
    path: str | Path,
    data: bytes,
    *,
    limits: Limits | None = None,
    password: str | None = None,
    scans: Scans | None = None,
) -> Document:
    """Read the bytes of a file into a Document, whatever stands at its path by now.

    Args:
        path: where the bytes come from; its suffix says what they are.
        data: what :func:`load` gave.
        limits: as of :func:`read`.
        password: password of an encrypted PDF.
        scans: what recognition says of a PDF's pages without text.

    Raises:
        ReadError: they are of another kind, encrypted, damaged, too large, or without text.
    """
    path = Path(path)
    limits = limits or Limits()
    media_type = SUFFIXES.get(path.suffix.lower())
    source = Source(str(path), "sha256:" + sha256(data).hexdigest(), media_type or "")
    if media_type and media_type != "application/jats+xml":
        expect(path.name, media_type, data)
    if media_type == "application/pdf":
        from pipeline.readers.pdf.reading import read_pdf

        return read_pdf(data, source, limits, password, scans)
    if media_type == "application/jats+xml":
        from pipeline.readers.jats import read_jats

        return read_jats(data, source)
    if media_type == SUFFIXES[".docx"]:
        from pipeline.readers.docx import read_docx

        return read_docx(data, source)
    if media_type == "text/html":
        from pipeline.readers.html import read_html

        return read_html(data, source)
    if media_type == "text/markdown":
        from pipeline.readers.markdown import read_markdown

        return read_markdown(data, source)
    if media_type == "text/plain":
        from pipeline.readers.text import read_text

        return read_text(data, source)
    raise ReadError(
        "not_a_document", f"{path.name} is none of {', '.join(SUFFIXES)}: convert it, or rename it if it is one."
    )


def load(path: str | Path, limits: Limits | None = None) -> bytes:
    """A file's bytes, if there are any and not too many.

    Raises:
        ReadError: the file is missing, no regular file, too large, or empty.
    """
    path = Path(path)
    most = (limits or Limits()).megabytes * 1_000_000
    try:
        data = article(path)
        if data is not None:
            _bound(path, len(data), most)
            return data
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise ReadError("not_a_document", f"{path} is a folder: give the files in it.")
        if not stat.S_ISREG(about.st_mode):
            raise ReadError("not_a_document", f"{path} is a device or a pipe: save what it gives to a file.")
        _bound(path, about.st_size, most)
        with path.open("rb") as stream:
            data = stream.read(about.st_size)  # no more, should it grow meanwhile
    except FileNotFoundError:
        raise ReadError("failed", f"{path} does not exist: check the path.") from None
    except OSError as error:
        raise ReadError("failed", f"{path} cannot be opened ({error.strerror}): check its permissions.") from error
    if not data.strip():
        raise ReadError("not_a_document", f"{path.name} is empty: download it again.")
    return data


def _bound(path: Path, size: int, most: int) -> None:
    if size > most:
        raise ReadError(
            "too_large",
            f"{path.name} has {size / 1e6:.0f} MB, more than {most // 1_000_000}: raise the limit if you trust it.",
        )
