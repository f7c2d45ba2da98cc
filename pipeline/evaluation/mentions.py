"""Mentions against annotated spans, scored as in SemEval-2013 task 9 (Segura-Bedmar et al., 2013).

Four schemes: strict (same boundaries and label), exact (same boundaries, whatever the label), partial (overlap,
whatever the label; anything short of the same boundaries counts half) and type (overlap and same label).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

import numpy as np

from pipeline.document import Part

Scheme = Literal["strict", "exact", "partial", "type"]
SCHEMES: Final[tuple[Scheme, ...]] = ("strict", "exact", "partial", "type")
Outcome = Literal["correct", "incorrect", "partial"]


class LabelledSpan(NamedTuple):
    """A labelled range ``[start, end)`` of a document's text."""

    document_id: str
    start: int
    end: int
    label: str


class SpanFigure(Part):
    """The counts of SemEval-2013 and what follows from them; a rate is None where its denominator is zero."""

    correct: int = 0
    incorrect: int = 0
    partial: int = 0
    missed: int = 0
    spurious: int = 0

    @property
    def precision(self) -> float | None:
        """The share of what was found that is right; a partial match counts half."""
        return _ratio(self.right, self.found)

    @property
    def recall(self) -> float | None:
        """The share of what is annotated that was found; a partial match counts half."""
        return _ratio(self.right, self.annotated)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall."""
        return _ratio(2 * self.right, self.found + self.annotated)

    @property
    def right(self) -> float:
        """How much of what was found is right; a partial match counts half."""
        return self.correct + self.partial / 2

    @property
    def found(self) -> int:
        """How many spans were found."""
        return self.correct + self.incorrect + self.partial + self.spurious

    @property
    def annotated(self) -> int:
        """How many spans are annotated."""
        return self.correct + self.incorrect + self.partial + self.missed


def score_mentions(
    gold: Iterable[LabelledSpan], predicted: Iterable[LabelledSpan]
) -> dict[str, dict[Scheme, SpanFigure]]:
    """Score found spans against annotated ones.

    Spans are paired one to one within a document: those with the same boundaries and label first, then those with the
    same boundaries, then those that overlap most. A label's own figures come from its own spans alone.

    Returns:
        For each label, and for ``all`` labels together, the figure in each scheme.
    """
    annotated, found = list(gold), list(predicted)
    labels = sorted({span.label for span in (*annotated, *found)})
    figures = {"all": _score(annotated, found)}
    for label in labels:
        figures[label] = _score([s for s in annotated if s.label == label], [s for s in found if s.label == label])
    return figures


def _score(gold: Sequence[LabelledSpan], predicted: Sequence[LabelledSpan]) -> dict[Scheme, SpanFigure]:
    counts: dict[Scheme, dict[str, int]] = {scheme: defaultdict(int) for scheme in SCHEMES}
    documents: dict[str, tuple[list[LabelledSpan], list[LabelledSpan]]] = defaultdict(lambda: ([], []))
    for side, spans in enumerate((gold, predicted)):
        for span in spans:
            documents[span.document_id][side].append(span)
    for annotated, found in documents.values():
        for scheme in SCHEMES:
            pairs = _pairs(annotated, found, scheme)
            for one, other in pairs:
                counts[scheme][_outcome(one, other, scheme)] += 1
            counts[scheme]["missed"] += len(annotated) - len(pairs)
            counts[scheme]["spurious"] += len(found) - len(pairs)
    return {scheme: SpanFigure(**counts[scheme]) for scheme in SCHEMES}


def _pairs(
    gold: Sequence[LabelledSpan], predicted: Sequence[LabelledSpan], scheme: Scheme
) -> list[tuple[LabelledSpan, LabelledSpan]]:
    """Overlapping spans, one to one, with as many right ones as can be."""
    from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

    if not gold or not predicted:
        return []
    fit = np.array([[_fit(one, other, scheme) for other in predicted] for one in gold])
    rows, cols = linear_sum_assignment(fit, maximize=True)
    return [(gold[r], predicted[c]) for r, c in zip(rows, cols, strict=True) if fit[r, c] > 0]


def _fit(one: LabelledSpan, other: LabelledSpan, scheme: Scheme) -> float:
    shared = min(one.end, other.end) - max(one.start, other.start)
    if shared <= 0:
        return 0.0
    worth = {"correct": 1e6, "partial": 1e3, "incorrect": 1e3}[_outcome(one, other, scheme)]
    return worth + shared / (max(one.end, other.end) - min(one.start, other.start))


def _outcome(one: LabelledSpan, other: LabelledSpan, scheme: Scheme) -> Outcome:
    """What two overlapping spans are to each other in this scheme."""
    same_bounds, same_label = (one.start, one.end) == (other.start, other.end), one.label == other.label
    match scheme:
        case "strict":
            return "correct" if same_bounds and same_label else "incorrect"
        case "exact":
            return "correct" if same_bounds else "incorrect"
        case "partial":
            return "correct" if same_bounds else "partial"
        case "type":
            return "correct" if same_label else "incorrect"


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
