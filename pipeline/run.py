"""Run the stages over many documents, then write the outputs.

Each stage's result is stored in the run's folder, so a run that was killed goes on where it stopped, and its outputs
are the same as those of one unbroken run.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from dataclasses import replace as changed
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from pipeline import export, ner, opinion, readers, relations, workers
from pipeline.document import Document
from pipeline.errors import CoatmineError
from pipeline.folder import RunFolder, link_atomically, place, write_atomically, writing
from pipeline.inputs import Plan, discover, plan
from pipeline.records import SAME_BYTES, Mention, Outcome, Record
from pipeline.settings import Settings
from pipeline.stages import Done, Part, Stage, from_lines, to_lines
from pipeline.workers import sensible_jobs

if TYPE_CHECKING:
    from pipeline import evaluation

__all__ = ["OUTPUTS", "Progress", "Summary", "baselines", "build_gold", "discover", "extract", "plan", "publish"]

_log = logging.getLogger(__name__)

OUTPUTS = ("records.csv", "records.xlsx", "report.html", "records.jsonl", "mentions.jsonl", "documents.jsonl")
"""The files of a run that people and programs open."""

Progress = Callable[[Outcome, int, int], None]
"""Called after each input with its outcome, how many are done, and how many there are."""


Process = Callable[[list[Path], Path, Settings], Generator[Done, None, None]]
"""Takes inputs through the stages, with a run's folder and settings, and gives the outcome of them in their order."""

_FAILURES_SHOWN = 20


@dataclass(slots=True)
class Summary:
    """What a run did, and where the outputs stand.

    ``kept`` counts the papers of earlier calls that this one did not name and that stay, among the ``inputs``.
    ``silent`` counts the papers that were read and gave no record, by the reason.
    ``seconds`` adds up the wall-clock time of each part over all workers; a result that was stored costs little.
    """

    folder: Path
    inputs: int = 0
    pages: int = 0
    mentions: int = 0
    records: int = 0
    kept: int = 0
    failed: list[Outcome] = field(default_factory=list)
    silent: Counter[str] = field(default_factory=Counter)
    seconds: dict[Part, float] = field(default_factory=dict)

    @property
    def outcomes(self) -> list[Outcome]:
        """The outcome of each input, in their order."""
        return list(RunFolder(self.folder).outcomes())

    @property
    def reasons(self) -> dict[str, int]:
        """How many inputs failed, by status; the most frequent first."""
        return dict(Counter(outcome.status for outcome in self.failed).most_common())

    def add(self, outcome: Outcome, seconds: Mapping[Part, float]) -> None:
        """Count one more input."""
        self.inputs += 1
        self.pages += outcome.pages
        self.mentions += outcome.mentions
        self.records += outcome.records
        if outcome.status != "ok":
            self.failed.append(outcome)
        if outcome.is_bare:
            self.silent[outcome.message or "no record"] += 1
        for part, spent in seconds.items():
            self.seconds[part] = self.seconds.get(part, 0.0) + spent

    def as_text(self) -> str:
        """What was done, for a person."""
        read = self.inputs - len(self.failed)
        times = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in self.seconds.items())
        lines = [
            f"{read} of {self.inputs} documents read: {self.pages} pages, {self.mentions} mentions, "
            f"{self.records} records"
        ]
        if self.kept:
            lines.append(f"{self.kept} of them from earlier calls, kept; --replace would drop them")
        lines += [f"{count} with {reason}" for reason, count in self.silent.most_common()]
        if self.failed:
            lines.append(f"failed: {', '.join(f'{n} {status}' for status, n in self.reasons.items())}")
            lines += [f"  {outcome.status}: {outcome.message}" for outcome in self.failed[:_FAILURES_SHOWN]]
        if (more := len(self.failed) - _FAILURES_SHOWN) > 0:
            lines.append(f"  and {more} more: see documents.jsonl")
        lines.append(f"time by stage: {times or 'none'}")
        lines.append(f"outputs in {self.folder}: {', '.join(n for n in OUTPUTS if (self.folder / n).is_file())}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "folder": str(self.folder),
            "read": self.inputs - len(self.failed),
            "kept": self.kept,
            "failed": self.reasons,
            "without_record": dict(self.silent.most_common()),
            "pages": self.pages,
            "mentions": self.mentions,
            "records": self.records,
            "documents": [outcome.model_dump(mode="json") for outcome in self.outcomes],
            "seconds": {part: round(seconds, 3) for part, seconds in self.seconds.items()},
        }


