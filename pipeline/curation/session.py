"""A curator's session: the run's records, the queue, and the decisions taken on them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, Final
from uuid import uuid4

from pydantic import ValidationError

from pipeline.curation.curation_state import CuratedValue, ValueKey, View, disputed, doubt, opposed, unclaimed
from pipeline.curation.log import DecisionLog
from pipeline.curation.papers import Papers
from pipeline.errors import UsageError
from pipeline.export.decisions import ADJUDICATOR, Decision, standing
from pipeline.export.merge import wordings
from pipeline.folder import RunFolder
from pipeline.linking import link, shipped_lexicon
from pipeline.records import (
    FIELD_OF,
    FIELDS,
    FieldName,
    Label,
    Missing,
    Outcome,
    Record,
    Study,
    fold,
    record_id,
    size_of,
)

_IDLE: Final = 300.0  # seconds; a longer pause is no work
_CURIE: Final = re.compile(r"[A-Za-z][\w.]*:[\w.:/-]+")
_LABELS: Final[dict[FieldName, tuple[Label, ...]]] = {
    field: tuple(label for label, of in FIELD_OF.items() if of == field) for field in FIELDS
}
_FILES: Final = ("documents.jsonl", "mentions.jsonl", "records.jsonl")


class RefusedError(UsageError):
    """A decision that cannot be taken as asked; its text is shown to the curator."""


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A record on the session, with the input it came from; ``blank`` where the run found none in the paper."""

    record: Record
    outcome: Outcome
    doubt: float
    blank: bool = False

    @property
    def opposed(self) -> int:
        """How many of its values a second opinion doubts."""
        return len(opposed(self.record))

    @property
    def source(self) -> str:
        """The file's name."""
        return Path(self.outcome.source).name

    @property
    def title(self) -> str:
        """What the record is called: the study, and the particle where the paper names it."""
        key = self.record.study.key
        study = "Own study" if key == "self" else f"Study {key}"
        return f"{study}: {self.record.formulation}" if self.record.formulation else study

    @property
    def summary(self) -> str:
        """The record in a line: its coats and its cores."""
        fields: tuple[FieldName, FieldName] = ("membranes", "cores")
        coats, cores = (", ".join(each[0].first.name for each in wordings(self.record.values(f))) for f in fields)
        return " on ".join(filter(None, (coats, cores)))


