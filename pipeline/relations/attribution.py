"""Whose work a sentence reports: the paper's own, one cited study, or none.

Its features are local: who did it, what is cited, the section. Features of the whole document are added to them. The
weights are trained on texts in which the study of every name is annotated (see models/scorer/README.md).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from pipeline.document import Document
from pipeline.records import FIELD_OF, FIELDS
from pipeline.relations.citations import cited
from pipeline.relations.evidence import MentionIndex, identity
from pipeline.relations.stretches import StudyPassage, StudyStretch, stretches
from pipeline.roles import Context, shipped_rules, sigmoid
from pipeline.sections import Statement, statements
from pipeline.tabular import columns, names_of, rows, study_tables, upright

_OWN: Final = Context("study.own")
"""How a paper refers to itself."""
_REVIEWING: Final = Context("study.reviewing")
"""How a review announces itself, in its title, above it, or in its abstract."""
_MANY: Final = 3


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence and whose work it reports.

    Attributes:
        statement: the sentence, with its section.
        own: the probability that it reports the paper's own work, from 0 to 1.
        cites: how many works it cites.
    """

    statement: Statement
    own: float
    cites: int


class Attribution:
    """Whose work each sentence of a document reports."""

    def __init__(self, document: Document, index: MentionIndex, weights: Mapping[str, float]) -> None:
        """Go through the document once."""
        self.document = document
        self.index = index
        self.stretches = [*stretches(document, partial(_coats, index)), *_told_in_rows(document, index)]
        self.sentences = [
            Spoken(statement, sigmoid(math.fsum(weights.get(s, 0.0) for s in features)), cites)
            for statement, cites, features in self.features()
        ]

    def features(self) -> Iterator[tuple[Statement, int, tuple[str, ...]]]:
        """The sentences of the prose, how many works each cites, and its features."""
        about = tuple(self._of_document())
        told = _CitedSentences(self.stretches)
        others = shipped_rules().speaks_of("others")
        for statement in statements(self.document):
            sentence = self.document.text[statement.start : statement.end]
            cites = len(cited(self.document, statement.start, statement.end))
            here = [f"at={statement.section}", f"cites={min(cites, 2)}"]
            if _OWN.within(sentence):
                here.append("own")
            if others.search(sentence):
                here.append("others")
            if told.has(statement.start):
                here.append("told of a study")
            crossed = [f"{one} & {other}" for one in about for other in here]
            yield (
                statement,
                cites,
                ("bias", *here, *about, *crossed, *(f"{here[0]} & {other}" for other in here[1:])),
            )

    def _of_document(self) -> Iterator[str]:
        """What the document as a whole shows."""
        text, some = self.document.text, list(statements(self.document))
        head = " ".join(
            text[b.start : b.end]
            for b in self.document.blocks[:8]
            if b.kind in ("title", "abstract", "header", "other")
        )
        if _REVIEWING.within(f"{self.document.metadata.title or ''} {head}"):
            yield "review announced"
        own = sum(_OWN.within(text, s.start, s.end) is not None for s in some)
        told = len({stretch.study for stretch in self.stretches if self._tells(stretch)})
        yield f"own {_level(own, len(some))}"
        yield f"studies {min(told, _MANY)}"
        if any(s.section in ("methods", "making", "results") for s in some):
            yield "has methods"
        if _cited_rows(self.document) >= _MANY:
            yield "cited rows"

    def _tells(self, stretch: StudyStretch) -> bool:
        """Whether a stretch names a coat."""
        return any(_coats(self.index, p.start, p.end) for p in stretch.passages)


class _CitedSentences:
    """Which sentences lie in the stretch of a cited study."""

    def __init__(self, some: Iterable[StudyStretch]) -> None:
        self.ranges = sorted(p.sentence for stretch in some for p in stretch.passages)

    def has(self, offset: int) -> bool:
        at = bisect_right(self.ranges, offset, key=lambda r: r[0]) - 1
        return at >= 0 and offset < self.ranges[at][1]


def _told_in_rows(document: Document, index: MentionIndex) -> Iterator[StudyStretch]:
    """The rows of a table that tells of studies in words, each of which cites one: its columns name no fields."""
    names = names_of((m.start, m.end, FIELD_OF[m.label]) for m in index)
    known = {cell.start for each in study_tables(document.tables, names) for cell in each.table.cells}
    for table in document.tables:
        if any(cell.start in known for cell in table.cells):
            continue
        for row in range(max(1, table.header_rows), table.rows):
            cells = [cell for cell in table.begun_in(row) if cell.text.strip()]
            keys = {key for c in cells for one in document.citations_in(c.start, c.end) for key in one.references}
            if len(keys) == 1:
                passages = [StudyPassage(c.start, c.end, (c.start, c.end)) for c in cells if " " in c.text.strip()]
                yield StudyStretch(keys.pop(), passages)


def _level(count: int, of: int) -> str:
    return "none" if count == 0 else "few" if count < max(2, of / 12) else "often"


def _cited_rows(document: Document) -> int:
    """How many rows of study tables carry a citation."""
    count = 0
    for printed in document.tables:
        table = upright(printed)
        kinds = columns(table)
        if any(column.field in FIELDS for column in kinds.values()):
            count += sum(
                any(document.citations_in(cell.start, cell.end) for cell in row.cells.values()) for row in rows(table)
            )
    return count


def _coats(index: MentionIndex, start: int, end: int) -> frozenset[object]:
    """The cells from which a sentence says that a coat came; types of cells without core or cargo are general."""
    mentions = index.within(start, end)
    particular = any(m.label == "CORE" or (m.label == "DRUG" and m.role == "cargo") for m in mentions)
    labels = {"CELL_LINE", "CELL_TYPE"} if particular else {"CELL_LINE"}
    return frozenset(
        identity(m)
        for m in mentions
        if m.label in labels and m.role == "membrane_source" and not (m.negated or m.hypothetical)
    )
