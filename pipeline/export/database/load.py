"""Loading a run folder into a database: in one transaction, and to no effect the second time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select, text

from pipeline.errors import UsageError
from pipeline.export.database import schema
from pipeline.export.database.batch import Batch
from pipeline.export.database.engine import open_engine, told
from pipeline.export.database.rows import add_input
from pipeline.export.database.views import ORDER, VIEWS
from pipeline.export.runs import extractions
from pipeline.folder import RunFolder

_FILES: Final = ("documents.jsonl", "mentions.jsonl", "records.jsonl")


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a load added. ``unchanged`` tells that the database already held this very run, and nothing was written."""

    url: str
    unchanged: bool
    inputs: int = 0
    documents: int = 0
    records: int = 0
    values: int = 0
    mentions: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The summary for JSON."""
        return asdict(self)

    def as_text(self) -> str:
        """The summary as a line for people."""
        if self.unchanged:
            return f"{self.url}: this run is already loaded, nothing changed"
        return (
            f"{self.url}: {self.inputs} inputs; new: {self.documents} documents, {self.records} records, "
            f"{self.values} values, {self.mentions} mentions"
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
        UsageError: the folder is no run's, or the address is none.
    """
    folder = RunFolder(Path(run_dir))
    digest = _digest_of_files(folder)
    engine = open_engine(url)
    shown = engine.url.render_as_string(hide_password=True)
    try:
        with told(shown), engine.begin() as connection:
            _prepare(connection)
            known = connection.scalar(select(schema.runs.c.id).where(schema.runs.c.digest == digest))
            if known is not None:
                return LoadSummary(shown, unchanged=True)
            return _load(Batch(connection), folder, shown, digest)
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


def _prepare(connection: Connection) -> None:
    schema.metadata.create_all(connection)
    for name in ORDER:
        connection.execute(text(f"CREATE VIEW IF NOT EXISTS {name} AS {VIEWS[name]}"))


def _load(batch: Batch, folder: RunFolder, url: str, digest: str) -> LoadSummary:
    loaded_at = datetime.now(UTC).replace(microsecond=0)
    run = batch.add(schema.runs, digest=digest, folder=str(folder.path), loaded_at=loaded_at)
    for position, extraction in enumerate(extractions(folder)):
        add_input(batch, run, position, extraction, folder)
    batch.flush()
    return LoadSummary(
        url,
        unchanged=False,
        inputs=batch.written[schema.inputs],
        documents=batch.written[schema.documents],
        records=batch.written[schema.records],
        values=batch.written[schema.field_values],
        mentions=batch.written[schema.mentions],
    )
