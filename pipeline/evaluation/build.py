"""Drafts a gold set from a review's tables, for a curator to go through with the page beside it."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from pipeline.document import Cell, Document, Table
from pipeline.errors import GoldError
from pipeline.evaluation.gold import GOLD_CSV, GOLD_TOML, REQUIRED, TABLES_CSV
from pipeline.evaluation.tables import COLUMNS, Place
from pipeline.folder import write_atomically
from pipeline.records import FIELDS, FieldName, Mention, Record, Value
from pipeline.tabular import Column, Row, columns, rows, upright

DRAFT_COLUMNS: Final = (*REQUIRED, "confidence", "page")


@dataclass(frozen=True, slots=True)
class Draft:
    """What was drafted: the gold set's folder and how much stands in it."""

    folder: Path
    tables: int
    studies: int
    values: int
    blanks: int
    unread: int

    def __str__(self) -> str:
        return (
            f"{self.folder}: {self.values} values and {self.blanks} blanks of {self.studies} studies from "
            f"{self.tables} tables; {self.unread} cells in which nothing was recognised stand with confidence 0.\n"
            f"Now go through {GOLD_CSV} with the page beside it, then run `coatmine gold check {self.folder}`."
        )


@dataclass(frozen=True, slots=True)
class _StudyTable:
    """A study table, upright, with the name its rows are cited by."""

    name: str
    table: Table
    columns: Mapping[int, Column]

    def place(self, row: int, col: int) -> Place:
        return Place(self.name, row - max(1, self.table.header_rows) + 1, col + 1)


class _Found(NamedTuple):
    """A value of a record's table channel, and the place that bears it out."""

    mention: Mention
    value: Value
    field: FieldName
    record: Record


def build(document: Document, mentions: Iterable[Mention], records: Iterable[Record], out_dir: Path | str) -> Draft:
    """Draft a gold set from the study tables of a document.

    Writes tables.csv (the cells as read), gold.csv (candidates from the records' table channel, with the columns
    ``confidence`` and ``page`` in addition), gold.toml and the skeleton of datasheet.md.

    Raises:
        GoldError: the document has no study table, or the folder already holds a gold set.
        StoreError: the folder cannot be written.
    """
    folder = Path(out_dir)
    if (folder / GOLD_CSV).exists():
        raise GoldError(f"{folder / GOLD_CSV} is there already; choose another folder, a curator's work may be in it")
    tables = list(_study_tables(document))
    if not tables:
        raise GoldError(f"{document.source}: no table with studies was found in it; `coatmine read` shows what was")
    candidates = list(_candidates(document, tables, list(mentions), list(records)))
    cells = [row for table in tables for row in _cell_rows(table)]
    write_atomically(folder / TABLES_CSV, [_csv(COLUMNS, cells)])
    write_atomically(folder / GOLD_CSV, [_csv(DRAFT_COLUMNS, candidates)])
    write_atomically(folder / GOLD_TOML, [_about(document, tables).encode()])
    write_atomically(folder / "datasheet.md", [_datasheet(document, tables).encode()])
    return Draft(
        folder=folder,
        tables=len(tables),
        studies=len({row["study"] for row in candidates}),
        values=sum(bool(row["text"]) for row in candidates),
        blanks=sum(not row["text"] for row in candidates),
        unread=sum(row["confidence"] == "0.00" for row in candidates),
    )


def _study_tables(document: Document) -> Iterator[_StudyTable]:
    names: Counter[str] = Counter()
    for number, table in enumerate(document.tables, 1):
        turned = upright(table)
        if kinds := columns(turned):
            name = table.label or f"Table {number}"
            names[name] += 1
            yield _StudyTable(name if names[name] == 1 else f"{name} ({names[name]})", turned, kinds)


def _cell_rows(study_table: _StudyTable) -> Iterator[dict[str, Any]]:
    table = study_table.table
    for cell in table.cells:
        if cell.row < max(1, table.header_rows):
            continue
        name, row, col = study_table.place(cell.row, cell.col)
        column = study_table.columns[cell.col]
        yield {
            "table": name, "row": row, "col": col, "row_span": cell.row_span, "col_span": cell.col_span,
            "header": column.header, "field": column.field, "text": " ".join(cell.text.split()),
            "notes": "; ".join(table.notes[marker] for marker in cell.notes if marker in table.notes),
        }  # fmt: skip


