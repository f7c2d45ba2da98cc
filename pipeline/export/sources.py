"""Find the source file of a paper."""

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path

from pipeline.folder import RunFolder, is_remote, place
from pipeline.records import Outcome


def source_of(folder: RunFolder, outcome: Outcome) -> Path | None:
    """The file that a paper was read from, on this machine; None where it has gone, or its bytes have changed.

    It is looked for as it was given: from the current folder, else from beside the run's folder.
    """
    recorded = place(outcome.source)
    if is_remote(recorded) or is_remote(folder.path):
        return None
    for path in (recorded, folder.path.resolve().parent / recorded):
        if is_same(path, outcome.document_id):
            return path
    return None


def is_same(path: Path, document_id: str | None) -> bool:
    """Whether a file has the bytes of a document."""
    try:
        with path.open("rb") as stream:
            return f"sha256:{file_digest(stream, 'sha256').hexdigest()}" == document_id
    except OSError:
        return False
