"""The HTML of the curation app, from templates that escape all text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from statistics import median
from typing import Any, Final

from fastapi import HTTPException, Response
from fastapi.responses import HTMLResponse

from pipeline.curation.agreement import compare
from pipeline.curation.curation_state import CuratedValue
from pipeline.curation.output import Curated
from pipeline.curation.pages import Pictures, lines_of
from pipeline.curation.papers import CurationPaper
from pipeline.curation.session import QueueItem, Session
from pipeline.document import Box
from pipeline.export.decisions import Decision, standing
from pipeline.export.evidence_context import one_line
from pipeline.export.rendering import render
from pipeline.export.templates import environment
from pipeline.export.text import doi_url
from pipeline.export.vocabularies import curie_url
from pipeline.notices import described, folded_doi, read_notices
from pipeline.records import FIELDS
from pipeline.sentences import Range

_FOUND: Final = 40


@dataclass(frozen=True, slots=True)
class ShownMention:
    """A place in a paper: where it stands on the page, and in which passage."""

    start: int
    end: int
    boxes: list[Box]
    passage: Range


@dataclass(frozen=True, slots=True)
class ContextPassage:
    """A passage as it is shown.

    Attributes:
        parts: its text in order, each part with whether it is marked.
        page: where the first mark stands; None in a format without pages.
    """

    parts: list[tuple[str, bool]]
    page: int | None


class Views:
    """What each address of the app shows to the curator at a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._pictures = Pictures()
        self._templates = environment(files("pipeline.curation") / "templates")
        self._templates.globals.update(session=session, curie_url=curie_url, doi_url=doi_url, all_fields=FIELDS)
        self._templates.globals["notices"] = self._notices
        self._templates.filters["title"] = lambda field: field.replace("_", " ")
        self._templates.filters["to_json"] = _to_json

    def _notices(self, item: QueueItem) -> list[str]:
        """Whether the study of a record was retracted or corrected since it was published."""
        study = item.record.study
        doi = study.doi or (item.outcome.doi if study.key == "self" else None)
        return described(read_notices(self._session.folder.path).get(folded_doi(doi), ())) if doi else []

    def queue(self, *, opposed: bool = False) -> Response:
        """The records by doubt, and the time that each paper took; of those only what a second opinion doubts."""
        session = self._session
        todo = session.to_do()
        rows = [(item, session.view(item.record.id)) for item in todo if item.opposed or not opposed]
        by_paper = sorted((item for item, _ in rows), key=lambda item: item.record.document_id)  # each opened once
        done = {item.record.id for item in by_paper if session.finished(item.record.id)}
        minutes = session.minutes()
        papers: dict[str, list[QueueItem]] = {}
        for item, _ in rows:
            papers.setdefault(item.record.document_id, []).append(item)
        times = [
            (items[0].source, minutes.get(key, 0.0), sum(each.record.id in done for each in items), len(items))
            for key, items in papers.items()
            if key in minutes
        ]
        full = [spent for _, spent, ready, count in times if ready == count]
        return self._html(
            "queue.html.jinja",
            rows=rows,
            done=done,
            opposed=sum(item.opposed > 0 for item in todo),
            only_opposed=opposed,
            times=times,
            median=median(full) if full else None,
            unchanged=session.unchanged(),
            open_disputes={item.record.id: len(session.open_disputes(item.record.id)) for item, _ in rows}
            if session.adjudicates
            else {},
            finished_by_two=session.finished_by_two() if session.adjudicates else 0,
            first=next((item.record.id for item, _ in rows if item.record.id not in done), None),
            lost=session.lost(),
        )

    def record(self, record_id: str) -> Response:
        """A record beside its paper."""
        item, paper = self._open(record_id)
        document = paper.document
        return self._html(
            "record.html.jinja",
            pages=document.pages,
            blocks=[] if document.pages else render(document),
            drawn=bool(document.pages) and self._session.papers.source(item.outcome) is not None,
            **self._fields(item, paper),
        )

    def fields(self, record_id: str, stated: str) -> Response:
        """The record alone, after a decision."""
        return self._html("fields.html.jinja", stated=stated, **self._fields(*self._open(record_id)))

    def found(self, record_id: str, wanted: str) -> Response:
        """Where words stand in the paper: the keyboard's way to a place on the page."""
        _, paper = self._open(record_id)
        words = wanted.split()
        pattern = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)
        hits = list(pattern.finditer(paper.document.text)) if words else []
        places = [_place(paper, hit.start(), hit.end()) for hit in hits[:_FOUND]]
        found = [(place, hit[0], _passages(paper, [place])[0]) for place, hit in zip(places, hits, strict=False)]
        return self._html("found.html.jinja", found=found, more=len(hits) - len(found), query=wanted)

    def lines(self, record_id: str, number: int) -> Response:
        """A page's printed characters, to lay over its picture."""
        _, paper = self._open(record_id)
        return self._html("lines.svg.jinja", lines=lines_of(paper.document, number))

    def picture(self, record_id: str, number: int) -> Response:
        """A page as a picture."""
        item, paper = self._open(record_id)
        source = self._session.papers.source(item.outcome)
        known = any(page.number == number for page in paper.document.pages)
        picture = self._pictures.page(paper.document.id, source, number) if source and known else None
        if picture is None:
            raise HTTPException(404)
        return Response(picture, media_type="image/jpeg")

    def agreement(self) -> Response:
        """How far the curators agree, and where they do not."""
        return self._html("agreement.html.jinja", found=compare(self._session))

    def curated(self, written: Curated) -> Response:
        """What was written."""
        return self._html("curated.html.jinja", written=written)

    def _open(self, record_id: str) -> tuple[QueueItem, CurationPaper]:
        item = self._session.item(record_id)
        return item, self._session.papers.open(item.record.document_id)

    def _html(self, template: str, **about: Any) -> Response:
        return HTMLResponse(self._templates.get_template(template).render(**about))

    def _fields(self, item: QueueItem, paper: CurationPaper) -> dict[str, Any]:
        session, key = self._session, item.record.id
        view = session.view(key)
        own = {each.place for each in view.curated_or_set_aside}
        in_dispute = session.disputed(key) if session.adjudicates else None
        shown = [each for each in view.curated if in_dispute is None or each.place in in_dispute]
        others = [each for each in _others(session, key) if each.action != "undo"] if session.adjudicates else []
        return {
            "item": item,
            "view": view,
            "curated": [(each, *_with_passages(paper, _places(paper, each))) for each in shown],
            "in_dispute": in_dispute,
            "agreed": [each for each in view.curated if in_dispute is not None and each.place not in in_dispute],
            "open_disputes": len(session.open_disputes(key)) if session.adjudicates else 0,
            "unclaimed": [
                (each, *_with_passages(paper, [_place(paper, each.mention.start, each.mention.end)]))
                for each in (view.unclaimed if in_dispute is None else [])
            ],
            "others": others,
            "offered": [
                (each, *_with_passages(paper, _added(paper, each)))
                for each in others
                if each.action == "add"
                and (each.field, each.key) not in own
                and (each.field, each.key) in (in_dispute or ())
            ],
            "after": session.after(key),
            "minutes": session.minutes().get(item.record.document_id, 0.0),
        }


