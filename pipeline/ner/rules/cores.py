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
from pipeline.linking.linker import settle
from pipeline.ner.state import Found, State
from pipeline.records import CoreFacts, Term

STRUCTURES = (
    "hollow", "mesoporous", "porous", "core-shell", "core/shell", "core–shell", "yolk-shell", "solid", "magnetic", "superparamagnetic", "self-assembled",
    "ultrasmall", "amorphous", "biodegradable", "crosslinked", "cross-linked", "hybrid", "composite", "semiconducting", "large-pore", "dendritic",
    "janus", "2d", "two-dimensional", "nanosized", "rattle-structured", "multilayered", "single-atom", "hierarchical", "carrier-free",
)  # fmt: skip
_SHORT_FORMS = {
    "NPs": "nanoparticles", "NP": "nanoparticle", "NCs": "nanocrystals", "NRs": "nanorods", "NR": "nanorod", "QDs": "quantum dots",
    "QD": "quantum dot", "LNPs": "lipid nanoparticles", "MOFs": "metal-organic frameworks", "MOF": "metal-organic framework",
    "nMOF": "nanoscale metal-organic framework", "nMOFs": "nanoscale metal-organic frameworks", "UCNPs": "upconversion nanoparticles",
    "UCNP": "upconversion nanoparticle", "MSNs": "mesoporous silica nanoparticles", "MSN": "mesoporous silica nanoparticle", "NSs": "nanosheets",
    "NCs.": "nanocrystals",
}  # fmt: skip
_ADJECTIVE = re.compile(
    r"^(?:hollow|mesoporous|porous|solid|magnetic|superparamagnetic|paramagnetic|ultrasmall|amorphous|biodegradable|cross-?linked|hybrid|composite|semiconducting|semiconductor|self-assembled|"
    r"dendritic|large-pore|polymeric|lipidic|lipid|liposomal|inorganic|organic|metallic|bimetallic|plasmonic|fluorescent|luminescent|persistent|photothermal|upconversion|upconverting|"
    r"downconversion|lanthanide|rare-earth|cationic|anionic|zwitterionic|amphiphilic|copolymer|block|triblock|diblock|nanoscale|nano|zirconium-based|porphyrinic|porphyrin|carbon|graphene|"
    r"nitrogen|oxygen|thermosensitive|thermo-?responsive|pH-?sensitive|pH-?responsive|redox-?responsive|ROS-?responsive|temperature-sensitive|acid-?sensitive|hypoxia-?responsive|"
    r"[\w-]+-(?:bridged|doped|dispersed|stabili[sz]ed|capped|functionali[sz]ed|modified|conjugated|grafted|crosslinked|cross-linked|linked|based|responsive|sensitive|chelated|coordinated|decorated|"
    r"embedded|shelled|wrapped|gated|templated|derived|terminated|protected|assembled|shell|core|skin|type)|"
    r"core[-–/]shell|core/shell|yolk[-–]shell|core-satellite|janus|dual|single|multi-?walled|single-?walled|two-dimensional|2D|black|red|reduced|Prussian|gold|silver|iron|"
    r"aggregation-induced|emission|AIE|conjugated|prodrug|peptide|protein|albumin|DNA|natural|synthetic|core|skin|shell|alloy|oxide|sulfide|blue|phosphorus|nitride|quantum|"
    r"metal[-–]organic|metal|covalent|organic|framework|peroxide|phosphate|carbonate|fluoride|selenide|telluride|disulfide|dioxide|ferrite|MXene|PEGylated|perfluorocarbon|nanozyme|"
    r"disulfide-containing|thiolated|aminated|carboxylated|acetalated|apoptotic)$",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"^(?:[\w-]*(?:loaded|encapsulated|encapsulating|coated|camouflaged|cloaked|carrying|laden|delivering|entrapped|disguised|mimicking|targeted|targeting|conjugated-antibody|mediated|free|treated|labell?ed|induced|inspired|enabled|containing)|"
    r"cell|cells|membrane|membranes|biomimetic|drug|drugs|cancer|tumou?r|these|those|the|a|an|our|this|bare|naked|uncoated|pristine|such|of|and|or|with|from|in|as|by|into|onto|empty|blank|free|multifunctional|smart|novel|new|prepared|resulting|"
    r"functional|theranostic|different|various|several|all|other|both|two|three|each|obtained|synthesi[sz]ed|inner|using|were|was|spherical|uniform|monodisperse|hydrophobic|hydrophilic|many|most|artificial|therapeutic|stable)$",
    re.IGNORECASE,
)
_FORMULA = re.compile(
    r"^(?:(?:[A-Z][a-z]?\d{0,2}){1,5}(?:[:@/][A-Z]?\w{1,6}(?:[:@/,]\w{1,5})*)?|[A-Z]{2,6}(?:-[A-Z]{2,8}\d{0,5}[Kk]?){0,3}|(?:m|n|p)[A-Z]\w{1,6}|(?:ZIF|UiO|UIO|MIL|PCN|NU|HKUST|SBA|MCM)-?\d{1,4}(?:\([A-Z][a-z]?\))?|poly\(.+\))$"
)
_WORD_LEFT = re.compile(r"(?:(?<=\s)|^|(?<=[(\u201c\"]))(\S+)(\s+)$")
_NO_ELEMENT = re.compile(
    r"^(?:I|In|At|As|No|He|Be|We|It|An|By|Of|On|Or|So|To|Up|TEM|SEM|DLS|PBS|NIR|CCM|RBC|CM|MRI|DOX|CT|PA|PTT|PDT|DC|EPR|ICG|PTX|DTX|CUR|Our|The)$"
)
_TAIL = re.compile(
    r"^\s+of\s+((?:[A-Z][a-z]?\d?-)?[A-Z][\w-]{2,10}|(?:zirconium|iron|hafnium|porphyrin)\b[\w-]*)(?=[\s,.;)]|$)"
)
_BASED = re.compile(r"^-(?:based|derived)\b")


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
    """The core phrase whose last part is this hit, or None when the hit alone names no core."""
    surface = text[hit.start : hit.end]
    form = next((e for e in hit.entries if e.type == "form"), None)
    alone = any("alone" in e.note for e in hit.entries if e.type in ("form", "material"))
    long = state.abbreviations.get(surface) or state.abbreviations.get(surface.rstrip("s"))
    if long is not None and len(surface) <= 7 and not _names_material(long, state):
        return None
    begin, stop = state.sentence(hit.start)
    start = _extend(text, begin, hit, by_end, state)
    if form is None and not alone and not (start < hit.start and _has_tail_form(text, hit)):
        return None
    if form is not None and not alone and start == hit.start:
        return None
    end = hit.end
    if tail := _TAIL.match(text[end:stop]):
        if re.search(r"MOF|framework", surface):
            end += tail.end(1)
    if form is None and re.match(
        r"^[-\s](?:coated|loaded|conjugated|modified|functionali|PEG|induced)", text[hit.end : hit.end + 16]
    ):
        return None
    if _is_coat(text, start, end):
        return None
    if start == hit.start and form is None and _ambiguous(surface, text, hit, state):
        return None
    phrase = text[start:end]
    facts = parse(phrase, state.lexicon) if state.lexicon else CoreFacts()
    if not facts.materials and not facts.structure and facts.form in (None, "nanoparticle", "microparticle"):
        return None
    if not facts.materials and facts.form in (
        "nanoparticle",
        "core",
        "nanocomplex",
        "nanocomposite",
        "nanohybrid",
        "nanoassembly",
    ):
        return None
    link = settle(hit.entries, surface) if start == hit.start and end == hit.end and form is None else None
    return Found(
        start, end, "CORE", normal(phrase), 0.85, "rule", "cores",
        curie=_whole(facts, phrase, state), role="core", core=facts, priority=1 if link is None else 0,
    )  # fmt: skip


