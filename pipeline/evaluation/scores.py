"""Precision, recall and F1 of records against a gold set, with intervals, and every error by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.document import Part
from pipeline.evaluation.gold import Gold, GoldValue
from pipeline.evaluation.matching import MATCHINGS, Found, Matching, assign, collect
from pipeline.records import Channel, FieldName, Outcome, Record, Value, fold

RESAMPLES: Final = 1000
SEED: Final = 20230227

Row = Literal["micro", "macro"] | FieldName
Counts = NDArray[np.int64]
"""True positives, false positives, false negatives, stated gold values, and those of them that were found."""
_KINDS: Final = 5


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


class Error(Part):
    """A value that was found and is not gold (FP), or is gold and was not found (FN), normalised matching.

    ``nearest`` is what stands on the other side unmatched and has a word in common with it. ``evidence`` lists mention
    ids; ``source`` says where in the source the gold stands.
    """

    kind: Literal["FP", "FN"]
    study: str
    doi: str | None
    field: FieldName
    text: str
    name: str
    curie: str | None = None
    score: float | None = None
    channels: tuple[Channel, ...] = ()
    nearest: str = ""
    document_id: str | None = None
    evidence: tuple[str, ...] = ()
    source: str = ""
    stated: str = ""


class Scores(Part):
    """How records stand against a gold set, in one channel or in all (``channel`` is None)."""

    gold: str
    channel: Channel | None
    studies: int
    studies_found: int
    outside: int
    figures: dict[Matching, dict[Row, Figure]]
    errors: tuple[Error, ...] = ()

    def figure(self, row: Row = "micro", matching: Matching = "normalised") -> Figure:
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
    per_study, outside = by_study(records, gold, outcomes)
    fields = gold.fields()
    counts = {matching: np.zeros((len(gold.studies), len(fields), _KINDS), np.int64) for matching in MATCHINGS}
    errors: list[Error] = []
    for row, (study, covered) in enumerate(gold.studies.items()):
        mine = per_study.get(study, [])
        for field, wanted in covered.items():
            found = collect(field, _values(mine, field, channel))
            for matching in MATCHINGS:
                pairs = assign(wanted, found, matching)
                counts[matching][row, fields.index(field)] = _count(wanted, found, pairs)
                if matching == "normalised":
                    errors += _errors(gold, mine, field, study, wanted, found, pairs)
    return Scores(
        gold=gold.name,
        channel=channel,
        studies=len(gold.studies),
        studies_found=sum(study in per_study for study in gold.studies),
        outside=outside,
        figures={matching: _figures(counts[matching], fields, resamples, seed) for matching in MATCHINGS},
        errors=tuple(errors),
    )


def by_study(
    records: Iterable[Record], gold: Gold, outcomes: Iterable[Outcome] = ()
) -> tuple[dict[str, list[Record]], int]:
    """The records of each gold study, and how many records are about none."""
    known = {outcome.document_id: outcome for outcome in outcomes if outcome.document_id}
    found: dict[str, list[Record]] = {}
    outside = 0
    for record in records:
        study = _study(record, gold, known)
        if study is None:
            outside += 1
        else:
            found.setdefault(study, []).append(record)
    return found, outside


def _study(record: Record, gold: Gold, known: Mapping[str, Outcome]) -> str | None:
    outcome = known.get(record.document_id)
    doi = record.study.doi or (outcome.doi if outcome and record.study.key == "self" else None)
    if doi and doi.lower() in gold.by_doi:
        return gold.by_doi[doi.lower()]
    stem = PurePath(outcome.source).stem if outcome else ""
    names = [f"{stem}/{record.study.key}"]
    if record.study.key == "self":
        names.append(stem)
    elif gold.about.review and not record.study.doi and _is_review(gold, outcome):
        names.append(record.study.key)
    return next((name for name in names if name in gold.studies), None)


def _is_review(gold: Gold, outcome: Outcome | None) -> bool:
    if outcome is None:
        return True
    if outcome.doi:
        return outcome.doi.lower() == (gold.about.review or "").lower()
    return fold(outcome.title or "") == fold(gold.about.title)


def _values(records: Sequence[Record], field: FieldName, channel: Channel | None) -> list[Value]:
    values = [value for record in records for value in record.values(field)]
    return [value for value in values if channel is None or value.channel == channel]


def _count(wanted: Sequence[GoldValue], found: Sequence[Found], pairs: Sequence[tuple[int, int]]) -> list[int]:
    hit = {index for index, _ in pairs}
    stated = {index for index, value in enumerate(wanted) if value.stated == "yes"}
    return [len(pairs), len(found) - len(pairs), len(wanted) - len(pairs), len(stated), len(stated & hit)]


def _errors(
    gold: Gold,
    records: Sequence[Record],
    field: FieldName,
    study: str,
    wanted: Sequence[GoldValue],
    found: Sequence[Found],
    pairs: Sequence[tuple[int, int]],
) -> list[Error]:
    """The false negatives and false positives of one field of one study."""
    lost = [value for index, value in enumerate(wanted) if index not in {g for g, _ in pairs}]
    extra = [value for index, value in enumerate(found) if index not in {f for _, f in pairs}]
    near = assign(lost, extra, "relaxed")
    to_extra, to_lost = dict(near), {f: g for g, f in near}
    doi = next((value.doi for value in gold.values if value.study == study), None)
    documents = {value.evidence: record.document_id for record in records for value in record.values(field)}
    errors = [
        Error(
            kind="FN", study=study, doi=doi, field=field, text=value.text, name=value.name,
            curie="|".join(value.curies) or None, source=value.source, stated=value.stated,
            nearest=extra[to_extra[index]].best.text if index in to_extra else "",
        )
        for index, value in enumerate(lost)
    ]  # fmt: skip
    for index, group in enumerate(extra):
        best = group.best
        errors.append(
            Error(
                kind="FP", study=study, doi=doi, field=field, text=best.text, name=best.name, curie=best.curie,
                score=best.score, channels=tuple(sorted({value.channel for value in group.values})),
                evidence=best.evidence, document_id=documents[best.evidence],
                nearest=lost[to_lost[index]].text if index in to_lost else "",
            )
        )  # fmt: skip
    return errors


def _figures(counts: Counts, fields: Sequence[FieldName], resamples: int, seed: int) -> dict[Row, Figure]:
    """Figures per field and in total from counts of shape (studies, fields, kinds)."""
    once = counts.sum(axis=0, keepdims=True)
    again = _resampled(counts, resamples, seed)
    figures: dict[Row, Figure] = {}
    for index, field in enumerate(fields):
        figures[field] = _figure(once[:, index], again[:, index])
    figures["micro"] = _figure(once.sum(axis=1), again.sum(axis=1))
    figures["macro"] = _macro(once, again)
    return figures


def _resampled(counts: Counts, resamples: int, seed: int) -> Counts:
    """Counts of samples of the studies drawn with replacement, of shape (resamples, fields, kinds)."""
    studies = len(counts)
    draws = np.random.default_rng(seed).multinomial(studies, np.full(studies, 1 / studies), size=resamples)
    return np.tensordot(draws, counts, axes=1)


def rates(counts: Counts) -> NDArray[np.float64]:
    """Precision, recall and F1 along the last axis, from true positives, false positives, false negatives."""
    tp, fp, fn = (counts[..., kind].astype(float) for kind in range(3))
    with np.errstate(invalid="ignore"):
        return np.stack([tp / (tp + fp), tp / (tp + fn), 2 * tp / (2 * tp + fp + fn)], axis=-1)


def _figure(once: Counts, again: Counts) -> Figure:
    tp, fp, fn, stated, stated_hits = (int(n) for n in once[0])
    values, samples = rates(once)[0], rates(again)
    return Figure(
        tp=tp, fp=fp, fn=fn, stated=stated, stated_recall=stated_hits / stated if stated else None,
        **_with_intervals(values, samples),
    )  # fmt: skip


def _macro(once: Counts, again: Counts) -> Figure:
    """The mean over fields of each rate; a field in which a rate is undefined does not count."""
    tp, fp, fn, stated, _ = (int(n) for n in once[0].sum(axis=0))
    return Figure(tp=tp, fp=fp, fn=fn, stated=stated, **_with_intervals(_mean(rates(once))[0], _mean(rates(again))))


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean over fields (axis 1), leaving out what is undefined; undefined where nothing is left."""
    there = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        mean: NDArray[np.float64] = np.where(there, values, 0.0).sum(axis=1) / there.sum(axis=1)
    return mean


def _with_intervals(values: NDArray[np.float64], samples: NDArray[np.float64]) -> dict[str, float | Interval | None]:
    result: dict[str, float | Interval | None] = {}
    for index, name in enumerate(("precision", "recall", "f1")):
        result[name] = None if np.isnan(values[index]) else float(values[index])
        drawn = samples[:, index][~np.isnan(samples[:, index])]
        if result[name] is not None and drawn.size:
            low, high = np.percentile(drawn, [2.5, 97.5])
            result[f"{name}_interval"] = Interval(low=float(low), high=float(high))
    return result
