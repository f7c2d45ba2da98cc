"""Thresholds such as ``membranes=0.95`` or ``text.micro=0.8``, for continuous integration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from pipeline.document import Part
from pipeline.errors import UsageError
from pipeline.evaluation.scores import ScoreRow, Scores
from pipeline.records import FIELDS, Channel


class Threshold(Part):
    """The normalised F1 that a field or total must reach, in one channel or in both together (None)."""

    row: ScoreRow
    channel: Channel | None = None
    f1: float

    @classmethod
    def parse(cls, text: str) -> Threshold:
        """Read ``[CHANNEL.]FIELD=F1``.

        Raises:
            UsageError: it is none.
        """
        name, _, number = text.partition("=")
        channel, _, row = name.strip().rpartition(".")
        try:
            if channel not in ("", *get_args(Channel)) or row not in (*FIELDS, "micro", "macro"):
                raise ValueError(name)
            value = float(number)
            if not 0 <= value <= 1:
                raise ValueError(number)
        except ValueError as error:
            fields = ", ".join((*FIELDS, "micro", "macro"))
            raise UsageError(
                f"{text!r} is no threshold: write [table.|text.]FIELD=F1, FIELD one of {fields}"
            ) from error
        return cls.model_validate({"row": row, "channel": channel or None, "f1": value})


def shortfalls(scores: Iterable[Scores], thresholds: Iterable[Threshold]) -> list[str]:
    """For each threshold that is not reached, a line that says by what; a field that is not scored is not reached."""
    by_channel = {each.channel: each for each in scores}
    lines = []
    for threshold in thresholds:
        rows = by_channel[threshold.channel].figures["normalised"]
        reached = rows[threshold.row].f1 if threshold.row in rows else None
        if reached is None or reached < threshold.f1:
            stated = "is not scored" if reached is None else f"has F1 {reached:.3f}"
            lines.append(f"{threshold.channel or 'both'}: {threshold.row} {stated}, {threshold.f1:.3f} is asked for")
    return lines
