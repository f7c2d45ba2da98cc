"""A run's output folder: which files it holds, and how to read them back.

    records.jsonl     one Record a line
    mentions.jsonl    one Mention a line
    documents.jsonl   one Outcome a line: every input, also those that failed
    documents/        the Documents that were read, gzipped JSON, one a file
    records.csv, report.html, scores.json, errors.csv   made from the above

Work in progress stands in ``.coatmine/``, content-addressed, so that a broken run can go on (see :class:`Store`).
A folder may stand on any file system that fsspec knows, such as ``s3://bucket/run`` (see :func:`place`).
"""

from __future__ import annotations

import gzip
import os
import platform
import re
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, TypeVar, cast

from filelock import FileLock, Timeout
from pydantic import BaseModel, ValidationError

from pipeline.document import Document
from pipeline.errors import BusyError, StoreError, UsageError
from pipeline.records import Mention, Outcome, Record

ModelT = TypeVar("ModelT", bound=BaseModel)
WORK = ".coatmine"
"""The folder in a run's folder where work in progress stands; what holds one is a run's folder."""
_LONGEST_NAME = 255  # bytes, of most file systems
_GENERATIONS = 2  # kept of each stage: what the run used, and what the one before it used


def place(where: str | Path) -> Path:
    """The path that a text names: of this machine, or with ``scheme://`` of a file system that fsspec knows.

    Raises:
        UsageError: the scheme is unknown, or what reads it is not installed.
    """
    if not isinstance(where, str):
        return where  # placed already
    if not _is_url(where):
        return Path(where)
    try:
        from upath import UPath

        return cast(Path, UPath(where))  # the same methods, though no subclass
    except (ImportError, ValueError) as error:
        raise UsageError(f"{where}: {error}; for s3:// install coatmine[s3]") from error


def _is_url(where: str) -> bool:
    return re.match(r"[a-z][a-z0-9+.-]+://", where) is not None


def is_remote(path: Path) -> bool:
    """Whether the path stands on another file system than this machine's own."""
    return not isinstance(path, Path)


