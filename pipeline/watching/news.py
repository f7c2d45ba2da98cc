"""What a digest tells: what is new and what has changed since the last one, and what waits for a curator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipeline.export import published
from pipeline.export.facts import RecordFacts, paper_facts
from pipeline.export.spreadsheet import cells_of
from pipeline.export.studies import overlap, study_rows
from pipeline.export.workbook import TITLES
from pipeline.folder import RunFolder
from pipeline.notices import Notice, described, folded_doi
from pipeline.records import FieldName, Outcome
from pipeline.watching.state import StudyState, WatchedPaper, WatchState

WAITING_SHOWN: Final = 20
"""Studies that wait for a curator and are listed, the most pressing first."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a field of a study has gained and lost since the last digest."""

    field: FieldName
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def title(self) -> str:
        """The field's name, as curators call it."""
        return TITLES[self.field]

    def __str__(self) -> str:
        parts = [*(f"+ {text}" for text in self.gained), *(f"- {text}" for text in self.lost)]
        return f"{self.title}: {', '.join(parts)}"


@dataclass(frozen=True, slots=True)
class StudyNews:
    """A study as a digest shows it.

    Attributes:
        records: ids of its records, the same on every run.
        values: by field, as records.csv has them.
        undecided: how many of its values no curator has decided, of ``total``.
        lowest: the lowest score of those.
        decided: whether a curator decided any.
        checks: why a curator should look, beside values that are undecided.
        notice: whether it was retracted or corrected, in words.
        cells: its row in records.csv.
        changes: what has changed since the last digest.
    """

    records: tuple[str, ...]
    doi: str
    url: str
    title: str
    citation: str
    formulation: str
    source: str
    values: dict[FieldName, tuple[str, ...]]
    undecided: int
    total: int
    lowest: float | None
    decided: bool
    checks: tuple[str, ...]
    notice: str
    retracted: bool
    cells: tuple[str, ...]
    changes: tuple[FieldChange, ...] = ()

    @property
    def name(self) -> str:
        """The study in a few words."""
        return self.title or self.citation or self.doi or self.source

    @property
    def waits(self) -> bool:
        """Whether a curator has something to decide."""
        return bool(self.undecided or self.checks)

    @property
    def urgency(self) -> tuple[bool, bool, float]:
        """By what studies that wait are sorted, the smallest first: noticed, to check, least certain."""
        return (not (self.notice and self.decided), not self.checks, 1.0 if self.lowest is None else self.lowest)


@dataclass(frozen=True, slots=True)
class NoticeNews:
    """What has happened to a paper and no digest told of: all notices of one kind, and the paper as it is known."""

    notices: tuple[Notice, ...]
    title: str

    @property
    def doi(self) -> str:
        """The paper."""
        return self.notices[0].doi

    @property
    def stated(self) -> str:
        """What has happened, when, and who says so."""
        return "; ".join(described(self.notices))


