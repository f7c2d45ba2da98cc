"""Two curators compared: how far they agree beyond chance, and where they do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipeline.export.decisions import Decision, standing
from pipeline.records import FIELDS, FieldName, Record
from pipeline.review.desk import ADJUDICATOR, Judged, judge


@dataclass(frozen=True, slots=True)
class Dispute:
    """A value that two curators judged differently; a verdict is empty where a curator has no such value."""

    record: Record
    field: FieldName
    name: str
    verdicts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two curators over the records that both finished.

    Attributes:
        kappa: Cohen's kappa over their verdicts (accept, correct, reject) on the values that the run found; None
            where chance alone would agree, as when both gave one verdict throughout.
        f1: by field, the F1 of one curator's final values against the other's; None for a field that both left empty.
    """

    curators: tuple[str, str]
    records: int
    values: int
    kappa: float | None
    f1: dict[FieldName, float | None]
    disputes: list[Dispute]


def compare(records: Iterable[Record], decisions: Iterable[Decision]) -> list[Agreement]:
    """Every pair of curators who finished some of the same records; adjudicators are not compared."""
    log = list(decisions)
    records = list(records)
    curators = sorted({d.curator for d in log if not d.curator.endswith(ADJUDICATOR)})
    found = []
    for pair in combinations(curators, 2):
        views = {curator: _finished(records, [d for d in log if d.curator == curator]) for curator in pair}
        both = [record for record in records if all(record.id in views[curator] for curator in pair)]
        if both:
            found.append(_agreement((pair[0], pair[1]), both, views))
    return found


def _finished(records: Iterable[Record], decisions: Sequence[Decision]) -> dict[str, list[Judged]]:
    mine = standing(decisions)
    views = {}
    for record in records:
        here = [d for d in mine if d.record_id == record.id]
        judged = judge(record, here)
        if here and all(each.decision is not None for each in judged):
            views[record.id] = judged
    return views


def _agreement(
    pair: tuple[str, str], records: Sequence[Record], views: dict[str, dict[str, list[Judged]]]
) -> Agreement:
    verdicts: list[tuple[str, str]] = []
    disputes: list[Dispute] = []
    finals: dict[FieldName, list[tuple[set[str], set[str]]]] = {field: [] for field in FIELDS}
    for record in records:
        left, right = (_by_place(views[curator][record.id]) for curator in pair)
        for field in FIELDS:
            finals[field].append((_final(left, field), _final(right, field)))
        for place in dict.fromkeys([*left, *right]):
            one, other = left.get(place), right.get(place)
            if one and other and one.merged and one.decision and other.decision:
                verdicts.append((one.decision.action, other.decision.action))
            if _verdict(one) != _verdict(other):
                either = one or other
                shown = {pair[0]: _verdict(one), pair[1]: _verdict(other)}
                disputes.append(Dispute(record, place[0], either.name if either else "", shown))
    f1 = {field: overlap(pairs) for field, pairs in finals.items()}
    return Agreement(pair, len(records), len(verdicts), kappa(verdicts), f1, disputes)


def _by_place(judged: Iterable[Judged]) -> dict[tuple[FieldName, str], Judged]:
    return {(each.field, each.key): each for each in judged}


def _final(view: dict[tuple[FieldName, str], Judged], field: FieldName) -> set[str]:
    return {each.curie or each.name.casefold() for each in view.values() if each.field == field and each.holds}


def _verdict(judged: Judged | None) -> str:
    if judged is None or judged.decision is None:
        return ""
    action = judged.decision.action
    return f"{action}: {judged.name} {judged.curie or ''}".strip() if action in {"correct", "add"} else action


def kappa(verdicts: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa (Cohen 1960): agreement beyond what the two curators' habits alone would give."""
    if not verdicts:
        return None
    count = len(verdicts)
    labels = {label for pair in verdicts for label in pair}
    observed = sum(a == b for a, b in verdicts) / count
    expected = sum(
        (sum(a == label for a, _ in verdicts) / count) * (sum(b == label for _, b in verdicts) / count)
        for label in labels
    )
    return None if expected == 1 else (observed - expected) / (1 - expected)


def overlap(pairs: Iterable[tuple[set[str], set[str]]]) -> float | None:
    """F1 of the lists of one curator against the other's, over all records together."""
    shared = total = 0
    for left, right in pairs:
        shared += len(left & right)
        total += len(left) + len(right)
    return 2 * shared / total if total else None
