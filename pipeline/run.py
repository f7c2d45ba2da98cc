"""The stages in a row over many documents: ``read``, ``annotate``, ``assemble``, then the outputs.

Each stage's result is stored under a key made of everything that decides it (the input's bytes, the stage's version,
the model, the settings), one file per document and stage. So a run that was killed goes on where it stopped, a changed
rule runs again only what depends on it, and the outputs are the same as those of one unbroken run.
"""

from __future__ import annotations

import logging
import math
import multiprocessing
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property, partial
from hashlib import file_digest, sha256
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel

from pipeline import evaluation, export, ner, readers, relations
from pipeline.document import Document
from pipeline.errors import CoatmineError, ReadError, UsageError
from pipeline.folder import RunFolder, link_atomically, write_atomically
from pipeline.records import Mention, Outcome, Record
from pipeline.settings import Settings, version

_log = logging.getLogger(__name__)
_AHEAD = 4  # inputs handed out per worker: enough to keep each busy behind a slow one
_DOCUMENTS_PER_WORKER = 12  # with fewer, a second process would take longer to start than it saves

ModelT = TypeVar("ModelT", bound=BaseModel)

Stage = Literal["read", "annotate", "assemble"]

Progress = Callable[[Outcome, int, int], None]
"""Called after each input with its outcome, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did: outcomes in the order of the inputs, and where the outputs stand.

    ``seconds`` adds up the wall-clock time of each stage over all workers; a result that was stored costs little.
    """

    folder: Path
    outcomes: list[Outcome]
    seconds: Mapping[Stage, float]

    @property
    def failed(self) -> list[Outcome]:
        """The inputs that could not be read."""
        return [outcome for outcome in self.outcomes if outcome.status != "ok"]

    def as_text(self) -> str:
        """What was done, for a person."""
        pages, mentions, records = (sum(counts) for counts in zip(*self._counts(), strict=True))
        read = len(self.outcomes) - len(self.failed)
        times = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in self.seconds.items())
        reasons = Counter(outcome.status for outcome in self.failed)
        return "\n".join(
            [
                f"{read} of {len(self.outcomes)} documents read: {pages} pages, {mentions} mentions, {records} records",
                *([f"failed: {', '.join(f'{n} {status}' for status, n in reasons.items())}"] if reasons else []),
                *(f"  {outcome.status}: {outcome.message}" for outcome in self.failed),
                f"time by stage: {times or 'none'}",
                f"outputs in {self.folder}: records.csv, report.html, records.jsonl, mentions.jsonl, documents.jsonl",
            ]
        )

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "folder": str(self.folder),
            "documents": [outcome.model_dump(mode="json") for outcome in self.outcomes],
            "seconds": {stage: round(seconds, 3) for stage, seconds in self.seconds.items()},
        }

    def _counts(self) -> list[tuple[int, int, int]]:
        return [(outcome.pages, outcome.mentions, outcome.records) for outcome in self.outcomes]


@dataclass(frozen=True, slots=True)
class Done:
    """An input's outcome, and the keys under which the results of its stages are stored."""

    outcome: Outcome
    read_key: str = ""
    annotate_key: str = ""
    assemble_key: str = ""
    seconds: Mapping[Stage, float] = field(default_factory=dict)


def discover(paths: Iterable[Path]) -> list[Path]:
    """The input files, each once: a folder stands for the documents below it, in the order of their names.

    A path that does not exist, and a folder without documents, stay in the list and fail on their own when read.
    """
    found: dict[Path, None] = {}
    for path in paths:
        below = sorted(p for p in path.rglob("*") if _is_input(p)) if path.is_dir() else []
        found.update(dict.fromkeys(below or [path]))
    return list(found)


def _is_input(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts[-2:])
    return path.is_file() and path.suffix.lower() in readers.SUFFIXES and not hidden


