"""From a name to the identifier it stands for, or to the candidates when it cannot be settled."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.linking.lexicon import Entry, Lexicon
from pipeline.records import Label, Term

TYPES_OF: dict[Label, tuple[str, ...]] = {
    "CELL_LINE": ("cell_line",),
    "CELL_TYPE": ("cell_type",),
    "DRUG": ("drug", "chemical"),
    "CORE": ("material", "form", "drug", "chemical"),
    "MODALITY": ("modality",),
    "DISEASE": ("disease",),
    "ANIMAL_MODEL": ("strain",),
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
    return settle(entries, taxon=taxon) if entries else None


def settle(entries: list[Entry], *, taxon: str = "") -> Link:
    """Choose among entries that share a spelling: hand-made before compiled, a recommended name before a synonym.

    ``taxon`` is the species the context speaks of; it decides between lines of several species. Where two remain,
    the identifier stays open and both are candidates.
    """
    best = _best(entries, taxon)
    curies = list(dict.fromkeys(e.curie for e in best if e.curie))
    first = best[0]
    if len(curies) > 1:
        terms = tuple(Term(name=e.preferred, curie=e.curie) for e in {e.curie: e for e in best}.values())
        return Link(first.name if len({e.preferred for e in best}) > 1 else first.preferred, None, terms)
    return Link(first.preferred, curies[0] if curies else None, (), first.caution, first.taxon)


def _best(entries: list[Entry], taxon: str) -> list[Entry]:
    for keep in (
        lambda e: e.source == "hand",
        lambda e: bool(taxon) and e.taxon == taxon,
        lambda e: e.status == "name" and e.name == e.preferred,
        lambda e: e.type != "chemical",
    ):
        kept = [e for e in entries if keep(e)]
        if kept:
            entries = kept
    return entries
