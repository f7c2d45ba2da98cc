"""Stretches: the consecutive sentences of a review that report one cited study."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final

from pipeline.document import Block, Document
from pipeline.relations.citations import citation_ranges, cited
from pipeline.roles import Context
from pipeline.sentences import Range, split

_PROSE: Final = frozenset({"paragraph", "list_item", "abstract"})

_ANAPHORA = Context("study.goes-on")
"""A sentence that opens like this continues the subject of the sentence before."""
_OPENING = Context("study.introduced")
"""A sentence that opens like this introduces a study."""
_GENERAL = Context("study.general")
"""A sentence that opens like this reports no study in particular."""
_DONE = Context("study.done")
"""A sentence without such a word reports no study of coated particles; it cites in passing."""
_COMPARES = Context("study.compares")
"""A sentence with such a word may name another coat only to compare with it."""


_NAMED_BEFORE = re.compile(
    r"[^\W\d_a-z][\w'\u2019-]+"
    r"(?:\s(?:et al\.?,?|and (?:co-?workers|colleagues)|and [^\W\d_a-z][\w'\u2019-]+)|'s (?:group|team))?\s*[\[(]?$"
)
"""The authors' name right before a citation."""

Coats = Callable[[int, int], frozenset[Hashable]]
"""The cells, by identity, from which a sentence ``[start, end)`` says a coat came."""


@dataclass(slots=True)
class StudyPassage:
    """Text about one study: ``[start, end)`` within the sentence ``[sentence[0], sentence[1])``."""

    start: int
    end: int
    sentence: Range


@dataclass(slots=True)
class StudyStretch:
    """The passages of a review that report one study.

    Attributes:
        study: the reference's key.
        passages: its passages, in the order of the text.
        lead: the sentence right before the study is introduced, if it is of no study: it may name the subject.
        topics: the sentences of no study before it in the paragraph: they may name its subject.
    """

    study: str
    passages: list[StudyPassage] = field(default_factory=list)
    lead: StudyPassage | None = None
    topics: list[StudyPassage] = field(default_factory=list)


def stretches(document: Document, coats: Coats) -> list[StudyStretch]:
    """The stretches of a document, in the order of the text; a fact with several citations belongs to none of them.

    A stretch begins where a study is cited, or before that where it is introduced ("In another study, ...") or where
    another coat is mentioned, and lasts until the next study or a general remark. Into a new paragraph it goes on only
    with a word that refers back.

    Args:
        document: the document.
        coats: which cells a sentence says a coat came from.
    """
    reader = _Reader(document, coats)
    for block in document.blocks:
        if block.kind in _PROSE:
            reader.read_paragraph(block)
        elif block.kind == "caption":
            reader.read_caption(block)
        elif block.kind == "heading":
            reader.current = None
    return reader.found


@dataclass(slots=True)
class _Left:
    """What the sentences of a paragraph so far have left open.

    Attributes:
        waiting: those since an introduction whose citation is still to come.
        lead: the last one, if it is of no study.
        topics: those of no study.
        before: the study that was current where the waiting ones began, if they may belong to it.
    """

    waiting: list[StudyPassage] = field(default_factory=list)
    lead: StudyPassage | None = None
    topics: list[StudyPassage] = field(default_factory=list)
    before: StudyStretch | None = None

    def settle(self) -> None:
        """A citation has come: nothing waits for one any more."""
        self.waiting, self.lead, self.before = [], None, None


