"""Documents and mentions made from marked-up text: ``{C:HeLa}`` is a cell line, ``[3]`` a citation.

A name plays the part that makes it a value; ``{C?:HeLa}`` plays another, ``{C!:HeLa}`` is negated, ``{C~:HeLa}`` only
supposed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

import pytest

from pipeline.document import Block, Cell, Citation, Document, FigureText, Metadata, Reference, Table
from pipeline.records import BEARING, FIELDS, Label, Mention, Record, Role, SizeFacts, mention_id
from pipeline.relations import scorer
from pipeline.relations.scorer import ScorerWeights

LABELS: dict[str, Label] = {
    "C": "CELL_LINE", "T": "CELL_TYPE", "N": "CORE", "D": "DRUG", "M": "MODALITY", "X": "DISEASE",
    "A": "ANIMAL_MODEL", "S": "SIZE",
}  # fmt: skip
OTHER: dict[Label, Role] = {
    "CELL_LINE": "test_cells", "CELL_TYPE": "test_cells", "CORE": "unknown", "DRUG": "comparator",
    "MODALITY": "measured_by", "DISEASE": "background", "ANIMAL_MODEL": "donor", "SIZE": "core_size",
}  # fmt: skip
"""A role in which a name of a label is no value."""
_MARK = re.compile(r"\{(\w)([?!~]?):([^}]*)\}|\[(\d+(?:[,–]\d+)*)\]")


@dataclass
class Paper:
    """A document under construction."""

    text: str = ""
    blocks: list[Block] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    figures: list[FigureText] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    marks: list[tuple[str, str, int, int]] = field(default_factory=list)

    def write(self, marked: str) -> tuple[int, int]:
        """Append marked-up text; its range."""
        start, at = len(self.text), 0
        for match in _MARK.finditer(marked):
            self.text += marked[at : match.start()]
            at, begin = match.end(), len(self.text)
            if match[1]:
                self.text += match[3]
                self.marks.append((match[1], match[2], begin, len(self.text)))
            else:
                self.text += match[0]
                keys = [k for part in match[4].split(",") for k in _expanded(part)]
                self.citations.append(Citation(start=begin, end=len(self.text), references=tuple(keys)))
        self.text += marked[at:]
        return start, len(self.text)

    def block(self, kind: str, marked: str, *section: str) -> Paper:
        """Append a block."""
        start, end = self.write(marked)
        self.blocks.append(Block(kind=kind, start=start, end=end, section=section))
        self.text += "\n"
        return self

    def table(
        self, *grid: list[str | None], caption: str = "", header_rows: int = 1, spans: dict | None = None
    ) -> Paper:
        """Append a table; ``spans`` gives (row_span, col_span) by (row, column), None leaves a place uncovered."""
        cells, begin = [], len(self.text)
        for r, line in enumerate(grid):
            for c, marked in enumerate(line):
                if marked is None:
                    continue
                start, end = self.write(marked)
                down, across = (spans or {}).get((r, c), (1, 1))
                text = self.text[start:end]
                cells.append(Cell(row=r, col=c, row_span=down, col_span=across, start=start, end=end, text=text))
                self.text += "\t"
        self.blocks.append(Block(kind="table", start=begin, end=len(self.text)))
        label = f"Table {len(self.tables) + 1}"
        self.tables.append(Table(label=label, caption=caption, page=1, header_rows=header_rows, cells=tuple(cells)))
        self.text += "\n"
        return self

    def figure(self, caption: str, *labels: str) -> Paper:
        """Append a caption and the labels of its figure."""
        self.block("caption", caption)
        start, end = self.write("\n".join(labels))
        self.blocks.append(Block(kind="figure", start=start, end=end))
        label = f"Figure {len(self.figures) + 1}"
        self.figures.append(FigureText(start=start, end=end, label=label, caption=caption, page=1))
        self.text += "\n"
        return self

    def done(
        self, authors: dict[str, tuple[str, int]] | None = None, **metadata: object
    ) -> tuple[Document, list[Mention]]:
        """The document with its references, and its mentions."""
        keys = sorted({k for c in self.citations for k in c.references} | set(authors or {}), key=int)
        references = []
        for key in keys:
            name, year = (authors or {}).get(key, ("", 0))
            start = len(self.text)
            self.text += f"Reference {key}. {name}\n"
            self.blocks.append(Block(kind="reference", start=start, end=len(self.text) - 1))
            references.append(
                Reference(
                    key=key,
                    start=start,
                    end=len(self.text) - 1,
                    doi=f"10.5555/{key}",
                    authors=(name,) if name else (),
                    year=year or None,
                )
            )
        document = Document(
            id="sha256:" + sha256(self.text.encode()).hexdigest(),
            source="paper.pdf",
            media_type="application/pdf",
            metadata=Metadata(**metadata),
            text=self.text,
            blocks=tuple(self.blocks),
            tables=tuple(self.tables),
            figures=tuple(self.figures),
            citations=tuple(sorted(self.citations, key=lambda c: c.start)),
            references=tuple(references),
        )
        return document, [self._mention(document, *mark) for mark in self.marks]

    def _mention(self, document: Document, letter: str, sign: str, start: int, end: int) -> Mention:
        label, text = LABELS[letter], document.text[start:end]
        size = None
        if label == "SIZE":
            size = SizeFacts(value=float(re.search(r"\d+(?:\.\d+)?", text)[0]))
        return Mention(
            id=mention_id(document.id, label, start, end),
            document_id=document.id,
            label=label,
            start=start,
            end=end,
            text=text,
            name=text,
            curie=f"test:{text.casefold().rstrip('s')}" if letter in "CT" else None,
            score=0.9,
            method="rule:marks@1",
            role=OTHER[label] if sign == "?" else BEARING[label],
            support=0.02 if sign == "?" else 0.9,
            negated=sign == "!",
            hypothetical=sign == "~",
            because=("marks",),
            size=size,
        )


def _expanded(part: str) -> list[str]:
    first, _, last = part.partition("–")
    return [str(n) for n in range(int(first), int(last or first) + 1)]


def _weights() -> ScorerWeights:
    """Weights by hand, so that these tests do not change with what is learnt: the place and the mention decide."""
    own = {
        "bias": 3.0, "cites=1": -8.0, "cites=2": -8.0, "others": -8.0, "told of a study": -8.0,
        "at=introduction": -8.0, "review announced": -8.0, "cited rows": -8.0,
    }  # fmt: skip
    value = {"bias": -3.0, "best": 0.5, "second": 0.02, "rivals": -0.1}
    return ScorerWeights(
        note="by hand",
        own=own,
        record={"bias": 5.0},
        value={kind: dict.fromkeys(FIELDS, value) for kind in ("own", "cited")},
    )


@pytest.fixture(autouse=True)
def scored_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here depends on the shipped weights."""
    monkeypatch.setattr(scorer, "weights", _weights)


@pytest.fixture
def paper() -> Paper:
    """An empty paper to write into."""
    return Paper()


@pytest.fixture
def stated() -> Callable[..., dict[str, list[str]]]:
    """What a record says: the texts of its values by field, empty fields left out."""

    def texts(record: Record, channel: str | None = None) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in record.items():
            if channel in (None, value.channel):
                found.setdefault(name, []).append(value.text)
        return found

    return texts
