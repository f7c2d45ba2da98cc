"""Animal models: a species with its strain, sex or the disease it bears; mice and rats alone as :data:`SPECIES`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.linking import Entry, Hit
from pipeline.ner.rules.cells import longest
from pipeline.ner.rules.words import any_of, words
from pipeline.ner.state import MentionCandidate, State

_WORDS = words().animal

_NO_ANIMAL = re.compile(any_of(_WORDS.no_animal), re.IGNORECASE)
"""Words behind a species that make it an antibody's, a cell's or a gene's."""
_COMMON = frozenset(("mice", "rats"))
"""Species of which a paper without any would be news: they tell little by themselves."""
SPECIES = "species"
"""The method of a mention that names no more than mice, rats or who gave something."""
_DONORS = re.compile(
    r"\b(?:antibod\w+|blood|ser(?:um|a)|plasma|erythrocytes|RBCs?|platelets|\w*cells|membranes?|tissues?|eyes?|skins?"
    r"|corneas?|livers?|vesicles)\s(?:\w+\s){0,2}(?:of|from|in)\s(?:(?:the|a|healthy|adult|male|female)\s)*$",
    re.IGNORECASE,
)
"""Words before animals that gave something and bore nothing."""
_KEPT = re.compile(
    r"\s(?:\w+\s)?(?:were|was|are|had)\s(?:\w+ly\s|all\s|then\s)?(?:fed|kept|housed|bought|purchased|obtained|supplied|provided"
    r"|maintained|acclimati[sz]ed|bred|raised|caged|handled|weighed|free access)\b|\swith free access\b",
    re.IGNORECASE,
)
"""Words behind animals that tell only how they were come by and kept."""
_THEN_STRAIN = re.compile(r"\s(?:(?P<bracket>\()|of\s(?:the\s)?(?:strain\s)?|were\s(?:all\s)?)(?:the\s)?")
_LACKING = "-deficient"
"""How the name of a strain ends that already says what its "-/-" says."""
_GAP = re.compile(r"(?:[-\u2212\u2013]/[-\u2212\u2013])?[\s,]*[\s-]$")

_CODE = r"(?:\w*\d[\w/.-]*|[A-Z]{2,}[\w-]*|HeLa|Renca)"
_GENOTYPE = r"(?:[\w/.-]*[A-Z][\w/.-]*[A-Z\d/][\w/.\u2212+-]*|\d{3})"
"""A strain or genotype that no lexicon has, or what brings a disease on: "Nrf2-/-", "KPC", "AOM/DSS"."""
_IN_FRONT = re.compile(
    r"(?<![\w-])(?:"
    rf"(?P<model>(?:(?:(?-i:{_CODE})|breast|lung|colon|liver|brain|orthotopic)\s)?(?:tumou?r|xenograft)[- ]bearing"
    rf"|(?-i:{_CODE}\s)?[\w/.-]+-bearing|(?-i:{_CODE}\s)xenograft(?:ed)?|(?-i:[\w/.]+)(?:-/-|\u2212/\u2212)"
    rf"|{any_of(_WORDS.models)}|(?-i:(?!{any_of(_WORDS.no_codes)}$|\S+-treated$){_GENOTYPE})|[A-Za-z][\w/.]*-{any_of(_WORDS.made_so)})"
    rf"|(?P<filler>{any_of(_WORDS.kept)}|(?:fe)?male|[A-Za-z][\w/.]*-{any_of(_WORDS.given)})"
    r")$",
    re.IGNORECASE,
)
"""A word or two in front of a species that belong to the model's name."""


_WITH = re.compile(r"\s(?:with|bearing|carrying|suffering from|after)\s(?:an?\s)?")
"""Words between animals and what they bear."""
_WORD_STARTS = re.compile(r"(?<![\w-])(?=\w)")
_BORNE_OBJECT = re.compile(
    r"(?:tumou?rs?|xenografts?|injur(?:y|ies)|infections?|wounds?"
    r"|abscess(?:es)?|cortical impact|(?:artery )?occlusion)\b"
)
"""Heads of what animals bear that no list of diseases has: "with orthotopic U87 tumours"."""
_NO_MODEL = re.compile(r"(?:or|and|without|no|of|by|in|the|free|were|was|doses?|mg|reduced|less|more|PBS|saline)\b")
"""Words behind which nothing is borne by these animals."""
_TUMOURS = re.compile(r"(?:tumou?r|xenograft)s?$")
_BORNE = re.compile(r"(?:oma|cancer|tumou?r|xenograft)s?$")


class AnimalPart(NamedTuple):
    """A piece of the phrase before the species: where it begins, what it is, its normal form, a strain's identifier."""

    start: int
    kind: str
    name: str
    curie: str | None = None


Strains = dict[tuple[int, str], AnimalPart]
"""Strains by where they end and their species' taxon."""


