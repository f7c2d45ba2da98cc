"""Cores: the longest phrase that names a particle's material, parsed into materials, structure and form.

A core's name is built from the right: a form ("nanoparticles", "liposomes", "MOF") with the materials, structures and
modifiers before it, or a material that is a core by itself ("PLGA", "ZIF-8"). "Nanoparticles" alone names nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
    seen: set[int] = set()
    for hit in sorted((*forms, *materials), key=lambda h: (h.end, h.start), reverse=True):
        if any(hit.start >= a and hit.end <= b for a, b in _ranges(seen)):
            continue
        found = _phrase(text, hit, by_end, state)
        if found is not None:
            seen.add((found.start << 32) | found.end)
            yield found


def _ranges(seen: set[int]) -> Iterator[tuple[int, int]]:
    for code in seen:
        yield code >> 32, code & 0xFFFFFFFF


def _phrase(text: str, hit: Hit, by_end: dict[int, Hit], state: State) -> Found | None:
    """The core phrase whose last part is this hit, or None when the hit alone names no core."""
    surface = text[hit.start : hit.end]
    form = next((e for e in hit.entries if e.type == "form"), None)
    alone = any("alone" in e.note for e in hit.entries if e.type in ("form", "material"))
    long = state.abbreviations.get(surface) or state.abbreviations.get(surface.rstrip("s"))
    if long is not None and len(surface) <= 7 and not _names_material(long, state):
        return None
    begin, stop = state.sentence(hit.start)
    start, words = _extend(text, begin, hit, by_end, state)
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


def _extend(text: str, begin: int, hit: Hit, by_end: dict[int, Hit], state: State) -> tuple[int, list[str]]:
    """Walk left from a hit over materials, structures and modifiers; the beginning and the words taken."""
    start = hit.start
    words: list[str] = []
    while True:
        left = text[begin:start]
        if left.endswith(("-", "/", "@", "\u2013")) and len(left) > 1 and (left[-2].isalnum() or left[-2] == ")"):
            joined = re.search(r"([\w()@/:.\u2013+-]+)$", left)
            if joined is None or "membrane" in joined.group() or _STOP.match(joined.group().rstrip("-/@\u2013")):
                break
            piece = joined.group()
            if "@" in piece:
                piece = _without_coat(piece)
                if piece is None:
                    break
                start -= len(piece)
                break
            start -= len(piece)
            words.append(piece)
            continue
        gap = re.search(r"\s+$", left)
        if gap is None:
            break
        at = begin + gap.start()
        known = by_end.get(at)
        if known is not None and known.start >= begin and not _sep_inside(text, known):
            surface = text[known.start : known.end]
            if not _STOP.match(surface):
                start = known.start
                words.append(surface)
                continue
        word_match = re.search(r"(\S+)$", text[begin:at])
        if word_match is None:
            break
        word = word_match.group(1)
        bare = word.lstrip("(\u201c\"'")
        if word[-1] in ",;:.)" and not (word.endswith(")") and "(" in word and word.startswith("poly")):
            break
        if _STOP.match(bare) or not (_ADJECTIVE.match(bare) or _is_material_word(bare, state)):
            break
        start = at - len(bare)
        words.append(bare)
        if len(bare) < len(word):
            break
    return start, words


def _sep_inside(text: str, hit: Hit) -> bool:
    return text[hit.start - 1 : hit.start] in ("@",)


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
    parts = [p for p in re.split(r"[-/@–]", word) if p]
    lexicon = state.lexicon
    if lexicon is None or not parts:
        return False
    return all(
        lexicon.lookup(p, ("material", "form"))
        or re.fullmatch(r"g|b|co|\d+[Kk]?|core|skin|shell|NH2|COOH|SH|SS|based", p)
        for p in parts
    ) and any(lexicon.lookup(p, ("material",)) for p in parts)


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
