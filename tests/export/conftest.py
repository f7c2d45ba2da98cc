"""A small run, made up: two papers with records, one that could not be read, one given twice."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import cast
from uuid import uuid4

import pytest
from pydantic import BaseModel

from pipeline.document import Block, Cell, Document, Line, Metadata, Page, Reference, Table
from pipeline.folder import RunFolder, write_atomically
from pipeline.records import (
    CoreValue,
    Label,
    Mention,
    Outcome,
    Record,
    SizeValue,
    Study,
    TableRow,
    Term,
    Value,
    mention_id,
    record_id,
)

from .databases import Postgres, server

SENTENCE = "Doxorubicin was loaded into hollow gold nanoparticles coated with MCF-7 membranes (117 nm) [7]."
OTHER = "Mice with breast cancer were treated."


class Paper:
    """A one-page document made of a sentence or two and a table, and what stands in it."""

    def __init__(self, name: str, paragraphs: list[str], cells: list[list[str]]) -> None:
        self.name = name
        parts = [*paragraphs, *(text for row in cells for text in row)]
        starts = [sum(len(part) + 1 for part in parts[:index]) for index in range(len(parts))]
        self.text = "\n".join(parts)
        ranges = [(start, start + len(part)) for start, part in zip(starts, parts, strict=True)]
        count = len(paragraphs)
        blocks = [Block(start=a, end=b, kind="paragraph", section=("Results",)) for a, b in ranges[:count]]
        tables = []
        if cells:
            width = len(cells[0])
            places = [divmod(index, width) for index in range(len(cells) * width)]
            blocks.append(Block(start=ranges[count][0], end=ranges[-1][1], kind="table", section=("Results",)))
            made = [
                Cell(start=a, end=b, row=row, col=col, text=self.text[a:b])
                for (row, col), (a, b) in zip(places, ranges[count:], strict=True)
            ]
            tables.append(Table(label="Table 1", caption="Coats", page=1, header_rows=1, cells=tuple(made)))
        self.document = Document(
            id="sha256:" + sha256(self.text.encode()).hexdigest(),
            source=name,
            media_type="application/pdf",
            metadata=Metadata(title=f"On {name}", doi="10.1234/review", year=2023, license="CC BY 4.0"),
            pages=(Page(number=1, width=600, height=800),),
            text=self.text,
            blocks=tuple(blocks),
            lines=tuple(self._line(index, a, b) for index, (a, b) in enumerate(ranges)),
            tables=tuple(tables),
            references=(Reference(start=0, end=0, key="7", doi="10.1234/seven", year=2019),),
        )

    @staticmethod
    def _line(index: int, start: int, end: int) -> Line:
        edges = tuple(5.0 * step for step in range(end - start + 1))
        top = 20.0 + 14 * index
        return Line(start=start, end=end, page=1, x0=40, top=top, x1=40 + edges[-1], bottom=top + 10, edges=edges)

    def mention(self, label: Label, text: str, curie: str | None = None, *, after: int = 0, **more: object) -> Mention:
        start = self.text.index(text, after)
        end = start + len(text)
        return Mention.model_validate(
            {
                "id": mention_id(self.document.id, label, start, end),
                "document_id": self.document.id,
                "label": label,
                "start": start,
                "end": end,
                "text": text,
                "name": text,
                "curie": curie,
                "score": 0.9,
                "method": "lexicon:names@1.0",
                "section": ("Results",),
                "boxes": tuple(self.document.boxes(start, end)),
                **more,
            }
        )

    def outcome(self, mentions: int, records: int) -> Outcome:
        return Outcome(
            source=self.name,
            status="ok",
            document_id=self.document.id,
            title=self.document.metadata.title,
            doi=self.document.metadata.doi,
            pages=1,
            mentions=mentions,
            records=records,
        )


def value(mention: Mention, channel: str = "text") -> dict[str, object]:
    """A value on one mention, as its JSON."""
    keep = {"text": mention.text, "name": mention.name, "curie": mention.curie, "score": mention.score}
    return {**keep, "channel": channel, "evidence": (mention.id,), "caution": mention.caution}


Found = tuple[Paper, list[Mention], list[Record]]


def review() -> Found:
    """A review with one study that its table and its prose both tell of."""
    paper = Paper("review.pdf", [SENTENCE, OTHER], [["Coat", "Core", "Drug"], ["MCF-7", "PLGA", "doxorubicin"]])
    table_at = paper.text.index("Coat")
    drug = paper.mention("DRUG", "Doxorubicin", "chebi:28748", name="doxorubicin", role="cargo")
    core = paper.mention("CORE", "hollow gold nanoparticles", candidates=(Term(name="gold", curie="chebi:29287"),))
    coat = paper.mention("CELL_LINE", "MCF-7", "cellosaurus:CVCL_0031", role="membrane_source")
    again = paper.mention("CELL_LINE", "MCF-7", "cellosaurus:CVCL_0031", after=table_at)
    size = paper.mention("SIZE", "117 nm")
    disease = paper.mention("DISEASE", "breast cancer", "mesh:D001943", caution="named for the cell line only")
    mentions = sorted([drug, core, coat, again, size, disease], key=lambda mention: mention.start)
    gold = Term(name="gold", curie="chebi:29287")
    record = Record(
        id=record_id(paper.document.id, "7", None),
        document_id=paper.document.id,
        study=Study(key="7", doi="10.1234/seven", title="A coated particle"),
        formulation="CM@Au",
        membranes=(Value.model_validate(value(again, "table")), Value.model_validate(value(coat))),
        cores=(CoreValue.model_validate({**value(core), "materials": (gold,), "structure": ("hollow",)}),),
        drugs=(Value.model_validate(value(drug)),),
        sizes=(SizeValue.model_validate({**value(size), "value": 117, "unit": "nm"}),),
        diseases=(Value.model_validate(value(disease)),),
        missing={"animal_models": "not_found", "modalities": "not_reported"},
        made_by={"coatmine": "0.1.0"},
    )
    return paper, mentions, [record]


def contradicting_review() -> Found:
    """The same, whose table names another core than its prose."""
    paper, mentions, (record,) = review()
    plga = paper.mention("CORE", "PLGA")
    cores = (CoreValue.model_validate(value(plga, "table")), *record.cores)
    return paper, [*mentions, plga], [record.model_copy(update={"cores": cores})]


def overlapping_review() -> Found:
    """Another review whose table lists the same study, with its DOI written another way and another drug."""
    paper = Paper("later.pdf", [], [["Coat", "Drug"], ["MCF-7 cells", "paclitaxel"]])
    coat = paper.mention("CELL_LINE", "MCF-7", "cellosaurus:CVCL_0031", role="membrane_source")
    drug = paper.mention("DRUG", "paclitaxel", "chebi:45863", role="cargo", score=0.8)
    record = Record(
        id=record_id(paper.document.id, "31", None),
        document_id=paper.document.id,
        study=Study(key="31", doi="10.1234/SEVEN"),
        membranes=(Value.model_validate(value(coat, "table")),),
        drugs=(Value.model_validate(value(drug, "table")),),
        rows=(TableRow(table="Table 1", row=1, page=1),),
        missing={"animal_models": "not_reported"},
        made_by={"coatmine": "0.1.0"},
    )
    return paper, [coat, drug], [record]


def source_paper() -> Found:
    """A paper about its own formulation, with a single value."""
    paper = Paper("source.pdf", ["Red blood cell membranes coat our particles."], [])
    coat = paper.mention("CELL_TYPE", "Red blood cell", "cl:0000232", name="erythrocyte")
    record = Record(
        id=record_id(paper.document.id, "self", None),
        document_id=paper.document.id,
        study=Study(key="self", doi="10.1234/source", title="On source.pdf"),
        membranes=(Value.model_validate(value(coat)),),
        made_by={"coatmine": "0.1.0"},
    )
    return paper, [coat], [record]


def write_run(folder: Path, found: Iterable[Found], extra: Iterable[Outcome] = ()) -> RunFolder:
    """Write a run folder as the stages leave it."""
    run = RunFolder(folder)
    found = list(found)
    outcomes = [paper.outcome(len(mentions), len(records)) for paper, mentions, records in found]
    _lines(folder / "documents.jsonl", [*outcomes, *extra])
    _lines(folder / "mentions.jsonl", [mention for _, mentions, _ in found for mention in mentions])
    _lines(folder / "records.jsonl", [record for _, _, records in found for record in records])
    for paper, _, _ in found:
        data = gzip.compress(paper.document.to_json().encode(), mtime=0)
        write_atomically(run.document_path(paper.document.id), [data])
    return run


def _lines(path: Path, items: Iterable[BaseModel]) -> None:
    write_atomically(path, [item.model_dump_json().encode() + b"\n" for item in items])


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., RunFolder]:
    """Writes runs into numbered folders."""
    count = 0

    def make(*found: Found, extra: Iterable[Outcome] = ()) -> RunFolder:
        nonlocal count
        count += 1
        return write_run(tmp_path / f"run{count}", found, extra)

    return make


@pytest.fixture
def run(make_run: Callable[..., RunFolder]) -> RunFolder:
    """Two papers with a record each, one given twice, one that could not be read."""
    first = review()
    twice = first[0].outcome(0, 0).model_copy(update={"source": "copy.pdf", "message": "the same bytes"})
    failed = Outcome(source="scan.pdf", status="no_text_layer", message="scan.pdf: no text; run OCR on it first")
    return make_run(first, source_paper(), extra=(twice, failed))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    yield from server()


@pytest.fixture(params=["sqlite", "duckdb", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "postgresql":
        return cast(Postgres, request.getfixturevalue("postgres")).create(f"test_{uuid4().hex}")
    pytest.importorskip("duckdb_engine", reason="duckdb-engine is not installed: the extra `duckdb`")
    return f"{request.param}:///{tmp_path}/coats.db"
