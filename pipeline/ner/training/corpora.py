"""The public corpora the model learns from, the labels of each, and their splits.

They stand in ``models/training/corpora.json``. A corpus marks what its guideline names and nothing else, so what it
does not name is unknown there, not absent.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipeline.ner.training.corpus_formats import CorpusMark, CorpusText, flat, read
from pipeline.records import Label

Split = Literal["train", "dev", "test"]
Form = Literal["pubtator", "brat", "knowtator", "iob"]


class Corpus(BaseModel):
    """A corpus: its files, what its types are here, and where it comes from.

    Attributes:
        labels: the corpus's types and our labels; None for a type that overlaps ours without being the same.
        unknown: patterns of marks that this corpus counts otherwise than we do; they teach neither yes nor no.
        learn: whether the model learns from it, or is only measured on it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    form: Form
    train: tuple[str, ...]
    dev: tuple[str, ...]
    test: tuple[str, ...]
    labels: dict[str, Label | None]
    unknown: tuple[str, ...] = ()
    learn: bool
    source: str
    licence: str

    @property
    def marked(self) -> frozenset[Label]:
        """Our labels that this corpus marks."""
        return frozenset(label for label in self.labels.values() if label is not None)

    def load(self, data: Path, split: Split) -> list[CorpusText]:
        """The passages of a split, with our labels."""
        return [self._ours(p) for file in getattr(self, split) for p in read(self.name, self.form, data / file)]

    def _ours(self, passage: CorpusText) -> CorpusText:
        marks = [replace(m, label=self._label(m, passage.text)) for m in passage.marks if m.label in self.labels]
        return replace(passage, marks=flat(marks))

    def _label(self, mark: CorpusMark, text: str) -> str | None:
        surface = text[mark.start : mark.end]
        return None if any(re.search(p, surface) for p in self.unknown) else self.labels[str(mark.label)]


class Corpora(BaseModel):
    """The file corpora.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    corpora: tuple[Corpus, ...]

    @classmethod
    def read(cls, path: Path) -> Corpora:
        """Read the file."""
        return cls.model_validate(json.loads(path.read_text("utf-8")))

    def to_learn(self, data: Path) -> list[tuple[Corpus, list[CorpusText]]]:
        """What is learnt from each corpus: a document once, and none of any corpus's test split."""
        held = [p for corpus in self.corpora for p in corpus.load(data, "test")]
        taken: list[tuple[Corpus, list[CorpusText]]] = []
        for corpus in self.corpora:
            if corpus.learn:
                own = without([*corpus.load(data, "train"), *corpus.load(data, "dev")], held)
                taken.append((corpus, own))
                held += own
        return taken


def letters(text: str) -> str:
    """A text's letters and digits alone, folded: what two printings of the same abstract share."""
    return "".join(char for char in text.casefold() if char.isalnum())


def without(passages: list[CorpusText], held_out: list[CorpusText], opening: int = 80) -> list[CorpusText]:
    """The passages that are not also among ``held_out``, by identifier or by the first ``opening`` letters.

    Identifiers of different corpora are of different kinds (PubMed, PMC, MEDLINE), and sentence corpora have none;
    the opening letters find those. Passages too short to tell by their letters are told by identifier alone.
    """
    ids = {p.id for p in held_out}
    seen = "\n".join(letters(p.text) for p in held_out)
    kept = []
    for passage in passages:
        start = letters(passage.text[: 3 * opening])[:opening]
        if passage.id not in ids and (len(start) < opening // 2 or start not in seen):
            kept.append(passage)
    return kept
