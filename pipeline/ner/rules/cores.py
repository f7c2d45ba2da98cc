"""Cores: the longest phrase that names a particle's material, parsed into materials, structure and form.

A core's name is built from the right: a form ("nanoparticles", "liposomes", "MOF") with the materials, structures and
modifiers before it, or a material that is a core by itself ("PLGA", "ZIF-8"). "Nanoparticles" alone names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from pipeline.linking import Entry, Hit, Lexicon
from pipeline.ner.rules.words import any_of, words
from pipeline.ner.state import Found, State
from pipeline.records import CoreFacts, Term

_WORDS = words().core
_MODIFIER = re.compile(any_of(_WORDS.modifiers), re.IGNORECASE)
"""Words between materials that belong to a core's name."""
_STOP = re.compile(any_of(_WORDS.stops), re.IGNORECASE)
"""Words where a core's name ends, though they stand before it."""
_NO_ELEMENT = re.compile(any_of(_WORDS.no_elements))
_AMBIGUOUS = frozenset(_WORDS.ambiguous)
_PARTICLES = re.compile(any_of(_WORDS.about_particles), re.IGNORECASE)
_FORMULA = re.compile(
    r"(?:[A-Z][a-z]?\d{0,2}){1,5}(?:[:@/][A-Z]?\w{1,6}(?:[:@/,]\w{1,5})*)?"
    r"|[A-Z]{2,6}(?:-[A-Z]{2,8}\d{0,5}[Kk]?){0,3}|[mnp][A-Z]\w{1,6}"
    r"|(?:ZIF|UiO|UIO|MIL|PCN|NU|HKUST|SBA|MCM)-?\d{1,4}(?:\([A-Z][a-z]?\))?|poly\(.+\)"
)
_LINKER = re.compile(r"g|b|co|H|\d+[Kk]?|core|skin|shell|NH2|COOH|SH|SS|based")
_OF_WHAT = re.compile(
    r"\s+of\s+((?:[A-Z][a-z]?\d?-)?[A-Z][\w-]{2,10}|(?:zirconium|iron|hafnium|porphyrin)\b[\w-]*)(?=[\s,.;)]|$)"
)
"""What a framework is of: "nMOF of Fe-TCPP"."""
_ONLY_ON_IT = re.compile(r"[-\s](?:coated|loaded|conjugated|modified|functionali|PEG|induced)")
"""After a material that something else was coated or loaded with."""
_VAGUE_FORMS = frozenset(
    (
        "nanoparticle", "microparticle", "core", "nanocomplex", "nanocomposite", "nanohybrid", "nanoassembly",
        "nanoplatform", "nanoprobe",
    )
)  # fmt: skip
"""Forms that name nothing without a material."""


def find(text: str, state: State) -> Iterator[Found]:
    """Every core that a phrase of the text names."""
    forms = [h for h in state.hits if any(e.type == "form" for e in h.entries)]
    materials = [h for h in state.hits if any(e.type == "material" for e in h.entries)]
    by_end: dict[int, Hit] = {}
    for hit in (*materials, *forms):
        known = by_end.get(hit.end)
        if known is None or hit.start < known.start:
            by_end[hit.end] = hit
    found: list[Found] = []
    for hit in sorted((*forms, *materials), key=lambda h: (h.end, h.start), reverse=True):
        if found and found[-1].start <= hit.start:
            continue  # inside the phrase just read from its end
        phrase = _phrase(text, hit, by_end, state)
        if phrase is not None:
            found.append(phrase)
    yield from found
    yield from _abbreviated(text, found, state)


def _abbreviated(text: str, found: list[Found], state: State) -> Iterator[Found]:
    """The places of an abbreviation whose long form is one of these cores, alone or with a form after it."""
    named = {text[f.start : f.end].casefold(): f for f in found}
    for short, long in state.abbreviations.items():
        core = named.get(long.casefold()) or named.get(re.sub(r"s$", "", long.casefold()))
        if core is None:
            continue
        stem = re.sub(r"\s(?:NPs?|nanoparticles?)$", "", short)
        for match in re.finditer(rf"(?<![\w@/-]){re.escape(stem)}s?(?:\s(?:NPs?|nanoparticles?))?(?![\w@])", text):
            yield replace(core, start=match.start(), end=match.end(), kind="abbreviation", priority=0, score=0.8)


