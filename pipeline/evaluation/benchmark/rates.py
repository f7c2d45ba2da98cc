"""Precision, recall and F1 over documents, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.document import Part
from pipeline.evaluation.compare import SWAPS, Difference
from pipeline.evaluation.scores import RESAMPLES, SEED, Interval, draws, interval

Counts = tuple[float, float, float]
"""Of a document: how many are right, found and wanted."""


class Rate(Part):
    """What was counted over some documents, and what follows from it; a rate is None where its denominator is zero.

    Attributes:
        documents: how many there are.
        right: how many are right.
        found: how many were found.
        wanted: how many there are to find.
        precision: of what was found, the share that is right.
        recall: of what there is to find, the share that was found.
        f1: the harmonic mean of both.
        precision_interval: 95 % bootstrap percentile interval over documents.
        recall_interval: likewise.
        f1_interval: likewise; none of a single document.
    """

    documents: int
    right: float
    found: float
    wanted: float
    precision: float | None
    recall: float | None
    f1: float | None
    precision_interval: Interval | None = None
    recall_interval: Interval | None = None
    f1_interval: Interval | None = None


def rate_of(counts: Sequence[Counts], resamples: int = RESAMPLES, seed: int = SEED) -> Rate:
    """The rates over these documents, with intervals by resampling them.

    Args:
        counts: of each document.
        resamples: of the bootstrap; 0 for no intervals.
        seed: of the bootstrap.
    """
    table = np.array(counts, float).reshape(-1, 3)
    total = table.sum(axis=0)
    values = _rates(total)
    samples = _rates(draws(len(table), resamples, seed) @ table) if len(table) > 1 and resamples else np.empty((0, 3))
    named: dict[str, float | Interval | None] = {}
    for index, name in enumerate(("precision", "recall", "f1")):
        defined = not np.isnan(values[index])
        named[name] = float(values[index]) if defined else None
        named[f"{name}_interval"] = interval(samples[:, index]) if defined else None
    right, found, wanted = map(float, total)
    return Rate.model_validate({"documents": len(table), "right": right, "found": found, "wanted": wanted, **named})


def _rates(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    right, found, wanted = (counts[..., index] for index in range(3))
    with np.errstate(invalid="ignore"):
        return np.stack([right / found, right / wanted, 2 * right / (found + wanted)], axis=-1)


def summed(counts: Iterable[Counts]) -> Counts:
    """The counts of some parts of a document together."""
    right, found, wanted = np.array(list(counts), float).reshape(-1, 3).sum(axis=0)
    return float(right), float(found), float(wanted)


def difference_of(before: Sequence[Counts], after: Sequence[Counts]) -> Difference:
    """F1 of a second system less that of a first on the same documents, with a test against chance.

    Args:
        before: the counts of the first in each document.
        after: those of the second, in the same order.
    """
    first, second = (np.array(list(counts), float).reshape(-1, 3) for counts in (before, after))
    was, became = _f1(first.sum(axis=0)), _f1(second.sum(axis=0))
    if np.isnan(was) or np.isnan(became):
        return Difference(before=_number(was), after=_number(became), gain=None, interval=None, p=None)
    drawn = draws(len(first), RESAMPLES, SEED)
    swap = np.random.default_rng(SEED).integers(0, 2, (SWAPS, len(first)))
    mixed = swap @ (second - first)
    by_chance = _f1(second.sum(axis=0) - mixed) - _f1(first.sum(axis=0) + mixed)
    as_far = np.abs(by_chance) >= abs(became - was) - 1e-12
    return Difference(
        before=float(was),
        after=float(became),
        gain=float(became - was),
        interval=interval(_f1(drawn @ second) - _f1(drawn @ first)) if len(first) > 1 else None,
        p=float((as_far.sum() + 1) / (SWAPS + 1)),
    )


def _f1(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return _rates(counts)[..., 2]


def _number(value: NDArray[np.float64]) -> float | None:
    return None if np.isnan(value) else float(value)
