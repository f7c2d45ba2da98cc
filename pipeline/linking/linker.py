"""Link a name to its identifier, or to candidates where it is ambiguous."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.linking.lexicon import Lexicon
from pipeline.linking.normalise import normalise
from pipeline.linking.schema import Entry
from pipeline.records import Label, Term

TYPES_OF: dict[Label, tuple[str, ...]] = {
    "CELL_LINE": ("cell_line",),
    "CELL_TYPE": ("cell_type",),
    "DRUG": ("drug", "chemical"),
    "CORE": ("material", "form", "drug", "chemical"),
    "MODALITY": ("modality",),
    "DISEASE": ("disease",),
    "ANIMAL_MODEL": ("strain", "species"),
    "SIZE": (),
}


class Link(NamedTuple):
    """What a name stands for: a settled identifier, or candidates among which nothing decides."""

    name: str
    curie: str | None
    candidates: tuple[Term, ...] = ()
    caution: str | None = None
    taxon: str = ""


def link(name: str, label: Label, lexicon: Lexicon, *, taxon: str = "") -> Link | None:
    """What a name of this label stands for; None when the lexicon does not know it."""
    entries = lexicon.lookup(name, TYPES_OF[label])
    return settle(entries, name, taxon=taxon) if entries else None


def settle(entries: Sequence[Entry], surface: str, *, taxon: str = "") -> Link:
    """Choose among entries whose names the surface is a spelling of.

    Hand-made entries go before compiled ones, a recommended name before a synonym, the spelling as printed before
    another. ``taxon`` is the species the context speaks of; it decides between lines of several species. Where two
    things remain, the identifier stays open and both are candidates.
    """
    best = list(entries)
    for keep in (
        lambda e: e.type != "chemical",
        lambda e: e.source == "own",
        lambda e: e.source == "curated",
        lambda e: bool(taxon) and e.taxon == taxon,
        lambda e: e.name == e.preferred == surface,
        lambda e: normalise(e.preferred) == normalise(surface),
        lambda e: e.name == surface,
    ):
        best = [e for e in best if keep(e)] or best
    first = best[0]
    distinct = {e.curie: e for e in best if e.curie}
    if len(distinct) > 1:
        terms = tuple(Term(name=e.preferred, curie=e.curie) for e in distinct.values())
        return Link(first.name, None, terms, taxon=first.taxon)
    return Link(first.preferred, next(iter(distinct), None), (), first.caution or None, first.taxon)
