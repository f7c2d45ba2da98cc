"""The three stages over one document: ``read``, ``annotate``, ``assemble``.

Each stage's result is stored under a key made of everything that decides it: the input's bytes, the code of the stage,
the model, the settings. So a changed rule runs again only what depends on it, and the outcome of an input is known
from its bytes alone, without a look at the results.
"""

from __future__ import annotations

import gc
import logging
import stat
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import file_digest, sha256
from pathlib import Path
from time import perf_counter
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel

from pipeline import ner, readers, relations
from pipeline.bibliography import Bibliography, described, read_bibliography
from pipeline.document import Document, printable
from pipeline.errors import CoatmineError, ReadError, Status, StoreError
from pipeline.folder import RunFolder, is_remote
from pipeline.readers.ocr import engines
from pipeline.records import Mention, Outcome, Record
from pipeline.roles import recognition_dir, roles_dir
from pipeline.scanned import mark_mentions, mark_records
from pipeline.settings import Settings, fingerprint, models_dir, version

_log = logging.getLogger(__name__)
ModelT = TypeVar("ModelT", bound=BaseModel)

Stage = Literal["read", "annotate", "assemble"]
Part = Stage | Literal["start", "publish"]
"""What a run's time goes to: its stages, loading the model before them, writing the table and the report after them."""
STAGES: tuple[Stage, ...] = ("read", "annotate", "assemble")
DOING: dict[Stage, str] = {
    "read": "reading it",
    "annotate": "finding the names in it",
    "assemble": "making records of it",
}
"""What each stage does, as a message says it."""
Around = Callable[[Stage], AbstractContextManager[None]]
"""What is done around each stage: to limit it, and to tell that it begins."""

# What the bytes decide: to read them again would end the same. Time, memory and missing files may end otherwise.
_LASTING: frozenset[Status] = frozenset({"no_text_layer", "encrypted", "not_a_document", "damaged"})


@dataclass(frozen=True, slots=True)
class Done:
    """An input's outcome, the key of each stage's stored result, and the seconds that each part took."""

    outcome: Outcome
    keys: Mapping[Stage, str] = field(default_factory=dict)
    seconds: Mapping[Part, float] = field(default_factory=dict)


