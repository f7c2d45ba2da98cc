"""The state of a record under a curator's decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pipeline.curation.papers import CurationPaper
from pipeline.export.decisions import Decision
from pipeline.export.merge import Merged, difference, merge, wordings
from pipeline.records import FIELD_OF, FIELDS, FieldName, Mention, Record, Value, fold

ValueKey = tuple[FieldName, str]
"""What a decision is about within a record: a field, and the key of a value in it."""
_HOLDS: Final = frozenset({"accept", "correct", "add"})
_LIKELY: Final = frozenset({"membrane_source", "cargo", "core"})
_SHOWN: Final = 40  # names that no value claims; more than that nobody looks through


@dataclass(frozen=True, slots=True)
class CuratedValue:
    """A value and the curator's standing decision on it, if any.

    ``merged`` is None for a value that the curator added, and for one that this run no longer finds. ``wording`` tells
    that it seems to be the value before it in other words.
    """

    field: FieldName
    key: str
    merged: Merged | None
    decision: Decision | None
    wording: bool = False

    @property
    def place(self) -> ValueKey:
        """What it is within its record."""
        return self.field, self.key

    @property
    def action(self) -> str:
        """The decision in a word; empty where there is none."""
        return self.decision.action if self.decision else ""

    @property
    def name(self) -> str:
        """The name that holds: the curator's where there is one."""
        if self.decision is not None and self.decision.name is not None:
            return self.decision.name
        return self.merged.first.name if self.merged else self.key

    @property
    def curie(self) -> str | None:
        """The identifier that goes with the name that holds."""
        if self.decision is not None and (self.merged is None or self.decision.action in {"correct", "add"}):
            return self.decision.curie
        return self.merged.first.curie if self.merged else None

    @property
    def holds(self) -> bool:
        """Whether it is part of the curated record."""
        return self.action in _HOLDS

    @property
    def gone(self) -> bool:
        """Whether it was decided on an earlier run, and this one does not find it."""
        return self.merged is None and self.action != "add"

    @property
    def outcome(self) -> tuple[bool, str]:
        """What the decision comes to: whether the value holds, and as what."""
        return (True, self.curie or self.name.casefold()) if self.holds else (False, "")


@dataclass(slots=True)
class Unclaimed:
    """A name near a record's evidence that no value claims: it may have been missed."""

    field: FieldName
    key: str
    mention: Mention
    count: int
    likely: bool


class View:
    """A record as one curator sees it.

    Attributes:
        curated: its values with the curator's decisions, in the order of the fields, and what the curator added.
        empty: the fields in which nothing holds or is open, each with the decision on why.
        differ: the fields of which table and text do not say the same.
    """

    def __init__(self, record: Record, decisions: Sequence[Decision], paper: Callable[[], CurationPaper]) -> None:
        self.record = record
        self._decisions = decisions
        self._paper = paper  # opened only where the names in it are asked for
        self.curated = curate(record, decisions)
        stated = {d.field: d for d in decisions if d.action == "empty"}
        filled = {each.field for each in self.curated if each.decision is None or each.holds}
        self.empty: dict[FieldName, Decision | None] = {f: stated.get(f) for f in FIELDS if f not in filled}
        self.differ = differing(record)

    @property
    def curated_or_set_aside(self) -> list[CuratedValue]:
        """The values, and the names beside them that the curator set aside."""
        known = {each.place for each in self.curated}
        aside = [d for d in self._decisions if d.action == "reject" and d.key and (d.field, d.key) not in known]
        return [*self.curated, *(CuratedValue(d.field, d.key or "", None, d) for d in aside)]

    @property
    def undecided(self) -> int:
        """How many values wait for a decision."""
        return sum(each.decision is None for each in self.curated)

    @property
    def unexplained(self) -> int:
        """How many empty fields wait for the reason."""
        return sum(decision is None for decision in self.empty.values())

    @cached_property
    def unclaimed(self) -> list[Unclaimed]:
        """The names to pass over at the end that were neither added nor set aside."""
        decided = {(d.field, d.key) for d in self._decisions}
        return [each for each in unclaimed(self.record, self._paper()) if (each.field, each.key) not in decided]

    @property
    def finished(self) -> bool:
        """Whether every value is decided, every empty field explained, and every unclaimed name skipped."""
        return bool(self._decisions) and not self.undecided and not self.unexplained and not self.unclaimed


def curate(record: Record, decisions: Iterable[Decision]) -> list[CuratedValue]:
    """A record's values with one curator's standing decisions, then what the curator holds beside them."""
    on = {(d.field, d.key): d for d in decisions if d.action != "empty"}
    found = [
        CuratedValue(field, each.first.key, each, on.pop((field, each.first.key), None), wording=at > 0)
        for field in FIELDS
        for group in wordings(record.values(field))
        for at, each in enumerate(group)
    ]
    kept = [CuratedValue(d.field, d.key or "", None, d) for d in on.values() if d.action in _HOLDS]
    return sorted([*found, *kept], key=lambda each: FIELDS.index(each.field))


def disputed(views: Iterable[View]) -> set[ValueKey]:
    """The values on which curators' decisions come to different things; a value that only one added is one of them."""
    by_place = [{each.place: each for each in view.curated_or_set_aside} for view in views]
    places = {place for view in by_place for place in view}
    nothing = (False, "")
    return {
        place for place in places if len({view[place].outcome if place in view else nothing for view in by_place}) > 1
    }


def differing(record: Record) -> set[FieldName]:
    """The fields of which table and text do not say the same."""
    return {field for field in FIELDS if difference(wordings(record.values(field)))}


def unclaimed(record: Record, paper: CurationPaper) -> list[Unclaimed]:
    """Names near the record's evidence that no value of it claims, each once, the likeliest first.

    Near is the whole paper for a paper about its own work, else the paragraphs and table rows that hold the evidence.
    """
    claimed = {key for _, value in record.items() for key in value.evidence}
    known = {(field, value.key) for field, value in record.items()}
    evidence = [paper.mentions[key] for key in claimed if key in paper.mentions]
    regions = {paper.region(m.start, m.end) for m in evidence}
    found: dict[ValueKey, Unclaimed] = {}
    for mention in paper.mentions.values():
        place = (FIELD_OF[mention.label], mention.curie or fold(mention.name))
        near = record.study.key == "self" or paper.region(mention.start, mention.end) in regions
        if not near or mention.id in claimed or place in known or mention.negated:
            continue
        each = found.setdefault(place, Unclaimed(*place, mention, 0, likely=False))
        each.count += 1
        each.likely |= mention.role in _LIKELY
    return sorted(found.values(), key=lambda each: (not each.likely, -each.count, each.mention.start))[:_SHOWN]


def opposed(record: Record) -> set[ValueKey]:
    """The values that a second opinion doubts."""
    return {(field, value.key) for field, value in record.items() if value.doubts}


def doubt(record: Record) -> float:
    """How much a record needs a look: what its values lack in confidence, and what could not be settled.

    A value that a second opinion doubts counts as one without any confidence.
    """
    values: list[Value] = [each.first for field in FIELDS for each in merge(record.values(field))]
    unsure = sum(1 - value.score for value in values)
    unlinked = sum(value.curie is None for value in values if value not in record.sizes)
    careful = sum(value.caution is not None for value in values)
    unsettled = Counter(record.missing.values())["not_found"]
    return round(unsure + 0.5 * (unlinked + careful + unsettled + len(differing(record))) + len(opposed(record)), 4)
