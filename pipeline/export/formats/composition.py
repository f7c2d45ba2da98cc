"""A record as the nanosafety databases see it: a particle made of linked parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.export.merge import Merged, merge
from pipeline.records import FieldName, Record, SizeValue, Term


@dataclass(frozen=True, slots=True)
class ConstituentKind:
    """What a part is to the particle, in each database's words.

    Terms are of the NanoParticle Ontology and ChEBI, as eNanoMapper uses them; ``linkage`` is ISA-TAB-Nano's.
    """

    name: str
    term: Term
    linkage: str


@dataclass(frozen=True, slots=True)
class Constituent:
    """One part of a particle."""

    kind: ConstituentKind
    name: str
    curie: str | None
    materials: tuple[Term, ...] = ()


SAMPLE: Final = Term(name="nanoparticle sample", curie="npo:1404")
PARTICLE_SIZE: Final = Term(name="particle size", curie="npo:1694")
KINDS: Final[dict[FieldName, ConstituentKind]] = {
    "cores": ConstituentKind("core", Term(name="core", curie="npo:1617"), "encapsulation"),
    "membranes": ConstituentKind("coat", Term(name="coat", curie="npo:1367"), "encapsulation"),
    "drugs": ConstituentKind("drug", Term(name="pharmaceutical", curie="CHEBI:52217"), "entrapment"),
}
"""Core first: the coat encapsulates it, the drug is entrapped in it."""


def constituents(record: Record) -> Iterator[Constituent]:
    """The particle's parts; what table and text both say is one part."""
    for field, kind in KINDS.items():
        for each in merge(record.values(field)):
            materials = getattr(each.first, "materials", ())
            name = f"{each.first.name} membrane" if kind.name == "coat" else each.first.name
            yield Constituent(kind, name, each.first.curie, materials)


def particle_name(record: Record) -> str:
    """What to call the particle: the paper's own name for it, else its coat and core, else the study."""
    if record.formulation:
        return record.formulation
    parts = [each.name for each in constituents(record) if each.kind.name in {"coat", "core"}]
    return " / ".join(reversed(parts)) or f"particle of study {record.study.key}"


def sizes(record: Record) -> list[tuple[Merged, SizeValue]]:
    """The particle's sizes, those counted once that table and text both say."""
    return [(each, each.first) for each in merge(record.sizes) if isinstance(each.first, SizeValue)]
