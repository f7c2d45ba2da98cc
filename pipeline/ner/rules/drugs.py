"""Drugs and other cargo: lexicon hits, abbreviations of the document, nucleic acids by their pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.linking import Entry, Hit
from pipeline.linking.linker import settle
from pipeline.ner.rules.cells import longest
from pipeline.ner.rules.cores import names_material
from pipeline.ner.rules.reagents import carried, feeds_culture, labels_antibody, only_stains
from pipeline.ner.rules.words import any_of, words
from pipeline.ner.state import Found, State

_WORDS = words().drug
_AMBIGUOUS = frozenset(_WORDS.ambiguous)
"""Abbreviations of drugs that mean other things as often; they count where the words beside them speak of cargo."""
_KNOWN_SHORT = frozenset(_WORDS.known_short)
"""Those of them for which it is enough that the sentence speaks of cargo."""
_FACTORS = frozenset(("IL-2", "IL-12", "IL-15", "GM-CSF", "BMP-2"))
"""Those that cells secrete and cultures are fed with: they count where something is loaded or delivered."""
_CARGO = re.compile(rf"\b{any_of(_WORDS.about_cargo)}\w*|-loaded", re.IGNORECASE)
_CARGO_AFTER = re.compile(
    r"(?:\s*\([^)]{1,15}\))?[\s-]+(?:loaded|co-loaded|encapsulated|release|delivery|prodrug|treatment"
    r"|and [\w-]+ co-?loaded|was (?:loaded|encapsulated)|nanoparticles|NPs|liposomes)"
)
_CARGO_BEFORE = re.compile(
    r"(?:load\w*|encapsulat\w*|deliver\w*|carr\w+|co-?deliver\w*|releas\w*|free|incorporat\w*|entrap\w*"
    r"|(?:differentiated|primed|stimulated|polari[sz]ed|treated)\swith)\s+"
    r"(?:with\s+|of\s+|the\s+|both\s+|drug\s+|chemotherapeutic\s+|model\s+|anticancer\s+|agents?\s+|by\s+"
    r"|[\w-]+ and )*$",
    re.IGNORECASE,
)
_NO_DRUG_AFTER = re.compile(r"-?resistan|\s+(?:receptors?|transporters?|dehydrogenase|synthase|oxidase)\b")

_NUCLEIC = re.compile(
    r"(?<![\w/-])(?:"
    r"(?:[A-Z][A-Za-z0-9-]{1,9}|anti-[A-Z]\w+|[a-z]?[A-Z]\w{1,7})[- ]"
    r"(?:siRNA|shRNA|miRNA|mRNA|ASO|antisense oligonucleotides?|plasmid|pDNA)s?"
    r"|(?:siRNA|shRNA|miRNA|microRNA|mRNA|sgRNA)[-\s]?"
    r"(?:(?:targeting|against|encoding|for|to)\s+(?:the\s+)?(?:[A-Z]\w*|[a-z]\d+|[a-z]+(?:in|ase)\b)(?:-\w+)?|[A-Z0-9][\w-]*)(?:\s(?:mimics?|inhibitors?))?"
    r"|(?:plasmids?|pDNA)\sencoding\s(?:the\s)?[A-Z][\w-]*"
    r"|mRNA\sencoding\s(?:the\s)?[\w-]+"
    r"|(?:si|sh)(?=[A-Z]{2})[A-Z][A-Z0-9]{1,7}(?:-[A-Z]?\d)?(?![A-Za-z])"
    r"|(?:si|sh)[A-Z][a-z]{1,5}-?\d\w?"
    r"|(?:anti-?)?(?:miR|microRNA|miRNA|let)-?\d+[a-z]?(?:-[35]p)?(?:\s(?:mimics?|inhibitors?|antagomirs?|antagonists?|sponges?|oligonucleotides?))?"
    r"|(?:siRNA|shRNA|small interfering RNA|microRNA|miRNA|antagomir)s?"
    r")(?!\w)"
)
_NOT_NUCLEIC = re.compile(
    r"(?:The|This|These|And|Of|With|total|RNA|For|In|By|Using|Free|Naked|Each|No|Scrambled|Control|NC|Both|FAM|FITC"
    r"|Cy\d(?:\.\d)?)[- ]",
    re.IGNORECASE,
)
_OF_NOTHING = re.compile(r"(?:si|sh|mi|micro|small interfering )RNAs?|antagomirs?")
"""Nucleic acids without a target: cargo only where the sentence says so."""
_CARRIER = re.compile(r"-([A-Z]\w+)(?![\w@])")
_SALT = re.compile(
    r"\s(?:sodium|potassium|hydrochloride|mesylate|maleate|tartrate|citrate|sul(?:f|ph)ate)\b"
    r"(?!-|\s(?:channels?|phosphate|chloride|hydroxide|borohydride|alginate|citrate|dodecyl|hyaluronate))"
)
_ANTIBODY = re.compile(r"\s(?:monoclonal\s)?(?:antibod(?:y|ies)|mAbs?)\b")


def find(text: str, state: State) -> Iterator[Found]:
    """Every drug or other cargo."""
    yield from _nucleic_acids(text, state)
    drugs = longest(state.hits, "drug")
    for hit in drugs:
        found = _drug(hit, text, state)
        if found is not None:
            yield found
    for hit in longest(state.hits, "chemical"):
        if not any(drug.start < hit.end and hit.start < drug.end for drug in drugs) and _is_cargo(hit, text):
            link = settle(hit.entries, text[hit.start : hit.end])
            yield Found(
                hit.start, hit.end, "DRUG", link.name, 0.6, "lexicon", "chemicals", curie=link.curie,
                candidates=link.candidates,
            )  # fmt: skip
    yield from _defined(text, state)


def _nucleic_acids(text: str, state: State) -> Iterator[Found]:
    """siRNA, miRNA, mRNA, plasmids: by the pattern of their names."""
    for match in _NUCLEIC.finditer(text):
        junk = _NOT_NUCLEIC.match(match.group())
        start = match.start() + (junk.end() if junk else 0)
        name = text[start : match.end()]
        if junk and not _NUCLEIC.fullmatch(name):
            continue  # "The mRNA"
        if _OF_NOTHING.fullmatch(name) and not carried(text, start, state):
            continue
        yield Found(start, match.end(), "DRUG", name, 0.85, "rule", "nucleic_acids", note="nucleic", priority=2)


def _is_cargo(hit: Hit, text: str) -> bool:
    """Whether a chemical that is no drug by itself is said to be loaded or delivered."""
    surface = text[hit.start : hit.end]
    if not (surface.islower() or surface.istitle()):
        return False
    after = _CARGO_AFTER.match(text, hit.end)
    return after is not None or _CARGO_BEFORE.search(text, max(0, hit.start - 50), hit.start) is not None


def _drug(hit: Hit, text: str, state: State) -> Found | None:
    surface = text[hit.start : hit.end]
    entries: Sequence[Entry] = hit.entries
    kind, end = "lexicon", hit.end
    if surface.islower() and len(surface) < 6 and entries[0].source == "mesh":
        return None
    if (surface[0].islower() and _NO_DRUG_AFTER.match(text, end)) or _serves(surface, hit, text, state):
        return None
    if _is_code(surface):
        long = state.abbreviations.get(surface)
        if long is not None:
            entries, kind = _resolve(long, state), "abbreviation"
        if not entries or (long is None and surface in _AMBIGUOUS and not _meant(surface, hit, text, state)):
            return None
    link = settle(entries, surface)
    if surface.isalpha() and (salt := _SALT.match(text, end)):
        end = salt.end()
    if link.name.startswith("anti-"):
        if only_stains(link.name, text, hit.start, end, state):
            return None
        if antibody := _ANTIBODY.match(text, end):
            end = antibody.end()
    return Found(
        hit.start, end, "DRUG", link.name, 0.9, kind, "drugs",
        curie=link.curie, candidates=link.candidates, note=entries[0].note, priority=1,
    )  # fmt: skip


def _serves(surface: str, hit: Hit, text: str, state: State) -> bool:
    """Whether a name only serves: in a formulation's name, in a culture, as an antibody's label, for a whole class."""
    if _in_formulation(surface, hit.end, text, state) or labels_antibody(text, hit.start, hit.end):
        return True
    if _OF_NOTHING.fullmatch(surface):
        return not carried(text, hit.start, state)
    return feeds_culture(text, hit.start, hit.end, state)


def _in_formulation(short: str, end: int, text: str, state: State) -> bool:
    """Whether an abbreviation of the document stands in a formulation's own name: "VNB-TSL"."""
    carrier = _CARRIER.match(text, end) if short in state.abbreviations else None
    return carrier is not None and names_material(state.abbreviations.get(carrier[1], ""), state)