def write_atomically(path: Path, chunks: Iterable[bytes]) -> None:
    """Put the chunks, joined, at ``path``: a reader sees the old file or the whole new one, whatever happens.

    Raises:
        StoreError: the disk is full or the folder cannot be written.
    """
    with writing(path) as stream:
        stream.writelines(chunks)


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A stream whose bytes stand at ``path`` once the block has ended well, and never in part.

    Raises:
        StoreError: the disk is full or the folder cannot be written.
    """
    try:
        with _uploaded(path) if is_remote(path) else _renamed(path) as stream:
            yield stream
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(f"{path}: cannot be written ({reason}); make room or choose another --out") from error


@contextmanager
def _renamed(path: Path) -> Iterator[IO[bytes]]:
    partial = _partial(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as stream:
            yield stream
        partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


@contextmanager
def _uploaded(path: Path) -> Iterator[IO[bytes]]:
    # An object store shows an object when it is whole. A stream that is left by an exception would be taken for one.
    with tempfile.NamedTemporaryFile() as spool:
        yield spool
        spool.flush()
        remote: Any = path
        remote.fs.put_file(spool.name, remote.path)


def link_atomically(source: Path, path: Path) -> None:
    """Let ``path`` be the same file as ``source``, or a copy where the file system has no links.

    Raises:
        StoreError: the disk is full or the folder cannot be written.
    """
    if is_remote(path):
        write_atomically(path, [source.read_bytes()])
        return
    partial = _partial(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.link(source, partial)
        partial.replace(path)
        partial.unlink(missing_ok=True)  # a rename between two links to one file leaves both
    except OSError:
        write_atomically(path, [source.read_bytes()])


def _partial(path: Path) -> Path:
    # Not the name itself with more behind it, which may be longer than a file system takes.
    name = sha256(os.fsencode(path.name)).hexdigest()[:16]
    return path.with_name(f"{name}.{os.getpid()}.unfinished")


def output_name(stem: str, suffix: str) -> str:
    """The name of an output for an input of this stem; one too long for a file system is cut and marked by a hash."""
    whole = os.fsencode(stem + suffix)
    if len(whole) <= _LONGEST_NAME:
        return stem + suffix
    mark = f"-{sha256(whole).hexdigest()[:8]}{suffix}"
    cut = os.fsencode(stem)[: _LONGEST_NAME - len(mark.encode())]
    return cut.decode(errors="ignore") + mark


class Store:
    """Results of stages, each under the key of all that decides it; there whole or not at all.

    A key is ``GENERATION-HASH``. The generation stands for the code and the model, so that what no code reads any more
    can be told from what may be wanted again.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, stage: str, key: str) -> Path:
        """Where the result of a stage stands or would stand."""
        generation, _, name = key.rpartition("-")
        return self._root / stage / generation / name[:2] / f"{name}.gz"

    def has(self, stage: str, key: str) -> bool:
        """Whether a result stands there."""
        return self.path(stage, key).is_file()

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
            self.path(stage, key).unlink(missing_ok=True)
            raise StoreError(f"{self.path(stage, key)}: missing or damaged; run again to make it")
        return data

    def put(self, stage: str, key: str, data: bytes) -> None:
        """Store a result; equal data gives equal bytes on disk."""
        write_atomically(self.path(stage, key), [gzip.compress(data, compresslevel=9, mtime=0)])

    def prune(self, used: Iterable[str]) -> None:
        """Drop what older code or another model made, except for the generations ``used`` now and the last before them.

        On an object store nothing is dropped: that is for its own rules on age.
        """
        if is_remote(self._root):
            return
        now = set(used)
        for stage in (each for each in self._root.iterdir() if each.is_dir()):
            generations = [each for each in stage.iterdir() if each.is_dir()]
            for each in generations:
                if each.name in now:
                    os.utime(each)
            others = sorted(
                (each for each in generations if each.name not in now), key=lambda each: each.stat().st_mtime
            )
            for each in others[: 1 - _GENERATIONS or None]:
                shutil.rmtree(each, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what killed runs left half written."""
        if not is_remote(self._root):
            for partial in self._root.glob("*/*/*/*.unfinished"):
                partial.unlink(missing_ok=True)


class RunFolder:
    """The output folder of a run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = Store(path / WORK)

    def records(self) -> Iterator[Record]:
        """The records, in the order of the inputs and of the studies in each."""
        return self._lines("records.jsonl", Record)

    def mentions(self) -> Iterator[Mention]:
        """The mentions of all documents, in the order of the text."""
        return self._lines("mentions.jsonl", Mention)

    def outcomes(self) -> Iterator[Outcome]:
        """The outcome of each input."""
        return self._lines("documents.jsonl", Outcome)

    def document_path(self, document_id: str) -> Path:
        """Where the Document with this id stands."""
        return self.path / "documents" / f"{document_id.removeprefix('sha256:')[:32]}.json.gz"

    def keep_documents(self, document_ids: Iterable[str]) -> None:
        """Drop the Documents of earlier runs; those with these ids stay."""
        kept = {self.document_path(each).name for each in document_ids}
        for path in (self.path / "documents").glob("*.json.gz"):
            if path.name not in kept:
                path.unlink(missing_ok=True)

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
    def locked(self, wait: float = 0.0) -> Iterator[None]:
        """Hold the folder for writing, and clear away what a killed run left half written.

        Args:
            wait: how long to wait for another run to end, seconds.

        Raises:
            BusyError: another run is writing into it.
            StoreError: the folder cannot be made or written.
        """
        with _lease(self.path, wait) if is_remote(self.path) else _lock(self.path, wait):
            self._sweep()
            yield

    @contextmanager
    def reserved(self, purpose: str) -> Iterator[None]:
        """Hold the folder for a purpose, such as ``watch``: runs may write into it, a second such process may not.

        Raises:
            BusyError: another process holds it for that.
            StoreError: the folder cannot be made or written.
        """
        with _lock(self.path, 0.0, f"{purpose}.lock"):
            yield

    def _sweep(self) -> None:
        if not is_remote(self.path):
            for folder in (self.path, self.path / "documents"):
                for partial in folder.glob("*.unfinished"):
                    partial.unlink(missing_ok=True)
        self.store.sweep()

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


@contextmanager
def _lock(path: Path, wait: float, name: str = "lock") -> Iterator[None]:
    """Lock a folder of this machine: the system releases the lock when the process ends, however it ends."""
    lock = FileLock(path / WORK / name)
    try:
        (path / WORK).mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=wait, poll_interval=0.2)
    except Timeout as error:
        raise BusyError(f"{path}: another run is writing here; wait for it or choose another --out") from error
    except (OSError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(f"{path}: cannot be written ({reason}); choose another --out") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _lease(path: Path, wait: float) -> Iterator[None]:
    """Hold a folder of an object store by an object that only one can make."""
    lock: Any = path / WORK / "lock"
    holder = f"process {os.getpid()} of {platform.node()}, since {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}"
    until = time.monotonic() + wait
    while True:
        try:
            lock.fs.pipe_file(lock.path, holder.encode(), mode="create")
            break
        except FileExistsError as error:
            if time.monotonic() >= until:
                with suppress(OSError):
                    holder = lock.read_text()
                raise BusyError(
                    f"{path}: another run is writing here ({holder}); wait for it. If it was killed, remove {lock}"
                ) from error
            time.sleep(min(5.0, max(0.1, wait)))
        except OSError as error:
            raise StoreError(f"{path}: cannot be written ({error}); check its name and your credentials") from error
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
