"""Find the place in the document of a value that a model states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.opinion.lines import NumberedLine, folded
from pipeline.opinion.prompt import ProposedValue


@dataclass(frozen=True, slots=True)
class QuotePosition:
    """A range of code points on the document's text."""

    start: int
    end: int
    in_table: bool


def ground(proposed: ProposedValue, lines: Sequence[NumberedLine]) -> QuotePosition | str:
    """The value's place within its quote, or why it has none.

    The line of the number given is looked in first, then the other lines that were shown of the study.
    """
    value, quote = folded(proposed.value), folded(proposed.quote)
    if not re.search(r"\w", value):
        return "no value is given"
    if value not in quote:
        return "the value does not stand in the quote"
    numbered = lines[proposed.sentence - 1 : proposed.sentence] if proposed.sentence > 0 else []
    quoted = False
    for line in (*numbered, *lines):
        for begin in _occurrences(quote, line.text):
            quoted = True
            for at in _occurrences(value, line.text, begin, begin + len(quote)):
                offsets = line.offsets[at : at + len(value)]
                if min(offsets) >= 0 and _whole(line.text, at, at + len(value)):
                    return QuotePosition(offsets[0], offsets[-1] + 1, line.is_row)
    return "the value is no whole word there" if quoted else "the quote does not stand in what was shown of the study"


def _occurrences(part: str, text: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    at = text.find(part, start, end)
    while at >= 0:
        yield at
        at = text.find(part, at + 1, end)


def _whole(text: str, start: int, end: int) -> bool:
    """Whether the range neither begins nor ends within a word."""
    before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return not (before or after)