def extract(
    paths: Iterable[Path | str],
    out: Path | str,
    settings: Settings | None = None,
    *,
    force: bool = False,
    replace: bool = False,
    wait: float = 0.0,
    progress: Progress | None = None,
    process: Process | None = None,
    tell: Callable[[str], None] | None = None,
) -> Summary:
    """Read, annotate and assemble all inputs, and write the run's outputs into ``out``.

    Args:
        paths: files, and folders that are searched for documents; URLs such as ``s3://bucket/papers`` too.
        out: the run's folder; the folder of an earlier run is updated, and new papers are added.
        settings: channels, model, worker processes and limits.
        force: run every stage again, even where a result is stored.
        replace: remove papers from ``out`` that ``paths`` do not name.
        wait: seconds to wait for another run that uses ``out``.
        progress: called after each input.
        process: runs the stages, in place of :func:`pipeline.workers.process`.
        tell: called with what the language model was asked so far, if ``settings.llm`` names one.

    Raises:
        UsageError: nothing to read, ``paths`` name only some of the papers that ``out`` holds (see
            :func:`~pipeline.inputs.plan`), or another run writes into ``out``.
        StoreError: ``out`` cannot be written.
        ModelError: the model cannot be loaded.
    """
    settings = settings or Settings()
    given, out = [place(path) for path in paths], place(out)
    plan(given, out, replace=replace)  # refuses before the folder is made
    with RunFolder(out).locked(wait):
        work = plan(given, out, replace=replace)  # another run may have ended since
        taken = process or partial(workers.process, force=force)
        second = _Second(out, settings, work, force=force, tell=tell)
        with closing(taken(work.inputs, out, settings)) as done:
            summary = publish(out, _told(second.with_opinions(done), len(work.inputs), progress), settings.jobs, work)
        second.write()
        return summary


def _told(done: Iterable[Done], total: int, progress: Progress | None) -> Iterator[Done]:
    for number, each in enumerate(done, 1):
        if progress:
            progress(each.outcome, number, total)
        yield each


class _Second:
    """Second opinions on the documents of a run, where its settings name a language model; else nothing is done."""

    def __init__(
        self, out: Path, settings: Settings, work: Plan, *, force: bool, tell: Callable[[str], None] | None
    ) -> None:
        self._store = RunFolder(out).store
        self._path = out / "opinions.jsonl"
        self._channels = settings.channels
        self._asker = opinion.Asker(settings.llm, self._store, force=force, tell=tell) if settings.llm else None
        kept = {str(outcome.document_id) for outcome in work.carried}
        self._kept = list(_lines_about(self._path, kept)) if self._path.is_file() else []
        self._opinions: dict[str, list[opinion.Opinion]] = {}

    def with_opinions(self, done: Iterable[Done]) -> Iterator[Done]:
        """The same, with what the opinions add to mentions and records."""
        for each in done:
            yield self._on(each, self._asker) if self._asker and each.outcome.records else each

    def write(self) -> None:
        """Put opinions.jsonl beside the other outputs, or take an earlier run's away."""
        lines = [*self._kept, *map(to_lines, self._opinions.values())]
        if lines:
            write_atomically(self._path, lines)
        else:
            self._path.unlink(missing_ok=True)

    def _on(self, each: Done, asker: opinion.Asker) -> Done:
        keys, outcome = each.keys, each.outcome
        document = Document.from_json(self._store.need("read", keys["read"]))
        mentions = from_lines(Mention, self._store.need("annotate", keys["annotate"]))
        records = from_lines(Record, self._store.need("assemble", keys["assemble"]))
        try:
            revised = opinion.with_opinions(document, mentions, records, asker, self._channels)
        except CoatmineError:
            raise  # no room, say
        except Exception as error:  # a fault of ours costs the opinion and nothing else
            _log.exception("%s", outcome.source)
            fault = f"no opinion of a language model: {type(error).__name__}: {error}; please report it"
            return changed(each, outcome=outcome.model_copy(update={"warnings": (*outcome.warnings, fault)}))
        self._opinions[document.id] = revised.opinions
        stored: dict[Stage, str] = {
            "annotate": self._kept_as("annotate", keys["annotate"], to_lines(revised.mentions)),
            "assemble": self._kept_as("assemble", keys["assemble"], to_lines(revised.records)),
        }
        warnings = (*outcome.warnings, *revised.warnings)
        told = outcome.model_copy(update={"mentions": len(revised.mentions), "warnings": warnings})
        return changed(each, outcome=told, keys={**keys, **stored})

    def _kept_as(self, stage: Stage, key: str, data: bytes) -> str:
        """Store what a stage's result became, under a key of its own; that key."""
        own = f"{key.partition('-')[0]}-{sha256(data).hexdigest()}"
        self._store.put(stage, own, data)
        return own


