"""The database rows of one input."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from pipeline.document import Document
from pipeline.errors import StoreError
from pipeline.export.database import schema
from pipeline.export.database.batch import ROWS_IN_MEMORY, RowBatch
from pipeline.export.evidence_context import EvidenceContexts
from pipeline.export.facts import study_facts
from pipeline.export.runs import Extraction
from pipeline.export.vocabularies import curie_url
from pipeline.folder import RunFolder
from pipeline.records import CoreValue, Mention, Record, SizeValue, Value


def add_input(batch: RowBatch, run: int, position: int, extraction: Extraction, folder: RunFolder) -> None:
    """Queue an input of a run, with what was found in it where the database does not hold that yet.

    Raises:
        StoreError: a value names evidence that is not among the document's mentions.
    """
    outcome = extraction.outcome
    batch.add(
        schema.inputs,
        run_id=run,
        position=position,
        source=outcome.source,
        status=outcome.status,
        message=outcome.message,
        document_id=outcome.document_id,
        extraction_id=_extraction(batch, extraction, folder),
        warnings=list(outcome.warnings),
    )
    batch.flush(unless_fewer_than=ROWS_IN_MEMORY)


def _extraction(batch: RowBatch, extraction: Extraction, folder: RunFolder) -> int | None:
    document_id = extraction.outcome.document_id
    if document_id is None or extraction.repeated:
        return None
    digest = _digest(document_id, extraction)
    if digest not in batch.extractions:
        document = folder.document(document_id)
        if document_id not in batch.documents:
            batch.documents.add(document_id)
            batch.add(schema.documents, id=document_id, media_type=document.media_type)
        number = batch.extractions[digest] = _add_extraction(batch, digest, document)
        mentions = _add_mentions(batch, number, extraction.mentions, EvidenceContexts(document))
        studies: dict[str, int] = {}
        for record in extraction.records:
            _add_record(batch, number, record, document, studies, mentions)
    return batch.extractions[digest]


def _add_extraction(batch: RowBatch, digest: str, document: Document) -> int:
    return batch.add(
        schema.extractions,
        digest=digest,
        document_id=document.id,
        title=document.metadata.title,
        doi=document.metadata.doi,
        journal=document.metadata.journal,
        year=document.metadata.year,
        license=document.metadata.license,
        pages=len(document.pages),
    )


def _digest(document_id: str, extraction: Extraction) -> str:
    outcome = extraction.outcome
    total = sha256("\x1f".join([document_id, outcome.title or "", outcome.doi or "", str(outcome.pages)]).encode())
    for line in (*extraction.mentions, *extraction.records):
        total.update(line.model_dump_json().encode() + b"\n")
    return total.hexdigest()


def _add_mentions(
    batch: RowBatch, extraction: int, mentions: Iterable[Mention], passages: EvidenceContexts
) -> dict[str, int]:
    """Queue the mentions; their numbers by id."""
    numbers: dict[str, int] = {}
    known: dict[tuple[int, int], int] = {}
    for mention in mentions:
        place = passages.around(mention.start, mention.end)
        if place not in known:
            start, end = place
            known[place] = batch.add(
                schema.passages,
                extraction_id=extraction,
                start_offset=start,
                end_offset=end,
                text=passages.text(start, end),
            )
        numbers[mention.id] = _add_mention(batch, extraction, mention, known[place])
    return numbers


def _add_mention(batch: RowBatch, extraction: int, mention: Mention, passage: int) -> int:
    number = batch.add(
        schema.mentions,
        extraction_id=extraction,
        key=mention.id,
        label=mention.label,
        start_offset=mention.start,
        end_offset=mention.end,
        text=mention.text,
        name=mention.name,
        curie=_identifier(batch, mention.curie, mention.name),
        score=mention.score,
        method=mention.method,
        negated=mention.negated,
        hypothetical=mention.hypothetical,
        role=mention.role,
        because=list(mention.because),
        section=list(mention.section),
        caution=mention.caution,
        passage_id=passage,
        votes=list(mention.votes),
    )
    for position, box in enumerate(mention.boxes):
        batch.add(schema.boxes, mention_id=number, position=position, **box._asdict())
    for position, term in enumerate(mention.candidates):
        curie = _identifier(batch, term.curie, term.name)
        batch.add(schema.candidates, mention_id=number, position=position, name=term.name, curie=curie)
    return number


def _add_study(batch: RowBatch, extraction: int, record: Record, document: Document) -> int:
    study = study_facts(record, document)
    return batch.add(
        schema.studies,
        extraction_id=extraction,
        key=study.key,
        doi=study.doi or None,
        title=study.title or None,
        first_author=study.first_author or None,
        authors=list(study.authors),
        year=study.year,
        journal=study.journal or None,
    )


def _add_record(
    batch: RowBatch,
    extraction: int,
    record: Record,
    document: Document,
    studies: dict[str, int],
    mentions: dict[str, int],
) -> None:
    study = record.study
    if study.key not in studies:
        studies[study.key] = _add_study(batch, extraction, record, document)
    number = batch.add(
        schema.records,
        extraction_id=extraction,
        study_id=studies[study.key],
        key=record.id,
        formulation=record.formulation,
        table_rows=[str(row) for row in record.rows],
        made_by=record.made_by,
    )
    for field, reason in record.missing.items():
        batch.add(schema.missing, record_id=number, field=field, reason=reason)
    positions: dict[str, int] = {}
    for field, value in record.items():
        position = positions[field] = positions.get(field, -1) + 1
        value_number = _add_value(batch, number, field, position, value)
        _add_evidence(batch, value_number, value, mentions, record)


def _add_value(batch: RowBatch, record: int, field: str, position: int, value: Value) -> int:
    size = value if isinstance(value, SizeValue) else None
    core = value if isinstance(value, CoreValue) else None
    number = batch.add(
        schema.field_values,
        record_id=record,
        field=field,
        position=position,
        text=value.text,
        name=value.name,
        curie=_identifier(batch, value.curie, value.name),
        key=value.key,
        score=value.score,
        channel=value.channel,
        caution=value.caution,
        size_value=size and size.value,
        size_unit=size and size.unit,
        size_approximate=size and size.approximate,
        size_of=size and size.of,
        core_form=core and core.form,
    )
    if core:
        for place, term in enumerate(core.materials):
            curie = _identifier(batch, term.curie, term.name)
            batch.add(schema.core_materials, value_id=number, position=place, name=term.name, curie=curie)
        for place, structure in enumerate(core.structure):
            batch.add(schema.core_structures, value_id=number, position=place, structure=structure)
    return number


def _add_evidence(batch: RowBatch, number: int, value: Value, mentions: dict[str, int], record: Record) -> None:
    for position, key in enumerate(value.evidence):
        if key not in mentions:
            raise StoreError(
                f"record {record.id} of {record.document_id}: the evidence {key} of {value.name!r} is not in "
                "mentions.jsonl; run `coatmine extract` again to write the folder again"
            )
        batch.add(schema.evidence, value_id=number, position=position, mention_id=mentions[key])


def _identifier(batch: RowBatch, curie: str | None, name: str) -> str | None:
    """Queue the identifier where it is new; the identifier itself."""
    if curie is not None and curie not in batch.identifiers:
        batch.identifiers.add(curie)
        batch.add(schema.identifiers, curie=curie, prefix=curie.partition(":")[0], name=name, url=curie_url(curie))
    return curie
