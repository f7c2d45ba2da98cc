"""Mark-up that abstracts carry in plain text: tags of HTML and JATS, and character entities."""

from __future__ import annotations

import html
import re

from pipeline.readers.folding import fold_marked
from pipeline.readers.printed_text import PrintedText

INLINE = "sub|sup|inf|i|b|u|em|strong|italic|bold|underline|sc|span|small|roman|sans-serif|monospace|named-content|a"
BLOCKS = "p|br|break|div|sec|title|abstract|ul|ol|li|h[1-6]|list|list-item"
TAG = re.compile(
    rf"<(/?)(?:jats:|html:)?(?:({INLINE})|({BLOCKS}))(?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>", re.I
)
ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});", re.IGNORECASE)
RAISED, LOWERED = frozenset({"sup"}), frozenset({"sub", "inf"})


def unmarked_text(text: str) -> PrintedText:
    """Text without its mark-up: what is raised or lowered is marked so, elements of their own begin lines.

    Only tags of known names count, so that "p < 0.05 and n > 3" stays as it is.
    """
    passage = PrintedText()
    marks = [" "]
    at = 0
    for tag in TAG.finditer(text):
        _add(passage, text[at : tag.start()], marks[-1])
        at = tag.end()
        name = (tag[2] or "").lower()
        if tag[3]:
            _add(passage, "\n", " ")
        elif name in RAISED | LOWERED and not tag[1]:
            marks.append("^" if name in RAISED else "_")
        elif name in RAISED | LOWERED and len(marks) > 1:
            marks.pop()
    _add(passage, text[at:], marks[-1])
    return passage


def _add(passage: PrintedText, text: str, mark: str) -> None:
    plain, marks = fold_marked(ENTITY.sub(lambda entity: html.unescape(entity[0]), text), mark)
    passage.text += plain
    passage.marks += marks
