"""The passage that supports a mention: its sentence, or its table's row."""

from __future__ import annotations

from pipeline.document import Document
from pipeline.export.text import seen
from pipeline.sentences import Range, sentence_at, sentences


class EvidenceContexts:
    """Finds, for places in one document, the text that a reader must see to check them."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._sentences = sentences(document)
        self._rows = sorted(_rows(document))

    def around(self, start: int, end: int) -> Range:
        """The table row or the sentence that holds ``[start, end)``; the place itself where there is neither."""
        place = _holding(self._rows, start, end) or _holding(self._sentences, start, end)
        return place or (start, end)

    def text(self, start: int, end: int) -> str:
        """The document's text in this range."""
        return self._document.text[start:end]


def one_line(text: str) -> str:
    """A passage's text for showing: the lines of a sentence joined, the cells of a table's row apart."""
    return seen(text).replace("\t", " \u2502 ").replace("\n", " ")


def _holding(ranges: list[Range], start: int, end: int) -> Range | None:
    first, last = sentence_at(ranges, start), sentence_at(ranges, max(start, end - 1))
    return (first[0], last[1]) if first and last else None


def _rows(document: Document) -> list[Range]:
    """Where each table row's own cells stand; a cell that spans rows stands with the first of them."""
    rows: dict[tuple[int, int], Range] = {}
    for index, table in enumerate(document.tables):
        for cell in table.cells:
            if cell.end > cell.start:
                start, end = rows.get((index, cell.row), (cell.start, cell.end))
                rows[index, cell.row] = (min(start, cell.start), max(end, cell.end))
    return list(rows.values())
