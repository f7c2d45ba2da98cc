"""Simple baselines to compare a run with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from pipeline.document import Block, Citation, Document
from pipeline.folder import RunFolder, link_atomically, write_atomically
from pipeline.linking import Entry, Hit, Lexicon
from pipeline.records import (
    BEARING,
    FIELD_OF,
    FIELDS,
    FieldName,
    Label,
    Mention,
    Record,
    Study,
    mention_id,
    record_id,
    size_of,
)  # fmt: skip

Maker = Callable[[Document, list[Mention]], tuple[list[Mention], list[Record]]]
"""A way to work: from a document, and what the full recognition found in it, to mentions and records."""

_LABELS: Final[Mapping[str, Label]] = {
    "cell_line": "CELL_LINE", "cell_type": "CELL_TYPE", "drug": "DRUG", "chemical": "DRUG", "material": "CORE",
    "particle": "CORE", "modality": "MODALITY", "disease": "DISEASE", "strain": "ANIMAL_MODEL",
    "species": "ANIMAL_MODEL",
}  # fmt: skip
"""The label of a lexicon's entries by their type; other types are parts of names, or say what is none."""
_NO_NAMES: Final = frozenset({"blocklist", "nonspecific"})
_LENGTH: Final = re.compile(r"\d+(?:\.\d+)?(?:\s*(?:±|–|-|to)\s*\d+(?:\.\d+)?)?\s*(?:nm|[µμ]m)\b")
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
    pairs = [(mention, _nearest_study(document, mention)) for mention in mentions]
    return _records(document, [(mention, key) for mention, key in pairs if key])


def in_roles(document: Document, mentions: Iterable[Mention]) -> list[Record]:
    """Make every mention whose role bears a value one of the study cited nearest in its block, else of the paper's own.

    A record is made where a coat and a core or a drug are told of one study.
    """
    bearing = [m for m in mentions if m.role == BEARING[m.label] and not m.negated]
    return _coated(_records(document, [(m, key) for m in bearing if (key := _own_or_cited(document, m))]))


def every(document: Document, mentions: Iterable[Mention]) -> list[Record]:
    """Make every mention a value, whatever its role; else as :func:`in_roles`."""
    return _coated(_records(document, [(m, key) for m in mentions if (key := _own_or_cited(document, m))]))


def nearest_to_core(document: Document, mentions: Iterable[Mention]) -> list[Record]:
    """Give every core the mention of each other kind that stands nearest to it; else as :func:`every`."""
    by_field: dict[FieldName, list[Mention]] = {}
    for mention in mentions:
        by_field.setdefault(FIELD_OF[mention.label], []).append(mention)
    chosen: dict[tuple[str, str], tuple[Mention, str]] = {}
    for core in by_field.pop("cores", ()):
        key = _own_or_cited(document, core)
        if key is None:
            continue
        near = [min(some, key=lambda m: max(m.start - core.end, core.start - m.end)) for some in by_field.values()]
        chosen |= {(mention.id, key): (mention, key) for mention in (core, *near)}
    return _coated(_records(document, chosen.values()))


def from_dictionary(document: Document, lexicon: Lexicon) -> list[Mention]:
    """Every name of a lexicon that stands in a document, the longest where names overlap, and every length in nm or µm.

    Names of one label with a space between them are one ("BALB/c mice"). What the lexicon itself calls no name (its
    types ``blocklist`` and ``nonspecific``) is left out. No context counts.
    """
    hits = sorted(lexicon.find(document.text), key=lambda hit: (hit.start - hit.end, hit.start))
    outer: list[Mention] = []
    taken: set[int] = set()
    for hit in hits:
        entry = _entry(hit)
        if entry is not None and taken.isdisjoint(range(hit.start, hit.end)):
            taken.update(range(hit.start, hit.end))
            outer.append(_named(document, hit.start, hit.end, _LABELS[entry.type], entry.preferred, entry.curie))
    found: list[Mention] = []
    for name in sorted(outer, key=lambda mention: mention.start):
        before = found[-1] if found else None
        if before and before.label == name.label and document.text[before.end : name.start] == " ":
            found[-1] = _named(
                document, before.start, name.end, name.label, document.text[before.start : name.end], None
            )
        else:
            found.append(name)
    for match in _LENGTH.finditer(document.text):
        size = size_of(match.group())
        if size is not None:
            named = _named(document, *match.span(), "SIZE", f"{size.value:g} {size.unit}", None)
            found.append(named.model_copy(update={"size": size}))
    return sorted(found, key=lambda mention: mention.start)


def _entry(hit: Hit) -> Entry | None:
    if any(entry.type in _NO_NAMES for entry in hit.entries):
        return None
    return next((entry for entry in hit.entries if entry.type in _LABELS), None)


def _named(document: Document, start: int, end: int, label: Label, name: str, curie: str | None) -> Mention:
    return Mention(
        id=mention_id(document.id, label, start, end), document_id=document.id, label=label, start=start, end=end,
        text=document.text[start:end], name=name, curie=curie, score=1.0, method="lexicon:dictionary@1",
    )  # fmt: skip


def _records(document: Document, pairs: Iterable[tuple[Mention, str]]) -> list[Record]:
    """A record for each study of these mentions, each of which is a value of it."""
    told: dict[str, dict[FieldName, list[dict[str, object]]]] = {}
    for mention, key in pairs:
        field = FIELD_OF[mention.label]
        block = document.block_at(mention.start)
        value: dict[str, object] = {
            "text": mention.text,
            "name": mention.name,
            "curie": mention.curie,
            "score": mention.score,
            "channel": "table" if block and block.kind == "table" else "text",
            "evidence": (mention.id,),
        }
        if field == "sizes":
            if mention.size is None:
                continue
            value |= mention.size.model_dump(include={"value", "unit", "approximate", "of"})
        told.setdefault(key, {name: [] for name in FIELDS})[field].append(value)
    return [_record(document, key, values) for key, values in told.items()]


def _coated(records: Iterable[Record]) -> list[Record]:
    """The records that tell of a coat and of a core or a drug."""
    return [record for record in records if record.membranes and (record.cores or record.drugs)]


def _nearest_study(document: Document, mention: Mention) -> str | None:
    """The study cited nearest in the block of a mention; of a paper that cites nothing in its blocks its own."""
    block = document.block_at(mention.start)
    if block is None or block.kind not in _READ:
        return None
    return _nearest_key(document, block, mention) if document.citations else "self"


def _own_or_cited(document: Document, mention: Mention) -> str | None:
    """The study cited nearest in the block of a mention, else the paper's own."""
    block = document.block_at(mention.start)
    if block is None or block.kind not in _READ:
        return None
    return _nearest_key(document, block, mention) or "self"


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
