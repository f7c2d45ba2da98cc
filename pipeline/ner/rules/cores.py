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
from pipeline.ner.rules.reagents import bought
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
_ELEMENT = (
    r"(?:H|He|Li|Be|B|C|N|O|F|Na|Mg|Al|Si|P|S|Cl|K|Ca|Sc|Ti|V|Cr|Mn|Fe|Co|Ni|Cu|Zn|Ga|Ge|As|Se|Br|Rb|Sr|Y|Zr|Nb|Mo|Ru|Rh"
    r"|Pd|Ag|Cd|In|Sn|Sb|Te|I|Cs|Ba|La|Ce|Pr|Nd|Sm|Eu|Gd|Tb|Dy|Ho|Er|Tm|Yb|Lu|Hf|Ta|W|Re|Os|Ir|Pt|Au|Hg|Tl|Pb|Bi)"
)
_COMPOUND = re.compile(
    rf"(?=\w*[a-z\d])(?:{_ELEMENT}(?:\d+(?:\.\d+)?)?){{2,6}}(?::\s?{_ELEMENT}(?:[,/]\s?{_ELEMENT})*(?:\d?[+])?)?"
)
"""The formula of a compound, with what it is doped with: "CdSe", "NaGdF4:Yb,Tm"."""
_COMPOUNDS_END = re.compile(rf"(?<![\w@:/,-])(?P<all>{_COMPOUND.pattern}(?:[@/]{_COMPOUND.pattern})*)[\s-]?$")
_INGREDIENT = re.compile(
    r"\b(?:dissolved|dried|hydrated|evaporated|refluxed|weighed|stirred|vacuum|rotary|molar ratio"
    r"|mass ratio|mol/mol|w/w)\b",
    re.IGNORECASE,
)
"""Words of a sentence that tells how something was made, in which a bare material is an ingredient."""
_PARTICULATE = re.compile(r"mesoporous|superparamagnetic|nano|\bdot$|particle")
"""In a material's name: it is made of particles already."""
_TIED = re.compile(r"([A-Z][A-Za-z\d]*)[-/]([A-Z][A-Za-z\d]*)")
"""Two abbreviations tied into one word."""
_SHORT = re.compile(r"\s?\((?P<short>(?P<symbol>[A-Z][a-z]?)(?:NP|NR|NC|NS|NSh|NSt|ND|QD|NF)s?)[);,]")
"""An abbreviation by the element's symbol, in brackets behind the core: "gold nanorods (AuNRs)"."""
_LINKER = re.compile(r"g|b|co|H|\d+[Kk]?|core|skin|shell|NH2|COOH|SH|SS|based")
_OF_WHAT = re.compile(
    r"\s+of\s+((?:[A-Z][a-z]?\d?-)?[A-Z][\w-]{2,10}|(?:zirconium|iron|hafnium|porphyrin)\b[\w-]*)(?=[\s,.;)]|$)"
)
"""What a framework is of: "nMOF of Fe-TCPP"."""
_ONLY_ON_IT = re.compile(
    r"(?:-|\s(?!\w+\s(?:with|by|in|into|on|onto|and|to)\b))(?:coated|loaded|conjugated|modified|functionali|PEG|induced)"
)
"""After a material that something else was coated or loaded with."""
_VAGUE_FORMS = frozenset(
    (
        "nanoparticle", "microparticle", "core", "nanocomplex", "nanocomposite", "nanohybrid", "nanoassembly",
        "nanoplatform", "nanoprobe", "sphere",
    )
)  # fmt: skip
"""Forms that name nothing without a material."""


_IN_RATIO = re.compile(r"\s\(?(?:w/w\s)?\d+(?:\.\d+)?\s?:\s?\d")
"""After the last of what is weighed against something: "protein/UCNP 0.8:1"."""
_CRYSTALS = frozenset(("nanocrystal", "nanosuspension"))
"""Forms that a drug has without any carrier."""
_OF_OTHERS = frozenset(("liposome", "leukosome", "lipid nanoparticle", "framework"))
"""Forms behind which "of" tells ingredients or parts."""
_OF = re.compile(r"\s(?:made |composed )?of\s")


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
    named: dict[str, Found] = {}
    for one in found:
        phrase = text[one.start : one.end].casefold()
        named |= {phrase: one, re.sub(r"\s?\([^()]*\).*$", "", phrase): one}  # "Prussian blue (PB) nanoparticles"
    symbols = dict(_by_symbol(text, found, state))
    for short, long in (symbols | state.abbreviations).items():
        core = named.get(long.casefold()) or named.get(re.sub(r"s$", "", long.casefold()))
        if core is None:
            continue
        stem = re.sub(r"\s(?:NPs?|nanoparticles?)$", "", short)
        for match in re.finditer(rf"(?<![\w@/-]){re.escape(stem)}s?(?:\s(?:NPs?|nanoparticles?))?(?![\w@])", text):
            yield replace(core, start=match.start(), end=match.end(), kind="abbreviation", priority=0, score=0.8)


