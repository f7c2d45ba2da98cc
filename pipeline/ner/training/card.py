"""The model card: what the model was made of and how well it does on texts it has not learnt from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import spacy
from jinja2 import Environment, StrictUndefined
from spacy.language import Language

from pipeline.ner.training.convert import Sizes, bare
from pipeline.ner.training.corpora import Corpora
from pipeline.ner.training.corpus_formats import CorpusText


@dataclass(frozen=True, slots=True)
class CardRow:
    """A label's strict score: spans that are right in both ends and label, found, and there to be found."""

    label: str
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


def measure(nlp: Language, passages: Sequence[CorpusText]) -> list[CardRow]:
    """Score the entities of a pipeline, by label and for all labels together (``ALL``)."""
    right, found, there = Counter[str](), Counter[str](), Counter[str]()
    texts = [bare(passage) for passage in passages]
    for passage, doc in zip(texts, nlp.pipe(p.text for p in texts), strict=True):
        gold = {(m.start, m.end, m.label) for m in passage.marks if m.label}
        guess = {(e.start_char, e.end_char, e.label_) for e in doc.ents}
        for counter, spans in ((right, gold & guess), (found, guess), (there, gold)):
            counter.update(str(label) for *_, label in spans)
    rows = [CardRow(label, right[label], found[label], there[label]) for label in sorted(there | found)]
    return [*rows, CardRow("ALL", right.total(), found.total(), there.total())]


def write_card(model: Path, passages: Sequence[CorpusText], sizes: Sizes, *, recipe: Path, data: Path | None) -> Path:
    """Measure a trained pipeline and write ``README.md`` beside it; returns the pipeline's folder."""
    nlp = spacy.load(model)
    learnt = [c for c in Corpora.read(recipe / "corpora.json").corpora if c.learn] if data is not None else []
    markdown = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)  # noqa: S701
    template = markdown.from_string((recipe / "card.md.j2").read_text("utf-8"))
    size = sum(file.stat().st_size for file in model.rglob("*") if file.is_file())
    training = nlp.config.interpolate()["training"]
    card = template.render(
        meta=nlp.meta, rows=measure(nlp, passages), sizes=sizes, corpora=learnt, size=size, texts=len(passages),
        training=training, words=training["batcher"]["size"],
    )  # fmt: skip
    (model / "README.md").write_text(card, encoding="utf-8")
    return model
