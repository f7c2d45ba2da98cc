"""Hierarchies of modalities and diseases, from the lexicons' column ``parent``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.linking.lexicon import rows_of
from pipeline.linking.schema import COLUMNS, GROUPS, Entry, TableLine, parse, read_table
from pipeline.records import fold
from pipeline.settings import models_dir

UMBRELLA: Final = "combination"
"""The parent of a modality that says no more than that some are combined ("theranostics")."""


class Kinds:
    """The hierarchy of a lexicon.

    Things go by their identifier or, without regard to case, by their preferred name.
    """

    def __init__(self, parents: Mapping[str, tuple[str, ...]], curies: Mapping[str, str] | None = None) -> None:
        self._parents = parents
        self._curies = curies or {}
        self._wider: dict[str, frozenset[str]] = {}

    def parents_of(self, term: str) -> tuple[str, ...]:
        """What a thing is directly a kind of; nothing where the lexicon does not say."""
        return self._parents.get(term, ()) or self._parents.get(fold(term), ())

    def curie_of(self, name: str) -> str | None:
        """The identifier of a thing that goes by its preferred name; None where it has none."""
        return self._curies.get(fold(name))

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

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Kinds:
        """The hierarchy that these entries state; a later one goes before an earlier one of the same thing."""
        some = list(entries)
        curies = {_key(entry): entry.curie for entry in some if entry.curie}
        return cls({_key(entry): entry.parents for entry in some if entry.parent}, curies)


_OWN_NAMES: Final[ContextVar[Path | None]] = ContextVar("own_names", default=None)


@contextmanager
def own_kinds(lexicon: Path | None) -> Iterator[None]:
    """Within this context the hierarchies have what a folder of the user's names says beside the shipped ones."""
    token = _OWN_NAMES.set(lexicon)
    try:
        yield
    finally:
        _OWN_NAMES.reset(token)


def kinds_of_modalities() -> Kinds:
    """The hierarchy of modalities, by name."""
    return _modalities(_OWN_NAMES.get())


def kinds_of_diseases() -> Kinds:
    """The hierarchy of Disease Ontology, by identifier. A user may give a parent by its name, too."""
    return _diseases(_OWN_NAMES.get())


@cache
def _modalities(lexicon: Path | None) -> Kinds:
    return Kinds.of((*_shipped("modality", every=True), *_own("modality", lexicon)))


@cache
def _diseases(lexicon: Path | None) -> Kinds:
    own = list(_own("disease", lexicon))
    called = {fold(e.preferred): e.curie for e in (*_shipped("disease", every=True), *own) if e.curie} if own else {}
    by_identifier = (e._replace(parent="|".join(called.get(fold(p), p) for p in e.parents)) for e in own)
    return Kinds.of((*_shipped("disease"), *by_identifier))


def parent_problems(lines: Sequence[TableLine]) -> Iterator[str]:
    """Of each line of some tables, the parents that neither these tables nor the shipped lexicons have."""
    stated = [(line.place, entry) for line in lines for entry in line.entries[:1] if entry.parent]
    if not stated:
        return
    for kind in _FILES:
        own = (entry for line in lines for entry in line.entries if entry.type == kind)
        known = _shipped_terms(kind) | {term for entry in own for term in _terms(entry)}
        for place, entry in stated:
            for parent in entry.parents if entry.type == kind else ():
                if fold(parent) not in known:
                    yield f"{place}: parent {parent!r} is no {kind}'s preferred name or identifier in any lexicon"


_FILES: Final = {"modality": "modalities.tsv", "disease": "diseases.tsv"}


def _shipped(kind: str, *, every: bool = False) -> Iterator[Entry]:
    """The shipped entries of a type that state a parent, or every one."""
    before = 0 if every else COLUMNS.index("parent")
    rows = rows_of(models_dir() / "lexicons" / _FILES[kind])
    return (parse(row) for row in rows if row.rstrip("\t").count("\t") >= before)


def _own(kind: str, lexicon: Path | None) -> Iterator[Entry]:
    """The entries of a type in a folder of the user's names."""
    for path in sorted(lexicon.glob("*.tsv")) if lexicon is not None else ():
        yield from (entry for line in read_table(path) for entry in line.entries if entry.type == kind)


@cache
def _shipped_terms(kind: str) -> frozenset[str]:
    shipped = frozenset(term for entry in _shipped(kind, every=True) for term in _terms(entry))
    return shipped | frozenset(GROUPS) if kind == "modality" else shipped


def _terms(entry: Entry) -> tuple[str, ...]:
    """What a parent may be called by, folded."""
    return fold(entry.preferred), fold(entry.curie or "")


def _key(entry: Entry) -> str:
    return entry.curie if entry.type == "disease" and entry.curie else fold(entry.preferred)