def _by_symbol(text: str, found: list[Found], state: State) -> Iterator[tuple[str, str]]:
    for core in found:
        match = _SHORT.match(text, core.end)
        named = state.lexicon.lookup(match["symbol"], ("material",)) if match and state.lexicon else []
        if match and core.core and {e.preferred for e in named} & {t.name for t in core.core.materials}:
            yield match["short"], text[core.start : core.end]


def _phrase(text: str, hit: Hit, by_end: dict[int, Hit], state: State) -> Found | None:
    """The core phrase whose last part is this hit, or None when it names no core."""
    if _defined_otherwise(text[hit.start : hit.end], state):
        return None
    begin, stop = state.sentence(hit.start)
    start, end = _extend(text, begin, hit, by_end, state), hit.end
    start, stop_of = _of_drug(text, start, hit, state), _made_of(text, end, hit, state)
    if (stop_of == end and not _enough(text, start, hit, state)) or _is_coat(text, start, end):
        return None
    if _IN_RATIO.match(text, end):
        return None
    end = stop_of
    if re.search(r"MOF|framework", text[hit.start : end]) and (what := _OF_WHAT.match(text, end, stop)):
        end = what.end(1)
    phrase = text[start:end]
    facts = parse(phrase, state.lexicon) if state.lexicon else CoreFacts()
    if _is_ingredient(text, start, facts, state):
        return None
    if not facts.materials and (facts.form in _VAGUE_FORMS or not (facts.form or facts.structure)):
        return None
    return Found(
        start, end, "CORE", normal(_without_cargo(phrase, state)), 0.85, "rule", "cores",
        curie=_whole(facts, phrase, state), role="core", core=facts, priority=1,
        note="drug" if _of_drugs(text, start, end, state) else "",
    )  # fmt: skip


def _of_drug(text: str, start: int, hit: Hit, state: State) -> int:
    """Where a phrase begins whose crystals are a drug's: "docetaxel nanocrystals"."""
    if start != hit.start or not _names(hit, _CRYSTALS) or text[start - 1 : start] not in (" ", "-"):
        return start
    return state.drug_ends.get(start - 1, start)


def _made_of(text: str, end: int, hit: Hit, state: State) -> int:
    """The end of a form's phrase with the material behind it: "nanogels of hyaluronic acid"."""
    of = _OF.match(text, end)
    if of is None or not any(e.type == "form" for e in hit.entries) or _names(hit, _OF_OTHERS):
        return end
    if text[of.end() : state.materials.get(of.end(), 0)].startswith("polymer"):
        return end  # "particles made of polymers"
    return state.materials.get(of.end(), state.drugs.get(of.end(), end) if _names(hit, _CRYSTALS) else end)


def _without_cargo(phrase: str, state: State) -> str:
    """A phrase without the drug that a hyphen or slash ties to its material: "PCL NPs" of "PCL-PTX NPs"."""
    return " ".join(_unloaded(word, state.lexicon) for word in phrase.split(" ")) if state.lexicon else phrase


def _unloaded(word: str, lexicon: Lexicon) -> str:
    tied = _TIED.fullmatch(word)
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


def _is_ingredient(text: str, start: int, facts: CoreFacts, state: State) -> bool:
    """Whether a material without form or structure was bought, or dissolved to make something of it."""
    built = facts.structure or any(_PARTICULATE.search(term.name) for term in facts.materials)
    if built or facts.form not in (None, "MOF"):
        return False
    return bought(text, start, state) or _INGREDIENT.search(text, *state.sentence(start)) is not None


def _defined_otherwise(surface: str, state: State) -> bool:
    """Whether the document defines this abbreviation as something that is no material."""
    long = state.abbreviations.get(surface) or state.abbreviations.get(surface.rstrip("s"))
    return long is not None and len(surface) <= 7 and not names_material(long, state)


