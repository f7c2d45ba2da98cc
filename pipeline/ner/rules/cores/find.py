"""Every core in a text: phrases that end in a form or a material, and the abbreviations of these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.linking import Hit, Lexicon
from pipeline.ner.rules.cores.facts import VAGUE_FORMS, identify, parse
from pipeline.ner.rules.cores.grounds import defined_otherwise, enough, is_coat, is_ingredient
from pipeline.ner.rules.cores.patterns import patterned
from pipeline.ner.rules.cores.phrase import extend
from pipeline.ner.rules.cores.spans import again, bare, material_of
from pipeline.ner.rules.surfaces import occurrences, past_space, singular
from pipeline.ner.state import MentionCandidate, State
from pipeline.records import CoreFacts
from pipeline.roles import Context, shape

_CRYSTALS = frozenset(("nanocrystal", "nanosuspension"))
"""Forms that a drug has without any carrier."""
_OF_OTHERS = frozenset(("liposome", "leukosome", "lipid nanoparticle", "framework"))
"""Forms behind which "of" tells ingredients or parts."""
_OF = Context("core.of")


_FORMS = (" nanoparticles", " nanoparticle", " NPs", " NP")
"""Forms that may stand behind the abbreviation of a core."""
_ENDINGS = (*(f"s{form}" for form in _FORMS), *_FORMS, "s", "")


def find(text: str, state: State) -> Iterator[MentionCandidate]:
    """Every core that a phrase of the text names."""
    forms = [h for h in state.hits if any(e.type == "form" for e in h.entries)]
    materials = [h for h in state.hits if any(e.type == "material" for e in h.entries)]
    materials += patterned(text, state.lexicon) if state.lexicon else []
    by_end: dict[int, Hit] = {}
    for hit in (*materials, *forms):
        known = by_end.get(hit.end)
        if known is None or hit.start < known.start:
            by_end[hit.end] = hit
    found: list[MentionCandidate] = []
    phrases: dict[str, MentionCandidate] = {}
    for hit in sorted((*forms, *materials), key=lambda h: (h.end, h.start), reverse=True):
        if found and found[-1].start <= hit.start:
            continue  # inside the phrase just read from its end
        read = _phrase(text, hit, by_end, state)
        if read is not None:
            found.append(read[1])
            phrases[read[0].casefold()] = read[1]
    yield from found
    yield from again(text, found, materials, state)
    yield from _abbreviated(text, found, phrases, state)
    yield from bare(text, forms, found, state)


def _abbreviated(
    text: str, found: list[MentionCandidate], phrases: dict[str, MentionCandidate], state: State
) -> Iterator[MentionCandidate]:
    """The places of an abbreviation whose long form is one of these cores, alone or with a form after it."""
    named = dict(phrases)
    for one in found:
        phrase = text[one.start : one.end].casefold()
        named |= {phrase: one, phrase.partition("(")[0].rstrip(): one}  # "Prussian blue (PB) nanoparticles"
    symbols = dict(_by_symbol(text, found, state))
    for short, long in (symbols | state.abbreviations).items():
        core = named.get(long.casefold()) or named.get(singular(long.casefold()))
        if core is None:
            continue
        stem = next((short.removesuffix(form) for form in _FORMS if short.endswith(form)), short)
        for start, end in occurrences(text, stem, endings=_ENDINGS, before="@/-", behind="@"):
            yield replace(core, start=start, end=end, kind="abbreviation", priority=0, score=0.8)


def _by_symbol(text: str, found: list[MentionCandidate], state: State) -> Iterator[tuple[str, str]]:
    for core in found:
        match = shape("short_by_symbol").match(text, core.end)
        named = state.lexicon.lookup(match["symbol"], ("material",)) if match and state.lexicon else []
        if match and core.core and {e.preferred for e in named} & {t.name for t in core.core.materials}:
            yield match["short"], text[core.start : core.end]


def _phrase(text: str, hit: Hit, by_end: dict[int, Hit], state: State) -> tuple[str, MentionCandidate] | None:
    """The core phrase whose last part is this hit and the finding of its name, or None when it names no core."""
    if defined_otherwise(text[hit.start : hit.end], state):
        return None
    begin, stop = state.sentence(hit.start)
    start, end = extend(text, begin, hit, by_end, state), hit.end
    start, stop_of = _of_drug(text, start, hit, state), _made_of(text, end, hit, state)
    if (stop_of == end and not enough(text, start, hit, state)) or is_coat(text, start):
        return None
    end = stop_of
    framework = any(word in text[hit.start : end] for word in ("MOF", "framework"))
    if framework and (what := shape("of_linker").match(text, end, stop)):
        end = what.end(1)
    phrase = text[start:end]
    if _is_only_a_coat(phrase) or shape("in_ratio").match(text, hit.end):
        return None
    facts = parse(phrase, state.lexicon) if state.lexicon else CoreFacts()
    if is_ingredient(text, start, facts, state):
        return None
    if not facts.materials and (facts.form in VAGUE_FORMS or not (facts.form or facts.structure)):
        return None
    own = "drug" if _of_drugs(text, start, end, state) else ""
    place = (start, end) if own else material_of(text, start, end, state)
    name, curie = identify(facts, _without_cargo(text[slice(*place)], state), state.lexicon)
    return phrase, MentionCandidate(
        *place, "CORE", name, 0.85, "rule", "cores", curie=curie, role="core", core=facts,
        priority=1 if place == (start, end) else 2, note=own,
    )  # fmt: skip


def _is_only_a_coat(phrase: str) -> bool:
    """Whether a core is named by what it wears alone: "the lipid-coated core"."""
    coat, _, core = phrase.partition(" ")
    return coat.endswith("-coated") and core in ("core", "cores")


def _of_drug(text: str, start: int, hit: Hit, state: State) -> int:
    """Where a phrase begins whose crystals are a drug's: "docetaxel nanocrystals"."""
    if start != hit.start or not _names(hit, _CRYSTALS) or text[start - 1 : start] not in (" ", "-"):
        return start
    return state.drug_ends.get(start - 1, start)


