"""Scores as tables for a terminal."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Final

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table

from pipeline.evaluation.compare import Comparison, Difference
from pipeline.evaluation.matching import MATCHINGS
from pipeline.evaluation.scores import Figure, Scores
from pipeline.records import FIELDS, Channel

WIDE: Final = 118
"""Columns that the table of three channels takes."""


def rendered(*tables: RenderableType, width: int) -> str:
    """The tables as text, without colours."""
    stream = io.StringIO()
    console = Console(file=stream, width=width, highlight=False)
    for table in tables:
        console.print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def main_table(scores: Sequence[Scores]) -> Table:
    """Fields and totals by channel: precision, recall, F1 with its interval, recall of what the prose states."""
    table = plain_table(f"{scores[0].gold}: normalised matching, F1 with its 95 % interval over studies")
    table.add_column("field", no_wrap=True)
    table.add_column("gold", justify="right")
    for each in scores:
        for head in (f"{channel_name(each.channel)} P", "R", "F1"):
            table.add_column(head, justify="right", no_wrap=True)
    by_prose = next((each for each in scores if each.channel == "text" and each.figure().stated), None)
    if by_prose:
        table.add_column("R of stated", justify="right")
    rows = list(scores[0].figures["normalised"])
    last_field = [row for row in rows if row in FIELDS][-1]
    for row in rows:
        figures = [each.figure(row) for each in scores]
        cells = [text for figure in figures for text in _cells(figure)]
        stated = [_stated(by_prose.figure(row))] if by_prose else []
        table.add_row(row, str(figures[0].tp + figures[0].fn), *cells, *stated, end_section=row == last_field)
    return table


def matching_table(scores: Sequence[Scores], audited: Sequence[Scores]) -> Table:
    """Micro F1 by matching; on the audited gold precision, recall and F1 of the normalised matching."""
    table = plain_table("micro F1 by matching")
    table.add_column("channel")
    for matching in MATCHINGS:
        table.add_column(matching, justify="right")
    if audited:
        for head in ("audited: P", "R", "F1", "R of stated"):
            table.add_column(head, justify="right")
    table.add_column("studies", justify="right")
    table.add_column("records outside", justify="right")
    for index, each in enumerate(scores):
        cells = [rate(each.figure("micro", matching).f1) for matching in MATCHINGS]
        cells += _audited_cells(audited[index].figure()) if audited else []
        table.add_row(channel_name(each.channel), *cells, f"{each.studies_found} of {each.studies}", str(each.outside))
    return table


def calibration_table(scores: Sequence[Scores]) -> Table:
    """How often a value with a given score is right, by channel; bins in which no channel has a value are left out."""
    table = plain_table("reliability: values by score, and the share of them that is right")
    table.add_column("score")
    for each in scores:
        for head in (f" {channel_name(each.channel)}: values", "right"):
            table.add_column(head, justify="right", no_wrap=True)
    for bins in zip(*(each.calibration.bins for each in scores), strict=True):
        if any(each.values for each in bins):
            cells = [cell for each in bins for cell in (str(each.values), rate(each.right))]
            table.add_row(f"{bins[0].low:.1f}–{bins[0].high:.1f}", *cells)
    table.add_section()
    table.add_row("error", *(cell for each in scores for cell in ("", rate(each.calibration.error))))
    return table


def comparison_table(channel: Channel | None, others: Mapping[str, Comparison]) -> Table:
    """F1 of this run beside that of others in one channel: the gain over each, and how likely it is by chance."""
    table = plain_table(f"{channel_name(channel)}: normalised F1 against other runs")
    table.add_column("field", no_wrap=True)
    table.add_column("this run", justify="right")
    for name in others:
        for head in (f" {name}", "gain", "p"):
            table.add_column(head, justify="right", no_wrap=True, overflow="fold")
    first = next(iter(others.values()))
    for row in first.differences:
        cells = [cell for other in others.values() for cell in _gain(other.differences[row])]
        table.add_row(row, rate(first.differences[row].after), *cells)
    return table


def _gain(difference: Difference) -> tuple[str, str, str]:
    gain = "–" if difference.gain is None else f"{difference.gain:+.3f}"
    return rate(difference.before), gain, chance(difference.p)


def channel_name(channel: Channel | None) -> str:
    """A channel as it is shown; None is both together."""
    return channel or "both"


def rate(value: float | None) -> str:
    """A rate as it is shown; a dash where it is undefined."""
    return "–" if value is None else f"{value:.3f}"


def chance(p: float | None) -> str:
    """A probability as it is shown; none is ever shown as zero."""
    return "<0.001" if p is not None and p < 0.001 else rate(p)


def plain_table(title: str) -> Table:
    """A table without lines but below its head."""
    return Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 0), pad_edge=False)


def _cells(figure: Figure) -> tuple[str, str, str]:
    spread = f" {figure.f1_interval.low:.2f}–{figure.f1_interval.high:.2f}" if figure.f1_interval else ""
    return _short(figure.precision), _short(figure.recall), rate(figure.f1) + spread


def _audited_cells(figure: Figure) -> list[str]:
    return [rate(figure.precision), rate(figure.recall), rate(figure.f1), _stated(figure)]


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _stated(figure: Figure) -> str:
    return "–" if figure.stated_recall is None else f"{figure.stated_recall:.2f} of {figure.stated}"
