"""Precision, recall and F1 of records against a gold set, with intervals, and every error by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.document import Part
from pipeline.evaluation.gold import Gold
from pipeline.evaluation.matching import Matching
from pipeline.evaluation.tally import Assessed, Counts, Error, Tally, tally
from pipeline.records import Channel, FieldName, Outcome, Record

RESAMPLES: Final = 1000
SEED: Final = 20230227
BINS: Final = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)

ScoreRow = Literal["micro", "macro"] | FieldName
Rates = NDArray[np.float64]


class Interval(Part):
    """A 95 % bootstrap percentile interval over studies."""

    low: float
    high: float


class Figure(Part):
    """Precision, recall and F1; None where the denominator is zero.

    ``stated_recall`` is the recall of the ``stated`` gold values alone: those that the source's prose states too.
    """

    tp: int
    fp: int
    fn: int
    precision: float | None
    recall: float | None
    f1: float | None
    precision_interval: Interval | None = None
    recall_interval: Interval | None = None
    f1_interval: Interval | None = None
    stated: int = 0
    stated_recall: float | None = None


class Bin(Part):
    """The found values whose score lies in ``(low, high]``: how many, their mean score, and the share that is right."""

    low: float
    high: float
    values: int
    mean_score: float | None
    right: float | None


class Calibration(Part):
    """Whether a score of 0.9 means right nine times in ten.

    ``error`` is the expected calibration error: the mean distance between score and share right, weighted by bin.
    """

    bins: tuple[Bin, ...]
    error: float | None


class Scores(Part):
    """How records stand against a gold set, in one channel or in all (``channel`` is None)."""

    gold: str
    audited: bool
    channel: Channel | None
    studies: int
    studies_found: int
    outside: int
    figures: dict[Matching, dict[ScoreRow, Figure]]
    calibration: Calibration
    errors: tuple[Error, ...] = ()

    def figure(self, row: ScoreRow = "micro", matching: Matching = "normalised") -> Figure:
        """The figure of a field or a total; the matching to quote is the normalised one."""
        return self.figures[matching][row]


def score(
    records: Iterable[Record],
    gold: Gold,
    channel: Channel | None = None,
    *,
    outcomes: Iterable[Outcome] = (),
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Scores:
    """Score records against a gold set.

    A record belongs to a gold study by DOI, else by reference number where its document is the gold set's review, else
    by file name. Values of all its records are taken together; fields the gold does not cover are not scored.

    Args:
        records: of any number of documents; those about no gold study are counted as ``outside`` and not scored.
        gold: from :func:`load_gold`.
        channel: score only the values of this channel; None takes both together, each value once.
        outcomes: what is known of the documents. Without it, reference numbers are taken to be those of the review.
        resamples: of the bootstrap; 0 for no intervals.
        seed: of the bootstrap.
    """
    return from_tally(tally(records, gold, channel, outcomes), gold, channel, resamples, seed)


def from_tally(
    counted: Tally, gold: Gold, channel: Channel | None, resamples: int = RESAMPLES, seed: int = SEED
) -> Scores:
    """The scores that follow from what was counted."""
    return Scores(
        gold=gold.name,
        audited=gold.audited,
        channel=channel,
        studies=len(counted.studies),
        studies_found=counted.found,
        outside=counted.outside,
        figures={
            matching: _figures(counts, counted.fields, resamples, seed) for matching, counts in counted.counts.items()
        },
        calibration=calibrate(counted.assessed),
        errors=tuple(counted.errors),
    )


def calibrate(assessed: Sequence[Assessed]) -> Calibration:
    """How the scores of values compare with how often they are right."""
    bins = []
    gap = 0.0
    for low, high in pairwise(BINS):
        inside = [each for each in assessed if low < each.score <= high or (low == each.score == 0)]
        mean = sum(each.score for each in inside) / len(inside) if inside else None
        right = sum(each.right for each in inside) / len(inside) if inside else None
        bins.append(Bin(low=low, high=high, values=len(inside), mean_score=mean, right=right))
        if mean is not None and right is not None:
            gap += len(inside) * abs(mean - right)
    return Calibration(bins=tuple(bins), error=gap / len(assessed) if assessed else None)


def draws(studies: int, resamples: int, seed: int) -> NDArray[np.int64]:
    """How often each study is drawn in each resample, of shape (resamples, studies)."""
    chances = np.full(studies, 1 / studies)
    return np.random.default_rng(seed).multinomial(studies, chances, size=resamples)


def rates(counts: Counts) -> Rates:
    """Precision, recall and F1 along the last axis; NaN where the denominator is zero."""
    tp, fp, fn = (counts[..., kind].astype(float) for kind in range(3))
    with np.errstate(invalid="ignore"):
        return np.stack([tp / (tp + fp), tp / (tp + fn), 2 * tp / (2 * tp + fp + fn)], axis=-1)


def totals(counts: Counts) -> Rates:
    """Rates of every field, then micro and macro, from counts of shape (samples, fields, kinds).

    Micro sums over fields; macro is the mean of the fields' rates, leaving out a field where a rate is undefined.
    """
    fields = rates(counts)
    micro = rates(counts.sum(axis=1, keepdims=True))
    there = ~np.isnan(fields)
    with np.errstate(invalid="ignore"):
        macro = np.where(there, fields, 0.0).sum(axis=1, keepdims=True) / there.sum(axis=1, keepdims=True)
    return np.concatenate([fields, micro, macro], axis=1)


def _figures(counts: Counts, fields: Sequence[FieldName], resamples: int, seed: int) -> dict[ScoreRow, Figure]:
    """Figures per field and in total from counts of shape (studies, fields, kinds)."""
    once = counts.sum(axis=0)
    summed = np.concatenate([once, np.repeat(once.sum(axis=0, keepdims=True), 2, axis=0)])
    values = totals(once[np.newaxis])[0]
    samples = totals(np.tensordot(draws(len(counts), resamples, seed), counts, axes=1))
    rows: tuple[ScoreRow, ...] = (*fields, "micro", "macro")
    return {row: _figure(summed[index], values[index], samples[:, index]) for index, row in enumerate(rows)}


def _figure(counts: Counts, values: Rates, samples: Rates) -> Figure:
    tp, fp, fn, stated, met = (int(count) for count in counts)
    named: dict[str, float | Interval | None] = {}
    for index, name in enumerate(("precision", "recall", "f1")):
        defined = not np.isnan(values[index])
        named[name] = float(values[index]) if defined else None
        named[f"{name}_interval"] = interval(samples[:, index]) if defined else None
    recall = met / stated if stated else None
    return Figure.model_validate({"tp": tp, "fp": fp, "fn": fn, "stated": stated, "stated_recall": recall, **named})


def interval(samples: Rates) -> Interval | None:
    """The interval that holds the middle 95 % of the samples that are defined."""
    defined = samples[~np.isnan(samples)]
    if not defined.size:
        return None
    low, high = np.percentile(defined, [2.5, 97.5])
    return Interval(low=float(low), high=float(high))