def _made_of(text: str, end: int, hit: Hit, state: State) -> int:
    """The end of a form's phrase with the material behind it: "nanogels of hyaluronic acid"."""
    of = _OF.behind(text, end)
    if of is None or not any(e.type == "form" for e in hit.entries) or _names(hit, _OF_OTHERS):
        return end
    at = past_space(text, of.end())
    if text[at : state.materials.get(at, 0)].startswith("polymer"):
        return end  # "particles made of polymers"
    return state.materials.get(at, state.drugs.get(at, end) if _names(hit, _CRYSTALS) else end)


def _without_cargo(phrase: str, state: State) -> str:
    """A phrase without the drug that a hyphen or slash ties to its material: "PCL NPs" of "PCL-PTX NPs"."""
    return " ".join(_unloaded(word, state.lexicon) for word in phrase.split(" ")) if state.lexicon else phrase


def _unloaded(word: str, lexicon: Lexicon) -> str:
    tied = shape("tied_short").fullmatch(word)
    if tied is None or lexicon.lookup(word, ("material", "form")):
        return word
    first, second = tied.groups()
    one, two = (bool(lexicon.lookup(part, ("material",))) for part in (first, second))
    if one and not two and lexicon.lookup(second, ("drug",)):
        return first
    return second if two and not one and lexicon.lookup(first, ("drug",)) else word


def _of_drugs(text: str, start: int, end: int, state: State) -> bool:
    """Whether a drug's name opens or ends a core's phrase, being what its crystals are made of."""
    inside = start in state.drugs or end in state.drug_ends
    return inside and any(word in text[start:end].lower() for word in _CRYSTALS)


def _names(hit: Hit, forms: frozenset[str]) -> bool:
    return any(e.type == "form" and e.preferred in forms for e in hit.entries)