@dataclass(slots=True)
class Digest:
    """What a look tells.

    Attributes:
        subject: what is watched for.
        at: when the look began (UTC).
        number: of the look, from 1.
        title: the review's, where one is watched and it is known.
        papers: papers of which the last digest did not tell, or told another status.
        counts: all known papers, by status.
        new: studies that the last digest did not show.
        changed: studies whose values are others than it showed.
        gone: how many studies it showed that the run holds no more.
        notices: retractions and corrections that were not told yet.
        noticed: the studies that they are about.
        waiting: studies that wait for a curator, the most pressing first.
        studies: how many there are in all.
        retracted: how many of them are retracted.
        unreadable: papers that could not be read.
        unanswered: services and hosts that did not answer.
        passed_over: how many finds are not asked for, by reason.
        rows: all studies, for the state.
        events: all retractions and corrections, for the state.
    """

    subject: str
    at: datetime
    number: int
    title: str = ""
    papers: list[WatchedPaper] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    new: list[StudyNews] = field(default_factory=list)
    changed: list[StudyNews] = field(default_factory=list)
    gone: int = 0
    notices: list[NoticeNews] = field(default_factory=list)
    noticed: list[StudyNews] = field(default_factory=list)
    waiting: list[StudyNews] = field(default_factory=list)
    studies: int = 0
    retracted: int = 0
    unreadable: list[Outcome] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    rows: list[StudyState] = field(default_factory=list)
    events: list[str] = field(default_factory=list)

    @property
    def acquired(self) -> list[WatchedPaper]:
        """The new papers whose copies were acquired."""
        return [paper for paper in self.papers if paper.status == "acquired"]

    @property
    def closed(self) -> list[WatchedPaper]:
        """The new papers of which no copy could be had."""
        return [paper for paper in self.papers if paper.status in {"not_open", "refused"}]

    @property
    def has_news(self) -> bool:
        """Whether it tells anything that the last one did not."""
        return bool(self.papers or self.new or self.changed or self.gone or self.notices)

    @property
    def headline(self) -> str:
        """What is new, in a line."""
        parts = [
            _count(len(self.acquired), "new paper"),
            _count(len(self.closed), "paper without an open copy", "papers without an open copy"),
            _count(len(self.new), "new study", "new studies"),
            _count(len(self.changed), "changed study", "changed studies"),
            _count(len(self.notices), "retraction or correction", "retractions and corrections"),
        ]
        return ", ".join(filter(None, parts)) or "nothing new"

    def as_lines(self) -> list[str]:
        """What a terminal shows."""
        known = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in self.counts.most_common())
        lines = [
            f"{self.title or self.subject}: {self.headline}",
            f"{self.counts.total()} papers known: {known or 'none'}",
        ]
        for each in self.notices:
            lines.append(f"  {each.stated}: {each.title or 'a paper'}, {each.doi}")
        told = [f"new: {study.name}" for study in self.new]
        told += [f"changed: {study.name}: {'; '.join(map(str, study.changes))}" for study in self.changed]
        lines += [f"  {line}" for line in told[:WAITING_SHOWN]]
        if (more := len(told) - WAITING_SHOWN) > 0:
            lines.append(f"  and {more} more studies: see the digest")
        lines.append(f"{self.studies} studies, {len(self.waiting)} of them with something for a curator to decide")
        return lines

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "subject": self.subject,
            "at": self.at.isoformat(),
            "look": self.number,
            "papers": dict(self.counts),
            "acquired": [paper.doi for paper in self.acquired],
            "not_acquired": [paper.doi for paper in self.closed],
            "new": [_told(study) for study in self.new],
            "changed": [_told(study) for study in self.changed],
            "notices": [notice.model_dump(mode="json") for each in self.notices for notice in each.notices],
            "studies": self.studies,
            "waiting": len(self.waiting),
        }


def _told(study: StudyNews) -> dict[str, Any]:
    return {
        "doi": study.doi,
        "title": study.title,
        "records": list(study.records),
        "notice": study.notice,
        "changes": [str(change) for change in study.changes],
    }


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}" if number else ""