def _to_json(shown: Iterable[ShownMention]) -> str:
    """Where places stand, for the script; the template escapes it."""
    return json.dumps([{"start": each.start, "end": each.end, "boxes": each.boxes} for each in shown])


def _others(session: Session, record_id: str) -> Iterable[Decision]:
    """The standing decisions of other curators on a record."""
    return standing(d for d in session.log.of(record_id) if d.curator != session.curator)


def _places(paper: CurationPaper, curated: CuratedValue) -> list[ShownMention]:
    """Where a value stands: its mentions in the order of the text, or where the curator found it."""
    if curated.merged is not None:
        mentions = [paper.mentions[key] for key in curated.merged.evidence if key in paper.mentions]
        return [_place(paper, m.start, m.end) for m in sorted(mentions, key=lambda m: m.start)]
    return _added(paper, curated.decision) if curated.decision else []


def _added(paper: CurationPaper, decision: Decision) -> list[ShownMention]:
    """Where the curator found a value."""
    if decision.start is None or decision.end is None:
        return []
    end = min(decision.end, len(paper.document.text))
    return [_place(paper, min(decision.start, end), end)]


def _place(paper: CurationPaper, start: int, end: int) -> ShownMention:
    return ShownMention(start, end, paper.document.boxes(start, end), paper.passages.around(start, end))


def _with_passages(paper: CurationPaper, places: list[ShownMention]) -> tuple[list[ShownMention], list[ContextPassage]]:
    return places, _passages(paper, places)


def _passages(paper: CurationPaper, places: Iterable[ShownMention]) -> list[ContextPassage]:
    """The passages around some places, each once, with all that is to be marked in it."""
    text = paper.document.text
    found = []
    for (first, last), each in groupby(places, key=lambda place: place.passage):
        marked = list(each)
        parts, at = [], first
        for place in marked:
            if place.start >= at:
                parts += [(one_line(text[at : place.start]), False), (one_line(text[place.start : place.end]), True)]
                at = place.end
        parts.append((one_line(text[at:last]), False))
        page = next((box.page for place in marked for box in place.boxes), None)
        found.append(ContextPassage([part for part in parts if part[0]], page))
    return found
