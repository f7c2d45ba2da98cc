"""Draft a gold set from a review's tables, for a curator to check."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from pipeline.document import Cell, Document
from pipeline.errors import GoldError
from pipeline.evaluation.gold import GOLD_CSV, GOLD_TOML, REQUIRED, TABLES_CSV
from pipeline.evaluation.tables import COLUMNS, CellPosition
from pipeline.folder import write_atomically
from pipeline.records import FIELD_OF, FIELDS, FieldName, Mention, Record, Study, Value, fold
from pipeline.tabular import StudyRow, StudyTable, is_blank, names_of, study_tables

DRAFT_COLUMNS: Final = (*REQUIRED, "confidence", "page")


@dataclass(frozen=True, slots=True)
class GoldDraft:
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


class _MentionedValue(NamedTuple):
    """A value of a record's table channel, and the place that supports it."""

    mention: Mention
    value: Value
    field: FieldName


def build(document: Document, mentions: Iterable[Mention], records: Iterable[Record], out_dir: Path | str) -> GoldDraft:
    """Draft a gold set from the study tables of a document.

    Writes tables.csv (the cells as read), gold.csv (candidates from the records' table channel, with the columns
    ``confidence`` and ``page`` in addition), gold.toml and the skeleton of datasheet.md.

    Raises:
        GoldError: the document has no study table, or the folder already holds a gold set.
        StoreError: the folder cannot be written.
    """
    folder = Path(out_dir)
    if (folder / GOLD_CSV).exists():
        raise GoldError(f"{folder / GOLD_CSV} is there already; choose another folder; it may hold a curator's work")
    mentions = list(mentions)
    names = names_of((mention.start, mention.end, FIELD_OF[mention.label]) for mention in mentions)
    tables = list(study_tables(document.tables, names))
    if not tables:
        raise GoldError(f"{document.source}: no table with studies was found in it; `coatmine read` shows what was")
    candidates = list(_candidates(tables, mentions, list(records)))
    cells = [row for table in tables for row in _cell_rows(table)]
    write_atomically(folder / TABLES_CSV, [_csv(COLUMNS, cells)])
    write_atomically(folder / GOLD_CSV, [_csv(DRAFT_COLUMNS, candidates)])
    write_atomically(folder / GOLD_TOML, [_about(document, tables).encode()])
    write_atomically(folder / "datasheet.md", [_datasheet(document, tables).encode()])
    return GoldDraft(
        folder=folder,
        tables=len(tables),
        studies=len({row["study"] for row in candidates}),
        values=sum(bool(row["text"]) for row in candidates),
        blanks=sum(not row["text"] for row in candidates),
        unread=sum(row["confidence"] == "0.00" for row in candidates),
    )


def _cell_rows(table: StudyTable) -> Iterator[dict[str, Any]]:
    """The cells as read; a heading row between the rows is a class, whatever column it begins in.

    A cell that holds for the rows below it spans them, whether it was printed so or not.
    """
    heading = {(cell.row, cell.col) for row in table.rows for cell in row.groups}
    last = {(cell.row, cell.col): row.index for row in table.rows for cell in row.cells.values()}
    covered = {(row.index, col) for row in table.rows for col, cell in row.cells.items() if cell.row != row.index}
    for cell in table.table.cells:
        row = cell.row - _head(table) + 1
        if row < 1 or (cell.row, cell.col) in covered:
            continue
        column = table.columns[cell.col]
        span = max(cell.row_span, last.get((cell.row, cell.col), 0) - cell.row + 1)
        yield {
            "table": table.name, "row": row, "col": cell.col + 1, "row_span": span, "col_span": cell.col_span,
            "header": column.header, "field": "group" if (cell.row, cell.col) in heading else column.field,
            "text": " ".join(cell.text.split()),
            "notes": "; ".join(table.table.notes[marker] for marker in cell.notes if marker in table.table.notes),
        }  # fmt: skip


def _head(table: StudyTable) -> int:
    """How many rows are headings."""
    return table.rows[0].index - table.number(table.rows[0]) + 1 if table.rows else table.table.header_rows


def _candidates(
    tables: Sequence[StudyTable], mentions: Sequence[Mention], records: Sequence[Record]
) -> Iterator[dict[str, Any]]:
    """A row for every value, every blank, and every cell in which nothing was recognised."""
    by_id = {mention.id: mention for mention in mentions}
    of_row = {(row.table, row.row): record for record in records for row in record.rows}
    for table in tables:
        fields = {col: column.field for col, column in table.columns.items() if column.field in FIELDS}
        for row in table.rows:
            number = table.number(row)
            record = of_row.get((table.name, number))
            study = record.study if record else Study(key=f"{table.name}, row {number}")
            common = {"study": study.key, "doi": study.doi, "page": _page(table, record, number)}
            found = _values(record, by_id) if record else []
            for col, field in fields.items():
                source = CellPosition(table.name, number, col + 1)
                inside = _within(row.cells.get(col), field, found)
                for each in map(_value, inside) if inside else [_nothing_found(row.cells.get(col), field)]:
                    yield {**common, "field": field, "source": source, **each}
            for told in _around(tables, table, row, found):
                yield {**common, "field": told.field, "source": CellPosition(table.name, number), **_value(told)}


def _page(table: StudyTable, record: Record | None, number: int) -> int:
    rows = record.rows if record else ()
    return next((row.page for row in rows if (row.table, row.row) == (table.name, number)), table.table.page)


def _values(record: Record, by_id: Mapping[str, Mention]) -> list[_MentionedValue]:
    """What a record holds in its table channel, in the order of the text."""
    found = [
        _MentionedValue(by_id[key], value, field)
        for field, value in record.items()
        if value.channel == "table"
        for key in value.evidence
        if key in by_id
    ]
    return sorted(found, key=lambda each: each.mention.start)


def _within(cell: Cell | None, field: str, found: Iterable[_MentionedValue]) -> list[_MentionedValue]:
    """The values that stand in this cell, each place once."""
    inside = {
        each.mention.id: each
        for each in found
        if cell and each.field == field and cell.start <= each.mention.start and each.mention.end <= cell.end
    }
    return list(inside.values())


def _around(
    tables: Sequence[StudyTable], table: StudyTable, row: StudyRow, found: Iterable[_MentionedValue]
) -> list[_MentionedValue]:
    """The values of fields without a column, which a caption, a heading row or words in another cell tell."""
    own = {(cell.start, cell.end) for cell in row.cells.values()}
    others = {(c.start, c.end) for each in tables for line in each.rows for c in line.cells.values()} - own
    told = {
        (each.field, fold(each.value.text)): each
        for each in found
        if each.field not in table.fields
        and not any(start <= each.mention.start and each.mention.end <= end for start, end in others)
    }
    return list(told.values())


def _value(found: _MentionedValue) -> dict[str, Any]:
    value, boxes = found.value, found.mention.boxes
    stated = {"text": value.text, "name": value.name, "curie": value.curie, "confidence": f"{value.score:.2f}"}
    return {**stated, "page": boxes[0].page} if boxes else stated


def _nothing_found(cell: Cell | None, field: str) -> dict[str, Any]:
    if cell is None or is_blank(cell.text, field):
        return {"text": "", "name": "", "curie": "", "confidence": "1.00"}
    text = " ".join(cell.text.split())
    return {"text": text, "name": text, "curie": "", "confidence": "0.00"}


def _csv(head: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, head, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def _about(document: Document, tables: Sequence[StudyTable]) -> str:
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


def _datasheet(document: Document, tables: Sequence[StudyTable]) -> str:
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
