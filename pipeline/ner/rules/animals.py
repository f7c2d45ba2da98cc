"""Animal models: a species with its strain, sex or the disease it bears; mice and rats alone as :data:`SPECIES`."""

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
        ("guinea pigs", "NCBITaxon:10141", ("guinea pig", "guinea pigs")),
        ("pigs", "NCBITaxon:9823", ("pig", "pigs")),
        ("minipigs", "NCBITaxon:9823", ("minipigs", "mini-pigs")),
        ("dogs", "NCBITaxon:9615", ("dog", "dogs")),
        ("zebrafish", "NCBITaxon:7955", ("zebrafish",)),
        ("hamsters", "NCBITaxon:10036", ("hamster", "hamsters")),
        ("ferrets", "NCBITaxon:9669", ("ferret", "ferrets")),
        ("monkeys", "NCBITaxon:9541", ("monkeys",)),
        ("macaques", "NCBITaxon:9541", ("macaques",)),
    )
    for name in names
}
_ANIMAL = re.compile(
    rf"\b(?i:{'|'.join(sorted(_SPECIES, key=len, reverse=True))})\b"
    r"(?!-(?:derived|anti))(?!\s+(?:anti|IgG|serum|monoclonal|polyclonal))"
)
_COMMON = frozenset(("mice", "rats"))
"""Species of which a paper without any would be news: they tell little by themselves."""
SPECIES = "species"
"""The method of a mention that names no more than mice or rats."""
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
_GAP = re.compile(r"(?:[-\u2212\u2013]/[-\u2212\u2013])?[\s,]*[\s-]$")

_CODE = r"(?:\w*\d[\w/.-]*|[A-Z]{2,}[\w-]*|HeLa|Renca)"
_WORDS = re.compile(
    r"(?<![\w-])(?:"
    r"(?P<sex>(?:fe)?male)"
    rf"|(?P<model>(?:(?:(?-i:{_CODE})|breast|lung|colon|liver|brain|orthotopic)\s)?(?:tumou?r|xenograft)[- ]bearing"
    rf"|(?-i:{_CODE}\s)?[\w/.-]+-bearing|(?-i:{_CODE}\s)xenograft(?:ed)?"
    r"|[tpd]?MCAO|EAE|CIA|AIA|colitis|diabetic|septic|arthritic|collagen-induced arthritis|ischemic|stroke|hypertensive"
    r"|atherosclerotic|obese|ovariectomi[sz]ed|infarcted|isch(?:a)?emic|asthmatic|endotox(?:a)?emic|osteoporotic|leuk(?:a)?emic"
    r"|hyperlipid(?:a)?emic|hypercholesterol(?:a)?emic|parkinsonian|epileptic|ur(?:a)?emic|neutropenic|transgenic|humanized|knock-?out|immunodeficient|immunocompetent|xenograft(?:ed)?|orthotopic"
    r"|PDX|wild-type|WT|[A-Za-z][\w/.]*-(?:challenged|inoculated|infected|induced|deficient|treated|null"
    r"|poisoned|injured))"
    r"|(?P<filler>healthy|adult|young|aged|old|specific[- ]pathogen[- ]free|SPF|pathogen-free|inbred|normal"
    r"|naive|albino"
    r"|\d+(?:\s?[-–]\s?\d+)?[- ]?(?:week|wk|month|day)s?(?:[- ]old)?)"
    r")$",
    re.IGNORECASE,
)
"""A word or two in front of a species that belong to the model's name."""


_MODEL_AFTER = re.compile(r"\smodels?\b")
_WITH = re.compile(r"\s(?:with|bearing|carrying|suffering from|after)\s(?:an?\s)?")
"""Words between animals and what they bear."""
_WORD_STARTS = re.compile(r"(?<![\w-])(?=\w)")
_BORNE_THING = re.compile(
    r"(?:tumou?rs?|xenografts?|injur(?:y|ies)|infections?|wounds?"
    r"|abscess(?:es)?|cortical impact|(?:artery )?occlusion)\b"
)
"""Heads of what animals bear that no list of diseases has: "with orthotopic U87 tumours"."""
_NO_MODEL = re.compile(r"(?:or|and|without|no|of|by|in|the|free|were|was|doses?|mg|reduced|less|more|PBS|saline)\b")
"""Words behind which nothing is borne by these animals."""
_TUMOURS = re.compile(r"(?:tumou?r|xenograft)s?$")
_BORNE = re.compile(r"(?:oma|cancer|tumou?r|xenograft)s?$")


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
        plural, taxon = _SPECIES[match.group().lower()]
        parts = list(_before(text, begin, match.start(), strains, taxon))
        kinds = {part.kind for part in parts}
        end = match.end()
        if "strain" not in kinds and (behind := _behind(text, end, strains, taxon)) is not None:
            name, end = behind
            parts.insert(0, Part(match.start(), "strain", name))
            kinds.add("strain")
        if not kinds & {"strain", "model", "sex"}:
            yield from _alone(text, match, plural, taxon, state)
            continue
        names = [p.name for kind in ("model", "strain") for p in reversed(parts) if p.kind == kind]
        name = " ".join(dict.fromkeys(" ".join((*names, plural)).split()))
        known = "strain" in kinds
        yield Found(
            parts[-1].start, end, "ANIMAL_MODEL", name, 0.9 if known else 0.75, "lexicon" if known else "rule",
            "animals", taxon=taxon, priority=1,
        )  # fmt: skip


