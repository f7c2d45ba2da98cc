"""A run's output folder: which files it holds, and how to read them back.

    records.jsonl     one Record a line
    mentions.jsonl    one Mention a line
    documents.jsonl   one Outcome a line: every input, also those that failed
    documents/        the Documents that were read, gzipped JSON, one a file
    records.csv, report.html, scores.json, errors.csv   made from the above

Work in progress stands in ``.coatmine/``, content-addressed, so that a broken run can go on (see :class:`Store`).
"""

from __future__ import annotations

import fcntl
import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.document import Document
from pipeline.errors import StoreError, UsageError
from pipeline.records import Mention, Outcome, Record

ModelT = TypeVar("ModelT", bound=BaseModel)


def write_atomically(path: Path, chunks: Iterable[bytes]) -> None:
    """Put the chunks, joined, at ``path``: a reader sees the old file or the whole new one, whatever happens.

    Raises:
        StoreError: the disk is full or the folder cannot be written.
    """
    partial = _partial(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as stream:
            stream.writelines(chunks)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StoreError(f"{path}: cannot be written ({error.strerror}); make room or choose another --out") from error


def link_atomically(source: Path, path: Path) -> None:
    """Let ``path`` be the same file as ``source``, or a copy where the file system has no links.

    Raises:
        StoreError: the disk is full or the folder cannot be written.
    """
    partial = _partial(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.link(source, partial)
        partial.replace(path)
        partial.unlink(missing_ok=True)  # a rename between two links to one file leaves both
    except OSError:
        write_atomically(path, [source.read_bytes()])


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.partial")


class Store:
    """Results of stages, each under the key of all that decides it; there whole or not at all."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, stage: str, key: str) -> Path:
        """Where the result of a stage stands or would stand."""
        return self._root / stage / key[:2] / f"{key}.gz"

    def get(self, stage: str, key: str) -> bytes | None:
        """The stored result, or None where there is none or it cannot be read (it is then made again)."""
        try:
            data = self.path(stage, key).read_bytes()
            return gzip.decompress(data) if data else None
        except (OSError, EOFError, zlib.error):
            return None

    def need(self, stage: str, key: str) -> bytes:
        """The stored result of a stage that has run.

        Raises:
            StoreError: it is gone or cannot be read.
        """
        if (data := self.get(stage, key)) is None:
            raise StoreError(f"{self.path(stage, key)}: gone or damaged; run again, it will be made anew")
        return data

    def put(self, stage: str, key: str, data: bytes) -> None:
        """Store a result; equal data gives equal bytes on disk."""
        write_atomically(self.path(stage, key), [gzip.compress(data, compresslevel=4, mtime=0)])


class RunFolder:
    """The output folder of a run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = Store(path / ".coatmine")

    def records(self) -> Iterator[Record]:
        """The records, in the order of the inputs and of the studies in each."""
        return self._lines("records.jsonl", Record)

    def mentions(self) -> Iterator[Mention]:
        """The mentions of all documents, in the order of the text."""
        return self._lines("mentions.jsonl", Mention)

    def outcomes(self) -> Iterator[Outcome]:
        """What became of each input."""
        return self._lines("documents.jsonl", Outcome)

    def document_path(self, document_id: str) -> Path:
        """Where the Document with this id stands."""
        return self.path / "documents" / f"{document_id.removeprefix('sha256:')[:32]}.json.gz"

    def document(self, document_id: str) -> Document:
        """The Document with this id.

        Raises:
            UsageError: the folder does not hold it.
        """
        path = self.document_path(document_id)
        try:
            return Document.from_json(gzip.decompress(path.read_bytes()))
        except OSError as error:
            raise UsageError(f"{path}: no such document; run `coatmine extract` into {self.path} again") from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for writing.

        Raises:
            UsageError: another run is writing into it.
            StoreError: the folder cannot be made or written.
        """
        try:
            (self.path / ".coatmine").mkdir(parents=True, exist_ok=True)
            handle = (self.path / ".coatmine" / "lock").open("w")
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be written ({error.strerror}); choose another --out") from error
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UsageError(
                    f"{self.path}: another run is writing here; wait for it or choose another --out"
                ) from error
            yield

    def _lines(self, name: str, model: type[ModelT]) -> Iterator[ModelT]:
        path = self.path / name
        if not path.is_file():
            raise UsageError(f"{self.path} holds no {name}; make it with `coatmine extract PATH... --out {self.path}`")
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield model.model_validate_json(line)
                except ValidationError as error:
                    raise UsageError(f"{path}, line {number}: not a {model.__name__}: {error}") from error
