"""Plots of the report: counts over records as tables and bars, without a library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.export.merge import merge
from pipeline.export.text import plain
from pipeline.records import CoreValue, FieldName, Record, SizeValue

_ROWS: Final = 12
_COLUMNS: Final = 8
_SHADES: Final = 5
_NM: Final = {"nm": 1.0, "µm": 1000.0, "μm": 1000.0, "um": 1000.0, "Å": 0.1}


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many records have both: one row per name of one field, a column a name of another, the most frequent first.

    ``left_out`` says how many names of each there was no room for.
    """

    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    counts: dict[tuple[str, str], int]
    left_out: tuple[int, int]

    def shade(self, count: int) -> int:
        """How dark a count's cell is, from 0 (none) to 5 (the most)."""
        most = max(self.counts.values(), default=0)
        return -(-_SHADES * count // most) if most else 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its count, and its height in hundredths of the highest."""

    label: str
    count: int
    height: float


@dataclass(frozen=True, slots=True)
class Bars:
    """A histogram."""

    title: str
    bars: Sequence[Bar]
    note: str


def matrix(title: str, records: Iterable[Record], row: FieldName, column: FieldName) -> Matrix:
    """Count in how many records each two names meet."""
    pairs = Counter((a, b) for record in records for a in _names(record, row) for b in _names(record, column))
    columns = _total(pairs, 1)
    shown_columns = _most(columns, _COLUMNS)
    kept = {pair: count for pair, count in pairs.items() if pair[1] in shown_columns}
    shown_rows = _most(_total(kept, 0), _ROWS)
    counts = {pair: count for pair, count in kept.items() if pair[0] in shown_rows}
    left_out = len(_total(pairs, 0)) - len(shown_rows), len(columns) - len(shown_columns)
    return Matrix(title, shown_rows, shown_columns, counts, left_out)


def _names(record: Record, field: FieldName) -> list[str]:
    """The names to count, each once: of a core its first material, which is what many cores have in common."""
    found = []
    for each in merge(record.values(field)):
        value = each.first
        material = value.materials[0].name if isinstance(value, CoreValue) and value.materials else None
        found.append(plain(material or value.name))
    return list(dict.fromkeys(found))


def _total(pairs: Mapping[tuple[str, str], int], side: int) -> Counter[str]:
    """How often each name stands on this side of a pair."""
    total: Counter[str] = Counter()
    for pair, count in pairs.items():
        total[pair[side]] += count
    return total


def _most(names: Counter[str], count: int) -> list[str]:
    return [name for name, _ in sorted(names.items(), key=lambda item: (-item[1], item[0].casefold()))[:count]]


def sizes(records: Iterable[Record]) -> Bars:
    """How large the coated particles are, in steps of 50 nm."""
    found = [
        value.value * _NM[value.unit]
        for record in records
        for value in (each.first for each in merge(record.sizes))
        if isinstance(value, SizeValue) and value.of == "coated" and value.unit in _NM
    ]
    steps = Counter(min(int(size // 50), 10) for size in found)
    last = max(steps, default=-1)
    labels = {step: f"{50 * step}–{50 * step + 50}" if step < 10 else "≥ 500" for step in range(last + 1)}
    note = f"{len(found)} sizes of coated particles, in nm" + _middle(found)
    return Bars("Size", _bars([(labels[step], steps[step]) for step in labels]), note)


def _middle(found: list[float]) -> str:
    if not found:
        return ""
    ordered = sorted(found)
    half = len(ordered) // 2
    median = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return f"; median {median:.0f} nm"


def years(found: Iterable[int]) -> Bars:
    """When the studies appeared."""
    counts = Counter(found)
    span = range(min(counts), max(counts) + 1) if counts else range(0)
    return Bars("Year of the study", _bars([(str(year), counts[year]) for year in span]), f"{counts.total()} studies")


def _bars(counts: list[tuple[str, int]]) -> list[Bar]:
    most = max((count for _, count in counts), default=0)
    return [Bar(label, count, round(100 * count / most, 1)) for label, count in counts]
