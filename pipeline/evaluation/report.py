"""What an evaluation puts out: scores.json, errors.csv, report.html and a table for the terminal."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from rich import box
from rich.console import Console
from rich.table import Table

from pipeline.evaluation.gold import Gold, load_gold
from pipeline.evaluation.matching import MATCHINGS
from pipeline.evaluation.scores import Error, Figure, Scores, score
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import Channel, Mention
from pipeline.sentences import sentence_at, sentences

CHANNELS: Final[tuple[Channel | None, ...]] = ("table", "text", None)
ERROR_COLUMNS: Final = (
    "kind", "channel", "field", "study", "doi", "text", "name", "curie", "score", "nearest", "page", "sentence",
    "document", "source", "stated", "evidence",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "|", "%")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a false positive stands: the input, the page (None where it has none) and the sentence."""

    document: str = ""
    page: int | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The scores of a run per channel, with the place of every error."""

    gold: Gold
    scores: tuple[Scores, ...]
    places: dict[str, Place]

    def errors(self) -> Iterator[tuple[Scores, Error, Place]]:
        """Every error of every channel with its place."""
        for each in self.scores:
            for error in each.errors:
                yield each, error, self.places.get(error.evidence[0], Place()) if error.evidence else Place()

    def as_text(self, width: int = 120) -> str:
        """The tables for a terminal."""
        stream = io.StringIO()
        console = Console(file=stream, width=width, highlight=False)
        console.print(_main_table(self.gold, self.scores))
        console.print(_matching_table(self.scores))
        return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())

    def as_dict(self) -> dict[str, Any]:
        """The scores as plain data, without the errors."""
        return {
            "gold": self.gold.name,
            "title": self.gold.about.title,
            "scores": [each.model_dump(mode="json", exclude={"errors"}) for each in self.scores],
        }

    def write(self, out: Path) -> None:
        """Write scores.json, errors.csv and report.html into ``out``.

        Raises:
            StoreError: ``out`` cannot be written.
        """
        write_atomically(out / "scores.json", [json.dumps(self.as_dict(), indent=1, ensure_ascii=False).encode()])
        write_atomically(out / "errors.csv", [_csv(self.errors()).encode()])
        write_atomically(out / "report.html", [_html(self).encode()])


def evaluate(gold_folder: Path | str, run_folder: Path | str, out: Path | str | None = None) -> Report:
    """Score a run against a gold set, in each channel and in both together.

    Args:
        gold_folder: a gold set.
        run_folder: the output folder of ``coatmine extract``.
        out: where scores.json, errors.csv and report.html go; None writes nothing.

    Raises:
        GoldError: the gold set cannot be read.
        UsageError: the run cannot be read.
        StoreError: ``out`` cannot be written.
    """
    gold, folder = load_gold(gold_folder), RunFolder(Path(run_folder))
    records, outcomes = list(folder.records()), list(folder.outcomes())
    scores = tuple(score(records, gold, channel, outcomes=outcomes) for channel in CHANNELS)
    sources = {outcome.document_id: outcome.source for outcome in outcomes if outcome.document_id}
    report = Report(gold, scores, locate(folder, (e for each in scores for e in each.errors), sources))
    if out is not None:
        report.write(Path(out))
    return report


def locate(folder: RunFolder, errors: Iterable[Error], sources: dict[str, str]) -> dict[str, Place]:
    """The places of the errors' first pieces of evidence, by mention id.

    Raises:
        UsageError: the run folder lacks its mentions or a document.
    """
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
            page = mention.boxes[0].page if mention.boxes else None
            places[mention.id] = Place(sources.get(document_id, document_id), page, document.text[start:end])
    return places


def channel_name(channel: Channel | None) -> str:
    """A channel as it is shown; None is both together."""
    return channel or "both"


def rate(value: float | None) -> str:
    """A rate as it is shown; a dash where it is undefined."""
    return "–" if value is None else f"{value:.3f}"


def _main_table(gold: Gold, scores: tuple[Scores, ...]) -> Table:
    title = f"{gold.name}: normalised matching, F1 with its 95 % interval over studies"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 0), pad_edge=False)
    table.add_column("field", no_wrap=True)
    table.add_column("gold", justify="right")
    for each in scores:
        for head in (f"{channel_name(each.channel)} P", "R", "F1"):
            table.add_column(head, justify="right", no_wrap=True)
    by_prose = next((each for each in scores if each.channel == "text" and each.figure().stated), None)
    if by_prose:
        table.add_column("stated", justify="right")
    for row in scores[0].figures["normalised"]:
        figures = [each.figure(row) for each in scores]
        cells = [text for figure in figures for text in _cells(figure)]
        last = [_stated(by_prose.figure(row))] if by_prose else []
        table.add_row(row, str(figures[0].tp + figures[0].fn), *cells, *last, end_section=row == gold.fields()[-1])
    return table


def _cells(figure: Figure) -> tuple[str, str, str]:
    interval = figure.f1_interval
    spread = f" {interval.low:.2f}–{interval.high:.2f}" if interval else ""
    return _short(figure.precision), _short(figure.recall), rate(figure.f1) + spread


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _stated(figure: Figure) -> str:
    return "–" if figure.stated_recall is None else f"{figure.stated_recall:.2f} of {figure.stated}"


def _matching_table(scores: tuple[Scores, ...]) -> Table:
    table = Table(title="micro F1 by matching", title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("channel")
    for matching in MATCHINGS:
        table.add_column(matching, justify="right")
    table.add_column("studies", justify="right")
    table.add_column("records outside", justify="right")
    for each in scores:
        figures = [rate(each.figure("micro", matching).f1) for matching in MATCHINGS]
        studies = f"{each.studies_found} of {each.studies}"
        table.add_row(channel_name(each.channel), *figures, studies, str(each.outside))
    return table


def _csv(errors: Iterable[tuple[Scores, Error, Place]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, ERROR_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for scores, error, place in errors:
        row = {
            **error.model_dump(include=set(ERROR_COLUMNS)),
            "channel": channel_name(scores.channel),
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
    environment.filters.update(rate=rate, channel_name=channel_name)
    page = environment.get_template("report.html.j2")
    return page.render(report=report, scores=report.scores, errors=list(report.errors()), matchings=MATCHINGS)
