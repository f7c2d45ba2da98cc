"""What the report shows, gathered from a run folder: plain data for the template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from heapq import nsmallest
from pathlib import Path
from typing import Any, Final

from pipeline.document import Document, Reference
from pipeline.export.merge import Merged, difference, wordings
from pipeline.export.passages import Passages, one_line
from pipeline.export.rendering import Renderings
from pipeline.export.report.crops import Crops, region
from pipeline.export.runs import Extraction, extractions
from pipeline.export.text import doi_url, plain
from pipeline.export.vocabularies import curie_url
from pipeline.folder import RunFolder
from pipeline.records import FIELDS, FieldName, Mention, Outcome, Record

SHOWN: Final = 1000
"""Records, papers read and papers not read that one page of a browser can hold, each."""

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
    """A value as it stands in the table.

    ``evidence`` counts into :attr:`Content.evidence`; ``wording`` tells that it seems to be the value before it in
    other words.
    """

    name: str
    curie: str | None
    url: str | None
    channels: tuple[str, ...]
    score: float
    caution: str | None
    materials: str
    evidence: list[int]
    wording: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A record as it stands in the table; of the fields in ``differ`` table and text do not say the same."""

    study: str
    title: str
    doi: str | None
    doi_url: str
    formulation: str
    source: str
    fields: dict[FieldName, list[ShownValue]]
    missing: dict[FieldName, str]
    differ: set[FieldName]


@dataclass(slots=True)
class Content:
    """All that the report shows.

    ``evidence`` holds, for each mention that bears out a value, its passage and where in the passage it stands.
    ``found`` counts all that the run has, also what is not shown: ``read``, ``failed``, ``bare`` (read, without
    a record) and ``records``.
    """

    rows: list[Row] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    evidence: list[dict[str, Any]] = field(default_factory=list)
    renderings: Renderings = field(default_factory=Renderings)
    crops: Crops = field(default_factory=Crops)
    outcomes: list[Outcome] = field(default_factory=list)
    made_by: dict[str, str] = field(default_factory=dict)
    found: Counter[str] = field(default_factory=Counter)

    @property
    def read(self) -> list[Outcome]:
        """The inputs that could be read."""
        return [outcome for outcome in self.outcomes if outcome.status == "ok"]

    @property
    def failed(self) -> list[Outcome]:
        """The inputs that could not be read."""
        return [outcome for outcome in self.outcomes if outcome.status != "ok"]

    @property
    def bare(self) -> list[Outcome]:
        """The inputs that could be read and gave no record."""
        return [outcome for outcome in self.read if not outcome.records and not outcome.message]

    @property
    def values(self) -> int:
        """How many values the records have, those counted once that table and text both state."""
        return sum(len(values) for row in self.rows for values in row.fields.values())

    @property
    def differences(self) -> int:
        """Of how many fields table and text do not say the same."""
        return sum(len(row.differ) for row in self.rows)


def gather(folder: RunFolder, shown: int = SHOWN, jobs: int = 1) -> Content:
    """Read a run folder document by document, and keep what the report shows.

    Args:
        folder: the run.
        shown: records at most; of more than that the most doubtful are kept. As many papers read, and papers not read.
        jobs: child processes that draw at the same time.
    """
    content = Content()
    chosen = _most_doubtful(folder.records(), shown)
    for extraction in extractions(folder):
        kind = "read" if extraction.outcome.status == "ok" else "failed"
        records = tuple(record for record in extraction.records if record.id in chosen)
        if records or content.found[kind] < shown:
            content.outcomes.append(extraction.outcome)
        bare = kind == "read" and not extraction.records and not extraction.outcome.message
        content.found.update({kind: 1, "records": len(extraction.records), "bare": int(bare)})
        if records:
            _add_document(content, replace(extraction, records=records), folder)
    content.crops.draw(jobs)
    return content


def _most_doubtful(records: Iterable[Record], count: int) -> set[str]:
    """The ids of the records whose least certain value has the lowest score; a record without values has no doubt."""
    doubts = (
        (min((value.score for _, value in record.items()), default=1.0), place, record.id)
        for place, record in enumerate(records)
    )
    return {record for _, _, record in nsmallest(count, doubts)}


def _add_document(content: Content, extraction: Extraction, folder: RunFolder) -> None:
    document = folder.document(extraction.records[0].document_id)
    used = {key for record in extraction.records for _, value in record.items() for key in value.evidence}
    mentions = [mention for mention in extraction.mentions if mention.id in used]
    passages = Passages(document)
    first = len(content.evidence)
    found = [_evidence(mention, passages, extraction.outcome) for mention in mentions]
    regions = [region(document, passages.around(m.start, m.end), m.boxes) for m in mentions]
    pictures = content.crops.ask(document, Path(extraction.outcome.source), [r for r in regions if r])
    for each, where in zip(found, regions, strict=True):
        each["crop"] = pictures.get(where) if where else None
    if not document.pages:
        for each, mention in zip(found, mentions, strict=True):
            each["at"] = [mention.start, mention.end]
            each["rendering"] = content.renderings.ask(document, mention.start, mention.end)
    content.evidence += found
    places = {mention.id: first + number for number, mention in enumerate(mentions)}
    content.made_by = content.made_by or extraction.records[0].made_by
    for record in extraction.records:
        content.records.append(record)
        content.rows.append(_row(record, extraction.outcome, places))
    content.years += _years(document, {record.study.key for record in extraction.records})


def _years(document: Document, studies: set[str]) -> list[int]:
    """When a document's studies appeared, as far as its reference list or it itself says."""
    found = [document.metadata.year if key == "self" else _year(document.reference(key)) for key in sorted(studies)]
    return [year for year in found if year]


def _year(reference: Reference | None) -> int | None:
    return reference.year if reference else None


def _evidence(mention: Mention, passages: Passages, outcome: Outcome) -> dict[str, Any]:
    start, end = passages.around(mention.start, mention.end)
    return {
        "before": one_line(passages.text(start, mention.start)),
        "mention": one_line(mention.text),
        "after": one_line(passages.text(mention.end, end)),
        "section": [plain(heading) for heading in mention.section],
        "source": plain(Path(outcome.source).name),
        "pages": sorted({box.page for box in mention.boxes}),
        "boxes": [list(box) for box in mention.boxes],
        "method": mention.method,
        "score": mention.score,
    }


def _row(record: Record, outcome: Outcome, places: dict[str, int]) -> Row:
    said = {name: wordings(record.values(name)) for name in FIELDS}
    return Row(
        study=record.study.key,
        title=plain(record.study.title or ""),
        doi=record.study.doi,
        doi_url=doi_url(record.study.doi),
        formulation=plain(record.formulation or ""),
        source=Path(outcome.source).name,
        fields={
            name: [_value(each, places, wording=at > 0) for group in groups for at, each in enumerate(group)]
            for name, groups in said.items()
        },
        missing={name: reason.replace("_", " ") for name, reason in record.missing.items()},
        differ={name for name, groups in said.items() if difference(groups)},
    )


def _value(merged: Merged, places: dict[str, int], *, wording: bool) -> ShownValue:
    curie = merged.first.curie
    return ShownValue(
        name=plain(merged.first.name),
        curie=curie,
        url=curie_url(curie) if curie else None,
        channels=merged.channels,
        score=merged.score,
        caution=merged.caution,
        materials=plain(" ".join(term.name for term in getattr(merged.first, "materials", ()))),
        evidence=[places[key] for key in merged.evidence if key in places],
        wording=wording,
    )
