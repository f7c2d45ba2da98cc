"""The component that decides the role and polarity of every mention, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.document import Document
from pipeline.ner.state import Found, state_of
from pipeline.roles import Observed, Seen, Tagger, Verdict, load_rules
from pipeline.sections import opening_of, section_of
from pipeline.sentences import Range, sentence_at

SeenT = TypeVar("SeenT", bound=Seen)


@Language.factory("coatmine_roles", default_config={"folders": None})
class Roles:
    """Sets role, support, polarity and ``because`` of each finding.

    ``folders`` are folders with rules of the user's own (see docs/roles.md), beside the shipped ones.
    """

    def __init__(self, nlp: Language, name: str, folders: Sequence[str] | None) -> None:  # noqa: ARG002 - spaCy passes it
        """Take the folders; rules and weights are read when the first text comes."""
        self.name = name
        self.folders = tuple(folders or ())

    @cached_property
    def tagger(self) -> Tagger:
        """The rules and weights that decide."""
        return Tagger(load_rules(*map(Path, self.folders)) if self.folders else None)

    def __call__(self, doc: Doc) -> Doc:
        """Decide on every finding of the Doc."""
        state = state_of(doc)
        for seen in observations(doc.text, state.document, state.sentences, state.found, self.tagger):
            for found, verdict in self.tagger.judge(seen):
                _take(found, verdict)
        return doc


def _take(found: Found, verdict: Verdict) -> None:
    found.role = verdict.role
    found.support = verdict.support
    found.negated = verdict.negated
    found.hypothetical = verdict.hypothetical
    found.because = verdict.because
    if found.size is not None and found.role in ("coated", "core_size"):
        found.size = found.size.model_copy(update={"of": "core" if found.role == "core_size" else "coated"})


def observations(
    text: str, document: Document | None, sentences: Sequence[Range], names: Iterable[SeenT], tagger: Tagger
) -> Iterator[Observed[SeenT]]:
    """What the tagger sees of each sentence's names; those that lie within others are looked at apart.

    Args:
        text: the text.
        document: the document that it is of, where there is one: its sections count.
        sentences: the sentences, in the order of the text.
        names: the names.
        tagger: what decides.
    """
    opening = opening_of(document) if document is not None else None
    by_sentence: dict[Range, list[SeenT]] = defaultdict(list)
    for name in names:
        by_sentence[sentence_at(sentences, name.start) or (name.start, name.end)].append(name)
    for (start, end), some in sorted(by_sentence.items()):
        stop = max(end, *(name.end for name in some))
        block = document.block_at(start) if document is not None else None
        about = (f"at={section_of(block, opening)}",) if block is not None else ("at=body",)
        left = sorted(some, key=lambda n: (n.start, -n.end, n.label))
        while left:
            seen = tagger.observe(text, start, stop, left, about)
            yield seen
            done = {id(name) for name in seen.names}
            left = [name for name in left if id(name) not in done]


__all__ = ["Roles", "observations"]
