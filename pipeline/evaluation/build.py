"""Drafts a gold set from a review's tables, for a curator to go through with the page beside it."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.document import Cell, Document, Table
from pipeline.errors import GoldError
from pipeline.evaluation.gold import GOLD_CSV, GOLD_TOML, REQUIRED, TABLES_CSV
from pipeline.evaluation.tables import COLUMNS, Place
from pipeline.folder import write_atomically
from pipeline.records import FIELDS, FieldName, Mention, Record, Value
from pipeline.tabular import Column, columns, rows, upright

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
    by_id = {mention.id: mention for mention in mentions}
    for table in tables:
        for row in rows(table.table):
            study = _study(document, table, row.cells)
            of_study = [record for record in records if record.study.key == study]
            doi = next((record.study.doi for record in of_study if record.study.doi), None)
            if doi is None and (reference := document.reference(study)):
                doi = reference.doi
            for col, column in table.columns.items():
                if column.field not in FIELDS:
                    continue
                common = {"study": study, "doi": doi, "field": column.field, "source": table.place(row.index, col)}
                cell = row.cells.get(col)
                found = _found(of_study, column.field, cell, by_id) if cell else []
                for each in found or [_nothing_found(cell)]:
                    yield {**common, "page": table.table.page, **each}


def _study(document: Document, table: _StudyTable, cells: Mapping[int, Cell]) -> str:
    """The key of the reference that the row cites; what stands in its reference cell where that is none."""
    for col, column in table.columns.items():
        if column.field == "reference" and (cell := cells.get(col)):
            cited = [key for citation in document.citations_in(cell.start, cell.end) for key in citation.references]
            return cited[0] if cited else " ".join(cell.text.split())
    return ""


def _found(
    records: Sequence[Record], field: FieldName, cell: Cell, by_id: Mapping[str, Mention]
) -> list[dict[str, Any]]:
    """The values of the records that stand in this cell, in the order of the text."""
    found: list[tuple[int, Value, Mention]] = []
    for record in records:
        for value in record.values(field):
            for mention in (by_id[each] for each in value.evidence if each in by_id):
                if value.channel == "table" and cell.start <= mention.start and mention.end <= cell.end:
                    found.append((mention.start, value, mention))
                    break
    return [
        {
            "text": value.text, "name": value.name, "curie": value.curie, "confidence": f"{value.score:.2f}",
            **({"page": mention.boxes[0].page} if mention.boxes else {}),
        }
        for _, value, mention in sorted(found, key=lambda each: each[0])
    ]  # fmt: skip


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
