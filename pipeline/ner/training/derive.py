"""Marks that a corpus does not make itself but that follow from those it makes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from spacy.tokens import Doc, Span

from pipeline.ner.training.corpora import Derived

_LONGEST = 6  # tokens of a name sought within a phrase


class Deriver:
    """Adds a derived head's marks to annotated texts.

    Args:
        rule: what to derive.
        names: the names of ``rule.vocabulary``.
    """

    def __init__(self, rule: Derived, names: Iterable[str]) -> None:
        self.rule = rule
        pattern = re.compile(rule.pattern)
        self._names = {_tight(name) for name in names if pattern.fullmatch(name)}

    def __call__(self, doc: Doc) -> None:
        """Set ``doc.spans[rule.name]``, unless the text does not say (see :class:`Derived`)."""
        corpora = {source.partition(":")[0] for source in (*self.rule.same, *self.rule.within)}
        if not corpora & set(doc.spans):
            return
        found = self._marked(doc, self.rule.same)
        for phrase in self._marked(doc, self.rule.within):
            name = self._longest(phrase)
            if name is not None:
                found.append(name)
            elif any(c.isdigit() for c in phrase.text):
                return
        doc.spans[self.rule.name] = [Span(doc, s.start, s.end, self.rule.label) for s in found]

    @staticmethod
    def _marked(doc: Doc, sources: tuple[str, ...]) -> list[Span]:
        return [s for head in doc.spans for s in doc.spans[head] if f"{head}:{s.label_}" in sources]

    def _longest(self, phrase: Span) -> Span | None:
        for length in range(min(_LONGEST, len(phrase)), 0, -1):
            for start in range(phrase.start, phrase.end - length + 1):
                span = phrase.doc[start : start + length]
                if _tight(span.text) in self._names:
                    return span
        return None


def _tight(name: str) -> str:
    return re.sub(r"\s*-\s*", "-", name)
