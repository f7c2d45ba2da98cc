"""Which corpora the model learns from, what each of them marks, and how they are split.

A corpus marks what its guideline names and nothing else, so what it does not name is unknown there, not absent. Each
corpus therefore has a head of its own in the model (:mod:`pipeline.ner.training.recogniser`) and teaches only that
one. The schemes stand in ``models/training/schemes.json``.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipeline.ner.training.passages import Mark, Passage, flat, read

Split = Literal["train", "dev", "test"]
Form = Literal["pubtator", "brat", "knowtator", "iob"]

_HELD_OUT = 10  # where a corpus has no development split, one training document in ten is held out for it


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Relabel(_Data):
    """Marks of type ``label`` whose text matches ``pattern`` are of type ``to`` instead."""

    label: str
    pattern: str
    to: str


class Scheme(_Data):
    """A corpus: its files, the type names it uses and what they are called here, and where it comes from."""

    name: str
    form: Form
    train: tuple[str, ...]
    dev: tuple[str, ...]
    test: tuple[str, ...]
    labels: dict[str, str]
    relabel: tuple[Relabel, ...] = ()
    weight: float = 1.0
    source: str
    licence: str

    @cached_property
    def classes(self) -> list[str]:
        """The labels of this corpus's head, sorted."""
        return sorted({*self.labels.values(), *(r.to for r in self.relabel)})

    def apply(self, passage: Passage) -> Passage:
        """A passage as its reader gave it, with this scheme's labels and without overlaps."""
        marks = [Mark(m.start, m.end, self._label(m, passage.text)) for m in passage.marks if m.label in self.labels]
        return replace(passage, marks=flat(marks))

    def _label(self, mark: Mark, text: str) -> str:
        label = self.labels[mark.label]
        for rule in self.relabel:
            if rule.label == label and re.search(rule.pattern, text[mark.start : mark.end]):
                return rule.to
        return label

    def load(self, data: Path, split: Split) -> list[Passage]:
        """The passages of a split, whole documents as the corpus has them."""
        files = self.train if split == "dev" and not self.dev else getattr(self, split)
        passages = [self.apply(p) for file in files for p in read(self.name, self.form, data / file)]
        if self.dev or split == "test":
            return passages
        return [p for i, p in enumerate(passages) if (i % _HELD_OUT == 0) == (split == "dev")]


class Vocabulary(_Data):
    """A list of names: a table and the column that holds them.

    ``exact``: upper and lower case make a difference. ``swap``: a pattern of the names that may stand in training
    texts in another's place (whole name); none when empty.
    """

    kind: str
    path: str
    column: int
    exact: bool
    swap: str = ""
    source: str
    licence: str

    def fits(self, name: str) -> bool:
        """Whether a name may stand in another's place."""
        return re.fullmatch(self.swap, name) is not None


class Derived(_Data):
    """A head that several corpora teach together, by what their own marks say of it.

    Marks of the classes in ``same`` (``corpus:class``) are its marks. Marks of the classes in ``within`` are phrases
    ("Jurkat T cells"); the longest name of ``vocabulary`` in one that matches ``pattern`` is its mark. A passage with a
    phrase that seems to hold a name (it has a digit) but none of the vocabulary does not teach this head.
    """

    name: str
    label: str
    same: tuple[str, ...]
    within: tuple[str, ...]
    vocabulary: str
    pattern: str


class Schemes(_Data):
    """Everything the model learns from."""

    heads: tuple[Scheme, ...]
    derived: tuple[Derived, ...] = ()
    vocabularies: tuple[Vocabulary, ...] = ()

    @property
    def classes(self) -> dict[str, list[str]]:
        """Every head's labels."""
        return {s.name: s.classes for s in self.heads} | {d.name: [d.label] for d in self.derived}

    @classmethod
    def read(cls, path: Path) -> Schemes:
        """Read ``schemes.json``."""
        return cls.model_validate(json.loads(path.read_text("utf-8")))


def letters(text: str) -> str:
    """A text's letters and digits alone, folded: what two printings of the same abstract share."""
    return re.sub(r"[\W_]+", "", text.casefold())


def without(passages: list[Passage], held_out: list[Passage], opening: int = 80) -> list[Passage]:
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


def split_corpora(schemes: Schemes, data: Path, *, final: bool) -> tuple[list[Passage], list[Passage]]:
    """Training and development passages of all corpora, free of each other and of every test split.

    Args:
        schemes: what to load.
        data: the folder that holds the corpora.
        final: train on the development documents as well, as one does once all decisions are made.

    Returns:
        Training passages and development passages.
    """
    test = [p for s in schemes.heads for p in s.load(data, "test")]
    dev = without([p for s in schemes.heads for p in s.load(data, "dev")], test)
    train = without([p for s in schemes.heads for p in s.load(data, "train")], test)
    return ([*train, *dev], dev) if final else (without(train, dev), dev)
