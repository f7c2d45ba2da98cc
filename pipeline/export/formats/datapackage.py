"""A Frictionless data package: tidy tables, what each column means, where the data come from."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.export.formats.papers import ExportedPaper, papers
from pipeline.export.text import cell, doi_url
from pipeline.export.vocabularies import curie_url, vocabularies
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import FIELDS, CoreValue, SizeValue

PackageRow = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class PackageTable:
    """A table of the package: columns as (name, type, meaning), its key, and the tables it points into."""

    name: str
    title: str
    columns: tuple[tuple[str, str, str], ...]
    key: tuple[str, ...]
    points: tuple[tuple[str | tuple[str, ...], str, str | tuple[str, ...]], ...]
    rows: Callable[[ExportedPaper], Iterator[PackageRow]]


def write(folder: RunFolder, out: Path) -> Iterator[Path]:
    """Write a CSV file for each of the tables, and datapackage.json."""
    for table in TABLES:
        path = out / f"{table.name}.csv"
        write_atomically(path, _csv(table, folder))
        yield path
    path = out / "datapackage.json"
    write_atomically(path, [json.dumps(_description(folder), ensure_ascii=False, indent=1).encode()])
    yield path


def _csv(table: PackageTable, folder: RunFolder) -> Iterator[bytes]:
    yield _line(name for name, _, _ in table.columns)
    for paper in papers(folder):
        for row in table.rows(paper):
            yield _line(map(_text, row))


def _line(row: Iterator[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(row)
    return text.getvalue().encode()


def _text(value: Any) -> str:
    if isinstance(value, str):
        return cell(value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _documents(paper: ExportedPaper) -> Iterator[PackageRow]:
    m, outcome = paper.document.metadata, paper.extraction.outcome
    yield (paper.document.id, outcome.source, m.title, doi_url(m.doi) or None, m.journal, m.year, m.license,
           len(paper.document.pages))  # fmt: skip


def _records(paper: ExportedPaper) -> Iterator[PackageRow]:
    for record in paper.records:
        study = record.study
        missing = [record.missing.get(field) for field in FIELDS]
        yield (record.id, record.document_id, study.key, doi_url(study.doi) or None, study.title, record.formulation,
               "; ".join(map(str, record.rows)) or None, *missing)  # fmt: skip


def _values(paper: ExportedPaper) -> Iterator[PackageRow]:
    for record in paper.records:
        for number, (field, value) in enumerate(record.items(), 1):
            size = value if isinstance(value, SizeValue) else None
            core = value if isinstance(value, CoreValue) else None
            yield (record.id, number, field, value.text, value.name, value.curie,
                   curie_url(value.curie) if value.curie else None, value.score, value.channel, value.caution,
                   value.decision, value.decided_by,
                   size and size.value, size and size.unit, size and size.approximate, size and size.of,
                   core and ("; ".join(term.name for term in core.materials) or None),
                   core and ("; ".join(core.structure) or None), core and core.form)  # fmt: skip


def _mentions(paper: ExportedPaper) -> Iterator[PackageRow]:
    for m in paper.mentions:
        box = m.boxes[0] if m.boxes else (None,) * 5
        yield (m.id, m.document_id, m.label, m.start, m.end, m.text, m.name, m.curie, m.score, m.method,
               ", ".join(m.votes) or None, m.role,
               m.negated, " > ".join(m.section) or None, *box)  # fmt: skip


def _evidence(paper: ExportedPaper) -> Iterator[PackageRow]:
    for record in paper.records:
        for number, (_, value) in enumerate(record.items(), 1):
            for mention in value.evidence:
                yield record.id, number, mention


TABLES: Final = (
    PackageTable("documents", "Papers that were read", (
        ("id", "string", "SHA-256 of the file"),
        ("source", "string", "name of the file"),
        ("title", "string", "title as the paper states it"),
        ("doi", "string", "address that resolves the paper's DOI"),
        ("journal", "string", "journal as the paper states it"),
        ("year", "integer", "year as the paper states it"),
        ("license", "string", "licence as the paper states it"),
        ("pages", "integer", "number of pages"),
    ), ("id",), (), _documents),
    PackageTable("records", "What a paper says of one study and formulation", (
        ("id", "string", "the same for the same study in the same file on every run"),
        ("document_id", "string", "the paper"),
        ("study", "string", "the paper's reference number of the study, or self"),
        ("doi", "string", "address that resolves the study's DOI"),
        ("title", "string", "the study's title"),
        ("formulation", "string", "the paper's own name for the particle"),
        ("rows", "string", "the rows of the paper's tables that list the study"),
        *((f"{field}_missing", "string", f"why {field} is empty: not_reported or not_found") for field in FIELDS),
    ), ("id",), (("document_id", "documents", "id"),), _records),
    PackageTable("values", "The values of the records' fields", (
        ("record_id", "string", "the record"),
        ("number", "integer", "the value's place in the record"),
        ("field", "string", "membranes, cores, drugs, sizes, diseases, animal_models or modalities"),
        ("text", "string", "as the paper writes it"),
        ("name", "string", "preferred name"),
        ("curie", "string", "public identifier, empty where none could be settled"),
        ("uri", "string", "address that resolves the identifier"),
        ("score", "number", "confidence between 0 and 1"),
        ("channel", "string", "table or text"),
        ("caution", "string", "why an identifier needs care, such as a misidentified cell line"),
        ("decision", "string", "accept, correct, add or disputed; empty where no curator decided"),
        ("decided_by", "string", "the curators whose decision it is"),
        ("size", "number", "mean, or midpoint of a range"),
        ("size_unit", "string", "unit of size"),
        ("size_approximate", "boolean", "whether the paper calls it approximate"),
        ("size_of", "string", "coated particle or core"),
        ("core_materials", "string", "materials that the core's name tells"),
        ("core_structure", "string", "such as hollow or mesoporous"),
        ("core_form", "string", "such as liposome or MOF"),
    ), ("record_id", "number"), (("record_id", "records", "id"),), _values),
    PackageTable("mentions", "Names found in the papers", (
        ("id", "string", "the same for the same place and label in the same file on every run"),
        ("document_id", "string", "the paper"),
        ("label", "string", "what kind of name"),
        ("start", "integer", "first code point in the document's text, from 0"),
        ("end", "integer", "code point after the last"),
        ("text", "string", "as the paper writes it"),
        ("name", "string", "preferred name"),
        ("curie", "string", "public identifier, empty where none could be settled"),
        ("score", "number", "confidence between 0 and 1"),
        ("method", "string", "what found it, with its version"),
        ("votes", "string", "models that saw the same thing here, with their scores"),
        ("role", "string", "what the name plays in the study"),
        ("negated", "boolean", "whether the text denies it"),
        ("section", "string", "headings it stands under"),
        ("page", "integer", "page of the first box, from 1"),
        ("x0", "number", "left edge in points"),
        ("top", "number", "upper edge in points from the top of the page"),
        ("x1", "number", "right edge in points"),
        ("bottom", "number", "lower edge in points from the top of the page"),
    ), ("id",), (("document_id", "documents", "id"),), _mentions),
    PackageTable("evidence", "Which mentions support which values", (
        ("record_id", "string", "the record"),
        ("number", "integer", "the value's place in the record"),
        ("mention_id", "string", "the mention"),
    ), ("record_id", "number", "mention_id"),
        ((("record_id", "number"), "values", ("record_id", "number")), ("mention_id", "mentions", "id")), _evidence),
)  # fmt: skip


def _description(folder: RunFolder) -> dict[str, Any]:
    sources: list[dict[str, str]] = []
    prefixes: set[str] = set()
    made_by: dict[str, str] = {}
    for paper in papers(folder):
        metadata = paper.document.metadata
        title = metadata.title or paper.extraction.outcome.source
        link = {"path": doi_url(metadata.doi)} if metadata.doi else {}
        licence = {"license": metadata.license} if metadata.license else {}
        sources.append({"title": title, **link, **licence})
        prefixes |= {mention.curie.partition(":")[0] for mention in paper.mentions if mention.curie}
        made_by = made_by or next((record.made_by for record in paper.records), {})
    known = vocabularies()
    for vocabulary in (known[prefix] for prefix in sorted(prefixes & known.keys())):
        sources.append({"title": vocabulary.title, "path": vocabulary.homepage, "license": vocabulary.license})
    return {
        "profile": "tabular-data-package",
        "name": "coatmine-records",
        "title": "Membrane-coated nanoparticles: records mined from papers",
        "description": "Facts found in the papers listed as sources, whose texts stay under their own licences.",
        "sources": sources,
        "keywords": ["nanoparticles", "cell membranes", "text mining"],
        "provenance": {"software": "coatmine", "made_by": made_by},
        "resources": [_resource(table) for table in TABLES],
    }


def _resource(table: PackageTable) -> dict[str, Any]:
    keys = [{"fields": ours, "reference": {"resource": name, "fields": theirs}} for ours, name, theirs in table.points]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [{"name": name, "type": kind, "description": what} for name, kind, what in table.columns],
            "primaryKey": list(table.key),
            "foreignKeys": keys,
        },
    }
