"""Values from pages that were recognised from pictures: marked, and scored lower than the same words in print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from pipeline.document import Document
from pipeline.records import FIELDS, Mention, Record, Value

TRUST: Final = 0.9
"""What a score is multiplied by: recognition reads about one word in thirty otherwise than it is printed, names and
numbers more often than common words."""
MARK: Final = "+ocr"
ValueT = TypeVar("ValueT", bound=Value)


def scanned_pages(document: Document) -> frozenset[int]:
    """The pages of a document whose text was recognised."""
    return frozenset(page.number for page in document.pages if page.recognised)


def mark_mentions(document: Document, mentions: Iterable[Mention]) -> list[Mention]:
    """The mentions, those on recognised pages marked in their method and scored lower."""
    pages = scanned_pages(document)
    if not pages:
        return list(mentions)
    return [
        mention.model_copy(
            update={"score": round(mention.score * TRUST, 4), "method": mention.method + MARK}
        )
        if any(box.page in pages for box in mention.boxes)
        else mention
        for mention in mentions
    ]  # fmt: skip


def mark_records(mentions: Iterable[Mention], records: Sequence[Record]) -> list[Record]:
    """The records, values that stand on recognised pages only scored lower."""
    seen = {mention.id for mention in mentions if mention.method.endswith(MARK)}
    if not seen:
        return list(records)
    return [record.model_copy(update=_lowered(record, seen)) for record in records]


def _lowered(record: Record, seen: set[str]) -> dict[str, tuple[Value, ...]]:
    return {name: tuple(_lower(value, seen) for value in record.values(name)) for name in FIELDS}


def _lower(value: ValueT, seen: set[str]) -> ValueT:
    if not value.evidence or not seen.issuperset(value.evidence):
        return value
    return value.model_copy(update={"score": round(value.score * TRUST, 4)})
