"""Outputs of curation: a gold set, minutes and counts, and passages to train on."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipeline.curation.agreement import SettledValue, compare, settle
from pipeline.curation.curation_state import CuratedValue
from pipeline.curation.papers import CurationPaper
from pipeline.curation.session import QueueItem, Session
from pipeline.evaluation.matching import form
from pipeline.export.decisions import standing
from pipeline.export.text import plain
from pipeline.folder import write_atomically
from pipeline.records import FIELD_OF, FieldName, Label, size_of

COLUMNS: Final = ("study", "doi", "field", "text", "name", "curie", "source")
_LABEL_OF: Final[dict[FieldName, Label]] = {of: label for label, of in reversed(FIELD_OF.items())}
OutputRow = tuple[str, ...]


@dataclass(slots=True)
class Curated:
    """What was written.

    Attributes:
        studies: how many studies are settled.
        left_out: what is not written, and why.
    """

    files: list[Path] = field(default_factory=list)
    studies: int = 0
    left_out: list[str] = field(default_factory=list)


def write_curated(session: Session, out: Path) -> Curated:
    """Write the studies that are settled, as a gold set and as training.jsonl.

    A study is settled when each record of it is: a curator finished it, and where several did, they agree or an
    adjudicator decided. A blank row in gold.csv says that the paper does not report the field.

    Raises:
        StoreError: the files cannot be written.
    """
    curated = Curated()
    rows: list[OutputRow] = []
    examples = _Examples()
    for (document_id, _), items in _studies(session.queue()).items():
        name = _study_name(items[0])
        settled = [(item, settle(session, item.record.id)) for item in items]
        if reasons := sorted({each for _, each in settled if isinstance(each, str)}):
            curated.left_out.append(f"{name}: {'; '.join(reasons)}")
            continue
        curated.studies += 1
        paper = session.papers.open(document_id)
        done = [(item, each) for item, each in settled if isinstance(each, SettledValue)]
        rows += _rows(name, paper, done)
        for item, each in done:
            examples.add(paper, item, each.values)
    files = {
        "gold.csv": _csv(rows),
        "gold.toml": _about(session, curated),
        "datasheet.md": _datasheet(session, curated),
        "training.jsonl": examples.lines(),
        "curation.csv": _work(session),
    }
    for name, text in files.items():
        write_atomically(out / name, [text.encode()])
        curated.files.append(out / name)
    return curated


def _studies(items: Iterable[QueueItem]) -> dict[tuple[str, str], list[QueueItem]]:
    """The records study by study, in the order of the papers."""
    found: dict[tuple[str, str], list[QueueItem]] = defaultdict(list)
    for item in sorted(items, key=lambda item: (item.outcome.source, item.record.id)):
        found[item.record.document_id, item.record.study.key].append(item)
    return found


def _study_name(item: QueueItem) -> str:
    """How gold sets on several papers name a study: the input's name, and its key in a review."""
    stem, key = Path(item.outcome.source).stem, item.record.study.key
    return plain(stem if key == "self" else f"{stem}/{key}")


def _rows(study: str, paper: CurationPaper, done: list[tuple[QueueItem, SettledValue]]) -> list[OutputRow]:
    """The rows of one study, of all its records together."""
    found: dict[tuple[str, str], OutputRow] = {}
    doi = next((item.record.study.doi for item, _ in done if item.record.study.doi), "") or ""
    for item, settled in done:
        for each in settled.values:
            if each.holds:
                words, where = _stated(paper, item, each)
                row = (study, doi, each.field, words, _name(each), each.curie or "", where)
                found.setdefault((each.field, _same(each, words, found)), row)
    filled = {name for name, _ in found}
    item, first = done[0]
    for name in first.blank:
        if name not in filled and all(name in settled.blank for _, settled in done):
            found[name, ""] = (study, doi, name, "", "", "", item.source)
    return list(found.values())


def _name(curated: CuratedValue) -> str:
    """A value's name as a gold set has it: a size is its number or range and its unit."""
    size = size_of(curated.name) if curated.field == "sizes" else None
    if size is None:
        return plain(curated.name)
    if size.low is not None and size.high is not None:
        return f"{size.low:g}\u2013{size.high:g} {size.unit}"
    return f"{size.value:g} {size.unit}"


def _same(curated: CuratedValue, words: str, found: dict[tuple[str, str], OutputRow]) -> str:
    """What tells a value of a study from its others: of two wordings of one thing the first is in the set."""
    keys = {form(words, curated.field), form(_name(curated), curated.field)}
    if curated.curie and curated.field != "animal_models":  # two strains of one species are two values
        keys.add(curated.curie.lower())
    for (name, key), row in found.items():
        theirs = {form(row[3], curated.field), form(row[4], curated.field), *row[5].lower().split(";"), key}
        if name == curated.field and keys & (theirs - {""}):
            return key
    return curated.curie or curated.name.casefold()


def _spans(paper: CurationPaper, curated: CuratedValue) -> list[tuple[int, int]]:
    """Where a value stands in the document."""
    decision = curated.decision
    if curated.merged is not None:
        found = [paper.mentions[key] for key in curated.merged.evidence if key in paper.mentions]
        return [(mention.start, mention.end) for mention in found]
    if decision is None or decision.start is None or decision.end is None:
        return []
    return [(decision.start, decision.end)]


