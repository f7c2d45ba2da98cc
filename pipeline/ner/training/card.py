"""The model card: what the model was made of and how well it does on the corpora's test splits."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import spacy
from jinja2 import Environment, StrictUndefined
from spacy.language import Language

from pipeline.ner.training import recogniser
from pipeline.ner.training.corpora import Scheme, Schemes
from pipeline.ner.training.measure import Marks, measure, unreachable
from pipeline.ner.training.passages import Passage
from pipeline.settings import models_dir


@dataclass(frozen=True, slots=True)
class Row:
    """One corpus and label: its own head's score, and that of what the pipeline reports (None: no such label)."""

    corpus: str
    label: str
    own: Marks
    reported: Marks | None


def write_card(model_dir: Path, data_dir: Path, *, recipe: Path | None = None, split: str = "test") -> Path:
    """Measure a trained pipeline on a split of every corpus and write ``README.md`` beside it.

    Args:
        model_dir: what :func:`pipeline.ner.training.train` wrote.
        data_dir: the folder that holds the corpora.
        recipe: the recipe it was trained with; the shipped one when None.
        split: "test" to report, "dev" while decisions are still to be made.

    Returns:
        The path of the card.
    """
    recipe = recipe or models_dir() / "training"
    schemes = Schemes.read(recipe / "schemes.json")
    nlp = spacy.load(model_dir)
    passages = {s.name: s.load(data_dir, split) for s in schemes.heads}  # type: ignore[arg-type]
    rows = [row for scheme in schemes.heads for row in _rows(nlp, scheme, passages[scheme.name])]
    template = Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=False).from_string(  # noqa: S701
        (recipe / "card.md.j2").read_text("utf-8")
    )
    path = model_dir / "README.md"
    text = template.render(
        meta=nlp.meta,
        outputs=recogniser.of(nlp).outputs,
        schemes=schemes,
        rows=rows,
        unreachable={name: unreachable(nlp, found) for name, found in passages.items()},
        split=split,
        speed=_speed(nlp, [p.text for found in passages.values() for p in found]),
        size=sum(f.stat().st_size for f in model_dir.rglob("*") if f.is_file()),
    )
    path.write_text(text, "utf-8")
    return path


def _rows(nlp: Language, scheme: Scheme, passages: Sequence[Passage]) -> list[Row]:
    scores = measure(nlp, scheme, passages)
    reported = scores[recogniser.SPANS]
    return [
        Row(scheme.name, label, own, reported.get(label)) for label, own in scores[scheme.name].items() if own.there
    ]


def _speed(nlp: Language, texts: Sequence[str], words: int = 100_000) -> float:
    """Words (between blanks) a second of this process's time, over the longest texts up to about ``words``."""
    chosen, count = [], 0
    for text in sorted(texts, key=len, reverse=True):
        chosen.append(text)
        count += len(text.split())
        if count > words:
            break
    start = time.process_time()
    for _ in nlp.pipe(chosen):
        pass
    return count / (time.process_time() - start)
