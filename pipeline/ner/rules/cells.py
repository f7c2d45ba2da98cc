"""Cell lines and cell types: lexicon hits that the context bears out, their variants, and names of a line's shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.linking import Entry, Hit
from pipeline.linking.linker import settle
from pipeline.ner.state import Found, State

_NOUN = r"(?:cells?|cell[- ]lines?|cell membranes?|tumou?rs?|xenografts?|membranes?|allografts?|CMs?\b|spheroids?|fibroblasts|macrophages?|keratinocytes|hepatocytes|monocytes|myoblasts|membrane\w*)"
_KIND = (
    r"(?:(?:human|mouse|murine|rat|breast|lung|liver|colon|colorectal|cervical|ovarian|prostate|pancreatic|gastric|skin|brain|oral|bladder|renal|kidney|hepatic|metastatic|cancer|tumou?r|"
    r"cancerous|malignant|carcinoma|adenocarcinoma|hepatocarcinoma|hepatoma|melanoma|glioma|glioblastoma|osteosarcoma|sarcoma|lymphoma|leuk\w+|myeloma|neuroblastoma|squamous|source|"
    r"living|live|parental|wild-type|homotypic|homologous|subcutaneous|orthotopic|derived|epithelial|endothelial|ductal|stem|dendritic|tumorigenic|luciferase-expressing|microglia\w*|"
    r"triple-negative|non-small|suspension|source|macrophage|xenograft|nude|solid|primary|adherent|resistant|cell)[\s-]+)"
)
_RIGHT = re.compile(rf"^(?:\s*\([^)]{{1,20}}\))?[\s-]*{_KIND}{{0,4}}{_NOUN}", re.IGNORECASE)
_BEARING = re.compile(
    r"^[\s-]+(?:bearing|derived|tumou?r|CM\b|membrane|inoculated|model|nude|grafted|induced)|^(?:M@|CM@|@|CCM|CM-)",
    re.IGNORECASE,
)
_LEFT = re.compile(
    r"(?:cell[\s-]?lines?|(?:cancer|tumou?r|carcinoma|melanoma|glioma|hepatoma|\w+oma)\s+(?:cells?|line)|cells|cell|membranes? (?:of|from))\s*(?:\(|,|:|such as|including|named|namely|called|like|i\.e\.|e\.g\.)?\s*(?:the |mouse |murine |human )*$",
    re.IGNORECASE,
)
_LIST_LEFT = re.compile(r"(?:,|\band|\bor|/|\+|\bversus|\bvs\.?|&)\s*$")
_LIST_RIGHT = re.compile(r"^\s*(?:,|/|\band\b|\bor\b|&|\+)\s*(?:and\s+|or\s+)?")
_CELLISH = re.compile(
    r"\b(?:cells?|lines?|tumou?rs?|xenograft\w*|membranes?|bearing|inoculat\w+|cytotoxic\w*|mice|coat\w*|uptake|cancer|\w*cytes?|\w+oma|metasta\w+|\w*CM)\b|CM@|M@",
    re.IGNORECASE,
)

_SUBLINE = re.compile(
    r"^[-/ ]?(?:OVA|ova|luc2?|Luc2?|LUC|luciferase|Luciferase|e?GFP|EGFP|RFP|mCherry|tdTomato|ADR|Adr|adr|DOX|Dox|TAX|Tax|PTX|DDP|CDDP|cis|CIS|MDR1?|DX|VCR|Taxol|TR|GR|TK-?|Her2|HER2|hCD19|mCD19|ZsGreen|iRFP|fLuc|Fluc|FLuc|Fluc2|hEGFR|WT|KO|R(?![\w-]))(?:[-/](?:luc2?|Luc2?|GFP|OVA))?(?![\w])"
)
_ALTERED = re.compile(
    r"((?:[\w\u0370-\u03ff]+(?:[-/][\w\u0370-\u03ff]+)*(?: class)?(?: [IV]{1,2}| \d)?(?:[-/ ](?:and|/)[- ][\w]+)?[- ](?:deficient|knock-?out|knock-?down|overexpressing|over-expressing|null|silenced|depleted|negative|edited|transfected|displaying|ablated|expressing|resistant|transduced)"
    r"|[\w-]*(?:engineered|modified|edited|transfected|resistant|knock-?out|knockdown|mutant)|wild-type|WT|KO)\s+)$",
    re.IGNORECASE,
)
_NOT_ALTERED = re.compile(r"^(?:surface|membrane|NHS|chemically|PEG|coated|un|triple)-?", re.IGNORECASE)

WELL_KNOWN = frozenset(
    "HeLa Hela HELA Jurkat Renca RENCA Caco-2 HepG2 Vero Raji Daudi Ramos THP-1 Neuro-2a L929 HUVEC HEK293T HaCaT CHO Eca-109 LLC1 Panc02".split()
)

_SHAPED = re.compile(
    r"(?<![\w/@.+-])(?P<name>(?:(?:[A-Z][A-Za-z]{0,6}|[a-z]{1,2}[A-Z]{1,5})[-/]?|[A-Z]{2,5} )?\d{1,5}[A-Za-z]{0,4}\d{0,3}(?:[-./][A-Z]?\w{1,5}){0,2})(?=\s+(?:(?:cancer|tumou?r|carcinoma|melanoma|breast|lung|glioma|myeloma|leukemia|hepatoma)\s+)?(?:cells\b|cell lines?\b|cell membranes?\b|xenografts?\b|tumou?r-bearing))"
)
_NO_LINE = re.compile(
    r"^(?:CD\d|IL-?\d|Cy\d|TLR|PD-|Ki-?67|MUC|F-?\d+$|p\d|T\d|Th\d|M\d$|G\d|HLA|MHC|BRCA|HER|ErbB|CXCR|CCR|Fig|Table|Day|Group|Type|Phase|Stage|Grade|Ly6|Sca|Bcl|ICAM|VCAM|HSP|TNF|IFN|H-?2|NKG2|Lgr|Nrf|STAT|SOX|OCT|Oct|FOX|[Ss]?[Nn]o\.?|UV|pH|PM|VE|In|At|Of|The|After|With|On|To|From|By|For|And|All|Both|Of|ROS|Rab|Tie|FAP|PD|EGFR|IR-?\d{3,4}|R837|R848|PCN|ZIF|MIL|UiO|HS-?15|EL35|PEG|F127|Fe|Mn|Cu|Au|Pt|C60|O2|H2O2)",
)
_QUANTITY = re.compile(r"^\d+(?:\.\d+)?$|^\d+[a-z]{1,3}$|^\d+(?:st|nd|rd|th)$|^[\d.,×x]+$|^10\d?$|^\d+[-–]\d+$")


def find(text: str, state: State) -> Iterator[Found]:
    """Every cell line and cell type."""
    lines = list(_lines(text, state))
    yield from lines
    yield from _types(text, state)
    taken = {(f.start, f.end) for f in lines}
    yield from (f for f in _shaped(text, state) if not any(a < f.end and f.start < b for a, b in taken))


# --- lines -----------------------------------------------------------------------------------------------------------


def _lines(text: str, state: State) -> Iterator[Found]:
    hits = [h for h in _longest(state.hits, "cell_line") if not _barred(h, text, state)]
    sure = {text[h.start : h.end] for h in hits if _certain(h, text, state)}
    starts = {h.start: h for h in hits}
    ends = {h.end: h for h in hits}
    accepted = [h for h in hits if text[h.start : h.end] in sure]
    queue = list(accepted)
    chosen = {h.start for h in accepted}
    while queue:  # "B16, HeLa and 4T1 cells": the whole list is of lines
        hit = queue.pop()
        for other in _neighbours(hit, text, starts, ends):
            if other.start not in chosen:
                chosen.add(other.start)
                queue.append(other)
    for hit in hits:
        if hit.start in chosen:
            yield _as_line(hit, text, state)


def _neighbours(hit: Hit, text: str, starts: dict[int, Hit], ends: dict[int, Hit]) -> Iterator[Hit]:
    if right := _LIST_RIGHT.match(text[hit.end : hit.end + 12]):
        if other := starts.get(hit.end + right.end()):
            yield other
    left = text[max(0, hit.start - 12) : hit.start]
    for match in re.finditer(r"\s*(?:,|/|\band\b|\bor\b|&|\+)\s*(?:and\s+|or\s+)?$", left):
        if other := ends.get(hit.start - len(left) + match.start()):
            yield other


def _longest(hits: list[Hit], kind: str) -> list[Hit]:
    """Hits with entries of this type only, without those inside a longer one of the type."""
    own = [Hit(h.start, h.end, kept) for h in hits if (kept := tuple(e for e in h.entries if e.type == kind))]
    own.sort(key=lambda h: (h.start, -h.end))
    found: list[Hit] = []
    for hit in own:
        if not found or hit.start >= found[-1].end:
            found.append(hit)
        elif hit.end - hit.start > found[-1].end - found[-1].start:
            found[-1] = hit
        elif (hit.start, hit.end) == (found[-1].start, found[-1].end):
            found[-1] = Hit(hit.start, hit.end, found[-1].entries + hit.entries)
    return found


def _barred(hit: Hit, text: str, state: State) -> bool:
    """Whether the document or the field uses this name for something else."""
    surface = text[hit.start : hit.end]
    if (long := state.abbreviations.get(surface)) is not None:
        return not re.search(r"\b(?:cells?|cell line|carcinoma|melanoma|tumou?r|\w+oma)\b", long, re.IGNORECASE)
    before = text[hit.start - 1 : hit.start]
    if before == "-" and text[max(0, hit.start - 6) : hit.start].casefold().endswith(("anti-", "anti−")):
        return True
    return before in ("@",) and not re.match(r"\s*(?:CM|M\b|cell)", text[hit.end :])


def _certain(hit: Hit, text: str, state: State) -> bool:
    """Whether the words around this place say that it is a line."""
    surface = text[hit.start : hit.end]
    begin, stop = state.sentence(hit.start)
    left, right = text[max(begin, hit.start - 60) : hit.start], text[hit.end : min(stop, hit.end + 70)]
    if sub := _SUBLINE.match(right):
        right = right[sub.end() :]
    if hit.start in state.trapped:
        return False
    if surface in WELL_KNOWN:
        return True
    if not _line_like(surface):
        return False
    right = _after_disease(right, hit.end, state)
    direct = _RIGHT.match(right) is not None or _BEARING.match(right) is not None
    if direct or _LEFT.search(left):
        return not _weak(surface) or direct
    strong = len(re.sub(r"\W", "", surface)) >= 3 and re.search(r"\d", surface) and re.search(r"[A-Z]", surface)
    return bool(strong and not _weak(surface) and _CELLISH.search(text[begin:stop]) and _named(hit))


def _after_disease(right: str, end: int, state: State) -> str:
    """The words after a name, without the disease that its cells are of: "ARD multiple myeloma cells"."""
    gap = len(right) - len(right.lstrip())
    stop = state.diseases.get(end + gap)
    return right[stop - end :] if gap and stop else right


def _line_like(surface: str) -> bool:
    """Whether a line could be written like this: not a plain word, not a plain number."""
    if surface.isalpha() and surface[1:].islower():
        return False  # a capitalised word: only the well-known names of this shape are names
    return not surface.islower() and not surface.isdigit() and any(c.isalpha() for c in surface)


def _weak(surface: str) -> bool:
    """Names of two or three characters, or of capitals only, that mean many things."""
    squeezed = re.sub(r"\W", "", surface)
    return len(squeezed) <= 2 or (squeezed.isalpha() and len(squeezed) <= 4 and squeezed not in WELL_KNOWN)


def _named(hit: Hit) -> bool:
    """Whether the name is used for few lines: one that many bear is a number, not a name."""
    return len({e.curie for e in hit.entries}) <= 3


def _as_line(hit: Hit, text: str, state: State) -> Found:
    link = settle(hit.entries, text[hit.start : hit.end], taxon=_species(text, hit, state))
    start, end = hit.start, hit.end
    score = 0.95 if link.curie else 0.75
    if sub := _SUBLINE.match(text[end : end + 20]):
        end += sub.end()
    if altered := _ALTERED.search(text[max(0, start - 50) : start]):
        if not _NOT_ALTERED.match(altered.group(1)):
            start -= len(altered.group(1))
    return Found(
        start, end, "CELL_LINE", link.name, score, "lexicon", "cell_lines",
        curie=link.curie, candidates=link.candidates, caution=link.caution, taxon=link.taxon, priority=2,
    )  # fmt: skip


_MOUSE = re.compile(r"\b(?:mouse|murine|mice)\b", re.IGNORECASE)
_RAT = re.compile(r"\brats?\b", re.IGNORECASE)
_HUMAN = re.compile(r"\b(?:human|patients?)\b", re.IGNORECASE)


def _species(text: str, hit: Hit, state: State) -> str:
    """The one species that the sentence names, as a taxon."""
    begin, stop = state.sentence(hit.start)
    near = text[max(begin, hit.start - 80) : min(stop, hit.end + 80)]
    said = [
        t
        for p, t in ((_MOUSE, "NCBITaxon:10090"), (_RAT, "NCBITaxon:10116"), (_HUMAN, "NCBITaxon:9606"))
        if p.search(near)
    ]
    return said[0] if len(said) == 1 else ""


def _shaped(text: str, state: State) -> Iterator[Found]:
    """Names that no lexicon has, but that are written like a line's and stand before "cells"."""
    for match in _SHAPED.finditer(text):
        name = match["name"].strip()
        start = match.start("name")
        if _NO_LINE.match(name) or _QUANTITY.match(name) or start in state.trapped or not any(c.isupper() for c in name):
            continue
        if name in state.abbreviations:
            continue
        yield Found(start, start + len(name), "CELL_LINE", name, 0.6, "rule", "cell_line_shape", priority=1)


