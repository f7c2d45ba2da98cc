"""What curation yields: a gold set's rows, and sentences to train a recogniser on."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipeline.export.decisions import Decision, standing
from pipeline.export.passages import Passages
from pipeline.folder import write_atomically
from pipeline.records import FIELD_OF, FIELDS, FieldName, Label, Record
from pipeline.review.desk import ADJUDICATOR, Desk, Item, Judged, judge

COLUMNS: Final = ("study", "doi", "field", "text", "name", "curie", "source")
_LABEL_OF: Final[dict[FieldName, Label]] = {of: label for label, of in reversed(FIELD_OF.items())}


@dataclass(slots=True)
class Curated:
    """What was written.

    Attributes:
        records: how many records are finished and undisputed.
        left_out: what is not written, and why.
    """

    files: list[Path] = field(default_factory=list)
    records: int = 0
    left_out: list[str] = field(default_factory=list)


def write_curated(desk: Desk, out: Path) -> Curated:
    """Write gold.csv and training.jsonl from the records that are finished and on which the curators agree.

    Where an adjudicator finished a record, that holds; else the curators who finished it must agree.
    A blank row in gold.csv says that the paper leaves the field empty: nothing may be found there.
    """
    curated = Curated()
    rows: list[tuple[str, ...]] = []
    examples: list[dict[str, Any]] = []
    log = desk.log()
    for item in desk.queue():
        final = _final(item.record, log)
        if isinstance(final, str):
            curated.left_out.append(f"{item.source}, study {item.record.study.key}: {final}")
            continue
        curated.records += 1
        rows += _rows(desk, item, final)
        examples += _examples(desk, item, final)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *sorted(rows)])
    lines = sorted(json.dumps(example, ensure_ascii=False, sort_keys=True) + "\n" for example in examples)
    for name, data in (("gold.csv", text.getvalue()), ("training.jsonl", "".join(lines))):
        write_atomically(out / name, [data.encode()])
        curated.files.append(out / name)
    return curated


def _final(record: Record, log: list[Decision]) -> list[Judged] | str:
    """The judgement that holds, or why there is none."""
    here = [decision for decision in log if decision.record_id == record.id]
    views: dict[str, list[Judged]] = {}
    for curator in sorted({decision.curator for decision in here}):
        view = judge(record, standing(d for d in here if d.curator == curator))
        if all(each.decision is not None for each in view):
            views[curator] = view
    if not views:
        return "not finished"
    adjudicated = [view for curator, view in views.items() if curator.endswith(ADJUDICATOR)]
    if adjudicated:
        return adjudicated[-1]
    first, *others = views.values()
    if any(_values(other) != _values(first) for other in others):
        return f"{' and '.join(views)} disagree; adjudicate it"
    return first


def _values(view: list[Judged]) -> set[tuple[str, str, str | None]]:
    return {(each.field, each.name, each.curie) for each in view if each.holds}


def _rows(desk: Desk, item: Item, final: list[Judged]) -> Iterator[tuple[str, ...]]:
    study = item.record.study
    head = (study.key, study.doi or "")
    filled = {each.field for each in final if each.holds}
    for each in final:
        if each.holds:
            words, page = _stated(desk, item, each)
            yield (*head, each.field, words, each.name, each.curie or "", page)
    for name in FIELDS:
        if name not in filled:
            yield (*head, name, "", "", "", item.source)


def _places(item: Item, judged: Judged) -> list[tuple[int, int]]:
    """Where a value stands in the document."""
    if judged.merged is None:
        decision = judged.decision
        known = decision is not None and decision.start is not None and decision.end is not None
        return [(decision.start, decision.end)] if known else []  # type: ignore[union-attr, list-item]
    mentions = {mention.id: mention for mention in item.extraction.mentions}
    return [(mentions[key].start, mentions[key].end) for key in judged.merged.evidence if key in mentions]


def _stated(desk: Desk, item: Item, judged: Judged) -> tuple[str, str]:
    """A value in the paper's words, and where they stand."""
    document = desk.document(item.record.document_id)
    for start, end in _places(item, judged):
        boxes = document.boxes(start, end)
        page = f"{item.source}, page {boxes[0].page}" if boxes else item.source
        return " ".join(document.text[start:end].split()), page
    return judged.name, item.source


def _examples(desk: Desk, item: Item, final: list[Judged]) -> Iterator[dict[str, Any]]:
    """Passages with the spans that a curator confirmed, and those that a curator refused."""
    document = desk.document(item.record.document_id)
    passages = Passages(document)
    labels = {(m.start, m.end): m.label for m in item.extraction.mentions}
    spans: dict[tuple[int, int], list[tuple[int, int, str, bool]]] = {}
    for each in final:
        for start, end in _places(item, each):
            label = labels.get((start, end), _LABEL_OF[each.field])
            spans.setdefault(passages.around(start, end), []).append((start, end, label, each.holds))
    for (start, end), found in spans.items():
        yield {
            "document_id": document.id,
            "start": start,
            "text": passages.text(start, end),
            "spans": [[a - start, b - start, label] for a, b, label, holds in sorted(set(found)) if holds],
            "refused": [[a - start, b - start, label] for a, b, label, holds in sorted(set(found)) if not holds],
        }
