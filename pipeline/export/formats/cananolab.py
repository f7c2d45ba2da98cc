"""A sheet for entering records into caNanoLab, which takes them by hand: one row an entry of its forms."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline.export.formats.composition import constituents, particle_name, sizes
from pipeline.export.formats.papers import papers
from pipeline.export.formats.submission import checker
from pipeline.export.merge import merge
from pipeline.export.text import cell, doi_url
from pipeline.export.vocabularies import curie_url
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import FieldName, Record

COLUMNS: Final = ("sample", "page", "form", "entry", "name", "value", "unit", "link", "publication", "record")
_KEYWORDS: Final[dict[FieldName, str]] = {
    "diseases": "Disease", "animal_models": "Animal Model", "modalities": "Modality",
}  # fmt: skip
_FORMS: Final = {
    "core": ("Composition: Nanomaterial Entity", "Composing Element: core"),
    "coat": ("Composition: Nanomaterial Entity", "Composing Element: coat"),
    "drug": ("Composition: Functionalizing Entity", "Small Molecule, function Therapeutic"),
}

SheetRow = tuple[str, ...]


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write cananolab.csv.

    Raises:
        UsageError: jsonschema is not installed.
        StoreError: a row breaks a rule of the forms.
    """
    check = checker("cananolab")
    path = out / "cananolab.csv"
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(COLUMNS)
    for paper in papers(folder):
        for record in paper.records:
            publication = doi_url(record.study.doi or paper.document.metadata.doi)
            for row in _rows(record):
                entry = [cell(each) for each in (particle_name(record), *row, publication, record.id)]
                check(dict(zip(COLUMNS, entry, strict=True)))
                sheet.writerow(entry)
    write_atomically(path, [b"\xef\xbb\xbf", text.getvalue().encode()])
    yield path


def _rows(record: Record) -> Iterator[SheetRow]:
    for part in constituents(record):
        form, entry = _FORMS[part.kind.name]
        yield "Composition", form, entry, part.name, "", "", curie_url(part.curie) if part.curie else ""
    for _, size in sizes(record):
        value = f"~{size.value:g}" if size.approximate else f"{size.value:g}"
        about = f"{size.of} particle"
        yield "Characterization", "Physico-Chemical Characterization", "Size", about, value, size.unit, ""
    for field, entry in _KEYWORDS.items():
        for keyword in merge(record.values(field)):
            link = curie_url(keyword.first.curie) if keyword.first.curie else ""
            yield "General", "Keywords", entry, keyword.first.name, "", "", link
