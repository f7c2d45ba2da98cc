"""Words that recognition ran together, separated by the document's own words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pipeline.readers.ocr.values import Scans, SeenWord
from pipeline.readers.spacing import Spacing


def respaced(scans: Scans) -> Scans:
    """The pages, with words split that are several, judged by the words of all pages."""
    spacing = Spacing(line for scan in scans.values() for line in _lines(scan.words))
    return {
        page: scan.model_copy(update={"words": tuple(part for word in scan.words for part in _parts(word, spacing))})
        for page, scan in scans.items()
    }


def _lines(words: tuple[SeenWord, ...]) -> list[str]:
    lines: dict[int, list[str]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word.text)
    return [" ".join(line) for line in lines.values()]


def _parts(word: SeenWord, spacing: Spacing) -> Iterator[SeenWord]:
    """A word as the words that it is, its width shared out among them."""
    size = len(word.text)
    x0, top, x1, bottom = word.box
    for a, b in pairwise([0, *spacing.missing(word.text), size]):
        box = (x0 + (x1 - x0) * a / size, top, x0 + (x1 - x0) * b / size, bottom)
        yield word._replace(text=word.text[a:b], box=box, marks=word.marks[a:b]) if b - a < size else word
