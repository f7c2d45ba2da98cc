"""Puts the benchmark together from the folders of the repository that it is made of, as benchmark.toml lists them."""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import Field, ValidationError

from pipeline.document import Part
from pipeline.errors import GoldError
from pipeline.evaluation.benchmark.documents import BenchmarkDocument, Kind, MarkedName, Split, TrueRecord, TrueValue
from pipeline.evaluation.gold import Gold, GoldValue, load_gold
from pipeline.evaluation.voices import (
    Mark,
    MarkedText,
    head_of,
    read_voice,
    reference_list,
    role_of,
    size_name,
    values_of,
    without_tags,
)  # fmt: skip
from pipeline.records import FIELD_OF, FIELDS, FieldName

MANIFEST: Final = "benchmark.toml"
OWN: Final = "self"
"""The study that a document's own work is."""
_BRACKET: Final = re.compile(r"\s*[(\[]\s*")
_CLOSED: Final = re.compile(r"\s*[;,)\]]")


class PaperSource(Part):
    """An author's Markdown papers in a folder, each with its records in a JSON file beside it.

    ``documents`` names those that are taken; where none is named, all are.
    """

    folder: str
    author: str
    split: Split
    documents: tuple[str, ...] = ()


class TableSource(Part):
    """A folder of PDF reviews, and the gold set of their tables."""

    folder: str
    gold: str
    author: str
    split: Split


class ReviewSource(Part):
    """A gold set on a published review, or on published papers, that are not in the repository."""

    gold: str
    author: str
    split: Split


class BenchmarkManifest(Part):
    """The file benchmark.toml.

    Attributes:
        name: of the benchmark.
        version: goes up whenever a written file changes.
        license: of what is in the folder.
        voices: the folder of marked texts.
        authors: for each split, the authors of marked texts that stand in it.
        papers: whole papers.
        tables: reviews with tables.
        reviews: gold sets on published reviews and papers.
    """

    name: str
    version: str = Field(pattern=r"^\d+\.\d+$")
    license: str
    voices: str
    authors: Mapping[Split, tuple[str, ...]]
    papers: tuple[PaperSource, ...] = ()
    tables: tuple[TableSource, ...] = ()
    reviews: tuple[ReviewSource, ...] = ()


def load_manifest(folder: Path) -> BenchmarkManifest:
    """The manifest in a folder.

    Raises:
        GoldError: it is missing or malformed.
    """
    path = folder / MANIFEST
    try:
        return BenchmarkManifest.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise GoldError(f"{path}: cannot be read ({error.strerror}); name the folder of a benchmark") from error
    except (tomllib.TOMLDecodeError, ValidationError, UnicodeDecodeError) as error:
        raise GoldError(f"{path}: {error}; see docs/benchmark.md for what belongs there") from error


def assemble(manifest: BenchmarkManifest, root: Path) -> list[BenchmarkDocument]:
    """Every document, in the order of the manifest.

    Args:
        manifest: what it is made of.
        root: the repository's root, to which the manifest's folders are relative.

    Raises:
        GoldError: a folder is not there, or two documents have one name.
    """
    missing = [each for each in _folders(manifest) if not (root / each).is_dir()]
    if missing:
        raise GoldError(
            f"{root / missing[0]}: is not here. The texts of the benchmark are not in the installed package: clone the "
            "repository and run `coatmine benchmark write FOLDER` in it, or name a folder that was written so"
        )
    documents = [*_marked(manifest, root), *_papers(manifest, root), *_tables(manifest, root)]
    documents += [document for source in manifest.reviews for document in _published(source, root)]
    seen: set[str] = set()
    for document in documents:
        if document.id in seen:
            raise GoldError(f"{root}: two documents of the benchmark are called {document.id}; rename one")
        seen.add(document.id)
    return documents


def _folders(manifest: BenchmarkManifest) -> Iterator[str]:
    yield manifest.voices
    yield from (source.folder for source in manifest.papers)
    for tables in manifest.tables:
        yield from (tables.folder, tables.gold)
    yield from (source.gold for source in manifest.reviews)


def _marked(manifest: BenchmarkManifest, root: Path) -> Iterator[BenchmarkDocument]:
    for split, authors in manifest.authors.items():
        for author in authors:
            for text in read_voice(root / manifest.voices / author):
                yield of_marked(text, author, split)


def of_marked(marked: MarkedText, author: str, split: Split) -> BenchmarkDocument:
    """The document of a marked text."""
    text, scripts = without_tags(marked)
    listed = reference_list(text.text)
    same = names_of_same(text)
    return BenchmarkDocument.model_validate(
        {
            "id": text.id, "split": split, "author": author, "kind": text.kind, "text": text.text, "scripts": scripts,
            "unscored": (listed,) if listed else (),
            "mentions": tuple(
                MarkedName(start=m.start, end=m.end, label=m.label, role=role_of(m), study=m.study)
                for m in text.marks
                if listed is None or m.start < listed[0]
            ),
            "records": tuple(_of_marked(record, same) for record in text.records),
        }
    )  # fmt: skip


