"""A run with curators' decisions applied to its records; every export starts from it.

records.jsonl and mentions.jsonl stay as the run found them, for decisions are about what stands there.
:func:`published` gives the same folder with decisions applied as it is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from pipeline.document import Document
from pipeline.export.decisions import ADJUDICATOR, FILE, Decision, read_decisions, standing
from pipeline.export.runs import Extraction, extractions
from pipeline.folder import RunFolder
from pipeline.records import (
    FIELD_OF,
    FIELDS,
    CoreValue,
    FieldName,
    Label,
    Mention,
    Missing,
    Outcome,
    Record,
    SizeValue,
    Study,
    Value,
    fold,
    mention_id,
    record_id,
    size_of,
)
from pipeline.settings import version

ValueKey = tuple[FieldName, str]
"""What a decision is about within a record: a field, and the key of a value in it."""

_HOLDING: Final = frozenset({"accept", "correct", "add"})
_LABELS: Final[dict[FieldName, Label]] = {of: label for label, of in reversed(FIELD_OF.items())}


@dataclass(frozen=True, slots=True)
class CuratedDecision:
    """What the decisions on one value come to.

    Attributes:
        action: as the curators agree or the adjudicator says; ``disputed`` where curators differ and nobody settled it.
        decision: the decision that holds; of a disputed value the last one.
        by: the names of those whose word it is.
    """

    action: str
    decision: Decision
    by: str


@dataclass(slots=True)
class RecordDecisions:
    """What curators decided about one record: its values by place, and why fields hold nothing."""

    document_id: str
    values: dict[ValueKey, CuratedDecision] = field(default_factory=dict)
    reasons: dict[FieldName, Missing] = field(default_factory=dict)


def settled(decisions: Iterable[Decision]) -> dict[str, RecordDecisions]:
    """What the decisions come to, record by record: an adjudicator's word holds, else what all curators say."""
    about: dict[tuple[str, FieldName, str | None], list[Decision]] = defaultdict(list)
    for decision in standing(decisions):
        about[decision.record_id, decision.field, decision.key].append(decision)
    found: dict[str, RecordDecisions] = {}
    for (record, name, key), group in about.items():
        each = _settle(group)
        one = found.setdefault(record, RecordDecisions(each.decision.document_id))
        if key is not None:
            one.values[name, key] = each
        elif each.action == "empty" and each.decision.reason:
            one.reasons[name] = each.decision.reason
    return found


def _settle(group: list[Decision]) -> CuratedDecision:
    final = [each for each in group if each.curator.endswith(ADJUDICATOR)][-1:] or group
    one = {(each.action, each.curie or fold(each.name or ""), each.reason) for each in final}
    by = ", ".join(dict.fromkeys(each.curator for each in final))
    return CuratedDecision(final[-1].action if len(one) == 1 else "disputed", final[-1], by)


def published(run_dir: Path | str | RunFolder, *, raw: bool = False) -> RunFolder:
    """The run's folder as it is published.

    Args:
        run_dir: what ``coatmine extract`` wrote.
        raw: as the run found it, whatever curators decided.

    Returns:
        The folder, whose records, mentions and outcomes are read with decisions applied where there are any.
    """
    path = run_dir.path if isinstance(run_dir, RunFolder) else Path(run_dir)
    return RunFolder(path) if raw or not (path / FILE).is_file() else CuratedFolder(path)


