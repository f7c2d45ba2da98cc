"""What the report shows, gathered from a run folder: plain data for the template."""

from __future__ import annotations

from collections import Counter
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
from pipeline.export.text import plain
from pipeline.folder import RunFolder
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
class Row:
    """A record as it stands in the table."""

    about: RecordFacts
    fields: dict[FieldName, list[ShownValue]]

    @property
    def doubt(self) -> float:
        """One less the score of the least certain value."""
        return 0.0 if self.about.score is None else 1 - self.about.score


@dataclass(slots=True)
class Content:
    """All that the report shows.

    ``passages`` holds each passage once; ``evidence`` for each mention that bears out a value its passage, where in it
    the mention stands, its boxes, and the picture to show. ``found`` counts all that the run has, also what is not
    shown: ``read``, ``failed``, ``bare`` (read, without a record) and ``records``.
    """

    rows: list[Row] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    passages: list[dict[str, Any]] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
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
    def decided(self) -> int:
        """How many values curators decided on."""
        return sum(fact.merged.decision is not None for row in self.rows for fact in row.about.facts)


def gather(folder: RunFolder, shown: int = SHOWN) -> Content:
    """Read a run folder document by document, and keep what the report shows; pictures are asked for, not drawn.

    Args:
        folder: the run.
        shown: records at most; of more than that the most doubtful are kept. As many papers read, and papers not read.
    """
    content = Content()
    chosen = _most_doubtful(folder.records(), shown)
    for extraction in extractions(folder):
        kind = "read" if extraction.outcome.status == "ok" else "failed"
        records = tuple(record for record in extraction.records if record.id in chosen)
        if records or content.found[kind] < shown:
            content.outcomes.append(extraction.outcome)
        content.found.update({kind: 1, "records": len(extraction.records), "bare": int(extraction.outcome.is_bare)})
        if records:
            _add_paper(content, facts_of(replace(extraction, records=records), folder))
    return content


def _most_doubtful(records: Iterable[Record], count: int) -> set[str]:
    """The ids of the records whose least certain value has the lowest score; a record without values has no doubt."""
    doubts = (
        (min((value.score for _, value in record.items()), default=1.0), place, record.id)
        for place, record in enumerate(records)
    )
    return {record for _, _, record in nsmallest(count, doubts)}


def _add_paper(content: Content, paper: PaperFacts) -> None:
    evidence = _Evidence(content, paper.document, paper.extraction) if paper.document else None
    for about in paper.records:
        content.made_by = content.made_by or about.record.made_by
        content.records.append(about.record)
        fields = {
            name: [ShownValue(fact, evidence.of(fact) if evidence else []) for fact in about.fields[name]]
            for name in FIELDS
        }
        content.rows.append(Row(about, fields))
    years = {about.study.key: about.study.year for about in paper.records}
    content.years += [year for year in years.values() if year]
    if evidence:
        evidence.ask()


class _Evidence:
    """Notes the evidence of one document's values, each mention and each passage once."""

    def __init__(self, content: Content, document: Document, extraction: Extraction) -> None:
        self._content = content
        self._document = document
        self._source = extraction.outcome.source
        self._places: dict[str, int] = {}
        self._passages: dict[tuple[str, str], int] = {}
        self._windows: dict[int, Box] = {}
        self._pictured: set[int] = set()

    def of(self, fact: Fact) -> list[int]:
        """Where in the content a value's evidence stands."""
        return [self._place(quote, pictured=at < _PICTURED) for at, quote in enumerate(fact.quotes)]

    def _place(self, quote: Quote, *, pictured: bool) -> int:
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
        return at

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