def _of_marked(record: Mapping[str, Any], same: Mapping[FieldName, Mapping[str, Sequence[str]]]) -> TrueRecord:
    fields = {
        field: tuple(
            TrueValue(
                text=value.text, name=_name_of(value), optional=value.optional,
                also=tuple(n for n in same.get(field, {}).get(head_of(value.text), ()) if n != value.text),
            )
            for value in values
        )
        for field, values in values_of(record, record.get("ref") or "self").items()
    }  # fmt: skip
    return TrueRecord(study=record.get("ref") or "self", **fields)


def _name_of(value: GoldValue) -> str:
    """The name where it is another than what is printed; a size without a unit is in nanometres."""
    if value.field == "sizes" and value.name == value.text:
        return size_name(f"{value.text} nm") or ""
    return "" if value.name == value.text else value.name


def names_of_same(text: MarkedText) -> dict[FieldName, dict[str, tuple[str, ...]]]:
    """By field and :func:`head_of` a name, all names that the text gives the same thing.

    Two names are of one thing if they differ only in words such as "cells", or if the second stands in a bracket right
    behind the first ("doxorubicin (DOX)").
    """
    groups: dict[FieldName, list[set[str]]] = defaultdict(list)
    for mark in text.marks:
        groups[FIELD_OF[mark.label]].append({text.text[mark.start : mark.end]})  # type: ignore[index]
    for first, second in zip(text.marks, text.marks[1:], strict=False):
        field = FIELD_OF[first.label]  # type: ignore[index]
        if field != "sizes" and field == FIELD_OF[second.label] and _defines(text.text, first, second):  # type: ignore[index]
            groups[field].append({text.text[m.start : m.end] for m in (first, second)})
    return {field: _joined(names) for field, names in groups.items()}


def _defines(text: str, first: Mark, second: Mark) -> bool:
    between, behind = text[first.end : second.start], text[second.end : second.end + 2]
    return bool(_BRACKET.fullmatch(between) and _CLOSED.match(behind))


def _joined(groups: Iterable[set[str]]) -> dict[str, tuple[str, ...]]:
    """For each head of a name all names that groups with a head in common hold."""
    by_head: dict[str, set[str]] = {}
    for group in groups:
        whole = group.union(*(by_head.get(head_of(name), set()) for name in group))
        for name in whole:
            by_head[head_of(name)] = whole
    return {head: tuple(sorted(names)) for head, names in by_head.items()}


def _papers(manifest: BenchmarkManifest, root: Path) -> Iterator[BenchmarkDocument]:
    for source in manifest.papers:
        for path in sorted((root / source.folder).glob(f"{source.author}-*.md")):
            if source.documents and path.stem not in source.documents:
                continue
            told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            own = [record for record in told if record["ref"] is None]
            kind: Kind = "paper" if own else "review" if told else "negative"
            yield BenchmarkDocument(
                id=path.stem, split=source.split, author=source.author, kind=kind,
                format="markdown", text=path.read_text(encoding="utf-8"), closed=not own,
                records=tuple(_of_marked(record, {}) for record in own or told),
            )  # fmt: skip


def _tables(manifest: BenchmarkManifest, root: Path) -> Iterator[BenchmarkDocument]:
    for source in manifest.tables:
        gold = load_gold(root / source.gold)
        for path in sorted((root / source.folder).glob("*.pdf")):
            rows = [row for row in gold.values if row.study.partition("/")[0] == path.stem]
            yield BenchmarkDocument(
                id=path.stem, split=source.split, author=source.author, kind="tables", format="pdf", closed=False,
                file=path.relative_to(root).as_posix(), records=tuple(_of_gold(rows)),
            )  # fmt: skip


def _published(source: ReviewSource, root: Path) -> Iterator[BenchmarkDocument]:
    """The review that a gold set is made from, or each of the papers that it is on."""
    gold: Gold = load_gold(root / source.gold)
    common: dict[str, Any] = {"split": source.split, "author": source.author, "format": "pdf", "closed": False}
    if gold.about.review:
        records = tuple(_of_gold(gold.values))
        yield BenchmarkDocument(id=gold.name, kind="tables", doi=gold.about.review, records=records, **common)
        return
    papers: dict[str, list[GoldValue]] = defaultdict(list)
    for row in gold.values:
        paper, _, key = row.study.partition("/")
        papers[paper].append(row.model_copy(update={"study": key or OWN}))
    for paper, rows in papers.items():
        records = tuple(_of_gold(rows))
        own = next((record for record in records if record.study == OWN), None)
        yield BenchmarkDocument(
            id=id_of(paper), kind="paper" if own else "review", doi=own.doi if own else None, records=records, **common
        )


def id_of(name: str) -> str:
    """A file's name without its suffix, as the id of a document: letters, digits, full stops, hyphens."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-")


def _of_gold(rows: Iterable[GoldValue]) -> Iterator[TrueRecord]:
    """A record for each study of a gold set; of ``NAME/KEY`` the key is the study."""
    studies: dict[str, list[GoldValue]] = defaultdict(list)
    for row in rows:
        studies[row.study].append(row)
    for study, some in studies.items():
        fields = {
            field: tuple(
                TrueValue(text=r.text, name=r.name, curies=r.curies) for r in some if r.field == field and r.text
            )
            for field in FIELDS
            if any(r.field == field for r in some)
        }
        yield TrueRecord(study=study.rpartition("/")[2], doi=some[0].doi, **fields)
