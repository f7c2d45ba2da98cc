"""The pipeline's components: factories that spaCy registers, each reading and filling the state on the Doc."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from spacy.attrs import IDX, SENT_START
from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from pipeline import sentences
from pipeline.linking import Lexicon, shipped_lexicon
from pipeline.ner import abbreviations, roles
from pipeline.ner.resolve import outside_formulations, resolve
from pipeline.ner.rules import RULES
from pipeline.ner.state import State, state_of
from pipeline.ner.votes import count_votes

SPANS = "coatmine"
"""Where the finished mentions stand on a Doc: ``doc.spans["coatmine"]``."""


@Language.factory("coatmine_sentences")
class Sentences:
    """Sentence boundaries, from the document's blocks where there is one."""

    def __init__(self, nlp: Language, name: str) -> None:  # noqa: ARG002 - spaCy passes it
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Set the state's sentences and the tokens' sentence starts."""
        state = state_of(doc)
        if state.document is not None:
            state.sentences = sentences.sentences(state.document)
        if not state.sentences:
            state.sentences = sentences.split(doc.text)
        starts = {start for start, _ in state.sentences}
        begins = np.where(np.isin(doc.to_array([IDX]), list(starts)), 1, -1).astype("int64")
        # one call: setting is_sent_start token by token is quadratic in the length of the text
        return doc.from_array([SENT_START], begins.astype("uint64"))  # type: ignore[arg-type]


@Language.factory("coatmine_lexicon", default_config={"folders": None})
class LexiconMatcher:
    """Every place where a name of the lexicons stands. ``folders`` replaces the shipped ones."""

    def __init__(self, nlp: Language, name: str, folders: Sequence[str] | None) -> None:  # noqa: ARG002 - spaCy passes it
        self.name = name
        self.lexicon = Lexicon.load(*map(Path, folders)) if folders else shipped_lexicon()

    def __call__(self, doc: Doc) -> Doc:
        """Fill the state's hits."""
        state = state_of(doc)
        state.lexicon = self.lexicon
        state.hits = list(self.lexicon.find(doc.text))
        return doc


@Language.factory("coatmine_rules", default_config={"rules": list(RULES)})
class Rules:
    """The field's rules over lexicon hits and text. ``rules`` names those to use."""

    def __init__(self, nlp: Language, name: str, rules: Sequence[str]) -> None:  # noqa: ARG002 - spaCy passes it
        self.name = name
        if unknown := set(rules) - set(RULES):
            raise ValueError(f"coatmine_rules: no rules called {sorted(unknown)}; known are {sorted(RULES)}")
        self.rules = tuple(rules)

    def __call__(self, doc: Doc) -> Doc:
        """Add each rule's findings to the state."""
        state = state_of(doc)
        for rule in self.rules:
            state.found.extend(RULES[rule](doc.text, state))
        return doc


@Language.factory("coatmine_vote")
class Vote:
    """Settle overlaps between findings and show the outcome as spans."""

    def __init__(self, nlp: Language, name: str) -> None:  # noqa: ARG002 - spaCy passes it
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Reduce the state's findings and set ``doc.spans``."""
        state = state_of(doc)
        state.found = resolve(outside_formulations(doc.text, state.found))
        count_votes(doc.text, state)
        state.found = resolve(state.found)
        show(doc, state)
        return doc


def show(doc: Doc, state: State) -> None:
    """Put the findings into ``doc.spans`` for whoever works with spaCy."""
    spans = [
        doc.char_span(f.start, f.end, label=f.label, kb_id=f.curie or "", alignment_mode="expand") for f in state.found
    ]
    doc.spans[SPANS] = SpanGroup(doc, name=SPANS, spans=[s for s in spans if s is not None])


__all__ = ["SPANS", "LexiconMatcher", "Rules", "Sentences", "Vote", "abbreviations", "roles", "show"]
