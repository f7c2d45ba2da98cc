"""Load a run folder into a database, in one transaction; loading again changes nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select

from pipeline.errors import StoreError, UsageError
from pipeline.export.database import schema
from pipeline.export.database.batch import RowBatch
from pipeline.export.database.engine import lock, open_engine, told
from pipeline.export.database.migrate import upgrade
from pipeline.export.database.rows import add_input
from pipeline.export.decisions import Decision, read_decisions
from pipeline.export.runs import extractions
from pipeline.folder import RunFolder, is_remote, place
from pipeline.notices import folded_doi, read_notices
from pipeline.records import size_of

_FILES: Final = ("documents.jsonl", "mentions.jsonl", "records.jsonl")


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a load added. ``unchanged`` is true if the database already held this run."""

    url: str
    unchanged: bool = True
    inputs: int = 0
    documents: int = 0
    records: int = 0
    values: int = 0
    mentions: int = 0
    decisions: int = 0
    notices: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The summary for JSON."""
        return asdict(self)

    def as_text(self) -> str:
        """The summary as a line for people."""
        added = f"{self.decisions} decisions of curators"
        if self.notices:
            added += f", {self.notices} notices of retraction or correction"
        if self.unchanged and not (self.decisions or self.notices):
            return f"{self.url}: this run is already loaded, nothing changed"
        if self.unchanged:
            return f"{self.url}: this run is already loaded; new: {added}"
        return (
            f"{self.url}: {self.inputs} inputs; new: {self.documents} documents, {self.records} records, "
            f"{self.values} values, {self.mentions} mentions, {added}"
        )


def load_database(run_dir: Path | str, url: str) -> LoadSummary:
    """Load a run folder into a database, whose tables are made where they are not there yet.

    The load is one transaction: it leaves the old state or the new one. A run that is already there changes nothing;
    a document's results that are already there (another run found the same) are not stored twice. Results of the
    newest run are current, older ones stay (see the views in docs/schema.md).

    Args:
        run_dir: what ``coatmine extract`` wrote.
        url: where to, such as ``sqlite:///coatmine.db``.

    Raises:
        StoreError: the database cannot be reached or refuses, or the run contradicts itself.
        UsageError: the folder is no run's or on another machine, or the address is none.
    """
    if is_remote(where := place(run_dir)):
        raise UsageError(f"{run_dir}: copy the run's folder to this machine first, then load it")
    folder = RunFolder(where)
    digest = _digest_of_files(folder)
    engine = open_engine(url)
    shown = engine.url.render_as_string(hide_password=True)
    try:
        with told(engine), engine.begin() as connection:
            lock(connection)
            upgrade(connection)
            summary = LoadSummary(shown)
            if connection.scalar(select(schema.runs.c.id).where(schema.runs.c.digest == digest)) is None:
                summary = _load_run(connection, folder, digest, summary)
            decisions, notices = _load_decisions(connection, folder), _load_notices(connection, folder)
            return replace(summary, decisions=decisions, notices=notices)
    finally:
        engine.dispose()


def _digest_of_files(folder: RunFolder) -> str:
    total = sha256()
    for name in _FILES:
        try:
            with (folder.path / name).open("rb") as stream:
                total.update(file_digest(stream, "sha256").digest())
        except OSError as error:
            raise UsageError(
                f"{folder.path}: cannot read {name} ({error.strerror}); give the folder that `coatmine extract --out` "
                "wrote"
            ) from error
    return total.hexdigest()


def _load_run(connection: Connection, folder: RunFolder, digest: str, summary: LoadSummary) -> LoadSummary:
    run = (connection.scalar(select(func.max(schema.runs.c.id))) or 0) + 1
    now = datetime.now(UTC).replace(microsecond=0)
    connection.execute(insert(schema.runs).values(id=run, digest=digest, folder=str(folder.path), loaded_at=now))
    batch = RowBatch(connection)
    for position, extraction in enumerate(extractions(folder)):
        add_input(batch, run, position, extraction, folder)
    batch.flush()
    if _digest_of_files(folder) != digest:
        raise StoreError(f"{folder.path}: changed while it was loaded; nothing was loaded, load again when it is done")
    return replace(
        summary,
        unchanged=False,
        inputs=batch.written[schema.inputs],
        documents=batch.written[schema.documents],
        records=batch.written[schema.records],
        values=batch.written[schema.field_values],
        mentions=batch.written[schema.mentions],
    )


def _load_decisions(connection: Connection, folder: RunFolder) -> int:
    """Add the curators' decisions that the database does not hold yet; none is ever changed or removed."""
    known = set(connection.scalars(select(schema.decisions.c.id)))
    documents = set(connection.scalars(select(schema.documents.c.id)))
    new = [decision for decision in read_decisions(folder) if decision.id not in known]
    for decision in new:
        if decision.document_id not in documents:
            raise StoreError(
                f"{folder.path}: the decision {decision.id} is about {decision.document_id}, which no loaded run has "
                "read; load the run that it was made on first"
            )
    if new:
        connection.execute(insert(schema.decisions), [_decision_row(decision) for decision in new])
    return len(new)


def _load_notices(connection: Connection, folder: RunFolder) -> int:
    """Add the notices of retraction and correction that the database does not hold yet."""
    known = set(connection.scalars(select(schema.notices.c.id)))
    found = {notice.key: notice for of_paper in read_notices(folder.path).values() for notice in of_paper}
    new = [
        {
            "id": key,
            "doi": folded_doi(notice.doi),
            "kind": notice.kind,
            "notice": notice.notice,
            "stated_date": notice.date,
            "source": notice.source,
        }
        for key, notice in found.items()
        if key not in known
    ]
    if new:
        connection.execute(insert(schema.notices), new)
    return len(new)


def _decision_row(decision: Decision) -> dict[str, Any]:
    size = size_of(decision.name or "") if decision.field == "sizes" else None
    return {
        "id": decision.id,
        "document_id": decision.document_id,
        "record_key": decision.record_id,
        "field": decision.field,
        "value_key": decision.key,
        "action": decision.action,
        "name": decision.name,
        "curie": decision.curie,
        "reason": decision.reason,
        "curator": decision.curator,
        "decided_at": decision.at,
        "undoes": decision.undoes,
        "start_offset": decision.start,
        "end_offset": decision.end,
        "size_value": size and size.value,
        "size_unit": size and size.unit,
        "size_approximate": size and size.approximate,
        "seconds": decision.seconds,
    }