class Stages:
    """The three stages over one document at a time, each looked up in the folder's store before it is run.

    A context manager: it holds the process that parses, and the model once it was needed.
    """

    def __init__(
        self, out: Path, settings: Settings, *, force: bool = False, around: Around = lambda _: nullcontext()
    ) -> None:
        self.folder = RunFolder(out)
        self._settings = settings
        self._force = force
        self._around = around
        self._stage: Stage = "read"
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        ocr, secret = self._settings.ocr, self._settings.secret
        self._reader = self._stack.enter_context(
            readers.Reader(self._settings.limits, secret, ocr=ocr, ocr_jobs=self._settings.jobs, tell=_log.info)
        )
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    @cached_property
    def _nlp(self) -> Any:
        gc.disable()  # nothing is garbage yet, and what is loaded stays: later collections pass it over
        try:
            return ner.load(self._settings.model, self._settings.roles, self._settings.lexicon)
        finally:
            gc.freeze()
            gc.enable()

    @cached_property
    def _reader_version(self) -> str:
        words = fingerprint(models_dir() / "lexicons")  # they settle hyphens at the ends of lines
        return f"{readers.VERSION}+{_code('readers')}+{words}"

    @cached_property
    def _made_by(self) -> dict[str, str]:
        own = [self._settings.lexicon] if self._settings.lexicon else []
        data = fingerprint(self._nlp.path, models_dir() / "lexicons", recognition_dir(), *own)
        return {
            "coatmine": version(),
            "reader": self._reader_version,
            "recognition": _code("ner", "roles", "linking", "tabular", "sentences.py", "sections.py"),
            "model": f"{ner.describe(self._nlp)}+{data}",
            "roles": fingerprint(roles_dir(), *([self._settings.roles] if self._settings.roles else [])),
            "relations": f"{relations.VERSION}+{_code('relations', 'roles', 'tabular', 'sentences.py', 'sections.py')}",
            "scorer": fingerprint(relations.weights_file()),
            "channels": ",".join(self._settings.channels),
        }

    @cached_property
    def _generations(self) -> dict[Stage, str]:
        """For each stage, what stands for all code and the model that its results depend on."""
        made_by = [f"{name}={value}" for name, value in self._made_by.items() if name != "channels"]
        return {
            "read": _key(self._reader_version)[:12],
            "annotate": _key(
                self._reader_version, *(self._made_by[part] for part in ("recognition", "model", "roles"))
            )[:12],
            "assemble": _key(*made_by)[:12],
        }

    @cached_property
    def _engine(self) -> str:
        return engines.name() if self._settings.ocr else ""

    def _keys(self, name: str, digest: str) -> dict[Stage, str]:
        """Under what the results for a file stand or would stand: its name and bytes, the code, model, settings.

        The first time, the model is loaded.
        """
        input_key = _key(digest, name, self._settings.secret or "", self._engine)
        generations = self._generations
        named = _key(input_key, self._bibliography.digest) if self._bibliography else input_key
        assembled = _key(named, ",".join(self._settings.channels))
        return {
            "read": f"{generations['read']}-{named}",
            "annotate": f"{generations['annotate']}-{input_key}",
            "assemble": f"{generations['assemble']}-{assembled}",
        }

    @cached_property
    def _bibliography(self) -> Bibliography | None:
        return read_bibliography(self._settings.bibliography) if self._settings.bibliography else None

    def read(self, keys: Mapping[Stage, str], path: Path, content: bytes) -> Document:
        """The document in a file of these bytes, with what the bibliography says of it.

        Raises:
            ReadError: it cannot be read.
            UsageError: the bibliography cannot.
        """
        if stored := self._stored("read", keys["read"]):
            return Document.from_json(stored)
        bare = f"{self._generations['read']}-{keys['annotate'].rpartition('-')[2]}"  # whatever the bibliography says
        document = self._parse(bare, path, content)
        entry = self._bibliography.find(document, path.name) if self._bibliography else None
        if entry is not None:
            document = described(document, entry)
        if keys["read"] != bare:
            self.folder.store.put("read", keys["read"], document.to_json().encode())
        return document

    def _parse(self, key: str, path: Path, content: bytes) -> Document:
        if stored := self._stored("read", key):
            return Document.from_json(stored)
        # Its name only, as in the key: where the file stands today is told by its outcome.
        document = self._reader.read(path, content)
        document = document.model_copy(update={"source": printable(path.name)})
        self.folder.store.put("read", key, document.to_json().encode())
        return document

    def annotate(self, key: str, document: Document) -> list[Mention]:
        """The document's mentions."""
        if (stored := self._stored("annotate", key)) is not None:
            return from_lines(Mention, stored)
        mentions = mark_mentions(document, ner.annotate(document, self._nlp))
        self.folder.store.put("annotate", key, to_lines(mentions))
        return mentions

    def assemble(self, key: str, document: Document, mentions: list[Mention]) -> list[Record]:
        """The document's records."""
        if (stored := self._stored("assemble", key)) is not None:
            return from_lines(Record, stored)
        settings = self._settings
        made = relations.assemble(
            document, mentions, settings.channels, made_by=self._made_by, lexicon=settings.lexicon
        )
        records = mark_records(mentions, made)
        self.folder.store.put("assemble", key, to_lines(records))
        return records

    def process(self, path: Path, last: Stage = "assemble") -> Done:
        """Run all stages on one input; its faults are an outcome, not an exception."""
        try:
            with _local(path) as file:
                done = self._process(file, last)
            return replace(done, outcome=done.outcome.model_copy(update={"source": printable(str(path))}))
        except ReadError as error:
            return Done(Outcome(source=str(path), status=error.status, message=error.message))
        except CoatmineError:
            raise  # not this input's fault: no model, no room
        except MemoryError:
            message = (
                f"{path}: {DOING[self._stage]} needs more than {self._settings.limits.memory_mb} MB; raise the limit"
                " (--limit memory_mb=N) or give the parts of a very long document as files of their own"
            )
            return Done(Outcome(source=str(path), status="too_large", message=message))
        except Exception as error:  # a fault of ours costs its own document and nothing else
            _log.exception("%s", path)
            message = f"{path}: {_told(error)}; this is a fault in coatmine, please report it"
            return Done(Outcome(source=str(path), status="failed", message=message))

    def _process(self, path: Path, last: Stage) -> Done:
        clock = _Clock()
        self._reader.start()
        _ = self._generations  # loads the model
        clock.stop("start")
        with self._part("read"):
            keys = self._keys(path.name, _digest(path))
            if known := self._known(keys, last):
                clock.stop("read")
                return Done(known, keys if known.status == "ok" else {}, clock.seconds)
            content = readers.load(path, self._settings.limits)
            keys = self._keys(path.name, sha256(content).hexdigest())  # the file may have changed since
            try:
                document = self.read(keys, path, content)
            except ReadError as error:
                if error.status in _LASTING:
                    self._remember(keys["read"], Outcome(source=path.name, status=error.status, message=error.message))
                raise
        clock.stop("read")
        outcome = Outcome(
            source=path.name,
            status="ok",
            document_id=document.id,
            title=document.metadata.title,
            doi=document.metadata.doi,
            authors=document.metadata.authors,
            year=document.metadata.year,
            journal=document.metadata.journal,
            citekey=self._citekey(document),
            pages=len(document.pages),
            warnings=document.warnings,
        )
        if last != "read":
            with self._part("annotate"):
                mentions = self.annotate(keys["annotate"], document)
            clock.stop("annotate")
            outcome = outcome.model_copy(update={"mentions": len(mentions)})
        if last == "assemble":
            with self._part("assemble"):
                records = self.assemble(keys["assemble"], document, mentions)
            clock.stop("assemble")
            warnings = (*outcome.warnings, *relations.rows_without_study(records))
            why = (
                ""
                if records
                else relations.silence(document, mentions, self._settings.channels, self._settings.lexicon)
            )
            outcome = outcome.model_copy(update={"records": len(records), "warnings": warnings, "message": why})
        self._remember(keys[last], outcome)
        return Done(outcome, keys, clock.seconds)

    def _part(self, stage: Stage) -> AbstractContextManager[None]:
        self._stage = stage
        return self._around(stage)

    def _citekey(self, document: Document) -> str | None:
        entry = self._bibliography.find(document, document.source) if self._bibliography else None
        return entry.citekey if entry else None

    def _known(self, keys: Mapping[Stage, str], last: Stage) -> Outcome | None:
        """The outcome of these bytes before, if everything that came of them still stands."""
        stored = self._stored("outcome", keys[last])
        if stored is not None and all(self.folder.store.has(stage, keys[stage]) for stage in _up_to(last)):
            return Outcome.model_validate_json(stored)
        stored = self._stored("outcome", keys["read"])
        refused = Outcome.model_validate_json(stored) if stored else None
        return refused if refused and refused.status != "ok" else None

    def _remember(self, key: str, outcome: Outcome) -> None:
        self.folder.store.put("outcome", key, outcome.model_dump_json().encode())

    def _stored(self, stage: Stage | Literal["outcome"], key: str) -> bytes | None:
        return None if self._force else self.folder.store.get(stage, key)


