"""Join printed lines into text."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.readers.hyphenation import Vocabulary, seam
from pipeline.readers.pdf.values import TextLine, Word
from pipeline.readers.printed_text import PrintedLine, PrintedText


def joined(lines: Sequence[TextLine], vocabulary: Vocabulary) -> PrintedText:
    """The lines as one passage."""
    passage = PrintedText()
    for index, line in enumerate(lines):
        last = index + 1 == len(lines)
        cut, glue = (0, "") if last else seam(line.text, lines[index + 1].text, vocabulary)
        _append(passage, line.words, line, cut)
        passage.text += glue
        passage.marks += " " * len(glue)
    return passage


def _append(passage: PrintedText, words: Sequence[Word], line: TextLine, cut: int) -> None:
    """Add a line's words, less the last ``cut`` characters, and where they stand."""
    text, marks = "", ""
    edges: list[float] = []
    for word in words:
        if edges:
            text += " "
            marks += " "
            edges.append(max(edges[-1], word.edges[0]))
            rest = word.edges[1:]
        else:
            edges.append(word.edges[0])
            rest = word.edges[1:]
        at = edges[-1]
        for edge in rest:
            at = max(at, edge)
            edges.append(at)
        text += word.text
        marks += word.marks
    if cut:
        text, marks, edges = text[:-cut], marks[:-cut], edges[:-cut]
    if not text:
        return
    start = len(passage.text)
    origin = edges[0]
    box = line.frame.to_page(origin, line.top, edges[-1], line.bottom)
    relative = [round(edge - origin, 2) for edge in edges]
    passage.stretches.append(PrintedLine(start, start + len(text), line.page, box, line.frame.direction, relative))
    passage.text += text
    passage.marks += marks
