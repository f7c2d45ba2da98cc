"""Agreement of two curators beyond chance, where they differ, and the settled values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from pipeline.curation.curation_state import CuratedValue, ValueKey, View
from pipeline.curation.session import Session
from pipeline.export.decisions import ADJUDICATOR
from pipeline.records import FIELDS, FieldName, Record

VERDICTS: Final = ("accept", "correct", "reject")
"""What a curator may say of a value that the run found."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A value that curators decided differently.

    Attributes:
        verdicts: by curator, in words; empty where a curator has no such value.
        settled: what the adjudicator decided; empty where nobody did.
    """

    record: Record
    field: FieldName
    name: str
    verdicts: dict[str, str]
    settled: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two curators over the records that both finished.

    Attributes:
        values: how many values of the run both decided.
        same: the share of these on which they gave the same verdict (accept, correct, reject).
        kappa: Cohen's kappa over the verdicts; None where it is undefined, as when both gave one verdict throughout.
        ac1: Gwet's AC1 over the same, which does not fall when nearly all verdicts are one.
        f1: by field, the F1 of one curator's final values against the other's; None for a field that both left empty.
    """

    curators: tuple[str, str]
    records: int
    values: int
    same: float | None
    kappa: float | None
    ac1: float | None
    f1: dict[FieldName, float | None]
    disputes: list[Dispute]


@dataclass(frozen=True, slots=True)
class SettledValue:
    """What holds of a record in the end.

    Attributes:
        values: the values decided on, also those rejected.
        blank: the fields of which it is settled that the paper does not report them.
    """

    values: list[CuratedValue]
    blank: list[FieldName]


def compare(session: Session) -> list[Agreement]:
    """Every pair of curators who finished some of the same records."""
    finished = {item.record.id: finished_views(session, item.record.id) for item in session.queue()}
    curators = sorted({curator for views in finished.values() for curator in views})
    found = []
    for one, other in combinations(curators, 2):
        both = [key for key, views in finished.items() if one in views and other in views]
        if both:
            found.append(_agreement(session, (one, other), both, finished))
    return found


def finished_views(session: Session, record_id: str) -> dict[str, View]:
    """The views of the curators who finished a record; an adjudicator is none of them."""
    curators = [each for each in session.curators(record_id) if session.finished(record_id, each)]
    return {curator: session.view(record_id, curator) for curator in curators}


def settle(session: Session, record_id: str) -> SettledValue | str:
    """What holds of a record: what all who finished it agree on, and where they do not, what the adjudicator decided.

    Returns:
        What holds, or why nothing does yet.
    """
    views = finished_views(session, record_id)
    if not views:
        return "not finished"
    adjudicated = _by_place(_adjudicator(session, record_id))
    values, open_ = [], 0
    for place, each in _places(views.values()):
        decided = adjudicated.get(place)
        if decided is not None and decided.decision is not None:
            values.append(decided)
        elif len({_outcome(_by_place(view).get(place)) for view in views.values()}) == 1:
            values.append(each)
        else:
            open_ += 1
    if open_:
        return f"{' and '.join(views)} differ on {open_} values; settle them with `coatmine review --adjudicate`"
    values += [each for place, each in adjudicated.items() if each.holds and place not in {v.place for v in values}]
    reasons = {field: [view.empty[field] for view in views.values() if field in view.empty] for field in FIELDS}
    filled = {each.field for each in values if each.holds}
    blank = [
        field
        for field, stated in reasons.items()
        if field not in filled and len(stated) == len(views) and all(d and d.reason == "not_reported" for d in stated)
    ]
    return SettledValue(values, blank)


def _adjudicator(session: Session, record_id: str) -> View | None:
    """The record as the adjudicator sees it; of several the one who decided last."""
    names = [d.curator for d in session.log.of(record_id) if d.curator.endswith(ADJUDICATOR)]
    return session.view(record_id, names[-1]) if names else None


def _places(views: Iterable[View]) -> Iterator[tuple[ValueKey, CuratedValue]]:
    """All values of some views, each once."""
    seen: dict[ValueKey, CuratedValue] = {}
    for view in views:
        for each in view.curated:
            seen.setdefault(each.place, each)
    return iter(seen.items())


def _by_place(view: View | None) -> dict[ValueKey, CuratedValue]:
    return {each.place: each for each in view.curated_or_set_aside} if view else {}


def _outcome(curated: CuratedValue | None) -> tuple[bool, str]:
    """What a verdict comes to: an added value that another curator does not have is a difference."""
    return curated.outcome if curated else (False, "")


def _agreement(
    session: Session, pair: tuple[str, str], both: Sequence[str], finished: dict[str, dict[str, View]]
) -> Agreement:
    verdicts: list[tuple[str, str]] = []
    disputes: list[Dispute] = []
    finals: dict[FieldName, list[tuple[set[str], set[str]]]] = {field: [] for field in FIELDS}
    for key in both:
        views = [finished[key][curator] for curator in pair]
        left, right = map(_by_place, views)
        adjudicated = _by_place(_adjudicator(session, key))
        for field in FIELDS:
            finals[field].append((_final(left, field), _final(right, field)))
        for place, either in _places(views):
            one, other = left.get(place), right.get(place)
            if one and other and one.merged and other.merged:
                verdicts.append((one.action, other.action))
            if _outcome(one) != _outcome(other):
                shown = {pair[0]: in_words(one), pair[1]: in_words(other)}
                disputes.append(
                    Dispute(views[0].record, place[0], either.name, shown, in_words(adjudicated.get(place)))
                )
    f1 = {field: overlap(pairs) for field, pairs in finals.items()}
    same = sum(one == other for one, other in verdicts) / len(verdicts) if verdicts else None
    return Agreement(pair, len(both), len(verdicts), same, kappa(verdicts), ac1(verdicts), f1, disputes)


def _final(view: dict[ValueKey, CuratedValue], field: FieldName) -> set[str]:
    return {_outcome(each)[1] for each in view.values() if each.field == field and each.holds}


def in_words(curated: CuratedValue | None) -> str:
    """A verdict as it is shown."""
    if curated is None:
        return ""
    return f"{curated.action}: {curated.name} {curated.curie or ''}".strip() if curated.holds else curated.action


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


def ac1(verdicts: Sequence[tuple[str, str]]) -> float | None:
    """Gwet's first-order agreement coefficient (Gwet 2008) over :data:`VERDICTS`; None where there is nothing."""
    if not verdicts:
        return None
    count = len(verdicts)
    observed = sum(a == b for a, b in verdicts) / count
    shares = [sum((a == label) + (b == label) for a, b in verdicts) / (2 * count) for label in VERDICTS]
    expected = sum(share * (1 - share) for share in shares) / (len(VERDICTS) - 1)
    return (observed - expected) / (1 - expected)


def overlap(pairs: Iterable[tuple[set[str], set[str]]]) -> float | None:
    """F1 of the lists of one curator against the other's, over all records together."""
    shared = total = 0
    for left, right in pairs:
        shared += len(left & right)
        total += len(left) + len(right)
    return 2 * shared / total if total else None
