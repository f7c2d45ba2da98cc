"""records.csv: one row for each study and formulation."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.export.curated import published
from pipeline.export.facts import Fact, Quote, RecordFacts, file_name, paper_facts, passages_of
from pipeline.export.studies import overlap, study_rows
from pipeline.export.text import cell
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import FIELDS, FieldName

_IDENTIFIED: tuple[FieldName, ...] = tuple(name for name in FIELDS if name != "sizes")

COLUMNS: tuple[str, ...] = (
    "study",
    "first_author",
    "year",
    "journal",
    "doi",
    "title",
    "formulation",
    *FIELDS,
    *(f"{name}_ids" for name in _IDENTIFIED),
    "core_materials",
    "core_materials_ids",
    "lowest_score",
    "scores",
    "sentences",
    "missing",
    "differences",
    "cautions",
    "notices",
    "decisions",
    "channels",
    "pages",
    "table_rows",
    "source",
    "document_id",
    "record_id",
    "doubts",
)
"""The columns of records.csv; docs/formats.md says what each holds."""


def write_records_csv(folder: RunFolder, path: Path | None = None, *, raw: bool = False) -> Path:
    """Write a run's records.csv; one document in memory at a time.

    Records of several documents that tell of the same study, by its DOI, are one row; see :mod:`~.studies`.

    Args:
        folder: the run.
        path: where to write; by default into the run's folder.
        raw: as the run found it, whatever curators decided.

    Raises:
        UsageError, StoreError: the run cannot be read, or the file not be written.
    """
    path = path or folder.path / "records.csv"
    run = published(folder, raw=raw)
    write_atomically(path, csv_lines(study_rows(paper_facts(run), overlap(run))))
    return path


def csv_lines(rows: Iterable[RecordFacts]) -> Iterator[bytes]:
    """The file, line by line."""
    yield codecs.BOM_UTF8  # without it, spreadsheets take UTF-8 for a local code page
    yield encoded(COLUMNS)
    for about in rows:
        yield encoded(cells_of(about))


def cells_of(about: RecordFacts) -> list[str]:
    """The cells of a study's row, in the order of the columns, made harmless for a spreadsheet."""
    row = _row(about)
    return [cell(row[column]) for column in COLUMNS]


def encoded(row: Sequence[str]) -> bytes:
    """A line of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(row)
    return line.getvalue().encode()


def _row(about: RecordFacts) -> dict[str, str]:
    facts = list(about.facts)
    channels = {channel for fact in facts for channel in fact.merged.channels}
    materials = dict.fromkeys(term for fact in about.fields["cores"] for term in fact.materials)
    return {
        "study": about.study.key,
        "first_author": about.study.first_author,
        "year": str(about.study.year or ""),
        "journal": about.study.journal,
        "doi": about.study.url,
        "title": about.study.title,
        "formulation": about.record.formulation or "",
        **{name: "; ".join(fact.label for fact in values) for name, values in about.fields.items()},
        **{f"{name}_ids": _identifiers([f.curie for f in about.fields[name]]) for name in _IDENTIFIED},
        "core_materials": "; ".join(term.name for term in materials),
        "core_materials_ids": _identifiers([term.curie for term in materials]),
        "lowest_score": "" if about.score is None else f"{about.score:.2f}",
        "scores": "; ".join(filter(None, (_scores(name, values) for name, values in about.fields.items()))),
        "sentences": " | ".join(
            f"[{name}{'p. ' + str(quote.page) if quote.page else quote.where}] {quote.text}"
            for name, quote in _passages(about)
        ),
        "missing": "; ".join(f"{name}: {reason}" for name, reason in about.missing.items()),
        "differences": "; ".join(f"{name}: {stated}" for name, stated in about.differ.items()),
        "cautions": "; ".join(f"{fact.name}: {fact.merged.caution}" for fact in facts if fact.merged.caution),
        "notices": about.study.notice,
        "decisions": "; ".join(
            f"{fact.name}: {fact.merged.decision} ({fact.merged.decided_by})" for fact in facts if fact.merged.decision
        ),
        "channels": ", ".join(sorted(channels)),
        "pages": _by_source(about, _pages),
        "table_rows": _by_source(about, lambda single: single.table_rows),
        "source": "; ".join(single.outcome.source for single in about.singles),
        "document_id": "; ".join(single.record.document_id for single in about.singles),
        "record_id": "; ".join(single.record.id for single in about.singles),
        "doubts": "; ".join(f"{fact.name}: {doubt}" for fact in facts for doubt in fact.merged.doubts),
    }


def _by_source(about: RecordFacts, told: Callable[[RecordFacts], str]) -> str:
    """What is told of a record; of a joined one for each document behind its name."""
    if not about.sources:
        return told(about)
    return " | ".join(f"{file_name(single.outcome)}: {told(single)}" for single in about.sources if told(single))


def _pages(about: RecordFacts) -> str:
    pages = {box.page for fact in about.facts for quote in fact.quotes for box in quote.mention.boxes}
    return ", ".join(map(str, sorted(pages)))


def _passages(about: RecordFacts) -> Iterator[tuple[str, Quote]]:
    """The passages behind a record, with the name of the document before each where there are several."""
    for single in about.singles:
        name = f"{file_name(single.outcome)} " if about.sources else ""
        for quote in passages_of(single.facts):
            yield name, quote


def _identifiers(curies: Sequence[str | None]) -> str:
    """The identifiers in the order of the names, with "none" in the place of a name that has none."""
    return "; ".join(curie or "none" for curie in curies) if any(curies) else ""


def _scores(name: FieldName, facts: Sequence[Fact]) -> str:
    return f"{name}: {', '.join(f'{fact.merged.score:.2f}' for fact in facts)}" if facts else ""
