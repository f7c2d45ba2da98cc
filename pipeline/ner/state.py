"""Data that the pipeline's components pass on while they work on a spaCy Doc.

It is kept beside the Doc, not on it, so that a Doc serialises at every step; it lives as long as the Doc does.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple
from weakref import WeakKeyDictionary

from spacy.tokens import Doc

from pipeline.document import Document
from pipeline.linking import Hit, Lexicon
from pipeline.ner.limits import RuleLimits
from pipeline.ranges import Ranges
from pipeline.records import CoreFacts, Label, Role, SizeFacts, Term

_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class MentionCandidate:
    """A candidate for a mention: ``[start, end)`` on the Doc's text, what it is, and who says so.

    ``kind`` and ``component`` are the two parts of a mention's method. ``priority`` decides between overlapping
    candidates of one length: the higher stays. ``supposed`` is a name that stands only if a rule on roles vouches for
    it.
    """

    start: int
    end: int
    label: Label
    name: str
    score: float
    kind: str
    component: str
    curie: str | None = None
    candidates: tuple[Term, ...] = ()
    caution: str | None = None
    taxon: str = ""
    note: str = ""
    role: Role = "unknown"
    support: float = 0.0
    because: tuple[str, ...] = ()
    negated: bool = False
    hypothetical: bool = False
    size: SizeFacts | None = None
    core: CoreFacts | None = None
    priority: int = 0
    votes: tuple[str, ...] = ()
    supposed: bool = False

    def moved(self, start: int, end: int) -> MentionCandidate:
        """The same finding over another range."""
        return replace(self, start=start, end=end)


class ModelVote(NamedTuple):
    """A model's word for a range: our label (or CELL, or GENE), its score, and which model says so."""

    start: int
    end: int
    label: str
    score: float
    voter: str


@dataclass
class State:
    """What is known of one text: its sentences, abbreviations, lexicon hits and candidates."""

    text: str = ""
    document: Document | None = None
    lexicon: Lexicon | None = None
    sentences: list[tuple[int, int]] = field(default_factory=list)
    abbreviations: dict[str, str] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    limits: RuleLimits = field(default_factory=RuleLimits)
    votes: list[ModelVote] = field(default_factory=list)
    found: list[MentionCandidate] = field(default_factory=list)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the document's sentences, as they are written."""
        return frozenset(_WORD.findall(self.text))

    @cached_property
    def blocklisted(self) -> dict[int, int]:
        """Where a name begins, and ends, that looks like a cell line's or a drug's and is none."""
        return {h.start: h.end for h in self.hits if any(e.type == "blocklist" for e in h.entries)}

    @cached_property
    def nonspecific(self) -> frozenset[tuple[int, int]]:
        """Where the name of something too general stands: "infection", "glucose"."""
        return frozenset((h.start, h.end) for h in self.hits if any(e.type == "nonspecific" for e in h.entries))

    @cached_property
    def _all_hits(self) -> Ranges[Hit]:
        return Ranges(self.hits)

    def hits_over(self, start: int, end: int) -> list[Hit]:
        """The lexicon's hits that have a character in common with ``[start, end)``."""
        return self._all_hits.over(start, end)

    @cached_property
    def _by_end(self) -> dict[int, list[Hit]]:
        found: dict[int, list[Hit]] = {}
        for hit in self.hits:
            found.setdefault(hit.end, []).append(hit)
        return found

    @cached_property
    def _by_start(self) -> dict[int, list[Hit]]:
        found: dict[int, list[Hit]] = {}
        for hit in self.hits:
            found.setdefault(hit.start, []).append(hit)
        return found

    def hits_from(self, start: int, types: Iterable[str]) -> list[Hit]:
        """The lexicon's hits of these types that begin at an offset."""
        wanted = frozenset(types)
        return [hit for hit in self._by_start.get(start, []) if any(e.type in wanted for e in hit.entries)]

    def hits_ending(self, end: int) -> list[Hit]:
        """The lexicon's hits that end at an offset."""
        return self._by_end.get(end, [])

    @cached_property
    def cell_ends(self) -> frozenset[int]:
        """Where the name of a cell line or type ends."""
        return frozenset(h.end for h in self.hits if any(e.type in ("cell_line", "cell_type") for e in h.entries))

    @cached_property
    def diseases(self) -> dict[int, int]:
        """Where a disease's name begins, and where the longest one ends."""
        return self._longest("disease")

    @cached_property
    def materials(self) -> dict[int, int]:
        """Where a material's name begins, and where the longest one ends."""
        return self._longest("material")

    @cached_property
    def drugs(self) -> dict[int, int]:
        """Where a drug's name begins, and where the longest one ends."""
        return self._longest("drug")

    @cached_property
    def drug_ends(self) -> dict[int, int]:
        """Where a drug's name ends, and where the longest one begins."""
        return {end: start for start, end in sorted(self.drugs.items(), reverse=True)}

    def _longest(self, kind: str) -> dict[int, int]:
        found: dict[int, int] = {}
        for hit in self.hits:
            if any(e.type == kind for e in hit.entries):
                found[hit.start] = max(hit.end, found.get(hit.start, 0))
        return found

    def curie(self, name: str, kind: str) -> str | None:
        """The identifier of a preferred name of one type."""
        entries = self.lexicon.lookup(name, (kind,)) if self.lexicon else []
        return next((e.curie for e in entries if e.preferred == name), None)

    def sentence(self, offset: int) -> tuple[int, int]:
        """The sentence around an offset; the offset alone where there is none."""
        index = bisect_right(self.sentences, offset, key=lambda s: s[0]) - 1
        if index < 0 or offset >= self.sentences[index][1]:
            return offset, offset
        return self.sentences[index]


def text_of(doc: Doc) -> str:
    """The Doc's text, which spaCy would join from its tokens each time."""
    state = state_of(doc)
    if not state.text:
        state.text = doc.text
    return state.text


_STATES: WeakKeyDictionary[Doc, State] = WeakKeyDictionary()


def state_of(doc: Doc) -> State:
    """The Doc's state, made on first use. A Doc that was read back from bytes begins with an empty one."""
    state = _STATES.get(doc)
    if state is None:
        state = _STATES[doc] = State()
    return state