class Session:
    """One curator's place at a run. Other curators' decisions stay out of sight, so that two can decide blind.

    Args:
        folder: the run.
        curator: under which name decisions are kept.
        adjudicate: settle what others disagree on; their decisions are shown.
        sources: a folder to look for the papers in, where they are no longer where the run read them.
        now: the clock.

    Raises:
        UsageError: the folder is no run's, or the curator has no name.
    """

    def __init__(
        self,
        folder: RunFolder,
        curator: str,
        *,
        adjudicate: bool = False,
        sources: Path | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        name = " ".join(curator.split())
        if not name or name.endswith(ADJUDICATOR):
            raise UsageError("--curator: give the name under which your decisions are kept")
        self.folder = folder
        self.log = DecisionLog(folder)
        self.adjudicates = adjudicate
        self.curator = name + ADJUDICATOR if adjudicate else name
        self._sources = sources
        self._now = now
        self._since = now()
        self._lock = RLock()
        self._stamp: object = None
        self.refresh()
        self.log.all()  # a log that cannot be read is told now

    def refresh(self) -> None:
        """Read the run's files again if a new run has written them.

        Raises:
            UsageError: the folder is no run's.
        """
        with self._lock:
            stamp = [_stamp(self.folder.path / name) for name in _FILES]
            if stamp == self._stamp:
                return
            outcomes: dict[str, Outcome] = {}
            for outcome in self.folder.outcomes():
                if outcome.document_id:
                    outcomes.setdefault(outcome.document_id, outcome)
            self._finished: dict[tuple[str, str], tuple[int, bool]] = {}
            self.papers = Papers(self.folder, self._sources)
            records = [record for record in self.folder.records() if record.document_id in outcomes]
            recorded = {record.document_id for record in records}
            left = {key: each for key, each in outcomes.items() if each.status == "ok" and key not in recorded}
            records += [_blank(key, outcome) for key, outcome in left.items()]
            self._items = {
                each.id: QueueItem(each, outcomes[each.document_id], doubt(each), each.document_id in left)
                for each in records
            }
            self._stamp = stamp

    def queue(self) -> list[QueueItem]:
        """The records, the most doubtful first; behind them the papers in which the run found none."""
        return sorted(self._items.values(), key=lambda item: (item.blank, -item.doubt, item.record.id))

    def to_do(self) -> list[QueueItem]:
        """The records that this curator works through: all, or for an adjudicator those in dispute."""
        return [item for item in self.queue() if not self.adjudicates or self.disputed(item.record.id)]

    def unchanged(self, curator: str | None = None) -> tuple[int, int]:
        """How many of the run's values a curator accepted as they were, and how many of them were decided."""
        who = curator or self.curator
        mine = standing(d for d in self.log.all() if d.curator == who)
        found = {key: {(name, value.key) for name, value in item.record.items()} for key, item in self._items.items()}
        decided = [d for d in mine if (d.field, d.key) in found.get(d.record_id, ())]
        return sum(d.action == "accept" for d in decided), len(decided)

    def item(self, record_id: str) -> QueueItem:
        """The record with this id.

        Raises:
            KeyError: there is none.
        """
        return self._items[record_id]

    def view(self, record_id: str, curator: str | None = None) -> View:
        """A record as a curator sees it, by default this one."""
        record = self.item(record_id).record
        decisions = standing(d for d in self.log.of(record_id) if d.curator == (curator or self.curator))
        return View(record, decisions, lambda: self.papers.open(record.document_id))

    def finished(self, record_id: str, curator: str | None = None) -> bool:
        """Whether a curator, by default this one, has finished a record."""
        who, count = curator or self.curator, len(self.log.of(record_id))
        known = self._finished.get((record_id, who))
        if known is None or known[0] != count:  # a paper is opened for it, so it is worked out once for each decision
            done = not self.open_disputes(record_id) if self.adjudicates and curator is None else None
            known = self._finished[record_id, who] = (
                count, self.view(record_id, who).finished if done is None else done,
            )  # fmt: skip
        return known[1]

    def disputed(self, record_id: str) -> set[ValueKey]:
        """The values that the curators who finished a record decided differently."""
        return disputed(
            self.view(record_id, each) for each in self.curators(record_id) if self.finished(record_id, each)
        )

    def finished_by_two(self) -> int:
        """How many records two curators or more have finished."""
        keys = [item.record.id for item in self.queue()]
        return sum(sum(self.finished(key, each) for each in self.curators(key)) > 1 for key in keys)

    def open_disputes(self, record_id: str) -> set[ValueKey]:
        """Of these the ones that this adjudicator has not settled."""
        settled = {each.place for each in self.view(record_id).curated_or_set_aside if each.decision is not None}
        return self.disputed(record_id) - settled

    def curators(self, record_id: str) -> list[str]:
        """Who decided anything about a record, adjudicators left out."""
        return sorted({d.curator for d in self.log.of(record_id) if not d.curator.endswith(ADJUDICATOR)})

    def after(self, record_id: str) -> str | None:
        """The record that comes next in the queue and is not finished; None where all are."""
        queue = [item.record.id for item in self.to_do()]
        at = queue.index(record_id) if record_id in queue else -1
        return next((key for key in [*queue[at + 1 :], *queue[: max(at, 0)]] if not self.finished(key)), None)

    def lost(self) -> list[Decision]:
        """This curator's standing decisions on records that this run no longer holds. They stay on the log."""
        mine = standing(d for d in self.log.all() if d.curator == self.curator)
        return [decision for decision in mine if decision.record_id not in self._items]

    def opened(self) -> None:
        """Time on what comes next counts from here."""
        self._since = self._now()

    def minutes(self) -> dict[str, float]:
        """The minutes that this curator has spent on each document."""
        spent: dict[str, float] = {}
        for decision in self.log.all():
            if decision.curator == self.curator:
                spent[decision.document_id] = spent.get(decision.document_id, 0.0) + (decision.seconds or 0.0) / 60
        return spent

    def accept(self, record_id: str, field: FieldName, key: str) -> None:
        """A value is right. Its name is kept with the decision, which so outlives a run that finds it."""
        curated = self._value(record_id, field, key)
        if curated is not None and curated.action == "add":
            return  # whoever added it holds it for right
        name, curie = (curated.name, curated.curie) if curated else (None, None)
        about = {"field": field, "key": key, **self._stands(record_id, curated)}
        self._decide(record_id, [{"action": "accept", "name": name, "curie": curie, **about}])

    def reject(self, record_id: str, field: FieldName, key: str) -> None:
        """A value, or a name that no value claims, is none of this study's."""
        self._decide(record_id, [{"action": "reject", "field": field, "key": key}])

    def reject_unclaimed(self, record_id: str) -> None:
        """None of the names left to pass over is this study's; undone as one."""
        left = self.view(record_id).unclaimed
        self._decide(record_id, [{"action": "reject", "field": each.field, "key": each.key} for each in left])

    def correct(self, record_id: str, field: FieldName, key: str, name: str, curie: str | None = None) -> None:
        """A value is another: the identifier is looked up where none is given, and left out for ``-``."""
        name = _one_line(name)
        if not name:
            raise RefusedError("write the right name")
        _readable(name, field)
        curated = self._value(record_id, field, key)
        action = "add" if curated is not None and curated.action == "add" else "correct"
        change = {"action": action, "name": name, "curie": _identifier(curie, name, field)}
        about = {"field": field, "key": key, **self._stands(record_id, curated)}
        self._decide(record_id, [{**change, **about}])

    def not_about(self, record_id: str) -> None:
        """The record is about no coated particle: nothing in it holds, and no field is reported; undone as one."""
        view = self.view(record_id)
        places = [each.place for each in view.curated] + [(each.field, each.key) for each in view.unclaimed]
        rejected = [{"action": "reject", "field": field, "key": key} for field, key in dict.fromkeys(places)]
        empty = [{"action": "empty", "field": field, "reason": "not_reported"} for field in FIELDS]
        self._decide(record_id, [*rejected, *empty], check=False)

    def explain(self, record_id: str, field: FieldName, reason: Missing) -> None:
        """A field is rightly empty, and why."""
        self._decide(record_id, [{"action": "empty", "field": field, "reason": reason}])

    def add(self, record_id: str, field: FieldName, name: str, curie: str | None, start: int, end: int) -> None:
        """Add a value that stands at ``[start, end)`` in the document; its identifier as in :meth:`correct`.

        Raises:
            RefusedError: no such place, no name, or the record has this value already.
        """
        text = self.papers.open(self.item(record_id).record.document_id).document.text
        if not 0 <= start < end <= len(text):
            raise RefusedError("select the name on the page first")
        name = _one_line(name) or _one_line(text[start:end])
        if not name:
            raise RefusedError("write the name")
        _readable(name, field)
        curie = _identifier(curie, name, field)
        key = curie or fold(name)
        if any(each.place == (field, key) and each.action != "reject" for each in self.view(record_id).curated):
            raise RefusedError(f"{name} is among the {field.replace('_', ' ')} already; change that one")
        place = {"start": start, "end": end}
        self._decide(record_id, [{"action": "add", "field": field, "key": key, "name": name, "curie": curie, **place}])

    def undo(self, record_id: str) -> list[Decision]:
        """Take back what this curator decided last on a record: one decision, or those taken as one."""
        mine = standing(d for d in self.log.of(record_id) if d.curator == self.curator)
        last = [decision for decision in mine if decision.at == mine[-1].at]
        self._decide(record_id, [{"action": "undo", "field": d.field, "key": d.key, "undoes": d.id} for d in last])
        return last

    def _value(self, record_id: str, field: FieldName, key: str) -> CuratedValue | None:
        return next((each for each in self.view(record_id).curated if each.place == (field, key)), None)

    def _stands(self, record_id: str, curated: CuratedValue | None) -> dict[str, int]:
        """Where the text first bears a value out; a decision so outlives a run that finds the value."""
        if curated is None or curated.merged is None:
            decision = curated.decision if curated else None
            known = decision and decision.start is not None and decision.end is not None
            return {"start": decision.start or 0, "end": decision.end or 0} if decision and known else {}
        mentions = self.papers.open(self.item(record_id).record.document_id).mentions
        first = next((mentions[key] for key in curated.merged.evidence if key in mentions), None)
        return {"start": first.start, "end": first.end} if first else {}

    def _decide(self, record_id: str, wanted: list[dict[str, Any]], *, check: bool = True) -> None:
        """Put decisions on the log as one.

        Raises:
            RefusedError: one is about nothing that is there.
            StoreError: the log cannot be written.
        """
        with self._lock:
            record = self.item(record_id).record
            now = self._now()
            seconds = round(min(_IDLE, max(0.0, (now - self._since).total_seconds())), 1)
            about = {"document_id": record.document_id, "record_id": record_id, "curator": self.curator, "at": now}
            decisions = []
            for number, what in enumerate(wanted):
                if check:
                    self._check(record_id, what)
                spent = 0.0 if number else seconds
                try:
                    decisions.append(Decision.model_validate({**about, **what, "id": uuid4().hex, "seconds": spent}))
                except ValidationError as error:
                    raise RefusedError(error.errors(include_url=False)[0]["msg"]) from error
            if decisions:
                self.log.append(decisions)
                self._since = now

    def _check(self, record_id: str, what: dict[str, Any]) -> None:
        field, action = what["field"], what["action"]
        if action == "empty" and field not in self.view(record_id).empty:
            raise RefusedError(f"{field.replace('_', ' ')} is not empty; reject its values first")
        if action in {"accept", "correct"} and (field, what["key"]) not in self._curated_places(record_id):
            raise RefusedError(f"the record has no such value among its {field.replace('_', ' ')}; open it again")
        if action == "reject" and (field, what["key"]) not in self._places(record_id):
            raise RefusedError(f"there is no such name to reject among the {field.replace('_', ' ')}; open it again")

    def _curated_places(self, record_id: str) -> set[ValueKey]:
        return {each.place for each in self.view(record_id).curated}

    def _places(self, record_id: str) -> set[ValueKey]:
        """All that may be rejected: values, names that no value claims, and for an adjudicator what others added."""
        record = self.item(record_id).record
        found = self._curated_places(record_id)
        found |= {(each.field, each.key) for each in unclaimed(record, self.papers.open(record.document_id))}
        if self.adjudicates:
            found |= {(d.field, d.key) for d in self.log.of(record_id) if d.action == "add" and d.key}
        return found


def _blank(document_id: str, outcome: Outcome) -> Record:
    """The record of a paper in which the run found none, for a curator to fill in."""
    study = Study(key="self", doi=outcome.doi, title=outcome.title)
    nothing: dict[FieldName, Missing] = dict.fromkeys(FIELDS, "not_found")
    return Record(id=record_id(document_id, "self", None), document_id=document_id, study=study, missing=nothing)


def _readable(name: str, field: FieldName) -> None:
    """Refuse a size without a number: what is published of it is the number."""
    if field == "sizes" and size_of(name) is None:
        raise RefusedError(f"{name} is no size; write a number and a unit, such as 120 nm, ca. 120 nm or 100-120 nm")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _identifier(given: str | None, name: str, field: FieldName) -> str | None:
    given = (given or "").strip()
    if given == "-":
        return None
    if given and not _CURIE.fullmatch(given):
        raise RefusedError(f"{given} is no identifier; write it as PREFIX:ID, such as CHEBI:28748, or - for none")
    return given or look_up(name, field)


def look_up(name: str, field: FieldName) -> str | None:
    """The identifier of a name, where the lexicons know exactly one."""
    for label in _LABELS[field]:
        found = link(name, label, shipped_lexicon())
        if found and found.curie:
            return found.curie
    return None


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
