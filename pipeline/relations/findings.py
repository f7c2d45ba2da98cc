"""What the channels hand to the merger: mentions that are values, each of one study."""

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
class Finding:
    """A mention that is a value of a study's record.

    Attributes:
        subject: the study.
        mention: the evidence.
        channel: where it was found.
        score: how likely it is evidence of a value of that study, from 0 to 1.
        place: where the document says it.
        traits: what the score was told from; empty in a table.
    """

    subject: Subject
    mention: Mention
    channel: Channel
    score: float
    place: str = "table"
    traits: tuple[str, ...] = ()

    @property
    def field(self) -> FieldName:
        """The record's field that the mention is a value of."""
        return FIELD_OF[self.mention.label]


@dataclass(slots=True)
class Findings:
    """All findings of a document.

    Attributes:
        values: the findings.
        rows: subjects that a table of coated particles lists; they are records even if no coat could be read.
        coated: subjects of which prose says that they are coated; with a core they are records even if no coat could
            be settled.
        places: the rows of tables that speak of each subject.
        dois: by study key the DOI that a table gives for a study whose entry in the reference list has none.
        unsettled: fields of which the text seems to speak without a value that could be settled.
    """

    values: list[Finding] = field(default_factory=list)
    rows: set[Subject] = field(default_factory=set)
    coated: set[Subject] = field(default_factory=set)
    places: dict[Subject, list[TableRow]] = field(default_factory=dict)
    dois: dict[str, str] = field(default_factory=dict)
    unsettled: set[tuple[Subject, FieldName]] = field(default_factory=set)

    def update(self, other: Findings) -> None:
        """Take in another channel's findings."""
        self.values += other.values
        self.rows |= other.rows
        self.coated |= other.coated
        for subject, rows in other.places.items():
            self.places.setdefault(subject, []).extend(rows)
        self.dois |= other.dois
        self.unsettled |= other.unsettled


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
