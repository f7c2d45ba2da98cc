"""One value per thing: what table and text both say stands twice in a record, and once where channels do not matter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.records import Channel, Value


@dataclass(frozen=True, slots=True)
class Merged:
    """Values of one field that are the same thing.

    ``first`` is the value that stood first, whose words are shown; ``evidence`` joins all their mentions in order;
    ``score`` is the best of them.
    """

    first: Value
    score: float
    channels: tuple[Channel, ...]
    evidence: tuple[str, ...]
    caution: str | None


def merge(values: Iterable[Value]) -> list[Merged]:
    """Join the values with the same :attr:`Value.key`, in the order in which each first stood."""
    groups: dict[str, list[Value]] = {}
    for value in values:
        groups.setdefault(value.key, []).append(value)
    return [_join(group) for group in groups.values()]


def _join(group: list[Value]) -> Merged:
    return Merged(
        first=group[0],
        score=max(value.score for value in group),
        channels=tuple(dict.fromkeys(value.channel for value in group)),
        evidence=tuple(dict.fromkeys(mention for value in group for mention in value.evidence)),
        caution=next((value.caution for value in group if value.caution), None),
    )
