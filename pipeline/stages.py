"""The three stages over one document: ``read``, ``annotate``, ``assemble``.

Each stage's result is stored under a key made of everything that decides it: the input's bytes, the code of the stage,
the model, the settings. So a changed rule runs again only what depends on it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import file_digest, sha256
from pathlib import Path
from time import perf_counter
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel

from pipeline import ner, readers, relations
from pipeline.document import Document
from pipeline.errors import CoatmineError, ReadError
from pipeline.folder import RunFolder
from pipeline.records import Mention, Outcome, Record
from pipeline.settings import Settings, fingerprint, models_dir, version

_log = logging.getLogger(__name__)
ModelT = TypeVar("ModelT", bound=BaseModel)

Stage = Literal["read", "annotate", "assemble"]


@dataclass(frozen=True, slots=True)
class Done:
    """An input's outcome, and the keys under which the results of its stages are stored."""

    outcome: Outcome
    read_key: str = ""
    annotate_key: str = ""
    assemble_key: str = ""
    seconds: Mapping[Stage, float] = field(default_factory=dict)


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
    def _reader_version(self) -> str:
        return f"{readers.VERSION}+{_code('readers')}"

    @cached_property
    def _made_by(self) -> dict[str, str]:
        return {
            "coatmine": version(),
            "reader": self._reader_version,
            "recognition": f"{ner.VERSION}+{_code('ner', 'linking', 'tabular', 'sentences.py')}",
            "model": f"{ner.describe(self._nlp)}+{fingerprint(self._nlp.path, models_dir() / 'lexicons')}",
            "relations": f"{relations.VERSION}+{_code('relations', 'tabular', 'sentences.py')}",
            "channels": ",".join(self._settings.channels),
        }

    def read(self, path: Path) -> tuple[str, Document]:
        """The document in this file, and its key.

        Raises:
            ReadError: it cannot be read.
        """
        key = _key(self._reader_version, _digest(path), path.name)
        if stored := self._stored("read", key):
            return key, Document.from_json(stored)
        document = self._reader.read(path)
        self.folder.store.put("read", key, document.to_json().encode())
        return key, document

    def annotate(self, read_key: str, document: Document) -> tuple[str, list[Mention]]:
        """The document's mentions, and their key."""
        key = _key(read_key, self._made_by["recognition"], self._made_by["model"])
        if (stored := self._stored("annotate", key)) is not None:
            return key, _from_lines(Mention, stored)
        mentions = ner.annotate(document, self._nlp)
        self.folder.store.put("annotate", key, to_lines(mentions))
        return key, mentions

    def assemble(self, annotate_key: str, document: Document, mentions: list[Mention]) -> tuple[str, list[Record]]:
        """The document's records, and their key."""
        key = _key(annotate_key, *(f"{name}={value}" for name, value in self._made_by.items()))
        if (stored := self._stored("assemble", key)) is not None:
            return key, _from_lines(Record, stored)
        records = relations.assemble(document, mentions, self._settings.channels, made_by=self._made_by)
        self.folder.store.put("assemble", key, to_lines(records))
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


def _code(*names: str) -> str:
    """What tells two states of the stage's code apart, so that a changed rule is never taken for the old one."""
    return fingerprint(*(Path(__file__).parent / name for name in (*names, "document.py", "records.py")))


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


def to_lines(items: Iterable[BaseModel]) -> bytes:
    """The items as JSON Lines."""
    return b"".join(item.model_dump_json().encode() + b"\n" for item in items)


def _from_lines(model: type[ModelT], data: bytes) -> list[ModelT]:
    return [model.model_validate_json(line) for line in data.splitlines()]
