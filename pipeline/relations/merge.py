"""Findings to records: one record per study and formulation, one value per channel and thing."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.document import Document
from pipeline.records import (
    FIELDS,
    Channel,
    CoreValue,
    FieldName,
    Missing,
    Record,
    SizeValue,
    Study,
    Value,
    fold,
    record_id,
)
from pipeline.relations import judge
from pipeline.relations.consolidate import Groups, KindsOfLines, consolidate, without_kinds
from pipeline.relations.findings import SELF, Finding, Findings, Subject, identity
from pipeline.relations.references import study_of

_CHANNELS: Final[tuple[Channel, ...]] = ("table", "text")
_CERTAIN: Final = 0.99  # no number of repetitions makes a value certain
_FAINT: Final = 0.03
"""A mention that is less likely than this to be evidence of a value is no candidate."""
_SEEMS: Final = 0.15
"""From this probability the text seems to speak of a field, even if no value could be settled."""
_TABLE: Final = 2.0
"""Log odds by which a value of prose is likelier if a table lists it, and less likely if it lists others only."""
_BEARS_OUT: Final = 0.2
"""A mention that is less likely than this is not shown as evidence."""


def merge(document: Document, found: Findings, kinds: KindsOfLines, made_by: dict[str, str]) -> list[Record]:
    """The records that the findings make, in the order of their first evidence, tables first.

    Args:
        document: the document.
        found: what the channels found.
        kinds: which type of cell each line is, where the document says so.
        made_by: versions and settings, passed through.

    A subject makes a record if a table of coated particles lists it, or if prose tells its coat, or that it is coated
    and what its core is.
    """
    by_subject: dict[Subject, list[Finding]] = defaultdict(list)
    for finding in found.values:
        by_subject[finding.subject].append(finding)
    subjects = sorted(
        by_subject.keys() | found.rows, key=lambda s: (_first(by_subject.get(s, ())), s.study, s.formulation or "")
    )
    records = []
    for subject in subjects:
        mine = {field: _Field.of(by_subject.get(subject, []), field, kinds) for field in FIELDS}
        if subject in found.rows or _is_told(subject, mine, coated=subject in found.coated):
            records.append(_record(document, subject, mine, found, made_by))
    return records


def _is_told(subject: Subject, mine: dict[FieldName, _Field], *, coated: bool) -> bool:
    """Whether prose tells enough for a record; a study of which it names the coat alone is only cited in passing."""
    if not (mine["membranes"].values or (coated and mine["cores"].values)):
        return False
    return subject.study == SELF or sum(bool(each.values) for each in mine.values()) > 1


def _first(findings: Iterable[Finding]) -> tuple[int, int]:
    """Where a subject is first met: rows of tables come before prose."""
    return min(((_CHANNELS.index(f.channel), f.mention.start) for f in findings), default=(len(_CHANNELS), 0))


def _record(
    document: Document, subject: Subject, mine: dict[FieldName, _Field], found: Findings, made_by: dict[str, str]
) -> Record:
    missing: dict[FieldName, Missing] = {
        field: "not_found" if each.seems or (subject, field) in found.unsettled else "not_reported"
        for field, each in mine.items()
        if not each.values
    }
    return Record.model_validate(
        {
            "id": record_id(document.id, subject.study, subject.formulation),
            "document_id": document.id,
            "study": _study(document, subject.study, found.dois.get(subject.study)),
            "formulation": subject.formulation,
            **{field: each.values for field, each in mine.items()},
            "rows": sorted(set(found.places.get(subject, ())), key=lambda row: (row.page, row.table, row.row)),
            "missing": missing,
            "made_by": made_by,
        }
    )


def _study(document: Document, key: str, doi: str | None) -> Study:
    """The study with what the document says of it: its reference, or for its own work its own head."""
    if key == SELF:
        return Study(key=key, doi=document.metadata.doi, title=document.metadata.title)
    return study_of(document, key, doi)


Thing = tuple[list[Finding], dict[str, float]]
"""The findings of one thing, and what they show."""


@dataclass(frozen=True, slots=True)
class _Field:
    """What a record gives in a field, and whether the text seems to say more than could be settled."""

    values: tuple[Value, ...]
    seems: bool

    @classmethod
    def of(cls, findings: Sequence[Finding], field: FieldName, kinds: KindsOfLines) -> _Field:
        """The values of a field: per channel, in the order in which they are first named."""
        cells = _by_thing(f for f in findings if f.field == field and f.channel == "table")
        table = [_value(group, "table", None) for group in cells.values()]
        listed = [f for group in cells.values() for f in group]
        likely = list(_likely(findings, field, kinds, listed))
        text = [_value(group, "text", probability) for group, probability, given in likely if given]
        seems = any(probability >= _SEEMS for _, probability, _ in likely)
        return cls((*_ordered(table), *_ordered(text)), seems)


def things(findings: Iterable[Finding], field: FieldName, kinds: KindsOfLines) -> list[Thing]:
    """What prose names as candidates for a field of a subject: the findings of each thing, and what they show."""
    said = [f for f in findings if f.field == field and f.channel == "text" and f.score >= _FAINT]
    groups = without_kinds(consolidate(_by_thing(said), field), kinds)
    return [
        (group, judge.signs(group, [other for k, other in groups.items() if k != key])) for key, group in groups.items()
    ]


def _likely(
    findings: Iterable[Finding], field: FieldName, kinds: KindsOfLines, listed: Sequence[Finding]
) -> Iterator[tuple[list[Finding], float, bool]]:
    """The candidates of prose, each with its probability and whether that is enough to give it.

    Args:
        findings: what was found about the subject.
        field: the field.
        kinds: which type of cell each line is.
        listed: what a table lists for the field.
    """
    some = things(findings, field, kinds)
    for (group, _), (probability, given) in zip(some, judged(some, field, judge.weights(), listed), strict=True):
        yield group, probability, given


def judged(
    some: Sequence[Thing], field: FieldName, weights: judge.Weights, listed: Sequence[Finding] = ()
) -> list[tuple[float, bool]]:
    """For each thing how likely it is a value, and whether the record gives it.

    What a table lists for the same field of the same study counts for what prose says too, and against what it says
    beside that, but not against a kind of it ("hepatocellular carcinoma" for "liver cancer").

    What only tells which cells or animals are meant, or names a class, is not given beside what is named for itself.
    """
    found = []
    for group, signs in some:
        kind = "own" if group[0].subject.study == SELF else "review"
        probability = judge.value(kind, field, signs, weights, _beside(group, listed))
        found.append((probability, probability >= weights.least[kind][field]))
    named = any(given and not signs["only tells"] for (_, given), (_, signs) in zip(found, some, strict=True))
    return [
        (probability, given and not (named and signs["only tells"] > 0))
        for (probability, given), (_, signs) in zip(found, some, strict=True)
    ]


def _beside(group: Sequence[Finding], listed: Sequence[Finding]) -> float:
    """The log odds that what a table lists adds to those of what prose says."""
    if not listed or judge.is_kind_of_one(group[0], listed):
        return 0.0
    cells = {identity(finding.mention) for finding in listed}
    return _TABLE if any(identity(finding.mention) in cells for finding in group) else -_TABLE


def _by_thing(findings: Iterable[Finding]) -> Groups:
    groups: Groups = defaultdict(list)
    for finding in findings:
        groups[identity(finding.mention)].append(finding)
    return groups


def _ordered(values: Iterable[tuple[tuple[int, int], Value]]) -> Iterator[Value]:
    """Values in the order in which the text first names them."""
    return (value for _, value in sorted(values, key=lambda pair: pair[0]))


def as_value(group: Sequence[Finding]) -> Value:
    """The value that the findings of one thing in prose make."""
    return _value(group, "text", None)[1]


def _value(group: Sequence[Finding], channel: Channel, probability: float | None) -> tuple[tuple[int, int], Value]:
    """One value from the findings of one thing, with where it is first named: the best mention names it.

    In a table the score is that of the cells' mentions together; in prose it is the probability that was judged.
    """
    name = fold(group[0].mention.name)
    best = max((f for f in group if fold(f.mention.name) == name), key=lambda f: (f.score, -f.mention.start)).mention
    bearing = sorted((f for f in group if f.score >= _BEARS_OUT or f.mention is best), key=lambda f: f.mention.start)
    score = 1.0 - math.prod(1.0 - f.score for f in group) if probability is None else probability
    first = bearing[0].mention
    common = {
        "text": best.text,
        "name": best.name,
        "curie": best.curie,
        "score": round(min(_CERTAIN, score), 4),
        "channel": channel,
        "evidence": tuple(dict.fromkeys(f.mention.id for f in bearing)),
        "caution": best.caution,
    }
    at = (first.start, first.end)
    if best.size is not None:
        size = best.size
        return at, SizeValue(**common, value=size.value, unit=size.unit, approximate=size.approximate, of=size.of)
    if best.label == "CORE":
        core = best.core
        facts = {"materials": core.materials, "structure": core.structure, "form": core.form} if core else {}
        return at, CoreValue(**common, **facts)
    return at, Value(**common)
