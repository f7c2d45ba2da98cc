"""Scores on the benchmark as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from rich.table import Table

from pipeline.evaluation import terminal
from pipeline.evaluation.benchmark.documents import Split
from pipeline.evaluation.benchmark.folder import Benchmark, contents
from pipeline.evaluation.benchmark.rates import Rate
from pipeline.evaluation.benchmark.scoring import ALL, SplitScores
from pipeline.evaluation.compare import Difference
from pipeline.records import FIELDS

_WIDTH: Final = 100
_FIRST: Final = 24
_COLUMN: Final = 24
"""Columns of the terminal that the names of figures take, and those of each system."""
_NOTHING: Final = "–"
_HEADS: Final = ("texts", "gold", "P", "R", "F1")


Gains = Mapping[str, Mapping[Split, Mapping[str, Difference]]]
"""By another file of predictions and by split, what is gained over it."""


def as_text(scores: Sequence[SplitScores], against: Gains) -> str:
    """Everything about one system, split by split, and what it gains over others."""
    tables = [_gains(name, each.split, splits[each.split]) for each in scores for name, splits in against.items()]
    return "\n\n".join([*(_of_split(each) for each in scores), *tables])


def _gains(name: str, split: Split, rows: Mapping[str, Difference]) -> str:
    table = terminal.plain_table(f"{split}: gain in F1 over {name}")
    table.add_column("", no_wrap=True)
    for head in ("before", "after", "gain", "p"):
        table.add_column(f"  {head}", justify="right", no_wrap=True)
    for row, each in rows.items():
        if each.gain is not None:
            between = f" {each.interval.low:+.3f} to {each.interval.high:+.3f}" if each.interval else ""
            gain = f"{each.gain:+.3f}{between}"
            table.add_row(row, terminal.rate(each.before), terminal.rate(each.after), gain, terminal.chance(each.p))
    return terminal.rendered(table, width=_WIDTH)


def contents_as_text(benchmark: Benchmark) -> str:
    """What a benchmark holds, a column for each split."""
    splits = contents(benchmark)["splits"]
    kinds = sorted({kind for told in splits.values() for kind in told["kinds"]})
    rows: dict[str, list[str]] = {"documents": [str(told["documents"]) for told in splits.values()]}
    rows |= {f"  {kind}": [str(told["kinds"].get(kind, 0)) for told in splits.values()] for kind in kinds}
    rows["names marked"] = [str(told["mentions"]) for told in splits.values()]
    rows["records"] = [str(told["records"]) for told in splits.values()]
    rows["authors"] = [" ".join(told["authors"]) for told in splits.values()]
    table = terminal.plain_table(benchmark.title)
    table.add_column("", no_wrap=True)
    for split in splits:
        table.add_column(f"  {split}", justify="right", no_wrap=True)
    for name, cells in rows.items():
        table.add_row(name, *cells)
    return terminal.rendered(table, width=2 * _WIDTH)


def _of_split(scores: SplitScores) -> str:
    told = [f"{scores.split}: {scores.answered} of {scores.documents} documents answered"]
    tables = [_table("values of records, normalised matching", _value_rows(scores))]
    if scores.mentions is None:
        told.append("no line has mentions: names and roles are not scored")
    else:
        tables.append(_names(scores))
    if scores.roles is not None:
        tables.append(_table("roles: names with boundaries and role right", scores.roles[ALL]))
    told += [terminal.rendered(*tables, width=_WIDTH)]
    if scores.role_accuracy is not None:
        told.append(f"role right where name and label are: {_rate_of(scores.role_accuracy[ALL], 'precision')}")
    told += [f"studies with a record: {_counts(scores.records[ALL])}", f"false records: {false_records(scores)}"]
    return "\n".join(told)


def _value_rows(scores: SplitScores) -> dict[str, Rate]:
    """Fields, then kinds of text, then all."""
    kinds = {f"kind {kind}": fields[ALL] for kind, fields in scores.values.items() if kind != ALL}
    return {name: scores.values[ALL][name] for name in FIELDS} | kinds | {ALL: scores.values[ALL][ALL]}


def _table(title: str, rows: Mapping[str, Rate]) -> Table:
    table = terminal.plain_table(title)
    table.add_column("", no_wrap=True)
    for head in _HEADS:
        table.add_column(f" {head}", justify="right", no_wrap=True)
    for name, rate in rows.items():
        table.add_row(name, *_cells(rate))
    return table


def _names(scores: SplitScores) -> Table:
    table = terminal.plain_table("names: boundaries and label right; half for an overlap (partial)")
    table.add_column("", no_wrap=True)
    for head in (*_HEADS, "partial F1"):
        table.add_column(f" {head}", justify="right", no_wrap=True)
    names = scores.mentions or {}
    for label, schemes in names[ALL].items():
        table.add_row(label, *_cells(schemes["strict"]), f1_of(schemes["partial"]))
    for kind in (kind for kind in names if kind != ALL):
        schemes = names[kind][ALL]
        table.add_row(f"kind {kind}", *_cells(schemes["strict"]), f1_of(schemes["partial"]))
    return table


def _cells(rate: Rate) -> tuple[str, ...]:
    counts = str(rate.documents), f"{rate.wanted:g}"
    return (*counts, terminal.rate(rate.precision), terminal.rate(rate.recall), f1_of(rate))


def f1_of(rate: Rate) -> str:
    """F1 with its interval."""
    spread = f" {rate.f1_interval.low:.3f}–{rate.f1_interval.high:.3f}" if rate.f1_interval else ""
    return terminal.rate(rate.f1) + spread


def _rate_of(rate: Rate, name: str) -> str:
    return terminal.rate(getattr(rate, name))


def _counts(rate: Rate) -> str:
    return f"{rate.right:g} of {rate.wanted:g}, and {rate.found - rate.right:g} of other studies"


def false_records(scores: SplitScores) -> str:
    """How many texts without a coated particle are given a record."""
    rate = scores.false_records
    return f"{rate.right:g} of {rate.documents} texts without a coat give a record"


def _share(rate: Rate) -> str:
    return f"{rate.right:g} of {rate.documents}" if rate.documents else _NOTHING


def results(systems: Mapping[str, SplitScores]) -> str:
    """Systems side by side on one split: F1 with its interval in total, by field and by kind of text."""
    first = next(iter(systems.values()))
    parts: dict[str, list[str]] = {}
    for each in systems.values():
        for name, cell in _summary(each).items():
            parts.setdefault(name, []).append(cell)
    table = terminal.plain_table(
        f"{first.split}, documents: {first.documents}; F1 with its 95 % interval over documents"
    )
    table.add_column("", no_wrap=True)
    for name in systems:
        table.add_column(f"  {name}", justify="right", no_wrap=True)
    for name, cells in parts.items():
        if set(cells) != {_NOTHING}:
            table.add_row(name, *cells)
    return terminal.rendered(table, width=_FIRST + _COLUMN * len(systems))


def _summary(scores: SplitScores) -> dict[str, str]:
    kinds = {f"  in {kind}": f1_of(fields[ALL]) for kind, fields in scores.values.items() if kind != ALL}
    fields = {f"  {name}": f1_of(scores.values[ALL][name]) for name in FIELDS}
    names = scores.mentions[ALL][ALL] if scores.mentions else None
    return {
        "values of records": f1_of(scores.values[ALL][ALL]),
        **fields,
        **kinds,
        "studies with a record": f1_of(scores.records[ALL]),
        "false records": _share(scores.false_records),
        "names, strict": f1_of(names["strict"]) if names else _NOTHING,
        "names, partial": f1_of(names["partial"]) if names else _NOTHING,
        "names with their role": f1_of(scores.roles[ALL][ALL]) if scores.roles else _NOTHING,
        "role of a found name": _rate_of(scores.role_accuracy[ALL], "precision") if scores.role_accuracy else _NOTHING,
    }