# --- types -----------------------------------------------------------------------------------------------------------

_SAFE_TYPES = frozenset(
    "RBC RBCs DCs MSC MSCs BMSC BMSCs PBMC PBMCs MDSC MDSCs BMDC BMDCs BMDM BMDMs TAMs Tregs Treg ADSCs iPSCs iPSC OMVs HSCs NSCs hUCMSCs BM-MSCs UC-MSCs hUC-MSCs CTLs EVs WBC PLTs".split()
)
_TYPE_RIGHT = re.compile(
    r"^[\s-]*(?:cells?|membranes?|derived|lysates?|vesicles?|ghosts?|subsets?|populations?|maturation|activation|polari[sz]ation|vaccine)",
    re.IGNORECASE,
)
_CELL_LEFT = re.compile(r"\bmembranes? (?:of|from)\s*$|\bcell types?\b", re.IGNORECASE)


def _types(text: str, state: State) -> Iterator[Found]:
    for hit in _longest(state.hits, "cell_type"):
        surface = text[hit.start : hit.end]
        link = settle(hit.entries, surface)
        if surface.isupper() or (len(surface) <= 6 and sum(c.isupper() for c in surface) >= 2):
            long = state.abbreviations.get(surface) or state.abbreviations.get(surface.rstrip("s"))
            if long is not None:
                if not re.search(r"cell|cyte|platelet|macrophage|vesicle|phage|fibroblast", long, re.IGNORECASE):
                    continue
            elif surface not in _SAFE_TYPES and not _TYPE_RIGHT.match(text[hit.end : hit.end + 20]):
                continue
        end = hit.end
        if tail := re.match(r"\s+cells?\b", text[end : end + 8]):
            if not surface.casefold().endswith(("cell", "cells", "cyte", "cytes")):
                end += tail.end()
        yield Found(hit.start, end, "CELL_TYPE", link.name, 0.9, "lexicon", "cell_types", curie=link.curie, priority=1)


def entries_of(hit: Hit, *types: str) -> list[Entry]:
    """A hit's entries of these types."""
    return [e for e in hit.entries if e.type in types]
