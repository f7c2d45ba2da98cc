"""Passages as spaCy examples, and an endless, shuffled stream of them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import filter_spans

from pipeline.ner.training.augment import Names, Templates, augment
from pipeline.ner.training.corpora import Schemes
from pipeline.ner.training.derive import Deriver
from pipeline.ner.training.passages import Passage

_LONGEST = 1800  # characters of a training passage
_BARE = 0.3  # the share of passages without any mark that is kept: full text has many, and they teach little


def annotated(nlp: Language, passage: Passage) -> Doc:
    """The passage as a Doc whose ``spans[corpus]`` are its marks; a mark inside a token takes the whole token."""
    doc = nlp.make_doc(passage.text)
    spans = [doc.char_span(m.start, m.end, label=m.label, alignment_mode="expand") for m in passage.marks]
    doc.spans[passage.corpus] = filter_spans([s for s in spans if s is not None])
    return doc


def for_scoring(nlp: Language, passages: Iterable[Passage]) -> list[Example]:
    """Examples whose predicted side is bare."""
    return [Example(nlp.make_doc(p.text), annotated(nlp, p)) for p in passages]


def stream(
    nlp: Language,
    passages: Sequence[Passage],
    schemes: Schemes,
    templates: Templates,
    names: Names,
    derivers: Sequence[Deriver],
    seed: int,
) -> Iterator[tuple[int, Example]]:
    """Epoch after epoch of shuffled, newly augmented examples, each with the number of its epoch.

    A corpus's ``weight`` says how often its passages come in an epoch on average; ``templates.shares["invented"]`` how
    many invented ones there are for each real one.
    """
    chance = random.Random(seed)  # noqa: S311  -- for training, not for secrets
    weights = {s.name: s.weight for s in schemes.heads}
    pieces = [piece for p in passages for piece in p.pieces(_LONGEST)]
    epoch = 0
    while True:
        drawn = [p for p in pieces for _ in range(_times(weights[p.corpus] * (1 if p.marks else _BARE), chance))]
        invented = int(len(drawn) * templates.shares["invented"])
        made = [augment(p, templates, names, chance) for p in drawn]
        made += [templates.passage(names, chance) for _ in range(invented)]
        chance.shuffle(made)
        for passage in made:
            doc = annotated(nlp, passage)
            for derive in derivers:
                derive(doc)
            yield epoch, Example(doc, doc)
        epoch += 1


def _times(weight: float, chance: random.Random) -> int:
    return int(weight) + (chance.random() < weight % 1)
