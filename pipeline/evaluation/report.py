"""Evaluate a run folder and write scores.json, errors.csv, report.html and terminal tables."""

from __future__ import annotations

import codecs
import csv
import io
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.evaluation import terminal
from pipeline.evaluation.audit import audited, load_audit
from pipeline.evaluation.compare import Comparison, compare
from pipeline.evaluation.gold import Gold, load_gold
from pipeline.evaluation.scores import RESAMPLES, SEED, Scores, from_tally, score
from pipeline.evaluation.tally import Error, Tally, tally
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import Channel, Mention, Outcome, Record
from pipeline.sentences import sentence_at, sentences

CHANNELS: Final[tuple[Channel | None, ...]] = ("table", "text", None)
ERROR_COLUMNS: Final = (
    "kind", "channel", "field", "study", "doi", "text", "name", "curie", "score", "nearest", "page", "sentence",
    "document", "source", "stated", "evidence",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "|", "%")


@dataclass(frozen=True, slots=True)
class ErrorLocation:
    """Where a false positive stands: the input, the page (None where it has none) and the sentence in three parts.

    ``hit`` is the mention itself, ``before`` and ``after`` the rest of its sentence.
    """

    document: str = ""
    page: int | None = None
    before: str = ""
    hit: str = ""
    after: str = ""

    @property
    def sentence(self) -> str:
        """The sentence."""
        return self.before + self.hit + self.after


@dataclass(frozen=True, slots=True)
class Report:
    """The scores of a run per channel, on the gold as printed and (where it has an audit) as audited.

    ``against`` holds, by the name of each other run, what changed from it per channel. ``made_by`` lists the versions
    and settings that the scored records name.
    """

    gold: Gold
    scores: tuple[Scores, ...]
    audited: tuple[Scores, ...]
    places: dict[str, ErrorLocation]
    against: dict[str, dict[Channel | None, Comparison]]
    made_by: dict[str, list[str]]

    def errors(self) -> Iterator[tuple[Scores, Error, ErrorLocation]]:
        """Every error of every channel with its place."""
        for each in self.scores:
            for error in each.errors:
                yield each, error, self.place(error)

    def place(self, error: Error) -> ErrorLocation:
        """Where the error's first piece of evidence stands."""
        return self.places.get(error.evidence[0], ErrorLocation()) if error.evidence else ErrorLocation()

    def as_text(self, width: int | None = None) -> str:
        """The tables for a terminal of this width, by default the one at hand: channels abreast where they fit."""
        width = width or shutil.get_terminal_size((terminal.WIDE, 0)).columns
        abreast = [self.scores] if width >= terminal.WIDE else [(each,) for each in self.scores]
        tables = [terminal.main_table(scores) for scores in abreast]
        tables.append(terminal.matching_table(self.scores, self.audited))
        tables.append(terminal.calibration_table(self.scores))
        for channel in CHANNELS if self.against else ():
            others = {name: comparisons[channel] for name, comparisons in self.against.items()}
            tables.append(terminal.comparison_table(channel, others))
        return terminal.rendered(*tables, width=width)

    def as_dict(self) -> dict[str, Any]:
        """The scores as plain data, without the errors."""
        return {
            "gold": self.gold.name,
            "title": self.gold.about.title,
            "made_by": self.made_by,
            "bootstrap": {"resamples": RESAMPLES, "seed": SEED},
            "scores": [each.model_dump(mode="json", exclude={"errors"}) for each in (*self.scores, *self.audited)],
            "against": [
                {"run": name, "channel": channel, **comparison.model_dump(mode="json")}
                for name, comparisons in self.against.items()
                for channel, comparison in comparisons.items()
            ],
        }

    def as_rows(self) -> list[dict[str, Any]]:
        """The scores on the gold as printed, in normalised matching: a row for each channel and field."""
        return [
            {"channel": scores.channel or "both", "field": field, "precision": each.precision, "recall": each.recall,
             "f1": each.f1, "right": each.tp, "wrong": each.fp, "missed": each.fn}
            for scores in self.scores for field, each in scores.figures["normalised"].items()
        ]  # fmt: skip

    def write(self, out: Path) -> None:
        """Write scores.json, errors.csv and report.html into ``out``.

        Raises:
            StoreError: ``out`` cannot be written.
        """
        write_atomically(out / "scores.json", [json.dumps(self.as_dict(), indent=1, ensure_ascii=False).encode()])
        # without the mark, spreadsheets take UTF-8 for a local code page
        write_atomically(out / "errors.csv", [codecs.BOM_UTF8, _csv(self.errors()).encode()])
        write_atomically(out / "report.html", [_html(self).encode()])


