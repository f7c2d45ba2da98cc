"""Annotated passages: short texts with their mentions marked inline, to develop and to report on.

A passage is a line ``# id remark`` and the lines of text below it. A mention is marked as
``{4T1|CELL_LINE|membrane_source|cellosaurus:CVCL_0125}``: the text, the label, then in any order a role, an
identifier, ``name=...``, ``negated``, ``hypothetical``, and for a size ``coated`` or ``core``. Marks may nest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import get_args

from pipeline.document import Block, Document
from pipeline.errors import GoldError
from pipeline.records import Label, Role

_MARK = re.compile(r"[{}]|\|[^{}]*")


@dataclass(slots=True)
class AnnotatedMention:
    """An annotated mention: ``[start, end)`` on the passage's text and what was said about it."""

    start: int
    end: int
    label: str
    role: str | None = None
    curie: str | None = None
    name: str | None = None
    of: str | None = None
    negated: bool = False
    hypothetical: bool = False


@dataclass(slots=True)
class AnnotatedText:
    """A text and its annotated mentions, in the order of the text."""

    id: str
    text: str
    marked: list[AnnotatedMention] = field(default_factory=list)

    def document(self) -> Document:
        """The passage as a Document of one paragraph."""
        blocks = (Block(kind="paragraph", start=0, end=len(self.text)),)
        digest = sha256(f"{self.id}\n{self.text}".encode()).hexdigest()
        return Document(id=f"sha256:{digest}", source=self.id, media_type="text/plain", text=self.text, blocks=blocks)


def read_annotated_texts(path: Path) -> Iterator[AnnotatedText]:
    """The passages of a file.

    Raises:
        GoldError: a mark is not closed, or says something unknown.
    """
    for chunk in re.split(r"(?m)^(?=# )", path.read_text(encoding="utf-8")):
        head, _, body = chunk.strip().partition("\n")
        if head.startswith("# "):
            yield parse_annotated_text(head.split()[1], " ".join(body.split()))


def parse_annotated_text(name: str, marked_text: str) -> AnnotatedText:
    """One passage from its marked text.

    Raises:
        GoldError: a mark is not closed, or says something unknown.
    """
    text, at = "", 0
    opened: list[int] = []
    marked: list[AnnotatedMention] = []
    for match in _MARK.finditer(marked_text):
        text += marked_text[at : match.start()]
        at = match.end()
        sign = match.group()
        if sign == "{":
            opened.append(len(text))
        elif sign.startswith("|"):
            if not opened or marked_text[match.end() : match.end() + 1] != "}":
                text += sign
                continue
            marked.append(_mark(name, opened[-1], len(text), sign[1:].split("|")))
        elif opened:
            opened.pop()
        else:
            raise GoldError(f"passage {name}: a mark is closed that was not opened, after {text[-30:]!r}")
    text += marked_text[at:]
    if opened:
        raise GoldError(f"passage {name}: a mark is not closed, at {text[opened[-1] : opened[-1] + 30]!r}")
    return AnnotatedText(name, text, sorted(marked, key=lambda m: (m.start, -m.end)))


def _mark(name: str, start: int, end: int, parts: list[str]) -> AnnotatedMention:
    label, *facts = parts
    if label not in get_args(Label):
        raise GoldError(f"passage {name}: {label!r} is no label")
    mark = AnnotatedMention(start, end, label)
    for fact in facts:
        if fact in ("negated", "hypothetical"):
            setattr(mark, fact, True)
        elif label == "SIZE" and fact in ("coated", "core"):
            mark.of = fact
        elif fact in get_args(Role):
            mark.role = fact
        elif fact.startswith("name="):
            mark.name = fact.removeprefix("name=")
        elif all(part.replace("_", "").replace(".", "").isalnum() for part in fact.split(":", 1)) and ":" in fact:
            mark.curie = fact
        else:
            raise GoldError(f"passage {name}: {fact!r} is neither role nor identifier")
    return mark
