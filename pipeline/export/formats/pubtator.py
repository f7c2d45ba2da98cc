"""PubTator: title, text, and one line per mention with its offsets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline.export.formats.papers import ExportedPaper, papers, unbroken
from pipeline.export.text import seen
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import Label

TYPES: Final[dict[Label, str]] = {
    "CELL_LINE": "CellLine",
    "CELL_TYPE": "CellType",
    "CORE": "Nanomaterial",
    "DRUG": "Chemical",
    "MODALITY": "Treatment",
    "DISEASE": "Disease",
    "ANIMAL_MODEL": "Species",
    "SIZE": "Size",
}
"""PubTator's own types where it has one."""


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write coatmine.pubtator: all papers, one after the other."""
    path = out / "coatmine.pubtator"
    write_atomically(path, (_paper(paper).encode() for paper in papers(folder)))
    yield path


def _paper(paper: ExportedPaper) -> str:
    # The format has a title, one more character, and a text; offsets count over all three. With the text's first line
    # as the title they are the document's own.
    title, _, rest = paper.document.text.partition("\n")
    key = paper.document.id.removeprefix("sha256:")[:16]
    lines = [f"{key}|t|{unbroken(seen(title))}", f"{key}|a|{unbroken(seen(rest))}"]
    for mention in paper.mentions:
        identifier = mention.curie or "-"
        text = unbroken(seen(mention.text))
        lines.append("\t".join([key, str(mention.start), str(mention.end), text, TYPES[mention.label], identifier]))
    return "\n".join(lines) + "\n\n"
