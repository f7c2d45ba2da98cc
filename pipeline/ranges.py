"""Ranges of a text, found by place in a time that does not grow with their number."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from operator import attrgetter
from typing import Generic, Protocol, TypeVar


class Range(Protocol):
    """What stands at ``[start, end)`` of a text."""

    @property
    def start(self) -> int:
        """Offset of its first character."""

    @property
    def end(self) -> int:
        """Offset behind its last character."""


RangeT = TypeVar("RangeT", bound=Range)
_START = attrgetter("start")


class Ranges(Generic[RangeT]):
    """Ranges, to be asked which of them stand at a place."""

    def __init__(self, items: Iterable[RangeT] = ()) -> None:
        self._items = sorted(items, key=_START)
        self._longest = max((each.end - each.start for each in self._items), default=0)

    def add(self, item: RangeT) -> None:
        """Take one more."""
        insort(self._items, item, key=_START)
        self._longest = max(self._longest, item.end - item.start)

    def over(self, start: int, end: int) -> list[RangeT]:
        """Those that have a character in common with ``[start, end)``, by where they begin."""
        first = bisect_left(self._items, start - self._longest + 1, key=_START)
        last = bisect_left(self._items, end, lo=first, key=_START)
        return [each for each in self._items[first:last] if each.end > start]

    def holds(self, start: int, end: int) -> bool:
        """Whether one of them has ``[start, end)`` within itself."""
        return any(each.start <= start and end <= each.end for each in self.over(start, end))
