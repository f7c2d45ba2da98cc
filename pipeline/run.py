"""The stages in a row over many documents: ``read``, ``annotate``, ``assemble``, then the outputs.

Each stage's result is stored in the run's folder, so a run that was killed goes on where it stopped, and its outputs
are the same as those of one unbroken run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import evaluation, export, ner, readers, relations
from pipeline.document import Document
from pipeline.errors import UsageError
from pipeline.folder import RunFolder, link_atomically, write_atomically
from pipeline.records import Mention, Outcome, Record
from pipeline.settings import Settings
from pipeline.stages import Done, Stage, to_lines
from pipeline.workers import process

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
    write_atomically(out / "documents.jsonl", [to_lines(outcomes)])
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


def build_gold(review: Path, out: Path, settings: Settings | None = None) -> evaluation.Draft:
    """Draft a gold set in ``out`` from the tables of a review.

    Raises:
        ReadError: the review cannot be read.
        StoreError: ``out`` cannot be written.
    """
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