def _phrase(text: str, hit: Hit, by_end: dict[int, Hit], state: State) -> Found | None:
    """The core phrase whose last part is this hit, or None when it names no core."""
    if _defined_otherwise(text[hit.start : hit.end], state):
        return None
    begin, stop = state.sentence(hit.start)
    start, end = _extend(text, begin, hit, by_end, state), hit.end
    if not _enough(text, start, hit, state) or _is_coat(text, start, end):
        return None
    if re.search(r"MOF|framework", text[hit.start : end]) and (what := _OF_WHAT.match(text, end, stop)):
        end = what.end(1)
    phrase = text[start:end]
    facts = parse(phrase, state.lexicon) if state.lexicon else CoreFacts()
    if not facts.materials and (facts.form in _VAGUE_FORMS or not (facts.form or facts.structure)):
        return None
    return Found(
        start, end, "CORE", normal(phrase), 0.85, "rule", "cores", curie=_whole(facts, phrase, state), role="core",
        core=facts, priority=1,
    )  # fmt: skip


def _defined_otherwise(surface: str, state: State) -> bool:
    """Whether the document defines this abbreviation as something that is no material."""
    long = state.abbreviations.get(surface) or state.abbreviations.get(surface.rstrip("s"))
    return long is not None and len(surface) <= 7 and not _names_material(long, state)


def _enough(text: str, start: int, hit: Hit, state: State) -> bool:
    """Whether the words from ``start`` to the hit's end can be a core's name: a form with more, or a core by itself."""
    alone = any("alone" in e.note for e in hit.entries if e.type in ("form", "material"))
    if any(e.type == "form" for e in hit.entries):
        return alone or start < hit.start
    if _ONLY_ON_IT.match(text, hit.end):
        return False
    if not alone:
        return _BUILT.search(text, start, hit.start) is not None
    return start < hit.start or not _ambiguous(text[hit.start : hit.end], text, hit, state)


def _names_material(long: str, state: State) -> bool:
    lexicon = state.lexicon
    if lexicon is None:
        return False
    return any(e.type in ("material", "form") for h in lexicon.find(long) for e in h.entries) or bool(
        re.search(r"nano|liposom|framework|poly\w|micelle|polymer", long, re.IGNORECASE)
    )


_BUILT = re.compile(r"\b(?:meso)?porous\b|\bhollow\b", re.IGNORECASE)
"""A structure that makes a particle of a material: "mesoporous organosilica"."""


def _ambiguous(surface: str, text: str, hit: Hit, state: State) -> bool:
    """Whether a short name needs the sentence to speak of particles, and it does not."""
    if surface not in _AMBIGUOUS or surface in state.abbreviations:
        return False
    begin, stop = state.sentence(hit.start)
    return not (_PARTICLES.search(text, begin, hit.start) or _PARTICLES.search(text, hit.end, stop))


def _is_coat(text: str, start: int, end: int) -> bool:
    """Whether the phrase is what something was coated with, not what was coated."""
    return bool(
        re.search(r"\b(?:membrane|cell) $", text[max(0, start - 9) : start])
        and re.match(r"^(?:nano)?vesicles?", text[start:end])
    )


def _extend(text: str, begin: int, hit: Hit, by_end: dict[int, Hit], state: State) -> int:
    """Where the phrase begins whose last part is this hit: left over materials, structures and modifiers."""
    start = hit.start
    while (step := _step(text, begin, start, by_end, state)) is not None:
        start = step
    return start


def _step(text: str, begin: int, start: int, by_end: dict[int, Hit], state: State) -> int | None:
    """The beginning of the part to the left that belongs to the phrase, or None at the phrase's beginning."""
    left = text[begin:start]
    if left[-1:] in _JOINTS and left[-2:-1] and (left[-2].isalnum() or left[-2] == ")"):
        return _joined(left, start, state)
    at = begin + len(left.rstrip())
    if not begin < at < start:
        return None
    if bracket := _BRACKET.search(text, begin, at):
        return _past_bracket(text, begin, bracket, by_end, state)
    known = by_end.get(at)
    if known is not None and known.start >= begin and text[known.start - 1 : known.start] != "@":
        return None if _STOP.fullmatch(text[known.start : known.end]) else known.start
    word = _LAST_WORD.search(text, begin, at)
    bare = word.group(1) if word else ""
    if not bare or _STOP.fullmatch(bare) or not (_MODIFIER.fullmatch(bare) or _is_material_word(bare, state)):
        return None
    return at - len(bare)


def _past_bracket(text: str, begin: int, bracket: re.Match[str], by_end: dict[int, Hit], state: State) -> int | None:
    """The beginning of the material whose abbreviation the bracket holds: "poly(lactic acid) (PLA) nanoparticles"."""
    known = by_end.get(begin + len(text[begin : bracket.start()].rstrip()))
    if known is None or known.start < begin:
        return None
    return known.start if bracket.end(1) in by_end or _names_core(bracket[1], state) else None


