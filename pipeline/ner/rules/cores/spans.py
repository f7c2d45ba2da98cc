"""Where a core's name ends and where it stands again: the material names it, "nanoparticles" behind it only its form.

"PLGA", "PLGA NPs" and "PLGA nanospheres" are one thing, whose name is PLGA; the form is kept beside it. A form stays in
the name where the material would not tell without it ("gold nanorods", "lipid nanoparticles").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.linking import Hit
from pipeline.ner.rules.cores.facts import VAGUE_FORMS, parse, printed
from pipeline.ner.state import MentionCandidate, State
from pipeline.ranges import Ranges
from pipeline.records import CoreFacts
from pipeline.roles import Context, shape, words_of

_OWN_NAME = frozenset(
    ("liposome", "nanoemulsion", "polymersome", "lipid nanoparticle", "solid lipid nanoparticle", "leukosome")
)
"""Forms that are what a core is, whatever they are made of."""
_PARTICLES = frozenset(("nanoparticle", "nanoparticles", "Nanoparticle", "Nanoparticles", "NP", "NPs"))
_METALS = frozenset(("gold", "silver"))
_MEASURED = Context("core.measured")
_BLANK = Context("core.blank")
_AMOUNT = Context("core.amount")
_LEVEL = Context("core.level")
_OF_BLOOD = Context("core.of-blood")
_NEEDS_FORM = Context("core.needs-form")
_LOOKS = Context("core.looks")


def material_of(text: str, start: int, end: int, state: State) -> tuple[int, int]:
    """The part of a core's phrase ``[start, end)`` that names it: its material, without form or modifiers."""
    if state.lexicon is None or _is_defined(text[start:end], state):
        return start, end
    start, end = _behind_of(text, start, end, state)
    at = end
    while (form := _last_form(start, at, state)) is not None:
        at = form
    left = text[start:at].rstrip(" -")
    if at != end and left and not _NEEDS_FORM.within(left):
        if left.endswith(")") and (bracket := shape("in_brackets").search(left)):
            left = left[: bracket.start()]  # "poly(lactic acid) (PLA) cores": two mentions
        left = left.removesuffix("-based")
        if parse(left, state.lexicon).materials:
            end = start + len(left)
    return _first_material(text, start, end, state), end


def _behind_of(text: str, start: int, end: int, state: State) -> tuple[int, int]:
    """The material of "nanogels of gelatin"."""
    _, of, behind = text[start:end].partition(" of ")
    if of and state.materials.get(end - len(behind), 0) >= end:
        return end - len(behind), end
    return start, end


def _first_material(text: str, start: int, end: int, state: State) -> int:
    """Where the name begins behind the words that say only how the material looks or what it wears."""
    while " " in text[start:end]:
        word = text[start:end].partition(" ")[0]
        known = any(hit.end > start for hit in state.hits_from(start, ("material", "form")) if hit.end <= end)
        on_it = "-" in word and word.rpartition("-")[2] in words_of("on_surface")
        if (known and not on_it) or not (on_it or _LOOKS.whole(word)):
            break
        if not word or not _names_core(text[start + len(word) + 1 : end], state):
            break
        start += len(word) + 1
    return start


def _names_core(rest: str, state: State) -> bool:
    facts = parse(rest, state.lexicon) if state.lexicon else CoreFacts()
    return bool(facts.materials) or facts.form not in (None, *VAGUE_FORMS)


def _is_defined(phrase: str, state: State) -> bool:
    """Whether an abbreviation of the document stands for the phrase with its form: "silica nanoparticles (SNs)"."""
    folded = phrase.casefold()
    return any(
        long.casefold() == folded and shape("particles_short").fullmatch(short)
        for short, long in state.abbreviations.items()
    )


def _last_form(start: int, end: int, state: State) -> int | None:
    """Where the form begins that ends a phrase, if a form does that says no more than that there are particles."""
    forms = [
        hit.start
        for hit in state.hits_ending(end)
        if hit.start > start and any(e.type == "form" and e.preferred not in _OWN_NAME for e in hit.entries)
    ]
    return min(forms, default=None)


def again(
    text: str, found: list[MentionCandidate], materials: Iterable[Hit], state: State
) -> Iterator[MentionCandidate]:
    """The other places of the materials that the document's cores are made of: bought, uncoated, named later."""
    cores = {one.core.materials[0].name: one for one in found if one.core and len(one.core.materials) == 1}
    heads = {text[one.start : one.end].casefold().rpartition(" ")[2]: one for one in found}
    taken = Ranges(found)
    for hit in materials:
        surface = text[hit.start : hit.end]
        core = next((cores[e.preferred] for e in hit.entries if e.preferred in cores), heads.get(surface.casefold()))
        if core is None or taken.over(hit.start, hit.end):
            continue
        word = text[hit.start : hit.end].islower() and not _AMOUNT.before(text, hit.start)
        sure = any(e.is_core or (e.preferred in _METALS and word) for e in hit.entries)
        if not sure and not _BLANK.before(text, hit.start):
            continue
        if _LEVEL.behind(text, hit.end) or _OF_BLOOD.before(text, hit.start):
            continue
        if text[hit.start - 1 : hit.start] in ("-", "@", "/") or text[hit.end : hit.end + 1] in ("-", "@"):
            continue
        facts = parse(surface, state.lexicon) if state.lexicon else CoreFacts()
        entry = next(e for e in hit.entries if e.type == "material")
        yield replace(
            core,
            start=hit.start,
            end=hit.end,
            name=entry.preferred if entry.curie else printed(surface, state.lexicon) if state.lexicon else surface,
            curie=entry.curie,
            core=facts,
            priority=0,
            score=0.75,
        )


def bare(text: str, forms: Iterable[Hit], found: list[MentionCandidate], state: State) -> Iterator[MentionCandidate]:
    """Particles of which nothing says what they are made of.

    In a document that names a core's material they are named only where a sentence speaks of cells and of no core: it
    may be of another study.
    """
    material = any(one.core and one.core.materials for one in found)
    taken = Ranges(found)
    for hit in forms:
        if text[hit.start : hit.end] not in _PARTICLES or taken.over(hit.start, hit.end):
            continue
        if text[hit.start - 1 : hit.start] in ("-", "@", "/") or _MEASURED.behind(text, hit.end):
            continue
        begin, stop = state.sentence(hit.start)
        if material and (taken.over(begin, stop) or not _tells_cells(begin, stop, state)):
            continue
        form = next(e.preferred for e in hit.entries if e.type == "form")
        yield MentionCandidate(
            hit.start, hit.end, "CORE", "nanoparticles", 0.5, "rule", "bare_cores", role="core",
            core=CoreFacts(form=form),
        )  # fmt: skip


def _tells_cells(begin: int, stop: int, state: State) -> bool:
    return any(e.type in ("cell_line", "cell_type") for hit in state.hits_over(begin, stop) for e in hit.entries)