class Stages:
    """The three stages over one document at a time, each looked up in the folder's store before it is run.

    A context manager: it holds the process that parses, and the model once it was needed.
    """

    def __init__(self, out: Path, settings: Settings, *, force: bool = False) -> None:
        self.folder = RunFolder(out)
        self._settings = settings
        self._force = force
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._reader = self._stack.enter_context(readers.Reader(self._settings.limits))
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    @cached_property
    def _nlp(self) -> Any:
        return ner.load(self._settings.model)

    @cached_property
    def _made_by(self) -> dict[str, str]:
        return {
            "coatmine": version(),
            "reader": readers.VERSION,
            "recognition": ner.VERSION,
            "model": ner.describe(self._nlp),
            "relations": relations.VERSION,
            "channels": ",".join(self._settings.channels),
        }

    def read(self, path: Path) -> tuple[str, Document]:
        """The document in this file, and its key.

        Raises:
            ReadError: it cannot be read.
        """
        key = _key(readers.VERSION, _digest(path), path.name)
        if stored := self._stored("read", key):
            return key, Document.from_json(stored)
        document = self._reader.read(path)
        self.folder.store.put("read", key, document.to_json().encode())
        return key, document

    def annotate(self, read_key: str, document: Document) -> tuple[str, list[Mention]]:
        """The document's mentions, and their key."""
        key = _key(read_key, ner.VERSION, self._made_by["model"])
        if (stored := self._stored("annotate", key)) is not None:
            return key, _from_lines(Mention, stored)
        mentions = ner.annotate(document, self._nlp)
        self.folder.store.put("annotate", key, _to_lines(mentions))
        return key, mentions

    def assemble(self, annotate_key: str, document: Document, mentions: list[Mention]) -> tuple[str, list[Record]]:
        """The document's records, and their key."""
        key = _key(annotate_key, *(f"{name}={value}" for name, value in self._made_by.items()))
        if (stored := self._stored("assemble", key)) is not None:
            return key, _from_lines(Record, stored)
        records = relations.assemble(document, mentions, self._settings.channels, made_by=self._made_by)
        self.folder.store.put("assemble", key, _to_lines(records))
        return key, records

    def process(self, path: Path, last: Stage = "assemble") -> Done:
        """Take one input through the stages to the last; what is wrong with it is an outcome, not an exception."""
        try:
            return self._process(path, last)
        except ReadError as error:
            return Done(Outcome(source=str(path), status=error.status, message=error.message))
        except CoatmineError:
            raise  # not this input's fault: no model, no room
        except Exception as error:  # a fault of ours costs its own document and nothing else
            _log.exception("%s", path)
            message = f"{path}: {type(error).__name__}: {error}; this is a fault in coatmine, please report it"
            return Done(Outcome(source=str(path), status="failed", message=message))

    def _process(self, path: Path, last: Stage) -> Done:
        clock = _Clock()
        read_key, document = self.read(path)
        clock.stop("read")
        outcome = Outcome(
            source=str(path),
            status="ok",
            document_id=document.id,
            title=document.metadata.title,
            doi=document.metadata.doi,
            pages=len(document.pages),
            warnings=document.warnings,
        )
        if last == "read":
            return Done(outcome, read_key, seconds=clock.seconds)
        annotate_key, mentions = self.annotate(read_key, document)
        clock.stop("annotate")
        outcome = outcome.model_copy(update={"mentions": len(mentions)})
        if last == "annotate":
            return Done(outcome, read_key, annotate_key, seconds=clock.seconds)
        assemble_key, records = self.assemble(annotate_key, document, mentions)
        clock.stop("assemble")
        outcome = outcome.model_copy(update={"records": len(records)})
        return Done(outcome, read_key, annotate_key, assemble_key, clock.seconds)

    def _stored(self, stage: str, key: str) -> bytes | None:
        return None if self._force else self.folder.store.get(stage, key)


class _Clock:
    """Wall-clock time between stops."""

    def __init__(self) -> None:
        self.seconds: dict[Stage, float] = {}
        self._since = perf_counter()

    def stop(self, stage: Stage) -> None:
        now = perf_counter()
        self.seconds[stage] = now - self._since
        self._since = now


