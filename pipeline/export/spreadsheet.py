"""records.csv: one row a record, for people with a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.export.curated import published
from pipeline.export.merge import Merged, difference, merge, wordings
from pipeline.export.runs import extractions
from pipeline.export.text import cell, doi_url
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import FIELDS, FieldName, Mention, Outcome, Record

_IDENTIFIED: tuple[FieldName, ...] = tuple(field for field in FIELDS if field != "sizes")

COLUMNS: tuple[str, ...] = (
    "study",
    "doi",
    "title",
    "formulation",
    *FIELDS,
    *(f"{field}_ids" for field in _IDENTIFIED),
    "missing",
    "differences",
    "cautions",
    "decisions",
    "channels",
    "pages",
    "source",
    "document_id",
    "record_id",
)
"""The columns of records.csv; docs/formats.md says what each holds."""


def write_records_csv(folder: RunFolder, path: Path | None = None, *, raw: bool = False) -> Path:
    """Write a run's records.csv, from its records, mentions and outcomes; one document in memory at a time.

    Args:
        folder: the run.
        path: where to write; by default into the run's folder.
        raw: as the run found it, whatever curators decided.

    Raises:
        UsageError, StoreError: the run cannot be read, or the file not be written.
    """
    path = path or folder.path / "records.csv"
    write_atomically(path, _lines(published(folder, raw=raw)))
    return path


def _lines(folder: RunFolder) -> Iterator[bytes]:
    yield codecs.BOM_UTF8  # without it, spreadsheets take UTF-8 for a local code page
    yield _encoded(COLUMNS)
    for extraction in extractions(folder):
        mentions = {mention.id: mention for mention in extraction.mentions}
        for record in extraction.records:
            row = _row(record, mentions, extraction.outcome)
            yield _encoded([cell(row[column]) for column in COLUMNS])


def _encoded(row: Sequence[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(row)
    return line.getvalue().encode()


def _row(record: Record, mentions: Mapping[str, Mention], outcome: Outcome) -> dict[str, str]:
    merged = {field: merge(record.values(field)) for field in FIELDS}
    everything = [value for values in merged.values() for value in values]
    channels = dict.fromkeys(channel for value in everything for channel in value.channels)
    return {
        "study": record.study.key,
        "doi": doi_url(record.study.doi),
        "title": record.study.title or "",
        "formulation": record.formulation or "",
        **{field: "; ".join(value.first.name for value in values) for field, values in merged.items()},
        **{f"{field}_ids": _identifiers(merged[field]) for field in _IDENTIFIED},
        "missing": "; ".join(f"{field}: {reason.replace('_', ' ')}" for field, reason in record.missing.items()),
        "differences": "; ".join(_differences(record)),
        "cautions": "; ".join(f"{value.first.name}: {value.caution}" for value in everything if value.caution),
        "decisions": "; ".join(
            f"{value.first.name}: {value.decision} ({value.decided_by})" for value in everything if value.decision
        ),
        "channels": ", ".join(sorted(channels)),
        "pages": ", ".join(map(str, _pages(everything, mentions))),
        "source": outcome.source,
        "document_id": record.document_id,
        "record_id": record.id,
    }


def _differences(record: Record) -> Iterator[str]:
    """The fields of which table and text do not say the same, with what only one of them says."""
    for field in FIELDS:
        said = difference(wordings(record.values(field)))
        if said:
            yield f"{field}: {', '.join(said['table'])} (table), {', '.join(said['text'])} (text)"


def _identifiers(values: list[Merged]) -> str:
    """The identifiers in the order of the names, with "none" in the place of a name that has none."""
    curies = [value.first.curie for value in values]
    return "; ".join(curie or "none" for curie in curies) if any(curies) else ""


def _pages(values: list[Merged], mentions: Mapping[str, Mention]) -> list[int]:
    evidence = (mentions[key] for value in values for key in value.evidence if key in mentions)
    return sorted({box.page for mention in evidence for box in mention.boxes})
