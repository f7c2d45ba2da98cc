"""A core's phrase parsed: the materials, structure and form that it names, its normal spelling, its identifier."""

from __future__ import annotations

from functools import cache

from pipeline.linking import Entry, Hit, Lexicon
from pipeline.ner.rules.cores.patterns import patterned
from pipeline.ner.rules.surfaces import occurrences
from pipeline.ner.rules.words import words
from pipeline.records import CoreFacts, Term
from pipeline.roles import Context, part, shape

_WORDS = words().core

VAGUE_FORMS = frozenset(
    (
        "nanoparticle", "microparticle", "core", "nanocomplex", "nanocomposite", "nanohybrid", "nanoassembly",
        "nanoplatform", "nanoprobe", "sphere",
    )
)  # fmt: skip
"""Forms that name nothing without a material."""


def parse(phrase: str, lexicon: Lexicon) -> CoreFacts:
    """Materials, structure and form that a core's phrase names."""
    phrase = _without_short(phrase)
    hits = sorted((*lexicon.find(phrase), *patterned(phrase, lexicon)), key=lambda h: (h.start, -h.end))
    materials: dict[str, Term] = {}
    forms = [(h.end, h.start, e.preferred) for h in hits for e in h.entries if e.type == "form"]
    parts = [e.preferred for h in hits for e in h.entries if e.type == "material"]
    taken = 0
    for hit in hits:
        entry = next((e for e in hit.entries if e.type in ("material", "form")), None)
        if entry is None or hit.start < taken:
            continue
        taken = hit.end
        if entry.type == "material":
            materials.setdefault(entry.preferred, Term(name=entry.preferred, curie=entry.curie))
    for match in shape("told_compound").finditer(phrase):
        if not any(h.start < match.end() and match.start() < h.end for h in hits):
            materials.setdefault(match.group(), Term(name=match.group(), curie=None))
    materials = _telling(phrase, hits, materials)
    form = _last_form(forms)
    if form in (None, "core", "framework"):
        form = _implied_form([*materials, *parts]) or form
    lowered = phrase.casefold()
    structure = tuple(s for s in _WORDS.structures if any(occurrences(lowered, s, before="-")))
    return CoreFacts(materials=tuple(materials.values()), structure=structure, form=form)


_ON_THE_SURFACE = Context("core.on-surface")
_MADE_OF = Context("core.made-of")
_KINDS = frozenset(("polymer", "lanthanide", "metal"))
"""Materials that say only of what kind another is."""


def _without_short(phrase: str) -> str:
    """A phrase without the abbreviation that it defines: "poly(lactic acid) (PLA) nanoparticles"."""
    return shape("short_behind").sub("", phrase) if "(" in phrase and " " in phrase else phrase


def _telling(phrase: str, hits: list[Hit], materials: dict[str, Term]) -> dict[str, Term]:
    """The materials less those on the surface of another and the kinds that another is one of, if any remain."""
    surface = {e.preferred for h in hits if _ON_THE_SURFACE.behind(phrase, h.end) for e in h.entries} | _KINDS
    if any(shape("framework_name").match(name) for name in materials):
        surface.add("metal-organic framework")
    return {name: term for name, term in materials.items() if name not in surface} or materials


def _last_form(forms: list[tuple[int, int, str]]) -> str | None:
    """Of forms by end, start and name the last, and the longest there; one that says something before "particles"."""
    telling = [f for f in forms if f[2] not in VAGUE_FORMS] or [f for f in forms if f[2] != "core"] or forms
    return max(telling, key=lambda f: (f[0], -f[1]), default=(0, 0, None))[2]


def _implied_form(materials: list[str]) -> str | None:
    for name in materials:
        if name.startswith(("covalent organic framework", "hydrogen-bonded organic framework")):
            return "COF" if name.startswith("covalent") else "HOF"
        if "framework" in name or name.startswith(("ZIF-", "PCN-", "MIL-", "UiO-")):
            return "MOF"
        if "nanoparticle" in name:
            return "nanoparticle"
        if name.endswith((" dot", "nanodot")):
            return "quantum dot" if "carbon" not in name else "carbon dot"
    return None


@cache
def normal(phrase: str) -> str:
    """A core's phrase with its short forms spelled out, the form last: "PLGA NPs" is "PLGA nanoparticles"."""
    named = " ".join(_WORDS.short_forms.get(word, word) for word in _without_short(phrase).split())
    made = _MADE_OF.whole(named)
    form, what = (named[slice(*(part(made, name) or (0, 0)))] for name in ("form", "what")) if made else ("", "")
    if not form or "MOF" in form or "framework" in form:
        return named
    return f"{what} {form if form[1:2].isupper() else form[0].lower() + form[1:]}"


def identify(facts: CoreFacts, phrase: str, lexicon: Lexicon | None) -> tuple[str, str | None]:
    """What a core's phrase is called, and its identifier.

    One thing has one name: where the whole phrase names a material, a form, or a particle that an ontology has, it is
    the preferred one. Else it is as printed, with short forms spelled out, and without the capital of a beginning.
    """
    if lexicon is None:
        return normal(phrase), None
    entries: list[Entry] = []
    if len(facts.materials) <= 1:
        for name, types in ((phrase, ("particle",)), (normal(phrase), ("particle",)), (phrase, ("material", "form"))):
            entries += lexicon.lookup(name, types)
    known = min(entries, key=lambda e: e.curie is None, default=None)
    return (known.preferred, known.curie) if known else (printed(phrase, lexicon), None)


def printed(phrase: str, lexicon: Lexicon) -> str:
    """What a core without an identifier is called: as printed, except for short forms and the capital of a beginning.

    "Gold cores" is "gold cores"; "Prussian blue cages" stays, since the lexicon writes its first word so.
    """
    name = normal(phrase)
    lowered = name[:1].lower() + name[1:]
    ordinary = any(lowered.startswith(each) for each in _WORDS.structures if each != "janus") or any(
        e.name[:2] == lowered[:2] for h in lexicon.find(name) if h.start == 0 for e in h.entries
    )
    return lowered if ordinary and name[1:2].islower() else name
