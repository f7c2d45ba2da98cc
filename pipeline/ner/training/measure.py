"""How well a trained pipeline finds what a corpus marks: strict spans, by character offsets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.ner.training import recogniser
from pipeline.ner.training.corpora import Scheme
from pipeline.ner.training.passages import Passage


@dataclass(frozen=True, slots=True)
class Marks:
    """How many spans were right, found in all, and there to be found."""

    right: int
    found: int
    there: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 0 where nothing was found."""
        return self.right / max(self.found, 1)

    @property
    def recall(self) -> float:
        """Share of what is there that was found; 0 where nothing is there."""
        return self.right / max(self.there, 1)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / max(self.found + self.there, 1)


def measure(nlp: Language, scheme: Scheme, passages: Sequence[Passage]) -> dict[str, dict[str, Marks]]:
    """Score a pipeline against a corpus's marks: by the corpus's own head, and by what the pipeline reports.

    A span counts where both its ends and its label agree. Labels split for training (``scheme.relabel``) count as the
    corpus's own again; labels that only one of the two sides knows are left out of account.

    Args:
        nlp: a pipeline with the recogniser.
        scheme: the corpus's.
        passages: whole documents of one of its splits.

    Returns:
        Under the scheme's name and under :data:`pipeline.ner.training.recogniser.SPANS`: each label's score, and that
        of all labels together under ``ALL``.
    """
    pipe = recogniser.of(nlp)
    docs = _annotated(nlp, passages)
    known = {scheme.name: set(pipe.heads[scheme.name]), recogniser.SPANS: set(pipe.labels)}
    return {key: _score(scheme, passages, docs, key, labels) for key, labels in known.items()}


def _score(
    scheme: Scheme, passages: Sequence[Passage], docs: Sequence[Doc], key: str, known: set[str]
) -> dict[str, Marks]:
    merged = {rule.to: rule.label for rule in scheme.relabel}
    labels = {merged.get(label, label) for label in known & set(scheme.classes)}
    right, found, there = Counter[str](), Counter[str](), Counter[str]()
    for passage, doc in zip(passages, docs, strict=True):
        gold = {(m.start, m.end, merged.get(m.label, m.label)) for m in passage.marks}
        guess = {(s.start_char, s.end_char, merged.get(s.label_, s.label_)) for s in doc.spans[key]}
        for counter, spans in ((right, gold & guess), (found, guess), (there, gold)):
            counter.update(label for *_, label in spans if label in labels)
    scores = {label: Marks(right[label], found[label], there[label]) for label in sorted(labels)}
    scores["ALL"] = Marks(right.total(), found.total(), there.total())
    return scores


def unreachable(nlp: Language, passages: Iterable[Passage]) -> float:
    """The share of marks that begin or end inside a token, which no pipeline with this tokeniser can find."""
    fits = [
        doc.char_span(mark.start, mark.end) is not None
        for passage in passages
        for doc in [nlp.make_doc(passage.text)]
        for mark in passage.marks
    ]
    return 1 - sum(fits) / max(len(fits), 1)


def _annotated(nlp: Language, passages: Iterable[Passage]) -> list[Doc]:
    pipe = recogniser.of(nlp)
    before, pipe.every_head = pipe.every_head, True
    try:
        return list(nlp.pipe(p.text for p in passages))
    finally:
        pipe.every_head = before
