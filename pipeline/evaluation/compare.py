"""Compare two runs on one gold set, with a test against chance."""

from __future__ import annotations

from typing import Final

import numpy as np

from pipeline.document import Part
from pipeline.evaluation.matching import Matching
from pipeline.evaluation.scores import RESAMPLES, SEED, Interval, ScoreRow, draws, interval, totals
from pipeline.evaluation.tally import Error, Tally

SWAPS: Final = 9999
_F1: Final = 2


class Difference(Part):
    """F1 of the second run less that of the first.

    ``interval`` is the 95 % paired bootstrap interval over studies; ``p`` the two-sided probability of so large a
    difference if it did not matter which run a study's result came from (approximate randomisation, Noreen 1989).
    """

    before: float | None
    after: float | None
    gain: float | None
    interval: Interval | None
    p: float | None


class Comparison(Part):
    """What changed from one run to another in one channel.

    ``won``: errors of the first run that the second does not make. ``lost``: the reverse.
    """

    differences: dict[ScoreRow, Difference]
    won: tuple[Error, ...]
    lost: tuple[Error, ...]


def compare(
    before: Tally, after: Tally, matching: Matching = "normalised", *, resamples: int = RESAMPLES, seed: int = SEED
) -> Comparison:
    """Compare two runs that were counted against the same gold set in the same channel."""
    one, other = before.counts[matching], after.counts[matching]
    drawn = draws(len(one), resamples, seed)
    gains = totals(np.tensordot(drawn, other, axes=1)) - totals(np.tensordot(drawn, one, axes=1))
    first, second = (totals(counts.sum(axis=0)[np.newaxis])[0] for counts in (one, other))
    swap = np.random.default_rng(seed).integers(0, 2, (SWAPS, len(one)))
    mixed = np.tensordot(swap, other - one, axes=1)
    by_chance = totals(other.sum(axis=0) - mixed) - totals(one.sum(axis=0) + mixed)
    rows: tuple[ScoreRow, ...] = (*before.fields, "micro", "macro")
    differences = {}
    for index, row in enumerate(rows):
        was, became = _number(first[index, _F1]), _number(second[index, _F1])
        gain = became - was if was is not None and became is not None else None
        as_far = np.abs(by_chance[:, index, _F1]) >= abs(gain) - 1e-12 if gain is not None else None
        differences[row] = Difference(
            before=was,
            after=became,
            gain=gain,
            interval=interval(gains[:, index, _F1]) if gain is not None else None,
            p=float((as_far.sum() + 1) / (SWAPS + 1)) if as_far is not None else None,
        )
    return Comparison(differences=differences, won=_only(before, after), lost=_only(after, before))


def _only(one: Tally, other: Tally) -> tuple[Error, ...]:
    """The errors of one tally that the other does not have."""
    theirs = {error.key for error in other.errors}
    return tuple(error for error in one.errors if error.key not in theirs)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
