"""Simple baselines to compare a run with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from pipeline.document import Block, Citation, Document
from pipeline.folder import RunFolder, link_atomically, write_atomically
from pipeline.records import FIELD_OF, FIELDS, FieldName, Mention, Record, Study, record_id

Maker = Callable[[Document, list[Mention]], tuple[list[Mention], list[Record]]]
"""A way to work: from a document, and what the full recognition found in it, to mentions and records."""

_READ: Final = frozenset({"title", "abstract", "paragraph", "list_item", "caption", "table"})


def keep(mentions: Iterable[Mention], *kinds: str) -> list[Mention]:
    """The mentions that these kinds of methods (lexicon, rule, model, abbreviation) found, and those of table cells.

    What a table's typed column names is the table's doing, not a recogniser's, so every baseline has it.
    """
    return [each for each in mentions if each.method.startswith((*(f"{kind}:" for kind in kinds), "rule:table@"))]


def nearest(document: Document, mentions: Iterable[Mention]) -> list[Record]:
    """Give every mention to the study that is cited nearest to it in the same block.

    No rows, no roles, no sentences: a cell line is a membrane wherever it stands, a drug a cargo. In a paper that
    cites nothing in its blocks everything is its own.
    """
    cited: dict[str, dict[FieldName, list[dict[str, object]]]] = {}
    for mention in mentions:
        block = document.block_at(mention.start)
        if block is None or block.kind not in _READ:
            continue
        key = _nearest_key(document, block, mention) if document.citations else "self"
        if key is None:
            continue
        field = FIELD_OF[mention.label]
        value: dict[str, object] = {
            "text": mention.text,
            "name": mention.name,
            "curie": mention.curie,
            "score": mention.score,
            "channel": "table" if block.kind == "table" else "text",
            "evidence": (mention.id,),
        }
        if field == "sizes":
            if mention.size is None:
                continue
            value |= mention.size.model_dump(include={"value", "unit", "approximate", "of"})
        cited.setdefault(key, {name: [] for name in FIELDS})[field].append(value)
    return [_record(document, key, values) for key, values in cited.items()]


def derive(run_folder: Path | str, out: Path | str, makers: Mapping[str, Maker]) -> dict[str, Path]:
    """Work through the documents of a run again in other ways, each into a run folder of its own below ``out``.

    Args:
        run_folder: the output folder of ``coatmine extract``.
        out: where the folders go, one for each maker, by its name.
        makers: the ways to work.

    Raises:
        UsageError: the run cannot be read.
        StoreError: ``out`` cannot be written.
    """
    source = RunFolder(Path(run_folder))
    by_document: dict[str, list[Mention]] = {}
    for mention in source.mentions():
        by_document.setdefault(mention.document_id, []).append(mention)
    read = [outcome.document_id for outcome in source.outcomes() if outcome.status == "ok" and outcome.document_id]
    folders = {}
    for name, make in makers.items():
        folder = RunFolder(Path(out) / name)
        mentions: list[Mention] = []
        records: list[Record] = []
        for document_id in dict.fromkeys(read):
            found, made = make(source.document(document_id), by_document.get(document_id, []))
            mentions += found
            records += made
            link_atomically(source.document_path(document_id), folder.document_path(document_id))
        write_atomically(folder.path / "mentions.jsonl", _lines(mentions))
        write_atomically(folder.path / "records.jsonl", _lines(records))
        write_atomically(folder.path / "documents.jsonl", [(source.path / "documents.jsonl").read_bytes()])
        folders[name] = folder.path
    return folders


def _nearest_key(document: Document, block: Block, mention: Mention) -> str | None:
    """The first key of the citation in this block that stands nearest to the mention."""
    citations = document.citations_in(block.start, block.end)
    if not citations:
        return None

    def gap(citation: Citation) -> int:
        return max(citation.start - mention.end, mention.start - citation.end)

    return min(citations, key=gap).references[0]


def _record(document: Document, key: str, values: Mapping[FieldName, list[dict[str, object]]]) -> Record:
    reference = document.reference(key)
    doi = document.metadata.doi if key == "self" else reference.doi if reference else None
    return Record.model_validate(
        {
            "id": record_id(document.id, key, None),
            "document_id": document.id,
            "study": Study(key=key, doi=doi),
            **{field: tuple(found) for field, found in values.items()},
        }
    )


def _lines(items: Iterable[BaseModel]) -> Iterable[bytes]:
    return (item.model_dump_json().encode() + b"\n" for item in items)
