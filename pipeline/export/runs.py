"""Read a run folder document by document, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipeline.errors import StoreError
from pipeline.folder import RunFolder
from pipeline.records import Mention, Outcome, Record

LineT = TypeVar("LineT", Mention, Record)


@dataclass(frozen=True, slots=True)
class Extraction:
    """One input of a run: the outcome of it, and what was found in it.

    An input that failed, and one whose bytes came before under another name (``repeated``), has the outcome only.
    """

    outcome: Outcome
    mentions: tuple[Mention, ...] = ()
    records: tuple[Record, ...] = ()
    repeated: bool = False


def extractions(folder: RunFolder) -> Iterator[Extraction]:
    """The run's inputs in order, each with its mentions and records; one document in memory at a time.

    Raises:
        UsageError: a file is missing, or a line in it is not what it should be.
        StoreError: mentions or records do not follow the order of documents.jsonl.
    """
    mentions = _Grouped(folder.mentions())
    records = _Grouped(folder.records())
    seen: set[str] = set()
    for outcome in folder.outcomes():
        key = outcome.document_id
        if key is None or key in seen:
            yield Extraction(outcome, repeated=key is not None)
            continue
        seen.add(key)
        yield Extraction(outcome, mentions.take(key), records.take(key))
    if (left := mentions.next or records.next) is not None:
        raise StoreError(
            f"{folder.path}: {left.id} belongs to {left.document_id}, which documents.jsonl does not list in this "
            "place; run `coatmine extract` again to write the folder again"
        )


class _Grouped(Generic[LineT]):
    """The lines of one document after the other; ``next`` is the first that no document took yet."""

    def __init__(self, lines: Iterator[LineT]) -> None:
        self._lines: Iterator[LineT] = lines
        self.next: LineT | None = next(lines, None)

    def take(self, document_id: str) -> tuple[LineT, ...]:
        """The lines that come next, as far as they belong to this document."""
        found = []
        while self.next is not None and self.next.document_id == document_id:
            found.append(self.next)
            self.next = next(self._lines, None)
        return tuple(found)
