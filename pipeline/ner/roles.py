"""The component that decides the role and polarity of every mention, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.ner.state import Found, State, state_of
from pipeline.roles import Tagger, load_rules, load_weights
from pipeline.sections import opening_of, section_of


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
        decide(doc.text, state_of(doc), self.tagger)
        return doc


def decide(text: str, state: State, tagger: Tagger) -> None:
    """Set what the tagger says of each finding; one that lies in another takes over what is said of that."""
    sections = _Sections(state)
    by_sentence: dict[tuple[int, int], list[Found]] = defaultdict(list)
    for found in state.found:
        by_sentence[state.sentence(found.start)].append(found)
    for (start, end), some in sorted(by_sentence.items()):
        end = max(end, *(f.end for f in some))
        inner = {id(f): outer for f in some for outer in some if outer is not f and _lies_in(f, outer)}
        about = sections.about(start)
        outermost = [f for f in some if id(f) not in inner]
        nested = [f for f in some if id(f) in inner]
        for layer in (outermost, nested):
            for found, verdict in tagger.decide(text, start, end, layer, about):
                found.role = verdict.role  # type: ignore[attr-defined]
                found.support = verdict.support  # type: ignore[attr-defined]
                found.negated = verdict.negated  # type: ignore[attr-defined]
                found.hypothetical = verdict.hypothetical  # type: ignore[attr-defined]
                found.because = verdict.because  # type: ignore[attr-defined]
                _of_size(found)  # type: ignore[arg-type]


def _lies_in(found: Found, outer: Found) -> bool:
    wider = outer.end - outer.start > found.end - found.start
    return wider and outer.start <= found.start and found.end <= outer.end


def _of_size(found: Found) -> None:
    """What a size was measured on follows from its role."""
    if found.size is not None and found.role in ("coated", "core_size"):
        found.size = found.size.model_copy(update={"of": "core" if found.role == "core_size" else "coated"})


class _Sections:
    """In which section of a document an offset stands."""

    def __init__(self, state: State) -> None:
        self.document = state.document
        self.opening = opening_of(state.document) if state.document is not None else None

    def about(self, offset: int) -> tuple[str, ...]:
        """The section's feature."""
        block = self.document.block_at(offset) if self.document is not None else None
        return (f"at={section_of(block, self.opening)}",) if block is not None else ("at=body",)


