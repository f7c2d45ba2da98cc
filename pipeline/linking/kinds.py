"""Hierarchies of modalities and diseases, from the lexicons' notes (``parent: ...``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.linking.lexicon import Entry, read_entries
from pipeline.records import fold
from pipeline.settings import models_dir

UMBRELLA: Final = "combination"
"""The parent of a modality that says no more than that some are combined ("theranostics")."""
_NOTE: Final = "parent: "


class Kinds:
    """The hierarchy of a lexicon.

    Things go by their identifier or, without regard to case, by their preferred name.
    """

    def __init__(self, parents: Mapping[str, tuple[str, ...]]) -> None:
        self._parents = parents
        self._wider: dict[str, frozenset[str]] = {}

    def parents_of(self, term: str) -> tuple[str, ...]:
        """What a thing is directly a kind of; nothing where the lexicon does not say."""
        return self._parents.get(term, ()) or self._parents.get(fold(term), ())

    def parts_of(self, term: str) -> tuple[str, ...]:
        """The things that this one combines, being a kind of each ("chemo-photothermal therapy"); else itself."""
        parents = self.parents_of(term)
        return parents if len(parents) > 1 else (term,)

    def is_wider(self, term: str, other: str) -> bool:
        """Whether the other is a kind of this thing, or this an umbrella for whatever is combined."""
        if self.parents_of(term) == (UMBRELLA,):
            return self.parents_of(other) not in ((UMBRELLA,), ())
        return fold(term) in self._above(other)

    def _above(self, term: str) -> frozenset[str]:
        """All that a thing is a kind of, folded; found once for each thing."""
        if term not in self._wider:
            seen = list(self.parents_of(term))
            for parent in seen:
                seen += [each for each in self.parents_of(parent) if each not in seen]
            self._wider[term] = frozenset(map(fold, seen))
        return self._wider[term]


@cache
def kinds_of_modalities() -> Kinds:
    """The hierarchy of the vocabulary of modalities, by name."""
    return _read(models_dir() / "lexicons" / "modalities.tsv")


@cache
def kinds_of_diseases() -> Kinds:
    """The hierarchy of Disease Ontology, by identifier."""
    return _read(models_dir() / "lexicons" / "diseases.tsv")


def _read(path: Path) -> Kinds:
    noted = [entry for entry in read_entries(path) if entry.note.startswith(_NOTE)]
    return Kinds({_key(entry): tuple(entry.note.removeprefix(_NOTE).split("|")) for entry in noted})


def _key(entry: Entry) -> str:
    return entry.curie if entry.type == "disease" and entry.curie else fold(entry.preferred)