class _Clock:
    """Wall-clock time between stops."""

    def __init__(self) -> None:
        self.seconds: dict[Part, float] = {}
        self._since = perf_counter()

    def stop(self, part: Part) -> None:
        now = perf_counter()
        self.seconds[part] = now - self._since
        self._since = now


def _code(*names: str) -> str:
    """What tells two states of the stage's code apart, so that a changed rule is never taken for the old one."""
    return fingerprint(*(Path(__file__).parent / name for name in (*names, "document.py", "records.py")))


def _up_to(last: Stage) -> tuple[Stage, ...]:
    return STAGES[: STAGES.index(last) + 1]


@contextmanager
def _local(path: Path) -> Iterator[Path]:
    """The file on this machine's own disk: itself, or a copy of what stands elsewhere."""
    if not is_remote(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="coatmine-") as folder:
        copy = Path(folder) / path.name
        remote: Any = path
        try:
            remote.fs.get_file(remote.path, str(copy))
        except FileNotFoundError as error:
            raise ReadError("failed", f"{path} does not exist: check the path.") from error
        except OSError as error:
            raise StoreError(f"{path}: cannot be fetched ({error}); check the connection and run again") from error
        yield copy


def train(
    marked: Iterable[Path], dev: Iterable[Path], out: Path, *, data: Path | None, recipe: Path | None, steps: int | None
) -> Path:
    """Learn the pipeline's ``ner`` from folders of marked texts; see :func:`pipeline.ner.training.train`."""
    from pipeline.evaluation.voices import read_voice
    from pipeline.ner import training

    def passages(folders: Iterable[Path]) -> list[training.CorpusText]:
        return [
            training.CorpusText(
                text.id, text.voice, text.text, tuple(training.CorpusMark(m.start, m.end, m.label) for m in text.marks)
            )
            for folder in folders
            for text in read_voice(folder)
        ]

    return training.train(passages(marked), passages(dev), out, data=data, recipe=recipe, steps=steps)


def _key(*parts: str) -> str:
    # a name may hold bytes that are not UTF-8
    return sha256("\x1f".join(parts).encode(errors="surrogateescape")).hexdigest()


def _told(error: Exception) -> str:
    """What went wrong and where in the code."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(where.filename).name}, line {where.lineno})"


def _digest(path: Path) -> str:
    if path.is_dir():
        kinds = ", ".join(sorted(readers.SUFFIXES))
        raise ReadError("not_a_document", f"{path}: no documents below this folder; coatmine reads {kinds}")
    try:
        if readers.set_of(path):
            return sha256(readers.load(path)).hexdigest()
        if not stat.S_ISREG(path.stat().st_mode):  # to open a pipe is to wait for whoever writes into it
            raise ReadError("not_a_document", f"{path} is a device or a pipe: save what it gives to a file.")
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ReadError("failed", f"{path}: cannot be opened ({error.strerror}); check the path") from error


def to_lines(items: Iterable[BaseModel]) -> bytes:
    """The items as JSON Lines."""
    return b"".join(item.model_dump_json().encode() + b"\n" for item in items)


def from_lines(model: type[ModelT], data: bytes) -> list[ModelT]:
    """The items of JSON Lines."""
    return [model.model_validate_json(line) for line in data.splitlines()]