def _stated(paper: CurationPaper, item: QueueItem, curated: CuratedValue) -> tuple[str, str]:
    """A value in the paper's words, and where they stand."""
    for start, end in _spans(paper, curated):
        boxes = paper.document.boxes(start, end)
        where = f"{item.source}, page {boxes[0].page}" if boxes else item.source
        return plain(paper.document.text[start:end]), where
    return plain(curated.name), item.source


class _Examples:
    """Passages with what was curated in them, each once however many records it supports."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, int], dict[str, Any]] = {}

    def add(self, paper: CurationPaper, item: QueueItem, values: Iterable[CuratedValue]) -> None:
        """Note a record's values where they stand."""
        labels = {(mention.start, mention.end): mention.label for mention in paper.mentions.values()}
        for each in values:
            for start, end in _spans(paper, each):
                first, last = paper.passages.around(start, end)
                about = {"document_id": paper.document.id, "source": item.source, "start": first}
                fresh = {"text": paper.passages.text(first, last), "spans": set(), "refused": set(), "meta": about}
                example = self._found.setdefault((paper.document.id, first, last), fresh)
                span = (start - first, end - first, labels.get((start, end), _LABEL_OF[each.field]))
                example["spans" if each.holds else "refused"].add(span)

    def lines(self) -> str:
        """The examples as JSON lines, in the order of papers and places."""
        return "".join(self._line(example) for _, example in sorted(self._found.items()))

    @staticmethod
    def _line(example: dict[str, Any]) -> str:
        refused = example["refused"] - example["spans"]
        plainly = {**example, "spans": list(_named(example["spans"])), "refused": list(_named(refused))}
        return json.dumps(plainly, ensure_ascii=False) + "\n"


def _named(spans: Iterable[tuple[int, int, str]]) -> Iterator[dict[str, Any]]:
    return ({"start": start, "end": end, "label": label} for start, end, label in sorted(spans))


_WORK: Final = ("paper", "curator", "minutes", "records_finished", "values_decided", "accepted_unchanged", "share")


def _work(session: Session) -> str:
    """Paper by paper, what each curator did: minutes, and how many of the run's values were right as they were."""
    rows: list[OutputRow] = []
    papers: dict[str, list[QueueItem]] = defaultdict(list)
    for item in session.queue():
        papers[item.record.document_id].append(item)
    log = session.log.all()
    for items in sorted(papers.values(), key=lambda items: items[0].source):
        records = {item.record.id: item for item in items}
        about = [decision for decision in log if decision.record_id in records]
        for curator in sorted({decision.curator for decision in about}):
            found = {(key, name, value.key) for key, item in records.items() for name, value in item.record.items()}
            mine = standing(decision for decision in about if decision.curator == curator)
            decided = [each for each in mine if (each.record_id, each.field, each.key) in found]
            accepted = sum(each.action == "accept" for each in decided)
            minutes = sum(each.seconds or 0.0 for each in about if each.curator == curator) / 60
            finished = sum(session.finished(key, curator) for key in records)
            share = f"{accepted / len(decided):.2f}" if decided else ""
            rows.append((items[0].source, plain(curator), f"{minutes:.1f}", str(finished), str(len(decided)),
                         str(accepted), share))  # fmt: skip
    return _csv(rows, _WORK)


def _csv(rows: Iterable[OutputRow], columns: OutputRow = COLUMNS) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue()


def _about(session: Session, curated: Curated) -> str:
    """gold.toml; a JSON string is a TOML string too."""
    about = {
        "title": f"Curated values of {curated.studies} studies",
        "license": "facts from the papers named in the column source; each paper has its own licence",
        "made_from": f"the run in {session.folder.path.resolve().name}",
    }
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in about.items())


def _datasheet(session: Session, curated: Curated) -> str:
    log = session.log.all()
    people: dict[str, float] = defaultdict(float)
    for decision in log:
        people[decision.curator] += (decision.seconds or 0.0) / 60
    dates = sorted(decision.at.date().isoformat() for decision in log)
    lines = [
        "# Curated values",
        "",
        f"{curated.studies} studies, settled in coatmine's curation app"
        + (f" between {dates[0]} and {dates[-1]}." if dates else "."),
        "",
        "| curator | minutes | values of the run accepted unchanged |",
        "| --- | --- | --- |",
        *(
            f"| {_cell(name)} | {minutes:.1f} | {'{} of {}'.format(*session.unchanged(name))} |"
            for name, minutes in sorted(people.items())
        ),
        "",
        *(
            f"- {_cell(each.curators[0])} and {_cell(each.curators[1])}: {each.records} records both finished; over "
            f"{each.values} values the same verdict on {_figure(each.same)}, Cohen's kappa {_figure(each.kappa)}, "
            f"Gwet's AC1 {_figure(each.ac1)}."
            for each in compare(session)
        ),
        "",
        "The curators saw what coatmine had found, which lowers recall: what it missed is easily missed again.",
        "Do not quote a score of the same version of coatmine on this set as if the set were blind.",
        "",
        *(f"- left out: {plain(each)}" for each in curated.left_out),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.2f}"


def _cell(text: str) -> str:
    return plain(text).replace("|", "/")