def _key(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()


def _digest(path: Path) -> str:
    if path.is_dir():
        kinds = ", ".join(sorted(readers.SUFFIXES))
        raise ReadError("not_a_document", f"{path}: no documents below this folder; coatmine reads {kinds}")
    try:
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ReadError("failed", f"{path}: cannot be opened ({error.strerror}); check the path") from error


def _to_lines(items: Iterable[BaseModel]) -> bytes:
    return b"".join(item.model_dump_json().encode() + b"\n" for item in items)


def _from_lines(model: type[ModelT], data: bytes) -> list[ModelT]:
    return [model.model_validate_json(line) for line in data.splitlines()]


def extract(
    paths: Iterable[Path],
    out: Path,
    settings: Settings | None = None,
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Read, annotate and assemble all inputs, and write the run's outputs into ``out``.

    Args:
        paths: files, and folders that are searched for documents.
        out: the run's folder; a folder of an earlier run is brought up to date.
        settings: channels, model, worker processes and limits.
        force: run every stage again, also where a stored result would do.
        progress: told after each input.

    Raises:
        UsageError: nothing to read, or another run writes into ``out``.
        StoreError: ``out`` cannot be written.
        ModelError: the model cannot be loaded.
    """
    settings = settings or Settings()
    inputs = discover(paths)
    if not inputs:
        raise UsageError("nothing to read: name at least one file or folder")
    with RunFolder(out).locked():
        done = []
        for each in process(inputs, out, settings, force=force):
            done.append(each)
            if progress:
                progress(each.outcome, len(done), len(inputs))
        return publish(out, done)


def process(
    inputs: list[Path], out: Path, settings: Settings, *, last: Stage = "assemble", force: bool = False
) -> Iterator[Done]:
    """Take the inputs through the stages to the last, on as many processes as ``settings.jobs`` says, in order."""
    jobs = settings.jobs or min(os.cpu_count() or 1, math.ceil(len(inputs) / _DOCUMENTS_PER_WORKER))
    if jobs == 1:
        with Stages(out, settings, force=force) as stages:
            for path in inputs:
                yield stages.process(path, last)
        return
    yield from _on_workers(inputs, jobs, partial(_work, last=last), (out, settings, force))


def _on_workers(
    inputs: list[Path], jobs: int, work: Callable[[Path], Done], start: tuple[Path, Settings, bool]
) -> Iterator[Done]:
    """Spread the inputs over worker processes; the results come in the order of the inputs.

    Only a few inputs are handed out ahead, so that memory does not grow with their number. When a worker dies (the
    system was out of memory, say) the inputs under way are done again one by one, and only the culprit fails.
    """
    waiting = iter(inputs)
    running: deque[tuple[Path, Future[Done]]] = deque()
    with ExitStack() as stack:
        pool = stack.enter_context(_pool(jobs, start))
        while True:
            for path in islice(waiting, jobs * _AHEAD - len(running)):
                running.append((path, pool.submit(work, path)))
            if not running:
                return
            path, future = running.popleft()
            try:
                yield future.result()
            except BrokenProcessPool:
                stack.close()
                for each in (path, *(path for path, _ in running)):
                    yield _alone(each, work, start)
                running.clear()
                pool = stack.enter_context(_pool(jobs, start))


def _alone(path: Path, work: Callable[[Path], Done], start: tuple[Path, Settings, bool]) -> Done:
    try:
        with _pool(1, start) as pool:
            return pool.submit(work, path).result()
    except BrokenProcessPool:
        message = f"{path}: the process that worked on it was killed, perhaps for want of memory; try it with --jobs 1"
        return Done(Outcome(source=str(path), status="failed", message=message))


def _pool(jobs: int, start: tuple[Path, Settings, bool]) -> ProcessPoolExecutor:
    # Spawned, not forked: a fork of a process with threads (spaCy's, Prefect's) can hang.
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _start_worker, start)


_worker: Stages | None = None


def _start_worker(out: Path, settings: Settings, force: bool) -> None:
    global _worker  # noqa: PLW0603 - one per worker process, so that the model is loaded once
    _worker = Stages(out, settings, force=force).__enter__()


def _work(path: Path, last: Stage) -> Done:
    assert _worker is not None  # noqa: S101 - set by the pool's initialiser
    return _worker.process(path, last)


def publish(out: Path, done: list[Done]) -> Summary:
    """Write the outputs of a run from what its stages stored. A file met twice (the same bytes) is published once."""
    folder = RunFolder(out)
    first: dict[str, str] = {}
    kept, outcomes = [], []
    for each in done:
        outcome = each.outcome
        if outcome.document_id in first:
            message = f"the same bytes as {first[outcome.document_id]}; its records stand there"
            outcome = outcome.model_copy(update={"message": message, "mentions": 0, "records": 0})
        elif outcome.document_id:
            first[outcome.document_id] = outcome.source
            kept.append(each)
        outcomes.append(outcome)
    write_atomically(out / "documents.jsonl", [_to_lines(outcomes)])
    write_atomically(out / "mentions.jsonl", (folder.store.need("annotate", each.annotate_key) for each in kept))
    write_atomically(out / "records.jsonl", (folder.store.need("assemble", each.assemble_key) for each in kept))
    for each in kept:
        link_atomically(folder.store.path("read", each.read_key), folder.document_path(str(each.outcome.document_id)))
    export.write_records_csv(folder)
    export.write_report(folder)
    seconds: dict[Stage, float] = {}
    for each in done:
        for stage, spent in each.seconds.items():
            seconds[stage] = seconds.get(stage, 0.0) + spent
    return Summary(out, outcomes, seconds)


def build_gold(review: Path, out: Path, settings: Settings | None = None) -> str:
    """Draft a gold set in ``out`` from the tables of a review; what was written, and what a curator does next.

    Raises:
        ReadError: the review cannot be read.
        StoreError: ``out`` cannot be written.
    """
    settings = settings or Settings(channels=("table",))
    with readers.Reader(settings.limits) as reader:
        document = reader.read(review)
    mentions = ner.annotate(document, ner.load(settings.model))
    records = relations.assemble(document, mentions, ("table",))
    return str(evaluation.build(document, mentions, records, out))
