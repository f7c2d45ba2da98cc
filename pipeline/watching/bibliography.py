"""A bibliography of the acquired papers, so that a PDF that prints no DOI is known by its own all the same."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

from pipeline.acquisition import Manifest
from pipeline.folder import write_atomically

FILE: Final = "bibliography.csv"
_COLUMNS: Final = ("Key", "Title", "Publication Title", "Publication Year", "DOI", "File Attachments")


def write_bibliography(papers: Path) -> Path | None:
    """Write what the manifest of a folder knows of its papers, in the form of Zotero's CSV; None where it knows none.

    Raises:
        StoreError: the disk is full or the folder cannot be written.
    """
    known = Manifest(papers).standing_papers
    if not known:
        return None
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(_COLUMNS)
    for paper in known:
        writer.writerow((paper.doi, paper.title, paper.journal, paper.year, paper.doi, paper.file))
    write_atomically(papers / FILE, [stream.getvalue().encode()])
    return papers / FILE