def _alone(text: str, match: re.Match[str], plural: str, taxon: str, state: State) -> Iterator[Found]:
    """Animals of no stated strain or sex: with what they bear, or by their species alone.

    Mice and rats of which a sentence tells only that they were kept are left out.
    """
    begin, stop = state.sentence(match.start())
    many = match.group().lower().endswith(("s", "mice", "fish"))
    if not many and (plural in _COMMON or not _MODEL_AFTER.match(text, match.end())):
        return
    end, name, score, rule = match.end(), plural, 0.7, "animals"
    if plural in _COMMON and (borne := _borne(text, match.end(), stop, state)) is not None:
        end, what = borne
        name = f"{what}-bearing {plural}" if _BORNE.search(what) else f"{plural} with {what}"
    elif _DONORS.search(text, max(begin, match.start() - 60), match.start()) or (
        plural in _COMMON and _KEPT.match(text, match.end(), stop)
    ):
        return
    elif plural in _COMMON:
        score, rule = 0.5, SPECIES
    yield Found(match.start(), end, "ANIMAL_MODEL", name, score, "rule", rule, taxon=taxon, priority=1)


def _borne(text: str, at: int, stop: int, state: State) -> tuple[int, str] | None:
    """Where the words end that say what animals bear, and its name; None if nothing is said."""
    opened = _WITH.match(text, at, stop)
    if opened is None:
        return None
    for word in _WORD_STARTS.finditer(text, opened.end(), min(stop, opened.end() + 50)):
        if (end := state.diseases.get(word.start())) is not None:
            return end, _TUMOURS.sub("tumor", text[word.start() : end].lower())
        if head := _BORNE_THING.match(text, word.start(), stop):
            named = "tumor" if _TUMOURS.match(head.group()) else text[opened.end() : head.end()]
            return head.end(), named
        if _NO_MODEL.match(text, word.start()):
            return None
    return None


def _strains(state: State) -> dict[int, Part]:
    """The longest strain's name that ends at each offset."""
    found: dict[int, Part] = {}
    for hit in state.hits:
        entry = next((e for e in hit.entries if e.type == "strain"), None)
        if entry and (hit.end not in found or hit.start < found[hit.end].start):
            found[hit.end] = Part(hit.start, "strain", f"{entry.preferred}\t{entry.taxon}")
    return found


def _behind(text: str, at: int, strains: dict[int, Part], taxon: str) -> tuple[str, int] | None:
    """The strain told behind a species, and where that ends: "rats (Wistar, male)", "mice of the strain DBA/1"."""
    opened = _THEN_STRAIN.match(text, at)
    if opened is None:
        return None
    there = [(end, strain.name) for end, strain in strains.items() if strain.start == opened.end()]
    end, strain = max(there, default=(0, ""))
    name, _, own = strain.partition("\t")
    if own != taxon:
        return None
    close = text.find(")", at, at + 60) if opened["bracket"] else end - 1
    return (name, close + 1) if close >= 0 else None


def _before(text: str, begin: int, at: int, strains: dict[int, Part], taxon: str) -> Iterator[Part]:
    """The parts of the phrase, walking left from the species."""
    while gap := _GAP.search(text, begin, at):
        at = gap.start()
        if text[at - 1 : at] == ")" and (short := strains.get(at - 1)) and text[short.start - 1] == "(":
            part = short._replace(start=short.start - 1, name=short.name.partition("\t")[0])  # "diabetic (NOD) mice"
        elif (strain := strains.get(at)) and strain.start >= begin:
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