def _has_tail_form(text: str, hit: Hit) -> bool:
    return False


def _names_material(long: str, state: State) -> bool:
    lexicon = state.lexicon
    if lexicon is None:
        return False
    return any(e.type in ("material", "form") for h in lexicon.find(long) for e in h.entries) or bool(
        re.search(r"nano|liposom|framework|poly\w|micelle|polymer", long, re.IGNORECASE)
    )


_CONTEXT = re.compile(
    r"nano\w*|NPs?\b|particles?|cores?\b|polymer\w*|coat\w*|load\w*|encapsulat\w*|carrier|camouflag\w*|cloak\w*|liposom\w*|membran\w*|CM\b|micelle",
    re.IGNORECASE,
)
_AMBIGUOUS = frozenset(
    "PDA PLA MOF MOFs COF HOF CaP MnO CuS UCNP SPIO GO PFC PFP PFH ZIF PCL HAp MSN MSNs LNP SLN NLC QD QDs lipo".split()
)


def _ambiguous(surface: str, text: str, hit: Hit, state: State) -> bool:
    """Whether a short name needs the sentence to speak of particles, and it does not."""
    if surface not in _AMBIGUOUS or surface in state.abbreviations:
        return False
    begin, stop = state.sentence(hit.start)
    return _CONTEXT.search(text[begin : hit.start] + " " + text[hit.end : stop]) is None


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
        return _joined(left, start)
    at = begin + len(left.rstrip())
    if at == start or at <= begin:
        return None
    if bracket := _BRACKET.search(text, begin, at):  # "poly(lactic acid) (PLA) nanoparticles"
        before = bracket.start()
        known = by_end.get(before - len(text[begin:before]) + len(text[begin:before].rstrip()))
        if known is not None and known.start >= begin and (bracket.end(1) in by_end or _names_core(bracket[1], state)):
            return known.start
        return None
    known = by_end.get(at)
    if known is not None and known.start >= begin and text[known.start - 1 : known.start] != "@":
        return None if _STOP.match(text[known.start : known.end]) else known.start
    word = _LAST_WORD.search(text, begin, at)
    bare = word.group(1) if word else ""
    if not bare or _STOP.match(bare) or not (_ADJECTIVE.match(bare) or _is_material_word(bare, state)):
        return None
    return at - len(bare)