def speaks_of_cargo(text: str, start: int, end: int) -> bool:
    """Whether the stretch ``[start, end)`` speaks of loading, delivery or treatment."""
    return _CARGO.search(text, start, end) is not None


def _meant(surface: str, hit: Hit, text: str, state: State) -> bool:
    """Whether the words around an ambiguous abbreviation speak of cargo."""
    if surface in _FACTORS and not carried(text, hit.start, state):
        return False
    if "@" in (text[hit.start - 1 : hit.start], text[hit.end : hit.end + 1]) or _CARGO_AFTER.match(text, hit.end):
        return True
    if _CARGO_BEFORE.search(text, max(0, hit.start - 60), hit.start):
        return True
    return surface in _KNOWN_SHORT and speaks_of_cargo(text, *state.sentence(hit.start))


def _resolve(long: str, state: State) -> list[Entry]:
    """The drug that a long form names: the whole of it, or a drug's name inside it."""
    if state.lexicon is None:
        return []
    if whole := state.lexicon.lookup(long, ("drug",)):
        return whole
    hits = [h for h in state.lexicon.find(long) if any(e.type == "drug" for e in h.entries)]
    if not hits:
        return []
    best = max(hits, key=lambda h: h.end - h.start)
    if best.end - best.start < 0.6 * len(long):
        return []
    return [e for e in best.entries if e.type == "drug"]


def _defined(text: str, state: State) -> Iterator[Found]:
    """Abbreviations that the document defines as a drug, though no lexicon has them."""
    if state.lexicon is None:
        return
    for short, long in state.abbreviations.items():
        if state.lexicon.lookup(short, ("drug",)):
            continue
        entries = _resolve(long, state)
        if not entries:
            continue
        link = settle(entries, long)
        for match in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w])", text):
            if _in_formulation(short, match.end(), text, state):
                continue
            yield Found(
                match.start(), match.end(), "DRUG", link.name, 0.85, "abbreviation", "drugs", curie=link.curie,
                note=entries[0].note, priority=1,
            )  # fmt: skip


def _is_code(surface: str) -> bool:
    """Whether a name is an abbreviation or a code, which may mean other things."""
    return len(surface) <= 7 and (
        sum(c.isupper() for c in surface) >= 2 or surface in _AMBIGUOUS or any(c.isdigit() for c in surface)
    )