def gather(folder: Path, state: WatchState, notices: list[Notice], unanswered: Iterable[str]) -> Digest:
    """Compare what stands in a watch's folder with what its state says was told.

    Args:
        folder: the watch's folder.
        state: what the last digest told.
        notices: all notices in the folder.
        unanswered: the services and hosts that did not answer.
    """
    digest = Digest(state.subject, (state.begun or datetime.now(UTC)), state.looks + 1, unanswered=list(unanswered))
    digest.counts.update(paper.status for paper in state.papers.values())
    digest.passed_over.update(state.passed_over.values())
    digest.papers = [paper for paper in state.papers.values() if paper.told != paper.status]
    before = _Before(state.studies)
    titles = {paper.doi: paper.title for paper in state.papers.values()}
    digest.title = titles.get(state.subject, "")
    fresh = {key: told for key, told in _by_event(notices).items() if key not in set(state.notices)}
    about = {folded_doi(told[0].doi) for told in fresh.values()}
    for study in _studies(folder):
        digest.studies += 1
        digest.retracted += study.retracted
        digest.rows.append(
            StudyState(records=list(study.records), values={k: list(v) for k, v in study.values.items()})
        )
        if study.doi:
            titles[folded_doi(study.doi)] = study.name
        if folded_doi(study.doi) in about:
            digest.noticed.append(study)
        told = before.take(study)
        if told is None:
            digest.new.append(study)
        elif changes := tuple(_changes(told, study)):
            digest.changed.append(replace(study, changes=changes))
        if study.waits:
            digest.waiting.append(study)
    digest.gone = before.left
    digest.waiting.sort(key=lambda study: study.urgency)
    digest.notices = [NoticeNews(tuple(told), titles.get(folded_doi(told[0].doi), "")) for told in fresh.values()]
    digest.events = sorted(_by_event(notices))
    if (folder / "documents.jsonl").is_file():
        digest.unreadable = [outcome for outcome in RunFolder(folder).outcomes() if outcome.status != "ok"]
    return digest


def _by_event(notices: list[Notice]) -> dict[str, list[Notice]]:
    """The notices by paper and kind: several services tell of one retraction."""
    found: dict[str, list[Notice]] = {}
    for notice in notices:
        found.setdefault(f"{folded_doi(notice.doi)} {notice.kind}", []).append(notice)
    return found


class _Before:
    """The studies as the last digest showed them, each to be met again once."""

    def __init__(self, studies: list[StudyState]) -> None:
        self._by_record = {record: study for study in studies for record in study.records}
        self._open = {id(study) for study in studies}

    def take(self, study: StudyNews) -> StudyState | None:
        """The same study as it was shown: the one that shares a record."""
        for record in study.records:
            told = self._by_record.get(record)
            if told is not None and id(told) in self._open:
                self._open.discard(id(told))
                return told
        return None

    @property
    def left(self) -> int:
        """How many were not met again."""
        return len(self._open)


def _changes(told: StudyState, study: StudyNews) -> Iterator[FieldChange]:
    for name in TITLES:
        was, now = told.values.get(name, []), study.values.get(name, ())
        gained = tuple(text for text in now if text not in was)
        lost = tuple(text for text in was if text not in now)
        if gained or lost:
            yield FieldChange(name, gained, lost)


def _studies(folder: Path) -> Iterator[StudyNews]:
    if not (folder / "records.jsonl").is_file():
        return
    run = published(folder)
    for about in study_rows(paper_facts(run), overlap(run)):
        yield _study(about)


def _study(about: RecordFacts) -> StudyNews:
    facts = list(about.facts)
    undecided = [fact for fact in facts if fact.merged.decision in {None, "disputed"}]
    checks = [
        f"{TITLES[name]}, what documents or channels say differs: {stated}" for name, stated in about.differ.items()
    ]
    checks += [f"{fact.name}: {fact.merged.caution}" for fact in undecided if fact.merged.caution]
    checks += [f"{fact.name}: curators differ" for fact in facts if fact.merged.decision == "disputed"]
    return StudyNews(
        records=tuple(single.record.id for single in about.singles),
        doi=about.study.doi,
        url=about.study.url,
        title=about.study.title,
        citation=about.study.citation,
        formulation=about.record.formulation or "",
        source=about.source,
        values={name: tuple(fact.label for fact in values) for name, values in about.fields.items() if values},
        undecided=len(undecided),
        total=len(facts),
        lowest=min((fact.merged.score for fact in undecided), default=None),
        decided=len(undecided) < len(facts),
        checks=tuple(checks),
        notice=about.study.notice,
        retracted=any(notice.kind == "retraction" for notice in about.study.notices),
        cells=tuple(cells_of(about)),
    )
