"""On what grounds a phrase is a core: what it is made of, and what its sentence and document say."""

from __future__ import annotations

import re

from pipeline.linking import Hit
from pipeline.ner.rules.cores.facts import VAGUE_FORMS
from pipeline.ner.rules.reagents import bought
from pipeline.ner.rules.words import any_of, words
from pipeline.ner.state import State
from pipeline.records import CoreFacts

_WORDS = words().core

_AMBIGUOUS = frozenset(_WORDS.ambiguous)
_PARTICLES = re.compile(any_of(_WORDS.about_particles), re.IGNORECASE)
_INGREDIENT = re.compile(
    r"\b(?:dissolved|dried|hydrated|evaporated|refluxed|weighed|stirred|vacuum|rotary|molar ratio"
    r"|mass ratio|mol/mol|w/w)\b",
    re.IGNORECASE,
)
"""Words of a sentence that says how something was made, in which a bare material is an ingredient."""
_PARTICULATE = re.compile(r"mesoporous|superparamagnetic|nano|\bdot$|particle")
"""In a material's name: it is made of particles already."""
_ONLY_ON_IT = re.compile(
    r"(?:-|\s(?!\w+\s(?:with|by|in|into|on|onto|and|to)\b))(?:coated|loaded|conjugated|modified|functionali|PEG|induced)"
)
"""After a material that something else was coated or loaded with."""


def is_ingredient(text: str, start: int, facts: CoreFacts, state: State) -> bool:
    """Whether a material without form or structure was bought, or dissolved to make something of it."""
    built = facts.structure or any(_PARTICULATE.search(term.name) for term in facts.materials)
    if built or facts.form not in (None, "MOF"):
        return False
    return bought(text, start, state) or _INGREDIENT.search(text, *state.sentence(start)) is not None


def defined_otherwise(surface: str, state: State) -> bool:
    """Whether the document defines this abbreviation as something that is no material."""
    long = state.abbreviations.get(surface) or state.abbreviations.get(surface.rstrip("s"))
    return long is not None and len(surface) <= 7 and not names_material(long, state)


def enough(text: str, start: int, hit: Hit, state: State) -> bool:
    """Whether the words from ``start`` to the hit's end can be a core's name: a form with more, or a core by itself."""
    alone = any("alone" in e.note for e in hit.entries if e.type in ("form", "material"))
    coated = not _in_coats(hit) and (
        _COATED_WITH_IT.search(text, max(0, start - 60), start) or _WITH_A_COAT.match(text, hit.end)
    )
    if any(e.type == "form" for e in hit.entries):
        vague = any(e.preferred in VAGUE_FORMS for e in hit.entries)
        return alone or start < hit.start or (bool(coated) and not vague)
    if (coated or _COATING.search(text, max(0, start - 25), start)) and not _ONLY_ON_IT.match(text, hit.end):
        return True
    if _ONLY_ON_IT.match(text, hit.end):
        return False
    if not alone:
        return _BUILT.search(text, start, hit.start) is not None
    return start < hit.start or not _ambiguous(text[hit.start : hit.end], text, hit, state)


def names_material(long: str, state: State) -> bool:
    """Whether a long form speaks of a material or form of particles."""
    lexicon = state.lexicon
    if lexicon is None:
        return False
    return any(e.type in ("material", "form") for h in lexicon.find(long) for e in h.entries) or bool(
        re.search(r"nano|liposom|framework|poly\w|micelle|polymer", long, re.IGNORECASE)
    )


def _in_coats(hit: Hit) -> bool:
    """Whether a material is what membranes are made of themselves."""
    return any(e.preferred in ("protein", "peptide", "lipid", "phospholipid", "cholesterol") for e in hit.entries)


_COATED_WITH_IT = re.compile(
    r"(?:(?:membrane|cell|erythrocyte|platelet|macrophage|neutrophil|vesicle)s?-"
    r"(?:coated|cloaked|camouflaged|wrapped|covered|enveloped)"
    r"|\bcores?(?:,| (?:(?:was|were|is|are) (?:made )?of| consist\w* of| of))"
    r")\s(?:[a-z]+-sensitive\s)?$",
    re.IGNORECASE,
)
"""Words before what was coated, whatever it is."""
_COATING = re.compile(
    r"(?<![\w-])(?:camouflag|cloak|coat|wrap|envelop|disguis)(?:ed|p?ing)\s(?:(?:the|these)\s)?$", re.IGNORECASE
)
"""The verb before a material that was coated: "we camouflaged ZnS with"."""
_WITH_A_COAT = re.compile(
    r"\s(?:with|under|in|within|inside|beneath) an? (?:(?!nano)[\w-]+\s){0,3}(?:coat|cloak|membrane)\b|\scores?\b"
    r"|\s(?:was|were|is|are)\s(?:\w+ly\s|then\s|further\s)*(?:coated|camouflaged|cloaked|wrapped|disguised|enveloped|covered|hidden)"
    r"\s(?:with|by|in|under|inside)\s[^.;]{0,60}\bmembranes?\b"
)
"""Words behind what was coated: "copper peroxide with a coat of LNCaP cells"."""
_BUILT = re.compile(r"\b(?:meso)?porous\b|\bhollow\b", re.IGNORECASE)
"""A structure that makes a particle of a material: "mesoporous organosilica"."""


def _ambiguous(surface: str, text: str, hit: Hit, state: State) -> bool:
    """Whether a short name needs the sentence to speak of particles, and it does not."""
    if surface not in _AMBIGUOUS or surface in state.abbreviations:
        return False
    begin, stop = state.sentence(hit.start)
    return not (_PARTICLES.search(text, begin, hit.start) or _PARTICLES.search(text, hit.end, stop))


def is_coat(text: str, start: int, end: int) -> bool:
    """Whether the phrase is what something was coated with, not what was coated."""
    return bool(
        re.search(r"\b(?:membrane|cell) $", text[max(0, start - 9) : start])
        and re.match(r"^(?:nano)?vesicles?", text[start:end])
    )