class CuratedFolder(RunFolder):
    """A run's folder whose records are read as they hold after curation.

    Rejected values are gone, corrected ones as corrected, added ones there with a mention of their own; a record in
    which nothing holds any more is left out. What is in dispute stays as the run found it, and says so.
    """

    @cached_property
    def decisions(self) -> dict[str, RecordDecisions]:
        """What curators decided, by record."""
        return settled(read_decisions(RunFolder(self.path)))

    def records(self) -> Iterator[Record]:
        """The records that hold, those that curators made of papers without one among them."""
        for extraction in self._raw():
            yield from self._records(extraction)

    def outcomes(self) -> Iterator[Outcome]:
        """The outcome of each input, with the number of records that hold."""
        for extraction in self._raw():
            yield extraction.outcome.model_copy(update={"records": len(list(self._records(extraction)))})

    def mentions(self) -> Iterator[Mention]:
        """The mentions, under the names that curators corrected, with those that support what they added."""
        for extraction in self._raw():
            known = {mention.id for mention in extraction.mentions}
            added = {each.id: each for each in self._added_mentions(extraction) if each.id not in known}
            renamed = self._renamed_mentions(extraction)
            kept = [renamed.get(mention.id, mention) for mention in extraction.mentions]
            yield from sorted([*kept, *added.values()], key=lambda mention: mention.start)

    def lost(self) -> list[Decision]:
        """The decisions that nothing published can show.

        They keep a value in a record that this run does not hold, or one that it does not find and of which the log
        does not say where it stands.
        """
        held = {record.id: _places(record) for record in super().records()}
        blank = {record_id(str(each.document_id), "self", None) for each in super().outcomes() if each.document_id}
        return [
            each.decision
            for key, decided in self.decisions.items()
            for place, each in decided.values.items()
            if each.action in _HOLDING and place not in held.get(key, ())
            if key not in held.keys() | blank or each.decision.start is None
        ]

    def _raw(self) -> Iterator[Extraction]:
        return extractions(RunFolder(self.path))

    def _records(self, extraction: Extraction) -> Iterator[Record]:
        document_id = extraction.outcome.document_id
        records = list(extraction.records)
        if document_id and not extraction.repeated and not records:
            records = [_blank(document_id, extraction.outcome)]
        for record in records:
            decided = self.decisions.get(record.id)
            if decided is None:
                yield from [record] if record in extraction.records else []
            elif (held := self._applied(record, decided)) is not None:
                yield held

    def _applied(self, record: Record, decided: RecordDecisions) -> Record | None:
        places = _places(record)
        beside = {
            place: each
            for place, each in decided.values.items()
            if place not in places and each.action in _HOLDING and each.decision.end is not None
        }
        document = self.document(record.document_id) if beside else None
        values: dict[FieldName, list[Value]] = {name: [] for name in FIELDS}
        for name, value in record.items():
            values[name] += _kept(value, decided.values.get((name, value.key)))
        for (name, _), each in beside.items():
            if document is not None and (new := _added_value(document, name, each)):
                values[name].append(new)
        if not any(values.values()):
            return None
        missing = {
            name: decided.reasons.get(name) or record.missing.get(name, "not_found")
            for name in FIELDS
            if not values[name] and (name in decided.reasons or name in record.missing or record.values(name))
        }
        held: dict[str, object] = {name: tuple(found) for name, found in values.items()}
        return record.model_copy(update={**held, "missing": missing})

    def _renamed_mentions(self, extraction: Extraction) -> dict[str, Mention]:
        """The mentions of corrected values as corrected; not those that support anything else as well."""
        names: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
        for record in extraction.records:
            for name, value in record.items():
                decided = self.decisions.get(record.id)
                for held in _kept(value, decided.values.get((name, value.key)) if decided else None):
                    for key in held.evidence:
                        names[key].add((held.name, held.curie) if held.decision == "correct" else ("", None))
        return {
            mention.id: mention.model_copy(update={"name": name, "curie": curie, "caution": None, "candidates": ()})
            for mention in extraction.mentions
            if len(names[mention.id]) == 1
            for name, curie in names[mention.id]
            if name
        }

    def _added_mentions(self, extraction: Extraction) -> Iterator[Mention]:
        document_id = extraction.outcome.document_id
        if extraction.repeated or document_id not in {each.document_id for each in self.decisions.values()}:
            return
        places = {record.id: _places(record) for record in extraction.records}
        document = self.document(str(document_id))
        for key, decided in self.decisions.items():
            if decided.document_id == document_id:
                for (name, value), each in decided.values.items():
                    if each.action in _HOLDING and (name, value) not in places.get(key, ()):
                        yield from _mention(document, name, each.decision)


def _places(record: Record) -> set[ValueKey]:
    return {(name, value.key) for name, value in record.items()}


def _blank(document_id: str, outcome: Outcome) -> Record:
    study = Study(key="self", doi=outcome.doi, title=outcome.title)
    nothing: dict[FieldName, Missing] = dict.fromkeys(FIELDS, "not_found")
    return Record(id=record_id(document_id, "self", None), document_id=document_id, study=study, missing=nothing)


def _kept(value: Value, each: CuratedDecision | None) -> list[Value]:
    """The value as it holds: none if it was rejected."""
    if each is None:
        return [value]
    if each.action == "reject":
        return []
    stated = {"decision": each.action, "decided_by": each.by}
    if each.action == "correct" and each.decision.name is not None:
        return [_renamed(value, each.decision).model_copy(update=stated)]
    return [value.model_copy(update=stated)]


def _renamed(value: Value, decision: Decision) -> Value:
    """The value under its right name; what followed from the wrong one goes."""
    now: dict[str, object] = {"name": decision.name, "curie": decision.curie}
    if decision.curie != value.curie:
        now["caution"] = None
    if isinstance(value, CoreValue) and fold(str(decision.name)) != fold(value.name):
        now |= {"materials": (), "structure": (), "form": None}
    if isinstance(value, SizeValue) and (size := size_of(str(decision.name))):
        now |= {"value": size.value, "unit": size.unit, "approximate": size.approximate}
    return value.model_copy(update=now)


def _added_value(document: Document, name: FieldName, each: CuratedDecision) -> Value | None:
    """A value that a curator holds and the run does not; None for a size whose number cannot be read."""
    mentions = list(_mention(document, name, each.decision))
    if not mentions:
        return None
    (mention,) = mentions
    block = document.block_at(mention.start)
    facts = {
        "text": mention.text,
        "name": mention.name,
        "curie": mention.curie,
        "score": 1.0,
        "channel": "table" if block and block.kind == "table" else "text",
        "evidence": (mention.id,),
        "decision": each.action,
        "decided_by": each.by,
    }
    if name == "sizes":
        size = mention.size
        return SizeValue.model_validate({**facts, **size.model_dump(include=_OF_SIZE)}) if size else None
    return (CoreValue if name == "cores" else Value).model_validate(facts)


_OF_SIZE: Final = {"value", "unit", "approximate", "of"}


def _mention(document: Document, name: FieldName, decision: Decision) -> Iterator[Mention]:
    """The place that a curator named as a mention; none where the log names no place in this text."""
    start, end = decision.start, decision.end
    if start is None or end is None or not start < end <= len(document.text):
        return
    label = "CELL_TYPE" if name == "membranes" and (decision.curie or "").startswith("cl:") else _LABELS[name]
    text = document.text[start:end]
    block = document.block_at(start)
    yield Mention(
        id=mention_id(document.id, label, start, end),
        document_id=document.id,
        label=label,
        start=start,
        end=end,
        text=text,
        name=decision.name or text,
        curie=decision.curie,
        score=1.0,
        method=f"curator:review@{version()}",
        section=block.section if block else (),
        boxes=tuple(document.boxes(start, end)),
        size=(size_of(decision.name or text) or size_of(text)) if name == "sizes" else None,
    )