_JOINTS = ("-", "/", "@", "\u2013")
_BRACKET = re.compile(r"\(([^()]{2,14})\)$")
_LAST_WORD = re.compile(r"(?:^|[\s(\u201c\"'])((?:poly\s?\([^)]*\)|[^\s(),;:.\u201c\"'])+)$")


def _joined(left: str, start: int) -> int | None:
    """The beginning of what a hyphen, slash or ``@`` ties to the phrase: "Fe3O4@" of "Fe3O4@SiO2"."""
    joined = re.search(r"[\w@/:.\u2013+-]+$", left)
    if joined is None:
        return None
    piece = joined.group()
    if "membrane" in piece or _STOP.match(piece.rstrip("-/@\u2013")):
        return None
    if "@" in piece:
        kept = _without_coat(piece)
        return start - len(kept) if kept else None
    return start - len(piece)


def _names_core(short: str, state: State) -> bool:
    """Whether an abbreviation is defined as something a core is made of."""
    return short in state.abbreviations and _names_material(state.abbreviations[short], state)


def _without_coat(piece: str) -> str | None:
    """The part of an ``@`` notation that is the core, from the right; None when the whole is a formulation's name."""
    parts = piece.rstrip("@").split("@")
    kept: list[str] = []
    for part in reversed(parts):
        if re.search(r"CM$|M$|RBC|cell|CCM|membrane", part):
            break
        if not _FORMULA.match(part):
            break
        kept.insert(0, part)
    if not kept:
        return None
    return "@".join(kept) + ("@" if piece.endswith("@") else "")


def _is_material_word(word: str, state: State) -> bool:
    """Whether a word outside the lexicon can be a material: a formula, or compounds of known materials."""
    if _NO_ELEMENT.match(word) or word in state.abbreviations and not _names_material(state.abbreviations[word], state):
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


_LINKER = re.compile(r"g|b|co|H|\d+[Kk]?|core|skin|shell|NH2|COOH|SH|SS|based")


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
    structure = tuple(s for s in STRUCTURES if re.search(rf"(?<![\w-]){re.escape(s)}(?![\w])", lowered))
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
    words = [_SHORT_FORMS.get(word, word) for word in phrase.split()]
    return " ".join(words)


def _whole(facts: CoreFacts, phrase: str, state: State) -> str | None:
    """The identifier, where the whole phrase is one material's name."""
    if len(facts.materials) != 1 or state.lexicon is None:
        return None
    entries: list[Entry] = state.lexicon.lookup(phrase, ("material", "form"))
    return next((e.curie for e in entries if e.curie), None)
