"""Plain text: the title on the first line, blank lines between paragraphs; ``#`` before a heading is understood."""

from __future__ import annotations

import re

from pipeline.document import Document, Metadata
from pipeline.readers.citing import REFERENCE_LIST, find_doi
from pipeline.readers.passage import Passage
from pipeline.readers.writing import Source, Writer

HEADING = re.compile(r"(#{1,6})\s+(.+)")
ENTRY = re.compile(r"[-*]\s+|(?=(?:\[\d{1,3}\]|\d{1,3}\.)\s*[^\W\d])")
ABSTRACT = re.compile(r"abstract|summary", re.IGNORECASE)
RUN_IN = re.compile(r"(?:abstract|summary)\s?[:.\u2013\u2014]\s", re.IGNORECASE)
"""How an abstract begins that has its heading in the same line."""
YEAR = re.compile(r"\b(?:19|20)\d\d[a-z]?\b")


def read_text(data: bytes, source: Source) -> Document:
    """Read plain text in UTF-8; bytes that are not UTF-8 are taken for Latin-1, with a warning."""
    writer = Writer(source)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
        writer.warnings.append("Not UTF-8: read as Latin-1, so some characters may be wrong.")
    title: str | None = None
    kind = ""
    for part in re.split(r"\n[ \t\f]*\n+", text.replace("\r\n", "\n").replace("\r", "\n")):
        for piece, level in _pieces(part):
            if title is None:
                title = piece
                writer.block("title", passage(piece))
            elif level or REFERENCE_LIST.fullmatch(piece) or ABSTRACT.fullmatch(piece):
                writer.heading(passage(piece), level or 1)
                kind = _section_kind(piece)
            elif kind == "reference":
                for entry in _entries(piece):
                    writer.reference(passage(entry))
            else:
                abstract = kind == "abstract" or RUN_IN.match(piece)
                writer.block("abstract" if abstract else "paragraph", passage(piece))
    return writer.finish(Metadata(title=title, doi=find_doi("".join(writer.parts[:20]))))


def passage(text: str) -> Passage:
    """Plain text as a passage."""
    return Passage(text, " " * len(text))


def _pieces(part: str) -> list[tuple[str, int]]:
    """A paragraph's text, with what its first line is if that is a heading: ``(text, level)``, 0 for running text."""
    found: list[tuple[str, int]] = []
    rest: list[str] = []
    for line in part.split("\n"):
        heading = HEADING.match(line)
        if heading:
            found.extend(_flowing(rest))
            rest = []
            found.append((heading[2].strip(" *#"), len(heading[1])))
        else:
            rest.append(line)
    return [*found, *_flowing(rest)]


def _flowing(lines: list[str]) -> list[tuple[str, int]]:
    text = "\n".join(line.strip() for line in lines if line.strip())
    return [(text, 0)] if text else []


def _section_kind(heading: str) -> str:
    if REFERENCE_LIST.fullmatch(heading):
        return "reference"
    return "abstract" if ABSTRACT.fullmatch(heading) else ""


def _entries(piece: str) -> list[str]:
    """The entries of a reference list: each begins with its number, or on a line of its own where none is printed."""
    lines = piece.split("\n")
    starts = [bool(ENTRY.match(line)) for line in lines]
    if not any(starts):  # without numbers, lines that each have a year are entries
        return lines if all(map(YEAR.search, lines)) else [" ".join(lines)]
    entries: list[str] = []
    for line, begins in zip(lines, starts, strict=True):
        if begins or not entries:
            entries.append(ENTRY.sub("", line, count=1))
        else:
            entries[-1] += " " + line
    return entries