def _candidates(
    document: Document, tables: Sequence[_StudyTable], mentions: Sequence[Mention], records: Sequence[Record]
) -> Iterator[dict[str, Any]]:
    """A row for every value, every blank, and every cell in which nothing was recognised."""
    found = _in_tables(mentions, records)
    for table in tables:
        for row in rows(table.table):
            fields = {col: column.field for col, column in table.columns.items() if column.field in FIELDS}
            by_col = {col: _within(row.cells.get(col), field, found) for col, field in fields.items()}
            study, doi = _study(document, table, row, [each for values in by_col.values() for each in values])
            for col, field in fields.items():
                common = {"study": study, "doi": doi, "field": field, "source": table.place(row.index, col)}
                for each in map(_value, by_col[col]) if by_col[col] else [_nothing_found(row.cells.get(col))]:
                    yield {**common, "page": table.table.page, **each}


def _in_tables(mentions: Iterable[Mention], records: Iterable[Record]) -> list[_Found]:
    """What the records hold in their table channel, in the order of the text."""
    by_id = {mention.id: mention for mention in mentions}
    return sorted(
        (
            _Found(by_id[key], value, field, record)
            for record in records
            for field, value in record.items()
            if value.channel == "table"
            for key in value.evidence
            if key in by_id
        ),
        key=lambda found: found.mention.start,
    )


def _within(cell: Cell | None, field: str, found: Iterable[_Found]) -> list[_Found]:
    """The values that stand in this cell, each place once."""
    inside = {
        each.mention.id: each
        for each in found
        if cell and each.field == field and cell.start <= each.mention.start and each.mention.end <= cell.end
    }
    return list(inside.values())


def _study(document: Document, table: _StudyTable, row: Row, found: Sequence[_Found]) -> tuple[str, str | None]:
    """Key and DOI of the row's study: what its records say, else its citation, else what stands in its place."""
    if found:
        study = found[0].record.study
        return study.key, study.doi
    for col, column in table.columns.items():
        if column.field == "reference" and (cell := row.cells.get(col)):
            cited = [key for citation in document.citations_in(cell.start, cell.end) for key in citation.references]
            reference = document.reference(cited[0]) if cited else None
            return (cited[0] if cited else " ".join(cell.text.split())), reference.doi if reference else None
    return f"{table.name}, row {table.place(row.index, 0).row}", None


def _value(found: _Found) -> dict[str, Any]:
    value, boxes = found.value, found.mention.boxes
    said = {"text": value.text, "name": value.name, "curie": value.curie, "confidence": f"{value.score:.2f}"}
    return {**said, "page": boxes[0].page} if boxes else said


def _nothing_found(cell: Cell | None) -> dict[str, Any]:
    if cell is None:
        return {"text": "", "name": "", "curie": "", "confidence": "1.00"}
    text = " ".join(cell.text.split())
    return {"text": text, "name": text, "curie": "", "confidence": "0.00"}


def _csv(head: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, head, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def _about(document: Document, tables: Sequence[_StudyTable]) -> str:
    captions = [f"{_quoted(table.name)} = {_quoted(table.table.caption)}" for table in tables]
    return "\n".join(
        [
            f"title = {_quoted(document.metadata.title or document.source)}",
            f"review = {_quoted(document.metadata.doi or '')}",
            f"license = {_quoted(document.metadata.license or 'TODO')}",
            f"made_from = {_quoted(', '.join(table.name for table in tables))}",
            'not_together_with = ["anything made from these tables or from sentences of this review"]',
            "",
            "[captions]",
            *captions,
            "",
        ]
    )


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are valid in it."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def _datasheet(document: Document, tables: Sequence[_StudyTable]) -> str:
    title = document.metadata.title or document.source
    doi = f", doi:{document.metadata.doi}" if document.metadata.doi else ""
    return (
        f"# Datasheet: {title}\n\n"
        f"## Origin\n\n{', '.join(table.name for table in tables)} of: {title}{doi}. Licence: "
        f"{document.metadata.license or 'TODO: what the publisher states'}.\n\n"
        "## How it was made\n\nDrafted by `coatmine gold build`. TODO: who checked it against the page, when, how.\n\n"
        "## Rules of normalisation\n\nTODO: how names and identifiers were chosen.\n\n"
        "## Known doubts\n\nTODO: cells that can be read in two ways, slips of the source.\n\n"
        "## What it must not be scored together with\n\nTODO: texts and rules that were made from the same rows.\n"
    )