def find(text: str, state: State) -> Iterator[MentionCandidate]:
    """Every animal model."""
    strains = _strains(state)
    for hit in longest(state.hits, "species"):
        if _NO_ANIMAL.match(text, hit.end) or _blocklisted(hit, state):
            continue
        begin, _ = state.sentence(hit.start)
        species = hit.entries[0]
        plural, taxon = species.preferred, species.taxon
        parts = _named(list(_before(text, begin, hit.start, strains, taxon)))
        kinds = {part.kind for part in parts}
        end = hit.end
        if "strain" not in kinds and (behind := _behind(text, end, strains, taxon)) is not None:
            strain, end = behind
            parts.insert(0, strain._replace(start=hit.start))
            kinds.add("strain")
        if not kinds & {"strain", "model"}:
            yield from _alone(text, hit, species, state)
            continue
        telling = [part for part in parts[::-1] if part.kind in ("model", "strain")]
        names = [part.name for part in sorted(telling, key=_order)]
        name = " ".join(dict.fromkeys(" ".join((*names, plural)).split()))
        known = "strain" in kinds
        yield MentionCandidate(
            parts[-1].start, end, "ANIMAL_MODEL", name, 0.9 if known else 0.75, "lexicon" if known else "rule",
            "animals", curie=_identifier(parts), taxon=taxon, priority=1,
        )  # fmt: skip


def _order(part: AnimalPart) -> tuple[bool, bool]:
    """Models before strains, and of strains the adjective last: "nude BALB/c mice" are "BALB/c nude mice"."""
    return part.kind == "strain", part.kind == "strain" and part.name.islower()


def _identifier(parts: list[AnimalPart]) -> str | None:
    """The strain's identifier, where the phrase names one strain and nothing else that tells the animals apart."""
    telling = {(part.name, part.curie) for part in parts if part.kind in ("strain", "model")}
    return next(iter(telling))[1] if len(telling) == 1 else None


def _blocklisted(hit: Hit, state: State) -> bool:
    """Whether a longer name that is no animal's holds this one: "Trojan horses"."""
    return any(
        other.start <= hit.start and hit.end <= state.blocklisted.get(other.start, 0)
        for other in state.hits_over(hit.start, hit.end)
    )


def _named(parts: list[AnimalPart]) -> list[AnimalPart]:
    """The parts of a phrase, nearest the species first, up to the last that names a strain or a model."""
    while parts and parts[-1].kind == "filler":
        parts.pop()
    return parts


def _alone(text: str, hit: Hit, species: Entry, state: State) -> Iterator[MentionCandidate]:
    """Animals of no stated strain: called by what they bear, or by their species.

    Mice and rats of which a sentence tells only that they were kept are left out.
    """
    begin, stop = state.sentence(hit.start)
    name, score, rule = species.preferred, 0.7, "animals"
    common = name in _COMMON
    if common and (what := _borne(text, hit.end, stop, state)) is not None:
        name = f"{what}-bearing {name}" if _BORNE.search(what) else f"{name} with {what}"
    elif common and _KEPT.match(text, hit.end, stop):
        return
    elif common or _DONORS.search(text, max(begin, hit.start - 60), hit.start):
        score, rule = 0.5, SPECIES
    curie = species.curie if name == species.preferred else None
    yield MentionCandidate(
        hit.start, hit.end, "ANIMAL_MODEL", name, score, "rule", rule, curie=curie, taxon=species.taxon, priority=1
    )


def _borne(text: str, at: int, stop: int, state: State) -> str | None:
    """What the words behind animals say that they bear; None if they say nothing."""
    opened = _WITH.match(text, at, stop)
    if opened is None:
        return None
    for word in _WORD_STARTS.finditer(text, opened.end(), min(stop, opened.end() + 50)):
        if (end := state.diseases.get(word.start())) is not None:
            return _TUMOURS.sub("tumor", text[word.start() : end].lower())
        if head := _BORNE_OBJECT.match(text, word.start(), stop):
            return "tumor" if _TUMOURS.match(head.group()) else text[opened.end() : head.end()]
        if _NO_MODEL.match(text, word.start()):
            return None
    return None


def _strains(state: State) -> Strains:
    """The longest strain's name of each species that ends at each offset."""
    found: Strains = {}
    for hit in state.hits:
        for entry in hit.entries:
            known = found.get((hit.end, entry.taxon))
            if entry.type == "strain" and (known is None or hit.start < known.start):
                found[hit.end, entry.taxon] = AnimalPart(hit.start, "strain", entry.preferred, entry.curie)
    return found


def _behind(text: str, at: int, strains: Strains, taxon: str) -> tuple[AnimalPart, int] | None:
    """The strain told behind a species, and where that ends: "rats (Wistar, male)", "mice of the strain DBA/1"."""
    opened = _THEN_STRAIN.match(text, at)
    if opened is None:
        return None
    there = [end for (end, own), part in strains.items() if own == taxon and part.start == opened.end()]
    if not there:
        return None
    end = max(there)
    close = text.find(")", at, at + 60) if opened["bracket"] else end - 1
    return (strains[end, taxon], close + 1) if close >= 0 else None


def _before(text: str, begin: int, at: int, strains: Strains, taxon: str) -> Iterator[AnimalPart]:
    """The parts of the phrase, walking left from the species."""
    while gap := _GAP.search(text, begin, at):
        at = gap.start()
        short = strains.get((at - 1, taxon)) if text[at - 1 : at] == ")" else None
        if short is not None and text[short.start - 1] == "(":
            part = short._replace(start=short.start - 1)  # "diabetic (NOD) mice"
        elif (strain := strains.get((at, taxon))) is not None and strain.start >= begin:
            part = strain
        elif word := _IN_FRONT.search(text, max(begin, at - 60), at):
            part = AnimalPart(word.start(), str(word.lastgroup), word.group())
        else:
            return
        at = part.start
        if "/" in gap.group() and not part.name.endswith(_LACKING):  # "C57BL/6 -/- mice"
            part = part._replace(name=part.name + gap.group().strip(), curie=None)
        yield part
