"""Evidence: mentions that support a value, each of one study."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from pipeline.records import FIELD_OF, Channel, FieldName, Mention, TableRow, fold

SELF: Final = "self"
"""The study key of a paper about its own formulation."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a record is about: a study by its key, and the formulation's own name where one study has several."""

    study: str
    formulation: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A mention that speaks for a value of a study's record.

    Attributes:
        subject: the study.
        mention: the mention.
        channel: where it was found.
        score: the probability that it supports a value of that study, from 0 to 1.
        section: where the document says it.
        cues: for cells, what in their sentence indicates a coat: a ``rule``, a ``coat`` word, a ``particle``.
    """

    subject: Subject
    mention: Mention
    channel: Channel
    score: float
    section: str = "table"
    cues: frozenset[str] = frozenset()

    @property
    def field(self) -> FieldName:
        """The record's field that the mention is a value of."""
        return FIELD_OF[self.mention.label]


@dataclass(slots=True)
class Collected:
    """All evidence of a document.

    Attributes:
        values: the evidence of tables and prose.
        figures: that of the text within figures, which makes no record.
        rows: subjects that a table of coated particles lists; they are records even if no coat could be read.
        particles: subjects for which prose mentions a particle, named or not.
        table_rows: the rows of tables that report each subject.
        captions: the ranges of captions of tables that list cited studies; they report no work of the
            paper's own.
        dois: by study key the DOI that a table gives for a study whose entry in the reference list has none.
        unsettled: fields that the text seems to mention without a value that could be determined.
        mentioned: labels of the mentions in the text on a subject.
    """

    values: list[Evidence] = field(default_factory=list)
    figures: list[Evidence] = field(default_factory=list)
    rows: set[Subject] = field(default_factory=set)
    particles: set[Subject] = field(default_factory=set)
    table_rows: dict[Subject, list[TableRow]] = field(default_factory=dict)
    captions: list[tuple[int, int]] = field(default_factory=list)
    dois: dict[str, str] = field(default_factory=dict)
    unsettled: set[tuple[Subject, FieldName]] = field(default_factory=set)
    mentioned: set[tuple[Subject, FieldName]] = field(default_factory=set)

    def update(self, other: Collected) -> None:
        """Take in another channel's evidence."""
        self.values += other.values
        self.figures += other.figures
        self.rows |= other.rows
        self.particles |= other.particles
        for subject, rows in other.table_rows.items():
            self.table_rows.setdefault(subject, []).extend(rows)
        self.captions += other.captions
        self.dois |= other.dois
        self.unsettled |= other.unsettled
        self.mentioned |= other.mentioned


def identity(mention: Mention) -> Hashable:
    """What makes two mentions the same thing: for sizes the number, else the identifier or the folded name."""
    if mention.size is not None:
        return (mention.size.value, mention.size.unit)
    return mention.curie or fold(mention.name)


class MentionIndex:
    """A document's mentions in the order of the text, to be asked for by range."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self._mentions = sorted(mentions, key=lambda m: (m.start, m.end, m.label, m.id))
        self._starts = [mention.start for mention in self._mentions]

    def __iter__(self) -> Iterator[Mention]:
        return iter(self._mentions)

    def within(self, start: int, end: int) -> list[Mention]:
        """The mentions that lie wholly within ``[start, end)``."""
        first = bisect_left(self._starts, start)
        last = bisect_left(self._starts, end)
        return [mention for mention in self._mentions[first:last] if mention.end <= end]
