"""The data of the report, gathered from a run folder for the template."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from heapq import nsmallest
from pathlib import Path
from typing import Any, Final

from pipeline.document import Box, Document
from pipeline.export.facts import Fact, PaperFacts, Quote, RecordFacts, facts_of
from pipeline.export.rendering import Renderings
from pipeline.export.report.crops import Crops, region
from pipeline.export.runs import Extraction, extractions
from pipeline.export.studies import Overlap, Waiting, overlap
from pipeline.export.text import plain
from pipeline.folder import RunFolder
from pipeline.notices import read_notices
from pipeline.records import FIELDS, FieldName, Outcome, Record

SHOWN: Final = 1000
"""Records, papers read and papers not read that one page of a browser can hold, each."""
_PICTURED: Final = 1  # pieces of evidence a value that are shown as pictures

FIELD_TITLES: dict[FieldName, str] = {
    "membranes": "Membranes",
    "cores": "Cores",
    "drugs": "Drugs",
    "sizes": "Sizes",
    "diseases": "Diseases",
    "animal_models": "Animal models",
    "modalities": "Modalities",
}


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A value as it stands in the table; ``evidence`` counts into :attr:`Content.evidence`."""

    fact: Fact
    evidence: list[int]

    @property
    def search(self) -> str:
        """What a search finds it by, besides its label."""
        told = [self.fact.curie or "", *(f"{term.name} {term.curie or ''}" for term in self.fact.materials)]
        return plain(" ".join([*told, *self.fact.structure, self.fact.form]))


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A record as it stands in the table; ``singles`` are the rows of the documents that a joined record stands on."""

    about: RecordFacts
    fields: dict[FieldName, list[ShownValue]]
    singles: tuple[ReportRow, ...] = ()

    @property
    def doubt(self) -> float:
        """One less the score of the least certain value."""
        return 0.0 if self.about.score is None else 1 - self.about.score

    @property
    def opposed(self) -> int:
        """How many of its values a second opinion doubts."""
        return sum(bool(fact.merged.doubts) for fact in self.about.facts)


@dataclass(slots=True)
class Content:
    """All that the report shows.

    ``passages`` holds each passage once; ``evidence`` for each mention that supports a value its passage, where in it
    the mention stands, its boxes, and the picture to show. ``found`` counts all that the run has, also what is not
    shown: ``read``, ``failed``, ``bare`` (read, without a record), ``records`` and ``rows`` (records, those of one
    study in several documents counted once). ``places`` are indexes into ``evidence`` by mention.
    """

    rows: list[ReportRow] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    passages: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    renderings: Renderings = field(default_factory=Renderings)
    crops: Crops = field(default_factory=Crops)
    outcomes: list[Outcome] = field(default_factory=list)
    made_by: dict[str, str] = field(default_factory=dict)
    found: Counter[str] = field(default_factory=Counter)

    @property
    def read(self) -> list[Outcome]:
        """The inputs that could be read and gave a record, and those that are other inputs again."""
        return [outcome for outcome in self.outcomes if outcome.status == "ok" and not outcome.is_bare]

    @property
    def failed(self) -> list[Outcome]:
        """The inputs that could not be read."""
        return [outcome for outcome in self.outcomes if outcome.status != "ok"]

    @property
    def bare(self) -> list[Outcome]:
        """The inputs that could be read and gave no record."""
        return [outcome for outcome in self.outcomes if outcome.is_bare]

    @property
    def values(self) -> int:
        """How many values the records have, those counted once that table and text both state."""
        return sum(len(values) for row in self.rows for values in row.fields.values())

    @property
    def differences(self) -> int:
        """Of how many fields table and text do not say the same."""
        return sum(len(row.about.differ) for row in self.rows)

    @property
    def joined(self) -> int:
        """How many rows stand on several documents."""
        return sum(bool(row.singles) for row in self.rows)

    @property
    def decided(self) -> int:
        """How many values curators decided on."""
        return sum(fact.merged.decision is not None for row in self.rows for fact in row.about.facts)


def gather(folder: RunFolder, shown: int = SHOWN) -> Content:
    """Read a run folder document by document, and keep what the report shows; pictures are asked for, not drawn.

    Args:
        folder: the run.
        shown: rows at most; of more than that the most doubtful are kept. As many papers read, and papers not read.
    """
    content = Content()
    shared = overlap(folder)
    notices = read_notices(folder.path)
    table = _Table(content, shared)
    chosen = _most_doubtful(folder.records(), shared, shown)
    for extraction in extractions(folder):
        kind = "read" if extraction.outcome.status == "ok" else "failed"
        records = tuple(record for record in extraction.records if record.id in chosen)
        if records or content.found[kind] < shown:
            content.outcomes.append(extraction.outcome)
        content.found.update({kind: 1, "records": len(extraction.records), "bare": int(extraction.outcome.is_bare)})
        if records:
            table.add(facts_of(replace(extraction, records=records), folder, notices))
    content.found["rows"] = content.found["records"] - sum(shared.sizes.values()) + len(shared.sizes)
    content.years = [year for year in table.years.values() if year]
    return content


def _most_doubtful(records: Iterable[Record], shared: Overlap, count: int) -> set[str]:
    """The ids of the records on the rows with doubts of a second opinion, then the lowest scores; none has no doubt."""
    doubts: dict[str | int, tuple[float, int]] = {}
    on_row: dict[str | int, list[str]] = defaultdict(list)
    for place, record in enumerate(records):
        number = shared.row(record)
        row = record.id if number is None else number
        score = min((value.score - bool(value.doubts) for _, value in record.items()), default=1.0)
        doubts[row] = min(doubts.get(row, (score, place)), (score, place))
        on_row[row].append(record.id)
    return {record for row in nsmallest(count, doubts, key=lambda row: doubts[row]) for record in on_row[row]}


class _Table:
    """Fills the table, row by row; ``years`` are those of the studies, each study once."""

    def __init__(self, content: Content, shared: Overlap) -> None:
        self.years: dict[str, int | None] = {}
        self._content = content
        self._waiting = Waiting(shared)
        self._singles: dict[str, ReportRow] = {}

    def add(self, paper: PaperFacts) -> None:
        """Add the records of a paper."""
        evidence = _Evidence(self._content, paper.document, paper.extraction) if paper.document else None
        for about in paper.records:
            self._content.made_by = self._content.made_by or about.record.made_by
            if evidence:
                evidence.note(about)
            self._singles[about.record.id] = self._row(about)
            row = self._waiting.add(about)
            if row is not None:
                self._show(row)
        if evidence:
            evidence.ask()

    def _row(self, about: RecordFacts, singles: tuple[ReportRow, ...] = ()) -> ReportRow:
        places = self._content.places
        fields = {
            name: [ShownValue(fact, [places[q.mention.id] for q in fact.quotes]) for fact in about.fields[name]]
            for name in FIELDS
        }
        return ReportRow(about, fields, singles)

    def _show(self, about: RecordFacts) -> None:
        singles = tuple(self._singles.pop(single.record.id) for single in about.singles)
        self._content.rows.append(self._row(about, singles) if about.sources else singles[0])
        self._content.records.append(about.record)
        study = about.study.doi.casefold() or f"{about.record.document_id} {about.study.key}"
        self.years.setdefault(study, about.study.year)


class _Evidence:
    """Notes the evidence of one document's values, each mention and each passage once."""

    def __init__(self, content: Content, document: Document, extraction: Extraction) -> None:
        self._content = content
        self._document = document
        self._source = extraction.outcome.source
        self._places = content.places
        self._passages: dict[tuple[str, str], int] = {}
        self._windows: dict[int, Box] = {}
        self._pictured: set[int] = set()

    def note(self, about: RecordFacts) -> None:
        """Note the evidence of a record's values."""
        for fact in about.facts:
            for at, quote in enumerate(fact.quotes):
                self._place(quote, pictured=at < _PICTURED)

    def _place(self, quote: Quote, *, pictured: bool) -> None:
        key = quote.mention.id
        if key not in self._places:
            self._places[key] = len(self._content.evidence)
            start = len(quote.before)
            self._content.evidence.append(
                {
                    "passage": self._passage(quote),
                    "start": start,
                    "end": start + len(quote.words),
                    "pages": sorted({box.page for box in quote.mention.boxes}),
                    "boxes": [list(box) for box in quote.mention.boxes],
                    "method": quote.mention.method,
                    "crop": None,
                    "window": None,
                }
            )
            if not self._document.pages:
                mention = quote.mention
                rendering = self._content.renderings.ask(self._document, mention.start, mention.end)
                self._content.evidence[-1].update(at=[mention.start, mention.end], rendering=rendering)
            window = region(self._document, quote.range, quote.mention.boxes)
            if window is not None:
                self._windows[self._places[key]] = window
        at = self._places[key]
        if pictured and at in self._windows:
            self._pictured.add(at)

    def _passage(self, quote: Quote) -> int:
        text = f"{quote.before}{quote.words}{quote.after}"
        key = (text, quote.where)
        if key not in self._passages:
            self._passages[key] = len(self._content.passages)
            source = plain(Path(self._source).name)
            self._content.passages.append({"text": text, "where": quote.where, "source": source})
        return self._passages[key]

    def ask(self) -> None:
        """Ask for the pictures; places that overlap share one."""
        wanted = [self._windows[at] for at in sorted(self._pictured)]
        others = list(self._windows.values())
        pictures = self._content.crops.ask(self._document, Path(self._source), wanted, others)
        for at, window in self._windows.items():
            if window in pictures:
                self._content.evidence[at].update(crop=pictures[window], window=list(window))
