"""A curator's desk: the run's records, what was decided about them, and the log that decisions go to."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from pydantic import ValidationError

from pipeline.errors import StoreError, UsageError
from pipeline.export.decisions import FILE, Decision, read_decisions, standing
from pipeline.export.merge import Merged, merge
from pipeline.export.runs import Extraction, extractions
from pipeline.folder import RunFolder
from pipeline.linking import link, shipped_lexicon
from pipeline.records import FIELD_OF, FIELDS, FieldName, Label, Mention, Record, Value, fold

ADJUDICATOR: Final = " (adjudicator)"
"""Ends the name of a curator who decides between others."""
_IDLE: Final = 300.0  # seconds; a longer pause is no work
_LABELS: Final[dict[FieldName, tuple[Label, ...]]] = {
    field: tuple(label for label, of in FIELD_OF.items() if of == field) for field in FIELDS
}


class RefusedError(UsageError):
    """A decision that cannot be taken as asked; its text is shown to the curator."""


@dataclass(frozen=True, slots=True)
class Item:
    """A record on the desk, with the document it came from."""

    record: Record
    extraction: Extraction
    doubt: float

    @property
    def source(self) -> str:
        """The file's name."""
        return Path(self.extraction.outcome.source).name


@dataclass(frozen=True, slots=True)
class Judged:
    """A value of a record and the curator's standing decision on it, if any; ``merged`` is None for an added one."""

    field: FieldName
    key: str
    merged: Merged | None
    decision: Decision | None

    @property
    def name(self) -> str:
        """The name that holds: the curator's where there is one."""
        if self.decision is not None and self.decision.name is not None:
            return self.decision.name
        return self.merged.first.name if self.merged else ""

    @property
    def curie(self) -> str | None:
        """The identifier that goes with the name that holds."""
        if self.decision is not None and self.decision.action in {"correct", "add"}:
            return self.decision.curie
        return self.merged.first.curie if self.merged else None

    @property
    def holds(self) -> bool:
        """Whether it is part of the curated record."""
        return self.decision is not None and self.decision.action in {"accept", "correct", "add"}