def evaluate(
    gold_folder: Path | str,
    run_folder: Path | str,
    out: Path | str | None = None,
    against: Iterable[Path | str] = (),
) -> Report:
    """Score a run against a gold set, in each channel and in both together.

    Args:
        gold_folder: a gold set.
        run_folder: the output folder of ``coatmine extract``.
        out: where scores.json, errors.csv and report.html go; None writes nothing.
        against: output folders of other runs to compare with, such as an earlier one or a baseline.

    Raises:
        GoldError: the gold set cannot be read.
        UsageError: a run cannot be read.
        StoreError: ``out`` cannot be written.
    """
    gold, folder = load_gold(gold_folder), RunFolder(Path(run_folder))
    findings = load_audit(Path(gold_folder))
    records, outcomes = list(folder.records()), list(folder.outcomes())
    tallies = {channel: tally(records, gold, channel, outcomes) for channel in CHANNELS}
    scores = tuple(from_tally(counted, gold, channel) for channel, counted in tallies.items())
    report = Report(
        gold=gold,
        scores=scores,
        audited=_audited(gold, findings, records, outcomes) if findings else (),
        places=locate(folder, (error for each in scores for error in each.errors), outcomes),
        against={name: _against(RunFolder(other), gold, tallies) for name, other in _named(against).items()},
        made_by=_made_by(records),
    )
    if out is not None:
        report.write(Path(out))
    return report


def _made_by(records: Iterable[Record]) -> dict[str, list[str]]:
    stated = sorted({pair for record in records for pair in record.made_by.items()})
    return {name: [value for other, value in stated if other == name] for name, _ in stated}


def _audited(gold: Gold, findings: Iterable[Any], records: list[Record], outcomes: list[Outcome]) -> tuple[Scores, ...]:
    mended = audited(gold, findings)
    return tuple(score(records, mended, channel, outcomes=outcomes) for channel in CHANNELS)


def _named(folders: Iterable[Path | str]) -> dict[str, Path]:
    """The folders by their last name, or by the whole path where two end alike."""
    paths = [Path(folder) for folder in folders]
    last = [path.resolve().name for path in paths]
    return {name if last.count(name) == 1 else str(path): path for name, path in zip(last, paths, strict=True)}


def _against(other: RunFolder, gold: Gold, tallies: dict[Channel | None, Tally]) -> dict[Channel | None, Comparison]:
    records, outcomes = list(other.records()), list(other.outcomes())
    return {channel: compare(tally(records, gold, channel, outcomes), counted) for channel, counted in tallies.items()}


def locate(folder: RunFolder, errors: Iterable[Error], outcomes: Iterable[Outcome]) -> dict[str, ErrorLocation]:
    """The places of the errors' first pieces of evidence, by mention id.

    Raises:
        UsageError: the run folder lacks its mentions or a document.
    """
    sources = {outcome.document_id: outcome.source for outcome in reversed(list(outcomes)) if outcome.document_id}
    wanted = {error.evidence[0] for error in errors if error.evidence}
    by_document: dict[str, list[Mention]] = {}
    for mention in folder.mentions():
        if mention.id in wanted:
            by_document.setdefault(mention.document_id, []).append(mention)
    places = {}
    for document_id, mentions in by_document.items():
        document = folder.document(document_id)
        ranges = sentences(document)
        for mention in mentions:
            start, end = sentence_at(ranges, mention.start) or (mention.start, mention.end)
            end = max(end, mention.end)
            parts = (start, mention.start), (mention.start, mention.end), (mention.end, end)
            page = mention.boxes[0].page if mention.boxes else None
            sentence = (document.text[a:b] for a, b in parts)
            places[mention.id] = ErrorLocation(sources.get(document_id, document_id), page, *sentence)
    return places


def _csv(errors: Iterable[tuple[Scores, Error, ErrorLocation]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, ERROR_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for scores, error, place in errors:
        row = {
            **error.model_dump(include=set(ERROR_COLUMNS)),
            "channel": terminal.channel_name(scores.channel),
            "page": place.page,
            "sentence": place.sentence,
            "document": place.document,
            "evidence": " ".join(error.evidence),
        }
        writer.writerow({column: _defused(value) for column, value in row.items()})
    return stream.getvalue()


def _defused(value: Any) -> str:
    """A cell on one line, behind an apostrophe where a spreadsheet would run it."""
    text = "" if value is None else " ".join(str(value).split())
    return f"'{text}" if text.startswith(_FORMULA) else text


def _html(report: Report) -> str:
    environment = Environment(
        loader=PackageLoader("pipeline.evaluation"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(rate=terminal.rate, chance=terminal.chance, channel_name=terminal.channel_name)
    return environment.get_template("report.html.j2").render(report=report, filters=("FP", "FN", *report.gold.fields()))