class _Reader:
    """Reads the paragraphs in order and keeps the current study."""

    def __init__(self, document: Document, coats: Coats) -> None:
        self.document = document
        self.coats = coats
        self.found: list[StudyStretch] = []
        self.current: StudyStretch | None = None

    def read_paragraph(self, block: Block) -> None:
        """Append this paragraph's sentences to stretches."""
        left = _Left()
        for index, (start, end) in enumerate(split(self.document.text, block.start, block.end)):
            whole = StudyPassage(start, end, (start, end))
            keys = cited(self.document, start, end)
            if len(keys) == 1:
                self._cited(keys[0], whole, left, opens=index == 0)
            elif keys:
                self._several(whole)
                left.topics.append(whole)
                left.settle()
                self.current = None
            else:
                self._uncited(whole, left, opens=index == 0)
        if left.before is not None and left.waiting:  # no other study is cited: they belong to that one
            left.before.passages += left.waiting
            self.current = left.before

    def read_caption(self, block: Block) -> None:
        """A caption that cites one study belongs to it; one that cites several is divided sentence by sentence."""
        text = self.document.text
        if text[block.start : block.end].lstrip().casefold().startswith("tab"):
            return
        ranges = split(text, block.start, block.end)
        keys = [cited(self.document, *r) for r in ranges]
        together = list(dict.fromkeys(key for some in keys for key in some))
        if len(together) == 1:
            self.found.append(StudyStretch(together[0], [StudyPassage(*r, r) for r in ranges]))
        else:
            for some, r in zip(keys, ranges, strict=True):
                self._several(StudyPassage(*r, r)) if len(some) != 1 else self.found.append(
                    StudyStretch(some[0], [StudyPassage(*r, r)])
                )

    def _cited(self, key: str, whole: StudyPassage, left: _Left, *, opens: bool) -> None:
        """A sentence that cites one study goes on with it, begins it, or, within a paragraph, only cites in passing."""
        if self.current is not None and self.current.study == key:
            self.current.passages.append(whole)
        else:
            self._begin(key, whole, left, opens=opens)
        left.settle()
        if self._is_background():
            left.topics.append(whole)

    def _begin(self, key: str, whole: StudyPassage, left: _Left, *, opens: bool) -> None:
        waiting, lead = left.waiting, left.lead
        if _ANAPHORA.behind(self.document.text, whole.start, whole.end):  # it points back to what has no name yet
            before = [lead] if lead is not None else self._told_since()
            waiting, lead = [*before, *waiting], None
        stretch = StudyStretch(key, [*waiting, whole], lead, list(left.topics))
        self.found.append(stretch)
        sentence = self.document.text[whole.start : whole.end]
        in_passing = (
            self.current is not None and not opens and not (_DONE.within(sentence) or _OPENING.behind(sentence, 0))
        )
        if not in_passing:
            self.current = stretch

    def _uncited(self, whole: StudyPassage, left: _Left, *, opens: bool) -> None:
        """A sentence without a citation is general, introduces a study, waits for its citation, or goes on."""
        sentence = self.document.text[whole.start : whole.end]
        if _GENERAL.behind(sentence, 0):
            left.topics.append(whole)
            self.current, left.waiting = None, []
        elif _OPENING.behind(sentence, 0):
            self.current, left.waiting = None, [whole]
        elif left.waiting:
            left.waiting.append(whole)
        elif self.current is not None and self._is_background() and self.coats(whole.start, whole.end):
            left.before, left.lead, left.waiting = self.current, self.current.passages[-1], [whole]
            self.current = None
        elif self._other_coat(whole):
            self.current, left.waiting = None, [left.lead, whole] if left.lead is not None else [whole]
        elif self.current is not None and (not opens or _ANAPHORA.behind(sentence, 0)):
            self.current.passages.append(whole)
        else:
            self.current = None
            left.topics.append(whole)
            left.lead = whole

    def _is_background(self) -> bool:
        """Whether the passages of the current study only cite a fact from it, with no particle made."""
        if self.current is None:
            return False
        text = self.document.text
        return not any(
            _DONE.within(text, p.start, p.end) or _OPENING.behind(text, p.start, p.end) for p in self.current.passages
        )

    def _told_since(self) -> list[StudyPassage]:
        """The passages from the first coat after the last citation of the current study: removed from its stretch."""
        if self.current is None:
            return []
        some = self.current.passages
        tail = next((i for i in range(len(some), 0, -1) if cited(self.document, *some[i - 1].sentence)), 0)
        told = [i for i, passage in enumerate(some) if self.coats(passage.start, passage.end)]
        if not told or told[0] < tail:
            return []
        taken = some[told[0] :]
        del some[told[0] :]
        return taken

    def _other_coat(self, whole: StudyPassage) -> bool:
        """Whether an uncited sentence names a coat that is not that of the current study."""
        here = self.coats(whole.start, whole.end)
        if not here or self.current is None:
            return bool(here)
        known = {cell for passage in self.current.passages for cell in self.coats(passage.start, passage.end)}
        pointing = _ANAPHORA.behind(self.document.text, whole.start, whole.end)
        compares = _COMPARES.within(self.document.text, whole.start, whole.end)
        return bool(known) and known.isdisjoint(here) and not pointing and not compares

    def _several(self, whole: StudyPassage) -> None:
        """Give each study that a sentence with several citations cites alone its clause.

        A citation behind its authors' name opens a clause, which goes on to the next name; any other closes one.
        """
        text = self.document.text
        some = citation_ranges(self.document, whole.start, whole.end)
        names = [_NAMED_BEFORE.search(text, whole.start, start) for _, start, _ in some]
        opens = [match.start() if match else None for match in names]
        at = whole.start
        for number, (keys, _, end) in enumerate(some):
            begin, stop = at, end
            if opens[number] is not None:
                begin = max(at, opens[number] or 0)
                later = (o for o in opens[number + 1 :] if o is not None)
                stop = next(later, some[number + 1][2] if number + 1 < len(some) else whole.end)
            if len(keys) == 1:
                self.found.append(StudyStretch(keys[0], [StudyPassage(begin, stop, whole.sentence)]))
            at = stop
