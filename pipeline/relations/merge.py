"""Findings to records: one record per study and formulation, one value per channel and thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
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
from pipeline.relations.consolidate import Groups, KindsOfLines, consolidate, without_kinds, without_side_issues
from pipeline.relations.findings import SELF, Finding, Findings, Subject, identity

_CHANNELS: Final[tuple[Channel, ...]] = ("table", "text")
_CERTAIN: Final = 0.99  # no number of repetitions makes a value certain


def merge(document: Document, found: Findings, kinds: KindsOfLines, made_by: dict[str, str]) -> list[Record]:
    """The records that the findings make, in the order of their first evidence, tables first.

    Args:
        document: the document.
        found: what the channels found.
        kinds: which type of cell each line is, where the document says so.
        made_by: versions and settings, passed through.

    A subject without a coat, in no row of a table of coated particles, makes no record.
    """
    by_subject: dict[Subject, list[Finding]] = defaultdict(list)
    for finding in found.values:
        by_subject[finding.subject].append(finding)
    with_coat = {finding.subject for finding in found.values if finding.field == "membranes"} | found.rows
    if with_coat:
        with_coat |= found.coated
    subjects = sorted(with_coat, key=lambda s: (_first(by_subject.get(s, ())), s.study, s.formulation or ""))
    return [_record(document, subject, by_subject.get(subject, []), found, kinds, made_by) for subject in subjects]


def _first(findings: Iterable[Finding]) -> tuple[int, int]:
    """Where a subject is first met: rows of tables come before prose."""
    return min(((_CHANNELS.index(f.channel), f.mention.start) for f in findings), default=(len(_CHANNELS), 0))


def _record(
    document: Document,
    subject: Subject,
    findings: Sequence[Finding],
    found: Findings,
    kinds: KindsOfLines,
    made_by: dict[str, str],
) -> Record:
    fields: dict[FieldName, tuple[Value, ...]] = {field: _values(findings, field, kinds) for field in FIELDS}
    missing: dict[FieldName, Missing] = {
        field: "not_found" if (subject, field) in found.unsettled else "not_reported"
        for field in FIELDS
        if not fields[field]
    }
    return Record.model_validate(
        {
            "id": record_id(document.id, subject.study, subject.formulation),
            "document_id": document.id,
            "study": _study(document, subject.study),
            "formulation": subject.formulation,
            **fields,
            "missing": missing,
            "made_by": made_by,
        }
    )


def _study(document: Document, key: str) -> Study:
    """The study with what the document says of it: its reference, or for its own work its own head."""
    if key == SELF:
        return Study(key=key, doi=document.metadata.doi, title=document.metadata.title)
    reference = document.reference(key)
    if reference is None:
        return Study(key=key)
    return Study(key=key, doi=reference.doi, title=reference.title)


def _values(findings: Sequence[Finding], field: FieldName, kinds: KindsOfLines) -> tuple[Value, ...]:
    """The values of a field: per channel, in the order in which they are first named."""
    values: list[Value] = []
    for channel in _CHANNELS:
        groups: Groups = defaultdict(list)
        for finding in findings:
            if finding.field == field and finding.channel == channel:
                groups[identity(finding.mention)].append(finding)
        if channel == "text":
            own = any(finding.subject.study == SELF for some in groups.values() for finding in some)
            groups = without_kinds(consolidate(groups, field), kinds)
            groups = without_side_issues(groups, field) if own or field == "diseases" else groups
        ordered = sorted(groups.values(), key=lambda group: min((f.mention.start, f.mention.end) for f in group))
        values += [_value(group, channel) for group in ordered]
    return tuple(values)


def _naming(group: Sequence[Finding]) -> Finding:
    """The finding whose mention names the value: of the chosen name the surest, then the first."""
    name = fold(group[0].mention.name)
    return max((f for f in group if fold(f.mention.name) == name), key=lambda f: (f.score, -f.mention.start))


def _value(group: Sequence[Finding], channel: Channel) -> Value:
    """One value from all the findings of one thing: the best mention names it, all of them bear it out."""
    best = _naming(group).mention
    doubt = 1.0
    for finding in group:
        doubt *= 1.0 - finding.score
    common = {
        "text": best.text,
        "name": best.name,
        "curie": best.curie,
        "score": round(min(_CERTAIN, 1.0 - doubt), 4),
        "channel": channel,
        "evidence": tuple(dict.fromkeys(f.mention.id for f in sorted(group, key=lambda f: f.mention.start))),
        "caution": best.caution,
    }
    if best.size is not None:
        size = best.size
        return SizeValue(**common, value=size.value, unit=size.unit, approximate=size.approximate, of=size.of)
    if best.label == "CORE":
        core = best.core
        facts = {"materials": core.materials, "structure": core.structure, "form": core.form} if core else {}
        return CoreValue(**common, **facts)
    return Value(**common)