class Desk:
    """One curator's view of a run. Of other curators' decisions it shows nothing, so that two can judge blind.

    Raises:
        UsageError: the folder is no run's, or the curator has no name.
    """

    def __init__(
        self,
        folder: RunFolder,
        curator: str,
        *,
        adjudicate: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        name = " ".join(curator.split())
        if not name or name.endswith(ADJUDICATOR):
            raise UsageError("--curator: give the name under which your decisions are kept")
        self.folder = folder
        self.adjudicates = adjudicate
        self.curator = name + ADJUDICATOR if adjudicate else name
        self._now = now
        self._since = now()
        self._items = {
            record.id: Item(record, extraction, doubt(record))
            for extraction in extractions(folder)
            for record in extraction.records
        }
        self._log: list[Decision] = []
        self._on: dict[str, list[Decision]] = {}
        self._log_size = 0
        self.document = lru_cache(maxsize=8)(folder.document)

    def queue(self) -> list[Item]:
        """The records, the most doubtful first."""
        return sorted(self._items.values(), key=lambda item: (-item.doubt, item.record.id))

    def item(self, record_id: str) -> Item:
        """The record with this id.

        Raises:
            KeyError: there is none.
        """
        return self._items[record_id]

    def log(self) -> list[Decision]:
        """All decisions on the run, of every curator, oldest first."""
        path = self.folder.path / FILE
        size = path.stat().st_size if path.is_file() else 0  # the log only ever grows
        if size != self._log_size:
            self._log = list(read_decisions(self.folder))
            self._on = {}
            for decision in self._log:
                self._on.setdefault(decision.record_id, []).append(decision)
            self._log_size = size
        return self._log

    def on(self, record_id: str) -> list[Decision]:
        """All decisions on a record, of every curator, oldest first."""
        self.log()
        return self._on.get(record_id, [])

    def mine(self, record_id: str) -> list[Decision]:
        """This curator's standing decisions on a record."""
        return standing(d for d in self.on(record_id) if d.curator == self.curator)

    def judged(self, record_id: str) -> list[Judged]:
        """The record's values with this curator's decisions, and what the curator added."""
        return judge(self.item(record_id).record, self.mine(record_id))

    def empty(self, record_id: str) -> dict[FieldName, Decision | None]:
        """The fields in which nothing holds or is open, each with the decision on why."""
        judged = self.judged(record_id)
        said = {d.field: d for d in self.mine(record_id) if d.action == "empty"}
        filled = {each.field for each in judged if each.decision is None or each.holds}
        return {field: said.get(field) for field in FIELDS if field not in filled}

    def is_done(self, record_id: str) -> bool:
        """Whether every value is decided and every empty field explained."""
        decided = all(each.decision is not None for each in self.judged(record_id))
        return decided and all(self.empty(record_id).values())

    def unclaimed(self, record_id: str) -> list[Mention]:
        """Names near the record's evidence that no value of it claims, each name once: what may have been missed."""
        item = self.item(record_id)
        claimed = {key for _, value in item.record.items() for key in value.evidence}
        known = {judged.key for judged in self.judged(record_id)}
        sections = {m.section for m in item.extraction.mentions if m.id in claimed}
        found: dict[tuple[FieldName, str], Mention] = {}
        for mention in item.extraction.mentions:
            key = mention.curie or fold(mention.name)
            near = item.record.study.key == "self" or mention.section in sections
            if near and mention.id not in claimed and key not in known and not mention.negated:
                found.setdefault((FIELD_OF[mention.label], key), mention)
        return list(found.values())

    def opened(self) -> None:
        """Time on what comes next counts from here."""
        self._since = self._now()

    def decide(self, record_id: str, **what: Any) -> Decision:
        """Put a decision on the log.

        Raises:
            RefusedError: it is not complete, or about nothing that is there.
            StoreError: the log cannot be written.
        """
        item = self.item(record_id)
        if what.get("action") == "reject":
            what = self._take_back(record_id, what)
        now = self._now()
        seconds = min(_IDLE, max(0.0, (now - self._since).total_seconds()))
        about = {"document_id": item.record.document_id, "record_id": record_id, "curator": self.curator, "at": now}
        try:
            decision = Decision.model_validate({**about, **what, "id": uuid4().hex, "seconds": round(seconds, 1)})
        except ValidationError as error:
            raise RefusedError(error.errors(include_url=False)[0]["msg"]) from error
        self._check(item, decision)
        self._append(decision)
        self._since = now
        return decision

    def add(self, record_id: str, field: FieldName, name: str, curie: str | None, start: int, end: int) -> Decision:
        """Add a value that stands at ``[start, end)`` in the document; an identifier is looked up where none is given.

        Raises:
            RefusedError: no such place, no name, or the record has this value already.
        """
        text = self.document(self.item(record_id).record.document_id).text
        if not 0 <= start < end <= len(text):
            raise RefusedError("select the name on the page first")
        name = " ".join(name.split()) or " ".join(text[start:end].split())
        curie = curie or look_up(name, field)
        key = curie or fold(name)
        if any(each.field == field and each.key == key for each in self.judged(record_id)):
            raise RefusedError(f"{name} is among the {field.replace('_', ' ')} already; change that one")
        place = {"start": start, "end": end}
        return self.decide(record_id, action="add", field=field, key=key, name=name, curie=curie, **place)

    def undo(self, record_id: str) -> Decision | None:
        """Take back this curator's last standing decision on a record; None where there is none."""
        mine = self.mine(record_id)
        if not mine:
            return None
        return self.decide(record_id, action="undo", field=mine[-1].field, key=mine[-1].key, undoes=mine[-1].id)

    def minutes(self) -> dict[str, float]:
        """The minutes that this curator has spent on each document."""
        spent: dict[str, float] = {}
        for decision in self.log():
            if decision.curator == self.curator:
                spent[decision.document_id] = spent.get(decision.document_id, 0.0) + (decision.seconds or 0.0) / 60
        return spent

    def _take_back(self, record_id: str, what: dict[str, Any]) -> dict[str, Any]:
        """Rejecting what this curator added is undoing it: no run found it, so there is nothing else to reject."""
        for each in self.judged(record_id):
            place = (each.field, each.key)
            if each.merged is None and each.decision and place == (what.get("field"), what.get("key")):
                return {**what, "action": "undo", "undoes": each.decision.id}
        return what

    def _check(self, item: Item, decision: Decision) -> None:
        known = {(each.field, each.key) for each in self.judged(item.record.id)}
        if decision.action in {"accept", "correct", "reject"} and (decision.field, decision.key) not in known:
            raise RefusedError(f"the record has no such value among its {decision.field}; open it again")
        if decision.action == "empty" and decision.field not in self.empty(item.record.id):
            raise RefusedError(f"{decision.field} is not empty; reject its values first")

    def _append(self, decision: Decision) -> None:
        path = self.folder.path / FILE
        line = decision.model_dump_json().encode() + b"\n"
        try:
            with path.open("ab") as file:
                fcntl.flock(file, fcntl.LOCK_EX)  # another curator's app may write to the same log
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(
                f"{path}: the decision was not kept ({error.strerror}); make room and try again"
            ) from error


def judge(record: Record, decisions: Iterable[Decision]) -> list[Judged]:
    """A record's values with one curator's standing decisions, then the values that the curator added."""
    on = {(d.field, d.key): d for d in decisions if d.action not in {"empty", "undo"}}
    found = [
        Judged(field, each.first.key, each, on.pop((field, each.first.key), None))
        for field in FIELDS
        for each in merge(record.values(field))
    ]
    added = [Judged(d.field, d.key or "", None, d) for d in on.values() if d.action == "add"]
    return sorted([*found, *added], key=lambda each: FIELDS.index(each.field))


def doubt(record: Record) -> float:
    """How much a record needs a look: what its values lack in confidence, and what could not be settled."""
    values: list[Value] = [each.first for field in FIELDS for each in merge(record.values(field))]
    unsure = sum(1 - value.score for value in values)
    unlinked = sum(value.curie is None for value in values if value not in record.sizes)
    careful = sum(value.caution is not None for value in values)
    unsettled = sum(reason == "not_found" for reason in record.missing.values())
    return round(unsure + 0.5 * (unlinked + careful + unsettled), 4)


def look_up(name: str, field: FieldName) -> str | None:
    """The identifier of a name, where the lexicons know exactly one."""
    for label in _LABELS[field]:
        found = link(name, label, shipped_lexicon())
        if found and found.curie:
            return found.curie
    return None
