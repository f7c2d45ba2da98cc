"""Counts hits and misses of records against a gold set, study by study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.document import Part
from pipeline.evaluation.gold import Gold, GoldValue
from pipeline.evaluation.matching import MATCHINGS, FoundValue, Matching, assign, collect
from pipeline.records import Channel, FieldName, Outcome, Record, Value, fold

Counts = NDArray[np.int64]
"""Along the last axis: true positives, false positives, false negatives, stated gold values, those of them found."""
KINDS: Final = 5


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
    nearest: str = ""
    document_id: str | None = None
    evidence: tuple[str, ...] = ()
    source: str = ""
    stated: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes an error of two runs the same one."""
        return self.kind, self.study, self.field, self.curie or fold(self.name)


@dataclass(frozen=True, slots=True)
class Assessed:
    """A value that was found, how sure its maker was, and whether it is right (normalised matching)."""

    field: FieldName
    score: float
    right: bool


@dataclass(slots=True)
class Tally:
    """What was counted: for each matching an array of shape (studies, fields, kinds), and the cases behind it."""

    studies: list[str]
    fields: list[FieldName]
    counts: dict[Matching, Counts]
    found: int
    outside: int
    errors: list[Error] = field(default_factory=list)
    assessed: list[Assessed] = field(default_factory=list)


def tally(
    records: Iterable[Record], gold: Gold, channel: Channel | None = None, outcomes: Iterable[Outcome] = ()
) -> Tally:
    """Count the records of one channel, or of both together (None), against a gold set."""
    per_study, outside = by_study(records, gold, outcomes)
    fields = gold.fields()
    counted = Tally(
        studies=list(gold.studies),
        fields=fields,
        counts={matching: np.zeros((len(gold.studies), len(fields), KINDS), np.int64) for matching in MATCHINGS},
        found=sum(study in per_study for study in gold.studies),
        outside=outside,
    )
    for row, (study, covered) in enumerate(gold.studies.items()):
        mine = per_study.get(study, [])
        for field_name, wanted in covered.items():
            found = collect(field_name, _values(mine, field_name, channel))
            for matching in MATCHINGS:
                case = _Case(study, field_name, wanted, found, assign(wanted, found, matching))
                counted.counts[matching][row, fields.index(field_name)] = case.counts()
                if matching == "normalised":
                    counted.errors += case.errors(gold, mine)
                    counted.assessed += case.assessed()
    return counted


def by_study(
    records: Iterable[Record], gold: Gold, outcomes: Iterable[Outcome] = ()
) -> tuple[dict[str, list[Record]], int]:
    """The records of each gold study, and how many records are about none.

    A record belongs to a study by DOI, else by reference number where its document is the gold set's review, else by
    file name.
    """
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
    """Whether this document is the review whose reference numbers the gold set uses; yes where nothing is known."""
    if outcome is None:
        return True
    if outcome.doi:
        return outcome.doi.lower() == (gold.about.review or "").lower()
    return fold(outcome.title or "") == fold(gold.about.title)


def _values(records: Sequence[Record], field_name: FieldName, channel: Channel | None) -> list[Value]:
    values = [value for record in records for value in record.values(field_name)]
    return [value for value in values if channel is None or value.channel == channel]


@dataclass(slots=True)
class _Case:
    """One field of one study: what is gold, what was found, and which of it belongs together."""

    study: str
    field: FieldName
    wanted: Sequence[GoldValue]
    found: Sequence[FoundValue]
    pairs: list[tuple[int, int]]

    @property
    def hits(self) -> set[int]:
        """The gold values that count and were found."""
        return {index for index, _ in self.pairs if not self.wanted[index].optional}

    @property
    def lost(self) -> list[GoldValue]:
        """The gold values that count and were not found."""
        met = {index for index, _ in self.pairs}
        return [value for index, value in enumerate(self.wanted) if index not in met and not value.optional]

    @property
    def extra(self) -> list[FoundValue]:
        """What was found and is neither gold nor optional."""
        met = {index for _, index in self.pairs}
        return [value for index, value in enumerate(self.found) if index not in met]

    def counts(self) -> list[int]:
        stated = {i for i, value in enumerate(self.wanted) if value.stated == "yes" and not value.optional}
        hits = self.hits
        return [len(hits), len(self.extra), len(self.lost), len(stated), len(stated & hits)]

    def assessed(self) -> list[Assessed]:
        right = [self.found[f] for g, f in self.pairs if g in self.hits]
        return [
            Assessed(self.field, each.best.score, verdict)
            for verdict, group in ((True, right), (False, self.extra))
            for each in group
        ]

    def errors(self, gold: Gold, records: Sequence[Record]) -> list[Error]:
        lost, extra = self.lost, self.extra
        near = assign(lost, extra, "relaxed")
        to_extra, to_lost = dict(near), {f: g for g, f in near}
        common = {"study": self.study, "doi": gold.doi_of(self.study), "field": self.field}
        missed = [
            Error(
                kind="FN", **common, text=value.text, name=value.name, curie="|".join(value.curies) or None,
                source=value.source, stated=value.stated,
                nearest=extra[to_extra[index]].best.text if index in to_extra else "",
            )
            for index, value in enumerate(lost)
        ]  # fmt: skip
        wrong = [
            Error(
                kind="FP", **common, text=best.text, name=best.name, curie=best.curie, score=best.score,
                evidence=best.evidence, document_id=self._document(best, records),
                nearest=lost[to_lost[index]].text if index in to_lost else "",
            )
            for index, best in enumerate(each.best for each in extra)
        ]  # fmt: skip
        return missed + wrong

    def _document(self, value: Value, records: Sequence[Record]) -> str | None:
        return next((r.document_id for r in records if any(v is value for v in r.values(self.field))), None)