def publish(out: Path, done: Iterable[Done], jobs: int | None = None, work: Plan | None = None) -> Summary:
    """Write the outputs of a run from what its stages stored, as their results come.

    A file met twice (the same bytes) is published once. Of the documents only what is counted stays in memory, and an
    earlier run's outputs stand until these are whole. ``jobs`` processes draw the report's pictures (None: as many as
    the documents are worth). What ``work`` carries over from the earlier run comes first.
    """
    folder = RunFolder(out)
    summary = Summary(out, kept=work.kept if work else 0)
    first: dict[str, str] = {}
    generations: set[str] = set()
    with (
        writing(out / "documents.jsonl") as documents,
        writing(out / "mentions.jsonl") as mentions,
        writing(out / "records.jsonl") as records,
    ):
        for outcome in work.carried if work else []:
            first[str(outcome.document_id)] = outcome.source
            documents.write(to_lines([outcome]))
            summary.add(outcome, {})
        for name, stream in (("mentions.jsonl", mentions), ("records.jsonl", records)):
            stream.writelines(_lines_about(out / name, set(first)))
        for each in done:
            outcome = each.outcome
            if outcome.document_id in first:
                message = f"{SAME_BYTES}{first[outcome.document_id]}; its records stand there"
                outcome = outcome.model_copy(update={"message": message, "mentions": 0, "records": 0})
            elif outcome.document_id:
                first[outcome.document_id] = outcome.source
                mentions.write(folder.store.need("annotate", each.keys["annotate"]))
                records.write(folder.store.need("assemble", each.keys["assemble"]))
                link_atomically(folder.store.path("read", each.keys["read"]), folder.document_path(outcome.document_id))
            documents.write(to_lines([outcome]))
            generations.update(key.partition("-")[0] for key in each.keys.values())
            summary.add(outcome, each.seconds)
    begun = perf_counter()
    folder.keep_documents(first)
    export.write_products(folder, jobs=jobs or sensible_jobs(summary.inputs))
    folder.store.prune(generations)
    summary.seconds["publish"] = perf_counter() - begun
    return summary


def _lines_about(path: Path, document_ids: set[str]) -> Iterator[bytes]:
    """The lines of a run's file that are about these documents."""
    if document_ids:
        with path.open("rb") as lines:
            yield from (line for line in lines if json.loads(line)["document_id"] in document_ids)


def build_gold(review: Path, out: Path, settings: Settings | None = None) -> evaluation.GoldDraft:
    """Draft a gold set in ``out`` from the tables of a review.

    Raises:
        ReadError: the review cannot be read.
        StoreError: ``out`` cannot be written.
    """
    from pipeline import evaluation

    settings = settings or Settings(channels=("table",))
    with readers.Reader(settings.limits) as reader:
        document = reader.read(review)
    mentions = ner.annotate(document, ner.load(settings.model))
    return evaluation.build(document, mentions, relations.assemble(document, mentions, ("table",)), out)


def baselines(run_folder: Path, out: Path) -> list[Path]:
    """Work through a run's documents in simpler ways, so that its scores can be compared with something.

    ``lexicon`` and ``model`` keep only what that part of recognition found; ``nearest`` gives every mention to the
    study that is cited nearest to it.

    Raises:
        UsageError: the run cannot be read.
        StoreError: ``out`` cannot be written.
    """
    from pipeline import evaluation

    def only(kind: str) -> evaluation.Maker:
        def make(document: Document, mentions: list[Mention]) -> tuple[list[Mention], list[Record]]:
            kept = evaluation.keep(mentions, kind)
            return kept, relations.assemble(document, kept)

        return make

    makers: dict[str, evaluation.Maker] = {
        "lexicon": only("lexicon"),
        "model": only("model"),
        "nearest": lambda document, mentions: (mentions, evaluation.nearest(document, mentions)),
    }
    return list(evaluation.derive(run_folder, out, makers).values())
