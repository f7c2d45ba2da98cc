"""Animal models: a species with its strain, sex or the disease it bears; never bare "mice"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.ner.state import Found, State

_SPECIES = {
    name: (plural, taxon)
    for plural, taxon, names in (
        ("mice", "NCBITaxon:10090", ("mice", "mouse")),
        ("rats", "NCBITaxon:10116", ("rat", "rats")),
        ("rabbits", "NCBITaxon:9986", ("rabbit", "rabbits")),
        ("pigs", "NCBITaxon:9823", ("pig", "pigs")),
        ("minipigs", "NCBITaxon:9823", ("minipigs", "mini-pigs")),
        ("dogs", "NCBITaxon:9615", ("dog", "dogs")),
        ("zebrafish", "NCBITaxon:7955", ("zebrafish",)),
        ("hamsters", "NCBITaxon:10036", ("hamster", "hamsters")),
        ("monkeys", "NCBITaxon:9541", ("monkeys",)),
        ("macaques", "NCBITaxon:9541", ("macaques",)),
    )
    for name in names
}
_ANIMAL = re.compile(
    rf"\b(?:{'|'.join(_SPECIES)})\b(?!-(?:derived|anti))(?!\s+(?:anti|IgG|serum|monoclonal|polyclonal))"
)
_GAP = re.compile(r"(?:[-\u2212\u2013]/[-\u2212\u2013])?[\s,]*[\s-]$")

_CODE = r"(?:\w*\d[\w/.-]*|[A-Z]{2,}[\w-]*|HeLa|Renca)"
_WORDS = re.compile(
    r"(?<![\w-])(?:"
    r"(?P<sex>(?:fe)?male)"
    rf"|(?P<model>(?:(?:{_CODE}|breast|lung|colon|liver|brain|orthotopic)\s)?(?:tumou?r|xenograft)[- ]bearing"
    r"|[\w/.-]+-bearing"
    r"|[tpd]?MCAO|EAE|CIA|AIA|colitis|diabetic|septic|arthritic|collagen-induced arthritis|ischemic|stroke|hypertensive"
    r"|atherosclerotic|obese|transgenic|humanized|knock-?out|immunodeficient|immunocompetent|xenograft(?:ed)?|orthotopic"
    r"|PDX|wild-type|WT|[A-Za-z][\w/.]*-(?:challenged|inoculated|infected|induced|deficient|treated|null))"
    r"|(?P<filler>healthy|adult|young|aged|old|specific[- ]pathogen[- ]free|SPF|pathogen-free|inbred|normal"
    r"|naive|albino"
    r"|\d+(?:\s?[-–]\s?\d+)?[- ]?(?:week|wk|month|day)s?(?:[- ]old)?)"
    r")$",
    re.IGNORECASE,
)
"""A word or two in front of a species that belong to the model's name."""


class Part(NamedTuple):
    """A piece of the phrase before the species: where it begins, what it is, and its normal form."""

    start: int
    kind: str
    name: str


def find(text: str, state: State) -> Iterator[Found]:
    """Every animal model."""
    strains = _strains(state)
    for match in _ANIMAL.finditer(text):
        begin, _ = state.sentence(match.start())
        plural, taxon = _SPECIES[match.group()]
        parts = list(_before(text, begin, match.start(), strains, taxon))
        while parts and parts[-1].kind == "filler" and not parts[-1].name:
            parts.pop()
        kinds = {part.kind for part in parts}
        if not kinds & {"strain", "model", "sex"}:
            continue
        names = [p.name for kind in ("sex", "model", "strain") for p in reversed(parts) if p.kind == kind]
        name = " ".join(dict.fromkeys(" ".join((*names, plural)).split()))
        known = "strain" in kinds
        yield Found(
            parts[-1].start, match.end(), "ANIMAL_MODEL", name, 0.9 if known else 0.75, "lexicon" if known else "rule",
            "animals", taxon=taxon, priority=1,
        )  # fmt: skip


def _strains(state: State) -> dict[int, Part]:
    """The longest strain's name that ends at each offset."""
    found: dict[int, Part] = {}
    for hit in state.hits:
        entry = next((e for e in hit.entries if e.type == "strain"), None)
        if entry and (hit.end not in found or hit.start < found[hit.end].start):
            found[hit.end] = Part(hit.start, "strain", f"{entry.preferred}\t{entry.taxon}")
    return found


def _before(text: str, begin: int, at: int, strains: dict[int, Part], taxon: str) -> Iterator[Part]:
    """The parts of the phrase, walking left from the species."""
    while gap := _GAP.search(text, begin, at):
        at = gap.start()
        if (strain := strains.get(at)) and strain.start >= begin:
            name, _, own = strain.name.partition("\t")
            if own != taxon:
                return
            part = strain._replace(name=name)
        elif word := _WORDS.search(text, max(begin, at - 60), at):
            kind = str(word.lastgroup)
            part = Part(word.start(), kind, word.group().lower() if kind == "sex" else word.group())
        else:
            return
        at = part.start
        yield part