def _enough(text: str, start: int, hit: Hit, state: State) -> bool:
    """Whether the words from ``start`` to the hit's end can be a core's name: a form with more, or a core by itself."""
    alone = any("alone" in e.note for e in hit.entries if e.type in ("form", "material"))
    coated = not _in_coats(hit) and (
        _COATED_WITH_IT.search(text, max(0, start - 60), start) or _WITH_A_COAT.match(text, hit.end)
    )
    if any(e.type == "form" for e in hit.entries):
        vague = any(e.preferred in _VAGUE_FORMS for e in hit.entries)
        return alone or start < hit.start or (bool(coated) and not vague)
    if coated and not _ONLY_ON_IT.match(text, hit.end):
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
    r"|\bcores? (?:(?:was|were|is|are) (?:made )?of|consist\w* of|of)"
    r")\s(?:[a-z]+-sensitive\s)?$",
    re.IGNORECASE,
)
"""Words before what was coated, whatever it is."""
_WITH_A_COAT = re.compile(
    r"\s(?:with|under|in|within|inside|beneath) an? (?:(?!nano)[\w-]+\s){0,3}(?:coat|cloak|membrane)\b|\scores?\b"
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
        known = by_end.get(start - 1)
        return (
            known.start
            if known and known.start >= begin and " " in text[known.start : known.end]
            else _joined(left, start, state)
        )
    at = begin + len(left.rstrip())
    if not begin < at < start:
        return None
    if at not in by_end and (bracket := _BRACKET.search(text, begin, at)):
        return _past_bracket(text, begin, bracket, by_end, state)
    if formula := _COMPOUNDS_END.search(text, begin, at):
        return formula.start("all")
    return _word(text, begin, at, by_end.get(at), state)


def _word(text: str, begin: int, at: int, known: Hit | None, state: State) -> int | None:
    """The beginning of the known material, the modifier or the material's word that ends here; None if none does."""
    if known is not None and known.start >= begin and text[known.start - 1 : known.start] != "@":
        return None if _STOP.fullmatch(text[known.start : known.end]) else known.start
    word = _LAST_WORD.search(text, begin, at)
    bare = word.group(1) if word else ""
    if (
        not bare
        or _STOP.fullmatch(bare)
        or _is_dressed(bare, state)
        or not (_MODIFIER.fullmatch(bare) or _is_material_word(bare, state))
    ):
        return None
    return at - len(bare)


def _is_dressed(word: str, state: State) -> bool:
    """Whether a word tells of a membrane or a drug on the core: "membrane-wrapped", "vancomycin-conjugated"."""
    if "membrane" in word.lower():
        return True
    on_it = re.fullmatch(r"(.+)-(?:conjugated|modified|decorated|grafted|functionali[sz]ed)", word)
    return bool(on_it and state.lexicon and state.lexicon.lookup(on_it[1], ("drug",)))


def _past_bracket(text: str, begin: int, bracket: re.Match[str], by_end: dict[int, Hit], state: State) -> int | None:
    """The beginning of the material whose abbreviation the bracket holds: "poly(lactic acid) (PLA) nanoparticles"."""
    known = by_end.get(begin + len(text[begin : bracket.start()].rstrip()))
    if known is None or known.start < begin:
        return None
    short = bracket.end(1) in by_end or _names_core(bracket[1], state) or _CODE.fullmatch(bracket[1])
    return known.start if short else None


_CODE = re.compile(r"(?=.*[A-Z].*[A-Z\d])[A-Za-z\d-]+")
"""An abbreviation by its looks: "bTiO2", not "Sigma"."""
_JOINTS = ("-", "/", "@", "\u2013")
_BRACKET = re.compile(r"\(([^()]{2,14})\)$")
_MEMBRANES = re.compile(r"^(?:.*[-/@\u2013])?(?P<coat>[A-Z]{1,4}M)[-/](?=[\w/-]*$)")
"""The part of a coated formulation's short name that stands for the membrane: "Zr-PM-" of "Zr-PM-PLGA"."""
_LAST_WORD = re.compile(r"(?<![^\s(\u201c\"'])((?:poly\s?\([^)]*\)|[^\s(),;:.\u201c\"'])+)$")


def _joined(left: str, start: int, state: State) -> int | None:
    """The beginning of what a hyphen, slash or ``@`` ties to the phrase: "Fe3O4@" of "Fe3O4@SiO2"."""
    joined = re.search(r"[\w@/:.\u2013+-]+$", left)
    if joined is None:
        return None
    piece = joined.group()
    coat = _MEMBRANES.match(piece)
    if coat and state.lexicon and not state.lexicon.lookup(coat["coat"], ("material",)):
        piece = piece[coat.end() :]
    if not piece:
        return None
    if "membrane" in piece or _STOP.fullmatch(piece.rstrip("-/@\u2013")):
        return None
    if "@" in piece:
        kept = _without_coat(piece, state)
        return start - len(kept) if kept else None
    return start - len(piece)


def _names_core(short: str, state: State) -> bool:
    """Whether an abbreviation is defined as something a core is made of."""
    return short in state.abbreviations and names_material(state.abbreviations[short], state)


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
    phrase = _without_short(phrase)
    hits = sorted(lexicon.find(phrase), key=lambda h: (h.start, -h.end))
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
    for match in re.finditer(rf"(?<![\w:,/]){_COMPOUND.pattern}(?![\w:])", phrase):
        if not any(h.start < match.end() and match.start() < h.end for h in hits):
            materials.setdefault(match.group(), Term(name=match.group(), curie=None))
    materials = _telling(phrase, hits, materials)
    form = _last_form(forms)
    if form in (None, "core", "framework"):
        form = _implied_form([*materials, *parts]) or form
    lowered = phrase.casefold()
    structure = tuple(s for s in _WORDS.structures if re.search(rf"(?<![\w-]){re.escape(s)}(?![\w])", lowered))
    return CoreFacts(materials=tuple(materials.values()), structure=structure, form=form)


_SHORT_BEHIND = re.compile(r"(?<![Pp]oly)\s\((?=[^()]*[A-Z][^()]*[A-Z\d])[A-Za-z\d-]+\)(?=\s|$)")
"""An abbreviation in brackets behind what it stands for."""
_ON_THE_SURFACE = re.compile(
    r"-(?:modified|functionali[sz]ed|decorated|conjugated|grafted|capped|stabili[sz]ed|terminated|coated|based)\b"
)
_KINDS = frozenset(("polymer", "lanthanide", "metal"))
"""Materials that say only of what kind another is."""
_FRAMEWORK = re.compile(r"(?:ZIF|PCN|MIL|UiO)-\d")


def _without_short(phrase: str) -> str:
    """A phrase without the abbreviation that it defines: "poly(lactic acid) (PLA) nanoparticles"."""
    return _SHORT_BEHIND.sub("", phrase) if "(" in phrase and " " in phrase else phrase


def _telling(phrase: str, hits: list[Hit], materials: dict[str, Term]) -> dict[str, Term]:
    """The materials less those on the surface of another and the kinds that another is one of, if any remain."""
    surface = {e.preferred for h in hits if _ON_THE_SURFACE.match(phrase, h.end) for e in h.entries} | _KINDS
    if any(_FRAMEWORK.match(name) for name in materials):
        surface.add("metal-organic framework")
    return {name: term for name, term in materials.items() if name not in surface} or materials


def _last_form(forms: list[tuple[int, int, str]]) -> str | None:
    """Of forms by end, start and name the last, and the longest there; one that says something before "particles"."""
    telling = [f for f in forms if f[2] not in _VAGUE_FORMS] or [f for f in forms if f[2] != "core"] or forms
    return max(telling, key=lambda f: (f[0], -f[1]), default=(0, 0, None))[2]


def _implied_form(materials: list[str]) -> str | None:
    for name in materials:
        if re.match(r"(?:covalent|hydrogen-bonded) organic framework", name):
            return "COF" if name.startswith("covalent") else "HOF"
        if "framework" in name or re.match(r"(?:ZIF|PCN|MIL|UiO)-", name):
            return "MOF"
        if "nanoparticle" in name:
            return "nanoparticle"
        if name.endswith((" dot", "nanodot")):
            return "quantum dot" if "carbon" not in name else "carbon dot"
    return None


_MADE_OF = re.compile(r"(?P<form>.+?) (?:made |composed )?of (?P<what>.+)")


@cache
def normal(phrase: str) -> str:
    """A core's phrase with its short forms spelled out, the form last: "PLGA NPs" is "PLGA nanoparticles"."""
    named = " ".join(_WORDS.short_forms.get(word, word) for word in _without_short(phrase).split())
    made = _MADE_OF.fullmatch(named)
    if made is None or re.search(r"MOF|framework", made["form"]):
        return named
    form = made["form"] if made["form"][1:2].isupper() else made["form"][0].lower() + made["form"][1:]
    return f"{made['what']} {form}"


def _whole(facts: CoreFacts, phrase: str, state: State) -> str | None:
    """The identifier, where the whole phrase is the name of one material or of a particle that an ontology has."""
    if len(facts.materials) > 1 or state.lexicon is None:
        return None
    lexicon = state.lexicon
    entries: list[Entry] = [
        *lexicon.lookup(phrase, ("particle",)),
        *lexicon.lookup(normal(phrase), ("particle",)),
        *lexicon.lookup(phrase, ("material", "form")),
    ]
    return next((e.curie for e in entries if e.curie), None)
