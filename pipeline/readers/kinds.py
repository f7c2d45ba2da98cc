"""The type of a file by its first bytes, whatever its name says."""

from __future__ import annotations

import io
import zipfile

from pipeline.errors import ReadError

PDF, WORD, OLD_WORD, PAGE, XML, PICTURE, ARCHIVE, OTHER = (
    "a PDF", "a Word document", "an old Word document (.doc), or a Word document locked with a password", "a web page",
    "an XML file", "a picture", "an archive", "none",
)  # fmt: skip
EXPECTED = {
    "application/pdf": PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": WORD,
}
"""The kinds that must begin as they do; a text may begin in any way but theirs."""
BEGINNINGS = (
    (b"\xd0\xcf\x11\xe0", OLD_WORD), (b"\x1f\x8b", ARCHIVE), (b"7z\xbc\xaf", ARCHIVE), (b"Rar!", ARCHIVE),
    (b"BZh", ARCHIVE), (b"\x89PNG", PICTURE), (b"\xff\xd8\xff", PICTURE), (b"GIF8", PICTURE), (b"II*\x00", PICTURE),
    (b"MM\x00*", PICTURE), (b"RIFF", PICTURE),
)  # fmt: skip
ADVICE = {
    PDF: "rename it to .pdf",
    WORD: "rename it to .docx",
    OLD_WORD: "open it in a word processor and save it as .docx without a password",
    PAGE: "download the article itself, or rename it to .html if it is the article's page",
    XML: "rename it to .xml if it is JATS",
    PICTURE: "make a PDF of it and read that with --ocr",
    ARCHIVE: "unpack it and give the papers in it",
    OTHER: "download it again",
}


def kind_of(data: bytes) -> str:
    """What a file is: one of the kinds of this module."""
    if b"%PDF-" in data[:4096]:
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return WORD if _names_word(data) else ARCHIVE
    known = next((kind for beginning, kind in BEGINNINGS if data.startswith(beginning)), None)
    return known or _markup(data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower())


def _markup(start: bytes) -> str:
    """What a text is by its mark-up."""
    if start.startswith(b"<?xml") and b"<html" not in start:
        return XML
    return PAGE if start.startswith(b"<") else OTHER


def _names_word(data: bytes) -> bool:
    """Whether an archive names the part that holds a Word document's text."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(name.lower().startswith("word/document") for name in archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return b"[Content_Types].xml" in data[:400] or b"word/" in data  # cut short: its own reader says so


def expect(name: str, media_type: str, data: bytes) -> None:
    """Refuse a file that is not what its name says, and say what it is.

    Raises:
        ReadError: it is something else.
    """
    found, wanted = kind_of(data), EXPECTED.get(media_type)
    if found == wanted:
        return
    if wanted is None and found in (PAGE, XML, OTHER):
        return  # a text: its own reader says what is wrong with it
    if found == OTHER:
        begins = "does not begin with %PDF-" if wanted == PDF else "is no archive with word/document.xml"
        raise ReadError("not_a_document", f"{name} is not {wanted} (it {begins}): {ADVICE[OTHER]}.")
    as_what = f"under the name of {wanted}" if wanted else "under another name"
    more = ", such as a login or consent page" if found == PAGE else ""
    raise ReadError("not_a_document", f"{name} is {found}{more}, {as_what}: {ADVICE[found]}.")
