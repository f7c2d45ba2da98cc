"""The papers of a run, one at a time, each under a name that a file may have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.document import Document
from pipeline.export.runs import Extraction, extractions
from pipeline.export.text import file_stem
from pipeline.folder import RunFolder
from pipeline.records import Mention, Record

_BREAK = re.compile("[\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class ExportedPaper:
    """A document with what was found in it; ``stem`` is its own within the run."""

    stem: str
    document: Document
    extraction: Extraction

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The paper's mentions, in the order of the text."""
        return self.extraction.mentions

    @property
    def records(self) -> tuple[Record, ...]:
        """The paper's records."""
        return self.extraction.records


def papers(folder: RunFolder) -> Iterator[ExportedPaper]:
    """The papers that could be read, in order, each once; one in memory at a time."""
    taken: set[str] = set()
    for extraction in extractions(folder):
        key = extraction.outcome.document_id
        if key is None or extraction.repeated:
            continue
        stem = file_stem(extraction.outcome.source)
        if stem.casefold() in taken:  # two folders may hold a paper of the same name
            stem = f"{stem}-{key.removeprefix('sha256:')[:12]}"
        taken.add(stem.casefold())
        yield ExportedPaper(stem, folder.document(key), extraction)


def unbroken(text: str) -> str:
    """The text on one line with every offset kept: a space for each line break and tab."""
    return _BREAK.sub(" ", text)


def xml_text(text: str) -> str:
    """The text with every offset kept, and a replacement for each character that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def year_of(paper: ExportedPaper, record: Record) -> int | None:
    """The year that a record's study was published in, where the paper or its reference list tells it."""
    if record.study.key == "self":
        return paper.document.metadata.year
    reference = paper.document.reference(record.study.key)
    return reference.year if reference else None
