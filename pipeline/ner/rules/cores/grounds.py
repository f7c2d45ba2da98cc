"""On what grounds a phrase is a core: what it is made of, and what its sentence and document say."""

from __future__ import annotations

from pipeline.linking import Hit
from pipeline.ner.rules.cores.facts import VAGUE_FORMS
from pipeline.ner.rules.reagents import bought
from pipeline.ner.rules.words import words
from pipeline.ner.state import State
from pipeline.records import CoreFacts
from pipeline.roles import Context

_WORDS = words().core

_AMBIGUOUS = frozenset(_WORDS.ambiguous)
_PARTICLES = Context("core.particles")
_INGREDIENT = Context("core.ingredient")
_PARTICULATE = Context("core.particulate")
_ONLY_ON_IT = Context("core.only-on-it")
_NAMED_IN = Context("core.named-in")
_COATED_WITH_IT = Context("core.coated-with-it")
_COATING = Context("core.coating")
_WITH_A_COAT = Context("core.with-a-coat")
_BUILT = Context("core.built")
_OF_MEMBRANE = Context("core.of-membrane")


def is_ingredient(text: str, start: int, facts: CoreFacts, state: State) -> bool:
    """Whether a material without form or structure was bought, or dissolved to make something of it."""
    built = facts.structure or any(_PARTICULATE.within(term.name) for term in facts.materials)
    if built or facts.form not in (None, "MOF"):
        return False
    return bought(text, start, state) or _INGREDIENT.within(text, *state.sentence(start)) is not None


def defined_otherwise(surface: str, state: State) -> bool:
    """Whether the document defines this abbreviation as something that is no material."""
    long = state.abbreviations.get(surface) or state.abbreviations.get(surface.rstrip("s"))
    return long is not None and len(surface) <= 7 and not names_material(long, state)


def enough(text: str, start: int, hit: Hit, state: State) -> bool:
    """Whether the words from ``start`` to the hit's end can be a core's name: a form with more, or a core by itself."""
    alone = any(e.is_core for e in hit.entries)
    coated = not _in_coats(hit) and (_COATED_WITH_IT.before(text, start) or _WITH_A_COAT.behind(text, hit.end))
    if any(e.type == "form" for e in hit.entries):
        vague = any(e.preferred in VAGUE_FORMS for e in hit.entries)
        return alone or start < hit.start or (bool(coated) and not vague)
    if (coated or _COATING.before(text, start)) and not _ONLY_ON_IT.behind(text, hit.end):
        return True
    if _ONLY_ON_IT.behind(text, hit.end):
        return False
    if not alone:
        return _BUILT.within(text, start, hit.start) is not None
    return start < hit.start or not _ambiguous(text[hit.start : hit.end], text, hit, state)


def names_material(long: str, state: State) -> bool:
    """Whether a long form speaks of a material or form of particles."""
    lexicon = state.lexicon
    if lexicon is None:
        return False
    known = any(e.type in ("material", "form") for h in lexicon.find(long) for e in h.entries)
    return known or _NAMED_IN.within(long) is not None


def _in_coats(hit: Hit) -> bool:
    """Whether a material is what membranes are made of themselves."""
    return any(e.preferred in ("protein", "peptide", "lipid", "phospholipid", "cholesterol") for e in hit.entries)


def _ambiguous(surface: str, text: str, hit: Hit, state: State) -> bool:
    """Whether a short name needs the sentence to speak of particles, and it does not."""
    if surface not in _AMBIGUOUS or surface in state.abbreviations:
        return False
    begin, stop = state.sentence(hit.start)
    return not (_PARTICLES.within(text, begin, hit.start) or _PARTICLES.within(text, hit.end, stop))


def is_coat(text: str, start: int) -> bool:
    """Whether the phrase is what something was coated with, not what was coated."""
    vesicles = text.startswith(("vesicle", "nanovesicle"), start)
    return vesicles and _OF_MEMBRANE.before(text, start) is not None
