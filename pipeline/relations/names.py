"""What a paper calls its own formulations: "CM@PDA-CQ", "PNP-Rap"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from pipeline.document import Document
from pipeline.records import fold
from pipeline.roles import Context, part
from pipeline.sentences import split

_PART = r"[^\W_][\w′'⁺+]*"
_SHAPED = re.compile(
    rf"(?<![\w@/–-])(?:\[?{_PART}[–/-])*{_PART}@{_PART}(?:[-–/@.]{_PART})*(?:\s(?:NPs?|NCs?|MPs?))?(?![\w@])"
)
"""A name with an at sign is a particle's own name."""
_DOMAINS: Final = frozenset({"com", "org", "net", "edu", "gov", "example"})
_CALLED = Context("own-name.called")
_BRACKETED = Context("own-name.in-brackets")
_CONTROL = Context("own-name.control")
_WEIGHTS: Final = {"title": 5, "abstract": 4}
_CUE: Final = 3
_CONTROLS: Final = -5
_NAMING: Final = frozenset({"title", "abstract", "paragraph", "caption", "list_item"})


class Occurrence(NamedTuple):
    """A place ``[start, end)`` where the text uses a formulation's name."""

    start: int
    end: int
    name: str


def own_names(document: Document) -> list[str]:
    """The names that a paper gives to what it made, the chief one first; empty where it uses none.

    A name is a token with an at sign, or one that the text introduces as the particle's name. A name that stands inside
    a longer one ("PDA-CQ" in "CM@PDA-CQ") is the core's. Several names are given only where title or abstract uses
    them: the others are the paper's controls.
    """
    weights: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    head: set[str] = set()
    for block in document.blocks:
        if block.kind not in _NAMING:
            continue
        for start, end in split(document.text, block.start, block.end):
            for name, cue in _named(document.text[start:end]):
                spelled.setdefault(fold(name), name)
                weights[fold(name)] += _WEIGHTS.get(block.kind, 1) + cue
                if block.kind in _WEIGHTS:
                    head.add(fold(name))
    for figure in document.figures:  # a figure's labels name nothing first, but tell which name the paper goes by
        said = document.text[figure.start : figure.end]
        weights.update({name for name in weights if weights[name] > 0 and name in fold(said)})
    coated = [name for name in weights if weights[name] > 0 and not any(name != o and name in o for o in weights)]
    ranked = sorted(coated, key=lambda n: (n not in head, -weights[n], n))
    return [spelled[name] for name in ranked if name in head or name == ranked[0]]


def occurrences(document: Document, names: Sequence[str], start: int = 0, end: int | None = None) -> list[Occurrence]:
    """Where the text ``[start, end)`` uses one of these names, and which, in the order of the text."""
    if not names:
        return []
    longest_first = sorted(names, key=lambda n: (-len(n), n))
    pattern = re.compile(rf"(?<![\w@])(?:{'|'.join(map(re.escape, longest_first))})(?![\w@])", re.IGNORECASE)
    by_fold = {fold(name): name for name in names}
    stop = len(document.text) if end is None else end
    return [
        Occurrence(m.start(), m.end(), by_fold[fold(m.group())]) for m in pattern.finditer(document.text, start, stop)
    ]


def _named(sentence: str) -> list[tuple[str, int]]:
    """The names in a sentence, each with what the way it is introduced adds to its weight."""
    control = _CONTROLS if _CONTROL.within(sentence) else 0
    found = [(m.group(), control) for m in _SHAPED.finditer(sentence) if not _is_address(m.group())]
    matches = [match for context in (_CALLED, _BRACKETED) for match in context.every(sentence)]
    called = [sentence[slice(*span)] for match in matches if (span := part(match, "name"))]
    return [*found, *((name, _CUE + control) for name in called)]


def _is_address(name: str) -> bool:
    """Whether what has an at sign is an electronic address."""
    host, dot, domain = name.rpartition("@")[2].casefold().rpartition(".")
    return bool(host and dot) and (domain in _DOMAINS or (len(domain) == 2 and domain.isalpha()))
