"""Drugs and other cargo: lexicon hits, abbreviations of the document, nucleic acids by their pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.linking import Entry
from pipeline.linking.linker import settle
from pipeline.ner.rules.cells import longest
from pipeline.ner.state import Found, State

_CARGO = re.compile(
    r"(?:\b(?:load|encapsulat|deliver|releas|carry|carri|entrap|incorporat|payload|cargo|drug|chemotherap|co-?load|prodrug|agent|inhibit|treat|therap|adjuvant|photosensiti|sonosensiti|fluorophore|dye)\w*|-loaded)",
    re.IGNORECASE,
)
_DIRECT = re.compile(
    r"^(?:\s*\([^)]{1,15}\))?(?:[\s-]+(?:loaded|co-loaded|encapsulated|release|delivery|prodrug|treatment|and [\w-]+ co-?loaded|was (?:loaded|encapsulated)|nanoparticles|NPs|liposomes))"
)
_BEFORE = re.compile(
    r"(?:load\w*|encapsulat\w*|deliver\w*|carr\w+|co-?deliver\w*|releas\w*|free|incorporat\w*|entrap\w*)\s+(?:with\s+|of\s+|the\s+|both\s+|drug\s+|chemotherapeutic\s+|model\s+|anticancer\s+|agents?\s+|by\s+|[\w-]+ and )*$",
    re.IGNORECASE,
)

_AMBIGUOUS = frozenset(
    "Met GEM EPI CAT DHA CTX RB MB HB C6 TPP RSV CEL NAC DAC MTO SAS DEX ART ATO OXA CBP TPT VCR SRF CUR Cur alum COX Dil "
    "PPa 1-MT CA4 BSO GO FAC PMA CPT CQ GOD LND RAPA NO".split()
)
"""Abbreviations of drugs that mean other things as often; they count where the words beside them speak of cargo."""
_KNOWN_SHORT = frozenset("CQ GOD CPT RAPA DHA CUR Cur LND SRF PMA".split())

_NUCLEIC = re.compile(
    r"(?<![\w-])(?:"
    r"(?:(?:[A-Z][A-Za-z0-9-]{1,9}|anti-[A-Z]\w+|[a-z]?[A-Z]\w{1,7})[- ](?:siRNA|shRNA|miRNA|mRNA|ASO|antisense oligonucleotides?|plasmid|pDNA))s?"
    r"|(?:siRNA|shRNA|miRNA|microRNA|mRNA|sgRNA)[-\s]?(?:(?:targeting|against|encoding|for|to)\s+(?:the\s+)?[A-Z]\w*(?:-\w+)?|[A-Z0-9][\w-]*)(?:\s(?:mimics?|inhibitors?))?"
    r"|(?:si|sh)(?=[A-Z]{2})[A-Z][A-Z0-9]{1,7}(?:-[A-Z]?\d)?(?![A-Za-z])"
    r"|(?:si|sh)[A-Z][a-z]{1,5}-?\d[\w]?"
    r"|(?:anti-?)?(?:miR|microRNA|miRNA|let)-?\d+[a-z]?(?:-[35]p)?(?:\s(?:mimics?|inhibitors?|antagomirs?|sponges?))?"
    r"|(?:siRNA|shRNA|small interfering RNA|microRNA|miRNA|antagomir)s?"
    r")(?![\w])"
)
_NOT_NUCLEIC = re.compile(
    r"^(?:The|This|These|And|Of|With|total|RNA|For|In|By|Using|Free|Naked|Each|No|Scrambled|Control|NC|Both|And|Cy\d|Cy\d\.\d|FAM|FITC)[- ]",
    re.IGNORECASE,
)

_ANTIBODY = re.compile(r"\s(?:monoclonal\s)?(?:antibod(?:y|ies)|mAbs?)\b")


def find(text: str, state: State) -> Iterator[Found]:
    """Every drug or other cargo."""
    for match in _NUCLEIC.finditer(text):
        surface = match.group()
        start = match.start()
        if junk := _NOT_NUCLEIC.match(surface):
            start += junk.end()
            surface = text[start : match.end()]
        yield Found(
            start, match.end(), "DRUG", surface, 0.85, "rule", "nucleic_acids", curie=None, note="nucleic", priority=2
        )
    for hit in longest(state.hits, "drug"):
        surface = text[hit.start : hit.end]
        entries = [e for e in hit.entries if e.type == "drug"]
        found = _drug(hit.start, hit.end, surface, entries, text, state)
        if found is not None:
            yield found
    drugs = [(h.start, h.end) for h in state.hits if any(e.type == "drug" for e in h.entries)]
    for hit in longest(state.hits, "chemical"):
        if any(a < hit.end and hit.start < b for a, b in drugs):
            continue
        if _DIRECT.match(text[hit.end : hit.end + 40]) or _BEFORE.search(text[max(0, hit.start - 50) : hit.start]):
            entries = [e for e in hit.entries if e.type == "chemical"]
            link = settle(entries, text[hit.start : hit.end])
            if text[hit.start : hit.end].islower() or text[hit.start : hit.end].istitle():
                yield Found(
                    hit.start,
                    hit.end,
                    "DRUG",
                    link.name,
                    0.6,
                    "lexicon",
                    "chemicals",
                    curie=link.curie,
                    candidates=link.candidates,
                )
    yield from _defined(text, state)


def _drug(start: int, end: int, surface: str, entries: list[Entry], text: str, state: State) -> Found | None:
    left, right = text[max(0, start - 60) : start], text[end : end + 60]
    if surface.islower() and entries[0].source == "mesh" and len(surface) < 6:
        return None
    kind = "lexicon"
    if _is_code(surface):
        long = state.abbreviations.get(surface)
        if long is not None:
            resolved = _resolve(long, state)
            if resolved is None:
                return None
            entries, kind = resolved, "abbreviation"
        elif surface in _AMBIGUOUS and not (
            _DIRECT.match(right) or _BEFORE.search(left) or right.startswith("@") or left.endswith("@")
        ):
            begin, stop = state.sentence(start)
            if surface not in _KNOWN_SHORT or not _CARGO.search(text[begin:stop]):
                return None
    if (
        re.match(r"^(?:-?(?:resistan)|\s+(?:receptors?|transporters?|dehydrogenase|synthase|oxidase)\b)", right)
        and not surface[0].isupper()
    ):
        return None
    link = settle(entries, surface)
    note = entries[0].note
    if link.name.startswith("anti-") and (antibody := _ANTIBODY.match(text, end)):
        end = antibody.end()
    return Found(
        start, end, "DRUG", link.name, 0.9, kind, "drugs",
        curie=link.curie, candidates=link.candidates, note=note, priority=1,
    )  # fmt: skip


def _resolve(long: str, state: State) -> list[Entry] | None:
    """The drug that a long form names: the whole of it, or a drug's name inside it."""
    if state.lexicon is None:
        return None
    if whole := state.lexicon.lookup(long, ("drug",)):
        return whole
    hits = [h for h in state.lexicon.find(long) if any(e.type == "drug" for e in h.entries)]
    if not hits:
        return None
    best = max(hits, key=lambda h: h.end - h.start)
    if best.end - best.start < 0.6 * len(long):
        return None
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
            yield Found(
                match.start(), match.end(), "DRUG", link.name, 0.85, "abbreviation", "drugs", curie=link.curie,
                note=entries[0].note, priority=1,
            )  # fmt: skip


def _is_code(surface: str) -> bool:
    """Whether a name is an abbreviation or a code, which may mean other things."""
    return len(surface) <= 7 and (
        sum(c.isupper() for c in surface) >= 2 or surface in _AMBIGUOUS or any(c.isdigit() for c in surface)
    )
