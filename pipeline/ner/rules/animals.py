"""Animal models: a species with its strain, sex or the disease it bears; mice and rats alone as :data:`SPECIES`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.linking import Entry, Hit
from pipeline.ner.rules.cells import longest
from pipeline.ner.rules.surfaces import past_space, singular
from pipeline.ner.state import MentionCandidate, State
from pipeline.roles import Context, shape, words_of
from pipeline.roles import part as named_part

_NO_ANIMAL = Context("animal.none")
_DONOR = Context("animal.donor")
_KEPT = Context("animal.kept")
_WITH = Context("animal.with")
_BORNE_OBJECT = Context("animal.borne")
_IN_FRONT = Context("animal.front")
_COMMON = frozenset(("mice", "rats"))
"""Species of which a paper without any would be news: they tell little by themselves."""
SPECIES = "species"
"""The method of a mention that names no more than mice, rats or who gave something."""
_LACKING = "-deficient"
"""How the name of a strain ends that already says what its "-/-" says."""
_TUMOURS = ("tumor", "tumour", "xenograft")
_BORNE = ("oma", "cancer", *_TUMOURS)
"""How names of what animals bear end."""


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
        if _NO_ANIMAL.behind(text, hit.end) or _blocklisted(hit, state):
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
        name = f"{what}-bearing {name}" if singular(what).endswith(_BORNE) else f"{name} with {what}"
    elif common and _KEPT.behind(text, hit.end, stop):
        return
    elif common or _DONOR.before(text, hit.start, begin):
        score, rule = 0.5, SPECIES
    curie = species.curie if name == species.preferred else None
    yield MentionCandidate(
        hit.start, hit.end, "ANIMAL_MODEL", name, score, "rule", rule, curie=curie, taxon=species.taxon, priority=1
    )


def _borne(text: str, at: int, stop: int, state: State) -> str | None:
    """What the words behind animals say that they bear; None if they say nothing."""
    opened = _WITH.behind(text, at, stop)
    if opened is None:
        return None
    begin = first = past_space(text, opened.end())
    told = text[first : min(stop, first + state.limits.borne)].split()
    for number, word in enumerate(told):
        begin = text.index(word, begin)
        if (end := state.diseases.get(begin)) is not None:
            name = text[begin:end].lower()
            return f"{name.removesuffix('s').removesuffix(tumour)}tumor" if (tumour := _tumour(name)) else name
        for head in (word, " ".join(told[number : number + 2])):
            if _BORNE_OBJECT.whole(bare := head.strip(".,;:()")):
                return "tumor" if _tumour(bare) else text[first : begin + len(bare)]
        if word.strip(".,;:()") in words_of("not_borne"):
            return None
        begin += len(word)
    return None


def _tumour(name: str) -> str:
    """The word for a tumour that a name ends with; empty if with none."""
    return next((end for end in _TUMOURS if singular(name).endswith(end)), "")


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
    opened = shape("then_strain").match(text, at)
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
    while gap := shape("animal_gap").search(text, begin, at):
        at = gap.start()
        short = strains.get((at - 1, taxon)) if text[at - 1 : at] == ")" else None
        if short is not None and text[short.start - 1] == "(":
            part = short._replace(start=short.start - 1)  # "diabetic (NOD) mice"
        elif (strain := strains.get((at, taxon))) is not None and strain.start >= begin:
            part = strain
        elif word := _IN_FRONT.before(text, at, begin):
            kind = "model" if named_part(word, "model") else "filler"
            part = AnimalPart(word.start(), kind, word.group())
        else:
            return
        at = part.start
        if "/" in gap.group() and not part.name.endswith(_LACKING):  # "C57BL/6 -/- mice"
            part = part._replace(name=part.name + gap.group().strip(), curie=None)
        yield part
