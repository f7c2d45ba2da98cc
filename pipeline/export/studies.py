"""One row per study: what several documents of a run tell of the same study stands together.

Overlapping reviews, and a review beside the paper that it retells, tell of one study more than once. Records of
different documents whose studies have the same DOI are joined; each keeps its own row, which the joined one names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pipeline.export.facts import Fact, PaperFacts, RecordFacts, StudyFacts, file_name, label_of
from pipeline.export.merge import difference, wordings
from pipeline.folder import RunFolder
from pipeline.notices import folded_doi
from pipeline.records import FIELDS, FieldName, Outcome, Record, Value, fold


@dataclass(slots=True)
class _Particle:
    """The records of different documents that are taken for one study and formulation."""

    records: list[Record]

    def nearness(self, record: Record) -> tuple[bool, int]:
        """How well another document's record fits: the same formulation first, then the values that both state."""
        names = {fold(each.formulation) for each in self.records if each.formulation}
        mine = {(field, value.key) for field, value in record.items()}
        shared = {(field, value.key) for each in self.records for field, value in each.items()} & mine
        return record.formulation is not None and fold(record.formulation) in names, len(shared)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Which records of a run describe one study: by record id the number of its row, of those that share one."""

    row_of: dict[str, int]
    sizes: dict[int, int]

    def row(self, record: Record) -> int | None:
        """The number of the row that a record shares with others; None where it stands alone."""
        return self.row_of.get(record.id)


def overlap(folder: RunFolder) -> Overlap:
    """Find the records of different documents on one study, by its DOI.

    A document may have several records of a study, one for each formulation. Another document's record is joined with
    the formulation of the same name, else with the one whose values it shares most. Two records of one document are
    never joined.
    """
    dois = {outcome.document_id: outcome.doi for outcome in folder.outcomes() if outcome.document_id}
    by_doi: dict[str, list[Record]] = defaultdict(list)
    for record in folder.records():
        doi = record.study.doi or (dois.get(record.document_id) if record.study.key == "self" else None)
        if doi:
            by_doi[folded_doi(doi)].append(record)
    row_of: dict[str, int] = {}
    sizes: dict[int, int] = {}
    for records in by_doi.values():
        for particle in _particles(records):
            if len(particle.records) > 1:
                number = len(sizes)
                sizes[number] = len(particle.records)
                row_of.update((record.id, number) for record in particle.records)
    return Overlap(row_of, sizes)


def _particles(records: list[Record]) -> list[_Particle]:
    """Records of one study by formulation, no two of one document together; the document with most of them leads."""
    by_document: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_document[record.document_id].append(record)
    leading, *others = sorted(by_document.values(), key=len, reverse=True)
    found = [_Particle([record]) for record in leading]
    for rivals in others:
        pairs = [(particle, record) for particle in found for record in rivals]
        pairs.sort(key=lambda pair: pair[0].nearness(pair[1]), reverse=True)  # of equals the first
        for particle, record in pairs:
            if not any(each.document_id == record.document_id for each in particle.records) and not any(
                record is each for other in found for each in other.records
            ):
                particle.records.append(record)
    return found


def study_rows(papers: Iterable[PaperFacts], shared: Overlap) -> Iterator[RecordFacts]:
    """The rows to show: records that stand alone, and joined ones at the place of the last of their documents.

    Args:
        papers: the run's inputs, in order.
        shared: which records share a row, as :func:`overlap` finds it.
    """
    waiting = Waiting(shared)
    for paper in papers:
        for about in paper.records:
            row = waiting.add(about)
            if row is not None:
                yield row


class Waiting:
    """Holds the records of a shared row until the last of them is there."""

    def __init__(self, shared: Overlap) -> None:
        self._shared = shared
        self._held: dict[int, list[RecordFacts]] = defaultdict(list)

    def add(self, about: RecordFacts) -> RecordFacts | None:
        """The row that this record completes: itself where it stands alone; None where others are still to come."""
        number = self._shared.row(about.record)
        if number is None:
            return about
        self._held[number].append(about)
        return join(self._held.pop(number)) if len(self._held[number]) == self._shared.sizes[number] else None


def join(told: list[RecordFacts]) -> RecordFacts:
    """One row for a study that several documents describe; each stays in ``sources``."""
    first = told[0]
    names = _source_names([about.outcome for about in told])
    source_of = {
        key: names[about.record.document_id] for about in told for _, value in about.record.items()
        for key in value.evidence
    }  # fmt: skip
    record = _joined_record([about.record for about in told])
    fields: dict[FieldName, list[Fact]] = {}
    differ: dict[FieldName, str] = {}

    def origin(value: Value) -> str:
        return source_of[value.evidence[0]]

    for name in FIELDS:
        groups = wordings(record.values(name), origin)
        quotes = {quote.mention.id: quote for about in told for fact in about.fields[name] for quote in fact.quotes}
        fields[name] = [
            Fact(name, each, label_of(each), at > 0, tuple(quotes[key] for key in each.evidence if key in quotes))
            for group in groups
            for at, each in enumerate(group)
        ]
        if stated := difference(groups):
            differ[name] = ", ".join(f"{', '.join(stated[source])} ({source})" for source in stated)
    return RecordFacts(
        record, first.outcome, _joined_study([about.study for about in told]), fields, differ, tuple(told)
    )


def _joined_record(records: list[Record]) -> Record:
    """A record with the values of all; a reason for an empty field stands where all are empty."""
    values: dict[str, tuple[Value, ...]] = {
        name: tuple(value for record in records for value in record.values(name)) for name in FIELDS
    }
    formulations = {fold(record.formulation): record.formulation for record in records[::-1] if record.formulation}
    missing = {
        name: "not_found" if any(record.missing.get(name) == "not_found" for record in records) else reason
        for record in records
        for name, reason in record.missing.items()
        if not values[name]
    }
    return records[0].model_copy(
        update={
            **values,
            "formulation": "; ".join([*formulations.values()][::-1]) or None,
            "rows": (),
            "missing": missing,
        }
    )


def _joined_study(told: list[StudyFacts]) -> StudyFacts:
    """What is known of the study: from the paper itself where it is among them, what it lacks from the others."""
    best = sorted(told, key=lambda study: study.key != "self")
    known = {
        name: next((getattr(study, name) for study in best if getattr(study, name)), getattr(best[0], name))
        for name in ("title", "authors", "first_author", "year", "journal")
    }
    return replace(best[0], key="; ".join(study.key for study in told), **known)


def _source_names(outcomes: list[Outcome]) -> dict[str, str]:
    """By document what its source is called: the file's name, with its folders where two have the same."""
    short = {each.document_id or "": file_name(each) for each in outcomes}
    doubled = len(set(short.values())) < len(short)
    return {each.document_id or "": each.source for each in outcomes} if doubled else short