_JOINTS = ("-", "/", "@", "\u2013")
_BRACKET = re.compile(r"\(([^()]{2,14})\)$")
_LAST_WORD = re.compile(r"(?:^|[\s(\u201c\"'])((?:poly\s?\([^)]*\)|[^\s(),;:.\u201c\"'])+)$")


def _joined(left: str, start: int, state: State) -> int | None:
    """The beginning of what a hyphen, slash or ``@`` ties to the phrase: "Fe3O4@" of "Fe3O4@SiO2"."""
    joined = re.search(r"[\w@/:.\u2013+-]+$", left)
    if joined is None:
        return None
    piece = joined.group()
    if "membrane" in piece or _STOP.fullmatch(piece.rstrip("-/@\u2013")):
        return None
    if "@" in piece:
        kept = _without_coat(piece, state)
        return start - len(kept) if kept else None
    return start - len(piece)


def _names_core(short: str, state: State) -> bool:
    """Whether an abbreviation is defined as something a core is made of."""
    return short in state.abbreviations and _names_material(state.abbreviations[short], state)


def _without_coat(piece: str, state: State) -> str | None:
    """The part of an ``@`` notation that is the core, from the right; None when the whole is a formulation's name."""
    parts = piece.rstrip("@").split("@")
    kept: list[str] = []
    for part in reversed(parts):
        if re.search(r"CM$|M$|RBC|cell|CCM|membrane", part):
            break
        cargo = state.lexicon is not None and state.lexicon.lookup(part, ("drug",))
        if cargo or not _FORMULA.fullmatch(part):
            break
        kept.insert(0, part)
    if not kept:
        return None
    return "@".join(kept) + ("@" if piece.endswith("@") else "")


def _is_material_word(word: str, state: State) -> bool:
    """Whether a word outside the lexicon can be a material: a formula, or compounds of known materials."""
    if _NO_ELEMENT.fullmatch(word) or _defined_otherwise(word, state):
        return False
    if re.fullmatch(r"poly[\w()-]+", word):
        return True
    lexicon = state.lexicon
    if lexicon is None:
        return False
    if word.islower() and any(e.source == "chebi" for e in lexicon.lookup(word, ("chemical",))):
        return True
    parts = [p for p in re.split(r"[-/@\u2013]", word) if p]
    block = re.search(r"-(?:b|g|co)-", word) is not None  # a block copolymer: one known block will do
    known = [bool(lexicon.lookup(p, ("material",))) for p in parts]
    return any(known) and all(
        ok or _LINKER.fullmatch(p) or (block and p.isupper()) or lexicon.lookup(p, ("form", "drug"))
        for p, ok in zip(parts, known, strict=True)
    )


# --- parsing ---------------------------------------------------------------------------------------------------------


def parse(phrase: str, lexicon: Lexicon) -> CoreFacts:
    """Materials, structure and form that a core's phrase names."""
    hits = sorted(lexicon.find(phrase), key=lambda h: (h.start, -h.end))
    materials: dict[str, Term] = {}
    form: str | None = None
    taken = 0
    for hit in hits:
        entry = next((e for e in hit.entries if e.type in ("material", "form")), None)
        if entry is None or hit.start < taken:
            continue
        taken = hit.end
        if entry.type == "form":
            form = entry.preferred
        else:
            materials.setdefault(entry.preferred, Term(name=entry.preferred, curie=entry.curie))
    if form is None:
        form = _implied_form(list(materials))
    lowered = phrase.casefold()
    structure = tuple(s for s in _WORDS.structures if re.search(rf"(?<![\w-]){re.escape(s)}(?![\w])", lowered))
    return CoreFacts(materials=tuple(materials.values()), structure=structure, form=form)


def _implied_form(materials: list[str]) -> str | None:
    for name in materials:
        if "framework" in name or re.match(r"(?:ZIF|PCN|MIL|UiO)-", name):
            return "MOF"
        if "nanoparticle" in name:
            return "nanoparticle"
        if name == "quantum dot":
            return "quantum dot"
    return None


@cache
def normal(phrase: str) -> str:
    """A core's phrase with its short forms spelled out: "PLGA NPs" is "PLGA nanoparticles"."""
    return " ".join(_WORDS.short_forms.get(word, word) for word in phrase.split())


def _whole(facts: CoreFacts, phrase: str, state: State) -> str | None:
    """The identifier, where the whole phrase is one material's name."""
    if len(facts.materials) != 1 or state.lexicon is None:
        return None
    entries: list[Entry] = state.lexicon.lookup(phrase, ("material", "form"))
    return next((e.curie for e in entries if e.curie), None)
