"""The papers of a run for curation, one in memory at a time: text, mentions, source file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from pipeline.document import Document
from pipeline.errors import UsageError
from pipeline.export.evidence_context import EvidenceContexts
from pipeline.folder import RunFolder
from pipeline.records import Mention, Outcome
from pipeline.sentences import Range

_ID: Final = re.compile(rb'"document_id":\s*"([^"]*)"')
_OPEN: Final = 6  # papers in memory


@dataclass(frozen=True, slots=True)
class CurationPaper:
    """A paper that is open on the session."""

    document: Document
    mentions: dict[str, Mention]
    passages: EvidenceContexts

    def region(self, start: int, end: int) -> Range:
        """The paragraph, table row or label in a figure that holds a place: how far what stands beside may be its."""
        block = self.document.block_at(start)
        if block is None or block.kind in ("table", "figure"):
            return self.passages.around(start, end)
        return block.start, block.end


class Papers:
    """Opens the papers of a run.

    Args:
        folder: the run.
        sources: a folder to look for the files in, where they are no longer where the run read them.
    """

    def __init__(self, folder: RunFolder, sources: Path | None = None) -> None:
        self._folder = folder
        self._sources = sources
        self._where = _index(folder)
        self.open = lru_cache(maxsize=_OPEN)(self._open)
        self._same = lru_cache(maxsize=1024)(_same)

    def _open(self, document_id: str) -> CurationPaper:
        document = self._folder.document(document_id)
        start, end = self._where.get(document_id, (0, 0))
        with (self._folder.path / "mentions.jsonl").open("rb") as file:
            file.seek(start)
            found = [Mention.model_validate_json(line) for line in file.read(end - start).splitlines()]
        return CurationPaper(document, {mention.id: mention for mention in found}, EvidenceContexts(document))

    def source(self, outcome: Outcome) -> Path | None:
        """The file a paper was read from; None where it has gone or its bytes have changed."""
        recorded = Path(outcome.source)
        # as it was given: from where the app runs, else from beside the run's folder
        places = [recorded, self._folder.path.resolve().parent / recorded]
        for path in [*places, *([self._sources / recorded.name] if self._sources else [])]:
            try:
                status = path.stat()
            except OSError:
                continue
            if self._same(path, status.st_mtime_ns, status.st_size, outcome.document_id or ""):
                return path
        return None


def _same(path: Path, _mtime: int, _size: int, document_id: str) -> bool:
    try:
        return f"sha256:{sha256(path.read_bytes()).hexdigest()}" == document_id
    except OSError:
        return False


def _index(folder: RunFolder) -> dict[str, Range]:
    """Where in mentions.jsonl each document's lines stand, in bytes; they stand together.

    Raises:
        UsageError: there is no such file, or a line names no document.
    """
    path = folder.path / "mentions.jsonl"
    found: dict[str, Range] = {}
    at = 0
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                name = _ID.search(line)
                if name is None:
                    raise UsageError(f"{path}, line {number}: not a Mention; run `coatmine extract` again")
                key = name[1].decode("ascii", "replace")
                found[key] = (found.get(key, (at, at))[0], at + len(line))
                at += len(line)
    except FileNotFoundError as error:
        raise UsageError(f"{path}: not there; make it with `coatmine extract PATH... --out {folder.path}`") from error
    return found
